"""Whose turn it is: the lines a case puts on desks, from handing in to delivery."""

from datetime import date

import pytest
from tests.engine.casework import (
    AGENT,
    CITY,
    CLERK,
    DECIDER,
    GREEN,
    LAWS,
    MONDAY,
    ORGAN,
    POLICE,
    REVIEWER,
    TRAFFIC,
    File,
    finish,
    in_review,
    opened,
)
from tests.town import FOOD, ROAD, SOIL, SUSPENSION

from banjie.engine.cases import Ask, Delivery, running
from banjie.engine.cases.acts import (
    Accept,
    AskCorrection,
    Claim,
    Deliver,
    Deny,
    Resubmit,
    StartReview,
    StartSpecial,
    Withdraw,
)
from banjie.engine.cases.tasks import FAR, Task, same_desk, tasks
from banjie.engine.permissions import Role


def lines(file: File) -> tuple[Task, ...]:
    return tasks(file.case, file.law, file.day, running(file.case, file.law, file.day))


def told(file: File) -> list[tuple[str, Role, str, date]]:
    return [(line.step_name, line.role, line.office, line.due_on) for line in lines(file)]


def test_a_case_goes_from_desk_to_desk() -> None:
    law, day = LAWS[FOOD], LAWS[FOOD].calendar.add_working
    file = opened(law)
    assert told(file) == [("预审接件", Role.WINDOW, ORGAN, day(MONDAY, 5))]
    file.act(CLERK, Claim())
    assert told(file) == [("受理审查", Role.WINDOW, ORGAN, day(MONDAY, 5))]
    file.wait(1).act(CLERK, Accept())
    assert told(file) == [("开始审查", Role.REVIEWER, ORGAN, day(file.day, 8))]
    accepted = file.day
    file.wait(1).act(REVIEWER, StartReview())
    # The step's own two days end before the eight promised.
    assert told(file) == [("材料审查", Role.REVIEWER, ORGAN, day(file.day, 2))]
    finish(file, REVIEWER, "review")
    assert told(file) == [("现场核查", Role.REVIEWER, ORGAN, day(file.day, 4))]
    assert day(file.day, 4) < day(accepted, 8)


def test_nobody_waits_for_the_applicant() -> None:
    file = opened(LAWS[FOOD])
    file.act(CLERK, Claim())
    file.act(CLERK, AskCorrection((Ask("floor_plan", "看不清", "重新上传", "第三十三条"),)))
    assert lines(file) == ()

    file.wait(3).act(AGENT, Resubmit(papers=tuple(p for p in file.case.papers if p.material == "floor_plan")))

    [line] = lines(file)
    assert (line.step_name, line.since) == ("受理审查", file.day)


def test_parallel_departments_each_have_their_line() -> None:
    file = in_review(LAWS[ROAD], answers={"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"})
    finish(file, REVIEWER, "review")
    assert [(line.slot, line.office, line.step) for line in lines(file)] == [
        (0, TRAFFIC, "traffic_opinion"),
        (1, GREEN, "green_opinion"),
        (2, CITY, "city_opinion"),
    ]

    finish(file, POLICE, "traffic_opinion")

    assert [(line.slot, line.office) for line in lines(file)] == [(0, GREEN), (1, CITY)]


def test_a_withdrawal_waits_for_the_window() -> None:
    file = in_review(LAWS[FOOD])
    file.act(AGENT, Withdraw("店不开了"))

    assert [(line.step_name, line.role) for line in lines(file)] == [("确认撤回", Role.WINDOW)]


def test_a_special_procedure_lies_with_the_reviewer() -> None:
    file = in_review(LAWS[SOIL])
    file.act(REVIEWER, StartSpecial("expert_review", 15, "专家评审"))

    assert [(line.step_name, line.role) for line in lines(file)] == [("特别程序：专家评审", Role.REVIEWER)]


def test_a_decision_is_delivered_within_ten_days_and_then_it_is_over() -> None:
    file = opened(LAWS[SUSPENSION])
    file.act(CLERK, Claim())
    file.act(CLERK, Accept())
    file.act(DECIDER, Deny(("没有告知债权人",)))
    assert told(file) == [("送达", Role.WINDOW, ORGAN, LAWS[SUSPENSION].calendar.add_working(MONDAY, 10))]

    file.act(CLERK, Deliver(Delivery.ELECTRONIC, "回执"))

    assert lines(file) == ()


def test_lines_stand_when_nothing_of_them_changed() -> None:
    file = in_review(LAWS[FOOD])
    before = file.case
    assert same_desk(before, before)
    finish(file, REVIEWER, "review")
    assert not same_desk(before, file.case)


@pytest.mark.parametrize("item", sorted(LAWS), ids=lambda code: LAWS[code].item.name)
def test_a_new_case_has_a_day_to_be_done_by(item: str) -> None:
    [line] = lines(opened(LAWS[item]))

    assert line.due_on < FAR
