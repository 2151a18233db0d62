"""A department's system that behaves as badly as a test wants, over real HTTP on a loopback port."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Behaviour = Callable[["Door", dict[str, Any]], None]


class Department(http.server.ThreadingHTTPServer):
    """One source. `behave` answers each question; `asked` keeps them."""

    daemon_threads = True

    def __init__(self, behave: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.behave = behave
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/register"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a slow or huge answer is what the test is about."""


class Door(http.server.BaseHTTPRequestHandler):
    server: Department

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.body = body
        question = json.loads(body)
        self.server.asked.append(question)
        self.server.headers.append(dict(self.headers.items()))
        self.server.behave(self, question)

    def say(self, status: int, body: bytes | dict[str, Any]) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the standard library's name.
        """Nothing."""


def honest(values: dict[str, str], **changes: str) -> Behaviour:
    """Answers as asked, except for what the test changes."""

    def behave(door: Door, question: dict[str, Any]) -> None:
        answer = {"ask": question["ask"], "subject": question["subject"], "as_of": "2026-11-23", "values": values}
        door.say(200, answer | changes)

    return behave


def status(code: int, body: bytes = b"{}") -> Behaviour:
    return lambda door, _: door.say(code, body)


def silent(seconds: float) -> Behaviour:
    return lambda door, _: time.sleep(seconds)


def dripping(seconds: float) -> Behaviour:
    """Sends a byte now and then, for ever."""

    def behave(door: Door, _: dict[str, Any]) -> None:
        door.send_response(200)
        door.send_header("Content-Type", "application/json")
        door.end_headers()
        for _byte in range(200):
            door.wfile.write(b" ")
            door.wfile.flush()
            time.sleep(seconds)

    return behave


@contextmanager
def department(behave: Behaviour) -> Iterator[Department]:
    server = Department(behave)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
