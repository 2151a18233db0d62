"""A form as JSON Schema (2020-12): what the interface takes under `data`, drawn from the form that the page shows.

It tells shapes, bounds and choices. What hangs on other answers, on check digits and on the sum of a column is
judged by `form_answers.validate`, which the interface calls as the page does.
"""

from typing import Any

from banjie.engine.forms import HUNDREDTHS, SCALES, Column, Field, FieldKind, Form

Schema = dict[str, Any]

_PATTERNS: dict[FieldKind, str] = {
    FieldKind.REGION: "^([0-9]{6}|[0-9]{12})$",
    FieldKind.CREDIT_CODE: "^[0-9A-HJ-NPQRTUWXY]{18}$",
    FieldKind.CITIZEN_ID: "^[0-9]{17}[0-9Xx]$",
    FieldKind.DATE_RANGE: "^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    FieldKind.MOBILE: "^1[3-9][0-9]{9}$",
    FieldKind.POSTCODE: "^[0-9]{6}$",
    FieldKind.BANK_ACCOUNT: "^[0-9]{8,32}$",
    FieldKind.BANK_CARD: "^[0-9]{16,19}$",
}
_TOLD: dict[FieldKind, str] = {
    FieldKind.MONEY: "单位为分",
    FieldKind.AREA: "单位为 0.01 平方米",
    FieldKind.PERCENTAGE: "单位为 0.01 %",
    FieldKind.DATE_RANGE: "开始日和结束日，以 / 相连",
    FieldKind.PARTY_ID: "证件种类代码、空格、号码；只写号码的是居民身份证",
    FieldKind.CITIZEN_ID: "18 位，末位校验",
}


def schema_of(form: Form) -> Schema:
    """The schema of a filled-in form: an object by field key. Only what is always asked is required."""
    fields = [field for field in form.fields if not field.sum_of]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {field.key: _field(field) for field in fields},
        "required": [field.key for field in fields if field.required and not field.show_if],
        "additionalProperties": False,
    }


def _field(field: Field) -> Schema:
    if field.kind is not FieldKind.GROUP:
        return _column(field)
    fewest, most = field.rows_wanted
    row = {
        "type": "object",
        "properties": {column.key: _column(column) for column in field.columns},
        "required": [column.key for column in field.columns if column.required and not column.show_if],
        "additionalProperties": False,
    }
    return _described(field, {"type": "array", "items": row, "minItems": fewest, "maxItems": most})


def _column(column: Column) -> Schema:
    return _described(column, _shape(column))


def _described(column: Column, shape: Schema) -> Schema:
    told = _TOLD.get(column.kind, f"单位为 0.01 {column.unit}" if column.kind in HUNDREDTHS else "")
    if column.show_if:
        told = "；".join(part for part in (told, "只在符合显示条件时填写") if part)
    words = {"title": column.label, "description": "。".join(part for part in (column.hint, told) if part)}
    return {name: word for name, word in words.items() if word} | shape


def _shape(column: Column) -> Schema:
    match column.kind:
        case FieldKind.YES_NO:
            return {"type": "boolean"}
        case FieldKind.CHOICE:
            return {"type": "string", "oneOf": [{"const": one.value, "title": one.label} for one in column.options]}
        case FieldKind.CHOICES:
            choices = [{"const": one.value, "title": one.label} for one in column.options]
            return {"type": "array", "items": {"type": "string", "oneOf": choices}, "uniqueItems": True}
        case FieldKind.DATE:
            return {"type": "string", "format": "date"}
        case FieldKind.EMAIL:
            return {"type": "string", "format": "email"}
        case FieldKind.ADDRESS:
            detail = {"type": "string", "maxLength": column.max_length}
            place = {"type": "string", "pattern": "^[0-9]{12}$"}
            typed = {
                "type": "object",
                "properties": {"region": place, "detail": detail},
                "required": ["region", "detail"],
                "additionalProperties": False,
            }
            return {"oneOf": [typed, {"type": "string", "pattern": "^[0-9]{12} "}]}
        case kind if kind in SCALES:
            scale = SCALES[kind]
            bounds: Schema = {"type": "integer"}
            least = column.minimum if column.minimum is not None or kind is FieldKind.NUMBER else 0
            if least is not None:
                bounds["minimum"] = least * scale
            most = 100 if column.maximum is None and kind is FieldKind.PERCENTAGE else column.maximum
            if most is not None:
                bounds["maximum"] = most * scale
            return bounds
        case kind if kind in _PATTERNS:
            return {"type": "string", "pattern": _PATTERNS[kind]}
        case _:
            return {"type": "string", "maxLength": column.max_length}
