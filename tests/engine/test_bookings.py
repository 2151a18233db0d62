"""预约 as law: what is possible in which status, how early and late, and that replaying gives the state."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.bookings import (
    KINDS,
    NAMES,
    STATUSES,
    USUAL,
    Booking,
    BookingStatus,
    BookSlot,
    CancelBooking,
    CheckIn,
    Command,
    Custom,
    Event,
    MissBooking,
    MoveBooking,
    RemindBooking,
    Slot,
    bookable,
    decide,
    evolve,
    slots_on,
)
from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode, encode
from banjie.engine.filing import Party
from banjie.engine.opening_hours import OpeningHours
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.subject import Refused
from banjie.wiring import calendar_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)
HER = Actor("linzhao", "林照", frozenset({Role.APPLICANT}), parties=frozenset({"p-linzhao"}))
STRANGER = Actor("zhouyibo", "周一帛", frozenset({Role.APPLICANT}), parties=frozenset({"p-zhouyibo"}))
CUSTOM = Custom()


def slot(hours: float, now: datetime = NOW) -> Slot:
    starts = now + timedelta(hours=hours)
    return Slot(starts, starts + timedelta(minutes=30))


def wish(hours: float = 25) -> BookSlot:
    return BookSlot(
        "12345678",
        "city_hall",
        "中心",
        "general",
        "综合业务",
        "general",
        "综合业务",
        Party("p-linzhao", "林照"),
        slot(hours),
    )


def after(*events: Event) -> Booking:
    booking = Booking()
    for event in events:
        booking = evolve(booking, event)
    return booking


BOOKED = after(*decide(Booking(), wish(), actor=HER, now=NOW))
STATES = {
    BookingStatus.NONE: Booking(),
    BookingStatus.BOOKED: BOOKED,
    BookingStatus.CANCELLED: evolve(BOOKED, decide(BOOKED, CancelBooking(), actor=HER, now=NOW)[0]),
    BookingStatus.ARRIVED: evolve(
        BOOKED, decide(BOOKED, CheckIn("A001"), actor=SYSTEM, now=NOW + timedelta(hours=25))[0]
    ),
    BookingStatus.MISSED: evolve(BOOKED, decide(BOOKED, MissBooking(), actor=SYSTEM, now=NOW + timedelta(hours=26))[0]),
}
COMMANDS: dict[type[Command], Command] = {
    BookSlot: wish(30),
    MoveBooking: MoveBooking(slot(48)),
    CancelBooking: CancelBooking(),
    RemindBooking: RemindBooking(),
    CheckIn: CheckIn("A002"),
    MissBooking: MissBooking(),
}


@pytest.mark.parametrize("status", STATES, ids=str)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda kind: kind.__name__)
def test_the_table_says_what_is_possible(status: BookingStatus, command: type[Command]) -> None:
    actor = HER if command in (BookSlot, MoveBooking, CancelBooking) else SYSTEM
    booking, now = STATES[status], NOW + timedelta(hours=25, minutes=25) if command in (CheckIn, MissBooking) else NOW
    repeated = {
        BookingStatus.BOOKED: BookSlot,
        BookingStatus.CANCELLED: CancelBooking,
        BookingStatus.ARRIVED: CheckIn,
        BookingStatus.MISSED: MissBooking,
    }
    if repeated.get(status) is command:
        assert decide(booking, COMMANDS[command], actor=actor, now=now) == ()
    elif status in STATUSES[command.__name__]:
        assert decide(booking, COMMANDS[command], actor=actor, now=now)
    else:
        if status is BookingStatus.NONE and command in (MoveBooking, CancelBooking):
            booking = Booking(holder=Party("p-linzhao", "林照"))
        with pytest.raises(Refused) as refused:
            decide(booking, COMMANDS[command], actor=actor, now=now)
        assert refused.value.rule == "预约状态表"


def test_every_command_has_its_line_and_its_name() -> None:
    assert {kind.__name__ for kind in NAMES} == set(STATUSES) == {kind.__name__ for kind in COMMANDS}
    assert len(KINDS) == len(NAMES)


@pytest.mark.parametrize("command", [wish(), MoveBooking(slot(48)), CancelBooking()], ids=["约", "改", "取消"])
def test_only_her_own_people_book_move_and_cancel(command: Command) -> None:
    for actor in (STRANGER, SYSTEM):
        with pytest.raises(Refused, match="没有被授权"):
            decide(Booking() if isinstance(command, BookSlot) else BOOKED, command, actor=actor, now=NOW)


@pytest.mark.parametrize("command", [RemindBooking(), CheckIn("A001"), MissBooking()], ids=["提醒", "取号", "爽约"])
def test_the_rest_the_platform_does(command: Command) -> None:
    with pytest.raises(Refused, match="系统"):
        decide(BOOKED, command, actor=HER, now=NOW)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(-1, "快到了"), (0.5, "快到了"), (24 * 8, "只能预约 7 天以内")],
    ids=["过去", "太近", "太远"],
)
def test_too_soon_and_too_far(hours: float, words: str) -> None:
    with pytest.raises(Refused, match=words):
        decide(Booking(), wish(hours), actor=HER, now=NOW)
    with pytest.raises(Refused, match=words):
        decide(BOOKED, MoveBooking(slot(hours)), actor=HER, now=NOW)


def test_shortly_before_it_can_be_cancelled_but_not_moved() -> None:
    late = NOW + timedelta(hours=24, minutes=30)
    with pytest.raises(Refused, match="不能再改"):
        decide(BOOKED, MoveBooking(slot(48)), actor=HER, now=late)
    assert decide(BOOKED, CancelBooking(), actor=HER, now=late)


def test_one_comes_on_the_day_and_not_too_early() -> None:
    assert BOOKED.slot is not None
    starts = BOOKED.slot.starts
    with pytest.raises(Refused, match="不是今天"):
        decide(BOOKED, CheckIn("A001"), actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="来早了"):
        decide(BOOKED, CheckIn("A001"), actor=SYSTEM, now=starts - timedelta(minutes=31))
    assert decide(BOOKED, CheckIn("A001"), actor=SYSTEM, now=starts - timedelta(minutes=30))
    missed = STATES[BookingStatus.MISSED]
    assert decide(missed, CheckIn("A001"), actor=SYSTEM, now=starts + timedelta(hours=2)), "迟到了也有号"


def test_she_is_reminded_once_a_day_before_and_again_after_moving() -> None:
    assert BOOKED.slot is not None
    assert BOOKED.remind_at(USUAL) == BOOKED.slot.starts - timedelta(days=1)
    reminded = evolve(BOOKED, decide(BOOKED, RemindBooking(), actor=SYSTEM, now=NOW)[0])
    assert reminded.remind_at(USUAL) is None
    moved = evolve(reminded, decide(reminded, MoveBooking(slot(50)), actor=HER, now=NOW)[0])
    assert moved.remind_at(USUAL) == slot(50).starts - timedelta(days=1)
    with pytest.raises(Refused, match="还没有到"):
        decide(BOOKED, MissBooking(), actor=SYSTEM, now=BOOKED.slot.starts)


def test_slots_are_whole_and_within_the_hours_on_the_door() -> None:
    hours, calendar = OpeningHours.read("工作日 9:00—12:10、13:00—17:00"), calendar_of("990100")
    assert hours is not None
    found = slots_on(hours, calendar, date(2026, 11, 24), CUSTOM)
    assert [found[0].words, found[5].words, found[6].words, found[-1].words] == [
        "9:00—9:30",
        "11:30—12:00",
        "13:00—13:30",
        "16:30—17:00",
    ]
    assert slots_on(hours, calendar, date(2026, 11, 28), CUSTOM) == (), "周六"
    days = list(bookable(hours, calendar, NOW, CUSTOM))
    assert days[0][1][0].starts == NOW + timedelta(hours=1)
    assert [day for day, _ in days] == [date(2026, 11, 24 + n) for n in (0, 1, 2, 3, 6)] + [date(2026, 12, 1)]


@given(st.lists(st.sampled_from(list(COMMANDS)), max_size=8), st.integers(0, 40))
def test_any_course_replays_to_its_state(kinds: list[type[Command]], hours: int) -> None:
    booking, events = Booking(), list[Event]()
    for kind in kinds:
        for actor in (HER, SYSTEM):
            try:
                new = decide(booking, COMMANDS[kind], actor=actor, now=NOW + timedelta(hours=hours))
            except Refused:
                continue
            for event in new:
                booking = evolve(booking, event)
            events.extend(new)
    stored = [(type(event).__name__, encode(event)) for event in events]
    assert after(*(decode(KINDS[name], data) for name, data in stored)) == booking
