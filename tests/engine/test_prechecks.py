"""The pre-check: what a machine may say about a review point, and that it says nothing it cannot know."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.casework import HOLDER, LAWS
from tests.town import FOOD, SUSPENSION

from banjie.engine.catalogue import Material, PointCheck
from banjie.engine.ids import Malformed
from banjie.engine.prechecks import WHOLE, Checked, PaperSeen, Verdict, faults, parse, precheck, worth_keeping

ITEM = LAWS[FOOD].item
TODAY = date(2026, 11, 24)
POINT = "与申请表一致"
LONG = "经营场所平面图，标明各操作间、出入口、水池和主要设备的位置，原料通道与成品通道不交叉。"


def judged(how: str, *papers: PaperSeen, data: dict[str, object] | None = None) -> Checked:
    """What comes of one point with that check."""
    material = Material("plan", "平面图", "第三十三条", review_points=(POINT,), checks=(PointCheck(POINT, how),))
    found = precheck(ITEM, [material], papers, data or {}, applicant=HOLDER, today=TODAY)
    [one] = [one for one in found if one.point == POINT]
    return one


def paper(text: str | None = None, **more: object) -> PaperSeen:
    return replace(PaperSeen("plan", "平面图.pdf", "a" * 64, 2, text=text), **more)  # type: ignore[arg-type]  # fields


# How, what is in the paper, what is in the form | the verdict. None: nothing a machine can read.
LAW = [
    ("文中有 applicant.name", LONG + HOLDER.name, {}, Verdict.MET),
    ("文中有 applicant.name", LONG + "澜江春禾 餐饮\n有限公司", {}, Verdict.MET),
    ("文中有 applicant.name applicant.code", LONG + HOLDER.name, {}, Verdict.MEND),
    ("文中有 applicant.name", LONG, {}, Verdict.MEND),
    ("文中有 applicant.name", "图", {}, Verdict.UNCLEAR),
    ("文中有 applicant.name", None, {}, Verdict.UNCLEAR),
    ("文中有 safety_officer", LONG, {}, Verdict.UNCLEAR),
    ("文中有面积 area", LONG + "建筑面积 120 平方米", {"area": 12000}, Verdict.MET),
    ("文中有面积 area", "前厅80㎡，后厨40.0㎡", {"area": 12000}, Verdict.MET),
    ("文中有面积 area", "前厅80㎡，后厨30㎡", {"area": 12000}, Verdict.MEND),
    ("文中有面积 area", "共 120 页", {"area": 12000}, Verdict.UNCLEAR),
    ("文中有面积 area", "80㎡", {}, Verdict.UNCLEAR),
    ("日期在 30 天内", "二〇二六年，2026年11月20日", {}, Verdict.MET),
    ("日期在 30 天内", "2026-10-01", {}, Verdict.MEND),
    ("日期在 30 天内", "2027年1月1日", {}, Verdict.MEND),
    ("日期在 30 天内", "2026年13月45日", {}, Verdict.UNCLEAR),
    ("日期在 30 天内", None, {}, Verdict.UNCLEAR),
    ("页数 1-3", None, {}, Verdict.MET),
    ("页数 3-9", None, {}, Verdict.MEND),
    ("相隔 from_day until_day 不超过 30", None, {"from_day": "2026-12-01", "until_day": "2026-12-31"}, Verdict.MET),
    ("相隔 from_day until_day 不超过 30", None, {"from_day": "2026-12-01", "until_day": "2027-12-31"}, Verdict.MEND),
    ("相隔 from_day until_day 不超过 30", None, {"from_day": "2026-12-01"}, Verdict.UNCLEAR),
    ("证照有效", LONG, {}, Verdict.UNCLEAR),
    ("", LONG, {}, Verdict.UNCLEAR),
]


@pytest.mark.parametrize(("how", "text", "data", "verdict"), LAW)
def test_what_is_said_of_a_point(how: str, text: str | None, data: dict[str, object], verdict: Verdict) -> None:
    found = judged(how, paper(text), data=data)
    assert found.verdict is verdict, found.why
    assert found.why or not how


def test_a_certificate_the_city_holds_needs_no_reading() -> None:
    held = PaperSeen("plan", "营业执照", held="91990102MA00RC0153")
    assert judged("证照有效", held).verdict is Verdict.MET
    assert judged("文中有 applicant.name", held).verdict is Verdict.MET


def test_one_file_for_two_materials_is_told_at_both() -> None:
    plan, rules = (Material(key, key, "依据", review_points=("一",)) for key in ("plan", "rules"))
    papers = [PaperSeen("plan", "a.pdf", "a" * 64), PaperSeen("rules", "a.pdf", "a" * 64)]
    found = precheck(ITEM, [plan, rules], papers, {}, applicant=HOLDER, today=TODAY)
    assert [one.verdict for one in found if one.point == WHOLE] == [Verdict.MEND, Verdict.MEND]


def test_a_file_that_is_gone_is_to_be_mended_and_what_was_not_given_is_not_judged() -> None:
    plan, rules = (Material(key, key, "依据", review_points=("一",)) for key in ("plan", "rules"))
    found = precheck(ITEM, [plan, rules], [paper(readable=False)], {}, applicant=HOLDER, today=TODAY)
    assert {one.material for one in found} == {"plan"}
    assert found[0].verdict is Verdict.MEND


@given(st.text(max_size=200), st.integers(0, 10**9))
def test_whatever_stands_in_a_paper_it_never_fails(text: str, area: int) -> None:
    for how, *_ in LAW:
        judged(how, paper(text), data={"area": area, "from_day": text, "until_day": text})


def test_what_goes_with_the_case_is_what_was_decided() -> None:
    met, mend, unclear = (Checked("plan", "一", verdict) for verdict in Verdict)
    own, whole = replace(unclear, by_self=True), replace(met, point=WHOLE)
    assert worth_keeping((whole, met, mend, unclear, own)) == (met, mend, own)


@pytest.mark.parametrize("how", ["文中有", "看看", "页数 三", "相隔 a b", "证照有效 吗", "日期在 x 天内"])
def test_a_check_nobody_knows_is_refused_with_what_there_is(how: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(how)
    assert "证照有效" in refused.value.remedy


def test_a_check_must_belong_to_a_review_point() -> None:
    wrong = Material("a", "平面图", "依据", review_points=("一",), checks=(PointCheck("二", "证照有效"),))
    assert faults(wrong) == ("“二”不是“平面图”的审查要点",)


@pytest.mark.parametrize("code", [FOOD, SUSPENSION])
def test_the_items_that_ship_have_checks(code: str) -> None:
    assert sum(len(material.checks) for material in LAWS[code].item.materials) >= 3
