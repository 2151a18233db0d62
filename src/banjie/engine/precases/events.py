"""What can have happened in a pre-application service. Dues are moments in city time: promises, no legal terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import get_args

from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.precases.acts import Verdict


@dataclass(frozen=True, slots=True)
class Opinion:
    """预审意见 on one review point by a named official, bound to what it was given on (see `engine.endorsements`)."""

    target: str
    point: str
    verdict: Verdict
    remedy: str
    ground: str
    edition: int
    basis: str
    by: str
    name: str
    office: str
    phone: str
    on: date


@dataclass(frozen=True, slots=True)
class Consulted:
    """已提问, to be answered by `reply_due`."""

    on: date
    number: str
    item: str
    edition: int
    region: str
    organ: str
    holder: Party
    asker: Party
    text: str
    reply_due: datetime
    draft: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionAdded:
    """已追问."""

    on: date
    text: str
    reply_due: datetime
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLinked:
    """已关联草稿."""

    on: date
    draft: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Presented:
    """已请求预审, under `edition` of the item; the opinions are due by `opinion_due`."""

    on: date
    edition: int
    opinion_due: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class ServiceEnded:
    """申请人已结束服务."""

    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """已接单."""

    on: date
    by: str
    name: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """已转交."""

    on: date
    by: str
    to: str
    to_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replied:
    """已答复, by a named official of an office with a telephone."""

    on: date
    by: str
    name: str
    office: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True)
class OpinionsGiven:
    """已出具预审意见."""

    on: date
    by: str
    opinions: tuple[Opinion, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitBooked:
    """已约定现场预勘."""

    on: date
    by: str
    day: date
    visitors: str
    matter: str


@dataclass(frozen=True, slots=True)
class VisitCancelled:
    """已取消现场预勘."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class VisitRecorded:
    """已记录现场预勘."""

    on: date
    by: str
    name: str
    findings: str
    met: bool
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Concluded:
    """已有结论."""

    on: date
    by: str
    name: str
    office: str
    phone: str
    ready: bool
    text: str


@dataclass(frozen=True, slots=True)
class Converted:
    """已转为办件."""

    on: date
    case_number: str


@dataclass(frozen=True, slots=True)
class MarkedSlow:
    """答复超时: what was due at `due` had not come."""

    on: date
    what: str
    due: datetime


Event = (
    Consulted
    | QuestionAdded
    | DraftLinked
    | Presented
    | ServiceEnded
    | TakenUp
    | HandedOver
    | Replied
    | OpinionsGiven
    | VisitBooked
    | VisitCancelled
    | VisitRecorded
    | Concluded
    | Converted
    | MarkedSlow
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""
