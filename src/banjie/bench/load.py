"""A small HTTP load: so many connections from one thread, each sending its next request when it has its answer.

It reads no more of an answer than it must, so that what is measured is the server and not the measure.
"""

import select
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
    begun: bytes = b""
    """What has come of an answer that is not whole yet."""


def run(
    host: str, port: int, request: Callable[[int], bytes], *, clients: int, seconds: float, warm_s: float = 1.0
) -> tuple[Rate, dict[int, int]]:
    """Loads a server for `seconds` after a warm-up; `request(client)` makes the next request of a client.

    Answers with the rate of 2xx answers and with how often each status came. Only ever used on loopback.
    """
    ready = select.epoll()
    lines = {}
    for client in range(clients):
        connection = socket.create_connection((host, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[connection.fileno()] = Line(connection, client)
        time.sleep(0.05)  # As clients come in life: in one burst a single server process would take them all.
    for number, line in lines.items():
        ready.register(number, select.EPOLLIN)
        line.sent_at = time.perf_counter()
        line.connection.sendall(request(line.client))
    begin = time.perf_counter() + warm_s
    end = begin + seconds
    took: list[float] = []
    statuses: dict[int, int] = {}
    now = 0.0
    while now < end:
        for number, _ in ready.poll(0.5):
            line = lines[number]
            status = received(line)
            if status is None:
                continue
            now = time.perf_counter()
            if now >= begin:
                statuses[status] = statuses.get(status, 0) + 1
                if status < 300:
                    took.append(now - line.sent_at)
            line.sent_at = now
            line.connection.sendall(request(line.client))
        now = time.perf_counter()
    for line in lines.values():
        line.connection.close()
    ready.close()
    took.sort()
    rate = Rate(len(took) / seconds, took[int(len(took) * 0.99)] * 1000) if took else Rate(0.0, 0.0)
    return rate, statuses


def received(line: Line) -> int | None:
    """The status once the whole answer is there, None before."""
    part = line.connection.recv(65536)
    if not part:
        raise ConnectionError("the server closed a connection in the middle of the load")
    answer = line.begun + part if line.begun else part
    line.begun = answer
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    at = answer.find(b"content-length:", 0, head_end)
    if at < 0:
        at = answer.lower().find(b"content-length:", 0, head_end)
    if at < 0:
        raise ConnectionError("an answer without a length")
    if len(answer) < head_end + 4 + int(answer[at + 15 : answer.find(b"\r", at)]):
        return None
    line.begun = b""
    return int(answer[9:12])
