"""What is true of a case: the sum of its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never

from banjie.engine.cases.acts import Ask, Channel
from banjie.engine.cases.events import (
    Accepted,
    Approved,
    Claimed,
    CorrectionAsked,
    Delivered,
    Denied,
    EndorsementLifted,
    Event,
    Extended,
    FoundNotCompetent,
    FoundNotRequired,
    MarkedLate,
    Resubmitted,
    Returned,
    ReviewStarted,
    SpecialEnded,
    SpecialStarted,
    StepFinished,
    StepReturned,
    StepSigned,
    Submitted,
    TakenBack,
    Terminated,
    ToleranceLapsed,
    Tolerated,
    ToleratedSupplied,
    UrgeAnswered,
    Urged,
    WithdrawalAsked,
    Withdrawn,
)
from banjie.engine.cases.handing import Assigned, PassedOn, Released, TakenOn
from banjie.engine.cases.moving import TOLERANCE, URGE, DeadlinesMoved
from banjie.engine.clock import Extension, Pause, PauseKind, TimerKind
from banjie.engine.endorsements import Endorsement
from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.prechecks import Checked


class Stage(StrEnum):
    """办件状态."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PRECHECK = "precheck"
    CORRECTING = "correcting"
    RETURNED = "returned"
    NOT_REQUIRED = "not_required"
    REJECTED_ENTRY = "rejected_entry"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    SPECIAL = "special"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


STAGE_NAMES = {
    Stage.DRAFT: "草稿",
    Stage.SUBMITTED: "已提交",
    Stage.PRECHECK: "预审中",
    Stage.CORRECTING: "待补正",
    Stage.RETURNED: "已退件",
    Stage.NOT_REQUIRED: "不受理",
    Stage.REJECTED_ENTRY: "不予受理",
    Stage.ACCEPTED: "已受理",
    Stage.IN_REVIEW: "审查中",
    Stage.SPECIAL: "特别程序",
    Stage.APPROVED: "准予",
    Stage.DENIED: "不予许可",
    Stage.DELIVERED: "已送达",
    Stage.WITHDRAWN: "已撤回",
    Stage.TERMINATED: "已终止",
}

BEFORE_ACCEPTANCE = frozenset({Stage.SUBMITTED, Stage.PRECHECK, Stage.CORRECTING})
UNDER_REVIEW = frozenset({Stage.ACCEPTED, Stage.IN_REVIEW, Stage.SPECIAL})
DECIDED = frozenset({Stage.APPROVED, Stage.DENIED})
CLOSED = frozenset(
    {
        Stage.RETURNED,
        Stage.NOT_REQUIRED,
        Stage.REJECTED_ENTRY,
        Stage.DELIVERED,
        Stage.WITHDRAWN,
        Stage.TERMINATED,
    }
)


TAKEN_BACK = "申请人收回修改"
"""Why a case ended that the applicant took back to change it."""


@dataclass(frozen=True, slots=True)
class Correction:
    """补正通知: what was asked on which day, by when, and when the answer came."""

    on: date
    asks: tuple[Ask, ...]
    due_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """容缺: a material to be handed in by a day."""

    material: str
    due_on: date
    supplied_on: date | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """The special procedure that is running."""

    procedure: str
    name: str
    on: date
    days: int
    due_on: date


@dataclass(frozen=True)
class Case:
    """办件. Days are city days; `entered` is the day each running step was entered.

    It has no slots: `_changed` copies its fields in one go, which every event does.
    """

    stage: Stage = Stage.DRAFT
    number: str = ""
    query_code: str = ""
    item: str = ""
    edition: int = 0
    region: str = ""
    organ: str = ""
    holder: Party = field(default_factory=lambda: Party("", ""))
    agent: Party | None = None
    channel: Channel = Channel.WEB
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    promised: bool = False
    precase: str = ""
    endorsements: tuple[Endorsement, ...] = ()
    """What the pre-application service found in order, each with what it is bound to."""
    changeable_until: datetime | None = None
    """Until when the applicant may take it back to change it, as long as nobody has taken it up."""
    prechecked: tuple[Checked, ...] = ()
    """What the pre-check said of its review points when it was handed in."""
    submitted_on: date | None = None
    received_on: date | None = None
    """The day T5 counts from: of the submission, or of the last resubmission."""
    claimed_by: str = ""
    corrections: tuple[Correction, ...] = ()
    lifted: tuple[tuple[str, str], ...] = ()
    """Review points (target, point) that the head lets be judged again."""
    accepted_on: date | None = None
    silent: bool = False
    tolerances: tuple[Tolerance, ...] = ()
    active: tuple[str, ...] = ()
    entered: Mapping[str, date] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    """Who has each running step, and under "" the line outside review. What nobody has taken on is left out."""
    special: Special | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    decided_on: date | None = None
    approved: bool = False
    reasons: tuple[str, ...] = ()
    delivered_on: date | None = None
    withdrawal_reason: str = ""
    closing_reason: str = ""
    urged_on: date | None = None
    """The day the applicant last urged."""
    urge_due: date | None = None
    """The last day to answer her; None when no answer is owed."""
    late: tuple[str, ...] = ()
    """Clocks that ran out, as TL, TS:step@day or TX@day: a step may be entered, a special procedure begun again."""
    calendar: int = 0
    """The publication of the calendar under which its clocks are reckoned."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.stage not in CLOSED

    @property
    def open_tolerances(self) -> tuple[Tolerance, ...]:
        """Tolerated materials that are still missing."""
        return tuple(tolerance for tolerance in self.tolerances if tolerance.supplied_on is None)


FILED = frozenset(
    {
        "number",
        "query_code",
        "item",
        "edition",
        "region",
        "organ",
        "holder",
        "agent",
        "channel",
        "answers",
        "data",
        "papers",
        "later",
        "promised",
        "precase",
        "endorsements",
        "changeable_until",
        "prechecked",
        "submitted_on",
    }
)
"""The fields that say what the applicant has handed in. They are large and seldom change."""

HANDLED = frozenset(field.name for field in fields(Case)) - FILED
"""The fields that the office's acts change."""


def same_filing(before: Case, after: Case) -> bool:
    """Whether an act has left untouched what the applicant handed in."""
    return before.data is after.data and before.papers is after.papers and before.number == after.number


def evolve(case: Case, event: Event) -> Case:
    """What is true after `event`. Never refuses: what has happened has happened."""
    match event:
        case Submitted():
            return Case(
                stage=Stage.SUBMITTED,
                number=event.number,
                query_code=event.query_code,
                item=event.item,
                edition=event.edition,
                region=event.region,
                organ=event.organ,
                holder=event.holder,
                agent=event.agent,
                channel=event.channel,
                answers=event.answers,
                data=event.data,
                papers=event.papers,
                later=event.later,
                promised=event.promised,
                precase=event.precase,
                endorsements=event.endorsements,
                changeable_until=event.changeable_until,
                prechecked=event.prechecked,
                submitted_on=event.on,
                received_on=event.on,
                calendar=event.calendar,
            )
        case Claimed():
            return _changed(case, stage=Stage.PRECHECK, claimed_by=event.by, handlers={"": event.by})
        case CorrectionAsked():
            notice = Correction(event.on, event.asks, event.due_on)
            return _changed(case, stage=Stage.CORRECTING, corrections=(*case.corrections, notice))
        case EndorsementLifted():
            return _changed(case, lifted=(*case.lifted, (event.target, event.point)))
        case Resubmitted():
            return _changed(
                case,
                stage=Stage.PRECHECK,
                received_on=event.on,
                data={**case.data, **event.data},
                papers=with_papers(case.papers, event.papers),
                corrections=(*case.corrections[:-1], replace(case.corrections[-1], answered_on=event.on)),
            )
        case FoundNotRequired():
            return _changed(case, stage=Stage.NOT_REQUIRED, closing_reason=event.reason, handlers={})
        case FoundNotCompetent():
            reason = f"{event.reason}（请向{event.redirect_organ}申请）"
            return _changed(case, stage=Stage.REJECTED_ENTRY, closing_reason=reason, handlers={})
        case Accepted():
            return _changed(case, stage=Stage.ACCEPTED, accepted_on=event.as_of, silent=event.silent, handlers={})
        case Tolerated():
            tolerance = Tolerance(event.material, event.due_on)
            return _changed(case, tolerances=(*case.tolerances, tolerance))
        case ToleratedSupplied():
            supplied = tuple(
                replace(tolerance, supplied_on=event.on) if tolerance.material == event.paper.material else tolerance
                for tolerance in case.tolerances
            )
            return _changed(case, tolerances=supplied, papers=with_papers(case.papers, (event.paper, *event.more)))
        case ToleranceLapsed():
            return _changed(_closed(case, event.on), stage=Stage.RETURNED, closing_reason="容缺材料到期未补齐")
        case ReviewStarted():
            return _changed(
                case,
                stage=Stage.IN_REVIEW,
                active=event.steps,
                entered=dict.fromkeys(event.steps, event.on),
                handlers=dict.fromkeys(event.taken, event.by),
            )
        case StepSigned():
            # Who has signed has done her part: what is left of the step is another's.
            handlers = _without(case, event.step) if case.handlers.get(event.step) == event.by else case.handlers
            return _changed(case, signed=_signed(case, event.step, event.by), handlers=handlers)
        case StepFinished():
            return _changed(
                case,
                signed=_signed(case, event.step, event.by),
                done={**case.done, event.step: event.outcome},
                active=event.active,
                entered={step: case.entered.get(step, event.on) for step in event.active},
                handlers=_of_steps(case, event.active),
            )
        case StepReturned():
            # It goes back to whoever had signed it.
            again = {event.to: case.signed[event.to][0]} if case.signed.get(event.to) else {}
            return _changed(
                case,
                handlers={**_of_steps(case, event.active), **again},
                active=event.active,
                done=event.done,
                entered={
                    step: event.on if step == event.to else case.entered.get(step, event.on) for step in event.active
                },
                # Signatures under steps that are to be done again no longer stand.
                signed={
                    step: who
                    for step, who in case.signed.items()
                    if step in event.done or (step in event.active and step != event.to)
                },
            )
        case SpecialStarted():
            pause = Pause(
                kind=PauseKind.SPECIAL if event.statutory else PauseKind.SITE_VISIT,
                name=event.name,
                start=event.on,
                end=None,
                ground=event.basis,
                by=event.by,
            )
            special = Special(event.procedure, event.name, event.on, event.days, event.due_on)
            # The wait is hers who has the step for which she began it.
            own = {"": event.by} if event.by in case.handlers.values() else {}
            return _changed(
                case,
                stage=Stage.SPECIAL,
                special=special,
                pauses=(*case.pauses, pause),
                handlers={**case.handlers, **own},
            )
        case SpecialEnded():
            return _changed(_resumed(case, event.on), stage=Stage.IN_REVIEW, special=None, handlers=_without(case, ""))
        case Extended():
            return _changed(case, extension=Extension(event.days, event.reason, event.by, event.on))
        case Approved():
            return _changed(_decided(case, event.on, event.by), stage=Stage.APPROVED, approved=True)
        case Denied():
            return _changed(_decided(case, event.on, event.by), stage=Stage.DENIED, reasons=event.reasons)
        case Delivered():
            return _changed(case, stage=Stage.DELIVERED, delivered_on=event.delivered_on or event.on)
        case Returned():
            return _changed(case, stage=Stage.RETURNED, closing_reason=event.reason, handlers={})
        case TakenBack():
            return _changed(case, stage=Stage.RETURNED, closing_reason=TAKEN_BACK, handlers={})
        case Urged():
            return _changed(case, urged_on=event.on, urge_due=event.answer_by)
        case UrgeAnswered():
            return _changed(case, urge_due=None)
        case WithdrawalAsked():
            handlers = _without(case, "") if case.stage in UNDER_REVIEW else case.handlers
            return _changed(case, withdrawal_reason=event.reason, handlers=handlers)
        case Withdrawn():
            return _changed(_closed(case, event.on), stage=Stage.WITHDRAWN, closing_reason=case.withdrawal_reason)
        case Terminated():
            return _changed(_closed(case, event.on), stage=Stage.TERMINATED, closing_reason=event.ground)
        case MarkedLate():
            return _changed(case, late=(*case.late, late_mark(event.timer, event.step, event.due_on)))
        case DeadlinesMoved():
            return _changed(case, calendar=event.calendar, **_told_anew(case, event))
        case TakenOn():
            return _changed(case, handlers={**case.handlers, event.step: event.by})
        case Released():
            return _changed(case, handlers=_without(case, event.step))
        case PassedOn() | Assigned():
            return _changed(case, handlers={**case.handlers, event.step: event.to})
        case _:
            assert_never(event)


def with_papers(papers: tuple[Paper, ...], newer: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """The papers of a case after newer ones came: for a material that is handed in again, the newer stand."""
    renewed = {paper.material for paper in newer}
    return (*(paper for paper in papers if paper.material not in renewed), *newer)


_AGAIN = frozenset({TimerKind.STEP.value, TimerKind.SPECIAL.value})


def late_mark(timer: str, step: str, due_on: date) -> str:
    """How a clock that ran out is remembered. One that may run more than once in a case carries its day."""
    name = f"{timer}:{step}" if step else timer
    return f"{name}@{due_on.isoformat()}" if timer in _AGAIN else name


def _told_anew(case: Case, event: DeadlinesMoved) -> dict[str, Any]:
    """The days that stand in the case as they were told, as they are now."""
    days = {(one.timer, one.material): one.now for one in event.changes}
    changes: dict[str, Any] = {}
    if (day := days.get((TimerKind.CORRECTION.value, ""))) is not None:
        changes["corrections"] = (*case.corrections[:-1], replace(case.corrections[-1], due_on=day))
    if any(kind == TOLERANCE for kind, _ in days):
        changes["tolerances"] = tuple(
            replace(one, due_on=days.get((TOLERANCE, one.material), one.due_on)) for one in case.tolerances
        )
    if (day := days.get((TimerKind.SPECIAL.value, ""))) is not None and case.special is not None:
        changes["special"] = replace(case.special, due_on=day)
    if (day := days.get((URGE, ""))) is not None:
        changes["urge_due"] = day
    return changes


def _signed(case: Case, step: str, by: str) -> dict[str, tuple[str, ...]]:
    return {**case.signed, step: (*case.signed.get(step, ()), by)}


def _resumed(case: Case, on: date) -> Case:
    return _changed(
        case, pauses=tuple(pause if pause.end else replace(pause, end=on) for pause in case.pauses), special=None
    )


def _without(case: Case, step: str) -> Mapping[str, str]:
    """Who has a line, when that of one step is nobody's any more."""
    return {key: who for key, who in case.handlers.items() if key != step} if case.handlers else case.handlers


def _of_steps(case: Case, steps: tuple[str, ...]) -> Mapping[str, str]:
    """Who has the steps that go on running."""
    return {key: who for key, who in case.handlers.items() if key in steps} if case.handlers else case.handlers


def _closed(case: Case, on: date) -> Case:
    return _changed(_resumed(case, on), active=(), entered={}, handlers={})


def _decided(case: Case, on: date, by: str) -> Case:
    decision = case.active[0] if case.active else ""
    return _changed(
        case,
        decided_on=on,
        active=(),
        entered={},
        handlers={},
        signed=_signed(case, decision, by) if decision else case.signed,
    )


def _changed(case: Case, **changes: Any) -> Case:
    """The case with some fields changed. `dataclasses.replace` would ask after each of the others one by one."""
    changed = object.__new__(Case)
    changed.__dict__.update(case.__dict__)
    changed.__dict__.update(changes)
    return changed
