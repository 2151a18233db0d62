"""异常办理: patterns in which a clock was kept only on paper. Each finding names its rule and its cases.

A finding accuses nobody. Whoever watches looks at the cases, and dismisses it with a reason or makes an order of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

RULE = "异常办理核查"


class Pattern(StrEnum):
    """查什么."""

    LATE_CORRECTION = "late_correction"
    REPEATED_STOPS = "repeated_stops"
    LATE_STOP = "late_stop"
    RETURN_AND_RESUBMIT = "return_and_resubmit"
    BATCH = "batch"
    SAME_DAY_DECISION = "same_day_decision"


PATTERN_NAMES = {
    Pattern.LATE_CORRECTION: "临期才通知补正",
    Pattern.REPEATED_STOPS: "多次停止计时",
    Pattern.LATE_STOP: "临期才停止计时",
    Pattern.RETURN_AND_RESUBMIT: "退件后马上重新提交",
    Pattern.BATCH: "一分钟内成批办结",
    Pattern.SAME_DAY_DECISION: "停止计时当天恢复、当天办结",
}

PATTERN_WORDS = {
    Pattern.LATE_CORRECTION: "答复期限前 {days} 天内才发出补正通知",
    Pattern.REPEATED_STOPS: "同一办件停止计时 {times} 次以上",
    Pattern.LATE_STOP: "承诺期限前 {days} 天内才开始特别程序",
    Pattern.RETURN_AND_RESUBMIT: "退件后 {days} 天内同一申请人、同一事项重新提交，期限重新起算",
    Pattern.BATCH: "同一人 {seconds} 秒内办结 {times} 件以上",
    Pattern.SAME_DAY_DECISION: "停止计时结束的当天就作出决定",
}


@dataclass(frozen=True, slots=True)
class Search:
    """查找规则: how many days before a limit, how many times, within how many seconds."""

    pattern: Pattern
    days: int = 1
    times: int = 2
    seconds: int = 60
    on: bool = True

    @property
    def words(self) -> str:
        """What is looked for, with this city's numbers."""
        return PATTERN_WORDS[self.pattern].format(days=self.days, times=self.times, seconds=self.seconds)


class FindingStatus(StrEnum):
    """核查状态."""

    NONE = "none"
    OPEN = "open"
    DISMISSED = "dismissed"
    ORDERED = "ordered"


STATUS_NAMES = {
    FindingStatus.NONE: "没有",
    FindingStatus.OPEN: "等待核查",
    FindingStatus.DISMISSED: "核查后排除",
    FindingStatus.ORDERED: "已转督办",
}


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """报告异常: who did what on which day, in which cases (identifier, number)."""

    pattern: Pattern
    day: date
    organ: str
    organ_name: str
    official: str
    words: str
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DismissFinding:
    """排除."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderOnFinding:
    """转督办: the order that was made of it."""

    order: str


Command = ReportFinding | DismissFinding | OrderOnFinding

NAMES: dict[type[Command], str] = {
    ReportFinding: "报告异常办理",
    DismissFinding: "排除异常办理",
    OrderOnFinding: "异常办理转督办",
}


@dataclass(frozen=True, slots=True)
class FindingReported:
    """已报告."""

    at: datetime
    pattern: Pattern
    day: date
    organ: str
    organ_name: str
    official: str
    words: str
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FindingDismissed:
    """已排除."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingOrdered:
    """已转督办."""

    at: datetime
    by: str
    order: str


Event = FindingReported | FindingDismissed | FindingOrdered

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it stands."""

    status: FindingStatus = FindingStatus.NONE
    pattern: Pattern = Pattern.BATCH
    day: date | None = None
    organ: str = ""
    organ_name: str = ""
    official: str = ""
    words: str = ""
    cases: tuple[tuple[str, str], ...] = ()
    by: str = ""
    reason: str = ""
    order: str = ""


def decide(finding: Finding, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when the same was found before. Raises `Refused` with the rule."""
    permissions.require(actor, type(command).__name__, what=NAMES[type(command)])
    if isinstance(command, ReportFinding):
        # A pattern is looked for again every night while it lasts; what was found once stands.
        return _report(finding, command, now) if finding.status is FindingStatus.NONE else ()
    if finding.status is not FindingStatus.OPEN:
        raise Refused("这条异常已经处理过，或者不在您的督查范围", rule=RULE, remedy="请刷新后核对")
    return (_ACTS[type(command)](command, actor.account, now),)


def evolve(finding: Finding, event: Event) -> Finding:
    """What is true after `event`."""
    match event:
        case FindingReported():
            return Finding(
                status=FindingStatus.OPEN,
                pattern=event.pattern,
                day=event.day,
                organ=event.organ,
                organ_name=event.organ_name,
                official=event.official,
                words=event.words,
                cases=event.cases,
            )
        case FindingDismissed():
            return replace(finding, status=FindingStatus.DISMISSED, by=event.by, reason=event.reason)
        case FindingOrdered():
            return replace(finding, status=FindingStatus.ORDERED, by=event.by, order=event.order)
        case _:
            assert_never(event)


def _report(finding: Finding, act: ReportFinding, now: datetime) -> tuple[Event, ...]:
    return (
        FindingReported(
            at=now,
            pattern=act.pattern,
            day=act.day,
            organ=act.organ,
            organ_name=act.organ_name,
            official=act.official,
            words=act.words,
            cases=act.cases,
        ),
    )


def _dismiss(act: DismissFinding, by: str, now: datetime) -> Event:
    if not act.reason.strip():
        raise Refused("没有写明排除的理由", rule=RULE, remedy="请写明核查了什么、为什么不算异常", field="reason")
    return FindingDismissed(now, by, act.reason.strip())


_ACTS: dict[type[Command], Callable[[Any, str, datetime], Event]] = {
    DismissFinding: _dismiss,
    OrderOnFinding: lambda act, by, now: FindingOrdered(now, by, act.order),
}
