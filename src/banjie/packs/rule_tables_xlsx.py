"""Decision tables as a workbook: two worksheets a table, its rules and its examples. What went out comes back equal."""

import zipfile
import zlib
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable, Example, Input, Row
from banjie.engine.ids import Malformed
from banjie.engine.table_cells import FactKind
from banjie.engine.table_space import Dimension, dimensions
from banjie.packs.reading import PackError, PackFault
from banjie.packs.rule_tables import (
    OUTPUTS,
    cell_kept,
    cell_shown,
    day_of,
    example_kept,
    input_of,
    outputs_shown,
    policy_of,
    policy_words,
    row_kept,
    tidy_text,
)
from banjie.packs.words import code_words

MOST_BYTES = 2_000_000
MOST_UNPACKED = 20_000_000
"""Bytes a workbook may unpack to; a table of 300 rows has a hundredth of it."""
MOST_ROWS = 1_000

_EXAMPLES = "情景"
_HEAD = ("编码", "名称", "命中方式", "自", "至")
_COLUMNS_AT = 7
"""The row of column names; below it the facts, their kinds and whether they can be changed, then the rules."""
_RULES_AT = 11


def to_workbook(item: Item) -> bytes:
    """The item's tables as an xlsx file."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — no types; heavy, rarely needed.

    book = Workbook()
    book.remove(book.active)
    known = dimensions(item)
    for place, table in enumerate(item.tables, start=1):
        _write_rules(book.create_sheet(f"{place} {_sheet_name(table.name)}"), table, known)
        _write_examples(book.create_sheet(f"{place} {_EXAMPLES}"), table, known)
    if not item.tables:
        book.create_sheet("没有规则表")
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def from_workbook(data: bytes, item: Item) -> tuple[DecisionTable, ...]:
    """The tables of a workbook, for an item. Raises `PackError` naming worksheet and cell of every mistake."""
    book = _open(data)
    known, faults, tables = dimensions(item), [], []
    sheets = [sheet for sheet in book.worksheets if _text(sheet, 1, 1) == _HEAD[0]]
    for sheet in sheets:
        reading = _Reading(sheet, known, item)
        table = reading.rules()
        number = sheet.title.split(" ", 1)[0]
        examples = next((one for one in book.worksheets if one.title == f"{number} {_EXAMPLES}"), None)
        if table is not None and examples is not None:
            table = reading.with_examples(table, examples)
        faults += reading.faults
        if table is not None:
            tables.append(table)
    if not sheets:
        faults.append(PackFault("工作簿", 1, "A1", "没有规则表", "请先从页面下载，在下载的文件上修改"))
    if faults:
        raise PackError(tuple(faults))
    return tuple(tables)


def _open(data: bytes) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 — heavy, rarely needed.

    broken = PackFault("工作簿", 1, "", "不是能读的 Excel 文件", "请在 Excel 中另存为 .xlsx 后再上传")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            if len(data) > MOST_BYTES or sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                fault = PackFault("工作簿", 1, "", "文件太大", "规则表不会这么大，请删去无关的工作表和图片")
                raise PackError((fault,))
        return load_workbook(BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, ParseError, EOFError, OSError) as error:
        raise PackError((broken,)) from error


def _sheet_name(name: str) -> str:
    """A name a worksheet can have: no marks Excel forbids, not too long."""
    return "".join("－" if character in "[]:*?/\\" else character for character in name)[:25] or "规则"


# --- out ---


def _write_rules(sheet: Any, table: DecisionTable, known: dict[str, Dimension]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]  # noqa: PLC0415 — as above.

    days = [day.isoformat() if day else "" for day in (table.effective_from, table.effective_to)]
    for row, (words, value) in enumerate(
        zip(_HEAD, [table.key, table.name, policy_words(table), *days], strict=True), start=1
    ):
        _put(sheet, row, 1, words)
        _put(sheet, row, 2, value)
    columns = [_column_texts(column, known) for column in table.inputs]
    for offset, words in enumerate(("行号", "事实", "类型", "可改变")):
        texts = [words, *(column[offset] for column in columns), *(OUTPUTS.values() if not offset else ())]
        for place, text in enumerate(texts, start=1):
            _put(sheet, _COLUMNS_AT + offset, place, text)
            sheet.cell(_COLUMNS_AT + offset, place).fill = PatternFill("solid", fgColor="DCE6F2")
            sheet.cell(_COLUMNS_AT + offset, place).font = Font(bold=not offset)
    for index, rule in enumerate(table.rows):
        shown = [cell_shown(text, known.get(table.inputs[at].fact)) for at, text in enumerate(rule.cells)]
        for place, text in enumerate([str(index + 1), *shown, *outputs_shown(rule).values()], start=1):
            _put(sheet, _RULES_AT + index, place, text)
            sheet.cell(_RULES_AT + index, place).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = sheet.cell(_RULES_AT, 2)
    for place in range(2, len(columns) + len(OUTPUTS) + 2):
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = 22


def _column_texts(column: Input, known: dict[str, Dimension]) -> tuple[str, str, str, str]:
    dimension = known.get(column.fact)
    label = column.label or (dimension.label if dimension else column.fact)
    return label, column.fact, code_words(column.kind), "是" if column.changeable else "否"


def _write_examples(sheet: Any, table: DecisionTable, known: dict[str, Dimension]) -> None:
    heads = ["名称", *(_column_texts(column, known)[0] for column in table.inputs), "命中"]
    for place, text in enumerate(heads, start=1):
        _put(sheet, 1, place, text)
    for row, example in enumerate(table.examples, start=2):
        given = {sample.fact: sample.value for sample in example.given}
        values = [cell_shown(given.get(one.fact, ""), known.get(one.fact)) for one in table.inputs]
        hits = "、".join(str(number) for number in example.hits)
        for place, text in enumerate([example.name, *values, hits], start=1):
            _put(sheet, row, place, text)


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    """A text is written as a text: nothing an official typed becomes a formula or a number."""
    cell = sheet.cell(row, column)
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.number_format = "@"


# --- in ---


def _text(sheet: Any, row: int, column: int) -> str:
    value = sheet.cell(row, column).value
    if value is None:
        return ""
    if hasattr(value, "date"):
        return str(value.date().isoformat())
    # Excel keeps a whole number that was typed into a cell as a float.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class _Reading:
    """One worksheet being read; every mistake is noted with its cell."""

    def __init__(self, sheet: Any, known: dict[str, Dimension], item: Item) -> None:
        self.sheet, self.known, self.item = sheet, known, item
        self.faults: list[PackFault] = []

    def _note(self, row: int, column: int, wrong: Malformed, sheet: Any = None) -> None:
        at = (sheet or self.sheet).cell(row, column).coordinate
        where = f"“{(sheet or self.sheet).title}”{at}"
        self.faults.append(PackFault("工作簿", row, where, wrong.reason, wrong.remedy))

    def rules(self) -> DecisionTable | None:
        """The table; None with the mistakes noted."""
        inputs = self._inputs()
        last = min(self.sheet.max_row, _RULES_AT + MOST_ROWS)
        rows = [self._row(row, inputs) for row in range(_RULES_AT, last + 1) if self._is_filled(row, len(inputs))]
        head: dict[str, Any] = {}
        for row, (name, read) in enumerate(
            (
                ("key", tidy_text),
                ("name", tidy_text),
                ("policy", policy_of),
                ("effective_from", lambda text: day_of("effective_from", text)),
                ("effective_to", lambda text: day_of("effective_to", text)),
            ),
            start=1,
        ):
            try:
                head[name] = read(_text(self.sheet, row, 2))
            except Malformed as wrong:
                self._note(row, 2, wrong)
        if self.faults:
            return None
        return DecisionTable(inputs=inputs, rows=tuple(row for row in rows if row is not None), **head)

    def _inputs(self) -> tuple[Input, ...]:
        found: list[Input] = []
        place = 2
        while fact := _text(self.sheet, _COLUMNS_AT + 1, place):
            try:
                changeable = _text(self.sheet, _COLUMNS_AT + 3, place).strip() == "是"
                column = input_of(self.item, fact.strip(), changeable=changeable)
                label = _text(self.sheet, _COLUMNS_AT, place).strip()
                own = "" if label == self.known[column.fact].label else label
                found.append(Input(column.fact, column.kind, own, changeable))
            except Malformed as wrong:
                self._note(_COLUMNS_AT + 1, place, wrong)
                found.append(Input(fact, FactKind.TEXT))
            place += 1
        return tuple(found)

    def _is_filled(self, row: int, inputs: int) -> bool:
        return any(_text(self.sheet, row, place).strip() for place in range(2, inputs + len(OUTPUTS) + 2))

    def _row(self, row: int, inputs: tuple[Input, ...]) -> Row | None:
        cells: list[str] = []
        for place, column in enumerate(inputs, start=2):
            try:
                cells.append(cell_kept(tidy_text(_text(self.sheet, row, place)), self.known.get(column.fact)))
            except Malformed as wrong:
                self._note(row, place, wrong)
                cells.append("-")
        first = len(inputs) + 2
        texts = {name: _text(self.sheet, row, first + place) for place, name in enumerate(OUTPUTS)}
        try:
            return row_kept(tuple(cells), texts)
        except Malformed as wrong:
            self._note(row, first + list(OUTPUTS).index(wrong.field), wrong)
            return None

    def with_examples(self, table: DecisionTable, sheet: Any) -> DecisionTable:
        """The table with the examples of its second worksheet."""
        examples: list[Example] = []
        last = len(table.inputs) + 2
        for row in range(2, min(sheet.max_row, MOST_ROWS) + 1):
            texts = [_text(sheet, row, place).strip() for place in range(1, last + 1)]
            if not any(texts):
                continue
            given = {
                column.fact: "" if not text else cell_kept(text, self.known.get(column.fact))
                for column, text in zip(table.inputs, texts[1:-1], strict=True)
            }
            try:
                examples.append(example_kept(table, given, texts[-1], texts[0]))
            except Malformed as wrong:
                self._note(row, last, wrong, sheet)
        return DecisionTable(
            table.key,
            table.name,
            table.inputs,
            table.rows,
            table.policy,
            table.effective_from,
            table.effective_to,
            tuple(examples),
        )
