"""The made-up city asks its made-up departments over real HTTP, and the meter shows what came of it."""

import time

from banjie.demo.sharing import ask_once
from banjie.engine.sharing_asks import AskStatus, Trouble
from banjie.records import ask_figures, cases, sharing
from banjie.records.people import MACHINE
from tests.town import FOOD, REGION, SOIL, Town


def test_the_departments_are_really_asked_and_the_meter_counts(town: Town) -> None:
    month = town.platform.today().replace(day=1)
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    if town.platform.today().isoformat() < day:
        town.clock.set(town.platform.today().fromisoformat(day))
        month = town.platform.today().replace(day=1)

    database = town.platform.database
    parties = ["c-chunhe", "c-qinghe", "c-heshun"]
    before = {row.id for row in sharing.asks_of_parties(database, MACHINE.eyes, parties, most=999)}
    contested = {row.id for row in sharing.contests_of_parties(database, MACHINE.eyes, parties, most=999)}

    assert ask_once(town.platform) >= 8

    town.settle()
    found = {one.item: one for one in ask_figures.of_month(database, MACHINE.eyes, REGION, month)}
    assert found[FOOD].filled >= 3
    assert found[FOOD].repeated >= 1
    assert found[SOIL].satisfied >= 1, "项目批复由投资项目平台代替"
    asks = sharing.asks_of_parties(database, MACHINE.eyes, parties, most=999)
    told = {row.ask.source: row.ask for row in asks if row.id not in before}
    assert told["market_register"].status is AskStatus.ANSWERED
    assert told["real_estate"].status is AskStatus.ASKED, "人工核对的部门，答复在路上"
    assert told["social_insurance"].trouble is Trouble.DOWN
    rows = sharing.contests_of_parties(database, MACHINE.eyes, parties, most=999)
    [contest] = [row for row in rows if row.id not in contested]
    assert contest.contest.number
    assert "二层" in contest.contest.own
    case = cases.find(database, MACHINE.eyes, REGION, contest.contest.number)
    assert case is not None
    assert sharing.contests_of_case(database, town.who("luoxiaoyu").eyes, REGION, case.id) == (contest,)
