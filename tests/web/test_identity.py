"""Signing in, for whom one acts, and the doors that ask for a post."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import override_settings
from tests.town import AGENT, CLERK, PASSWORD, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.records.models import Account
from banjie.web.identity import DEMO_PASSWORD, demo_groups

SUPERVISOR = "lumingjian"
MANAGER = "wenshuyi"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    cache.clear()
    with at_town(town):
        yield


@pytest.mark.parametrize(
    ("username", "home"), [(CLERK, "/office/"), (SUPERVISOR, "/supervise/"), (MANAGER, "/manage/"), (AGENT, "/me")]
)
def test_everyone_arrives_at_their_own_work(username: str, home: str) -> None:
    client = browser()
    answer = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.headers["Location"] == home
    assert client.get(home).status_code == 200


def test_whoever_was_sent_to_sign_in_comes_back() -> None:
    client = browser()
    asked = client.get("/office/?view=late")
    assert asked.headers["Location"] == "/accounts/login/?next=/office/%3Fview%3Dlate"
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/office/?view=late"' in page.content.decode()
    answer = client.post("/accounts/login/", {"login": CLERK, "password": PASSWORD, "next": "/office/?view=late"})
    assert answer.headers["Location"] == "/office/?view=late"


def test_a_wrong_password_is_told_and_what_was_typed_stays() -> None:
    answer = browser().post("/accounts/login/", {"login": CLERK, "password": "not-this-one"})
    page = answer.content.decode()
    assert "有 1 处需要修改" in page
    assert f'value="{CLERK}"' in page
    assert "not-this-one" not in page


def test_guessing_passwords_is_stopped() -> None:
    client = browser()
    for _ in range(5):
        client.post("/accounts/login/", {"login": CLERK, "password": "not-this-one"})
    answer = client.post("/accounts/login/", {"login": CLERK, "password": PASSWORD})
    assert answer.status_code in (200, 429)
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize(
    ("username", "address", "status"),
    [
        ("", "/office/", 302),
        ("", "/supervise/", 302),
        ("", "/manage/", 302),
        (AGENT, "/office/", 403),
        (AGENT, "/supervise/", 403),
        (AGENT, "/manage/", 403),
        (CLERK, "/office/", 200),
        (CLERK, "/supervise/", 403),
        (CLERK, "/manage/", 403),
        (SUPERVISOR, "/office/", 403),
        (SUPERVISOR, "/supervise/", 200),
        (MANAGER, "/manage/", 200),
        (MANAGER, "/office/", 403),
    ],
)
def test_who_may_walk_in_where(username: str, address: str, status: int) -> None:
    answer = browser(username).get(address)
    assert answer.status_code == status
    if status == 403:
        assert "您的账号没有这些岗位" in answer.content.decode()


def test_a_person_acts_for_the_company_that_let_her() -> None:
    client = browser(AGENT)
    assert client.post("/me/act-for", {"party": RESTAURANT, "back": "/me"}).headers["Location"] == "/me"
    assert client.session["party"] == RESTAURANT
    refused = client.post("/me/act-for", {"party": "c-someone-else"})
    assert refused.status_code == 403
    assert "没有被授权" in refused.content.decode()
    assert client.session["party"] == RESTAURANT


def test_signing_out_is_asked_for_and_done() -> None:
    client = browser(AGENT)
    assert "要退出登录吗" in client.get("/accounts/logout/").content.decode()
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert client.get("/me").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc:def/",
        "password/set/",
        "password/reset/",
        "password/reset/done/",
        "login/code/confirm/",
        "inactive/",
        "login/",
    ],
)
def test_every_door_of_sign_in_leads_to_a_page(address: str) -> None:
    answer = browser().get(f"/accounts/{address}")
    assert answer.status_code == 200
    assert "12345" in answer.content.decode()


def test_no_account_is_opened_by_a_form() -> None:
    answer = browser().post("/accounts/signup/", {"username": "xinren", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 410
    assert "不在网上直接注册" in answer.content.decode()


def test_a_password_is_changed_by_whoever_knows_the_old_one(town: Town) -> None:
    client = browser("zhouyibo")
    page = client.get("/accounts/password/change/")
    assert page.status_code == 200
    wrong = client.post("/accounts/password/change/", {"oldpassword": "x", "password1": "short", "password2": "other"})
    assert wrong.status_code == 200
    assert "处需要修改" in wrong.content.decode()
    right = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "麦香路二十一号-2026", "password2": "麦香路二十一号-2026"},
    )
    assert right.status_code == 302
    assert "密码已经修改" in client.get(right.headers["Location"]).content.decode()
    assert client.get("/accounts/reauthenticate/").status_code in (200, 302)
    account = Account.objects.get(username="zhouyibo")
    account.set_password(PASSWORD)  # The town is shared by all tests.
    account.save()


def test_the_demonstration_lists_its_accounts_and_nothing_else_does() -> None:
    assert DEMO_PASSWORD == PASSWORD
    page = text_of(browser().get("/accounts/login/").content)
    for group in demo_groups():
        assert group.title in page
        for account in group.accounts:
            assert account.name in page
    with override_settings(DEMO=False):
        assert PASSWORD not in browser().get("/accounts/login/").content.decode()
