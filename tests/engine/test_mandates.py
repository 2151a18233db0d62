"""The law of mandates as officials read it, and what holds for every mandate there can be."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode as read
from banjie.engine.codec import encode, revive
from banjie.engine.mandates import (
    KINDS,
    LAW,
    NAMES,
    Accept,
    Command,
    Custom,
    Decline,
    Kind,
    Mandate,
    MandateStatus,
    Offer,
    Register,
    Resign,
    Revoke,
    Supersede,
    decide,
    evolve,
    scope_words,
)
from banjie.engine.permissions import SYSTEM, Actor, Role, require
from banjie.engine.real_names import Level, Levels, require_level
from banjie.engine.scopes import WHOLE, Deed, Scope, deed_of
from banjie.engine.subject import Refused

CUSTOM = Custom()
PARTY, AGENT = "p-mother", "daughter"
OFFER = Offer(
    Kind.FAMILY,
    PARTY,
    "郭岁绵",
    AGENT,
    "林照",
    date(2026, 11, 24),
    date(2027, 3, 31),
    relation="女儿",
    evidence="委托书",
)
OFFERED = Mandate(
    status=MandateStatus.OFFERED,
    kind=Kind.FAMILY,
    party=PARTY,
    agent=AGENT,
    agent_name="林照",
    offered_on=date(2026, 11, 1),
    valid_from=date(2026, 11, 1),
    valid_until=date(2027, 3, 31),
)
STATES = {
    "没有授权": Mandate(),
    "等待接受": OFFERED,
    "有效": replace(OFFERED, status=MandateStatus.IN_FORCE, accepted_on=date(2026, 11, 2)),
    "已结束": replace(OFFERED, status=MandateStatus.ENDED, how="Revoke"),
}
APPLICANT = frozenset({Role.APPLICANT})
WHO: dict[str, tuple[Actor, bool]] = {
    "授权人": (Actor("mother", "郭岁绵", APPLICANT, parties=frozenset({PARTY})), True),
    "法定代表人": (Actor("mother", "郭岁绵", APPLICANT, parties=frozenset({PARTY})), True),
    "受托人": (Actor(AGENT, "林照", APPLICANT), False),
    "经办人": (Actor("clerk-of-hers", "周一帛", APPLICANT, parties=frozenset({PARTY})), False),
    "外人": (Actor("stranger", "聂江岸", APPLICANT), False),
    "窗口人员": (Actor("luoxiaoyu", "罗小雨", frozenset({Role.WINDOW})), False),
    "系统": (SYSTEM, False),
}
REGISTER = Register(Kind.REPRESENTATIVE, PARTY, "郭岁绵", AGENT, "林照", "营业执照原件")
WHAT: dict[str, Command] = {
    "授权": OFFER,
    "授权给自己": replace(OFFER, agent="mother"),
    "授权，从昨天起": replace(OFFER, valid_from=date(2026, 11, 23)),
    "授权，先止后始": replace(OFFER, valid_from=date(2027, 4, 1)),
    "授权，四年": replace(OFFER, valid_until=date(2030, 11, 24)),
    "接受": Accept(),
    "不接受": Decline(),
    "撤回": Revoke("不用了"),
    "撤回，不说原因": Revoke(" "),
    "辞去": Resign("没有时间"),
    "登记": REGISTER,
    "登记，没看证件": replace(REGISTER, evidence=""),
    "变更法定代表人": Supersede("登记变更"),
}
HAPPENED = {"Offered": "已授权", "Accepted": "已接受", "Ended": "已结束", "Registered": "已登记"}


def lines() -> list[list[str]]:
    text = (Path(__file__).parent / "law" / "mandates.txt").read_text("utf-8")
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line and line[0] != "#"]


@pytest.mark.parametrize("line", lines(), ids="，".join)
def test_the_law_of_mandates(line: list[str]) -> None:
    state, who, what, day, expected = line
    person, _, flaw = who.partition("，")
    actor, is_principal = WHO[person]
    command = WHAT[what]
    on = date.fromisoformat(day)
    if isinstance(command, Offer):
        if on > command.valid_from and what == "授权":
            command = replace(command, valid_from=on, valid_until=on + timedelta(days=60))
        if flaw:
            command = replace(command, evidence="")
    assert outcome(STATES[state], command, actor, is_principal, on) == expected


def outcome(mandate: Mandate, command: Command, actor: Actor, is_principal: bool, on: date) -> str:
    try:
        events = decide(mandate, command, actor=actor, is_principal=is_principal, now=noon(on), custom=CUSTOM)
    except Refused as refused:
        return f"拒绝：{refused.rule}" if refused.remedy else "拒绝而没有说怎么办"
    (event,) = events
    assert read(type(event), encode(event)) == event
    return HAPPENED[type(event).__name__]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)


def test_the_table_names_every_act_and_the_text_tries_each() -> None:
    assert set(LAW) == {command.__name__ for command in NAMES}
    tried = {type(WHAT[line[2]]) for line in lines()}
    assert tried == set(NAMES)
    assert set(KINDS) == set(HAPPENED)


def test_a_mandate_ends_with_its_last_day() -> None:
    last = STATES["有效"]
    assert last.holds_on(date(2027, 3, 31))
    assert not last.holds_on(date(2027, 4, 1))
    assert not last.holds_on(date(2026, 10, 31))
    assert last.status_on(date(2027, 4, 1), CUSTOM) is MandateStatus.ENDED


days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
scopes = st.builds(
    Scope, st.frozensets(st.sampled_from(list(Deed))), st.frozensets(st.sampled_from(["A1", "B2", "C3"]), max_size=3)
)


@given(
    st.lists(st.tuples(st.sampled_from(sorted(WHO)), st.sampled_from(sorted(WHAT)), st.integers(0, 400)), max_size=12)
)
def test_nothing_that_can_happen_lets_anybody_act_who_did_not_accept(acts: list[tuple[str, str, int]]) -> None:
    """Whatever people try in whatever order: in force means accepted or registered, and the wire form keeps all."""
    mandate, accepted, day = Mandate(), False, date(2026, 11, 24)
    for who, what, later in acts:
        day += timedelta(days=later)
        command = WHAT[what]
        if isinstance(command, Offer):
            command = replace(command, valid_from=day, valid_until=day + timedelta(days=90))
        actor, is_principal = WHO[who]
        try:
            events = decide(mandate, command, actor=actor, is_principal=is_principal, now=noon(day), custom=CUSTOM)
        except Refused:
            continue
        for event in events:
            mandate = evolve(mandate, event)
            name = type(event).__name__
            accepted = name in ("Accepted", "Registered") or (accepted and name not in {"Ended", "Offered"})
        assert revive(Mandate, encode(mandate)) == mandate
        assert (mandate.status is MandateStatus.IN_FORCE) == accepted
        assert not (mandate.status is not MandateStatus.IN_FORCE and mandate.holds_on(day))


@given(
    scopes, st.sampled_from(["Submit", "Resubmit", "SupplyTolerated", "Withdraw"]), st.sampled_from(["A1", "B2", "Z9"])
)
def test_an_act_outside_the_scope_is_refused_and_inside_it_is_not(scope: Scope, command: str, item: str) -> None:
    narrow = () if scope.is_whole else ((PARTY, scope),)
    actor = Actor(AGENT, "林照", APPLICANT, parties=frozenset({PARTY}), narrow=narrow)
    allowed = (not scope.deeds or deed_of(command) in scope.deeds) and (not scope.items or item in scope.items)
    if allowed:
        require(actor, command, holder=PARTY, item=item)
        return
    with pytest.raises(Refused) as refused:
        require(actor, command, holder=PARTY, item=item)
    assert refused.value.rule == "民法典第一百六十五条（代理事项和权限）"


def test_a_scope_in_words_and_what_it_opens() -> None:
    assert scope_words(WHOLE) == "全部事项：全部权限"
    only = Scope(frozenset({Deed.CORRECT}), frozenset({"A1"}))
    assert scope_words(only, {"A1": "食品经营许可"}) == "食品经营许可：补正和补交材料、查看办理进度"
    assert only.openings == ("correct", "A1")
    assert Scope(frozenset({Deed.COLLECT})).openings == ("collect", "*")
    assert Scope(items=frozenset({"A1"})).openings == ("apply", "correct", "withdraw", "collect", "A1")


LEVELS = Levels({Deed.APPLY: Level.NAMED, Deed.COLLECT: Level.FACE}, {"20": {Deed.APPLY: Level.PHONE}})


@pytest.mark.parametrize(
    ("level", "deed", "kind", "allowed"),
    [
        (1, Deed.APPLY, "01", False),
        (2, Deed.APPLY, "01", True),
        (1, Deed.APPLY, "20", True),
        (2, Deed.COLLECT, "01", False),
        (2, Deed.COLLECT, "20", False),
        (3, Deed.COLLECT, "01", True),
        (4, Deed.COLLECT, "01", True),
        (1, Deed.SEE, "01", True),
    ],
)
def test_a_deed_needs_a_level(level: int, deed: Deed, kind: str, allowed: bool) -> None:
    person = Actor("a", "甲", APPLICANT, level=level)
    if allowed:
        require_level(person, LEVELS, deed, kind)
        return
    with pytest.raises(Refused) as refused:
        require_level(person, LEVELS, deed, kind)
    assert "请" in refused.value.remedy
    require_level(Actor("b", "乙", frozenset({Role.WINDOW}), level=1), LEVELS, deed, kind)
