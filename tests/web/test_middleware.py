"""What every answer carries, and that no bad request breaks a page."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from tests.town import AGENT, CLERK, FOOD, Town
from tests.web.visitors import at_town, browser

from banjie.web import assets
from banjie.web.middleware import PAGE_POLICY, ClientAddress


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def test_a_page_may_load_our_own_things_only() -> None:
    answer = browser().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy == PAGE_POLICY
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "camera" not in answer.headers["Permissions-Policy"]  # The phone's camera takes pictures of papers.
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_of_a_signed_in_person_stays_on_a_shared_computer() -> None:
    assert browser(CLERK).get("/office/").headers["Cache-Control"] == "no-store"
    assert browser(AGENT).get("/me").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in browser().get("/").headers


def test_static_files_are_kept_for_ever_under_their_hash() -> None:
    item = assets.get("banjie.css")
    address, _, version = item.url.partition("?v=")
    answer = browser().get(address, {"v": version}, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    again = browser().get(address, {"v": version}, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert browser().get(address, {"v": "000000000000"}).headers["Cache-Control"] == "public, max-age=60"
    assert browser().post(address).status_code == 405
    assert browser().get("/static/../settings.py").status_code == 404
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "address", "typed"),
    [
        ("get", "/nothing-here", {}),
        ("get", "/office/?number=%00", {}),
        ("get", "/office/?view=%F0%28&item=%00&after=2026-99-99_00000000-0000-0000-0000-000000000000", {}),
        ("get", "/office/?after=2026-11-24_ffffffff-ffff-ffff-ffff-ffffffffffff&open=" + "9" * 400, {}),
        ("get", "/office/cases/990100/none", {}),
        ("get", "/office/cases/990100/none/paper/" + "0" * 64, {}),
        ("get", "/office/cases/990100/none/document/00000000-0000-0000-0000-000000000000.pdf", {}),
        ("post", "/office/cases/990100/none/act/accept", {"key": "x"}),
        ("post", "/office/cases/990100/none/act/submit", {}),
        ("post", "/office/cases/990100/none/act/no-such-act", {}),
        ("post", "/office/cases/990100/none/act/extend", {"days": "１二", "reason": "\x00"}),
        ("get", "/clock/990100/none", {}),
        ("get", "/clock/990100/none.json?timer=TL", {}),
        ("get", "/elder?on=1&back=//evil.example", {}),
        ("post", "/me/act-for", {"party": "\x00"}),
        ("get", "/manage/items/990100/none/99999999999999999999", {}),
        ("get", "/accounts/", {}),
        ("get", "/accounts/nothing/", {}),
    ],
)
def test_no_bad_request_breaks_anything(method: str, address: str, typed: dict[str, str]) -> None:
    for username in ("", CLERK, AGENT):
        answer = getattr(browser(username), method)(address, typed or None)
        assert answer.status_code < 500, f"{username} {answer.status_code}"


def test_too_much_and_broken_uploads_are_told_in_words() -> None:
    client = browser(CLERK)
    many = {f"field{number}": "x" for number in range(1200)}
    answer = client.post("/office/cases/990100/none/act/accept", many)
    assert answer.status_code == 400
    assert "无法处理" in answer.content.decode()
    broken = client.post(
        "/office/cases/990100/none/act/accept", b"--x\r\nnot a part", content_type="multipart/form-data; boundary=x"
    )
    assert broken.status_code in (400, 404)
    assert client.get("/office/", HTTP_HOST="evil.example").status_code == 400


def test_a_redirect_never_leaves_the_site() -> None:
    assert browser().get("/elder", {"on": "1", "back": "//evil.example/"}).headers["Location"] == "/"
    posted = browser(AGENT).post("/me/act-for", {"party": "c-chunhe", "back": "https://evil.example/"})
    assert posted.headers["Location"] == "/me"


def test_the_edition_for_the_elderly_is_a_cookie() -> None:
    client = browser()
    assert client.get("/elder", {"on": "1", "back": "/help"}).headers["Location"] == "/help"
    assert b"bj-elder" in client.get("/help").content
    client.get("/elder", {"on": "0"})
    assert b"bj-elder" not in client.get("/help").content


def test_a_form_from_elsewhere_is_turned_away_with_words(town: Town) -> None:
    client = browser(CLERK)
    client.handler.enforce_csrf_checks = True
    number = town.submit(AGENT, FOOD).number
    answer = client.post(f"/office/cases/990100/{number}/act/claim", {"key": "12345678"})
    assert answer.status_code == 403
    assert "页面已经过期" in answer.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "我是内网", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_a_visitors_address_is_what_our_own_proxy_saw(proxies: int, forwarded: str, address: str) -> None:
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    with override_settings(TRUSTED_PROXIES=proxies):
        ClientAddress(page)(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}))
    assert seen == [address]


def test_behind_a_proxy_with_tls_forms_come_from_the_public_address() -> None:
    public = {"BANJIE_PUBLIC_URL": "https://zwfw.example.gov.cn/", "BANJIE_TRUSTED_PROXIES": "1"}
    words = (
        "from banjie import settings as s;"
        "print(s.CSRF_TRUSTED_ORIGINS, s.SECURE_PROXY_SSL_HEADER[1], s.TRUSTED_PROXIES)"
    )
    told = subprocess.run(
        [sys.executable, "-c", words], env=os.environ | public, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "['https://zwfw.example.gov.cn'] https 1"
