"""The law of site visits: two officials, every point, all signatures; and photographs that tell on themselves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from banjie.engine.calendar import CHINA
from banjie.engine.case_files import About
from banjie.engine.codec import decode, encode
from banjie.engine.permissions import LAW, Actor, Role
from banjie.engine.site_visits import (
    KINDS,
    NAMES,
    STATUSES,
    Command,
    Finding,
    SiteVisit,
    VisitStatus,
    acts,
    decide,
    doubts,
    evolve,
)
from banjie.engine.site_visits.acts import Found, Photo, Place, Point, Visitor
from banjie.engine.site_visits.documents import record_of
from banjie.engine.site_visits.state import metres
from banjie.engine.subject import Refused

ABOUT = About(
    "00000000-0000-0000-0000-000000000001", "990100-1", "990100", "item", "食品经营", "bureau", "审批局", "c-1"
)
KANG = Actor("kang", "康远舟", frozenset({Role.REVIEWER}), offices=frozenset({"bureau"}))
TANG = Actor("tang", "唐霜林", frozenset({Role.REVIEWER}), offices=frozenset({"bureau"}))
OTHER = Actor("shen", "沈秋白", frozenset({Role.REVIEWER}), offices=frozenset({"bureau"}))
STRANGER = Actor("qin", "秦见鹿", frozenset({Role.REVIEWER}), offices=frozenset({"traffic"}))
NOW = datetime(2026, 11, 24, 9, tzinfo=CHINA)
SPOT = Place.at(30.5, 112.5)

PLAN = acts.PlanSiteVisit(
    about=ABOUT,
    step="site_visit",
    starts=NOW + timedelta(hours=1),
    order=1,
    address="望江路 118 号",
    matter="",
    visitors=(Visitor("kang", "康远舟"), Visitor("tang", "唐霜林")),
    points=(Point("a", "布局合理", "floor_plan"), Point("b", "面积相符", "floor_plan")),
)
ALL_MET = acts.RecordFindings((Found("a", Finding.MET), Found("b", Finding.MET)))
NOTED = acts.NoteApplicant(signed=True, person="夏春禾")
PASS = acts.SignSiteVisit(passed=True, opinion="一致")


def after(*steps: tuple[Actor, Command]) -> SiteVisit:
    visit = SiteVisit()
    for actor, command in steps:
        for event in decide(visit, command, actor=actor, now=NOW):
            assert decode(KINDS[type(event).__name__], encode(event)) == event
            visit = evolve(visit, event)
    assert decode(SiteVisit, encode(visit)) == visit
    return visit


def refused(visit: SiteVisit, command: Command, actor: Actor = KANG) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(visit, command, actor=actor, now=NOW)
    return caught.value


def test_every_act_has_a_name_a_status_and_a_right() -> None:
    assert {command.__name__ for command in NAMES} == set(STATUSES)
    assert {command.__name__ for command in NAMES} <= set(LAW)


# What is changed of a plan, and what is then said.
PLANS = {
    "alone": ({"visitors": PLAN.visitors[:1]}, "2 名以上"),
    "twice the same": ({"visitors": (*PLAN.visitors, PLAN.visitors[0])}, "两次"),
    "yesterday": ({"starts": NOW - timedelta(days=1)}, "已经过去"),
    "nothing to see": ({"points": ()}, "核查要点"),
    "nowhere": ({"address": " "}, "核查地址"),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_cannot_stand_is_refused(name: str) -> None:
    changes, words = PLANS[name]
    assert words in refused(SiteVisit(), replace(PLAN, **changes)).reason  # type: ignore[arg-type]  # the table's own


def test_only_the_visitors_record_and_sign() -> None:
    planned = after((OTHER, PLAN))
    assert "康远舟、唐霜林" in refused(planned, ALL_MET, OTHER).reason
    assert refused(planned, ALL_MET, STRANGER).rule == "办件权限表"


def test_what_is_not_met_is_described_and_cannot_pass() -> None:
    planned = after((OTHER, PLAN))
    assert refused(planned, acts.RecordFindings((Found("b", Finding.NOT_MET),))).field == "words:b"
    bad = acts.RecordFindings((Found("a", Finding.MET), Found("b", Finding.NOT_MET, "差 8 平方米")))
    visit = after((OTHER, PLAN), (KANG, bad), (KANG, NOTED))
    assert "不能是“通过”" in refused(visit, PASS).reason
    mended = after((OTHER, PLAN), (KANG, bad), (TANG, ALL_MET), (KANG, NOTED), (KANG, PASS))
    assert mended.passed


def test_both_sign_after_the_applicant_and_agree() -> None:
    assert (
        "没有记录"
        in refused(after((OTHER, PLAN), (KANG, acts.RecordFindings((Found("a", Finding.MET),)))), PASS).reason
    )
    recorded = after((OTHER, PLAN), (KANG, ALL_MET))
    assert "申请人" in refused(recorded, PASS).reason
    assert refused(recorded, acts.NoteApplicant(signed=False, person="夏春禾")).field == "reason"
    first = after((OTHER, PLAN), (KANG, ALL_MET), (KANG, NOTED), (KANG, PASS))
    assert first.status is VisitStatus.RECORDED
    assert "不一致" in refused(first, acts.SignSiteVisit(passed=False, opinion="不同意"), TANG).reason
    assert "签署过" in refused(first, PASS, KANG).reason
    assert "不能再改" in refused(first, ALL_MET, TANG).reason
    done = evolve(first, decide(first, PASS, actor=TANG, now=NOW)[0])
    assert done.status is VisitStatus.DONE
    record = record_of(done)
    assert record.result == "通过"
    assert [line.finding for line in record.lines] == ["符合", "符合"]


def test_a_visit_is_not_recorded_before_its_day_but_may_be_moved_to_it() -> None:
    planned = after((OTHER, replace(PLAN, starts=NOW + timedelta(days=3))))
    assert "没有到" in refused(planned, ALL_MET).reason
    moved = after((OTHER, replace(PLAN, starts=NOW + timedelta(days=3))), (OTHER, acts.MoveSiteVisit(NOW, 2, "提前")))
    assert decide(moved, ALL_MET, actor=KANG, now=NOW)


# Hours after the visit and degrees north of it, and what the photograph then says against itself.
PHOTOS = (
    (0, 0.0, 0),
    (11, 0.001, 0),
    (13, 0.0, 1),
    (-30, 0.02, 2),
    (None, 0.0, 1),
    (0, None, 1),
)


@pytest.mark.parametrize(("hours", "north", "number"), PHOTOS)
def test_a_photograph_from_elsewhere_or_another_day_says_so(
    hours: int | None, north: float | None, number: int
) -> None:
    visit = after((OTHER, replace(PLAN, place=SPOT)))
    assert visit.starts is not None
    photo = Photo(
        "0" * 64,
        "a.jpg",
        "image/jpeg",
        1,
        taken_at=None if hours is None else visit.starts + timedelta(hours=hours),
        place=None if north is None else Place.at(30.5 + north, 112.5),
    )
    assert len(doubts(visit, photo)) == number


def test_a_degree_of_latitude_is_some_hundred_and_eleven_kilometres() -> None:
    assert metres(SPOT, Place.at(31.5, 112.5)) == pytest.approx(111_195, rel=0.001)
    assert metres(SPOT, SPOT) == 0
