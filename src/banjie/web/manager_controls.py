"""The controls of the item editor: how a value is shown on a page, what was typed, and the value again.

What cannot be read is an error that names the control, says what is wrong and how to mend it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.http import QueryDict

from banjie.engine.clock import Term, Unit
from banjie.engine.ids import Malformed
from banjie.engine.rules import Condition
from banjie.packs.cells import Unreadable, from_cell, to_cell

MOST_LETTERS: Final = 4_000


class Shape(StrEnum):
    """How a control is shown and read."""

    TEXT = "text"
    AREA = "area"
    LINES = "lines"
    CONDITIONS = "conditions"
    NUMBER = "number"
    MONEY = "money"
    YES = "yes"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a record on a page. `key` marks what gives the record its identity; it is made up when empty."""

    name: str
    label: str
    shape: Shape = Shape.TEXT
    hint: str = ""
    required: bool = True
    codes: type[StrEnum] | None = None
    width: str = ""


class Wrong(Exception):
    """What was typed cannot be kept; `errors` name the controls."""

    def __init__(self, errors: tuple[Malformed, ...]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = errors


def shown(control: Control, value: object) -> Any:
    """A value as its control shows it: a text, a list of codes, or the three parts of a term."""
    match control.shape:
        case Shape.TERM:
            assert isinstance(value, Term)  # noqa: S101 — the field's type.
            return {"number": str(value.number), "unit": value.unit.value, "basis": value.basis}
        case Shape.CHOICES:
            return list(value) if isinstance(value, tuple) else []
        case Shape.YES:
            return bool(value)
        case Shape.MONEY:
            return f"{int(str(value)) / 100:.2f}" if value not in (None, "") else ""
        case Shape.LINES:
            return "\n".join(value) if isinstance(value, tuple) else ""
        case Shape.CONDITIONS:
            return to_cell(value, tuple[Condition, ...]) if value else ""
        case Shape.DATE:
            return value.isoformat() if isinstance(value, date) else ""
    return "" if value is None else str(value)


def typed(control: Control, post: QueryDict, name: str) -> Any:
    """What somebody typed, in the form `shown` gives."""
    match control.shape:
        case Shape.TERM:
            return {
                "number": post.get(name, "").strip(),
                "unit": post.get(f"{name}-unit", ""),
                "basis": post.get(f"{name}-basis", "").strip(),
            }
        case Shape.CHOICES:
            return post.getlist(name)
        case Shape.YES:
            return name in post
    return post.get(name, "").replace("\r\n", "\n").strip()


# --- reading ---


def read_controls(
    controls: tuple[Control, ...], post: QueryDict, prefix: str, fixed: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    """The fields with what was typed into their controls; `fixed` ones are left out. Raises `Wrong` at the end."""
    errors: list[Malformed] = []
    for control in controls:
        if control.name in fixed:
            continue
        name = prefix + control.name
        try:
            yield control.name, value_of(control, typed(control, post, name), name)
        except Malformed as wrong:
            errors.append(wrong)
    if errors:
        raise Wrong(tuple(errors))


def value_of(control: Control, given: Any, name: str) -> Any:
    """The engine's value of what was typed. Raises `Malformed` naming the control."""
    try:
        return _VALUES[control.shape](control, given)
    except Unreadable as wrong:
        raise Malformed(name, f"{control.label}：{wrong.reason}", wrong.remedy) from None


def _text(control: Control, given: str) -> str:
    if control.required and not given:
        raise Unreadable("没有填写", f"请填写{control.label}")
    if len(given) > MOST_LETTERS:
        raise Unreadable(f"太长（{len(given)} 字）", f"请控制在 {MOST_LETTERS} 字以内")
    if not given.replace("\n", "").replace("\t", "").isprintable():
        raise Unreadable("内容太长或含有看不见的字符", "请不要从其他文件整段粘贴，删去后重新键入")
    return given


def _number(control: Control, given: str) -> int:
    if not (given.isascii() and given.isdecimal()) or len(given) > 6:
        raise Unreadable("应为整数", "请填写 0 以上的整数")
    return int(given)


def _money(control: Control, given: str) -> int:
    yuan, _, fen = given.partition(".")
    if not (yuan.isascii() and yuan.isdecimal() and len(yuan) <= 9 and len(fen) <= 2 and (not fen or fen.isdecimal())):
        raise Unreadable("不是金额", "请以元为单位填写，最多两位小数，例如 120.50")
    return int(yuan) * 100 + int(fen.ljust(2, "0") or "0")


def _choice(control: Control, given: str) -> StrEnum:
    known = {code.value: code for code in control.codes or ()}
    if given not in known:
        raise Unreadable("没有选择", f"请选择{control.label}")
    return known[given]


def _choices(control: Control, given: list[str]) -> tuple[StrEnum, ...]:
    known = {code.value: code for code in control.codes or ()}
    chosen = tuple(known[one] for one in dict.fromkeys(given) if one in known)
    if control.required and not chosen:
        raise Unreadable("没有选择", f"请选择{control.label}，可以多选")
    return chosen


def _day(control: Control, given: str) -> date | None:
    if not given and not control.required:
        return None
    day: date = from_cell(given, date)
    return day


def _term(control: Control, given: Mapping[str, str]) -> Term:
    number = _number(control, given["number"])
    known = {unit.value: unit for unit in Unit}
    if given["unit"] not in known:
        raise Unreadable("没有选择单位", "请选择工作日、自然日或小时")
    return Term(number, known[given["unit"]], _text(replace(control, required=False), given["basis"]))


def _lines(control: Control, given: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(control, given).splitlines() if line.strip())


def _conditions(control: Control, given: str) -> tuple[Condition, ...]:
    conditions: tuple[Condition, ...] = from_cell(_text(control, given), tuple[Condition, ...])
    return conditions


_VALUES: Final[dict[Shape, Any]] = {
    Shape.TEXT: _text,
    Shape.AREA: _text,
    Shape.LINES: _lines,
    Shape.CONDITIONS: _conditions,
    Shape.NUMBER: _number,
    Shape.MONEY: _money,
    Shape.YES: lambda control, given: bool(given),
    Shape.CHOICE: _choice,
    Shape.CHOICES: _choices,
    Shape.DATE: _day,
    Shape.TERM: _term,
}
