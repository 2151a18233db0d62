"""Whose eyes: every look at people's or cases' data happens in a transaction bound to an actor.

The pool speaks to PostgreSQL under a role that cannot bypass row-level security. With nobody bound a query sees
nothing, so a forgotten scope shows an empty page and never another person's case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool

from banjie.engine.permissions import Actor, Role
from banjie.records.hotline import Hotline
from banjie.records.together import Together

Row = dict[str, Any]
Cursor = psycopg.Cursor[Row]


@dataclass(frozen=True, slots=True)
class Eyes:
    """What the policies are fed: the account, and array literals of its parties, offices and regions."""

    account: str = ""
    parties: str = "{}"
    offices: str = "{}"
    regions: str = "{}"
    reach: str = ""

    @property
    def bound(self) -> tuple[str, str, str, str, str]:
        """The five arguments every SQL function of the hot path begins with."""
        return (self.account, self.parties, self.offices, self.regions, self.reach)


NOBODY = Eyes()


def eyes_of(actor: Actor, regions: tuple[str, ...] = ()) -> Eyes:
    """The eyes of an actor. A supervisor or a leader sees the cases of `regions`, everyone else by party and office."""
    return Eyes(
        account=actor.account,
        parties=_array(_seen_parties(actor)),
        offices=_array(actor.offices),
        regions=_array(regions) if actor.roles & {Role.SUPERVISOR, Role.LEADER} else "{}",
        reach="system" if Role.SYSTEM in actor.roles else "",
    )


def _seen_parties(actor: Actor) -> tuple[str, ...]:
    """The parties by name where the mandate is whole; else what it opens of them: `party/item`, `party/deed`."""
    narrow = dict(actor.narrow)
    opened = (f"{party}/{opening}" for party, scope in narrow.items() for opening in scope.openings)
    return (*(party for party in actor.parties if party not in narrow), *opened)


def _array(values: frozenset[str] | tuple[str, ...]) -> str:
    """An SQL array literal; every value quoted, so that no identifier can break out of it."""
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in sorted(values))
    return "{" + ",".join(quoted) + "}"


# One JSON for all: the library that reads and writes it fastest. Hashes are over `engine.subject.canonical` alone.
set_json_loads(orjson.loads)
set_json_dumps(orjson.dumps)


class Database:
    """A pool of connections of the application's role."""

    def __init__(self, url: str, *, most: int = 8) -> None:
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url,
            min_size=1,
            max_size=most,
            kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": 1},
            open=False,
            name="banjie",
        )
        self.hotline = Hotline(url)
        self.together: Together[Any] = Together(ways=1)

    def open(self) -> None:
        """Connects; idempotent."""
        self._pool.open()

    def close(self) -> None:
        """Lets all connections of the pool go, and the thread's hotline."""
        self._pool.close()
        self.hotline.hang_up()

    @contextmanager
    def call(self) -> Iterator[Cursor]:
        """A cursor in autocommit: for one SQL function, which binds its actor itself."""
        with self._pool.connection() as connection, connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def seen_by(self, eyes: Eyes) -> Iterator[Cursor]:
        """A transaction in which everything is seen with these eyes; committed at the end, undone by an error."""
        with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT bind(%s, %s, %s, %s, %s)", eyes.bound)
            yield cursor


def sql(name: str) -> str:
    """The text of a file of `records/sql`."""
    return _sql(name)


@cache
def _sql(name: str) -> str:
    return (files("banjie.records") / "sql" / name).read_text(encoding="utf-8")
