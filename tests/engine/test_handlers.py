"""Who has a line: the law as a table, whom a line may not be given to, and how it comes and goes with the case."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.casework import (
    CLERK,
    DECIDER,
    HEAD,
    INSPECTOR,
    LAWS,
    ORGAN,
    POLICE,
    REVIEWER,
    SECOND_INSPECTOR,
    File,
    accepted,
    in_review,
    official,
    opened,
    table,
)
from tests.town import FOOD

from banjie.engine.cases import Ask, Command
from banjie.engine.cases.acts import (
    Accept,
    AskCorrection,
    Claim,
    FinishStep,
    ReturnStep,
    StartReview,
)
from banjie.engine.cases.handing import Assign, PassOn, Release, TakeOn
from banjie.engine.cases.handlers import Colleague, SomebodyElses, line_at, unfit
from banjie.engine.cases.tasks import Task
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.subject import Refused

LAW = LAWS[FOOD]
OTHER = official("huangshiqi", Role.WINDOW)
DEPUTY = replace(OTHER, stands_in=(("luoxiaoyu", "罗小雨"),))
WHO = {
    "罗小雨": CLERK,
    "黄石启": OTHER,
    "代罗小雨": DEPUTY,
    "岳知衡": DECIDER,
    "梅岚亭": HEAD,
    "系统": SYSTEM,
    "秦见鹿": POLICE,
    "沈秋白": REVIEWER,
    "康远舟": INSPECTOR,
    "唐霜林": SECOND_INSPECTOR,
}


def _claimed() -> File:
    file = opened(LAW)
    file.act(CLERK, Claim())
    return file


def _released() -> File:
    file = _claimed()
    file.act(CLERK, Release())
    return file


def _visited(*signed: Actor) -> File:
    file = in_review(LAW)
    file.act(REVIEWER, FinishStep("review", "齐全"))
    file.act(INSPECTOR, TakeOn("site_visit"))
    for actor in signed:
        file.act(actor, FinishStep("site_visit", "一致"))
    return file


MADE: dict[str, Callable[[], File]] = {
    "预审中，罗小雨承办": _claimed,
    "预审中，待领": _released,
    "材料审查，沈秋白承办": lambda: in_review(LAW),
    "现场核查，康远舟承办": _visited,
    "现场核查，唐霜林已签": lambda: _visited(SECOND_INSPECTOR),
}


def _command(file: File, what: str) -> Command:
    step = file.case.active[0] if file.case.active else ""
    made: dict[str, Command] = {
        "受理": Accept(),
        "办结": FinishStep(step, "符合要求"),
        "认领": TakeOn(step),
        "退回待领": Release(step),
        "转办": PassOn("huangshiqi", "要去现场", step),
        "转办无理由": PassOn("huangshiqi", " ", step),
        "指派": Assign("huangshiqi", step),
    }
    return made[what]


@pytest.mark.parametrize(
    ("where", "who", "what", "expected"),
    list(table((Path(__file__).parent / "law" / "handlers.txt").read_text("utf-8"), 4)),
)
def test_the_law_of_lines(where: str, who: str, what: str, expected: str) -> None:
    assert _came(MADE[where](), WHO[who], what) == expected


def _came(file: File, actor: Actor, what: str) -> str:
    """The event that followed, or the rule of the refusal; a refusal without a way out is no answer."""
    try:
        return type(file.act(actor, _command(file, what))[0]).__name__
    except Refused as refused:
        return f"拒绝：{refused.rule}" if refused.remedy else "拒绝，没有出路"


def test_a_refusal_names_whoever_has_the_line() -> None:
    with pytest.raises(SomebodyElses) as refusal:
        _claimed().act(OTHER, Accept())
    assert refusal.value.account == CLERK.account
    assert "指派" in refusal.value.remedy


def test_a_line_goes_with_its_step_and_comes_back_to_whoever_signed() -> None:
    file = in_review(LAW)
    assert file.case.handlers == {"review": REVIEWER.account}
    file.act(REVIEWER, FinishStep("review", "齐全"))
    assert file.case.handlers == {}
    file.act(INSPECTOR, ReturnStep("site_visit", "review", "图纸换了"))
    assert file.case.handlers == {"review": REVIEWER.account}


def test_a_corrected_application_is_hers_again_who_asked() -> None:
    file = _claimed()
    file.act(CLERK, AskCorrection((Ask("floor_plan", "看不清", "请重新提交", "食品经营许可和备案管理办法"),)))
    assert file.case.handlers == {"": CLERK.account}


def test_acceptance_ends_the_windows_line_and_a_window_that_starts_the_review_does_not_take_it() -> None:
    file = accepted(LAW)
    assert file.case.handlers == {}
    file.act(CLERK, StartReview())
    assert file.case.handlers == {}


LINE = Task(
    0, ORGAN, Role.DECIDER, in_review(LAW).case.stage, "decision", "决定", in_review(LAW).day, in_review(LAW).day
)
DECIDES = frozenset({(Role.DECIDER, ORGAN)})


@pytest.mark.parametrize(
    ("colleague", "why"),
    [
        (Colleague("a", "甲", DECIDES), ""),
        (Colleague("a", "甲", frozenset({(Role.HEAD, ORGAN)})), ""),
        (Colleague("a", "甲"), "已经不在岗"),
        (Colleague("a", "甲", frozenset({(Role.DECIDER, "elsewhere")})), "不是承办单位的工作人员"),
        (Colleague("a", "甲", frozenset({(Role.WINDOW, ORGAN)})), "不是决定人"),
        (Colleague("a", "甲", DECIDES, away="正在休假"), "正在休假"),
        (Colleague("a", "甲", DECIDES, certified=False), "上岗资格"),
    ],
)
def test_whom_a_line_may_not_be_given_to(colleague: Colleague, why: str) -> None:
    refused = unfit(colleague, LINE)
    assert (refused is None) == (not why)
    if refused is not None:
        assert why in refused.reason
        assert refused.remedy


def test_whoever_signed_the_review_is_not_assigned_the_decision() -> None:
    file = in_review(LAW)
    step = LAW.item.workflow.step("decision")
    if "review" in step.separate_from:
        file.act(REVIEWER, FinishStep("review", "齐全"))
        file.act(INSPECTOR, FinishStep("site_visit", "一致"))
        file.act(SECOND_INSPECTOR, FinishStep("site_visit", "一致"))
        with pytest.raises(Refused, match="审批分离"):
            file.act(HEAD, Assign(REVIEWER.account, "decision"))
    assert line_at(file.case, "nothing", LAW) is None
