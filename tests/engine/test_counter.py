"""窗口代办 as law: only a window, only the one who opened, only while it lasts, only what the mandate covers."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode, encode
from banjie.engine.counter import (
    KINDS,
    NAMES,
    BeginApplication,
    Command,
    Ending,
    EndSession,
    Event,
    FileAtCounter,
    Identified,
    OpenSession,
    ProlongSession,
    Session,
    SessionStatus,
    decide,
    evolve,
)
from banjie.engine.filing import Party
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.subject import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)
CLERK = Actor("luoxiaoyu", "罗小雨", frozenset({Role.WINDOW}))
OTHER = Actor("huangshiqi", "黄石启", frozenset({Role.WINDOW}))
REVIEWER = Actor("shenqiubai", "沈秋白", frozenset({Role.REVIEWER}))
HER = Party("p-guosuimian", "郭岁绵", "990104197511300024")

OPEN = OpenSession("city_hall", "1 号", HER, "person", HER, "guosuimian", Identified.CARD, 40)
COMMANDS: dict[type[Command], Command] = {
    OpenSession: OPEN,
    BeginApplication: BeginApplication("d1", "FOOD", "食品经营许可", ("姓名",)),
    ProlongSession: ProlongSession(20),
    FileAtCounter: FileAtCounter("990100202611240001", "a" * 64, ("b" * 64,)),
    EndSession: EndSession(),
}


def run(session: Session, command: Command, now: datetime = NOW, actor: Actor = CLERK) -> Session:
    for event in decide(session, command, actor=actor, now=now):
        session = evolve(session, event)
    return session


STARTED = run(Session(), OPEN)


def test_every_command_is_named() -> None:
    assert set(NAMES) == set(COMMANDS)
    assert len(KINDS) == len(NAMES)


def test_a_session_says_who_typed_for_whom_and_what_was_seen() -> None:
    session = run(run(STARTED, COMMANDS[BeginApplication]), COMMANDS[FileAtCounter])
    assert (session.by_name, session.party, session.visitor, session.seen) == ("罗小雨", HER, HER, ("姓名",))
    assert [(one.number, one.item_name) for one in session.filed] == [("990100202611240001", "食品经营许可")]
    ended = run(session, EndSession())
    assert (ended.status, ended.ending, ended.is_open(NOW)) == (SessionStatus.ENDED, Ending.CLERK, False)


@pytest.mark.parametrize("command", list(COMMANDS), ids=lambda kind: kind.__name__)
def test_only_the_window_that_opened(command: type[Command]) -> None:
    start = Session() if command is OpenSession else STARTED
    with pytest.raises(Refused, match="窗口人员"):
        decide(start, COMMANDS[command], actor=REVIEWER, now=NOW)
    if command is not OpenSession:
        with pytest.raises(Refused, match="另一个窗口"):
            decide(start, COMMANDS[command], actor=OTHER, now=NOW)
    if command is not EndSession:
        with pytest.raises(Refused):
            decide(start, COMMANDS[command], actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("command", [BeginApplication, ProlongSession, FileAtCounter], ids=lambda kind: kind.__name__)
def test_nothing_after_its_time_or_its_end(command: type[Command]) -> None:
    for session, now in ((STARTED, NOW + timedelta(minutes=40)), (run(STARTED, EndSession()), NOW)):
        with pytest.raises(Refused, match="已经结束"):
            decide(session, COMMANDS[command], actor=CLERK, now=now)


def test_the_platform_ends_what_has_run_out_and_ending_twice_is_ending_once() -> None:
    ended = run(STARTED, EndSession(Ending.TIME), NOW + timedelta(hours=1), SYSTEM)
    assert ended.ending is Ending.TIME
    assert decide(ended, EndSession(), actor=CLERK, now=NOW) == ()


def test_it_reaches_no_further_than_her_mandate() -> None:
    narrow = run(
        Session(), OpenSession(**{**{name: getattr(OPEN, name) for name in OPEN.__slots__}, "items": ("HYGIENE",)})
    )
    with pytest.raises(Refused, match="授权不包括"):
        decide(narrow, COMMANDS[BeginApplication], actor=CLERK, now=NOW)


def test_it_begins_only_with_a_window_and_somebody_who_was_identified() -> None:
    for changes in ({"hall": ""}, {"visitor": Party("", "")}, {"party": Party("", "")}):
        wrong = OpenSession(**{**{name: getattr(OPEN, name) for name in OPEN.__slots__}, **changes})
        with pytest.raises(Refused):
            decide(Session(), wrong, actor=CLERK, now=NOW)


@given(st.lists(st.tuples(st.sampled_from(list(COMMANDS)), st.integers(0, 30)), max_size=10))
def test_any_course_replays_to_its_state(course: list[tuple[type[Command], int]]) -> None:
    session, events, now = Session(), list[Event](), NOW
    for kind, minutes in course:
        now += timedelta(minutes=minutes)
        try:
            new = decide(session, COMMANDS[kind], actor=CLERK, now=now)
        except Refused:
            continue
        for event in new:
            session = evolve(session, event)
        events.extend(new)
    again = Session()
    for event in events:
        again = evolve(again, decode(KINDS[type(event).__name__], encode(event)))
    assert again == session
