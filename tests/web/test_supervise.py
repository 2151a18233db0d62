"""The pages of 督查: what will be late, cards, orders, causes, incidents, findings, grades; and the desk's own side."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.actions import clock_abuse, delays
from banjie.engine.cases import acts
from banjie.engine.watching import Level
from banjie.records import cases, staff_notices
from banjie.records import supervision as kept
from banjie.records import watching as watched
from banjie.records.people import MACHINE

SUPERVISOR = "lumingjian"
OUTSIDER = "shizhengping"  # of the market regulator, which has no part in the food licence's decision here


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


@pytest.fixture(scope="module")
def late(town: Town) -> str:
    """A case whose promise has turned red."""
    town.clock.set(date(2026, 11, 2))
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    for _ in range(40):
        town.settle()
        if any(row.card.level is Level.RED for row in cards(town, number)):
            return number
        town.clock.move(days=1)
    raise AssertionError("没有亮红牌")


def cards(town: Town, number: str) -> tuple[watched.CardRow, ...]:
    return watched.cards_of_case(town.platform.database, MACHINE.eyes, REGION, case_id(town, number))


def case_id(town: Town, number: str) -> str:
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return found.id


def test_nothing_to_watch_is_said_on_every_page(town: Town) -> None:
    client = browser(SUPERVISOR)
    for path in ("watch", "cards", "orders", "causes", "incidents", "findings", "grades"):
        answer = client.get(f"/supervise/{path}")
        assert answer.status_code == 200, path
    assert "没有亮牌的办件" in text_of(client.get("/supervise/watch").content)
    assert "没有提醒" in text_of(browser(CLERK).get("/office/watch").content)
    assert browser(CLERK).get("/supervise/watch").status_code == 403
    assert browser().get("/supervise/watch").status_code == 302


def test_what_is_due_and_what_is_red_is_seen_without_the_applicant(town: Town, late: str) -> None:
    client = browser(SUPERVISOR)
    page = text_of(client.get("/supervise/watch").content)
    assert late in page
    assert "红牌超时" in page
    assert "林照" not in page
    red = text_of(client.get("/supervise/cards?level=red").content)
    assert late in red
    card = next(row for row in cards(town, late) if row.card.clock == "TP")
    page = text_of(client.get(f"/supervise/cards/{REGION}/{card.id}").content)
    assert "升为红牌超时" in page
    assert "提醒经办人" in page
    assert client.get(f"/supervise/cards/{REGION}/00000000-0000-0000-0000-000000000000").status_code == 404


def test_an_appeal_is_made_at_the_desk_and_ruled_on_by_whoever_watches(town: Town, late: str) -> None:
    card = next(row for row in cards(town, late) if row.card.clock == "TP")
    desk, client = browser(CLERK), browser(SUPERVISOR)
    said = {"act": "appeal", "region": REGION, "card": card.id, "words": ""}
    answer = desk.post("/office/watch", said)
    assert answer.status_code == 422
    assert "没有写明申诉的理由" in text_of(answer.content)
    assert desk.post("/office/watch", said | {"words": "申请人要求暂缓"}).status_code == 303
    assert "等督查裁定" in text_of(desk.get("/office/watch").content)
    assert late in text_of(client.get("/supervise/cards?appealed=1").content)
    address = f"/supervise/cards/{REGION}/{card.id}"
    assert "申请人要求暂缓" in text_of(client.get(address).content)
    assert client.post(address, {"upheld": "no", "words": "没有凭据"}).status_code == 303
    assert "申诉不成立" in text_of(client.get(address).content)
    assert browser(OUTSIDER).post("/office/watch", said | {"words": "不服"}).status_code in (403, 409, 422)


def test_an_order_goes_out_is_answered_sent_back_and_closed(town: Town, late: str) -> None:
    client, desk = browser(SUPERVISOR), browser(CLERK)
    form = client.get(f"/supervise/orders/new?number={late}")
    said = {"number": late, "alarm": "overdue", "content": "", "rule": "", "key": hidden(form.content, "key")}
    answer = client.post("/supervise/orders/new", said)
    assert "没有写明督办内容" in text_of(answer.content)
    sent = client.post("/supervise/orders/new", said | {"content": "请今天办结"})
    assert sent.status_code == 303
    again = client.post("/supervise/orders/new", said | {"content": "请今天办结"})
    assert again["Location"] == sent["Location"]
    order = sent["Location"].rpartition("/")[2]
    assert "请今天办结" in text_of(desk.get(f"/office/watch/orders/{REGION}/{order}").content)
    assert "督〔2026〕第" in text_of(desk.get("/office/watch").content)
    assert browser(OUTSIDER).get(f"/office/watch/orders/{REGION}/{order}").status_code == 404
    assert desk.post(f"/office/watch/orders/{REGION}/{order}", {"words": "已经安排"}).status_code == 303
    assert client.post(sent["Location"], {"answer": "return", "words": "没有说哪天"}).status_code == 303
    assert "没有说哪天" in text_of(desk.get(f"/office/watch/orders/{REGION}/{order}").content)
    assert desk.post(f"/office/watch/orders/{REGION}/{order}", {"words": "明天办结"}).status_code == 303
    assert client.post(sent["Location"], {"answer": "accept", "words": "属实"}).status_code == 303
    page = text_of(client.get(sent["Location"]).content)
    assert "督查认可，办结" in page
    assert order in client.get("/supervise/orders").content.decode()
    assert "没有找到这件办件" in text_of(
        client.post("/supervise/orders/new", said | {"number": "990100nowhere", "content": "x", "key": "k"}).content
    )


def test_a_cause_is_given_at_the_desk_with_the_evidence_beside_it_and_confirmed(town: Town, late: str) -> None:
    client, desk = browser(SUPERVISOR), browser(CLERK)
    delay = delays.delay_of(case_id(town, late))
    assert late in text_of(desk.get("/office/watch").content)
    said = {"act": "cause", "region": REGION, "delay": delay, "cause": "", "words": ""}
    assert "请选择一个主要原因" in text_of(desk.post("/office/watch", said).content)
    assert "没有写明是什么原因" in text_of(desk.post("/office/watch", said | {"cause": "Z9"}).content)
    assert desk.post("/office/watch", said | {"cause": "O2"}).status_code == 303
    page = text_of(client.get("/supervise/causes").content)
    assert "环节积压" in page
    changed = {"region": REGION, "delay": delay, "cause": "O1", "words": ""}
    assert "改定原因没有写明理由" in text_of(client.post("/supervise/causes", changed).content)
    assert client.post("/supervise/causes", changed | {"words": "查了记录"}).status_code == 303
    row = kept.find_delay(town.platform.database, MACHINE.eyes, REGION, delay)
    assert row is not None
    assert (row.delay.cause, row.delay.confirmed_by != "") == ("O1", True)


def test_an_incident_is_recorded_by_hand_shown_at_the_desk_ended_and_voided(town: Town) -> None:
    client = browser(SUPERVISOR)
    key = hidden(client.get("/supervise/incidents").content, "key")
    began = town.platform.now() - timedelta(hours=1)
    said = {"act": "record", "key": key, "name": "网上申报打不开", "began_at": began.strftime("%Y-%m-%dT%H:%M")}
    assert "时间没有看懂" in text_of(client.post("/supervise/incidents", said | {"began_at": "昨天"}).content)
    assert client.post("/supervise/incidents", said).status_code == 303
    assert "网上申报打不开" in text_of(browser(CLERK).get("/office/watch").content)
    answer = client.get("/supervise/incidents")
    incident = hidden(answer.content, "incident")
    assert client.post("/supervise/incidents", {"act": "end", "incident": incident}).status_code == 303
    void = {"act": "void", "incident": incident, "reason": "演练"}
    assert client.post("/supervise/incidents", void).status_code == 303
    assert "已作废" in text_of(client.get("/supervise/incidents").content)
    assert browser(CLERK).post("/supervise/incidents", said).status_code == 403


def test_a_finding_is_dismissed_with_a_reason(town: Town) -> None:
    for _ in range(2):
        number = town.submit(AGENT, FOOD).number
        town.act(CLERK, number, acts.Claim())
    due = town.law(FOOD).calendar.add_working(town.platform.today(), town.law(FOOD).item.reply.number)
    town.clock.set(due)
    material = next(one for one in town.law(FOOD).item.materials if not one.held)
    town.act(CLERK, number, acts.AskCorrection((acts.Ask(material.key, "看不清", "重新上传", "食品安全法"),)))
    town.settle()
    clock_abuse.search_day(town.platform, due, town.platform.now())
    client = browser(SUPERVISOR)
    answer = client.get("/supervise/findings")
    assert "临期才通知补正" in text_of(answer.content)
    said = {"act": "dismiss", "region": REGION, "finding": hidden(answer.content, "finding"), "words": ""}
    assert "没有写明排除的理由" in text_of(client.post("/supervise/findings", said).content)
    assert client.post("/supervise/findings", said | {"words": "窗口当天才收到"}).status_code == 303
    assert "窗口当天才收到" in text_of(client.get("/supervise/findings").content)


def test_grades_are_shown_with_their_numbers_and_frozen_when_the_quarter_is_over(town: Town, late: str) -> None:
    client = browser(SUPERVISOR)
    page = text_of(client.get("/supervise/grades").content)
    assert "还没有结束" in page
    assert "督办逾期未答复" in page
    assert "评定本季度等次" not in page
    town.clock.set(date(2027, 1, 5))
    client, address = browser(SUPERVISOR), "/supervise/grades?quarter=2026-10-01"
    assert "评定本季度等次" in text_of(client.get(address).content)
    assert client.post(address).status_code == 303
    assert "评定于" in text_of(client.get(address).content)
    assert client.get("/supervise/grades?quarter=never").status_code == 200


def _counted(table: str) -> bytes:
    return f"SELECT count(*) AS number FROM {table}".encode()  # noqa: S608 — names of our own tables.


def test_no_table_of_watching_shows_more_than_its_cases(town: Town, late: str) -> None:
    """An office without a part in a case, an applicant and nobody see nothing; an official reads her own notices."""
    tables = ("watch", "clock_acts", "cards", "card_calls", "orders", "delays", "findings", "probe_readings")
    who = {"outsider": town.who(OUTSIDER), "applicant": town.who(AGENT)}
    for name, standing in who.items():
        with town.platform.database.seen_by(standing.eyes) as cursor:
            for table in tables:
                row = cursor.execute(_counted(table)).fetchone()
                assert row == {"number": 0}, f"{name} {table}"
            row = cursor.execute(
                b"SELECT count(*) AS number FROM journal WHERE subject_kind IN ('card', 'order', 'delay', 'finding')"
            ).fetchone()
            assert row == {"number": 0}, name
    with town.platform.database.seen_by(town.who(CLERK).eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS number FROM staff_notices WHERE account <> %s", (town.who(CLERK).actor.account,)
        ).fetchone()
        assert row == {"number": 0}
        row = cursor.execute("SELECT count(*) AS number FROM cards WHERE number = %s", (late,)).fetchone()
        assert row is not None
        assert row["number"] > 0
        row = cursor.execute(
            "SELECT count(*) AS number FROM grades WHERE whose = 'official' AND of <> %s", (CLERK,)
        ).fetchone()
        assert row == {"number": 0}
    assert staff_notices.unread(town.platform.database, town.who(CLERK).eyes) > 0
