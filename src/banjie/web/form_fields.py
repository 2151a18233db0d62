"""Between the engine's fields and the page: which macro asks for a field, and what a post says of it.

A control's name is the field's key behind `f-`, so that no key can meet another name or id of the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from banjie.engine.form_answers import shown
from banjie.engine.forms import Fault, Field, FieldKind

PREFIX = "f-"
_FEW = 7
"""Up to this many choices are seen at once; more are folded into a list."""

SOURCES = {"company": "来自您的企业登记信息", "person": "来自您的个人身份信息", "agent": "来自您的账户信息"}
"""Where a prefilled value comes from, by the first word of its name."""


@dataclass(frozen=True, slots=True)
class Control:
    """A macro of `macros/form.html` and what it is called with."""

    macro: str
    args: Mapping[str, object] = field(default_factory=dict)


def posted(fields: Iterable[Field], post: QueryDict) -> dict[str, object]:
    """What a post says of these fields, by key, as the engine reads it. A field that was left out is absent."""
    raw: dict[str, object] = {}
    for one in fields:
        name = PREFIX + one.key
        if one.kind is FieldKind.DATE:
            raw[one.key] = _joined(*(post.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")))
        elif one.kind is FieldKind.CHOICES:
            raw[one.key] = post.getlist(name)
        elif name in post:
            raw[one.key] = post[name]
    return raw


def _joined(year: str, month: str, day: str) -> str:
    return f"{year}-{month}-{day}" if year or month or day else ""


def control(one: Field, value: object, *, error: str = "", prefilled: bool = False) -> Control:
    """How a field is asked. `value` is what was typed, or the kept value, or None."""
    name = PREFIX + one.key
    args: dict[str, object] = {
        "name": name,
        "label": one.label,
        "hint": one.hint,
        "required": one.required,
        "error": error,
    }
    source = SOURCES.get(one.source.partition(".")[0], "来自政府已有信息") if prefilled else ""
    match one.kind:
        case FieldKind.DATE:
            args["value"] = _parted(value)
            args["hint"] = one.hint or "例如 2026 年 11 月 24 日"
            return Control("date_input", args)
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
        case _:
            return Control("input", args | _typed(one) | {"value": words(one, value), "source": source})


def words(one: Field, value: object) -> str:
    """What stands in an input: what was typed as it was typed, a kept value as the engine words it."""
    return value if isinstance(value, str) else shown(one, value)


def summary(one: Field, value: object) -> str:
    """A kept value on the page where answers are checked, with its unit."""
    if value is None or value in ("", [], ()):
        return ""
    if one.kind is FieldKind.DATE:
        return _chinese_date(str(value))
    text = shown(one, value)
    unit = one.unit or {FieldKind.MONEY: "元", FieldKind.AREA: "平方米"}.get(one.kind, "")
    return f"{text} {unit}" if unit else text


def errors(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """The error summary of some faults: each leads to its field."""
    return [{"field": PREFIX + fault.field, "message": message(fault)} for fault in faults]


def message(fault: Fault) -> str:
    """What is wrong and how to mend it, in one line that reads well beside the field and far from it."""
    if fault.reason == "必须填写":
        return fault.remedy
    return f"{fault.label}{fault.reason}。{fault.remedy}"


def _options(one: Field) -> list[dict[str, str]]:
    return [{"value": option.value, "text": option.label, "hint": option.hint} for option in one.options]


def _typed(one: Field) -> dict[str, object]:
    match one.kind:
        case FieldKind.NUMBER:
            return {"inputmode": "numeric", "width": 10, "suffix": one.unit}
        case FieldKind.MONEY:
            return {"inputmode": "decimal", "width": 10, "suffix": one.unit or "元"}
        case FieldKind.AREA:
            return {"inputmode": "decimal", "width": 10, "suffix": one.unit or "平方米"}
        case FieldKind.PHONE:
            return {"inputmode": "tel", "width": 20, "autocomplete": "tel"}
        case FieldKind.REGION:
            return {"inputmode": "numeric", "width": 10}
        case FieldKind.CREDIT_CODE | FieldKind.CITIZEN_ID:
            return {"width": 20}
        case _:
            return {}


def _parted(value: object) -> Mapping[str, str] | None:
    if not isinstance(value, str) or not value:
        return None
    year, month, day = ([*value.split("-", 2), "", ""])[:3]
    return {"year": year, "month": month.removeprefix("0"), "day": day.removeprefix("0")}


def _chinese_date(iso: str) -> str:
    parts = _parted(iso)
    return f"{parts['year']}年{parts['month']}月{parts['day']}日" if parts else iso
