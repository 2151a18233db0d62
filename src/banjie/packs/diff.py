"""What changed between two editions of an item, in words an official can read."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum

from banjie.engine.catalogue import Item
from banjie.engine.clock import Term
from banjie.engine.rules import Condition
from banjie.packs.words import code_words, key_words


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `path` in the engine's names, `label` in the pack's words, both values in words.

    `old` is "" for what was added, `new` is "" for what was taken away.
    """

    path: str
    label: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old:
            return f"{self.label}：新增“{self.new}”"
        if not self.new:
            return f"{self.label}：删去“{self.old}”"
        return f"{self.label}：由“{self.old}”改为“{self.new}”"


def diff(old: Item, new: Item) -> tuple[Change, ...]:
    """Every difference between two editions, in the order of the fields; the edition's own number is left out."""
    return tuple(change for change in _changes(old, new, "", "") if change.path != "edition")


def _changes(old: object, new: object, path: str, label: str) -> Iterator[Change]:
    if old == new:
        return
    if type(old) is type(new) and is_dataclass(old) and not isinstance(old, Term | Condition):
        words = key_words(type(old))
        for field in fields(old):
            below = f"{path}.{field.name}" if path else field.name
            name = words.get(field.name, field.name)
            yield from _changes(
                getattr(old, field.name), getattr(new, field.name), below, f"{label}·{name}" if label else name
            )
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _list_changes(old, new, path, label)
    else:
        yield Change(path, label, _words(old), _words(new))


def _list_changes(old: tuple[object, ...], new: tuple[object, ...], path: str, label: str) -> Iterator[Change]:
    """Parts with a key are compared by it; others are simply there or not."""
    before, after = _by_key(old), _by_key(new)
    for key, part in before.items():
        here = f"{path}[{key}]"
        if key not in after:
            yield Change(here, label, _words(part), "")
        else:
            yield from _changes(part, after[key], here, f"{label}“{_title(part)}”")
    for key, part in after.items():
        if key not in before:
            yield Change(f"{path}[{key}]", label, "", _words(part))
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Change(path, f"{label}的顺序", _order(before, kept), _order(after, [key for key in after if key in kept]))


def _by_key(parts: tuple[object, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for part in parts:
        key = str(getattr(part, "key", "") or getattr(part, "value", "") or _words(part))
        found[key if key not in found else f"{key}（{len(found) + 1}）"] = part
    return found


def _order(parts: dict[str, object], keys: list[str]) -> str:
    return "、".join(_title(parts[key]) for key in keys)


def _title(part: object) -> str:
    for name in ("name", "label", "title", "text", "question", "law"):
        words = getattr(part, name, "")
        if words:
            return str(words)
    return _words(part)


def _words(value: object) -> str:
    match value:
        case None | "" | ():
            return "（无）"
        case bool():
            return "是" if value else "否"
        case StrEnum():
            return code_words(value)
        case date():
            return value.isoformat()
        case Term():
            term = f"{value.number}个{code_words(value.unit)}"
            return f"{term}（{value.basis}）" if value.basis else term
        case Condition():
            wanted = "|".join(value.value) if isinstance(value.value, tuple) else _words(value.value)
            return f"{value.fact} {code_words(value.test)} {wanted}"
        case tuple():
            return "、".join(_words(part) for part in value)
    if is_dataclass(value):
        words = key_words(type(value))
        told = (
            f"{words.get(field.name, field.name)}{_words(getattr(value, field.name))}"
            for field in fields(value)
            if getattr(value, field.name) not in ("", (), None)
        )
        return _title_or(value, "，".join(told))
    return str(value)


def _title_or(part: object, words: str) -> str:
    for name in ("name", "label", "title", "question"):
        title = getattr(part, name, "")
        if title:
            return str(title)
    return words
