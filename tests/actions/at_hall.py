"""Words for tests of halls: the city hall, its queues, a window, a booking."""

from datetime import date, datetime, time
from typing import Any

from tests.town import REGION, Town

from banjie.actions import bookings, counter
from banjie.actions.bookings import Wish
from banjie.engine.bookings import Slot
from banjie.engine.calendar import CHINA
from banjie.engine.counter import Identified
from banjie.engine.filing import Party
from banjie.packs.counter import Group
from banjie.packs.counter import counter as custom
from banjie.records import halls
from banjie.records.bookings import BookingRow
from banjie.records.counter import SessionRow
from banjie.records.halls import Hall

HALL = "city_hall"
WINDOW = "二楼综合窗口 1 号"
OTHER_WINDOW = "二楼综合窗口 2 号"
ELDER = "guosuimian"
ELDER_PARTY = "p-guosuimian"
ELDER_CODE = "990104197511300024"


def the_hall(town: Town) -> Hall:
    found = halls.hall(town.platform.database, HALL)
    assert found is not None
    return found


def group(key: str = "general") -> Group:
    found = custom().group(HALL, key)
    assert found is not None
    return found


def slot(town: Town, day: date, hour: int, minute: int = 0, key: str = "general") -> Slot:
    starts = datetime.combine(day, time(hour, minute), CHINA)
    return bookings.slot_at(town.platform, the_hall(town), group(key), starts)


def booked(town: Town, username: str, party: str, when: Slot, *, item: str = "", key: str = "general") -> BookingRow:
    wanted = Wish(the_hall(town), group(key), item or town.key(), "综合业务", Party(party, party), when)
    return bookings.book(town.platform, wanted, actor=town.who(username), key=town.key())


def opened(
    town: Town, clerk: str, *, name: str = "郭岁绵", code: str = ELDER_CODE, party: str = ELDER_PARTY, **more: Any
) -> SessionRow:
    """A clerk begins to work for somebody."""
    visitor = counter.identify(town.platform, name, code)
    return counter.open_session(
        town.platform,
        visitor,
        party or visitor.person.id,
        actor=town.who(clerk),
        hall=HALL,
        window=WINDOW,
        identified=Identified.SIGHT,
        key=town.key(),
        **more,
    )


__all__ = ["REGION", "booked", "group", "opened", "slot", "the_hall"]
