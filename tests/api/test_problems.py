"""What goes wrong becomes a problem document that shows nothing of the inside."""

import psycopg
import pytest
from django.core.exceptions import RequestDataTooBig
from tests.api.calling import Callers, assert_problem
from tests.town import CLERK

from banjie.actions.papers import NotReady
from banjie.actions.perform import KeyReused, NotFound, TooBusy
from banjie.api import hot
from banjie.api.problems import KINDS, problem_of
from banjie.engine.subject import Malformed, Refused
from banjie.records import cases

TABLE = [
    (Malformed("days", "应为整数", "请填写整数"), 400),
    (psycopg.DataError("x"), 400),
    (Refused("不能办理", rule="办件权限表"), 403),
    (NotFound("990100-20261124-0000001"), 404),
    (KeyReused(), 409),
    (TooBusy(), 409),
    (NotReady(), 409),
    (NotReady("姓名中有字体没有的字"), 409),
    (RequestDataTooBig("x"), 413),
    (Refused("不能办理", rule="行政许可法第三十二条"), 422),
    (psycopg.OperationalError("secret address"), 503),
    (ZeroDivisionError("secret"), 500),
]


@pytest.mark.parametrize(("error", "status"), TABLE, ids=lambda part: type(part).__name__)
def test_every_error_has_its_problem(error: Exception, status: int) -> None:
    problem = problem_of(error)
    assert problem.status == status
    assert status in KINDS
    assert problem.detail
    assert problem.remedy
    assert b"secret" not in problem.body
    assert isinstance(error, NotReady) or problem.rule == getattr(error, "rule", "")


def test_what_nobody_foresaw_is_told_without_its_insides(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(hot, "perform", broken)
    monkeypatch.setattr(cases, "find", broken)
    for answer in (
        callers(CLERK).post("/cases/990100-20261124-0000001/acts/claim", {}, "key-of-nobody"),
        callers(CLERK).get("/cases/990100-20261124-0000001"),
    ):
        assert_problem(answer, 500)
        assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/", "", "/nothing", "/cases/", "/worklist/", "/docs", "/certificates/x.pdf", "/%ff"])
def test_every_other_address_is_answered_in_json(callers: Callers, path: str) -> None:
    answer = callers(CLERK).get(path)
    if path == "":  # Django sends the address without its last stroke to the one with it.
        assert answer.status in (301, 404)
    else:
        assert_problem(answer, 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/cases", "POST"),
        ("POST", "/items", "GET"),
        ("PUT", "/cases/990100-20261124-0000001", "GET"),
        ("GET", "/cases/990100-20261124-0000001/acts/claim", "POST"),
        ("OPTIONS", "/openapi.json", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_one_to_use(callers: Callers, method: str, path: str, allowed: str) -> None:
    answer = callers(CLERK).send(method, path)
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == allowed
