"""How long one stays signed in, and what becomes of a form that comes too late."""

from collections.abc import Iterator

import pytest
from tests.town import AGENT, CLERK, PASSWORD, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.packs.identity import identity
from banjie.web.sessions import KEPT, LEASE

LENGTHS = identity().sessions


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    before = town.clock.at
    with at_town(town):
        yield
    town.clock.at = before


@pytest.mark.parametrize(
    ("username", "elder", "minutes"),
    [(AGENT, False, LENGTHS.citizen), (AGENT, True, LENGTHS.elder), (CLERK, False, LENGTHS.official)],
)
def test_the_lease_is_as_long_as_the_city_says(username: str, elder: bool, minutes: int, town: Town) -> None:
    client = browser(username)
    if elder:
        client.cookies["bj_elder"] = "1"
    home = "/office/" if username == CLERK else "/me"
    page = client.get(home).content.decode()
    assert f'data-bj-lease="{minutes * 60}"' in page
    assert f'data-bj-warn="{LENGTHS.warn * 60}"' in page
    assert "登录将在" in page, "without scripts it is told as well"
    town.clock.move(minutes=minutes, seconds=-1)
    assert client.get(home).status_code == 200, "the last second still counts, and renews"
    town.clock.move(minutes=minutes, seconds=1)
    assert client.get(home).status_code == 302


def test_most_pages_write_nothing(town: Town) -> None:
    client = browser(AGENT)
    client.get("/me")
    first = client.session[LEASE]
    town.clock.move(minutes=1)
    client.get("/me")
    assert client.session[LEASE] == first
    town.clock.move(minutes=LENGTHS.citizen // 2)
    client.get("/me")
    assert client.session[LEASE] > first


def test_extending_works_with_scripts_and_without(town: Town) -> None:
    client = browser(AGENT)
    client.get("/me")
    town.clock.move(minutes=LENGTHS.citizen - 1)
    answer = client.post("/accounts/session/extend", headers={"X-Requested-With": "lease"})
    assert answer.json() == {"left": LENGTHS.citizen * 60}
    assert client.post("/accounts/session/extend", {"back": "/me/messages"}).headers["Location"] == "/me/messages"
    assert client.post("/accounts/session/extend", {"back": "https://elsewhere.example/"}).headers["Location"] == "/me"
    town.clock.move(minutes=LENGTHS.citizen + 1)
    assert client.post("/accounts/session/extend", headers={"X-Requested-With": "lease"}).status_code == 401


def too_late(town: Town, client: "object", **form: str) -> str:
    """Posts a form after the end; answers with where one is sent."""
    client.get("/me")  # type: ignore[attr-defined]  # a Client of Django's tests
    town.clock.move(minutes=LENGTHS.citizen + 5)
    sent = client.post("/me/mandates/new?party=p-linzhao", form)  # type: ignore[attr-defined]  # the same
    assert sent.status_code == 303
    return str(sent.headers["Location"])


def test_what_came_too_late_is_given_back_to_whom_it_belongs(town: Town) -> None:
    client = browser(AGENT)
    address = too_late(town, client, agent_name="苗小米", relation="妹妹", password="never")
    assert address == "/accounts/login/?next=%2Faccounts%2Fsession%2Fkept"
    assert "苗小米" not in address
    assert "内容已经保留" in text_of(client.get(address).content)
    form = {"login": AGENT, "password": PASSWORD, "next": "/accounts/session/kept"}
    back = client.post("/accounts/login/", form)
    assert back.headers["Location"] == "/accounts/session/kept"
    page = client.get("/accounts/session/kept").content
    assert "您刚才填写的内容还在" in text_of(page)
    assert hidden(page, "agent_name") == "苗小米"
    assert hidden(page, "relation") == "妹妹"
    assert b'action="/me/mandates/new?party=p-linzhao"' in page
    assert b"never" not in page


def test_another_account_learns_nothing_of_it(town: Town) -> None:
    client = browser(AGENT)
    too_late(town, client, agent_name="苗小米")
    client.post("/accounts/login/", {"login": "niejiangan", "password": PASSWORD, "next": "/accounts/session/kept"})
    page = client.get("/accounts/session/kept")
    assert "苗小米" not in page.content.decode()
    assert "没有等着提交的内容" in text_of(page.content)
    assert KEPT not in client.session


def test_it_is_kept_for_a_short_while_only_and_can_be_thrown_away(town: Town) -> None:
    client = browser(AGENT)
    too_late(town, client, agent_name="苗小米")
    town.clock.move(minutes=LENGTHS.keep + 1)
    client.post("/accounts/login/", {"login": AGENT, "password": PASSWORD})
    assert "没有等着提交的内容" in text_of(client.get("/accounts/session/kept").content)
    second = browser(AGENT)
    too_late(town, second, agent_name="苗小米")
    second.post("/accounts/login/", {"login": AGENT, "password": PASSWORD})
    assert second.post("/accounts/session/kept/drop").headers["Location"] == "/me"
    assert KEPT not in second.session


def test_a_form_without_its_token_keeps_nothing(town: Town) -> None:
    """Another site's form comes without our token, and is turned away before anything is kept."""
    client = browser(AGENT)
    client.get("/me")
    client.handler.enforce_csrf_checks = True
    town.clock.move(minutes=LENGTHS.citizen + 5)
    assert client.post("/me/mandates/new", {"agent_name": "苗小米"}).status_code == 403
    assert KEPT not in client.session


def test_saving_while_typing_says_that_the_time_is_over(town: Town) -> None:
    client = browser(AGENT)
    client.get("/me")
    town.clock.move(minutes=LENGTHS.citizen + 5)
    answer = client.post("/me/mandates/new", {"a": "b"}, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 401
    assert "登录已到时" in answer.content.decode()


def test_a_page_that_is_only_looked_at_leads_back_to_itself(town: Town) -> None:
    client = browser(AGENT)
    client.get("/me")
    town.clock.move(minutes=LENGTHS.citizen + 5)
    assert client.get("/me/messages").headers["Location"] == "/accounts/login/?next=/me/messages"
