"""Whose turn it is: the worklist lines that a case puts on offices' desks."""

from dataclasses import dataclass
from datetime import date

from banjie.engine.cases.clocks import Law, Running, due
from banjie.engine.cases.state import UNDER_REVIEW, Case, Stage
from banjie.engine.permissions import Role

FAR = date(9999, 12, 31)
"""Stands for "no day set", so that a worklist can be sorted and continued without gaps."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line: `slot` numbers the branches of a case; `since` is the day it came to this desk."""

    slot: int
    office: str
    role: Role
    stage: Stage
    step: str
    step_name: str
    due_on: date
    since: date
    handler: str = ""
    """The account that has taken the line on; empty while it waits for somebody of its office."""


def tasks(case: Case, law: Law, today: date, clocks: tuple[Running, ...]) -> tuple[Task, ...]:
    """The lines of a case as it stands, `clocks` being its running clocks.

    While the applicant's answer is awaited there are none.
    """
    organ = law.item.organ
    own = case.handlers.get("", "")
    day = due(case, clocks)
    due_on = day.reckoning.due_on if day else FAR
    if case.withdrawal_reason and case.stage in UNDER_REVIEW:
        return (Task(0, organ, Role.WINDOW, case.stage, "", "确认撤回", due_on, today, own),)
    match case.stage:
        case Stage.SUBMITTED:
            return (Task(0, organ, Role.WINDOW, case.stage, "", "预审接件", due_on, case.submitted_on or today, own),)
        case Stage.PRECHECK:
            return (Task(0, organ, Role.WINDOW, case.stage, "", "受理审查", due_on, case.received_on or today, own),)
        case Stage.ACCEPTED:
            role = law.item.workflow.step(law.item.workflow.start[0]).role
            return (Task(0, organ, role, case.stage, "", "开始审查", due_on, case.accepted_on or today, own),)
        case Stage.IN_REVIEW:
            return _steps(case, law, clocks, due_on)
        case Stage.SPECIAL:
            name = f"特别程序：{case.special.name}" if case.special else ""
            since = case.special.on if case.special else today
            return (Task(0, organ, Role.REVIEWER, case.stage, "", name, due_on, since, own),)
        case Stage.APPROVED | Stage.DENIED:
            return (Task(0, organ, Role.WINDOW, case.stage, "", "送达", due_on, case.decided_on or today, own),)
        case _:
            return ()


def _steps(case: Case, law: Law, clocks: tuple[Running, ...], due_on: date) -> tuple[Task, ...]:
    """A line for each running step, due by its own clock where that ends first."""
    own = {clock.step: clock.reckoning.due_on for clock in clocks if clock.step}
    lines = []
    for slot, key in enumerate(case.active):
        step = law.item.workflow.step(key)
        lines.append(
            Task(
                slot=slot,
                office=step.office or law.item.organ,
                role=step.role,
                stage=case.stage,
                step=key,
                step_name=step.name,
                due_on=min(due_on, own.get(key, FAR)),
                since=case.entered[key],
                handler=case.handlers.get(key, ""),
            )
        )
    return tuple(lines)


def same_desk(before: Case, after: Case) -> bool:
    """Whether an act has left the case on the same desks with the same days, so that its lines stand."""
    return (
        before.stage is after.stage
        and before.active == after.active
        and before.entered == after.entered
        and before.pauses == after.pauses
        and before.extension == after.extension
        and before.received_on == after.received_on
        and before.withdrawal_reason == after.withdrawal_reason
        and before.calendar == after.calendar
        and before.handlers == after.handlers
    )
