"""A small HTTP load: so many connections from one thread, each sending its next request when it has its answer.

It reads no more of an answer than it must, so that what is measured is the server and not the measure.
"""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from banjie.bench.limit import Rate


@dataclass(slots=True)
class Line:
    """One connection and what it waits for."""

    connection: socket.socket
    client: int
    sent_at: float = 0.0
    answer: bytearray | None = None


def run(
    host: str, port: int, request: Callable[[int], bytes], *, clients: int, seconds: float, warm_s: float = 1.0
) -> tuple[Rate, dict[int, int]]:
    """Loads a server for `seconds` after a warm-up; `request(client)` makes the next request of a client.

    Answers with the rate of 2xx answers and with how often each status came. Only ever used on loopback.
    """
    selector = selectors.DefaultSelector()
    lines = []
    for client in range(clients):
        lines.append(Line(socket.create_connection((host, port)), client))
        time.sleep(0.05)  # As clients come in life: in one burst a single server process would take them all.
    for line in lines:
        line.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.connection, selectors.EVENT_READ, line)
        _send(line, request)
    begin = time.perf_counter() + warm_s
    end = begin + seconds
    took: list[float] = []
    statuses: dict[int, int] = {}
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(timeout=0.5):
            line = key.data
            status = _receive(line)
            if status is None:
                continue
            now = time.perf_counter()
            if now >= begin:
                statuses[status] = statuses.get(status, 0) + 1
                if status < 300:
                    took.append(now - line.sent_at)
            _send(line, request)
    for line in lines:
        line.connection.close()
    selector.close()
    took.sort()
    rate = Rate(len(took) / seconds, took[int(len(took) * 0.99)] * 1000) if took else Rate(0.0, 0.0)
    return rate, statuses


def _send(line: Line, request: Callable[[int], bytes]) -> None:
    line.answer = bytearray()
    line.sent_at = time.perf_counter()
    line.connection.sendall(request(line.client))


def _receive(line: Line) -> int | None:
    """The status once the whole answer is there, None before."""
    part = line.connection.recv(65536)
    if not part:
        raise ConnectionError("the server closed a connection in the middle of the load")
    answer = line.answer if line.answer is not None else bytearray()
    answer += part
    line.answer = answer
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = answer[:head_end].lower()
    at = head.find(b"content-length:")
    if at < 0:
        raise ConnectionError("an answer without a length")
    length = int(head[at + 15 : head.find(b"\r", at) if head.find(b"\r", at) > 0 else None].strip())
    if len(answer) < head_end + 4 + length:
        return None
    return int(answer[9:12])
