#!/usr/bin/env python3
"""Takes the pictures of the README from a running demo: docs/pictures/*.jpg.

    .venv/bin/banjie demo --port 8123 --data /tmp/pictures &
    .venv/bin/python scripts/pictures.py --url http://127.0.0.1:8123

Chromium of the system draws the pages; the licence is the sealed PDF itself, drawn by poppler's pdftoppm. Desktops
are 1280 wide, the phone 390. Each picture stays under 150 kB. The one draft that is begun for the form is thrown
away again, so the city is left as it was; cases are found by what they are, for a demo's days move with the calendar.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "lanjiang-2026"  # noqa: S105 — of made-up people in a made-up city; the demo prints it at every start.
FOOD = "/items/990100/1199010000BJ00016Q3000131023000"
LARGEST = 150_000
"""Bytes a picture may have, so that the README opens on a slow line."""
QUALITIES = (80, 70, 60, 50)
DESKTOP, PHONE = (1280, 860), (390, 844)


class Visitor:
    """Someone's browser, signed in where an account is given."""

    def __init__(self, browser: Browser, url: str, account: str = "", size: tuple[int, int] = DESKTOP) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(
            locale="zh-CN", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        if account:
            self.open("/accounts/login/")
            self.page.fill("#login", account)
            self.page.fill("#password", PASSWORD)
            self.page.click("main button[type=submit]")
            self.page.wait_for_url(lambda address: "/accounts/login" not in address)

    def open(self, path: str) -> None:
        """Goes there and waits until everything is drawn."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        self.page.wait_for_load_state("networkidle")

    def press(self, words: str) -> None:
        """Presses the button of these words."""
        self.page.get_by_role("button", name=words, exact=True).first.click()
        self.page.wait_for_load_state("networkidle")

    def choose(self, name: str, value: str) -> None:
        """Ticks one of several."""
        self.page.locator(f'[name="{name}"][value="{value}"]').check()

    def link(self, address: str, near: str) -> str:
        """The first address of the page that fits the pattern and stands beside these words."""
        found: list[list[str]] = self.page.evaluate(
            "() => [...document.querySelectorAll('main a')].map(a =>"
            " [a.getAttribute('href'), (a.closest('tr, li, article, .bj-licence') || a).innerText])"
        )
        for href, words in found:
            if href and re.search(address, href) and near in words:
                return href
        raise LookupError(f"{self.page.url}：没有“{near}”旁边的链接 {address}")

    def close(self) -> None:
        """Lets the browser go."""
        self.context.close()


def keep(name: str, draw: Callable[[int], bytes]) -> None:
    """Writes a picture at the best quality that fits."""
    for quality in QUALITIES:
        picture = draw(quality)
        if len(picture) < LARGEST:
            (PICTURES / f"{name}.jpg").write_bytes(picture)
            print(f"{name}.jpg  {len(picture) // 1000} kB（质量 {quality}）", flush=True)
            return
    raise SystemExit(f"{name}：质量 {QUALITIES[-1]} 时仍有 {len(picture) // 1000} kB，超过 {LARGEST // 1000} kB")


def shoot(name: str, page: Page) -> None:
    """The page as far as the window shows it, from its top."""
    page.evaluate("() => { scrollTo(0, 0); document.activeElement && document.activeElement.blur(); }")
    page.mouse.move(0, 0)
    keep(name, lambda quality: page.screenshot(type="jpeg", quality=quality, animations="disabled"))


def everyone(browser: Browser, url: str) -> None:
    """What is seen without an account, and the guide."""
    stranger = Visitor(browser, url)
    stranger.open("/")
    shoot("home", stranger.page)
    stranger.open(FOOD)
    shoot("guide", stranger.page)
    stranger.close()


def applicant(browser: Browser, url: str) -> None:
    """An agent's case on its way, her company's licence, and what a stranger sees who scans its code."""
    agent = Visitor(browser, url, "linzhao")
    agent.open("/me")
    agent.open(agent.link(r"^/me/cases/", "现场核查"))
    shoot("status", agent.page)
    agent.open("/me/certificates")
    licence = agent.link(r"^/me/certificates/.*\.pdf$", "食品经营许可证")
    code = agent.link(r"^/verify/", "食品经营许可证")
    sealed = agent.context.request.get(url + licence)
    if not sealed.body().startswith(b"%PDF-"):
        raise SystemExit(f"证照还没有制成（{sealed.status}）；请稍等几秒再试")
    keep("certificate", lambda quality: drawn(sealed.body(), quality))
    agent.close()
    stranger = Visitor(browser, url)
    stranger.open(code)
    shoot("verify", stranger.page)
    stranger.close()


def phone(browser: Browser, url: str) -> None:
    """A page of the form on a phone, from a draft that is thrown away afterwards."""
    agent = Visitor(browser, url, "linzhao", PHONE)
    agent.open(f"{FOOD}/start")
    agent.page.get_by_label("澜江春禾餐饮有限公司").check()
    agent.press("开始")
    for answer in ("new", "catering", "none"):
        agent.choose("answer", answer)
        agent.press("继续")
    draft = agent.page.url
    agent.open(f"{draft}/section/premises")
    agent.choose("f-district", "990102")
    agent.page.fill("#f-area", "120.5")
    shoot("form-phone", agent.page)
    agent.open(f"{draft}/discard")
    agent.page.locator("main form button[type=submit]").click()
    agent.close()


def officials(browser: Browser, url: str) -> None:
    """The desk, a case on it, why a case is due on its day, and the manager's list."""
    inspector = Visitor(browser, url, "kangyuanzhou")
    inspector.open("/office/")
    panel = inspector.link(r"^/office/|^\?", "现场核查")
    inspector.open(panel if panel.startswith("/") else f"/office/{panel}")
    shoot("worklist", inspector.page)
    inspector.page.get_by_role("link", name="打开办理", exact=True).first.click()
    inspector.page.wait_for_load_state("networkidle")
    shoot("case", inspector.page)
    inspector.open("/office/")
    number = re.search(r"990100-\d{8}-\d{7,}", inspector.page.locator("tr", has_text="特别程序").first.inner_text())
    if number is None:
        raise LookupError("待办里没有特别程序中的办件")
    inspector.open(f"/clock/990100/{number.group()}?timer=TL")
    shoot("proof", inspector.page)
    inspector.close()
    manager = Visitor(browser, url, "wenshuyi")
    manager.open("/manage/")
    shoot("manage", manager.page)
    manager.close()
    for name, account, path in (("lead", "fangjiangyue", "/lead"), ("watch", "lumingjian", "/supervise/watch")):
        watcher = Visitor(browser, url, account)
        watcher.open(path)
        shoot(name, watcher.page)
        watcher.close()


def drawn(pdf: bytes, quality: int) -> bytes:
    """The first page of a PDF as JPEG."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise SystemExit("没有 pdftoppm；请安装 poppler-utils")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "licence.pdf"
        source.write_bytes(pdf)
        subprocess.run(  # noqa: S603 — poppler's own program, with arguments of ours.
            [
                program,
                "-jpeg",
                "-jpegopt",
                f"quality={quality}",
                "-r",
                "96",
                "-singlefile",
                source,
                source.with_suffix(""),
            ],
            check=True,
        )
        return source.with_suffix(".jpg").read_bytes()


def main() -> int:
    """Takes all pictures; 0 when all are there."""
    parser = argparse.ArgumentParser(description="从正在运行的演示截取 README 的图片")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="演示的地址，默认 http://127.0.0.1:8000")
    url = str(parser.parse_args().url).rstrip("/")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        for take in (everyone, applicant, phone, officials):
            take(browser, url)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
