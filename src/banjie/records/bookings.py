"""Bookings as the database keeps them, and how many people have each slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from banjie.engine.bookings import Booking
from banjie.engine.codec import revive
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

BOOKINGS: Final = Table("booking", "bookings", Booking)

_ROW: Final = "SELECT id::text AS id, region, state FROM bookings"


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking with what it is reached by."""

    id: str
    region: str
    booking: Booking


def _found(row: Row) -> BookingRow:
    return BookingRow(row["id"], row["region"], revive(Booking, row["state"]))


def of_parties(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[BookingRow, ...]:
    """The bookings of these parties, the latest day first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE party = ANY(%s) ORDER BY starts DESC, id LIMIT %s", (list(parties), most))
        return tuple(_found(row) for row in cursor)


def find(database: Database, eyes: Eyes, region: str, booking: str) -> BookingRow | None:
    """The booking of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, booking)).fetchone()
    return _found(row) if row else None


def of_code(database: Database, region: str, code: str) -> BookingRow | None:
    """The booking whose code somebody types at the machine of a hall."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND code = %s", (region, code)).fetchone()
    return _found(row) if row else None


def has_booked(cursor: Cursor, region: str, party: str, item: str, day: date, but: str) -> bool:
    """Whether the party has another booking for the same matter on that day."""
    found = cursor.execute(
        "SELECT 1 FROM bookings WHERE region = %s AND party = %s AND item = %s AND day = %s AND status = 'booked'"
        " AND id <> %s",
        (region, party, item, day, but),
    ).fetchone()
    return found is not None


def take(cursor: Cursor, region: str, hall: str, group: str, starts: datetime, most: int) -> bool:
    """Takes a place of a slot, in one statement under the row's lock; False when all `most` are taken."""
    if most <= 0:
        return False
    cursor.execute(
        "INSERT INTO booking_slots AS s (region, hall, grp, starts, taken) VALUES (%s, %s, %s, %s, 1)"
        " ON CONFLICT (region, hall, grp, starts) DO UPDATE SET taken = s.taken + 1 WHERE s.taken < %s",
        (region, hall, group, starts, most),
    )
    return cursor.rowcount == 1


def give_back(cursor: Cursor, region: str, hall: str, group: str, starts: datetime) -> None:
    """Gives a place back."""
    cursor.execute(
        "UPDATE booking_slots SET taken = taken - 1"
        " WHERE region = %s AND hall = %s AND grp = %s AND starts = %s AND taken > 0",
        (region, hall, group, starts),
    )


def taken(
    database: Database, region: str, hall: str, group: str, first: datetime, last: datetime
) -> dict[datetime, int]:
    """How many places of each slot between two moments are taken; slots nobody has are left out."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT starts, taken FROM booking_slots WHERE region = %s AND hall = %s AND grp = %s"
            " AND starts BETWEEN %s AND %s",
            (region, hall, group, first, last),
        )
        return {row["starts"]: row["taken"] for row in cursor}


def locked(cursor: Cursor, region: str, booking: str) -> Booking | None:
    """The booking, held until the transaction ends: its place is given back exactly once."""
    row = cursor.execute(
        "SELECT state FROM bookings WHERE region = %s AND id = %s FOR UPDATE", (region, booking)
    ).fetchone()
    return revive(Booking, row["state"]) if row else None


def to_remind(database: Database, eyes: Eyes, at: datetime, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and identifier of bookings of which their people are to be reminded."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM bookings WHERE remind_at <= %s ORDER BY remind_at LIMIT %s", (at, most)
        )
        return tuple((row["region"], row["id"]) for row in cursor)


def not_come(database: Database, eyes: Eyes, before: datetime, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and identifier of bookings that began before a moment and to which nobody has come."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM bookings WHERE status = 'booked' AND starts <= %s"
            " ORDER BY starts LIMIT %s",
            (before, most),
        )
        return tuple((row["region"], row["id"]) for row in cursor)
