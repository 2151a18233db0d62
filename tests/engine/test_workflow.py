"""Workflows: what may be published, and that whatever may be published always comes to its decision."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.permissions import Role
from banjie.engine.rules import Condition, Fact
from banjie.engine.rules import Test as Check
from banjie.engine.subject import Refused
from banjie.engine.workflow import Route, Step, StepKind, Workflow
from banjie.engine.workflow_checks import checks
from banjie.engine.workflow_runs import advance, begin, reachable, rework


def _step(key: str, *routes: str | Route, kind: StepKind = StepKind.REVIEW, parallel: bool = False) -> Step:
    ways = tuple(Route(route) if isinstance(route, str) else route for route in routes)
    return Step(
        key,
        f"环节{key}",
        kind,
        Role.DECIDER if kind is StepKind.DECISION else Role.REVIEWER,
        signatures=2 if kind is StepKind.SITE_VISIT else 1,
        routes=ways,
        parallel=parallel,
    )


DECISION = _step("decision", kind=StepKind.DECISION)
ON_SITE = Route("visit", (Condition("business", Check.IS, "catering"),))
CHOICE = Workflow(
    (_step("review", ON_SITE, "decision"), _step("visit", "decision", kind=StepKind.SITE_VISIT), DECISION), ("review",)
)
GREEN = Route("green", (Condition("green", Check.IS, "yes"),))
FORK = Workflow(
    (
        _step("review", "traffic", GREEN, "city", parallel=True),
        _step("traffic", "joint"),
        _step("green", "joint"),
        _step("city", "joint"),
        _step("joint", "decision"),
        DECISION,
    ),
    ("review",),
)


def test_a_choice_takes_the_first_route_that_holds() -> None:
    assert begin(CHOICE, {}) == ("review",)
    done = {"review": "pass"}
    assert advance(CHOICE, ("review",), done, "review", {"business": "catering"}) == ("visit",)
    assert advance(CHOICE, ("review",), done, "review", {"business": "sale"}) == ("decision",)


def test_a_choice_on_the_outcome_of_a_step() -> None:
    failed = Route("decision", (Condition("review.outcome", Check.IS, "fail"),))
    workflow = Workflow((_step("review", failed, "more"), _step("more", "decision"), DECISION), ("review",))
    assert checks(workflow) == ()
    assert advance(workflow, ("review",), {"review": "fail"}, "review", {}) == ("decision",)
    assert advance(workflow, ("review",), {"review": "pass"}, "review", {}) == ("more",)


def test_parallel_branches_come_together_when_the_last_is_done() -> None:
    facts: dict[str, Fact] = {"green": "yes"}
    done = {"review": "pass"}
    active = advance(FORK, ("review",), done, "review", facts)
    assert active == ("traffic", "green", "city")
    for finished, then in (("city", ("traffic", "green")), ("traffic", ("green",)), ("green", ("joint",))):
        done = {**done, finished: "pass"}
        active = advance(FORK, active, done, finished, facts)
        assert active == then


def test_a_branch_not_taken_never_blocks_the_join() -> None:
    active = advance(FORK, ("review",), {"review": "pass"}, "review", {"green": "no"})
    assert active == ("traffic", "city")
    done = {"review": "pass", "traffic": "pass"}
    active = advance(FORK, active, done, "traffic", {"green": "no"})
    assert active == ("city",)
    assert advance(FORK, active, {**done, "city": "pass"}, "city", {"green": "no"}) == ("joint",)


def test_a_step_that_is_not_running_cannot_be_finished() -> None:
    with pytest.raises(Refused, match="环节visit"):
        advance(CHOICE, ("review",), {}, "visit", {})


def test_rework_stops_what_was_built_on_the_step_and_leaves_the_rest() -> None:
    facts: dict[str, Fact] = {"green": "no"}
    active, done = rework(FORK, ("joint",), {"review": "pass", "traffic": "pass", "city": "pass"}, "joint", "traffic")
    assert (active, done) == (("traffic",), {"review": "pass", "city": "pass"})
    assert advance(FORK, active, {**done, "traffic": "pass"}, "traffic", facts) == ("joint",)
    active, done = rework(FORK, ("traffic", "city"), {"review": "pass"}, "city", "review")
    assert (active, done) == (("review",), {})


@pytest.mark.parametrize(
    ("from_step", "to_step", "reason"),
    [
        ("decision", "city", "不在办理中"),
        ("joint", "green", "还没有办过"),
        ("joint", "decision", "还没有办过"),
    ],
)
def test_rework_refused(from_step: str, to_step: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        rework(FORK, ("joint",), {"review": "pass", "traffic": "pass", "city": "pass"}, from_step, to_step)


def test_rework_to_a_parallel_branch_is_refused() -> None:
    with pytest.raises(Refused, match="不通向"):
        rework(FORK, ("city",), {"review": "pass", "traffic": "pass"}, "city", "traffic")


def test_sound_workflows_have_no_fault() -> None:
    assert checks(CHOICE) == ()
    assert checks(FORK) == ()


VISIT = _step("visit", "decision", kind=StepKind.SITE_VISIT)
BROKEN = {
    "没有任何环节": Workflow((), ()),
    "没有写明受理后先办": Workflow((DECISION,), ()),
    "没有编码为“begin”的环节": Workflow((DECISION,), ("begin",)),
    "用了 2 次": Workflow((DECISION, DECISION), ("decision",)),
    "只有一个审批决定环节": Workflow((_step("review", "review"),), ("review",)),
    "去向“nowhere”不存在": Workflow((_step("review", "nowhere"), DECISION), ("review",)),
    "两名以上": Workflow((replace(VISIT, signatures=1), DECISION), ("visit",)),
    "至少要有一人": Workflow((replace(DECISION, signatures=0),), ("decision",)),
    "由决定人或机关负责人作出": Workflow((replace(DECISION, role=Role.REVIEWER),), ("decision",)),
    "这个岗位不承办": Workflow((replace(_step("review", "decision"), role=Role.APPLICANT), DECISION), ("review",)),
    "不能再有去向": Workflow((replace(DECISION, routes=(Route("decision"),)),), ("decision",)),
    "办完后没有去向": Workflow((_step("review"), DECISION), ("review",)),
    "没有任何路径到达": Workflow((_step("review", "decision"), _step("lost", "decision"), DECISION), ("review",)),
    "绕回了自己": Workflow((_step("review", "again", parallel=False), _step("again", "review"), DECISION), ("review",)),
    "走不到审批决定": Workflow(
        (
            _step("review", "astray", "decision", parallel=True),
            _step("astray", "side"),
            _step("side", "other"),
            _step("other", "side"),
            DECISION,
        ),
        ("review",),
    ),
    "所有去向都带条件": Workflow((_step("review", Route("decision", ON_SITE.when)), DECISION), ("review",)),
    "此时还没有结果": Workflow(
        (
            _step("review", Route("decision", (Condition("later.outcome", Check.IS, "x"),)), "later"),
            _step("later", "decision"),
            DECISION,
        ),
        ("review",),
    ),
    "不能含小数点": Workflow((_step("re.view", "decision"), DECISION), ("re.view",)),
    "不是另一个环节": Workflow((replace(DECISION, separate_from=("ghost",)),), ("decision",)),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_broken_workflows_are_named(reason: str) -> None:
    faults = checks(BROKEN[reason])
    assert any(reason.strip() in fault.reason for fault in faults), faults
    assert all(fault.remedy for fault in faults)


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Random graphs that only lead forward; whether they are sound is for `checks` to say."""
    count = draw(st.integers(1, 8))
    keys = [f"step{place}" for place in range(count)] + ["decision"]
    steps = []
    for place in range(count):
        ahead = keys[place + 1 :]
        targets = draw(st.lists(st.sampled_from(ahead), min_size=1, max_size=3, unique=True))
        routes = tuple(
            Route(target, (Condition("coin", Check.AT_LEAST, draw(st.integers(0, 5))),) if draw(st.booleans()) else ())
            for target in targets
        )
        steps.append(_step(keys[place], *routes[:-1], Route(targets[-1]), parallel=draw(st.booleans())))
    start = draw(st.lists(st.sampled_from(keys[:count]), min_size=1, max_size=2, unique=True))
    return Workflow((*steps, DECISION), tuple(start))


@given(workflows(), st.integers(0, 5), st.randoms(use_true_random=False))
def test_what_passes_the_checks_always_reaches_the_decision_and_does_each_step_once(
    workflow: Workflow, coin: int, chance: "object"
) -> None:
    reached = {*workflow.start}.union(*(reachable(workflow, key) for key in workflow.start))
    sound = Workflow(tuple(step for step in workflow.steps if step.key in reached), workflow.start)
    assert checks(sound) == ()
    facts: dict[str, Fact] = {"coin": coin}
    active, done = begin(sound, facts), dict[str, str]()
    sent_back = 0
    while "decision" not in done:
        assert active
        finished = chance.choice(active)  # type: ignore[attr-defined]  # hypothesis' own Random.
        assert finished not in done
        if finished == "decision":
            assert active == ("decision",), "nothing may still run when the decision is taken"
        targets = [key for key in done if finished in reachable(sound, key)]
        if targets and sent_back < 2 and chance.random() < 0.3:  # type: ignore[attr-defined]  # as above.
            sent_back += 1
            active, done = rework(sound, active, done, finished, chance.choice(targets))  # type: ignore[attr-defined]  # as above.
            continue
        done[finished] = "pass"
        active = advance(sound, active, done, finished, facts)
        assert not set(active) & set(done)
    assert active == ()
