"""What may happen to an edition: every command in every state, permissions and refusals side by side."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine import editions
from banjie.engine.editions import (
    ComeToEnd,
    Command,
    GiveWay,
    History,
    Propose,
    Publish,
    Resume,
    State,
    Stop,
    TakeForce,
    decide,
    evolve,
)
from banjie.engine.forms import Fault
from banjie.engine.subject import Refused

TODAY, LATER = date(2026, 11, 24), date(2026, 12, 1)

COMMANDS: dict[str, Command] = {
    "propose": Propose("abc", TODAY),
    "publish": Publish(),
    "take force": TakeForce(),
    "give way": GiveWay(9),
    "suspend": Stop(State.SUSPENDED, "系统升级", TODAY),
    "withdraw": Stop(State.WITHDRAWN, "依据废止", TODAY),
    "end later": Stop(State.WITHDRAWN, "依据废止", LATER),
    "resume": Resume("升级完成"),
    "its end": ComeToEnd(),
}

# Down: the state. Across: what follows from each command, - for a refusal.
TABLE = """
            | propose | publish   | take force | give way   | suspend   | withdraw  | end later | resume    | its end
(none)      | draft   | -         | -          | -          | -         | -         | -         | -         | -
draft       | draft   | published | -          | -          | -         | withdrawn | withdrawn | -         | -
scheduled   | -       | -         | published  | superseded | -         | withdrawn | withdrawn | -         | -
published   | -       | -         | -          | superseded | suspended | withdrawn | published | -         | withdrawn
suspended   | -       | -         | -          | superseded | -         | withdrawn | suspended | published | withdrawn
superseded  | -       | -         | -          | -          | -         | -         | -         | -         | -
withdrawn   | -       | -         | -          | -          | -         | -         | -         | -         | -
"""


def rows() -> list[tuple[str, str, str]]:
    head, *lines = [[part.strip() for part in line.split("|")] for line in TABLE.strip("\n").splitlines()]
    return [(line[0], name, cell) for line in lines for name, cell in zip(head[1:], line[1:], strict=True)]


def history(state: str) -> History:
    if state == "(none)":
        return History()
    ends = (TODAY, State.WITHDRAWN) if state in ("published", "suspended") else (None, None)
    return History(State(state), "wen", "", "abc", TODAY, *ends)


@pytest.mark.parametrize(("state", "name", "outcome"), rows(), ids=lambda part: part)
def test_every_command_in_every_state(state: str, name: str, outcome: str) -> None:
    before = history(state)
    if outcome == "-":
        with pytest.raises(Refused) as refused:
            decide(before, COMMANDS[name], by="ge", today=TODAY)
        assert refused.value.rule
        assert refused.value.remedy
        return
    for event in decide(before, COMMANDS[name], by="ge", today=TODAY):
        before = evolve(before, event)
    assert before.state == outcome


def test_two_people_publish() -> None:
    draft = History(State.DRAFT, "wen", "", "abc", TODAY)
    with pytest.raises(Refused) as refused:
        decide(draft, Publish(), by="wen", today=TODAY)
    assert refused.value.rule == "事项双人发布"
    # The platform takes over what two people have published above.
    assert decide(draft, Publish(following=True), by="wen", today=TODAY)


def test_what_stands_against_it_is_named() -> None:
    draft = History(State.DRAFT, "wen", "", "abc", TODAY)
    faults = (Fault("basis", "设定依据", "没有设定依据", "请写明"), Fault("faq", "常见问题", "没有", "请写"))
    with pytest.raises(Refused, match="共有 2 处") as refused:
        decide(draft, Publish(faults), by="ge", today=TODAY)
    assert (refused.value.rule, refused.value.field, refused.value.remedy) == ("发布门槛", "basis", "请写明")


def test_a_later_day_waits_for_it() -> None:
    draft = History(State.DRAFT, "wen", "", "abc", LATER)
    [event] = decide(draft, Publish(), by="ge", today=TODAY)
    waiting = evolve(draft, event)
    assert waiting.state is State.SCHEDULED
    with pytest.raises(Refused, match="还没有到生效日期"):
        decide(waiting, TakeForce(), by="system", today=TODAY)
    [event] = decide(waiting, TakeForce(), by="system", today=LATER)
    assert evolve(waiting, event).state is State.PUBLISHED


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Stop(State.WITHDRAWN, " ", TODAY), "没有写明停用的理由"),
        (Stop(State.WITHDRAWN, "依据废止", date(2026, 11, 1)), "停用日期早于今天"),
        (Stop(State.SUSPENDED, "", LATER), "没有写明停用的理由"),
    ],
)
def test_stopping_needs_a_reason_and_a_day_to_come(command: Command, words: str) -> None:
    with pytest.raises(Refused, match=words):
        decide(History(State.PUBLISHED, "wen", "ge", "abc", TODAY), command, by="wen", today=TODAY)


@given(st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
def test_no_run_of_commands_leaves_the_law(names: list[str]) -> None:
    """Whatever is asked in whatever order, a withdrawn or superseded edition stays so, and every event is kept."""
    state = History()
    for name in names:
        try:
            events = decide(state, COMMANDS[name], by="ge", today=TODAY)
        except Refused:
            continue
        for event in events:
            assert editions.KINDS[type(event).__name__] is type(event)
            assert state.state not in (State.WITHDRAWN, State.SUPERSEDED)
            state = evolve(state, event)
