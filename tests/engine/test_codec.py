"""The door between JSON and the engine's types: what is written is read back, and nothing hostile gets through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine import certificates
from banjie.engine.cases import ACTS, KINDS, Case
from banjie.engine.cases.acts import AskCorrection, Resubmit, Submit, SupplyTolerated, Withdraw
from banjie.engine.codec import TEXT_LIMIT, decode, encode, revive
from banjie.engine.filing import Paper
from banjie.engine.ids import Malformed

READ: list[type] = [
    *ACTS.values(),
    *KINDS.values(),
    *certificates.NAMES,
    *certificates.KINDS.values(),
    Case,
    certificates.Certificate,
]
"""Everything that is ever read from JSON."""

NAMES = sorted({name for kind in READ for name in kind.__dataclass_fields__})  # type: ignore[attr-defined]  # all are dataclasses
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-11-24", "2026-02-30", "1", "submitted", "\x00", "\ud800", "2026-11-24T09:00:00"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)


def printable(text: str) -> bool:
    """Whether a text can go back to whoever sent the request."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def read(kind: type, data: object) -> tuple[object, Malformed | None]:
    """What comes of reading: a value, or what is wrong with the data. Nothing else may be raised."""
    try:
        return decode(kind, data), None
    except Malformed as malformed:
        return None, malformed


def speaks(malformed: Malformed) -> bool:
    """Whether an error says what is wrong and how to mend it, in words that can be sent back."""
    said = (malformed.reason, malformed.remedy)
    return all(said) and printable("".join((malformed.field, *said)))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(READ), JSON)
def test_anything_at_all_is_a_value_or_malformed(kind: type, data: object) -> None:
    _, malformed = read(kind, data)

    assert malformed is None or speaks(malformed)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(READ), st.data())
def test_right_names_with_wrong_values_are_a_value_or_malformed(kind: type, data: st.DataObject) -> None:
    names = list(kind.__dataclass_fields__)  # type: ignore[attr-defined]  # all are dataclasses
    hostile = {name: data.draw(JSON, label=name) for name in names}

    value, malformed = read(kind, hostile)

    assert malformed is None or speaks(malformed)
    assert malformed or decode(kind, json.loads(json.dumps(encode(value)))) == value


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    on: date
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outer:
    text: str
    count: int = 0
    sure: bool = False
    colour: Colour = Colour.RED
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    facts: Mapping[str, str | int | bool | tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    moment: datetime | None = None
    tags: frozenset[str] = frozenset()


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
DAY = st.dates()
INNER = st.builds(Inner, on=DAY, names=st.lists(TEXT, max_size=3).map(tuple))
OUTER = st.builds(
    Outer,
    text=TEXT,
    count=st.integers(),
    sure=st.booleans(),
    inner=st.none() | INNER,
    several=st.lists(INNER, max_size=3).map(tuple),
    facts=st.dictionaries(TEXT, TEXT | st.integers() | st.booleans() | st.lists(TEXT).map(tuple), max_size=4),
    days=st.dictionaries(TEXT, DAY, max_size=3),
    moment=st.none() | st.datetimes(timezones=st.just(UTC)),
    tags=st.frozensets(TEXT, max_size=3),
)


@given(OUTER)
def test_what_is_written_is_read_back(value: Outer) -> None:
    kept = json.dumps(encode(value))

    assert decode(Outer, json.loads(kept)) == value
    assert revive(Outer, json.loads(kept)) == value


def test_defaults_are_left_out_so_that_old_data_stays_readable() -> None:
    assert encode(Outer("甲")) == {"text": "甲"}
    assert decode(Outer, {"text": "甲"}) == Outer("甲")


@pytest.mark.parametrize(
    ("kind", "data", "where", "reason"),
    [
        (Withdraw, {}, "reason", "必须填写"),
        (Withdraw, {"reason": 5}, "reason", "应为文字"),
        (Withdraw, {"reason": "好", "why": "?"}, "why", "没有这个字段"),
        (Withdraw, {"reason": "a\x00b"}, "reason", "含有看不见的控制字符"),
        (Withdraw, {"reason": "\ud800"}, "reason", "含有看不见的控制字符"),
        (Withdraw, {"reason": "长" * (TEXT_LIMIT + 1)}, "reason", f"文字过长（{TEXT_LIMIT + 1} 字）"),
        (Withdraw, [], "", "应为键值对"),
        (Withdraw, None, "", "应为键值对"),
        (AskCorrection, {"asks": {}}, "asks", "应为列表"),
        (AskCorrection, {"asks": [{"material": 1}]}, "asks[0].material", "应为文字"),
        (AskCorrection, {"asks": [{"material": "a"}]}, "asks[0].problem", "必须填写"),
        (AskCorrection, {"asks": [], "days": True}, "days", "应为整数"),
        (AskCorrection, {"asks": [], "days": 1.0}, "days", "应为整数"),
        (SupplyTolerated, {"paper": {"material": "a", "name": "b", "size": "1"}}, "paper.size", "应为整数"),
        (Resubmit, {"data": {"a": {"b": 1}}}, "data.a", "应为列表"),
        (Resubmit, {"data": {"a\x07": 1}}, "data", "含有看不见的控制字符"),
        (Inner, {"on": "2026-02-30"}, "on", "不是有效的日期"),
        (Inner, {"on": 20260228}, "on", "不是有效的日期"),
        (Outer, {"text": "", "colour": "blue"}, "colour", "不在可选范围内"),
        (Outer, {"text": "", "moment": "2026-11-24T09:00:00"}, "moment", "时间缺少时区"),
    ],
)
def test_what_is_wrong_is_named(kind: type, data: object, where: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode(kind, data)

    assert (caught.value.field, caught.value.reason) == (where, reason)
    assert caught.value.remedy


def test_line_breaks_are_text() -> None:
    assert decode(Withdraw, {"reason": "第一行\r\n\t第二行"}).reason == "第一行\r\n\t第二行"


def test_a_long_unknown_name_is_cut() -> None:
    with pytest.raises(Malformed) as caught:
        decode(Withdraw, {"x" * 100_000: 1})

    assert len(caught.value.field) <= 200


def test_a_whole_submission_goes_through() -> None:
    data: dict[str, Any] = {
        "number": "990100-20261124-0000001",
        "query_code": "K7Q2M4",
        "item": "1199010000BJ00016Q3000131023000",
        "edition": 1,
        "region": "990100",
        "organ": "1199010000BJ00016Q",
        "holder": {"id": "c-chunhe", "name": "澜江春禾餐饮有限公司"},
        "channel": "2",
        "answers": {"business": "catering"},
        "data": {"area": 120, "online": False, "business_items": ["hot", "cold"]},
        "papers": [{"material": "floor_plan", "name": "平面图.pdf"}],
    }

    submit = decode(Submit, data)

    assert submit.data["business_items"] == ("hot", "cold")
    assert submit.papers == (Paper("floor_plan", "平面图.pdf"),)
    assert decode(Submit, json.loads(json.dumps(encode(submit)))) == submit
