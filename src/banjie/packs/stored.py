"""An edition of an item as JSON-able data, for the database and for exchange, and back."""

import hashlib
import json
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, cast

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode

HINTS: Mapping[str, Any] = typing.get_type_hints(Item)
"""The type of each field of an item."""


def item_to_document(item: Item) -> dict[str, Any]:
    """The whole edition, every field written out.

    Fields at their defaults are written too: an edition is law, and must mean the same when a default
    changes.
    """
    return cast("dict[str, Any]", plain(item))


def item_from_document(document: Mapping[str, object]) -> Item:
    """The edition again, equal to the one written.

    Raises `Malformed` (field, reason, remedy) if it is none.
    """
    return decode(Item, document)


def plain(value: object) -> Any:
    """A part of an edition as JSON-able data, every field written out."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


_NOT_SAID = frozenset({"edition", "effective_on"})
"""What a fingerprint leaves out: the number is given on keeping, and a new day alone is no new edition."""

_NAMES = tuple(sorted(field.name for field in fields(Item)))
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Texts:
    """Documents and fingerprints of many items, quickly: a part that many items share is written out once.

    `document` is the JSON text of `item_to_document`; `digest` is SHA-256 in hex over the same text without the
    edition's number and day. Not thread-safe; make one for each load.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        # With each text goes the part itself: while it is held, no other part can have its identity.
        self._known: dict[int, tuple[object, str]] = {}

    def document(self, item: Item) -> str:
        """The whole edition as JSON text."""
        return self._join(item, frozenset())

    def digest(self, item: Item) -> str:
        """The fingerprint of what the edition says."""
        return hashlib.sha256(self._join(item, _NOT_SAID).encode()).hexdigest()

    def both(self, item: Item) -> tuple[str, str]:
        """Document and fingerprint at once, for half the work."""
        parts = {name: f'"{name}":{self._text(getattr(item, name))}' for name in _NAMES}
        said = ",".join(part for name, part in parts.items() if name not in _NOT_SAID)
        return "{" + ",".join(parts.values()) + "}", hashlib.sha256(("{" + said + "}").encode()).hexdigest()

    def _join(self, item: Item, without: frozenset[str]) -> str:
        parts = (f'"{name}":{self._text(getattr(item, name))}' for name in _NAMES if name not in without)
        return "{" + ",".join(parts) + "}"

    def _text(self, value: object) -> str:
        if not value or isinstance(value, str | int):
            return _ENCODE(plain(value))
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = (value, _ENCODE(plain(value)))
            self._known[id(value)] = known
        return known[1]
