"""Joint handling in a real browser: opinions seen at once, a panel minuted, a visit with photos, extension, a stop."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.actions.test_case_files import photo_with_notes
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, let_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, FOOD, HEAD, INSPECTOR, REGION, REVIEWER, ROAD, SECOND_INSPECTOR, SOIL, Town

from banjie.engine.cases import Stage, acts

pytestmark = pytest.mark.slow
ENGINEER, TRAFFIC, CITY = "fanhemu", "qinjianlu", "weidongqiao"


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


def opened(browser: Browser, served: str, username: str, *, width: int = 1440) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    return let_in(context, served, username)


def in_review(town: Town, item: str, who: str, person: str, **wishes: object) -> str:
    number = town.submit(person, item, **wishes).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(who, number, acts.StartReview())
    town.act(who, number, acts.FinishStep("review", "材料齐全"))
    return number


def fill_day(page: Page, name: str, day: date) -> None:
    for part in ("year", "month", "day"):
        page.locator(f'[name="{name}-{part}"]').fill(str(getattr(day, part)))


def test_parallel_offices_read_each_other_and_the_head_extends_once(town: Town, browser_: Browser, served: str) -> None:
    answers = {"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"}
    number = in_review(town, ROAD, ENGINEER, "guosuimian", holder="c-heshun", answers=answers)
    address = f"{served}/office/cases/{REGION}/{number}"
    traffic = opened(browser_, served, TRAFFIC)
    traffic.goto(f"{address}?act=finish-step:traffic_opinion")
    traffic.locator('textarea[name="opinion"]').fill("错峰施工，疏导方案可行")
    traffic.get_by_role("button", name="签署意见").click()
    city = opened(browser_, served, CITY)
    city.goto(address)
    expect(city.locator("#opinions")).to_contain_text("错峰施工，疏导方案可行")
    expect(city.locator("#opinions")).to_contain_text("还没有给出意见")
    assert troubles_of(city) == []
    head = opened(browser_, served, HEAD)
    head.goto(f"{address}?act=extend")
    head.locator('[name="days"]').fill("5")
    head.locator('textarea[name="reason"]').fill("管线复杂，需要补充勘测")
    head.get_by_role("button", name="批准延期").click()
    expect(head.locator("#documents")).to_contain_text("延期告知书")
    assert town.case(number).extension is not None


def test_a_panel_stops_the_clock_with_its_notice_and_is_minuted(town: Town, browser_: Browser, served: str) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    address = f"{served}/office/cases/{REGION}/{number}"
    engineer = opened(browser_, served, ENGINEER)
    engineer.goto(f"{address}/meeting?kind=expert_panel")
    assert troubles_of(engineer) == []
    engineer.locator('[name="subject"]').fill("水土保持方案评审")
    engineer.locator('[name="agenda"]').fill("逐项评审")
    fill_day(engineer, "day", date(2026, 11, 24))
    fill_day(engineer, "answer_by", date(2026, 11, 24))
    engineer.locator('[name="starts"]').fill("10:00")
    engineer.locator('[name="ends"]').fill("12:00")
    engineer.locator('[name="place"]').fill("三楼会议室")
    engineer.locator('[name="chair"]').select_option(HEAD)
    for line, name in enumerate(("蒲听泉", "温如岫", "邬千帆"), start=1):
        engineer.locator(f'[name="expert-{line}"]').fill(name)
        engineer.locator(f'[name="speciality-{line}"]').fill("水土保持")
    engineer.locator('[name="procedure"][value="expert_review"]').check()
    engineer.locator('[name="days"]').fill("15")
    engineer.get_by_role("button", name="召集并通知").click()
    expect(engineer.locator("#invited")).to_contain_text("蒲听泉")
    meeting = engineer.url
    assert town.case(number).stage is Stage.SPECIAL
    town.clock.set(date(2026, 11, 24), 11)
    engineer.goto(meeting)
    for box in engineer.locator('[name="attended"]').all():
        box.check()
    engineer.get_by_role("button", name="会议已经召开").click()
    head = opened(browser_, served, HEAD)
    head.goto(meeting)
    assert troubles_of(head) == []
    for choice in head.locator('[name^="stand:"][value="agree"]').all():
        choice.check()
    for words in head.locator('textarea[name^="words:"]').all():
        words.fill("方案可行")
    head.locator('[name="passed"][value="yes"]').check()
    head.locator('[name="conclusion"]').fill("同意通过评审")
    head.get_by_role("button", name="签发", exact=True).click()
    expect(head.locator("#result")).to_contain_text("同意通过评审")
    assert town.case(number).stage is Stage.IN_REVIEW
    head.goto(address)
    expect(head.locator("#documents")).to_contain_text("特别程序告知书")
    expect(head.locator("#documents")).to_contain_text("专家评审意见")


def test_two_officials_visit_with_a_telephone(town: Town, browser_: Browser, served: str, tmp_path: Path) -> None:
    number = in_review(town, FOOD, REVIEWER, AGENT)
    reviewer = opened(browser_, served, REVIEWER)
    reviewer.goto(f"{served}/office/cases/{REGION}/{number}/visit")
    fill_day(reviewer, "day", date(2026, 11, 24))
    reviewer.locator('[name="starts"]').fill("9:30")
    reviewer.locator('[name="address"]').fill("澜江市江左区望江路 118 号")
    for account in (INSPECTOR, SECOND_INSPECTOR):
        reviewer.locator(f'[name="visitor"][value="{account}"]').check()
    assert troubles_of(reviewer) == []
    reviewer.get_by_role("button", name="安排并告诉申请人").click()
    expect(reviewer.locator("h1")).to_contain_text("望江路 118 号")
    visit = reviewer.url
    photo = tmp_path / "厨房.jpg"
    photo.write_bytes(photo_with_notes().read())
    phone = opened(browser_, served, INSPECTOR, width=390)
    phone.goto(f"{served}/office/visits")
    phone.get_by_role("link", name="望江路 118 号").first.click()
    assert width_over(phone) <= 0
    assert troubles_of(phone) == []
    for met in phone.locator('[name^="finding:"][value="met"]').all():
        met.check()
    phone.locator('[name="photos"]').set_input_files(str(photo))
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("#gallery")).to_contain_text("30.50000, 112.50000")
    phone.locator('[name="person"]').fill("夏春禾")
    phone.locator('[name="signed"][value="yes"]').check()
    phone.get_by_role("button", name="登记", exact=True).click()
    second = opened(browser_, served, SECOND_INSPECTOR, width=390)
    for page in (phone, second):
        page.goto(visit)
        page.locator('[name="outcome"][value="pass"]').check()
        page.locator('textarea[name="opinion"]').fill("现场与申报一致")
        page.get_by_role("button", name="签署").click()
    expect(second.locator("#signing")).to_contain_text("唐霜林")
    assert town.case(number).done["site_visit"] == "pass"
