"""督办: somebody who watches orders an office to act on a case, and the order has a clock of its own.

The fields are those of a supervision record in GB/T 39046—2020 table 11. An order that is not answered in time climbs a
ladder by itself: the handler, the head of the section, the head of the organ, whoever watches over them all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused, in_words
from banjie.engine.watching import About, Callee

RULE = "督办办法"

_words = partial(in_words, rule=RULE)


class OrderStatus(StrEnum):
    """督办单状态."""

    NONE = "none"
    ISSUED = "issued"
    REPLIED = "replied"
    RETURNED = "returned"
    CLOSED = "closed"


STATUS_NAMES = {
    OrderStatus.NONE: "未发出",
    OrderStatus.ISSUED: "等待答复",
    OrderStatus.REPLIED: "已答复，等待督查认可",
    OrderStatus.RETURNED: "答复被退回，等待重新答复",
    OrderStatus.CLOSED: "已办结",
}

OWED = frozenset({OrderStatus.ISSUED, OrderStatus.RETURNED})
"""In which the office owes an answer."""


class Alarm(StrEnum):
    """监察预警类型: what gave the occasion."""

    WARNING = "warning"
    OVERDUE = "overdue"
    STATUTORY = "statutory"
    ABNORMAL = "abnormal"
    COMPLAINT = "complaint"


ALARM_NAMES = {
    Alarm.WARNING: "即将超期",
    Alarm.OVERDUE: "超过承诺期限",
    Alarm.STATUTORY: "超过法定期限",
    Alarm.ABNORMAL: "办理异常",
    Alarm.COMPLAINT: "群众反映",
}


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """发出督办. `serial` is 监察编号, `rule` 监察规则编号, `item_kind` 事项类型代码; to be answered by `reply_by`."""

    serial: str
    about: About
    item_kind: str
    alarm: Alarm
    rule: str
    content: str
    reply_by: date
    finding: str = ""


@dataclass(frozen=True, slots=True)
class ReplyOrder:
    """答复督办."""

    words: str


@dataclass(frozen=True, slots=True)
class AcceptReply:
    """认可答复, the order is closed: `result` is 监察结果描述."""

    result: str


@dataclass(frozen=True, slots=True)
class ReturnReply:
    """退回答复, to be answered anew by `reply_by`."""

    reason: str
    reply_by: date


@dataclass(frozen=True, slots=True)
class Escalate:
    """升级: an answer that is owed and late goes one rung up."""

    callee: Callee
    told: tuple[str, ...]


Command = IssueOrder | ReplyOrder | AcceptReply | ReturnReply | Escalate

NAMES: dict[type[Command], str] = {
    IssueOrder: "发出督办",
    ReplyOrder: "答复督办",
    AcceptReply: "认可督办答复",
    ReturnReply: "退回督办答复",
    Escalate: "督办升级",
}


@dataclass(frozen=True, slots=True)
class OrderIssued:
    """已发出."""

    at: datetime
    by: str
    serial: str
    about: About
    item_kind: str
    alarm: Alarm
    rule: str
    content: str
    reply_by: date
    finding: str = ""


@dataclass(frozen=True, slots=True)
class OrderReplied:
    """已答复."""

    at: datetime
    by: str
    words: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class ReplyReturned:
    """答复已退回."""

    at: datetime
    by: str
    reason: str
    reply_by: date


@dataclass(frozen=True, slots=True)
class OrderClosed:
    """已办结."""

    at: datetime
    by: str
    result: str


@dataclass(frozen=True, slots=True)
class Escalated:
    """已升级."""

    on: date
    rung: int
    callee: Callee
    told: tuple[str, ...] = ()


Event = OrderIssued | OrderReplied | ReplyReturned | OrderClosed | Escalated

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands. `was_late`: an answer once came late, or an unanswered day has passed."""

    status: OrderStatus = OrderStatus.NONE
    serial: str = ""
    about: About | None = None
    item_kind: str = ""
    alarm: Alarm = Alarm.OVERDUE
    rule: str = ""
    content: str = ""
    issued_at: datetime | None = None
    issued_by: str = ""
    reply_by: date | None = None
    reply: str = ""
    replied_by: str = ""
    returned: str = ""
    result: str = ""
    rungs: int = 0
    was_late: bool = False
    state_at: datetime | None = None
    finding: str = ""


def decide(order: Order, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows. Raises `Refused` with the rule."""
    about = command.about if isinstance(command, IssueOrder) else order.about
    offices = (about.organ, about.office) if about else ("",)
    organ = next((office for office in offices if office in actor.offices), offices[0])
    permissions.require(actor, type(command).__name__, organ=organ, what=NAMES[type(command)])
    if (order.status is OrderStatus.NONE) is not isinstance(command, IssueOrder):
        raise Refused("没有这份督办单，或者已经发出过", rule=RULE, remedy="请刷新后核对")
    return (_ACTS[type(command)](order, command, actor.account, now),)


def evolve(order: Order, event: Event) -> Order:
    """What is true after `event`."""
    match event:
        case OrderIssued():
            return Order(
                status=OrderStatus.ISSUED,
                serial=event.serial,
                about=event.about,
                item_kind=event.item_kind,
                alarm=event.alarm,
                rule=event.rule,
                content=event.content,
                issued_at=event.at,
                issued_by=event.by,
                reply_by=event.reply_by,
                state_at=event.at,
                finding=event.finding,
            )
        case OrderReplied():
            return replace(
                order,
                status=OrderStatus.REPLIED,
                reply=event.words,
                replied_by=event.by,
                was_late=order.was_late or event.late,
                state_at=event.at,
            )
        case ReplyReturned():
            return replace(
                order,
                status=OrderStatus.RETURNED,
                returned=event.reason,
                reply_by=event.reply_by,
                rungs=0,
                state_at=event.at,
            )
        case OrderClosed():
            return replace(order, status=OrderStatus.CLOSED, result=event.result, state_at=event.at)
        case Escalated():
            return replace(order, rungs=event.rung, was_late=True)
        case _:
            assert_never(event)


def _issue(order: Order, act: IssueOrder, by: str, now: datetime) -> Event:
    if act.reply_by < now.astimezone(CHINA).date():
        raise Refused("答复期限早于今天", rule=RULE, remedy="请填写今天或以后的日子", field="reply_by")
    return OrderIssued(
        at=now,
        by=by,
        serial=act.serial,
        about=act.about,
        item_kind=act.item_kind,
        alarm=act.alarm,
        rule=act.rule,
        content=_words(act.content, "content", "督办内容"),
        reply_by=act.reply_by,
        finding=act.finding,
    )


def _reply(order: Order, act: ReplyOrder, by: str, now: datetime) -> Event:
    if order.status not in OWED or order.reply_by is None:
        raise Refused(f"督办单目前是“{STATUS_NAMES[order.status]}”，不用答复", rule=RULE, remedy="请刷新后核对")
    late = now.astimezone(CHINA).date() > order.reply_by
    return OrderReplied(now, by, _words(act.words, "words", "怎样处理的"), late)


def _accept(order: Order, act: AcceptReply, by: str, now: datetime) -> Event:
    _require_reply(order)
    return OrderClosed(now, by, _words(act.result, "result", "监察结果"))


def _return(order: Order, act: ReturnReply, by: str, now: datetime) -> Event:
    _require_reply(order)
    if act.reply_by < now.astimezone(CHINA).date():
        raise Refused("答复期限早于今天", rule=RULE, remedy="请填写今天或以后的日子", field="reply_by")
    return ReplyReturned(now, by, _words(act.reason, "reason", "退回的理由"), act.reply_by)


def _escalate(order: Order, act: Escalate, by: str, now: datetime) -> Event:
    today = now.astimezone(CHINA).date()
    if order.status not in OWED or order.reply_by is None or today <= order.reply_by:
        raise Refused("督办单没有逾期未答复，不用升级", rule=RULE, remedy="无须处理")
    return Escalated(today, order.rungs + 1, act.callee, act.told)


def _require_reply(order: Order) -> None:
    if order.status is not OrderStatus.REPLIED:
        raise Refused(f"督办单目前是“{STATUS_NAMES[order.status]}”", rule=RULE, remedy="等承办单位答复以后再办")


_ACTS: dict[type[Command], Callable[[Order, Any, str, datetime], Event]] = {
    IssueOrder: _issue,
    ReplyOrder: _reply,
    AcceptReply: _accept,
    ReturnReply: _return,
    Escalate: _escalate,
}
