"""叫号 in the town: numbers without a gap, two windows never call the same one, bookings come in at their time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from tests.actions.at_hall import HALL, OTHER_WINDOW, WINDOW, booked, group, slot, the_hall
from tests.town import CLERK, REGION, Town

from banjie.actions import queues as line
from banjie.actions.replay import replay
from banjie.demo.counter import fill_the_hall
from banjie.engine.queue_turns import Priority
from banjie.engine.queues import BeginService, FinishService, MarkAbsent, RejoinQueue, TicketStatus, TransferNumber
from banjie.engine.subject import Refused
from banjie.records import bookings as kept
from banjie.records import queues
from banjie.records.people import MACHINE
from banjie.records.queues import TicketRow

SECOND = "huangshiqi"
_days = iter(range(2, 60))


@pytest.fixture(autouse=True)
def a_day_of_its_own(town: Town) -> date:
    """Every test has a hall that is empty in the morning: a working day nobody else uses."""
    day = date(2027, 3, 1) + timedelta(days=next(_days))
    while not town.platform.laws.calendar(REGION).is_working(day):
        day = date(2027, 3, 1) + timedelta(days=next(_days))
    town.clock.set(day)
    return day


def took(town: Town, key: str = "general", priority: Priority = Priority.NONE) -> TicketRow:
    return line.take(town.platform, the_hall(town), group(key), priority=priority)


def called(town: Town, clerk: str = CLERK, window: str = WINDOW) -> str:
    row = line.call_next(town.platform, the_hall(town), window, actor=town.who(clerk))
    return row.ticket.number if row else ""


def now(town: Town, row: TicketRow) -> TicketRow:
    found = queues.find(town.platform.database, MACHINE.eyes, REGION, row.id)
    assert found is not None
    return found


def finish(town: Town, clerk: str = CLERK, minutes: int = 10) -> None:
    row = queues.of_account(town.platform.database, clerk)
    assert row is not None
    if row.ticket.status is TicketStatus.CALLED:
        line.act_on_ticket(town.platform, BeginService(), row, actor=town.who(clerk))
    town.clock.move(minutes=minutes)
    line.act_on_ticket(town.platform, FinishService(), row, actor=town.who(clerk))


def test_numbers_have_no_gap_however_many_press_at_once(town: Town) -> None:
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(lambda n: took(town, "general" if n % 2 else "enterprise"), range(24)))
    assert sorted(row.ticket.serial for row in rows) == list(range(1, 25))
    assert {row.ticket.number[0] for row in rows} == {"A", "B"}


def test_pressed_twice_is_one_number(town: Town) -> None:
    hall = the_hall(town)
    first = line.take(town.platform, hall, group(), key="0123456789")
    assert line.take(town.platform, hall, group(), key="0123456789") == first
    assert took(town).ticket.serial == 2


def test_two_windows_that_call_at_once_get_two_people(town: Town) -> None:
    for _ in range(6):
        took(town)
    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(lambda pair: called(town, *pair), ((CLERK, WINDOW), (SECOND, OTHER_WINDOW))))
    assert set(numbers) == {"B001", "B002"}
    finish(town)
    finish(town, SECOND)


def test_a_window_calls_only_its_own_queues_and_one_at_a_time(town: Town) -> None:
    took(town, "construction")
    assert called(town) == ""
    took(town)
    assert called(town) == "B002"
    took(town)
    with pytest.raises(Refused, match="您还在办 B002"):
        called(town)
    finish(town)
    assert called(town) == "B003"
    finish(town)


def test_the_old_come_sooner_and_a_booking_at_its_time(town: Town, a_day_of_its_own: date) -> None:
    town.clock.set(a_day_of_its_own - timedelta(days=3))
    hers = booked(town, "linzhao", "p-linzhao", slot(town, a_day_of_its_own, 9, 30))
    town.clock.set(a_day_of_its_own)
    took(town)
    town.clock.move(minutes=5)
    took(town, priority=Priority.ELDER)
    ticket = line.check_in(town.platform, the_hall(town), hers.booking.code)
    assert line.check_in(town.platform, the_hall(town), hers.booking.code) == ticket
    assert called(town) == "B002"
    finish(town, minutes=1)
    took(town)
    town.clock.move(minutes=25)
    assert called(town) == ticket.ticket.number
    finish(town, minutes=1)
    found = kept.find(town.platform.database, MACHINE.eyes, REGION, hers.id)
    assert found is not None
    assert found.booking.number == ticket.ticket.number


def test_a_code_of_nobody_or_of_another_day_gives_no_number(town: Town, a_day_of_its_own: date) -> None:
    with pytest.raises(Refused, match="没有找到这个预约码"):
        line.check_in(town.platform, the_hall(town), "00000000")
    later = a_day_of_its_own + timedelta(days=1)
    while not town.platform.laws.calendar(REGION).is_working(later):
        later += timedelta(days=1)
    hers = booked(town, "linzhao", "p-linzhao", slot(town, later, 9))
    with pytest.raises(Refused, match="不是今天"):
        line.check_in(town.platform, the_hall(town), hers.booking.code)
    assert took(town).ticket.serial == 1, "没取成的号不占号"


def test_who_missed_the_call_comes_back_and_who_is_sent_on_keeps_her_place(town: Town) -> None:
    first, second = took(town), took(town)
    called(town)
    line.act_on_ticket(town.platform, MarkAbsent(), first, actor=town.who(CLERK))
    assert called(town) == second.ticket.number
    with pytest.raises(Refused, match="没有这个队"):
        line.act_on_ticket(town.platform, TransferNumber("x", "走错了"), second, actor=town.who(CLERK))
    line.act_on_ticket(town.platform, TransferNumber("delivery", "来领证"), second, actor=town.who(CLERK))
    line.act_on_ticket(town.platform, RejoinQueue(), first, actor=town.who(CLERK))
    waiting = queues.waiting(town.platform.database, REGION, HALL, town.platform.today())
    assert waiting == {"general": 1, "delivery": 1}


def test_how_one_stands_in_the_line(town: Town) -> None:
    rows = [took(town) for _ in range(4)]
    assert [line.standing_in_line(town.platform, row).ahead for row in rows] == [0, 1, 2, 3]
    elder = took(town, priority=Priority.ELDER)
    assert line.standing_in_line(town.platform, elder).ahead == 0
    assert line.standing_in_line(town.platform, rows[0]).ahead == 1
    assert line.standing_in_line(town.platform, rows[3]).minutes > 0


def test_the_evening_clears_the_hall(town: Town, a_day_of_its_own: date) -> None:
    left = took(town)
    town.settle()
    assert now(town, left).ticket.status is TicketStatus.WAITING
    town.clock.set(a_day_of_its_own + timedelta(days=1), 0)
    town.settle()
    assert now(town, left).ticket.status is TicketStatus.LAPSED


def test_a_clerk_cannot_write_a_number_past_the_law(town: Town) -> None:
    row = took(town)
    with town.platform.database.seen_by(town.who(CLERK).eyes) as cursor:
        changed = cursor.execute("UPDATE queue_tickets SET status = 'done' WHERE id = %s", (row.id,)).rowcount
    assert changed == 0


def test_what_is_stored_is_what_the_history_makes_of_it(town: Town) -> None:
    differences: list[str] = []
    replay(town.platform, lambda difference: differences.append(str(difference)))
    assert [one for one in differences if "ticket" in one or "booking" in one] == []


def test_the_demos_hall_has_people_at_windows_and_people_who_wait(town: Town) -> None:
    town.clock.move(hours=2)
    assert fill_the_hall(town.platform) == 13
    found = queues.line(town.platform.database, REGION, HALL, town.platform.today())
    assert len(found.at_windows) == 2
    assert sum(found.waiting.values()) >= 5
    assert len(found.absent) == 1
