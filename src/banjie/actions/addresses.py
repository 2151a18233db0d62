"""Addresses at the door: the name of every place is the register's, whatever came in with its code."""

from collections.abc import Mapping
from typing import Any

from banjie.actions.platform import Platform
from banjie.engine.form_values import Wrong, read
from banjie.engine.form_words import is_empty, rows_of
from banjie.engine.forms import Column, FieldKind, Form, Value
from banjie.engine.subject import Refused


def addressed(platform: Platform, form: Form, data: Mapping[str, Value]) -> Mapping[str, Value]:
    """The data with the full name of every address looked up. Raises `Refused` for a place that is not known."""
    changed: dict[str, Any] = {}
    for field in form.fields:
        columns = [column for column in (field, *field.columns) if column.kind is FieldKind.ADDRESS]
        if not columns or is_empty(data.get(field.key)):
            continue
        if field.kind is FieldKind.ADDRESS:
            changed[field.key] = _named(platform, field, data[field.key], f"data.{field.key}")
        else:
            rows = enumerate(rows_of(data[field.key]))
            changed[field.key] = tuple(
                _row(platform, columns, row, f"data.{field.key}[{place}]") for place, row in rows
            )
    return {**data, **changed} if changed else data


def _row(platform: Platform, columns: list[Column], row: Mapping[str, object], where: str) -> dict[str, object]:
    named = {
        column.key: _named(platform, column, row[column.key], f"{where}.{column.key}")
        for column in columns
        if not is_empty(row.get(column.key))
    }
    return {**row, **named}


def _named(platform: Platform, field: Column, value: object, where: str) -> object:
    try:
        return read(field, value, platform.regions.address_name)
    except Wrong as wrong:
        raise Refused(
            f"{field.label}：{wrong.reason}", rule="申请表填写要求", remedy=wrong.remedy, field=where
        ) from None
