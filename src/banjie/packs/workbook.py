"""Items as a workbook that officials fill in: a sheet of items, a sheet for each kind of part, one for the rest.

Every cell is text, so that Excel turns no code into a number. What a table cannot say (the form, the way through the
offices, the guiding questions) stands as JSON in the last sheet, not to be edited by hand; where it is left out, what
is kept already, or the standard template, stands in for it.
"""

import json
import typing
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from banjie.engine.catalogue import Item
from banjie.packs.cells import is_simple, parts_of, to_cell
from banjie.packs.exchange import Kept
from banjie.packs.stored import HINTS, plain
from banjie.packs.words import CODES, key_words

ITEMS, REST, ABOUT = "事项", "其他内容", "填写说明"
KEY_WORDS = {"region": "行政区划", "code": "事项编码"}
UPPER_WORDS = {"region": "继承区划", "code": "继承编码", "edition": "继承版次", "follows": "跟随上级"}
REST_COLUMNS = (*KEY_WORDS.values(), "字段", "序号", "内容")
PIECE = 30_000
"""Characters of JSON in one cell; Excel holds 32,767."""

_WORDS = key_words(Item)
SIMPLE = tuple(one.name for one in fields(Item) if is_simple(HINTS[one.name]) and one.name in _WORDS)
"""Fields that stand in the sheet of items."""
_LISTED = ("basis", "materials", "special", "fees", "result", "places", "faq")
PARTS = {name: kind for name in _LISTED if (kind := parts_of(HINTS[name])) is not None}
"""Fields that have a sheet of their own, with the type of their parts."""
OTHERS = tuple(one.name for one in fields(Item) if one.name not in SIMPLE and one.name not in PARTS)
"""Fields that stand as JSON in the last sheet."""

_ABOUT = (
    "这张工作簿可以直接导入：banjie items import 文件.xlsx。再导出再导入，没有改过的内容不会变化。",
    "“事项”表一行一个事项。其他各表用“行政区划＋事项编码”对上是哪个事项，一行一份材料、一条依据、一个地点……",
    "一格里有多项的（服务对象、受理条件、审查要点等），每项单独一行，按 Alt+Enter 换行。",
    "时限写成“20个工作日（依据）”，单位可以是工作日、自然日、小时；0 表示即办。日期写成 2026-12-01。",
    "编码、电话请保持“文本”格式，不要用公式，不要合并单元格。",
    "县区认领的事项写明“继承区划、继承编码、继承版次”；名称、类型、设定依据、基本编码由上级规定，不能改。",
    "“其他内容”是流程、申请表、情形引导等，由系统写出，请不要手工修改；新事项可以不填，先按标准流程和最简表单。",
)


def write_workbook(kept: Iterable[Kept], path: Path) -> int:
    """Writes items as a workbook, row by row; answers with how many. Without items it is the template to fill in."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — heavy, and ships no types.

    book = Workbook(write_only=True)
    sheets = {name: _sheet(book, title, columns) for name, title, columns in _sheets()}
    about = book.create_sheet(ABOUT)
    for line in _ABOUT:
        _append(about, (line,))
    about.column_dimensions["A"].width = 100
    count = 0
    for one in kept:
        _write(sheets, one)
        count += 1
    book.save(path)
    return count


def _sheets() -> list[tuple[str, str, Sequence[str]]]:
    first = (*(_WORDS[name] for name in SIMPLE), *UPPER_WORDS.values())
    listed: list[tuple[str, str, Sequence[str]]] = [(ITEMS, ITEMS, first)]
    for name, kind in PARTS.items():
        listed.append((name, _WORDS[name], (*KEY_WORDS.values(), *columns_of(kind).values())))
    return [*listed, (REST, REST, REST_COLUMNS)]


def columns_of(kind: type) -> dict[str, str]:
    """The columns of a sheet of parts: the field of the part and its words, set apart from those of the key."""
    words = key_words(kind)
    return {
        one.name: f"{words.get(one.name, one.name)}（本项）"
        if words.get(one.name) in KEY_WORDS.values()
        else words.get(one.name, one.name)
        for one in fields(kind)
    }


def _sheet(book: Any, title: str, columns: Sequence[str]) -> Any:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415 — as above.
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]  # noqa: PLC0415 — as above.

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2" if title != ITEMS else "D2"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 36 if column in ("事项编码", "继承编码", "内容") else 20
        choices = _CHOICES.get((title, column))
        if choices:
            allowed = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
            allowed.add(f"{letter}2:{letter}10000")
            sheet.data_validations.append(allowed)
    _append(sheet, columns)
    return sheet


def _choices() -> dict[tuple[str, str], tuple[str, ...]]:
    """For which columns Excel offers a list: the code sets, and 是/否."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    hints = {(ITEMS, _WORDS[name]): HINTS[name] for name in SIMPLE}
    hints[(ITEMS, UPPER_WORDS["follows"])] = bool
    for key, hint in hints.items():
        if hint is bool:
            found[key] = ("是", "否")
        elif isinstance(hint, type) and issubclass(hint, StrEnum):
            found[key] = tuple(CODES[hint])
    return found


_CHOICES = _choices()


def _append(sheet: Any, values: Sequence[str]) -> None:
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # noqa: PLC0415 — as above.

    row = []
    for value in values:
        cell = WriteOnlyCell(sheet, value=value or None)
        if value:
            cell.data_type = "s"  # A text that begins like a formula stays a text.
            cell.number_format = "@"
        row.append(cell)
    sheet.append(row)


def _write(sheets: dict[str, Any], one: Kept) -> None:
    item, upper = one.item, one.upper
    said = [to_cell(getattr(item, name), HINTS[name]) for name in SIMPLE]
    above = [upper.region, upper.code, str(upper.edition), "是" if upper.follows else "否"] if upper else [""] * 4
    _append(sheets[ITEMS], (*said, *above))
    key = (item.region, item.code)
    for name, kind in PARTS.items():
        value = getattr(item, name)
        parts = value if isinstance(value, tuple) else (value,) if value is not None else ()
        hints = hints_of(kind)
        for part in parts:
            _append(sheets[name], (*key, *(_cell(part, one, hints[one.name]) for one in fields(kind))))
    for name in OTHERS:
        text = json.dumps(plain(getattr(item, name)), ensure_ascii=True, separators=(",", ":"))
        for serial, start in enumerate(range(0, len(text), PIECE), start=1):
            _append(sheets[REST], (*key, _WORDS.get(name, name), str(serial), text[start : start + PIECE]))


def _cell(part: Any, one: Field[Any], hint: Any) -> str:
    """A field of a part; what no cell can say plainly is left empty where it says nothing of its own."""
    value = getattr(part, one.name)
    default = one.default_factory() if one.default_factory is not MISSING else one.default
    return "" if value == default and not is_simple(hint) else to_cell(value, hint)


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of a record's fields."""
    return typing.get_type_hints(kind)
