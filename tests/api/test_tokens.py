"""Who calls: bearer tokens and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.api.calling import Caller, Callers, assert_problem
from tests.town import CLERK, PASSWORD, Town

from banjie.api import tokens
from banjie.api.problems import Troubled
from banjie.api.tokens import Doorkeeper
from banjie.records.models import Account, Token


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer no-such-token",
        "Basic eDp5",
        "Token x",
        "bearer\tx",
        "Bearer " + "x" * 9000,
        "Bearer 令牌",
    ],
)
def test_no_valid_token_opens_nothing(callers: Callers, header: str) -> None:
    headers = {"HTTP_AUTHORIZATION": header} if header else {}
    for answer in (
        callers().get("/worklist", **headers),
        callers().post("/cases/990100-20261124-0000001/acts/claim", {}, "key-00000001", **headers),
    ):
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_nothing_here(town: Town, callers: Callers) -> None:
    browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
    browser.force_login(Account.objects.get(username=CLERK), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/worklist").status_code == 401
    assert PASSWORD  # The same account has a password; it is no key to this door either.


def test_the_scheme_may_be_written_small(callers: Callers) -> None:
    assert callers().get("/worklist", HTTP_AUTHORIZATION=f"bearer {callers.token(CLERK)}").status == 200


def test_a_token_is_believed_for_half_a_minute(town: Town, callers: Callers) -> None:
    time = [0.0]
    keeper = Doorkeeper(lambda: time[0])
    secret = Token.issue(Account.objects.get(username=CLERK))
    assert keeper.standing(f"Bearer {secret}").actor.account == CLERK
    Token.objects.filter(digest=Token.digest_of(secret)).delete()
    time[0] = 29.0
    assert keeper.standing(f"Bearer {secret}").actor.account == CLERK
    time[0] = 31.0
    with pytest.raises(Troubled):
        keeper.standing(f"Bearer {secret}")


def test_a_token_ends_when_it_ends(town: Town, callers: Callers) -> None:
    time = [0.0]
    keeper = Doorkeeper(lambda: time[0])
    secret = Token.issue(Account.objects.get(username=CLERK))
    kept = Token.objects.filter(digest=Token.digest_of(secret))
    kept.update(valid_until=town.platform.now() + timedelta(seconds=5))
    keeper.standing(f"Bearer {secret}")
    time[0] = 6.0
    kept.update(valid_until=town.platform.now())
    with pytest.raises(Troubled):
        keeper.standing(f"Bearer {secret}")


def test_who_has_left_is_not_let_in(town: Town, callers: Callers) -> None:
    gone = Account.objects.create(username="left", key="left", is_active=False)
    assert_problem(Caller(Token.issue(gone)).get("/worklist"), 401)


def test_memory_is_bounded(town: Town, callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "KEPT", 2)
    keeper = tokens.Doorkeeper(lambda: 0.0)
    account = Account.objects.get(username=CLERK)
    for _ in range(4):
        keeper.standing(f"Bearer {Token.issue(account)}")
    assert len(keeper._known) == 2
