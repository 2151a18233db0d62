"""Rows out of other people's files: JSON lines, JSON, CSV and Excel, one at a time, each with its number.

A broken row is handed on as a :class:`BrokenRow` with its reason, so that one bad line never costs the rest
of the file. Only what makes the whole file unreadable (absent, no heading, no such sheet) is raised.
"""

import csv
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from banjie.engine.ids import Malformed

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order: the first that fits. What reads as UTF-8 is hardly ever GB 18030 by chance."""

_FILE = "文件"
_LONGEST_CELL = 1_000_000


class Format(StrEnum):
    """How the source file is written."""

    JSON_LINES = "jsonl"
    JSON = "json"
    CSV = "csv"
    EXCEL = "xlsx"


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a file the rows are.

    `sheet` is the worksheet's name ("" for the first), `heading_row` the row (from 1) of column names in Excel
    and CSV, `path` the keys that lead to the list inside a JSON document.
    """

    format: Format
    encodings: tuple[str, ...] = ENCODINGS
    sheet: str = ""
    heading_row: int = 1
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One record under the names of its columns.

    `number` is the line of a JSON-lines file, the place in a JSON list (from 1), or the row as Excel shows it.
    """

    number: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A record that cannot be read at all: what stands there, what is wrong and how to mend it."""

    number: int
    text: str
    reason: str
    remedy: str


def read_rows(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    """Every row of the file, in order; blank ones are no rows. Raises Malformed when the whole file fails."""
    try:
        match source.format:
            case Format.JSON_LINES:
                yield from _json_lines(path, source)
            case Format.JSON:
                yield from _json(path, source)
            case Format.CSV:
                yield from _csv(path, source)
            case Format.EXCEL:
                yield from _excel(path, source)
    except OSError as error:
        raise Malformed(
            _FILE, f"打不开“{path.name}”：{error.strerror or error}", "请检查文件是否存在、是否有权限读取"
        ) from error


def _decode(raw: bytes, encodings: Sequence[str]) -> str | None:
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise ValueError(f"同一列“{key}”出现了两次，不知道该用哪一个")
        values[key] = value
    return values


def _no_constant(name: str) -> object:
    raise ValueError(f"“{name}”不是合法的 JSON 数值")


def _parse(text: str) -> object:
    """JSON, strictly: no column twice, no NaN. Raises ValueError with a Chinese sentence."""
    try:
        parsed: object = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处读不下去") from error
    except RecursionError as error:
        raise ValueError("嵌套层数太多") from error
    return parsed


def _record(number: int, value: object) -> Row | BrokenRow:
    if isinstance(value, dict):
        return Row(number, value)
    return BrokenRow(number, str(value)[:200], "这一条不是“列名: 值”的形式", "请把这一条改为 JSON 对象")


def _json_lines(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            text = _decode(raw, source.encodings)
            if text is None:
                yield BrokenRow(
                    number,
                    raw[:200].decode("utf-8", "replace"),
                    f"文字编码不是 {'、'.join(source.encodings)}",
                    "请另存为 UTF-8 后再导入",
                )
                continue
            if not text.strip():
                continue
            try:
                value = _parse(text)
            except ValueError as error:
                yield BrokenRow(number, text.strip()[:200], str(error), "请更正这一行的写法后再导入")
            else:
                yield _record(number, value)


def _json(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    """A JSON document is read whole: its list has no end until it is parsed."""
    text = _decode(path.read_bytes(), source.encodings)
    if text is None:
        raise Malformed(_FILE, f"文字编码不是 {'、'.join(source.encodings)}", "请另存为 UTF-8 后再导入")
    try:
        value = _parse(text)
    except ValueError as error:
        raise Malformed(_FILE, str(error), "请更正文件后再导入") from error
    for key in source.path:
        if not isinstance(value, dict) or key not in value:
            raise Malformed(_FILE, f"里面没有“{key}”这一层", "请核对对应表“来源”中的“路径”与文件是否一致")
        value = value[key]
    if not isinstance(value, list):
        raise Malformed(_FILE, "里面没有记录的列表", "请在对应表“来源”中用“路径”写明列表在哪一层")
    for number, record in enumerate(value, start=1):
        yield _record(number, record)


def _encoding(path: Path, encodings: Sequence[str]) -> str:
    """The first encoding in which the whole file reads."""
    for encoding in encodings:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise Malformed(_FILE, f"文字编码不是 {'、'.join(encodings)}", "请另存为 UTF-8 后再导入")


def _headings(cells: Sequence[object]) -> tuple[str, ...]:
    """The column names, trailing empty ones left off. Raises Malformed when a column could be mistaken."""
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Malformed(_FILE, "找不到表头", "请核对对应表“来源”中的“表头行”，表头应当写有列名")
    for place, name in enumerate(names, start=1):
        if name and name in names[: place - 1]:
            raise Malformed(_FILE, f"表头里有两列都叫“{name}”", "请给每一列不同的名称")
    return tuple(names)


def _line(number: int, headings: tuple[str, ...], cells: Sequence[object]) -> Row | BrokenRow | None:
    """A row of a sheet; None when it is blank. A cell outside the headings means that the row has slipped."""
    if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
        return None
    values: dict[str, object] = {}
    for heading, cell in zip_longest(headings, cells, fillvalue=None):
        blank = cell is None or (isinstance(cell, str) and not cell.strip())
        if heading:
            values[str(heading)] = cell
        elif not blank:
            text = "、".join("" if one is None else str(one) for one in cells)
            return BrokenRow(
                number,
                text[:200],
                f"“{cell}”不在任何一列之下",
                "请检查这一行是否多了分隔符，或给那一列补上列名",
            )
    return Row(number, values)


def _csv(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=_encoding(path, source.encodings), newline="") as file:
        yield from _csv_rows(file, source.heading_row)


def _csv_rows(file: IO[str], heading_row: int) -> Iterator[Row | BrokenRow]:
    reader = csv.reader(file)
    headings: tuple[str, ...] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells: Sequence[object] = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if number <= heading_row:
                raise Malformed(_FILE, f"表头读不出来（{error}）", "请另存为 CSV UTF-8 后再导入") from error
            yield BrokenRow(number, "", f"这一行不合 CSV 的写法（{error}）", "请检查这一行的引号和分隔符")
            continue
        if number < heading_row:
            continue
        if headings is None:
            headings = _headings(cells)
            continue
        if row := _line(number, headings, cells):
            yield row
    if headings is None:
        raise Malformed(_FILE, "找不到表头", "请核对对应表“来源”中的“表头行”，表头应当写有列名")


_EXCEL_FAULTS = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, ParseError, EOFError)
"""What openpyxl raises besides its own error on a file that is no workbook, or on a sheet damaged half-way."""


def _excel(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    from openpyxl.utils.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415 — heavy, and ships no types.
        InvalidFileException,
    )

    try:
        yield from _excel_rows(path, source)
    except Malformed:
        raise
    except (InvalidFileException, *_EXCEL_FAULTS) as error:
        raise Malformed(_FILE, f"“{path.name}”不是能读的 Excel 文件", "请在 Excel 中另存为 .xlsx 后再导入") from error


def _excel_rows(path: Path, source: Source) -> Iterator[Row | BrokenRow]:
    """Read-only mode keeps one row in memory; formulas give the values Excel last reckoned."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — as above.

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        names = book.sheetnames
        if source.sheet and source.sheet not in names:
            raise Malformed(
                _FILE,
                f"没有名为“{source.sheet}”的工作表，只有：{'、'.join(names)}",
                "请核对对应表“来源”中的“工作表”",
            )
        sheet = book[source.sheet] if source.sheet else book.worksheets[0]
        # A sheet may claim to be smaller than it is; without the claim openpyxl reads what stands there.
        sheet.reset_dimensions()
        headings: tuple[str, ...] | None = None
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number < source.heading_row:
                continue
            if headings is None:
                headings = _headings(cells)
                continue
            if row := _line(number, headings, cells):
                yield row
        if headings is None:
            raise Malformed(_FILE, "找不到表头", "请核对对应表“来源”中的“表头行”，表头应当写有列名")
    finally:
        book.close()
