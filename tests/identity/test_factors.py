"""Passkeys, one-time codes and recovery codes: setting them up, signing in with them, and coming in again without a
password. Passkeys are tried in Chromium with its virtual authenticator."""

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page
from tests.journeys.served import chromium, site, troubles_of, width_over
from tests.town import PASSWORD, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.joining import Verified, join
from banjie.engine.ids import citizen_check_character
from banjie.packs.identity import identity
from banjie.records.models import Account

NEW = "春天来了-2027-好"
serial = iter(range(500, 999))


@pytest.fixture
def account(town: Town) -> Iterator[tuple[Account, str]]:
    """Somebody of her own for each test, with a password, and her citizen number."""
    cache.clear()
    first = f"99010419880808{next(serial):03d}"
    code = first + citizen_check_character(first)
    found = join(town.platform, Verified("纪有锁", code, 3))
    found.set_password(PASSWORD)
    found.save()
    yield found, code
    Authenticator.objects.filter(user=found).delete()


@pytest.fixture
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def current(secret: str, *, ahead: int = 0) -> str:
    """The six digits an authenticator shows now, or will show next."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def signed_in(username: str, password: str = PASSWORD) -> Client:
    client = browser()
    client.post("/accounts/login/", {"login": username, "password": password})
    # What protects an account is changed only by whoever has just shown again who she is.
    assert "reauthenticate" in client.get("/accounts/security/totp/activate/").headers["Location"]
    client.post("/accounts/reauthenticate/", {"password": password})
    return client


def with_codes(username: str) -> tuple[str, list[str]]:
    """Sets one-time codes up by the pages; answers with the secret and the recovery codes."""
    client = signed_in(username)
    page = client.get("/accounts/security/totp/activate/").content.decode()
    secret = re.search(r"密钥：<code>(\w+)</code>", page)
    assert secret is not None
    assert "data:image/svg+xml" in page
    assert client.post("/accounts/security/totp/activate/", {"code": "000000"}).status_code == 200
    done = client.post("/accounts/security/totp/activate/", {"code": current(secret[1])})
    assert done.status_code == 302
    shown = client.get("/accounts/security/recovery-codes/").content.decode()
    return secret[1], re.findall(r"<li><code>(\d+)</code></li>", shown)


@pytest.mark.usefixtures("pages")
def test_one_time_codes_are_asked_for_and_each_is_good_for_once(account: tuple[Account, str]) -> None:
    who, _ = account
    secret, recovery = with_codes(who.username)
    assert len(recovery) == 10
    kept = Authenticator.objects.get(user=who, type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data), "the secret is encrypted where it is kept"
    client = browser()
    answer = client.post("/accounts/login/", {"login": who.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/security/authenticate/"
    assert client.get("/me").status_code == 302, "half signed in is not signed in"
    assert "再确认一步" in text_of(client.get("/accounts/security/authenticate/").content)
    wrong = client.post("/accounts/security/authenticate/", {"code": "123456"})
    assert "验证码不对" in text_of(wrong.content)
    code = current(secret, ahead=1)
    assert client.post("/accounts/security/authenticate/", {"code": code}).headers["Location"] == "/me"
    assert client.get("/me").status_code == 200
    second = browser()
    second.post("/accounts/login/", {"login": who.username, "password": PASSWORD})
    again = second.post("/accounts/security/authenticate/", {"code": code})
    assert "已经用过" in text_of(again.content)
    assert second.post("/accounts/security/authenticate/", {"code": recovery[0]}).status_code == 302


@pytest.mark.usefixtures("pages")
def test_guessing_is_told_to_wait_and_a_code_opens_the_door_at_once(account: tuple[Account, str]) -> None:
    who, number = account
    _, recovery = with_codes(who.username)
    client = browser()
    limit = identity().limit("登录")
    for _ in range(limit.by_account):
        assert client.post("/accounts/login/", {"login": who.username, "password": "no"}).status_code == 200
    answer = client.post("/accounts/login/", {"login": who.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(limit.seconds)
    assert "用验证码重设" in text_of(answer.content)
    form = {
        "login": who.username,
        "citizen": number,
        "code": recovery[1],
        "password1": NEW,
        "password2": NEW,
    }
    for wrong in ({"citizen": "990102198804120010"}, {"code": "00000000"}, {"password2": "another"}):
        refused = client.post("/accounts/password/reset/", form | wrong)
        assert refused.status_code == 422
        assert "需要修改" in text_of(refused.content)
    done = client.post("/accounts/password/reset/", form)
    assert done.headers["Location"] == "/accounts/login/?done=password"
    assert "密码已经重设" in text_of(client.get("/accounts/login/?done=password").content)
    answer = client.post("/accounts/login/", {"login": who.username, "password": NEW})
    assert answer.status_code == 302, "the waiting is over"
    assert client.post("/accounts/password/reset/", form).status_code == 422, "a recovery code is good for once"
    assert client.post("/accounts/password/reset/", form).status_code == 429


@pytest.mark.usefixtures("pages")
def test_an_official_renews_a_password_in_the_office_only() -> None:
    form = {"login": "luoxiaoyu", "citizen": "990102198804120010", "code": "123456", "password1": NEW, "password2": NEW}
    assert "没有通过核对" in text_of(browser().post("/accounts/password/reset/", form).content)


@pytest.mark.usefixtures("pages")
def test_every_page_of_security_can_be_read(account: tuple[Account, str]) -> None:
    who, _ = account
    secret, _ = with_codes(who.username)
    client = browser()
    client.post("/accounts/login/", {"login": who.username, "password": PASSWORD})
    client.post("/accounts/security/authenticate/", {"code": current(secret, ahead=1)})
    for address, words in (
        ("", "登录安全"),
        ("totp/deactivate/", "停用动态验证码"),
        ("recovery-codes/generate/", "生成新的恢复码"),
        ("webauthn/", "还没有通行密钥"),
        ("webauthn/add/", "添加通行密钥"),
        ("recovery-codes/", "恢复码"),
    ):
        answer = client.get(f"/accounts/security/{address}", follow=True)
        assert answer.status_code == 200, address
        said = text_of(answer.content)
        assert words in said or "请再次" in said, address
    assert "请再次确认是您本人" in text_of(client.get("/accounts/security/reauthenticate/").content)


# --- passkeys, in Chromium ---


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    with site(town) as found:
        # A passkey belongs to a name, never to a number.
        yield found.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    context = window.new_context(locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("#login", username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def test_a_passkey_is_added_signs_in_and_opens_the_way_to_a_new_password(
    page: Page, address: str, account: tuple[Account, str]
) -> None:
    who, _ = account
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    sign_in(page, address, who.username)
    page.goto(f"{address}/accounts/security/webauthn/add/")
    if page.locator("input[name=password]").is_visible():
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="确认").click()
    assert troubles_of(page) == []
    page.fill("#name", "我的手机")
    page.get_by_role("button", name="添加", exact=True).click()
    page.wait_for_url(lambda url: "recovery-codes" in url)
    page.goto(f"{address}/accounts/security/webauthn/")
    assert "我的手机" in page.inner_text("main")

    page.context.clear_cookies()
    page.goto(f"{address}/accounts/login/?next=/me/messages")
    assert troubles_of(page) == []
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(f"{address}/me/messages")

    page.goto(f"{address}/accounts/password/reset/")
    assert "可以直接设新密码" in page.inner_text("main")
    page.fill("#password1", NEW)
    page.fill("#password2", NEW)
    page.get_by_role("button", name="重设密码").click()
    page.wait_for_url(lambda url: "done=password" in url)
    assert Account.objects.get(pk=who.pk).check_password(NEW)
    assert faults == []


def test_a_passkey_is_the_second_step_beside_a_password(page: Page, address: str, account: tuple[Account, str]) -> None:
    who, _ = account
    sign_in(page, address, who.username)
    page.goto(f"{address}/accounts/security/webauthn/add/")
    if page.locator("input[name=password]").is_visible():
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="确认").click()
    page.get_by_role("button", name="添加", exact=True).click()
    page.wait_for_url(lambda url: "recovery-codes" in url)
    page.context.clear_cookies()
    sign_in(page, address, who.username)
    assert "/accounts/security/authenticate/" in page.url
    page.set_viewport_size({"width": 390, "height": 844})
    assert width_over(page) == 0
    assert troubles_of(page) == []
    page.get_by_role("button", name="改用通行密钥").click()
    page.wait_for_url(f"{address}/me")


def test_whoever_cancels_is_told_and_nothing_is_sent(
    window: Browser, address: str, account: tuple[Account, str]
) -> None:
    context = window.new_context(locale="zh-CN")
    page = context.new_page()
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))")
    page.goto(f"{address}/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有完成。您可以再试一次").wait_for()
    context.close()


def test_two_minutes_before_the_end_a_dialog_offers_to_go_on(
    window: Browser, address: str, account: tuple[Account, str], town: Town
) -> None:
    who, _ = account
    context = window.new_context(locale="zh-CN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.clock.install()
    sign_in(page, address, who.username)
    page.goto(f"{address}/me/mandates")
    lengths = identity().sessions
    page.clock.run_for((lengths.citizen - lengths.warn) * 60_000 + 1500)
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "登录就要结束" in dialog.inner_text()
    assert troubles_of(page) == []
    dialog.get_by_role("button", name="继续办理").click()
    dialog.wait_for(state="hidden")
    page.clock.run_for(lengths.citizen * 60_000 + 1500)
    dialog.wait_for()
    assert "登录已经结束" in dialog.inner_text()
    context.close()
