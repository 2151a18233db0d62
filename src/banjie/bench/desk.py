"""`banjie bench desk`: the office's side and the clock, in one run, each number beside what it must be."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import psycopg

from banjie.bench import desk_boards, desk_calendar, desk_flow, desk_import, desk_pages
from banjie.bench.spine import machine
from banjie.bench.stage import Stage, say, stage

LOAD_RATIO, RESTRICTED_COST, MIXED_PER_S = 3.0, 1.2, desk_pages.MIXED_PER_S
READ_MS, WRITE_MS = 500.0, 1000.0
"""What a city's peak may take at most (domain §12)."""
RECKONED_PER_S, IMPORT_PER_S, MAP_S, BOARD_MS = 20_000, 10_000, 10.0, 50.0
BOARD_CASES = 5_000_000
"""As many cases as a board must open over at once: counters are filled, not cases."""
GROWTH = 1.1
"""Memory after the mixed load against memory once it was warm: more would be growth without end."""


def main(chosen: argparse.Namespace) -> int:
    """Runs the measurement as `chosen` (json, cases, events, seconds, minutes): a table, or one JSON object."""
    with stage(chosen.cases) as ground:
        say(f"准备 {chosen.cases * chosen.events:,} 条日志……")
        history(ground, chosen.events)
        found = measure(ground, chosen)
    print(json.dumps(found, ensure_ascii=False) if chosen.json else table(found))
    return 0


def measure(ground: Stage, chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything, in an order in which no measurement stands in another's way."""
    found: dict[str, Any] = {"cases": chosen.cases, "events": chosen.cases * chosen.events}
    found["pages"] = desk_pages.measure(ground, seconds=chosen.seconds, minutes=chosen.minutes)
    say("看板……")
    found["boards"] = desk_boards.measure(ground, BOARD_CASES)
    say("日历重算……")
    found["calendar"] = asdict(desk_calendar.measure(ground))
    say("归集……")
    found["import"] = asdict(desk_import.measure(ground))
    say("流程图……")
    found["flow"] = asdict(desk_flow.measure(ground))
    found["met"] = {name: met(found) for name, met in MET.items() if _measured(found, name)}
    found["machine"] = machine()
    return found


def history(ground: Stage, events: int) -> None:
    """Gives every case of the crowd as many journal entries as asked for: the template's own, over and over."""
    with psycopg.connect(ground.server.url("banjie_owner"), autocommit=True) as connection:
        connection.execute(
            """
            WITH told AS MATERIALIZED (
                SELECT row_number() OVER (ORDER BY j.seq) AS place, count(*) OVER () AS number, j.*
                FROM journal j JOIN cases c ON c.region = j.region AND c.id = j.subject
                WHERE c.number = %s AND j.subject_kind = 'case')
            INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)
            SELECT c.region, 'case', c.id, n, told.at + n * interval '1 minute', told.actor, told.kind, told.data,
                told.hash
            FROM cases c CROSS JOIN generate_series(1, %s::int) n
            JOIN told ON told.place = CASE WHEN n <= told.number THEN n ELSE told.number END
            WHERE c.number >= %s AND c.number <= %s
            """,
            (ground.template, events, ground.number(1), ground.number(ground.cases)),
        )
        connection.execute("VACUUM ANALYZE journal")


MET: dict[str, Callable[[dict[str, Any]], bool]] = {
    "worklist": lambda found: found["pages"]["worklist"]["ratio"] <= LOAD_RATIO,
    "case": lambda found: found["pages"]["case"]["ratio"] <= LOAD_RATIO,
    "restricted": lambda found: found["pages"]["restricted_cost"] <= RESTRICTED_COST,
    "boards": lambda found: _slowest_board(found) <= BOARD_MS,
    "calendar": lambda found: found["calendar"]["per_s"] >= RECKONED_PER_S,
    "import": lambda found: found["import"]["per_s"] >= IMPORT_PER_S,
    "flow": lambda found: found["flow"]["map_s"] < MAP_S,
    "mixed": lambda found: (
        found["pages"]["mixed"]["errors"] == 0
        and found["pages"]["mixed"]["per_s"] >= MIXED_PER_S * 0.98
        and max(found["pages"]["mixed"]["read_p95_ms"].values()) < READ_MS
        and found["pages"]["mixed"]["write_p95_ms"] < WRITE_MS
    ),
    "memory": lambda found: (
        found["pages"]["mixed"]["memory_mb"]["after"] <= GROWTH * found["pages"]["mixed"]["memory_mb"]["warm"]
    ),
}


def _slowest_board(found: dict[str, Any]) -> float:
    """The median ms of the slowest board."""
    return float(max(one["median_ms"] for one in found["boards"].values() if isinstance(one, dict)))


def _measured(found: dict[str, Any], name: str) -> bool:
    return name not in ("mixed", "memory") or "mixed" in found["pages"]


def table(found: dict[str, Any]) -> str:
    """The measurement as people read it: what, how much, what it must be, whether it is."""
    pages = found["pages"]
    lines = [
        ("worklist", f"待办列表 p95，{pages['clients']} 人 ÷ 一人", pages["worklist"]["ratio"], f"应 ≤ {LOAD_RATIO:g}"),
        ("case", f"办件页 p95，{pages['clients']} 人 ÷ 一人", pages["case"]["ratio"], f"应 ≤ {LOAD_RATIO:g}"),
        ("restricted", "待办列表：受限 ÷ 不受限", pages["restricted_cost"], f"应 ≤ {RESTRICTED_COST}"),
    ]
    lines += [
        (
            "boards",
            f"看板（{found['boards']['cases']:,} 件，毫秒，最慢的一种）",
            _slowest_board(found),
            f"应 ≤ {BOARD_MS:g}",
        ),
        ("calendar", "日历重算（件/秒）", round(found["calendar"]["per_s"]), f"应 ≥ {RECKONED_PER_S:,}"),
        ("import", "归集（事件/秒）", round(found["import"]["per_s"]), f"应 ≥ {IMPORT_PER_S:,}"),
        ("flow", "一年的流程图（秒）", round(found["flow"]["map_s"], 3), f"应 < {MAP_S:g}"),
    ]
    if "mixed" in pages:
        mixed = pages["mixed"]
        lines += [
            (
                "mixed",
                f"混合请求（次/秒，{mixed['seconds']} 秒，出错 {mixed['errors']}，写 {mixed['write_p95_ms']} 毫秒）",
                mixed["per_s"],
                f"应 ≥ {MIXED_PER_S * 0.98:g}",
            ),
            ("memory", "混合请求后的内存（MB）", mixed["memory_mb"]["after"], "不应增长"),
        ]
    return "\n".join(
        f"{words}\t{value}\t{limit}\t{'达到' if found['met'][key] else '未达到'}" for key, words, value, limit in lines
    )
