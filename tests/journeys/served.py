"""The town's site served to a real browser from this process, and what axe says of a page."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Final

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.chromium import CHROMIUM
from tests.town import PASSWORD, Town
from tests.web.visitors import at_town, browser

AXE: Final = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WALKING: Final = bool(os.environ.get("BANJIE_WALK"))
"""Whether there is time to look at every page at every width (`make walk`), or at one that shows most."""
QUIET: Final = ["--no-sandbox", "--disable-gpu"]

# What a page must come to show is a question of whether, not of how soon: the machine may have much else to do.
expect.set_options(timeout=20_000)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the name is the base class's.
        """Says nothing: a journey's output is its own."""


@contextmanager
def site(town: Town) -> Iterator[str]:
    """The address at which the town's pages are served."""
    with at_town(town):
        server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
        server.daemon_threads = True
        server.set_app(get_wsgi_application())
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield launched
        launched.close()


def signed_in(context: BrowserContext, address: str, username: str) -> Page:
    """A page of someone who has signed in by the form. What the browser complains of is kept in `page.faults`."""
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("#login", username)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.wait_for_load_state()
    return page


def let_in(context: BrowserContext, address: str, username: str) -> Page:
    """A page of someone who has signed in before, for journeys whose subject is not the door: nothing is opened yet."""
    session = browser(username).cookies
    context.add_cookies([{"name": one.key, "value": one.value, "url": address} for one in session.values()])
    return context.new_page()


def troubles_of(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands."""
    # The page's own policy forbids scripts from elsewhere, so axe is put in by the driver and not by an element.
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    asked = {"runOnly": RULES, "resultTypes": ["violations"]}  # Only for these does axe look at every element.
    found = page.evaluate("asked => axe.run(document, asked).then(r => r.violations)", asked)
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def width_over(page: Page) -> int:
    """By how many pixels the page runs over the right edge."""
    # After a press the new page may have begun without any content yet: there is nothing to measure until it has come.
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
