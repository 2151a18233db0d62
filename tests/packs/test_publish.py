"""Publication: editions follow one another, the difference can be read, and nothing unfit gets out."""

from dataclasses import replace
from datetime import date

import pytest

from banjie.engine.catalogue import Item
from banjie.engine.clock import Term, Unit
from banjie.packs.diff import diff
from banjie.packs.load import ITEMS, load_item
from banjie.packs.publish import Publication, Unpublishable, prepare

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def food() -> Item:
    return load_item(ITEMS / "food_business.yaml")


@pytest.fixture(scope="module")
def next_food(food: Item) -> Item:
    """The promise two days shorter, one review point more, one material less, from the new year."""
    plan = replace(food.materials[1], review_points=(*food.materials[1].review_points, "标明消防通道"))
    return replace(
        food,
        promised=Term(6, Unit.WORKING_DAY, "澜江市行政审批局服务承诺"),
        materials=(food.materials[0], plan, *food.materials[2:-1]),
        effective_on=date(2027, 1, 1),
    )


def test_the_first_edition(food: Item) -> None:
    published = prepare(replace(food, edition=9), None, TODAY)
    assert isinstance(published, Publication)
    assert published.item.edition == 1
    assert published.changes == ()


def test_the_next_edition_is_numbered_and_its_changes_read_like_sentences(food: Item, next_food: Item) -> None:
    published = prepare(next_food, food, TODAY)
    assert isinstance(published, Publication)
    assert published.item.edition == 2
    assert [str(change) for change in published.changes] == [
        "承诺办结时限：由“8个工作日（澜江市行政审批局服务承诺）”改为“6个工作日（澜江市行政审批局服务承诺）”",
        "生效日期：由“2026-01-01”改为“2027-01-01”",
        "申请材料“经营场所平面图和设备布局图”·审查要点：新增“标明消防通道”",
        "申请材料：删去“授权委托书”",
    ]


def test_order_conditions_and_nothing_at_all(food: Item) -> None:
    assert diff(food, replace(food, edition=5)) == ()
    turned = replace(food, popular_names=("开餐馆", "开饭馆", *food.popular_names[2:]))
    assert diff(food, turned)[0].label == "日常用语的顺序"
    asked = replace(food.questions[2], show_if=food.questions[2].show_if[:1])
    changes = diff(food, replace(food, questions=(*food.questions[:2], asked, *food.questions[3:])))
    assert [str(change) for change in changes] == [
        "情形引导“做不做冷食、生食或者裱花蛋糕？”·显示条件：删去“apply_type 属于 new|change”"
    ]
    ended = diff(food, replace(food, closed_on=date(2028, 1, 1)))
    assert str(ended[0]) == "停办日期：由“（无）”改为“2028-01-01”"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_on": date(2026, 1, 1)}, "effective_on"),
        ({"effective_on": date(2026, 11, 23)}, "effective_on"),
        ({"code": "1199010000BJ00016Q3000131023001"}, "code"),
        ({"region": "990102"}, "organ"),
        ({"faq": ()}, "faq"),
    ],
)
def test_what_stands_against_publication(food: Item, next_food: Item, changes: dict[str, object], field: str) -> None:
    refused = prepare(replace(next_food, **changes), food, TODAY)  # type: ignore[arg-type]  # fields by name.
    assert isinstance(refused, Unpublishable)
    assert field in {fault.field for fault in refused.faults}


def test_the_same_again_is_not_an_edition(food: Item) -> None:
    refused = prepare(food, food, TODAY)
    assert isinstance(refused, Unpublishable)
    assert "完全相同" in refused.faults[0].reason


def test_a_first_edition_must_pass_the_gates(food: Item) -> None:
    assert isinstance(prepare(replace(food, basis=()), None, TODAY), Unpublishable)
