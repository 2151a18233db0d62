"""值班表 as the database keeps it: a row for each place that is filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from banjie.engine.rosters import Half, Place
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class Seat:
    """A place that is filled, and whether by hand."""

    place: Place
    account: str
    by_hand: bool


def of_hall(database: Database, region: str, hall: str, first: date, after: date) -> tuple[Seat, ...]:
    """The places filled in a hall from `first` until before `after`; for whoever manages it, the door asks."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT day, half, win, account, by_hand FROM rosters"
            " WHERE region = %s AND hall = %s AND day >= %s AND day < %s ORDER BY day, half, win",
            (region, hall, first, after),
        )
        return tuple(
            Seat(Place(row["day"], Half(row["half"]), row["win"]), row["account"], row["by_hand"]) for row in cursor
        )


def mine(database: Database, eyes: Eyes, account: str, first: date, after: date) -> tuple[tuple[str, Place], ...]:
    """Hall and place of one's own duty."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT hall, day, half, win FROM rosters WHERE account = %s AND day >= %s AND day < %s ORDER BY day, half",
            (account, first, after),
        )
        return tuple((row["hall"], Place(row["day"], Half(row["half"]), row["win"])) for row in cursor)


def keep(
    database: Database, region: str, hall: str, places: Mapping[Place, str], *, by: str, at: datetime, by_hand: bool
) -> None:
    """Fills places, whoever sat there before; "" leaves a place free."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.executemany(
            "DELETE FROM rosters WHERE region = %s AND hall = %s AND day = %s AND half = %s AND win = %s",
            [(region, hall, one.day, one.half.value, one.window) for one in places],
        )
        cursor.executemany(
            "INSERT INTO rosters (region, hall, win, day, half, account, by_hand, set_by, set_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (region, hall, one.window, one.day, one.half.value, account, by_hand, by, at)
                for one, account in places.items()
                if account
            ],
        )
