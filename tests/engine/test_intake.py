"""Before acceptance: the clauses that forbid an act within its stage, each refusal with its rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.engine.casework import (
    AGENT,
    CLERK,
    DECIDER,
    LAWS,
    REVIEWER,
    File,
    accepted,
    at_decision,
    finish,
    paper,
    prechecked,
    refusal,
    submission,
)
from tests.town import DRUG, FOOD, HYGIENE

from banjie.engine.cases import Ask, Stage, running
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    AskCorrection,
    Claim,
    FindNotCompetent,
    FindNotRequired,
    LapseCorrection,
    LapseReply,
    Resubmit,
    StartReview,
    SupplyTolerated,
    Tolerate,
)
from banjie.engine.cases.events import Accepted, Returned, Tolerated
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import SYSTEM

PLAN = Ask("floor_plan", "看不清", "请重新上传", "食品安全法第三十三条")
RULES = Ask("safety_rules", "没有签字", "请签字", "食品安全法第三十三条")


# --- 第三十二条: correction, told once ---


def test_a_second_notice_only_for_what_the_first_one_named() -> None:
    file = prechecked(LAWS[FOOD])
    file.act(CLERK, AskCorrection((PLAN,)))
    file.act(AGENT, Resubmit(papers=(paper("floor_plan"),)))

    refused = refusal(file, CLERK, AskCorrection((PLAN, RULES)))
    assert refused.rule == "行政许可法第三十二条第一款第（四）项（一次性告知）"
    assert "食品安全管理制度" in refused.reason

    file.act(CLERK, AskCorrection((PLAN,)))
    file.act(AGENT, Resubmit(papers=(paper("floor_plan"),)))
    assert "一次性告知" in refusal(file, CLERK, AskCorrection((RULES,))).rule


@pytest.mark.parametrize(
    ("notice", "rule"),
    [
        (AskCorrection(()), "行政许可法第三十二条第一款第（四）项"),
        (AskCorrection((replace(PLAN, basis=" "),)), "行政许可法第三十二条第一款第（四）项"),
        (AskCorrection((replace(PLAN, problem=""),)), "行政许可法第三十二条第一款第（四）项"),
        (AskCorrection((replace(PLAN, material="bank_statement"),)), "行政许可法第三十条、第三十一条"),
        (AskCorrection((replace(PLAN, material="cold_chain"),)), "行政许可法第三十条、第三十一条"),
        (AskCorrection((replace(PLAN, material="form:shoe_size"),)), "行政许可法第三十条、第三十一条"),
        (AskCorrection((PLAN,), days=0), "补正期限"),
        (AskCorrection((PLAN,), days=61), "补正期限"),
    ],
    ids=["空的通知", "没有依据", "没有问题", "没有公布的材料", "别的情形的材料", "没有公布的栏目", "零日", "太久"],
)
def test_what_a_correction_notice_must_say(notice: AskCorrection, rule: str) -> None:
    assert refusal(prechecked(LAWS[FOOD]), CLERK, notice).rule == rule


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Resubmit(), "还有内容没有补正"),
        (Resubmit(papers=(paper("floor_plan"), paper("safety_rules"))), "补正通知没有要求"),
        (Resubmit(papers=(paper("floor_plan"),), data={"area": 5}), "补正通知没有要求"),
    ],
    ids=["没有补", "多补了材料", "多改了栏目"],
)
def test_an_answer_brings_what_was_asked_and_nothing_else(answer: Resubmit, reason: str) -> None:
    file = prechecked(LAWS[FOOD])
    file.act(CLERK, AskCorrection((PLAN,)))

    refused = refusal(file, AGENT, answer)

    assert refused.rule == "补正通知书"
    assert refused.reason.startswith(reason)


def test_a_corrected_field_must_be_right() -> None:
    file = prechecked(LAWS[FOOD])
    file.act(CLERK, AskCorrection((Ask("form:contact_phone", "空号", "请核对", "行政许可法第三十一条"),)))

    assert refusal(file, AGENT, Resubmit(data={"contact_phone": "12"})).field == "data.contact_phone"

    file.act(AGENT, Resubmit(data={"contact_phone": "13900000002"}))
    assert file.case.data["contact_phone"] == "13900000002"


def test_a_correction_that_does_not_come_sends_the_case_back_and_refuses_nothing() -> None:
    file = prechecked(LAWS[FOOD])
    file.act(CLERK, AskCorrection((PLAN,), days=10))
    due = file.case.corrections[-1].due_on
    file.day = due
    assert refusal(file, SYSTEM, LapseCorrection()).rule == "期限"

    file.day = due + timedelta(days=1)
    [event] = file.act(SYSTEM, LapseCorrection())

    assert isinstance(event, Returned)
    assert event.lapsed
    assert (file.case.stage, file.case.approved, file.case.decided_on) == (Stage.RETURNED, False, None)


def test_another_organs_power_must_name_that_organ() -> None:
    refused = refusal(prechecked(LAWS[FOOD]), CLERK, FindNotCompetent("不归我们管", " "))

    assert (refused.rule, refused.field) == ("行政许可法第三十二条第一款第（二）项", "redirect_organ")


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (FindNotRequired(" "), "行政许可法第三十二条第一款第（一）项"),
        (FindNotCompetent(" ", "省局"), "行政许可法第三十二条第一款第（二）项"),
    ],
    ids=["不受理", "不予受理"],
)
def test_turning_away_needs_a_reason(command: object, rule: str) -> None:
    assert refusal(prechecked(LAWS[FOOD]), CLERK, command).rule == rule


def test_silence_is_acceptance_as_of_receipt_and_the_legal_clock_counts_from_there() -> None:
    """Handed in on the last working day before National Day: five days are 10 October, a make-up Saturday."""
    file = File(LAWS[FOOD], date(2026, 9, 30))
    [submitted] = file.act(AGENT, submission(LAWS[FOOD]))
    file.day = date(2026, 10, 13)
    assert refusal(file, SYSTEM, LapseReply()).rule == "期限"

    file.day = date(2026, 10, 14)
    [event] = file.act(SYSTEM, LapseReply())

    assert isinstance(event, Accepted)
    assert (event.silent, event.as_of, event.on) == (True, date(2026, 9, 30), date(2026, 10, 14))
    statutory = next(one for one in running(file.case, file.law, file.day) if one.timer.kind is TimerKind.STATUTORY)
    assert statutory.timer.event_on == date(2026, 9, 30)
    assert event.statutory_due == statutory.reckoning.due_on
    assert submitted.on == date(2026, 9, 30)


def test_after_a_correction_silence_counts_from_the_new_receipt() -> None:
    file = prechecked(LAWS[FOOD])
    file.act(CLERK, AskCorrection((PLAN,)))
    file.wait(7).act(AGENT, Resubmit(papers=(paper("floor_plan"),)))
    resubmitted = file.day

    [event] = file.wait(8).act(SYSTEM, LapseReply())

    assert isinstance(event, Accepted)
    assert event.as_of == resubmitted


# --- 申请: situations, papers, promise ---


def test_answers_to_questions_that_are_not_asked_are_no_facts() -> None:
    """A new pharmacy that slips in the answer 负责人变更 would otherwise skip the inspection."""
    law = LAWS[DRUG]
    honest = submission(law)
    file = File(law)

    file.act(AGENT, replace(honest, answers={**honest.answers, "part": "person"}))
    file.act(CLERK, Claim())
    file.act(CLERK, Accept())
    file.act(REVIEWER, StartReview())
    finish(file, REVIEWER, "review")

    assert "part" not in file.case.answers
    assert list(file.case.active) == ["inspection"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answers": {}}, "answers.apply_type"),
        ({"papers": ()}, "papers.business_licence"),
        ({"later": ("floor_plan",)}, "papers.floor_plan"),
        ({"papers": (paper("diary"),)}, "papers.diary"),
        ({"data": {}}, "data.applicant_name"),
    ],
    ids=["没有回答", "没有材料", "不能容缺的", "无关的材料", "没有填表"],
)
def test_what_an_application_must_bring(change: dict[str, object], field: str) -> None:
    file = File(LAWS[FOOD])

    assert refusal(file, AGENT, replace(submission(LAWS[FOOD]), **change)).field == field  # type: ignore[arg-type]  # fields by name


def test_a_promise_must_be_signed_where_the_item_is_by_promise() -> None:
    refused = refusal(File(LAWS[HYGIENE]), AGENT, replace(submission(LAWS[HYGIENE]), promised=False))

    assert (refused.rule, refused.field) == ("告知承诺制", "promised")


def test_nobody_applies_before_the_item_is_in_force() -> None:
    file = File(LAWS[FOOD], date(2025, 12, 31))

    assert refusal(file, AGENT, submission(LAWS[FOOD])).rule == "事项版本生效日期"


# --- 容缺 ---


def test_no_approval_while_a_tolerated_material_is_missing() -> None:
    file = at_decision(LAWS[FOOD], later=("safety_rules",))
    refused = refusal(file, DECIDER, Approve("符合条件"))
    assert refused.rule == "容缺受理规定"
    assert "食品安全管理制度" in refused.reason

    file.act(AGENT, SupplyTolerated(paper("safety_rules")))
    file.act(DECIDER, Approve("符合条件"))
    assert file.case.stage is Stage.APPROVED


def test_a_paper_that_came_with_a_correction_is_not_tolerated_again() -> None:
    file = prechecked(LAWS[FOOD], later=("safety_rules",))
    file.act(CLERK, AskCorrection((RULES,)))
    file.act(AGENT, Resubmit(papers=(paper("safety_rules"),)))

    followed = file.act(CLERK, Accept())

    assert not any(isinstance(event, Tolerated) for event in followed)
    assert file.case.open_tolerances == ()


def test_only_what_the_item_lets_come_later_is_tolerated() -> None:
    food = LAWS[FOOD].item
    optional = tuple(
        replace(material, required=material.key != "safety_rules" and material.required) for material in food.materials
    )
    law = replace(LAWS[FOOD], item=replace(food, materials=optional))
    file = accepted(law)
    assert refusal(file, CLERK, Tolerate("floor_plan")).rule == "容缺受理规定"
    assert refusal(file, CLERK, Tolerate("cold_chain")).rule == "容缺受理规定"

    file.act(CLERK, Tolerate("safety_rules"))

    assert refusal(file, CLERK, Tolerate("safety_rules")).reason == "这份材料已经提交或已经容缺"
    assert refusal(file, AGENT, SupplyTolerated(paper("floor_plan"))).rule == "容缺受理规定"
