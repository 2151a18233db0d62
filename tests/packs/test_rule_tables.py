"""Tables out and in: workbook and DMN come back equal; what is broken is named by place, with its remedy."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # openpyxl ships no types

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import compiled
from banjie.engine.ids import Malformed
from banjie.engine.table_checks import table_faults
from banjie.packs.load import ITEMS, load_item
from banjie.packs.reading import PackError
from banjie.packs.rule_tables import outputs_shown
from banjie.packs.rule_tables_dmn import DMN, from_dmn, to_dmn
from banjie.packs.rule_tables_xlsx import from_workbook, to_workbook
from banjie.packs.stored import item_from_document, item_to_document

FOOD = load_item(ITEMS / "food_business.yaml")
ITEM = replace(
    FOOD,
    tables=(
        replace(FOOD.tables[0], effective_from=date(2026, 1, 1), effective_to=date(2026, 12, 31)),
        *FOOD.tables[1:],
    ),
)


@pytest.mark.parametrize("name", ["food_business", "public_place_hygiene"])
def test_the_tables_that_ship_are_clean(name: str) -> None:
    item = load_item(ITEMS / f"{name}.yaml")
    assert item.tables
    assert list(table_faults(item)) == []
    assert item_from_document(item_to_document(item)) == item


def test_a_workbook_comes_back_equal() -> None:
    assert from_workbook(to_workbook(ITEM), ITEM) == ITEM.tables
    assert from_workbook(to_workbook(replace(ITEM, tables=from_workbook(to_workbook(ITEM), ITEM))), ITEM) == ITEM.tables


def test_officials_read_labels_and_not_codes() -> None:
    sheet = load_workbook(BytesIO(to_workbook(ITEM))).worksheets[0]
    assert [sheet["B7"].value, sheet["D7"].value, sheet["D9"].value] == ["您要办哪一种", "经营场所面积", "面积"]
    assert sheet["C11"].value == "餐饮服务\n单位食堂"


# Cell of the first worksheet | what is put there | where and what is said
BROKEN: list[tuple[str, Any, str]] = [
    ("B8", "colour", "“1 要不要现场核查，多少天办完”B8：“colour”不是这个事项的问题或栏目"),
    ("B3", "随便", "B3：没有“随便”这种命中方式"),
    ("B4", "明天", "B4：“明天”不是日期"),
    ("I13", "也许", "“也许”不是“是”或“否”"),
    ("M13", "三天", "M13：“三天”不是整数"),
    ("N13", "现场核查", "看不懂“现场核查”"),
    ("G12", "长" * 1001, "G12：有 1001 个字，太长"),
]


@pytest.mark.parametrize(("cell", "value", "said"), BROKEN)
def test_a_broken_cell_is_named_by_sheet_and_cell(cell: str, value: Any, said: str) -> None:
    book = load_workbook(BytesIO(to_workbook(ITEM)))
    book.worksheets[0][cell] = value
    kept = BytesIO()
    book.save(kept)
    with pytest.raises(PackError) as caught:
        from_workbook(kept.getvalue(), ITEM)
    assert any(said in f"{fault.field}：{fault.reason}" for fault in caught.value.faults), caught.value.faults
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"hello"])
def test_what_is_no_workbook_is_said_so(data: bytes) -> None:
    with pytest.raises(PackError):
        from_workbook(data, ITEM)


def test_a_workbook_that_is_not_ours() -> None:
    with pytest.raises(PackError, match="没有规则表"):
        from_workbook(to_workbook(replace(ITEM, tables=())), ITEM)


def same(first: Item, second: Item) -> None:
    for one, other in zip(first.tables, second.tables, strict=True):
        assert compiled(one).cells == compiled(other).cells
        assert [outputs_shown(row) for row in one.rows] == [outputs_shown(row) for row in other.rows]
        assert replace(one, rows=()) == replace(other, rows=())


def test_dmn_comes_back_with_the_same_meaning() -> None:
    back = replace(ITEM, tables=from_dmn(to_dmn(ITEM), ITEM))
    same(back, ITEM)
    assert to_dmn(back) == to_dmn(ITEM)


def changed(old: str, new: str) -> bytes:
    text = to_dmn(ITEM).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


BAD = [
    (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>', "DOCTYPE"),
    ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>'.encode("utf-16"), "DOCTYPE"),
    (b"<x", "不是合法的 XML"),
    (b"", "不是合法的 XML"),
    (b"<x/>", "不是 DMN 1.3 文件"),
    (f'<definitions xmlns="{DMN}"/>'.encode(), "没有决策表"),
    (b" " * 1_000_001, "太大"),
    (changed('hitPolicy="UNIQUE"', 'hitPolicy="RULE ORDER"'), "命中方式“RULE ORDER”不能用"),
    (changed(">apply_type<", ">colour<"), "“colour”不是这个事项的问题或栏目"),
    (changed("&gt;= 1000", "&gt;= a + 1"), "看不懂"),
    (changed('"needs_visit=真"', "if a then b"), "不是 S-FEEL 的字面值"),
    (changed('name="add"', 'name="bonus"'), "没有名为“bonus”的结果"),
]


@pytest.mark.parametrize(("data", "said"), BAD)
def test_a_bad_dmn_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(Malformed) as caught:
        from_dmn(data, ITEM)
    assert said in str(caught.value)
    assert caught.value.remedy
