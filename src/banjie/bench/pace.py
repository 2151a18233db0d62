"""A load as people make it: so many requests a second in all, whether or not the server keeps up.

Each connection asks when its turn has come. How long an answer took counts from the moment it was due, so a server that
falls behind is not spared the requests it kept waiting.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from banjie.bench.load import Line, received


@dataclass(frozen=True, slots=True)
class Paced:
    """What came of it: requests answered a second, times in ms by kind of request, how often each status came."""

    per_s: float
    statuses: dict[int, int]
    took_ms: dict[str, list[float]] = field(repr=False)

    def p95(self, kind: str) -> float:
        """The time in ms within which 19 of 20 requests of a kind were answered; 0 when there was none."""
        return percentile(self.took_ms.get(kind, []), 0.95)


@dataclass(slots=True)
class _Turn:
    line: Line
    due: float
    kind: str = ""


Request = Callable[[int, int], tuple[str, bytes]]
"""The kind and the bytes of a client's next request, by the client's number and how many it has sent."""


def steady(
    host: str, port: int, request: Request, *, clients: int, per_s: float, seconds: float, warm_s: float = 2.0
) -> Paced:
    """Asks `per_s` times a second from `clients` connections for `seconds` after a warm-up. Only used on loopback."""
    ready, turns, step = select.epoll(), {}, clients / per_s
    begin = time.perf_counter()
    for client in range(clients):
        # Each from an address of its own, as citizens are: what is counted against one stranger is not met by all.
        source = (f"127.0.1.{1 + client}", 0)
        connection = socket.create_connection((host, port), source_address=source)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        turns[connection.fileno()] = _Turn(Line(connection, client), begin + client * step / clients)
    for number in turns:
        ready.register(number, select.EPOLLIN)
    waiting, asking, sent = set(turns), set[int](), dict.fromkeys(turns, 0)
    took: dict[str, list[float]] = {}
    statuses: dict[int, int] = {}
    counted, end = begin + warm_s, begin + warm_s + seconds
    while (now := time.perf_counter()) < end:
        for number in [one for one in waiting if turns[one].due <= now]:
            turn = turns[number]
            turn.kind, content = request(turn.line.client, sent[number])
            sent[number] += 1
            turn.line.connection.sendall(content)
            waiting.discard(number)
            asking.add(number)
        next_due = min((turns[one].due for one in waiting), default=end)
        for number, _ in ready.poll(max(0.0, min(next_due - time.perf_counter(), 0.5))):
            turn = turns[number]
            status = received(turn.line)
            if status is None:
                continue
            now = time.perf_counter()
            if turn.due >= counted:
                statuses[status] = statuses.get(status, 0) + 1
                took.setdefault(turn.kind, []).append((now - turn.due) * 1000)
            turn.due += step
            asking.discard(number)
            waiting.add(number)
    for turn in turns.values():
        turn.line.connection.close()
    ready.close()
    return Paced(sum(statuses.values()) / seconds, statuses, took)


def percentile(times: list[float], share: float) -> float:
    """The time within which that share of all was done; 0 when nothing was."""
    return round(sorted(times)[min(len(times) - 1, int(len(times) * share))], 1) if times else 0.0
