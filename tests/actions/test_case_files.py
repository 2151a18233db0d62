"""Meetings, site visits and checklists through the real door: clock, step, documents and notices follow."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from PIL import Image
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    REVIEWER,
    SECOND_INSPECTOR,
    SOIL,
    Town,
)

from banjie.actions.case_files import about_of
from banjie.actions.checklists import counted, grounds, tick
from banjie.actions.meetings import act_on_meeting, begin
from banjie.actions.replay import Difference, replay
from banjie.actions.site_visits import Upload, act_on_visit, photos_of, plan
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Law, Stage
from banjie.engine.cases.acts import Accept, Claim, FinishStep, StartReview
from banjie.engine.checklists import Mark, Verdict
from banjie.engine.meetings import MeetingKind, MeetingStatus, acts
from banjie.engine.meetings.acts import Invited, Said, Stand
from banjie.engine.site_visits import Finding, VisitStatus
from banjie.engine.site_visits import acts as visits
from banjie.engine.subject import Refused
from banjie.records import case_files, cases, documents, messages
from banjie.records.cases import Found
from banjie.records.people import MACHINE

TODAY = date(2026, 11, 24)
ENGINEER = "fanhemu"
EXPERTS = tuple(Invited(f"e-{name}", name, speciality="水土保持") for name in ("蒲听泉", "温如岫", "邬千帆"))


@pytest.fixture(autouse=True)
def morning(town: Town) -> None:
    town.clock.set(TODAY)


def case(town: Town, number: str) -> tuple[Found, Law]:
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return found, town.platform.laws.law(REGION, found.case.item, found.case.edition)


def in_review(town: Town, item: str, who: str = REVIEWER, person: str = AGENT, **wishes: object) -> str:
    number = town.submit(person, item, **wishes).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(who, number, StartReview())
    return number


def kinds(town: Town, number: str) -> list[str]:
    found, _ = case(town, number)
    return [row.kind for row in documents.of_case(town.platform.database, MACHINE.eyes, REGION, found.id)]


def call(town: Town, number: str, kind: MeetingKind, day: date, **changes: object) -> acts.CallMeeting:
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)
    given: dict[str, object] = {
        "kind": kind,
        "about": about_of(*case(town, number)),
        "subject": "方案评审",
        "agenda": "逐项评审",
        "starts": starts,
        "ends": starts + timedelta(hours=2),
        "place": "三楼会议室",
        "online": "",
        "answer_by": TODAY,
        "chair": HEAD,
        "chair_name": "梅岚亭",
        "invited": EXPERTS,
    }
    return acts.CallMeeting(**given | changes)  # type: ignore[arg-type]  # a test names what it changes


def test_a_panel_stops_the_clock_and_its_minutes_let_it_run_on(town: Town) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    town.act(ENGINEER, number, FinishStep("review", "齐全"))
    engineer, key = town.who(ENGINEER), town.key()
    command = call(town, number, MeetingKind.EXPERT_PANEL, date(2026, 11, 26), procedure="expert_review")
    few = replace(command, invited=())
    with pytest.raises(Refused, match="专家"):
        begin(town.platform, few, actor=engineer, key=town.key(), days=15)
    assert town.case(number).stage is Stage.IN_REVIEW
    meeting = begin(town.platform, command, actor=engineer, key=key, days=15)
    assert begin(town.platform, command, actor=engineer, key=key, days=15) == meeting
    assert town.case(number).stage is Stage.SPECIAL
    assert "special_procedure" in kinds(town, number)
    town.clock.set(date(2026, 11, 26), 11)
    act_on_meeting(
        town.platform,
        acts.HoldMeeting(tuple(one.key for one in EXPERTS)),
        actor=engineer,
        region=REGION,
        meeting=meeting,
        key=town.key(),
    )
    said = tuple(Said(one.key, Stand.AGREE, "可行") for one in EXPERTS)
    minutes, key = acts.MinuteMeeting(said, "方案可行，同意通过", passed=True), town.key()
    for _ in range(2):
        act_on_meeting(town.platform, minutes, actor=town.who(HEAD), region=REGION, meeting=meeting, key=key)
    assert town.case(number).stage is Stage.IN_REVIEW
    town.settle()
    assert kinds(town, number).count("expert_opinion") == 1


def test_a_hearing_is_asked_for_by_the_applicant_called_and_noticed(town: Town) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    offer = acts.OfferHearing(about_of(*case(town, number)), "紧邻居民住宅")
    meeting = begin(town.platform, offer, actor=town.who(ENGINEER), key=town.key())
    applicant = town.who("zhouyibo")
    for stranger in (AGENT, "qinjianlu"):
        assert case_files.meeting(town.platform.database, town.who(stranger).eyes, REGION, meeting) is None
    act_on_meeting(town.platform, acts.AskHearing(), actor=applicant, region=REGION, meeting=meeting, key=town.key())
    command = call(town, number, MeetingKind.HEARING, date(2026, 12, 10), invited=())
    called = begin(town.platform, command, actor=town.who(HEAD), key=town.key(), meeting=meeting)
    assert called == meeting
    town.settle()
    row = case_files.meeting(town.platform.database, applicant.eyes, REGION, meeting)
    assert row is not None
    assert row.meeting.status is MeetingStatus.CALLED
    assert {"hearing_rights", "hearing_notice"} <= set(kinds(town, number))
    told = messages.of_parties(town.platform.database, applicant.eyes, [town.case(number).holder.id])
    assert any("听证通知" in one.subject for one in told)


def test_a_right_nobody_asks_for_lapses_by_itself(town: Town) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    offer = acts.OfferHearing(about_of(*case(town, number)), "紧邻居民住宅")
    meeting = begin(town.platform, offer, actor=town.who(ENGINEER), key=town.key())
    town.clock.set(date(2026, 12, 2))
    town.settle()
    row = case_files.meeting(town.platform.database, MACHINE.eyes, REGION, meeting)
    assert row is not None
    assert row.meeting.status is MeetingStatus.LAPSED


def photo_with_notes() -> io.BytesIO:
    picture, into = Image.new("RGB", (64, 48), "navy"), io.BytesIO()
    notes = Image.Exif()
    notes.get_ifd(0x8769)[0x9003] = "2026:11:24 09:05:00"
    place = notes.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (30.0, 30.0, 0.0), "E", (112.0, 30.0, 0.0)
    picture.save(into, "JPEG", exif=notes)
    into.seek(0)
    return into


def test_a_photograph_is_freed_of_its_notes_and_they_are_kept_beside_it(town: Town) -> None:
    (photo,) = photos_of(town.platform, [Upload("厨房.jpg", photo_with_notes())])
    assert photo.taken_at == datetime(2026, 11, 24, 9, 5, tzinfo=CHINA)
    assert photo.place == visits.Place.at(30.5, 112.5)
    kept = Image.open(io.BytesIO(town.platform.files.get(photo.sha256)))
    assert not kept.getexif().get_ifd(0x8825)


def visited(town: Town, number: str) -> str:
    command = visits.PlanSiteVisit(
        about=about_of(*case(town, number)),
        step="site_visit",
        starts=town.clock(),
        order=1,
        address="澜江市江左区望江路 118 号一层",
        matter="看布局",
        visitors=(visits.Visitor(INSPECTOR, "康远舟"), visits.Visitor(SECOND_INSPECTOR, "唐霜林")),
        points=(visits.Point("a", "布局合理"),),
    )
    return plan(town.platform, command, actor=town.who(REVIEWER), key=town.key())


def test_the_step_on_the_spot_is_done_when_both_have_signed(town: Town) -> None:
    number = in_review(town, FOOD)
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    visit = visited(town, number)

    def act(who: str, command: visits.Command, key: str = "") -> bool:
        return act_on_visit(
            town.platform, command, actor=town.who(who), region=REGION, visit=visit, key=key or town.key()
        )

    photos = photos_of(town.platform, [Upload("厨房.jpg", photo_with_notes(), "a")])
    record, key = visits.RecordFindings((visits.Found("a", Finding.MET),), photos=photos), town.key()
    assert act(INSPECTOR, record, key)
    assert not act(INSPECTOR, record, key)
    act(INSPECTOR, visits.NoteApplicant(signed=True, person="夏春禾"))
    sign = visits.SignSiteVisit(passed=True, opinion="现场与申报一致")
    act(INSPECTOR, sign)
    assert town.case(number).active == ("site_visit",)
    key = town.key()
    act(SECOND_INSPECTOR, sign, key)
    act(SECOND_INSPECTOR, sign, key)
    assert town.case(number).done["site_visit"] == "pass"
    row = case_files.visit(town.platform.database, MACHINE.eyes, REGION, visit)
    assert row is not None
    assert row.visit.status is VisitStatus.DONE
    assert kinds(town, number).count("site_visit") == 1
    town.settle()


def test_ticks_are_kept_and_seen_by_the_office_alone(town: Town) -> None:
    number = in_review(town, FOOD)
    found, law = case(town, number)
    (target, point), *rest = grounds(found, law)
    marks = (
        Mark(target, point, Verdict.NOT_MET, "没有备餐间"),
        *(Mark(one, words, Verdict.MET) for one, words in rest),
    )
    key = town.key()
    assert tick(town.platform, found, law, marks, actor=town.who(REVIEWER), key=key)
    assert not tick(town.platform, found, law, marks, actor=town.who(REVIEWER), key=key)
    known = case_files.checklist(town.platform.database, town.who(DECIDER).eyes, REGION, found.id)
    assert counted(known, found, law).not_met == 1
    assert counted(known, found, law).ticked == len(rest) + 1
    for other in (AGENT, "qinjianlu", "ruanzuolan"):
        assert not case_files.checklist(town.platform.database, town.who(other).eyes, REGION, found.id).ticks


def test_everything_can_be_rebuilt_from_its_history(town: Town) -> None:
    found: list[Difference] = []
    replay(town.platform, found.append)
    assert [one for one in found if one.kind in ("meeting", "site_visit", "checklist")] == []
