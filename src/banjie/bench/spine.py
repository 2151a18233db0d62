"""`banjie bench spine`: ours against the limit, in one run on one machine. Every number is a ratio that can be checked.

The act measured is a step of review finished and sent back in turn, over HTTP with token, permission, row-level
security, hash chain and idempotency all on: each is one command of one official on one of many cases.
"""

import argparse
import json
import os
import platform as machine_of
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from banjie.bench import limit, load
from banjie.bench.limit import Rate
from banjie.bench.served import PORT, served
from banjie.bench.stage import FOOD, INSPECTOR, REGION, REVIEWER, Stage, crowd, say, stage, timed

CLIENTS = 16
UNUSED_FROM = 5000
"""The first cases of the crowd belong to the measurement of bulk acts."""
SMALL = 10_000
"""The small table against which the large one is held: a worklist must cost the same in both."""


def main(chosen: argparse.Namespace) -> int:
    """Runs the measurement as `chosen` (json, cases, seconds, workers, threads): a table, or one JSON object."""
    with stage(SMALL) as ground:
        found = measure(ground, chosen)
    print(json.dumps(found, ensure_ascii=False) if chosen.json else table(found))
    return 0


def measure(ground: Stage, chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything, in an order in which no measurement stands in another's way."""
    say("引擎……")
    engine = engine_rate(ground)
    say("待办列表，小表……")
    small, _ = worklist_rates(ground)
    say(f"再准备 {chosen.cases - SMALL:,} 个办件……")
    crowd(ground.server, ground.template, SMALL + 1, chosen.cases)
    ground = replace(ground, cases=chosen.cases)
    say("待办列表，大表……")
    large, unrestricted = worklist_rates(ground)
    say("批量与单件……")
    single, bulk = bulk_rates(ground)
    say("极限：pgbench……")
    limit.prepare(ground.server, chosen.cases)
    top = limit.measure(ground.server, chosen.cases, clients=CLIENTS, seconds=chosen.seconds)
    say("本系统：HTTP……")
    ours, statuses, memory = http_rate(ground, chosen)
    # The limit once more, so that a machine that slows down in the middle flatters neither side.
    again = limit.measure(ground.server, chosen.cases, clients=CLIENTS, seconds=chosen.seconds)
    top = Rate((top.per_s + again.per_s) / 2, (top.p99_ms + again.p99_ms) / 2)
    return {
        "limit": asdict(top),
        "ours": asdict(ours),
        "ratio": round(ours.per_s / top.per_s, 4),
        "p99_ratio": round(ours.p99_ms / top.p99_ms, 2),
        "clients": CLIENTS,
        "cases": chosen.cases,
        "statuses": statuses,
        "engine_per_s": round(engine),
        "worklist": {
            "restricted_per_s": round(large),
            "unrestricted_per_s": round(unrestricted),
            "restricted_cost": round(unrestricted / large, 3),
            "large_against_small_cost": round(small / large, 3),
        },
        "bulk": {"perform_per_s": round(single), "perform_many_per_s": round(bulk), "ratio": round(bulk / single, 1)},
        "memory_mb": memory,
        "machine": machine(),
    }


def engine_rate(ground: Stage) -> float:
    """decide + evolve + the proof of a due date, on one core."""
    from banjie.engine.cases import decide, decision_timers, evolve
    from banjie.engine.cases.acts import FinishStep
    from banjie.engine.clock import prove
    from banjie.engine.proof import to_json
    from banjie.records import cases
    from banjie.records.people import MACHINE

    found = cases.find(ground.platform.database, MACHINE.eyes, REGION, ground.number(1))
    law = ground.platform.laws.published(REGION, FOOD)
    if found is None or law is None:
        raise LookupError("the stage is not set")
    case, actor, now, today = (
        found.case,
        ground.standing(REVIEWER).actor,
        ground.platform.now(),
        ground.platform.today(),
    )
    command = FinishStep("review", "材料齐全，符合要求")

    def once() -> None:
        after = case
        for event in decide(case, command, actor=actor, now=now, law=law):
            after = evolve(after, event)
        _, promised = decision_timers(after, law)
        to_json(prove(promised, after.pauses, law.calendar, today, law.rules))

    return timed(once)


def worklist_rates(ground: Stage) -> tuple[float, float]:
    """Worklists of 50 a second: read by a clerk through her policies, and by a reader who may see everything."""
    from banjie.records import cases
    from banjie.records.people import MACHINE

    clerk = ground.standing(REVIEWER)
    offices = sorted(clerk.actor.offices)
    database = ground.platform.database
    restricted, unrestricted = [], []
    for _ in range(3):  # By turns, so that both meet the same machine; the better of three.
        restricted.append(timed(lambda: cases.worklist(database, clerk.eyes, offices), seconds=1.5))
        unrestricted.append(timed(lambda: cases.worklist(database, MACHINE.eyes, offices), seconds=1.5))
    return max(restricted), max(unrestricted)


def bulk_rates(ground: Stage) -> tuple[float, float]:
    """Acts a second from one thread: one by one, and many at once."""
    from banjie.actions.perform import Done, perform
    from banjie.actions.perform_many import Act, perform_many
    from banjie.engine.cases.acts import FinishStep

    actor = ground.standing(REVIEWER)
    command = FinishStep("review", "材料齐全，符合要求")
    singles, many = 600, 3000
    begin = time.perf_counter()
    for index in range(singles):
        perform(
            ground.platform, command, actor=actor, region=REGION, number=ground.number(1 + index), key=f"single-{index}"
        )
    single = singles / (time.perf_counter() - begin)
    acts = [Act(ground.number(singles + 1 + index), command) for index in range(many)]
    begin = time.perf_counter()
    answers = perform_many(ground.platform, acts, actor=actor, region=REGION, key="bulk-bench")
    bulk = many / (time.perf_counter() - begin)
    if not all(isinstance(answer, Done) for answer in answers.values()):
        raise RuntimeError("a bulk act was refused")
    return single, bulk


def http_rate(ground: Stage, chosen: argparse.Namespace) -> tuple[Rate, dict[int, int], dict[str, float]]:
    """Acts a second through the API from 16 connections, and what the processes hold in memory meanwhile."""
    from banjie.records.models import Account, Token

    tokens = {account: Token.issue(Account.objects.get(username=account)) for account in (REVIEWER, INSPECTOR)}
    with served(workers=chosen.workers, threads=chosen.threads) as server:
        request = _requests(ground, tokens)
        rate, statuses = load.run("127.0.0.1", PORT, request, clients=CLIENTS, seconds=chosen.seconds, warm_s=2.0)
        memory = {"web": pss_mb(server), "database": pss_mb(ground.server.pid)}
    return rate, statuses, memory


def _requests(ground: Stage, tokens: dict[str, str]) -> Callable[[int], bytes]:
    """Each connection has cases of its own and finishes and returns their review step in turn."""
    finish = json.dumps({"step": "review", "opinion": "材料齐全，符合要求"}, ensure_ascii=False).encode()
    back = json.dumps({"step": "site_visit", "to": "review", "reason": "请补充核对"}, ensure_ascii=False).encode()
    sent = [0] * CLIENTS
    share = (ground.cases - UNUSED_FROM) // CLIENTS
    # Made of bytes, with as little work as can be: client and server share the machine, and only one is measured.
    heads = [
        (act.encode(), _head(tokens[account], body), body)
        for act, account, body in (("finish-step", REVIEWER, finish), ("return-step", INSPECTOR, back))
    ]

    def make(client: int) -> bytes:
        turn, index = divmod(sent[client], share)
        sent[client] += 1
        # A large step through the connection's own cases, so that no page of the table stays warm by chance.
        place = UNUSED_FROM + client * share + index * 7919 % share
        act, head, body = heads[turn % 2]
        return b"POST /api/v1/cases/%s-20260101-%07d/acts/%s HTTP/1.1\r\nIdempotency-Key: bench-%02d-%09d\r\n%s%s" % (
            REGION.encode(),
            place,
            act,
            client,
            sent[client],
            head,
            body,
        )

    return make


def _head(token: str, body: bytes) -> bytes:
    """The headers that all requests of a kind share, and the empty line."""
    return (
        f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()


def pss_mb(pid: int) -> float:
    """The memory of a process and all below it, in MB, shared pages counted in parts."""
    total = 0.0
    for each in _family(pid):
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return round(total, 1)


def _family(pid: int) -> list[int]:
    children: list[int] = []
    for folder in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = folder.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            children.extend(_family(int(folder.parent.name)))
    return [pid, *children]


def machine() -> dict[str, Any]:
    """What this was measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        machine_of.processor(),
    )
    return {"cpu": cpu, "cores": os.cpu_count(), "python": machine_of.python_version(), "system": machine_of.system()}


def table(found: dict[str, Any]) -> str:
    """The measurement as people read it."""
    lines = (
        ("极限（pgbench，次/秒）", f"{found['limit']['per_s']:,.0f}", ""),
        ("本系统（HTTP，次/秒）", f"{found['ours']['per_s']:,.0f}", f"{found['ratio']:.1%} 的极限（应 ≥ 20%）"),
        ("p99（毫秒）", f"{found['ours']['p99_ms']:.1f}", f"{found['p99_ratio']} 倍于极限（应 < 10）"),
        ("引擎（次/秒·核）", f"{found['engine_per_s']:,}", "应 ≥ 20,000"),
        ("待办列表：受限/不受限", f"{found['worklist']['restricted_cost']}", "应 ≤ 1.2"),
        ("待办列表：大表/小表", f"{found['worklist']['large_against_small_cost']}", "应 ≤ 1.3"),
        ("批量/单件", f"{found['bulk']['ratio']}", "应 ≥ 10"),
    )
    return "\n".join("\t".join(line) for line in lines)
