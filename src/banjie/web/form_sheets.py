"""Rows out of a spreadsheet, pasted or uploaded as .xlsx: read by the form itself, wrong cells named one by one."""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from banjie.engine.form_answers import row_answers
from banjie.engine.form_values import Places
from banjie.engine.forms import Field, Row
from banjie.engine.ids import Malformed

FILE_MOST: Final = 2 * 1024 * 1024
"""Bytes of an uploaded file."""
UNPACKED_MOST: Final = 40 * 1024 * 1024
"""Bytes a file may have once unpacked: more is no table of a form."""
LINES_MOST: Final = 1000
CELLS_MOST: Final = 60
_TEXT_MOST: Final = 500_000


def from_text(text: str) -> list[list[str]]:
    """What was copied from a spreadsheet: a line a row, tabs between the cells. Raises `Malformed`."""
    if len(text) > _TEXT_MOST:
        raise Malformed("粘贴的内容", "太长", f"请分几次粘贴，一次不超过 {LINES_MOST} 行")
    return _tidied(line.split("\t") for line in text.replace("\r\n", "\n").split("\n"))


def from_workbook(upload: "UploadedFile[Any]") -> list[list[str]]:
    """The cells of the first sheet of an .xlsx file. Raises `Malformed` for what is none."""
    wrong = Malformed("文件", "不是可以读取的 Excel 表格（.xlsx）", "请用 Excel 或 WPS 另存为 .xlsx 后再上传")
    if (upload.size or 0) > FILE_MOST:
        raise Malformed("文件", "太大", "请只保留要填的这张表，文件不超过 2 MB")
    try:
        with zipfile.ZipFile(upload) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MOST:
                raise Malformed("文件", "展开后太大", "请只保留要填的这张表再上传")
        upload.seek(0)
        return _tidied(_cells_of(upload))
    except Malformed:
        raise
    except Exception:  # noqa: BLE001 — whatever a damaged workbook makes its reader raise, it cannot be read.
        raise wrong from None


def _cells_of(upload: "UploadedFile[Any]") -> Iterable[list[str]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — no types; heavy, and wanted by few.

    book = load_workbook(upload, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        for line in sheet.iter_rows(max_row=LINES_MOST + 1, max_col=CELLS_MOST, values_only=True):
            yield [_cell(value) for value in line]
    finally:
        book.close()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            # Excel keeps whole numbers as 20.0.
            return str(int(value))
        case _:
            return str(value)


def _tidied(lines: Iterable[list[str]]) -> list[list[str]]:
    """The lines in which something stands, without the empty cells at their ends. Raises `Malformed` for too many."""
    kept = []
    for line in lines:
        cells = [" ".join(cell.split()) for cell in line[:CELLS_MOST]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            kept.append(cells)
        if len(kept) > LINES_MOST:
            raise Malformed("表格", f"超过 {LINES_MOST} 行", "请分几次加入")
    return kept


def as_text(lines: Iterable[list[str]]) -> str:
    """Lines as they would have been pasted, so that what is wrong can be mended in place."""
    return "\n".join("\t".join(line) for line in lines)


def read_lines(
    group: Field, lines: list[list[str]], facts: Mapping[str, object], places: Places | None
) -> tuple[list[Row], list[str]]:
    """The rows that the lines hold, and everything wrong with them, cell by cell.

    A first line that names the columns says their order; without one the order is the form's. Money is read in
    元 and area in 平方米, as on the page.
    """
    order, errors, start = _order(group, lines)
    rows: list[Row] = []
    for number, line in enumerate(lines[start:], start + 1):
        if len(line) > len(order):
            errors.append(f"第 {number} 行有 {len(line)} 格，多于 {len(order)} 栏。请核对是否错位")
            continue
        raw = {key: cell for key, cell in zip(order, line, strict=False) if key and cell}
        row, faults = row_answers(group, raw, facts, places)
        errors += (
            f"第 {number} 行{fault.remedy}"
            if fault.reason == "必须填写"
            else f"第 {number} 行“{fault.label}”{fault.reason}。{fault.remedy}"
            for fault in faults
        )
        rows.append(row)
    return rows, errors


def _order(group: Field, lines: list[list[str]]) -> tuple[list[str], list[str], int]:
    """The keys of the columns as they stand, what is wrong with the heading, and how many lines it takes."""
    labels = {name: column.key for column in group.columns for name in (column.key, column.label)}
    head = [cell.removesuffix("（选填）").strip() for cell in lines[0]] if lines else []
    known = [labels.get(cell, "") for cell in head]
    if sum(map(bool, known)) * 2 <= len(head) or not head:
        return [column.key for column in group.columns], [], 0
    numbering = {"序号", "编号", "No", "NO", ""}
    unknown = [cell for cell, key in zip(head, known, strict=True) if not key and cell not in numbering]
    wanted = "、".join(column.label for column in group.columns)
    errors = [f"第 1 行的“{cell[:20]}”不是这张表的栏目。请改为：{wanted}" for cell in unknown]
    return known, errors, 1
