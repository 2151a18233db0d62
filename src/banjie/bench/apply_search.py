"""Search among a whole city's catalogue, in process: how long a question takes, and what the index costs.

The questions are those of people: everyday words, official names, pinyin, first letters, what stands there while one
is still typing, typos, codes, departments and places, in equal parts.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from banjie.bench.city_catalogue import COUNTIES, DEPARTMENTS, WHOLE, Size, fill, subjects
from banjie.packs.spelling import syllables
from banjie.records.catalogue_search import Wish, look_up, suggest
from banjie.records.database import Database

QUESTIONS = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its kind."""

    kind: str
    words: str


def questions(number: int = QUESTIONS, seed: int = 3) -> list[Asked]:
    """A mixed list of questions, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 — a list of questions is no secret.
    known = subjects()
    makers = list(_makers(chance, known))
    return [Asked(kind, make()) for kind, make in (makers[at % len(makers)] for at in range(number))]


def _makers(chance: random.Random, known: list[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    def name() -> str:
        return chance.choice(known)[0] + chance.choice(("许可", "变更", "备案", ""))

    def popular() -> str:
        return chance.choice(known)[1]

    def mistyped(text: str, signs: str) -> str:
        at = chance.randrange(len(text))
        return chance.choice(
            (
                text[:at] + chance.choice(signs) + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + chance.choice(signs) + text[at:],
                text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            )
        )

    letters = "abcdefghijklmnopqrstuvwxyz"
    yield "everyday", popular
    yield "sentence", lambda: f"我想{popular()}要办什么手续"
    yield "name", name
    yield "typing", lambda: name()[: chance.randint(1, 3)]
    yield "pinyin", lambda: "".join(syllables(popular()))
    yield "pinyin typing", lambda: "".join(syllables(name()))[: chance.randint(1, 6)]
    yield "first letters", lambda: "".join(one[0] for one in syllables(name()))
    yield "typo", lambda: mistyped(name() + "许可", "证可办营材大小")
    yield "typo in pinyin", lambda: mistyped("".join(syllables(name())), letters)
    yield "code", lambda: f"{chance.randrange(1500):012d}"[: chance.randint(8, 12)]
    yield "department", lambda: f"{chance.choice(COUNTIES)}{chance.choice(DEPARTMENTS)}"
    yield "place", lambda: f"{chance.choice(COUNTIES)}{popular()}"
    yield "situation", lambda: chance.choice(("快到期了", "证件丢了", "网上经营", "请家里人代办"))


def measure(database: Database, owner_url: str, *, size: Size = WHOLE, number: int = QUESTIONS) -> dict[str, Any]:
    """Fills an empty city with a catalogue and asks. Milliseconds, seconds and MB.

    `search` is a whole page of results with all its counts, `suggest` what appears while typing; both include the
    question to the database whether anything was published since.
    """
    begin = time.perf_counter()
    editions = fill(database, owner_url, size)
    filled_s = time.perf_counter() - begin
    before = _resident_mb()
    begin = time.perf_counter()
    suggest(database, "食品")
    built_s = time.perf_counter() - begin
    asked = questions(number)
    districts = tuple(f"9901{2 * at + 2:02d}" for at in range(size.counties))
    place = districts[0] if districts else ""
    pages, suggestions, kinds = [], [], dict[str, list[float]]()
    for one in asked:
        begin = time.perf_counter()
        look_up(database, Wish(one.words, place), districts=districts)
        pages.append((time.perf_counter() - begin) * 1000)
        kinds.setdefault(one.kind, []).append(pages[-1])
        begin = time.perf_counter()
        suggest(database, one.words, place=place)
        suggestions.append((time.perf_counter() - begin) * 1000)
    return {
        "editions": editions,
        "filled_per_s": round(editions / filled_s),
        "questions": len(asked),
        "search_ms": _spread(pages),
        "suggest_ms": _spread(suggestions),
        "median_ms_by_kind": {kind: round(median(times), 2) for kind, times in kinds.items()},
        "index_built_s": round(built_s, 2),
        "index_mb": round(_resident_mb() - before, 1),
    }


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "max": round(ordered[-1], 2),
    }


def _resident_mb() -> float:
    """Memory of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
