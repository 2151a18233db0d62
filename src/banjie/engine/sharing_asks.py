"""询问: one question put to one source, for one application and purpose, and what came of it.

An ask is a subject with a history, so that its owner can see who asked what about her, when, for which case and by
which right. The values themselves are no part of the history: they are kept for the application alone and can be
thrown away. The history remembers which facts were answered and a fingerprint of what was said.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused, canonical


class AskStatus(StrEnum):
    """询问状态."""

    NONE = "none"
    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    LATE = "late"
    ENDED = "ended"


STATUS_NAMES = {
    AskStatus.NONE: "未询问",
    AskStatus.ASKED: "正在查询",
    AskStatus.ANSWERED: "已查到",
    AskStatus.REFUSED: "没有查到",
    AskStatus.UNAVAILABLE: "查不了",
    AskStatus.LATE: "没有按时答复",
    AskStatus.ENDED: "已撤回同意，数据已删除",
}


class Trouble(StrEnum):
    """Why a source could not be used."""

    DOWN = "down"
    SLOW = "slow"
    RESTING = "resting"
    HUGE = "huge"
    MALFORMED = "malformed"
    WRONG_SUBJECT = "wrong_subject"
    NOT_SET_UP = "not_set_up"


TROUBLE_WORDS = {
    Trouble.DOWN: "对方系统连接不上",
    Trouble.SLOW: "对方系统没有在规定的时间内答复",
    Trouble.RESTING: "对方系统接连出错，已暂停询问，稍后自动恢复",
    Trouble.HUGE: "对方答复的内容过大，没有采用",
    Trouble.MALFORMED: "对方答复的内容不合规范，没有采用",
    Trouble.WRONG_SUBJECT: "对方答复的不是您的数据，没有采用，也没有保存",
    Trouble.NOT_SET_UP: "与对方系统的连接还没有开通",
}


# --- what may be asked ---


@dataclass(frozen=True, slots=True)
class AskSource:
    """询问一个来源. `facts` are names, `labels` their words; `ground` the clause, or `consent` the consent given."""

    source: str
    source_name: str
    organ: str
    organ_name: str
    party: str
    draft: str
    item: str
    item_name: str
    purpose: str
    facts: tuple[str, ...]
    labels: tuple[str, ...]
    ground: str = ""
    consent: str = ""
    wait_s: int = 60
    nth: int = 1
    """The how many-eth time this source is asked for this application."""


@dataclass(frozen=True, slots=True)
class AnswerAsk:
    """答复: the values that were asked for, read and judged."""

    values: Mapping[str, str]
    as_of: date


@dataclass(frozen=True, slots=True)
class RefuseAsk:
    """答复说没有: no such record, or no right to say."""

    reason: str


@dataclass(frozen=True, slots=True)
class FailAsk:
    """查不了."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RunLate:
    """到时限没有答复."""


@dataclass(frozen=True, slots=True)
class UseAnswer:
    """随申请提交: the application was handed in as this case; `facts` are those filled in as they were answered."""

    case_id: str
    number: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndAsk:
    """撤回同意: the values are thrown away, and an answer on its way is not taken."""


Command = AskSource | AnswerAsk | RefuseAsk | FailAsk | RunLate | UseAnswer | EndAsk

NAMES: dict[type[Command], str] = {
    AskSource: "查询政府已有信息",
    AnswerAsk: "答复查询",
    RefuseAsk: "答复没有",
    FailAsk: "查询失败",
    RunLate: "逾时未答复",
    UseAnswer: "随申请提交",
    EndAsk: "停止使用查询结果",
}


# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class Asked:
    """已询问."""

    at: datetime
    by: str
    source: str
    source_name: str
    organ: str
    organ_name: str
    party: str
    draft: str
    item: str
    item_name: str
    purpose: str
    facts: tuple[str, ...]
    labels: tuple[str, ...]
    due_at: datetime
    ground: str = ""
    consent: str = ""
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """已答复: which facts, of which day, and the fingerprint of what was said."""

    at: datetime
    facts: tuple[str, ...]
    as_of: date
    digest: str


@dataclass(frozen=True, slots=True)
class AskRefused:
    """对方说没有."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """查不了."""

    at: datetime
    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WentLate:
    """没有按时答复."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CameTooLate:
    """答复来晚了: it was not taken, and what it said was not kept."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerUsed:
    """已随申请提交."""

    at: datetime
    by: str
    case_id: str
    number: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskEnded:
    """已停止使用."""

    at: datetime
    by: str


Event = Asked | Answered | AskRefused | Unavailable | WentLate | CameTooLate | AnswerUsed | AskEnded

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


# --- what is true ---


@dataclass(frozen=True, slots=True)
class Ask:
    """An ask as it stands."""

    status: AskStatus = AskStatus.NONE
    source: str = ""
    source_name: str = ""
    organ: str = ""
    organ_name: str = ""
    party: str = ""
    by: str = ""
    draft: str = ""
    item: str = ""
    item_name: str = ""
    purpose: str = ""
    facts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    ground: str = ""
    consent: str = ""
    nth: int = 1
    asked_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    answered: tuple[str, ...] = ()
    as_of: date | None = None
    digest: str = ""
    reason: str = ""
    trouble: Trouble | None = None
    case_id: str = ""
    number: str = ""
    used: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What became of it, in a sentence for its owner."""
        match self.status:
            case AskStatus.UNAVAILABLE if self.trouble:
                return f"{TROUBLE_WORDS[self.trouble]}，请您自己填写。"
            case AskStatus.REFUSED:
                return f"{self.organ_name}答复：{self.reason}。请您自己填写。"
            case AskStatus.LATE:
                return "没有按时答复，请您自己填写；以后再来的答复不会采用。"
            case AskStatus.ASKED:
                return "正在等对方答复。不用等，您可以先填别的。"
            case _:
                return ""


# In which statuses each act is possible. What is not named is refused; an answer to what is over is dealt with below.
TABLE = """
AskSource   none
AnswerAsk   asked answered late
RefuseAsk   asked
FailAsk     asked
RunLate     asked
UseAnswer   answered
EndAsk      asked answered refused unavailable late
"""

STATUSES: dict[str, frozenset[AskStatus]] = {
    name: frozenset(AskStatus(status) for status in statuses)
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


def decide(ask: Ask, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows when `actor` does `command` to `ask` at `now`. No event: it has been done before, nothing changes.

    Raises `Refused` with the rule.
    """
    name = type(command).__name__
    holder = command.party if isinstance(command, AskSource) else ask.party
    permissions.require(actor, name, holder=holder, organ=ask.organ, what=NAMES[type(command)])
    if ask.status not in STATUSES[name]:
        raise Refused(
            f"这次查询目前是“{STATUS_NAMES[ask.status]}”，不能“{NAMES[type(command)]}”",
            rule="查询状态表",
            remedy="请核对查询编号；已经结束的查询不再接受答复",
        )
    return _ACTS[type(command)](ask, command, actor.account, now)


def evolve(ask: Ask, event: Event) -> Ask:
    """What is true after `event`."""
    match event:
        case Asked():
            return Ask(
                status=AskStatus.ASKED,
                source=event.source,
                source_name=event.source_name,
                organ=event.organ,
                organ_name=event.organ_name,
                party=event.party,
                by=event.by,
                draft=event.draft,
                item=event.item,
                item_name=event.item_name,
                purpose=event.purpose,
                facts=event.facts,
                labels=event.labels,
                ground=event.ground,
                consent=event.consent,
                nth=event.nth,
                asked_at=event.at,
                due_at=event.due_at,
            )
        case Answered():
            return replace(
                ask,
                status=AskStatus.ANSWERED,
                ended_at=event.at,
                answered=event.facts,
                as_of=event.as_of,
                digest=event.digest,
            )
        case AskRefused():
            return replace(ask, status=AskStatus.REFUSED, ended_at=event.at, reason=event.reason)
        case Unavailable():
            return replace(ask, status=AskStatus.UNAVAILABLE, ended_at=event.at, trouble=event.trouble)
        case WentLate():
            return replace(ask, status=AskStatus.LATE, ended_at=event.at)
        case CameTooLate():
            return ask
        case AnswerUsed():
            return replace(ask, case_id=event.case_id, number=event.number, used=event.facts)
        case AskEnded():
            return replace(ask, status=AskStatus.ENDED, ended_at=event.at)
        case _:
            assert_never(event)


def digest_of(salt: str, values: Mapping[str, str]) -> str:
    """The fingerprint of an answer: tells a repeated one from another one without keeping what it says."""
    return hashlib.sha256(canonical([salt, dict(values)]).encode()).hexdigest()


def _begin(ask: Ask, act: AskSource, by: str, now: datetime) -> tuple[Event, ...]:
    if not act.facts or not act.purpose.strip():
        raise Refused("没有写明查什么、为什么查", rule="数据共享", remedy="请写明所查的事实和用途")
    if not (act.ground.strip() or act.consent):
        raise Refused(
            "既没有法定依据，也没有取得同意，不能查询",
            rule="个人信息保护法第十三条",
            remedy="请先取得本人同意",
            field="consent",
        )
    return (
        Asked(
            at=now,
            by=by,
            source=act.source,
            source_name=act.source_name,
            organ=act.organ,
            organ_name=act.organ_name,
            party=act.party,
            draft=act.draft,
            item=act.item,
            item_name=act.item_name,
            purpose=act.purpose,
            facts=act.facts,
            labels=act.labels,
            due_at=now + timedelta(seconds=act.wait_s),
            ground=act.ground,
            consent=act.consent,
            nth=act.nth,
        ),
    )


def _answer(ask: Ask, act: AnswerAsk, by: str, now: datetime) -> tuple[Event, ...]:
    digest = digest_of(ask.draft, act.values)
    if ask.status is AskStatus.ANSWERED:
        if digest == ask.digest:
            return ()
        raise Refused(
            "这次查询已经有一个不同的答复，没有改动",
            rule="一次查询一个答复",
            remedy="前一个答复有误的，请由登记机关更正登记后，等待下一次查询",
        )
    if ask.status is AskStatus.LATE or (ask.due_at is not None and now > ask.due_at):
        return (CameTooLate(now),)
    return (Answered(now, tuple(sorted(act.values)), act.as_of, digest),)


def _late(ask: Ask, act: RunLate, by: str, now: datetime) -> tuple[Event, ...]:
    if ask.due_at is None or now <= ask.due_at:
        raise Refused("答复的时限还没有到", rule="查询时限", remedy="到期后由系统自动处理")
    return (WentLate(now),)


def _use(ask: Ask, act: UseAnswer, by: str, now: datetime) -> tuple[Event, ...]:
    if ask.number:
        return ()
    return (AnswerUsed(now, by, act.case_id, act.number, act.facts),)


_ACTS: dict[type[Command], Callable[[Ask, Any, str, datetime], tuple[Event, ...]]] = {
    AskSource: _begin,
    AnswerAsk: _answer,
    RefuseAsk: lambda ask, act, by, now: (AskRefused(now, act.reason.strip() or "没有查到"),),
    FailAsk: lambda ask, act, by, now: (Unavailable(now, act.trouble, act.detail),),
    RunLate: _late,
    UseAnswer: _use,
    EndAsk: lambda ask, act, by, now: (AskEnded(now, by),),
}
