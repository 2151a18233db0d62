"""The clocks of a case: which run in which stage, since when, and when the worker must look again."""

from datetime import date, timedelta

import pytest
from tests.engine.casework import (
    AGENT,
    CLERK,
    HEAD,
    LAWS,
    MONDAY,
    REVIEWER,
    File,
    accepted,
    decided,
    in_review,
    opened,
)
from tests.town import FOOD, SOIL

from banjie.engine.cases import Ask, Delivery, Stage, clock, decision_timers, due, next_wake, running
from banjie.engine.cases.acts import (
    AskCorrection,
    Claim,
    Deliver,
    EndSpecial,
    Extend,
    MarkLate,
    Resubmit,
    StartSpecial,
)
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import SYSTEM

LAW = LAWS[FOOD]


def kinds(file: File) -> list[str]:
    return sorted(one.timer.kind.value for one in running(file.case, file.law, file.day))


def wake(file: File) -> date | None:
    return next_wake(file.case, running(file.case, file.law, file.day))


def correcting(days: int) -> File:
    file = opened(LAW)
    file.act(CLERK, Claim())
    file.act(CLERK, AskCorrection((Ask("floor_plan", "看不清", "重新上传", "第三十三条"),), days))
    return file


def special() -> File:
    file = in_review(LAWS[SOIL])
    file.wait(1).act(REVIEWER, StartSpecial("expert_review", 15, "专家评审"))
    return file


def test_which_clocks_run_in_which_stage() -> None:
    assert kinds(File(LAW)) == []
    assert kinds(opened(LAW)) == ["T5"]
    assert kinds(correcting(10)) == ["TC"]
    assert kinds(accepted(LAW)) == ["TL", "TP"]
    assert kinds(in_review(LAW)) == ["TL", "TP", "TS"]
    assert kinds(special()) == ["TL", "TP", "TS", "TX"]
    file = decided(LAW)
    assert kinds(file) == ["T10"]
    file.act(CLERK, Deliver(Delivery.ELECTRONIC, "回执"))
    assert kinds(file) == []


def test_a_correction_is_due_on_the_day_the_notice_said() -> None:
    for days in (1, 15, 60):
        file = correcting(days)
        found = clock(file.case, LAW, file.day, TimerKind.CORRECTION)
        assert found is not None
        assert found.reckoning.due_on == file.case.corrections[-1].due_on == LAW.calendar.add_working(MONDAY, days)


def test_a_corrected_application_has_five_new_days() -> None:
    file = correcting(10)
    paper = next(one for one in file.case.papers if one.material == "floor_plan")
    file.wait(9).act(AGENT, Resubmit(papers=(paper,)))

    found = clock(file.case, LAW, file.day, TimerKind.REPLY)

    assert found is not None
    assert found.reckoning.due_on == LAW.calendar.add_working(file.day, 5)
    assert found.reckoning.elapsed == 0


def test_the_promise_sorts_the_worklist_and_the_special_procedure_while_it_runs() -> None:
    file = in_review(LAW)
    found = due(file.case, running(file.case, LAW, file.day))
    assert found is not None
    assert found.timer.kind is TimerKind.PROMISED
    assert due(File(LAW).case, ()) is None


def test_a_paused_clock_wakes_nobody() -> None:
    file = special()
    paused = {one.timer.kind for one in running(file.case, file.law, file.day) if one.reckoning.paused}
    assert paused == {TimerKind.STATUTORY, TimerKind.PROMISED, TimerKind.STEP}
    assert file.case.special is not None
    assert wake(file) == file.case.special.due_on

    file.wait(21).act(REVIEWER, EndSpecial("通过"))

    assert wake(file) is not None
    assert file.case.stage is Stage.IN_REVIEW


def test_who_is_marked_late_is_not_woken_for_it_again() -> None:
    file = in_review(LAW)
    assert wake(file) == LAW.calendar.add_working(MONDAY, 2)  # The review's own two days.
    file.wait(30).act(SYSTEM, MarkLate("TS", "review"))
    assert wake(file) == LAW.calendar.add_working(MONDAY, 8)  # The promise.
    file.act(SYSTEM, MarkLate("TP"))
    assert wake(file) == LAW.calendar.add_working(MONDAY, 20)  # The law.
    file.act(SYSTEM, MarkLate("TL"))
    assert wake(file) is None


def test_a_tolerated_paper_wakes_the_worker_too() -> None:
    file = accepted(LAW, later=("safety_rules",))

    assert wake(file) == file.case.open_tolerances[0].due_on == LAW.calendar.add_working(MONDAY, 5)


def test_an_extension_lengthens_law_and_promise_alike() -> None:
    file = in_review(LAW)
    before = decision_timers(file.case, LAW)
    file.act(HEAD, Extend(7, "案情复杂"))

    assert [
        after.total - timer.total for after, timer in zip(decision_timers(file.case, LAW), before, strict=True)
    ] == [
        7,
        7,
    ]


@pytest.mark.parametrize("days", [0, 1, 20, 40])
def test_clocks_are_sorted_by_their_day(days: int) -> None:
    file = in_review(LAW)
    file.day += timedelta(days=days)

    found = [one.reckoning.due_on for one in running(file.case, LAW, file.day)]

    assert found == sorted(found)
