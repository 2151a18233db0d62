"""The interface as its callers meet it: tokens for people of the town, requests, answers."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from banjie.records.models import Account, Token


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.content)


class Caller:
    """Someone's system, calling with her token; nobody's without one."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self._client = Client(raise_request_exception=False, SERVER_NAME="localhost")

    def get(self, path: str, **headers: Any) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object, key: str = "", **headers: Any) -> Answer:
        if key:
            headers["HTTP_IDEMPOTENCY_KEY"] = key
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, content, **headers)

    def send(self, method: str, path: str, content: bytes = b"", **headers: Any) -> Answer:
        if self.token:
            headers.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token}")
        media_type = headers.pop("CONTENT_TYPE", "application/json")
        response = self._client.generic(method, f"/api/v1{path}", content, content_type=media_type, **headers)
        return Answer(response.status_code, dict(response.headers), response.content)


class Callers:
    """Callers by the name of their account."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def __call__(self, username: str = "") -> Caller:
        return Caller(self.token(username)) if username else Caller()

    def token(self, username: str) -> str:
        if username not in self._tokens:
            self._tokens[username] = Token.issue(Account.objects.get(username=username))
        return self._tokens[username]


def assert_problem(answer: Answer, status: int) -> dict[str, Any]:
    """The answer is a problem document of that status, complete and in words."""
    assert answer.status == status, answer.content.decode()
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["remedy"]
    assert problem["type"].startswith("urn:banjie:problem:")
    return problem
