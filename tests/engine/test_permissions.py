"""Who may do what: the whole matrix of role × command × relation, as officials read it."""

from itertools import product
from pathlib import Path

import pytest

from banjie.engine import (
    cards,
    cases,
    certificates,
    clock_abuse,
    delay_causes,
    grades,
    incidents,
    meetings,
    precases,
    sharing_asks,
    sharing_consents,
    sharing_contests,
    sharing_repeats,
    site_visits,
    supervision,
)
from banjie.engine.permissions import LAW, ROLE_NAMES, Actor, Relation, Role, require
from banjie.engine.subject import Refused

PRINTED = Path(__file__).parent / "law" / "permissions.txt"
NAMES = {kind.__name__: name for kind, name in cases.NAMES.items()} | {
    kind.__name__: f"{name}证照" for kind, name in certificates.NAMES.items()
}
NAMES |= {kind.__name__: f"审前服务：{name}" for kind, name in precases.NAMES.items()}
NAMES |= {
    kind.__name__: f"一次提交：{name}"
    for room in (sharing_asks, sharing_consents, sharing_contests, sharing_repeats)
    for kind, name in room.NAMES.items()
}
WATCHING = {
    kind.__name__: name
    for room in (cards, supervision, delay_causes, incidents, clock_abuse)
    for kind, name in room.NAMES.items()
} | {grades.FreezeGrade.__name__: "评定效能等次"}
"""What those do who watch over offices: their acts have no tie to a case, and change none."""
NAMES |= {"ReportCase": "办件归集：报送办件"}
NAMES |= {kind.__name__: name for room in (meetings, site_visits) for kind, name in room.NAMES.items()}
NAMES |= {"TickPoints": "核对要点"}
PLACES = {
    Relation.OWN: "本人的办件",
    Relation.ORGAN: "本机关的办件",
    Relation.STEP: "本单位的环节",
    Relation.ANY: "任何办件",
}
HOLDER, ORGAN, STEP_OFFICE = "c-chunhe", "1199010000BJ00016Q", "1199010000BJ00032E"


def standing(role: Role, relation: Relation) -> Actor:
    """Someone who stands to the case in this one way and in no other."""
    return Actor(
        account="someone",
        name="某人",
        roles=frozenset({role}),
        offices=frozenset({Relation.ORGAN: {ORGAN}, Relation.STEP: {STEP_OFFICE}}.get(relation, set())),
        parties=frozenset({HOLDER} if relation is Relation.OWN else set()),
    )


def may(role: Role, relation: Relation, command: str) -> bool:
    try:
        require(standing(role, relation), command, holder=HOLDER, organ=ORGAN, step_office=STEP_OFFICE)
    except Refused:
        return False
    return True


def printed() -> str:
    """A line for each act, a column for each role, a mark for each relation in which it may."""
    lines = [
        "# 办件和证照权限表：谁可以办理什么。没有标记的一律不可以。",
        "# 标记：" + "，".join(f"{mark} {PLACES[relation]}" for relation, mark in MARKS.items()),
        "# 动作 | " + " | ".join(ROLE_NAMES[role] for role in Role),
    ]
    for command, name in NAMES.items():
        cells = [mark_of(role, command) for role in Role]
        lines.append(f"{name}（{command}） | " + " | ".join(cells))
    return "\n".join(lines) + "\n"


def mark_of(role: Role, command: str) -> str:
    """Who may without any tie may with one: then the wide mark stands for all."""
    marks = {mark: may(role, relation, command) for relation, mark in MARKS.items()}
    return "全" if all(marks.values()) else "".join(mark for mark, allowed in marks.items() if allowed) or "－"


MARKS = {Relation.OWN: "己", Relation.ORGAN: "关", Relation.STEP: "环", Relation.ANY: "全"}


def test_the_matrix_is_as_printed() -> None:
    assert printed() == PRINTED.read_text("utf-8")


def test_every_act_has_its_line_and_no_other() -> None:
    assert set(LAW) == set(NAMES) | set(WATCHING)
    assert not set(NAMES) & set(WATCHING)
    assert not set(cases.ACTS) & {kind.__name__ for kind in certificates.NAMES}


@pytest.mark.parametrize(("role", "command"), list(product(Role, NAMES)), ids=str)
def test_a_role_without_any_tie_to_the_case_may_do_nothing(role: Role, command: str) -> None:
    if role is not Role.SYSTEM:
        assert not may(role, Relation.ANY, command)


@pytest.mark.parametrize("command", ["", "Delete", "submit", "__init__"])
def test_what_is_not_in_the_table_nobody_may(command: str) -> None:
    assert not any(may(role, relation, command) for role, relation in product(Role, Relation))


def test_who_only_watches_or_only_keeps_the_catalogue_acts_on_no_case() -> None:
    for role in (Role.SUPERVISOR, Role.MANAGER):
        assert not any(may(role, relation, command) for relation, command in product(Relation, NAMES))


def test_an_empty_office_or_party_is_nobodys() -> None:
    """A case not yet handed in has no holder, and a step may have no office: neither may match an empty name."""
    with pytest.raises(Refused):
        require(standing(Role.DECIDER, Relation.OWN), "Approve", holder="", organ="", step_office="")
    with pytest.raises(Refused):
        require(standing(Role.APPLICANT, Relation.ORGAN), "Withdraw", holder="", organ=ORGAN)


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(Refused, match="办理机关的机关负责人") as refused:
        require(standing(Role.WINDOW, Relation.ORGAN), "Extend", organ=ORGAN, what="延期")

    assert refused.value.rule == "办件权限表"
    assert refused.value.remedy
