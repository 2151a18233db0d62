"""Whoever comes with a session: who it is and what she may do, in two short calls a page.

Django's own way asks five times, through its ORM and with a question whether the line still stands. Every page of
everyone who is signed in pays for that, so here it is spoken plainly.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from psycopg import OperationalError

from banjie.records.database import Database
from banjie.records.hotline import Answer, Statement
from banjie.records.models import Account

_SESSION = Statement(
    b"session_data",
    b"SELECT session_data FROM django_session WHERE session_key = $1 AND expire_date > clock_timestamp()",
)
_VISIT = Statement(b"visit", b"SELECT * FROM visit($1, $2)")
_MOMENTS = ("last_login", "date_joined")


@dataclass(frozen=True, slots=True)
class Visit:
    """An account that came: what `people.read_standing` reads, and the unread messages to its whole mandates."""

    account: Account
    standing: dict[str, Any]
    unread: int


def session_data(database: Database, key: str) -> str | None:
    """What a session holds, as Django wrote it; None when there is no such session or its time is over."""
    row = _ask(database, _SESSION, [key])
    return row[0].decode() if row and row[0] is not None else None


def visit(database: Database, account: int, today: date) -> Visit | None:
    """The account of that number with what it is today, None when there is none or it is closed."""
    row = _ask(database, _VISIT, [str(account), today.isoformat()])
    if row is None or row[0] is None or row[1] is None or row[2] is None:
        return None
    fields = orjson.loads(row[0])
    fields |= {name: datetime.fromisoformat(fields[name]) for name in _MOMENTS if fields[name]}
    names = [field.attname for field in Account._meta.concrete_fields]
    found = Account.from_db("default", names, [fields[name] for name in names])
    return Visit(found, orjson.loads(row[1]), int(row[2]))


def _ask(database: Database, statement: Statement, arguments: list[str]) -> Answer | None:
    """Asks, and once more on a new line when the line was lost: reading twice does no harm."""
    try:
        return database.hotline.ask(statement, arguments)
    except OperationalError:
        database.hotline.hang_up()
        return database.hotline.ask(statement, arguments)
