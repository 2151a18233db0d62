"""`banjie bench apply`: everything before acceptance, in one run on one machine, each number beside what it must be."""

import argparse
import json
import os
from collections.abc import Callable
from typing import Any

from banjie.bench import apply_form, apply_pages, apply_search, apply_submit
from banjie.bench.city_catalogue import WHOLE, Size
from banjie.bench.spine import machine
from banjie.bench.stage import Stage, say, stage

SEARCH_MS, PAGE_PER_S, LARGE_FORM_MS, SUBMIT_RATIO = 30, apply_pages.NEEDED_PER_S, 100, 3


def main(chosen: argparse.Namespace) -> int:
    """Runs the measurement as `chosen` (json, seconds, questions): a table, or one JSON object."""
    with stage(1) as ground:
        found = measure(ground, seconds=chosen.seconds, questions=chosen.questions)
    print(json.dumps(found, ensure_ascii=False) if chosen.json else table(found))
    return 0


def measure(ground: Stage, *, seconds: float, questions: int, size: Size = WHOLE) -> dict[str, Any]:
    """Everything; the city is filled last, so that the search meets it whole and nothing else does."""
    found: dict[str, Any] = {"pages": apply_pages.measure(ground, seconds=seconds)}
    say("大表单……")
    found["large_form"] = apply_form.measure()
    say("提交十份材料……")
    found["submit"] = apply_submit.measured(ground)
    say(f"准备 {size.editions:,} 个事项版本……")
    owner = os.environ["BANJIE_OWNER_URL"]
    found["search"] = apply_search.measure(ground.platform.database, owner, size=size, number=questions)
    found["limits"] = {
        "search_p95_ms": SEARCH_MS,
        "pages_per_s": PAGE_PER_S,
        "large_form_p95_ms": LARGE_FORM_MS,
        "submit_ratio": SUBMIT_RATIO,
    }
    found["met"] = {name: met(found) for name, met in MET.items()}
    found["machine"] = machine()
    return found


MET: dict[str, Callable[[dict[str, Any]], bool]] = {
    "search": lambda found: found["search"]["search_ms"]["p95"] < SEARCH_MS,
    "suggest": lambda found: found["search"]["suggest_ms"]["p95"] < SEARCH_MS,
    "guide": lambda found: found["pages"]["guide"]["per_s"] >= PAGE_PER_S,
    "form": lambda found: found["pages"]["form"]["per_s"] >= PAGE_PER_S,
    "large_form": lambda found: (
        max(found["large_form"]["get_p95_ms"], found["large_form"]["post_p95_ms"]) < LARGE_FORM_MS
    ),
    "submit": lambda found: found["submit"]["ratio"] < SUBMIT_RATIO,
}


def table(found: dict[str, Any]) -> str:
    """The measurement as people read it: what, how much, what it must be, whether it is."""
    search, pages, form, submit = found["search"], found["pages"], found["large_form"], found["submit"]
    lines = (
        (
            "search",
            f"搜索 {search['editions']:,} 个事项版本，p95（毫秒）",
            search["search_ms"]["p95"],
            f"应 < {SEARCH_MS}",
        ),
        ("suggest", "边输入边提示，p95（毫秒）", search["suggest_ms"]["p95"], f"应 < {SEARCH_MS}"),
        ("guide", f"办事指南（页/秒，{pages['workers']} 个进程）", pages["guide"]["per_s"], f"应 ≥ {PAGE_PER_S}"),
        ("form", f"申请表一页（页/秒，{pages['workers']} 个进程）", pages["form"]["per_s"], f"应 ≥ {PAGE_PER_S}"),
        (
            "large_form",
            f"{form['fields']} 项 {form['rows']} 行的大表单，打开和保存，p95（毫秒）",
            f"{form['get_p95_ms']}，{form['post_p95_ms']}",
            f"应 < {LARGE_FORM_MS}",
        ),
        (
            "submit",
            f"提交 {submit['papers']} 份材料 ÷ 直接写入（{submit['ours_ms']} ÷ {submit['raw_ms']} 毫秒）",
            submit["ratio"],
            f"应 < {SUBMIT_RATIO}",
        ),
    )
    return "\n".join(
        f"{words}\t{value}\t{limit}\t{'达到' if found['met'][key] else '未达到'}" for key, words, value, limit in lines
    )
