"""预约: a person keeps a time at a hall for one matter, moves or cancels it, comes, or does not come.

How many people a half hour takes, how many days ahead one may book, and when a booking counts as missed are a city's
own (`Custom`). That no half hour is given to more people than it takes is seen to where bookings are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never, get_args

from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.filing import Party
from banjie.engine.opening_hours import OpeningHours
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

RULE = "大厅预约规则"
NOBODY = Party("", "")


class BookingStatus(StrEnum):
    """预约状态."""

    NONE = "none"
    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"


STATUS_NAMES = {
    BookingStatus.NONE: "没有预约",
    BookingStatus.BOOKED: "已预约",
    BookingStatus.ARRIVED: "已到场取号",
    BookingStatus.CANCELLED: "已取消",
    BookingStatus.MISSED: "没有到场",
}


@dataclass(frozen=True, slots=True)
class Custom:
    """What a city sets: length of a slot, days one may book ahead, and in minutes how late one may still book or move,
    how early one may come, how long one is waited for; in hours how long before she is reminded."""

    slot_minutes: int = 30
    days_ahead: int = 7
    latest_minutes: int = 60
    early_minutes: int = 30
    missed_minutes: int = 20
    remind_hours: int = 24


USUAL = Custom()
"""Where a city sets nothing."""


@dataclass(frozen=True, slots=True)
class Slot:
    """预约时段."""

    starts: datetime
    ends: datetime

    @property
    def words(self) -> str:
        """As a person says it: 9:00—9:30."""
        start, end = self.starts.astimezone(CHINA), self.ends.astimezone(CHINA)
        return f"{start.hour}:{start:%M}—{end.hour}:{end:%M}"


@dataclass(frozen=True, slots=True)
class BookSlot:
    """预约. `code` is what she shows at the hall; the platform makes it up."""

    code: str
    hall: str
    hall_name: str
    group: str
    group_name: str
    item: str
    item_name: str
    holder: Party
    slot: Slot


@dataclass(frozen=True, slots=True)
class MoveBooking:
    """改约."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """取消预约."""


@dataclass(frozen=True, slots=True)
class RemindBooking:
    """提醒预约."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """到场取号: she has come and has a number of the queue."""

    number: str


@dataclass(frozen=True, slots=True)
class MissBooking:
    """标记爽约."""


Command = BookSlot | MoveBooking | CancelBooking | RemindBooking | CheckIn | MissBooking

NAMES: dict[type[Command], str] = {
    BookSlot: "预约",
    MoveBooking: "改约",
    CancelBooking: "取消预约",
    RemindBooking: "提醒预约",
    CheckIn: "到场取号",
    MissBooking: "标记爽约",
}


@dataclass(frozen=True, slots=True)
class SlotBooked:
    """已预约."""

    at: datetime
    by: str
    code: str
    hall: str
    hall_name: str
    group: str
    group_name: str
    item: str
    item_name: str
    holder: Party
    slot: Slot


@dataclass(frozen=True, slots=True)
class BookingMoved:
    """已改约."""

    at: datetime
    by: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    """已取消."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class BookingReminded:
    """已提醒."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """已到场取号."""

    at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class BookingMissed:
    """没有到场."""

    at: datetime


Event = SlotBooked | BookingMoved | BookingCancelled | BookingReminded | CheckedIn | BookingMissed

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it stands."""

    status: BookingStatus = BookingStatus.NONE
    code: str = ""
    by: str = ""
    hall: str = ""
    hall_name: str = ""
    group: str = ""
    group_name: str = ""
    item: str = ""
    item_name: str = ""
    holder: Party = NOBODY
    slot: Slot | None = None
    reminded: bool = False
    number: str = ""

    @property
    def day(self) -> date | None:
        """The city's day of the booking."""
        return self.slot.starts.astimezone(CHINA).date() if self.slot else None

    def remind_at(self, custom: Custom) -> datetime | None:
        """When to remind her: as long before as is the custom; None when that is done or pointless."""
        if self.status is not BookingStatus.BOOKED or self.reminded or self.slot is None:
            return None
        return self.slot.starts - timedelta(hours=custom.remind_hours)

    def missed_at(self, custom: Custom) -> datetime | None:
        """From when on she counts as not having come."""
        if self.status is not BookingStatus.BOOKED or self.slot is None:
            return None
        return self.slot.starts + timedelta(minutes=custom.missed_minutes)


# In which status each act is possible. What is not named is refused.
TABLE = """
BookSlot       none
MoveBooking    booked
CancelBooking  booked
RemindBooking  booked
CheckIn        booked missed
MissBooking    booked
"""

STATUSES: dict[str, frozenset[BookingStatus]] = {
    name: frozenset(map(BookingStatus, statuses))
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


def decide(
    booking: Booking, command: Command, *, actor: Actor, now: datetime, custom: Custom = USUAL
) -> tuple[Event, ...]:
    """What follows; nothing when it has been done before. Raises `Refused` with the rule."""
    _may(booking, command, actor)
    if _done_before(booking, command):
        return ()
    if booking.status not in STATUSES[type(command).__name__]:
        raise Refused(
            f"预约目前是“{STATUS_NAMES[booking.status]}”，不能“{NAMES[type(command)]}”",
            rule="预约状态表",
            remedy="需要办理的，请重新预约，或直接到大厅取号",
        )
    match command:
        case BookSlot():
            _in_time(command.slot, now, custom)
            return (SlotBooked(now, actor.account, **{name: getattr(command, name) for name in _SAID}),)
        case MoveBooking():
            _still_to_come(booking, now, custom)
            _in_time(command.slot, now, custom)
            return (BookingMoved(now, actor.account, command.slot),)
        case CancelBooking():
            return (BookingCancelled(now, actor.account),)
        case RemindBooking():
            return (BookingReminded(now),)
        case CheckIn():
            _is_here(booking, now, custom)
            return (CheckedIn(now, command.number),)
        case MissBooking():
            missed = booking.missed_at(custom)
            if missed is None or now < missed:
                raise Refused("还没有到可以标记爽约的时间", rule=RULE, remedy="请等预约时段开始后再看")
            return (BookingMissed(now),)
        case _:
            assert_never(command)


_SAID = ("code", "hall", "hall_name", "group", "group_name", "item", "item_name", "holder", "slot")


def evolve(booking: Booking, event: Event) -> Booking:
    """What is true after `event`."""
    match event:
        case SlotBooked():
            said = {name: getattr(event, name) for name in _SAID}
            return Booking(status=BookingStatus.BOOKED, by=event.by, **said)
        case BookingMoved():
            return replace(booking, slot=event.slot, reminded=False)
        case BookingCancelled():
            return replace(booking, status=BookingStatus.CANCELLED)
        case BookingReminded():
            return replace(booking, reminded=True)
        case CheckedIn():
            return replace(booking, status=BookingStatus.ARRIVED, number=event.number)
        case BookingMissed():
            return replace(booking, status=BookingStatus.MISSED)
        case _:
            assert_never(event)


def _may(booking: Booking, command: Command, actor: Actor) -> None:
    """Her own people book, move and cancel; the platform does the rest, also for whoever stands at its machine."""
    if isinstance(command, BookSlot | MoveBooking | CancelBooking):
        holder = command.holder.id if isinstance(command, BookSlot) else booking.holder.id
        if holder and holder in actor.parties:
            return
        raise Refused(
            "您没有被授权为这个申请人预约",
            rule="民法典第一百六十五条（代理事项和权限）",
            remedy="请选择您本人，或请对方先授权",
        )
    if Role.SYSTEM not in actor.roles:
        raise Refused("这一步由系统进行", rule=RULE, remedy="请到大厅取号机或窗口办理")


def _done_before(booking: Booking, command: Command) -> bool:
    match command:
        case BookSlot():
            return booking.status is BookingStatus.BOOKED and booking.holder == command.holder
        case MoveBooking():
            return booking.status is BookingStatus.BOOKED and booking.slot == command.slot
        case CancelBooking():
            return booking.status is BookingStatus.CANCELLED
        case RemindBooking():
            return booking.reminded
        case CheckIn():
            return booking.status is BookingStatus.ARRIVED
        case MissBooking():
            return booking.status is BookingStatus.MISSED
        case _:
            assert_never(command)


def _in_time(slot: Slot, now: datetime, custom: Custom) -> None:
    if slot.starts < now + timedelta(minutes=custom.latest_minutes):
        raise Refused(
            f"这个时段快到了或已经过去，最晚要提前 {custom.latest_minutes} 分钟预约",
            rule=RULE,
            remedy="请选晚一些的时段，或直接到大厅取号",
            field="slot",
        )
    if (slot.starts.astimezone(CHINA).date() - now.astimezone(CHINA).date()).days > custom.days_ahead:
        raise Refused(f"只能预约 {custom.days_ahead} 天以内的时段", rule=RULE, remedy="请选近一些的日期", field="slot")


def _still_to_come(booking: Booking, now: datetime, custom: Custom) -> None:
    if booking.slot is None or booking.slot.starts < now + timedelta(minutes=custom.latest_minutes):
        raise Refused(
            f"离预约的时间不到 {custom.latest_minutes} 分钟，不能再改",
            rule=RULE,
            remedy="来不了的请取消，以便让给别人；来得了的请直接到大厅取号",
        )


def _is_here(booking: Booking, now: datetime, custom: Custom) -> None:
    if booking.slot is None or booking.day != now.astimezone(CHINA).date():
        raise Refused("预约的不是今天", rule=RULE, remedy="请在预约的那一天来取号，今天办理请直接取号", field="code")
    if now < booking.slot.starts - timedelta(minutes=custom.early_minutes):
        raise Refused(
            f"来早了，最早提前 {custom.early_minutes} 分钟取号",
            rule=RULE,
            remedy=f"请在预约时间 {booking.slot.words} 前 {custom.early_minutes} 分钟内再来，急办请直接取号",
            field="code",
        )


def slots_on(hours: OpeningHours, calendar: Calendar, day: date, custom: Custom) -> tuple[Slot, ...]:
    """The slots of a day: whole ones within the hours on the door; none on a day the hall is shut."""
    length = timedelta(minutes=custom.slot_minutes)
    found = []
    for opens, closes in hours.spans_on(day, calendar):
        starts = opens
        while starts + length <= closes:
            found.append(Slot(starts, starts + length))
            starts += length
    return tuple(found)


def bookable(
    hours: OpeningHours, calendar: Calendar, now: datetime, custom: Custom
) -> Iterable[tuple[date, tuple[Slot, ...]]]:
    """The days one may book at `now` with their slots; days without any are left out."""
    today, earliest = now.astimezone(CHINA).date(), now + timedelta(minutes=custom.latest_minutes)
    for ahead in range(custom.days_ahead + 1):
        day = today + timedelta(days=ahead)
        found = tuple(slot for slot in slots_on(hours, calendar, day, custom) if slot.starts >= earliest)
        if found:
            yield day, found
