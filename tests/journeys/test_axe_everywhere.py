"""Every page of the made-up city, as everyone who works or asks there sees it: axe, narrow screens, elder mode, policy.

The walk starts where each role starts, follows every link of the site and looks at each kind of page (a name in the
urls) once for each role. So a page that somebody adds and links is looked at from its first day.
"""

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page
from tests.chromium import CHROMIUM
from tests.demo_runs import Demo
from tests.journeys.served import chromium, signed_in, troubles_of, width_over
from tests.test_demo import BANJIE

from banjie.demo.run import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("BANJIE_WALK"), reason="走遍全站要几分钟；运行 make walk"),
]

WIDTHS = (1280, 390, 320)
OFFICE = ("/office", "/clock")
VISITORS = {
    "路人": ("", ("/", "/items?q=开饭馆", "/progress", "/help", "/places", "/accounts/login/"), ("/",)),
    "经办人": ("linzhao", ("/me", "/me/messages", "/me/data", "/me/papers", "/me/certificates"), ("/",)),
    "窗口": ("luoxiaoyu", ("/office/", "/office/precases", "/office/mandates"), OFFICE),
    "审查": ("shenqiubai", ("/office/", "/office/done"), OFFICE),
    "决定": ("yuezhiheng", ("/office/",), OFFICE),
    "督查": ("lumingjian", ("/supervise/", "/supervise/asks", "/supervise/precases"), ("/supervise", "/clock")),
    "管理": ("wenshuyi", ("/manage/", "/manage/claim", "/manage/standards"), ("/manage",)),
}
"""By role: the account, where the walk starts, and which parts of the site it keeps to."""
NO_PAGE = re.compile(
    r"\.(pdf|json|xlsx|csv|ics|dmn)$|/small$|^/me/papers/[0-9]+/|/paper/|/papers/[0-9a-f]{64}|^/(api|static|language|elder|contrast)\b"
)
"""Addresses that answer with a file, with data, or by leading elsewhere."""
CHANGES = frozenset({"account_logout"})
FEWEST = {"路人": 20, "经办人": 40, "窗口": 8, "审查": 4, "决定": 3, "督查": 3, "管理": 12}
"""How many kinds of page each must at least have seen: a walk that is stopped at the door finds nothing wrong."""


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    one = Demo(BANJIE)
    try:
        one.start("--port", str(free_port(18400)))
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def browser_() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@dataclass
class Walk:
    """Somebody's way through the site: what is still to be opened, which kinds of page were seen, what was wrong."""

    page: Page
    address: str
    waiting: deque[str]
    within: tuple[str, ...] = ("/",)
    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def go(self) -> None:
        """Opens everything that can be reached."""
        self.page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        while self.waiting:
            path = self.waiting.popleft()
            name = kind(path)
            if name is None or name in self.seen or not path.startswith(self.within):
                continue
            self.seen.add(name)
            self.look(path)

    def look(self, path: str) -> None:
        """One page at every width, in both editions, and where it leads."""
        self.said.clear()
        for elder in (False, True):
            switched(self.page.context, self.address, elder=elder)
            self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            answer = self.page.goto(self.address + path)
            where = f"{path}{'（长辈版）' if elder else ''}"
            if answer is None or answer.status >= 400:
                self.wrong.append(f"{where}：{answer.status if answer else '没有回答'}")
                return
            if not self.page.title().strip() or self.page.locator("h1").count() != 1:
                self.wrong.append(f"{where}：标题或 h1 不对")
            for width in WIDTHS:
                self.page.set_viewport_size({"width": width, "height": 900})
                if (over := width_over(self.page)) > 0:
                    self.wrong.append(f"{where}：{width} 像素时超出 {over}")
                # axe where the two editions differ most: the wide page, and the large text on the smallest phone.
                if width == WIDTHS[-1 if elder else 0]:
                    self.wrong += [f"{where}（{width}）：{trouble}" for trouble in troubles_of(self.page)]
            self.wrong += [f"{where}：{line}" for line in self.said]
            self.said.clear()
        self.waiting.extend(links(self.page, self.address))


def kind(path: str) -> str | None:
    """The name of the page behind an address, None when it is no page."""
    plain = urlsplit(path).path
    if NO_PAGE.search(plain):
        return None
    try:
        found = resolve(plain)
    except Resolver404:
        return None
    name = found.view_name
    if name in CHANGES or "GET" not in getattr(found.func, "allowed", ("GET",)):
        return None
    # Sections of an editor, acts at a desk and tabs are pages of their own, though they share a name.
    parts = [str(value) for key, value in sorted(found.kwargs.items()) if key in ("section", "act", "key")]
    return " ".join([name, *parts])


def links(page: Page, address: str) -> list[str]:
    """The addresses on this site that a page's links lead to."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    return [one.removeprefix(address).partition("#")[0] for one in found if one.startswith(address + "/")]


def switched(context: BrowserContext, address: str, *, elder: bool) -> None:
    """The edition in which pages are drawn."""
    context.clear_cookies(name="bj_elder")
    if elder:
        context.add_cookies([{"name": "bj_elder", "value": "1", "url": address}])


@pytest.mark.parametrize("who", VISITORS)
def test_nothing_is_wrong_with_any_page(browser_: Browser, demo: Demo, who: str) -> None:
    username, starts, within = VISITORS[who]
    address = f"http://127.0.0.1:{demo.port}"
    context = browser_.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    page = signed_in(context, address, username) if username else context.new_page()
    walk = Walk(page, address, deque(starts), within)
    walk.go()
    context.close()
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert len(walk.seen) >= FEWEST[who], sorted(walk.seen)
