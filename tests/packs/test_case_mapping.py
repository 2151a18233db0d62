"""Mappings of cases: those shipped are sound, faults are named; rows of every format become the same cases."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # ships no types

from banjie.engine.ids import Malformed
from banjie.packs.case_mapping import load_case_mapping, shipped
from banjie.packs.case_rows import OPEN_AT_ONCE, Told, read_cases
from banjie.packs.import_report import Line

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
GOOD = {
    "来源": {"格式": "csv"},
    "列": {"办件编号": "号", "环节": "步", "环节时间": "时"},
}


def mapping(tmp_path: Path, **changes: object) -> Path:
    file = tmp_path / "m.yaml"
    file.write_text(json.dumps(GOOD | changes, ensure_ascii=False), encoding="utf-8")
    return file


def read(file: Path, mapping_: str | Path) -> list[Told | Line]:
    return list(read_cases(file, load_case_mapping(mapping_, file), region="990100", organs={}, now=NOW))


def test_what_ships_can_be_read() -> None:
    assert {"department", "receipts"} <= set(shipped())
    for name in shipped():
        assert load_case_mapping(name).columns["number"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"列": {"办件编号": "号"}}, "缺少“环节”"),
        ({"列": GOOD["列"] | {"颜色": "色"}}, "没有“颜色”这个字段"),
        ({"来源": {"格式": "pdf"}}, "不认识“pdf”"),
        ({"时区": "Mars/Base"}, "没有时区"),
        ({"环节含义": {"甲": "飞"}}, "不是一种含义"),
        ({"常量": {"环节": "x"}}, "既有列又有常量"),
        ({"别的": "x"}, "不认识“别的”"),
        ({"部门": ["x"]}, "名称: 值"),
    ],
    ids=["缺列", "多列", "格式", "时区", "含义", "两处", "多余", "部门"],
)
def test_what_is_wrong_in_a_mapping_is_named(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(Malformed) as wrong:
        load_case_mapping(mapping(tmp_path, **changes))
    assert words in str(wrong.value)


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(Malformed, match="department"):
        load_case_mapping("none")


ROWS = [
    {
        "办件编号": "A",
        "事项名称": "取水",
        "申请时间": "2026/11/2 8:05",
        "环节名称": "受理",
        "办理时间": "2026年11月3日",
    },
    {"办件编号": "B", "事项名称": "取水", "申请时间": "2026-11-02", "环节名称": "受理", "办理时间": "20261103T101500"},
    {
        "办件编号": "A",
        "事项名称": "取水",
        "申请时间": "2026/11/2 8:05",
        "环节名称": "办结",
        "办理时间": "2026-11-05T08:00Z",
    },
]


def test_every_format_gives_the_same_cases(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    book = Workbook()
    sheet = book.active
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    book.save(tmp_path / "a.xlsx")
    table = tmp_path / "a.csv"
    written = (list(ROWS[0]), *(list(row.values()) for row in ROWS))
    table.write_text("\n".join(",".join(one) for one in written), encoding="gb18030")
    found = [read(file, "department") for file in (lines, tmp_path / "a.xlsx", table)]
    reports = [[one.examined for one in cases if isinstance(one, Told)] for cases in found]
    assert reports[0] == reports[1] == reports[2]
    first = next(one for one in reports[0] if one is not None and one.report.number == "A")
    assert [step.activity for step in first.report.steps] == ["受理", "办结"]
    assert first.report.facts.started_at.isoformat() == "2026-11-02T08:05:00+08:00"


def test_a_case_whose_rows_stand_far_apart_comes_in_parts(tmp_path: Path) -> None:
    file = tmp_path / "far.csv"
    rows = ["A,受理,2026-11-03", *(f"N{place},受理,2026-11-03" for place in range(OPEN_AT_ONCE)), "A,办结,2026-11-05"]
    file.write_text("号,步,时\n" + "\n".join(rows), encoding="utf-8")
    found = [one for one in read(file, mapping(tmp_path)) if isinstance(one, Told) and one.number == "A"]
    assert [len(one.examined.report.steps) for one in found if one.examined] == [1, 1]
