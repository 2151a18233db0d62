"""Practice: the real law over made-up applications, scored by formula, and worth a certification in the end."""

import pytest
from tests.town import HEAD, HYGIENE, Town

from banjie.actions import sandbox
from banjie.actions.staff import act_on_member
from banjie.engine import sandbox as law
from banjie.engine.cases import acts
from banjie.engine.staff import Grant
from banjie.engine.subject import Refused
from banjie.packs.sandbox import exercises
from banjie.records import staff
from banjie.records.people import MACHINE

NEWCOMER = "xinyaqing"


@pytest.mark.parametrize("key", sorted(exercises()))
def test_every_exercise_begins_under_the_law_and_can_be_solved(town: Town, key: str) -> None:
    actor = town.who("luoxiaoyu")
    one = _open(town, key, "luoxiaoyu")
    known = law.targets(one.exercise, one.law.item, one.row.practice)
    assert {fault.target for fault in one.exercise.faults} <= set(known)
    assert set(one.exercise.contents) <= {material.key for material in one.law.item.materials}
    solved = _solve(town, key, "luoxiaoyu")
    assert solved.result is not None
    assert solved.result.score == 100
    assert solved.result.passed
    assert actor.actor.account == solved.account


def test_a_practice_is_no_case_of_the_city(town: Town) -> None:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute("SELECT count(*) AS n FROM cases").fetchone()
        entries = cursor.execute("SELECT count(*) AS n FROM journal WHERE subject_kind = 'case'").fetchone()
    assert rows == {"n": 0}
    assert entries == {"n": 0}


def test_what_is_missed_misnamed_or_no_fault_costs_points(town: Town) -> None:
    one = _open(town, "hygiene_hair")
    actor = town.who(NEWCOMER)
    one = sandbox.mark(
        town.platform,
        one,
        {"material:layout": "material", "form:area": "material", "material:hygiene_rules": "material"},
        actor=actor,
    )
    one = sandbox.act(town.platform, one, acts.Claim(), actor=actor)
    with pytest.raises(Refused, match="这样办"):
        sandbox.act(town.platform, one, acts.Extend(3, "练习"), actor=actor)
    one = sandbox.act(town.platform, one, sandbox.correction(one), actor=actor)
    result = one.row.practice.result
    assert result is not None
    assert result.found == ("material:layout",)
    assert result.misnamed == ("form:area",)
    assert result.missed == ("record:asked", "document:correction")
    assert result.false_alarms == ("material:hygiene_rules",)
    assert result.right_act
    assert result.score == (100 + 50) // 4 - 10
    assert not result.passed
    with pytest.raises(Refused, match="已经结束"):
        sandbox.mark(town.platform, one, {"form:area": "entry"}, actor=actor)


def test_the_real_law_refuses_in_practice_what_it_refuses_at_the_desk(town: Town) -> None:
    one = _open(town, "hygiene_lodging")
    one = sandbox.act(town.platform, one, acts.Claim(), actor=town.who(NEWCOMER))
    with pytest.raises(Refused):
        sandbox.act(town.platform, one, acts.AskCorrection(asks=()), actor=town.who(NEWCOMER))


def test_enough_passes_propose_a_certification_that_a_second_person_grants(town: Town) -> None:
    for key in ("hygiene_lodging", "hygiene_hair"):
        _solve(town, key, NEWCOMER)
    member = staff.find(town.platform.database, NEWCOMER)
    assert member is not None
    (wish,) = member.member.wishes
    assert wish.certification is not None
    assert wish.certification.item == HYGIENE
    today = town.platform.today()
    assert staff.certified(town.platform.database, [NEWCOMER], HYGIENE, today) == set()
    act_on_member(town.platform, Grant(wish.key), actor=town.who(HEAD), account=NEWCOMER, region=member.region)
    assert staff.certified(town.platform.database, [NEWCOMER], HYGIENE, today) == {NEWCOMER}


def test_nobody_opens_the_practice_of_another(town: Town) -> None:
    one = _open(town, "hygiene_hair")
    assert sandbox.opened(town.platform, one.row.id, actor=town.who("huangshiqi")) is None


def _open(town: Town, key: str, who: str = NEWCOMER) -> sandbox.Opened:
    practice = sandbox.begin(town.platform, key, actor=town.who(who))
    one = sandbox.opened(town.platform, practice, actor=town.who(who))
    assert one is not None
    return one


def _solve(town: Town, key: str, who: str) -> law.Practice:
    one, actor = _open(town, key, who), town.who(who)
    marks = {fault.target: fault.error.value for fault in one.exercise.faults}
    one = sandbox.mark(town.platform, one, marks, actor=actor)
    if acts.Claim in law.open_acts(one.row.practice, one.law):
        one = sandbox.act(town.platform, one, acts.Claim(), actor=actor)
    command = acts.Accept() if one.exercise.expected == ("Accept",) else sandbox.correction(one)
    return sandbox.act(town.platform, one, command, actor=actor).row.practice
