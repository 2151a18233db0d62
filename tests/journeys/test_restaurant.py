"""A company's agent opens a restaurant: from everyday words to a licence that a stranger finds genuine.

The same way is gone with and without scripts, on a desk and on a phone; axe looks at every page of it.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, DECIDER, FOOD, INSPECTOR, REGION, RESTAURANT, REVIEWER, SECOND_INSPECTOR, Town

from banjie.actions.papers import seal_certificate
from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Stage, acts
from banjie.records import certificates

pytestmark = pytest.mark.slow
PDF = paper_pdf("材料", ["演示"])


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


class Walk:
    """A person's browser that has every page looked at before she goes on."""

    def __init__(self, context: BrowserContext, page: Page, address: str, *, axe: bool) -> None:
        self.context, self.page, self.address, self.axe = context, page, address, axe
        context.set_default_timeout(15_000)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def look(self) -> None:
        """Nothing runs over the edge, there is one h1, and axe (where it is asked) finds nothing."""
        self.page.wait_for_load_state()
        assert width_over(self.page) <= 0, self.page.url
        assert self.page.locator("h1").count() == 1, self.page.url
        if self.axe:
            assert troubles_of(self.page) == [], self.page.url

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()
        self.look()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words, exact=True).first.click()
        self.look()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def upload(self, material: str, name: str, content: bytes = PDF) -> None:
        paper = FilePayload(name=name, mimeType="application/pdf", buffer=content)
        self.page.set_input_files(f"[name=paper-{material}]", paper)
        if self.page.locator("form[data-bj-uploads-on]").count():
            # With scripts a file is on its way as soon as it is chosen.
            told = self.page.locator(f"[data-bj-upload-status={material}]")
            expect(told).to_contain_text(re.compile("已经上传|不是可以接受"))

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)], ids=["1280-有脚本", "390-无脚本"])
def test_from_everyday_words_to_a_genuine_licence(
    browser_: Browser, served: str, town: Town, width: int, scripts: bool
) -> None:
    context = browser_.new_context(
        locale="zh-CN", viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=scripts)
    number, code = hand_in(walk)
    assert town.case(number).holder.id == RESTAURANT
    follow_by_code(walk, number, code)
    correct(walk, town, number)
    licence(walk, town, number)
    stranger(browser_, served, town, number, width=width)
    context.close()


def hand_in(walk: Walk) -> tuple[str, str]:
    """She finds the item, answers, fills, uploads, checks and submits; number and query code."""
    walk.open("/")
    walk.page.fill("#hero-search", "开饭馆")
    walk.press("搜索")
    expect(walk.page.get_by_text("大家也叫它“开饭馆”").first).to_be_visible()
    walk.follow("食品经营许可")
    expect(walk.page.get_by_text("承诺办结", exact=True)).to_be_visible()
    walk.follow("在线办理")
    walk.page.get_by_label("澜江春禾餐饮有限公司").check()
    walk.press("开始")
    for answer in ("new", "catering", "none"):
        walk.choose("answer", answer)
        walk.press("继续")
    walk.follow("申请人")
    walk.page.fill("#f-contact_phone", "12")
    walk.press("保存并继续")
    expect(walk.page.get_by_role("alert")).to_contain_text("联系电话")
    expect(walk.page).to_have_title(re.compile("^错误："))
    walk.page.fill("#f-contact_phone", "１３９ ００００ ０００１")
    walk.press("保存并继续")
    walk.choose("f-district", "990102")
    walk.page.fill("#f-area", "120.5")
    walk.page.fill("#f-kitchen_area", "40")
    walk.press("保存并继续")
    walk.choose("f-business_items", "hot")
    walk.page.fill("#f-safety_officer", "林照")
    walk.choose("f-online", "no")
    walk.press("保存并继续")
    walk.upload("floor_plan", "平面图.exe", b"MZ")
    walk.choose("later-safety_rules", "yes")
    walk.page.fill("[name=later-name]", "林照")
    if walk.axe:
        # With scripts she is told at once, and the page she sends holds no file any more.
        expect(walk.page.get_by_role("alert")).to_contain_text("不是可以接受的格式")
    walk.press("保存并继续")
    told = "还没有上传" if walk.axe else "不是可以接受的格式"
    expect(walk.page.get_by_role("alert")).to_contain_text(told)
    walk.upload("floor_plan", "平面图.pdf")
    walk.press("保存并继续")
    assert "120.50 平方米" in walk.text
    walk.page.get_by_role("link", name="修改 经营场所面积").click()
    walk.page.fill("#f-area", "121")
    walk.press("保存并继续")
    assert "121 平方米" in walk.text
    walk.press("确认提交")
    assert "申请已提交" in walk.text
    assert "2026年12月1日" in walk.text
    number = re.search(r"990100-20261124-\d{7,}", walk.text)
    code = re.search(r"查询码\s*([0-9A-Z]{8})", walk.text)
    assert number is not None
    assert code is not None
    return number.group(), code.group(1)


def follow_by_code(walk: Walk, number: str, code: str) -> None:
    walk.open("/progress")
    walk.page.fill("#number", number)
    walk.page.fill("#code", code.lower())
    walk.press("查询")
    assert "已提交，等待窗口预审" in walk.text


def correct(walk: Walk, town: Town, number: str) -> None:
    """The window asks for two things; she finds them on top and answers them in one go."""
    town.act(CLERK, number, acts.Claim())
    asks = (
        acts.Ask("floor_plan", "没有标出水池", "请标出水池的位置", "食品安全法第三十三条第一款"),
        acts.Ask("form:area", "面积与平面图不一致", "请按实际面积填写", "食品安全法第三十三条第一款"),
    )
    town.act(CLERK, number, acts.AskCorrection(asks, days=15))
    walk.open("/me")
    assert walk.text.index("现在要您做的") < walk.text.index(number)
    walk.open(f"/me/cases/{REGION}/{number}")
    walk.follow("现在补正")
    walk.page.fill("#f-area", "118")
    walk.press("提交补正")
    expect(walk.page.get_by_role("alert")).to_contain_text("还没有上传")
    expect(walk.page.locator("#f-area")).to_have_value("118")
    walk.upload("floor_plan", "新平面图.pdf")
    walk.press("提交补正")
    expect(walk.page.get_by_text("补正内容已经提交")).to_be_visible()
    assert town.case(number).data["area"] == 11800


def licence(walk: Walk, town: Town, number: str) -> None:
    """Accepted with one paper to follow; she hands it in; the office decides; the licence is in her wallet."""
    town.act(CLERK, number, acts.Accept())
    walk.open(f"/me/cases/{REGION}/{number}")
    walk.follow("补交这份材料")
    walk.upload("safety_rules", "食品安全管理制度.pdf")
    walk.press("提交材料")
    town.act(REVIEWER, number, acts.StartReview())
    walk.open(f"/me/cases/{REGION}/{number}")
    walk.page.get_by_role("link", name="为什么是这一天").first.click()
    walk.look()
    assert "起算" in walk.text
    town.act(REVIEWER, number, acts.FinishStep("review", "材料齐全"))
    town.act(INSPECTOR, number, acts.FinishStep("site_visit", "现场符合要求"))
    town.act(SECOND_INSPECTOR, number, acts.FinishStep("site_visit", "现场符合要求"))
    town.act(DECIDER, number, acts.Approve("准予许可"))
    town.settle()
    assert town.case(number).stage is Stage.APPROVED
    row = licence_of(town, number)
    seal_certificate(town.platform, REGION, row.id)
    walk.open("/me/certificates")
    assert row.number in walk.text
    walk.open("/me/messages")
    address = f"{walk.address}/me/certificates/{REGION}/{row.id}.pdf"
    sealed = walk.context.request.get(address)
    assert sealed.headers["content-type"] == "application/pdf"
    assert sealed.body().startswith(b"%PDF-")


def licence_of(town: Town, number: str) -> certificates.CertificateRow:
    rows = certificates.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT])
    serial = number.rsplit("-", 1)[-1]
    return next(row for row in rows if row.kind == "food_business_licence" and row.number.endswith(serial[-4:]))


def stranger(browser: Browser, served: str, town: Town, number: str, *, width: int) -> None:
    """Somebody who is handed the licence scans its code."""
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    walk = Walk(context, context.new_page(), served, axe=True)
    walk.open(f"/verify/{licence_of(town, number).verify_code}")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("这份证照是真的，目前有效")
    assert "澜江春禾餐饮有限公司" in walk.text
    context.close()


def test_the_edition_for_the_elderly_and_a_very_narrow_phone(browser_: Browser, served: str, town: Town) -> None:
    context = browser_.new_context(locale="zh-CN", viewport={"width": 320, "height": 700})
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=True)
    context.add_cookies([{"name": "bj_elder", "value": "1", "url": served}])
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    paths = [
        "/",
        "/search?q=开店",
        f"/items/{REGION}/{FOOD}",
        f"/items/{REGION}/{FOOD}/start",
        "/me",
        "/me/certificates",
    ]
    paths += ["/me/messages", "/progress", "/verify", "/verify/nothing", "/help", "/accessibility", "/privacy"]
    paths += ["/language/en", f"/me/cases/{REGION}/{number}", f"/me/cases/{REGION}/{number}/withdraw"]
    for path in paths:
        walk.open(path)
    context.close()


def test_pressing_twice_hands_in_once(browser_: Browser, served: str, town: Town) -> None:
    context = browser_.new_context(locale="zh-CN")
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=False)
    walk.open(f"/items/{REGION}/{FOOD}/start")
    walk.page.get_by_label("澜江春禾餐饮有限公司").check()
    walk.press("开始")
    for answer in ("new", "catering", "none"):
        walk.choose("answer", answer)
        walk.press("继续")
    walk.follow("申请人")
    walk.press("保存并继续")
    walk.choose("f-district", "990102")
    walk.page.fill("#f-area", "60")
    walk.page.fill("#f-kitchen_area", "20")
    walk.press("保存并继续")
    walk.choose("f-business_items", "hot")
    walk.page.fill("#f-safety_officer", "林照")
    walk.choose("f-online", "no")
    walk.press("保存并继续")
    walk.upload("floor_plan", "平面图.pdf")
    walk.choose("later-safety_rules", "yes")
    walk.page.fill("[name=later-name]", "林照")
    walk.press("保存并继续")
    walk.page.get_by_role("button", name="确认提交").dblclick()
    walk.page.wait_for_url("**/done")
    first = re.search(r"990100-20261124-\d{7,}", walk.text)
    assert first is not None
    walk.page.go_back()
    walk.page.goto(walk.page.url.rsplit("/", 1)[0] + "/check")
    assert first.group() in walk.text
    context.close()
