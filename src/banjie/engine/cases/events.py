"""What can have happened to a case. An event says what became true, with the day and whoever made it so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import get_args

from banjie.engine.cases.acts import Ask, Channel, Delivery
from banjie.engine.cases.handing import Assigned, PassedOn, Released, TakenOn
from banjie.engine.cases.moving import DeadlinesMoved
from banjie.engine.endorsements import Endorsement
from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.prechecks import Checked


@dataclass(frozen=True, slots=True)
class Submitted:
    """已提交; `answer_due` is the latest day of an answer told to the applicant."""

    on: date
    number: str
    query_code: str
    item: str
    edition: int
    region: str
    organ: str
    holder: Party
    answer_due: date
    agent: Party | None = None
    channel: Channel = Channel.WEB
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    promised: bool = False
    precase: str = ""
    endorsements: tuple[Endorsement, ...] = ()
    changeable_until: datetime | None = None
    prechecked: tuple[Checked, ...] = ()
    calendar: int = 0
    """The publication of the calendar in force."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """已预审接件."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """已通知补正, to be answered by `due_on`."""

    on: date
    by: str
    asks: tuple[Ask, ...]
    due_on: date


@dataclass(frozen=True, slots=True)
class EndorsementLifted:
    """已准许重新审查: the head's word, with a reason, shown to the applicant and to those who watch."""

    on: date
    by: str
    target: str
    point: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """已补正."""

    on: date
    answer_due: date
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundNotRequired:
    """依法不需要许可."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundNotCompetent:
    """不属于本机关职权."""

    on: date
    by: str
    reason: str
    redirect_organ: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """已受理 as of `as_of`, the day from which the legal clock counts. `silent`: by silence (art. 32(4)).

    The due days are those told to the applicant on that day; the clock itself is always reckoned anew.
    """

    on: date
    as_of: date
    by: str
    statutory_due: date
    promised_due: date
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Tolerated:
    """已容缺, to be handed in by `due_on`."""

    on: date
    by: str
    material: str
    due_on: date


@dataclass(frozen=True, slots=True)
class ToleratedSupplied:
    """容缺材料已补齐."""

    on: date
    paper: Paper
    more: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class ToleranceLapsed:
    """容缺材料到期未补, the case goes back by notice."""

    on: date
    material: str


@dataclass(frozen=True, slots=True)
class ReviewStarted:
    """开始审查, in these steps; those `taken` are hers who began it, and begun with it."""

    on: date
    by: str
    steps: tuple[str, ...]
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSigned:
    """An official has signed a step that needs another signature still."""

    on: date
    by: str
    step: str
    outcome: str
    opinion: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step is done and the case moves on: `active` are the steps running now."""

    on: date
    by: str
    step: str
    outcome: str
    opinion: str
    active: tuple[str, ...]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepReturned:
    """退回重办: `active` and `done` are the steps running and done now; `error` and `responsible` as in the act."""

    on: date
    by: str
    step: str
    to: str
    reason: str
    active: tuple[str, ...]
    done: Mapping[str, str]
    error: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class SpecialStarted:
    """特别程序已开始; `statutory` says that it stops the legal clock (art. 45)."""

    on: date
    by: str
    procedure: str
    name: str
    statutory: bool
    basis: str
    days: int
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class SpecialEnded:
    """特别程序已结束."""

    on: date
    by: str
    result: str


@dataclass(frozen=True, slots=True)
class Extended:
    """已依法延期; `statutory_due` is the new last day told."""

    on: date
    by: str
    days: int
    reason: str
    statutory_due: date


@dataclass(frozen=True, slots=True)
class Approved:
    """准予, the decision made; to be delivered by `deliver_by`."""

    on: date
    by: str
    opinion: str
    deliver_by: date


@dataclass(frozen=True, slots=True)
class Denied:
    """不予许可."""

    on: date
    by: str
    reasons: tuple[str, ...]
    deliver_by: date
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """已送达. `delivered_on` is the day of delivery where it is not the day on which it was entered."""

    on: date
    by: str
    way: Delivery
    evidence: str
    details: Mapping[str, str] = field(default_factory=dict)
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """已退件: withdrawn before acceptance, or the correction did not come. Never a refusal."""

    on: date
    by: str
    reason: str
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """申请人已收回修改: what was handed in lies in her drafts again, and this number is at its end."""

    on: date


@dataclass(frozen=True, slots=True)
class Urged:
    """申请人催办, to be answered by `answer_by`."""

    on: date
    answer_by: date


@dataclass(frozen=True, slots=True)
class UrgeAnswered:
    """已答复催办."""

    on: date
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class WithdrawalAsked:
    """申请人要求撤回, the organ has to confirm."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """已撤回."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Terminated:
    """已终止."""

    on: date
    by: str
    ground: str


@dataclass(frozen=True, slots=True)
class MarkedLate:
    """超期: the clock `timer` ran out on `due_on`."""

    on: date
    timer: str
    due_on: date
    step: str = ""


Event = (
    Submitted
    | Claimed
    | CorrectionAsked
    | EndorsementLifted
    | Resubmitted
    | FoundNotRequired
    | FoundNotCompetent
    | Accepted
    | Tolerated
    | ToleratedSupplied
    | ToleranceLapsed
    | ReviewStarted
    | StepSigned
    | StepFinished
    | StepReturned
    | SpecialStarted
    | SpecialEnded
    | Extended
    | Approved
    | Denied
    | Delivered
    | Returned
    | TakenBack
    | Urged
    | UrgeAnswered
    | WithdrawalAsked
    | Withdrawn
    | Terminated
    | MarkedLate
    | DeadlinesMoved
    | TakenOn
    | Released
    | PassedOn
    | Assigned
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""
