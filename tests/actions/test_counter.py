"""窗口代办 in the town: what a clerk may see of a visitor while her session is open, and what goes home with her."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.actions.at_hall import ELDER, ELDER_CODE, ELDER_PARTY, opened
from tests.town import CLERK, FOOD, HYGIENE, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions import counter
from banjie.actions.replay import replay
from banjie.actions.submissions import submit
from banjie.engine.cases import Channel
from banjie.engine.counter import Ending, SessionStatus
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.records import cases, drafts, people
from banjie.records import counter as kept
from banjie.records.counter import SessionRow
from banjie.records.people import MACHINE, Standing
from banjie.web import filling

SECOND = "huangshiqi"


@pytest.fixture(autouse=True)
def morning(town: Town) -> None:
    town.clock.set(date(2026, 11, 24))
    for clerk in (CLERK, SECOND):
        row = counter.current(town.platform, clerk)
        if row is not None:
            counter.end(town.platform, row, actor=town.who(clerk))


def begun(town: Town, row: SessionRow, item: str = FOOD, clerk: str = CLERK) -> SessionRow:
    who = town.who(clerk)
    law = town.law(item)
    party = people.PartyName(row.session.party.id, row.session.party.name, row.session.kind, row.session.party.code)
    draft = filling.begin(town.platform, who, law.item, party)
    return counter.begin(
        town.platform, row, actor=who, draft=draft, item=item, item_name=law.item.heading, seen=("姓名",)
    )


def acting(town: Town, row: SessionRow, clerk: str = CLERK) -> Standing:
    standing = counter.standing_at(row, town.who(clerk))
    assert standing is not None
    return standing


def sees(town: Town, standing: Standing, party: str) -> bool:
    return people.party(town.platform.database, standing.eyes, party) is not None


def test_a_clerk_sees_the_visitor_only_while_the_session_is_open(town: Town) -> None:
    assert not sees(town, town.who(CLERK), ELDER_PARTY)
    row = opened(town, CLERK)
    assert counter.standing_at(row, town.who(CLERK)) is None, "还没有选事项"
    assert not sees(town, town.who(CLERK), ELDER_PARTY)
    row = begun(town, row)
    standing = acting(town, row)
    assert sees(town, standing, ELDER_PARTY)
    assert not sees(town, standing, RESTAURANT)
    assert not sees(town, town.who(CLERK), ELDER_PARTY), "只在代办的页面上"
    assert not standing.posts
    counter.end(town.platform, row, actor=town.who(CLERK))
    assert counter.current(town.platform, CLERK) is None
    with town.platform.database.seen_by(town.who(CLERK).eyes) as cursor:
        assert cursor.execute("SELECT 1 FROM counter_sessions").fetchall() == []


def test_a_session_that_has_run_out_is_none_before_anybody_has_ended_it(town: Town) -> None:
    row = begun(town, opened(town, CLERK))
    assert row.session.until is not None
    town.clock.at = row.session.until
    assert counter.current(town.platform, CLERK) is None
    with pytest.raises(Refused, match="已经结束"):
        counter.prolong(town.platform, row, actor=town.who(CLERK))
    town.settle()
    hers = kept.of_parties(town.platform.database, town.who(ELDER).eyes, [ELDER_PARTY])
    [found] = [one for one in hers if one.id == row.id]
    assert (found.session.status, found.session.ending) == (SessionStatus.ENDED, Ending.TIME)


def test_only_a_window_and_one_visitor_at_a_time(town: Town) -> None:
    for username in (REVIEWER, ELDER):
        with pytest.raises(Refused, match="窗口人员"):
            opened(town, username)
    opened(town, CLERK)
    with pytest.raises(Refused, match="另一位"):
        opened(town, CLERK)
    opened(town, SECOND, name="林照", code="990102198804120010", party="p-linzhao")


def test_who_she_is_and_for_whom_she_may_act(town: Town) -> None:
    with pytest.raises(Malformed, match="号码"):
        counter.identify(town.platform, "郭岁绵", "990104197511300025")
    with pytest.raises(Malformed, match="不一致"):
        counter.identify(town.platform, "郭岁棉", ELDER_CODE)
    with pytest.raises(Malformed, match="姓名"):
        counter.identify(town.platform, " ", ELDER_CODE)
    visitor = counter.identify(town.platform, "林照", "990102198804120010")
    assert [one.id for one in visitor.choices][:1] == ["p-linzhao"]
    assert RESTAURANT in {one.id for one in visitor.choices}
    with pytest.raises(Refused, match="没有被授权"):
        opened(town, CLERK, party=RESTAURANT)


def test_the_case_names_both_and_is_collected_at_the_counter(town: Town) -> None:
    row = begun(town, opened(town, CLERK, name="林照", code="990102198804120010", party=RESTAURANT), HYGIENE)
    whole = replace(town.application(HYGIENE, RESTAURANT), channel=Channel.COUNTER)
    sent = submit(town.platform, whole, actor=acting(town, row), key=town.key())
    case = town.case(sent.number)
    assert case.agent is not None
    assert (case.holder.id, case.agent.name, case.channel) == (RESTAURANT, "林照", Channel.COUNTER)
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, sent.number)
    assert found is not None
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        entry = cursor.execute("SELECT actor FROM journal WHERE subject = %s AND seq = 1", (found.id,)).fetchone()
    assert entry is not None
    assert entry["actor"] == CLERK
    row = counter.filed(town.platform, row, actor=town.who(CLERK), number=sent.number)
    assert [one.number for one in row.session.filed] == [sent.number]


def test_acting_for_her_in_one_item_is_no_right_to_another(town: Town) -> None:
    row = begun(town, opened(town, CLERK, name="林照", code="990102198804120010", party=RESTAURANT))
    with pytest.raises(Refused, match="授权不包括"):
        submit(town.platform, town.application(HYGIENE, RESTAURANT), actor=acting(town, row), key=town.key())


def test_what_is_unfinished_goes_home_with_her(town: Town) -> None:
    row = begun(town, opened(town, CLERK))
    clerk, her, draft = town.who(CLERK), town.who(ELDER), row.session.draft
    assert drafts.find(town.platform.database, clerk.eyes, draft) is not None
    counter.end(town.platform, row, actor=clerk)
    counter.end(town.platform, row, actor=clerk)
    assert drafts.find(town.platform.database, clerk.eyes, draft) is None
    assert drafts.find(town.platform.database, her.eyes, draft) is not None


def test_who_has_no_account_finds_it_when_she_comes_again(town: Town) -> None:
    code = fresh_code()
    row = begun(town, opened(town, CLERK, name="蒋阿婆", code=code, party=""))
    counter.end(town.platform, row, actor=town.who(CLERK))
    assert drafts.find(town.platform.database, town.who(CLERK).eyes, row.session.draft) is None
    again = opened(town, SECOND, name="蒋阿婆", code=code, party="")
    assert again.session.drafts == (row.session.draft,)
    assert drafts.find(town.platform.database, town.who(SECOND).eyes, row.session.draft) is not None
    counter.end(town.platform, again, actor=town.who(SECOND))
    assert drafts.find(town.platform.database, town.who(SECOND).eyes, row.session.draft) is None


def fresh_code() -> str:
    digits = "990102194103" + "150" + "2"
    body = f"{digits[:14]}{uuid.uuid4().int % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(one) * weight for one, weight in zip(body, weights, strict=True)) % 11]


def test_she_sees_afterwards_who_looked_at_what(town: Town) -> None:
    row = begun(town, opened(town, CLERK))
    counter.end(town.platform, row, actor=town.who(CLERK))
    seen = kept.of_parties(town.platform.database, town.who(ELDER).eyes, [ELDER_PARTY])
    assert any(one.id == row.id and one.session.seen == ("姓名",) for one in seen)
    assert kept.of_parties(town.platform.database, town.who("zhouyibo").eyes, [ELDER_PARTY]) == ()


def test_prolonging_counts_from_now(town: Town) -> None:
    row = opened(town, CLERK)
    town.clock.move(minutes=30)
    longer = counter.prolong(town.platform, row, actor=town.who(CLERK))
    assert longer.session.until == town.clock.at + timedelta(minutes=20)


def test_what_is_stored_is_what_the_history_makes_of_it(town: Town) -> None:
    differences: list[str] = []
    replay(town.platform, lambda difference: differences.append(str(difference)))
    assert [one for one in differences if "counter" in one] == []
