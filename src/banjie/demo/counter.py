"""Today at the city hall: numbers that wait, two at the windows, some bookings, and one visitor who is being helped."""

import uuid
from datetime import timedelta

from banjie.actions import bookings, counter, queues
from banjie.actions.bookings import Wish
from banjie.actions.platform import Platform
from banjie.actions.reactions import follow
from banjie.demo.acts import CLERK, DELIVERY_CLERK
from banjie.engine.counter import Identified
from banjie.engine.filing import Party
from banjie.engine.queue_turns import Priority
from banjie.engine.queues import BeginService, FinishService, MarkAbsent
from banjie.packs.counter import counter as custom
from banjie.records import halls, people
from banjie.records.halls import Hall
from banjie.records.people import Standing

HALL = "city_hall"
WINDOW, SECOND_WINDOW = "二楼综合窗口 1 号", "二楼综合窗口 2 号"
# Minutes ago, queue, priority: served in this order while they last, the others wait.
_CAME = (
    (95, "general", Priority.NONE),
    (80, "general", Priority.NONE),
    (66, "general", Priority.ELDER),
    (50, "general", Priority.NONE),
    (36, "general", Priority.NONE),
    (31, "enterprise", Priority.NONE),
    (26, "general", Priority.NONE),
    (22, "general", Priority.ELDER),
    (18, "enterprise", Priority.NONE),
    (15, "delivery", Priority.NONE),
    (11, "general", Priority.NONE),
    (7, "general", Priority.DISABLED),
    (3, "construction", Priority.NONE),
)
_SERVED = 4
_BOOKED = (("linzhao", "p-linzhao", 0), ("xiachunhe", "c-chunhe", 1), ("zhouyibo", "p-zhouyibo", 2))


def fill_the_hall(platform: Platform) -> int:
    """Takes and calls the numbers, books, opens a session; answers with how many people are in the hall."""
    hall = halls.hall(platform.database, HALL)
    if hall is None:
        return 0
    now = platform.now()
    clerk, second = _who(platform, CLERK), _who(platform, DELIVERY_CLERK)
    for minutes, key, priority in _CAME:
        group = custom().group(HALL, key)
        if group is not None:
            queues.take(platform, hall, group, priority=priority, now=now - timedelta(minutes=minutes))
    for served in range(_SERVED):
        at = now - timedelta(minutes=75 - served * 14)
        row = queues.call_next(platform, hall, WINDOW, actor=clerk, now=at)
        if row is None:
            break
        if served == _SERVED - 2:
            queues.act_on_ticket(platform, MarkAbsent(), row, actor=clerk, now=at + timedelta(minutes=2))
            continue
        queues.act_on_ticket(platform, BeginService(), row, actor=clerk, now=at + timedelta(minutes=1))
        queues.act_on_ticket(platform, FinishService(), row, actor=clerk, now=at + timedelta(minutes=12))
    queues.call_next(platform, hall, WINDOW, actor=clerk, now=now - timedelta(minutes=1))
    helped = queues.call_next(platform, hall, SECOND_WINDOW, actor=second, now=now - timedelta(minutes=6))
    if helped is not None:
        queues.act_on_ticket(platform, BeginService(), helped, actor=second, now=now - timedelta(minutes=5))
        _help(platform, second, helped.ticket.number)
    _book(platform, hall)
    while follow(platform, now):
        pass
    return len(_CAME)


def _help(platform: Platform, clerk: Standing, number: str) -> None:
    visitor = counter.identify(platform, "郭岁绵", "990104197511300024")
    counter.open_session(
        platform,
        visitor,
        visitor.person.id,
        actor=clerk,
        hall=HALL,
        window=SECOND_WINDOW,
        identified=Identified.CARD,
        key=str(uuid.uuid4()),
        ticket=number,
    )


def _book(platform: Platform, hall: Hall) -> None:
    group = custom().group(HALL, "general")
    if group is None:
        return
    days = bookings.free_days(platform, hall, group)
    for account, party, later in _BOOKED:
        if later >= len(days):
            continue
        who = _who(platform, account)
        name = next((one.name for one in who.parties if one.id == party), "")
        slot = next((one.slot for one in days[later].slots if one.left), None)
        if not name or slot is None:
            continue
        wish = Wish(hall, group, group.key, group.name, Party(party, name), slot)
        bookings.book(platform, wish, actor=who, key=str(uuid.uuid4()))


def _who(platform: Platform, account: str) -> Standing:
    name = people.names_of(platform.database, {account}).get(account, account)
    return people.standing(platform.database, account, platform.today(), name=name)
