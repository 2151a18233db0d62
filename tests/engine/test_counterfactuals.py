"""「现在不能办；如果……就可以办」 on the food licence: smallest changes, at most three, each with its clause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.counterfactuals import ways_sooner, ways_to_apply, ways_without, why_material, why_term
from banjie.engine.situations import resolve
from banjie.packs.load import ITEMS, load_item

FOOD = load_item(ITEMS / "food_business.yaml")
HYGIENE = load_item(ITEMS / "public_place_hygiene.yaml")
RAW = {"apply_type": "new", "business": "catering", "cold_or_raw": "raw"}
PLAIN = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}

# Cold or raw | kitchen in 0.01 平方米 | the ways
TABLE = """
raw  | 1199 | 做不做冷食、生食或者裱花蛋糕改为都不做；其中食品处理区面积改为12 平方米以上
raw  | 799  | 其中食品处理区面积改为12 平方米以上
none | 799  | 其中食品处理区面积改为8 平方米以上
none | 800  |
raw  | 1200 |
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_ways_to_apply(line: str) -> None:
    cold, kitchen, told = (part.strip() for part in line.split("|"))
    answers = RAW | {"cold_or_raw": cold}
    ways = ways_to_apply(FOOD, answers, {"area": 8000, "kitchen_area": int(kitchen)})
    found = "；".join("，并且".join(f"{one.label}改为{one.then}" for one in way.changes) for way in ways)
    assert found == told
    assert all("第九条" in way.basis for way in ways)


def test_a_fact_that_cannot_be_changed_is_never_suggested() -> None:
    [way] = ways_to_apply(
        HYGIENE, {"apply_type": "new", "place": "bath", "air": "with", "credit": "clear"}, {"area": 600000}
    )
    assert [one.fact for one in way.changes] == ["area"]
    assert str(way) == "如果营业面积改为不满 5000 平方米（现在是6000 平方米）"


def test_without_a_paper_and_sooner() -> None:
    large = {"area": 150000, "kitchen_area": 2000}
    [way] = ways_without(FOOD, PLAIN, large, "accident_plan")
    assert way.changes[0].then == "不满 1000 平方米"
    assert ways_without(FOOD, PLAIN, large, "business_licence") == ()
    shop = {"apply_type": "new", "business": "sale"}
    [sooner] = ways_sooner(FOOD, shop, {"area": 150000})
    assert sooner.basis == "澜江市食品经营许可审查细则第十一条"


def test_why() -> None:
    resolution = resolve(FOOD, RAW, {"area": 150000, "kitchen_area": 2000})
    why = {one.key: why_material(FOOD, resolution, one)[0] for one in resolution.materials}
    assert why["accident_plan"].basis == "食品安全法第三十五条第二款、第一百零二条"
    assert why["cold_chain"].text == "因为“做不做冷食、生食或者裱花蛋糕”是“做生食”"
    assert why["business_licence"].text == "每一位申请人都要提交"
    assert why_term(resolution)[0].basis == "澜江市行政审批局服务承诺"
    quick = resolve(FOOD, {"apply_type": "renewal", "business": "sale", "unchanged": "unchanged"}, {"area": 5000})
    assert (quick.promised.number, why_term(quick)[0].basis) == (5, "食品经营许可和备案管理办法关于延续审查的规定")


@given(st.sampled_from(["none", "cold", "raw"]), st.integers(100, 200_000), st.integers(100, 3_000))
def test_every_way_leads_to_yes_and_none_is_told_without_need(cold: str, area: int, kitchen: int) -> None:
    answers, data = RAW | {"cold_or_raw": cold}, {"area": area, "kitchen_area": kitchen}
    ways = ways_to_apply(FOOD, answers, data)
    assert bool(ways) is bool(resolve(FOOD, answers, data).ineligible)
    assert len(ways) <= 3
    for way in ways:
        changed = {one.fact: one.value for one in way.changes}
        then = {key: str(changed.get(key, value)) for key, value in answers.items()}
        form = {key: changed.get(key, value) for key, value in data.items()}
        assert not resolve(FOOD, then, form).ineligible
        for one in way.changes:
            # Nothing smaller would do: with any one change taken back it is still no.
            back = {key: answers[key] if key == one.fact else value for key, value in then.items()}
            undone = {key: data[key] if key == one.fact else value for key, value in form.items()}
            assert resolve(FOOD, back, undone).ineligible
