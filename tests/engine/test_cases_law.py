"""The law of a case as a complete table: every stage with every act, the refusals with their rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.engine.casework import (
    AGENT,
    CLERK,
    DECIDER,
    HEAD,
    LAWS,
    REVIEWER,
    File,
    accepted,
    at,
    at_decision,
    decided,
    endorsed,
    in_review,
    submission,
    table,
)
from tests.town import DRUG

from banjie.engine.cases import ACTS, NAMES, STAGE_NAMES, Ask, Case, Command, Delivery, Paper, Party, Stage, decide
from banjie.engine.cases.acts import (
    Accept,
    AnswerUrge,
    Approve,
    AskCorrection,
    Claim,
    ConfirmWithdrawal,
    Deliver,
    Deny,
    EndSpecial,
    Extend,
    FindNotCompetent,
    FindNotRequired,
    FinishStep,
    LapseCorrection,
    LapseReply,
    LapseTolerance,
    LiftEndorsement,
    MarkLate,
    Resubmit,
    ReturnStep,
    StartReview,
    StartSpecial,
    SupplyTolerated,
    TakeBack,
    Terminate,
    Tolerate,
    Urge,
    Withdraw,
)
from banjie.engine.cases.handing import Assign, PassOn, Release, TakeOn
from banjie.engine.cases.moving import MoveDeadlines
from banjie.engine.permissions import SYSTEM, Actor
from banjie.engine.subject import Refused

LAW_TABLE = Path(__file__).parent / "law" / "cases.txt"
LAW = LAWS[DRUG]
PLAN = "premises_proof"
TOLERABLE = "quality_rules"
ENDORSED_PAPER = "equipment"
"""A paper the pre-application service has found in order."""
LATE = timedelta(days=120)

IN_REVIEW = {
    "in_review": "审查中（环节办理中）",
    "in_review+decision": "审查中（待决定）",
    "in_review+withdrawing": "审查中（申请人要求撤回）",
}
STATES: dict[str, str] = {}
for _stage in Stage:
    STATES |= IN_REVIEW if _stage is Stage.IN_REVIEW else {_stage.value: STAGE_NAMES[_stage]}
"""Every stage; the review in the three forms that make a difference."""


def _denied() -> File:
    file = at_decision(LAW)
    file.act(DECIDER, Deny(("不符合条件",)))
    return file


def _delivered() -> File:
    file = decided(LAW)
    file.act(CLERK, Deliver(Delivery.ELECTRONIC, "电子证照"))
    return file


def _prechecked() -> File:
    file = _open()
    file.act(CLERK, Claim())
    return file


def _after(make: Callable[[], File], actor: Actor, command: Command) -> Callable[[], File]:
    def made() -> File:
        file = make()
        file.act(actor, command)
        return file

    return made


def _open() -> File:
    file = File(LAW)
    file.act(AGENT, replace(submission(LAW, later=(TOLERABLE,)), endorsements=(ENDORSED,)))
    return file


def _accepted() -> File:
    return accepted(LAW, later=(TOLERABLE,))


def _reviewed() -> File:
    return in_review(LAW, later=(TOLERABLE,))


def _at_decision() -> File:
    return at_decision(LAW)


ENDORSED = endorsed(LAW, submission(LAW, later=(TOLERABLE,)), ENDORSED_PAPER)
ASK = Ask(PLAN, "看不清", "请重新上传", "药品管理法第五十二条")

MADE: dict[str, Callable[[], File]] = {
    "draft": lambda: File(LAW),
    "submitted": _open,
    "precheck": _prechecked,
    "correcting": _after(_prechecked, CLERK, AskCorrection((ASK,))),
    "returned": _after(_open, AGENT, Withdraw("不办了")),
    "not_required": _after(_prechecked, CLERK, FindNotRequired("不需要许可")),
    "rejected_entry": _after(_prechecked, CLERK, FindNotCompetent("不属本机关", "省药品监督管理局")),
    "accepted": _accepted,
    "in_review": _reviewed,
    "in_review+decision": _at_decision,
    "in_review+withdrawing": _after(_reviewed, AGENT, Withdraw("不办了")),
    "special": _after(_reviewed, REVIEWER, StartSpecial("site_inspection", 5, "整改后复查")),
    "approved": lambda: decided(LAW),
    "denied": _denied,
    "delivered": _delivered,
    "withdrawn": _after(_after(_reviewed, AGENT, Withdraw("不办了")), CLERK, ConfirmWithdrawal()),
    "terminated": _after(_reviewed, HEAD, Terminate("申请人死亡")),
}


def _paper(material: str) -> Paper:
    return Paper(material, f"{material}.pdf", "0" * 64, "application/pdf", 1)


def _hand(case: Case) -> Actor:
    """Who has the line as the case stands, or would take it on."""
    if case.stage is Stage.IN_REVIEW and not case.withdrawal_reason:
        return DECIDER if "decision" in case.active else REVIEWER
    return REVIEWER if case.stage in (Stage.ACCEPTED, Stage.SPECIAL) else CLERK


def _tried(file: File) -> dict[str, tuple[Actor, Command]]:
    """Each act as someone who may would try it, filled in as well as the case allows."""
    case = file.case
    step = case.active[0] if case.active else "review"
    line = case.active[0] if case.active and case.stage is Stage.IN_REVIEW and not case.withdrawal_reason else ""
    overdue = {Stage.APPROVED: "T10", Stage.DENIED: "T10"}
    timer = overdue.get(case.stage, "TL")
    return {
        "Submit": (AGENT, submission(LAW)),
        "Claim": (CLERK, Claim()),
        "AskCorrection": (CLERK, AskCorrection((ASK,))),
        "LiftEndorsement": (HEAD, LiftEndorsement(ENDORSED.target, ENDORSED.point, "规定有新的解释")),
        "Resubmit": (AGENT, Resubmit(papers=(_paper(PLAN),))),
        "FindNotRequired": (CLERK, FindNotRequired("不需要许可")),
        "FindNotCompetent": (CLERK, FindNotCompetent("不属本机关", "省药品监督管理局")),
        "Accept": (CLERK, Accept()),
        "Tolerate": (CLERK, Tolerate(TOLERABLE)),
        "SupplyTolerated": (AGENT, SupplyTolerated(_paper(TOLERABLE))),
        "StartReview": (REVIEWER, StartReview()),
        "FinishStep": (REVIEWER, FinishStep("review", "符合要求")),
        "ReturnStep": (DECIDER if step == "decision" else REVIEWER, ReturnStep(step, "review", "意见不完整")),
        "StartSpecial": (REVIEWER, StartSpecial("site_inspection", 5, "整改后复查")),
        "EndSpecial": (REVIEWER, EndSpecial("复查合格")),
        "Extend": (HEAD, Extend(10, "案情复杂")),
        "Approve": (DECIDER, Approve("符合条件")),
        "Deny": (DECIDER, Deny(("不符合条件",))),
        "Deliver": (CLERK, Deliver(Delivery.ELECTRONIC, "电子证照")),
        "Withdraw": (AGENT, Withdraw("不办了")),
        "TakeBack": (AGENT, TakeBack()),
        "Urge": (AGENT, Urge()),
        "AnswerUrge": (CLERK, AnswerUrge("正在核对图纸，后天前答复")),
        "ConfirmWithdrawal": (CLERK, ConfirmWithdrawal()),
        "Terminate": (HEAD, Terminate("事项取消")),
        "LapseReply": (SYSTEM, LapseReply()),
        "LapseCorrection": (SYSTEM, LapseCorrection()),
        "LapseTolerance": (SYSTEM, LapseTolerance(TOLERABLE)),
        "MarkLate": (SYSTEM, MarkLate(timer)),
        "MoveDeadlines": (SYSTEM, MoveDeadlines()),
        "TakeOn": (_hand(case), TakeOn(line)),
        "Release": (_hand(case), Release(line)),
        "PassOn": (_hand(case), PassOn("huangshiqi", "要去现场", line)),
        "Assign": (HEAD, Assign("huangshiqi", line)),
    }


BY_TIME = {"LapseReply", "LapseCorrection", "LapseTolerance", "MarkLate"}


def outcome(state: str, act: str) -> tuple[str, str]:
    """The names of the events that follow and "", or "refused" and the rule."""
    file = MADE[state]()
    actor, command = _tried(file)[act]
    day = file.day + LATE if act in BY_TIME else file.day
    try:
        followed = decide(file.case, command, actor=actor, now=at(day), law=LAW)
    except Refused as refusal:
        return ("refused", refusal.rule) if refusal.reason and refusal.remedy else ("refused without a word", "")
    return " ".join(type(event).__name__ for event in followed), ""


LINES = list(table(LAW_TABLE.read_text("utf-8"), 5)) if LAW_TABLE.exists() else []


@pytest.mark.parametrize(
    ("state", "act", "expected", "rule"), [line[:4] for line in LINES], ids=[line[4] for line in LINES]
)
def test_the_law_of_cases(state: str, act: str, expected: str, rule: str) -> None:
    assert outcome(state, act) == (expected, "" if rule == "-" else rule)


def test_the_table_is_complete() -> None:
    assert [line[:2] for line in LINES] == [(state, act) for state in STATES for act in ACTS]
    assert {line[4] for line in LINES} == {f"{STATES[s]}时“{NAMES[ACTS[a]]}”" for s in STATES for a in ACTS}


def test_the_made_cases_stand_where_the_table_says() -> None:
    assert {state: make().case.stage.value for state, make in MADE.items()} == {
        state: state.partition("+")[0] for state in STATES
    }


def test_every_act_is_tried_as_what_it_is() -> None:
    assert {name: type(command).__name__ for name, (_, command) in _tried(File(LAW)).items()} == {
        name: name for name in ACTS
    }


def test_a_submission_of_someone_elses_is_refused() -> None:
    for_another = replace(submission(LAW), holder=Party("c-qinghe", "青禾县麦田新能源有限公司"))

    with pytest.raises(Refused) as refusal:
        File(LAW).act(AGENT, for_another)

    assert refusal.value.rule == "办件权限表"
