"""Working days: the kinds of day, counting, unpublished years, and a county's calendar over the nation's."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA, Calendar, DayKind, chinese_date, chinese_day, merge
from banjie.engine.ids import Malformed

DAY = timedelta(days=1)
NATION = Calendar(
    region="000000",
    edition="全国2026",
    published_years=frozenset({2026}),
    holidays={date(2026, 10, day): "国庆节" for day in range(1, 8)},
    make_up={date(2026, 9, 20): "国庆节", date(2026, 10, 10): "国庆节"},
)
QINGHE = Calendar(
    region="990121",
    edition="青禾县2026-1",
    published_years=frozenset(),
    holidays={},
    make_up={date(2026, 10, 6): "秋收服务"},
    closed={date(2026, 10, 10): "停电检修", date(2026, 10, 12): "停电检修"},
)


def test_a_city_day_is_eight_hours_ahead() -> None:
    assert datetime(2026, 11, 24, 0, 30, tzinfo=CHINA).utcoffset() == timedelta(hours=8)
    assert chinese_date(date(2026, 9, 24)) == "2026年9月24日"
    assert chinese_day(date(2026, 9, 24)) == "2026年9月24日（周四）"


@pytest.mark.parametrize(
    ("day", "kind", "name", "why", "works"),
    [
        (date(2026, 9, 21), DayKind.WORKING, "", "工作日", True),
        (date(2026, 9, 19), DayKind.WEEKEND, "", "周六", False),
        (date(2026, 9, 20), DayKind.MAKE_UP, "国庆节", "调休上班（国庆节）", True),
        (date(2026, 10, 1), DayKind.HOLIDAY, "国庆节", "国庆节放假", False),
        (date(2027, 10, 1), DayKind.WORKING, "", "工作日（当年放假安排未公布，暂按周末推算）", True),
    ],
)
def test_what_a_day_is(day: date, kind: DayKind, name: str, why: str, works: bool) -> None:
    assert (NATION.kind(day), NATION.name(day), NATION.why(day)) == (kind, name, why)
    assert NATION.is_working(day) is works
    assert NATION.is_published(day) is (day.year == 2026)


def test_the_countys_word_stands_over_the_nations() -> None:
    county = merge(NATION, QINGHE)
    assert (county.region, county.edition) == ("990121", "全国2026+青禾县2026-1")
    assert county.kind(date(2026, 10, 6)) is DayKind.MAKE_UP
    assert county.kind(date(2026, 10, 10)) is DayKind.CLOSED
    assert county.why(date(2026, 10, 12)) == "本地停办（停电检修）"
    assert county.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert county.next_working(date(2026, 10, 9)) == date(2026, 10, 13)
    assert NATION.next_working(date(2026, 10, 9)) == date(2026, 10, 10)


def test_a_day_has_one_arrangement_only() -> None:
    with pytest.raises(Malformed, match="2026-10-01同时列为放假和上班"):
        Calendar("990100", "草稿", frozenset(), {date(2026, 10, 1): "国庆节"}, {date(2026, 10, 1): "国庆节"})


def test_the_days_given_cannot_be_changed_behind_the_calendars_back() -> None:
    given_days = {date(2026, 10, 1): "国庆节"}
    calendar = Calendar("990100", "草稿", frozenset({2026}), given_days, {})
    given_days.clear()
    assert not calendar.is_working(date(2026, 10, 1))


def test_counting_stays_within_the_years_a_calendar_may_reach() -> None:
    assert NATION.add_working(date(2026, 9, 24), 0) == date(2026, 9, 24)
    assert NATION.count_working(date(2026, 9, 24), date(2026, 9, 24)) == 0
    assert NATION.count_working(date(2026, 9, 24), date(2026, 9, 1)) == 0
    with pytest.raises(ValueError, match="forwards"):
        NATION.add_working(date(2026, 9, 24), -1)
    with pytest.raises(Malformed, match="超出日历范围"):
        NATION.add_working(date(2026, 9, 24), 90_000)
    with pytest.raises(Malformed, match="超出日历范围"):
        NATION.next_working(date(1900, 1, 1))


def test_a_place_closed_for_a_whole_season_still_finds_its_next_working_day() -> None:
    first = date(2026, 1, 1)
    season = {first + number * DAY: "特大洪水" for number in range(1500)}
    flooded = Calendar("990121", "草稿", frozenset({2026}), {}, {}, season)
    assert flooded.next_working(first) == date(2030, 2, 11)


days = st.dates(date(2025, 11, 1), date(2027, 2, 1))


@settings(max_examples=200, deadline=None)
@given(days, st.integers(0, 60))
def test_adding_walks_the_days_one_by_one(day: date, number: int) -> None:
    expected, left = day, number
    while left:
        expected += DAY
        left -= NATION.is_working(expected)
    assert NATION.add_working(day, number) == expected
    assert NATION.count_working(day, expected) == number


@settings(max_examples=200, deadline=None)
@given(days, days, days)
def test_counts_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted([one, two, three])
    whole = NATION.count_working(first, last)
    assert whole == NATION.count_working(first, middle) + NATION.count_working(middle, last)
    assert whole == sum(NATION.is_working(first + step * DAY) for step in range(1, (last - first).days + 1))
