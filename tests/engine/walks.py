"""Random walks of cases: anybody of the town tries anything on any day, and the law says what comes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hypothesis import strategies as st
from tests.engine.casework import AGENT, EVERYONE, LAWS, File, official, submission

from banjie.engine.cases import Ask, Case, Command, Delivery, Event, Paper, acts, handing, possible
from banjie.engine.cases.moving import MoveDeadlines
from banjie.engine.cases.tasks import tasks
from banjie.engine.permissions import Actor, Role
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step, StepKind
from banjie.engine.workflow_runs import reachable

PEOPLE = (*EVERYONE, official("zhengduoxian", Role.WINDOW, Role.REVIEWER, Role.DECIDER))


@dataclass(frozen=True, slots=True)
class Turn:
    """One try: who, which act (of all, or of those offered to anybody), how it is filled in, after how many days."""

    who: int
    what: int
    how: int
    days: int
    offered: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try. `refused` is None when it was carried out, then `events` followed."""

    before: Case
    actor: Actor
    command: Command
    events: tuple[Event, ...]
    refused: Refused | None
    file: File
    offered: bool


TURNS = st.lists(
    st.builds(
        Turn,
        who=st.integers(0, len(PEOPLE) - 1),
        what=st.integers(0, 999),
        how=st.integers(0, 999),
        days=st.sampled_from([0, 0, 0, 0, 1, 1, 3, 7, 30]),
        offered=st.sampled_from([True, True, True, False]),
    ),
    min_size=5,
    max_size=30,
)
ITEMS = st.sampled_from(sorted(LAWS))
SITUATIONS = st.lists(st.integers(0, 5), min_size=8, max_size=8)


def walk(item: str, situation: list[int], turns: list[Turn]) -> Iterator[Tried]:
    """A case handed in and everything tried on it."""
    law = LAWS[item]
    file = File(law)
    yield _try(file, AGENT, _application(file, situation), offered=True)
    for turn in turns:
        file.wait(turn.days)
        case = file.case
        choice = _choose(case, file, turn)
        if choice is None:
            return
        actor, kind = choice
        yield _try(file, actor, FILLED[kind](file, actor, turn.how), offered=turn.offered)


def _application(file: File, situation: list[int]) -> acts.Submit:
    """A valid application; the numbers choose the answers and which papers come later."""
    answers: dict[str, str] = {}
    picks = iter(situation)
    while (question := resolve(file.law.item, answers).next_question) is not None:
        eligible = [option.value for option in question.options if not option.ineligible]
        answers[question.key] = eligible[next(picks, 0) % len(eligible)]
    materials = resolve(file.law.item, answers).materials
    tolerable = tuple(material.key for material in materials if material.tolerable_days)
    return submission(file.law, answers=answers, later=tolerable if situation[-1] % 2 else ())


def _choose(case: Case, file: File, turn: Turn) -> tuple[Actor, type[Command]] | None:
    if not turn.offered:
        kinds = list(FILLED)
        return PEOPLE[turn.who], kinds[turn.what % len(kinds)]
    offers = [(actor, kind) for actor in PEOPLE for kind in possible(case, actor, file.law)]
    # Whatever ends the case at once is drawn seldom, so that walks come far.
    going_on = [offer for offer in offers if offer[1] not in ENDING]
    offers = offers if turn.how % 5 == 0 or not going_on else going_on
    return offers[turn.what % len(offers)] if offers else None


ENDING = {
    acts.Terminate,
    acts.Withdraw,
    acts.TakeBack,
    acts.FindNotRequired,
    acts.FindNotCompetent,
    acts.ConfirmWithdrawal,
}


def _try(file: File, actor: Actor, command: Command, *, offered: bool) -> Tried:
    before = file.case
    try:
        events = file.act(actor, command)
    except Refused as refused:
        return Tried(before, actor, command, (), refused, file, offered)
    return Tried(before, actor, command, events, None, file, offered)


# --- acts filled in, mostly well ---


def _step(file: File, actor: Actor, fits: Callable[[Step], bool]) -> str:
    """A running step that is the actor's and fits, else any step there is."""
    workflow = file.law.item.workflow
    running = [workflow.step(key) for key in file.case.active]
    own = [step.key for step in running if fits(step) and (step.office or file.law.item.organ) in actor.offices]
    return own[0] if own else workflow.steps[0].key


def _return(file: File, actor: Actor, how: int) -> acts.ReturnStep:
    workflow, done = file.law.item.workflow, file.case.done

    def earlier(step: Step) -> list[str]:
        return [key for key in done if step.key in reachable(workflow, key)]

    step = _step(file, actor, lambda one: bool(earlier(one)))
    targets = earlier(workflow.step(step)) or [step]
    return acts.ReturnStep(step, targets[how % len(targets)], "意见不完整")


def _asks(file: File, how: int) -> tuple[Ask, ...]:
    wanted = [material.key for material in resolve(file.law.item, file.case.answers).materials]
    if file.case.corrections and how % 3:
        wanted = [ask.material for ask in file.case.corrections[0].asks]
    chosen = wanted[how % len(wanted) :] if wanted else ["nothing"]
    return tuple(Ask(key, "看不清", "请重新提交", "行政许可法第三十一条") for key in chosen)


def _answered(file: File, how: int) -> acts.Resubmit:
    asked = file.case.corrections[-1].asks if file.case.corrections else ()
    return acts.Resubmit(papers=tuple(_paper(ask.material) for ask in asked[how % 7 == 0 :]))


def _paper(material: str) -> Paper:
    return Paper(material, f"{material}.pdf", f"{len(material):064d}", "application/pdf", 9)


def _tolerated(file: File) -> str:
    missing = [tolerance.material for tolerance in file.case.open_tolerances]
    return missing[0] if missing else "nothing"


def _line(file: File, actor: Actor, kind: type[Command]) -> str:
    """A line of the case that is the actor's to take on or to let go, else the first one there is."""
    lines = tasks(file.case, file.law, file.day, ())
    own = [
        line.step
        for line in lines
        if line.office in actor.offices
        and (line.role in actor.roles if kind is handing.TakeOn else True)
        and (not line.handler if kind is handing.TakeOn else line.handler or kind is handing.Assign)
    ]
    return own[0] if own else lines[0].step if lines else ""


FILLED: dict[type[Command], Callable[[File, Actor, int], Command]] = {
    acts.Submit: lambda file, actor, how: submission(file.law),
    acts.Claim: lambda file, actor, how: acts.Claim(),
    acts.AskCorrection: lambda file, actor, how: acts.AskCorrection(_asks(file, how), 1 + how % 20),
    acts.LiftEndorsement: lambda file, actor, how: acts.LiftEndorsement("equipment", "齐全", "规定有新的解释"),
    acts.Resubmit: lambda file, actor, how: _answered(file, how),
    acts.FindNotRequired: lambda file, actor, how: acts.FindNotRequired("不需要许可"),
    acts.FindNotCompetent: lambda file, actor, how: acts.FindNotCompetent("不归本机关", "省厅" if how % 3 else ""),
    acts.Accept: lambda file, actor, how: acts.Accept(),
    acts.Tolerate: lambda file, actor, how: acts.Tolerate(_tolerated(file)),
    acts.SupplyTolerated: lambda file, actor, how: acts.SupplyTolerated(_paper(_tolerated(file))),
    acts.StartReview: lambda file, actor, how: acts.StartReview(),
    acts.FinishStep: lambda file, actor, how: acts.FinishStep(
        _step(file, actor, lambda step: step.kind is not StepKind.DECISION),
        "符合要求",
        "pass" if how % 4 else "fail",
        ("核查记录",) * (how % 2),
    ),
    acts.ReturnStep: _return,
    acts.StartSpecial: lambda file, actor, how: acts.StartSpecial(
        next((known.key for known in file.law.item.special), "none"), 1 + how % 30, "需要评审"
    ),
    acts.EndSpecial: lambda file, actor, how: acts.EndSpecial("已经完成"),
    acts.Extend: lambda file, actor, how: acts.Extend(1 + how % 11, "案情复杂"),
    acts.Approve: lambda file, actor, how: acts.Approve("符合条件"),
    acts.Deny: lambda file, actor, how: acts.Deny(("不符合条件",)),
    acts.Deliver: lambda file, actor, how: acts.Deliver(Delivery.ELECTRONIC, "电子证照"),
    acts.Withdraw: lambda file, actor, how: acts.Withdraw("不办了"),
    acts.TakeBack: lambda file, actor, how: acts.TakeBack(),
    acts.Urge: lambda file, actor, how: acts.Urge(),
    acts.AnswerUrge: lambda file, actor, how: acts.AnswerUrge("正在审查，明天答复" if how % 4 else ""),
    acts.ConfirmWithdrawal: lambda file, actor, how: acts.ConfirmWithdrawal(),
    acts.Terminate: lambda file, actor, how: acts.Terminate("申请人死亡"),
    acts.LapseReply: lambda file, actor, how: acts.LapseReply(),
    acts.LapseCorrection: lambda file, actor, how: acts.LapseCorrection(),
    acts.LapseTolerance: lambda file, actor, how: acts.LapseTolerance(_tolerated(file)),
    handing.TakeOn: lambda file, actor, how: handing.TakeOn(_line(file, actor, handing.TakeOn)),
    handing.Release: lambda file, actor, how: handing.Release(_line(file, actor, handing.Release), "要去现场"),
    handing.PassOn: lambda file, actor, how: handing.PassOn(
        PEOPLE[how % len(PEOPLE)].account, "工作调整" if how % 4 else "", _line(file, actor, handing.PassOn)
    ),
    handing.Assign: lambda file, actor, how: handing.Assign(
        PEOPLE[how % len(PEOPLE)].account, _line(file, actor, handing.Assign)
    ),
    MoveDeadlines: lambda file, actor, how: MoveDeadlines(),
    acts.MarkLate: lambda file, actor, how: acts.MarkLate(("T5", "TC", "TL", "TP", "TX", "T10")[how % 6]),
}
"""Every act, filled in for the case as it stands."""
