"""The door for answers that come later: the right token, the right shape, once, in time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.actions.asked import ANSWERS, CODE, TOKEN, Scene, scene
from tests.town import Town

from banjie.actions.answering import run_late
from banjie.actions.ports import Reply
from banjie.api import exchange as door


@pytest.fixture
def here(town: Town, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = scene(town)
    made.exchange.replies["market_register"] = lambda _: Reply()
    monkeypatch.setattr(door, "platform", lambda: made.town.platform)
    made.begin()
    made.put("market_register")
    return made


def send(ask: str, answer: Any, token: str = TOKEN) -> Any:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Client(SERVER_NAME="localhost").post(
        f"/api/v1/exchange/answers/{ask}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def answer(ask: str, **changes: object) -> dict[str, object]:
    return {"ask": ask, "subject": CODE, "as_of": "2026-11-24", "values": ANSWERS} | changes


def test_an_answer_is_taken_once_and_told_again(here: Scene) -> None:
    ask = here.row("market_register").id
    for _ in range(2):
        response = send(ask, answer(ask))
        assert response.status_code == 200, response.content
        assert response.json() == {"ask": ask, "status": "answered", "status_name": "已查到"}
    assert here.row("market_register").held["company.address"] == ANSWERS["company.address"]
    other = send(ask, answer(ask, values={"company.name": "别的公司"}))
    assert other.status_code == 422
    assert "不同的答复" in other.json()["detail"]


def test_without_the_token_nothing_is_told(here: Scene) -> None:
    ask = here.row("market_register").id
    for response in (
        send(ask, answer(ask), token="wrong"),
        send("0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c99", answer(ask)),
        Client(SERVER_NAME="localhost").post(
            f"/api/v1/exchange/answers/{ask}", answer(ask), content_type="application/json"
        ),
    ):
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/problem+json"
    assert not here.row("market_register").held


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        ({"ask": "x"}, 400),
        ({"ask": "x", "subject": CODE, "as_of": "2026-11-24", "more": 1}, 400),
        (b"x" * (1024 * 1024 + 5), 413),
    ],
    ids=["断的", "不是对象", "缺项", "多项", "过大"],
)
def test_what_cannot_be_read_is_named_and_changes_nothing(here: Scene, body: Any, status: int) -> None:
    ask = here.row("market_register").id
    response = send(ask, body)
    assert response.status_code == status
    assert response.json()["remedy"]
    assert here.row("market_register").ask.status.value == "asked"


def test_a_lying_answer_is_refused_and_ends_the_ask(here: Scene) -> None:
    ask = here.row("market_register").id
    response = send(ask, answer(ask, subject="91990104MA00RC023T"))
    assert response.status_code == 422
    assert "不是您的数据" in response.json()["detail"]
    assert here.row("market_register").ask.status.value == "unavailable"


def test_a_department_may_say_no_later(here: Scene) -> None:
    ask = here.row("market_register").id
    response = send(ask, answer(ask, values={}, refused="没有这一户"))
    assert response.status_code == 200
    assert response.json()["status"] == "refused"


def test_too_late_is_said_so(here: Scene) -> None:
    ask = here.row("market_register").id
    at = here.town.platform.now() + timedelta(hours=1)
    run_late(here.town.platform, here.applying.region, ask, at)
    response = send(ask, answer(ask))
    assert response.status_code == 422
    assert "来晚了" in response.json()["detail"]
    assert not here.row("market_register").held
