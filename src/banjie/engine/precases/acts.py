"""What people may ask of a pre-application service. Each act is a command; its Chinese name stands in `NAMES`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value


class Verdict(StrEnum):
    """预审意见: in order, to be mended, or not to be made out."""

    MET = "met"
    MEND = "mend"
    UNCLEAR = "unclear"


VERDICT_NAMES = {Verdict.MET: "符合", Verdict.MEND: "需修改", Verdict.UNCLEAR: "看不清"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One review point and what the official finds. `remedy` says what to mend; it is needed unless all is in order.

    `target` is the key of a material, or `section:key` for a page of the form; `point` is in the item's own words.
    """

    target: str
    point: str
    verdict: Verdict
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Consult:
    """提问: begins the service. `number` is given by the platform; `draft` and `answers` if there are any yet."""

    number: str
    item: str
    edition: int
    region: str
    organ: str
    holder: Party
    asker: Party
    text: str
    draft: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class AddQuestion:
    """追问或补充."""

    text: str
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """关联申请草稿, with the situation chosen in it so far."""

    draft: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Present:
    """请求预审: what has been filled in and gathered so far, as it stands; gaps are allowed."""

    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class EndService:
    """结束服务, by the applicant."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakeUp:
    """接单."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """转交 to a colleague of the same organ: `to` an account, `to_name` its name."""

    to: str
    to_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """答复."""

    text: str


@dataclass(frozen=True, slots=True)
class GiveOpinions:
    """出具预审意见, point by point."""

    opinions: tuple[Judged, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class BookVisit:
    """约定现场预勘: the day, who comes, and what will be looked at."""

    day: date
    visitors: str
    matter: str


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """取消现场预勘."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordVisit:
    """记录现场预勘: what was found, with photographs."""

    findings: str
    met: bool
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclude:
    """作出结论: one may apply (`ready`), or what is still needed."""

    ready: bool
    text: str


@dataclass(frozen=True, slots=True)
class Convert:
    """转为办件: an application was handed in from here."""

    case_number: str


@dataclass(frozen=True, slots=True)
class MarkSlow:
    """标记答复超时: `what` is reply or opinion."""

    what: str


Command = (
    Consult
    | AddQuestion
    | LinkDraft
    | Present
    | EndService
    | TakeUp
    | HandOver
    | Reply
    | GiveOpinions
    | BookVisit
    | CancelVisit
    | RecordVisit
    | Conclude
    | Convert
    | MarkSlow
)

NAMES: dict[type[Command], str] = {
    Consult: "提问",
    AddQuestion: "追问",
    LinkDraft: "关联草稿",
    Present: "请求预审",
    EndService: "结束服务",
    TakeUp: "接单",
    HandOver: "转交",
    Reply: "答复",
    GiveOpinions: "出具预审意见",
    BookVisit: "约定现场预勘",
    CancelVisit: "取消现场预勘",
    RecordVisit: "记录现场预勘",
    Conclude: "作出结论",
    Convert: "转为办件",
    MarkSlow: "标记答复超时",
}

ACTS: dict[str, type[Command]] = {
    "add-question": AddQuestion,
    "link-draft": LinkDraft,
    "present": Present,
    "end-service": EndService,
    "take-up": TakeUp,
    "hand-over": HandOver,
    "reply": Reply,
    "give-opinions": GiveOpinions,
    "book-visit": BookVisit,
    "cancel-visit": CancelVisit,
    "record-visit": RecordVisit,
    "conclude": Conclude,
}
"""Every act of people on a service that is there, by its name in an address."""
