"""Single values as officials write them in one cell of a sheet or one box of a page, and back.

The form is that of the packs: `20个工作日（依据）`, `事实 是 值`, 是/否, the words of the code sets, one line an entry.
What cannot be written that way without loss is written as JSON behind `json:`, so that nothing is ever changed by
going out and coming back.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from banjie.engine.clock import Term
from banjie.engine.codec import decode
from banjie.engine.ids import Malformed
from banjie.engine.rules import Condition
from banjie.packs.reading import SHORT
from banjie.packs.stored import plain
from banjie.packs.words import CODES, code_words

JSON = "json:"
_YES = {"是": True, "否": False}


class Unreadable(ValueError):
    """A cell that cannot be read: what is wrong with it and how to mend it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}。{remedy}")
        self.reason = reason
        self.remedy = remedy


def is_simple(hint: Any) -> bool:
    """Whether values of that type fit into one cell."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = [one for one in arguments if one is not type(None)]
        return len(inner) == 1 and is_simple(inner[0])
    if origin is tuple:
        return arguments[0] in (str, Condition) or _is_code(arguments[0])
    return hint in (str, int, bool, date, Term, Condition) or _is_code(hint)


def parts_of(hint: Any) -> type | None:
    """The type of the records, for a list of records (or one that may be absent); else None."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    inner = [one for one in arguments if one is not type(None) and one is not Ellipsis]
    kind = inner[0] if origin in (tuple, types.UnionType, typing.Union) and len(inner) == 1 else None
    is_record = isinstance(kind, type) and is_dataclass(kind) and kind not in (Term, Condition)
    return kind if is_record else None


def _is_code(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum) and hint in CODES


def to_cell(value: object, hint: Any) -> str:
    """A value in one cell; "" for what is empty."""
    text = _words(value)
    try:
        if from_cell(text, hint) == value:
            return text
    except Unreadable:
        pass
    return JSON + json.dumps(plain(value), ensure_ascii=True)


def _words(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case StrEnum():
            return code_words(value)
        case date():
            return value.isoformat()
        case Term():
            unit = code_words(value.unit)
            return f"{value.number}个{unit}（{value.basis}）" if value.basis else f"{value.number}个{unit}"
        case Condition():
            return f"{value.fact} {code_words(value.test)} {_fact(value.value)}"
        case tuple():
            return "\n".join(_words(part) for part in value)
    return str(value)


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "真" if value else "假"
    return "|".join(value) if isinstance(value, tuple) else str(value)


def from_cell(cell: object, hint: Any) -> Any:
    """The value a cell holds. Raises `Unreadable`.

    Cells of a sheet come as numbers, dates or texts; what Excel has made of a text on its own is told, not guessed.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(cell, str) and cell.startswith(JSON):
        return _from_json(cell, hint)
    if not is_simple(hint):
        raise Unreadable("是系统写出的内容，看不懂", "请恢复导出时的内容，或者留空")
    if origin in (types.UnionType, typing.Union):
        inner = next(one for one in arguments if one is not type(None))
        return None if cell is None or cell == "" else from_cell(cell, inner)
    if origin is tuple:
        return tuple(from_cell(line, arguments[0]) for line in _text(cell).splitlines() if line.strip())
    if hint is str:
        return _text(cell)
    if hint is date:
        return _day(cell)
    if hint is int:
        return _whole(cell)
    if hint is bool:
        return _one_of(_text(cell), _YES)
    if hint in SHORT:
        try:
            return SHORT[hint](_text(cell))
        except ValueError as wrong:
            raise Unreadable(f"看不懂“{_text(cell)[:60]}”", str(wrong)) from None
    return _one_of(_text(cell), CODES[hint])


def _from_json(cell: str, hint: Any) -> Any:
    try:
        return decode(hint, json.loads(cell.removeprefix(JSON)))
    except (ValueError, RecursionError) as wrong:
        reason = wrong.reason if isinstance(wrong, Malformed) else "json: 后面不是合法的 JSON"
        raise Unreadable(reason, "请恢复导出时的内容，不要手工修改") from None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime | date):
        raise Unreadable(f"是日期 {cell:%Y-%m-%d}，这里应为文字", "请把单元格格式改为“文本”后重新填写")
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= 1e15:
            raise Unreadable(f"是数字 {cell}，可能已经丢失位数", "请把单元格格式改为“文本”后重新填写")
        return str(int(cell))
    if isinstance(cell, int) and abs(cell) >= 10**15:
        raise Unreadable("是超过 15 位的数字，Excel 已经改掉了后几位", "请把单元格格式改为“文本”后重新填写")
    return str(cell).replace("\r\n", "\n").strip()


def _day(cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        raise Unreadable(f"是数字 {cell}，不是日期", "请把单元格格式改为“日期”，或写成 2026-12-01 这样的文字")
    try:
        return date.fromisoformat(_text(cell))
    except ValueError:
        raise Unreadable(f"“{_text(cell)[:40]}”不是有效的日期", "请写成 2026-12-01 的格式") from None


def _whole(cell: object) -> int:
    text = _text(cell)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 15:
        raise Unreadable(f"“{text[:40]}”不是整数", "请填写整数")
    return int(text)


def _one_of(text: str, known: Mapping[str, Any]) -> Any:
    if text not in known:
        raise Unreadable(f"“{text[:40]}”不在可选范围内", "可选：" + "、".join(known))
    return known[text]
