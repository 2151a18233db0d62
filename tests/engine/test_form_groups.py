"""Groups of rows, sums, and answers held against each other: one law for page, interface and spreadsheet."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.cases.events import Resubmitted
from banjie.engine.codec import decode, encode, revive
from banjie.engine.form_answers import columns_asked, row_answers, shown, validate, worded
from banjie.engine.form_checks import form_faults
from banjie.engine.form_schema import schema_of
from banjie.engine.forms import Check, CheckKind, Column, Field, FieldKind, Form, Layout, Option, Section
from banjie.engine.rules import Condition, as_facts
from banjie.engine.rules import Test as Compare

KIND = Option("person", "自然人"), Option("company", "企业")
SHARES = Field(
    "holders",
    "股东",
    FieldKind.GROUP,
    unit="人",
    minimum=1,
    maximum=3,
    columns=(
        Column("holder", "姓名或名称", FieldKind.TEXT),
        Column("kind", "类型", FieldKind.CHOICE, options=KIND),
        Column("code", "统一社会信用代码", FieldKind.CREDIT_CODE, show_if=(Condition("kind", Compare.IS, "company"),)),
        Column("paid", "出资额", FieldKind.MONEY),
        Column("ratio", "出资比例", FieldKind.PERCENTAGE),
        Column("from_day", "任职日", FieldKind.DATE, required=False),
        Column("until_day", "离任日", FieldKind.DATE, required=False),
    ),
)
FORM = Form(
    (
        Section(
            "page",
            "股东",
            (
                SHARES,
                Field("capital", "注册资本", FieldKind.MONEY, sum_of="holders.paid"),
                Field("board", "董事会", FieldKind.YES_NO, False, show_if=(Condition("holders", Compare.AT_LEAST, 2),)),
            ),
        ),
    ),
    (
        Check(CheckKind.SUM_IS, "holders.ratio", "应当合计为 100%", "请核对每一行", value=100),
        Check(CheckKind.UNIQUE, "holders.holder", "同一股东填了两次", "请合并"),
        Check(CheckKind.NOT_LESS, "holders.until_day", "早于任职日", "请核对", other="holders.from_day"),
    ),
)


def _row(name: str, ratio: str, **more: str) -> dict[str, object]:
    return {"holder": name, "kind": "自然人", "paid": "1,000.50 元", "ratio": ratio, **more}


def test_rows_are_read_cell_by_cell_and_added_up() -> None:
    raw = {
        "holders": [_row("王䶮", "60%"), _row("澜江春禾", "40", kind="company", code="91990102ma00rc0153")],
        "board": "是",
    }
    values, faults = validate(FORM, raw, {})
    assert faults == ()
    assert values["holders"] == (
        {"holder": "王䶮", "kind": "person", "paid": 100050, "ratio": 6000},
        {"holder": "澜江春禾", "kind": "company", "code": "91990102MA00RC0153", "paid": 100050, "ratio": 4000},
    )
    assert values["capital"] == 200100
    assert values["board"] is True
    again, _ = validate(FORM, json.loads(json.dumps(values)), {})
    assert again == values


def test_what_a_row_does_not_ask_is_dropped_and_rows_are_a_fact_by_their_number() -> None:
    values, _ = validate(FORM, {"holders": [_row("王䶮", "100", code="x")], "board": "是"}, {})
    assert values["holders"] == ({"holder": "王䶮", "kind": "person", "paid": 100050, "ratio": 10000},)
    assert "board" not in values
    assert as_facts({"holders": [{"a": 1}, {"a": 2}], "many": ["a", "b"]}) == {"holders": 2, "many": ("a", "b")}
    assert [one.key for one in columns_asked(SHARES, {"kind": "company"}, {})][:3] == ["holder", "kind", "code"]


# what came in; the fault's field and a word of its reason
WRONG: list[tuple[object, str, str]] = [
    ([], "holders", "必须填写"),
    (None, "holders", "必须填写"),
    ("股东", "holders", "列表"),
    (["王"], "holders[0]", "一行"),
    ([_row(str(number), "25") for number in range(4)], "holders", "最多 3 人"),
    ([_row("王", "很多")], "holders[0].ratio", "数字"),
    ([_row("王", "50"), _row("", "50")], "holders[1].holder", "必须填写"),
    ([_row("王", "100", kind="company")], "holders[0].code", "必须填写"),
    ([{**_row("王", "100"), "extra": 1}], "holders[0].extra", "没有这一项"),
    ([_row("王", "60")], "holders", "应当合计为 100%，现在合计 60%"),
    ([_row("王", "60"), _row("王", "40")], "holders[1].holder", "与第 1 行相同"),
    ([_row("王", "100", from_day="2026-12-02", until_day="2026-12-01")], "holders[0].until_day", "早于任职日"),
]


@pytest.mark.parametrize(("raw", "field", "reason"), WRONG)
def test_every_refusal_names_its_cell_and_its_remedy(raw: object, field: str, reason: str) -> None:
    values, faults = validate(FORM, {"holders": raw}, {})
    assert "holders" not in values or "合计" in reason or "相同" in reason or "早于" in reason
    assert (faults[0].field, reason in faults[0].reason) == (field, True), faults
    assert faults[0].remedy
    assert len(faults) == 1


def test_rows_may_come_under_names_of_their_own() -> None:
    values, faults = validate(FORM, {"holders": {"a": _row("王", "60"), "b": _row("李", "40")}}, {})
    assert not faults
    assert [row["holder"] for row in values["holders"]] == ["王", "李"]  # type: ignore[union-attr, index]  # a group keeps rows
    row, wrong = row_answers(SHARES, _row("", "60"), {})
    assert [fault.field for fault in wrong] == ["holder"]
    assert row["ratio"] == 6000


def test_rows_are_shown_in_words() -> None:
    values, _ = validate(FORM, {"holders": [_row("王䶮", "100")]}, {})
    assert shown(SHARES, values["holders"]) == "1. 姓名或名称 王䶮，类型 自然人，出资额 1000.50 元，出资比例 100%"
    assert worded(FORM.fields[1], values["capital"]) == "1000.50 元"
    day = Field("day", "日", FieldKind.DATE_RANGE)
    assert worded(day, "2026-12-01/2026-12-20") == "2026年12月1日 至 2026年12月20日"
    assert worded(Field("id", "证件", FieldKind.PARTY_ID), "passport E12345678") == "护照 E12345678"


def test_an_address_takes_its_name_from_the_register() -> None:
    form = Form((Section("p", "页", (Field("a", "地址", FieldKind.ADDRESS, within="990100"),)),))
    names = {"990102001001": "甲省乙市丙社区"}
    typed = {"a": {"region": "990102001001", "detail": "　望江路  1 号 "}}
    kept = "990102001001 甲省乙市丙社区 望江路 1 号"
    assert validate(form, typed, {}, lambda code: names.get(code, "")) == ({"a": kept}, ())
    lying = {"a": "990102001001 别处 望江路 1 号"}
    assert validate(form, lying, {}, lambda code: names.get(code, ""))[0] == {"a": kept}
    assert validate(form, {"a": kept}, {}) == ({"a": kept}, ())
    for code, word in (("990102001009", "没有这个地方"), ("980102001001", "规定的地域"), ("99", "代码不对")):
        found = validate(form, {"a": {"region": code, "detail": "1 号"}}, {}, lambda code: names.get(code, ""))
        assert word in found[1][0].reason


CELLS = st.one_of(
    st.text(max_size=8), st.integers(), st.none(), st.booleans(), st.lists(st.text(max_size=3), max_size=2)
)
ROWS = st.lists(
    st.one_of(CELLS, st.dictionaries(st.sampled_from([c.key for c in SHARES.columns] + ["x"]), CELLS, max_size=7)),
    max_size=4,
)


@given(ROWS)
def test_whatever_rows_come_in_they_are_kept_or_refused_and_survive_the_journal(rows: list[Any]) -> None:
    values, faults = validate(FORM, {"holders": rows}, {})
    assert faults or "holders" in values
    event = Resubmitted.__new__(Resubmitted)
    for name, value in (("on", None), ("answer_due", None), ("data", values), ("papers", ())):
        object.__setattr__(event, name, value)
    stored = json.loads(json.dumps({"data": encode(event).get("data", {})}))
    assert validate(FORM, stored["data"], {})[0] == values


def test_rows_are_the_same_after_the_journal() -> None:
    values, _ = validate(FORM, {"holders": [_row("王䶮", "100")]}, {})
    stored = {"on": "2026-11-24", "answer_due": "2026-12-01", "data": json.loads(json.dumps(values))}
    assert decode(Resubmitted, stored).data == values
    assert revive(Resubmitted, stored).data == values


# --- a form before it is published ---


def _form(*fields: Field, checks: tuple[Check, ...] = ()) -> Form:
    return Form((Section("page", "页", fields),), checks)


GROUP = Field("rows", "明细", FieldKind.GROUP, columns=(Column("n", "数", FieldKind.NUMBER),))
BROKEN: list[tuple[Form, str]] = [
    (_form(), "这一页没有栏目"),
    (_form(Field("rows", "明细", FieldKind.GROUP)), "明细没有栏目"),
    (_form(Field("a", "甲", FieldKind.TEXT, columns=(Column("b", "乙", FieldKind.TEXT),))), "只有明细才有各栏"),
    (_form(Field("g", "明细", FieldKind.GROUP, columns=(Column("b", "乙", FieldKind.GROUP),))), "明细里不能再有明细"),
    (
        _form(
            Field("g", "明细", FieldKind.GROUP, columns=(Column("b", "乙", FieldKind.ADDRESS),), layout=Layout.TABLE)
        ),
        "表格里放不下",
    ),
    (_form(GROUP, Field("t", "合计", FieldKind.NUMBER, sum_of="rows.m")), "没有要合计的"),
    (_form(GROUP, Field("t", "合计", FieldKind.MONEY, sum_of="rows.n")), "类型与被合计的栏不同"),
    (_form(Field("a", "甲", FieldKind.NUMBER, minimum=3, maximum=2)), "最小值大于最大值"),
    (_form(Field("a", "甲", FieldKind.ADDRESS, within="x")), "不是行政区划代码"),
    (_form(Field("a", "甲", FieldKind.PARTY_ID, options=(Option("library_card", "借书证"),))), "没有“library_card”"),
    (_form(GROUP, checks=(Check(CheckKind.UNIQUE, "rows.m", "重复", "改"),)), "没有“rows.m”"),
    (_form(GROUP, checks=(Check(CheckKind.SUM_IS, "rows", "合计", "改"),)), "只用于明细的一栏"),
    (
        _form(
            Field("a", "甲", FieldKind.DATE),
            Field("b", "乙", FieldKind.NUMBER),
            checks=(Check(CheckKind.NOT_LESS, "a", "早", "改", other="b"),),
        ),
        "同一种数或日期",
    ),
]


@pytest.mark.parametrize(("form", "reason"), BROKEN)
def test_a_broken_form_is_not_published(form: Form, reason: str) -> None:
    assert any(reason in fault.reason for fault in form_faults(form, ())), list(form_faults(form, ()))


def test_a_sound_form_has_no_fault_and_a_schema() -> None:
    assert list(form_faults(FORM, ())) == []
    schema = schema_of(FORM)
    rows = schema["properties"]["holders"]
    assert (rows["type"], rows["minItems"], rows["maxItems"]) == ("array", 1, 3)
    assert rows["items"]["required"] == ["holder", "kind", "paid", "ratio"]
    assert rows["items"]["properties"]["ratio"] == {
        "title": "出资比例",
        "description": "单位为 0.01 %",
        "type": "integer",
        "minimum": 0,
        "maximum": 10000,
    }
    assert "capital" not in schema["properties"]
