"""What several acts ask of a case before anything follows."""

from datetime import date

from banjie.engine.cases.clocks import Law, clock
from banjie.engine.cases.state import Case, Stage
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import Actor
from banjie.engine.rules import Fact, as_facts
from banjie.engine.situations import Resolution, brought_about, resolve
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step, StepKind

LICENCE_LAW = "行政许可法"


def office_of(step: Step, organ: str) -> str:
    return step.office or organ


def decision_of(case: Case, law: Law) -> Step | None:
    steps = (law.item.workflow.step(key) for key in case.active)
    return next((step for step in steps if step.kind is StepKind.DECISION), None)


def material_name(law: Law, key: str) -> str:
    for material in law.item.materials:
        if material.key == key:
            return material.name
    for section in law.item.form.sections:
        for field in section.fields:
            if key == f"form:{field.key}":
                return field.label
    return key


def may_sign(case: Case, step: Step, actor: Actor) -> tuple[str, ...]:
    """Who has signed the step already; refuses a second signature of one person and the mixing of two duties."""
    signers = case.signed.get(step.key, ())
    if actor.account in signers:
        raise Refused(
            f"“{step.name}”需要 {step.signatures} 名不同的工作人员签署，您已经签过",
            rule=f"{LICENCE_LAW}第三十四条第三款" if step.kind is StepKind.SITE_VISIT else "双人办理",
            remedy="请由另一名工作人员签署",
        )
    for other in step.separate_from:
        if actor.account in case.signed.get(other, ()):
            raise Refused(
                f"您已签署前一环节，不能再办理“{step.name}”", rule="审批分离", remedy="请由另一名工作人员办理"
            )
    return signers


def step_of(case: Case, key: str, law: Law) -> Step:
    if case.stage is Stage.IN_REVIEW and key not in case.active:
        names = "、".join(f"{law.item.workflow.step(one).name}（{one}）" for one in case.active)
        raise Refused(f"环节“{key}”现在没有在办理", rule="办理流程", remedy=f"正在办理的环节：{names}", field="step")
    try:
        return law.item.workflow.step(key)
    except KeyError:
        raise Refused(f"没有环节“{key}”", rule="办理流程", remedy="请核对环节名称", field="step") from None


def require_words(text: str, field: str, rule: str) -> None:
    if not text.strip():
        raise Refused("必须写明内容或理由", rule=rule, remedy="请填写后再提交", field=field)


def require_over(case: Case, law: Law, today: date, kind: TimerKind) -> None:
    found = clock(case, law, today, kind)
    if found is None or not found.reckoning.late:
        raise Refused("期限还没有到", rule="期限", remedy="期限届满后由系统自动处理")


def situation(case: Case, law: Law) -> Resolution:
    """What the application, as it was handed in and corrected, comes to under its edition."""
    return resolve(law.item, case.answers, case.data, on=case.submitted_on, filled=True)


def facts(case: Case, law: Law) -> dict[str, Fact]:
    """Everything routes may ask: answers, form fields, what tables make of both, outcomes of steps already done."""
    outcomes = {f"{step}.outcome": outcome for step, outcome in case.done.items()}
    known = {**as_facts(case.data), **case.answers}
    return {**known, **brought_about(law.item, known, case.submitted_on), **outcomes}
