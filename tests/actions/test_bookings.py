"""预约 in the town: no slot given to more people than it takes, moved and given back, reminded, missed, replayed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from tests.actions.at_hall import booked, group, slot, the_hall
from tests.town import AGENT, REGION, RESTAURANT, Town

from banjie.actions import bookings
from banjie.actions.bookings import Wish
from banjie.actions.replay import replay
from banjie.engine.bookings import BookingStatus, Slot
from banjie.engine.filing import Party
from banjie.engine.subject import Refused
from banjie.records import bookings as kept
from banjie.records import messages
from banjie.records.people import MACHINE

DAY = date(2026, 11, 25)
PEOPLE = (
    ("linzhao", "p-linzhao"),
    ("guosuimian", "p-guosuimian"),
    ("zhouyibo", "p-zhouyibo"),
    ("xiachunhe", "p-xiachunhe"),
)


@pytest.fixture(autouse=True)
def morning(town: Town) -> None:
    town.clock.set(date(2026, 11, 24))


def left(town: Town, when: Slot, key: str = "general") -> int:
    days = bookings.free_days(town.platform, the_hall(town), group(key))
    return next(one.left for day in days for one in day.slots if one.slot == when)


def test_a_slot_is_given_to_no_more_people_than_it_takes_however_many_ask_at_once(town: Town) -> None:
    when = slot(town, DAY, 9)
    wishes = [
        (Wish(the_hall(town), group(), f"item-{n}", "事", Party(party, party), when), town.who(username), town.key())
        for n in range(5)
        for username, party in PEOPLE
    ]

    def ask(one: tuple[Wish, object, str]) -> str:
        try:
            return bookings.book(town.platform, one[0], actor=one[1], key=one[2]).id  # type: ignore[arg-type]  # a Standing
        except Refused as refused:
            return refused.reason

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, wishes))
    full = [answer for answer in answers if "约满了" in answer]
    assert len(answers) - len(full) == group().per_slot
    assert left(town, when) == 0


def test_pressed_twice_is_booked_once(town: Town) -> None:
    when = slot(town, DAY, 10)
    wish = Wish(the_hall(town), group(), "twice", "事", Party("p-linzhao", "林照"), when)
    first = bookings.book(town.platform, wish, actor=town.who(AGENT), key="same-key-1")
    again = bookings.book(town.platform, wish, actor=town.who(AGENT), key="same-key-1")
    assert first == again
    assert left(town, when) == group().per_slot - 1


def test_one_matter_a_day(town: Town) -> None:
    booked(town, AGENT, RESTAURANT, slot(town, DAY, 14), item="once")
    with pytest.raises(Refused, match="预约过了"):
        booked(town, AGENT, RESTAURANT, slot(town, DAY, 15), item="once")
    booked(town, AGENT, RESTAURANT, slot(town, DAY, 15), item="another")
    other = booked(town, AGENT, RESTAURANT, slot(town, date(2026, 11, 26), 14), item="once")
    with pytest.raises(Refused, match="预约过了"):
        bookings.move(town.platform, other, slot(town, DAY, 16), actor=town.who(AGENT))


def test_moving_gives_the_old_place_back_and_a_full_time_leaves_everything_as_it_was(town: Town) -> None:
    early, late, day = slot(town, DAY, 11), slot(town, DAY, 11, 30), DAY
    mine = booked(town, "linzhao", "p-linzhao", early)
    moved = bookings.move(town.platform, mine, late, actor=town.who("linzhao"))
    assert (left(town, early), left(town, late)) == (2, 1)
    booked(town, "guosuimian", "p-guosuimian", early)
    booked(town, "zhouyibo", "p-zhouyibo", early)
    with pytest.raises(Refused, match="约满了"):
        bookings.move(town.platform, moved, early, actor=town.who("linzhao"))
    found = kept.find(town.platform.database, MACHINE.eyes, REGION, mine.id)
    assert found is not None
    assert found.booking.slot == late
    assert left(town, late) == 1
    bookings.cancel(town.platform, moved, actor=town.who("linzhao"))
    bookings.cancel(town.platform, moved, actor=town.who("linzhao"))
    assert left(town, late) == 2
    assert day == DAY


def test_only_her_own_people_see_or_change_it(town: Town) -> None:
    mine = booked(town, "linzhao", "p-linzhao", slot(town, date(2026, 11, 27), 9))
    for username in ("zhouyibo", "luoxiaoyu", "lumingjian"):
        who = town.who(username)
        assert kept.find(town.platform.database, who.eyes, REGION, mine.id) is None
        with pytest.raises(Refused, match="没有找到"):
            bookings.cancel(town.platform, mine, actor=who)
    with pytest.raises(Refused, match="没有被授权"):
        booked(town, "zhouyibo", "p-linzhao", slot(town, date(2026, 11, 27), 9))


def test_times_that_are_no_slots_are_refused(town: Town) -> None:
    for day, hour, minute in ((date(2026, 11, 28), 9, 0), (DAY, 12, 0), (DAY, 9, 10), (date(2026, 12, 30), 9, 0)):
        with pytest.raises(Refused, match="不能预约"):
            slot(town, day, hour, minute)


def test_she_is_told_reminded_once_and_marked_when_she_does_not_come(town: Town) -> None:
    mine = booked(town, "zhouyibo", "p-zhouyibo", slot(town, date(2026, 11, 30), 9))
    for _ in range(2):
        town.settle()
    town.clock.set(date(2026, 11, 29), 10)
    for _ in range(2):
        town.settle()
    told = messages.of_parties(town.platform.database, MACHINE.eyes, ["p-zhouyibo"], 50)
    mentions = [one.subject for one in told if mine.booking.code in one.body]
    assert sorted(mentions) == ["明天的预约别忘了", "预约成功"]
    assert mine.booking.slot is not None
    town.clock.at = mine.booking.slot.starts + timedelta(minutes=21)
    town.settle()
    found = kept.find(town.platform.database, MACHINE.eyes, REGION, mine.id)
    assert found is not None
    assert found.booking.status is BookingStatus.MISSED


def test_what_is_stored_is_what_the_history_makes_of_it(town: Town) -> None:
    differences: list[str] = []
    replay(town.platform, lambda difference: differences.append(str(difference)))
    assert [line for line in differences if "booking" in line] == []
