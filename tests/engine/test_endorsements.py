"""What was found in order before the application is not judged again by another measure, as a table."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.casework import (
    AGENT,
    CLERK,
    DECIDER,
    HEAD,
    INSPECTOR,
    LAWS,
    REVIEWER,
    SECOND_INSPECTOR,
    File,
    endorsed,
    refusal,
    submission,
    table,
)
from tests.town import FOOD

from banjie.engine.cases import Ask, Law
from banjie.engine.cases.acts import (
    Accept,
    AskCorrection,
    Claim,
    Deny,
    FinishStep,
    LiftEndorsement,
    Point,
    StartReview,
    Submit,
)
from banjie.engine.catalogue import Item
from banjie.engine.endorsements import RULE, ground_of, points_of, what_changed
from banjie.engine.filing import Paper
from banjie.engine.subject import Refused

LAW = LAWS[FOOD]
PLAN, PAGE = "floor_plan", "section:premises"
LINES = list(table((Path(__file__).parent / "law" / "same_measure.txt").read_text("utf-8"), 5))
FIRST, SECOND = points_of(LAW.item, PLAN)[:2]
POINTS = {"-": "", "first": FIRST, "second": SECOND, "other": "图纸应当彩色打印"}
FILED = submission(LAW)
SETTLED = (endorsed(LAW, FILED, PLAN, FIRST), endorsed(LAW, FILED, PAGE))


def _reworded(item: Item, **changes: object) -> Item:
    """A later edition in which the floor plan's material reads otherwise."""
    materials = tuple(
        replace(one, **changes) if one.key == PLAN else one  # type: ignore[arg-type]  # tests name what they change
        for one in item.materials
    )
    return replace(item, edition=item.edition + 1, materials=materials)


def handed_in(change: str) -> File:
    """The application with what was found in order, after one change, taken up by the window."""
    law, filed = LAW, replace(FILED, precase=SETTLED[0].precase, endorsements=SETTLED)
    match change:
        case "paper":
            filed = replace(filed, papers=tuple(_renewed(paper) for paper in filed.papers))
        case "form":
            filed = replace(filed, data={**filed.data, "area": 99_00})
        case "point":
            law = Law(_reworded(LAW.item, review_points=("标明疏散通道", SECOND)), LAW.calendar)
        case "basis":
            law = Law(_reworded(LAW.item, basis="食品安全法第三十三条（修订）"), LAW.calendar)
        case "edition":
            law = Law(_reworded(LAW.item, hint="换了提示"), LAW.calendar)
    file = File(law)
    file.act(AGENT, replace(filed, edition=law.item.edition))
    if change == "lifted":
        file.act(HEAD, LiftEndorsement(PLAN, FIRST, "有群众举报现场与图纸不一致"))
    file.act(CLERK, Claim())
    return file


def _renewed(paper: Paper) -> Paper:
    return replace(paper, sha256="e" * 64) if paper.material == PLAN else paper


@pytest.mark.parametrize(
    ("change", "material", "point", "expected"), [line[:4] for line in LINES], ids=[line[4] for line in LINES]
)
def test_the_same_measure(change: str, material: str, point: str, expected: str) -> None:
    file = handed_in(change)
    command = AskCorrection((Ask(material, "有问题", "请改正", "食品安全法第三十三条", point=POINTS[point]),))
    if expected == "refused":
        found = refusal(file, CLERK, command)
        assert found.rule == RULE
        assert "沈秋白" in found.reason
        assert found.field == "asks[0].point"
    else:
        file.act(CLERK, command)
        assert file.case.corrections


def test_the_refusal_names_what_may_still_be_asked() -> None:
    command = AskCorrection((Ask(PLAN, "有问题", "请改正", "食品安全法"),))
    assert SECOND in refusal(handed_in("none"), CLERK, command).remedy


def test_only_the_head_lifts_and_only_what_stands_with_a_reason() -> None:
    file = handed_in("none")
    assert refusal(file, CLERK, LiftEndorsement(PLAN, FIRST, "不放心")).rule == "办件权限表"
    assert refusal(file, HEAD, LiftEndorsement(PLAN, FIRST, " ")).field == "reason"
    assert refusal(file, HEAD, LiftEndorsement(PLAN, SECOND, "不放心")).field == "point"
    file.act(HEAD, LiftEndorsement(PLAN, FIRST, "有新的证据"))
    assert refusal(file, HEAD, LiftEndorsement(PLAN, FIRST, "再来一次")).rule == RULE
    assert refusal(handed_in("paper"), HEAD, LiftEndorsement(PLAN, FIRST, "有新的证据")).rule == RULE


def test_a_case_without_the_service_is_judged_as_ever() -> None:
    file = File(LAW)
    file.act(AGENT, FILED)
    file.act(CLERK, Claim())
    file.act(CLERK, AskCorrection((Ask(PLAN, "看不清", "重新上传", "食品安全法第三十三条"),)))
    assert file.case.corrections[0].asks[0].point == ""


def test_what_changed_is_said_in_words() -> None:
    plan, page = SETTLED
    filed = handed_in("paper").case
    assert what_changed(plan, LAW.item, filed.data, filed.papers) == "材料已经更换"
    filed = handed_in("form").case
    assert what_changed(page, LAW.item, filed.data, filed.papers) == "填写的内容已经修改"
    later = _reworded(LAW.item, review_points=("标明疏散通道",))
    assert "第 2 版" in what_changed(plan, later, FILED.data, FILED.papers)
    assert what_changed(plan, LAW.item, FILED.data, FILED.papers) == ""


@given(st.lists(st.text("abcdef0123456789", min_size=64, max_size=64), max_size=4))
def test_the_ground_hangs_on_every_paper_and_not_on_their_order(hashes: list[str]) -> None:
    papers = [Paper(PLAN, f"{index}.pdf", sha256) for index, sha256 in enumerate(hashes)]
    ground = ground_of(LAW.item, PLAN, {}, papers)
    assert ground == ground_of(LAW.item, PLAN, {}, reversed(papers))
    assert bool(ground) is bool(papers)
    assert ground != ground_of(LAW.item, PLAN, {}, [*papers, Paper(PLAN, "z.pdf", "f" * 63 + "0")]) or not hashes


@given(st.sampled_from(sorted({material.key for law in LAWS.values() for material in law.item.materials})))
def test_no_submission_is_kept_from_the_window_by_a_strange_endorsement(material: str) -> None:
    """An endorsement of a material the situation does not ask for binds nobody."""
    filed: Submit = replace(FILED, endorsements=(endorsed(LAW, FILED, PLAN, FIRST),))
    file = File(LAW)
    file.act(AGENT, filed)
    file.act(CLERK, Claim())
    try:
        file.act(CLERK, AskCorrection((Ask(material, "看不清", "重新上传", "食品安全法"),)))
    except Refused as refused:
        assert (refused.rule == RULE) is (material == PLAN)  # noqa: PT017 — both outcomes are looked at.


# --- the same after acceptance: a step that fails, and the decision ---


def in_review(*, lifted: bool = False) -> File:
    """The application with what was found in order, accepted and under review."""
    file = handed_in("none")
    file.act(CLERK, Accept())
    file.act(REVIEWER, StartReview())
    if lifted:
        file.act(HEAD, LiftEndorsement(PLAN, FIRST, "有群众举报现场与图纸不一致"))
    return file


def failing(*points: Point) -> FinishStep:
    return FinishStep("review", "不符合要求", "fail", points=points)


def test_a_review_that_fails_says_on_which_points_and_not_on_settled_ones() -> None:
    file = in_review()
    unnamed = refusal(file, REVIEWER, failing())
    assert (unnamed.rule, unnamed.field) == (RULE, "points")
    assert FIRST in unnamed.remedy
    settled = refusal(file, REVIEWER, failing(Point(PLAN, FIRST)))
    assert (settled.rule, settled.field) == (RULE, "points[0]")
    assert "沈秋白" in settled.reason
    assert refusal(file, REVIEWER, failing(Point(PLAN, SECOND), Point(PAGE, points_of(LAW.item, PAGE)[0]))).rule == RULE
    assert refusal(file, REVIEWER, failing(Point(PLAN, "图纸应当彩色打印"))).field == "points[0]"
    assert "没有公布" in refusal(file, REVIEWER, failing(Point("nowhere", "什么都没有"))).reason

    [finished] = file.act(REVIEWER, failing(Point(PLAN, SECOND)))
    assert any(SECOND in line and line.endswith("不符合") for line in finished.findings)  # type: ignore[union-attr]  # A step that ends is this event.


def test_a_passing_review_need_not_name_anything() -> None:
    file = in_review()
    file.act(REVIEWER, FinishStep("review", "齐全"))
    assert file.case.done["review"] == "pass"


def test_what_the_head_lets_be_judged_again_may_fail() -> None:
    file = in_review(lifted=True)
    file.act(REVIEWER, failing(Point(PLAN, FIRST)))
    assert file.case.done["review"] == "fail"


def test_what_is_found_on_the_spot_rests_on_more_than_the_papers() -> None:
    file = in_review()
    file.act(REVIEWER, FinishStep("review", "齐全"))
    on_site = FinishStep("site_visit", "现场没有备餐间", "fail")
    assert refusal(file, INSPECTOR, replace(on_site, points=(Point(PLAN, FIRST),))).rule == RULE
    file.act(INSPECTOR, on_site)
    file.act(SECOND_INSPECTOR, on_site)
    if "decision" in file.case.active:
        file.act(DECIDER, Deny(("现场没有备餐间",)))
        assert file.case.stage.value == "denied"


def test_a_denial_names_its_points_too() -> None:
    file = in_review()
    file.act(REVIEWER, FinishStep("review", "齐全"))
    file.act(INSPECTOR, FinishStep("site_visit", "一致"))
    file.act(SECOND_INSPECTOR, FinishStep("site_visit", "一致"))
    assert refusal(file, DECIDER, Deny(("图纸不行",))).field == "points"
    assert refusal(file, DECIDER, Deny(("图纸不行",), (Point(PLAN, FIRST),))).rule == RULE
    [denied] = file.act(DECIDER, Deny(("图纸第二条要点不符合",), (Point(PLAN, SECOND),)))
    assert SECOND in denied.findings[0]  # type: ignore[union-attr]  # A denial is this event.
