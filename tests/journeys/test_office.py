"""Officials at work in a real browser: the keyboard, the side panel, a case to its end, and axe on every page."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.actions.ways import licensed
from tests.chromium import CHROMIUM
from tests.journeys.served import WALKING, chromium, signed_in, site, troubles_of, width_over
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)

from banjie.actions.certify import act_on_certificate
from banjie.engine.cases import Stage, acts
from banjie.engine.certificates import Suspend
from banjie.records import cases
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE

pytestmark = pytest.mark.slow
SUPERVISOR = "lumingjian"
MANAGER = "wenshuyi"


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


@pytest.fixture
def in_review(town: Town) -> str:
    town.clock.set(date(2026, 11, 2))
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(REVIEWER, number, acts.StartReview())
    town.clock.set(date(2026, 11, 24))
    return number


def opened(browser: Browser, served: str, username: str, *, width: int = 1440, scripts: bool = True) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    return signed_in(context, served, username)


def case_of(number: str) -> str:
    return f"/office/cases/{REGION}/{number}"


def number_of(town: Town, licence: CertificateRow) -> str:
    """The number of the case a certificate came from."""
    case = cases.find_by_id(town.platform.database, MACHINE.eyes, REGION, str(licence.case_id))
    assert case is not None
    return case.number


def test_a_morning_at_the_desk_by_keyboard(browser_: Browser, served: str, town: Town, in_review: str) -> None:
    for _ in range(2):
        town.submit(AGENT, FOOD)
    page = opened(browser_, served, REVIEWER)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{served}/office/?desk=all")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    expect(page.locator(".bj-panel-side__title")).to_be_visible()
    assert first in page.url
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_function("first => !location.href.endsWith(first)", arg=first)
    second = page.url
    expect(page.locator(".bj-panel-side")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".bj-panel-side")).to_have_count(0)
    page.go_back()
    expect(page.locator(".bj-panel-side")).to_be_visible()
    assert page.url == second
    page.reload()
    expect(page.locator(".bj-panel-side")).to_be_visible()
    assert complaints == []


def test_a_case_goes_to_its_end_without_scripts(browser_: Browser, served: str, town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    page = opened(browser_, served, CLERK, scripts=False)
    page.goto(served + case_of(number))
    page.get_by_role("button", name="预审", exact=True).click()
    expect(page.locator(".bj-notice--success")).to_contain_text("已接件")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator(".bj-notice--success")).to_contain_text("已受理")
    for username, name in ((REVIEWER, "材料审查"), (INSPECTOR, "现场核查"), (SECOND_INSPECTOR, "现场核查")):
        page = opened(browser_, served, username, scripts=False)
        page.goto(served + case_of(number))
        if page.get_by_role("button", name="开始审查", exact=True).count():
            page.get_by_role("button", name="开始审查", exact=True).click()
        page.get_by_role("link", name=f"办结“{name}”").click()
        page.get_by_role("button", name="签署意见").click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("必须写明")
        page.locator("input[name=template]").first.check()
        page.locator("input[name=finding]").first.check()
        page.get_by_role("button", name="签署意见").click()
        expect(page.locator(".bj-notice--success")).to_be_visible()
    page = opened(browser_, served, DECIDER, scripts=False)
    page.goto(served + case_of(number))
    page.get_by_role("link", name="准予", exact=True).click()
    page.locator("input[name=template]").first.check()
    page.get_by_role("button", name="作出准予决定").click()
    expect(page.locator(".bj-notice--success")).to_contain_text("已作出准予决定")
    page = opened(browser_, served, CLERK, scripts=False)
    page.goto(served + case_of(number))
    page.get_by_role("link", name="送达", exact=True).click()
    page.locator("input[name=evidence]").fill("已推送到申请人账号")
    page.get_by_role("button", name="登记送达").click()
    expect(page.locator(".bj-notice--success")).to_contain_text("办件办结")
    assert town.case(number).stage is Stage.DELIVERED


def test_a_correction_notice_is_written_point_by_point(browser_: Browser, served: str, town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    page = opened(browser_, served, CLERK)
    page.goto(f"{served}{case_of(number)}?act=ask-correction")
    first = page.locator(".bj-ask").first
    expect(first.locator("input[name^='problem:']")).to_be_hidden()
    first.locator("input[name=ask]").check()
    first.locator("input[name^='problem:']").fill("与申请表不一致")
    page.get_by_role("button", name="发出补正通知书").click()
    # The first paper is the business licence, which the city holds: asking for it takes a reason.
    expect(page.locator(".govuk-error-summary")).to_contain_text("“营业执照”政府已经掌握")
    page.get_by_label("为什么还要申请人交").locator("visible=true").fill("登记信息昨天刚变更，系统里还是旧照")
    page.get_by_role("button", name="发出补正通知书").click()
    expect(page.locator(".bj-notice--success")).to_contain_text("补正通知书已发给申请人")
    ask = town.case(number).corrections[0].asks[0]
    assert (ask.problem, ask.insist) == ("与申请表不一致", "登记信息昨天刚变更，系统里还是旧照")


@pytest.mark.parametrize("width", [1440, 320] if WALKING else [1440])
def test_axe_finds_nothing_on_the_officials_pages(
    browser_: Browser, served: str, town: Town, in_review: str, width: int
) -> None:
    submitted = town.submit(AGENT, FOOD).number
    town.act(CLERK, submitted, acts.Claim())
    licence = licensed(town)
    act_on_certificate(
        town.platform, Suspend("后厨整改"), actor=town.who(HEAD), region=REGION, certificate_id=licence.id
    )
    food = f"/manage/items/{REGION}/{FOOD}/1"
    pages = {
        CLERK: ["/office/", f"{case_of(submitted)}?act=ask-correction", f"{case_of(submitted)}?act=find-not-competent"],
        REVIEWER: [
            "/office/?view=late",
            f"/office/?open={in_review}",
            "/office/done",
            f"{case_of(in_review)}?act=finish-step:review",
            f"/clock/{REGION}/{in_review}?timer=TL",
            "/manage/",
            "/accounts/password/change/",
            "/accounts/logout/",
        ],
        HEAD: [case_of(number_of(town, licence)), f"/verify/{licence.verify_code}"],
        SUPERVISOR: ["/supervise/"],
        MANAGER: [
            *("/manage/", "/manage/claim", "/manage/standards"),
            *(food, f"{food}/draft", f"{food}/diff", f"{food}/edit/terms", f"{food}/edit/faq", f"{food}/edit/basics"),
            *(f"{food}/edit/materials", f"{food}/edit/materials/floor_plan"),
        ],
    }
    faults: list[str] = []
    for username, addresses in pages.items():
        page = opened(browser_, served, username, width=width)
        for address in addresses:
            page.goto(served + address)
            # What is folded away has to be as good as what is open.
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
            faults += [f"{address} {trouble}" for trouble in troubles_of(page)]
            if width_over(page) > 0:
                faults.append(f"{address} 超出页面 {width_over(page)} 像素")
        page.context.close()
    page = browser_.new_context(locale="zh-CN", viewport={"width": width, "height": 900}).new_page()
    for address in ("/accounts/login/", "/accounts/signup/", "/nothing-here"):
        page.goto(served + address)
        faults += [f"{address} {trouble}" for trouble in troubles_of(page)]
    assert faults == []


def test_a_made_up_account_is_one_press_away(browser_: Browser, served: str) -> None:
    page = browser_.new_context(locale="zh-CN").new_page()
    page.goto(f"{served}/office/")
    page.get_by_text("窗口人员").click()
    page.get_by_role("button", name="罗小雨").click()
    page.wait_for_url("**/office/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的待办")
