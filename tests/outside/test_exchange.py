"""Departments over real HTTP: slow, down, lying, huge and malformed ones bring trouble in words, never data."""

import json
import socket
import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.outside.departments import Door, department, dripping, honest, silent, status

from banjie.actions.ports import Question, Reply
from banjie.engine.sharing import Cost, Source, SourceKind, Supplied
from banjie.engine.sharing_asks import Trouble
from banjie.outside.demo_departments import serving
from banjie.outside.exchange import ANSWER_LIMIT, Endpoint, HttpExchange, signed, token_of
from banjie.packs.sources import load_sources

KEY = b"a key of the test"
SOURCE = Source(
    key="register",
    name="登记库",
    kind=SourceKind.DEPARTMENT,
    organ="1199010000BJ00024K",
    organ_name="澜江市市场监督管理局",
    audience="company",
    purpose="核对",
    supplies=(Supplied("company.address", "住所", cost=Cost.HIGH),),
    ground="行政许可法第三十三条",
    timeout_ms=20_000,
    failures=3,
    pause_s=3600,
)
QUESTION = Question(
    ask="0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11",
    subject="91990102MA00RC0153",
    facts=("company.address",),
    purpose="核对登记信息",
    item="item",
    draft="0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c12",
    ground="行政许可法第三十三条",
    consent="",
    answer_to="http://localhost/answers",
)
VALUES = {"company.address": "澜江市江左区望江路 118 号"}


def ask(url: str, source: Source = SOURCE) -> Reply:
    return HttpExchange({source.key: Endpoint(url, KEY)}).ask(source, QUESTION)


def test_a_question_is_signed_and_says_why_and_for_what() -> None:
    with department(honest(VALUES)) as server:
        reply = ask(server.url)

    assert reply.answer is not None
    assert reply.answer.values == VALUES
    assert reply.answer.as_of == date(2026, 11, 23)
    [asked], [headers] = server.asked, server.headers
    assert asked["purpose"] == QUESTION.purpose
    assert asked["ground"] == QUESTION.ground
    body = json.dumps(asked, ensure_ascii=False).encode()
    expected = signed(KEY, "/register", body, int(headers["X-Banjie-Time"]))
    assert headers["X-Banjie-Signature"] == expected["X-Banjie-Signature"]
    assert headers["X-Banjie-Answer-Token"] == token_of(KEY, QUESTION.ask)


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [
        (silent(3), Trouble.SLOW),
        (dripping(0.05), Trouble.SLOW),
        (status(500), Trouble.DOWN),
        (status(503), Trouble.DOWN),
        (status(302), Trouble.MALFORMED),
        (status(400), Trouble.MALFORMED),
        (status(200, b"<html>maintenance</html>"), Trouble.MALFORMED),
        (status(200, b"[" * 60_000), Trouble.MALFORMED),
        (status(200, b'{"ask": 7}'), Trouble.MALFORMED),
        (status(200, b'{"ask": "x", "subject": "y", "as_of": "yesterday"}'), Trouble.MALFORMED),
        (status(200, b'"' + b"x" * (ANSWER_LIMIT + 1) + b'"'), Trouble.HUGE),
    ],
    ids=["不答", "一点一点地答", "500", "503", "转到别处", "400", "网页", "嵌套", "类型不对", "日期不对", "过大"],
)
def test_a_department_that_does_not_do_its_part(behave: Any, trouble: Trouble) -> None:
    with department(behave) as server:
        reply = ask(
            server.url, replace(SOURCE, repeatable=False, timeout_ms=400 if trouble is Trouble.SLOW else 20_000)
        )

    assert reply.answer is None
    assert reply.trouble is trouble
    assert len(server.asked) == 1


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        reply = ask(f"http://127.0.0.1:{free.getsockname()[1]}/register")

    assert reply.trouble is Trouble.DOWN


def test_a_source_that_is_not_set_up_is_told_as_such() -> None:
    assert HttpExchange({}).ask(SOURCE, QUESTION) == Reply(trouble=Trouble.NOT_SET_UP)


@pytest.mark.parametrize(("code", "words"), [(404, "没有这一户"), (403, "没有权限")])
def test_a_department_may_say_no(code: int, words: str) -> None:
    with department(status(code)) as server:
        reply = ask(server.url)

    assert reply.answer is not None
    assert words in reply.answer.refused


def test_an_answer_may_come_later() -> None:
    with department(status(202)) as server:
        assert ask(server.url) == Reply()


def test_a_question_that_may_be_put_again_is_put_twice_and_no_more() -> None:
    with department(status(503)) as server:
        ask(server.url)
        assert len(server.asked) == 2


def test_the_second_try_may_succeed() -> None:
    left = [503]

    def behave(door: Door, question: dict[str, Any]) -> None:
        honest(VALUES)(door, question) if not left else door.say(left.pop(), b"{}")

    with department(behave) as server:
        assert ask(server.url).answer is not None


def test_a_circuit_opens_rests_and_is_tried_again() -> None:
    source = replace(SOURCE, repeatable=False)
    answers = [500, 500, 500]

    def behave(door: Door, question: dict[str, Any]) -> None:
        honest(VALUES)(door, question) if not answers else door.say(answers.pop(), b"{}")

    with department(behave) as server:
        exchange = HttpExchange({source.key: Endpoint(server.url, KEY)})
        for _ in range(3):
            assert exchange.ask(source, QUESTION).trouble is Trouble.DOWN
        assert exchange.ask(source, QUESTION).trouble is Trouble.RESTING
        assert len(server.asked) == 3, "谁在停用，就不再打扰"

        exchange._breaker(source).half_open()
        assert exchange.ask(source, QUESTION).answer is not None
        assert exchange.ask(source, QUESTION).answer is not None


def test_a_half_open_circuit_that_fails_rests_again() -> None:
    source = replace(SOURCE, repeatable=False, failures=1)
    with department(status(500)) as server:
        exchange = HttpExchange({source.key: Endpoint(server.url, KEY)})
        assert exchange.ask(source, QUESTION).trouble is Trouble.DOWN
        exchange._breaker(source).half_open()
        assert exchange.ask(source, QUESTION).trouble is Trouble.DOWN
        assert exchange.ask(source, QUESTION).trouble is Trouble.RESTING
        assert len(server.asked) == 2


def test_one_source_that_fails_leaves_the_others_alone() -> None:
    bad, good = replace(SOURCE, key="bad", failures=1, repeatable=False), replace(SOURCE, key="good")
    with department(status(500)) as down, department(honest(VALUES)) as up:
        exchange = HttpExchange({"bad": Endpoint(down.url, KEY), "good": Endpoint(up.url, KEY)})
        exchange.ask(bad, QUESTION)
        assert exchange.ask(bad, QUESTION).trouble is Trouble.RESTING
        assert exchange.ask(good, QUESTION).answer is not None


def test_a_token_fits_one_ask_and_one_source() -> None:
    exchange = HttpExchange({"register": Endpoint("http://localhost/", KEY)})
    token = token_of(KEY, QUESTION.ask)
    assert exchange.recognises(SOURCE, QUESTION.ask, token)
    for wrong in ("", "ä", token[:-1], token_of(b"another key", QUESTION.ask)):
        assert not exchange.recognises(SOURCE, QUESTION.ask, wrong)
    assert not exchange.recognises(SOURCE, "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c99", token)
    assert not exchange.recognises(replace(SOURCE, key="other"), QUESTION.ask, token)


# --- the made-up departments of the demonstration ---


def test_the_made_up_departments_answer_whoever_signs() -> None:
    sources = load_sources()
    with serving(KEY) as server:
        places = {one.key: Endpoint(f"{server.url}{one.path}", KEY) for one in sources.every if one.path}
        market, insurance, person = (
            sources.get(key) for key in ("market_register", "social_insurance", "person_register")
        )
        assert market is not None
        assert insurance is not None
        assert person is not None
        reply = HttpExchange(places).ask(market, QUESTION)
        assert reply.answer is not None
        assert reply.answer.subject == QUESTION.subject
        assert set(reply.answer.values) == {"company.address"}, "只答所问的"
        assert HttpExchange(places).ask(insurance, QUESTION).trouble is Trouble.DOWN
        unknown = HttpExchange(places).ask(person, replace(QUESTION, facts=("person.name",)))
        assert unknown.answer is not None
        assert "没有" in unknown.answer.refused
        stranger = {"market_register": Endpoint(places["market_register"].url, b"another key")}
        assert HttpExchange(stranger).ask(market, QUESTION).trouble is Trouble.MALFORMED


def test_the_slow_department_answers_by_an_act_of_its_own() -> None:
    brought: list[tuple[dict[str, Any], str]] = []
    there = threading.Event()

    def take(door: Door, answer: dict[str, Any]) -> None:
        brought.append((answer, door.headers["Authorization"]))
        door.say(200, b"{}")
        there.set()

    estate = load_sources().get("real_estate")
    assert estate is not None
    with serving(KEY, thinks_s=0.01) as server, department(take) as platform:
        exchange = HttpExchange({estate.key: Endpoint(f"{server.url}{estate.path}", KEY)})
        question = replace(QUESTION, facts=("premises.area",), answer_to=platform.url)
        assert exchange.ask(estate, question) == Reply()
        assert there.wait(30)
    [(answer, authorisation)] = brought
    assert answer["values"] == {"premises.area": "168"}
    assert authorisation == f"Bearer {token_of(KEY, QUESTION.ask)}"
