"""A form for eyes it is not meant for: every personal field masked by its kind, in the rows of its groups too."""

from collections.abc import Collection, Mapping
from typing import Final

from banjie.actions.masking import is_company_code, masked
from banjie.engine.filing import Party
from banjie.engine.form_words import address_parts, is_empty, party_id_parts, rows_of, worded
from banjie.engine.forms import Column, Field, FieldKind, Form, Row, Value
from banjie.engine.ids import PartyIdKind

_KINDS: Final[Mapping[FieldKind, str]] = {
    FieldKind.CITIZEN_ID: "id",
    FieldKind.CREDIT_CODE: "id",
    FieldKind.BANK_CARD: "id",
    FieldKind.BANK_ACCOUNT: "id",
    FieldKind.PHONE: "phone",
    FieldKind.MOBILE: "phone",
}


def personal_values(holder: Party, agent: Party | None) -> frozenset[str]:
    """What in a form names the people who apply, in whatever field it stands: a form does not know that its applicant
    is a person."""
    known = {holder.name, holder.code} if not is_company_code(holder.code) else set()
    return frozenset((known | ({agent.name} if agent else set())) - {""})


def words_for(field: Column, value: object, *, clear: bool, people: Collection[str] = ()) -> str:
    """A kept value in words with its unit, masked when it is personal, or one of the `people`'s own, and the eyes are
    not `clear`."""
    if clear or not _is_personal(field, value, people):
        return worded(field, value)
    return "" if is_empty(value) else _masked(field, value)


def masked_data(form: Form, data: Mapping[str, Value], people: Collection[str] = ()) -> dict[str, Value]:
    """What was filled in, with every personal value masked, and the `people`'s own wherever they stand."""
    fields = {field.key: field for field in form.fields}
    return {key: _of_field(fields[key], value, people) if key in fields else value for key, value in data.items()}


def _of_field(field: Field, value: Value, people: Collection[str]) -> Value:
    if field.kind is FieldKind.GROUP:
        columns = {column.key: column for column in field.columns}
        return tuple(_of_row(columns, row, people, whole=field.personal) for row in rows_of(value))
    return _masked(field, value) if _is_personal(field, value, people) else value


def _of_row(columns: Mapping[str, Column], row: Mapping[str, object], people: Collection[str], *, whole: bool) -> Row:
    kept: dict[str, str | int | bool | tuple[str, ...]] = {}
    for key, value in row.items():
        column = columns.get(key)
        if column is not None and (whole or _is_personal(column, value, people)):
            kept[key] = _masked(column, value)
        elif isinstance(value, list | tuple):
            kept[key] = tuple(str(part) for part in value)
        elif isinstance(value, str | int):
            kept[key] = value
    return kept


def _is_personal(field: Column, value: object, people: Collection[str]) -> bool:
    """Whether a value is somebody's own: the form says so, it is what is known of a person, or it names the people."""
    return field.personal or field.source.startswith("person.") or (isinstance(value, str) and value in people)


def _masked(field: Column, value: object) -> str:
    match field.kind:
        case FieldKind.PARTY_ID:
            kind, number = party_id_parts(value)
            label = f"{PartyIdKind(kind).label} " if kind else ""
            return label + (masked(number, "id") if len(number) == 18 else masked(number, "name"))
        case FieldKind.ADDRESS:
            _, place, rest = address_parts(value)
            return place + "*" * len(rest)
        case FieldKind.EMAIL:
            name, _, domain = str(value).partition("@")
            return f"{masked(name, 'name')}@{domain}"
        case _:
            words = worded(field, value)
            # A citizen number may stand in a field of plain text.
            return masked(words, _KINDS.get(field.kind, "id" if len(words) == 18 else "name"))
