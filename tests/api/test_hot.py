"""The hottest door, past Django's middleware: the same answers, and nothing but answers."""

import io
import json
import uuid
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.calling import Callers
from tests.town import AGENT, CLERK, RESTAURANT, SUSPENSION, Town

from banjie.api.hot import ACTS, application


def ask(application: Any, path: str, body: bytes, **environ: str) -> tuple[int, dict[str, str], bytes]:
    """One request through WSGI."""
    told: list[Any] = []
    whole = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **environ,
    }
    chunks = application(whole, lambda status, headers, *_: told.extend((status, headers)))
    content = b"".join(chunks)
    return int(told[0].split()[0]), dict(told[1]), content


@pytest.fixture(scope="module")
def short(callers: Callers) -> Any:
    return application(get_wsgi_application())


def test_the_short_cut_answers_as_django_does(town: Town, callers: Callers, short: Any) -> None:
    number = town.submit(AGENT, SUSPENSION, holder=RESTAURANT).number
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4()), "HTTP_AUTHORIZATION": f"Bearer {callers.token(CLERK)}"}
    path = f"/api/v1/cases/{number}/acts/claim"
    status, headers, content = ask(short, path, b"{}", **key)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert headers["Content-Length"] == str(len(content))
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    again = callers(CLERK).post(f"/cases/{number}/acts/claim", {}, key["HTTP_IDEMPOTENCY_KEY"])
    assert (again.status, again.content, again.headers["Idempotent-Replayed"]) == (200, content, "true")
    assert ask(short, path, b"{}", **key)[1]["Idempotent-Replayed"] == "true"


def test_everything_else_goes_to_django(callers: Callers, short: Any) -> None:
    for path in ("/api/v1/cases", "/api/v1/cases/x/acts/", "/api/v1/cases/x/y/acts/claim", "/api/v1/cases/x/acts/y/z"):
        status, _, content = ask(short, path, b"{}")
        assert status in (401, 404), content
    status, headers, _ = ask(short, "/api/v1/cases/x/acts/claim", b"", REQUEST_METHOD="GET")
    assert (status, headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("length", ["", "x", "-1", "９", "99999999999999999999"])
def test_any_content_length_is_survived(callers: Callers, short: Any, length: str) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4()), "HTTP_AUTHORIZATION": f"Bearer {callers.token(CLERK)}"}
    status, _, content = ask(
        short, "/api/v1/cases/990100-20261124-9999999/acts/claim", b"{}", CONTENT_LENGTH=length, **key
    )
    assert status in (400, 404), content


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "reason",
    "days",
    "asks",
    "papers",
    "paper",
    "data",
    "material",
    "step",
    "to",
    "opinion",
    "reasons",
    "way",
    "procedure",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_breaks_an_act(town: Town, callers: Callers, short: Any, seen: str, data: st.DataObject) -> None:
    act = data.draw(st.sampled_from(sorted(ACTS)))
    body = data.draw(anything | st.dictionaries(st.sampled_from(NAMES), anything, max_size=4))
    name = data.draw(st.sampled_from((AGENT, CLERK)))
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid.uuid4()), "HTTP_AUTHORIZATION": f"Bearer {callers.token(name)}"}
    status, headers, content = ask(short, f"/api/v1/cases/{seen}/acts/{act}", json.dumps(body).encode(), **key)
    assert status in (200, 400, 403, 409, 422), content.decode()
    if status != 200:
        assert headers["Content-Type"] == "application/problem+json"
        assert json.loads(content)["remedy"]


@pytest.fixture(scope="module")
def seen(town: Town, callers: Callers) -> str:
    """A case for everything to be tried on."""
    return town.submit(AGENT, SUSPENSION, holder=RESTAURANT).number
