"""数据异议: a person says that a value government holds of her is wrong. The application carries both values."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.permissions import Actor
from banjie.engine.sharing import plainly
from banjie.engine.subject import Refused


class ContestStatus(StrEnum):
    """异议状态."""

    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


STATUS_NAMES = {
    ContestStatus.NONE: "未提出",
    ContestStatus.OPEN: "等待登记机关核查",
    ContestStatus.UPHELD: "异议成立，登记已更正",
    ContestStatus.DISMISSED: "经核查，登记无误",
}


@dataclass(frozen=True, slots=True)
class ContestValue:
    """提出异议: what is held and by whom, her own value, her reason, and a paper if she has one (SHA-256)."""

    party: str
    draft: str
    item: str
    item_name: str
    fact: str
    label: str
    source: str
    source_name: str
    organ: str
    organ_name: str
    held: str
    own: str
    reason: str
    due_on: date
    paper: str = ""
    paper_name: str = ""


@dataclass(frozen=True, slots=True)
class FileContest:
    """随申请提交: the application was handed in as this case, to this organ."""

    case_id: str
    number: str
    organ: str


@dataclass(frozen=True, slots=True)
class SettleContest:
    """答复异议, by the organ that holds the value."""

    upheld: bool
    words: str


Command = ContestValue | FileContest | SettleContest

NAMES: dict[type[Command], str] = {
    ContestValue: "提出数据异议",
    FileContest: "异议随申请提交",
    SettleContest: "答复数据异议",
}


@dataclass(frozen=True, slots=True)
class Contested:
    """已提出."""

    at: datetime
    by: str
    party: str
    draft: str
    item: str
    item_name: str
    fact: str
    label: str
    source: str
    source_name: str
    organ: str
    organ_name: str
    held: str
    own: str
    reason: str
    due_on: date
    paper: str = ""
    paper_name: str = ""


@dataclass(frozen=True, slots=True)
class ContestFiled:
    """已随申请提交."""

    at: datetime
    case_id: str
    number: str
    organ: str


@dataclass(frozen=True, slots=True)
class ContestSettled:
    """已答复."""

    at: datetime
    by: str
    upheld: bool
    words: str


Event = Contested | ContestFiled | ContestSettled

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest as it stands."""

    status: ContestStatus = ContestStatus.NONE
    party: str = ""
    by: str = ""
    draft: str = ""
    item: str = ""
    item_name: str = ""
    fact: str = ""
    label: str = ""
    source: str = ""
    source_name: str = ""
    organ: str = ""
    organ_name: str = ""
    held: str = ""
    own: str = ""
    reason: str = ""
    raised_at: datetime | None = None
    due_on: date | None = None
    paper: str = ""
    paper_name: str = ""
    case_id: str = ""
    number: str = ""
    case_organ: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""
    words: str = ""


def decide(contest: Contest, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when it has been done before. Raises `Refused` with the rule."""
    holder = command.party if isinstance(command, ContestValue) else contest.party
    permissions.require(actor, type(command).__name__, holder=holder, organ=contest.organ, what=NAMES[type(command)])
    if (
        isinstance(command, ContestValue)
        and contest.status is ContestStatus.OPEN
        and contest.own == command.own.strip()
    ):
        return ()
    if (contest.status is ContestStatus.NONE) is not isinstance(command, ContestValue):
        raise Refused("没有这项数据异议，或者已经提出过", rule="数据异议", remedy="请刷新后核对")
    return _ACTS[type(command)](contest, command, actor.account, now)


def evolve(contest: Contest, event: Event) -> Contest:
    """What is true after `event`."""
    match event:
        case Contested():
            return Contest(
                status=ContestStatus.OPEN,
                party=event.party,
                by=event.by,
                draft=event.draft,
                item=event.item,
                item_name=event.item_name,
                fact=event.fact,
                label=event.label,
                source=event.source,
                source_name=event.source_name,
                organ=event.organ,
                organ_name=event.organ_name,
                held=event.held,
                own=event.own,
                reason=event.reason,
                raised_at=event.at,
                due_on=event.due_on,
                paper=event.paper,
                paper_name=event.paper_name,
            )
        case ContestFiled():
            return replace(contest, case_id=event.case_id, number=event.number, case_organ=event.organ)
        case ContestSettled():
            status = ContestStatus.UPHELD if event.upheld else ContestStatus.DISMISSED
            return replace(contest, status=status, settled_at=event.at, settled_by=event.by, words=event.words)
        case _:
            assert_never(event)


def _raise(contest: Contest, act: ContestValue, by: str, now: datetime) -> tuple[Event, ...]:
    rule = "个人信息保护法第四十六条"
    if not act.own.strip():
        raise Refused("没有填写您认为正确的内容", rule=rule, remedy=f"请填写正确的“{act.label}”", field="own")
    if not act.reason.strip():
        raise Refused("没有写明理由", rule=rule, remedy="请写明为什么不对，一两句话就可以", field="reason")
    if plainly(act.own) == plainly(act.held):
        raise Refused("您填写的与登记的相同", rule=rule, remedy="内容无误的，直接采用即可，不用提出异议", field="own")
    return (
        Contested(
            at=now,
            by=by,
            party=act.party,
            draft=act.draft,
            item=act.item,
            item_name=act.item_name,
            fact=act.fact,
            label=act.label,
            source=act.source,
            source_name=act.source_name,
            organ=act.organ,
            organ_name=act.organ_name,
            held=act.held,
            own=act.own.strip(),
            reason=act.reason.strip(),
            due_on=act.due_on,
            paper=act.paper,
            paper_name=act.paper_name,
        ),
    )


def _file(contest: Contest, act: FileContest, by: str, now: datetime) -> tuple[Event, ...]:
    return () if contest.number else (ContestFiled(now, act.case_id, act.number, act.organ),)


def _settle(contest: Contest, act: SettleContest, by: str, now: datetime) -> tuple[Event, ...]:
    if contest.status is not ContestStatus.OPEN:
        raise Refused("这项异议已经答复过", rule="数据异议", remedy="请刷新后核对")
    if not act.words.strip():
        raise Refused("没有写明核查的结果", rule="数据异议", remedy="请写明怎样核查、结果如何", field="words")
    return (ContestSettled(now, by, act.upheld, act.words.strip()),)


_ACTS: dict[type[Command], Callable[[Contest, Any, str, datetime], tuple[Event, ...]]] = {
    ContestValue: _raise,
    FileContest: _file,
    SettleContest: _settle,
}
