"""A city as it was founded, again and again: the database is copied whole from what the first founding left.

A copy of some megabytes takes a fraction of what founding takes, and no test depends on what ran before its file.
"""

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from banjie import wiring

if TYPE_CHECKING:
    from banjie.records.embedded import EmbeddedPostgres

FOUNDED = "banjie_founded"

_opened: WeakSet[BaseDatabaseWrapper] = WeakSet()
"""Every connection Django has made in this process: a browser's driver and a server of pages keep some of their own."""


def _remember(connection: BaseDatabaseWrapper, **_: Any) -> None:
    _opened.add(connection)


connection_created.connect(_remember)


def keep_as_founded(server: "EmbeddedPostgres") -> None:
    """Keeps the database as it stands, to be begun from again."""
    _let_go()
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {FOUNDED} TEMPLATE banjie OWNER banjie_owner STRATEGY FILE_COPY")


def as_founded(server: "EmbeddedPostgres") -> None:
    """Puts the database back to what it was when it was kept, whoever still holds a connection to it."""
    _let_go()
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE banjie WITH (FORCE)")
        connection.execute(f"CREATE DATABASE banjie TEMPLATE {FOUNDED} OWNER banjie_owner STRATEGY FILE_COPY")


def _let_go() -> None:
    """Ends this process's connections; the next platform is wired anew and has nothing of the former in mind."""
    wiring.platform().database.close()
    wiring._platform.cache_clear()
    for connection in tuple(_opened):
        connection.inc_thread_sharing()  # Its own thread is done with it.
        connection.close()
        connection.dec_thread_sharing()
