"""History played again is what is stored; whatever is changed behind its back is found."""

import psycopg
import pytest
from tests.town import CLERK, DECIDER, FOOD, HYGIENE, INSPECTOR, REGION, RESTAURANT, REVIEWER, SOIL, Town

from banjie.actions.exports import export_case
from banjie.actions.perform import NotFound
from banjie.actions.replay import Difference, Replayed, replay
from banjie.engine.cases import Ask
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    AskCorrection,
    Claim,
    EndSpecial,
    FinishStep,
    Resubmit,
    StartReview,
    StartSpecial,
    Withdraw,
)
from banjie.engine.journal_check import verify
from banjie.records import cases
from banjie.records.people import MACHINE

AGENT = "xiachunhe"
ENGINEER = "fanhemu"


@pytest.fixture(scope="module")
def lived(town: Town) -> dict[str, str]:
    """Cases that have seen corrections, pauses, lateness, silence and a certificate; by a name each."""
    before = town.clock.at
    numbers = {}
    for name, item in (
        ("paused", SOIL),
        ("corrected", FOOD),
        ("silent", FOOD),
        ("granted", HYGIENE),
        ("given up", FOOD),
    ):
        agent, holder = ("zhouyibo", "c-qinghe") if item == SOIL else (AGENT, RESTAURANT)
        numbers[name] = town.submit(agent, item, holder=holder).number
        if name != "silent":
            town.act(CLERK, numbers[name], Claim())
    town.act(CLERK, numbers["paused"], Accept())
    town.act(ENGINEER, numbers["paused"], StartReview())
    town.act(ENGINEER, numbers["paused"], FinishStep("review", "可以组织评审"))
    town.act(ENGINEER, numbers["paused"], StartSpecial("expert_review", 3, "组织评审"))
    town.act(CLERK, numbers["granted"], Accept())
    town.act(DECIDER, numbers["granted"], Approve("承诺书完整"))
    asked = Ask("floor_plan", "看不清", "请重新上传", "食品安全法第三十三条")
    town.act(CLERK, numbers["corrected"], AskCorrection((asked,), 5))
    town.clock.move(days=2)
    plan = next(paper for paper in town.case(numbers["corrected"]).papers if paper.material == "floor_plan")
    town.act(AGENT, numbers["corrected"], Resubmit(papers=(plan,)))
    town.act(CLERK, numbers["corrected"], Accept())
    town.act(REVIEWER, numbers["corrected"], StartReview())
    town.act(CLERK, numbers["given up"], Accept())
    town.act(AGENT, numbers["given up"], Withdraw("不办了"))
    for _ in range(12):
        town.clock.move(days=1)
        town.settle()
    town.act(ENGINEER, numbers["paused"], EndSpecial("评审通过"))
    town.act(REVIEWER, numbers["corrected"], FinishStep("review", "一致"))
    town.act(INSPECTOR, numbers["corrected"], FinishStep("site_visit", "与图纸一致"))
    town.settle()
    town.clock.at = before
    return numbers


def played(town: Town) -> tuple[Replayed, list[Difference]]:
    differences: list[Difference] = []
    return replay(town.platform, differences.append), differences


def test_everything_follows_from_history(town: Town, lived: dict[str, str]) -> None:
    result, differences = played(town)
    assert [str(one) for one in differences] == []
    assert result.differences == 0
    assert result.subjects >= len(lived)
    assert result.events > 2 * result.subjects


CHANGES = {
    "a stage": ("UPDATE cases SET stage = 'approved' WHERE id = %(id)s", "stage"),
    "a due day": ("UPDATE cases SET due_on = due_on + 1 WHERE id = %(id)s", "due_on"),
    "a day to wake": ("UPDATE cases SET wake_on = '2031-01-01' WHERE id = %(id)s", "wake_on"),
    "a holder": ("UPDATE cases SET holder = 'p-linzhao' WHERE id = %(id)s", "holder"),
    "a hash": ("UPDATE cases SET last_hash = repeat('0', 64) WHERE id = %(id)s", "last_hash"),
    "a state": ("UPDATE cases SET state = '{}' WHERE id = %(id)s", "state"),
    "a worklist line": ("UPDATE tasks SET due_on = due_on + 1 WHERE case_id = %(id)s", "待办"),
    "a missing worklist line": ("DELETE FROM tasks WHERE case_id = %(id)s", "待办"),
    "an entry": (
        'UPDATE journal SET data = data || \'{"by": "somebody"}\' WHERE subject = %(id)s AND seq = 2',
        "第 2 条记录",
    ),
    "a missing entry": ("DELETE FROM journal WHERE subject = %(id)s AND seq = 2", "第 2 条记录"),
    "a lost history": ("DELETE FROM journal WHERE subject = %(id)s", "历史"),
}


@pytest.mark.parametrize(("change", "named"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_changed_behind_its_back_is_found(
    town: Town, lived: dict[str, str], database_server: object, change: str, named: str
) -> None:
    owner_url = database_server.url("postgres", "banjie")  # type: ignore[attr-defined]  # EmbeddedPostgres
    number = lived["corrected"]
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    with psycopg.connect(owner_url) as connection:
        for table, key in (("cases", "id"), ("tasks", "case_id"), ("journal", "subject")):
            keep = f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table} WHERE {key} = %s"  # noqa: S608 — constants.
            connection.execute(keep.encode(), (found.id,))
        connection.execute(change.encode(), {"id": found.id})
        connection.commit()
        try:
            result, differences = played(town)
            assert result.differences >= 1
            assert any(one.what.startswith(named) and one.subject == found.id for one in differences)
            assert {one.subject for one in differences} == {found.id}
        finally:
            connection.execute("DELETE FROM tasks WHERE case_id = %s", (found.id,))
            connection.execute("DELETE FROM journal WHERE subject = %s", (found.id,))
            connection.execute(
                "UPDATE cases c SET stage = k.stage, due_on = k.due_on, wake_on = k.wake_on, holder = k.holder,"
                " last_hash = k.last_hash, state = k.state FROM kept_cases k WHERE c.id = k.id"
            )
            connection.execute("INSERT INTO tasks SELECT * FROM kept_tasks")
            connection.execute("INSERT INTO journal OVERRIDING SYSTEM VALUE SELECT * FROM kept_journal")
            connection.commit()
    assert played(town)[0].differences == 0


def test_an_export_is_sound(town: Town, lived: dict[str, str]) -> None:
    for name, number in lived.items():
        verdict = verify(export_case(town.platform, MACHINE.eyes, REGION, number))
        assert verdict.ok, f"{name}: {verdict.sentence}"


def test_an_export_shows_no_more_than_its_reader_may_see(town: Town, lived: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        export_case(town.platform, town.who("zhouyibo").eyes, REGION, lived["corrected"])
