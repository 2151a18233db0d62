"""The law of staff as tables: who may, what is refused, what follows; and the gate of certification."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor, Gate, Role, require
from banjie.engine.staff import (
    LAW,
    NAMES,
    AskLeave,
    Certification,
    Command,
    Custom,
    Decline,
    EndCertification,
    EndLeave,
    EndPost,
    Event,
    Grant,
    Leave,
    Member,
    Post,
    ProposeCertification,
    ProposePost,
    Register,
    Side,
    Wish,
    decide,
    evolve,
)
from banjie.engine.subject import Refused

TODAY = date(2026, 11, 24)
NOW = datetime.combine(TODAY, time(9), CHINA)
BUREAU, REGION, HYGIENE = "1199010000BJ00016Q", "990100", "1199010000BJ00016Q3990100000002"
WINDOW = Post(Role.WINDOW, BUREAU, REGION, "综合窗口", date(2026, 1, 5))
TO_COME = Post(Role.REVIEWER, BUREAU, REGION, "审查员", date(2026, 12, 1))
HELD = Certification("kind:01", "行政许可", date(2026, 1, 5), None, "上线前")
AWAY = Leave("1", date(2026, 12, 1), date(2026, 12, 4), "huangshiqi", "黄石启", "")
FOR_POST = Wish("2", "wenshuyi", "温书仪", TODAY, "文件", post=TO_COME, replaces=WINDOW)
FOR_LEAVE = Wish(
    "3",
    "luoxiaoyu",
    "罗小雨",
    TODAY,
    "",
    leave=replace(AWAY, key="3", from_day=date(2026, 12, 8), until_day=date(2026, 12, 9)),
)
MEMBER = Member("luoxiaoyu", "罗小雨", REGION, (WINDOW,), (AWAY,), (HELD,), (FOR_POST, FOR_LEAVE), 3)
DEPUTY = Member("huangshiqi", "黄石启", REGION, (WINDOW,))

HERSELF = Actor("luoxiaoyu", "罗小雨", frozenset({Role.WINDOW}))
MANAGER = Actor("wenshuyi", "温书仪", frozenset({Role.MANAGER}))
SECOND = Actor("gejiajun", "葛嘉筠", frozenset({Role.MANAGER}))
HEAD = Actor("meilanting", "梅岚亭", frozenset({Role.HEAD}))
SYSTEM = Actor("system", "系统", frozenset({Role.SYSTEM}))
STRANGER = Actor("shenqiubai", "沈秋白", frozenset({Role.REVIEWER}))
SIDES = {
    "self": (HERSELF, Side(deputy=DEPUTY)),
    "governs": (SECOND, Side(governs=True)),
    "heads": (HEAD, Side(heads=True)),
    "system": (SYSTEM, Side()),
    "nobody": (STRANGER, Side()),
}
COMMANDS: dict[str, Command] = {
    "Register": Register("luoxiaoyu", "罗小雨", REGION, (WINDOW,)),
    "ProposePost": ProposePost("luoxiaoyu", "罗小雨", TO_COME, "文件"),
    "EndPost": EndPost(Role.WINDOW, BUREAU, TODAY, "调离"),
    "AskLeave": AskLeave(TODAY, TODAY, "huangshiqi", "黄石启", "病假"),
    "EndLeave": EndLeave("1", date(2026, 12, 1)),
    "ProposeCertification": ProposeCertification(HYGIENE, "卫生许可", TODAY, None, "考核"),
    "EndCertification": EndCertification("kind:01", TODAY, "差错多"),
    "Grant": Grant("2"),
    "Decline": Decline("2", "没有文件"),
}


def test_the_table_names_every_act() -> None:
    assert LAW.keys() == COMMANDS.keys() == {kind.__name__ for kind in NAMES}


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize("side", sorted(SIDES))
def test_who_may_do_what_is_the_table_and_nothing_else(name: str, side: str) -> None:
    actor, stands = SIDES[side]
    if side in LAW[name] and (name, side) != ("Decline", "self"):
        assert isinstance(does(COMMANDS[name], actor, stands), tuple)
    else:
        with pytest.raises(Refused) as refused:
            does(COMMANDS[name], actor, stands)
        assert refused.value.remedy


def test_whoever_asked_takes_her_own_wish_back_without_a_reason() -> None:
    (event,) = does(Decline("3", ""), HERSELF, Side())
    assert evolve(MEMBER, event).wishes == (FOR_POST,)


# what, then who, then words of the refusal
REFUSED = [
    (EndPost(Role.DECIDER, BUREAU, TODAY, "调离"), "governs", "没有这个岗位"),
    (EndPost(Role.WINDOW, BUREAU, date(2026, 11, 1), "调离"), "governs", "已经过去"),
    (EndPost(Role.WINDOW, BUREAU, TODAY, " "), "governs", "原因"),
    (ProposePost("luoxiaoyu", "罗小雨", WINDOW, "文件"), "governs", "过去的日子"),
    (ProposePost("luoxiaoyu", "罗小雨", replace(WINDOW, from_day=TODAY), "文件"), "governs", "已经是窗口人员"),
    (ProposePost("luoxiaoyu", "罗小雨", TO_COME, ""), "governs", "原因或依据"),
    (ProposePost("gejiajun", "葛嘉筠", TO_COME, "文件"), "governs", "不能给自己"),
    (ProposeCertification("kind:01", "行政许可", TODAY, None, "考核"), "governs", "已有"),
    (ProposeCertification(HYGIENE, "卫生许可", TODAY, date(2026, 1, 1), "考核"), "heads", "到期日早于"),
    (EndCertification(HYGIENE, TODAY, "差错"), "heads", "没有这个上岗资格"),
    (Grant("9"), "governs", "没有这项申请"),
    (Grant("3"), "governs", "本单位负责人批准"),
    (AskLeave(date(2026, 11, 1), TODAY, "huangshiqi", "", ""), "self", "过去的日子"),
    (AskLeave(TODAY, date(2026, 11, 20), "huangshiqi", "", ""), "self", "早于第一天"),
    (AskLeave(TODAY, date(2027, 11, 20), "huangshiqi", "", ""), "self", "最长 90 天"),
    (AskLeave(date(2026, 12, 4), date(2026, 12, 5), "huangshiqi", "", ""), "self", "已经请了假"),
    (AskLeave(TODAY, TODAY, "luoxiaoyu", "", ""), "self", "不能是您自己"),
    (EndLeave("1", date(2026, 12, 20)), "self", "不在请假期间"),
    (EndLeave("8", TODAY), "self", "没有这次请假"),
]


@pytest.mark.parametrize(("command", "side", "words"), REFUSED)
def test_what_is_refused_says_why(command: Command, side: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        does(command, *SIDES[side])
    assert refused.value.rule
    assert refused.value.remedy


def test_a_deputy_gains_no_right_she_has_not() -> None:
    for deputy in (None, replace(DEPUTY, posts=(TO_COME,)), replace(DEPUTY, posts=(replace(WINDOW, until_day=TODAY),))):
        with pytest.raises(Refused, match="同单位、同岗位"):
            does(AskLeave(TODAY, date(2026, 11, 26), "huangshiqi", "黄石启", ""), HERSELF, Side(deputy=deputy))
    with pytest.raises(Refused, match="也不在岗"):
        does(
            AskLeave(TODAY, TODAY, "huangshiqi", "", ""),
            HERSELF,
            Side(deputy=replace(DEPUTY, leaves=(replace(AWAY, from_day=TODAY),))),
        )


def test_nobody_grants_what_she_proposed_or_what_is_her_own() -> None:
    for actor in (MANAGER, HERSELF):
        with pytest.raises(Refused, match="不能自己批准"):
            does(Grant("2"), actor, Side(governs=True))


def test_a_move_ends_the_old_post_on_the_day_before() -> None:
    after = MEMBER
    for event in does(Grant("2"), SECOND, Side(governs=True)):
        after = evolve(after, event)
    assert [post.role for post in after.posts_on(date(2026, 11, 30))] == [Role.WINDOW]
    assert [post.role for post in after.posts_on(date(2026, 12, 1))] == [Role.REVIEWER]


def test_where_the_city_says_so_the_head_approves_leave() -> None:
    custom = Custom(leave_by_head=True)
    (event,) = does(AskLeave(TODAY, TODAY, "huangshiqi", "黄石启", ""), HERSELF, Side(deputy=DEPUTY), custom)
    asked = evolve(MEMBER, event)
    assert asked.leave_on(TODAY) is None
    (granted,) = decide(asked, Grant("4"), actor=HEAD, side=Side(heads=True), now=NOW, custom=custom)
    assert evolve(asked, granted).leave_on(TODAY) is not None


def test_a_leave_ends_by_itself_and_earlier_by_word() -> None:
    assert MEMBER.leave_on(date(2026, 12, 4)) == AWAY
    assert MEMBER.leave_on(date(2026, 12, 5)) is None
    (event,) = does(EndLeave("1", date(2026, 12, 3)), HERSELF, Side())
    assert evolve(MEMBER, event).leave_on(date(2026, 12, 3)) is None
    assert evolve(MEMBER, event).leave_on(date(2026, 12, 2)) is not None


@given(st.dates(date(2026, 11, 24), date(2027, 6, 1)), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_a_post_that_has_ended_is_never_held_after_its_last_day(last: date, day: date) -> None:
    (event,) = does(EndPost(Role.WINDOW, BUREAU, last, "调离"), HEAD, Side(heads=True))
    assert bool(evolve(MEMBER, event).posts_on(day)) is (WINDOW.from_day <= day <= last)


GATE = Gate(frozenset({"Accept", "Approve"}), frozenset({HYGIENE, "kind:20"}))


@pytest.mark.parametrize(
    ("command", "item", "kind", "opens"),
    [
        ("Accept", HYGIENE, "01", True),
        ("Accept", "another", "01", False),
        ("Accept", "another", "20", True),
        ("Claim", "another", "01", True),
    ],
)
def test_the_gate_asks_for_a_certification_where_the_city_says_so(
    command: str, item: str, kind: str, opens: bool
) -> None:
    actor = Actor("x", "新人", frozenset({Role.WINDOW}), offices=frozenset({BUREAU}), gate=GATE)
    if opens:
        assert require(actor, command, item=item, kind=kind, organ=BUREAU) is Role.WINDOW
    else:
        with pytest.raises(Refused) as refused:
            require(actor, command, item=item, kind=kind, organ=BUREAU)
        assert refused.value.rule == "持证上岗规定"
        assert "考核" in refused.value.remedy


def does(command: Command, actor: Actor, side: Side, custom: Custom | None = None) -> tuple[Event, ...]:
    return decide(MEMBER, command, actor=actor, side=side, now=NOW, custom=custom or Custom())
