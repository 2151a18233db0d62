"""A made-up, valid filling of any form, and papers for any list of materials: for scenarios and demonstrations."""

import hashlib
from collections.abc import Mapping

from banjie.engine.cases import Paper
from banjie.engine.catalogue import Material
from banjie.engine.form_answers import columns_asked, validate
from banjie.engine.forms import NUMBERS, Column, Field, FieldKind, Form, Value
from banjie.engine.rules import Fact

_SAMPLES: dict[FieldKind, object] = {
    FieldKind.TEXT: "澜江春禾",
    FieldKind.LONG_TEXT: "按申请材料办理。",
    FieldKind.DATE: "2026-12-01",
    FieldKind.YES_NO: "否",
    FieldKind.REGION: "990102",
    FieldKind.CREDIT_CODE: "91990102MA00RC0153",
    FieldKind.CITIZEN_ID: "990102198210180040",
    FieldKind.PHONE: "13900000004",
    FieldKind.MOBILE: "13900000004",
    FieldKind.NAME: "林照",
    FieldKind.DATE_RANGE: "2026-12-01/2026-12-20",
    FieldKind.ADDRESS: "990102001001 岚东省澜江市江左区望江街道江畔社区 望江路 118 号",
    FieldKind.EMAIL: "chunhe@example.com",
    FieldKind.POSTCODE: "990100",
    FieldKind.BANK_ACCOUNT: "990100000000118",
    FieldKind.BANK_CARD: "9901000000001181",
}


def sample_data(form: Form, facts: Mapping[str, Fact], given: Mapping[str, object] | None = None) -> dict[str, Value]:
    """Valid values for every field these facts show; `given` (raw values by key) goes before what is made up.

    Raises `ValueError` naming the field if `given` does not fit it.
    """
    wanted = given or {}
    raw = {field.key: wanted.get(field.key, _of_field(field, facts)) for field in form.fields if not field.sum_of}
    values, faults = validate(form, {**raw, **wanted}, facts)
    if faults:
        raise ValueError(f"{faults[0].label}：{faults[0].reason}。{faults[0].remedy}")
    return values


def _of_field(field: Field, facts: Mapping[str, Fact]) -> object:
    if field.kind is not FieldKind.GROUP:
        return _sample(field)
    row: dict[str, object] = {}
    for column in field.columns:
        # What stands in the row so far decides whether a column is asked at all.
        if column in columns_asked(field, row, facts):
            row[column.key] = _sample(column)
    return [dict(row) for _ in range(max(1, field.rows_wanted[0]))]


def _sample(field: Column) -> object:
    if field.kind is FieldKind.PARTY_ID:
        return "990102198210180040"
    if field.options:
        return field.options[0].value
    if field.kind is FieldKind.PERCENTAGE:
        return "100"
    if field.kind in NUMBERS:
        return str(max(field.minimum or 0, min(120, field.maximum or 120)))
    return _SAMPLES[field.kind]


def sample_papers(materials: tuple[Material, ...], later: tuple[str, ...] = ()) -> tuple[Paper, ...]:
    """A paper for each required material, except those promised for later."""
    return tuple(sample_paper(material) for material in materials if material.required and material.key not in later)


def sample_paper(material: Material) -> Paper:
    """A small made-up PDF for a material, or the certificate that stands in for it where the city holds one."""
    if material.held:
        return Paper(material.key, material.name, held=f"演示-{material.held}")
    content = f"{material.name}（演示）".encode()
    return Paper(
        material.key,
        f"{material.name}.pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        media_type="application/pdf",
        size=len(content),
    )
