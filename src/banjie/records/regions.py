"""行政区划 as addresses need them: what lies in a place, and its full name. Public, so nobody has to be bound.

Names change a few times a year and are read on every page with an address, so a process keeps what it has read
for a while.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from banjie.engine.ids import Malformed, RegionCode, RegionLevel
from banjie.records.database import Cursor, Database

FRESH_FOR_S = 600.0
"""How long, in seconds, names are believed."""
KEPT = 20_000
"""Places a process keeps; a county has some hundreds."""

_LEVELS: Mapping[RegionLevel, int] = {level: int(level.value) for level in RegionLevel}


@dataclass(frozen=True, slots=True)
class Place:
    """A division: code, own name, whether anything lies below it."""

    code: str
    name: str


class Regions:
    """Reads places from the database. Thread-safe: entries are replaced whole, never changed."""

    def __init__(self, database: Database, tick: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tick = tick
        self._until = 0.0
        self._below: dict[str, tuple[Place, ...]] = {}
        self._names: dict[str, str] = {}

    def below(self, code: str) -> tuple[Place, ...]:
        """What lies in a place now, by code; the provinces for ""."""
        self._freshen()
        found = self._below.get(code)
        if found is None:
            with self._database.call() as cursor:
                rows = cursor.execute(
                    "SELECT code, name FROM regions WHERE parent IS NOT DISTINCT FROM %s AND valid_until IS NULL"
                    " ORDER BY code",
                    (code or None,),
                ).fetchall()
            found = tuple(Place(row["code"], row["name"]) for row in rows)
            self._below[code] = found
        return found

    def name(self, code: str) -> str:
        """The full name, from the province down: 岚东省澜江市江左区; "" for a place that is not known."""
        self._freshen()
        found = self._names.get(code)
        if found is None:
            with self._database.call() as cursor:
                row = cursor.execute(_FULL_NAME, {"code": code}).fetchone()
            found = str(row["name"] or "") if row else ""
            self._names[code] = found
        return found

    def address_name(self, code: str) -> str:
        """The full name of a place small enough for an address, in which nothing else lies; "" for any other."""
        try:
            region = RegionCode.parse(code)
        except Malformed:
            return ""
        name = self.name(region.code)
        return name if name and not self.below(region.code) else ""

    def _freshen(self) -> None:
        now = self._tick()
        if now >= self._until or len(self._below) + len(self._names) > KEPT:
            self._below, self._names = {}, {}
            self._until = now + FRESH_FOR_S


_FULL_NAME = """
    WITH RECURSIVE upward AS (
        SELECT code, name, parent, 1 AS step FROM regions WHERE code = %(code)s AND valid_until IS NULL
        UNION ALL SELECT r.code, r.name, r.parent, u.step + 1 FROM regions r JOIN upward u ON r.code = u.parent
        WHERE u.step < 8)
    SELECT string_agg(name, '' ORDER BY step DESC) AS name FROM upward
"""


def keep(cursor: Cursor, divisions: Iterable[tuple[str, str, str, date | None, date | None, str]]) -> int:
    """Keeps places (code, name, parent, valid from, valid until, successor); answers with how many there are."""
    rows = [
        (code, name, parent or None, _LEVELS[RegionCode.parse(code).level], since, until, successor or None)
        for code, name, parent, since, until, successor in divisions
    ]
    cursor.executemany(
        "INSERT INTO regions (code, name, parent, level, valid_from, valid_until, successor)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name,"
        " parent = EXCLUDED.parent, level = EXCLUDED.level, valid_from = EXCLUDED.valid_from,"
        " valid_until = EXCLUDED.valid_until, successor = EXCLUDED.successor",
        rows,
    )
    return len(rows)
