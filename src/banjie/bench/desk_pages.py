"""Worklist and case file under the load of an office, and the mixed load of a whole city's morning.

Sixteen officials who read and act, each with a session of her own: what a page costs one of them alone, and what it
costs when all are at work. The mixed load is that of domain §12: citizens reading guides and asking how far their case
is, officials at their lists and cases, departments acting through the interface.
"""

import json
import random
import time
from collections.abc import Sequence
from typing import Any

from banjie.bench import pace
from banjie.bench.served import PORT, served
from banjie.bench.spine import pss_mb
from banjie.bench.stage import FOOD, INSPECTOR, REGION, REVIEWER, Stage, say, timed

CLIENTS = 16
PAGES_PER_S = 40.0
"""What sixteen officials ask for together: each opens a page every 0.4 s, forty times as often as in life."""
MIXED_PER_S = 300.0
CONNECTIONS = 4 * CLIENTS
WORKERS, THREADS = 2, 8


def measure(ground: Stage, *, seconds: float, minutes: float) -> dict[str, Any]:
    """Times in ms of pages alone and together, cost of a restricted list, and the mixed load over `minutes`."""
    found: dict[str, Any] = {"clients": CLIENTS, "restricted_cost": restricted_cost(ground)}
    sessions, tokens = _sessions(ground), _tokens()
    with served(workers=WORKERS, threads=THREADS) as server:
        for kind in ("worklist", "case"):
            say(f"页面：{kind}……")
            found[kind] = _page(ground, sessions, kind, seconds)
        if minutes:
            say(f"每秒 {MIXED_PER_S:.0f} 次混合请求，{minutes:g} 分钟……")
            found["mixed"] = _mixed(ground, sessions, tokens, server, minutes * 60)
    return found


def restricted_cost(ground: Stage) -> float:
    """What a clerk's list costs through her policies, against a reader who may see everything."""
    from banjie.records import cases
    from banjie.records.people import MACHINE

    clerk, database = ground.standing(REVIEWER), ground.platform.database
    offices = sorted(clerk.actor.offices)
    restricted, unrestricted = [], []
    for _ in range(3):  # By turns, so that both meet the same machine; the better of three.
        restricted.append(timed(lambda: cases.worklist(database, clerk.eyes, offices), seconds=1.0))
        unrestricted.append(timed(lambda: cases.worklist(database, MACHINE.eyes, offices), seconds=1.0))
    return round(max(unrestricted) / max(restricted), 3)


def _page(ground: Stage, sessions: Sequence[str], kind: str, seconds: float) -> dict[str, float]:
    def asked(client: int, turn: int) -> tuple[str, bytes]:
        return kind, _get(_path(ground, kind, client, turn), sessions[client])

    # Alone at the same pace for one, so that both meet caches as warm; then all together.
    alone = pace.steady("127.0.0.1", PORT, asked, clients=1, per_s=PAGES_PER_S / CLIENTS, seconds=seconds, warm_s=3.0)
    together = pace.steady("127.0.0.1", PORT, asked, clients=CLIENTS, per_s=PAGES_PER_S, seconds=seconds, warm_s=3.0)
    _all_answered(alone.statuses, kind)
    _all_answered(together.statuses, kind)
    one, all_ = alone.p95(kind), together.p95(kind)
    return {"alone_p95_ms": one, "together_p95_ms": all_, "ratio": round(all_ / one, 2)}


def _mixed(
    ground: Stage, sessions: Sequence[str], tokens: dict[str, str], server: int, seconds: float
) -> dict[str, Any]:
    dice = random.Random(4)  # noqa: S311 — a made-up morning, the same every time.
    share = ground.cases // CONNECTIONS
    acted = [0] * CONNECTIONS

    def asked(client: int, turn: int) -> tuple[str, bytes]:
        draw = dice.random()
        if draw < 0.45:
            return "guide", _get(f"/items/{REGION}/{FOOD}")
        if draw < 0.55:
            return "search", _get("/search?q=%E5%BC%80%E9%A5%AD%E9%A6%86")
        if draw < 0.65:
            return "worklist", _get(_path(ground, "worklist", client, turn), sessions[client])
        if draw < 0.70:
            return "case", _get(_path(ground, "case", client, turn), sessions[client])
        if draw < 0.80:
            return "progress", _get("/progress")
        acted[client] += 1
        return "act", _act(ground, tokens, client, acted[client], share)

    before = pss_mb(server)
    first = pace.steady("127.0.0.1", PORT, asked, clients=CONNECTIONS, per_s=MIXED_PER_S, seconds=20, warm_s=3.0)
    warm = pss_mb(server)
    began = time.perf_counter()
    rest = pace.steady("127.0.0.1", PORT, asked, clients=CONNECTIONS, per_s=MIXED_PER_S, seconds=seconds, warm_s=1.0)
    bad = {status: times for status, times in {**first.statuses, **rest.statuses}.items() if status >= 400}
    return {
        "per_s": round(rest.per_s, 1),
        "seconds": round(time.perf_counter() - began),
        "errors": sum(bad.values()),
        "read_p95_ms": {kind: rest.p95(kind) for kind in ("guide", "search", "progress", "worklist", "case")},
        "write_p95_ms": rest.p95("act"),
        "memory_mb": {"before": before, "warm": warm, "after": pss_mb(server)},
    }


def _path(ground: Stage, kind: str, client: int, turn: int) -> str:
    if kind == "worklist":
        return "/office/"
    return f"/office/cases/{REGION}/{ground.number(1 + (client % CLIENTS * 7919 + turn * 104_729) % ground.cases)}"


def _act(ground: Stage, tokens: dict[str, str], client: int, turn: int, share: int) -> bytes:
    """A review step finished, and sent back by the next official, on cases no other connection touches."""
    place = 1 + client * share + (turn - 1) // 2 % share
    if turn % 2:
        path, who, said = "finish-step", REVIEWER, {"step": "review", "opinion": "材料齐全，符合要求"}
    else:
        path, who, said = "return-step", INSPECTOR, {"step": "site_visit", "to": "review", "reason": "请补充核对"}
    body = json.dumps(said, ensure_ascii=False).encode()
    return (
        f"POST /api/v1/cases/{ground.number(place)}/acts/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Idempotency-Key: desk-{client}-{turn}\r\nAuthorization: Bearer {tokens[who]}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _sessions(ground: Stage) -> list[str]:
    from django.test import Client

    from banjie.records.models import Account

    kept = []
    for _ in range(CONNECTIONS):
        browser = Client()
        browser.force_login(Account.objects.get(username=REVIEWER), backend="django.contrib.auth.backends.ModelBackend")
        kept.append(browser.cookies["sessionid"].value)
    return kept


def _tokens() -> dict[str, str]:
    from banjie.records.models import Account, Token

    return {account: Token.issue(Account.objects.get(username=account)) for account in (REVIEWER, INSPECTOR)}


def _get(path: str, session: str = "") -> bytes:
    cookie = f"Cookie: sessionid={session}\r\n" if session else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{cookie}\r\n".encode()


def _all_answered(statuses: dict[int, int], kind: str) -> None:
    if set(statuses) != {200}:
        raise RuntimeError(f"pages of {kind} answered {statuses}")
