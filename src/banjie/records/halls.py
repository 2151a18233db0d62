"""政务服务大厅 and 便民服务中心: where one goes. A register, open to everyone; a process keeps it for a minute."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from banjie.records.database import Cursor, Database

FRESH_FOR_S = 60.0
"""How long, in seconds, the register is believed: guides name halls on every page."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall with its windows. `hours` as they stand on its door (see `engine.opening_hours`)."""

    region: str
    code: str
    name: str
    address: str
    hours: str
    phone: str
    windows: tuple[str, ...] = ()


def keep(cursor: Cursor, halls: Iterable[Hall]) -> None:
    """Keeps halls, within the caller's transaction."""
    cursor.executemany(
        "INSERT INTO halls (region, code, name, address, hours, phone, windows) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (region, code) DO UPDATE SET name = EXCLUDED.name, address = EXCLUDED.address,"
        " hours = EXCLUDED.hours, phone = EXCLUDED.phone, windows = EXCLUDED.windows",
        [
            (hall.region, hall.code, hall.name, hall.address, hall.hours, hall.phone, list(hall.windows))
            for hall in halls
        ],
    )


_known: WeakKeyDictionary[Database, tuple[float, tuple[Hall, ...]]] = WeakKeyDictionary()


def all_halls(database: Database) -> tuple[Hall, ...]:
    """Every hall of the city, by region and name."""
    known = _known.get(database)
    if known is None or known[0] < time.monotonic():
        with database.call() as cursor:
            cursor.execute(
                "SELECT region, code, name, address, hours, phone, windows FROM halls ORDER BY region, name LIMIT 5000"
            )
            found = tuple(Hall(**{**row, "windows": tuple(row["windows"])}) for row in cursor)
        known = (time.monotonic() + FRESH_FOR_S, found)
        _known[database] = known
    return known[1]


def hall(database: Database, code: str) -> Hall | None:
    """A hall by its code."""
    return next((one for one in all_halls(database) if one.code == code), None)


def hall_named(database: Database, name: str) -> Hall | None:
    """The hall that a place of a guide lies in: 澜江市政务服务中心二楼综合窗口 lies in 澜江市政务服务中心."""
    within = [one for one in all_halls(database) if name.startswith(one.name)]
    return max(within, key=lambda one: len(one.name), default=None)
