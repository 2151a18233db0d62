"""The numbers of a hall's day: taken without a gap, called one at a time, shown to everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from banjie.engine.codec import revive
from banjie.engine.queues import Ticket
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.sharing import Table

TICKETS: Final = Table("ticket", "queue_tickets", Ticket)

SERVED_LATELY: Final = 20
"""From how many services the time is estimated that one takes."""

_ROW: Final = "SELECT id::text AS id, region, state FROM queue_tickets"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A number with what it is reached by."""

    id: str
    region: str
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Line:
    """A hall's day: who is at the windows, the latest called first; how many wait in each queue; who missed a call."""

    at_windows: tuple[TicketRow, ...]
    waiting: dict[str, int]
    absent: tuple[TicketRow, ...]


def _found(row: Row) -> TicketRow:
    return TicketRow(row["id"], row["region"], revive(Ticket, row["state"]))


def next_serial(cursor: Cursor, region: str, hall: str, day: date) -> int:
    """The next number of a hall's day, in the transaction that gives it: what is rolled back leaves no gap."""
    row = cursor.execute(
        "INSERT INTO queue_days AS q (region, hall, day, last) VALUES (%s, %s, %s, 1)"
        " ON CONFLICT (region, hall, day) DO UPDATE SET last = q.last + 1 RETURNING last",
        (region, hall, day),
    ).fetchone()
    assert row is not None  # noqa: S101 — an upsert always answers.
    return int(row["last"])


def next_in_turn(
    cursor: Cursor, region: str, hall: str, day: date, groups: Sequence[str], now: datetime
) -> TicketRow | None:
    """Whose turn it is in these queues, locked: two windows that call at once get two numbers."""
    row = cursor.execute(
        f"{_ROW} WHERE region = %s AND hall = %s AND day = %s AND grp = ANY(%s) AND status = 'waiting'"
        " ORDER BY not_before > %s, turn_at, serial LIMIT 1 FOR UPDATE SKIP LOCKED",
        (region, hall, day, list(groups), now),
    ).fetchone()
    return _found(row) if row else None


def find(database: Database, eyes: Eyes, region: str, ticket: str) -> TicketRow | None:
    """The number of that identifier."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, ticket)).fetchone()
    return _found(row) if row else None


def numbered(cursor: Cursor, region: str, hall: str, day: date, number: str) -> TicketRow | None:
    """The number of a day as it is printed."""
    serial = number[1:]
    if not (serial.isascii() and serial.isdigit() and len(serial) <= 6):
        return None
    row = cursor.execute(
        f"{_ROW} WHERE region = %s AND hall = %s AND day = %s AND serial = %s AND number = %s",
        (region, hall, day, int(serial), number),
    ).fetchone()
    return _found(row) if row else None


def of_account(database: Database, account: str) -> TicketRow | None:
    """The number a clerk has called or serves now."""
    with database.call() as cursor:
        row = cursor.execute(
            f"{_ROW} WHERE account = %s AND status IN ('called', 'serving') ORDER BY called_at DESC LIMIT 1", (account,)
        ).fetchone()
    return _found(row) if row else None


def ahead(database: Database, row: TicketRow, now: datetime) -> int:
    """How many are called before a number that waits."""
    ticket = row.ticket
    with database.call() as cursor:
        found = cursor.execute(
            "SELECT count(*) AS number FROM queue_tickets WHERE region = %s AND hall = %s AND day = %s AND grp = %s"
            " AND status = 'waiting' AND (not_before > %s, turn_at, serial) < (%s, %s, %s)",
            (
                row.region,
                ticket.hall,
                ticket.day,
                ticket.group,
                now,
                ticket.not_before is not None and ticket.not_before > now,
                ticket.turn_at,
                ticket.serial,
            ),
        ).fetchone()
    return int(found["number"]) if found else 0


def waiting(database: Database, region: str, hall: str, day: date) -> dict[str, int]:
    """How many wait in each queue of a hall; queues in which nobody waits are left out."""
    with database.call() as cursor:
        return _waiting(cursor, region, hall, day)


def _waiting(cursor: Cursor, region: str, hall: str, day: date) -> dict[str, int]:
    cursor.execute(
        "SELECT grp, count(*) AS number FROM queue_tickets"
        " WHERE region = %s AND hall = %s AND day = %s AND status = 'waiting' GROUP BY grp",
        (region, hall, day),
    )
    return {row["grp"]: int(row["number"]) for row in cursor}


def in_use(database: Database, region: str, hall: str, day: date) -> bool:
    """Whether a hall gives numbers on that day."""
    with database.call() as cursor:
        cursor.execute("SELECT 1 FROM queue_days WHERE region = %s AND hall = %s AND day = %s", (region, hall, day))
        return cursor.fetchone() is not None


def line(database: Database, region: str, hall: str, day: date, *, most: int = 12) -> Line:
    """What the screen of a hall shows."""
    with database.call() as cursor:
        where = "WHERE region = %s AND hall = %s AND day = %s"
        cursor.execute(
            f"{_ROW} {where} AND status IN ('called', 'serving') ORDER BY called_at DESC LIMIT %s",
            (region, hall, day, most),
        )
        at_windows = tuple(_found(row) for row in cursor)
        cursor.execute(
            f"{_ROW} {where} AND status = 'absent' ORDER BY ended_at DESC LIMIT %s", (region, hall, day, most)
        )
        absent = tuple(_found(row) for row in cursor)
        return Line(at_windows, _waiting(cursor, region, hall, day), absent)


def served_minutes(database: Database, region: str, hall: str, group: str) -> tuple[float, ...]:
    """What the latest services of a queue took, in minutes."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM ended_at - begun_at) / 60 AS minutes FROM queue_tickets"
            " WHERE region = %s AND hall = %s AND grp = %s AND status = 'done' ORDER BY ended_at DESC LIMIT %s",
            (region, hall, group, SERVED_LATELY),
        )
        return tuple(float(row["minutes"]) for row in cursor)


def left_over(database: Database, eyes: Eyes, today: date, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and identifier of numbers of earlier days that were never served."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM queue_tickets WHERE day < %s"
            " AND status IN ('waiting', 'called', 'absent', 'serving') ORDER BY day LIMIT %s",
            (today, most),
        )
        return tuple((row["region"], row["id"]) for row in cursor)
