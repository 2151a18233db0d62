"""A workbook of items read again, with everything Excel can do to one: formulas, merged cells, numbers for codes.

An item with a wrong cell, in its own row or in a row of its parts, is refused as a whole, with one line that names
sheet, row and column. A file that cannot be trusted as a whole is refused before anything is read.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode
from banjie.engine.ids import Malformed
from banjie.engine.inheritance import Upper
from banjie.packs.cells import Unreadable, from_cell
from banjie.packs.exchange import Offered
from banjie.packs.import_report import Line, Severity
from banjie.packs.stored import HINTS
from banjie.packs.words import key_words
from banjie.packs.workbook import (
    ITEMS,
    KEY_WORDS,
    OTHERS,
    PARTS,
    REST,
    REST_COLUMNS,
    SIMPLE,
    UPPER_WORDS,
    columns_of,
    hints_of,
)

MOST_ROWS = 300_000
MOST_BLANK = 2_000
"""Empty rows in succession after which a sheet is taken to be at its end."""
MOST_BYTES = 1 << 30
"""Bytes a workbook may unpack to."""

_FILE = "文件"
_WORDS = key_words(Item)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+\d+)"')
_TROUBLES = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, ParseError, EOFError, OSError, TypeError)

Key = tuple[str, str]


@dataclass(slots=True)
class _Parts:
    """What the other sheets say of an item: `said` by field, `pieces` of JSON by field, the first `wrong` cell."""

    said: dict[str, list[Any]] = field(default_factory=dict)
    pieces: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    wrong: Line | None = None
    row: int = 0
    sheet: str = ""


def read_workbook(path: Path) -> Iterator[Offered | Line]:
    """Every item of a workbook as `write_workbook` lays it out, or the line that says why not.

    Raises `Malformed` when the file as a whole cannot be read: no workbook, no sheet of items, merged cells, too many
    rows.
    """
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — heavy, and ships no types.
    from openpyxl.utils.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415 — the same.
        InvalidFileException,
    )

    try:
        _require_plain(path)
        with closing(load_workbook(path, read_only=True)) as book:
            yield from _items(book)
    except Malformed:
        raise
    except (InvalidFileException, *_TROUBLES) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else "不是能读的 Excel 文件"
        raise Malformed(_FILE, f"“{path.name}”{reason}", "请在 Excel 中另存为 .xlsx 后再导入") from None


def _require_plain(path: Path) -> None:
    """A workbook without merged cells that does not unpack to more than it may."""
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise Malformed(_FILE, "解压后超过 1 GB", "请分成几个文件导入")
        for name in packed.namelist():
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            merged = _merged(packed, name) if sheet else None
            if sheet and merged:
                reason = f"第 {sheet[1]} 张工作表第 {merged[1]} 行合并了单元格 {merged[0]}"
                raise Malformed(_FILE, reason, "请取消合并，并在每一格填写完整")


def _merged(packed: zipfile.ZipFile, name: str) -> tuple[str, int] | None:
    with packed.open(name) as file:
        before = b""
        while chunk := file.read(1 << 20):
            found = _MERGED.search(before + chunk)
            if found:
                return f"{found[1].decode()}{found[2].decode()}:{found[3].decode()}", int(found[2])
            before = chunk[-200:]
    return None


def _items(book: Any) -> Iterator[Offered | Line]:
    if ITEMS not in book.sheetnames:
        there = "、".join(book.sheetnames)
        raise Malformed(_FILE, f"没有名为“{ITEMS}”的工作表，只有：{there}", "请用 banjie items template 生成的模板填写")
    parts: dict[Key, _Parts] = {}
    present = set()
    for name, kind in PARTS.items():
        if _WORDS[name] in book.sheetnames:
            present.add(name)
            _read_parts(book[_WORDS[name]], _WORDS[name], name, kind, parts)
    if REST in book.sheetnames:
        _read_rest(book[REST], parts)
    seen: dict[Key, int] = {}
    for number, cells in _rows(book[ITEMS], ITEMS, (*KEY_WORDS.values(),)):
        outcome = _item(number, cells, parts, present)
        if isinstance(outcome, Offered) and outcome.key in seen:
            reason = f"与第 {seen[outcome.key]} 行是同一个事项"
            outcome = outcome.refused("事项编码", outcome.key[1], reason, "请删去其中一行")
        key = _key(cells, ITEMS, number)
        if not isinstance(key, Line):
            seen.setdefault(key, number)
        yield outcome
    for key, orphan in parts.items():
        if key not in seen and orphan.wrong is None and orphan.row:
            reason = f"“{ITEMS}”表里没有区划 {key[0]} 的这个事项"
            yield Line(
                orphan.row, key[1], f"{orphan.sheet}·事项编码", Severity.REFUSED, key[1], reason, "请核对区划和编码"
            )


Cells = Mapping[str, Any]


def _rows(sheet: Any, title: str, needed: Sequence[str]) -> Iterator[tuple[int, Cells]]:
    """The rows of a sheet under their headings, with the number Excel shows. Raises `Malformed`."""
    sheet.reset_dimensions()
    headings: list[str] | None = None
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise Malformed(_FILE, f"“{title}”表超过 {MOST_ROWS} 行", "请分成几个文件导入")
        if all(cell.value is None or cell.value == "" for cell in cells):
            blank += 1
            if blank > MOST_BLANK:
                return
            continue
        blank = 0
        if headings is None:
            headings = ["" if cell.value is None else str(cell.value).strip() for cell in cells]
            _require_headings(title, headings, needed)
            continue
        # A row ends with its last filled cell: what is left out on the right is empty.
        yield number, {name: cell for name, cell in zip_longest(headings, cells[: len(headings)]) if name}


def _require_headings(title: str, headings: Sequence[str], needed: Sequence[str]) -> None:
    for name in needed:
        if name not in headings:
            raise Malformed(_FILE, f"“{title}”表的第一行没有“{name}”这一列", "请保留模板的表头")
    twice = next((name for place, name in enumerate(headings) if name and name in headings[:place]), None)
    if twice:
        raise Malformed(_FILE, f"“{title}”表里有两列都叫“{twice}”", "请删去其中一列")


def _value(cell: Any) -> Any:
    """What stands in a cell. Raises `Unreadable` for a formula or an error of Excel's."""
    if cell is None:
        return None
    if cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type != "s"):
        raise Unreadable("是公式，不是内容", "请复制后“选择性粘贴为数值”")
    if cell.data_type == "e":
        raise Unreadable(f"是 Excel 的错误值 {cell.value}", "请更正后再导入")
    return cell.value


def _key(cells: Cells, title: str, number: int) -> Key | Line:
    found = []
    for words in KEY_WORDS.values():
        try:
            text = from_cell(_value(cells.get(words)), str)
            if not text:
                raise Unreadable("没有填写", f"请填写{words}")
        except Unreadable as wrong:
            return Line(number, "", f"{title}·{words}", Severity.REFUSED, "", wrong.reason, wrong.remedy)
        found.append(text)
    return found[0], found[1]


def _read_parts(sheet: Any, title: str, name: str, kind: type, parts: dict[Key, _Parts]) -> None:
    hints, columns = hints_of(kind), columns_of(kind)
    for number, cells in _rows(sheet, title, (*KEY_WORDS.values(),)):
        key = _key(cells, title, number)
        if isinstance(key, Line):
            raise Malformed(f"{title}·第 {number} 行", key.reason, key.remedy)
        mine = parts.setdefault(key, _Parts(row=number, sheet=title))
        values = {}
        for one, words in columns.items():
            if words not in cells:
                continue
            try:
                cell = _value(cells[words])
                if cell is None and hints[one] is not str and not _may_be_empty(hints[one]):
                    continue
                values[one] = from_cell(cell, hints[one])
            except Unreadable as wrong:
                mine.wrong = mine.wrong or _wrong(number, key[1], f"{title}·{words}", cells[words], wrong)
        if mine.wrong is None:
            try:
                mine.said.setdefault(name, []).append(kind(**values))
            except TypeError:
                missing = Unreadable("缺少必填的列", "请保留模板的表头，逐列填写")
                mine.wrong = _wrong(number, key[1], title, None, missing)


def _may_be_empty(hint: Any) -> bool:
    try:
        from_cell(None, hint)
    except Unreadable:
        return False
    return True


def _read_rest(sheet: Any, parts: dict[Key, _Parts]) -> None:
    names = {_WORDS.get(name, name): name for name in OTHERS}
    for number, cells in _rows(sheet, REST, REST_COLUMNS):
        key = _key(cells, REST, number)
        if isinstance(key, Line):
            raise Malformed(f"{REST}·第 {number} 行", key.reason, key.remedy)
        mine = parts.setdefault(key, _Parts(row=number, sheet=REST))
        try:
            words = from_cell(_value(cells["字段"]), str)
            if words not in names:
                raise Unreadable(f"没有“{words[:40]}”这个字段", "请恢复导出时的内容")
            piece = _value(cells["内容"])
            serial = from_cell(_value(cells["序号"]), int)
            mine.pieces.setdefault(names[words], []).append((serial, str(piece or "")))
        except Unreadable as wrong:
            mine.wrong = mine.wrong or _wrong(number, key[1], f"{REST}·字段", None, wrong)


def _wrong(number: int, code: str, where: str, cell: Any, wrong: Unreadable) -> Line:
    value = "" if cell is None or cell.value is None else str(cell.value)[:200]
    return Line(number, code, where, Severity.REFUSED, value, wrong.reason, wrong.remedy)


def _item(number: int, cells: Cells, parts: dict[Key, _Parts], present: set[str]) -> Offered | Line:
    key = _key(cells, ITEMS, number)
    if isinstance(key, Line):
        return key
    mine = parts.get(key, _Parts())
    said: dict[str, Any] = {"region": key[0], "code": key[1]}
    for name in SIMPLE:
        words = _WORDS[name]
        if words not in cells or name in said or name == "edition":
            continue
        try:
            cell = _value(cells[words])
            if (cell is None or cell == "") and not _may_be_empty(HINTS[name]):
                continue  # Left empty: what is kept already stands, or the lack of it is told later.
            said[name] = from_cell(cell, HINTS[name])
        except Unreadable as wrong:
            return _wrong(number, key[1], f"{ITEMS}·{words}", cells[words], wrong)
    if mine.wrong is not None:
        return mine.wrong
    for name in present:
        value = tuple(mine.said.get(name, ()))
        single = not str(HINTS[name]).startswith("tuple")
        said[name] = (value[0] if value else None) if single else value
    try:
        said |= {name: _joined(name, pieces) for name, pieces in mine.pieces.items()}
        upper = _upper(cells)
        edition = from_cell(_value(cells.get(_WORDS["edition"])) or "0", int)
    except Unreadable as wrong:
        return _wrong(number, key[1], f"{ITEMS}·继承、版次", None, wrong)
    return Offered(number, said, upper, edition=edition)


def _joined(name: str, pieces: list[tuple[int, str]]) -> Any:
    try:
        return decode(HINTS[name], json.loads("".join(text for _, text in sorted(pieces))))
    except (ValueError, RecursionError) as wrong:
        told = f"：{wrong.field} {wrong.reason}" if isinstance(wrong, Malformed) else ""
        raise Unreadable(f"“{REST}”里的“{_WORDS.get(name, name)}”不完整{told}", "请恢复导出时的内容") from None


def _upper(cells: Cells) -> Upper | None:
    region = from_cell(_value(cells.get(UPPER_WORDS["region"])), str)
    code = from_cell(_value(cells.get(UPPER_WORDS["code"])), str)
    if not region and not code:
        return None
    if not region or not code:
        raise Unreadable("继承区划和继承编码要一起填写", "请补上另一个，或者都留空")
    edition = from_cell(_value(cells.get(UPPER_WORDS["edition"])), int)
    follows = from_cell(_value(cells.get(UPPER_WORDS["follows"])), str)
    return Upper(region, code, edition, follows != "否")
