"""A late case in a real browser: yellow, red, an order, its reply, the ladder, a cause from an incident, confirmed."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, let_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, DECIDER, FOOD, HEAD, INSPECTOR, REVIEWER, SECOND_INSPECTOR, Town

from banjie.actions import incidents
from banjie.engine.cases import acts
from banjie.engine.incidents import Reading

pytestmark = pytest.mark.slow
SUPERVISOR = "lumingjian"


@pytest.fixture(scope="module")
def browser_() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(town: Town) -> Iterator[str]:
    with site(town) as address:
        yield address


def opened(browser: Browser, served: str, username: str, *, width: int = 1440) -> Page:
    cache.clear()
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    return let_in(context, served, username)


def sound(page: Page) -> None:
    """Nothing wrong for whoever uses a keyboard or a reader, and nothing over the edge."""
    assert troubles_of(page) == []
    assert width_over(page) <= 0


def days_pass(town: Town, number: int) -> None:
    for _ in range(number):
        town.clock.move(days=1)
        town.settle()


def test_a_case_goes_from_yellow_to_a_confirmed_cause(town: Town, browser_: Browser, served: str) -> None:
    town.clock.set(date(2026, 11, 2))
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.settle()
    law = town.law(FOOD)
    due = law.calendar.add_working(town.platform.today(), law.item.promised.number)

    town.clock.set(due)
    town.settle()
    page = opened(browser_, served, SUPERVISOR)
    page.goto(f"{served}/supervise/watch")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("黄牌预警")
    sound(page)

    now = town.platform.now()
    for minute in range(3):  # The page cannot be opened: the probe's own words.
        at = now + timedelta(minutes=minute)
        incidents.heard(town.platform, incidents.PAGE, Reading(at, None), at)
    clerk = opened(browser_, served, CLERK)
    clerk.goto(f"{served}/office/watch")
    expect(clerk.locator("main")).to_contain_text("系统故障")

    days_pass(town, 3)
    page = opened(browser_, served, SUPERVISOR)
    page.goto(f"{served}/supervise/cards?level=red")
    page.get_by_role("link", name="食品经营许可").first.click()
    expect(page.locator("main")).to_contain_text("升为红牌超时")
    sound(page)
    page.get_by_role("link", name="发督办").click()
    page.fill("#content", "请说明卡在哪里，哪天办结")
    sound(page)
    page.get_by_role("button", name="发出").click()
    expect(page.locator("h1")).to_contain_text("督〔2026〕第")
    order = page.url

    days_pass(town, 6)
    head = opened(browser_, served, HEAD, width=390)
    head.goto(f"{served}/office/watch")
    expect(head.locator("main")).to_contain_text("逾期未答复")
    assert width_over(head) <= 0
    clerk = opened(browser_, served, CLERK, width=390)
    clerk.goto(f"{served}/office/watch")
    clerk.get_by_role("link", name="督〔2026〕第").first.click()
    clerk.fill("#words", "")
    clerk.get_by_role("button", name="答复").click()
    expect(clerk.locator("main")).to_contain_text("没有写明怎样处理的")
    clerk.fill("#words", "系统打不开三天，今天补办")
    clerk.get_by_role("button", name="答复").click()
    expect(clerk.locator("main")).to_contain_text("承办单位答复（逾期）")
    sound(clerk)
    page = opened(browser_, served, SUPERVISOR)
    page.goto(order)
    expect(page.locator("main")).to_contain_text("逾期未答复，提醒机关负责人")
    page.fill("#words", "属实，限今天办结")
    page.get_by_role("button", name="确定").click()
    expect(page.locator("main")).to_contain_text("督查认可，办结")

    town.act(REVIEWER, number, acts.StartReview())
    town.act(REVIEWER, number, acts.FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, acts.Approve("准予"))
    days_pass(town, 3)
    clerk = opened(browser_, served, CLERK)
    clerk.goto(f"{served}/office/watch#causes")
    expect(clerk.locator("main")).to_contain_text("系统建议")
    expect(clerk.locator("#cause-1")).to_have_value("S1")  # It stands there already, from the incident.
    sound(clerk)
    clerk.get_by_role("button", name="提交原因").first.click()
    expect(clerk.locator("body")).to_contain_text("原因已提交")
    page = opened(browser_, served, SUPERVISOR, width=390)
    page.goto(f"{served}/supervise/causes")
    expect(page.locator("main")).to_contain_text("系统故障“网页打开”")
    sound(page)
    page.get_by_role("button", name="确认").first.click()
    expect(page.locator("body")).to_contain_text("原因已确认")
