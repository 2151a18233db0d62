"""What is true of a pre-application service: the sum of its history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from banjie.engine.catalogue import Item
from banjie.engine.endorsements import SECTION, Endorsement, ground_of, points_of
from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.precases.acts import Verdict
from banjie.engine.precases.events import (
    Concluded,
    Consulted,
    Converted,
    DraftLinked,
    Event,
    HandedOver,
    MarkedSlow,
    Opinion,
    OpinionsGiven,
    Presented,
    QuestionAdded,
    Replied,
    ServiceEnded,
    TakenUp,
    VisitBooked,
    VisitCancelled,
    VisitRecorded,
)
from banjie.engine.situations import resolve


class PrecaseStatus(StrEnum):
    """How far the service has come."""

    NONE = "none"
    CONSULTING = "consulting"
    REVIEWING = "reviewing"
    MENDING = "mending"
    READY = "ready"
    CONVERTED = "converted"
    ENDED = "ended"


STATUS_NAMES = {
    PrecaseStatus.NONE: "未开始",
    PrecaseStatus.CONSULTING: "咨询中",
    PrecaseStatus.REVIEWING: "预审中",
    PrecaseStatus.MENDING: "待修改",
    PrecaseStatus.READY: "可以申报",
    PrecaseStatus.CONVERTED: "已转为办件",
    PrecaseStatus.ENDED: "已结束",
}

OPEN = frozenset({PrecaseStatus.CONSULTING, PrecaseStatus.REVIEWING, PrecaseStatus.MENDING, PrecaseStatus.READY})


class Kind(StrEnum):
    """三合一: the three stages of one thread."""

    ADVICE = "advice"
    COACHING = "coaching"
    PREREVIEW = "prereview"


KIND_NAMES = {Kind.ADVICE: "咨询", Kind.COACHING: "辅导", Kind.PREREVIEW: "预审"}

REPLY, OPINION = "reply", "opinion"
"""What the office can owe."""


@dataclass(frozen=True, slots=True)
class Visit:
    """现场预勘. `met` is None until it has taken place."""

    day: date
    visitors: str
    matter: str
    met: bool | None = None
    findings: str = ""


@dataclass(frozen=True, slots=True)
class Slow:
    """An answer that had not come when it was due."""

    what: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Precase:
    """审前服务单. `answers`, `data` and `papers` are what was shown last; `files` every paper of the thread."""

    status: PrecaseStatus = PrecaseStatus.NONE
    number: str = ""
    item: str = ""
    edition: int = 0
    region: str = ""
    organ: str = ""
    holder: Party = field(default_factory=lambda: Party("", ""))
    asker: Party = field(default_factory=lambda: Party("", ""))
    question: str = ""
    opened_on: date | None = None
    draft: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    presented: int = 0
    opinions: tuple[Opinion, ...] = ()
    visit: Visit | None = None
    assigned: str = ""
    assigned_name: str = ""
    reply_due: datetime | None = None
    opinion_due: datetime | None = None
    slow: tuple[Slow, ...] = ()
    conclusion: str = ""
    confirmed: bool = False
    """Whether a conclusion has ever said that one may apply."""
    case_number: str = ""
    closing_reason: str = ""
    files: tuple[Paper, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the service still goes on."""
        return self.status in OPEN

    @property
    def kind(self) -> Kind:
        """Which of the three stages the thread has reached."""
        if self.presented:
            return Kind.PREREVIEW
        return Kind.COACHING if self.draft or self.answers else Kind.ADVICE

    @property
    def dues(self) -> tuple[Slow, ...]:
        """What the office owes, with the moments, the nearest first."""
        owed = ((REPLY, self.reply_due), (OPINION, self.opinion_due))
        return tuple(sorted((Slow(what, due) for what, due in owed if due is not None), key=lambda one: one.due))

    @property
    def wake_at(self) -> datetime | None:
        """When the next answer becomes late, None when nothing can."""
        return next((one.due for one in self.dues if one not in self.slow), None)


def targets(precase: Precase, item: Item) -> tuple[str, ...]:
    """What can be judged of what was shown: pages of the form with something in them, then papers, in order."""
    sections = (SECTION + section.key for section in item.form.sections)
    materials = (material.key for material in item.materials)
    return tuple(key for key in (*sections, *materials) if ground_of(item, key, precase.data, precase.papers))


def standing(precase: Precase, item: Item) -> tuple[Opinion, ...]:
    """The opinions that are about what lies there now: neither the paper nor the point has changed since."""
    return tuple(
        one
        for one in precase.opinions
        if one.ground == ground_of(item, one.target, precase.data, precase.papers)
        and one.point in points_of(item, one.target)
    )


def unjudged(precase: Precase, item: Item) -> tuple[tuple[str, str], ...]:
    """Points (target, point) of what lies there that nobody has judged. What the city itself holds needs no judging."""
    known = {(one.target, one.point) for one in standing(precase, item)}
    held = {paper.material for paper in precase.papers if paper.held}
    return tuple(
        (target, point)
        for target in targets(precase, item)
        if target not in held
        for point in points_of(item, target)
        if (target, point) not in known
    )


def missing(precase: Precase, item: Item) -> tuple[str, ...]:
    """Names of papers this situation asks for that were not shown and cannot follow later."""
    situation = resolve(item, precase.answers, precase.data)
    given = {paper.material for paper in precase.papers} | set(precase.later)
    return tuple(one.name for one in situation.materials if one.required and one.key not in given)


def endorsements(precase: Precase) -> tuple[Endorsement, ...]:
    """What was found in order, as the case that comes of it carries it."""
    return tuple(
        Endorsement(
            target=one.target,
            point=one.point,
            ground=one.ground,
            edition=one.edition,
            basis=one.basis,
            precase=precase.number,
            by=one.by,
            name=one.name,
            office=one.office,
            on=one.on,
        )
        for one in precase.opinions
        if one.verdict is Verdict.MET
    )


def evolve(precase: Precase, event: Event) -> Precase:
    """What is true after `event`."""
    match event:
        case Consulted():
            return Precase(
                status=PrecaseStatus.CONSULTING,
                number=event.number,
                item=event.item,
                edition=event.edition,
                region=event.region,
                organ=event.organ,
                holder=event.holder,
                asker=event.asker,
                question=event.text,
                opened_on=event.on,
                draft=event.draft,
                answers=event.answers,
                reply_due=event.reply_due,
                files=_with(precase.files, event.papers),
            )
        case QuestionAdded():
            return replace(precase, reply_due=event.reply_due, files=_with(precase.files, event.papers))
        case DraftLinked():
            return replace(precase, draft=event.draft, answers=event.answers or precase.answers)
        case Presented():
            return replace(
                precase,
                status=PrecaseStatus.REVIEWING,
                edition=event.edition,
                answers=event.answers,
                data=event.data,
                papers=event.papers,
                later=event.later,
                draft=event.draft or precase.draft,
                presented=precase.presented + 1,
                opinion_due=event.opinion_due,
                files=_with(precase.files, event.papers),
            )
        case ServiceEnded():
            return replace(_quiet(precase), status=PrecaseStatus.ENDED, closing_reason=event.reason)
        case TakenUp():
            return replace(precase, assigned=event.by, assigned_name=event.name)
        case HandedOver():
            return replace(precase, assigned=event.to, assigned_name=event.to_name)
        case Replied():
            taken = (precase.assigned or event.by, precase.assigned_name or event.name)
            return replace(precase, reply_due=None, assigned=taken[0], assigned_name=taken[1])
        case OpinionsGiven():
            judged = {(one.target, one.point) for one in event.opinions}
            opinions = (
                *(one for one in precase.opinions if (one.target, one.point) not in judged),
                *event.opinions,
            )
            faults = any(one.verdict is not Verdict.MET for one in event.opinions)
            mending = faults or precase.status is PrecaseStatus.MENDING
            return replace(
                precase,
                opinions=opinions,
                status=PrecaseStatus.MENDING if mending else precase.status,
                opinion_due=None if mending else precase.opinion_due,
            )
        case VisitBooked():
            return replace(precase, visit=Visit(event.day, event.visitors, event.matter))
        case VisitCancelled():
            return replace(precase, visit=None)
        case VisitRecorded():
            visit = precase.visit or Visit(event.on, event.name, "")
            return replace(
                precase,
                visit=replace(visit, met=event.met, findings=event.findings),
                status=precase.status if event.met else PrecaseStatus.MENDING,
                opinion_due=precase.opinion_due if event.met else None,
                files=_with(precase.files, event.papers),
            )
        case Concluded():
            return replace(
                _quiet(precase),
                status=PrecaseStatus.READY if event.ready else PrecaseStatus.MENDING,
                conclusion=event.text,
                confirmed=precase.confirmed or event.ready,
            )
        case Converted():
            return replace(_quiet(precase), status=PrecaseStatus.CONVERTED, case_number=event.case_number)
        case MarkedSlow():
            return replace(precase, slow=(*precase.slow, Slow(event.what, event.due)))
        case _:
            assert_never(event)


def _quiet(precase: Precase) -> Precase:
    """Nothing is owed any more."""
    return replace(precase, reply_due=None, opinion_due=None)


def _with(files: tuple[Paper, ...], newer: tuple[Paper, ...]) -> tuple[Paper, ...]:
    known = {paper.sha256 for paper in files}
    return (*files, *(paper for paper in newer if paper.sha256 and paper.sha256 not in known))
