"""A clerk's morning without a mouse: from case to case by keys alone; a second correction may not ask anew."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import CLERK, REGION, Town

from banjie.engine.cases import Ask, Paper, Stage, acts

pytestmark = pytest.mark.slow
MANY = 4
"""A handful goes the same way as forty."""
ITEM = "1199010000BJ00016Q3990100000003"


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


@pytest.fixture(autouse=True)
def morning(town: Town) -> None:
    cache.clear()
    town.clock.set(date(2026, 11, 24))


def test_a_clerk_works_through_her_list_by_keys_alone(town: Town, browser_: Browser, served: str) -> None:
    numbers = [town.submit("niejiangan", ITEM).number for _ in range(MANY)]
    page = signed_in(browser_.new_context(), served, CLERK)
    page.goto(f"{served}/office/?item={ITEM}&desk=unclaimed")
    expect(page.locator("[data-bj-row-link]").first).to_be_visible()
    assert troubles_of(page) == []
    assert width_over(page) <= 0
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".bj-panel-side")).to_be_visible()
    for _ in range(MANY):
        claimed = page.locator(".bj-panel-side [data-bj-key='a']")
        expect(claimed).to_have_text("预审 A")
        before = page.url
        page.keyboard.press("a")
        expect(claimed).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).not_to_have_url(before)
        page.wait_for_load_state()
    assert {town.case(number).claimed_by for number in numbers} == {CLERK}

    page.goto(f"{served}/office/?item={ITEM}&desk=mine")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".bj-panel-side")).to_be_visible()
    before = page.url
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(before)
    page.wait_for_load_state()
    assert [town.case(number).stage for number in numbers].count(Stage.PRECHECK) == MANY - 1
    page.keyboard.press("/")
    expect(page.locator("#desk-number")).to_be_focused()
    page.context.close()


def test_a_second_correction_that_asks_for_something_new_is_refused(town: Town, browser_: Browser, served: str) -> None:
    number = town.submit("niejiangan", ITEM).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.AskCorrection((Ask("premises_proof", "看不清", "请重新上传", "药品管理法"),)))
    paper = town.with_content(Paper("premises_proof", "新的证明.pdf"))
    town.act("niejiangan", number, acts.Resubmit(papers=(paper,)))
    page = signed_in(browser_.new_context(), served, CLERK)
    page.goto(f"{served}/office/cases/{REGION}/{number}")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    # The form offers only what the first notice asked for; somebody who asks for more all the same is told the law.
    expect(page.locator("#act-form input[name=ask]")).to_have_count(1)
    page.locator("#act-form input[name=ask]").evaluate(
        "box => { box.value = 'quality_rules'; box.checked = true;"
        " for (const name of ['problem', 'requirement', 'basis']) {"
        " const field = box.form.elements[name + ':premises_proof']; field.name = name + ':quality_rules';"
        " field.value = '请补交制度'; } }"
    )
    page.locator("#act-form button[type=submit]").press("Enter")
    page.wait_for_load_state()
    expect(page.locator("body")).to_contain_text("第三十二条")
    assert town.case(number).stage is Stage.PRECHECK
    page.context.close()
