"""The leader's board, the explorer and the cases behind each figure, for whoever may look."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types.
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.figures import follow_figures
from banjie.engine.cases import Delivery
from banjie.engine.cases.acts import Accept, Approve, Claim, Deliver, FinishStep, StartReview
from banjie.records import figures_snapshots
from banjie.records.people import MACHINE
from banjie.web.figures_files import csv_file, xlsx_file

LEADER, SUPERVISOR, HEAD = "fangjiangyue", "lumingjian", "meilanting"
ORGAN = "1199010000BJ00016Q"


def decide(town: Town, on: date, decided_on: date, *, way: Delivery = Delivery.ELECTRONIC) -> str:
    town.clock.set(on)
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.clock.set(decided_on)
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, Approve("准予"))
    town.act(CLERK, number, Deliver(way, "回执"))
    return number


def content(answer: Any) -> bytes:
    """All of an answer that is sent in parts."""
    return b"".join(answer.streaming_content)


@pytest.fixture(scope="module")
def decided(town: Town) -> tuple[str, str]:
    """A case decided in time and one decided late, in November."""
    numbers = decide(town, date(2026, 11, 2), date(2026, 11, 4)), decide(town, date(2026, 11, 2), date(2026, 11, 23))
    town.clock.set(date(2026, 11, 24))
    while follow_figures(town.platform, town.platform.now()):
        pass
    return numbers


@pytest.fixture(autouse=True)
def pages(town: Town, decided: tuple[str, str]) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


@pytest.mark.parametrize("who", [LEADER, SUPERVISOR, HEAD])
def test_the_board_shows_five_figures_with_target_and_opens_to_cases(who: str, decided: tuple[str, str]) -> None:
    client = browser(who)
    answer = client.get("/lead")
    assert answer.status_code == 200
    page, html = text_of(answer.content), answer.content.decode()
    assert html.count('class="bj-kpi__label"') == 5
    for words in (
        "按期办结率",
        "超期",
        "办理提速率",
        "全程网办率",
        "平均跑动次数",
        "目标 95%",
        "数据截至",
        "需要您过问的三件事",
    ):
        assert words in page
    links = [unescape(one) for one in re.findall(r'class="bj-kpi__link" href="([^"]+)"', html)]
    assert len(links) == 5
    for link in links:
        assert client.get(link).status_code == 200
    late = text_of(client.get(links[0]).content)
    assert decided[1] in late
    assert decided[0] not in late, "what brings the share down is shown first"
    assert "林照" not in late


def test_a_leader_lands_on_the_board_and_works_on_no_case(town: Town, decided: tuple[str, str]) -> None:
    assert browser(LEADER).get(f"/office/cases/{REGION}/{decided[0]}").status_code == 403
    for who in (AGENT, CLERK, "haoqinghe"):
        for address in ("/lead", "/figures", "/figures/cases", "/figures/cases.csv"):
            assert browser(who).get(address).status_code == 403
    assert browser().get("/lead").status_code == 302


def test_a_head_cannot_ask_for_the_city_or_another_organ(decided: tuple[str, str]) -> None:
    client = browser(HEAD)
    for scope in (REGION, f"{REGION}:1199010000BJ00032E", "990121", "x", "\x00", "990100:'"):
        page = text_of(client.get("/lead", {"scope": scope}).content)
        assert "澜江市行政审批局：2026年11月" in page


def test_who_may_not_see_cases_of_a_place_gets_neither_count_nor_case(town: Town, decided: tuple[str, str]) -> None:
    account = town.who("mayouting").actor.account
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO posts (region, account, role, office, name) VALUES ('990104', %s, 'supervisor', 'x', '督查')",
            (account,),
        )
    try:
        client = browser("mayouting")
        for scope in (REGION, f"{REGION}:{ORGAN}", "990104"):
            answer = client.get("/figures/cases", {"scope": scope, "indicator": "on_time", "part": "all"})
            page = text_of(answer.content)
            assert "没有这样的办件" in page
            assert decided[0] not in page
            assert "江右区：2026年11月" in text_of(client.get("/lead", {"scope": scope}).content)
            body = content(client.get("/figures/cases.csv", {"scope": scope, "indicator": "decided"}))
            assert len(body.decode().splitlines()) == 1
    finally:
        with town.platform.database.seen_by(MACHINE.eyes) as cursor:
            cursor.execute("DELETE FROM posts WHERE account = %s AND role = 'supervisor'", (account,))


@pytest.mark.parametrize("by", ["region", "organ", "item", "official", "channel", "period", "nonsense"])
def test_the_explorer_takes_every_figure_apart(by: str) -> None:
    client = browser(SUPERVISOR)
    for indicator in ("on_time", "speed", "trips", "silent", "nonsense"):
        answer = client.get("/figures", {"indicator": indicator, "by": by, "period": "2026Q4"})
        assert answer.status_code == 200
        page = text_of(answer.content)
        assert "这个数怎么算" in page
        assert "数据表" in page
        for link in re.findall(r'href="(/figures/cases\?[^"]+)"', answer.content.decode())[:2]:
            assert client.get(unescape(link)).status_code == 200


def test_tables_can_be_taken_away(decided: tuple[str, str]) -> None:
    client = browser(SUPERVISOR)
    asked = {"indicator": "on_time", "by": "organ", "period": "2026-11"}
    answer = client.get("/figures.csv", asked)
    lines = list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))
    assert lines[0][0] == "机关"
    assert any(line[0] == "澜江市行政审批局" and int(line[2]) < int(line[3]) for line in lines[1:])
    book = load_workbook(io.BytesIO(content(client.get("/figures.xlsx", asked))))
    assert book.worksheets[0].cell(1, 1).value == "机关"
    cases = content(client.get("/figures/cases.csv", {"indicator": "decided"})).decode()
    assert decided[0] in cases
    assert decided[1] in cases
    assert "林照" not in cases
    assert client.get("/figures/cases.pdf").status_code == 404


def test_a_list_goes_on_from_its_last_line(decided: tuple[str, str]) -> None:
    client = browser(SUPERVISOR)
    for after in (
        "2026-11-04_00000000-0000-0000-0000-000000000000",
        "x",
        "2026-11-04_zz",
        "\x00_",
        "2026-11-04_" + "f" * 32,
    ):
        asked = {"indicator": "decided", "after": after}
        assert client.get("/figures/cases", asked).status_code == 200


def test_a_frozen_board_stays_when_the_figures_move(town: Town, decided: tuple[str, str]) -> None:
    client = browser(LEADER)
    answer = client.post("/lead/freeze", {"scope": REGION, "period": "2026-11"})
    assert answer.status_code == 303
    address = answer.headers["Location"]
    before = text_of(client.get(address).content)
    assert "方江月" in before
    decide(town, date(2026, 11, 3), date(2026, 11, 5))
    town.clock.set(date(2026, 11, 24))
    while follow_figures(town.platform, town.platform.now()):
        pass
    after = text_of(client.get(address).content)
    assert "变了" in after
    code = re.search(r"校验码（SHA-256）： ?([0-9a-f]{64})", after)
    assert code is not None
    assert code.group(1) in before
    assert "对不上" not in after
    assert browser(HEAD).get(address).status_code == 404, "the whole city is not the head's to see"
    assert browser(CLERK).get(address).status_code == 403
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        frozen = figures_snapshots.latest(cursor, REGION, "")
        assert frozen
        assert all(one.is_whole for one in frozen)


def test_a_frozen_board_cannot_be_changed(town: Town) -> None:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT has_table_privilege('banjie_app', 'figure_snapshots', 'UPDATE') AS changes,"
            " has_table_privilege('banjie_app', 'figure_snapshots', 'DELETE') AS goes"
        )
        assert cursor.fetchone() == {"changes": False, "goes": False}


def test_a_million_lines_are_sent_as_they_are_read() -> None:
    alive = 0

    @contextmanager
    def lines() -> Iterator[Iterator[tuple[str, int]]]:
        def many() -> Iterator[tuple[str, int]]:
            nonlocal alive
            for number in range(1_000_000):
                alive = number
                yield ("=1+1", number)

        yield many()

    answer = csv_file("办件", ("编号", "数"), lines)
    parts: Iterator[bytes] = iter(answer.streaming_content)  # type: ignore[arg-type]  # made by a plain generator.
    first = next(parts)
    assert alive < 1000, "the first part leaves when few lines have been read"
    assert first.decode().splitlines()[1] == "'=1+1,0"
    largest, total = len(first), first.count(b"\n")
    for part in parts:
        largest, total = max(largest, len(part)), total + part.count(b"\n")
    assert total == 1_000_001
    assert largest < 64 * 1024


def test_a_workbook_goes_on_another_sheet_when_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banjie.web.figures_files.SHEET", 10)

    @contextmanager
    def lines() -> Iterator[list[tuple[str, int]]]:
        yield [("甲", number) for number in range(25)]

    book = load_workbook(io.BytesIO(content(xlsx_file("办件", ("名", "数"), lines))))
    assert [sheet.max_row for sheet in book.worksheets] == [11, 11, 6]
