"""Text messages against a reference gateway that checks the signature and knows a message it has taken."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from banjie.actions.ports import NotCarried
from banjie.outside.sms import HttpSms

KEY = b"a key both sides share"


@dataclass
class Gateway:
    """The gateway: its address, what it took by identifier, and how it answers."""

    url: str = ""
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    answer: tuple[int, str] | None = None


class _Door(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = f"{self.headers['X-Banjie-Time']}\n{self.path}\n{hashlib.sha256(body).hexdigest()}"
        right = hmac.new(KEY, said.encode(), hashlib.sha256).hexdigest()
        if self.gateway.answer is not None:
            status, text = self.gateway.answer
        elif not hmac.compare_digest(right, self.headers["X-Banjie-Signature"]):
            status, text = 401, json.dumps({"reason": "签名不对"})
        else:
            message = json.loads(body)
            self.gateway.taken[message["id"]] = message
            status, text = 200, json.dumps({"receipt": f"sms-{len(self.gateway.taken)}"})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is the standard library's.
        """Says nothing."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway that listens on this machine."""
    kept = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"gateway": kept}))
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/v1/send"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


def send(gateway: Gateway, key: bytes = KEY, reference: str = "r-1") -> str:
    return HttpSms(gateway.url, key, "澜江政务").carry(
        to="13900000001", subject="不发", body="已受理。", reference=reference
    )


def test_a_message_is_signed_and_taken_once_for_its_identifier(gateway: Gateway) -> None:
    assert send(gateway) == "sms-1"
    assert send(gateway) == "sms-1"
    assert gateway.taken == {"r-1": {"id": "r-1", "to": "13900000001", "sign": "澜江政务", "text": "已受理。"}}


def test_a_wrong_key_is_refused_for_good_with_the_gateways_reason(gateway: Gateway) -> None:
    with pytest.raises(NotCarried) as failed:
        send(gateway, key=b"another")
    assert failed.value.final
    assert "签名不对" in failed.value.reason
    assert not gateway.taken


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        ((400, '{"reason": "空号"}'), True),
        ((429, "{}"), False),
        ((503, "busy"), False),
        ((302, ""), False),
        ((422, "[]"), True),
    ],
)
def test_what_may_pass_is_tried_again_and_what_will_not_is_not(
    gateway: Gateway, answer: tuple[int, str], final: bool
) -> None:
    gateway.answer = answer
    with pytest.raises(NotCarried) as failed:
        send(gateway)
    assert failed.value.final is final


def test_a_gateway_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotCarried) as failed:
        send(Gateway("http://127.0.0.1:1/v1/send"))
    assert not failed.value.final
