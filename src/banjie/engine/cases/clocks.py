"""The clocks of a case: which run, since when, and what they say today.

One function of the clock answers both "how much is used" and "when is it due"; here it is only said which clock
of domain §1.3 runs in which stage, and from which day.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from banjie.engine.calendar import Calendar
from banjie.engine.cases.state import UNDER_REVIEW, Case, Stage, late_mark
from banjie.engine.catalogue import Item
from banjie.engine.clock import (
    DEFAULT_RULES,
    ClockRules,
    Reckoning,
    Term,
    Timer,
    TimerKind,
    Unit,
    reckon,
)
from banjie.engine.rules import as_facts
from banjie.engine.situations import promised_term

RECKONED_KEPT = 4096
"""How many answers of its clocks a law remembers: some hundreds of days and steps of one item."""


@dataclass(frozen=True, slots=True)
class Law:
    """What a case is held against: the edition of its item, the region's calendar, the rules of the clocks.

    `calendar` is the one in force, of publication `serial`; `calendars` gives those of other publications. A running
    case keeps the one it is under until it is brought under another (`calendar_of`).
    """

    item: Item
    calendar: Calendar
    rules: ClockRules = field(default_factory=lambda: DEFAULT_RULES)
    serial: int = 0
    calendars: Mapping[int, Calendar] | None = field(default=None, compare=False, repr=False)
    reckoned: dict[Hashable, "tuple[Running, ...]"] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Clocks worked out before under this very law. Cases of one item that were accepted on one day share theirs, so
    most acts of a busy office find them here. It holds nothing that could not be worked out again."""

    def calendar_of(self, case: Case) -> Calendar:
        """The calendar a case is reckoned under: the one in force before it has been filed."""
        if case.calendar == self.serial or not case.number:
            return self.calendar
        return self.calendar if self.calendars is None else self.calendars[case.calendar]

    def in_force_for(self, case: Case) -> "Law":
        """The law with the case's own calendar in force, if that is later than what this process knows of."""
        if case.calendar <= self.serial or self.calendars is None:
            return self
        return replace(self, calendar=self.calendars[case.calendar], serial=case.calendar)


@dataclass(frozen=True, slots=True)
class Running:
    """A clock of a case and what it says. `step` names the step of a TS clock, `material` a tolerance's."""

    timer: Timer
    reckoning: Reckoning
    step: str = ""
    material: str = ""

    @property
    def mark(self) -> str:
        """How this clock is remembered once it has run out."""
        return late_mark(self.timer.kind.value, self.step, self.reckoning.due_on)


TIMER_NAMES = {
    TimerKind.REPLY: "受理答复时限",
    TimerKind.CORRECTION: "补正时限",
    TimerKind.STATUTORY: "法定办结时限",
    TimerKind.PROMISED: "承诺办结时限",
    TimerKind.STEP: "环节时限",
    TimerKind.SPECIAL: "特别程序时限",
    TimerKind.DELIVERY: "送达时限",
}


def promise_of(case: Case, law: Law) -> Term:
    """The promised term of this case: the item's own, or what its tables make of the application."""
    if not law.item.tables:
        return law.item.promised
    return promised_term(law.item, {**as_facts(case.data), **case.answers}, case.submitted_on)


def decision_timers(case: Case, law: Law) -> tuple[Timer, Timer]:
    """TL and TP, the clocks of the decision, of a case that has been accepted.

    An extension by the head lengthens both: the promise cannot end before the law lets the organ decide.
    """
    assert case.accepted_on is not None  # noqa: S101 — only asked for accepted cases; a failure is ours.
    extensions = (case.extension,) if case.extension else ()
    return (
        Timer(TimerKind.STATUTORY, law.item.statutory, case.accepted_on, extensions, case.decided_on),
        Timer(TimerKind.PROMISED, promise_of(case, law), case.accepted_on, extensions, case.decided_on),
    )


def running(case: Case, law: Law, today: date) -> tuple[Running, ...]:
    """Every clock that runs in the case's stage, the nearest due day first."""
    key = (
        *(case.calendar, case.stage, today, case.received_on, case.accepted_on, case.decided_on),
        *(case.active, tuple(case.entered.items()), case.pauses, case.extension, case.special),
        (case.corrections[-1].on, case.corrections[-1].due_on) if case.corrections else None,
        promise_of(case, law) if law.item.tables else None,
    )
    known = law.reckoned.get(key)
    if known is None:
        if len(law.reckoned) >= RECKONED_KEPT:
            law.reckoned.clear()
        known = law.reckoned[key] = _running(case, law, today)
    return known


def _running(case: Case, law: Law, today: date) -> tuple[Running, ...]:
    found: list[tuple[Timer, str]] = []
    calendar = law.calendar_of(case)
    if case.stage in (Stage.SUBMITTED, Stage.PRECHECK) and case.received_on:
        found.append((Timer(TimerKind.REPLY, law.item.reply, case.received_on), ""))
    if case.stage is Stage.CORRECTING:
        notice = case.corrections[-1]
        days = calendar.count_working(notice.on, notice.due_on)
        found.append((Timer(TimerKind.CORRECTION, Term(days, Unit.WORKING_DAY, "补正通知书"), notice.on), ""))
    if case.stage in UNDER_REVIEW:
        found.extend((timer, "") for timer in decision_timers(case, law))
        for key in case.active:
            term = law.item.workflow.step(key).term
            if term is not None:
                found.append((Timer(TimerKind.STEP, term, case.entered[key]), key))
    if case.special:
        told = Term(case.special.days, Unit.WORKING_DAY, "特别程序告知书")
        found.append((Timer(TimerKind.SPECIAL, told, case.special.on), ""))
    if case.stage in (Stage.APPROVED, Stage.DENIED) and case.decided_on:
        found.append((Timer(TimerKind.DELIVERY, law.item.delivery, case.decided_on), ""))
    clocks = [
        Running(timer, reckon(timer, case.pauses, calendar, today, law.rules), step=step) for timer, step in found
    ]
    return tuple(sorted(clocks, key=lambda clock: clock.reckoning.due_on))


def clock(case: Case, law: Law, today: date, kind: TimerKind) -> Running | None:
    """The running clock of that kind, None when it does not run."""
    return next((found for found in running(case, law, today) if found.timer.kind is kind), None)


def due(case: Case, clocks: tuple[Running, ...]) -> Running | None:
    """The clock by which the case is sorted in a worklist: what the promise sets, else the nearest.

    `clocks` are the running clocks of the case, as `running` gives them.
    """
    if case.stage in UNDER_REVIEW and not case.special:
        return next((found for found in clocks if found.timer.kind is TimerKind.PROMISED), None)
    return clocks[0] if clocks else None


def next_wake(case: Case, clocks: tuple[Running, ...]) -> date | None:
    """The day after which the worker must look at the case again: the first due day not yet acted on.

    A paused clock wakes nobody: it moves with every day of the pause.
    """
    days = [found.reckoning.due_on for found in clocks if not found.reckoning.paused and found.mark not in case.late]
    days.extend(tolerance.due_on for tolerance in case.open_tolerances if case.stage in UNDER_REVIEW)
    return min(days, default=None)
