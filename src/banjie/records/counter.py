"""Sessions at a counter as the database keeps them, and the drafts that go home with the visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from banjie.engine.codec import revive
from banjie.engine.counter import Session
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.sharing import Table

SESSIONS: Final = Table("counter", "counter_sessions", Session)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with what it is reached by."""

    id: str
    region: str
    session: Session


def _found(row: Row) -> SessionRow:
    return SessionRow(row["id"], row["region"], revive(Session, row["state"]))


def open_of(database: Database, account: str, now: datetime) -> SessionRow | None:
    """The session a clerk has open at `now`."""
    with database.call() as cursor:
        row = cursor.execute("SELECT region, id, state FROM counter_session_of(%s, %s)", (account, now)).fetchone()
    return _found(row) if row else None


def of_parties(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[SessionRow, ...]:
    """What was done at counters for these parties, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT id::text AS id, region, state FROM counter_sessions WHERE party = ANY(%s)"
            " ORDER BY opened_at DESC, id LIMIT %s",
            (list(parties), most),
        )
        return tuple(_found(row) for row in cursor)


def run_out(database: Database, eyes: Eyes, at: datetime, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and identifier of sessions whose time is over."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM counter_sessions WHERE status = 'open' AND until <= %s"
            " ORDER BY until LIMIT %s",
            (at, most),
        )
        return tuple((row["region"], row["id"]) for row in cursor)


def run_out_of(cursor: Cursor, account: str, at: datetime) -> tuple[tuple[str, str], ...]:
    """The same of one clerk."""
    cursor.execute(
        "SELECT region, id::text AS id FROM counter_sessions WHERE account = %s AND status = 'open' AND until <= %s",
        (account, at),
    )
    return tuple((row["region"], row["id"]) for row in cursor)


def send_home(cursor: Cursor, region: str, clerk: str, drafts: Sequence[str], to: str) -> int:
    """Gives a clerk's unfinished drafts to the visitor; answers with how many."""
    row = cursor.execute(
        "SELECT send_home(%s, %s, %s::uuid[], %s) AS sent", (region, clerk, list(drafts), to)
    ).fetchone()
    return int(row["sent"]) if row else 0


def take_up_again(cursor: Cursor, region: str, waiting: str, party: str, clerk: str) -> tuple[tuple[str, str], ...]:
    """Hands a clerk what waits for a visitor without an account; identifier and item of each draft."""
    cursor.execute("SELECT id, item FROM take_up_again(%s, %s, %s, %s)", (region, waiting, party, clerk))
    return tuple((row["id"], row["item"]) for row in cursor)
