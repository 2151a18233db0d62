"""Repeating groups on the page: rows in one table or one row a page, what a post says of them, and their print.

A row has an identifier of its own while it is filled in, so that two tabs, a double click and the way back meet
the same row and never another. Identifiers sort in the order in which rows were begun.
"""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from banjie.actions.form_masking import words_for
from banjie.engine.form_answers import columns_asked, shown
from banjie.engine.form_words import is_empty, rows_of
from banjie.engine.forms import Column, Fault, Field, FieldKind, Layout
from banjie.web.form_fields import PREFIX, Control, message, posted_value

ROWS_A_PAGE: Final = 25
"""Rows of a table that one page asks; more are turned over."""
LISTED: Final = 4
"""Columns by which a list names its rows."""

_ROW_ID = re.compile(r"[0-9]{5}[0-9a-f]{4}")
_CELL = re.compile(r"f-(?P<group>[^.]+)\.(?P<row>[0-9]{5}[0-9a-f]{4})\.")

RawRows = dict[str, Mapping[str, object]]
"""Rows by identifier, in order: as they are kept, or as they were typed."""


class Cell(NamedTuple):
    """One input of a table. `options` is () for what is typed."""

    name: str
    label: str
    value: str
    error: str
    inputmode: str
    options: tuple[tuple[str, str], ...]


class TableRow(NamedTuple):
    """One row of a table of inputs, numbered from 1. `name` is what the button posts that takes it out."""

    number: int
    name: str
    cells: tuple[Cell | None, ...]


class Listed(NamedTuple):
    """One row in a list: what names it, where it is changed, what is wrong with it."""

    words: str
    href: str
    error: str
    id: str


# --- identifiers ---


def next_id(rows: Iterable[str]) -> str:
    """The identifier of a new row, after all of `rows`; four random signs keep two tabs apart."""
    last = max((int(row[:5]) for row in rows if _ROW_ID.fullmatch(row)), default=0)
    return f"{min(last + 1, 99_999):05d}{secrets.token_hex(2)}"


def is_row_id(text: str) -> bool:
    """Whether it is written as the identifier of a row."""
    return _ROW_ID.fullmatch(text) is not None


def numbered(value: object) -> RawRows:
    """Rows as they are kept, or by identifier already, under identifiers in their order."""
    if isinstance(value, Mapping):
        return {str(key): row for key, row in sorted(value.items()) if isinstance(row, Mapping)}
    return {f"{place:05d}0000": row for place, row in enumerate(rows_of(value), 1)}


# --- what a post says ---


def posted_rows(group: Field, post: QueryDict) -> RawRows:
    """The rows of a table that a post speaks of; rows in which nothing stands are empty mappings."""
    ids = {found["row"] for name in post if (found := _CELL.match(name)) is not None and found["group"] == group.key}
    rows: RawRows = {}
    for row in sorted(ids)[: group.rows_wanted[1] + ROWS_A_PAGE]:
        cells = {column.key: _posted_cell(column, cell_name(group, row, column), post) for column in group.columns}
        filled = {key: value for key, value in cells.items() if not is_empty(value)}
        rows[row] = filled
    return rows


def _posted_cell(column: Column, name: str, post: QueryDict) -> object:
    # In a table a day, a paper's number and several choices are each one text.
    if column.kind in (FieldKind.DATE, FieldKind.CHOICES, FieldKind.PARTY_ID, FieldKind.ADDRESS, FieldKind.DATE_RANGE):
        return post.get(name)
    return posted_value(column, name, post)


def cell_name(group: Field, row: str, column: Column) -> str:
    """The name of a cell's control, and its id."""
    return f"{PREFIX}{group.key}.{row}.{column.key}"


def place_of(fault: Fault, rows: Mapping[str, object]) -> tuple[str, str]:
    """The row and the column that a fault of `group[0].column` speaks of; ("", "") when it is the group itself."""
    found = re.fullmatch(r"[^\[]+\[([0-9]+)\](?:\.(.+))?", fault.field)
    ids = sorted(rows)
    if found is None or int(found[1]) >= len(ids):
        return "", ""
    return ids[int(found[1])], found[2] or ""


# --- how rows are asked ---


def table(
    group: Field,
    rows: RawRows,
    wrong: Mapping[str, str],
    facts: Mapping[str, object],
    *,
    page: int = 1,
    a_page: int = ROWS_A_PAGE,
    blanks: int = 1,
    error: str = "",
    paste: str = "",
    buttons: bool = True,
) -> Control:
    """All rows of a group as a table of inputs, with some empty ones on the last page. `wrong` is by cell name."""
    listed: list[tuple[str, Mapping[str, object]]] = list(rows.items())
    fewest, most = group.rows_wanted
    for _ in range(min(max(blanks, fewest - len(rows)), most - len(rows))):
        listed.append((next_id(row for row, _ in listed), {}))
    pages = max(1, -(-len(listed) // a_page))
    page = min(max(page, 1), pages)
    first = (page - 1) * a_page
    shown_rows = tuple(
        TableRow(first + place, f"{group.key}.{row}", _cells(group, row, raw, wrong, facts))
        for place, (row, raw) in enumerate(listed[first : first + a_page], 1)
    )
    return Control(
        "rows_table",
        {
            "name": PREFIX + group.key,
            "group": group,
            "rows": shown_rows,
            "page": page,
            "pages": pages,
            "count": len(rows),
            "error": error,
            "paste": paste,
            "buttons": buttons,
        },
    )


def _cells(
    group: Field, row: str, raw: Mapping[str, object], wrong: Mapping[str, str], facts: Mapping[str, object]
) -> tuple[Cell | None, ...]:
    """The inputs of a row; None where the row's own answers say that a column is not asked."""
    hidden: set[str] = set()
    if raw and any(column.show_if for column in group.columns):
        hidden = {column.key for column in group.columns} - {column.key for column in columns_asked(group, raw, facts)}
    return tuple(
        None if column.key in hidden else _cell(column, cell_name(group, row, column), raw.get(column.key), wrong)
        for column in group.columns
    )


def _cell(column: Column, name: str, value: object, wrong: Mapping[str, str]) -> Cell:
    options: tuple[tuple[str, str], ...] = ()
    if column.kind is FieldKind.YES_NO:
        options = (("yes", "是"), ("no", "否"))
        value = {"True": "yes", "False": "no"}.get(str(value), value)
    elif column.kind is FieldKind.CHOICE:
        options = tuple((option.value, option.label) for option in column.options)
    text = value if isinstance(value, str) and column.kind is not FieldKind.PARTY_ID else shown(column, value)
    mode = _MODES.get(column.kind, "")
    return Cell(name, column.label, text, wrong.get(name, ""), mode, options)


_MODES: Mapping[FieldKind, str] = {
    FieldKind.NUMBER: "numeric",
    FieldKind.DECIMAL: "decimal",
    FieldKind.PERCENTAGE: "decimal",
    FieldKind.MONEY: "decimal",
    FieldKind.AREA: "decimal",
    FieldKind.PHONE: "tel",
    FieldKind.MOBILE: "tel",
}


def listing(group: Field, rows: Iterable[Listed], *, error: str, add: str, paste: str) -> Control:
    """The rows of a group as a list: each changed on a page of its own. `add` and `paste` are addresses."""
    return Control(
        "rows_list",
        {"name": PREFIX + group.key, "group": group, "rows": tuple(rows), "error": error, "add": add, "paste": paste},
    )


def naming(group: Field, row: Mapping[str, object]) -> str:
    """What names a row in a list: its first few answers."""
    named = (words_for(column, row.get(column.key), clear=True) for column in group.columns)
    return "，".join([words for words in named if words][:LISTED])


def cell_errors(group: Field, rows: Mapping[str, object], faults: Iterable[Fault]) -> dict[str, str]:
    """The messages of a group's faults by the name of the control they stand beside."""
    columns = {column.key: column for column in group.columns}
    found: dict[str, str] = {}
    for fault in faults:
        row, column = place_of(fault, rows)
        name = PREFIX + group.key
        if row:
            named = columns.get(column, group.columns[0])
            name = cell_name(group, row, named) if group.layout is Layout.TABLE else f"{name}.{row}"
        found.setdefault(name, message(fault))
    return found


# --- how rows are read ---


def rows_table(group: Field, value: object, *, clear: bool = True, people: Collection[str] = ()) -> SafeString | str:
    """The rows of a group as a table to read, personal columns and what the `people` go by masked unless `clear`;
    "" when there are none."""
    rows = rows_of(value)
    if not rows:
        return ""
    # A group that is personal as a whole hides every column.
    hide = group.personal and not clear
    head = format_html_join("", '<th scope="col">{}</th>', ((column.label,) for column in group.columns))
    body = format_html_join(
        "",
        '<tr><td class="bj-rows__number">{}</td>{}</tr>',
        (
            (
                number,
                format_html_join(
                    "",
                    '<td data-label="{}">{}</td>',
                    (
                        (
                            column.label,
                            "***"
                            if hide
                            else words_for(column, row.get(column.key), clear=clear, people=people) or "—",
                        )
                        for column in group.columns
                    ),
                ),
            )
            for number, row in enumerate(rows, 1)
        ),
    )
    return format_html(
        '<table class="bj-rows"><caption class="govuk-visually-hidden">{}</caption>'
        '<thead><tr><th scope="col">序号</th>{}</tr></thead><tbody>{}</tbody></table>',
        group.label,
        head,
        body,
    )


def in_words(field: Field, value: object, *, clear: bool = True, people: Collection[str] = ()) -> SafeString | str:
    """An answer to read, with its unit: a group as a table, everything else in words."""
    if field.kind is FieldKind.GROUP:
        return rows_table(field, value, clear=clear, people=people)
    return words_for(field, value, clear=clear, people=people)
