"""Words that mean the same (近义词), as an official writes them down: groups, each with the days on which it holds.

A file of content/synonyms looks like this::

    近义词:
      - 词: [饭馆, 餐馆, 饭店]
      - 词: [健康码, 防疫码]
        起: 2020-02-01
        止: 2022-12-12
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.packs.reading import Reading, compose

SYNONYMS = files("banjie") / "content" / "synonyms"
"""Where the groups that ship are."""

_MOST_EACH = 8
"""How many other wordings one phrase is given at most, so that a careless group cannot swell the index."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one meaning. `since` and `until` are its first and last day, None for always."""

    words: tuple[str, ...]
    since: date | None = None
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Whether the group is in force on that day."""
        return (self.since is None or self.since <= today) and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class _File:
    groups: tuple[Group, ...]


_KEYS: dict[type, dict[str, str]] = {
    _File: {"近义词": "groups"},
    Group: {"词": "words", "起": "since", "止": "until"},
}


class Synonyms:
    """The groups in force on one day, ready to reword phrases."""

    def __init__(self, groups: Iterable[Group] = (), today: date | None = None) -> None:
        self._others: dict[str, tuple[str, ...]] = {}
        for group in groups:
            if today is not None and not group.holds(today):
                continue
            words = tuple(dict.fromkeys(word.strip().casefold() for word in group.words if word.strip()))
            for word in words:
                known = self._others.get(word, ())
                self._others[word] = (*known, *(other for other in words if other != word and other not in known))
        self._lengths = sorted({len(word) for word in self._others}, reverse=True)

    def __eq__(self, other: object) -> bool:
        """Whether both reword every phrase alike."""
        return isinstance(other, Synonyms) and self._others == other._others

    __hash__ = None  # type: ignore[assignment]  # It is compared, never a key: its tables are large.

    def reworded(self, phrase: str) -> tuple[str, ...]:
        """The phrase with its longest known word put in other words: 开饭馆 → 开餐馆, 开饭店 …"""
        for length in self._lengths:
            for at in range(len(phrase) - length + 1):
                word = phrase[at : at + length]
                if others := self._others.get(word):
                    made = (phrase[:at] + other + phrase[at + length :] for other in others)
                    return tuple(new for new in made if new != phrase)[:_MOST_EACH]
        return ()


def load_synonyms(today: date, source: Path | Traversable = SYNONYMS) -> Synonyms:
    """The groups of every file of a folder that hold on that day.

    Raises `PackError` with the file and line of every mistake.
    """
    groups: list[Group] = []
    for file in sorted(source.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            groups += read_groups(file)
    return Synonyms(groups, today)


def changed_files(source: Path | Traversable = SYNONYMS) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change (ns) and bytes of every file: another answer means that they are to be read again.

    Within an archive nothing changes while the process runs: then there are none.
    """
    if not isinstance(source, Path):
        return ()
    found = ((file.name, file.stat()) for file in sorted(source.glob("*.yaml")))
    return tuple((name, about.st_mtime_ns, about.st_size) for name, about in found)


def read_groups(source: Path | Traversable) -> tuple[Group, ...]:
    """The groups of one file. Raises `PackError`."""
    node, name = compose(source)
    reading = Reading(name, _KEYS)
    found: _File | None = reading.value(_File, node)
    reading.check()
    assert found is not None  # noqa: S101 — check() has raised if anything was wrong.
    for index, group in enumerate(found.groups):
        if len(group.words) < 2:
            reading.note(f"groups[{index}].words", "一组至少要有两个词", "请补上同义的说法，或删去这一组")
        if group.since and group.until and group.until < group.since:
            reading.note(f"groups[{index}].until", "结束日期早于开始日期", "请核对起止日期")
    reading.check()
    return found.groups
