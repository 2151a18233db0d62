"""The legal clock against tables of the law and against a slow, plain reckoning day by day."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine.calendar import Calendar
from banjie.engine.clock import (
    DEFAULT_RULES,
    ClockRules,
    Extension,
    Pause,
    PauseKind,
    Term,
    Timer,
    TimerKind,
    Unit,
    reckon,
)
from banjie.engine.ids import Malformed
from banjie.packs.calendars import load_calendar

CALENDARS = Path(__file__).parents[2] / "src/banjie/content/calendars"
LANJIANG = load_calendar(CALENDARS, "990100")
LAW = Path(__file__).parent / "law"
DAY = timedelta(days=1)


def rows(table: str) -> list[list[str]]:
    lines = (LAW / table).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def statutory(event_on: date, number: int = 20, unit: Unit = Unit.WORKING_DAY, more: int = 0) -> Timer:
    extensions = (Extension(more, "案情复杂", "局长 周予安", event_on + 10 * DAY),) if more else ()
    return Timer(TimerKind.STATUTORY, Term(number, unit, "《行政许可法》第四十二条"), event_on, extensions)


def hearing(start: date, end: date | None, kind: PauseKind = PauseKind.SPECIAL) -> Pause:
    return Pause(kind, "听证", start, end, "《行政许可法》第四十五条", "许可二科 沈知遥")


@pytest.mark.parametrize(("event_on", "number", "unit", "due_on", "why"), rows("due_dates.txt"))
def test_due_dates_of_the_law(event_on: str, number: str, unit: str, due_on: str, why: str) -> None:
    units = {"工作日": Unit.WORKING_DAY, "自然日": Unit.CALENDAR_DAY, "小时": Unit.HOUR}
    received = date.fromisoformat(event_on)
    answer = reckon(statutory(received, int(number), units[unit]), (), LANJIANG, received)
    assert answer.due_on == date.fromisoformat(due_on), why
    assert not answer.provisional


@pytest.mark.parametrize("row", rows("pauses.txt"), ids=lambda row: row[-1])
def test_pauses_of_the_law(row: list[str]) -> None:
    event_on, number, more, pauses, due_on, why = row
    kinds = {kind.label: kind for kind in PauseKind}
    stops = []
    for text in [] if pauses == "-" else pauses.split("、"):
        label, span = text.split(" ")
        start, end = (date.fromisoformat(day) for day in span.split("~"))
        stops.append(hearing(start, end, kinds[label]))
    timer = statutory(date.fromisoformat(event_on), int(number), more=int(more))
    answer = reckon(timer, stops, LANJIANG, date(2026, 12, 31))
    assert answer.due_on == date.fromisoformat(due_on), why


def test_which_pause_stops_which_clock_by_default() -> None:
    table = {
        timer.label: [kind.label for kind in PauseKind if kind in DEFAULT_RULES.stops.get(timer, frozenset())]
        for timer in TimerKind
    }
    assert table == {
        "受理答复期限": ["补正"],
        "补正期限": [],
        "法定办结期限": ["特别程序"],
        "承诺办结期限": ["特别程序"],
        "环节期限": ["特别程序"],
        "特别程序期限": [],
        "送达期限": [],
    }


def test_a_place_may_stop_its_promised_clock_for_a_site_visit_but_never_the_statutory_one() -> None:
    local = DEFAULT_RULES.with_stop(TimerKind.PROMISED, PauseKind.SITE_VISIT)
    visit = hearing(date(2026, 10, 12), date(2026, 10, 15), PauseKind.SITE_VISIT)
    lawful = statutory(date(2026, 9, 24))
    promised = replace(lawful, kind=TimerKind.PROMISED)
    today = date(2026, 10, 20)
    assert reckon(promised, [visit], LANJIANG, today, local).due_on == date(2026, 11, 3)
    assert reckon(lawful, [visit], LANJIANG, today, local).due_on == date(2026, 10, 29)
    for kind in (PauseKind.SITE_VISIT, PauseKind.TOLERANCE, PauseKind.OUTAGE):
        with pytest.raises(Malformed, match=f"法定办结期限不因{kind.label}停止计算"):
            DEFAULT_RULES.with_stop(TimerKind.STATUTORY, kind)


def test_a_day_in_the_life_of_a_case_with_an_open_hearing() -> None:
    timer = statutory(date(2026, 9, 24))
    open_hearing = [hearing(date(2026, 10, 12), None)]
    before = reckon(timer, open_hearing, LANJIANG, date(2026, 10, 10))
    assert (before.due_on, before.elapsed, before.left, before.paused) == (date(2026, 10, 29), 6, 14, False)
    opened = reckon(timer, open_hearing, LANJIANG, date(2026, 10, 12))
    assert (opened.due_on, opened.elapsed, opened.left, opened.paused) == (date(2026, 10, 29), 6, 14, True)
    later = reckon(timer, open_hearing, LANJIANG, date(2026, 10, 15))
    assert (later.due_on, later.elapsed, later.left, later.paused) == (date(2026, 11, 3), 6, 14, True)
    closed = [hearing(date(2026, 10, 12), date(2026, 10, 15))]
    back = reckon(timer, closed, LANJIANG, date(2026, 10, 15))
    assert (back.due_on, back.elapsed, back.left, back.paused) == (date(2026, 11, 3), 7, 13, False)


def test_late_begins_the_day_after_the_limit_and_stops_growing_when_decided() -> None:
    timer = statutory(date(2026, 9, 24), 5)
    on_the_day = reckon(timer, (), LANJIANG, date(2026, 10, 9))
    assert (on_the_day.left, on_the_day.late) == (0, False)
    day_after = reckon(timer, (), LANJIANG, date(2026, 10, 10))
    assert (day_after.left, day_after.late) == (-1, True)
    decided = replace(timer, stopped_on=date(2026, 10, 9))
    assert reckon(decided, (), LANJIANG, date(2027, 3, 1)) == on_the_day


def test_a_pause_opened_after_the_limit_does_not_excuse_lateness() -> None:
    timer = statutory(date(2026, 9, 24), 5)
    answer = reckon(timer, [hearing(date(2026, 10, 10), None)], LANJIANG, date(2026, 10, 16))
    assert answer == reckon(timer, (), LANJIANG, date(2026, 10, 16))
    assert answer.late
    assert not answer.paused


def test_a_due_date_in_an_unpublished_year_is_provisional_until_the_year_is_loaded() -> None:
    timer = statutory(date(2026, 12, 25))
    answer = reckon(timer, (), LANJIANG, date(2026, 12, 25))
    assert (answer.due_on, answer.provisional) == (date(2027, 1, 22), True)
    loaded = Calendar(
        LANJIANG.region,
        "全国2027",
        LANJIANG.published_years | {2027},
        {**LANJIANG.holidays, date(2027, 1, 1): "元旦"},
        LANJIANG.make_up,
        LANJIANG.closed,
    )
    answer = reckon(timer, (), loaded, date(2026, 12, 25))
    assert (answer.due_on, answer.provisional) == (date(2027, 1, 25), False)


def test_a_term_in_calendar_days_rolls_only_where_the_place_says_so() -> None:
    timer = statutory(date(2026, 9, 24), 8, Unit.CALENDAR_DAY)
    rolling = ClockRules(DEFAULT_RULES.stops, roll_calendar_due_to_working=True)
    assert reckon(timer, (), LANJIANG, date(2026, 9, 24)).due_on == date(2026, 10, 2)
    assert reckon(timer, (), LANJIANG, date(2026, 9, 24), rolling).due_on == date(2026, 10, 8)


def test_impossible_values_are_refused_in_plain_words() -> None:
    with pytest.raises(Malformed, match="期限：不能为负数"):
        Term(-1, Unit.WORKING_DAY)
    with pytest.raises(Malformed, match="暂停结束日：早于暂停开始日"):
        hearing(date(2026, 10, 12), date(2026, 10, 9))
    with pytest.raises(Malformed, match="延长期限：应为正整数"):
        Extension(0, "案情复杂", "局长 周予安", date(2026, 10, 9))
    with pytest.raises(Malformed, match="超出日历范围"):
        reckon(statutory(date(2026, 9, 24), 90_000), (), LANJIANG, date(2026, 9, 24))
    with pytest.raises(Malformed, match="超出日历范围"):
        reckon(statutory(date(2026, 9, 24), 90_000, Unit.CALENDAR_DAY), (), LANJIANG, date(2026, 9, 24))


def test_rules_and_calendar_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(DEFAULT_RULES)) == DEFAULT_RULES  # noqa: S301 - our own bytes, just made
    assert pickle.loads(pickle.dumps(LANJIANG)) == LANJIANG  # noqa: S301 - the same


# --- properties --------------------------------------------------------------------------------------

days = st.dates(date(2025, 6, 1), date(2027, 3, 31))
small_days = st.integers(0, 40)
units = st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY])


@st.composite
def closed_pauses(draw: st.DrawFn) -> Pause:
    start = draw(st.dates(date(2026, 8, 20), date(2026, 12, 20)))
    kind = draw(st.sampled_from([PauseKind.SPECIAL, PauseKind.SPECIAL, PauseKind.TOLERANCE]))
    return hearing(start, start + draw(small_days) * DAY, kind)


@st.composite
def any_pauses(draw: st.DrawFn) -> Pause:
    pause = draw(closed_pauses())
    return replace(pause, end=None) if draw(st.booleans()) else pause


@st.composite
def timers(draw: st.DrawFn) -> Timer:
    timer = statutory(
        draw(st.dates(date(2026, 8, 25), date(2026, 11, 10))),
        draw(small_days),
        draw(st.sampled_from(list(Unit))),
        draw(st.sampled_from([0, 0, 10])),
    )
    stopped = draw(st.sampled_from([None, None, 3, 30]))
    return timer if stopped is None else replace(timer, stopped_on=timer.event_on + stopped * DAY)


def plainly(timer: Timer, pauses: Sequence[Pause], today: date) -> tuple[date, int, bool, bool, bool]:
    """Due date, elapsed, provisional, paused and late, by walking over the days one after another."""
    as_of = min(today, timer.stopped_on or today)
    stops = [pause for pause in pauses if pause.kind is PauseKind.SPECIAL]

    def counts(day: date) -> bool:
        return timer.term.unit is not Unit.WORKING_DAY or LANJIANG.is_working(day)

    def taken(day: date) -> bool:
        return any(pause.start <= day < (pause.end or as_of) for pause in stops)

    due, counted, provisional = timer.event_on, 0, False
    while counted < timer.total:
        due += DAY
        counted += counts(due) and not taken(due)
        provisional |= timer.term.unit is Unit.WORKING_DAY and not LANJIANG.is_published(due)

    now_open = [
        pause
        for pause in stops
        if pause.start <= as_of and (pause.end is None or as_of < pause.end) and pause.start <= due
    ]
    paused = bool(now_open) and timer.total > 0
    elapsed, day = 0, timer.event_on
    while day < as_of:
        day += DAY
        still = paused and any(pause.start <= day for pause in now_open)
        elapsed += counts(day) and not still and (day > due or not taken(day))
    return due, elapsed, provisional, paused, due < as_of


@settings(max_examples=300, deadline=None)
@given(timers(), st.lists(any_pauses(), max_size=5), st.dates(date(2026, 8, 1), date(2027, 2, 28)))
def test_the_fast_reckoning_is_the_plain_one(timer: Timer, pauses: list[Pause], today: date) -> None:
    answer = reckon(timer, pauses, LANJIANG, today)
    due, elapsed, provisional, paused, late = plainly(timer, pauses, today)
    assert (answer.due_on, answer.elapsed, answer.provisional) == (due, elapsed, provisional)
    assert (answer.paused, answer.late) == (paused, late)
    assert answer.elapsed + answer.left == timer.total


@settings(max_examples=150, deadline=None)
@given(timers(), st.lists(closed_pauses(), max_size=5))
def test_the_whole_term_is_used_on_the_due_date(timer: Timer, pauses: list[Pause]) -> None:
    running = replace(timer, stopped_on=None)
    due_on = reckon(running, pauses, LANJIANG, running.event_on).due_on
    on_the_day = reckon(running, pauses, LANJIANG, due_on)
    assert (on_the_day.due_on, on_the_day.elapsed, on_the_day.left) == (due_on, running.total, 0)
    assert not on_the_day.late


@settings(max_examples=150, deadline=None)
@given(timers(), st.lists(any_pauses(), max_size=4), days)
def test_time_used_never_shrinks_and_the_due_date_never_moves_back(
    timer: Timer, pauses: list[Pause], today: date
) -> None:
    known = [pause for pause in pauses if pause.start <= today]
    earlier = reckon(timer, known, LANJIANG, today)
    later = reckon(timer, known, LANJIANG, today + DAY)
    assert later.due_on >= earlier.due_on
    assert later.elapsed >= earlier.elapsed


@settings(max_examples=150, deadline=None)
@given(timers(), st.lists(any_pauses(), max_size=4), any_pauses(), days)
def test_one_more_pause_never_brings_the_due_date_nearer(
    timer: Timer, pauses: list[Pause], more: Pause, today: date
) -> None:
    without = reckon(timer, pauses, LANJIANG, today)
    with_it = reckon(timer, [*pauses, more], LANJIANG, today)
    assert with_it.due_on >= without.due_on
    assert with_it.elapsed <= without.elapsed


@settings(max_examples=150, deadline=None)
@given(timers(), st.lists(any_pauses(), max_size=4), days)
def test_order_and_repetition_of_pauses_do_not_matter(timer: Timer, pauses: list[Pause], today: date) -> None:
    shuffled = [*reversed(pauses), *pauses[:2]]
    assert reckon(timer, shuffled, LANJIANG, today) == reckon(timer, pauses, LANJIANG, today)


@settings(max_examples=150, deadline=None)
@given(timers(), closed_pauses(), st.integers(0, 40), days)
def test_a_pause_cut_in_two_stops_as_much_as_the_whole(timer: Timer, pause: Pause, cut: int, today: date) -> None:
    assert pause.end is not None
    middle = min(pause.start + cut * DAY, pause.end)
    halves = [replace(pause, end=middle), replace(pause, start=middle)]
    whole = reckon(timer, [pause], LANJIANG, today)
    parts = reckon(timer, halves, LANJIANG, today)
    assert parts.due_on == whole.due_on
    assert parts.elapsed == whole.elapsed
