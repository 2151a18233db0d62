"""What a person wrote into a form, read and judged field by field: one function for page, interface and import.

How each kind of value is kept is told in `form_values`. The rows of a group are kept as a tuple of mappings,
which JSON writes as a list of objects; for a condition a group is the number of its rows. A field that is the
sum of a column is reckoned here and never read.
"""

from collections.abc import Iterator, Mapping, Sequence

from banjie.engine.form_values import Places, Wrong, read
from banjie.engine.form_words import is_empty, shown, worded
from banjie.engine.forms import SCALES, Check, CheckKind, Column, Fault, Field, FieldKind, Form, Row, Value
from banjie.engine.rules import Fact, all_hold, as_facts

__all__ = ["columns_asked", "row_answers", "shown", "validate", "visible_fields", "worded"]


def visible_fields(form: Form, facts: Mapping[str, object]) -> tuple[Field, ...]:
    """The fields to be asked, in order, when `facts` (answers and values filled in so far) are known."""
    shown_fields: list[Field] = []
    known = as_facts(facts)
    for field in form.fields:
        if all_hold(field.show_if, known):
            shown_fields.append(field)
        else:
            # What hangs on a hidden field is hidden with it, whatever it was filled in with before.
            known.pop(field.key, None)
    return tuple(shown_fields)


def columns_asked(group: Field, row: Mapping[str, object], facts: Mapping[str, object]) -> tuple[Column, ...]:
    """The columns to be asked in a row of which `row` has been filled in, `facts` being known outside it."""
    known = as_facts(facts) | as_facts(row)
    asked: list[Column] = []
    for column in group.columns:
        if all_hold(column.show_if, known):
            asked.append(column)
        else:
            known.pop(column.key, None)
    return tuple(asked)


def validate(
    form: Form, raw: Mapping[str, object], facts: Mapping[str, object], places: Places | None = None
) -> tuple[dict[str, Value], tuple[Fault, ...]]:
    """The values of the visible fields as they are kept, and everything that is wrong with `raw`.

    `raw` is what came in, by field key: texts from a page, JSON values from the interface, or values as kept
    (reading them again changes nothing). Text for money is read in 元 and for area in 平方米; a JSON number for
    them is the kept unit. A group is a list of mappings, or mappings under names of their own, in order. `facts`
    are the answers to the guiding questions. Values of hidden fields and columns are dropped; empty ones are
    absent from the result; unknown keys are faults. `places` names the places of addresses; without it an address
    must come with its name in full.
    """
    fields = form.fields
    known = as_facts(facts)
    values: dict[str, Value] = {}
    keys = {field.key for field in fields}
    faults = [_unknown(key) for key in raw if key not in keys]
    for field in fields:
        known.pop(field.key, None)
        if not all_hold(field.show_if, known):
            continue
        given = raw.get(field.key)
        if field.sum_of:
            total = _total(field, values)
            if total is not None:
                values[field.key] = known[field.key] = total
        elif field.kind is FieldKind.GROUP:
            rows, wrong = _read_group(field, given, known, places)
            faults += wrong
            if rows and not wrong:
                values[field.key] = rows
                known[field.key] = len(rows)
        elif is_empty(given):
            if field.required:
                faults.append(_fault(field, "必须填写", _required_remedy(field)))
        else:
            try:
                value = read(field, given, places)
            except Wrong as wrong_value:
                faults.append(_fault(field, wrong_value.reason, wrong_value.remedy))
                continue
            values[field.key] = known[field.key] = value
    # What is wrong in itself is mended first: nothing can be held against it.
    faults += _unmet(form, values, {fault.field.split("[", 1)[0] for fault in faults})
    return values, tuple(faults)


def row_answers(
    group: Field, raw: Mapping[str, object], facts: Mapping[str, object], places: Places | None = None
) -> tuple[Row, tuple[Fault, ...]]:
    """One row of a group by itself, with its faults under the keys of its columns."""
    row, faults = _read_row(group, raw, as_facts(facts), places)
    return row, tuple(faults)


def _fault(field: Column, reason: str, remedy: str) -> Fault:
    return Fault(field.key, field.label, reason, remedy)


def _unknown(key: object) -> Fault:
    words = "".join(character for character in str(key)[:40] if character.isprintable())
    return Fault(words, words, "表单中没有这一项", "请删去这一项，只填写表单列出的内容")


def _required_remedy(field: Column) -> str:
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO):
        return f"请选择{field.label}"
    return f"请填写{field.label}"


# --- groups ---


def _read_group(
    group: Field, given: object, known: Mapping[str, Fact], places: Places | None
) -> tuple[tuple[Row, ...], list[Fault]]:
    parts = () if given is None or given == "" else tuple(given.values()) if isinstance(given, Mapping) else given
    if not isinstance(parts, list | tuple):
        return (), [_fault(group, "应为若干行的列表", f"请逐行填写{group.label}")]
    fewest, most = group.rows_wanted
    if len(parts) > most:
        remedy = f"请删去多出的 {len(parts) - most} 行，或分几次申请"
        return (), [_fault(group, f"最多 {most} {group.unit or '行'}，现有 {len(parts)} {group.unit or '行'}", remedy)]
    rows: list[Row] = []
    faults: list[Fault] = []
    for place, part in enumerate(parts):
        if not isinstance(part, Mapping):
            faults.append(Fault(f"{group.key}[{place}]", group.label, "不是一行内容", "请按栏目填写这一行"))
            continue
        row, wrong = _read_row(group, part, known, places)
        faults += (_in_row(group, place, fault) for fault in wrong)
        rows.append(row)
    if len(parts) < fewest:
        reason = f"至少 {fewest} {group.unit or '行'}，现有 {len(parts)} {group.unit or '行'}"
        faults.append(_fault(group, reason if parts else "必须填写", f"请添加{group.label}"))
    return tuple(rows), faults


def _read_row(
    group: Field, raw: Mapping[str, object], outside: Mapping[str, Fact], places: Places | None
) -> tuple[dict[str, Fact], list[Fault]]:
    known = dict(outside)
    row: dict[str, Fact] = {}
    keys = {column.key for column in group.columns}
    faults = [_unknown(key) for key in raw if key not in keys]
    for column in group.columns:
        known.pop(column.key, None)
        if column.show_if and not all_hold(column.show_if, known):
            continue
        given = raw.get(column.key)
        if is_empty(given):
            if column.required:
                faults.append(_fault(column, "必须填写", _required_remedy(column)))
            continue
        try:
            row[column.key] = known[column.key] = read(column, given, places)
        except Wrong as wrong:
            faults.append(_fault(column, wrong.reason, wrong.remedy))
    return row, faults


def _in_row(group: Field, place: int, fault: Fault) -> Fault:
    words = f"{group.label}第 {place + 1} 行的{fault.label}"
    remedy = f"请填写{words}" if fault.reason == "必须填写" else fault.remedy
    return Fault(f"{group.key}[{place}].{fault.field}", words, fault.reason, remedy)


def _column_of(name: str, values: Mapping[str, Value]) -> Iterator[tuple[int, Row, str]]:
    """The rows of `group.column`, with their places and the column's key."""
    key, _, column = name.partition(".")
    rows = values.get(key)
    if isinstance(rows, tuple):
        for place, row in enumerate(rows):
            if isinstance(row, Mapping):
                yield place, row, column


def _total(field: Field, values: Mapping[str, Value]) -> int | None:
    """The sum of a column; None while it has no rows."""
    parts = [row.get(column) for _, row, column in _column_of(field.sum_of, values)]
    return sum(part for part in parts if isinstance(part, int)) if parts else None


# --- answers held against each other ---


def _unmet(form: Form, values: Mapping[str, Value], wrong: set[str]) -> list[Fault]:
    if not form.checks:
        return []
    fields = {field.key: field for field in form.fields}
    faults: list[Fault] = []
    for check in form.checks:
        key = check.field.partition(".")[0]
        if key in fields and not {key, check.other.partition(".")[0]} & wrong:
            faults += _HOLDERS[check.kind](check, fields[key], values)
    return faults


def _label(check: Check, field: Field) -> str:
    column = check.field.partition(".")[2]
    return next((one.label for one in field.columns if one.key == column), field.label)


def _compared(check: Check, field: Field, values: Mapping[str, Value]) -> Iterator[Fault]:
    """Two fields, or two columns of each row, or each row's column and a field."""
    if "." not in check.field:
        pairs: Sequence[tuple[str, object, object]] = [(check.field, values.get(check.field), values.get(check.other))]
    else:
        other = check.other.partition(".")[2]
        pairs = [
            (f"{field.key}[{place}].{column}", row.get(column), row.get(other) if other else values.get(check.other))
            for place, row, column in _column_of(check.field, values)
        ]
    for name, one, another in pairs:
        if one is not None and another is not None and not _compares(check.kind, one, another):
            yield Fault(name, _label(check, field), check.words, check.remedy)


def _compares(kind: CheckKind, one: object, another: object) -> bool:
    if kind is CheckKind.DIFFERENT:
        return one != another
    if isinstance(one, int) and isinstance(another, int):
        return one >= another
    # Days are kept as ISO texts, whose order is that of the days.
    return not (isinstance(one, str) and isinstance(another, str)) or one >= another


def _unique(check: Check, field: Field, values: Mapping[str, Value]) -> Iterator[Fault]:
    first: dict[object, int] = {}
    for place, row, column in _column_of(check.field, values):
        value = row.get(column)
        if value is None:
            continue
        if value in first:
            reason = f"与第 {first[value] + 1} 行相同：{check.words}"
            yield Fault(f"{field.key}[{place}].{column}", f"{field.label}第 {place + 1} 行", reason, check.remedy)
        else:
            first[value] = place


def _summed(check: Check, field: Field, values: Mapping[str, Value]) -> Iterator[Fault]:
    column_key = check.field.partition(".")[2]
    column = next((one for one in field.columns if one.key == column_key), None)
    parts = [row.get(key) for _, row, key in _column_of(check.field, values)]
    if column is None or not parts:
        return
    total = sum(part for part in parts if isinstance(part, int))
    wanted = check.value * SCALES.get(column.kind, 1)
    if total == wanted or (check.kind is CheckKind.SUM_AT_MOST and total < wanted):
        return
    yield Fault(field.key, _label(check, field), f"{check.words}，现在合计 {worded(column, total)}", check.remedy)


_HOLDERS = {
    CheckKind.NOT_LESS: _compared,
    CheckKind.DIFFERENT: _compared,
    CheckKind.UNIQUE: _unique,
    CheckKind.SUM_IS: _summed,
    CheckKind.SUM_AT_MOST: _summed,
}
