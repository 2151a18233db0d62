"""What a lower level may say itself, what it inherits, and what it may not say."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.catalogue import Answer, Depth, Item, ItemKind, LegalBasis, Material, Place
from banjie.engine.clock import Term, Unit
from banjie.engine.inheritance import Upper, lower_code, objections, own_values, require_above, require_allowed, resolve
from banjie.engine.subject import Refused
from banjie.packs.load import load_items

CITY, COUNTY = "990100", "990121"
COUNTY_ORGAN = "1199012100BJ001397"
FOOD = next(item for item in load_items() if item.name == "食品经营许可")


def county(**changes: object) -> Item:
    """The county's item, all inherited but for these changes."""
    return replace(
        FOOD,
        code=lower_code(FOOD, COUNTY_ORGAN, COUNTY),
        region=COUNTY,
        organ=COUNTY_ORGAN,
        organ_name="青禾县行政审批局",
        organ_short="青审",
        effective_on=date(2026, 12, 1),
        **changes,  # type: ignore[arg-type]  # tests name what they change
    )


EXTRA = Material("village_letter", "集镇规划区内经营场所情况说明", "青禾县集镇经营场所管理办法第六条")

# What the county changes, and either the fields that are its own or the words of the refusal.
CASES = """
nothing                      |                | -
hours and place              | places         | places
telephone                    | consult_phone  | consult_phone
shorter promise              | promised=5     | promised
promise as long as the law   | promised=20    | promised
promise longer than the law  | promised=21    | refused 长于上级的法定办结时限
legal term longer            | statutory=25   | refused 长于上级的法定办结时限
promise in calendar days     | promised=5d    | refused 单位与上级的法定时限
another name                 | name           | refused 上级清单已经规定事项名称
another kind                 | kind           | refused 上级清单已经规定事项类型
another basis                | basis          | refused 上级清单已经规定设定依据
another basic code           | catalogue_code | refused 上级清单已经规定基本编码
a material more              | material+      | materials
a material less              | material-      | refused 不能删去
a material renamed           | material-name  | refused 下级不能改写
a material's hint            | material-hint  | materials
a question more              | faq+           | faq
a popular name more          | popular+       | popular_names
"""

CHANGES: dict[str, dict[str, object]] = {
    "": {},
    "places": {"places": (Place("青禾县政务服务中心", "青禾县麦香路 8 号", "工作日", "0990-6040012"),)},
    "consult_phone": {"consult_phone": "0990-6040012"},
    "promised=5": {"promised": Term(5, Unit.WORKING_DAY, "青禾县承诺")},
    "promised=20": {"promised": Term(20, Unit.WORKING_DAY)},
    "promised=21": {"promised": Term(21, Unit.WORKING_DAY)},
    "statutory=25": {"statutory": Term(25, Unit.WORKING_DAY)},
    "promised=5d": {"promised": Term(5, Unit.CALENDAR_DAY)},
    "name": {"name": "食品经营许可证核发"},
    "kind": {"kind": ItemKind.OTHER},
    "basis": {"basis": (*FOOD.basis, LegalBasis("青禾县某办法", "第三条"))},
    "catalogue_code": {"catalogue_code": "000131023001"},
    "material+": {"materials": (*FOOD.materials, EXTRA)},
    "material-": {"materials": FOOD.materials[1:]},
    "material-name": {"materials": (replace(FOOD.materials[0], name="营业执照复印件"), *FOOD.materials[1:])},
    "material-hint": {"materials": (replace(FOOD.materials[0], hint="到窗口也可以调用"), *FOOD.materials[1:])},
    "faq+": {"faq": (*FOOD.faq, Answer("赶集日开门吗？", "开，逢五逢十照常。"))},
    "popular+": {"popular_names": (*FOOD.popular_names, "开农家乐")},
}


LINES = [tuple(part.strip() for part in line.split("|")) for line in CASES.strip().splitlines()]


@pytest.mark.parametrize(("change", "outcome"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_what_a_county_may_say_itself(change: str, outcome: str) -> None:
    item = county(**CHANGES[change])
    own = own_values(FOOD, item)
    if outcome.startswith("refused"):
        with pytest.raises(Refused, match=outcome.removeprefix("refused ")):
            require_allowed(FOOD, item)
        assert objections(FOOD, item)
        return
    assert sorted(own) == ([] if outcome == "-" else [outcome])
    assert resolve(FOOD, item, own) == item
    assert objections(FOOD, item) == ()


def test_an_upper_change_reaches_the_county_and_leaves_its_own() -> None:
    own = own_values(FOOD, county(consult_phone="0990-6040012", materials=(*FOOD.materials, EXTRA)))
    newer = replace(
        FOOD,
        edition=2,
        promised=Term(6, Unit.WORKING_DAY),
        consult_phone="0990-6010099",
        materials=(*FOOD.materials, Material("new_paper", "新增材料", "某条")),
    )
    item = resolve(newer, county(), own)
    assert item.promised.number == 6
    assert item.consult_phone == "0990-6040012"
    assert [one.key for one in item.materials][-2:] == ["new_paper", "village_letter"]
    assert (item.region, item.code) == (COUNTY, lower_code(FOOD, COUNTY_ORGAN, COUNTY))


def test_an_upper_change_can_make_the_countys_own_impossible() -> None:
    own = own_values(FOOD, county(promised=Term(12, Unit.WORKING_DAY)))
    stricter = replace(FOOD, statutory=Term(10, Unit.WORKING_DAY), promised=Term(8, Unit.WORKING_DAY))
    with pytest.raises(Refused, match="长于上级的法定办结时限") as refused:
        resolve(stricter, county(), own)
    assert refused.value.field == "promised"
    assert "10" in refused.value.remedy


@given(
    phone=st.sampled_from([FOOD.consult_phone, "0990-6040012"]),
    depth=st.sampled_from(Depth),
    extra=st.lists(st.integers(0, 4), unique=True, max_size=4),
    hints=st.lists(st.booleans(), min_size=len(FOOD.materials), max_size=len(FOOD.materials)),
    names=st.lists(st.sampled_from(["开农家乐", "开早点铺", "卖盒饭"]), unique=True),
)
def test_own_values_and_upper_make_the_item_again(
    phone: str, depth: Depth, extra: list[int], hints: list[bool], names: list[str]
) -> None:
    kept = tuple(
        replace(one, hint="本县") if change else one for one, change in zip(FOOD.materials, hints, strict=True)
    )
    added = tuple(replace(EXTRA, key=f"extra_{number}") for number in extra)
    item = county(
        consult_phone=phone,
        depth=depth,
        materials=(*kept, *added),
        popular_names=(*FOOD.popular_names, *names),
    )
    own = own_values(FOOD, item)
    assert resolve(FOOD, item, own) == item
    assert own_values(FOOD, resolve(FOOD, item, own)) == own


@pytest.mark.parametrize(
    ("upper", "words"),
    [
        (Upper(COUNTY, "X", 1), "成环"),
        (Upper("990104", "X", 1), "不是 990121 的上级"),
        (Upper("990121001000", "X", 1), "不是 990121 的上级"),
        (Upper("abc", "X", 1), "6位或12位"),
    ],
)
def test_only_what_lies_above_is_inherited_from(upper: Upper, words: str) -> None:
    with pytest.raises(Refused, match=words):
        require_above(upper, COUNTY, "X")
    require_above(Upper(CITY, "X", 1), COUNTY, "X")


def test_the_lower_code_is_made_of_organ_level_and_basic_code() -> None:
    assert lower_code(FOOD, COUNTY_ORGAN, COUNTY) == COUNTY_ORGAN + "4" + "000131023000"
    assert lower_code(replace(FOOD, code="LOCAL-7"), COUNTY_ORGAN, COUNTY) == ""
