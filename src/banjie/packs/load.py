"""Item packs from YAML into engine types."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from banjie.engine.catalogue import Item
from banjie.engine.prechecks import faults
from banjie.packs.elements import element_fields
from banjie.packs.reading import PackError, PackFault, Reading, compose, locate
from banjie.packs.stored import item_from_document, item_to_document

__all__ = [
    "ITEMS",
    "Pack",
    "PackError",
    "PackFault",
    "item_from_document",
    "item_to_document",
    "load_item",
    "load_items",
    "read_pack",
]

ITEMS = files("banjie") / "content" / "items"
"""Where the items that ship are."""


@dataclass(frozen=True, slots=True)
class Pack:
    """An item as written: `lines` and `words` give the line and the Chinese path of each field's path."""

    item: Item
    file: str
    lines: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def locate(self, path: str) -> tuple[int, str]:
        """The line and the words of a field (`materials[2].basis`), or of the nearest thing around it."""
        return locate(self.lines, self.words, path)


def read_pack(source: Path | Traversable) -> Pack:
    """An item with the lines it was read from. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, elements=element_fields())
    if isinstance(node, yaml.MappingNode) and all(key.value != "版次" for key, _ in node.value):
        # A pack does not number itself: publication gives it the edition after the last one.
        item = reading.value_with(Item, node, {"edition": 1})
    else:
        item = reading.value(Item, node)
    if item is not None and not reading.faults:
        for index, material in enumerate(item.materials):
            for fault in faults(material):
                reading.note(f"materials[{index}].checks", fault, "请照抄审查要点的原文，并从写法清单里选办法")
    reading.check()
    return Pack(item, name, reading.lines, reading.words)


def load_item(source: Path | Traversable) -> Item:
    """The item of one file. Raises `PackError` with file, line, field, what is wrong and how to mend it."""
    return read_pack(source).item


def load_items(folder: Path | Traversable = ITEMS) -> tuple[Item, ...]:
    """The items of a folder (`*.yaml`), by file name. Raises `PackError` as `load_item` does."""
    return tuple(load_item(source) for source in pack_files(folder))


def pack_files(folder: Path | Traversable) -> Iterator[Traversable]:
    """The YAML files of a folder, by name."""
    found = (entry for entry in folder.iterdir() if entry.is_file() and entry.name.endswith((".yaml", ".yml")))
    yield from sorted(found, key=lambda entry: entry.name)
