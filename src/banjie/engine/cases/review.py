"""Between acceptance and decision: steps, special procedures, the one extension (articles 34, 42, 45)."""

from datetime import date

from banjie.engine.cases import acts, events
from banjie.engine.cases.acts import FAIL
from banjie.engine.cases.clocks import Law, decision_timers
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import LICENCE_LAW, facts, may_sign, require_words, step_of
from banjie.engine.cases.handlers import started_by
from banjie.engine.cases.same_measure import require_open_points, told
from banjie.engine.cases.state import Case
from banjie.engine.clock import Extension, Timer, TimerKind, reckon
from banjie.engine.error_classes import ERROR_NAMES, ErrorClass
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused
from banjie.engine.workflow import StepKind
from banjie.engine.workflow_runs import advance, begin, rework


def start_review(case: Case, act: acts.StartReview, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    steps = begin(law.item.workflow, facts(case, law))
    return (events.ReviewStarted(today, actor.account, steps, started_by(steps, actor, law)),)


def finish_step(case: Case, act: acts.FinishStep, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    step = step_of(case, act.step, law)
    if step.kind is StepKind.DECISION:
        raise Refused(
            "决定环节只能“准予”或“不予许可”", rule=f"{LICENCE_LAW}第三十八条", remedy="请使用决定操作", field="step"
        )
    require_words(act.opinion, "opinion", "环节意见")
    if not act.outcome.strip():
        raise Refused("没有写明环节结论", rule="环节意见", remedy="请填写通过或不通过", field="outcome")
    signers = may_sign(case, step, actor)
    findings = act.findings
    if act.outcome == FAIL:
        # What is found on the spot, by experts or by another office rests on more than the papers.
        require_open_points(case, act.points, law, must_name=step.kind is StepKind.REVIEW)
        findings += tuple(line for line in told(act.points, law) if line not in findings)
    if len(signers) + 1 < step.signatures:
        return (events.StepSigned(today, actor.account, act.step, act.outcome, act.opinion, findings),)
    done = {**case.done, act.step: act.outcome}
    known = {**facts(case, law), f"{act.step}.outcome": act.outcome}
    active = advance(law.item.workflow, case.active, done, act.step, known)
    return (events.StepFinished(today, actor.account, act.step, act.outcome, act.opinion, active, findings),)


def return_step(case: Case, act: acts.ReturnStep, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    step_of(case, act.step, law)
    require_words(act.reason, "reason", "退回重办")
    active, done = rework(law.item.workflow, case.active, case.done, act.step, act.to)
    responsible = _responsible(case, act)
    return (
        events.StepReturned(
            today,
            actor.account,
            act.step,
            act.to,
            act.reason,
            active,
            done,
            act.error,
            responsible if act.error else "",
        ),
    )


def _responsible(case: Case, act: acts.ReturnStep) -> str:
    """Whose mistake it was: one of those who signed the step it goes back to."""
    signers = case.signed.get(act.to, ())
    if act.error and act.error not in set(ErrorClass):
        raise Refused(
            "没有这个差错类别", rule="退回重办", remedy="可选：" + "、".join(ERROR_NAMES.values()), field="error"
        )
    if act.responsible and act.responsible not in signers:
        raise Refused("所选的人没有签署过这个环节", rule="退回重办", remedy="请选签署过的人", field="responsible")
    return act.responsible or (signers[0] if signers else "")


def start_special(case: Case, act: acts.StartSpecial, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    rule = f"{LICENCE_LAW}第四十五条"
    procedure = next((known for known in law.item.special if known.key == act.procedure), None)
    if procedure is None:
        raise Refused(
            "该事项没有公布这种特别程序",
            rule=f"{LICENCE_LAW}第三十条、第四十五条",
            remedy="可选：" + ("、".join(known.name for known in law.item.special) or "（无）"),
            field="procedure",
        )
    if not 1 <= act.days <= 180:
        raise Refused("没有把所需时间书面告知申请人", rule=rule, remedy="请填写 1 至 180 个工作日", field="days")
    require_words(act.reason, "reason", rule)
    return (
        events.SpecialStarted(
            on=today,
            by=actor.account,
            procedure=procedure.key,
            name=procedure.name,
            statutory=procedure.statutory,
            basis=procedure.basis,
            days=act.days,
            due_on=law.calendar.add_working(today, act.days),
            reason=act.reason,
        ),
    )


def end_special(case: Case, act: acts.EndSpecial, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_words(act.result, "result", f"{LICENCE_LAW}第四十五条")
    return (events.SpecialEnded(today, actor.account, act.result),)


def extend(case: Case, act: acts.Extend, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    rule = f"{LICENCE_LAW}第四十二条"
    if case.extension:
        raise Refused("这个办件已经延期过一次", rule=rule, remedy="只能延期一次，请在期限内作出决定")
    most = law.item.extension_days
    if not 1 <= act.days <= most:
        raise Refused(f"最多延长 {most} 个工作日", rule=rule, remedy=f"请填写 1 至 {most} 个工作日", field="days")
    require_words(act.reason, "reason", rule)
    statutory, _ = decision_timers(case, law)
    if reckon(statutory, case.pauses, law.calendar, today, law.rules).late:
        raise Refused("法定期限已过，不能再延期", rule=rule, remedy="请尽快作出决定并说明超期原因")
    extended = Timer(
        TimerKind.STATUTORY,
        law.item.statutory,
        statutory.event_on,
        (Extension(act.days, act.reason, actor.account, today),),
    )
    new_due = reckon(extended, case.pauses, law.calendar, today, law.rules).due_on
    return (events.Extended(today, actor.account, act.days, act.reason, new_due),)
