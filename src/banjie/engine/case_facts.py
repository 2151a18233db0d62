"""What the figures know of one case: on which days it moved, and what each measure counts of it.

A pure function of the case and its history, so that the figures can be kept, thrown away and made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from banjie.engine.cases.acts import Channel, Delivery
from banjie.engine.cases.clocks import Law, decision_timers
from banjie.engine.cases.events import Approved, CorrectionAsked, Delivered, Denied, Event, StepReturned
from banjie.engine.cases.guards import situation
from banjie.engine.cases.state import UNDER_REVIEW, Case, Stage
from banjie.engine.clock import Timer, TimerKind, Unit, reckon
from banjie.engine.figures import MEASURES

ALWAYS: Final = date(1, 1, 1)
"""The due day of a case that is late whatever the day: the worker has marked it."""
NEVER: Final = date(9999, 12, 31)
"""The due day of an open case that cannot be late by a day that passes: not accepted yet, decided, or stopped."""

ONLINE: Final = frozenset({Channel.WEB, Channel.MOBILE})

TELLING: Final = (Approved, Denied, Delivered, StepReturned, CorrectionAsked)
"""The events that say something the state does not keep."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case as the figures count it. `due` and `law_due` are None once nothing is to be done any more.

    `official` is the account of whoever decided, "" before. `counted` gives the measures by name.
    """

    region: str
    item: str
    organ: str
    channel: str
    official: str
    submitted_on: date
    accepted_on: date | None
    decided_on: date | None
    delivered_on: date | None
    due: date | None
    law_due: date | None
    counted: dict[str, int] = field(default_factory=dict)


def facts_of(case: Case, law: Law, events: Sequence[Event]) -> CaseFacts:
    """The facts of a case that has been handed in; `events` are those of its history that are `TELLING`, in order."""
    assert case.submitted_on is not None  # noqa: S101 — only cases that were handed in have figures.
    counted = dict.fromkeys((measure.name for measure in MEASURES), 0)
    _entry(case, law, events, counted)
    due, law_due = (None, None) if not case.is_open else (NEVER, NEVER)
    if case.accepted_on is not None:
        legal, promised = decision_timers(case, law)
        if case.stage in UNDER_REVIEW:
            due, law_due = _due(case, law, promised), _due(case, law, legal)
        if case.decided_on is not None:
            _decision(case, law, legal, promised, events, counted)
    if case.delivered_on is not None:
        _delivery(case, events, counted)
    return CaseFacts(
        region=case.region,
        item=case.item,
        organ=case.organ,
        channel=case.channel.value,
        official=next((one.by for one in reversed(events) if isinstance(one, Approved | Denied)), ""),
        submitted_on=case.submitted_on,
        accepted_on=case.accepted_on,
        decided_on=case.decided_on,
        delivered_on=case.delivered_on,
        due=due,
        law_due=law_due,
        counted=counted,
    )


def _due(case: Case, law: Law, timer: Timer) -> date:
    """The day after which the case is late by this clock. Late by the law is late by the promise too."""
    late = {TimerKind.STATUTORY.value, timer.kind.value}
    if late & set(case.late):
        return ALWAYS
    if case.stage is Stage.SPECIAL:
        return NEVER
    assert case.accepted_on is not None  # noqa: S101 — under review.
    return reckon(timer, case.pauses, law.calendar_of(case), case.accepted_on, law.rules).due_on


def _entry(case: Case, law: Law, events: Sequence[Event], counted: dict[str, int]) -> None:
    required = {one.key for one in situation(case, law).materials if one.required}
    asked = [one for one in events if isinstance(one, CorrectionAsked)]
    counted["applied"] = 1
    counted["applied_online"] = int(case.channel in ONLINE)
    counted["required"] = len(required)
    counted["held"] = len({paper.material for paper in case.papers if paper.held} & required)
    counted["corrected"] = int(bool(case.corrections))
    counted["repeated"] = sum(bool(ask.insist.strip()) for one in asked for ask in one.asks)
    if case.accepted_on is not None:
        counted["accepted"] = 1
        counted["accepted_at_once"] = int(not case.corrections)
        counted["silent"] = int(case.silent)


def _decision(
    case: Case, law: Law, legal: Timer, promised: Timer, events: Sequence[Event], counted: dict[str, int]
) -> None:
    assert case.decided_on is not None  # noqa: S101 — only asked for decided cases.
    calendar = law.calendar_of(case)
    used = reckon(promised, case.pauses, calendar, case.decided_on, law.rules)
    counted["decided"] = 1
    counted["on_time"] = int(case.decided_on <= used.due_on)
    counted["on_time_by_law"] = int(
        case.decided_on <= reckon(legal, case.pauses, calendar, case.decided_on, law.rules).due_on
    )
    counted["same_day"] = int(case.decided_on == case.accepted_on)
    counted["reworked"] = sum(isinstance(one, StepReturned) for one in events)
    # Days of different kinds cannot be added; and what is decided at once is no measure of speed.
    if promised.term.unit is Unit.WORKING_DAY is legal.term.unit and promised.term.number > 0:
        counted["timed"] = 1
        counted["used_days"] = used.elapsed
        counted["promised_days"] = promised.term.number
        counted["legal_days"] = legal.term.number


def _delivery(case: Case, events: Sequence[Event], counted: dict[str, int]) -> None:
    handed = [one for one in events if isinstance(one, Delivered)]
    visits = {one.on for one in handed if one.way is Delivery.DIRECT}
    if case.channel is Channel.COUNTER and case.submitted_on is not None:
        visits.add(case.submitted_on)
    counted["delivered"] = 1
    counted["trips"] = len(visits)
    counted["no_trip"] = int(not visits)
    counted["one_trip"] = int(len(visits) <= 1)
    counted["all_online"] = int(not visits and case.channel in ONLINE)
