"""The library of data elements (数据元): what many forms ask in the same way, said once with its standard.

A field of a form names an element by its key and may say a label, a hint or anything else of its own. The
edition that is stored holds what came of it, so that a change of the library changes no law in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from banjie.engine.forms import Column, Field, FieldKind, Option
from banjie.packs.reading import Reading, compose
from banjie.packs.words import KEYS

ELEMENTS: Final = files("banjie") / "content" / "elements"
"""Where the elements that ship are."""


@dataclass(frozen=True, slots=True)
class Element:
    """One data element. Lengths and bounds as of a `Column`; `standard` says where it comes from."""

    key: str
    label: str
    kind: FieldKind
    standard: str
    note: str = ""
    required: bool = True
    hint: str = ""
    options: tuple[Option, ...] = ()
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    source: str = ""
    personal: bool = False
    within: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """What a field that names the element takes from it."""
        names = {one.name for one in fields(Column)} & {one.name for one in fields(Element)}
        return {name: getattr(self, name) for name in names} | {"element": self.key}

    def field(self, key: str = "", **more: Any) -> Field:
        """A field of this element, under a key of its own when there is one."""
        return Field(**self.given | {"key": key or self.key} | more)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The elements of one subject, as one file of the library has them."""

    title: str
    elements: tuple[Element, ...]


_KEYS: Final[dict[type, dict[str, str]]] = KEYS | {
    Chapter: {"分类": "title", "数据元": "elements"},
    Element: {words: name for words, name in KEYS[Column].items() if name in {one.name for one in fields(Element)}}
    | {"标准": "standard", "说明": "note"},
}


def read_chapter(source: Path | Traversable) -> Chapter:
    """One file of the library. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    chapter: Chapter = reading.value(Chapter, node)
    reading.check()
    return chapter


@cache
def library() -> tuple[Chapter, ...]:
    """The elements that ship, chapter by chapter. Raises `PackError` as `read_chapter` does."""
    found = sorted((one for one in ELEMENTS.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(read_chapter(source) for source in found)


@cache
def elements() -> Mapping[str, Element]:
    """The elements that ship, by key."""
    return {element.key: element for chapter in library() for element in chapter.elements}


@cache
def element_fields() -> Mapping[str, Mapping[str, Any]]:
    """What a field takes from each element, as `Reading` asks for it."""
    return {key: element.given for key, element in elements().items()}
