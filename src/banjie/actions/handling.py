"""Who handles a case: what an official may do to it now, and with it whether she sees personal data in clear.

Pages and the interface ask here, so that neither shows more than the other.
"""

from typing import Final

from banjie.engine import permissions
from banjie.engine.cases import Case, Command, Law, possible
from banjie.engine.cases import acts as engine_acts
from banjie.engine.endorsements import name_of, what_changed
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step, StepKind

# Everything here is done at a desk. What the applicant and the machine do is not offered.
AT_DESK: Final = (
    engine_acts.Claim,
    engine_acts.Accept,
    engine_acts.StartReview,
    engine_acts.FinishStep,
    engine_acts.Approve,
    engine_acts.ConfirmWithdrawal,
    engine_acts.Deliver,
    engine_acts.EndSpecial,
    engine_acts.AskCorrection,
    engine_acts.LiftEndorsement,
    engine_acts.AnswerUrge,
    engine_acts.Deny,
    engine_acts.ReturnStep,
    engine_acts.StartSpecial,
    engine_acts.Tolerate,
    engine_acts.Extend,
    engine_acts.FindNotCompetent,
    engine_acts.FindNotRequired,
    engine_acts.Terminate,
)


def handles(case: Case, actor: Actor, law: Law) -> bool:
    """Whether the actor is on the applicant's side, or has something to do with the case as it stands."""
    return case.holder.id in actor.parties or bool(open_acts(case, actor, law))


def open_acts(case: Case, actor: Actor, law: Law) -> set[type[Command]]:
    """The acts at a desk that this official may try now."""
    allowed = set(possible(case, actor, law)) & set(AT_DESK)
    if case.withdrawal_reason == "":
        allowed.discard(engine_acts.ConfirmWithdrawal)
    if not law.item.special:
        allowed.discard(engine_acts.StartSpecial)
    if not liftable(case, law):
        allowed.discard(engine_acts.LiftEndorsement)
    if not tolerable(case, law):
        allowed.discard(engine_acts.Tolerate)
    if not case.done:
        allowed.discard(engine_acts.ReturnStep)
    if case.extension is not None:
        allowed.discard(engine_acts.Extend)
    for command in (engine_acts.FinishStep, engine_acts.ReturnStep):
        if command in allowed and not own_steps(case, actor, law, command):
            allowed.discard(command)
    # Whoever has nothing else to do with the case does not handle it for having to answer an applicant.
    if case.urge_due is None or allowed == {engine_acts.AnswerUrge}:
        allowed.discard(engine_acts.AnswerUrge)
    return allowed


def own_steps(case: Case, actor: Actor, law: Law, command: type[Command]) -> tuple[Step, ...]:
    """The running steps on which this official may do `command` and has not signed yet."""
    steps = []
    for key in case.active:
        step = law.item.workflow.step(key)
        if command is engine_acts.FinishStep and (
            step.kind is StepKind.DECISION or actor.account in case.signed.get(key, ())
        ):
            continue
        try:
            permissions.require(
                actor,
                command.__name__,
                item=case.item,
                kind=law.item.kind.value,
                organ=law.item.organ,
                step_office=step.office or law.item.organ,
            )
        except Refused:
            continue
        steps.append(step)
    return tuple(steps)


def tolerable(case: Case, law: Law) -> tuple[tuple[str, str], ...]:
    """Materials (key, name) that may still be tolerated: neither handed in nor tolerated before."""
    given = {paper.material for paper in case.papers} | {tolerance.material for tolerance in case.tolerances}
    return tuple(
        (material.key, material.name)
        for material in law.item.materials
        if material.tolerable_days and material.key not in given
    )


def liftable(case: Case, law: Law) -> tuple[tuple[str, str], ...]:
    """Review points ("target|point", words) the pre-application service found in order and that still stand."""
    return tuple(
        (f"{one.target}|{one.point}", f"{name_of(law.item, one.target)}：{one.point}")
        for one in case.endorsements
        if (one.target, one.point) not in case.lifted and not what_changed(one, law.item, case.data, case.papers)
    )
