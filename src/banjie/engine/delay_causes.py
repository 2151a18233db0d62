"""超期原因: every late case ends with exactly one primary cause, named by its owner and confirmed by whoever watches.

The evidence the platform has of its own — an incident that overlapped the case, a department over its step's time, a
correction sent at the last moment — is laid before the owner with a proposal; he names the cause, and it is his word.
Every change is an event, so that it can be seen who called it what.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.engine.watching import About

RULE = "超期原因登记"


class Cause(StrEnum):
    """超期原因编码."""

    OUTAGE = "S1"
    INTERFACE = "S2"
    CORRECTIONS = "P1"
    APPLICANT = "P2"
    MISTAKE = "O1"
    BACKLOG = "O2"
    CONSULTING = "O3"
    DEPARTMENT = "D1"
    UPPER = "D2"
    SPECIAL = "T1"
    POLICY = "L1"
    OTHER = "Z9"


CAUSE_NAMES = {
    Cause.OUTAGE: "系统故障、卡顿",
    Cause.INTERFACE: "接口对接不畅",
    Cause.CORRECTIONS: "材料多次补正",
    Cause.APPLICANT: "申请人原因",
    Cause.MISTAKE: "经办人差错",
    Cause.BACKLOG: "环节积压",
    Cause.CONSULTING: "请示会商",
    Cause.DEPARTMENT: "协办部门超时",
    Cause.UPPER: "上级、垂管系统",
    Cause.SPECIAL: "特别程序超期",
    Cause.POLICY: "政策变化",
    Cause.OTHER: "其他",
}


class DelayStatus(StrEnum):
    """登记状态."""

    NONE = "none"
    OPEN = "open"
    GIVEN = "given"
    CONFIRMED = "confirmed"


STATUS_NAMES = {
    DelayStatus.NONE: "没有超期",
    DelayStatus.OPEN: "等待说明原因",
    DelayStatus.GIVEN: "等待督查确认",
    DelayStatus.CONFIRMED: "已确认",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """证据: which cause it speaks for, and what was found, in words with its days and numbers."""

    cause: Cause
    words: str
    reference: str = ""


def proposed(evidence: Sequence[Evidence], order: Sequence[Cause] = tuple(Cause)) -> Cause | None:
    """The cause the evidence speaks for: the first one of `order` that has any; None without evidence."""
    found = {one.cause for one in evidence}
    return next((cause for cause in order if cause in found), None)


@dataclass(frozen=True, slots=True)
class OpenDelay:
    """登记超期: which clocks ran out; again when the case has ended, with what is known by then."""

    about: About
    clocks: tuple[str, ...]
    due_on: date
    evidence: tuple[Evidence, ...]
    proposal: Cause | None
    new_staff: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class GiveCause:
    """说明原因, by the office that had the case."""

    cause: Cause
    words: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmCause:
    """确认或改定原因, by whoever watches; to change it she says why."""

    cause: Cause
    words: str = ""


@dataclass(frozen=True, slots=True)
class UrgeCause:
    """催报原因."""

    told: tuple[str, ...]


Command = OpenDelay | GiveCause | ConfirmCause | UrgeCause

NAMES: dict[type[Command], str] = {
    OpenDelay: "登记超期",
    GiveCause: "说明超期原因",
    ConfirmCause: "确认超期原因",
    UrgeCause: "催报超期原因",
}


@dataclass(frozen=True, slots=True)
class DelayFound:
    """已登记超期."""

    on: date
    about: About
    clocks: tuple[str, ...]
    due_on: date
    evidence: tuple[Evidence, ...] = ()
    proposal: Cause | None = None
    new_staff: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class CauseGiven:
    """已说明原因."""

    at: datetime
    by: str
    cause: Cause
    words: str = ""


@dataclass(frozen=True, slots=True)
class CauseConfirmed:
    """已确认原因; `before` is what it was called until then."""

    at: datetime
    by: str
    cause: Cause
    before: Cause
    words: str = ""


@dataclass(frozen=True, slots=True)
class CauseUrged:
    """已催报."""

    on: date
    told: tuple[str, ...] = ()


Event = DelayFound | CauseGiven | CauseConfirmed | CauseUrged

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Delay:
    """A late case's cause as it stands: one primary cause, or none yet."""

    status: DelayStatus = DelayStatus.NONE
    about: About | None = None
    clocks: tuple[str, ...] = ()
    due_on: date | None = None
    found_on: date | None = None
    ended_on: date | None = None
    evidence: tuple[Evidence, ...] = ()
    proposal: Cause | None = None
    new_staff: bool = False
    cause: Cause | None = None
    words: str = ""
    given_by: str = ""
    confirmed_by: str = ""
    urged_on: date | None = None
    urgings: int = 0

    @property
    def is_new_staff_error(self) -> bool:
        """Whether it counts into 新人差错: a mistake, by an official who was not yet certified for the item."""
        return self.cause is Cause.MISTAKE and self.new_staff


def decide(delay: Delay, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when nothing has changed. Raises `Refused` with the rule."""
    offices = (delay.about.organ, delay.about.office) if delay.about else ("",)
    organ = next((office for office in offices if office in actor.offices), offices[0])
    permissions.require(actor, type(command).__name__, organ=organ, what=NAMES[type(command)])
    if delay.status is DelayStatus.NONE and not isinstance(command, OpenDelay):
        raise Refused("没有这件超期登记，或者不在您的范围", rule=RULE, remedy="请刷新后核对")
    return _ACTS[type(command)](delay, command, actor.account, now)


def evolve(delay: Delay, event: Event) -> Delay:
    """What is true after `event`."""
    match event:
        case DelayFound():
            status = DelayStatus.OPEN if delay.status is DelayStatus.NONE else delay.status
            return replace(
                delay,
                status=status,
                about=event.about,
                clocks=event.clocks,
                due_on=event.due_on,
                found_on=delay.found_on or event.on,
                evidence=event.evidence,
                proposal=event.proposal,
                new_staff=event.new_staff,
                ended_on=event.ended_on,
            )
        case CauseGiven():
            return replace(delay, status=DelayStatus.GIVEN, cause=event.cause, words=event.words, given_by=event.by)
        case CauseConfirmed():
            return replace(
                delay,
                status=DelayStatus.CONFIRMED,
                cause=event.cause,
                words=event.words or delay.words,
                confirmed_by=event.by,
            )
        case CauseUrged():
            return replace(delay, urged_on=event.on, urgings=delay.urgings + 1)
        case _:
            assert_never(event)


def _open(delay: Delay, act: OpenDelay, by: str, now: datetime) -> tuple[Event, ...]:
    known = (delay.clocks, delay.due_on, delay.evidence, delay.ended_on, delay.new_staff)
    if known == (act.clocks, act.due_on, act.evidence, act.ended_on, act.new_staff):
        return ()
    return (
        DelayFound(
            on=now.astimezone(CHINA).date(),
            about=act.about,
            clocks=act.clocks,
            due_on=act.due_on,
            evidence=act.evidence,
            proposal=act.proposal,
            new_staff=act.new_staff,
            ended_on=act.ended_on,
        ),
    )


def _give(delay: Delay, act: GiveCause, by: str, now: datetime) -> tuple[Event, ...]:
    if delay.status is DelayStatus.CONFIRMED:
        raise Refused("原因已经督查确认，不能再改", rule=RULE, remedy="确有错误的，请联系督查人员改定")
    _require_words(act.cause, act.words)
    if (delay.cause, delay.words) == (act.cause, act.words.strip()):
        return ()
    return (CauseGiven(now, by, act.cause, act.words.strip()),)


def _confirm(delay: Delay, act: ConfirmCause, by: str, now: datetime) -> tuple[Event, ...]:
    if delay.cause is None:
        raise Refused("承办单位还没有说明原因", rule=RULE, remedy="可以先发督办，要求说明原因")
    if by == delay.given_by:
        raise Refused("说明原因的人不能自己确认", rule=RULE, remedy="请由另一名督查人员确认")
    words = act.words.strip()
    if act.cause is not delay.cause and not words:
        raise Refused("改定原因没有写明理由", rule=RULE, remedy="请写明为什么改，一两句话就可以", field="words")
    if act.cause is not delay.cause:
        _require_words(act.cause, words)
    elif delay.status is DelayStatus.CONFIRMED:
        return ()
    return (CauseConfirmed(now, by, act.cause, delay.cause, words),)


def _urge(delay: Delay, act: UrgeCause, by: str, now: datetime) -> tuple[Event, ...]:
    today = now.astimezone(CHINA).date()
    if delay.cause is not None or delay.urged_on == today:
        return ()
    return (CauseUrged(today, act.told),)


def _require_words(cause: Cause, words: str) -> None:
    if cause is Cause.OTHER and not words.strip():
        raise Refused("选择“其他”没有写明是什么原因", rule=RULE, remedy="请写明具体原因", field="words")


_ACTS: dict[type[Command], Callable[[Delay, Any, str, datetime], tuple[Event, ...]]] = {
    OpenDelay: _open,
    GiveCause: _give,
    ConfirmCause: _confirm,
    UrgeCause: _urge,
}
