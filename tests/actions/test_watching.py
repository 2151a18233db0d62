"""A case under watch: its cards, the ladder, the order, the cause with its evidence, incidents, the nightly search."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.town import AGENT, CLERK, DECIDER, FOOD, HEAD, INSPECTOR, REGION, REVIEWER, SECOND_INSPECTOR, Town

from banjie.actions import clock_abuse, delays, grades, incidents, supervision, watching
from banjie.actions.replay import replay
from banjie.engine.cards import CardStatus
from banjie.engine.cases import acts
from banjie.engine.clock_abuse import FindingStatus, Pattern
from banjie.engine.delay_causes import Cause, DelayStatus
from banjie.engine.grades import Grade, Whose
from banjie.engine.incidents import IncidentStatus, Reading
from banjie.engine.subject import Refused
from banjie.engine.supervision import Alarm, OrderStatus
from banjie.engine.watching import Level
from banjie.records import cases, journal, staff_notices
from banjie.records import clock_abuse as found_in
from banjie.records import grades as graded
from banjie.records import incidents as kept_incidents
from banjie.records import supervision as kept
from banjie.records import watching as watched
from banjie.records.grades import Subject
from banjie.records.people import MACHINE
from banjie.records.watching import CardRow

SUPERVISOR, LEADER = "lumingjian", "fangjiangyue"
ORGAN = "1199010000BJ00016Q"
FILED = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def first_morning(town: Town) -> Iterator[None]:
    town.clock.set(FILED)
    yield
    town.clock.set(date(2026, 11, 24))


def accepted(town: Town) -> str:
    """A case of the food licence: its promise is counted from the day it is filed."""
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.settle()
    return number


def cards_of(town: Town, number: str, clock: str = "TP") -> CardRow | None:
    rows = watched.cards_of_case(town.platform.database, MACHINE.eyes, REGION, case_id(town, number))
    return next((row for row in rows if row.card.clock == clock), None)


def case_id(town: Town, number: str) -> str:
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return found.id


def until(town: Town, number: str, level: Level) -> CardRow:
    """Lets days pass until the promise shows a card of that level."""
    for _ in range(60):
        row = cards_of(town, number)
        if row is not None and row.card.level is level:
            return row
        town.clock.move(days=1)
        town.settle()
    raise AssertionError(f"{number} 没有亮出{level}")


def told(town: Town, username: str) -> list[str]:
    return [one.subject for one in staff_notices.of_account(town.platform.database, town.who(username).eyes, 200)]


def test_a_promise_turns_yellow_then_red_and_the_ladder_is_climbed(town: Town) -> None:
    number = accepted(town)
    yellow = until(town, number, Level.YELLOW)
    assert yellow.card.due_on is not None
    assert any("黄牌预警" in one for one in told(town, CLERK))
    until(town, number, Level.RED)
    for _ in range(10):
        town.clock.move(days=1)
        town.settle()
    row = cards_of(town, number)
    assert row is not None
    assert row.card.rungs == 5
    for username in (DECIDER, HEAD, SUPERVISOR, LEADER):
        assert any("红牌超时" in one for one in told(town, username)), username
    history = [one.kind for one in _history(town, row)]
    assert history[-5:] == ["Called"] * 5
    assert history[0] == "Shown"


def _history(town: Town, row: CardRow) -> tuple:  # type: ignore[type-arg]  # entries of the journal, whatever they say
    return journal.history(town.platform.database, MACHINE.eyes, row.region, row.id)


def test_a_card_is_appealed_by_its_office_and_withdrawn_by_another(town: Town) -> None:
    number = accepted(town)
    row = until(town, number, Level.YELLOW)
    with pytest.raises(Refused, match="办件权限表"):
        watching.appeal(town.platform, town.who(SUPERVISOR), REGION, row.id, "不合理")
    watching.appeal(town.platform, town.who(CLERK), REGION, row.id, "申请人要求暂缓")
    with pytest.raises(Refused, match="办件权限表"):
        watching.rule(town.platform, town.who(CLERK), REGION, row.id, upheld=True, words="同意")
    watching.rule(town.platform, town.who(SUPERVISOR), REGION, row.id, upheld=True, words="情况属实")
    after = cards_of(town, number)
    assert after is not None
    assert after.card.status is CardStatus.WITHDRAWN
    assert any("申诉成立" in one for one in told(town, CLERK))
    until(town, number, Level.RED)  # It has got worse since, so it is shown again.
    again = cards_of(town, number)
    assert again is not None
    assert again.card.status is CardStatus.OPEN


def test_an_order_is_owed_escalated_answered_returned_and_closed(town: Town) -> None:
    number = accepted(town)
    who = town.who(SUPERVISOR)
    order = supervision.issue(town.platform, who, REGION, number, alarm=Alarm.OVERDUE, content="请说明进展", key="one")
    assert order == supervision.issue(
        town.platform, who, REGION, number, alarm=Alarm.OVERDUE, content="请说明进展", key="one"
    )
    assert any("督办单" in one for one in told(town, CLERK))
    for _ in range(9):
        town.clock.move(days=1)
        town.settle()
    row = kept.find_order(town.platform.database, who.eyes, REGION, order)
    assert row is not None
    assert row.order.rungs == 5
    assert any("逾期未答复" in one for one in told(town, HEAD))
    supervision.reply(town.platform, town.who(REVIEWER), REGION, order, "已经安排")
    supervision.send_back(town.platform, who, REGION, order, "没有说明哪天办结")
    supervision.reply(town.platform, town.who(CLERK), REGION, order, "明天办结")
    supervision.accept(town.platform, who, REGION, order, "已落实")
    row = kept.find_order(town.platform.database, who.eyes, REGION, order)
    assert row is not None
    assert row.order.status is OrderStatus.CLOSED
    assert row.order.was_late
    with pytest.raises(Refused):
        supervision.reply(town.platform, town.who(CLERK), REGION, order, "再答一次")
    with pytest.raises(Refused, match="办件权限表"):
        supervision.issue(
            town.platform, town.who(CLERK), REGION, number, alarm=Alarm.OVERDUE, content="自己督办", key="two"
        )


def approved(town: Town, number: str) -> None:
    town.act(REVIEWER, number, acts.StartReview())
    town.act(REVIEWER, number, acts.FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, acts.Approve("准予"))
    town.settle()


def test_a_late_case_has_one_cause_proposed_from_an_incident_urged_and_confirmed(town: Town) -> None:
    number = accepted(town)
    who = town.who(SUPERVISOR)
    now = town.platform.now()
    incidents.record(
        town.platform,
        who,
        name="网上申报打不开",
        words="",
        began_at=now - timedelta(hours=2),
        ended_at=now - timedelta(hours=1),
        key="x",
    )
    until(town, number, Level.RED)
    approved(town, number)
    subject = delays.delay_of(case_id(town, number))
    row = kept.find_delay(town.platform.database, who.eyes, REGION, subject)
    assert row is not None
    assert row.delay.proposal is Cause.OUTAGE
    assert any("网上申报打不开" in one.words for one in row.delay.evidence)
    with pytest.raises(Refused, match="还没有说明原因"):
        delays.confirm_cause(town.platform, who, REGION, subject, Cause.OUTAGE, "")
    for _ in range(4):
        town.clock.move(days=1)
        town.settle()
    row = kept.find_delay(town.platform.database, who.eyes, REGION, subject)
    assert row is not None
    assert row.delay.urgings >= 2
    with pytest.raises(Refused, match="没有写明是什么原因"):
        delays.give_cause(town.platform, town.who(CLERK), REGION, subject, Cause.OTHER, " ")
    delays.give_cause(town.platform, town.who(CLERK), REGION, subject, Cause.OUTAGE, "")
    delays.confirm_cause(town.platform, who, REGION, subject, Cause.OUTAGE, "")
    row = kept.find_delay(town.platform.database, who.eyes, REGION, subject)
    assert row is not None
    assert row.delay.status is DelayStatus.CONFIRMED
    with pytest.raises(Refused, match="已经督查确认"):
        delays.give_cause(town.platform, town.who(CLERK), REGION, subject, Cause.BACKLOG, "")
    counted = grades.counted(town.platform, who, Whose.ORGAN, Subject(REGION, ORGAN, "审批局"), FILED)
    assert counted.excused >= 1
    with pytest.raises(Refused, match="还没有结束"):
        grades.freeze(town.platform, who, Whose.ORGAN, Subject(REGION, ORGAN, "审批局"), FILED, town.platform.now())
    town.clock.set(date(2027, 1, 5))
    grades.freeze(town.platform, who, Whose.ORGAN, Subject(REGION, ORGAN, "审批局"), FILED, town.platform.now())
    frozen = graded.frozen(town.platform.database, who.eyes, date(2026, 10, 1), Whose.ORGAN)
    assert [one.of for one in frozen] == [ORGAN]
    assert frozen[0].grade in Grade
    town.settle()
    own = graded.own(town.platform.database, town.who(DECIDER).eyes)
    assert [one.of for one in own] == [DECIDER]
    assert graded.own(town.platform.database, who.eyes) == ()


def test_three_bad_looks_open_an_incident_three_good_ones_end_it(town: Town) -> None:
    number = accepted(town)
    row = until(town, number, Level.YELLOW)
    assert row.card.due_on is not None
    town.clock.set(row.card.due_on, 10)
    at, name = town.platform.now(), incidents.PAGE
    heard = [incidents.heard(town.platform, name, Reading(at + timedelta(minutes=n), None), at) for n in range(3)]
    assert heard == [0, 0, 1]
    going_on = kept_incidents.open_one(town.platform.database, REGION, name)
    assert going_on is not None
    assert going_on.incident.began_at == at
    assert any("系统故障" in one for one in told(town, CLERK))
    later = at + timedelta(minutes=10)
    ended = [
        incidents.heard(town.platform, name, Reading(later + timedelta(minutes=n), 20), later + timedelta(minutes=n))
        for n in range(3)
    ]
    assert ended == [0, 0, 1]
    assert kept_incidents.open_one(town.platform.database, REGION, name) is None
    again = cards_of(town, number)
    assert again is not None
    assert again.card.due_on == row.card.due_on  # The clock was not stopped by it.
    latest = kept_incidents.lately(town.platform.database, MACHINE.eyes, REGION)
    assert IncidentStatus.ENDED in {one.incident.status for one in latest}


def test_the_night_finds_late_corrections_batches_and_same_day_decisions(town: Town) -> None:
    corrected = town.submit(AGENT, FOOD).number
    town.act(CLERK, corrected, acts.Claim())
    batch = []
    for _ in range(5):
        number = accepted(town)
        town.act(REVIEWER, number, acts.StartReview())
        town.act(REVIEWER, number, acts.FinishStep("review", "齐全"))
        town.act(INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
        town.act(SECOND_INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
        batch.append(number)
    due = town.law(FOOD).calendar.add_working(FILED, town.law(FOOD).item.reply.number)
    town.clock.set(due)
    material = next(one for one in town.law(FOOD).item.materials if not one.held)
    town.act(CLERK, corrected, acts.AskCorrection((acts.Ask(material.key, "看不清", "重新上传", "食品安全法"),)))
    for number in batch:
        town.act(DECIDER, number, acts.Approve("准予"))
        town.clock.at += timedelta(seconds=5)
    town.settle()
    assert clock_abuse.search_day(town.platform, due, town.platform.now()) >= 2
    who = town.who(SUPERVISOR)
    found = {
        row.finding.pattern: row
        for row in found_in.of_regions(town.platform.database, who.eyes, [REGION])
        if row.finding.day == due
    }
    assert {number for _, number in found[Pattern.BATCH].finding.cases} == set(batch)
    assert found[Pattern.BATCH].finding.official == DECIDER
    assert [number for _, number in found[Pattern.LATE_CORRECTION].finding.cases] == [corrected]
    with pytest.raises(Refused, match="排除的理由"):
        clock_abuse.dismiss(town.platform, who, REGION, found[Pattern.BATCH].id, "")
    clock_abuse.dismiss(town.platform, who, REGION, found[Pattern.BATCH].id, "同一批现场核查一起办结")
    order = clock_abuse.make_order(town.platform, who, REGION, found[Pattern.LATE_CORRECTION].id, "请说明")
    assert kept.find_order(town.platform.database, who.eyes, REGION, order) is not None
    assert clock_abuse.search_day(town.platform, due, town.platform.now()) >= 2
    after = found_in.find(town.platform.database, who.eyes, REGION, found[Pattern.BATCH].id)
    assert after is not None
    assert after.finding.status is FindingStatus.DISMISSED


def test_every_history_of_watching_makes_what_is_stored(town: Town) -> None:
    differences: list[str] = []
    result = replay(town.platform, lambda one: differences.append(str(one)))
    assert differences == []
    assert result.subjects > 0
