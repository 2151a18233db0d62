"""工作日历: drafted, previewed, published by another person; running cases follow, and the old answers stay."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.town import CLERK, FOOD, HEAD, REGION, RESTAURANT, Town

from banjie.actions import calendar_rounds, calendars
from banjie.actions.exports import export_case
from banjie.actions.replay import replay
from banjie.demo.calendars import draft_next_year
from banjie.engine import journal_check
from banjie.engine.calendar_editions import Status
from banjie.engine.cases import KINDS, decision_timers, fold, running
from banjie.engine.cases.acts import Accept, Ask, AskCorrection, Claim
from banjie.engine.clock import TimerKind
from banjie.engine.codec import decode
from banjie.engine.ids import Malformed
from banjie.engine.proof import prove, to_json, verify
from banjie.engine.subject import Refused
from banjie.records import calendars as kept
from banjie.records import cases, journal
from banjie.records.people import MACHINE

NATION = "000000"
KEEPER = "wenshuyi"
TODAY = date(2026, 11, 24)
YEAR: dict[str, Any] = {
    "year": 2027,
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-02-05", "isOffDay": True},
        {"name": "春节", "date": "2027-02-08", "isOffDay": True},
        {"name": "春节", "date": "2027-02-06", "isOffDay": True},
        {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    ],
}


@pytest.fixture(autouse=True)
def at(town: Town) -> Iterator[None]:
    town.clock.set(TODAY)
    yield
    town.platform.laws.forget()


def accepted(town: Town) -> str:
    number = town.submit("linzhao", FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    return number


def file_of(**changes: object) -> bytes:
    return json.dumps(YEAR | changes, ensure_ascii=False).encode()


def due(town: Town, number: str, kind: TimerKind = TimerKind.STATUTORY) -> tuple[date, bool]:
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    law = town.platform.laws.law(REGION, found.case.item, found.case.edition)
    one = next(one for one in running(found.case, law, town.platform.today()) if one.timer.kind is kind)
    return one.reckoning.due_on, one.reckoning.provisional


def row_of(town: Town, number: str) -> dict[str, Any]:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT statutory_due, promised_due, due_on, wake_on, look_on FROM cases WHERE number = %s", (number,)
        ).fetchone()
    assert row is not None
    return row


def previewed(town: Town, row: kept.EditionRow) -> kept.Round:
    begun = calendars.preview(town.platform, town.who(KEEPER), row)
    calendar_rounds.make_round(town.platform, begun.region, begun.id)
    found = kept.find_round(town.platform.database, begun.region, begun.id)
    assert found is not None
    return found


def moved(town: Town, row: kept.EditionRow) -> kept.Round:
    """Both rounds that follow a publication."""
    for _ in range(2):
        found = kept.latest_round(town.platform.database, row.region, row.id, "move")
        assert found is not None
        calendar_rounds.make_round(town.platform, row.region, found.id)
    found = kept.latest_round(town.platform.database, row.region, row.id, "move")
    assert found is not None
    return found


def published(town: Town, region: str, day: str, kind: str, said: dict[str, Any] | None) -> kept.EditionRow:
    row = calendars.draft(town.platform, town.who(KEEPER), region)
    row = calendars.set_day(town.platform, town.who(KEEPER), row, day, kind, said)
    previewed(town, row)
    row = calendars.publish(town.platform, town.who(HEAD), row)
    moved(town, row)
    return row


def differences(town: Town) -> list[str]:
    found: list[str] = []
    replay(town.platform, lambda one: found.append(str(one)))
    return found


def test_the_demonstration_leaves_next_year_as_a_draft(town: Town) -> None:
    assert draft_next_year(town.platform) == 0, "there is no case yet"
    waiting = kept.draft_of(town.platform.database, NATION)
    assert waiting is not None
    assert calendars.faults(town.platform, waiting) == []
    assert waiting.edition.name == "全国2027"
    calendars.drop(town.platform, town.who(KEEPER), waiting, "让位给下面的故事")


def test_the_holidays_of_next_year_make_a_presumed_day_sure_and_the_applicant_is_told(town: Town) -> None:
    """Scenario 6: next year's holidays are missing; they are loaded; the day is reckoned anew, notices go out."""
    town.clock.set(date(2026, 12, 24))
    number = accepted(town)
    town.settle()
    before = due(town, number)
    assert before[1], "the day leans on a year nobody has published"
    row = calendars.draft(town.platform, town.who(KEEPER), NATION)
    row = calendars.upload(town.platform, town.who(KEEPER), row, file_of())
    assert row.edition.name == "全国2027"
    assert calendars.faults(town.platform, row) == []
    seen = previewed(town, row)
    assert seen.state == "done"
    assert seen.told["cases"] >= 1
    assert seen.told["later"] >= 1
    assert seen.told["firm"] >= 1
    assert seen.told["applicants"] >= 1
    assert any(one["number"] == number for one in seen.told["examples"])
    assert due(town, number) == before, "a preview changes nothing"
    # What a round has found names cases: an official at a desk does not read it.
    for username in (CLERK, KEEPER):
        with town.platform.database.seen_by(town.who(username).eyes) as cursor:
            rounds = cursor.execute("SELECT id FROM calendar_rounds").fetchall()
        assert rounds == [], username
    with pytest.raises(Refused, match="不能由起草人自己公布"):
        calendars.publish(town.platform, town.who(KEEPER), row)
    row = calendars.publish(town.platform, town.who(HEAD), row)
    assert row.edition.status is Status.PUBLISHED
    assert moved(town, row).state == "done"
    after = due(town, number)
    assert not after[1]
    assert after[0] > before[0]
    assert row_of(town, number)["statutory_due"] == after[0]
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    event = journal.history(town.platform.database, MACHINE.eyes, REGION, found.id)[-1]
    assert event.kind == "DeadlinesMoved"
    law_of = next(one for one in event.data["changes"] if one["timer"] == "TL")
    assert (law_of["was"], law_of["now"]) == (before[0].isoformat(), after[0].isoformat())
    town.settle()
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        told = cursor.execute(
            "SELECT body FROM messages WHERE case_id = %s AND kind = 'DeadlinesMoved'", (found.id,)
        ).fetchall()
    assert len(told) == 1
    assert "工作日历更新为“全国2027" in told[0]["body"]
    assert differences(town) == []


def test_a_local_closure_moves_what_is_open_and_leaves_what_is_over(town: Town) -> None:
    number = accepted(town)
    before, row_before = due(town, number)[0], row_of(town, number)
    published(town, REGION, "2026-11-25", "closed", {"date": "2026-11-25", "name": "寒潮停工"})
    after = due(town, number)[0]
    assert after > before
    assert row_of(town, number)["promised_due"] > row_before["promised_due"]
    published(town, REGION, "2026-11-25", "closed", None)
    assert due(town, number)[0] == before
    assert differences(town) == []


def test_a_round_done_again_moves_nothing_twice_and_one_interrupted_goes_on(town: Town) -> None:
    numbers = [accepted(town) for _ in range(3)]
    row = calendars.draft(town.platform, town.who(KEEPER), REGION)
    row = calendars.set_day(
        town.platform, town.who(KEEPER), row, "2026-11-26", "closed", {"date": "2026-11-26", "name": "停电检修"}
    )
    previewed(town, row)
    row = calendars.publish(town.platform, town.who(HEAD), row)
    one = kept.latest_round(town.platform.database, REGION, row.id, "move")
    assert one is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar_rounds, "PAGE", 2)
        pages = calendar_rounds.Sift.pages

        def killed(*given: Any) -> Iterator[Any]:
            for index, page in enumerate(pages(*given)):
                if index == 1:
                    raise KeyboardInterrupt
                yield page

        patch.setattr(calendar_rounds.Sift, "pages", killed)
        with pytest.raises(KeyboardInterrupt):
            calendar_rounds.make_round(town.platform, REGION, one.id)
        half = kept.find_round(town.platform.database, REGION, one.id)
        assert half is not None
        assert half.seen == 2
        patch.setattr(calendar_rounds.Sift, "pages", pages)
        calendar_rounds.make_round(town.platform, REGION, one.id)
    versions = {number: cases.find(town.platform.database, MACHINE.eyes, REGION, number) for number in numbers}
    assert all(found is not None and found.case.calendar == row.edition.serial for found in versions.values())
    moved(town, row)
    again = {number: cases.find(town.platform.database, MACHINE.eyes, REGION, number) for number in numbers}
    assert {n: f.version for n, f in versions.items() if f} == {n: f.version for n, f in again.items() if f}
    published(town, REGION, "2026-11-26", "closed", None)


def test_whoever_acts_before_the_round_comes_by_takes_the_new_calendar_along(town: Town) -> None:
    number = town.submit("linzhao", FOOD, holder=RESTAURANT).number
    row = calendars.draft(town.platform, town.who(KEEPER), REGION)
    row = calendars.set_day(
        town.platform, town.who(KEEPER), row, "2026-11-27", "closed", {"date": "2026-11-27", "name": "防汛演练"}
    )
    previewed(town, row)
    row = calendars.publish(town.platform, town.who(HEAD), row)
    done = town.act(CLERK, number, Claim())
    assert done.events == ("DeadlinesMoved", "Claimed")
    moved(town, row)
    assert town.case(number).calendar == row.edition.serial
    assert differences(town) == []
    published(town, REGION, "2026-11-27", "closed", None)


def test_a_correction_is_never_due_earlier_than_it_was_told(town: Town) -> None:
    number = town.submit("linzhao", FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    material = next(paper.material for paper in town.case(number).papers if not paper.held)
    town.act(CLERK, number, AskCorrection((Ask(material, "不清楚", "请重新扫描", "食品安全法第三十五条"),), days=5))
    told = town.case(number).corrections[-1].due_on
    published(town, REGION, "2026-11-28", "works", {"date": "2026-11-28", "name": "补班"})
    assert town.case(number).corrections[-1].due_on == told
    published(town, REGION, "2026-11-30", "closed", {"date": "2026-11-30", "name": "停电检修"})
    assert town.case(number).corrections[-1].due_on >= told
    assert differences(town) == []
    published(town, REGION, "2026-11-28", "works", None)
    published(town, REGION, "2026-11-30", "closed", None)


def test_a_preview_can_be_stopped_and_an_edition_needs_one_of_its_last_wording(town: Town) -> None:
    row = calendars.draft(town.platform, town.who(KEEPER), REGION)
    said = {"date": "2026-12-01", "name": "搬迁", "closes": "12:00", "counts": True}
    row = calendars.set_day(town.platform, town.who(KEEPER), row, "2026-12-01", "half_days", said)
    begun = calendars.preview(town.platform, town.who(KEEPER), row)
    assert kept.cancel_round(town.platform.database, REGION, begun.id, town.platform.now())
    calendar_rounds.make_round(town.platform, REGION, begun.id)
    with pytest.raises(Refused, match="还没有预览"):
        calendars.publish(town.platform, town.who(HEAD), row)
    seen = previewed(town, row)
    assert seen.told["cases"] == 0, "half a day counts as a whole one"
    row = calendars.set_day(
        town.platform, town.who(KEEPER), row, "2026-12-02", "closed", {"date": "2026-12-02", "name": "搬迁"}
    )
    with pytest.raises(Refused, match="预览之后草稿又改过"):
        calendars.publish(town.platform, town.who(HEAD), row)
    with pytest.raises(Refused, match="已经有一份草稿"):
        calendars.draft(town.platform, town.who(KEEPER), REGION)
    with pytest.raises(Refused, match="为什么作废"):
        calendars.drop(town.platform, town.who(KEEPER), row, " ")
    calendars.drop(town.platform, town.who(KEEPER), row, "改期")


def test_who_may_not_keep_a_calendar(town: Town) -> None:
    with pytest.raises(Refused, match="事项管理人员和机关负责人"):
        calendars.draft(town.platform, town.who(CLERK), REGION)
    with pytest.raises(Refused, match="事项管理人员和机关负责人"):
        calendars.draft(town.platform, town.who("miaoqinglu"), REGION)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "第1行"),
        (b"\xff\xfe", "不是UTF-8编码"),
        (file_of(year=2028), "不在2028年"),
        (file_of(days=YEAR["days"] + YEAR["days"][:1]), "出现两次"),
        (file_of(days=[{"name": "元旦", "date": "2027-02-30", "isOffDay": True}]), "不是有效的日期（2027-02-30）"),
        (json.dumps({"days": YEAR["days"]}).encode(), "没有年份"),
        (b'{"year": 2027, "year": 2028, "days": []}', "写了两次"),
    ],
)
def test_a_faulty_file_is_told_in_its_line(town: Town, content: bytes, said: str) -> None:
    waiting = kept.draft_of(town.platform.database, NATION)
    row = waiting or calendars.draft(town.platform, town.who(KEEPER), NATION, "试导")
    with pytest.raises(Malformed) as refusal:
        calendars.upload(town.platform, town.who(KEEPER), row, content)
    assert said in str(refusal.value)


def test_what_contradicts_itself_or_the_past_stands_against_publication(town: Town) -> None:
    waiting = kept.draft_of(town.platform.database, NATION)
    row = waiting or calendars.draft(town.platform, town.who(KEEPER), NATION, "试导")
    days = [*YEAR["days"], {"name": "元旦", "date": "2027-01-06", "isOffDay": False}]
    row = calendars.upload(town.platform, town.who(KEEPER), row, file_of(days=days))
    assert [str(one) for one in calendars.faults(town.platform, row)] == [
        "2027年1月6日（周三）：标为调休上班，但这天本来就是工作日。请删去这一天，或改成周末的日期"
    ]
    later = {"year": 2029, "days": [{"name": "元旦", "date": "2029-01-01", "isOffDay": True}]}
    row = calendars.upload(town.platform, town.who(KEEPER), row, file_of())
    row = calendars.upload(town.platform, town.who(KEEPER), row, json.dumps(later).encode())
    assert "中间缺了2028年" in str(calendars.faults(town.platform, row)[0])
    with pytest.raises(Refused, match="还有 1 处要改"):
        calendars.preview(town.platform, town.who(KEEPER), row)
    calendars.drop(town.platform, town.who(KEEPER), row, "试完了")
    row = calendars.draft(town.platform, town.who(KEEPER), REGION)
    row = calendars.set_day(
        town.platform, town.who(KEEPER), row, "2026-11-20", "closed", {"date": "2026-11-20", "name": "补记"}
    )
    assert "已经过去" in str(calendars.faults(town.platform, row)[0])
    row = calendars.set_day(
        town.platform, town.who(KEEPER), row, "2026-11-20", "half_days", {"date": "2026-11-29", "name": "周日"}
    )
    assert "本来就不上班" in str(calendars.faults(town.platform, row)[0])
    calendars.drop(town.platform, town.who(KEEPER), row, "试完了")


def test_the_old_answer_and_the_new_one_can_both_be_proved(town: Town) -> None:
    number = accepted(town)
    published(town, REGION, "2026-11-26", "closed", {"date": "2026-11-26", "name": "停电检修"})
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    law, today = town.platform.laws.law(REGION, FOOD, found.case.edition), town.platform.today()
    entries = journal.history(town.platform.database, MACHINE.eyes, REGION, found.id)
    before = fold(tuple(decode(KINDS[one.kind], one.data) for one in entries if one.kind != "DeadlinesMoved"))
    answers = []
    for case in (before, found.case):
        timer = decision_timers(case, law)[0]
        document = to_json(prove(timer, case.pauses, law.calendar_of(case), today, law.rules))
        verdict = verify(document)
        assert verdict.ok, verdict.sentence
        assert verify(document, law.calendar_of(case)).ok
        answers.append((str(document["due_on"]), law.calendar_of(case).edition))
    assert answers[0][0] < answers[1][0]
    assert answers[0][1] != answers[1][1]
    export = export_case(town.platform, MACHINE.eyes, REGION, number)
    assert journal_check.verify(export).ok
    published(town, REGION, "2026-11-26", "closed", None)
