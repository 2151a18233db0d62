"""短信: notices as text messages, through a gateway that speaks HTTP.

One POST of JSON a message: `to`, `sign` (the name in front), `text`, and `id`, by which a gateway knows a message it
has taken already. It is signed as questions to departments are (`outside.exchange.signed`). The gateway answers

    200 {"receipt": "…"}    it has taken the message
    4xx {"reason": "…"}     it never will: a number that is none, a sender that is not registered

Anything else is trouble that may pass: it is tried again.
"""

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from banjie.actions.ports import NotCarried
from banjie.outside.exchange import signed

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 10.0
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that say: not now."""


class HttpSms:
    """Hands messages to the gateway at an address, with the key both sides share."""

    def __init__(self, url: str, key: bytes, sign: str) -> None:
        self._url, self._key, self._sign = url, key, sign

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        """Sends the message (a text message has no subject); answers with the receipt. Raises `NotCarried`."""
        import httpx  # noqa: PLC0415 — only the worker sends; web processes stay small.

        said = {"id": reference, "to": to, "sign": self._sign, "text": body}
        content = json.dumps(said, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            **signed(self._key, urlsplit(self._url).path, content, int(time.time())),
        }
        try:
            answer = httpx.post(self._url, content=content, headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as away:
            raise NotCarried("连不上短信网关") from away
        if answer.status_code == HTTPStatus.OK:
            return str(_told(answer).get("receipt", ""))[:200]
        final = answer.is_client_error and answer.status_code not in _PASSING
        reason = str(_told(answer).get("reason", ""))[:120] or f"网关回答 {answer.status_code}"
        raise NotCarried(f"短信网关没有收：{reason}", final=final)


def _told(answer: "httpx.Response") -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
