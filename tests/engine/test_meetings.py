"""The law of meetings: what is refused stands beside what is possible."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.case_files import About
from banjie.engine.codec import decode, encode
from banjie.engine.meetings import (
    KINDS,
    NAMES,
    STATUSES,
    Command,
    Meeting,
    MeetingKind,
    MeetingStatus,
    acts,
    decide,
    evolve,
)
from banjie.engine.meetings.acts import Invited, Reply, Said, Stand
from banjie.engine.meetings.documents import document_of
from banjie.engine.permissions import LAW, SYSTEM, Actor, Role
from banjie.engine.subject import Refused
from banjie.packs.calendars import load_calendar

ABOUT = About(
    "00000000-0000-0000-0000-000000000001", "990100-1", "990100", "item", "水土保持", "bureau", "审批局", "c-1"
)
REVIEWER = Actor("fan", "范禾木", frozenset({Role.REVIEWER}), offices=frozenset({"bureau"}))
HEAD = Actor("mei", "梅岚亭", frozenset({Role.HEAD}), offices=frozenset({"bureau"}))
TRAFFIC = Actor("qin", "秦见鹿", frozenset({Role.REVIEWER}), offices=frozenset({"traffic"}))
APPLICANT = Actor("zhou", "周一帛", frozenset({Role.APPLICANT}), parties=frozenset({"c-1"}))
NOW = datetime(2026, 11, 24, 10, tzinfo=CHINA)
EXPERTS = tuple(Invited(f"e-{name}", name, speciality="水土保持") for name in ("蒲听泉", "温如岫", "邬千帆"))
CALENDAR = load_calendar(files("banjie") / "content" / "calendars", "990100")


def call(
    kind: MeetingKind = MeetingKind.EXPERT_PANEL, day: date = date(2026, 12, 1), **changes: object
) -> acts.CallMeeting:
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)
    command = acts.CallMeeting(
        kind=kind,
        about=ABOUT,
        subject="方案评审",
        agenda="逐项评审",
        starts=starts,
        ends=starts + timedelta(hours=2),
        place="三楼会议室",
        online="",
        answer_by=date(2026, 11, 30) if day > date(2026, 11, 30) else day,
        chair="mei",
        chair_name="梅岚亭",
        invited=EXPERTS if kind is MeetingKind.EXPERT_PANEL else (Invited("o-traffic", "交警支队", office="traffic"),),
    )
    return replace(command, **changes)  # type: ignore[arg-type]  # a test names what it changes


def after(*steps: tuple[Actor, Command, datetime]) -> Meeting:
    meeting = Meeting()
    for actor, command, at in steps:
        for event in decide(meeting, command, actor=actor, now=at, calendar=CALENDAR):
            assert decode(KINDS[type(event).__name__], encode(event)) == event
            meeting = evolve(meeting, event)
    return meeting


def refused(meeting: Meeting, command: Command, actor: Actor, at: datetime = NOW) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(meeting, command, actor=actor, now=at, calendar=CALENDAR)
    return caught.value


OFFER = acts.OfferHearing(ABOUT, "紧邻居民住宅")
HELD = datetime(2026, 12, 1, 11, tzinfo=CHINA)


def test_every_act_has_a_name_a_status_and_a_right() -> None:
    assert {command.__name__ for command in NAMES} == set(STATUSES)
    assert {command.__name__ for command in NAMES} <= set(LAW)


def test_a_hearing_is_offered_asked_within_five_days_and_held_within_twenty() -> None:
    offered = after((REVIEWER, OFFER, NOW))
    assert offered.ask_until == date(2026, 12, 1)
    late = refused(offered, acts.AskHearing(), APPLICANT, datetime(2026, 12, 2, 9, tzinfo=CHINA))
    assert late.rule == "行政许可法第四十七条"
    asked = after((REVIEWER, OFFER, NOW), (APPLICANT, acts.AskHearing(), NOW))
    assert asked.hold_by == date(2026, 12, 22)
    assert asked.status is MeetingStatus.ASKED
    assert document_of(decide(Meeting(), OFFER, actor=REVIEWER, now=NOW, calendar=CALENDAR)[0], offered) is not None


# Day of the hearing and what is said of it; notice is given, and the hearing was asked for, on 24 November 2026.
HEARING_DAYS = """
2026-11-27 提前 7 个工作日
2026-12-02 提前 7 个工作日
2026-12-03
2026-12-22
2026-12-23 20 个工作日内
"""


@pytest.mark.parametrize("line", HEARING_DAYS.strip().splitlines())
def test_a_hearing_is_announced_seven_days_before_and_held_in_time(line: str) -> None:
    day, _, words = line.partition(" ")
    asked = after((REVIEWER, OFFER, NOW), (APPLICANT, acts.AskHearing(), NOW))
    command = call(MeetingKind.HEARING, date.fromisoformat(day))
    if words:
        assert words in refused(asked, command, HEAD).reason
    else:
        assert decide(asked, command, actor=HEAD, now=NOW, calendar=CALENDAR)


def test_whoever_has_dealt_with_the_case_does_not_preside_over_its_hearing() -> None:
    command = call(MeetingKind.HEARING, date(2026, 12, 10), handlers=("mei",))
    assert "不能主持" in refused(Meeting(), command, REVIEWER).reason


# What is changed of a call, and what is then said.
CALLS = {
    "two experts": ({"invited": EXPERTS[:2]}, "至少要 3 名专家"),
    "an interest": (
        {"invited": (*EXPERTS, Invited("e-x", "简知秋", speciality="岩土", interest="参与编制"))},
        "应当回避",
    ),
    "no speciality": ({"invited": (*EXPERTS, Invited("e-x", "简知秋"))}, "专业"),
    "twice": ({"invited": (*EXPERTS, EXPERTS[0])}, "两次"),
    "no agenda": ({"agenda": " "}, "议程"),
    "in the past": ({"starts": NOW - timedelta(hours=1)}, "已经过去"),
    "ends before": ({"ends": NOW}, "结束时间"),
    "nowhere": ({"place": ""}, "在哪里开"),
    "no chair": ({"chair": ""}, "主持人"),
    "answer too late": ({"answer_by": date(2026, 12, 5)}, "回复的期限"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_cannot_stand_is_refused(name: str) -> None:
    changes, words = CALLS[name]
    assert words in refused(Meeting(), call(**changes), REVIEWER).reason  # type: ignore[arg-type]  # the table's own


def test_an_expert_who_steps_out_leaves_too_few() -> None:
    meeting = after((REVIEWER, call(), NOW), (REVIEWER, acts.RecuseExpert("e-温如岫", "曾参与编制"), NOW))
    everybody = acts.HoldMeeting(tuple(one.key for one in EXPERTS))
    assert "不足 3 名" in refused(meeting, everybody, REVIEWER, HELD).reason


def test_offices_answer_for_themselves_and_no_other_does() -> None:
    meeting = after((REVIEWER, call(MeetingKind.JOINT_REVIEW), NOW))
    answer = acts.AnswerMeeting("o-traffic", Reply.WRITTEN, words="同意", stand=Stand.AGREE)
    assert refused(meeting, answer, REVIEWER).rule == "办件权限表"
    assert meeting.unanswered
    meeting = after((REVIEWER, call(MeetingKind.JOINT_REVIEW), NOW), (TRAFFIC, answer, NOW))
    assert not meeting.unanswered
    assert refused(meeting, replace(answer, words=""), TRAFFIC).field == "words"
    assert refused(meeting, acts.AnswerMeeting("o-traffic", Reply.SEND), TRAFFIC).field == "person"


def minuted(**changes: object) -> acts.MinuteMeeting:
    said = tuple(Said(one.key, Stand.AGREE, "可行") for one in EXPERTS)
    return replace(acts.MinuteMeeting(said, "同意通过", passed=True), **changes)  # type: ignore[arg-type]  # as above


def test_the_chair_signs_minutes_in_which_everybody_is_heard() -> None:
    everybody = tuple(one.key for one in EXPERTS)
    assert "还没有到" in refused(after((REVIEWER, call(), NOW)), acts.HoldMeeting(everybody), REVIEWER).reason
    held = after((REVIEWER, call(), NOW), (REVIEWER, acts.HoldMeeting(everybody), HELD))
    assert "主持人" in refused(held, minuted(), REVIEWER, HELD).reason
    assert "邬千帆" in refused(held, minuted(said=minuted().said[:2]), HEAD, HELD).reason
    against = (*minuted().said[:2], Said("e-邬千帆", Stand.DISAGREE, "选址不当"))
    assert refused(held, minuted(said=against), HEAD, HELD).field == "dissent"
    event = decide(held, minuted(said=against, dissent="已说明"), actor=HEAD, now=HELD, calendar=CALENDAR)[0]
    done = evolve(held, event)
    issued = document_of(event, done)
    assert done.status is MeetingStatus.MINUTED
    assert issued is not None
    assert issued[0] == "expert_opinion"
    assert refused(done, minuted(), HEAD, HELD).rule == "会议状态表"


def test_a_hearing_called_off_is_owed_still() -> None:
    steps = (
        (REVIEWER, OFFER, NOW),
        (APPLICANT, acts.AskHearing(), NOW),
        (HEAD, call(MeetingKind.HEARING, date(2026, 12, 10)), NOW),
        (HEAD, acts.CancelMeeting("主持人生病"), NOW),
    )
    meeting = after(*steps)
    assert meeting.status is MeetingStatus.ASKED
    assert meeting.hold_by == date(2026, 12, 22)


# Status, what runs over, its last day.
OVERRUNS = (
    ((REVIEWER, OFFER, NOW),),
    ((REVIEWER, OFFER, NOW), (APPLICANT, acts.AskHearing(), NOW)),
    ((REVIEWER, call(MeetingKind.JOINT_REVIEW), NOW),),
    ((REVIEWER, call(), NOW), (REVIEWER, acts.HoldMeeting(tuple(one.key for one in EXPERTS)), HELD)),
)


@pytest.mark.parametrize("steps", OVERRUNS)
def test_what_runs_over_its_day_is_marked_once(steps: tuple[tuple[Actor, Command, datetime], ...]) -> None:
    meeting = after(*steps)
    what, day = meeting.dues[0]
    assert meeting.wake_on == day
    mark = acts.MarkOverrun(what)
    assert "没有到期" in refused(meeting, mark, SYSTEM, datetime(day.year, day.month, day.day, 23, tzinfo=CHINA)).reason
    later = datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1)
    marked = evolve(meeting, decide(meeting, mark, actor=SYSTEM, now=later, calendar=CALENDAR)[0])
    assert what not in {one for one, _ in marked.dues}
    assert (marked.status is MeetingStatus.LAPSED) == (what == "asked")


@given(st.text("会议议题abc1", max_size=30), st.sampled_from(list(MeetingStatus)))
def test_any_state_survives_being_kept(words: str, status: MeetingStatus) -> None:
    meeting = Meeting(
        status=status, subject=words, about=ABOUT, starts=datetime(2026, 1, 1, tzinfo=UTC), invited=EXPERTS
    )
    assert decode(Meeting, encode(meeting)) == meeting
