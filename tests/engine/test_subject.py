"""What every subject shares: a no with its rule, and the chain over what happened."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.subject import GENESIS, Refused, canonical, chain

ENTRY: dict[str, Any] = {
    "region": "990100",
    "subject": "2cefb10d-cef6-423c-80b3-26da7679f2c8",
    "seq": 1,
    "at": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    "actor": "linzhao",
    "kind": "Submitted",
    "data": {"number": "990100-20261124-0000001", "on": "2026-11-24"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def test_a_refusal_carries_reason_rule_remedy_and_field() -> None:
    refused = Refused("没有写明理由", rule="行政许可法第三十八条", remedy="请写明理由", field="reasons")

    assert (refused.reason, refused.rule, refused.remedy, refused.field) == (
        "没有写明理由",
        "行政许可法第三十八条",
        "请写明理由",
        "reasons",
    )
    assert str(refused) == "没有写明理由（行政许可法第三十八条）"


@given(PLAIN)
def test_the_canonical_text_is_one_and_says_the_value(value: object) -> None:
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


def test_the_order_of_keys_says_nothing() -> None:
    assert canonical({"乙": 1, "甲": 2}) == canonical({"甲": 2, "乙": 1}) == '{"乙":1,"甲":2}'


def test_the_hash_is_what_a_stranger_would_compute() -> None:
    said = (
        '["","990100","2cefb10d-cef6-423c-80b3-26da7679f2c8",1,"2026-11-24T01:00:00.000000+00:00","linzhao",'
        '"Submitted",{"number":"990100-20261124-0000001","on":"2026-11-24"}]'
    )

    assert chain(GENESIS, **ENTRY) == hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("region", "990102"),
        ("subject", "2cefb10d-cef6-423c-80b3-26da7679f2c9"),
        ("seq", 2),
        ("at", ENTRY["at"] + timedelta(microseconds=1)),
        ("actor", "luoxiaoyu"),
        ("kind", "Claimed"),
        ("data", {"number": "990100-20261124-0000001", "on": "2026-11-25"}),
    ],
)
def test_nothing_of_an_entry_can_be_changed_unnoticed(name: str, other: object) -> None:
    assert chain(GENESIS, **ENTRY | {name: other}) != chain(GENESIS, **ENTRY)


def test_the_hash_before_counts() -> None:
    assert chain("ab", **ENTRY) != chain(GENESIS, **ENTRY)


def test_a_moment_is_the_same_whatever_its_time_zone() -> None:
    """The database hands moments back in the zone of its session; the hash may not hang on it."""
    in_china = ENTRY["at"].astimezone(timezone(timedelta(hours=8)))

    assert chain(GENESIS, **ENTRY | {"at": in_china}) == chain(GENESIS, **ENTRY)
