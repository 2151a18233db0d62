"""The law of a case: from the state, an act, an actor and a day to what follows, or to a refusal with its rule.

Read with domain §3.2: one function an act, and above them the table of stages in which each act is possible.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.cases import acts, decision, handing, handlers, intake, review, same_measure, second_thoughts
from banjie.engine.cases.acts import NAMES, Command
from banjie.engine.cases.clocks import Law
from banjie.engine.cases.deadlines import due_moves, move_deadlines
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import decision_of, office_of, step_of
from banjie.engine.cases.moving import MoveDeadlines
from banjie.engine.cases.state import STAGE_NAMES, Case, Stage, evolve
from banjie.engine.cases.tasks import Task, tasks
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step, StepKind
from banjie.engine.workflow_runs import rework_targets

# In which stages each act is possible. What is not named is refused. Before acceptance nothing is merely marked late:
# there the end of a term has an effect of its own (LapseReply, LapseCorrection).
TABLE = """
Submit             draft
Claim              submitted
AskCorrection      precheck
LiftEndorsement    submitted precheck accepted in_review
Resubmit           correcting
FindNotRequired    precheck
FindNotCompetent   precheck
Accept             precheck
LapseReply         submitted precheck
LapseCorrection    correcting
Withdraw           submitted precheck correcting accepted in_review special
Tolerate           accepted in_review
SupplyTolerated    accepted in_review special
LapseTolerance     accepted in_review special
StartReview        accepted
FinishStep         in_review
ReturnStep         in_review
StartSpecial       in_review
EndSpecial         special
Extend             accepted in_review special
Approve            in_review
Deny               in_review
TakeBack           submitted
Urge               submitted precheck accepted in_review special approved denied
AnswerUrge         submitted precheck correcting accepted in_review special approved denied
ConfirmWithdrawal  accepted in_review special
Terminate          submitted precheck correcting accepted in_review special
Deliver            approved denied
MarkLate           accepted in_review special approved denied
MoveDeadlines      submitted precheck correcting accepted in_review special approved denied
TakeOn             submitted precheck accepted in_review special approved denied
Release            submitted precheck accepted in_review special approved denied
PassOn             submitted precheck accepted in_review special approved denied
Assign             submitted precheck accepted in_review special approved denied
"""

STAGES: dict[str, frozenset[Stage]] = {
    name: frozenset(Stage(stage) for stage in stages)
    for name, *stages in (line.split() for line in TABLE.strip().splitlines())
}


def decide(case: Case, command: Command, *, actor: Actor, now: datetime, law: Law) -> tuple[Event, ...]:
    """What follows when `actor` does `command` to `case` at `now` under `law`.

    Raises `Refused` with the rule that forbids it: the actor has no right, the stage does not allow it, or the
    act itself breaks a clause.
    """
    name = type(command).__name__
    _permit(case, command, actor, law)
    if case.stage not in STAGES[name]:
        raise Refused(
            f"办件目前是“{STAGE_NAMES[case.stage]}”，不能“{NAMES[type(command)]}”",
            rule="办件状态表",
            remedy=f"可以“{NAMES[type(command)]}”的状态：{_stage_words(STAGES[name])}",
        )
    if isinstance(command, acts.TakeBack):
        second_thoughts.require_in_time(case, now)
    for who in case.handlers.values():
        if who != actor.account:
            handlers.require_own(case, command, actor, law)
            break
    today, law = now.astimezone(CHINA).date(), law.in_force_for(case)
    moved = due_moves(case, law, today)
    if moved is None or isinstance(command, MoveDeadlines):
        return _ACTS[type(command)](case, command, actor, today, law)
    # Whoever acts on a case that still stands under an older calendar brings it under the one in force.
    return (moved, *_ACTS[type(command)](evolve(case, moved), command, actor, today, law))


def fold(history: tuple[Event, ...], case: Case | None = None) -> Case:
    """The state that a history makes."""
    state = case or Case()
    for event in history:
        state = evolve(state, event)
    return state


def possible(case: Case, actor: Actor, law: Law) -> tuple[type[Command], ...]:
    """The acts this actor may try on the case as it stands, in the order of the table. Pages offer just these."""
    return tuple(
        command for command in NAMES if case.stage in STAGES[command.__name__] and _may_try(case, command, actor, law)
    )


# --- who may ---


def _permit(case: Case, command: Command, actor: Actor, law: Law) -> None:
    holder = command.holder.id if isinstance(command, acts.Submit) else case.holder.id
    organ = law.item.organ
    step = None
    match command:
        case acts.FinishStep(step=key) | acts.ReturnStep(step=key):
            step = step_of(case, key, law)
        case acts.Approve() | acts.Deny():
            step = decision_of(case, law)
        case handing.TakeOn(step=key) | handing.Release(step=key) | handing.PassOn(step=key) | handing.Assign(step=key):
            _permit_line(case, type(command), actor, law, handlers.line_at(case, key, law))
            return
    permissions.require(
        actor,
        type(command).__name__,
        holder=holder,
        item=law.item.code,
        kind=law.item.kind.value,
        organ=organ,
        step_office=office_of(step, organ) if step else organ,
        # Outside review no step runs, so that is what the person must hear first.
        step_role=step.role if step and case.stage is Stage.IN_REVIEW else None,
        what=NAMES[type(command)],
    )


def _permit_line(case: Case, command: type[Command], actor: Actor, law: Law, line: Task | None) -> None:
    """A line is taken on in its role; who lets go of it, or gives it to another, need only be of its office."""
    permissions.require(
        actor,
        command.__name__,
        item=law.item.code,
        kind=law.item.kind.value,
        organ=law.item.organ,
        step_office=line.office if line else law.item.organ,
        step_role=line.role if line and command is handing.TakeOn else None,
        what=NAMES[command],
    )


def _may_try_line(case: Case, command: type[Command], actor: Actor, law: Law) -> bool:
    for line in tasks(case, law, date.min, ()):
        try:
            _permit_line(case, command, actor, law, line)
        except Refused:
            continue
        if (command is handing.TakeOn and line.handler) or (command in _OF_HANDLER and not line.handler):
            continue
        return True
    return False


_OF_HANDLER = frozenset({handing.Release, handing.PassOn})
_ON_LINES = frozenset({handing.TakeOn, handing.Release, handing.PassOn, handing.Assign})


def _may_try(case: Case, command: type[Command], actor: Actor, law: Law) -> bool:
    organ = law.item.organ
    if command in _ON_LINES:
        return _may_try_line(case, command, actor, law)
    if command not in _ON_STEPS:
        return _has_right(case, command, actor, organ, None, law.item.kind.value)
    steps = (law.item.workflow.step(key) for key in case.active)
    kind = law.item.kind.value
    return any(_has_right(case, command, actor, organ, step, kind) for step in steps if _fits(command, step, case, law))


_ON_STEPS = frozenset({acts.FinishStep, acts.ReturnStep, acts.Approve, acts.Deny})


def _fits(command: type[Command], step: Step, case: Case, law: Law) -> bool:
    if command is acts.ReturnStep:
        return bool(rework_targets(law.item.workflow, case.done, step.key))
    return (step.kind is StepKind.DECISION) is not (command is acts.FinishStep)


def _has_right(case: Case, command: type[Command], actor: Actor, organ: str, step: Step | None, kind: str) -> bool:
    try:
        permissions.require(
            actor,
            command.__name__,
            holder=case.holder.id,
            item=case.item,
            kind=kind,
            organ=organ,
            step_office=office_of(step, organ) if step else "",
            step_role=step.role if step else None,
        )
    except Refused:
        return False
    return True


def _stage_words(stages: frozenset[Stage]) -> str:
    return "、".join(STAGE_NAMES[stage] for stage in Stage if stage in stages)


_ACTS: dict[type[Command], Callable[[Case, Any, Actor, date, Law], tuple[Event, ...]]] = {
    acts.Submit: intake.submit,
    acts.Claim: intake.claim,
    acts.AskCorrection: intake.ask_correction,
    acts.LiftEndorsement: same_measure.lift_endorsement,
    acts.Resubmit: intake.resubmit,
    acts.FindNotRequired: intake.find_not_required,
    acts.FindNotCompetent: intake.find_not_competent,
    acts.Accept: intake.accept,
    acts.Tolerate: intake.tolerate,
    acts.SupplyTolerated: intake.supply_tolerated,
    acts.StartReview: review.start_review,
    acts.FinishStep: review.finish_step,
    acts.ReturnStep: review.return_step,
    acts.StartSpecial: review.start_special,
    acts.EndSpecial: review.end_special,
    acts.Extend: review.extend,
    acts.Approve: decision.approve,
    acts.Deny: decision.deny,
    acts.Deliver: decision.deliver,
    acts.Withdraw: intake.withdraw,
    acts.TakeBack: second_thoughts.take_back,
    acts.Urge: second_thoughts.urge,
    acts.AnswerUrge: second_thoughts.answer_urge,
    acts.ConfirmWithdrawal: decision.confirm_withdrawal,
    acts.Terminate: decision.terminate,
    acts.LapseReply: intake.lapse_reply,
    acts.LapseCorrection: intake.lapse_correction,
    acts.LapseTolerance: intake.lapse_tolerance,
    acts.MarkLate: decision.mark_late,
    MoveDeadlines: move_deadlines,
    handing.TakeOn: handlers.take_on,
    handing.Release: handlers.release,
    handing.PassOn: handlers.pass_on,
    handing.Assign: handlers.assign,
}
