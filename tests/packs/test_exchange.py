"""Items out and in again: JSON and xlsx come back as what went out, and whatever is wrong is said where it stands."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # openpyxl ships no types

from banjie.engine.catalogue import Answer, Fee, Item, Material, Place
from banjie.engine.clock import Term, Unit
from banjie.engine.ids import Malformed
from banjie.engine.inheritance import Upper
from banjie.engine.rules import Condition, Test
from banjie.packs.cells import Unreadable, from_cell, to_cell
from banjie.packs.exchange import Kept, Offered, read_json, write_json
from banjie.packs.import_report import Line
from banjie.packs.imports import digest
from banjie.packs.load import load_items
from banjie.packs.stored import Texts, item_to_document
from banjie.packs.workbook import write_workbook
from banjie.packs.workbook_reading import read_workbook

SHIPPED = load_items()
FOOD = next(item for item in SHIPPED if item.name == "食品经营许可")
UPPER = Upper("990100", FOOD.code, 3, follows=False)


def offered(found: list[Offered | Line]) -> list[Offered]:
    assert all(isinstance(one, Offered) for one in found), found
    return [one for one in found if isinstance(one, Offered)]


def lines(found: list[Offered | Line]) -> list[Line]:
    return [one for one in found if isinstance(one, Line)]


def again(one: Offered) -> Item:
    """The item a record makes when nothing is kept yet; the number is given elsewhere."""
    return Item(**{"edition": one.edition} | dict(one.said))


def test_json_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "事项.json"
    kept = [Kept(item, "published", UPPER if item is FOOD else None) for item in SHIPPED]
    assert write_json(kept, path) == len(SHIPPED)
    assert [row["item"]["name"] for row in json.loads(path.read_text())["items"]] == [one.name for one in SHIPPED]
    found = offered(list(read_json(path)))
    assert [again(one) for one in found] == list(SHIPPED)
    assert [one.upper for one in found] == [one.upper for one in kept]


def test_a_workbook_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "事项.xlsx"
    kept = [Kept(item, "published", UPPER if item is FOOD else None) for item in SHIPPED]
    assert write_workbook(kept, path) == len(SHIPPED)
    found = offered(list(read_workbook(path)))
    assert [again(one) for one in found] == list(SHIPPED)
    assert [one.upper for one in found] == [one.upper for one in kept]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)
CONDITION = st.builds(
    Condition,
    st.text("abc_", min_size=1, max_size=5),
    st.sampled_from(Test),
    st.one_of(TEXT, st.integers(-5, 10**12), st.booleans(), st.lists(TEXT, max_size=3).map(tuple)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(TEXT, max_size=3).map(tuple),
    text=TEXT,
    fee=st.integers(1, 10**9),
    term=st.builds(Term, st.integers(0, 99999), st.sampled_from(Unit), TEXT),
    when=st.lists(CONDITION, max_size=2).map(tuple),
    closed=st.one_of(st.none(), st.dates()),
)
def test_whatever_an_item_says_survives_the_journey(
    tmp_path: Path,
    names: tuple[str, ...],
    text: str,
    fee: int,
    term: Term,
    when: tuple[Condition, ...],
    closed: date | None,
) -> None:
    item = replace(
        FOOD,
        popular_names=names,
        court=text,
        promised=term,
        closed_on=closed,
        fees=(Fee(text, fee, text),),
        places=(Place(text, "=1+1", "+电话", "-"),),
        faq=(Answer(text, text),),
        materials=(Material("a", text, "=SUM(A1)", when=when, review_points=names),),
    )
    write_workbook([Kept(item, "draft")], tmp_path / "a.xlsx")
    write_json([Kept(item, "draft")], tmp_path / "a.json")
    for found in (list(read_workbook(tmp_path / "a.xlsx")), list(read_json(tmp_path / "a.json"))):
        assert [again(one) for one in offered(found)] == [item]


def test_the_template_is_a_workbook_without_items(tmp_path: Path) -> None:
    write_workbook((), tmp_path / "模板.xlsx")
    assert list(read_workbook(tmp_path / "模板.xlsx")) == []
    book = load_workbook(tmp_path / "模板.xlsx")
    assert "填写说明" in book.sheetnames
    assert [cell.value for cell in book["收费"][1]] == ["行政区划", "事项编码", "名称", "金额分", "依据"]


# --- what goes wrong ---


def spoilt(tmp_path: Path, spoil: Callable[[Workbook], None]) -> list[Offered | Line]:
    path = tmp_path / "坏的.xlsx"
    write_workbook([Kept(FOOD, "draft"), Kept(SHIPPED[0], "draft")], path)
    book = load_workbook(path)
    spoil(book)
    book.save(path)
    return list(read_workbook(path))


def column(book: Workbook, sheet: str, words: str) -> int:
    return [cell.value for cell in book[sheet][1]].index(words) + 1


def put(sheet: str, words: str, row: int, value: object) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        cell = book[sheet].cell(row, column(book, sheet, words))
        cell.number_format = "General"
        cell.value = value

    return spoil


@pytest.mark.parametrize(
    ("sheet", "words", "value", "where", "reason"),
    [
        ("事项", "咨询电话", "=A1&B1", "事项·咨询电话", "是公式"),
        ("事项", "生效日期", 45992, "事项·生效日期", "是数字 45992，不是日期"),
        ("事项", "生效日期", "2026年12月", "事项·生效日期", "不是有效的日期"),
        ("事项", "事项类型", "许可", "事项·事项类型", "不在可选范围内"),
        ("事项", "法定办结时限", "二十天", "事项·法定办结时限", "看不懂“二十天”"),
        ("事项", "到现场次数", "一次", "事项·到现场次数", "不是整数"),
        ("事项", "基本编码", 119901000016300013, "事项·基本编码", "丢失位数"),
        ("事项", "投诉电话", "#REF!", "事项·投诉电话", "错误值"),
        ("事项", "继承区划", "990000", "事项·继承、版次", "要一起填写"),
        ("申请材料", "容缺工作日", "五", "申请材料·容缺工作日", "不是整数"),
        ("申请材料", "必要", "看情况", "申请材料·必要", "不在可选范围内"),
        (
            "设定依据",
            "名称",
            datetime(2026, 1, 1),  # noqa: DTZ001 — Excel knows no time zones.
            "设定依据·名称",
            "是日期",
        ),
        ("其他内容", "内容", "{", "事项·继承、版次", "不完整"),
        ("其他内容", "字段", "随便", "其他内容·字段", "没有“随便”这个字段"),
    ],
)
def test_a_wrong_cell_refuses_its_item_and_no_other(
    tmp_path: Path, sheet: str, words: str, value: object, where: str, reason: str
) -> None:
    found = spoilt(tmp_path, put(sheet, words, 2, value))
    [line] = lines(found)
    assert (line.key, line.field) == (FOOD.code, where)
    assert reason in line.reason
    assert line.remedy
    assert line.row == 2
    assert [again(one).name for one in found if isinstance(one, Offered)] == [SHIPPED[0].name]


def test_a_part_of_no_item_is_told(tmp_path: Path) -> None:
    [line] = lines(spoilt(tmp_path, lambda book: book["收费"].append(["990100", "NONE", "工本费", "1000", "某条"])))
    assert line.field == "收费·事项编码"
    assert "没有区划 990100 的这个事项" in line.reason


def test_an_item_twice_is_told(tmp_path: Path) -> None:
    def twice(book: Workbook) -> None:
        book["事项"].append([cell.value for cell in book["事项"][2]])

    [line] = lines(spoilt(tmp_path, twice))
    assert "与第 2 行是同一个事项" in line.reason


def drop_sheet(book: Workbook) -> None:
    del book["事项"]


def merge(book: Workbook) -> None:
    book["申请材料"].merge_cells("C2:C3")


def drop_heading(book: Workbook) -> None:
    book["事项"].cell(1, column(book, "事项", "事项编码")).value = "编号"


def double_heading(book: Workbook) -> None:
    book["事项"].cell(1, column(book, "事项", "诉讼法院")).value = "复议机关"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (drop_sheet, "没有名为“事项”的工作表"),
        (merge, "第 2 行合并了单元格 C2:C3"),
        (drop_heading, "没有“事项编码”这一列"),
        (double_heading, "两列都叫“复议机关”"),
        (put("收费", "行政区划", 2, None), ""),
    ],
)
def test_a_workbook_that_cannot_be_trusted_is_refused_as_a_whole(
    tmp_path: Path, spoil: Callable[[Workbook], None], reason: str
) -> None:
    if not reason:
        assert len(offered(spoilt(tmp_path, spoil))) == 2  # An empty row is no row.
        return
    with pytest.raises(Malformed) as wrong:
        spoilt(tmp_path, spoil)
    assert reason in wrong.value.reason
    assert wrong.value.remedy


def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path) -> None:
    for name, content in (("a.xlsx", b""), ("b.xlsx", b"PK\x03\x04broken"), ("c.xlsx", "事项,编码".encode())):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Malformed, match="不是能读的 Excel 文件"):
            list(read_workbook(tmp_path / name))
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(Malformed, match="不是能读的 Excel 文件"):
        list(read_workbook(tmp_path / "d.xlsx"))
    with pytest.raises(Malformed):
        list(read_workbook(tmp_path / "none.xlsx"))


def test_a_sheet_padded_with_a_million_rows_ends_where_its_content_does(tmp_path: Path) -> None:
    path = tmp_path / "长.xlsx"
    write_workbook([Kept(FOOD, "draft")], path)
    book = load_workbook(path)
    book["事项"].cell(1_000_000, 1).value = "990100"
    book.save(path)
    assert [again(one) for one in offered(list(read_workbook(path)))] == [FOOD]


HEAD = '{"format": "banjie-items", "version": 1, "items": ['


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "不是办结的事项文件"),
        ("[]", "不是办结的事项文件"),
        ('{"format": "banjie-items", "version": 9, "items": []}', "第 9 版格式"),
        (HEAD, "文件不完整"),
        (HEAD + '{"item": {}}, {"item": ', "第 2 条读不下去"),
        (HEAD + "[" * 100_000, "读不下去"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Malformed) as wrong:
        list(read_json(tmp_path / "a.json"))
    assert reason in wrong.value.reason


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        ([], "整条", "不是“名称: 值”的形式"),
        ({"item": {"code": "X", "colour": "红"}}, "colour", "没有这个字段"),
        ({"item": {"code": "X"}}, "edition", "必须填写"),
        ({"own": {"code": "X", "region": "990121"}}, "item", "既没有完整的事项"),
        ({"inherits": {"region": "990100", "code": "Y", "edition": "三"}, "own": {}}, "edition", "应为整数"),
        ({"inherits": {"region": "990100", "code": "Y", "edition": 1}, "own": {"code": "X"}}, "own.region", "必须填写"),
        (
            {"inherits": {"region": "990100", "code": "Y", "edition": 1}, "own": {"colour": 1}},
            "own.colour",
            "没有这个字段",
        ),
        ({"inherits": {"region": "990100", "code": "Y", "edition": 1}, "own": []}, "own", "名称: 值"),
    ],
)
def test_a_wrong_record_is_a_line_and_the_next_is_read(tmp_path: Path, record: Any, field: str, reason: str) -> None:
    write_json([Kept(FOOD, "draft")], tmp_path / "a.json")
    whole = json.loads((tmp_path / "a.json").read_text())
    whole["items"].insert(0, record)
    (tmp_path / "a.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1))
    line, one = list(read_json(tmp_path / "a.json"))
    assert isinstance(line, Line)
    assert (line.row, line.field) == (1, field)
    assert reason in line.reason
    assert isinstance(one, Offered)
    assert again(one) == FOOD


@pytest.mark.parametrize(
    ("cell", "hint", "value"),
    [
        (3.0, int, 3),
        (True, bool, True),
        (datetime(2026, 12, 1), date, date(2026, 12, 1)),  # noqa: DTZ001 — Excel knows no time zones.
        (12345, str, "12345"),
        ("20个工作日（第三十二条第一款第（四）项）", Term, Term(20, Unit.WORKING_DAY, "第三十二条第一款第（四）项")),
        ("甲\n\n乙 ", tuple[str, ...], ("甲", "乙")),
    ],
)
def test_cells_as_excel_gives_them(cell: object, hint: Any, value: object) -> None:
    assert from_cell(cell, hint) == value


def test_a_cell_says_what_is_wrong_and_how_to_mend_it() -> None:
    with pytest.raises(Unreadable) as wrong:
        from_cell(1.5e20, str)
    assert "丢失位数" in wrong.value.reason
    assert "文本" in wrong.value.remedy
    assert to_cell((), tuple[str, ...]) == ""


def test_document_and_fingerprint_are_the_same_at_once_and_apart() -> None:
    texts = Texts()
    for item in SHIPPED:
        assert texts.both(item) == (texts.document(item), texts.digest(item))
        assert texts.digest(item) == digest(item) == digest(replace(item, edition=9, effective_on=date(2030, 1, 1)))
        assert json.loads(texts.document(item)) == item_to_document(item)
