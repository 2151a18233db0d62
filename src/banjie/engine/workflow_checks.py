"""What must be true of a workflow before it is published, so that no running case is ever stuck in it."""

from collections import Counter
from collections.abc import Iterator

from banjie.engine.forms import Fault
from banjie.engine.permissions import Role
from banjie.engine.workflow import Route, Step, StepKind, Workflow
from banjie.engine.workflow_runs import reachable

_OUTCOME = ".outcome"


def checks(workflow: Workflow) -> tuple[Fault, ...]:
    """Everything wrong with a workflow; nothing, if a case can always be brought to its decision.

    A workflow that passes starts, never waits for ever, does each step at most once and ends at the one
    decision. Each fault's `field` is the path inside the workflow (`steps[2].routes`).
    """
    named = (*_shape(workflow), *_steps(workflow))
    if named:
        # Ways through a graph can only be judged once every name in it is known.
        return named
    return (*_ways(workflow), *_conditions(workflow))


def _shape(workflow: Workflow) -> Iterator[Fault]:
    if not workflow.steps:
        yield Fault("steps", "办理环节", "没有任何环节", "请至少写明一个审批决定环节")
        return
    for key, times in Counter(step.key for step in workflow.steps).items():
        if times > 1:
            yield Fault("steps", "办理环节", f"环节编码“{key}”用了 {times} 次", "请给每个环节不同的编码")
    known = {step.key for step in workflow.steps}
    if not workflow.start:
        yield Fault("start", "起始环节", "没有写明受理后先办哪个环节", "请填写一个或几个环节编码")
    for key in workflow.start:
        if key not in known:
            yield Fault("start", "起始环节", f"没有编码为“{key}”的环节", "可用：" + "、".join(sorted(known)))
    decisions = [step.name for step in workflow.steps if step.kind is StepKind.DECISION]
    if len(decisions) != 1:
        words = "、".join(decisions) or "没有"
        yield Fault("steps", "办理环节", f"应当只有一个审批决定环节，现有：{words}", "请保留一个作出决定的环节")


def _steps(workflow: Workflow) -> Iterator[Fault]:
    known = {step.key for step in workflow.steps}
    for index, step in enumerate(workflow.steps):
        where, label = f"steps[{index}]", step.name or step.key
        if not step.key or "." in step.key:
            yield Fault(f"{where}.key", label, "环节编码不能为空，也不能含小数点", "请用英文字母和下划线")
        if not step.name.strip():
            yield Fault(f"{where}.name", label, "环节没有名称", "请填写申请人看得懂的名称")
        for route in step.routes:
            if route.to not in known:
                yield Fault(f"{where}.routes", label, f"去向“{route.to}”不存在", "可用：" + "、".join(sorted(known)))
        for other in step.separate_from:
            if other not in known or other == step.key:
                yield Fault(
                    f"{where}.separate_from",
                    label,
                    f"“{other}”不是另一个环节",
                    "请填写须由不同的人办理的环节编码",
                )
        yield from _duties(step, where, label)


def _duties(step: Step, where: str, label: str) -> Iterator[Fault]:
    if step.signatures < 1:
        yield Fault(f"{where}.signatures", label, "至少要有一人签字", "请填写 1 以上的人数")
    if step.kind is StepKind.SITE_VISIT and step.signatures < 2:
        yield Fault(
            f"{where}.signatures",
            label,
            "现场核查应当指派两名以上工作人员（行政许可法第三十四条第三款）",
            "请将签字人数改为 2 以上",
        )
    if step.kind is StepKind.DECISION and step.role not in (Role.DECIDER, Role.HEAD):
        yield Fault(f"{where}.role", label, "审批决定应当由决定人或机关负责人作出", "请将岗位改为决定人或机关负责人")
    if step.role in (Role.APPLICANT, Role.SYSTEM, Role.SUPERVISOR, Role.MANAGER):
        yield Fault(f"{where}.role", label, "这个岗位不承办环节", "请改为窗口人员、审查人员、决定人或机关负责人")
    if step.term is not None and step.term.number < 0:
        yield Fault(f"{where}.term", label, "环节时限不能小于零", "请填写 0 以上的数")
    if step.kind is StepKind.DECISION and step.routes:
        yield Fault(f"{where}.routes", label, "审批决定是最后一个环节，不能再有去向", "请删去去向")
    if step.kind is not StepKind.DECISION and not step.routes:
        yield Fault(f"{where}.routes", label, "办完后没有去向，办件会停在这里", "请写明下一个环节")


def _ways(workflow: Workflow) -> Iterator[Fault]:
    behind = {step.key: reachable(workflow, step.key) for step in workflow.steps}
    reached = set(workflow.start).union(*(behind[key] for key in workflow.start))
    decision = next(step.key for step in workflow.steps if step.kind is StepKind.DECISION)
    for index, step in enumerate(workflow.steps):
        where = f"steps[{index}]"
        if step.key not in reached:
            yield Fault(where, step.name, "没有任何路径到达这个环节", "请从别的环节指向它，或者删去")
        if step.key in behind[step.key]:
            yield Fault(f"{where}.routes", step.name, "去向绕回了自己", "请删去绕回的去向；需要重办时由承办人“退回”")
        elif step.key != decision and decision not in behind[step.key]:
            yield Fault(f"{where}.routes", step.name, "从这里走不到审批决定", "请让每一条路径都汇合到审批决定")
        if step.routes and not _always_leads_on(step.routes, parallel=step.parallel):
            yield Fault(
                f"{where}.routes",
                step.name,
                "所有去向都带条件，条件都不满足时办件会停住",
                "请把最后一个去向写成没有条件的（其余情况）",
            )


def _always_leads_on(routes: tuple[Route, ...], *, parallel: bool) -> bool:
    if parallel:
        return any(not route.when for route in routes)
    return not routes[-1].when


def _conditions(workflow: Workflow) -> Iterator[Fault]:
    """A route may only look at outcomes settled when it is taken: its own, or of a step before it."""
    known = {step.key for step in workflow.steps}
    behind = {step.key: reachable(workflow, step.key) for step in workflow.steps}
    for index, step in enumerate(workflow.steps):
        for route in step.routes:
            for condition in route.when:
                if not condition.fact.endswith(_OUTCOME):
                    continue
                source = condition.fact.removesuffix(_OUTCOME)
                if source not in known or (source != step.key and step.key not in behind[source]):
                    yield Fault(
                        f"steps[{index}].routes",
                        step.name,
                        f"条件用到的“{condition.fact}”此时还没有结果",
                        "请只用本环节或者之前环节的结果",
                    )
