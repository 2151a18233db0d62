"""What people may ask of a case. Each act is a command; its Chinese name stands beside it in `NAMES`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from banjie.engine.cases.handing import Assign, PassOn, Release, TakeOn
from banjie.engine.cases.moving import MoveDeadlines
from banjie.engine.endorsements import Endorsement
from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.prechecks import Checked


class Channel(StrEnum):
    """办理形式, GB/T 39046—2020 annex A.5."""

    COUNTER = "1"
    WEB = "2"
    MOBILE = "3"
    COURIER = "4"
    OTHER = "9"


@dataclass(frozen=True, slots=True)
class Ask:
    """One line of a correction notice: which material (or `form:field`), what is wrong, what is wanted, and why.

    `insist` says why a paper is asked for that the city holds; without it such an ask is refused.
    """

    material: str
    problem: str
    requirement: str
    basis: str
    insist: str = ""
    point: str = ""
    """The review point it is about, in the item's own words. Needed where the pre-application service has judged
    the paper before."""


class Delivery(StrEnum):
    """送达方式."""

    DIRECT = "direct"
    POST = "post"
    ELECTRONIC = "electronic"
    LEAVING = "leaving"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, slots=True)
class Submit:
    """申请: `number` and `query_code` are given by the platform; everything else by the applicant."""

    number: str
    query_code: str
    item: str
    edition: int
    region: str
    organ: str
    holder: Party
    agent: Party | None = None
    channel: Channel = Channel.WEB
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    """Materials the applicant promises to hand in later (容缺)."""
    promised: bool = False
    """The applicant has signed the promise of 告知承诺."""
    precase: str = ""
    """Number of the pre-application service (审前服务) it comes from."""
    endorsements: tuple[Endorsement, ...] = ()
    """What officials found in order there; given by the platform."""
    changeable_until: datetime | None = None
    """Until when it may be taken back to be changed; given by the platform."""
    prechecked: tuple[Checked, ...] = ()
    """What the pre-check said of its review points; given by the platform."""


@dataclass(frozen=True, slots=True)
class Claim:
    """预审: a window takes the application up."""


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """补正: everything that must be corrected, told once (art. 32(4)). `days` is working days to answer."""

    asks: tuple[Ask, ...]
    days: int | None = None


@dataclass(frozen=True, slots=True)
class LiftEndorsement:
    """准许重新审查: the head lets a review point be judged again that the pre-application service found in order."""

    target: str
    point: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resubmit:
    """补正后提交."""

    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class FindNotRequired:
    """不受理: no licence is needed (art. 32(1))."""

    reason: str


@dataclass(frozen=True, slots=True)
class FindNotCompetent:
    """不予受理: another organ's power (art. 32(2)), which must be named."""

    reason: str
    redirect_organ: str


@dataclass(frozen=True, slots=True)
class Accept:
    """受理. Materials promised for later are tolerated in the same act."""


@dataclass(frozen=True, slots=True)
class Tolerate:
    """容缺: a case already accepted may bring a secondary material later."""

    material: str


@dataclass(frozen=True, slots=True)
class SupplyTolerated:
    """补齐容缺材料. `more`: further files of the same material."""

    paper: Paper
    more: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class StartReview:
    """开始审查."""


FAIL = "fail"
"""The outcome of a step by which it finds against the application."""


@dataclass(frozen=True, slots=True)
class Point:
    """A review point that is not met: of which material, or of which page of the form (`section:key`)."""

    target: str
    point: str


@dataclass(frozen=True, slots=True)
class FinishStep:
    """环节办结: one official's signature under a step. `outcome` is pass, fail or another word its routes know.

    `points` are what a finding of fail rests on. They have to be named where the pre-application service has found
    some in order: those stand.
    """

    step: str
    opinion: str
    outcome: str = "pass"
    findings: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnStep:
    """退回重办: from a running step back to one already done.

    `error` is the class of the mistake (`ErrorClass`), "" when it was none; `responsible` the account that made it,
    "" for whoever signed the step it goes back to.
    """

    step: str
    to: str
    reason: str
    error: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class StartSpecial:
    """特别程序开始 (art. 45): the kind, and the working days it will take, told to the applicant in writing."""

    procedure: str
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class EndSpecial:
    """特别程序结束, with its result."""

    result: str


@dataclass(frozen=True, slots=True)
class Extend:
    """延期 (art. 42): once, by the head, with reasons told to the applicant."""

    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Approve:
    """准予."""

    opinion: str


@dataclass(frozen=True, slots=True)
class Deny:
    """不予许可, with reasons (art. 38), and the review points they rest on (see `FinishStep`)."""

    reasons: tuple[str, ...]
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """送达: `details` are the proofs of the way, by their keys in `delivery.EVIDENCE`; `evidence` is any other."""

    way: Delivery
    evidence: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """撤回申请."""

    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """收回修改: shortly after handing in, before anybody has taken it up, to change it and hand it in anew."""


@dataclass(frozen=True, slots=True)
class Urge:
    """催办: the applicant asks that her case be dealt with."""


@dataclass(frozen=True, slots=True)
class AnswerUrge:
    """答复催办: the office says how far it is."""

    words: str


@dataclass(frozen=True, slots=True)
class ConfirmWithdrawal:
    """确认撤回: after acceptance the organ confirms."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """终止: the applicant has died, the item has been abolished, or another legal ground."""

    ground: str


@dataclass(frozen=True, slots=True)
class LapseReply:
    """到期未答复: five days are over without a word (art. 32(4))."""


@dataclass(frozen=True, slots=True)
class LapseCorrection:
    """补正到期."""


@dataclass(frozen=True, slots=True)
class LapseTolerance:
    """容缺到期."""

    material: str


@dataclass(frozen=True, slots=True)
class MarkLate:
    """超期: a clock (its code, for example TL) has run out; `step` names the step of a TS clock."""

    timer: str
    step: str = ""


Command = (
    Submit
    | Claim
    | AskCorrection
    | LiftEndorsement
    | Resubmit
    | FindNotRequired
    | FindNotCompetent
    | Accept
    | Tolerate
    | SupplyTolerated
    | StartReview
    | FinishStep
    | ReturnStep
    | StartSpecial
    | EndSpecial
    | Extend
    | Approve
    | Deny
    | Deliver
    | Withdraw
    | TakeBack
    | Urge
    | AnswerUrge
    | ConfirmWithdrawal
    | Terminate
    | LapseReply
    | LapseCorrection
    | LapseTolerance
    | MarkLate
    | MoveDeadlines
    | TakeOn
    | Release
    | PassOn
    | Assign
)

NAMES: dict[type[Command], str] = {
    Submit: "提交申请",
    Claim: "预审",
    AskCorrection: "通知补正",
    LiftEndorsement: "准许重新审查",
    Resubmit: "补正后提交",
    FindNotRequired: "不受理",
    FindNotCompetent: "不予受理",
    Accept: "受理",
    Tolerate: "容缺",
    SupplyTolerated: "补齐容缺材料",
    StartReview: "开始审查",
    FinishStep: "环节办结",
    ReturnStep: "退回重办",
    StartSpecial: "启动特别程序",
    EndSpecial: "特别程序结束",
    Extend: "延期",
    Approve: "准予",
    Deny: "不予许可",
    Deliver: "送达",
    Withdraw: "撤回申请",
    TakeBack: "收回修改",
    Urge: "催办",
    AnswerUrge: "答复催办",
    ConfirmWithdrawal: "确认撤回",
    Terminate: "终止办理",
    LapseReply: "到期未答复",
    LapseCorrection: "补正到期",
    LapseTolerance: "容缺到期",
    MarkLate: "标记超期",
    MoveDeadlines: "更新期限",
    TakeOn: "认领",
    Release: "退回待领",
    PassOn: "转办",
    Assign: "指派",
}
"""Every act with the words an official knows it by."""

ACTS: dict[str, type[Command]] = {command.__name__: command for command in NAMES}
"""Every act by its name."""


def path_of(command: type[Command]) -> str:
    """The name of an act in an address: AskCorrection is ask-correction."""
    name = command.__name__
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("-")


PATHS: dict[str, type[Command]] = {path_of(command): command for command in NAMES}
"""Every act by its name in an address."""
