"""The supervisor's pages over cases of elsewhere, reporting and flow: sums, lists, maps, forecasts, and who may not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from tests.town import AGENT, CLERK, DECIDER, FOOD, HEAD, INSPECTOR, REGION, REVIEWER, SECOND_INSPECTOR, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.cases_elsewhere import identifier, take
from banjie.actions.flow import follow_flow
from banjie.engine import external_cases as law
from banjie.engine.calendar import CHINA
from banjie.engine.cases.acts import Accept, Approve, Claim, FinishStep, StartReview
from banjie.engine.reporting import Record, RecordKind
from banjie.records import flow, reporting
from banjie.records.flow import Wanted
from banjie.records.people import MACHINE

SUPERVISOR = "lumingjian"
MONTHS = (date(2026, 1, 1), date(2027, 1, 1))


class Upper:
    """A receiver that takes everything."""

    def send(self, record: Record) -> str:
        return record.row_guid


@pytest.fixture(scope="module")
def scene(town: Town) -> Town:
    """Thirty finished cases and three in hand of a department, and one of our own, counted by the follower."""
    town.clock.set(date(2026, 11, 24))
    now = town.clock()
    told = []
    for place in range(33):
        began = datetime(2026, 8, 3, 9, tzinfo=CHINA) + timedelta(days=3 * place)
        is_open = place >= 30
        began = datetime(2026, 11, 19, 9, tzinfo=CHINA) if is_open else began
        days = (4, 6, 9)[place % 3]
        steps = [
            law.Step("1", "收件", began, by="甲", office="综合窗口"),
            law.Step("2", "审查", began + timedelta(days=1), by="乙", office="水政科"),
        ]
        if not is_open:
            steps += [
                law.Step("3", "收件", began + timedelta(days=2), by="甲", office="综合窗口"),
                law.Step("4", "审查", began + timedelta(days=days - 1), by="乙", office="水政科"),
            ]
        facts = law.Facts(
            started_at=began,
            organ_name="水利局",
            item_name="取水许可",
            due_at=began + timedelta(days=7),
            ended_at=None if is_open else began + timedelta(days=days),
        )
        told.append(law.examine(law.Report("water", f"W-{place:03d}", REGION, facts, tuple(steps)), now))
    take(town.platform, told, actor=MACHINE)
    number = town.submit(AGENT, FOOD).number
    for who, act in (
        (CLERK, Claim()),
        (CLERK, Accept()),
        (REVIEWER, StartReview()),
        (REVIEWER, FinishStep("review", "齐全")),
        (INSPECTOR, FinishStep("site_visit", "一致")),
        (SECOND_INSPECTOR, FinishStep("site_visit", "一致")),
        (DECIDER, Approve("符合条件")),
    ):
        town.act(who, number, act)
    while follow_flow(town.platform, now):
        pass
    return town


@pytest.fixture(autouse=True)
def pages(scene: Town) -> Iterator[None]:
    scene.clock.set(date(2026, 11, 24))
    with at_town(scene):
        yield


def test_sums_are_those_of_the_history_and_count_once(scene: Town) -> None:
    wanted = Wanted((REGION,), *MONTHS, "water:取水许可")
    edges = {
        (one.source, one.target): one for one in flow.process_map(scene.platform.database, MACHINE.eyes, wanted).edges
    }
    assert edges["start", "收件"].count == 33
    assert edges["收件", "审查"].count == 63
    assert edges["收件", "审查"].rework == 30
    assert edges["审查", "收件"].rework == 30
    assert edges["审查", "收件"].seconds == 30 * 86400
    [month] = [one for one in flow.kept(scene.platform.database, MACHINE.eyes, wanted) if one.key == "2026-09-01"]
    assert month.decided > 0
    decided = flow.kept(scene.platform.database, MACHINE.eyes, wanted)
    assert (sum(one.decided for one in decided), sum(one.late for one in decided)) == (30, 10)
    assert follow_flow(scene.platform, scene.clock()) == 0


def test_the_page_shows_map_bottlenecks_promises_and_a_forecast_with_its_record(scene: Town) -> None:
    client = browser(SUPERVISOR)
    page = client.get("/supervise/flow", {"item": "water:取水许可", "from": "2026-01", "to": "2026-11"})
    assert page.status_code == 200
    words = text_of(page.content)
    assert "<svg" in page.content.decode()
    assert "水政科" in words
    assert "照现在 2 个人，到 2026年11月27日 会有" in words
    assert "只看中位数" in words
    assert "2026年9月" in words
    fewer = text_of(client.get("/supervise/flow", {"item": "water:取水许可", "people": "1"}).content)
    assert "照现在 1 个人" in fewer
    own = text_of(client.get("/supervise/flow", {"item": FOOD}).content)
    assert "准予许可" in own
    for strange in ({"item": "\x00"}, {"item": "none"}, {"from": "x", "to": "1"}, {"people": "-3", "organ": "'"}):
        assert client.get("/supervise/flow", strange).status_code == 200


def test_logs_have_the_structure_of_their_standards_and_name_nobody(scene: Town) -> None:
    client = browser(SUPERVISOR)
    content = b"".join(client.get("/supervise/flow/export.xes").streaming_content)  # type: ignore[attr-defined]  # a stream
    root = ElementTree.fromstring(content)  # noqa: S314 — we have just written it ourselves.
    space = "{http://www.xes-standard.org/}"
    traces = root.findall(f"{space}trace")
    assert len(traces) == 34
    for event in root.iter(f"{space}event"):
        keys = {child.get("key") for child in event}
        assert {"concept:name", "time:timestamp"} <= keys
    text = content.decode()
    assert "林照" not in text
    assert CLERK not in text
    log = json.loads(b"".join(client.get("/supervise/flow/export.ocel").streaming_content))  # type: ignore[attr-defined]  # a stream
    assert set(log) == {"events", "objects", "objectTypes", "eventTypes"}
    ids = {one["id"] for one in log["objects"]}
    kinds, types = ({one["name"] for one in log[name]} for name in ("objectTypes", "eventTypes"))
    assert {one["type"] for one in log["objects"]} <= kinds
    assert {one["type"] for one in log["events"]} <= types
    assert all(relation["objectId"] in ids for one in log["events"] for relation in one["relationships"])
    assert len({one["id"] for one in log["events"]}) == len(log["events"])


def test_cases_of_elsewhere_are_listed_opened_and_kept_from_others(scene: Town) -> None:
    client = browser(SUPERVISOR)
    page = text_of(client.get("/supervise/elsewhere").content)
    assert "W-032" in page
    assert "按期办结率" in page
    late = text_of(client.get("/supervise/elsewhere?show=late&source=water").content)
    assert "办结，超期" in late
    assert "W-032" not in late
    found = text_of(client.get("/supervise/elsewhere?number=W-00").content)
    assert "W-003" in found
    assert "W-010" not in found
    address = f"/supervise/elsewhere/{REGION}/{identifier(REGION, 'water', 'W-002')}"
    case = text_of(client.get(address).content)
    assert "取水许可" in case
    assert "前面等了" in case
    assert client.get(f"/supervise/elsewhere/{REGION}/{identifier(REGION, 'water', 'none')}").status_code == 404
    assert browser(CLERK).get(address).status_code in (403, 404)
    for strange in ("?after=x", "?after=2026-01-01T00:00:00_x", "?show=none", "?number=%25", "?organ=%00"):
        assert client.get(f"/supervise/elsewhere{strange}").status_code == 200


def test_a_head_sees_what_her_organ_told_and_nothing_else(scene: Town) -> None:
    organ = next(post.office for post in scene.who(HEAD).posts)
    began = datetime(2026, 11, 3, 9, tzinfo=CHINA)
    facts = law.Facts(started_at=began, organ=organ, organ_name="本机关", item_name="户外广告")
    take(scene.platform, [law.examine(law.Report("own", "H-1", REGION, facts), scene.clock())], actor=MACHINE)
    while follow_flow(scene.platform, scene.clock()):
        pass
    client = browser(HEAD)
    page = text_of(client.get("/supervise/elsewhere").content)
    assert "H-1" in page
    assert "W-0" not in page
    hidden = f"/supervise/elsewhere/{REGION}/{identifier(REGION, 'water', 'W-002')}"
    assert client.get(hidden).status_code == 404
    words = text_of(client.get("/supervise/flow", {"item": "water:取水许可"}).content)
    assert "水政科" not in words
    log = b"".join(client.get("/supervise/flow/export.xes").streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    assert "取水许可" not in log
    assert client.get("/supervise/reporting").status_code == 403
    assert browser(AGENT).get("/supervise/elsewhere").status_code == 403


def test_dead_letters_say_why_and_go_again_once_mended(scene: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record(
        RecordKind.MATERIAL,
        "990100-20261124-0000001",
        "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11",
        {"project_no": "990100-20261124-0000001", "material_name": "营业执照", "get_type": "2", "get_num": "两份"},
    )
    about = {"case_id": "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c12", "organ": "x", "item_name": "食品经营许可"}
    kept = reporting.put(scene.platform.database, REGION, record, about, scene.clock())
    assert kept is not None
    reporting.settle(
        scene.platform.database,
        kept,
        scene.clock(),
        state="dead",
        trouble=("收取数量", "“两份”不是整数", "请联系系统管理员"),
    )
    monkeypatch.setattr(scene, "platform", replace(scene.platform, reporter=Upper()))
    client = browser(SUPERVISOR)
    page = text_of(client.get("/supervise/reporting").content)
    assert "“两份”不是整数" in page
    assert "没有报上去" in page
    address = f"/supervise/reporting/{REGION}/{record.project_no}/{record.kind}/{record.row_guid}/again"
    address = address.removesuffix("/again")
    again = client.post(address, follow=True)
    assert "还是不合要求" in text_of(again.content)
    reporting.put(
        scene.platform.database, REGION, replace(record, fields={**record.fields, "get_num": "2"}), about, scene.clock()
    )
    assert "都报上去了" in text_of(client.get("/supervise/reporting").content)
    assert browser(CLERK).post(address).status_code in (403, 404)
