"""Scenario 19: a case pushed twice is one record; what does not fit lies in dead letters with a reason in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from tests.town import AGENT, CLERK, DECIDER, FOOD, INSPECTOR, REGION, REVIEWER, SECOND_INSPECTOR, Town

from banjie.actions.ports import NotReported
from banjie.actions.reporting import TRIES, send_again, send_report
from banjie.engine.cases.acts import Accept, Approve, Claim, FinishStep, StartReview
from banjie.engine.reporting import Record, RecordKind
from banjie.outside.demo_departments import serving
from banjie.outside.demo_reporting import PATH
from banjie.outside.reporting import HttpReporter
from banjie.records import reporting
from banjie.records.database import NOBODY
from banjie.records.people import MACHINE
from banjie.records.reporting import Kept

KEY = b"a key that both sides share"


class Upper:
    """A receiver that does as it is told."""

    def __init__(self) -> None:
        self.taken: list[Record] = []
        self.trouble: NotReported | None = None

    def send(self, record: Record) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(record)
        return f"收{len(self.taken)}"


@pytest.fixture
def upper(town: Town) -> Iterator[Upper]:
    """The town reports to it; jobs are not carried out by themselves, so each sending is the test's own."""
    made, before = Upper(), town.platform
    town.clock.set(date(2026, 11, 24))
    town.platform = replace(before, reporter=made)
    yield made
    town.platform = before


def approved(town: Town) -> str:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, Approve("符合条件"))
    town.settle()
    return number


def kept(town: Town, number: str) -> tuple[Kept, ...]:
    return reporting.of_case(town.platform.database, MACHINE.eyes, REGION, number)


def sent(town: Town, one: Kept) -> str:
    record = one.record
    return send_report(town.platform, REGION, record.project_no, record.kind.value, record.row_guid)


def test_every_step_becomes_a_record_and_goes_once(town: Town, upper: Upper) -> None:
    number = approved(town)
    rows = kept(town, number)
    kinds = [one.record.kind for one in rows]
    assert kinds.count(RecordKind.ACCEPT) == 1
    assert kinds.count(RecordKind.RESULT) == 1
    assert kinds.count(RecordKind.PROCESS) >= 4
    assert kinds.count(RecordKind.MATERIAL) >= 1
    assert {one.state for one in rows} == {"waiting"}
    assert all(sent(town, one).startswith("收") for one in rows)
    assert [sent(town, one) for one in rows] == [""] * len(rows)
    assert len(upper.taken) == len(rows)
    # The follower meets the whole history again: nothing is made or sent a second time.
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE followers SET xid = '0', position = 0 WHERE name = 'reactions'")
    town.settle()
    assert {one.state for one in kept(town, number)} == {"sent"}
    assert len(kept(town, number)) == len(rows)
    accept = next(one.record.fields for one in rows if one.record.kind is RecordKind.ACCEPT)
    assert accept["accept_date"] == "20261124"
    assert accept["org_name"] == "澜江市行政审批局"


def test_trouble_is_tried_again_and_then_laid_before_people(town: Town, upper: Upper) -> None:
    number = approved(town)
    one = next(row for row in kept(town, number) if row.record.kind is RecordKind.RESULT)
    upper.trouble = NotReported("接收方", "连不上", "系统会自动再试")
    for _ in range(TRIES - 1):
        with pytest.raises(NotReported):
            sent(town, one)
    assert sent(town, one) == ""
    [dead] = [row for row in kept(town, number) if row.state == "dead"]
    assert (dead.label, dead.reason, dead.tries) == ("接收方", "连不上", TRIES)
    upper.trouble = None
    assert send_again(town.platform, dead)
    assert sent(town, dead) == "收1"
    assert not send_again(town.platform, dead)


def test_what_does_not_fit_is_held_with_its_reason_and_nobody_else_sees_it(town: Town, upper: Upper) -> None:
    number = approved(town)
    one = next(row for row in kept(town, number) if row.record.kind is RecordKind.MATERIAL)
    record = replace(one.record, fields={**one.record.fields, "material_name": "长" * 201, "get_type": "8"})
    about = {"case_id": one.case_id, "organ": one.organ, "item_name": one.item_name}
    changed = reporting.put(town.platform.database, REGION, record, about, town.clock())
    assert changed is not None
    assert sent(town, changed) == ""
    [held] = [row for row in kept(town, number) if row.state == "held"]
    assert held.label == "材料名称"
    assert held.reason == "有 201 个字符，最多 200 个（另有 1 处）"
    assert held.remedy == "请缩短材料名称"
    assert not send_again(town.platform, held)
    assert sent(town, held) == ""
    assert not upper.taken
    assert reporting.stuck(town.platform.database, NOBODY, [REGION]) == ()


@contextmanager
def province() -> "Iterator[tuple[HttpReporter, object]]":
    with serving(KEY) as server:
        yield HttpReporter(f"{server.url}{PATH}", KEY), server.province


def test_over_http_the_receiver_keeps_one_record_for_one_key_and_refuses_in_words(town: Town) -> None:
    record = Record(RecordKind.RESULT, "990100-20261124-0000001", "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11", {"a": "1"})
    with province() as (reporter, upper):
        assert reporter.send(record) == reporter.send(record) == "省收000001"
        assert len(upper.records) == 1  # type: ignore[attr-defined]  # the province of the demonstration
        with pytest.raises(NotReported) as refused:
            reporter.send(replace(record, fields={"task_code": "1199010000BJ00016Q3990100000005"}))
        assert refused.value.final
        assert "没有在省平台登记" in refused.value.reason
        wrong = HttpReporter(reporter._url, b"another key")
        with pytest.raises(NotReported) as unsigned:
            wrong.send(record)
        assert not unsigned.value.final
    gone = HttpReporter("http://127.0.0.1:9/province/reports", KEY, failures=2)
    for words in ("连不上", "连不上", "连续失败"):
        with pytest.raises(NotReported, match=words):
            gone.send(record)
