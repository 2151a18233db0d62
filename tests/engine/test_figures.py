"""The formulas: roll-ups add sums, periods are half-open, and each indicator reads as its definition says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.figures import (
    INDICATOR,
    INDICATORS,
    MEASURE,
    MEASURES,
    Better,
    Form,
    Grain,
    Period,
    Stock,
    added,
    late_share,
)
from banjie.engine.ids import Malformed

sums = st.dictionaries(st.sampled_from([one.name for one in MEASURES]), st.integers(0, 10_000))


@given(st.lists(sums, max_size=6), st.integers(0, 6))
def test_a_whole_is_the_sum_of_its_parts_however_it_is_cut(parts: list[dict[str, int]], at: int) -> None:
    assert added(parts) == added([added(parts[:at]), added(parts[at:])])
    whole = added(parts)
    for one in INDICATORS:
        above = sum(part.get(one.numerator, 0) for part in parts)
        below = sum(part.get(one.denominator, 0) for part in parts)
        value = one.value(whole)
        if one.form is Form.SHARE:
            assert value == (100 * above / below if below else None)
        if one.form is Form.COUNT:
            assert value == above


def test_a_rate_is_never_averaged() -> None:
    rate = INDICATOR["on_time"]
    district, county = {"decided": 900, "on_time": 900}, {"decided": 100, "on_time": 30}
    assert rate.value(added([district, county])) == 93.0
    assert rate.value(district) == 100.0
    assert rate.value(county) == 30.0


@pytest.mark.parametrize(
    ("key", "counted", "shown"),
    [
        ("on_time", {"decided": 10_000, "on_time": 9_999}, "99.9"),
        ("on_time", {"decided": 3, "on_time": 3}, "100.0"),
        ("on_time", {"decided": 1000, "on_time": 29}, "2.9"),
        ("on_time", {}, "—"),
        ("speed", {"used_days": 5, "legal_days": 20}, "75.0"),
        ("speed", {"used_days": 30, "legal_days": 20}, "-50.0"),
        ("speed", {"used_days": 20, "legal_days": 20}, "0.0"),
        ("promise_cut", {"promised_days": 7, "legal_days": 20}, "65.0"),
        ("mean_days", {"used_days": 7, "timed": 2}, "3.5"),
        ("trips", {"trips": 3, "delivered": 10}, "0.3"),
        ("repeated", {"repeated": 4}, "4"),
        ("repeated", {}, "0"),
        ("held", {"held": 1, "required": 4}, "25.0"),
    ],
)
def test_indicators_as_they_are_written(key: str, counted: dict[str, int], shown: str) -> None:
    assert INDICATOR[key].shown(counted) == shown


def test_every_indicator_says_what_it_is_made_of() -> None:
    assert len({one.key for one in INDICATORS}) == len(INDICATORS)
    for one in INDICATORS:
        assert one.numerator in MEASURE
        assert one.source
        assert one.words.endswith("。")
        assert (one.denominator in MEASURE) == (one.form is not Form.COUNT)
        if one.denominator:
            assert MEASURE[one.denominator].on is one.moment
    assert INDICATOR["on_time"].is_worse(80, 90)
    assert INDICATOR["trips"].better is Better.DOWN
    assert INDICATOR["trips"].is_worse(0.5, 0.2)


def test_late_share_counts_what_was_decided_late_and_what_still_lies() -> None:
    assert late_share({"decided": 10, "on_time": 8}, Stock(open=5, late=3)) == (5, 13)
    assert Stock(1, 2, 3) + Stock(10, 20, 30) == Stock(11, 22, 33)


@pytest.mark.parametrize(
    ("code", "first", "end", "before", "label"),
    [
        ("2026-01", date(2026, 1, 1), date(2026, 2, 1), "2025-12", "2026年1月"),
        ("2026Q1", date(2026, 1, 1), date(2026, 4, 1), "2025Q4", "2026年第一季度"),
        ("2026Q4", date(2026, 10, 1), date(2027, 1, 1), "2026Q3", "2026年第四季度"),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "2025", "2026年"),
    ],
)
def test_periods_are_half_open(code: str, first: date, end: date, before: str, label: str) -> None:
    period = Period.parse(code)
    assert (period.first, period.end, period.code, period.label) == (first, end, code, label)
    assert period.moved(-1).code == before
    assert period.covers(first)
    assert not period.covers(end)
    assert Period.of(period.last_day, period.grain) == period


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(Grain), st.integers(-50, 50))
def test_periods_move_and_come_back(day: date, grain: Grain, by: int) -> None:
    period = Period.of(day, grain)
    assert period.covers(day)
    assert period.moved(by).moved(-by) == period
    assert Period.parse(period.code) == period
    assert period.last(3)[-1] == period
    assert period.moved(1).first == period.end


@pytest.mark.parametrize(
    "code", ["", "20", "2026-13", "2026-00", "2026Q5", "2026Q²", "9999", "２０２６", "2026-1", "x" * 99]
)
def test_a_period_nobody_can_read_is_refused(code: str) -> None:
    with pytest.raises(Malformed):
        Period.parse(code)
