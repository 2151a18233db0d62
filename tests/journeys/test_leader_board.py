"""A leader's morning in a real browser: the board, a figure opened to its cases, the sheet to print, the phone."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, FOOD, RESTAURANT, Town

from banjie.actions.figures import follow_figures
from banjie.engine.cases.acts import Accept, Claim

pytestmark = pytest.mark.slow
LEADER = "fangjiangyue"


@pytest.fixture(scope="module")
def served(town: Town) -> Iterator[str]:
    town.clock.set(date(2026, 11, 2))
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.clock.set(date(2026, 11, 24))
    while follow_figures(town.platform, town.platform.now()):
        pass
    cache.clear()
    with site(town) as address:
        yield address


@pytest.fixture(scope="module")
def browser_() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    with chromium() as browser:
        yield browser


def look(page: Page, *, axe: bool) -> None:
    page.wait_for_load_state()
    assert width_over(page) <= 0, page.url
    assert page.locator("h1").count() == 1, page.url
    if axe:
        assert troubles_of(page) == [], page.url


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)], ids=["桌面", "手机无脚本"])
def test_a_leaders_morning(browser_: Browser, served: str, width: int, scripts: bool) -> None:
    context = browser_.new_context(
        locale="zh-CN", viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    context.set_default_timeout(30_000)
    page = signed_in(context, served, LEADER)
    page.goto(f"{served}/lead")
    expect(page.locator("h1")).to_contain_text("澜江市：2026年11月")
    expect(page.locator(".bj-kpi")).to_have_count(5)
    look(page, axe=scripts)

    # What most asks to be looked at opens to its cases.
    page.locator(".bj-needs a").first.click()
    expect(page.locator("h1")).to_contain_text("超过承诺期限")
    expect(page.locator("main")).to_contain_text("食品经营许可")
    expect(page.locator("main")).not_to_contain_text("澜江春禾餐饮有限公司")
    look(page, axe=scripts)

    # A figure is taken apart, and the table under the chart says the same.
    page.goto(f"{served}/figures?indicator=applied&by=organ")
    expect(page.locator("main")).to_contain_text("澜江市行政审批局")
    look(page, axe=scripts)

    # For the meeting: on paper there are no controls, and the hour of the figures stands on it.
    page.goto(f"{served}/lead")
    page.emulate_media(media="print")
    expect(page.locator(".bj-choose")).to_be_hidden()
    expect(page.get_by_role("button", name="定格这一份")).to_be_hidden()
    expect(page.locator(".bj-print-header")).to_be_visible()
    page.emulate_media(media="screen")

    page.get_by_role("button", name="定格这一份").click()
    expect(page.locator("main")).to_contain_text("校验码")
    look(page, axe=scripts)
    context.close()
