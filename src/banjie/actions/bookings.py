"""Booking a time at a hall: free places, keeping one, moving, cancelling, reminding, and who did not come."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from psycopg.errors import UniqueViolation

from banjie.actions.hands import Hands
from banjie.actions.notices import send
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act, act_within
from banjie.engine import bookings as law
from banjie.engine.bookings import (
    BookingMoved,
    BookingReminded,
    BookingStatus,
    BookSlot,
    CancelBooking,
    MissBooking,
    MoveBooking,
    RemindBooking,
    Slot,
    SlotBooked,
    bookable,
)
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.codec import decode
from banjie.engine.filing import Party
from banjie.engine.notices import Letter
from banjie.engine.opening_hours import OpeningHours
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.packs.counter import Group, counter
from banjie.records import bookings
from banjie.records.bookings import BookingRow
from banjie.records.database import Cursor
from banjie.records.halls import Hall
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing

_TRIES: Final = 4


def _decide(booking: law.Booking, command: law.Command, *, actor: Actor, now: datetime) -> tuple[law.Event, ...]:
    return law.decide(booking, command, actor=actor, now=now, custom=counter().bookings)


def _row(booking: law.Booking) -> dict[str, object]:
    slot = booking.slot
    assert slot is not None  # noqa: S101 — its first event says it.
    return {
        "code": booking.code,
        "hall": booking.hall,
        "grp": booking.group,
        "item": booking.item,
        "party": booking.holder.id,
        "account": booking.by,
        "status": booking.status.value,
        "day": booking.day,
        "starts": slot.starts,
        "remind_at": booking.remind_at(counter().bookings),
    }


BOOKING: Final = Kind(bookings.BOOKINGS, _decide, law.evolve, law.KINDS, _row)


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot with how many places are left."""

    slot: Slot
    left: int


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day one may book."""

    day: date
    slots: tuple[FreeSlot, ...]

    @property
    def left(self) -> int:
        """Places left on the day."""
        return sum(one.left for one in self.slots)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody books: a slot of a hall's queue, for one item and one applicant."""

    hall: Hall
    group: Group
    item: str
    item_name: str
    holder: Party
    slot: Slot


def free_days(platform: Platform, hall: Hall, group: Group, now: datetime | None = None) -> tuple[FreeDay, ...]:
    """The days one may book with what is left of each slot; none where the hours cannot be read."""
    hours = OpeningHours.read(hall.hours)
    if hours is None or group.per_slot <= 0:
        return ()
    at, custom = now or platform.now(), counter().bookings
    days = list(bookable(hours, platform.laws.calendar(platform.region), at, custom))
    if not days:
        return ()
    first, last = days[0][1][0].starts, days[-1][1][-1].starts
    taken = bookings.taken(platform.database, hall.region, hall.code, group.key, first, last)
    return tuple(
        FreeDay(day, tuple(FreeSlot(slot, max(group.per_slot - taken.get(slot.starts, 0), 0)) for slot in slots))
        for day, slots in days
    )


def slot_at(platform: Platform, hall: Hall, group: Group, starts: datetime, now: datetime | None = None) -> Slot:
    """The slot that begins at a moment. Raises `Refused` when it is not one that can be booked."""
    for day in free_days(platform, hall, group, now):
        for one in day.slots:
            if one.slot.starts == starts:
                return one.slot
    raise Refused("这个时段不能预约", rule=law.RULE, remedy="请在页面上列出的时段里选一个", field="slot")


def book(platform: Platform, wish: Wish, *, actor: Standing, key: str, now: datetime | None = None) -> BookingRow:
    """Keeps a place, once for each `key` of the account. Raises `Refused` with nothing written."""
    region, subject = wish.hall.region, str(uuid.uuid5(uuid.NAMESPACE_OID, f"booking:{actor.actor.account}:{key}"))
    at = now or platform.now()
    for _ in range(_TRIES):
        command = BookSlot(
            code=f"{secrets.randbelow(10**8):08}",
            hall=wish.hall.code,
            hall_name=wish.hall.name,
            group=wish.group.key,
            group_name=wish.group.name,
            item=wish.item,
            item_name=wish.item_name,
            holder=wish.holder,
            slot=wish.slot,
        )
        with platform.database.seen_by(actor.eyes) as cursor:
            _once(cursor, region, subject, wish.holder.id, wish.item, wish.slot)
            done = act_within(
                cursor,
                BOOKING,
                command,
                actor=actor,
                region=region,
                subject=subject,
                at=at,
                also=lambda cursor, after: _take(cursor, region, after.state),
            )
        if done is not None:
            return BookingRow(subject, region, done.state)
    # The code was somebody else's each time, or she has booked the same on another device just now.
    raise _twice()


def move(
    platform: Platform, row: BookingRow, slot: Slot, *, actor: Standing, now: datetime | None = None
) -> BookingRow:
    """Gives the old place back and takes another one, or leaves everything as it is."""

    def moved(cursor: Cursor, before: law.Booking, after: law.Booking) -> None:
        _once(cursor, row.region, row.id, after.holder.id, after.item, slot)
        changes: list[tuple[datetime, Callable[[], None]]] = [(slot.starts, lambda: _take(cursor, row.region, after))]
        if before.slot is not None:
            changes.append((before.slot.starts, lambda: _give_back(cursor, row.region, before)))
        for _, change in sorted(changes, key=lambda pair: pair[0]):  # In one order, so that no two wait for each other.
            change()

    return _changed(platform, row, MoveBooking(slot), actor, now, moved)


def cancel(platform: Platform, row: BookingRow, *, actor: Standing, now: datetime | None = None) -> BookingRow:
    """Gives the place back. Idempotent."""
    return _changed(
        platform,
        row,
        CancelBooking(),
        actor,
        now,
        lambda cursor, before, after: _give_back(cursor, row.region, before),
    )


def _changed(
    platform: Platform,
    row: BookingRow,
    command: law.Command,
    actor: Standing,
    now: datetime | None,
    change: Callable[[Cursor, law.Booking, law.Booking], None],
) -> BookingRow:
    try:
        with platform.database.seen_by(actor.eyes) as cursor:
            before = bookings.locked(cursor, row.region, row.id)
            if before is None:
                raise Refused("没有找到这个预约", rule=law.RULE, remedy="请在“我的预约”里核对")
            done = act_within(
                cursor,
                BOOKING,
                command,
                actor=actor,
                region=row.region,
                subject=row.id,
                at=now or platform.now(),
                also=lambda cursor, after: change(cursor, before, after.state),
            )
    except UniqueViolation:
        raise _twice() from None
    assert done is not None  # noqa: S101 — the row is held.
    return BookingRow(row.id, row.region, done.state)


def _once(cursor: Cursor, region: str, subject: str, party: str, item: str, slot: Slot) -> None:
    if bookings.has_booked(cursor, region, party, item, slot.starts.astimezone(CHINA).date(), subject):
        raise _twice()


def _twice() -> Refused:
    return Refused(
        "这一天已经为同一件事预约过了",
        rule=f"{law.RULE}（同一人同一事项一天一次）",
        remedy="请在“我的预约”里改约，或选别的日子",
        field="slot",
    )


def _take(cursor: Cursor, region: str, booking: law.Booking) -> None:
    group, slot = counter().group(booking.hall, booking.group), booking.slot
    assert slot is not None  # noqa: S101 — a booking has one.
    if group is None or not bookings.take(
        cursor, region, booking.hall, booking.group, slot.starts, group.per_slot if group else 0
    ):
        raise Refused(f"{slot.words} 刚刚约满了", rule=law.RULE, remedy="请选别的时段", field="slot")


def _give_back(cursor: Cursor, region: str, booking: law.Booking) -> None:
    if booking.slot is not None and booking.status is BookingStatus.BOOKED:
        bookings.give_back(cursor, region, booking.hall, booking.group, booking.slot.starts)


# --- by itself ---


def remind(platform: Platform, region: str, booking: str, at: datetime) -> int:
    """提醒: the message follows from the event."""
    return _by_itself(platform, region, booking, RemindBooking(), at)


def miss(platform: Platform, region: str, booking: str, at: datetime) -> int:
    """爽约."""
    return _by_itself(platform, region, booking, MissBooking(), at)


def not_come_before(at: datetime) -> datetime:
    """Bookings that began before this moment are not waited for any more."""
    return at - timedelta(minutes=counter().bookings.missed_minutes)


def _by_itself(platform: Platform, region: str, booking: str, command: law.Command, at: datetime) -> int:
    try:
        act(platform, BOOKING, command, actor=MACHINE, region=region, subject=booking, now=at)
    except Refused:
        return 0  # Somebody came, or cancelled, between the look and the act.
    return 1


# --- told ---


def tell_booking(hands: Hands, entry: Entry) -> None:
    """The message about a booking, once: its identifier is made from the entry it follows."""
    row = bookings.find(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None:
        return
    told = words(decode(law.KINDS[entry.kind], entry.data), row.booking)
    if told is None:
        return
    message_id = str(uuid.uuid5(uuid.UUID(entry.subject), f"notice:{entry.seq}"))
    subject, body = told
    send(
        hands,
        Letter(subject, body, f"{subject}。请登录查看。"),
        region=entry.region,
        message_id=message_id,
        party=row.booking.holder.id,
        case_id=None,
        kind=entry.kind,
    )


def words(event: Any, booking: law.Booking) -> tuple[str, str] | None:
    """Subject and body of the message about an event; None for those nobody has to be told."""
    slot = event.slot if isinstance(event, SlotBooked | BookingMoved) else booking.slot
    if slot is None:
        return None
    when = f"{chinese_date(slot.starts.astimezone(CHINA).date())} {slot.words}"
    where = f"{booking.hall_name}办理“{booking.item_name}”，预约码 {booking.code}"
    match event:
        case SlotBooked():
            return "预约成功", f"您预约了 {when} 到{where}。到了请在取号机上输入预约码取号；来不了请取消，让给别人。"
        case BookingMoved():
            return "预约已改", f"您的预约改为 {when}，到{where}。"
        case BookingReminded():
            return "明天的预约别忘了", f"{when}，到{where}。请带上身份证件和材料。来不了请在“我的预约”里取消。"
        case _:
            return None
