"""What a form keeps, in words: as a page, a print, a certificate and a letter show it."""

import re
from collections.abc import Iterable, Mapping

from banjie.engine.forms import SCALES, Column, Field, FieldKind, Option
from banjie.engine.ids import PartyIdKind

SPACES = "\u3000 \t\r\n"
"""What stands around a value and is no part of it."""

ID_KINDS: Mapping[str, PartyIdKind] = {
    **{kind.value: kind for kind in PartyIdKind},
    **{kind.label: kind for kind in PartyIdKind},
    "身份证": PartyIdKind.CITIZEN,
    "港澳通行证": PartyIdKind.HONG_KONG_MACAO,
    "回乡证": PartyIdKind.HONG_KONG_MACAO,
    "台胞证": PartyIdKind.TAIWAN,
}
"""The papers a person may name, by code and by the words people use."""


def shown(field: Column, value: object) -> str:
    """A kept value in words, without its unit: as it is printed, and (for what is typed) as it is put back."""
    match field.kind:
        case FieldKind.YES_NO:
            return "" if value is None else "是" if value else "否"
        case FieldKind.CHOICE:
            return _labels(field.options).get(str(value), str(value or ""))
        case FieldKind.CHOICES:
            parts = value if isinstance(value, list | tuple) else ()
            labels = _labels(field.options)
            return "、".join(labels.get(str(part), str(part)) for part in parts)
        case FieldKind.DATE_RANGE:
            return str(value or "").replace("/", " 至 ")
        case FieldKind.PARTY_ID:
            kind, number = party_id_parts(value)
            return f"{PartyIdKind(kind).label} {number}" if kind else number
        case FieldKind.ADDRESS:
            _, name, rest = address_parts(value)
            return f"{name}{rest}"
        case FieldKind.GROUP:
            return _rows(field, value)
        case _ if isinstance(value, int) and SCALES.get(field.kind) == 100:
            sign, whole = "-" if value < 0 else "", abs(value)
            return f"{sign}{whole // 100}.{whole % 100:02d}" if whole % 100 else f"{sign}{whole // 100}"
        case _:
            return "" if value is None else str(value)


def worded(field: Column, value: object) -> str:
    """A kept value in words with its unit and days as people write them; "" when there is none."""
    if is_empty(value):
        return ""
    if field.kind is FieldKind.DATE:
        return _chinese_day(str(value))
    if field.kind is FieldKind.DATE_RANGE:
        return " 至 ".join(_chinese_day(day) for day in str(value).split("/"))
    text, unit = shown(field, value), field.unit_words
    return f"{text}%" if unit == "%" else f"{text} {unit}" if unit else text


def is_empty(given: object) -> bool:
    """Whether nothing was given."""
    if given is None or given in ([], (), {}):
        return True
    if isinstance(given, str):
        return not given or not given.strip(SPACES)
    # An address of which nothing has been chosen or typed.
    return isinstance(given, Mapping) and all(part is None or part == "" for part in given.values())


def party_id_parts(value: object) -> tuple[str, str]:
    """The kind (its code, "" when none is told) and the number of a PARTY_ID, kept or typed."""
    words = str(value or "").strip(SPACES).split(None, 1)
    if len(words) == 2 and words[0] in ID_KINDS:
        return ID_KINDS[words[0]].value, words[1]
    return "", " ".join(words)


def address_parts(value: object) -> tuple[str, str, str]:
    """Code, full name and the rest of an ADDRESS, kept (one text) or typed (`region` and `detail`)."""
    if isinstance(value, Mapping):
        return str(value.get("region") or ""), "", str(value.get("detail") or "")
    text = re.sub(r"[\s\u3000]+", " ", str(value or "")).strip()
    code, _, rest = text.partition(" ")
    if not (code.isascii() and code.isdigit()):
        return "", "", text
    name, _, detail = rest.partition(" ")
    return code, name, detail


def rows_of(value: object) -> tuple[Mapping[str, object], ...]:
    """The rows of a group as it is kept or came in, without what is no row."""
    parts: Iterable[object] = value if isinstance(value, list | tuple) else ()
    return tuple(part for part in parts if isinstance(part, Mapping))


def _rows(field: Column, value: object) -> str:
    columns = field.columns if isinstance(field, Field) else ()
    told = (
        "，".join(f"{column.label} {words}" for column in columns if (words := worded(column, row.get(column.key))))
        for row in rows_of(value)
    )
    return "；".join(f"{number}. {words}" for number, words in enumerate(told, 1))


def _labels(options: tuple[Option, ...]) -> dict[str, str]:
    return {option.value: option.label for option in options}


def _chinese_day(iso: str) -> str:
    year, _, rest = iso.partition("-")
    month, _, day = rest.partition("-")
    return f"{year}年{month.lstrip('0')}月{day.lstrip('0')}日" if day else iso
