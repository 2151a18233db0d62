"""Other systems' tables: every row ends as an item or as one refusal, and nothing is guessed in silence."""

import csv
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl ships no types

from banjie.engine.catalogue import Audience, Depth, Handling, Item, ItemKind
from banjie.engine.clock import Term, Unit
from banjie.engine.ids import Malformed
from banjie.packs.import_report import COLUMNS
from banjie.packs.imports import Line, Severity, Taken, Tally, digest, read_items, write_report
from banjie.packs.mapping import load_mapping
from banjie.packs.stored import item_from_document, item_to_document

TODAY = date(2026, 11, 24)
CITY = "990100"
REAL_TABLE = next(Path(__file__).parents[3].glob("*/data/service_items_guangdong.jsonl"), None)
"""A real portal's table, in a folder beside this checkout. The product does not ship it."""
ORGAN = "11990100MB0000012Y"

ROW: Mapping[str, Any] = {
    "TASK_CODE": f"{ORGAN}2000131023000",
    "TASK_NAME": "澜江图书馆借书证办理",
    "matter_type": "公共服务",
    "DEPT_NAME": "澜江市文化和旅游局",
    "CATAID": "000131023000",
    "handle_time": "20(工作日)",
    "handle_time_limit": "5(工作日)",
    "service_object_name": ["自然人", "企业法人"],
    "material_intro": ["居民身份证", "一寸照片"],
    "matter_short": "无",
    "matter_daily": "办借书证，借书卡",
    "accept_standard": "无条件受理",
    "visit_number": "0",
    "LIMIT_SCENE_NUM": "0",
    "ONLINECHECK": "1",
    "courier_service": "是",
    "handle_location": "办理地点：澜江市书院路1号一楼",
    "consult_phone": "0990-6012345",
    "complain_phone": "0990-6012346",
}


def lines_file(folder: Path, rows: list[Any]) -> Path:
    path = folder / "事项.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def run(path: Path, mapping: str = "guangdong") -> tuple[list[Taken], list[Line], Tally]:
    taken: list[Taken] = []
    lines: list[Line] = []
    tally = Tally()
    for one in read_items(path, load_mapping(mapping), today=TODAY, region=CITY):
        tally.add(one)
        if isinstance(one, Taken):
            taken.append(one)
        else:
            lines.append(one)
    return taken, lines, tally


def of(lines: list[Line], field: str, severity: Severity, row: int = 1) -> str:
    """The reasons and remedies given for that field of that row."""
    return " ".join(
        line.reason + line.remedy for line in lines if (line.row, line.field, line.severity) == (row, field, severity)
    )


def one_row(tmp_path: Path, **changed: Any) -> tuple[Item | None, list[Line]]:
    taken, lines, tally = run(lines_file(tmp_path, [{**ROW, **changed}]))
    assert tally.total == 1
    return (taken[0].item if taken else None), lines


def test_a_row_becomes_an_item(tmp_path: Path) -> None:
    item, lines = one_row(tmp_path)
    assert item is not None
    assert (item.code, item.region, item.edition) == (ROW["TASK_CODE"], CITY, 1)
    assert (item.kind, item.handling) == (ItemKind.PUBLIC_SERVICE, Handling.PROMISED)
    assert (item.organ, item.organ_name) == (ORGAN, "澜江市文化和旅游局")
    assert item.statutory == Term(20, Unit.WORKING_DAY)
    assert item.promised == Term(5, Unit.WORKING_DAY)
    assert item.audiences == (Audience.PERSON, Audience.ENTERPRISE)
    assert [material.name for material in item.materials] == ["居民身份证", "一寸照片"]
    assert item.popular_names == ("办借书证", "借书卡")
    assert item.conditions == ()
    assert (item.visits, item.depth, item.mailing) == (0, Depth.WHOLE, True)
    assert item.places[0].address == "澜江市书院路1号一楼"
    assert [step.key for step in item.workflow.steps] == ["review", "decide"]
    assert "一律用模板“standard”" in of(lines, "办理流程和表单", Severity.NOTE, row=0)
    assert "全程网办" in of(lines, "网办深度", Severity.NOTE)
    assert "拆为 2 项" in of(lines, "日常用语", Severity.NOTE)
    assert item_from_document(item_to_document(item)) == item


def test_two_items_that_ask_for_one_paper_share_its_key(tmp_path: Path) -> None:
    first, _ = one_row(tmp_path)
    other, _ = one_row(tmp_path, TASK_CODE=f"{ORGAN}2000131023001", material_intro=["居民身份证"])
    assert first is not None
    assert other is not None
    assert first.materials[0].key == other.materials[0].key


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"TASK_CODE": None}, "事项编码", "不成其为事项"),
    ({"TASK_CODE": "编码/一"}, "事项编码", "只能由数字、字母"),
    ({"TASK_NAME": "无"}, "事项名称", "不成其为事项"),
    ({"TASK_NAME": "长" * 600}, "事项名称", "不成其为事项"),
    ({"matter_type": "行政审批"}, "事项类型", "不成其为事项"),
    ({"DEPT_NAME": ""}, "实施机关", "不成其为事项"),
    ({"handle_time": "无", "handle_time_limit": "无"}, "法定办结时限", "都没有或都读不出"),
    ({"handle_time": "20", "handle_time_limit": "很快"}, "法定办结时限", "都没有或都读不出"),
]


@pytest.mark.parametrize(("changed", "field", "reason"), REFUSED)
def test_refuses_a_row_that_is_no_item(tmp_path: Path, changed: dict[str, Any], field: str, reason: str) -> None:
    item, lines = one_row(tmp_path, **changed)
    assert item is None
    refusals = [line for line in lines if line.severity is Severity.REFUSED]
    assert [(line.field, line.row) for line in refusals] == [(field, 1)]
    assert reason in refusals[0].reason
    assert refusals[0].remedy


def test_tells_all_that_a_refused_row_lacks(tmp_path: Path) -> None:
    _, lines = one_row(tmp_path, TASK_NAME="", DEPT_NAME="", handle_time="20")
    assert lines[-1].field == "事项名称"
    assert "请补上实施机关" in of(lines, "实施机关", Severity.DRAFT)
    assert "没有单位" in of(lines, "法定办结时限", Severity.DRAFT)


DRAFTS: list[tuple[dict[str, Any], str, str]] = [
    ({"handle_time": "无"}, "法定办结时限", "暂按承诺办结时限 5个工作日"),
    ({"handle_time_limit": "尽快"}, "承诺办结时限", "读不出一个确定的期限"),
    ({"handle_time_limit": "30(工作日)"}, "承诺办结时限", "长于法定办结时限"),
    ({"handle_time_limit": "3(自然日)"}, "承诺办结时限", "单位不同"),
    ({"handle_time": "1个月"}, "法定办结时限", "须人工核定"),
    ({"service_object_name": ["自然人", "外星人"]}, "服务对象", "不认识“外星人”"),
    ({"service_object_name": []}, "服务对象", "没有或读不出"),
    ({"visit_number": "若干", "LIMIT_SCENE_NUM": None}, "到现场次数", "不是从 0 起的整数"),
    ({"consult_phone": "6012345"}, "咨询电话", "缺少区号"),
    ({"consult_phone": "见官网"}, "咨询电话", "读不出电话号码"),
    ({"complain_phone": "0990-6012345"}, "投诉电话", "与咨询电话相同"),
    ({"TASK_CODE": "ABC-1"}, "实施机关代码", "不是统一社会信用代码"),
    ({"TASK_NAME": "借书证", "accept_standard": {"嵌": "套"}}, "受理条件", "嵌套的数据"),
    ({"material_intro": ["法律法规规定的其他材料"]}, "申请材料", "兜底"),
]


@pytest.mark.parametrize(("changed", "field", "reason"), DRAFTS)
def test_keeps_a_doubtful_row_a_draft(tmp_path: Path, changed: dict[str, Any], field: str, reason: str) -> None:
    taken, lines, _ = run(lines_file(tmp_path, [{**ROW, **changed}]))
    assert len(taken) == 1
    assert not taken[0].publishable
    assert reason in of(lines, field, Severity.DRAFT)


NOTED: list[tuple[dict[str, Any], str, str]] = [
    ({"material_intro": ["1.身份证；2.照片；3.身份证"]}, "申请材料", "拆为 3 项"),
    ({"material_intro": ["身份证", "照片", "身份证"]}, "申请材料", "同一行里重复"),
    ({"material_intro": ["提交以下材料：1.身份证2.照片"]}, "申请材料", "这是引导语"),
    ({"material_intro": ["身份证。"]}, "申请材料", "去掉了末尾的标点"),
    ({"service_object_name": ["非法人企业"]}, "服务对象", "归入“其他组织”"),
    ({"consult_phone": "窗口：0990-6012345（工作日）"}, "咨询电话", "写为“0990-6012345”"),
    ({"handle_time": "40天", "handle_time_limit": "5天"}, "法定办结时限", "按自然日读"),
    ({"TASK_NAME": "借书\x00证"}, "事项名称", "控制字符"),
    ({"TASK_NAME": "借书\ud800证"}, "事项名称", "控制字符"),
    ({"另一列": "甲"}, "列 另一列", "没有提到这一列"),
]


@pytest.mark.parametrize(("changed", "field", "reason"), NOTED)
def test_tells_what_it_did_to_a_value(tmp_path: Path, changed: dict[str, Any], field: str, reason: str) -> None:
    path = tmp_path / "事项.jsonl"
    path.write_text(json.dumps({**ROW, **changed}), encoding="ascii")
    taken, lines, _ = run(path)
    assert len(taken) == 1
    assert reason in of(lines, field, Severity.NOTE)


def test_at_once_is_decided_at_once(tmp_path: Path) -> None:
    item, _ = one_row(tmp_path, handle_time_limit="即办")
    assert item is not None
    assert item.handling is Handling.AT_ONCE
    assert item.workflow.at_once


def test_a_code_is_taken_once(tmp_path: Path) -> None:
    other = {**ROW, "TASK_NAME": "借书证补办"}
    taken, lines, tally = run(lines_file(tmp_path, [ROW, ROW, other]))
    assert [one.row for one in taken] == [1]
    assert (tally.taken, tally.refused, tally.total) == (1, 2, 3)
    assert "与第 1 行完全相同" in of(lines, "事项编码", Severity.REFUSED, row=2)
    assert "编码相同而内容不同" in of(lines, "事项编码", Severity.REFUSED, row=3)


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    good = json.dumps(ROW, ensure_ascii=False).encode()
    gbk = json.dumps({**ROW, "TASK_CODE": f"{ORGAN}2000131023009"}, ensure_ascii=False).encode("gb18030")
    twice = b'{"TASK_CODE": "1", "TASK_CODE": "2"}'
    broken = [b"{", b"[1]", b'{"a": NaN}', twice, b"\xff\xfe\x00", b"[" * 100_000, b"9" * 9000]
    path = tmp_path / "事项.jsonl"
    path.write_bytes(b"\n".join([good, *broken, b"", gbk]))
    taken, lines, tally = run(path)
    assert [one.row for one in taken] == [1, len(broken) + 3]
    assert taken[1].item.name == ROW["TASK_NAME"]
    assert (tally.taken, tally.refused) == (2, len(broken))
    assert "同一列" in of(lines, "整行", Severity.REFUSED, row=5)


def test_the_same_file_twice_is_the_same(tmp_path: Path) -> None:
    path = lines_file(tmp_path, [ROW, {**ROW, "TASK_CODE": f"{ORGAN}2000131023009", "handle_time": "无"}])
    assert run(path) == run(path)
    mapping = load_mapping("guangdong")
    later = [one for one in read_items(path, mapping, today=date(2027, 3, 1), region=CITY) if isinstance(one, Taken)]
    assert [one.digest for one in later] == [digest(one.item) for one in run(path)[0]]
    assert later[0].digest != later[1].digest


def test_refuses_a_region_or_a_file_that_is_none(tmp_path: Path) -> None:
    mapping = load_mapping("guangdong")
    path = lines_file(tmp_path, [ROW])
    with pytest.raises(Malformed, match="行政区划"):
        list(read_items(path, mapping, today=TODAY, region="澜江"))
    with pytest.raises(Malformed, match="打不开"):
        list(read_items(tmp_path / "无此文件.jsonl", mapping, today=TODAY, region=CITY))


# --- another city's Excel ---

EXCEL_ROW: Mapping[str, Any] = {
    "序号": 1,
    "实施编码": f"{ORGAN}1000131023000",
    "事项名称": "小餐饮经营许可",
    "业务办理项": "小餐饮经营许可（新办）",
    "类型": "许可",
    "机关信用代码": ORGAN,
    "实施机关": "岚东市市场监督管理局",
    "机关代字": "岚市监",
    "法定时限": 20,
    "法定时限单位": 1,
    "时限依据": "《行政许可法》第四十二条",
    "承诺时限": 7.0,
    "承诺时限单位": "工作日",
    "办件类型": "承诺",
    "服务对象": "个人、企业",
    "设定依据": "《岚东市小餐饮管理办法》第八条第一款；《岚东市食品安全条例》第二十条",
    "生效日期": date(2026, 12, 1),
    "俗称": "开小饭馆、开面馆",
    "受理条件": "1.有固定场所；2.从业人员健康证明有效",
    "申请材料": "1.申请书；2.场所平面图；3.健康证明",
    "材料依据": "《岚东市小餐饮管理办法》第九条",
    "到场次数": 0,
    "网办深度": "IV",
    "可否邮寄": "是",
    "是否收费": "否",
    "办理地点": "岚东市临港路8号二楼",
    "办公时间": "工作日 9:00—17:00",
    "咨询电话": "0991-7012345",
    "投诉电话": "0991-7012346",
    "常见问题": "租的房子能办吗？",
    "问题解答": "能，请提交租赁合同。",
}


def workbook(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    book = Workbook()
    book.active.title = "填写说明"
    sheet = book.create_sheet("事项清单")
    sheet.append(["岚东市行政许可事项清单"])
    sheet.append(list(EXCEL_ROW))
    for row in rows:
        sheet.append([row.get(column) for column in EXCEL_ROW])
    book.save(path)
    return path


def test_reads_another_citys_excel_with_no_code(tmp_path: Path) -> None:
    table = workbook(tmp_path / "清单.xlsx", [EXCEL_ROW, {}, {**EXCEL_ROW, "实施编码": "LD-2", "承诺时限": 30}])
    taken, lines, tally = run(table, "landong")
    assert [one.row for one in taken] == [3, 5]
    assert (tally.taken, tally.publishable, tally.refused) == (2, 1, 0)
    item = taken[0].item
    assert taken[0].publishable, taken[0].gates
    assert item.heading == "小餐饮经营许可（新办）"
    assert item.statutory == Term(20, Unit.WORKING_DAY, "《行政许可法》第四十二条")
    assert item.promised == Term(7, Unit.WORKING_DAY)
    assert [(ground.law, ground.clause) for ground in item.basis] == [
        ("《岚东市小餐饮管理办法》", "第八条第一款"),
        ("《岚东市食品安全条例》", "第二十条"),
    ]
    assert item.effective_on == date(2026, 12, 1)
    assert [material.name for material in item.materials] == ["申请书", "场所平面图", "健康证明"]
    assert item.materials[0].basis == "《岚东市小餐饮管理办法》第九条"
    assert item.conditions == ("有固定场所；", "从业人员健康证明有效")
    assert item.faq[0].answer == "能，请提交租赁合同。"
    assert "长于法定办结时限" in of(lines, "承诺办结时限", Severity.DRAFT, row=5)


def test_excel_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    odd = [{**EXCEL_ROW, "事项名称": "#N/A"}, {**EXCEL_ROW, "实施编码": 1e20}, {**EXCEL_ROW, "到场次数": None}]
    _, lines, tally = run(workbook(tmp_path / "清单.xlsx", odd), "landong")
    assert (tally.taken, tally.refused) == (1, 2)
    assert "Excel 的出错值" in of(lines, "事项名称", Severity.DRAFT, row=3)
    assert "已经失真" in of(lines, "事项编码", Severity.DRAFT, row=4)
    assert "按对应表的默认值取“1”" in of(lines, "到现场次数", Severity.NOTE, row=5)
    no_book = tmp_path / "其实是文字.xlsx"
    no_book.write_text("实施编码", encoding="utf-8")
    with pytest.raises(Malformed, match="不是能读的 Excel"):
        run(no_book, "landong")
    damaged = tmp_path / "坏了一半.xlsx"
    with zipfile.ZipFile(tmp_path / "清单.xlsx") as whole, zipfile.ZipFile(damaged, "w") as half:
        for name in whole.namelist():
            content = whole.read(name)
            half.writestr(name, content[: len(content) // 2] if name.endswith("sheet2.xml") else content)
    with pytest.raises(Malformed, match="不是能读的 Excel"):
        run(damaged, "landong")
    other = Workbook()
    other.save(tmp_path / "没有清单.xlsx")
    with pytest.raises(Malformed, match="没有名为“事项清单”的工作表"):
        run(tmp_path / "没有清单.xlsx", "landong")


# --- anything at all ---

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LIKELY = st.sampled_from(
    [
        "20(工作日)",
        "1个月",
        "即办",
        "无",
        "是",
        "0",
        "公共服务",
        "自然人",
        "1.甲；2.乙",
        "0990-6012345",
        "（一）甲（二）乙",
    ]
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(ROW)), ANYTHING | LIKELY).map(lambda odd: {**ROW, **odd})
        | st.dictionaries(st.text(max_size=5), ANYTHING, max_size=3)
        | ANYTHING,
        max_size=4,
    )
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_end_as_items_or_refusals(tmp_path: Path, rows: list[Any]) -> None:
    path = tmp_path / "任意.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="ascii")
    taken, lines, tally = run(path)
    ended = [one.row for one in taken]
    ended += [line.row for line in lines if line.severity is Severity.REFUSED]
    assert sorted(ended) == list(range(1, len(rows) + 1))
    assert tally.total == len(rows)
    for one in taken:
        assert item_from_document(item_to_document(one.item)) == one.item


# --- the report ---


def test_the_report_opens_in_excel_unchanged(tmp_path: Path) -> None:
    _, lines, _ = run(lines_file(tmp_path, [{**ROW, "TASK_NAME": "无"}]))
    lines.append(Line(2, "1" * 31, "事项名称", Severity.REFUSED, "=HYPERLINK(1)", "甲", "乙"))
    path = tmp_path / "报告.csv"
    assert write_report(lines, path) == len(lines)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert tuple(table[0]) == COLUMNS
    assert table[1][0] == "全部"
    assert table[-1][1:5] == ["\t" + "1" * 31, "事项名称", "未导入", "'=HYPERLINK(1)"]
    plain = tmp_path / "报告.jsonl"
    write_report(lines, plain)
    last = json.loads(plain.read_text(encoding="utf-8").splitlines()[-1])
    assert last["原值"] == "=HYPERLINK(1)"


# --- the real table ---


@pytest.mark.skipif(REAL_TABLE is None, reason="the real table of 1,400 items is not beside this checkout")
def test_every_row_of_the_real_table_ends() -> None:
    assert REAL_TABLE is not None
    taken, lines, tally = run(REAL_TABLE)
    assert tally.total == 1400
    assert tally.taken == len(taken) == 1087
    refusals = [line for line in lines if line.severity is Severity.REFUSED]
    assert {line.reason for line in refusals} == {"法定和承诺办结时限都没有或都读不出，无法计算期限"}
    assert {one.row for one in taken}.isdisjoint({line.row for line in refusals})
    assert len({one.item.code for one in taken}) == len(taken)
    assert all(one.item.promised.number <= one.item.statutory.number for one in taken)
    assert all(line.reason for line in lines)
    assert all(line.remedy for line in lines if line.severity is not Severity.NOTE)
