"""差异: what has changed in an application between two of its states, or against an earlier one of the same applicant.

Papers are the same when their contents are (their hashes), fields when their values are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from banjie.engine.filing import Paper


class Change(StrEnum):
    """What became of one thing."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


CHANGE_NAMES = {Change.SAME: "没有变化", Change.CHANGED: "已更换", Change.ADDED: "新增", Change.REMOVED: "没有了"}


@dataclass(frozen=True, slots=True)
class Filing:
    """What was handed in at one time."""

    data: Mapping[str, object]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the form, before and after."""

    key: str
    change: Change
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class PaperChange:
    """The papers of a material, before and after."""

    material: str
    change: Change
    before: tuple[Paper, ...]
    after: tuple[Paper, ...]


def field_changes(before: Filing, after: Filing, keys: Sequence[str]) -> tuple[FieldChange, ...]:
    """Every field of `keys` that differs, in their order."""
    found = []
    for key in keys:
        old, new = before.data.get(key), after.data.get(key)
        change = _change(old in (None, "", ()), new in (None, "", ()), same=old == new)
        if change is not Change.SAME:
            found.append(FieldChange(key, change, old, new))
    return tuple(found)


def paper_changes(before: Filing, after: Filing, materials: Sequence[str]) -> tuple[PaperChange, ...]:
    """Every material of `materials` whose papers differ, in their order."""
    found = []
    for material in materials:
        old = tuple(paper for paper in before.papers if paper.material == material)
        new = tuple(paper for paper in after.papers if paper.material == material)
        change = _change(not old, not new, same=_contents(old) == _contents(new))
        if change is not Change.SAME:
            found.append(PaperChange(material, change, old, new))
    return tuple(found)


def _change(none_before: bool, none_after: bool, *, same: bool) -> Change:
    if same or (none_before and none_after):
        return Change.SAME
    if none_before:
        return Change.ADDED
    return Change.REMOVED if none_after else Change.CHANGED


def _contents(papers: tuple[Paper, ...]) -> list[str]:
    return sorted(paper.sha256 or paper.held or paper.name for paper in papers)
