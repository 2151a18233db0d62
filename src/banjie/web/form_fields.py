"""Between the engine's fields and the page: which macro asks for a field, and what a post says of it.

A control's name is the field's key behind `f-`, so that no key can meet another name or id of the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from banjie.engine.form_answers import shown
from banjie.engine.form_values import allowed_ids
from banjie.engine.form_words import address_parts, party_id_parts
from banjie.engine.form_words import worded as summary
from banjie.engine.forms import Column, Fault, FieldKind
from banjie.engine.ids import Malformed, RegionCode, RegionLevel
from banjie.wiring import platform

__all__ = ["PREFIX", "Control", "control", "errors", "message", "posted", "summary", "words"]

PREFIX = "f-"
_FEW = 7
"""Up to this many choices are seen at once; more are folded into a list."""
DEEPEST = 5
"""Levels of an address, from the province to the village."""

_LEVEL_WORDS: Mapping[RegionLevel, str] = {
    RegionLevel.PROVINCE: "省（自治区、直辖市）",
    RegionLevel.CITY: "市（州）",
    RegionLevel.COUNTY: "县（市、区）",
    RegionLevel.TOWN: "乡镇（街道）",
    RegionLevel.VILLAGE: "村（社区）",
}


@dataclass(frozen=True, slots=True)
class Control:
    """A macro of `macros/form.html` and what it is called with."""

    macro: str
    args: Mapping[str, object] = field(default_factory=dict)


# --- what a post says ---


def posted(fields: Iterable[Column], post: QueryDict) -> dict[str, object]:
    """What a post says of these fields, by key, as the engine reads it. A field that was left out is absent.

    Groups are read by `form_groups.posted_rows`.
    """
    raw: dict[str, object] = {}
    for one in fields:
        value = posted_value(one, PREFIX + one.key, post)
        if value is not None:
            raw[one.key] = value
    return raw


def posted_value(one: Column, name: str, post: QueryDict) -> object:
    """What a post says of one field whose control has that name; None when it was not asked."""
    match one.kind:
        case FieldKind.GROUP:
            return None
        case FieldKind.DATE:
            return _day(name, post)
        case FieldKind.DATE_RANGE:
            first, last = _day(f"{name}-from", post), _day(f"{name}-until", post)
            return f"{first}/{last}" if first or last else ""
        case FieldKind.CHOICES:
            return post.getlist(name)
        case FieldKind.PARTY_ID if name in post:
            number = str(post[name]).strip()
            # Who writes the paper's kind before its number has said it herself.
            told = party_id_parts(number)[0] or not number
            return number if told else f"{post.get(f'{name}-kind', '')} {number}".strip()
        case FieldKind.ADDRESS if name in post or f"{name}-1" in post:
            return {"region": _deepest(name, post), "detail": post.get(name, "")}
        case _:
            return post.get(name)


def _day(name: str, post: QueryDict) -> str:
    year, month, day = (post.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day"))
    return f"{year}-{month}-{day}" if year or month or day else ""


def _deepest(name: str, post: QueryDict) -> str:
    """The smallest place that was chosen: a choice that does not lie in the one before it is left out."""
    chosen = ""
    for level in range(1, DEEPEST + 1):
        code = post.get(f"{name}-{level}", "")
        if not code:
            break
        try:
            region = RegionCode.parse(code)
            if chosen and not region.is_within(RegionCode.parse(chosen)):
                break
        except Malformed:
            break
        chosen = region.code
    return chosen


# --- how a field is asked ---


def control(
    one: Column, value: object, *, error: str = "", source: str = "", contest: str = "", name: str = ""
) -> Control:
    """How a field is asked. `value` is what was typed, or the kept value, or None.

    `source` says where a prefilled value came from, `contest` is the address where it can be contested.
    """
    args: dict[str, Any] = {
        "name": name or PREFIX + one.key,
        "label": one.label,
        "hint": one.hint,
        "required": one.required,
        "error": error,
    }
    match one.kind:
        case FieldKind.DATE:
            args["value"] = _parted(value)
            args["hint"] = one.hint or "例如 2026 年 11 月 24 日"
            return Control("date_input", args)
        case FieldKind.DATE_RANGE:
            first, _, last = str(value or "").partition("/")
            return Control("date_range", args | {"first": _parted(first), "last": _parted(last)})
        case FieldKind.LONG_TEXT:
            args |= {"value": words(one, value), "maxlength": one.max_length}
            return Control("textarea", args)
        case FieldKind.YES_NO:
            chosen = {"True": "yes", "False": "no", "是": "yes", "否": "no"}.get(str(value), str(value or ""))
            options = [{"value": "yes", "text": "是"}, {"value": "no", "text": "否"}]
            return Control("radios", args | {"options": options, "value": chosen, "inline": True})
        case FieldKind.CHOICES:
            values = [str(part) for part in value] if isinstance(value, list | tuple) else []
            return Control("checkboxes", args | {"options": _options(one), "values": values})
        case FieldKind.CHOICE | FieldKind.REGION if one.options:
            macro = "radios" if len(one.options) < _FEW else "select"
            return Control(macro, args | {"options": _options(one), "value": str(value or "")})
        case FieldKind.PARTY_ID:
            kind, number = party_id_parts(value)
            kinds = [{"value": each.value, "text": each.label} for each in allowed_ids(one)]
            args |= {"kinds": kinds, "kind": kind or kinds[0]["value"], "value": number, "source": source}
            return Control("party_id", args | {"contest": contest})
        case FieldKind.ADDRESS:
            code, _, detail = address_parts(value)
            levels = address_levels(args["name"], one.within, code)
            return Control("address", args | {"levels": levels, "value": detail, "within": one.within})
        case _:
            args |= _typed(one)
            return Control("input", args | {"value": words(one, value), "source": source, "contest": contest})


def address_levels(name: str, within: str, code: str) -> list[dict[str, Any]]:
    """The lists from which a place is chosen, level by level, as far as `code` has been chosen; then the next one."""
    regions = platform().regions
    chosen = _path(code, within)
    levels: list[dict[str, Any]] = []
    for place, above in enumerate([within, *chosen]):
        below = regions.below(above)
        if not below or place >= DEEPEST:
            break
        levels.append(
            {
                "name": f"{name}-{place + 1}",
                "label": _LEVEL_WORDS.get(RegionCode(below[0].code).level, "地区"),
                "options": [{"value": each.code, "text": each.name} for each in below],
                "value": chosen[place] if place < len(chosen) else "",
                "last": len(below[0].code) == 12 and not below[0].code.endswith("000"),
            }
        )
    return levels


def _path(code: str, within: str) -> list[str]:
    """The codes from just below `within` down to `code`."""
    try:
        at: RegionCode | None = RegionCode.parse(code) if code else None
        root = RegionCode.parse(within) if within else None
    except Malformed:
        return []
    path: list[str] = []
    while at is not None and at != root:
        path.append(at.code)
        at = at.parent()
    return path[::-1] if root is None or at == root else []


def next_level(request_get: QueryDict) -> Control:
    """The places of an address again, after one has been chosen: what a script asks for while one types."""
    name = request_get.get("name", "")[:80]
    within = request_get.get("within", "")[:12]
    args = {"name": name, "within": within, "levels": address_levels(name, within, _deepest(name, request_get))}
    return Control("address_levels", args)


def levels_address() -> str:
    """Where a script asks for the next level of an address."""
    return reverse("address-levels")


def words(one: Column, value: object) -> str:
    """What stands in an input: what was typed as it was typed, a kept value as the engine words it."""
    return value if isinstance(value, str) else shown(one, value)


# --- what is wrong ---


def errors(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """The error summary of some faults: each leads to its field."""
    return [{"field": PREFIX + fault.field, "message": message(fault)} for fault in faults]


def message(fault: Fault) -> str:
    """What is wrong and how to mend it, in one line that reads well beside the field and far from it."""
    if fault.reason == "必须填写":
        return fault.remedy
    return f"{fault.label}{fault.reason}。{fault.remedy}"


def _options(one: Column) -> list[dict[str, str]]:
    return [{"value": option.value, "text": option.label, "hint": option.hint} for option in one.options]


_INPUTS: Mapping[FieldKind, Mapping[str, object]] = {
    FieldKind.NUMBER: {"inputmode": "numeric", "width": 10},
    FieldKind.DECIMAL: {"inputmode": "decimal", "width": 10},
    FieldKind.PERCENTAGE: {"inputmode": "decimal", "width": 5},
    FieldKind.MONEY: {"inputmode": "decimal", "width": 10},
    FieldKind.AREA: {"inputmode": "decimal", "width": 10},
    FieldKind.PHONE: {"inputmode": "tel", "width": 20, "autocomplete": "tel"},
    FieldKind.MOBILE: {"inputmode": "tel", "width": 20, "autocomplete": "tel"},
    FieldKind.EMAIL: {"inputmode": "email", "width": 30, "autocomplete": "email"},
    FieldKind.POSTCODE: {"inputmode": "numeric", "width": 10, "autocomplete": "postal-code"},
    FieldKind.REGION: {"inputmode": "numeric", "width": 10},
    FieldKind.BANK_ACCOUNT: {"inputmode": "numeric", "width": 30},
    FieldKind.BANK_CARD: {"inputmode": "numeric", "width": 30},
    FieldKind.CREDIT_CODE: {"width": 20},
    FieldKind.CITIZEN_ID: {"width": 20},
}


def _typed(one: Column) -> Mapping[str, object]:
    given = _INPUTS.get(one.kind, {})
    unit = one.unit_words
    return {**given, "suffix": unit} if unit and "inputmode" in given else given


def _parted(value: object) -> Mapping[str, str] | None:
    if not isinstance(value, str) or not value:
        return None
    year, month, day = ([*value.split("-", 2), "", ""])[:3]
    return {"year": year, "month": month.removeprefix("0"), "day": day.removeprefix("0")}
