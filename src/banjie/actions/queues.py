"""Numbers at a hall: taken at the machine or on the page, called by windows, moved on, cleared away after the day."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from banjie.actions.bookings import BOOKING
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import TRIES, Kind, act, act_within
from banjie.engine import queues as law
from banjie.engine.bookings import CheckIn
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.queue_turns import Priority, wait_minutes
from banjie.engine.queues import CallNumber, LapseNumber, TakeNumber, TransferNumber
from banjie.engine.subject import Refused
from banjie.packs.counter import Group, counter
from banjie.records import bookings, halls, queues
from banjie.records.halls import Hall
from banjie.records.people import MACHINE, Standing
from banjie.records.queues import TicketRow


def _decide(ticket: law.Ticket, command: law.Command, *, actor: Actor, now: datetime) -> tuple[law.Event, ...]:
    return law.decide(ticket, command, actor=actor, now=now, custom=counter().queue)


def _row(ticket: law.Ticket) -> dict[str, object]:
    return {
        "hall": ticket.hall,
        "day": ticket.day,
        "serial": ticket.serial,
        "number": ticket.number,
        "grp": ticket.group,
        "status": ticket.status.value,
        "turn_at": ticket.turn_at,
        "not_before": ticket.not_before,
        "called_at": ticket.called_at,
        "begun_at": ticket.begun_at,
        "ended_at": ticket.ended_at,
        "win": ticket.window,
        "account": ticket.by,
    }


TICKET: Final = Kind(queues.TICKETS, _decide, law.evolve, law.KINDS, _row)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How one stands in the line: how many are called before, and about how many minutes that takes."""

    ahead: int
    minutes: int


# --- taking a number ---


def take(
    platform: Platform,
    hall: Hall,
    group: Group,
    *,
    priority: Priority = Priority.NONE,
    key: str = "",
    now: datetime | None = None,
) -> TicketRow:
    """A number, once for each `key`."""
    subject = _subject(hall, key)
    at = now or platform.now()
    known = queues.find(platform.database, MACHINE.eyes, hall.region, subject)
    if known is not None:
        return known
    return _give(platform, hall, group, priority, subject, at)


def check_in(platform: Platform, hall: Hall, code: str, *, now: datetime | None = None) -> TicketRow:
    """到场取号: a number for whoever types the code of her booking; the same one when she types it again."""
    at = now or platform.now()
    row = bookings.of_code(platform.database, hall.region, code)
    if row is None or row.booking.hall != hall.code:
        raise Refused(
            "没有找到这个预约码，或者约的不是这个大厅",
            rule=law.RULE,
            remedy="请核对预约码（8 位数字），或者不用预约码直接取号",
            field="code",
        )
    subject = _subject(hall, f"booking:{row.id}")
    known = queues.find(platform.database, MACHINE.eyes, hall.region, subject)
    if known is not None:
        return known
    group = counter().group(hall.code, row.booking.group) or counter().groups(hall.code)[0]
    return _give(platform, hall, group, Priority.NONE, subject, at, row)


def _give(
    platform: Platform,
    hall: Hall,
    group: Group,
    priority: Priority,
    subject: str,
    at: datetime,
    booked: bookings.BookingRow | None = None,
) -> TicketRow:
    day = at.astimezone(CHINA).date()
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        command = TakeNumber(
            hall=hall.code,
            day=day,
            serial=queues.next_serial(cursor, hall.region, hall.code, day),
            group=group.key,
            letter=group.letter,
            priority=priority,
            booking=booked.id if booked else "",
            booked_for=booked.booking.slot.starts if booked and booked.booking.slot else None,
        )
        done = act_within(cursor, TICKET, command, actor=MACHINE, region=hall.region, subject=subject, at=at)
        if done is None:
            raise _busy()  # Pressed twice at one moment: the serial of the second goes back with the transaction.
        if booked is not None:
            came = act_within(
                cursor,
                BOOKING,
                CheckIn(done.state.number),
                actor=MACHINE,
                region=booked.region,
                subject=booked.id,
                at=at,
            )
            if came is None:
                raise _busy()
    return TicketRow(subject, hall.region, done.state)


def _busy() -> Refused:
    return Refused("取号的人太多，这次没有取到", rule=law.RULE, remedy="请再按一次")


def _subject(hall: Hall, key: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"ticket:{hall.region}:{hall.code}:{key}") if key else uuid.uuid4())


def standing_in_line(platform: Platform, row: TicketRow, now: datetime | None = None) -> Waiting:
    """How a number that waits stands in the line."""
    ticket = row.ticket
    ahead = queues.ahead(platform.database, row, now or platform.now())
    return Waiting(ahead, expected(platform, row.region, ticket.hall, ticket.group, ahead))


def expected(platform: Platform, region: str, hall: str, group: str, ahead: int) -> int:
    """About how many minutes until one is called when so many are before one."""
    known = counter().group(hall, group)
    found = halls.hall(platform.database, hall)
    windows = len(known.windows if known and known.windows else found.windows if found else ())
    served = queues.served_minutes(platform.database, region, hall, group)
    return wait_minutes(ahead, served, windows, counter().queue)


# --- at a window ---


def call_next(
    platform: Platform, hall: Hall, window: str, *, actor: Standing, now: datetime | None = None
) -> TicketRow | None:
    """Calls whose turn it is at this window; None when nobody waits. Two windows never call the same one."""
    at, clerk = now or platform.now(), as_platform(actor)
    busy = queues.of_account(platform.database, actor.actor.account)
    if busy is not None:
        raise Refused(
            f"您还在办 {busy.ticket.number} 号",
            rule=law.RULE,
            remedy="请先点“办完”“过号”或者“转窗口”，再叫下一个",
        )
    groups = [group.key for group in counter().served_at(hall.code, window)]
    day = at.astimezone(CHINA).date()
    for _ in range(TRIES):
        with platform.database.seen_by(clerk.eyes) as cursor:
            row = queues.next_in_turn(cursor, hall.region, hall.code, day, groups, at)
            if row is None:
                return None
            done = act_within(cursor, TICKET, CallNumber(window), actor=clerk, region=row.region, subject=row.id, at=at)
        if done is not None:
            return TicketRow(row.id, row.region, done.state)
    return None


def act_on_ticket(
    platform: Platform, command: law.Command, row: TicketRow, *, actor: Standing, now: datetime | None = None
) -> TicketRow:
    """What a window does with a number it called. Raises `Refused`."""
    if isinstance(command, TransferNumber) and counter().group(row.ticket.hall, command.group) is None:
        raise Refused("没有这个队", rule=law.RULE, remedy="请选一个队", field="group")
    clerk = as_platform(actor)
    done = act(platform, TICKET, command, actor=clerk, region=row.region, subject=row.id, now=now)
    return TicketRow(row.id, row.region, done.state)


def as_platform(actor: Standing) -> Standing:
    """The clerk with the platform's eyes: the law has said what she may, the journal keeps her name."""
    return replace(actor, eyes=replace(actor.eyes, reach="system"))


def lapse(platform: Platform, region: str, ticket: str, at: datetime) -> int:
    """作废: the day is over."""
    try:
        act(platform, TICKET, LapseNumber(), actor=MACHINE, region=region, subject=ticket, now=at)
    except Refused:
        return 0
    return 1
