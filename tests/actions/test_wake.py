"""What the passing of days brings about, by itself and once."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from tests.actions.ways import approve, found, kinds, nine
from tests.engine.walks import ITEMS, SITUATIONS, TURNS, Turn, walk
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, REVIEWER, SOIL, Town

from banjie.actions.wake import due_acts, wake, wake_case
from banjie.engine.cases import Ask, Law, Stage, next_wake, running
from banjie.engine.cases.acts import Accept, AskCorrection, Claim, StartReview, StartSpecial
from banjie.engine.permissions import SYSTEM
from banjie.records import cases
from banjie.records.laws import Laws, UnknownItem
from banjie.records.people import MACHINE

MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _clock_put_back(town: Town) -> Iterator[None]:
    before = town.clock.at
    yield
    town.clock.at = before


def submitted(town: Town, day: date = MONDAY, **wishes: object) -> str:
    town.clock.set(day)
    return town.submit(AGENT, FOOD, holder=RESTAURANT, **wishes).number


def on(town: Town, number: str, day: date) -> int:
    """What is due on a case on a day comes about; how many acts that were."""
    return wake_case(town.platform, REGION, number, nine(day))


def test_silence_over_national_day_is_acceptance_as_of_receipt(town: Town) -> None:
    """Handed in on 30 September: the five days are 8, 9, 10 (made up for), 12 and 13 October."""
    number = submitted(town, date(2026, 9, 30))
    town.act(CLERK, number, Claim())
    assert found(town, number).due_on == date(2026, 10, 13)
    for day in range(1, 14):
        assert on(town, number, date(2026, 10, day)) == 0

    wake(town.platform, nine(date(2026, 10, 14)))

    case = found(town, number).case
    assert kinds(town, number) == ["Submitted", "Claimed", "Accepted"]
    assert (case.stage, case.silent, case.accepted_on) == (Stage.ACCEPTED, True, date(2026, 9, 30))
    [clock] = [one for one in running(case, town.law(FOOD), date(2026, 10, 14)) if one.timer.kind.value == "TL"]
    assert clock.timer.event_on == date(2026, 9, 30)
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute("SELECT statutory_due FROM cases WHERE number = %s", (number,)).fetchone()
    assert row == {"statutory_due": town.law(FOOD).calendar.add_working(date(2026, 9, 30), 20)}
    assert on(town, number, date(2026, 10, 14)) == 0


def test_a_correction_that_does_not_come_ends_the_case_without_a_no(town: Town) -> None:
    number = submitted(town)
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, AskCorrection((Ask("floor_plan", "看不清", "重新上传", "第三十三条"),), days=10))
    due = found(town, number).case.corrections[-1].due_on
    assert on(town, number, due) == 0

    assert on(town, number, due + timedelta(days=1)) == 1

    case = found(town, number).case
    assert (case.stage, case.decided_on) == (Stage.RETURNED, None)
    assert kinds(town, number)[-1] == "Returned"


def test_a_tolerated_paper_that_does_not_come_sends_the_case_back(town: Town) -> None:
    number = submitted(town, later=("safety_rules",))
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    due = found(town, number).case.open_tolerances[0].due_on
    assert on(town, number, due) == 0

    assert on(town, number, due + timedelta(days=1)) == 1

    assert found(town, number).case.stage is Stage.RETURNED
    assert kinds(town, number)[-1] == "ToleranceLapsed"


def test_clocks_that_run_out_are_marked_each_once(town: Town) -> None:
    number = submitted(town)
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    marks = []
    for days in range(45):
        on(town, number, MONDAY + timedelta(days=days))
        marks.append(found(town, number).case.late)

    # The step's two days, the eight promised, the twenty of the law: marked on the day after, and never again.
    wanted = ("TS:review@2026-11-04", "TP", "TL")
    first = {mark: next(day for day, late in enumerate(marks) if mark in late) for mark in wanted}
    assert {mark: MONDAY + timedelta(days=day) for mark, day in first.items()} == {
        "TS:review@2026-11-04": date(2026, 11, 5),
        "TP": date(2026, 11, 13),
        "TL": date(2026, 12, 1),
    }
    assert kinds(town, number).count("MarkedLate") == 3


def test_an_overrun_of_a_special_procedure_is_its_own(town: Town) -> None:
    town.clock.set(MONDAY)
    number = town.submit("zhouyibo", SOIL, holder="c-qinghe").number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, StartSpecial("expert_review", 3, "专家评审"))

    on(town, number, MONDAY + timedelta(days=30))

    assert found(town, number).case.late == ("TX@2026-11-05",)


def test_a_decision_not_delivered_in_ten_days_is_marked(town: Town) -> None:
    number = submitted(town, answers={"apply_type": "new", "business": "sale"})
    approve(town, number)

    assert on(town, number, MONDAY + timedelta(days=14)) == 0
    assert on(town, number, MONDAY + timedelta(days=15)) == 1

    assert found(town, number).case.late == ("T10",)


def test_after_a_long_sleep_everything_comes_about_in_its_order(town: Town) -> None:
    """A worker that was away for months finds what law made of the case, then its marks."""
    number = submitted(town)

    assert on(town, number, date(2027, 3, 1)) == 3

    assert kinds(town, number) == ["Submitted", "Accepted", "MarkedLate", "MarkedLate"]


def test_several_workers_at_once_bring_it_about_once(town: Town) -> None:
    number = submitted(town)

    with ThreadPoolExecutor(5) as pool:
        acts = list(pool.map(lambda _: on(town, number, date(2026, 11, 11)), range(5)))

    assert sum(acts) >= 1
    assert kinds(town, number) == ["Submitted", "Accepted"]


def test_trouble_with_one_case_keeps_the_law_from_no_other(town: Town) -> None:
    """A case whose item is gone stands first in the line; the one behind it is accepted all the same."""
    troubled, number = submitted(town, date(2026, 9, 30)), submitted(town, date(2026, 9, 30))

    class Shelves:
        def law(self, region: str, code: str, edition: int) -> Law:
            if next(asked) == 0:
                raise UnknownItem(code)
            return town.platform.laws.law(region, code, edition)

    asked = itertools.count()

    wake(replace(town.platform, laws=cast("Laws", Shelves())), nine(date(2026, 10, 14)))

    assert sorted([kinds(town, troubled), kinds(town, number)]) == [["Submitted"], ["Submitted", "Accepted"]]
    wake(town.platform, nine(date(2026, 10, 14)))
    assert kinds(town, troubled) == kinds(town, number) == ["Submitted", "Accepted"]


def test_only_what_is_due_is_looked_at(town: Town) -> None:
    number = submitted(town)
    key = (REGION, number)

    assert key not in cases.to_wake(town.platform.database, MACHINE.eyes, date(2026, 11, 9), most=9999)
    assert key in cases.to_wake(town.platform.database, MACHINE.eyes, date(2026, 11, 10), most=9999)
    on(town, number, date(2026, 11, 10))
    assert key not in cases.to_wake(town.platform.database, MACHINE.eyes, date(2026, 11, 10), most=9999)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ITEMS, SITUATIONS, TURNS)
def test_whoever_is_woken_has_something_to_do_and_can_do_it(item: str, situation: list[int], turns: list[Turn]) -> None:
    """The day to wake and the acts due are two readings of one law: neither without the other, and none refused."""
    for tried in walk(item, situation, turns):
        file = tried.file.copy()
        for _ in range(20):
            clocks = running(file.case, file.law, file.day)
            wakes = next_wake(file.case, clocks)
            due = next(due_acts(file.case, file.law, file.day), None)
            assert (due is not None) == (wakes is not None and wakes < file.day), (due, wakes, file.day)
            if due is None:
                break
            file.act(SYSTEM, due)
        else:
            raise AssertionError("it never comes to rest")
