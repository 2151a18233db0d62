"""Working days of a place: the State Council's yearly arrangement, and what the place itself adds.

A calendar is data with an edition. In years nobody has published yet only weekends are known, and every
answer that leans on such a year says so (``provisional`` in the clock). Counting is by table look-up: the
first question builds the running counts of the years around it, later ones cost well under a microsecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from banjie.engine.ids import Malformed

# A city day is Asia/Shanghai, which has kept no daylight saving since 1991: a fixed offset is exact.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

# Tables are built whole from one year to another, so the span is bounded; every case of a city lies inside.
EARLIEST_YEAR = 1950
LATEST_YEAR = 2199

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def chinese_date(day: date) -> str:
    """A day as documents and messages write it: 2026年9月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_day(day: date) -> str:
    """A day with its weekday, for a count of days that people check by their calendar: 2026年9月24日（周四）."""
    return f"{chinese_date(day)}（{WEEKDAYS[day.weekday()]}）"


class DayKind(StrEnum):
    """What a day is to an office."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    CLOSED = "closed"
    HALF = "half"
    """The hall closes early, and the day counts all the same."""

    @property
    def works(self) -> bool:
        """Whether days of this kind are counted in a term of working days."""
        return self is DayKind.WORKING or self is DayKind.MAKE_UP or self is DayKind.HALF


class Table:
    """Running counts over whole years, indexed by ``day.toordinal() - base``.

    ``counts[i]`` is the number of working days among the table's days up to and including day ``i``;
    ``unpublished[i]`` counts the days of unpublished years in the same way; ``working[n - 1]`` is the
    ordinal of the table's ``n``-th working day. ``rows[i]`` is the day as a proof prints it: ISO date,
    ``counted`` or the kind of day that is skipped, and why in Chinese. ``special`` holds the indices of
    the days named by a notice, in order, and ``special_rows`` the same days as ISO date, kind and name.
    Shared and never changed once built.
    """

    __slots__ = ("base", "counts", "rows", "special", "special_rows", "unpublished", "working")

    def __init__(self, calendar: Calendar, first_year: int, last_year: int) -> None:
        self.base = date(first_year, 1, 1).toordinal()
        self.counts: list[int] = []
        self.unpublished: list[int] = []
        self.working: list[int] = []
        self.rows: list[tuple[str, str, str]] = []
        self.special: list[int] = []
        self.special_rows: list[tuple[str, str, str]] = []
        unpublished = 0
        for ordinal in range(self.base, date(last_year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            kind, iso = calendar.kind(day), day.isoformat()
            if kind.works:
                self.working.append(ordinal)
            if not calendar.is_published(day):
                unpublished += 1
            if kind not in (DayKind.WORKING, DayKind.WEEKEND):
                self.special.append(len(self.rows))
                self.special_rows.append((iso, kind.value, calendar.name(day)))
            self.counts.append(len(self.working))
            self.unpublished.append(unpublished)
            self.rows.append((iso, "counted" if kind.works else kind.value, calendar.why(day)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one region under one edition.

    ``holidays`` and ``make_up`` name the festival each day belongs to; ``closed`` names the local reason
    (flood, a people's own festival); ``half`` the days on which the hall closes early and which count all the
    same. A day stands in one of the four only. ``closes`` gives the hour at which the hall closes on days of
    ``half`` or ``closed``. ``region`` is a region code as text; ``published_years`` are the years whose
    arrangement is known.
    """

    region: str
    edition: str
    published_years: frozenset[int]
    holidays: Mapping[date, str] = field(hash=False)
    make_up: Mapping[date, str] = field(hash=False)
    closed: Mapping[date, str] = field(hash=False, default_factory=dict)
    half: Mapping[date, str] = field(hash=False, default_factory=dict)
    closes: Mapping[date, time] = field(hash=False, default_factory=dict)
    _table: Table | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("holidays", "make_up", "closed", "half", "closes"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        named = (self.holidays, self.make_up, self.closed, self.half)
        for day in (*self.holidays, *self.make_up, *self.closed, *self.half):
            if sum(day in days for days in named) > 1:
                raise Malformed(
                    "工作日历",
                    f"{day.isoformat()}同时列为放假和上班或停办",
                    "同一天只保留一种安排",
                    self.edition,
                )

    def __reduce__(self) -> tuple[object, ...]:
        # Read-only mappings do not pickle; plain copies do, and are made read-only again on the way in.
        parts = tuple(dict(days) for days in (self.holidays, self.make_up, self.closed, self.half, self.closes))
        return Calendar, (self.region, self.edition, self.published_years, *parts)

    def kind(self, day: date) -> DayKind:
        """What the day is; local closures come before the national arrangement, that before the week."""
        if day in self.closed:
            return DayKind.CLOSED
        if day in self.half:
            return DayKind.HALF
        if day in self.make_up:
            return DayKind.MAKE_UP
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING

    def name(self, day: date) -> str:
        """The festival or closure the day belongs to, in Chinese; empty on ordinary days and weekends."""
        return self.closed.get(day) or self.half.get(day) or self.make_up.get(day) or self.holidays.get(day) or ""

    def why(self, day: date) -> str:
        """Why the day counts or not, in Chinese: 国庆节放假, 周六, 调休上班（春节）, 工作日."""
        weekday, name = WEEKDAYS[day.weekday()], self.name(day)
        match self.kind(day):
            case DayKind.CLOSED:
                said = f"本地停办（{name}）"
            case DayKind.HALF:
                said = f"半天办公（{name}），仍计为工作日"
            case DayKind.MAKE_UP:
                said = f"调休上班（{name}）"
            case DayKind.HOLIDAY:
                said = f"{name}放假"
            case DayKind.WEEKEND:
                said = weekday
            case _:
                said = "工作日"
        return said if self.is_published(day) else f"{said}（当年放假安排未公布，暂按周末推算）"

    def is_working(self, day: date) -> bool:
        return self.kind(day).works

    def is_published(self, day: date) -> bool:
        """Whether the year's arrangement is known; otherwise only weekends are."""
        return day.year in self.published_years

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        return self.add_working(day, 1)

    def count_working(self, after: date, until: date) -> int:
        """Working days d with after < d <= until; 0 when until is not later."""
        if until <= after:
            return 0
        first, last = after.toordinal(), until.toordinal()
        table = self.table(first, last)
        return table.counts[last - table.base] - table.counts[first - table.base]

    def add_working(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``; ``day`` itself for 0. Never counts backwards."""
        if number < 0:
            raise ValueError("working days are counted forwards only")
        if number == 0:
            return day
        first = day.toordinal()
        table = self.table(first, first)
        place = table.counts[first - table.base] + number - 1
        if place >= len(table.working):
            table = self.reaching(first, number)
            place = table.counts[first - table.base] + number - 1
        return date.fromordinal(table.working[place])

    def table(self, first: int, last: int) -> Table:
        """The running counts with at least the days ``first`` to ``last`` (ordinals), built when missing."""
        held = self._table
        if held is not None and first >= held.base and last - held.base < len(held.counts):
            return held
        # A year before and two after spare a rebuild for the next question. A replaced table stays good
        # for whoever holds it, so two threads that build at once do no harm.
        low = max(EARLIEST_YEAR, _within_span(first) - 1)
        high = min(LATEST_YEAR, _within_span(last) + 2)
        if held is not None:
            low = min(low, date.fromordinal(held.base).year)
            high = max(high, date.fromordinal(held.base + len(held.counts) - 1).year)
        table = Table(self, low, high)
        object.__setattr__(self, "_table", table)
        return table

    def reaching(self, first: int, number: int) -> Table:
        """The running counts with at least ``number`` working days after the day ``first`` (an ordinal).

        Raises :class:`Malformed` past the last year a calendar may reach.
        """
        # No day holds more than one working day, so this is the nearest the answer can be; then further.
        last = first + number
        while True:
            table = self.table(first, last)
            if len(table.working) - table.counts[first - table.base] >= number:
                return table
            last += max(366, (last - first) // 2)


def merge(parent: Calendar, child: Calendar) -> Calendar:
    """The child's calendar laid over its parent's: where the child names a day, the child's word stands.

    The edition names both, the years are those either has published.
    """
    return Calendar(
        region=child.region,
        edition=child.edition if child.edition == parent.edition else f"{parent.edition}+{child.edition}",
        published_years=parent.published_years | child.published_years,
        holidays=_overlaid(parent.holidays, child.holidays, child),
        make_up=_overlaid(parent.make_up, child.make_up, child),
        closed=_overlaid(parent.closed, child.closed, child),
        half=_overlaid(parent.half, child.half, child),
        closes={**{day: at for day, at in parent.closes.items() if not _names(child, day)}, **child.closes},
    )


def _overlaid(inherited: Mapping[date, str], own: Mapping[date, str], child: Calendar) -> dict[date, str]:
    return {day: name for day, name in inherited.items() if not _names(child, day)} | dict(own)


def _names(calendar: Calendar, day: date) -> bool:
    return any(day in days for days in (calendar.holidays, calendar.make_up, calendar.closed, calendar.half))


_FIRST_DAY = date(EARLIEST_YEAR, 1, 1).toordinal()
_LAST_DAY = date(LATEST_YEAR, 12, 31).toordinal()


def _within_span(ordinal: int) -> int:
    """The year of a day, or :class:`Malformed` when no calendar reaches it."""
    if not _FIRST_DAY <= ordinal <= _LAST_DAY:
        raise Malformed(
            "日期",
            f"超出日历范围（{EARLIEST_YEAR}年至{LATEST_YEAR}年）",
            "请核对日期和期限是否填写正确",
        )
    return date.fromordinal(ordinal).year
