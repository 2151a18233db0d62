"""上报: national reporting records over HTTP, signed, behind a circuit that opens when the receiver fails.

One POST of JSON a record: `kind`, `project_no`, `row_guid`, `fields`; signed as questions to departments are
(`outside.exchange.signed`). A receiver knows a record by its first three words and keeps it once. It answers

    200 {"receipt": "…"}                           it has the record, now or already
    4xx {"field", "reason", "remedy"}              it will not take it as it is

Anything else is trouble that may pass: it is tried again.
"""

import json
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from banjie.actions.ports import NotReported
from banjie.engine.reporting import Record
from banjie.outside.exchange import signed

if TYPE_CHECKING:
    import httpx

TIMEOUT_S: Final = 10.0
FAILURES: Final = 5
"""After so many failures in a row the receiver is left alone …"""
PAUSE_S: Final = 60
"""… for so many seconds."""

_PASSING: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Refusals that are no word about the record: not now, or not with this key."""


class HttpReporter:
    """Sends records to the receiver at an address, with the key both sides share."""

    def __init__(self, url: str, key: bytes, *, failures: int = FAILURES, pause_s: int = PAUSE_S) -> None:
        self._url, self._key = url, key
        self._failures, self._pause_s = failures, pause_s
        self._lock = threading.Lock()
        self._breaker: Any = None
        self._client: httpx.Client | None = None

    def send(self, record: Record) -> str:
        """Sends a record; answers with the receipt. Raises `NotReported`."""
        import pybreaker  # noqa: PLC0415 — only the worker sends; web processes stay small.

        with self._lock:
            if self._breaker is None:
                self._breaker = pybreaker.CircuitBreaker(
                    fail_max=self._failures,
                    reset_timeout=self._pause_s,
                    exclude=[lambda error: isinstance(error, NotReported) and error.final],
                    throw_new_error_on_trip=False,
                    name="reporting",
                )
        try:
            return self._breaker.call(self._sent, record)  # type: ignore[no-any-return]  # pybreaker ships no types.
        except pybreaker.CircuitBreakerError:
            reason = f"接收方连续失败 {self._failures} 次，{self._pause_s} 秒后再试"
            raise NotReported("接收方", reason, _WAIT) from None

    def _sent(self, record: Record) -> str:
        import httpx  # noqa: PLC0415 — as above.

        said = {
            "kind": record.kind.value,
            "project_no": record.project_no,
            "row_guid": record.row_guid,
            "fields": dict(record.fields),
        }
        content = json.dumps(said, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            **signed(self._key, urlsplit(self._url).path, content, int(time.time())),
        }
        try:
            answer = self._connection().post(self._url, content=content, headers=headers)
        except httpx.HTTPError as away:
            raise NotReported("接收方", "连不上上级的接收系统", _WAIT) from away
        told = _told(answer)
        if answer.status_code == HTTPStatus.OK:
            return str(told.get("receipt", ""))[:200]
        final = answer.is_client_error and answer.status_code not in _PASSING
        label = str(told.get("field", ""))[:60] or "接收方"
        reason = str(told.get("reason", ""))[:300] or f"接收系统回答 {answer.status_code}"
        remedy = str(told.get("remedy", ""))[:300] or ("请按上级的答复更正后重发" if final else _WAIT)
        raise NotReported(label, reason, remedy, final=final)

    def _connection(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415 — as above.

        with self._lock:
            if self._client is None:
                # One for ever: each client reads all the authorities of the machine.
                self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False)
            return self._client


_WAIT: Final = "系统会自动再试；一直不通请联系上级平台"


def _told(answer: "httpx.Response") -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
