"""停钟规则: which stops hold up which clock, as a city sets it (content/clock.yaml)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.clock import ClockRules, PauseKind, TimerKind
from banjie.packs.reading import Reading, Source, compose

FILE: Final = files("banjie") / "content" / "clock.yaml"


@dataclass(frozen=True, slots=True)
class _Rules:
    reply: tuple[str, ...]
    statutory: tuple[str, ...]
    promised: tuple[str, ...]
    step: tuple[str, ...]
    rolls: bool


_KEYS: Final[dict[type, dict[str, str]]] = {
    _Rules: {
        "受理答复": "reply",
        "法定办结": "statutory",
        "承诺办结": "promised",
        "环节": "step",
        "末日顺延": "rolls",
    }
}
_TIMERS: Final = {
    "reply": TimerKind.REPLY,
    "statutory": TimerKind.STATUTORY,
    "promised": TimerKind.PROMISED,
    "step": TimerKind.STEP,
}
_STOPS: Final = {kind.label: kind for kind in PauseKind}


@cache
def clock_rules() -> ClockRules:
    """What the shipped file sets; read once a process."""
    return read_clock_rules(FILE)


def read_clock_rules(source: Source) -> ClockRules:
    """The rules of a file. Raises `PackError` naming line, entry and remedy, and `Malformed` for what no law allows."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    said: _Rules = reading.value(_Rules, node)
    reading.check()
    stops: dict[TimerKind, frozenset[PauseKind]] = {}
    for field, timer in _TIMERS.items():
        words: tuple[str, ...] = getattr(said, field)
        for word in words:
            if word not in _STOPS:
                reading.note(field, f"“{word}”不是一种停钟", "可写：" + "、".join(_STOPS))
        stops[timer] = frozenset(_STOPS[word] for word in words if word in _STOPS)
    reading.check()
    return ClockRules(stops, said.rolls)
