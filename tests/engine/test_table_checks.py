"""What keeps a table from being put in force: each fault with its words, and that "complete" means complete."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.catalogue import Fee, Handling, Item, ItemKind, Material, Option, Question
from banjie.engine.clock import Term, Unit
from banjie.engine.decision_tables import (
    DecisionTable,
    Example,
    GivenFact,
    Input,
    Policy,
    Row,
    Sample,
    compiled,
)
from banjie.engine.forms import Field, FieldKind, Form, Section
from banjie.engine.forms import Option as Choice
from banjie.engine.rules import Condition, Fact, all_hold
from banjie.engine.rules import Test as Check
from banjie.engine.table_cells import FactKind
from banjie.engine.table_checks import table_faults
from banjie.engine.table_space import dimensions, space_of
from banjie.engine.workflow import Workflow

BUSINESS = Question(
    "business",
    "经营方式？",
    (Option("catering", "餐饮"), Option("sale", "销售"), Option("box", "预包装", ineligible="不用办")),
)
COLD = Question(
    "cold",
    "做不做冷食？",
    (Option("yes", "做"), Option("no", "不做")),
    show_if=(Condition("business", Check.IS, "catering"),),
)
FORM = Form(
    (
        Section(
            "shop",
            "店铺",
            (
                Field("area", "面积", FieldKind.AREA, minimum=1, maximum=1000, unit="平方米"),
                Field("online", "网上经营", FieldKind.YES_NO),
                Field("orders", "日订单", FieldKind.NUMBER, minimum=0, show_if=(Condition("online", Check.IS, True),)),
                Field("note", "备注", FieldKind.TEXT, required=False),
                Field("wares", "品种", FieldKind.CHOICES, options=(Choice("hot", "热"), Choice("cold", "冷"))),
            ),
        ),
    )
)
ITEM = Item(
    "code", 1, "990100", "食品经营许可", ItemKind.LICENCE, "1199010000BJ00016Q", "局", "澜审",
    Handling.PROMISED, (), (), Term(20, Unit.WORKING_DAY), Term(8, Unit.WORKING_DAY),
    Workflow((), ("review",)), date(2026, 1, 1),
    questions=(BUSINESS, COLD), form=FORM, materials=(Material("plan", "平面图", "依据"),),
    fees=(Fee("工本费", 500, "依据"),),
)  # fmt: skip
COLUMNS = (
    Input("business", FactKind.CHOICE),
    Input("cold", FactKind.CHOICE),
    Input("area", FactKind.AREA),
)


def table(*rows: str, policy: Policy = Policy.UNIQUE, columns: tuple[Input, ...] = COLUMNS) -> DecisionTable:
    """A table of rows written `cell | cell | cell`, each with a reason and a clause."""
    cells = (tuple(part.strip() for part in row.split("|")) for row in rows)
    return DecisionTable("t", "规模", columns, tuple(Row(one, "理由", "第一条") for one in cells), policy)


def said(one: DecisionTable, *, examples: bool = False) -> list[str]:
    """The faults of a table in words, those of missing examples left out unless asked for."""
    faults = table_faults(replace(ITEM, tables=(one,)))
    return [f"{fault.field} {fault.reason}" for fault in faults if examples or "没有情景" not in fault.reason]


COMPLETE = table("catering | yes | -", "catering | no | < 100", "catering | no | >= 100", "sale | - | -")


def test_a_complete_table_stands() -> None:
    assert said(COMPLETE) == []


# Rows, policy | what is found
COMBINATIONS = [
    (
        ("catering | yes | -", "catering | no | < 100", "catering | no | > 150", "sale | - | -"),
        Policy.UNIQUE,
        ["tables[0].rows 经营方式=餐饮，做不做冷食=不做，面积=100 平方米时没有规则"],
    ),
    (
        ("catering | - | -", "sale | yes | -", "sale | null | -"),
        Policy.UNIQUE,
        ["tables[0].rows[1] 第 2 行永远用不上：这样的组合不会出现"],
    ),
    (
        ("catering | yes | -", "catering | - | < 100", "- | no | >= 100", "catering | no | -", "sale | - | -"),
        Policy.UNIQUE,
        [
            "tables[0].rows[1] 第 1 行和第 2 行重叠：经营方式=餐饮，做不做冷食=做，面积=1 平方米时两行都符合",
            "tables[0].rows[3] 第 2 行和第 4 行重叠：经营方式=餐饮，做不做冷食=不做，面积=1 平方米时两行都符合",
            "tables[0].rows[3] 第 3 行和第 4 行重叠：经营方式=餐饮，做不做冷食=不做，面积=100 平方米时两行都符合",
        ],
    ),
    (
        ("catering | - | -", "catering | yes | < 5", "- | - | -"),
        Policy.FIRST,
        ["tables[0].rows[1] 第 2 行永远用不上：前面的行已经全部包括"],
    ),
    (("catering | yes | -",), Policy.COLLECT, []),
]


@pytest.mark.parametrize(("rows", "policy", "found"), COMBINATIONS)
def test_combinations(rows: tuple[str, ...], policy: Policy, found: list[str]) -> None:
    assert said(table(*rows, policy=policy)) == found


# Change to the complete table | words that must be in the fault
SHAPES = [
    ({"inputs": (*COLUMNS[:2], Input("size", FactKind.AREA))}, "第 3 列的“size”不是情形引导的问题"),
    ({"inputs": (*COLUMNS[:2], Input("wares", FactKind.CHOICE))}, "第 3 列的“wares”不是"),
    ({"inputs": (*COLUMNS[:2], Input("area", FactKind.NUMBER))}, "类型写的是整数"),
    ({"inputs": (*COLUMNS[:2], COLUMNS[0])}, "重复"),
    ({"inputs": (*COLUMNS[:2], Input("note", FactKind.TEXT))}, "是选填的"),
    ({"name": ""}, "没有名称"),
    ({"rows": ()}, "没有规则行"),
    ({"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)}, "失效日早于生效日"),
]


@pytest.mark.parametrize(("changes", "words"), SHAPES)
def test_shape(changes: dict[str, object], words: str) -> None:
    assert any(words in one for one in said(replace(COMPLETE, **changes)))  # type: ignore[arg-type]  # by name.


ROWS = [
    ({"cells": ("catering", "yes", "[5..3]")}, "rows[0].cells[2] 第 1 行“面积”：范围“[5..3]”上下颠倒"),
    ({"cells": ("cafe", "yes", "-")}, "第 1 行“经营方式”：没有选项“cafe”"),
    ({"cells": ("box", "yes", "-")}, "没有选项“box”"),
    ({"cells": ("catering", "yes", "> 1000")}, "允许的范围之外"),
    ({"reason": " "}, "第 1 行没有写理由"),
    ({"basis": ""}, "第 1 行没有写依据"),
    ({"eligible": False}, "没有写该怎么办"),
    ({"add": ("ghost",)}, "材料“ghost”不在申请材料中"),
    ({"fees": ("好处费",)}, "收费“好处费”不在公布的收费中"),
    ({"promised": 21}, "不在 0 至法定 20 之间"),
    ({"promised": 0}, "与办件类型不符"),
    ({"valid_months": 12}, "有效月数不能用"),
    ({"sets": (GivenFact("area", 5),)}, "不能改写申请人填写的“area”"),
]


@pytest.mark.parametrize(("changes", "words"), ROWS)
def test_rows(changes: dict[str, object], words: str) -> None:
    first = replace(COMPLETE.rows[0], **changes)  # type: ignore[arg-type]  # the names are those of fields.
    assert any(words in one for one in said(replace(COMPLETE, rows=(first, *COMPLETE.rows[1:]))))


def example(hits: tuple[int, ...], **given: str) -> Example:
    return Example(tuple(Sample(fact, value) for fact, value in given.items()), hits)


def test_every_row_needs_an_example_that_hits_it() -> None:
    one = replace(COMPLETE, examples=(example((1,), business="catering", cold="yes", area="50"),))
    assert said(one, examples=True) == [f"tables[0].rows[{row}] 第 {row + 1} 行没有情景试过" for row in (1, 2, 3)]


def test_an_example_that_does_not_come_out_is_named() -> None:
    wrong = (
        example((2,), business="sale", area="5"),
        example((4,), business="sale", area="许多"),
        example((4,), ghost="1"),
    )
    found = said(replace(COMPLETE, examples=wrong))
    assert found[0].endswith("第 1 个情景应命中第 2 行，实际命中第 4 行")
    assert "第 2 个情景的“area”：" in found[1]
    assert "第 3 个情景的“ghost”：这张表没有这一列" in found[2]


def test_two_tables_may_not_share_a_key() -> None:
    faults = [fault.reason for fault in table_faults(replace(ITEM, tables=(COMPLETE, COMPLETE)))]
    assert "表的编码“t”用了 2 次" in faults


# --- exact, not sampled ---

WIDE = (
    *COLUMNS,
    Input("online", FactKind.YES_NO),
    Input("orders", FactKind.NUMBER),
)
_cells = (
    st.sampled_from(["-", "-", "catering", "sale", "not(sale)"]),
    st.sampled_from(["-", "-", "yes", "no", "null", "no, null"]),
    st.sampled_from(["-", "-", "< 100", ">= 100", "[50..500)", "(0..2]", "> 999"]),
    st.sampled_from(["-", "-", "是", "否"]),
    st.sampled_from(["-", "-", "< 10", ">= 10", "null", "[3..30], null"]),
)
_tables = st.lists(st.tuples(*_cells), min_size=1, max_size=9).map(
    lambda rows: DecisionTable("t", "表", WIDE, tuple(Row(row, "理由", "第一条") for row in rows))
)


@st.composite
def _asked(draw: st.DrawFn) -> Mapping[str, Fact]:
    """Facts of one application as the item asks for them: what is not asked is not there."""
    facts: dict[str, Fact] = {}
    values: dict[str, st.SearchStrategy[Fact]] = {
        "business": st.sampled_from(["catering", "sale"]),
        "cold": st.sampled_from(["yes", "no"]),
        "area": st.sampled_from([100, 200, 201, 4999, 5000, 9999, 10000, 49999, 50000, 99900, 99901, 100000]),
        "online": st.booleans(),
        "orders": st.sampled_from([0, 2, 3, 9, 10, 30, 31, 10**12]),
    }
    for fact, dimension in dimensions(ITEM).items():
        if fact in values and all_hold(dimension.show_if, facts):
            facts[fact] = draw(values[fact])
    return facts


@given(_tables, st.lists(_asked(), min_size=20, max_size=20))
def test_complete_means_that_no_facts_miss(one: DecisionTable, applications: list[Mapping[str, Fact]]) -> None:
    space = space_of(ITEM, one)
    ready = compiled(one)
    gap = space.find(avoid=[space.row(one, cells) for cells in ready.cells])
    if gap is None:
        assert all(ready.hits(facts) for facts in applications)
    else:
        assert ready.hits(gap) == ()
        known = dimensions(ITEM)
        assert set(gap) == {fact for fact in (column.fact for column in WIDE) if all_hold(known[fact].show_if, gap)}


@given(_tables, st.lists(_asked(), min_size=20, max_size=20))
def test_without_overlap_no_facts_hit_two_rows(one: DecisionTable, applications: list[Mapping[str, Fact]]) -> None:
    space = space_of(ITEM, one)
    every = compiled(replace(one, policy=Policy.COLLECT))
    rows = [space.row(one, cells) for cells in every.cells]
    pairs = [(first, second) for second in range(len(rows)) for first in range(second)]
    points = [space.find([rows[first], rows[second]]) for first, second in pairs]
    for (first, second), point in zip(pairs, points, strict=True):
        if point is not None:
            assert {first, second} <= set(every.hits(point))
    if not any(points):
        assert all(len(every.hits(facts)) <= 1 for facts in applications)


def test_a_table_too_large_to_look_through_is_said_to_be_so() -> None:
    fields = tuple(Field(f"n{place}", f"数{place}", FieldKind.NUMBER, minimum=0) for place in range(10))
    item = replace(ITEM, form=Form((Section("s", "页", fields),)))
    columns = tuple(Input(one.key, FactKind.NUMBER) for one in fields)
    rows = tuple(
        Row(tuple(str(place * 7 + row) if place % 3 != row % 3 else "-" for place in range(10)), "理由", "第一条")
        for row in range(60)
    )
    found = [one.reason for one in table_faults(replace(item, tables=(DecisionTable("t", "表", columns, rows),)))]
    assert any("没有查完" in reason or "没有规则" in reason for reason in found)
