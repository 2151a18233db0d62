"""The legal clock: when a case must be answered, how much time is used, and what stopped it.

A due date is always computed from what happened (the event, the pauses, the extensions) and from the
calendar; nothing is ever counted down. The rules of the day (《行政许可法》第四十二、四十五、八十二条):

* the day of the event is not counted; day one is the next working (or calendar) day; the limit is the end
  of the last day;
* a pause takes out the days d with start <= d < end: the day the stop is issued no longer counts, the day
  the result is entered counts again, and a pause opened and closed on one day stops nothing;
* a day is taken out once, however many pauses cover it, and never when it was not counted anyway;
* while a pause is open, the due date is what it would be if the pause ended today, and no time is used;
* a pause that is over by the event, or begins after the limit has run out, changes nothing.

The clock knows days, not hours. A term in hours is natural time: 24 hours are one calendar day, and a part
of a day is taken as a whole one, so the answer is never earlier than the law's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from banjie.engine.calendar import LATEST_YEAR, Calendar
from banjie.engine.ids import Malformed


class Unit(StrEnum):
    WORKING_DAY = "working"
    CALENDAR_DAY = "calendar"
    HOUR = "hour"

    @property
    def label(self) -> str:
        """The unit as it follows a number in Chinese."""
        return {"working": "个工作日", "calendar": "个自然日", "hour": "小时"}[self.value]

    @property
    def day_label(self) -> str:
        """The days this unit is reckoned in, in Chinese: hours run as natural days."""
        return "个工作日" if self is Unit.WORKING_DAY else "个自然日"


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time the law or a promise gives: ``number`` of ``unit``, on the clause ``basis``.

    0 means decided at once (即办): due on the day of the event.
    """

    number: int
    unit: Unit
    basis: str = ""

    def __post_init__(self) -> None:
        if self.number < 0:
            raise Malformed("期限", f"不能为负数（{self.number}）", "请填写0或正整数，0表示即办")

    @property
    def label(self) -> str:
        """The term in Chinese: 20个工作日, 即办."""
        return f"{self.number}{self.unit.label}" if self.number else "即办"


class TimerKind(StrEnum):
    """Which clock runs; the values are the short names of the trade."""

    REPLY = "T5"
    CORRECTION = "TC"
    STATUTORY = "TL"
    PROMISED = "TP"
    STEP = "TS"
    SPECIAL = "TX"
    DELIVERY = "T10"

    @property
    def label(self) -> str:
        """The clock's Chinese name."""
        return _TIMER_NAMES[self][0]

    @property
    def starts_from(self) -> str:
        """The event the clock starts from, in Chinese."""
        return _TIMER_NAMES[self][1]


_TIMER_NAMES = {
    TimerKind.REPLY: ("受理答复期限", "收到申请"),
    TimerKind.CORRECTION: ("补正期限", "补正通知送达"),
    TimerKind.STATUTORY: ("法定办结期限", "受理"),
    TimerKind.PROMISED: ("承诺办结期限", "受理"),
    TimerKind.STEP: ("环节期限", "进入环节"),
    TimerKind.SPECIAL: ("特别程序期限", "特别程序告知"),
    TimerKind.DELIVERY: ("送达期限", "作出决定"),
}


class PauseKind(StrEnum):
    """Why a clock may stand still. Which clock each stops is :class:`ClockRules`, not this list."""

    SPECIAL = "special"
    """听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审 (第四十五条)."""
    CORRECTION = "correction"
    """The applicant has been told to correct the papers."""
    TOLERANCE = "tolerance"
    """Accepted with a secondary paper still missing (容缺受理)."""
    SITE_VISIT = "site_visit"
    """现场勘验: not in 第四十五条, so it never stops the statutory clock."""
    OUTAGE = "outage"
    """The system was down: recorded as an excuse in assessment, no ground for stopping a clock."""

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return _PAUSE_NAMES[self]


_PAUSE_NAMES = {
    PauseKind.SPECIAL: "特别程序",
    PauseKind.CORRECTION: "补正",
    PauseKind.TOLERANCE: "容缺",
    PauseKind.SITE_VISIT: "现场勘验",
    PauseKind.OUTAGE: "系统故障",
}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop of a clock: what (听证, 专家评审 …), from when to when, on what ground, by whom.

    ``end`` is the day the result was entered, None while the pause is open. ``end`` before ``start`` raises
    :class:`Malformed`.
    """

    kind: PauseKind
    name: str
    start: date
    end: date | None
    ground: str
    by: str

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise Malformed("暂停结束日", "早于暂停开始日", "请填写不早于开始日的日期")


@dataclass(frozen=True, slots=True)
class Extension:
    """An approved extension by ``number`` units of its timer's term (延期, 第四十二条)."""

    number: int
    ground: str
    by: str
    on: date

    def __post_init__(self) -> None:
        if self.number <= 0:
            raise Malformed("延长期限", f"应为正整数（现为{self.number}）", "请填写批准延长的数量")


@dataclass(frozen=True, slots=True)
class Timer:
    """One running or stopped clock: ``event_on`` is the day it starts from and is itself not counted."""

    kind: TimerKind
    term: Term
    event_on: date
    extensions: tuple[Extension, ...] = ()
    stopped_on: date | None = None

    @property
    def total(self) -> int:
        """The whole term with its extensions, in days (an hour term in whole days, rounded up)."""
        number = self.term.number
        for extension in self.extensions:
            number += extension.number
        return number if self.term.unit is not Unit.HOUR else -(-number // 24)

    def as_of(self, today: date) -> date:
        """The day to reckon at: today, or the day the clock was stopped if that is past."""
        return today if self.stopped_on is None or today < self.stopped_on else self.stopped_on


_LAW_NEVER_STOPS_FOR = frozenset({PauseKind.SITE_VISIT, PauseKind.TOLERANCE, PauseKind.OUTAGE})


@dataclass(frozen=True, slots=True)
class ClockRules:
    """Which pauses stop which clock, as data of the place.

    The statutory clock may not be stopped by a site visit, a tolerated paper or an outage: no law gives
    that, so such rules raise :class:`Malformed`. ``roll_calendar_due_to_working`` moves a due date counted
    in calendar days to the next working day when it falls on a day off; a local choice, off by default.
    """

    stops: Mapping[TimerKind, frozenset[PauseKind]] = field(hash=False)
    roll_calendar_due_to_working: bool = False

    def __post_init__(self) -> None:
        wrong = self.stops.get(TimerKind.STATUTORY, frozenset()) & _LAW_NEVER_STOPS_FOR
        if wrong:
            raise Malformed(
                "时钟规则",
                "法定办结期限不因" + "、".join(sorted(kind.label for kind in wrong)) + "停止计算",
                "只能对承诺办结期限设置",
                "《行政许可法》第四十五条",
            )
        object.__setattr__(self, "stops", MappingProxyType(dict(self.stops)))

    def __reduce__(self) -> tuple[object, ...]:
        # A read-only mapping does not pickle; a plain copy does, and is made read-only again on the way in.
        return ClockRules, (dict(self.stops), self.roll_calendar_due_to_working)

    def with_stop(self, timer: TimerKind, *kinds: PauseKind) -> ClockRules:
        """The same rules with more kinds of pause stopping one clock, as a locality may decide."""
        more = self.stops.get(timer, frozenset()) | frozenset(kinds)
        return ClockRules({**self.stops, timer: more}, self.roll_calendar_due_to_working)


DEFAULT_RULES = ClockRules(
    {
        TimerKind.REPLY: frozenset({PauseKind.CORRECTION}),
        TimerKind.STATUTORY: frozenset({PauseKind.SPECIAL}),
        TimerKind.PROMISED: frozenset({PauseKind.SPECIAL}),
        TimerKind.STEP: frozenset({PauseKind.SPECIAL}),
    }
)
"""The strict reading of the law; localities widen it with :meth:`ClockRules.with_stop`."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Where a clock stands, in days of its term.

    ``due_on`` is the last day in time. ``elapsed`` days are used by the end of the day asked about (or of
    the day the clock was stopped), ``left`` is what remains and is negative when late. ``provisional``:
    the days up to ``due_on`` reach into a year whose holidays are not published. ``paused``: a pause that
    stops this clock is open. ``late``: the limit ran out before the day asked about.
    """

    due_on: date
    elapsed: int
    left: int
    provisional: bool
    paused: bool
    late: bool


def reckon(
    timer: Timer,
    pauses: Sequence[Pause],
    calendar: Calendar,
    today: date,
    rules: ClockRules = DEFAULT_RULES,
) -> Reckoning:
    """Where ``timer`` stands at the end of ``today``; the one function that due and elapsed come from.

    Raises :class:`Malformed` for days no calendar reaches (before 1950, after 2199).
    """
    event_on, as_of = timer.event_on, timer.as_of(today)
    event, now, total = event_on.toordinal(), as_of.toordinal(), timer.total

    # First in plain days: what each pause that stops this clock takes out, as half-open (after, until].
    taken: list[tuple[int, int]] = []
    open_after: int | None = None  # the day before the earliest pause that is open now
    furthest = now if now > event else event
    kinds = rules.stops.get(timer.kind)
    if kinds:
        for pause in pauses:
            if pause.kind not in kinds:
                continue
            start, end = pause.start.toordinal(), now if pause.end is None else pause.end.toordinal()
            before = start - 1 if start > event else event
            if start <= now and (pause.end is None or now < end):
                open_after = before if open_after is None else min(open_after, before)
            if start < end and end > event + 1:
                taken.append((before, end - 1))
                furthest = max(furthest, end)

    # Then as numbers on the clock's own line: the count of working days, or the days themselves.
    working = timer.term.unit is Unit.WORKING_DAY
    if working:
        table = calendar.table(event, furthest)
        base, counts = table.base, table.counts
        first, asked = counts[event - base], counts[(now if now > event else event) - base]
        taken = [(counts[after - base], counts[until - base]) for after, until in taken]
        if open_after is not None:
            open_after = counts[open_after - base]
    else:
        first, asked = event, max(now, event)

    # Each stretch that begins before the limit has run out pushes the limit on by what it newly takes out.
    due, reached = first + total, first
    taken.sort()
    for after, until in taken:
        if after >= due:
            break
        if until > reached:
            due += until - (after if after > reached else reached)
            reached = until

    paused = open_after is not None and open_after < due
    # While paused, today is not used either, although the due date reckons with the pause ending today.
    until_now = asked if open_after is None or not paused else min(asked, open_after)
    elapsed = until_now - first - _taken_out(taken, first, until_now, due)

    if working:
        due_on, provisional = _working_due(calendar, event_on, due - first)
    else:
        rolls = rules.roll_calendar_due_to_working and timer.term.unit is Unit.CALENDAR_DAY and total > 0
        due_on, provisional = _calendar_due(calendar, due, rolls)
    return Reckoning(due_on, elapsed, total - elapsed, provisional, paused, due_on < as_of)


def _taken_out(taken: Sequence[tuple[int, int]], first: int, until: int, due: int) -> int:
    """How many numbers in (first, until] the sorted stretches that begin before ``due`` cover."""
    covered, reached = 0, first
    for after, end in taken:
        if after >= due or after >= until:
            break
        upper = end if end < until else until
        if upper > reached:
            covered += upper - (after if after > reached else reached)
            reached = upper
    return covered


def _working_due(calendar: Calendar, event_on: date, number: int) -> tuple[date, bool]:
    """The ``number``-th working day after the event, and whether unpublished years lie on the way."""
    if number == 0:
        return event_on, False
    event = event_on.toordinal()
    table = calendar.table(event, event)
    place = table.counts[event - table.base] + number - 1
    if place >= len(table.working):
        table = calendar.reaching(event, number)
        place = table.counts[event - table.base] + number - 1
    due = table.working[place]
    unpublished = table.unpublished
    return date.fromordinal(due), unpublished[due - table.base] > unpublished[event - table.base]


def _calendar_due(calendar: Calendar, due: int, rolled: bool) -> tuple[date, bool]:
    """The day with that ordinal, moved to the next working day if ``rolled``, and whether that is known."""
    if due > _LAST_DAY:
        raise Malformed("期限", f"超出日历范围（{LATEST_YEAR}年）", "请核对期限是否填写正确")
    due_on = date.fromordinal(due)
    if not rolled:
        return due_on, False
    moved = due_on if calendar.is_working(due_on) else calendar.next_working(due_on)
    return moved, not (calendar.is_published(due_on) and calendar.is_published(moved))


_LAST_DAY = date(LATEST_YEAR, 12, 31).toordinal()


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a due date follows from, with the answer; :mod:`banjie.engine.proof` prints and checks it."""

    timer: Timer
    pauses: tuple[Pause, ...]
    calendar: Calendar
    today: date
    rules: ClockRules
    reckoning: Reckoning


def prove(
    timer: Timer,
    pauses: Sequence[Pause],
    calendar: Calendar,
    today: date,
    rules: ClockRules = DEFAULT_RULES,
) -> Proof:
    """The reckoning together with its grounds; raises as :func:`reckon` does."""
    reckoning = reckon(timer, pauses, calendar, today, rules)
    return Proof(timer, tuple(pauses), calendar, today, rules, reckoning)
