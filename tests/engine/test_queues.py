"""排队叫号 as law: the table of acts, whose turn it is, how long it takes, and that replaying gives the state."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode, encode
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.queue_turns import Custom, Priority, turn_of, wait_minutes
from banjie.engine.queues import (
    KINDS,
    NAMES,
    STATUSES,
    BeginService,
    CallAgain,
    CallNumber,
    Command,
    Event,
    FinishService,
    LapseNumber,
    MarkAbsent,
    RejoinQueue,
    TakeNumber,
    Ticket,
    TicketStatus,
    TransferNumber,
    decide,
    evolve,
    in_turn,
)
from banjie.engine.subject import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)
DAY = date(2026, 11, 24)
CLERK = Actor("luoxiaoyu", "罗小雨", frozenset({Role.WINDOW}))
OTHER = Actor("huangshiqi", "黄石启", frozenset({Role.WINDOW}))
CITIZEN = Actor("linzhao", "林照", frozenset({Role.APPLICANT}))

COMMANDS: dict[type[Command], Command] = {
    TakeNumber: TakeNumber("city_hall", DAY, 1, "general", "B"),
    CallNumber: CallNumber("1 号"),
    CallAgain: CallAgain(),
    MarkAbsent: MarkAbsent(),
    RejoinQueue: RejoinQueue(),
    BeginService: BeginService(),
    FinishService: FinishService(),
    TransferNumber: TransferNumber("enterprise", "要办企业的事"),
    LapseNumber: LapseNumber(),
}


def went(*kinds: type[Command]) -> Ticket:
    ticket = Ticket()
    for kind in kinds:
        actor = SYSTEM if kind in (TakeNumber, LapseNumber) else CLERK
        at = NOW + timedelta(days=1) if kind is LapseNumber else NOW
        for event in decide(ticket, COMMANDS[kind], actor=actor, now=at):
            ticket = evolve(ticket, event)
    return ticket


STATES = {
    TicketStatus.NONE: Ticket(),
    TicketStatus.WAITING: went(TakeNumber),
    TicketStatus.CALLED: went(TakeNumber, CallNumber),
    TicketStatus.SERVING: went(TakeNumber, CallNumber, BeginService),
    TicketStatus.DONE: went(TakeNumber, CallNumber, BeginService, FinishService),
    TicketStatus.ABSENT: went(TakeNumber, CallNumber, MarkAbsent),
    TicketStatus.LAPSED: went(TakeNumber, LapseNumber),
}


@pytest.mark.parametrize("status", STATES, ids=str)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda kind: kind.__name__)
def test_the_table_says_what_is_possible(status: TicketStatus, command: type[Command]) -> None:
    actor = SYSTEM if command in (TakeNumber, LapseNumber) else CLERK
    now = NOW + timedelta(days=1) if command is LapseNumber else NOW
    assert STATES[status].status is status
    if status in STATUSES[command.__name__]:
        assert decide(STATES[status], COMMANDS[command], actor=actor, now=now)
        return
    with pytest.raises(Refused) as refused:
        decide(STATES[status], COMMANDS[command], actor=actor, now=now)
    assert refused.value.rule == "号票状态表"


def test_every_command_has_its_line_and_its_name() -> None:
    assert {kind.__name__ for kind in NAMES} == set(STATUSES) == {kind.__name__ for kind in COMMANDS}
    assert len(KINDS) == len(NAMES)


@pytest.mark.parametrize("command", [kind for kind in COMMANDS if kind not in (TakeNumber, LapseNumber)])
def test_only_a_window_calls(command: type[Command]) -> None:
    for actor in (CITIZEN, SYSTEM):
        with pytest.raises(Refused, match="窗口人员"):
            decide(STATES[TicketStatus.CALLED], COMMANDS[command], actor=actor, now=NOW)


@pytest.mark.parametrize("command", [CallAgain, MarkAbsent, BeginService, TransferNumber])
def test_who_called_goes_on(command: type[Command]) -> None:
    with pytest.raises(Refused, match="正由"):
        decide(STATES[TicketStatus.CALLED], COMMANDS[command], actor=OTHER, now=NOW)


def test_any_window_takes_back_who_missed_the_call_at_the_end_of_the_line() -> None:
    ticket = STATES[TicketStatus.ABSENT]
    later = NOW + timedelta(minutes=20)
    back = evolve(ticket, decide(ticket, RejoinQueue(), actor=OTHER, now=later)[0])
    assert (back.status, back.turn_at, back.window) == (TicketStatus.WAITING, later, "")


def test_whoever_is_sent_on_keeps_her_place_and_a_reason_is_needed() -> None:
    ticket = STATES[TicketStatus.SERVING]
    moved = evolve(ticket, decide(ticket, TransferNumber("enterprise", "走错了"), actor=CLERK, now=NOW)[0])
    assert (moved.turn_at, moved.group, moved.number) == (ticket.turn_at, "enterprise", "B001")
    with pytest.raises(Refused, match="为什么"):
        decide(ticket, TransferNumber("enterprise", " "), actor=CLERK, now=NOW)


def test_a_number_lapses_only_when_its_day_is_over() -> None:
    with pytest.raises(Refused, match="没有结束"):
        decide(STATES[TicketStatus.WAITING], LapseNumber(), actor=SYSTEM, now=NOW + timedelta(hours=10))


# Each line: name, minute of arrival, priority, minute of the booking ("-" for none). Then who is called when.
PEOPLE = """
甲 0   -        -
乙 5   -        -
老 20  elder    -
残 25  disabled -
约 10  -        30
迟 50  -        30
"""
TURNS = """
0   甲
11  甲 乙 约
29  约 老 残 甲 乙
60  约 迟 老 残 甲 乙
"""


def people(minute: int) -> list[tuple[str, Ticket]]:
    found = []
    for serial, line in enumerate(PEOPLE.strip().splitlines(), 1):
        name, came, priority, booked = line.split()
        if int(came) > minute:
            continue
        command = TakeNumber(
            "city_hall",
            DAY,
            serial,
            "general",
            "B",
            Priority("" if priority == "-" else priority),
            booked_for=None if booked == "-" else NOW + timedelta(minutes=int(booked)),
        )
        event = decide(Ticket(), command, actor=SYSTEM, now=NOW + timedelta(minutes=int(came)))[0]
        found.append((name, evolve(Ticket(), event)))
    return found


@pytest.mark.parametrize("line", TURNS.strip().splitlines())
def test_whose_turn_it_is(line: str) -> None:
    minute, *expected = line.split()
    here = people(int(minute))
    names = {ticket.serial: name for name, ticket in here}
    order = in_turn([ticket for _, ticket in here], NOW + timedelta(minutes=int(minute)))
    assert [names[ticket.serial] for ticket in order] == expected


@given(st.integers(0, 500), st.integers(0, 500))
def test_nobody_waits_for_ever(mine: int, others: int) -> None:
    """However many with priority come, whoever came earlier by more than their credit is called first."""
    custom = Custom()
    me, _ = turn_of(NOW + timedelta(minutes=mine), Priority.NONE, None, custom)
    most = max(custom.credit.values())
    them, _ = turn_of(NOW + timedelta(minutes=others), Priority.DISABLED, None, custom)
    assert (me < them) or (others <= mine + most)


@pytest.mark.parametrize(
    ("ahead", "served", "windows", "minutes"),
    [
        (0, (), 2, 0),
        (1, (), 1, 15),
        (4, (), 2, 30),
        (4, (10.0, 12.0, 200.0), 2, 25),
        (3, (1.0, 1.0), 1, 45),
        (1, (2.0, 2.0, 2.0), 0, 5),
    ],
)
def test_about_how_long(ahead: int, served: tuple[float, ...], windows: int, minutes: int) -> None:
    assert wait_minutes(ahead, served, windows, Custom()) == minutes


@given(st.lists(st.sampled_from(list(COMMANDS)), max_size=12))
def test_any_course_replays_to_its_state(kinds: list[type[Command]]) -> None:
    ticket, events = Ticket(), list[Event]()
    for kind in kinds:
        for actor in (SYSTEM, CLERK):
            try:
                new = decide(ticket, COMMANDS[kind], actor=actor, now=NOW)
            except Refused:
                continue
            for event in new:
                ticket = evolve(ticket, event)
            events.extend(new)
    again = Ticket()
    for event in events:
        again = evolve(again, decode(KINDS[type(event).__name__], encode(event)))
    assert again == ticket
