"""The fair turn at windows, and what stands against it."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.rosters import Clerk, Half, Place, conflicts, fair_turn

MONDAY = date(2026, 11, 23)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
WINDOWS = ("一号", "二号")
ALL = frozenset(WINDOWS)


def clerks(count: int) -> list[Clerk]:
    return [Clerk(f"c{n}", f"人员{n}", windows=ALL) for n in range(count)]


@given(st.integers(2, 6), st.integers(1, 3))
def test_everyone_has_as_many_halves_give_or_take_one(count: int, in_a_row: int) -> None:
    found = fair_turn(WEEK, WINDOWS, clerks(count), halves_in_a_row=in_a_row)
    assert len(found) == len(WEEK) * len(Half) * len(WINDOWS)
    tally = Counter(found.values())
    assert max(tally.values()) - min(tally[f"c{n}"] for n in range(count)) <= max(1, in_a_row)
    assert conflicts(found, clerks(count)) == {}


def test_whoever_is_away_or_not_certified_is_not_put_there() -> None:
    staff = [
        Clerk("a", "甲", away=frozenset({MONDAY}), windows=ALL),
        Clerk("b", "乙", windows=frozenset({"一号"})),
    ]
    found = fair_turn([MONDAY], WINDOWS, staff, halves_in_a_row=2)
    assert set(found.values()) == {"b"}
    assert {place.window for place in found} == {"一号"}


def test_what_is_changed_by_hand_shows_what_stands_against_it() -> None:
    staff = [
        Clerk("a", "甲", away=frozenset({MONDAY}), windows=ALL),
        Clerk("b", "乙", windows=frozenset({"一号"})),
        Clerk("c", "丙", windows=ALL),
    ]
    noon = Half.MORNING
    by_hand = {
        Place(MONDAY, noon, "一号"): "a",
        Place(MONDAY, noon, "二号"): "b",
        Place(WEEK[1], noon, "一号"): "c",
        Place(WEEK[1], noon, "二号"): "c",
        Place(WEEK[2], noon, "一号"): "gone",
        Place(WEEK[3], noon, "一号"): "b",
    }
    assert list(conflicts(by_hand, staff).values()) == [
        "请假",
        "没有这个窗口事项的上岗资格",
        "同时排在两个窗口",
        "同时排在两个窗口",
        "已经不在这个大厅的窗口岗位",
    ]
