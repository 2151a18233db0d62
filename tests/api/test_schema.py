"""The description of the interface, and everything made up from it: no 500, and every answer as described."""

import os
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.calling import Callers
from tests.town import AGENT, CLERK, RESTAURANT, SUSPENSION, Town

from banjie.api import urls
from banjie.engine.cases import PATHS

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
EXAMPLES = int(os.environ.get("BANJIE_API_EXAMPLES", "5"))
"""Made-up requests for each operation; raise it for a long search."""

DESCRIPTION = urls.description()
OPERATIONS = [(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods]


# --- the description itself ---


def test_it_is_served_and_known_again(callers: Callers) -> None:
    answer = callers().get("/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"
    assert callers().get("/openapi.json", HTTP_IF_NONE_MATCH=answer.headers["ETag"]).status == 304


def test_every_act_of_people_is_described_and_no_other() -> None:
    described = {path.rsplit("/", 1)[-1] for _, path in OPERATIONS if "/acts/" in path}
    assert described == set(PATHS) - {
        "submit",
        "lapse-reply",
        "lapse-correction",
        "lapse-tolerance",
        "mark-late",
        "move-deadlines",
    }


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_every_operation_is_told_in_full(method: str, path: str) -> None:
    told = DESCRIPTION["paths"][path][method.lower()]
    assert told["summary"]
    assert told["description"]
    assert not told["description"].isascii()
    responses = {str(status): response for status, response in told["responses"].items()}
    assert {"400", "500"} <= set(responses)
    for status, response in responses.items():
        assert status[0] == "2" or "application/problem+json" in response["content"]
    # What names itself needs no key: a paper by its content, an answer by its question, a case by its source's number.
    if method == "POST" and path not in ("/papers", "/exchange/answers/{ask}", "/departments/cases"):
        assert "Idempotency-Key" in {parameter["name"] for parameter in told["parameters"]}
        assert "example" in told["requestBody"]["content"]["application/json"]
    assert ("security" in told) == (path.split("/")[1] not in ("items", "progress", "verify"))


EXAMPLES_TOLD = [
    (f"{method.upper()} {path}", content["schema"], content["example"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, told in methods.items()
    for part in (told.get("requestBody", {}), *told["responses"].values())
    for content in part.get("content", {}).values()
    if "example" in content
]


@pytest.mark.parametrize(
    ("name", "schema", "example"), EXAMPLES_TOLD, ids=lambda part: part if isinstance(part, str) else ""
)
def test_every_example_is_as_described(name: str, schema: dict[str, Any], example: object) -> None:
    whole = {**schema, "components": DESCRIPTION["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)


# --- made-up requests ---


@pytest.fixture(scope="module")
def schema(callers: Callers) -> Any:
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 — after the town stands.

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture(scope="module")
def number(town: Town, callers: Callers) -> str:
    """A case that is there, so that made-up acts reach the law."""
    return town.submit(AGENT, SUSPENSION, holder=RESTAURANT).number


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_made_up_requests_are_answered_as_described(
    callers: Callers, schema: Any, number: str, method: str, path: str
) -> None:
    operation = schema[path][method]
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies), known=st.booleans(), name=st.sampled_from((AGENT, CLERK)))
    def tried(case: Any, known: bool, name: str) -> None:
        if known and "number" in case.path_parameters:
            case.path_parameters["number"] = number
        headers = {"Authorization": f"Bearer {callers.token(name)}"}
        case.call_and_validate(checks=CHECKS, headers=headers)

    tried()
