"""Signing in with the national identity, in Chromium, against a certified OpenID provider: all ways and their ends."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import override_settings
from playwright.sync_api import Browser, Page
from tests.identity.provided import CLIENT, SECRET, Provided, free_port, provider, why_not
from tests.journeys.served import chromium, site, troubles_of
from tests.town import Town

from banjie.records.models import Account

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "everything is here")

WRONG = "身份认证的结果没有通过核对"


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    with site(town) as found:
        yield found.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def identity(address: str) -> Iterator[Provided]:
    with provider(address) as found, override_settings(**told(found.issuer)):
        yield found


def told(issuer: str) -> dict[str, object]:
    """The settings that name a provider."""
    providers: dict[str, dict[str, Any]] = deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"] = [
        {
            "provider_id": "national",
            "name": "统一身份认证",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": issuer, "scope": ["openid", "profile", "real_name"]},
        }
    ]
    return {"IDENTITY_ISSUER": issuer, "SOCIALACCOUNT_PROVIDERS": providers}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, identity: Provided) -> Iterator[Page]:
    cache.clear()
    caches["process"].clear()
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def go(page: Page, address: str, login: str, *, first: str = "/me/messages") -> None:
    """From a page that asks for sign-in, through the provider, until back on our side."""
    page.goto(f"{address}{first}")
    page.get_by_role("button", name="用统一身份认证登录").click()
    through(page, login)
    page.wait_for_url(lambda url: url.startswith(address))
    page.wait_for_load_state()


def through(page: Page, login: str) -> None:
    """The provider's own pages: who she is, and that she agrees."""
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", "anything")
    page.click("button[type=submit]")
    page.get_by_role("button", name="Continue").click()


def test_she_signs_in_comes_back_to_where_she_was_and_signs_out_of_both(page: Page, address: str) -> None:
    go(page, address, "linzhao")
    assert page.url == f"{address}/me/messages"
    assert page.locator(".bj-account summary").inner_text().startswith("林照")
    page.locator(".bj-account summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("button", name="Yes").click()  # The provider asks whether to end its own session too.
    page.wait_for_url(f"{address}/")
    assert page.goto(f"{address}/me").url.startswith(f"{address}/accounts/login/")  # type: ignore[union-attr]  # an answer
    page.get_by_role("button", name="用统一身份认证登录").click()
    assert page.locator("input[name=login]").is_visible(), "the next person at this computer is asked who she is"


def test_the_account_is_found_by_the_citizen_number_and_opened_at_the_first_visit(page: Page, address: str) -> None:
    before = Account.objects.count()
    go(page, address, "newcomer", first="/me")
    assert page.locator(".bj-account summary").inner_text().startswith("𬭼䶮")
    account = Account.objects.get(display_name="𬭼䶮")
    assert (account.level, account.has_usable_password()) == (2, False)
    page.context.clear_cookies()
    go(page, address, "newcomer", first="/me")
    assert Account.objects.count() == before + 1


@pytest.mark.parametrize("how", ["issuer", "nonce", "expired", "audience", "signature"])
def test_a_word_that_is_not_the_providers_for_this_visit_is_not_believed(
    page: Page, address: str, identity: Provided, how: str
) -> None:
    identity.tamper(how)
    go(page, address, "linzhao")
    assert WRONG in page.inner_text("main")
    assert page.goto(f"{address}/me").url.startswith(f"{address}/accounts/login/")  # type: ignore[union-attr]  # an answer


def test_a_code_is_good_for_once(page: Page, address: str) -> None:
    seen = []
    page.on("request", lambda request: seen.append(request.url) if "/national/callback/" in request.url else None)
    go(page, address, "linzhao")
    page.context.clear_cookies()
    page.goto(seen[0])
    assert "这次登录已经失效" in page.inner_text("main")
    assert troubles_of(page) == []


@pytest.mark.parametrize(
    ("login", "said", "remedy"),
    [
        ("weak", "登录本网站需要", "统一身份认证"),
        ("renamed", "姓名与本市登记的不一致", "窗口更新"),
        ("numberless", "公民身份号码", "12345"),
    ],
)
def test_whoever_does_not_fit_is_told_what_to_do(page: Page, address: str, login: str, said: str, remedy: str) -> None:
    go(page, address, login)
    words = page.inner_text("main")
    assert said in words
    assert remedy in words
    assert page.goto(f"{address}/me").url.startswith(f"{address}/accounts/login/")  # type: ignore[union-attr]  # an answer


def test_whoever_does_not_agree_gives_nothing_away(page: Page, address: str) -> None:
    page.goto(f"{address}/me")
    page.get_by_role("button", name="用统一身份认证登录").click()
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(lambda url: url.startswith(address))
    assert "您没有完成身份认证" in page.inner_text("main")


def test_a_provider_that_is_down_or_another_is_told_apart(page: Page, address: str, identity: Provided) -> None:
    with override_settings(**told(f"http://localhost:{free_port()}")):
        caches["process"].clear()
        page.goto(f"{address}/accounts/login/")
        page.get_by_role("button", name="用统一身份认证登录").click()
        assert "暂时连不上" in page.inner_text("main")
    with override_settings(**told(identity.issuer.replace("localhost", "127.0.0.1"))):
        caches["process"].clear()
        page.goto(f"{address}/accounts/login/")
        page.get_by_role("button", name="用统一身份认证登录").click()
        assert WRONG in page.inner_text("main")
