"""Ticks on review points, and what has changed between two filings."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.case_files import About
from banjie.engine.checklists import Checklist, Mark, TickPoints, Verdict, count, decide, evolve
from banjie.engine.differences import Change, Filing, field_changes, paper_changes
from banjie.engine.filing import Paper
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

ABOUT = About(
    "00000000-0000-0000-0000-000000000001", "990100-1", "990100", "item", "食品经营", "bureau", "审批局", "c-1"
)
CLERK = Actor("luo", "罗小雨", frozenset({Role.WINDOW}), offices=frozenset({"bureau"}))
TRAFFIC = Actor("qin", "秦见鹿", frozenset({Role.REVIEWER}), offices=frozenset({"traffic"}))
NOW = datetime(2026, 11, 24, 9, tzinfo=CHINA)
POINTS = (("plan", "布局合理"), ("plan", "面积相符"))


def ticked(*marks: Mark, office: str = "") -> TickPoints:
    return TickPoints(ABOUT, marks, POINTS, office)


def refused(command: TickPoints, actor: Actor = CLERK) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(Checklist(), command, actor=actor, now=NOW)
    return caught.value


def test_a_tick_needs_a_published_point_a_paper_and_words_where_it_is_not_met() -> None:
    assert "没有公布" in refused(ticked(Mark("plan", "别的", Verdict.MET, ground="x"))).reason
    assert "还没有提交" in refused(ticked(Mark("plan", "布局合理", Verdict.MET))).reason
    assert "没有写明" in refused(ticked(Mark("plan", "布局合理", Verdict.NOT_MET, ground="x"))).reason
    assert refused(ticked()).field == "marks"
    good = Mark("plan", "布局合理", Verdict.MET, ground="x")
    assert refused(ticked(good), TRAFFIC).rule == "办件权限表"
    assert decide(Checklist(), ticked(good, office="traffic"), actor=TRAFFIC, now=NOW)


def test_a_tick_holds_until_the_paper_is_replaced() -> None:
    mark = Mark("plan", "布局合理", Verdict.NOT_MET, "没有备餐间", "old")
    checklist = evolve(Checklist(), decide(Checklist(), ticked(mark), actor=CLERK, now=NOW)[0])
    assert decide(checklist, ticked(mark), actor=CLERK, now=NOW) == ()
    grounds = dict.fromkeys(POINTS, "old")
    assert count(checklist, grounds).words == "2 条要点已核对 1 条，1 条不符合"
    assert count(checklist, dict.fromkeys(POINTS, "new")).ticked == 0
    assert checklist.former("plan", "布局合理", "new") is not None


def paper(material: str, sha256: str) -> Paper:
    return Paper(material, f"{material}.pdf", sha256)


def test_fields_and_papers_that_differ_are_named_and_the_others_not() -> None:
    before = Filing({"a": "1", "b": "2", "c": ""}, (paper("plan", "x"), paper("lease", "y")))
    after = Filing({"a": "1", "b": "3", "d": "4"}, (paper("plan", "z"), paper("photo", "w")))
    assert [(one.key, one.change) for one in field_changes(before, after, list("abcd"))] == [
        ("b", Change.CHANGED),
        ("d", Change.ADDED),
    ]
    assert [(one.material, one.change) for one in paper_changes(before, after, ["plan", "lease", "photo"])] == [
        ("plan", Change.CHANGED),
        ("lease", Change.REMOVED),
        ("photo", Change.ADDED),
    ]


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)), st.lists(st.sampled_from("xyz"), max_size=3))
def test_nothing_differs_from_itself(data: dict[str, str], hashes: list[str]) -> None:
    filing = Filing(data, tuple(paper("plan", one) for one in hashes))
    assert not field_changes(filing, filing, list("abc"))
    assert not paper_changes(filing, filing, ["plan"])
