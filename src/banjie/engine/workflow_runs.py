"""A workflow running: which steps are to be done first, after each one, and after one is sent back.

Nothing but `done` (which step ended how) is remembered of a running case: what waits at a join is worked out
again from the routes that the finished steps took. So a case can be replayed, and a step that was sent
back leaves no token behind.
"""

from collections.abc import Collection, Iterable, Mapping

from banjie.engine.rules import Facts, all_hold
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step, Workflow


def begin(workflow: Workflow, facts: Facts) -> tuple[str, ...]:
    """The steps to be done first, in the order of the workflow."""
    return _settle(workflow, (), {}, facts)


def advance(
    workflow: Workflow, active: Iterable[str], done: Mapping[str, str], finished: str, facts: Facts
) -> tuple[str, ...]:
    """The steps to be done now that `finished` has ended, in the order of the workflow.

    `active` are the steps that ran until now, `finished` among them. `done` gives the outcome of every step
    that has ended, `finished` included. `facts` are answers and fields; `<step>.outcome` is added from
    `done`. An empty answer means that the last step, the decision, has been taken.
    Raises `Refused` if `finished` is not being done.
    """
    running = tuple(active)
    if finished not in running:
        raise Refused(
            f"环节“{_name(workflow, finished)}”不在办理中",
            rule="办理流程",
            remedy="请刷新页面，查看当前环节：" + "、".join(_name(workflow, key) for key in running),
        )
    ended = done if finished in done else {**done, finished: ""}
    return _settle(workflow, tuple(key for key in running if key != finished), ended, facts)


def rework(
    workflow: Workflow, active: Iterable[str], done: Mapping[str, str], from_step: str, to_step: str
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Send a case back from a running step to one that has been done: the new `(active, done)`.

    Everything that was built on `to_step` is undone: running steps behind it stop, finished ones are
    forgotten. Parallel branches that do not hang on it go on.
    Raises `Refused` if `from_step` is not running, or `to_step` has not been done or does not lead to it.
    """
    running = tuple(active)
    if from_step not in running:
        raise Refused(
            f"环节“{_name(workflow, from_step)}”不在办理中，不能退回",
            rule="办理流程",
            remedy="请刷新页面，查看当前环节",
        )
    if to_step not in done:
        raise Refused(
            f"环节“{_name(workflow, to_step)}”还没有办过，不能退回到这里",
            rule="办理流程",
            remedy="请选择已经办完的环节：" + "、".join(rework_targets(workflow, done, from_step)),
        )
    behind = reachable(workflow, to_step)
    if from_step not in behind:
        raise Refused(
            f"环节“{_name(workflow, to_step)}”不通向“{_name(workflow, from_step)}”，不能退回到这里",
            rule="办理流程",
            remedy="请选择本环节之前的环节：" + "、".join(rework_targets(workflow, done, from_step)),
        )
    kept = {key: outcome for key, outcome in done.items() if key != to_step and key not in behind}
    again = {key for key in running if key not in behind} | {to_step}
    return _in_order(workflow, again), kept


def rework_targets(workflow: Workflow, done: Mapping[str, str], from_step: str) -> tuple[str, ...]:
    """The names of the steps to which `from_step` may send the case back, in the order of the workflow."""
    return tuple(
        step.name for step in workflow.steps if step.key in done and from_step in reachable(workflow, step.key)
    )


def reachable(workflow: Workflow, key: str) -> frozenset[str]:
    """Every step that some way leads to from `key`, itself left out (unless the routes run in a circle)."""
    return frozenset(_behind(workflow, (key,)))


def _behind(workflow: Workflow, keys: Iterable[str]) -> set[str]:
    """Every step that some way leads to from one of `keys`, whatever the conditions on that way."""
    routes = {step.key: step.routes for step in workflow.steps}
    found: set[str] = set()
    ahead = [route.to for key in keys for route in routes.get(key, ())]
    while ahead:
        step = ahead.pop()
        if step not in found:
            found.add(step)
            ahead.extend(route.to for route in routes.get(step, ()))
    return found


def _settle(workflow: Workflow, running: tuple[str, ...], done: Mapping[str, str], facts: Facts) -> tuple[str, ...]:
    """The running steps and those waiting ones that nothing still under way can reach."""
    known = {**facts, **{f"{key}.outcome": outcome for key, outcome in done.items()}}
    called = set(workflow.start)
    for step in workflow.steps:
        if step.key in done:
            called.update(_taken(step, known))
    waiting = {key for key in called if key not in done and key not in running}
    if len(waiting) + len(running) < 2:
        return running + tuple(waiting)
    blocked = _behind(workflow, waiting.union(running))
    return _in_order(workflow, (waiting - blocked).union(running))


def _taken(step: Step, facts: Facts) -> tuple[str, ...]:
    """Where a finished step leads: all routes that hold if it is parallel, else the first that holds."""
    if step.parallel:
        return tuple(route.to for route in step.routes if all_hold(route.when, facts))
    for route in step.routes:
        if all_hold(route.when, facts):
            return (route.to,)
    return ()


def _in_order(workflow: Workflow, keys: Collection[str]) -> tuple[str, ...]:
    return tuple(step.key for step in workflow.steps if step.key in keys)


def _name(workflow: Workflow, key: str) -> str:
    return next((step.name for step in workflow.steps if step.key == key), key)
