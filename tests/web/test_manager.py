"""Items under management: gates with their remedies, what changed, and publication by two people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.town import REGION, SUSPENSION, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions import publishing
from banjie.records import catalogue
from banjie.records.catalogue import State

FIRST = "wenshuyi"
SECOND = "gejiajun"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


def address(edition: int, code: str = SUSPENSION) -> str:
    return f"/manage/items/{REGION}/{code}/{edition}"


def newest(town: Town) -> int:
    row = catalogue.latest(town.platform.database, REGION, SUSPENSION)
    assert row is not None
    return row.edition


def in_force(town: Town) -> int:
    rows = catalogue.editions_of(town.platform.database, REGION, SUSPENSION)
    return next(row.edition for row in rows if row.state is State.PUBLISHED)


def test_items_are_listed_by_state_and_words() -> None:
    client = browser(FIRST)
    page = text_of(client.get("/manage/").content)
    assert "食品经营许可" in page
    assert "已公布" in page
    found = text_of(client.get("/manage/?q=药品&state=published").content)
    assert "药品经营许可" in found
    assert "食品经营许可" not in found
    assert "没有符合条件的事项" in text_of(client.get("/manage/?q=没有这样的事").content)
    assert client.get("/manage/?state=none&page=-3&q=%00").status_code == 200


def test_one_person_drafts_and_another_one_publishes(town: Town) -> None:
    before = in_force(town)
    draft = f"{address(before)}/draft"
    assert "起草新版" in browser(FIRST).get(draft).content.decode()
    typed = {
        "promised": "0",
        "popular_names": "歇业、暂停营业",
        "consult_phone": "0990-6010009",
        "complain_phone": "12345",
        "effective_on": "2026-11-24",
    }
    answer = browser(FIRST).post(draft, typed)
    assert answer.status_code == 303
    number = newest(town)
    page = text_of(browser(FIRST).get(address(number)).content)
    assert "需要另一名事项管理人员" in page
    own = browser(FIRST).post(f"{address(number)}/publish")
    assert own.status_code == 422
    assert "事项双人发布" in own.content.decode()
    assert in_force(town) == before
    changes = text_of(browser(SECOND).get(f"{address(number)}/diff").content)
    assert "0990-6010009" in changes
    assert f"第 {before} 版" in changes
    assert browser(SECOND).post(f"{address(number)}/publish").status_code == 303
    assert in_force(town) == number
    page = text_of(browser(SECOND).get(address(number)).content)
    assert "已公布" in page
    assert "温书仪" in page
    again = browser(SECOND).post(f"{address(number)}/publish")
    assert again.status_code == 422


def test_what_stands_against_a_draft_is_said_with_its_remedy(town: Town) -> None:
    item = catalogue.edition(town.platform.database, REGION, SUSPENSION, in_force(town))
    assert item is not None
    broken = replace(item, consult_phone="", basis=(), effective_on=date(2026, 12, 1))
    row = publishing.propose(town.platform, town.who(FIRST), broken)
    page = text_of(browser(SECOND).get(address(row.edition)).content)
    assert "处不合格，不能公布" in page
    assert "设定依据" in page
    refused = browser(SECOND).post(f"{address(row.edition)}/publish")
    assert refused.status_code == 422
    assert "发布门槛" in refused.content.decode()
    thrown = browser(SECOND).post(f"{address(row.edition)}/withdraw", {"reason": " "})
    assert thrown.status_code == 422
    assert browser(SECOND).post(f"{address(row.edition)}/withdraw", {"reason": "起草有误"}).status_code == 303
    assert "已停用" in text_of(browser(SECOND).get(address(row.edition)).content)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("promised", "三天", "承诺办结时限应为整数"),
        ("effective_on", "下周一", "生效日期不是有效的日期"),
        ("consult_phone", "0990\x07", "看不见的字符"),
        ("popular_names", "歇" * 300, "内容太长"),
    ],
)
def test_a_wrong_draft_keeps_what_was_typed(town: Town, field: str, value: str, words: str) -> None:
    typed = {
        "promised": "0",
        "popular_names": "歇业",
        "consult_phone": "0990-6010009",
        "complain_phone": "12345",
        "effective_on": "2026-12-01",
    } | {field: value}
    answer = browser(FIRST).post(f"{address(in_force(town))}/draft", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f'href="#{field}"' in page
    assert 'value="12345"' in page


def test_an_edition_that_is_not_there_is_said_to_be_missing() -> None:
    for path in ("", "/diff", "/draft"):
        assert browser(FIRST).get(f"{address(977)}{path}").status_code == 404
    assert browser(FIRST).post(f"{address(977)}/publish").status_code in (404, 422)
