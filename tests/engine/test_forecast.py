"""Forecasts: chances that grow with waiting and shrink with time left, staffing that stretches, an honest record."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.forecast import Open, Past, Staffing, Times, backtest, forecast

BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)


def finished(place: int, days: float, promised: float = 10) -> Past:
    began = BEGIN + timedelta(days=place)
    return Past((("受理", began),), began + timedelta(days=days), began + timedelta(days=promised))


PAST = [finished(place, (3, 6, 9, 14)[place % 4]) for place in range(40)]


@given(st.floats(0, 30), st.floats(0.1, 30), st.floats(0, 10))
def test_more_time_left_never_makes_it_likelier_to_be_late(waited: float, left: float, more: float) -> None:
    times, day = Times(PAST), 86400
    one = times.chance_late("受理", waited * day, left * day)
    other = times.chance_late("受理", waited * day, (left + more) * day)
    assert one is not None
    assert other is not None
    assert 0 < other <= one <= 1


def test_of_four_kinds_of_cases_the_slow_one_is_late() -> None:
    times, now = Times(PAST), BEGIN + timedelta(days=60)
    by = now + timedelta(days=3)
    fresh = [Open(f"c{place}", "受理", now - timedelta(days=8), now + timedelta(days=2)) for place in range(20)]
    later = Open("later", "受理", now, now + timedelta(days=30))
    found = forecast(times, [*fresh, later], now, by, Staffing())
    assert found.cases == 20
    assert 8 < found.expected < 12
    assert found.low <= found.expected <= found.high
    overdue = Open("over", "受理", now, now - timedelta(days=1))
    assert forecast(times, [overdue], now, by, Staffing()).expected == 1


def test_fewer_people_mean_more_late_cases() -> None:
    times, now = Times(PAST), BEGIN + timedelta(days=60)
    cases = [Open("c", "受理", now - timedelta(days=1), now + timedelta(days=7))]
    usual = forecast(times, cases, now, now + timedelta(days=9), Staffing(4, 4, 10, 10)).expected
    half = forecast(times, cases, now, now + timedelta(days=9), Staffing(2, 4, 10, 10)).expected
    assert half > usual
    assert Staffing(0, 4, 10, 10).stretch == 4.0
    assert Staffing(4, 4, 0, 10).stretch == 1.0


def test_a_record_counts_what_came_true_and_says_when_there_is_too_little() -> None:
    record = backtest([finished(place, (3, 14)[place % 2]) for place in range(80)])
    assert record.forecasts > 0
    assert 0 <= record.brier <= 1
    assert sum(one.count for one in record.bins) == record.forecasts
    nothing = backtest(PAST[:3])
    assert nothing.forecasts == 0
    assert not nothing.is_useful
    assert Times([]).chance_late("受理", 0, 1) is None
