"""The same way in other modes: in English, in large text without scripts on a phone, on paper, on another device."""

import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import AGENT, FOOD, REGION, RESTAURANT, Town

from banjie.demo.papers import paper_pdf

pytestmark = pytest.mark.slow
PDF = paper_pdf("材料", ["演示"])
CHINESE = re.compile("[\u3400-\u9fff]")

# Names people and companies bear, and what she typed or calls her files: nobody's to translate.
THEIR_OWN = re.compile("^办理$|林照|陆清源|澜江春禾|澜江和顺|平面图|张|王|李|江左区|望江路|春|开饭馆|演示|中文")


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
    """A person's browser; each page she comes to is looked at."""

    def __init__(self, context: BrowserContext, page: Page, address: str, *, axe: bool, button: str) -> None:
        self.context, self.page, self.address, self.axe, self.next = context, page, address, axe, button
        self.chinese: dict[str, str] = {}
        context.set_default_timeout(15_000)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, name: str = "") -> None:
        self.page.get_by_role("button", name=name or self.next, exact=True).first.click()
        self.look()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def look(self) -> None:
        self.page.wait_for_load_state()
        assert width_over(self.page) <= 0, self.page.url
        assert self.page.locator("h1").count() == 1, self.page.url
        if self.axe:
            assert troubles_of(self.page) == [], self.page.url

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


class InEnglish(Walk):
    """Looks in addition at what is still Chinese: it says so to a voice, and it is only what is somebody's own."""

    def look(self) -> None:
        super().look()
        assert self.page.locator("html").get_attribute("lang") == "en"
        bare = self.page.evaluate(
            """() => {
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                const found = [];
                while (walker.nextNode()) {
                    const node = walker.currentNode, holder = node.parentElement;
                    if (/script|style|code|textarea/i.test(holder.tagName)) continue;
                    if (/[\\u3400-\\u9fff]/.test(node.data))
                        found.push([node.data.trim(), Boolean(holder.closest("[lang=zh-CN]")),
                            Boolean(holder.closest("[translate=no]"))]);
                }
                return found;
            }"""
        )
        for text, marked, own in bare:
            assert marked, f"{self.page.url}: “{text}” is not marked as Chinese"
            if not own and not THEIR_OWN.search(text):
                self.chinese[text] = self.page.url


def apply_for_a_restaurant(walk: Walk) -> None:
    """From the guide to the page before submitting, found by the names of things and not by their words."""
    walk.page.locator('a[href$="/start"]:visible').first.click()
    walk.look()
    walk.page.get_by_label("澜江春禾餐饮有限公司").check()
    walk.page.locator("main form button[type=submit]").last.click()
    walk.look()
    for answer in ("new", "catering", "none"):
        walk.choose("answer", answer)
        walk.page.locator("main form button[type=submit]").first.click()
        walk.look()
    walk.page.locator('main a[href*="/section/applicant"]').first.click()
    walk.look()
    walk.page.fill("#f-contact_phone", "13900000001")
    walk.press()
    walk.choose("f-district", "990102")
    walk.page.fill("#f-area", "120.5")
    walk.page.fill("#f-kitchen_area", "40")
    walk.press()
    walk.choose("f-business_items", "hot")
    walk.page.fill("#f-safety_officer", "林照")
    walk.choose("f-online", "no")
    walk.press()
    upload(walk, "floor_plan", "平面图.pdf")
    walk.choose("later-safety_rules", "yes")
    walk.page.fill("[name=later-name]", "林照")
    walk.press()


def upload(walk: Walk, material: str, name: str) -> None:
    walk.page.set_input_files(
        f"[name=paper-{material}]", FilePayload(name=name, mimeType="application/pdf", buffer=PDF)
    )
    if walk.page.locator("form[data-bj-uploads-on]").count():
        told = walk.page.locator(f"[data-bj-upload-status={material}]")
        expect(told).to_contain_text(re.compile("已经上传|Uploaded"))


def submit(walk: Walk) -> str:
    walk.page.locator('main form[action$="/submit"] button[type=submit], main button[type=submit]').last.click()
    walk.page.wait_for_url("**/done", timeout=60_000)
    walk.look()
    number = re.search(r"990100-20261124-\d{7,}", walk.text)
    assert number is not None
    return number.group()


def test_a_restaurant_in_english(browser_: Browser, served: str, town: Town) -> None:
    context = browser_.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    walk = InEnglish(context, signed_in(context, served, AGENT), served, axe=True, button="Save and continue")
    walk.page.goto(f"{served}/")
    walk.follow("English")
    expect(walk.page).to_have_url(f"{served}/")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("What do you need to do?")
    walk.page.fill("#hero-search", "开饭馆")
    walk.press("Search")
    walk.follow("Food business licence")
    expect(walk.page.get_by_text("8 working days").first).to_be_visible()
    apply_for_a_restaurant(walk)
    number = submit(walk)
    assert "1 December 2026" in walk.text
    walk.open(f"/me/cases/{REGION}/{number}")
    # Everyday names of services stand on the pages where one looks for them, as people say them.
    left = {text: where for text, where in walk.chinese.items() if re.search("/apply/|/me/", where)}
    assert not left, "\n".join(f"{where}: {text}" for text, where in left.items())
    walk.page.locator('a[href^="/language/zh"]').first.click()
    expect(walk.page.locator("html")).to_have_attribute("lang", "zh-CN")
    context.close()


def test_a_restaurant_in_large_text_on_a_phone_without_scripts(browser_: Browser, served: str, town: Town) -> None:
    context = browser_.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.add_cookies([{"name": "bj_elder", "value": "1", "url": served}])
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=False, button="保存并继续")
    walk.open(f"/items/{REGION}/{FOOD}")
    assert walk.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 22
    apply_for_a_restaurant(walk)
    for small in walk.page.evaluate(SMALL, 48):
        pytest.fail(f"{walk.page.url}: {small} is smaller than a finger of an old hand")
    number = submit(walk)
    assert town.case(number).holder.id == RESTAURANT
    helped = walk.page.get_by_role("complementary", name="需要帮忙？")
    expect(helped.get_by_role("link", name="拨打 12345")).to_be_visible()
    helped.get_by_role("link", name="高对比度").click()
    expect(walk.page.locator("html")).to_have_class(re.compile("bj-contrast"))
    walk.look()
    context.close()


SMALL = """least => [...document.querySelectorAll("main button, main input:not([type=hidden]):not([type=checkbox])"
        + ":not([type=radio]), main select, .bj-helpbar a")]
    .filter(each => each.offsetParent && each.getBoundingClientRect().height < least)
    .map(each => each.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_has_room_for_a_finger(browser_: Browser, served: str, town: Town, width: int) -> None:
    context = browser_.new_context(locale="zh-CN", viewport={"width": width, "height": 700})
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=False, button="保存并继续")
    for path in ("/", "/search?q=开店", f"/items/{REGION}/{FOOD}", f"/items/{REGION}/{FOOD}/check", "/progress", "/me"):
        walk.open(path)
        assert walk.page.evaluate(SMALL, 44) == [], path
    context.close()


def test_the_same_way_on_paper(browser_: Browser, served: str, town: Town) -> None:
    """Guide, checklist, list of a case and help: the whole text, on few sheets, without the frame of the site."""
    from pypdf import PdfReader  # noqa: PLC0415 - loaded only where a print is read.

    context = browser_.new_context(locale="zh-CN")
    walk = Walk(context, signed_in(context, served, AGENT), served, axe=False, button="保存并继续")
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    sheets = {
        f"/items/{REGION}/{FOOD}": (6, "您需要准备什么"),
        f"/me/cases/{REGION}/{number}": (5, number),
        "/help": (3, "找人帮忙"),
        "/progress": (1, "查询码"),
    }
    for path, (most, words) in sheets.items():
        walk.open(path)
        pages = PdfReader(io.BytesIO(walk.page.pdf(format="A4", prefer_css_page_size=True))).pages
        # A font may name a character by its twin among the radicals; both are the same character on paper.
        text = unicodedata.normalize("NFKC", re.sub(r"\s", "", "".join(page.extract_text() for page in pages)))
        text = text.replace("⻝", "食")
        assert len(pages) <= most, path
        assert words.replace(" ", "") in text, path
        assert "无障碍声明" not in text, path
        heading = unicodedata.normalize("NFKC", re.sub(r"\s", "", walk.page.locator("h1").inner_text()))
        assert heading in text, path
    context.close()


def test_a_company_goes_on_on_another_device(browser_: Browser, served: str, town: Town) -> None:
    """She begins on her phone and finds what she typed on the office computer, from the home page, and submits it."""
    phone = browser_.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    first = Walk(phone, signed_in(phone, served, AGENT), served, axe=False, button="保存并继续")
    first.open(f"/items/{REGION}/{FOOD}")
    first.page.locator('a[href$="/start"]:visible').first.click()
    first.page.get_by_label("澜江春禾餐饮有限公司").check()
    first.press("开始")
    for answer in ("new", "catering", "none"):
        first.choose("answer", answer)
        first.press("继续")
    first.page.locator('main a[href*="/section/applicant"]').first.click()
    first.page.fill("#f-contact_phone", "13900000077")
    first.press()
    first.choose("f-district", "990104")
    first.page.fill("#f-area", "77")
    first.page.fill("#f-kitchen_area", "20")
    first.press()
    draft = re.search(r"/apply/([0-9a-f-]{36})", first.page.url)
    assert draft is not None
    phone.close()

    desk = browser_.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    second = Walk(desk, signed_in(desk, served, AGENT), served, axe=False, button="保存并继续")
    second.open("/")
    second.page.locator(f'main a[href*="{draft[1]}"]').first.click()
    second.look()
    second.open(f"/apply/{draft[1]}/section/applicant")
    expect(second.page.locator("#f-contact_phone")).to_have_value("13900000077")
    second.open(f"/apply/{draft[1]}/section/premises")
    expect(second.page.locator("#f-area")).to_have_value("77")
    second.press()
    second.choose("f-business_items", "hot")
    second.page.fill("#f-safety_officer", "林照")
    second.choose("f-online", "no")
    second.press()
    upload(second, "floor_plan", "平面图.pdf")
    second.choose("later-safety_rules", "yes")
    second.page.fill("[name=later-name]", "林照")
    second.press()
    number = submit(second)
    assert town.case(number).data["area"] == 7700
    assert town.case(number).data["contact_phone"] == "13900000077"
    desk.close()
