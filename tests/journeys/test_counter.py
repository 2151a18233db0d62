"""An elder at the counter, in a real browser: a number without a phone, a clerk who files for her, paper with her
signature, a receipt, and her daughter who follows it by number and code."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, FilePayload, Page, expect
from tests.actions.at_hall import ELDER_CODE, HALL, WINDOW
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import CLERK, REGION, Town

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Channel
from banjie.records import counter as sessions

pytestmark = pytest.mark.slow
DAY = date(2026, 12, 8)


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
    town.clock.set(DAY)


def stranger(browser: Browser, *, scripts: bool, width: int) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    context.set_default_timeout(20_000)
    return context.new_page()


def look(page: Page, *, axe: bool) -> None:
    """Nothing runs over the edge, there is one h1, and axe (where scripts run) finds nothing."""
    page.wait_for_load_state()
    assert width_over(page) <= 0, page.url
    assert page.locator("h1").count() == 1, page.url
    if axe:
        assert troubles_of(page) == [], page.url


def press(page: Page, words: str, *, axe: bool) -> None:
    page.get_by_role("button", name=words, exact=True).first.click()
    look(page, axe=axe)


@pytest.mark.parametrize("scripts", [True, False], ids=["有脚本", "无脚本"])
def test_an_elder_at_the_counter(browser_: Browser, served: str, town: Town, scripts: bool) -> None:
    # She takes a number at the machine, and sees how long it will take.
    kiosk = stranger(browser_, scripts=scripts, width=1080)
    kiosk.goto(f"{served}/places/{HALL}/queue")
    look(kiosk, axe=scripts)
    kiosk.get_by_label("综合业务").check()
    kiosk.get_by_label("老年人").check()
    press(kiosk, "取号", axe=scripts)
    number = kiosk.locator(".bj-slip__number").inner_text()
    expect(kiosk.locator("main")).to_contain_text("下一个就是您")
    # The clerk sits down, calls; the screen shows number and window.
    context = browser_.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, java_script_enabled=scripts)
    context.set_default_timeout(15_000)
    clerk = signed_in(context, served, CLERK)
    clerk.goto(f"{served}/office/queue")
    if clerk.locator("select[name=window]").count():
        look(clerk, axe=scripts)
        clerk.select_option("select[name=window]", f"{HALL}|{WINDOW}")
        press(clerk, "坐这个窗口", axe=scripts)
    clerk.get_by_role("button", name=re.compile("^叫下一个")).click()
    look(clerk, axe=scripts)
    expect(clerk.locator("#current")).to_contain_text(number)
    kiosk.goto(f"{served}/places/{HALL}/line")
    look(kiosk, axe=scripts)
    expect(kiosk.locator(".bj-screen__called")).to_contain_text(WINDOW)
    press(clerk, "来了，开始办理", axe=scripts)
    # Her card does not read: name and number are typed from it, and she comes for herself.
    clerk.get_by_label("姓名").fill("郭岁绵")
    clerk.get_by_label("公民身份号码").fill(ELDER_CODE)
    press(clerk, "已看过证件原件，继续", axe=scripts)
    clerk.get_by_label("郭岁绵").check()
    press(clerk, "开始办理", axe=scripts)
    file_for_her(clerk, scripts=scripts)
    # On paper: the application to sign, its scan, and the original that was seen.
    clerk.get_by_role("link", name="签字和原件", exact=True).click()
    look(clerk, axe=scripts)
    sheet = context.request.get(served + str(clerk.get_by_role("link", name="打印申请表").get_attribute("href")))
    assert sheet.body().startswith(b"%PDF")
    clerk.get_by_role("checkbox").first.check()
    signed = FilePayload(name="签字页.pdf", mimeType="application/pdf", buffer=paper_pdf("签字页", ["郭岁绵"]))
    clerk.set_input_files("[name=signed]", signed)
    press(clerk, "记下，去核对提交", axe=scripts)
    # What she is asked to look at is in large letters.
    clerk.get_by_role("link", name="给办事人看", exact=True).click()
    look(clerk, axe=scripts)
    expect(clerk.locator(".bj-show")).to_contain_text("在打印出来的申请表上签名")
    clerk.go_back()
    anyway = clerk.locator("[name=anyway]")
    if anyway.count():  # The pre-check has doubts about the made-up sheets; she hands them in all the same.
        anyway.check()
    press(clerk, "确认提交", axe=scripts)
    assert clerk.locator(".govuk-error-summary").count() == 0, clerk.locator(".govuk-error-summary").inner_text()
    panel = clerk.locator(".bj-panel").inner_text()
    case, code = (re.search(pattern, panel) for pattern in (r"办件编号\s*(\S+)", r"查询码\s*(\S+)"))
    assert case is not None
    assert code is not None
    expect(clerk.locator(".bj-qr svg")).to_be_visible()
    filed(town, case[1])
    # The session ends: nothing of hers is on the screen, and Back shows nothing.
    address = clerk.url
    press(clerk, "办完了，结束", axe=scripts)
    assert "郭岁绵" not in clerk.locator("body").inner_text()
    clerk.go_back()
    clerk.wait_for_load_state()
    assert case[1] not in clerk.locator("body").inner_text()
    clerk.goto(address)
    assert case[1] not in clerk.locator("body").inner_text()
    clerk.goto(f"{served}/office/queue")
    press(clerk, "办完", axe=scripts)
    context.close()
    # Her daughter follows it on a phone.
    daughter = stranger(browser_, scripts=scripts, width=390)
    daughter.goto(f"{served}/progress?number={case[1]}")
    daughter.fill("[name=code]", code[1])
    daughter.locator("main button[type=submit]").first.click()
    look(daughter, axe=scripts)
    expect(daughter.locator("main")).to_contain_text("食品经营许可")
    # And she herself finds who worked for her, on her own account.
    own = signed_in(browser_.new_context(locale="zh-CN", java_script_enabled=scripts), served, "guosuimian")
    own.goto(f"{served}/me/data")
    expect(own.locator("#sessions")).to_contain_text(case[1])
    own.context.close()


def file_for_her(clerk: Page, *, scripts: bool) -> None:
    """The same pages as everyone's: item, questions, form, papers."""
    clerk.locator("#q").fill("开饭馆")
    press(clerk, "查找", axe=scripts)
    clerk.locator("li.bj-hit").filter(has_text="食品经营许可").get_by_role("button").first.click()
    look(clerk, axe=scripts)
    for answer in ("new", "catering", "none"):
        clerk.locator(f'[name=answer][value="{answer}"]').check()
        press(clerk, "继续", axe=False)
    expect(clerk.locator(".bj-counter-bar")).to_contain_text("正在窗口为 郭岁绵 办理")
    look(clerk, axe=scripts)
    clerk.get_by_role("link", name="申请人", exact=True).first.click()
    for _ in range(3):
        fill_page(clerk)
        press(clerk, "保存并继续", axe=scripts)
        assert clerk.locator(".govuk-error-summary").count() == 0, clerk.locator("main").inner_text()
    assert clerk.url.endswith("/papers")
    look(clerk, axe=scripts)
    for control in clerk.locator("input[type=file][name^=paper-]").all():
        material = str(control.get_attribute("name")).removeprefix("paper-")
        paper = FilePayload(name=f"{material}.pdf", mimeType="application/pdf", buffer=paper_pdf(material, [material]))
        clerk.set_input_files(f"[name=paper-{material}]", paper)
        if clerk.locator("form[data-bj-uploads-on]").count():
            expect(clerk.locator(f"[data-bj-upload-status={material}]")).to_contain_text("已经上传")
    press(clerk, "保存并继续", axe=scripts)


def fill_page(clerk: Page) -> None:
    """What the clerk asks her about and types."""
    for name, value in (
        ("f-applicant_name", "郭岁绵"),
        ("f-credit_code", "91990102MA00RC0153"),
        ("f-legal_representative", "郭岁绵"),
        ("f-legal_representative_id", ELDER_CODE),
        ("f-contact_name", "郭岁绵"),
        ("f-address", "澜江市江右区桂园街 88 号"),
        ("f-diners", "20"),
        ("f-contact_phone", "13900000002"),
        ("f-area", "60"),
        ("f-kitchen_area", "20"),
        ("f-safety_officer", "郭岁绵"),
    ):
        control = clerk.locator(f"#{name}")
        if control.count() and control.is_editable() and not control.input_value():
            control.fill(value)
    for name, value in (("f-district", "990104"), ("f-business_items", "hot"), ("f-online", "no")):
        control = clerk.locator(f'[name="{name}"][value="{value}"]')
        if control.count():
            control.check()


def filed(town: Town, number: str) -> None:
    """For whom, by whom, at which counter; the original she brought makes grade B."""
    case = town.case(number)
    assert case.holder.name == "郭岁绵"
    assert case.channel is Channel.COUNTER
    row = sessions.open_of(town.platform.database, CLERK, town.platform.now())
    assert row is not None
    assert row.session.by == CLERK
    assert [one.number for one in row.session.filed] == [number]
    assert town.case(number).papers
    assert row.region == REGION
