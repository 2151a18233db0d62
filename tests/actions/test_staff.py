"""Staff at work: appointed by two, away with a deputy, held back without a certification."""

from datetime import date, timedelta

import pytest
from tests.town import CLERK, DECIDER, HEAD, HYGIENE, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions import replay
from banjie.actions.staff import act_on_member, appoint, ask_leave, may_stand_in, propose_certification
from banjie.engine.cases import acts
from banjie.engine.permissions import Role
from banjie.engine.staff import Decline, EndLeave, EndPost, Grant, Post
from banjie.engine.subject import Refused
from banjie.records import staff

BUREAU = "1199010000BJ00016Q"
MANAGER, SECOND_MANAGER, COUNTY_MANAGER = "wenshuyi", "gejiajun", "miaoqinglu"
NEWCOMER = "xinyaqing"


def test_officials_of_the_founding_are_certified_and_a_newcomer_is_not(town: Town) -> None:
    today = town.platform.today()
    database = town.platform.database
    assert staff.certified(database, [CLERK, NEWCOMER], HYGIENE, today, kind="01") == {CLERK}
    assert staff.joined_on(database, [NEWCOMER]) == {NEWCOMER: date(2026, 11, 2)}
    assert town.who(NEWCOMER).actor.gate is not None
    assert {one.account for one in staff.colleagues(database, BUREAU, Role.WINDOW, today)} == {
        CLERK,
        "huangshiqi",
        NEWCOMER,
    }


def test_the_gate_refuses_with_rule_and_remedy_until_she_is_certified(town: Town) -> None:
    number = town.submit("xiachunhe", HYGIENE, holder=RESTAURANT).number
    with pytest.raises(Refused) as refused:
        town.act(NEWCOMER, number, acts.Accept())
    assert refused.value.rule == "持证上岗规定"
    assert "练习办件" in refused.value.remedy
    town.act(NEWCOMER, number, acts.Claim())  # Looking an application through is how one learns.

    propose_certification(
        town.platform,
        actor=town.who(MANAGER),
        account=NEWCOMER,
        item=HYGIENE,
        name="公共场所卫生许可",
        source="结业考核",
    )
    key = _member(town, NEWCOMER).wishes[0].key
    with pytest.raises(Refused, match="不能自己批准"):
        _act(town, MANAGER, NEWCOMER, Grant(key))
    _act(town, HEAD, NEWCOMER, Grant(key))
    assert town.act(NEWCOMER, number, acts.Accept()).events[0] == "Accepted"


def test_a_post_is_proposed_by_one_and_granted_by_another(town: Town) -> None:
    today = town.platform.today()
    post = Post(Role.REVIEWER, BUREAU, REGION, "社会事务科审查员", today)
    appoint(town.platform, actor=town.who(MANAGER), username=NEWCOMER, post=post, reason="澜审人〔2026〕9号")
    assert Role.REVIEWER not in town.who(NEWCOMER).actor.roles
    key = _member(town, NEWCOMER).wishes[-1].key
    with pytest.raises(Refused):
        _act(town, CLERK, NEWCOMER, Grant(key))
    _act(town, SECOND_MANAGER, NEWCOMER, Grant(key))
    assert town.who(NEWCOMER).actor.roles == {Role.WINDOW, Role.REVIEWER}


def test_a_county_manages_its_own_staff_alone(town: Town) -> None:
    post = Post(Role.REVIEWER, BUREAU, REGION, "审查员", town.platform.today())
    with pytest.raises(Refused, match="人员管理岗"):
        appoint(town.platform, actor=town.who(COUNTY_MANAGER), username=NEWCOMER, post=post, reason="无")
    with pytest.raises(Refused, match="不能给自己"):
        appoint(town.platform, actor=town.who(MANAGER), username=MANAGER, post=post, reason="自荐")
    with pytest.raises(Refused, match="没有“nobody”这个账号"):
        appoint(town.platform, actor=town.who(MANAGER), username="nobody", post=post, reason="无")


def test_whoever_is_on_leave_has_a_deputy_who_is_told_so(town: Town) -> None:
    today = town.platform.today()
    database = town.platform.database
    assert "huangshiqi" in {one.account for one in may_stand_in(town.platform, CLERK, today)}
    with pytest.raises(Refused, match="同单位、同岗位"):
        ask_leave(town.platform, actor=town.who(CLERK), from_day=today, until_day=today, deputy=REVIEWER, reason="病假")
    ask_leave(
        town.platform,
        actor=town.who(CLERK),
        from_day=today,
        until_day=today + timedelta(days=4),
        deputy="huangshiqi",
        reason="病假",
    )
    assert staff.deputies(database, [CLERK, DECIDER], today) == {CLERK: "huangshiqi"}
    assert staff.on_leave(database, [CLERK], today + timedelta(days=5)) == set()
    assert [account for account, _ in town.who("huangshiqi").actor.stands_in] == [CLERK]
    with pytest.raises(Refused, match="也不在岗"):
        ask_leave(
            town.platform, actor=town.who("huangshiqi"), from_day=today, until_day=today, deputy=CLERK, reason="事假"
        )
    _act(town, CLERK, CLERK, EndLeave("1", today, "病好了"))
    assert town.who("huangshiqi").actor.stands_in == ()


def test_whose_post_has_ended_stands_for_nothing_the_next_day(town: Town) -> None:
    today = town.platform.today()
    with pytest.raises(Refused):
        _act(town, CLERK, DECIDER, EndPost(Role.DECIDER, BUREAU, today, "调离"))
    _act(town, HEAD, DECIDER, EndPost(Role.DECIDER, BUREAU, today, "调离"))
    assert town.who(DECIDER).is_official
    town.clock.move(days=1)
    assert not town.who(DECIDER).is_official
    assert town.who(DECIDER).eyes.offices == "{}"
    town.clock.move(days=-1)


def test_a_wish_that_is_declined_leaves_nothing(town: Town) -> None:
    today = town.platform.today()
    post = Post(Role.HEAD, BUREAU, REGION, "代理局长", today)
    appoint(town.platform, actor=town.who(MANAGER), username=REVIEWER, post=post, reason="代理")
    key = _member(town, REVIEWER).wishes[0].key
    with pytest.raises(Refused, match="原因"):
        _act(town, SECOND_MANAGER, REVIEWER, Decline(key, ""))
    _act(town, SECOND_MANAGER, REVIEWER, Decline(key, "没有任职文件"))
    assert _member(town, REVIEWER).wishes == ()
    assert Role.HEAD not in town.who(REVIEWER).actor.roles


def test_every_history_of_staff_replays_to_what_is_stored(town: Town) -> None:
    differences: list[replay.Difference] = []
    replay.replay(town.platform, differences.append)
    assert [one for one in differences if one.kind == "member"] == []


def _member(town: Town, account: str):  # type: ignore[no-untyped-def]  # a shorthand of this file
    row = staff.find(town.platform.database, account)
    assert row is not None
    return row.member


def _act(town: Town, who: str, account: str, command: object) -> None:
    row = staff.find(town.platform.database, account)
    assert row is not None
    act_on_member(town.platform, command, actor=town.who(who), account=account, region=row.region)  # type: ignore[arg-type]  # tests act by any command
