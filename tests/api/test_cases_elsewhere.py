"""Departments tell of their cases: each answered by itself, sent again nothing changes, only for one's own organ."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.calling import Callers, assert_problem
from tests.town import AGENT, CLERK, REGION, Town

from banjie.api import cases_elsewhere as door
from banjie.records import external_cases
from banjie.records.external_cases import Wanted
from banjie.records.people import MACHINE

PATH = "/departments/cases"


@pytest.fixture(autouse=True)
def here(town: Town) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "platform", lambda: town.platform)
        yield


def organ_of(town: Town, username: str) -> str:
    return next(post.office for post in town.who(username).posts)


def case(organ: str, number: str, **changes: object) -> dict[str, object]:
    step = {"id": "1", "activity": "受理", "at": "2026-11-03T10:00:00+08:00", "meaning": "accepted", "office": "水政科"}
    return {
        "number": number,
        "organ": organ,
        "item_name": "取水许可",
        "started_at": "2026-11-02T09:00:00",
        "due_at": "2026-11-20",
        "ended_at": "2026-11-20T16:00:00+08:00",
        "steps": [step],
    } | changes


def test_each_case_has_its_answer_and_a_batch_sent_again_changes_nothing(town: Town, callers: Callers) -> None:
    organ = organ_of(town, CLERK)
    batch: dict[str, Any] = {
        "source": "water",
        "cases": [
            case(organ, "S-1"),
            case(organ, "S-2", ended_at="2026-11-21T09:00:00+08:00"),
            case("11990100MB0000000X", "S-3"),
            case(organ, "S-4", started_at="去年"),
            case(organ, "S-1"),
            case(organ, "S-5", due_at=""),
        ],
    }
    answer = callers(CLERK).post(PATH, batch)
    assert answer.status == 200, answer.content.decode()
    found = answer.json
    assert [one["result"] for one in found["cases"]] == ["new", "new", "refused", "refused", "refused", "new"]
    assert (found["imported"], found["refused"]) == (3, 3)
    assert found["cases"][2]["field"] == "organ"
    assert found["cases"][3]["reason"] == "“去年”不是时间"
    assert found["cases"][5]["remarks"][0]["reason"].startswith("没有截止时间")
    late = external_cases.listed(
        town.platform.database, MACHINE.eyes, [REGION], Wanted(show="late", source="water"), town.clock()
    )
    assert [one.number for one in late] == ["S-2"]
    again = callers(CLERK).post(PATH, batch).json
    assert [one["result"] for one in again["cases"]][:2] == ["unchanged", "unchanged"]
    batch["cases"] = [case(organ, "S-2")]
    assert callers(CLERK).post(PATH, batch).json["cases"][0]["result"] == "changed"


def test_nobody_tells_of_another_organ_or_without_a_post(town: Town, callers: Callers) -> None:
    organ = organ_of(town, CLERK)
    batch = {"source": "water", "cases": [case(organ, "N-1")]}
    told = callers(AGENT).post(PATH, batch).json["cases"][0]
    assert told["result"] == "refused"
    assert "您不能办理“报送办件”" in told["reason"]
    assert_problem(callers().post(PATH, batch), 401)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        {"source": "a b", "cases": [{}]},
        {"source": "water", "cases": []},
        {"source": "water", "cases": [{"x": 1}]},
    ],
    ids=["断的", "来源不对", "空的", "看不懂"],
)
def test_what_cannot_be_read_is_named(callers: Callers, body: Any) -> None:
    answer = callers(CLERK).post(PATH, body)
    assert answer.status in (400, 422), answer.content.decode()
    assert_problem(answer, answer.status)
