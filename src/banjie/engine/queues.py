"""排队叫号: a number taken at a hall, called to a window, served or not there. No name stands in a queue.

Whose turn it is says `queue_turns`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never, get_args

from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor, Role
from banjie.engine.queue_turns import USUAL, Custom, Priority, turn_of
from banjie.engine.subject import Refused

RULE = "大厅叫号规则"


class TicketStatus(StrEnum):
    """号票状态."""

    NONE = "none"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    ABSENT = "absent"
    LAPSED = "lapsed"


STATUS_NAMES = {
    TicketStatus.NONE: "没有取号",
    TicketStatus.WAITING: "等候中",
    TicketStatus.CALLED: "已叫号",
    TicketStatus.SERVING: "办理中",
    TicketStatus.DONE: "已办完",
    TicketStatus.ABSENT: "过号",
    TicketStatus.LAPSED: "当天没有办，已作废",
}


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """取号. `serial` is the next of the hall's day, given by the platform; `booked_for` the time of her booking."""

    hall: str
    day: date
    serial: int
    group: str
    letter: str
    priority: Priority = Priority.NONE
    booking: str = ""
    booked_for: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallNumber:
    """叫号."""

    window: str


@dataclass(frozen=True, slots=True)
class CallAgain:
    """再叫一次."""


@dataclass(frozen=True, slots=True)
class MarkAbsent:
    """过号: she was called and is not there."""


@dataclass(frozen=True, slots=True)
class RejoinQueue:
    """重新排队, after having missed one's call."""


@dataclass(frozen=True, slots=True)
class BeginService:
    """开始办理."""


@dataclass(frozen=True, slots=True)
class FinishService:
    """办完."""


@dataclass(frozen=True, slots=True)
class TransferNumber:
    """转到别的窗口: she keeps her place in the line of another group."""

    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class LapseNumber:
    """作废: the day is over."""


Command = (
    TakeNumber
    | CallNumber
    | CallAgain
    | MarkAbsent
    | RejoinQueue
    | BeginService
    | FinishService
    | TransferNumber
    | LapseNumber
)

NAMES: dict[type[Command], str] = {
    TakeNumber: "取号",
    CallNumber: "叫号",
    CallAgain: "再叫一次",
    MarkAbsent: "过号",
    RejoinQueue: "重新排队",
    BeginService: "开始办理",
    FinishService: "办完",
    TransferNumber: "转窗口",
    LapseNumber: "作废",
}


@dataclass(frozen=True, slots=True)
class NumberTaken:
    """已取号."""

    at: datetime
    hall: str
    day: date
    serial: int
    number: str
    group: str
    priority: Priority
    turn_at: datetime
    not_before: datetime
    booking: str = ""


@dataclass(frozen=True, slots=True)
class NumberCalled:
    """已叫号."""

    at: datetime
    by: str
    window: str


@dataclass(frozen=True, slots=True)
class CalledAgain:
    """又叫了一次."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MarkedAbsent:
    """已过号."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Rejoined:
    """已重新排队."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ServiceBegun:
    """已开始办理."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ServiceFinished:
    """已办完."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class NumberTransferred:
    """已转窗口."""

    at: datetime
    by: str
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class NumberLapsed:
    """已作废."""

    at: datetime


Event = (
    NumberTaken
    | NumberCalled
    | CalledAgain
    | MarkedAbsent
    | Rejoined
    | ServiceBegun
    | ServiceFinished
    | NumberTransferred
    | NumberLapsed
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number as it stands. `by` is whoever called it."""

    status: TicketStatus = TicketStatus.NONE
    hall: str = ""
    day: date | None = None
    serial: int = 0
    number: str = ""
    group: str = ""
    priority: Priority = Priority.NONE
    booking: str = ""
    turn_at: datetime | None = None
    not_before: datetime | None = None
    taken_at: datetime | None = None
    called_at: datetime | None = None
    calls: int = 0
    window: str = ""
    by: str = ""
    begun_at: datetime | None = None
    ended_at: datetime | None = None


# In which status each act is possible. What is not named is refused.
TABLE = """
TakeNumber      none
CallNumber      waiting
CallAgain       called
MarkAbsent      called
RejoinQueue     absent
BeginService    called
FinishService   serving
TransferNumber  called serving
LapseNumber     waiting called absent serving
"""

STATUSES: dict[str, frozenset[TicketStatus]] = {
    name: frozenset(map(TicketStatus, statuses))
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}

_BY_THE_PLATFORM = (TakeNumber, LapseNumber)


def decide(
    ticket: Ticket, command: Command, *, actor: Actor, now: datetime, custom: Custom = USUAL
) -> tuple[Event, ...]:
    """What follows. Raises `Refused` with the rule."""
    _may(ticket, command, actor)
    if ticket.status not in STATUSES[type(command).__name__]:
        raise Refused(
            f"{ticket.number or '这个'}号目前是“{STATUS_NAMES[ticket.status]}”，不能“{NAMES[type(command)]}”",
            rule="号票状态表",
            remedy="请刷新后看看最新的情况",
        )
    match command:
        case TakeNumber():
            turn_at, not_before = turn_of(now, command.priority, command.booked_for, custom)
            number = f"{command.letter}{command.serial:03}"
            return (
                NumberTaken(
                    at=now,
                    hall=command.hall,
                    day=command.day,
                    serial=command.serial,
                    number=number,
                    group=command.group,
                    priority=command.priority,
                    turn_at=turn_at,
                    not_before=not_before,
                    booking=command.booking,
                ),
            )
        case CallNumber():
            return (NumberCalled(now, actor.account, command.window),)
        case CallAgain():
            return (CalledAgain(now, actor.account),)
        case MarkAbsent():
            return (MarkedAbsent(now, actor.account),)
        case RejoinQueue():
            return (Rejoined(now, actor.account),)
        case BeginService():
            return (ServiceBegun(now, actor.account),)
        case FinishService():
            return (ServiceFinished(now, actor.account),)
        case TransferNumber():
            if not command.reason.strip():
                raise Refused("没有写为什么转", rule=RULE, remedy="请写一句，接手的窗口看得到", field="reason")
            return (NumberTransferred(now, actor.account, command.group, command.reason.strip()),)
        case LapseNumber():
            if ticket.day is None or now.astimezone(CHINA).date() <= ticket.day:
                raise Refused("当天还没有结束", rule=RULE, remedy="请在当天结束后再看")
            return (NumberLapsed(now),)
        case _:
            assert_never(command)


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """What is true after `event`."""
    match event:
        case NumberTaken():
            return Ticket(
                status=TicketStatus.WAITING,
                hall=event.hall,
                day=event.day,
                serial=event.serial,
                number=event.number,
                group=event.group,
                priority=event.priority,
                booking=event.booking,
                turn_at=event.turn_at,
                not_before=event.not_before,
                taken_at=event.at,
            )
        case NumberCalled():
            return replace(
                ticket, status=TicketStatus.CALLED, window=event.window, by=event.by, called_at=event.at, calls=1
            )
        case CalledAgain():
            return replace(ticket, called_at=event.at, calls=ticket.calls + 1)
        case MarkedAbsent():
            return replace(ticket, status=TicketStatus.ABSENT, ended_at=event.at)
        case Rejoined():
            return replace(
                ticket,
                status=TicketStatus.WAITING,
                turn_at=event.at,
                not_before=event.at,
                ended_at=None,
                window="",
                by="",
            )
        case ServiceBegun():
            return replace(ticket, status=TicketStatus.SERVING, begun_at=event.at)
        case ServiceFinished():
            return replace(ticket, status=TicketStatus.DONE, ended_at=event.at)
        case NumberTransferred():
            return replace(
                ticket, status=TicketStatus.WAITING, group=event.group, window="", by="", begun_at=None, called_at=None
            )
        case NumberLapsed():
            return replace(ticket, status=TicketStatus.LAPSED, ended_at=event.at)
        case _:
            assert_never(event)


def _may(ticket: Ticket, command: Command, actor: Actor) -> None:
    """The machine gives numbers; who called a number goes on with it; anyone at a window calls."""
    if isinstance(command, _BY_THE_PLATFORM):
        if Role.SYSTEM in actor.roles:
            return
        raise Refused("取号由取号机进行", rule=RULE, remedy="请到取号机或在大厅页面上取号")
    if Role.WINDOW not in actor.roles:
        raise Refused("叫号由窗口人员进行", rule=RULE, remedy="请到窗口询问")
    if not isinstance(command, CallNumber | RejoinQueue) and ticket.by and ticket.by != actor.account:
        raise Refused(f"{ticket.number} 号正由 {ticket.window} 办理", rule=RULE, remedy="请叫下一个号")


def in_turn(tickets: Iterable[Ticket], now: datetime) -> list[Ticket]:
    """Waiting numbers in the order in which they are called at `now`; the database orders them the same way."""

    def key(ticket: Ticket) -> tuple[bool, datetime, int]:
        assert ticket.turn_at is not None  # noqa: S101 — whoever waits has both.
        assert ticket.not_before is not None  # noqa: S101 — the same.
        return ticket.not_before > now, ticket.turn_at, ticket.serial

    return sorted((one for one in tickets if one.status is TicketStatus.WAITING), key=key)
