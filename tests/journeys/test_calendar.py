"""A changed holiday in a real browser: uploaded, previewed, confirmed by a second person, and the old answer kept."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, let_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, FOOD, HEAD, REGION, Town

from banjie.actions import calendar_rounds
from banjie.engine.cases import acts
from banjie.records import calendars

pytestmark = pytest.mark.slow
KEEPER = "wenshuyi"
YEAR = {
    "year": 2027,
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-02-08", "isOffDay": True},
        {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    ],
}


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
def december(town: Town) -> None:
    cache.clear()
    town.clock.set(date(2026, 12, 24))


def worked(town: Town, page: Page, kind: str) -> None:
    """What the worker does behind the page that is open."""
    region, edition = page.url.split("?")[0].split("/")[-2:]
    for _ in range(2):
        found = calendars.latest_round(town.platform.database, region, edition, kind)
        assert found is not None
        calendar_rounds.make_round(town.platform, region, found.id)


def test_a_published_holiday_moves_the_days_and_keeps_the_old_answers(
    town: Town, served: str, browser_: Browser, tmp_path: Path
) -> None:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(YEAR, ensure_ascii=False), encoding="utf-8")

    keeper = let_in(browser_.new_context(viewport={"width": 1280, "height": 900}), served, KEEPER)
    keeper.goto(f"{served}/manage/calendars")
    expect(keeper.locator("h1")).to_contain_text("工作日历")
    assert troubles_of(keeper) == []
    keeper.get_by_role("button", name="起草新版本 全国").click()
    keeper.set_input_files("input[type=file]", str(file))
    keeper.get_by_role("button", name="读入草稿").click()
    expect(keeper.locator("#changes")).to_contain_text("元旦放假")
    keeper.get_by_role("button", name="预览哪些期限会变").click()
    expect(keeper.locator("#round")).to_contain_text("正在预览")
    worked(town, keeper, "preview")
    keeper.reload()
    expect(keeper.locator("#round")).to_contain_text("个期限会变")
    expect(keeper.locator("#round")).to_contain_text(number)
    expect(keeper.locator("#publish")).to_contain_text("请另一位机关负责人")
    assert troubles_of(keeper) == []
    address = keeper.url
    keeper.set_viewport_size({"width": 390, "height": 844})
    assert width_over(keeper) == 0
    keeper.goto(f"{served}/manage/calendars/000000/year/2027?edition={address.split('?')[0].rsplit('/', 1)[1]}")
    assert width_over(keeper) == 0
    assert troubles_of(keeper) == []

    head = let_in(browser_.new_context(viewport={"width": 1280, "height": 900}), served, HEAD)
    head.goto(address)
    head.get_by_role("button", name="确认公布并重算期限").click()
    expect(head.locator("main")).to_contain_text("已公布")
    worked(town, head, "move")
    head.reload()
    expect(head.locator("#round")).to_contain_text("个期限已经变")

    clerk = let_in(browser_.new_context(), served, CLERK)
    clerk.goto(f"{served}/clock/{REGION}/{number}?timer=TL")
    expect(clerk.locator("#earlier")).to_contain_text("原来是")
    expect(clerk.locator("#earlier")).to_contain_text("公布工作日历“全国2027")
    assert troubles_of(clerk) == []
    with clerk.expect_download() as old:
        clerk.get_by_role("link", name="下载原来的计算凭据").first.click()
    assert json.loads(Path(old.value.path()).read_text(encoding="utf-8"))["provisional"] is True
