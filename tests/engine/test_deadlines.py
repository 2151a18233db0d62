"""A new edition of the calendar over running cases: what moves, what may not, and what the history makes of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.casework import CLERK, HEAD, LAWS, REVIEWER, File, at, in_review, opened
from tests.town import FOOD, SOIL

from banjie.engine.calendar import Calendar
from banjie.engine.cases import Ask, Law, decide, fold, running
from banjie.engine.cases.acts import AskCorrection, Claim, EndSpecial, Extend, MarkLate, StartSpecial
from banjie.engine.cases.deadlines import due_moves, moves
from banjie.engine.cases.moving import DeadlinesMoved, MoveDeadlines
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import SYSTEM
from banjie.engine.subject import Refused


def closing(calendar: Calendar, *days: date, years: frozenset[int] = frozenset()) -> Calendar:
    """The calendar with some more days closed, and further years published."""
    return Calendar(
        calendar.region,
        f"{calendar.edition}·改",
        calendar.published_years | years,
        {day: name for day, name in calendar.holidays.items() if day not in days},
        {day: name for day, name in calendar.make_up.items() if day not in days},
        {**calendar.closed, **dict.fromkeys(days, "防汛")},
    )


def under(law: Law, *days: date, serial: int = 1, years: frozenset[int] = frozenset()) -> Law:
    """The law after a publication that closes these days."""
    newer = closing(law.calendar, *days, years=years)
    return replace(law, calendar=newer, serial=serial, calendars={0: law.calendar, serial: newer})


def due_on(file: File, law: Law, kind: TimerKind = TimerKind.STATUTORY) -> date:
    return next(one for one in running(file.case, law, file.day) if one.timer.kind is kind).reckoning.due_on


def test_a_closed_day_moves_every_clock_that_counts_it_and_nothing_else() -> None:
    file = in_review(LAWS[FOOD])
    before = due_on(file, file.law)
    law = under(file.law, file.day + timedelta(days=1))
    moved = moves(file.case, law, file.day)
    statutory = next(one for one in moved if one.timer == "TL")
    assert statutory.was == before
    assert statutory.now > before
    assert {one.timer for one in moved} == {"TL", "TP", "TS"}
    assert moves(file.case, under(file.law, before + timedelta(days=200)), file.day) == ()


def test_a_running_case_keeps_its_calendar_until_it_is_brought_under_another() -> None:
    file = in_review(LAWS[FOOD])
    law = under(file.law, file.day + timedelta(days=1))
    before = due_on(file, file.law)
    assert due_on(file, law) == before
    events = decide(file.case, MoveDeadlines(), actor=SYSTEM, now=at(file.day), law=law)
    case = fold(events, file.case)
    assert case.calendar == 1
    after = next(one for one in running(case, law, file.day) if one.timer.kind is TimerKind.STATUTORY)
    assert after.reckoning.due_on > before
    with pytest.raises(Refused, match="已经按现行日历计算"):
        decide(case, MoveDeadlines(), actor=SYSTEM, now=at(file.day), law=law)
    # A third edition that nobody has brought it under changes nothing of what the second one said.
    third = replace(law, calendar=closing(law.calendar, file.day + timedelta(days=2)), serial=2)
    assert running(case, replace(third, calendars=law.calendars), file.day) == running(case, law, file.day)


def test_whoever_acts_brings_the_case_along_and_the_history_makes_the_same_state() -> None:
    file = opened(LAWS[FOOD])
    law = under(file.law, file.day + timedelta(days=1))
    events = decide(file.case, Claim(), actor=CLERK, now=at(file.day), law=law)
    assert [type(event).__name__ for event in events] == ["DeadlinesMoved", "Claimed"]
    first = events[0]
    assert isinstance(first, DeadlinesMoved)
    assert [one.timer for one in first.changes] == ["T5"]
    assert fold(events, file.case).calendar == 1


def test_only_the_machine_moves_deadlines() -> None:
    file = in_review(LAWS[FOOD])
    for actor in (CLERK, HEAD, REVIEWER):
        with pytest.raises(Refused, match="更新期限"):
            decide(file.case, MoveDeadlines(), actor=actor, now=at(file.day), law=under(file.law, file.day))


def test_what_was_told_to_the_applicant_is_never_earlier() -> None:
    file = opened(LAWS[FOOD])
    file.act(CLERK, Claim())
    file.act(CLERK, AskCorrection((Ask("floor_plan", "看不清", "重新上传", "第三十三条"),), 5))
    told = file.case.corrections[-1].due_on
    saturday = next(file.day + timedelta(days=n) for n in range(1, 7) if (file.day + timedelta(days=n)).weekday() == 5)
    old = file.law.calendar
    more = Calendar(
        old.region, "补班", old.published_years, old.holidays, {**old.make_up, saturday: "补班"}, old.closed
    )
    law = replace(file.law, calendar=more, serial=1, calendars={0: old, 1: more})
    assert all(one.now >= one.was for one in moves(file.case, law, file.day))
    moved = due_moves(file.case, law, file.day)
    assert moved is not None
    assert fold((moved,), file.case).corrections[-1].due_on == told
    closed = under(file.law, told)
    moved = due_moves(file.case, closed, file.day)
    assert moved is not None
    assert fold((moved,), file.case).corrections[-1].due_on == closed.calendar.next_working(told)


def test_a_presumed_day_that_turns_out_right_becomes_sure() -> None:
    file = in_review(LAWS[FOOD])
    file.wait(25)
    bare = Calendar("990100", "只有2025", frozenset({2025}), {}, {})
    law = replace(file.law, calendar=bare)
    known = replace(bare, edition="有2026", published_years=frozenset({2025, 2026, 2027}))
    law = replace(law, calendar=known, serial=1, calendars={0: bare, 1: known})
    moved = [one for one in moves(file.case, law, file.day) if one.timer == "TL"]
    assert [(one.was == one.now, one.was_provisional, one.provisional) for one in moved] == [(True, True, False)]


@given(st.lists(st.integers(0, 60), max_size=12), st.integers(0, 15))
def test_no_publication_makes_a_case_late_that_was_in_time(closed: list[int], waited: int) -> None:
    file = in_review(LAWS[FOOD])
    file.wait(waited)
    law = under(file.law, *(file.day + timedelta(days=n) for n in closed))
    before = {(one.timer.kind, one.step): one.reckoning for one in running(file.case, file.law, file.day)}
    case = fold((moved,), file.case) if (moved := due_moves(file.case, law, file.day)) else file.case
    for one in running(case, law, file.day):
        old = before[one.timer.kind, one.step]
        assert one.reckoning.due_on >= old.due_on
        assert one.reckoning.late <= old.late
        assert one.reckoning.elapsed <= old.elapsed


def test_a_second_special_procedure_that_over_runs_is_marked_as_well() -> None:
    file = in_review(LAWS[SOIL])
    file.act(REVIEWER, StartSpecial("expert_review", 2, "专家评审"))
    file.wait(7).act(SYSTEM, MarkLate("TX"))
    with pytest.raises(Refused, match="已经标记"):
        file.act(SYSTEM, MarkLate("TX"))
    file.act(REVIEWER, EndSpecial("通过"))
    file.act(REVIEWER, StartSpecial("expert_review", 2, "补充评审"))
    file.wait(7).act(SYSTEM, MarkLate("TX"))
    assert len([mark for mark in file.case.late if mark.startswith("TX@")]) == 2


def test_a_hearing_an_extension_and_a_make_up_day_together() -> None:
    """Scenario 3: twenty days, a stop of nine, an extension of ten, and a make-up working day inside."""
    law = LAWS[SOIL]
    file = in_review(law)
    assert file.case.accepted_on is not None
    calendar = law.calendar
    statutory = law.item.statutory.number
    start = file.day
    file.wait(1).act(REVIEWER, StartSpecial("expert_review", 9, "专家评审"))
    stopped = file.day
    resumed = calendar.add_working(stopped, 9)
    file.wait((resumed - stopped).days).act(REVIEWER, EndSpecial("通过"))
    most = law.item.extension_days
    file.act(HEAD, Extend(most, "案情复杂"))
    skipped = calendar.count_working(stopped - timedelta(days=1), resumed - timedelta(days=1))
    expected = calendar.add_working(file.case.accepted_on, statutory + most + skipped)
    assert due_on(file, law) == expected
    # The same with one Saturday worked on the way: everything after it is a day earlier.
    saturday = next(day for n in range(60) if (day := start + timedelta(days=n)).weekday() == 5 and day > resumed)
    more = Calendar(
        calendar.region, "补班", calendar.published_years, calendar.holidays, {**calendar.make_up, saturday: "补班"}
    )
    other = replace(law, calendar=more, serial=1, calendars={0: calendar, 1: more})
    moved = next(one for one in moves(file.case, other, file.day) if one.timer == "TL")
    assert moved.now == more.add_working(file.case.accepted_on, statutory + most + skipped) < moved.was
