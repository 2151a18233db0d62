"""The look of every page: markup that holds together, filters, and what a browser and axe say of the gallery."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, sync_playwright
from tests.chromium import CHROMIUM
from tests.web.gallery import VIEWS, as_json, gallery_environment, render, serve_gallery

from banjie.engine.calendar import CHINA
from banjie.web import jinja

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Markup(HTMLParser):
    """Collects what the tests ask about: elements with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [str(attrs[attribute]) for _, attrs in self.elements if attribute in attrs]


def drawn(source: str, **context: object) -> str:
    macros = {
        "form": "error_summary, input, textarea, select, radios, checkbox, date_input",
        "page": "tag, steps, card",
    }
    head = "".join(f'{{% from "macros/{name}.html" import {names} %}}' for name, names in macros.items())
    return gallery_environment().from_string(head + source).render(**context)


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("view", VIEWS)
def test_markup_holds_together(view: str, elder: bool) -> None:
    html = render(view, elder=elder)
    page = Markup(html)
    ids = page.values("id")
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    for attribute in ("aria-describedby", "aria-labelledby"):
        for reference in page.values(attribute):
            assert set(reference.split()) <= set(ids), reference
    for tag, attrs in page.elements:
        assert "style" not in attrs, tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert tag != "style"
        assert tag != "script" or "src" in attrs
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("main") == 1
    assert page.elements[0] == ("html", {"lang": "zh-CN", "class": f"govuk-template{' bj-elder' if elder else ''}"})


def test_first_words_of_the_title_tell_of_errors() -> None:
    assert "<title>错误：经营信息 - 澜江市政务服务网</title>" in render("form")
    assert "<title>我的待办 - 澜江市政务服务网</title>" in render("work")


def test_who_is_signed_in() -> None:
    assert "退出登录" in render("home")
    stranger = render("home", page={"actor": None})
    assert "登录 / 注册" in stranger
    assert "退出登录" not in stranger


def test_frame_can_be_another_citys() -> None:
    html = render(
        "home", page={"links": {"search": "/find"}, "nav_items": [{"key": "a", "text": "办件", "href": "/a"}]}
    )
    assert "个人办事" not in html
    assert '<a href="/a">办件</a>' in html


def test_forgotten_name_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="applicant"):
        gallery_environment().from_string("{{ applicant }}").render()


def test_error_is_said_at_the_field_and_linked_from_the_summary() -> None:
    html = drawn(
        '{{ error_summary([{"field": "phone", "message": "请填写手机号"}]) }}'
        '{{ input("phone", "手机", error="请填写手机号", hint="11 位") }}'
    )
    assert 'role="alert" tabindex="-1" autofocus' in html
    assert '<a href="#phone">请填写手机号</a>' in html
    assert 'aria-describedby="phone-hint phone-error" aria-invalid="true" required' in html
    assert "有 1 处需要修改" in html


def test_only_what_is_optional_is_marked() -> None:
    assert "（选填）" in drawn('{{ input("note", "说明", required=false) }}')
    needed = drawn('{{ input("note", "说明") }}')
    assert "（选填）" not in needed
    assert " required" in needed


def test_chosen_values_are_chosen_whatever_their_type() -> None:
    options = [{"value": 1, "text": "一"}, {"value": 2, "text": "二"}]
    assert 'value="2" checked' in drawn('{{ radios("r", "选", options, value="2") }}', options=options)
    assert '<option value="1" selected>' in drawn('{{ select("s", "选", options, value="1") }}', options=options)


@pytest.mark.parametrize("value", [date(2026, 3, 9), {"year": 2026, "month": 3, "day": 9}])
def test_date_is_asked_in_three_boxes(value: object) -> None:
    html = drawn('{{ date_input("open", "开业日期", value=value) }}', value=value)
    assert re.findall(r'name="(open-\w+)".*?value="(\d+)"', html) == [
        ("open-year", "2026"),
        ("open-month", "3"),
        ("open-day", "9"),
    ]


def test_password_is_never_written_back() -> None:
    assert "secret" not in drawn('{{ input("password", "密码", value="secret", type="password") }}')


def test_guide_ticks_nothing_and_a_form_only_what_is_done() -> None:
    assert "已完成" not in drawn('{{ steps(["申请", "受理", "决定"]) }}')
    html = drawn('{{ steps(["申请", "受理", "决定"], 2) }}')
    assert html.count("bj-steps__item--done") == 1
    assert html.count('aria-current="step"') == 1
    assert "第 2 步，共 3 步" in html


@given(st.text())
def test_what_people_typed_is_shown_and_never_run(typed: str) -> None:
    html = drawn('{{ input("a", typed, value=typed, error=typed, hint=typed) }}{{ tag(typed) }}', typed=typed)
    allowed = {"div", "label", "span", "p", "input"}
    page = Markup(html)
    assert {tag for tag, _ in page.elements} <= allowed
    (value,) = (attrs["value"] for tag, attrs in page.elements if tag == "input")
    # A browser reads CR and NUL in its own way; what stands in the source is compared with those taken out.
    plain = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    assert (value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd") == plain


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "免费"),
        (1, "0.01 元"),
        (1250, "12.50 元"),
        (123400, "1,234 元"),
        (-500, "-5 元"),
        (100000001, "1,000,000.01 元"),
    ],
)
def test_money(fen: int, words: str) -> None:
    assert jinja.money(fen) == words


def test_dates_are_those_of_the_city() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=timezone.utc)  # noqa: UP017 - reads beside CHINA below.
    assert jinja.cndate(date(2026, 11, 24)) == "2026年11月24日"
    assert jinja.cndate(late) == "2026年11月25日"
    assert jinja.cntime(late) == "2026年11月25日 00:30"
    assert jinja.isodate(datetime(2026, 1, 2, 3, 4, 5, tzinfo=CHINA)) == "2026-01-02T03:04:05+08:00"
    with pytest.raises(ValueError, match="时区"):
        jinja.cntime(datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001 - a moment without a zone is the point.


# ---- in a browser ----


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


def opened(browser: Browser, view: str, *, width: int = 1280, elder: bool = False, **context: Any) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN", **context)
    serve_gallery(page, view, elder=elder)
    page.goto("http://gallery.test/")
    return page


@pytest.mark.slow
@pytest.mark.parametrize(("width", "elder"), [(1280, False), (390, False), (320, True)])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(chromium: Browser, width: int, elder: bool) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for view in VIEWS:
        page.unroute_all()
        serve_gallery(page, view, elder=elder)
        page.goto("http://gallery.test/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES)
        faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]
        assert faults == [], f"{view}：{as_json(faults)}"
    # The strict policy and our scripts have nothing to complain of either.
    assert said == []
    page.close()


@pytest.mark.slow
def test_higher_contrast_is_high_enough(chromium: Browser) -> None:
    for view in VIEWS:
        page = opened(chromium, view)
        page.evaluate("document.documentElement.classList.add('bj-contrast')")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']}).then(r => r.violations)")
        assert [node["html"] for fault in found for node in fault["nodes"]] == [], view
        page.close()


@pytest.mark.slow
def test_focus_goes_to_the_errors(chromium: Browser) -> None:
    page = opened(chromium, "form")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.close()


@pytest.mark.slow
def test_keys_walk_the_worklist_and_can_be_switched_off(chromium: Browser) -> None:
    page = opened(chromium, "work")

    def focused() -> str:
        return str(page.evaluate("document.activeElement.closest('tr')?.innerText.match(/\\d{18}/)?.[0] ?? ''"))

    page.keyboard.press("j")
    assert focused() == "990104202611230011", "J 从当前办件走到下一件"
    page.keyboard.press("k")
    assert focused() == "990102202611240008"
    page.keyboard.press("?")
    assert page.locator("[data-bj-keys]").get_attribute("open") is not None
    page.locator("[data-bj-keys-on]").uncheck()
    page.locator("h1").click()
    page.keyboard.press("j")
    assert focused() == ""
    page.close()


@pytest.mark.slow
def test_selection_is_counted(chromium: Browser) -> None:
    page = opened(chromium, "work")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(2).check()
    assert page.locator("[data-bj-selected]").inner_text() == "已选 2 件"
    page.locator("[data-bj-select-all]").check()
    assert page.locator("[data-bj-selected]").inner_text() == "已选 5 件"
    page.close()


@pytest.mark.slow
def test_form_is_sent_once(chromium: Browser) -> None:
    page = opened(chromium, "confirm")
    posts: list[str] = []

    def answered_without_a_page(route: Any) -> None:
        posts.append(route.request.url)
        route.fulfill(status=204)  # The browser stays where it is, as while a slow answer is awaited.

    page.route("**/withdraw", answered_without_a_page)
    button = page.get_by_role("button", name="确认撤回")
    button.click()
    page.evaluate("document.querySelector('main form').requestSubmit()")
    page.wait_for_timeout(200)
    assert button.is_disabled()
    assert len(posts) == 1
    page.close()


@pytest.mark.slow
def test_without_scripts_the_menu_opens_and_nothing_dead_is_shown(chromium: Browser) -> None:
    page = opened(chromium, "work", width=390, java_script_enabled=False)
    assert page.locator("[data-bj-keys], [data-bj-select-all]").first.is_hidden()
    page.locator(".bj-nav__narrow summary").click()
    assert page.locator(".bj-nav__narrow").get_by_role("link", name="办件进度").is_visible()
    page.locator(".bj-side__narrow summary").click()
    assert page.locator(".bj-side__narrow").get_by_role("link", name="待签收").is_visible()
    page.close()


@pytest.mark.slow
def test_targets_are_large_in_the_edition_for_the_elderly(chromium: Browser) -> None:
    page = opened(chromium, "form", elder=True)
    small = page.evaluate(
        "() => [...document.querySelectorAll('button, .bj-choice, .govuk-input, .govuk-select, .bj-nav__wide a')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML.slice(0, 120))"
    )
    assert small == [], as_json(small)
    page.close()


@pytest.mark.slow
def test_paper_shows_the_content_alone(chromium: Browser) -> None:
    page = opened(chromium, "guide")
    page.emulate_media(media="print")
    assert page.locator(".bj-header").is_hidden()
    assert page.locator(".bj-footer").is_hidden()
    assert page.locator(".bj-print-header").is_visible()
    assert page.locator("h1").is_visible()
    page.close()
