"""Departments' data over HTTP: signed questions, bounded answers, and a circuit that opens when a source fails.

A question is one POST of JSON. It is signed: `X-Banjie-Signature` is HMAC-SHA256 (hex) with the source's key over the
time (`X-Banjie-Time`, seconds since 1970), the path and the SHA-256 of the body, by line feeds. The source answers

    200   an answer (`SourceAnswer` as JSON)
    202   later: it will POST the answer to `answer_to` with `Authorization: Bearer <token>`
    403, 404   it does not say (no right, no such record)

Anything else, and anything too slow, too large or not of that shape, is trouble: told, and never shown as data.
"""

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from banjie.actions.ports import Question, Reply
from banjie.engine.codec import decode, encode
from banjie.engine.ids import Malformed
from banjie.engine.sharing import Source, SourceAnswer
from banjie.engine.sharing_asks import Trouble

if TYPE_CHECKING:
    import httpx

ANSWER_LIMIT: Final = 64 * 1024
"""Bytes an answer may have: a thousand times what a few facts take."""

CONNECT_S: Final = 1.5
"""Seconds a connection may take: a department's system stands in the same city."""

SAFE_TRIES: Final = 2
"""How often a question is put when it was not received, or when the source says it may be put again."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a source is reached, and the key both sides share."""

    url: str
    key: bytes


class _Failed(Exception):
    """The source did not do its part. `unsent`: the question never reached it."""

    def __init__(self, trouble: Trouble, detail: str, *, unsent: bool = False) -> None:
        super().__init__(detail)
        self.trouble, self.detail, self.unsent = trouble, detail, unsent


class HttpExchange:
    """Asks sources at their endpoints. One that has none is not set up; the person fills in herself."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = dict(endpoints)
        self._breakers: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def ask(self, source: Source, question: Question) -> Reply:
        """Puts the question, within the source's time, unless its circuit is open."""
        endpoint = self._endpoints.get(source.key)
        if endpoint is None:
            return Reply(trouble=Trouble.NOT_SET_UP)
        import pybreaker  # noqa: PLC0415 — only the worker asks; web processes stay small.

        try:
            return self._breaker(source).call(self._tried, source, endpoint, question)  # type: ignore[no-any-return]  # pybreaker ships no types.
        except pybreaker.CircuitBreakerError:
            return Reply(trouble=Trouble.RESTING, detail=f"连续失败 {source.failures} 次，停用 {source.pause_s} 秒")
        except _Failed as failed:
            return Reply(trouble=failed.trouble, detail=failed.detail)

    def recognises(self, source: Source, ask: str, token: str) -> bool:
        """Whether the token is the one that was sent with that question."""
        endpoint = self._endpoints.get(source.key)
        return endpoint is not None and hmac.compare_digest(token_of(endpoint.key, ask).encode(), token.encode())

    # --- one question ---

    def _tried(self, source: Source, endpoint: Endpoint, question: Question) -> Reply:
        self._connection()  # Made before the source's time begins to run: the first one takes a while.
        until = time.monotonic() + source.timeout_ms / 1000
        for attempt in range(1, SAFE_TRIES + 1):
            try:
                return self._put(endpoint, question, until)
            except _Failed as failed:
                again = failed.unsent or (source.repeatable and failed.trouble is Trouble.DOWN)
                if attempt == SAFE_TRIES or not again or time.monotonic() >= until:
                    raise
        raise AssertionError("unreachable")  # The last try has returned or raised.

    def _put(self, endpoint: Endpoint, question: Question, until: float) -> Reply:
        import httpx  # noqa: PLC0415 — only the worker asks; web processes stay small.

        left = max(0.05, until - time.monotonic())
        body = json.dumps(encode(question), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Banjie-Answer-Token": token_of(endpoint.key, question.ask),
            **signed(endpoint.key, urlsplit(endpoint.url).path, body, int(time.time())),
        }
        timeout = httpx.Timeout(left, connect=min(CONNECT_S, left))
        try:
            with self._connection().stream(
                "POST", endpoint.url, content=body, headers=headers, timeout=timeout
            ) as response:
                return _read(response.status_code, _body(response, until), question)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _Failed(Trouble.DOWN, type(error).__name__, unsent=True) from None
        except httpx.TimeoutException as error:
            raise _Failed(Trouble.SLOW, type(error).__name__) from None
        except httpx.HTTPError as error:
            raise _Failed(Trouble.DOWN, type(error).__name__) from None

    def _connection(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415 — as above.

        with self._lock:
            if self._client is None:
                # No proxy and no redirect: a question about a person goes where it was addressed or nowhere.
                self._client = httpx.Client(follow_redirects=False, trust_env=False)
            return self._client

    def _breaker(self, source: Source) -> Any:
        import pybreaker  # noqa: PLC0415 — as above.

        with self._lock:
            if source.key not in self._breakers:
                self._breakers[source.key] = pybreaker.CircuitBreaker(
                    fail_max=source.failures,
                    reset_timeout=source.pause_s,
                    throw_new_error_on_trip=False,
                    name=source.key,
                )
            return self._breakers[source.key]

    def close(self) -> None:
        """Lets all connections go."""
        with self._lock, contextlib.suppress(AttributeError):
            self._client.close()  # type: ignore[union-attr]  # none has been made
            self._client = None


def _body(response: "httpx.Response", until: float) -> bytes:
    """The body, no longer and no later than it may be: a source that drips is as slow as one that is silent."""
    read = bytearray()
    for piece in response.iter_bytes(16 * 1024):
        read += piece
        if len(read) > ANSWER_LIMIT:
            raise _Failed(Trouble.HUGE, f"超过 {ANSWER_LIMIT} 字节")
        if time.monotonic() > until:
            raise _Failed(Trouble.SLOW, "没有在时限内说完")
    return bytes(read)


def _read(status: int, body: bytes, question: Question) -> Reply:
    if status == HTTPStatus.ACCEPTED:
        return Reply()
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN):
        words = "没有这一户（人）的登记" if status == HTTPStatus.NOT_FOUND else "没有权限查询这一户（人）"
        return Reply(answer=SourceAnswer(question.ask, question.subject, date.min, refused=words))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _Failed(Trouble.DOWN, f"HTTP {status}")
    if status != HTTPStatus.OK:
        return Reply(trouble=Trouble.MALFORMED, detail=f"HTTP {status}")
    try:
        return Reply(answer=decode(SourceAnswer, json.loads(body)))
    except Malformed as malformed:
        return Reply(trouble=Trouble.MALFORMED, detail=f"{malformed.field}：{malformed.reason}"[:200])
    except (ValueError, RecursionError):
        return Reply(trouble=Trouble.MALFORMED, detail="不是 JSON")


def signed(key: bytes, path: str, body: bytes, at: int) -> dict[str, str]:
    """The headers that say who asks: the time and the signature over time, path and body."""
    said = f"{at}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return {"X-Banjie-Time": str(at), "X-Banjie-Signature": hmac.new(key, said.encode(), hashlib.sha256).hexdigest()}


def token_of(key: bytes, ask: str) -> str:
    """What a later answer has to bring: nobody without the source's key can make it, and it fits one ask."""
    return hmac.new(key, f"answer\n{ask}".encode(), hashlib.sha256).hexdigest()
