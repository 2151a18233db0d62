"""Items under management: gates with their remedies, what changed, and publication by two people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.town import FOOD, REGION, SUSPENSION, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.actions import publishing
from banjie.records import catalogue
from banjie.records.catalogue import State

FIRST = "wenshuyi"
SECOND = "gejiajun"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(TODAY)
    with at_town(town):
        yield


def address(edition: int, code: str = SUSPENSION) -> str:
    return f"/manage/items/{REGION}/{code}/{edition}"


def newest(town: Town, code: str = SUSPENSION) -> int:
    row = catalogue.latest(town.platform.database, REGION, code)
    assert row is not None
    return row.edition


def in_force(town: Town, code: str = SUSPENSION) -> int:
    rows = catalogue.editions_of(town.platform.database, REGION, code)
    return next(row.edition for row in rows if row.state is State.PUBLISHED)


CONTACT = {
    "consult_phone": "0990-6010009",
    "complain_phone": "12345",
    "review_organ": "澜江市人民政府",
    "court": "澜江市中级人民法院",
}


def edit(username: str, page: str, typed: dict[str, str], **changes: str) -> Any:
    """Opens a page of the editor and posts what is typed."""
    client = browser(username)
    opened = hidden(client.get(page).content, "opened")
    return client.post(page, {"opened": opened} | typed | changes)


def test_items_are_listed_by_state_and_words(town: Town) -> None:
    client = browser(FIRST)
    page = text_of(client.get("/manage/?q=食品").content)
    assert "食品经营许可" in page
    assert "已公布" in page
    found = text_of(client.get("/manage/?q=药品&state=published").content)
    assert "药品经营许可" in found
    assert "食品经营许可" not in found
    assert "没有符合条件的事项" in text_of(client.get("/manage/?q=没有这样的事").content)
    assert client.get("/manage/?state=none&after=nonsense&q=%00").status_code == 200
    code = "1199010000BJ00016Q3990300000011"
    theirs = replace(town.law(FOOD).item, region="990104", code=code, name="柳编作坊登记", title="", popular_names=())
    catalogue.save_edition(town.platform.database, theirs, state=State.DRAFT)
    assert "柳编作坊登记" in text_of(client.get("/manage/?region=990104&q=柳编").content)
    assert "没有符合条件的事项" in text_of(client.get(f"/manage/?region={REGION}&q=柳编").content)


def test_one_person_edits_and_another_one_publishes(town: Town) -> None:
    before = in_force(town)
    overview = text_of(browser(FIRST).get(f"{address(before)}/draft").content)
    assert "起草新版" in overview
    assert "审批结果" in overview
    answer = edit(FIRST, f"{address(before)}/edit/contact", CONTACT)
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
    # The one before took force in the past, so the new one takes force today.
    assert browser(SECOND).post(f"{address(number)}/publish").status_code == 303
    assert in_force(town) == number
    page = text_of(browser(SECOND).get(address(number)).content)
    assert "已公布" in page
    assert "温书仪" in page
    assert "保存了草稿" in page
    assert browser(SECOND).post(f"{address(number)}/publish").status_code == 422


def test_what_stands_against_a_draft_is_said_with_its_remedy_and_where(town: Town) -> None:
    item = catalogue.edition(town.platform.database, REGION, SUSPENSION, in_force(town))
    assert item is not None
    broken = replace(item, consult_phone="", basis=(), effective_on=date(2026, 12, 1))
    row = publishing.propose(town.platform, town.who(FIRST), broken)
    html = browser(SECOND).get(address(row.edition)).content.decode()
    assert "处不合格，不能公布" in text_of(html)
    assert f'href="{address(row.edition)}/edit/contact#consult_phone"' in html
    assert f'href="{address(row.edition)}/edit/basis#basis"' in html
    refused = browser(SECOND).post(f"{address(row.edition)}/publish")
    assert refused.status_code == 422
    assert "发布门槛" in refused.content.decode()
    thrown = browser(SECOND).post(f"{address(row.edition)}/withdraw", {"reason": " "})
    assert thrown.status_code == 422
    assert browser(SECOND).post(f"{address(row.edition)}/withdraw", {"reason": "起草有误"}).status_code == 303
    assert "已停用" in text_of(browser(SECOND).get(address(row.edition)).content)


def test_the_second_of_two_editors_is_told_and_loses_nothing(town: Town) -> None:
    page = f"{address(in_force(town))}/edit/contact"
    first, second = browser(FIRST), browser(SECOND)
    opened = hidden(first.get(page).content, "opened")
    assert hidden(second.get(page).content, "opened") == opened
    assert first.post(page, {"opened": opened} | CONTACT | {"consult_phone": "0990-6010011"}).status_code == 303
    late = second.post(page, {"opened": opened} | CONTACT | {"consult_phone": "0990-6010022"})
    assert late.status_code == 409
    said = text_of(late.content)
    assert "被别人改过" in said
    assert "温书仪" in said
    assert "0990-6010011" in said
    assert 'value="0990-6010022"' in late.content.decode()
    again = hidden(late.content, "opened")
    assert second.post(page, {"opened": again} | CONTACT | {"consult_phone": "0990-6010022"}).status_code == 303
    row = catalogue.latest(town.platform.database, REGION, SUSPENSION)
    assert row is not None
    kept = catalogue.edition(town.platform.database, REGION, SUSPENSION, row.edition)
    assert kept is not None
    assert kept.consult_phone == "0990-6010022"
    assert row.prepared_by == SECOND
    browser(FIRST).post(f"{address(row.edition)}/withdraw", {"reason": "只是练习"})


@pytest.mark.parametrize(
    ("section", "field", "value", "words"),
    [
        ("terms", "promised", "三天", "应为整数"),
        ("terms", "effective_on", "下周一", "不是有效的日期"),
        ("contact", "consult_phone", "0990\x07", "看不见的字符"),
        ("basics", "popular_names", "歇" * 5000, "太长"),
        ("basics", "name", "", "没有填写"),
        ("fees", "fees-0-amount_fen", "十块", "不是金额"),
    ],
)
def test_a_wrong_page_keeps_what_was_typed(town: Town, section: str, field: str, value: str, words: str) -> None:
    page = f"{address(in_force(town))}/edit/{section}"
    answer = edit(FIRST, page, {"rows": "1", "fees-0-name": "工本费", "fees-0-basis": "某规定第一条", field: value})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert f'href="#{field}"' in html


@pytest.mark.parametrize("section", ["basics", "terms", "conditions", "basis", "special", "fees", "places", "contact"])
def test_saving_a_page_unchanged_changes_nothing(town: Town, section: str) -> None:
    """Whatever a page shows is what it posts; a page that is only looked at and saved keeps the item as it was."""
    number = in_force(town, FOOD)
    if newest(town, FOOD) > number:  # A draft somebody else left open would be gone on with.
        browser(FIRST).post(f"{address(newest(town, FOOD), FOOD)}/withdraw", {"reason": "不再需要"})
    page = f"{address(number, FOOD)}/edit/{section}"
    html = browser(FIRST).get(page).content.decode()
    assert browser(FIRST).post(page, fields_of(html)).status_code == 303
    before = catalogue.edition(town.platform.database, REGION, FOOD, number)
    after = catalogue.edition(town.platform.database, REGION, FOOD, newest(town, FOOD))
    assert before is not None
    assert after is not None
    assert replace(after, edition=before.edition, effective_on=before.effective_on) == before
    browser(FIRST).post(f"{address(newest(town, FOOD), FOOD)}/withdraw", {"reason": "只是看看"})


def fields_of(html: str) -> dict[str, object]:
    """What a browser would post from the form on a page."""

    class Form(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, list[str]] = {}
            self.area = self.select = ""
            self.inside = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = {name: value or "" for name, value in attrs}
            if tag == "form":
                self.inside = given.get("method") == "post" and "action" not in given
            if not self.inside:
                return
            name = given.get("name", "")
            if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
                self.found.setdefault(name, []).append(given.get("value", ""))
            elif tag == "textarea":
                self.area = name
                self.found[name] = [""]
            elif tag == "select":
                self.select = name
            elif tag == "option" and "selected" in given:
                self.found.setdefault(self.select, []).append(given.get("value", ""))

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area][0] += data.removeprefix("\n")

    form = Form()
    form.feed(html)
    return dict(form.found)


def test_a_material_has_a_page_with_its_review_points(town: Town) -> None:
    number = in_force(town, FOOD)
    listed = text_of(browser(FIRST).get(f"{address(number, FOOD)}/edit/materials").content)
    assert "经营场所平面图和设备布局图" in listed
    page = f"{address(number, FOOD)}/edit/materials/floor_plan"
    html = browser(FIRST).get(page).content.decode()
    assert "标明各功能间" in html
    assert "apply_type 属于 new|change" in html
    typed = fields_of(html) | {"review_points": ["图上写明面积\n出入口标清楚"], "when": ["apply_type 属于 new"]}
    assert browser(FIRST).post(page, typed).status_code == 303
    kept = catalogue.edition(town.platform.database, REGION, FOOD, newest(town, FOOD))
    assert kept is not None
    plan = next(one for one in kept.materials if one.key == "floor_plan")
    assert plan.review_points == ("图上写明面积", "出入口标清楚")
    wrong = browser(FIRST).post(page, typed | {"when": ["随便什么"], "opened": hidden(html.encode(), "opened")})
    assert wrong.status_code == 422
    assert "事实 是 值" in text_of(wrong.content)
    assert browser(FIRST).get(f"{address(number, FOOD)}/edit/materials/new").status_code == 200
    assert browser(FIRST).get(f"{address(number, FOOD)}/edit/materials/none").status_code == 404
    browser(FIRST).post(f"{address(newest(town, FOOD), FOOD)}/withdraw", {"reason": "只是练习"})


def test_suspending_from_a_day_and_resuming(town: Town) -> None:
    number = in_force(town)
    client = browser(FIRST)
    wrong = client.post(f"{address(number)}/withdraw", {"reason": "系统升级", "as": "suspended", "on": "明天"})
    assert wrong.status_code == 422
    assert "不是有效的日期" in text_of(wrong.content)
    later = client.post(f"{address(number)}/withdraw", {"reason": "系统升级", "as": "suspended", "on": "2026-11-25"})
    assert later.status_code == 303
    assert in_force(town) == number
    town.clock.set(date(2026, 11, 25))
    town.settle()
    client = browser(FIRST)
    page = text_of(client.get(address(number)).content)
    assert "已暂停" in page
    assert "恢复办理" in page
    assert town.platform.laws.published(REGION, SUSPENSION) is None
    assert client.post(f"{address(number)}/resume", {"reason": "升级完成"}).status_code == 303
    assert in_force(town) == number
    assert "升级完成" in text_of(client.get(address(number)).content)


def test_an_edition_that_is_not_there_is_said_to_be_missing() -> None:
    for path in ("", "/diff", "/draft", "/edit/basics", "/edit/materials/new"):
        assert browser(FIRST).get(f"{address(977)}{path}").status_code == 404
    assert browser(FIRST).get(f"{address(1)}/edit/nonsense").status_code == 404
    assert browser(FIRST).post(f"{address(977)}/publish").status_code in (404, 422)


def test_registers_are_shown() -> None:
    page = text_of(browser(FIRST).get("/manage/standards").content)
    assert "000131023000" in page
    assert "std-business-licence" in page
