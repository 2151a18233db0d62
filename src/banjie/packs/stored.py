"""An edition of an item as JSON-able data, for the database and for exchange, and back."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, cast

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode


def item_to_document(item: Item) -> dict[str, Any]:
    """The whole edition, every field written out.

    Fields at their defaults are written too: an edition is law, and must mean the same when a default
    changes.
    """
    return cast("dict[str, Any]", _plain(item))


def item_from_document(document: Mapping[str, object]) -> Item:
    """The edition again, equal to the one written.

    Raises `Malformed` (field, reason, remedy) if it is none.
    """
    return decode(Item, document)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
