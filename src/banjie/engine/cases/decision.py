"""The decision, its delivery, and the other ends a case can come to (articles 38, 44)."""

from datetime import date

from banjie.engine.cases import acts, events
from banjie.engine.cases.acts import FAIL
from banjie.engine.cases.clocks import Law, running
from banjie.engine.cases.delivery import delivered
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import LICENCE_LAW, decision_of, material_name, may_sign, require_words
from banjie.engine.cases.same_measure import require_open_points, told
from banjie.engine.cases.state import Case
from banjie.engine.clock import Timer, TimerKind, reckon
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step


def approve(case: Case, act: acts.Approve, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    step = _require_decision(case, actor, law)
    require_words(act.opinion, "opinion", f"{LICENCE_LAW}第三十八条")
    if case.open_tolerances:
        names = "、".join(material_name(law, tolerance.material) for tolerance in case.open_tolerances)
        raise Refused(f"容缺材料还没有补齐：{names}", rule="容缺受理规定", remedy="材料补齐后再作出准予决定")
    if len(case.signed.get(step.key, ())) + 1 < step.signatures:
        return (events.StepSigned(today, actor.account, step.key, "pass", act.opinion),)
    return (events.Approved(today, actor.account, act.opinion, _deliver_by(law, today)),)


def deny(case: Case, act: acts.Deny, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    _require_decision(case, actor, law)
    if not act.reasons or not all(reason.strip() for reason in act.reasons):
        raise Refused(
            "不予许可必须说明理由",
            rule=f"{LICENCE_LAW}第三十八条第二款",
            remedy="请逐条写明理由；决定书会同时告知复议和诉讼的权利",
            field="reasons",
        )
    # A step that has failed carries its own grounds, which were held against the same measure when it was finished.
    require_open_points(case, act.points, law, must_name=FAIL not in case.done.values())
    return (events.Denied(today, actor.account, act.reasons, _deliver_by(law, today), told(act.points, law)),)


def _require_decision(case: Case, actor: Actor, law: Law) -> Step:
    step = decision_of(case, law)
    if step is None:
        running_steps = "、".join(law.item.workflow.step(key).name for key in case.active)
        raise Refused(f"前面的环节还没有办结：{running_steps}", rule="办理流程", remedy="请等待这些环节办结后再作决定")
    may_sign(case, step, actor)
    return step


def _deliver_by(law: Law, today: date) -> date:
    return reckon(Timer(TimerKind.DELIVERY, law.item.delivery, today), (), law.calendar, today, law.rules).due_on


def deliver(case: Case, act: acts.Deliver, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    words, on = delivered(act, case.decided_on, today)
    return (events.Delivered(today, actor.account, act.way, words, act.details, None if on == today else on),)


def confirm_withdrawal(
    case: Case, act: acts.ConfirmWithdrawal, actor: Actor, today: date, law: Law
) -> tuple[Event, ...]:
    if not case.withdrawal_reason:
        raise Refused("申请人没有要求撤回", rule="撤回申请", remedy="撤回须由申请人提出")
    return (events.Withdrawn(today, actor.account),)


def terminate(case: Case, act: acts.Terminate, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_words(act.ground, "ground", "终止办理")
    return (events.Terminated(today, actor.account, act.ground),)


def mark_late(case: Case, act: acts.MarkLate, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    found = next(
        (
            one
            for one in running(case, law, today)
            if one.timer.kind.value == act.timer and one.step == act.step and one.reckoning.late
        ),
        None,
    )
    if found is None or found.mark in case.late:
        raise Refused("这个时限没有超期，或已经标记", rule="时限监督", remedy="无需处理")
    return (events.MarkedLate(today, act.timer, found.reckoning.due_on, act.step),)
