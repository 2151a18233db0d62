"""What a lower edition says itself, as JSON-able data and as a pack an official can read.

A county's pack begins with `继承`, says who handles the item, and then only what differs from the upper edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode
from banjie.engine.ids import Malformed
from banjie.engine.inheritance import Upper, resolve
from banjie.packs.reading import Reading, compose
from banjie.packs.stored import HINTS, item_to_document, plain
from banjie.packs.words import KEYS

INHERITS = "继承"

_UPPER_KEYS: dict[type, dict[str, str]] = {
    Upper: {"区划": "region", "编码": "code", "版次": "edition", "跟随": "follows"}
}
_NAMES = frozenset(field.name for field in fields(Item))


def own_document(own: Mapping[str, object]) -> dict[str, Any]:
    """What is an edition's own, as a part of a document (see `item_to_document`)."""
    return {name: plain(value) for name, value in own.items()}


def own_from_document(upper: Item, document: Mapping[str, object]) -> dict[str, object]:
    """An edition's own values again. Raises `Malformed` (field, reason, remedy)."""
    for name in document:
        if name not in _NAMES:
            raise Malformed(str(name)[:100], "没有这个字段", "请核对字段名")
    item = decode(Item, {**item_to_document(upper), **document})
    return {name: getattr(item, name) for name in document}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lower edition as its pack says it: `said` are the fields that stand in the file."""

    upper: Upper
    said: Mapping[str, object]
    file: str

    def item(self, upper: Item) -> Item:
        """The whole item on its upper edition. Raises `Refused` for what may not be overridden."""
        who = replace(upper, closed_on=None, **{n: v for n, v in self.said.items() if n in _WHO})  # type: ignore[arg-type]  # each has been read as its field's type.
        own = {name: value for name, value in self.said.items() if name not in _WHO}
        return resolve(upper, who, own)


def is_claimed(source: Path | Traversable) -> bool:
    """Whether a pack is a lower edition: it says what it inherits from. Raises `PackError` for what is no YAML."""
    node, _ = compose(source)
    return isinstance(node, yaml.MappingNode) and any(key.value == INHERITS for key, _ in node.value)


_WHO = frozenset({"code", "edition", "region", "organ", "organ_name", "organ_short", "effective_on", "closed_on"})
_NEEDED = {"code": "事项编码", "region": "行政区划", "organ": "实施机关代码", "organ_name": "实施机关"}


def read_claimed(source: Path | Traversable) -> Claimed:
    """A lower edition's pack. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys={**KEYS, **_UPPER_KEYS})
    said: dict[str, object] = {}
    upper: Upper | None = None
    for words, part in reading.pairs(node, ""):
        field = KEYS[Item].get(words)
        if words == INHERITS:
            upper = reading.value(Upper, part, INHERITS)
        elif field is None:
            reading.fault(part, "", f"没有“{words[:40]}”这一项", "可用：继承、" + "、".join(KEYS[Item]))
        else:
            reading.words[field] = words
            said[field] = reading.value(HINTS[field], part, field)
    for field, words in _NEEDED.items():
        if field not in said:
            reading.fault(node, "", f"缺少“{words}”", "请补上这一项")
    if upper is None:
        reading.fault(node, "", f"缺少“{INHERITS}”", "请写明上级的区划、编码和版次")
    reading.check()
    assert upper is not None  # noqa: S101 — the check above has refused it.
    return Claimed(upper, said, name)
