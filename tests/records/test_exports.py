"""Every history can be taken out and checked elsewhere, whatever kind of subject it is the history of."""

import copy
from typing import Any

import pytest
from tests.actions import advising
from tests.actions.asked import scene
from tests.town import AGENT, CLERK, DECIDER, HYGIENE, REGION, RESTAURANT, Town

from banjie.actions.exports import export_history
from banjie.actions.replay import ALIKE
from banjie.engine.cases.acts import Accept, Approve, Claim
from banjie.engine.journal_check import SUBJECTS, sealed, verify
from banjie.engine.subject import Refused
from banjie.records import journal
from banjie.records.people import MACHINE

AGENT_OF_HYGIENE = "xiachunhe"


@pytest.fixture(scope="module")
def lived(town: Town) -> dict[str, list[str]]:
    """Subjects of many kinds, by kind: whatever has a history in this town."""
    advising.present(town, advising.asked(town))
    here = scene(town)
    here.begin(agreed=("person_register",))
    number = town.submit(AGENT_OF_HYGIENE, HYGIENE, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(DECIDER, number, Approve("承诺书完整"))
    town.settle()
    found: dict[str, list[str]] = {}
    for entry in journal.whole(town.platform.database, MACHINE.eyes):
        if entry.seq == 1 and entry.region == REGION:
            found.setdefault(entry.subject_kind, []).append(entry.subject)
    return found


def exported(town: Town, kind: str, name: str) -> dict[str, Any]:
    return export_history(town.platform, MACHINE.eyes, kind, REGION, name)


def test_every_kind_of_history_is_known() -> None:
    assert set(journal._TABLES) == set(SUBJECTS)
    assert {"certificate", "precase", "mandate", *ALIKE} == set(SUBJECTS)


def test_whatever_has_a_history_can_be_exported_and_verified(town: Town, lived: dict[str, list[str]]) -> None:
    assert {"precase", "ask", "consent", "certificate"} <= set(lived)
    assert set(lived) <= {*SUBJECTS, "case", "item"}
    for kind, subjects in lived.items():
        for subject in subjects if kind in SUBJECTS else ():
            document = exported(town, kind, subject)
            verdict = verify(document)
            assert verdict.ok, f"{kind} {subject}: {verdict.sentence}"
            assert SUBJECTS[kind].name in verdict.sentence


def test_a_service_and_a_certificate_are_found_by_their_numbers(town: Town, lived: dict[str, list[str]]) -> None:
    for kind in ("precase", "certificate"):
        document = exported(town, kind, lived[kind][0])
        assert exported(town, kind, document["state"]["number"]) == document


def test_what_is_changed_afterwards_is_named(town: Town, lived: dict[str, list[str]]) -> None:
    whole = exported(town, "precase", lived["precase"][0])

    def bent(*path: Any, to: object) -> str:
        changed = copy.deepcopy(whole)
        place: Any = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to
        return verify(sealed(changed)).sentence

    assert "第 1 条记录" in bent("entries", 0, "actor", to="somebody")
    assert "状态与历史不符" in bent("state", "number", to="咨990100-20261124-9999999")
    assert "状态与历史不符" in bent("entries", to=whole["entries"][:-1])
    assert "没有“dream”" in bent("kind", to="dream")
    assert "不是授权的事件" in bent("kind", to="mandate")
    assert "多出" in bent("more", to=1)
    assert "总校验值不符" in verify(whole | {"digest": "0" * 64}).sentence


@pytest.mark.parametrize("name", ["没有这个单号", "00000000-0000-0000-0000-000000000000", ""])
def test_what_is_not_there_is_said_so(town: Town, name: str) -> None:
    for kind in SUBJECTS:
        with pytest.raises(Refused, match="没有找到"):
            exported(town, kind, name)


def test_only_what_these_eyes_may_see_is_exported(town: Town, lived: dict[str, list[str]]) -> None:
    with pytest.raises(Refused):
        export_history(town.platform, town.who("zhouyibo").eyes, "precase", REGION, lived["precase"][0])
    assert export_history(town.platform, town.who(AGENT).eyes, "precase", REGION, lived["precase"][0])
