"""人生大事、一件事: the events of life as people name them, each with the matters they bring, in everyday words.

An official edits content/life_events.yaml; what a city does not offer is left out of its home page by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.packs.reading import Reading, compose

LIFE_EVENTS = files("banjie") / "content" / "life_events.yaml"
"""The events that ship."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event with its matters: words that are searched for when they are chosen."""

    name: str
    matters: tuple[str, ...]
    note: str = ""
    icon: str = "star"

    def offering(self, offered: Callable[[str], bool]) -> "LifeEvent":
        """The event with only those matters that are offered."""
        return replace(self, matters=tuple(words for words in self.matters if offered(words)))


@dataclass(frozen=True, slots=True)
class _File:
    events: tuple[LifeEvent, ...]


_KEYS: dict[type, dict[str, str]] = {
    _File: {"大事": "events"},
    LifeEvent: {"名称": "name", "说明": "note", "图标": "icon", "搜索": "matters"},
}


@cache
def load_life_events(source: Path | Traversable = LIFE_EVENTS) -> tuple[LifeEvent, ...]:
    """The events of a file. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, _KEYS)
    found: _File | None = reading.value(_File, node)
    reading.check()
    assert found is not None  # noqa: S101 — check() has raised if anything was wrong.
    return found.events
