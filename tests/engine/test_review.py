"""From acceptance to the end: the clauses that forbid an act within its stage, each refusal with its rule."""

from dataclasses import replace
from datetime import date

import pytest
from tests.engine.casework import (
    AGENT,
    CITY_OFFICER,
    CLERK,
    DECIDER,
    GARDENER,
    HEAD,
    INSPECTOR,
    LAWS,
    POLICE,
    REVIEWER,
    SECOND_INSPECTOR,
    at_decision,
    decided,
    finish,
    in_review,
    official,
    opened,
    refusal,
)
from tests.town import DRUG, FOOD, HYGIENE, ROAD, SOIL, SUSPENSION

from banjie.engine.cases import Delivery, Stage, running
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    Claim,
    ConfirmWithdrawal,
    Deliver,
    Deny,
    EndSpecial,
    Extend,
    FinishStep,
    MarkLate,
    ReturnStep,
    StartSpecial,
    Terminate,
    Withdraw,
)
from banjie.engine.cases.handing import Assign
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import SYSTEM, Role

# --- 第三十四条: two officials, and not the same twice; 审批分离 ---


def test_a_site_visit_takes_two_officials() -> None:
    file = in_review(LAWS[FOOD])
    finish(file, REVIEWER, "review")

    [signed] = finish(file, INSPECTOR, "site_visit")
    assert type(signed).__name__ == "StepSigned"
    assert list(file.case.active) == ["site_visit"]
    assert refusal(file, INSPECTOR, FinishStep("site_visit", "再签一次")).rule == "行政许可法第三十四条第三款"
    assert refusal(file, DECIDER, Approve("符合条件")).rule == "办理流程"

    [finished] = finish(file, SECOND_INSPECTOR, "site_visit")
    assert type(finished).__name__ == "StepFinished"
    assert file.case.signed["site_visit"] == (INSPECTOR.account, SECOND_INSPECTOR.account)


def test_who_reviewed_does_not_decide() -> None:
    both = official("sheyueshuang", Role.REVIEWER, Role.DECIDER)
    file = in_review(LAWS[DRUG])
    file.act(HEAD, Assign(both.account, "review"))
    finish(file, both, "review")
    assert refusal(file, both, FinishStep("inspection", "合格")).rule == "审批分离"
    finish(file, INSPECTOR, "inspection")
    finish(file, SECOND_INSPECTOR, "inspection")

    assert refusal(file, both, Approve("符合条件")).rule == "审批分离"
    assert refusal(file, both, Deny(("不符合",))).rule == "审批分离"


# --- 第三十八条, 第四十二条, 第四十四条, 第四十五条 ---


@pytest.mark.parametrize("reasons", [(), ("",), ("不符合条件", " ")], ids=["没有理由", "空理由", "有一条空理由"])
def test_a_denial_states_its_reasons(reasons: tuple[str, ...]) -> None:
    refused = refusal(at_decision(LAWS[FOOD]), DECIDER, Deny(reasons))

    assert (refused.rule, refused.field) == ("行政许可法第三十八条第二款", "reasons")


def test_a_decision_is_not_just_a_finished_step() -> None:
    assert refusal(at_decision(LAWS[FOOD]), DECIDER, FinishStep("decision", "同意")).rule == "行政许可法第三十八条"
    assert refusal(at_decision(LAWS[FOOD]), DECIDER, Approve(" ")).rule == "行政许可法第三十八条"


@pytest.mark.parametrize(("item", "most"), [(FOOD, 10), (ROAD, 15)], ids=["单独办理十日", "统一办理十五日"])
def test_the_head_extends_once_and_no_longer_than_the_law_lets(item: str, most: int) -> None:
    file = in_review(LAWS[item])
    rule = "行政许可法第四十二条"
    before = running(file.case, file.law, file.day)
    assert refusal(file, DECIDER, Extend(5, "案情复杂")).rule == "办件权限表"
    assert refusal(file, HEAD, Extend(most + 1, "案情复杂")).rule == rule
    assert refusal(file, HEAD, Extend(0, "案情复杂")).rule == rule
    assert refusal(file, HEAD, Extend(most, " ")).rule == rule

    file.act(HEAD, Extend(most, "案情复杂"))

    after = {one.timer.kind: one.reckoning.due_on for one in running(file.case, file.law, file.day)}
    for one in before:
        if one.timer.kind in (TimerKind.STATUTORY, TimerKind.PROMISED):
            later = file.law.calendar.add_working(one.reckoning.due_on, most)
            assert after[one.timer.kind] == later
    assert refusal(file, HEAD, Extend(1, "还要时间")).reason == "这个办件已经延期过一次"


def test_an_extension_comes_before_the_limit_is_over() -> None:
    file = in_review(LAWS[FOOD])

    assert refusal(file.wait(60), HEAD, Extend(5, "案情复杂")).reason == "法定期限已过，不能再延期"


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (StartSpecial("auction", 5, "拍卖"), "行政许可法第三十条、第四十五条"),
        (StartSpecial("expert_review", 0, "专家评审"), "行政许可法第四十五条"),
        (StartSpecial("expert_review", 181, "专家评审"), "行政许可法第四十五条"),
        (StartSpecial("expert_review", 15, " "), "行政许可法第四十五条"),
    ],
    ids=["没有公布的程序", "没有告知时间", "太久", "没有理由"],
)
def test_what_a_special_procedure_needs(command: StartSpecial, rule: str) -> None:
    assert refusal(in_review(LAWS[SOIL]), REVIEWER, command).rule == rule


def test_an_expert_review_stops_the_legal_clock_and_a_site_inspection_does_not() -> None:
    def due_after(item: str, procedure: str) -> tuple[date, date]:
        file = in_review(LAWS[item])
        first = {one.timer.kind: one.reckoning.due_on for one in running(file.case, file.law, file.day)}
        file.wait(1).act(REVIEWER, StartSpecial(procedure, 5, "需要评审"))
        file.wait(7).act(REVIEWER, EndSpecial("已经完成"))
        last = {one.timer.kind: one.reckoning.due_on for one in running(file.case, file.law, file.day)}
        return first[TimerKind.STATUTORY], last[TimerKind.STATUTORY]

    before, after = due_after(SOIL, "expert_review")
    assert after == LAWS[SOIL].calendar.add_working(before, 5)
    before, after = due_after(DRUG, "site_inspection")
    assert after == before


def test_a_special_procedure_ends_with_its_result() -> None:
    file = in_review(LAWS[SOIL])
    file.act(REVIEWER, StartSpecial("expert_review", 15, "专家评审"))

    assert refusal(file, REVIEWER, EndSpecial(" ")).rule == "行政许可法第四十五条"


def test_a_delivery_needs_its_evidence() -> None:
    assert refusal(decided(LAWS[FOOD]), CLERK, Deliver(Delivery.POST, " ")).rule == "行政许可法第四十四条"


# --- withdrawal and other ends ---


def test_before_acceptance_the_applicant_just_withdraws() -> None:
    file = opened(LAWS[FOOD])
    assert refusal(file, AGENT, Withdraw(" ")).rule == "撤回申请"

    file.act(AGENT, Withdraw("店不开了"))

    assert file.case.stage is Stage.RETURNED


def test_after_acceptance_the_organ_confirms() -> None:
    file = in_review(LAWS[FOOD])
    assert refusal(file, CLERK, ConfirmWithdrawal()).rule == "撤回申请"
    file.act(AGENT, Withdraw("店不开了"))
    assert file.case.stage is Stage.IN_REVIEW
    assert refusal(file, AGENT, Withdraw("真的不开了")).rule == "撤回申请"
    assert refusal(file, AGENT, ConfirmWithdrawal()).rule == "办件权限表"

    file.act(CLERK, ConfirmWithdrawal())

    assert (file.case.stage, file.case.closing_reason) == (Stage.WITHDRAWN, "店不开了")


def test_an_end_by_law_needs_its_ground() -> None:
    assert refusal(in_review(LAWS[FOOD]), HEAD, Terminate(" ")).rule == "终止办理"


def test_only_what_is_late_is_marked_and_once() -> None:
    file = in_review(LAWS[FOOD])
    assert refusal(file, SYSTEM, MarkLate("TP")).rule == "时限监督"
    file.wait(60).act(SYSTEM, MarkLate("TP"))
    file.act(SYSTEM, MarkLate("TS", "review"))

    assert file.case.late == ("TP", "TS:review@2026-11-04")
    assert refusal(file, SYSTEM, MarkLate("TP")).rule == "时限监督"
    assert refusal(file, SYSTEM, MarkLate("TS", "site_visit")).rule == "时限监督"


# --- steps: parallel, sent back, at once ---


def test_parallel_departments_join_and_one_is_sent_back_alone() -> None:
    file = in_review(LAWS[ROAD], answers={"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"})
    finish(file, REVIEWER, "review")
    assert list(file.case.active) == ["traffic_opinion", "green_opinion", "city_opinion"]
    assert refusal(file, POLICE, FinishStep("green_opinion", "同意")).rule == "办件权限表"
    assert refusal(file, POLICE, FinishStep("joint_review", "同意")).rule == "办理流程"
    finish(file, POLICE, "traffic_opinion")
    finish(file, GARDENER, "green_opinion")
    finish(file, CITY_OFFICER, "city_opinion")
    assert list(file.case.active) == ["joint_review"]

    file.act(REVIEWER, ReturnStep("joint_review", "green_opinion", "请补充恢复方案的意见"))

    assert list(file.case.active) == ["green_opinion"]
    assert set(file.case.done) == {"review", "traffic_opinion", "city_opinion"}
    finish(file, GARDENER, "green_opinion")
    assert list(file.case.active) == ["joint_review"]


def test_a_return_keeps_signatures_of_steps_that_go_on() -> None:
    """Two signatures are wanted from the city; one is there when the police send their part back for rework."""
    road = LAWS[ROAD].item
    steps = tuple(
        replace(step, signatures=2)
        if step.key == "city_opinion"
        else replace(step, routes=(replace(step.routes[0], to="traffic_check"),))
        if step.key == "traffic_opinion"
        else step
        for step in road.workflow.steps
    )
    check = replace(road.workflow.step("joint_review"), key="traffic_check", name="交警复核", office=POLICE_OFFICE)
    law = replace(
        LAWS[ROAD], item=replace(road, workflow=replace(road.workflow, steps=(*steps[:2], check, *steps[2:])))
    )
    file = in_review(law, answers={"work": "occupy", "green": "no", "traffic": "yes"})
    finish(file, REVIEWER, "review")
    finish(file, POLICE, "traffic_opinion")
    finish(file, CITY_OFFICER, "city_opinion")
    assert list(file.case.active) == ["traffic_check", "city_opinion"]

    file.act(POLICE, ReturnStep("traffic_check", "traffic_opinion", "意见与图纸不符"))

    assert list(file.case.active) == ["traffic_opinion", "city_opinion"]
    assert file.case.signed["city_opinion"] == (CITY_OFFICER.account,)
    assert "traffic_opinion" not in file.case.signed


POLICE_OFFICE = next(iter(POLICE.offices))


@pytest.mark.parametrize(
    ("step", "to", "reason", "rule"),
    [
        ("decision", "review", " ", "退回重办"),
        ("decision", "decision", "重办", "办理流程"),
        ("decision", "nowhere", "重办", "办理流程"),
        ("review", "review", "重办", "办理流程"),
    ],
    ids=["没有理由", "退给自己", "没有的环节", "不在办理的环节"],
)
def test_where_a_step_may_be_sent_back_to(step: str, to: str, reason: str, rule: str) -> None:
    assert refusal(at_decision(LAWS[FOOD]), DECIDER, ReturnStep(step, to, reason)).rule == rule


@pytest.mark.parametrize("item", [SUSPENSION, HYGIENE], ids=["即办", "告知承诺"])
def test_what_is_decided_at_once_is_in_its_decision_from_acceptance(item: str) -> None:
    file = opened(LAWS[item])
    file.act(CLERK, Claim())

    followed = file.act(CLERK, Accept())

    assert [type(event).__name__ for event in followed] == ["Accepted", "ReviewStarted"]
    file.act(DECIDER, Approve("准予"))
    assert file.case.decided_on == file.case.submitted_on


def test_a_step_needs_an_opinion_and_an_outcome() -> None:
    file = in_review(LAWS[FOOD])

    assert refusal(file, REVIEWER, FinishStep("review", " ")).rule == "环节意见"
    assert refusal(file, REVIEWER, FinishStep("review", "同意", outcome=" ")).rule == "环节意见"
    assert refusal(file, REVIEWER, FinishStep("nowhere", "同意")).field == "step"
