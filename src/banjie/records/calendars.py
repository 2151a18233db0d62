"""Calendars as they are published: drafts and editions, the calendar of a region under any publication, and the rounds
over all open cases that a publication calls for."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from banjie.engine.calendar import Calendar
from banjie.engine.calendar_editions import Edition
from banjie.engine.cases import CLOSED
from banjie.engine.codec import revive
from banjie.packs.calendars import Layer, above, laid_over, read_layer, shipped_layer, stack
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

EDITIONS: Final = Table("calendar", "calendars", Edition)
FRESH_FOR_S = 5.0
"""How long, in seconds, an answer to "which publication is in force?" is believed."""

_OVER: Final = [stage.value for stage in CLOSED]


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition with what it is reached by."""

    id: str
    region: str
    version: int
    changed_at: datetime
    edition: Edition


@dataclass(frozen=True, slots=True)
class InForce:
    """The calendar in force in a region, and the serial number of the last publication that it rests on."""

    serial: int
    calendar: Calendar
    until: float


class Calendars:
    """The calendars of all regions under all publications. Thread-safe: entries are added, never changed."""

    def __init__(self, database: Database, tick: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tick = tick
        self._in_force: dict[str, InForce] = {}
        self._under: dict[tuple[str, int], Calendar] = {}
        self._building = threading.Lock()

    def in_force(self, region: str) -> InForce:
        """The calendar of a region for what happens now; looked up again after a few seconds."""
        known = self._in_force.get(region)
        if known is None or known.until < self._tick():
            serial = self._latest(region)
            if known is None or known.serial != serial:
                known = InForce(serial, self.under(region, serial), 0.0)
            known = InForce(known.serial, known.calendar, self._tick() + FRESH_FOR_S)
            self._in_force[region] = known
        return known

    def under(self, region: str, serial: int) -> Calendar:
        """The calendar of a region when `serial` was the latest publication; 0 is what ships."""
        known = self._under.get((region, serial))
        if known is None:
            with self._building:
                known = self._under.setdefault((region, serial), laid_over(self.layers(region, serial), region))
        return known

    def of(self, region: str) -> Mapping[int, Calendar]:
        """The calendars of a region by the serial number of a publication, read when they are asked for."""
        return _Under(self, region)

    def layers(self, region: str, serial: int, instead: Layer | None = None) -> list[Layer]:
        """What the calendar of a region is made of under a publication, its own first; with `instead` in the place of
        the edition of its region."""
        chain = above(region)
        layers = {place: found for place in chain if (found := shipped_layer(place)) is not None}
        if serial:
            with self._database.call() as cursor:
                cursor.execute(
                    "SELECT DISTINCT ON (region) region, state FROM calendars"
                    " WHERE region = ANY(%s) AND serial <= %s ORDER BY region, serial DESC",
                    (list(chain), serial),
                )
                for row in cursor:
                    edition = revive(Edition, row["state"])
                    layers[row["region"]] = read_layer(edition.document, row["region"], edition.name)
        if instead is not None:
            layers[instead.region] = instead
        return stack(layers, region)

    def forget(self) -> None:
        """Looks up anew which publication is in force."""
        self._in_force.clear()

    def _latest(self, region: str) -> int:
        with self._database.call() as cursor:
            row = cursor.execute(
                "SELECT coalesce(max(serial), 0) AS serial FROM calendars"
                " WHERE region = ANY(%s) AND serial IS NOT NULL",
                (list(above(region)),),
            ).fetchone()
        return int(row["serial"]) if row else 0


class _Under(Mapping[int, Calendar]):
    """A region's calendars by publication. It is never empty: publication 0 is what ships."""

    def __init__(self, calendars: Calendars, region: str) -> None:
        self._calendars = calendars
        self._region = region

    def __getitem__(self, serial: int) -> Calendar:
        return self._calendars.under(self._region, serial)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._calendars.in_force(self._region).serial + 1))

    def __len__(self) -> int:
        return self._calendars.in_force(self._region).serial + 1


# --- editions ---

_ROW: Final = "SELECT region, id::text AS id, version, changed_at, state FROM calendars"


def _row(row: Row) -> EditionRow:
    return EditionRow(row["id"], row["region"], row["version"], row["changed_at"], revive(Edition, row["state"]))


def find(database: Database, region: str, edition: str) -> EditionRow | None:
    """The edition of that identifier."""
    with database.call() as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, edition)).fetchone()
    return _row(row) if row else None


def draft_of(database: Database, region: str) -> EditionRow | None:
    """The draft of a region, of which there is one at most."""
    with database.call() as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND status = 'draft'", (region,)).fetchone()
    return _row(row) if row else None


def editions_of(database: Database, regions: Sequence[str], *, most: int = 100) -> tuple[EditionRow, ...]:
    """The editions of these regions, the latest change first."""
    with database.call() as cursor:
        cursor.execute(f"{_ROW} WHERE region = ANY(%s) ORDER BY changed_at DESC, id LIMIT %s", (list(regions), most))
        return tuple(_row(row) for row in cursor)


def published_as(database: Database, serial: int) -> EditionRow | None:
    """The edition of that publication."""
    with database.call() as cursor:
        row = cursor.execute(f"{_ROW} WHERE serial = %s", (serial,)).fetchone()
    return _row(row) if row else None


def next_publication(cursor: Cursor) -> int:
    """The number of the next publication, in the transaction that publishes: nobody else publishes meanwhile."""
    row = cursor.execute("SELECT next_publication() AS serial").fetchone()
    assert row is not None  # noqa: S101 — a function always answers.
    return int(row["serial"])


# --- rounds over all open cases ---


@dataclass(frozen=True, slots=True)
class Round:
    """One round over the open cases of a calendar's regions. `told` is what it has counted so far."""

    region: str
    id: str
    calendar: str
    revision: int
    kind: str
    state: str
    again: bool
    place_region: str
    place: str | None
    seen: int
    expected: int
    told: Mapping[str, Any]
    account: str
    begun_at: datetime
    changed_at: datetime


_ROUND: Final = (
    "SELECT region, id::text AS id, calendar::text AS calendar, revision, kind, state, again, place_region,"
    " place::text AS place, seen, expected, told, account, begun_at, changed_at FROM calendar_rounds"
)


def begin_round(cursor: Cursor, one: Round) -> None:
    """Keeps a round that is to be made, once for its identifier; in the caller's transaction, bound to the platform."""
    cursor.execute(
        "INSERT INTO calendar_rounds (region, id, calendar, revision, kind, state, expected, account, begun_at,"
        " changed_at) VALUES (%s, %s, %s, %s, %s, 'waiting', %s, %s, %s, %s) ON CONFLICT (region, id) DO NOTHING",
        (
            *(one.region, one.id, one.calendar, one.revision, one.kind),
            *(one.expected, one.account, one.begun_at, one.begun_at),
        ),
    )


def find_round(database: Database, region: str, round_id: str) -> Round | None:
    """The round of that identifier."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(f"{_ROUND} WHERE region = %s AND id = %s", (region, round_id)).fetchone()
    return Round(**row) if row else None


def latest_round(database: Database, region: str, calendar: str, kind: str) -> Round | None:
    """The last round of that kind over an edition."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            f"{_ROUND} WHERE region = %s AND calendar = %s AND kind = %s ORDER BY begun_at DESC LIMIT 1",
            (region, calendar, kind),
        ).fetchone()
    return Round(**row) if row else None


def keep_round(database: Database, before: Round, after: Round) -> bool:
    """Keeps how far a round has come. False when it was cancelled meanwhile, or another worker is at it."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE calendar_rounds SET state = %s, again = %s, place_region = %s, place = %s, seen = %s,"
            " expected = %s, told = %s, changed_at = %s WHERE region = %s AND id = %s"
            " AND state IN ('waiting', 'running') AND place IS NOT DISTINCT FROM %s AND seen = %s",
            (
                *(after.state, after.again, after.place_region, after.place, after.seen),
                *(after.expected, Jsonb(after.told)),
                *(after.changed_at, before.region, before.id, before.place, before.seen),
            ),
        )
        return cursor.rowcount == 1


def cancel_round(database: Database, region: str, round_id: str, at: datetime) -> bool:
    """Ends a preview that is under way. False when it is over."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE calendar_rounds SET state = 'cancelled', changed_at = %s WHERE region = %s AND id = %s"
            " AND kind = 'preview' AND state IN ('waiting', 'running')",
            (at, region, round_id),
        )
        return cursor.rowcount == 1


# --- the cases a round goes over ---

OpenCase = tuple[str, str, str, int, str, str, str | None, Mapping[str, Any]]
"""Identifier, number, item, edition, organ, item name, day of the promise, state without the application."""


def open_cases(database: Database, eyes: Eyes, region: str, after: str | None, most: int) -> list[OpenCase]:
    """The next open cases of a region behind the one of identifier `after`, in the order of their identifiers."""
    with database.seen_by(eyes) as cursor, cursor.connection.cursor(row_factory=tuple_row) as reader:
        # The planner takes the policies for choosy and would rather sort everything than walk along the index.
        cursor.execute(
            "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),"
            " set_config('enable_sort', 'off', true)"
        )
        reader.execute(
            "SELECT id::text, number, item, edition, organ, item_name, promised_due::text, state"
            " FROM cases WHERE region = %s"
            " AND stage NOT IN ('returned', 'not_required', 'rejected_entry', 'delivered', 'withdrawn', 'terminated')"
            " AND id > %s ORDER BY cases.id LIMIT %s",
            (region, after or "00000000-0000-0000-0000-000000000000", most),
        )
        return reader.fetchall()


def application_of(database: Database, eyes: Eyes, region: str, case_id: str) -> Mapping[str, Any]:
    """What was handed in with a case."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT content FROM applications WHERE region = %s AND case_id = %s", (region, case_id)
        ).fetchone()
    return dict(row["content"]) if row else {}


def count_open(database: Database, eyes: Eyes, regions: Sequence[str]) -> int:
    """How many cases are open in these regions: for a progress bar, from the index of the open ones."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS number FROM cases WHERE region = ANY(%s) AND stage <> ALL(%s)",
            (list(regions), _OVER),
        ).fetchone()
    return int(row["number"]) if row else 0


@contextmanager
def by_the_machine(database: Database) -> Iterator[Cursor]:
    """A transaction of the platform itself."""
    with database.seen_by(MACHINE.eyes) as cursor:
        yield cursor
