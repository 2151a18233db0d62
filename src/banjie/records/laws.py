"""The law as running cases need it: editions of items and calendars, read once and kept in the process.

An edition never changes once it is saved, so it may be kept for ever; which edition is in force, and which calendar,
is looked up again after a few seconds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from banjie.engine.calendar import Calendar
from banjie.engine.cases import Law
from banjie.engine.catalogue import Item
from banjie.engine.clock import DEFAULT_RULES, ClockRules
from banjie.packs.stored import item_from_document
from banjie.records.calendars import Calendars
from banjie.records.database import Database

FRESH_FOR_S = 5.0
"""How long, in seconds, an answer to "what is in force?" is believed."""

EDITIONS_KEPT = 4096


class UnknownItem(LookupError):
    """There is no such item, or no such edition of it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A value with the moment until which it is believed."""

    value: Any
    until: float


class Laws:
    """Reads law from the database. Thread-safe: entries are replaced whole, never changed."""

    def __init__(
        self,
        database: Database,
        calendars: Calendars,
        rules: ClockRules = DEFAULT_RULES,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self.calendars = calendars
        self._rules = rules
        self._tick = tick
        self._editions: dict[tuple[str, str, int], Law] = {}
        self._in_force: dict[tuple[str, str], Remembered] = {}

    def law(self, region: str, code: str, edition: int) -> Law:
        """The law a case filed under this edition is held against. Raises `UnknownItem`."""
        key = (region, code, edition)
        law = self._editions.get(key)
        calendar = self.calendars.in_force(region)
        if law is None or law.calendar is not calendar.calendar:
            item = law.item if law else self._read(key)
            if len(self._editions) >= EDITIONS_KEPT:
                self._editions.pop(next(iter(self._editions)), None)
            law = Law(item, calendar.calendar, self._rules, calendar.serial, self.calendars.of(region))
            self._editions[key] = law
        return law

    def published(self, region: str, code: str) -> Law | None:
        """The law in force for new cases, None when the item is not published."""
        key = (region, code)
        known = self._in_force.get(key)
        if known is None or known.until < self._tick():
            with self._database.call() as cursor:
                row = cursor.execute(
                    "SELECT edition FROM item_editions WHERE region = %s AND code = %s AND state = 'published'", key
                ).fetchone()
            known = Remembered(row["edition"] if row else None, self._tick() + FRESH_FOR_S)
            if len(self._in_force) >= EDITIONS_KEPT:
                self._in_force.clear()
            self._in_force[key] = known
        return None if known.value is None else self.law(region, code, known.value)

    def calendar(self, region: str) -> Calendar:
        """The calendar in force in a region, with all it inherits."""
        return self.calendars.in_force(region).calendar

    def forget(self) -> None:
        """Reads everything anew: after a publication in this process."""
        self._in_force.clear()
        self.calendars.forget()

    def _read(self, key: tuple[str, str, int]) -> Item:
        with self._database.call() as cursor:
            row = cursor.execute(
                "SELECT document FROM item_editions WHERE region = %s AND code = %s AND edition = %s", key
            ).fetchone()
        if row is None:
            raise UnknownItem(f"没有事项 {key[1]} 第 {key[2]} 版")
        return item_from_document(row["document"])
