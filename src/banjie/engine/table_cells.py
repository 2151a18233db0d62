"""What stands in a cell of a decision table: a test on one fact, written as officials and S-FEEL write it.

A cell is kept as text, so that a half-finished table can be saved and a broken cell be named; here the text is read.

    （空）, -                        any value, known to be absent included
    null, 未涉及                     the fact is not asked in this situation
    catering, canteen                one of these          not(catering, canteen)      none of these
    >= 100, < 100, 100以上, 不满100   [100..500)  (0..5]    ranges, of which several may stand side by side
    是, 否, true, false              2026-01-01            a day, or a range of days

Numbers are written as people read them (元, 平方米) and held in the kept unit (分, 0.01 平方米), as
`engine.form_answers` keeps facts; days are held as ordinals.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact


class FactKind(StrEnum):
    """What kind of fact a column of a table tests."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    MONEY = "money"
    AREA = "area"
    DATE = "date"


ORDERED = frozenset({FactKind.NUMBER, FactKind.MONEY, FactKind.AREA, FactKind.DATE})
SCALE = {FactKind.MONEY: 100, FactKind.AREA: 100}
"""Kept units in the unit people write; 1 for all other kinds."""
UNITS = {FactKind.MONEY: "元", FactKind.AREA: "平方米"}

LOWEST, HIGHEST = -(10**15), 10**15
EARLIEST, LATEST = date(1850, 1, 1).toordinal(), date(2200, 12, 31).toordinal()
"""The bounds within which `engine.form_answers` takes numbers and days."""

Span = tuple[int, int]
"""A closed interval of kept units (or ordinals of days)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A test on one fact. `absent` says whether a fact that is not asked meets it."""

    kind: FactKind
    anything: bool = False
    absent: bool = False
    values: frozenset[Fact] = frozenset()
    negated: bool = False
    spans: tuple[Span, ...] = ()

    def matches(self, value: Fact | None) -> bool:
        """Whether a value as it is kept (None: not asked) meets the test."""
        if self.anything:
            return True
        if value is None:
            return self.absent
        if self.kind not in ORDERED:
            return (bool(self.values) or self.negated) and (value in self.values) is not self.negated
        place = position(self.kind, value)
        # A value of another kind is no answer to what the column asks.
        return self.absent if place is None else any(low <= place <= high for low, high in self.spans)


def bounds(kind: FactKind) -> Span:
    """The least and the greatest position a fact of an ordered kind can have."""
    return (EARLIEST, LATEST) if kind is FactKind.DATE else (LOWEST, HIGHEST)


def position(kind: FactKind, value: Fact) -> int | None:
    """Where a kept value of an ordered kind stands; None for what is no such value."""
    if kind is FactKind.DATE:
        try:
            return date.fromisoformat(value).toordinal() if isinstance(value, str) else None
        except ValueError:
            return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def value_at(kind: FactKind, place: int) -> Fact:
    """The kept value at a position: `position` read backwards."""
    return date.fromordinal(place).isoformat() if kind is FactKind.DATE else place


def read_value(kind: FactKind, text: str) -> Fact:
    """One value as people write it, as it is kept. Raises `Malformed`."""
    if kind in ORDERED:
        return value_at(kind, _place(kind, unicodedata.normalize("NFKC", text).strip()))
    return _discrete(kind, text.strip())


def say_value(kind: FactKind, value: Fact | None, labels: dict[str, str] | None = None) -> str:
    """A kept value in words: with the option's label and the unit."""
    if value is None:
        return "未涉及"
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind in ORDERED and (place := position(kind, value)) is not None:
        return _number(kind, place) + (f" {UNITS[kind]}" if kind in UNITS else "")
    return (labels or {}).get(str(value), str(value))


# --- reading ---

_ANY = frozenset({"", "-", "—", "任意", "不限"})
_ABSENT = frozenset({"null", "未涉及"})
_NOT = re.compile(r"(?:not\s*\((.*)\)|不是\s*(.+))", re.DOTALL)
_SEPARATOR = re.compile(r"[,，、|]")
_YES_NO = {**dict.fromkeys(("是", "真", "true"), True), **dict.fromkeys(("否", "假", "false"), False)}
_POINT = r"(?:date\(\s*\"\d{4}-\d{1,2}-\d{1,2}\"\s*\)|\d{4}-\d{1,2}-\d{1,2}|-?\d+(?:\.\d+)?)"
_PIECE = re.compile(
    rf"(?P<open>[\[\(\]])\s*(?P<low>{_POINT})\s*(?:\.\.|~|至)\s*(?P<high>{_POINT})\s*(?P<close>[\]\)\[])"
    rf"|(?P<before>>=|<=|>|<|≥|≤|=|不少于|不超过|超过|不满|不足|少于)\s*(?P<bound>{_POINT})"
    rf"|(?P<point>{_POINT})\s*(?P<after>以上|以下)?"
)
_AT_LEAST, _AT_MOST = frozenset({">=", "≥", "不少于", "以上"}), frozenset({"<=", "≤", "不超过", "以下"})
_MORE, _LESS = frozenset({">", "超过"}), frozenset({"<", "不满", "不足", "少于"})


def read_cell(kind: FactKind, text: str) -> Cell:
    """The test that a cell's text stands for. Raises `Malformed` with what is wrong and how to write it."""
    plain = text.strip()
    if plain in _ANY:
        return Cell(kind, anything=True, absent=True)
    if plain in _ABSENT:
        return Cell(kind, absent=True)
    return _ordered_cell(kind, plain) if kind in ORDERED else _discrete_cell(kind, plain)


def _discrete_cell(kind: FactKind, text: str) -> Cell:
    negated = _NOT.fullmatch(text)
    inner = (negated.group(1) or negated.group(2)) if negated else text
    parts = [part.strip() for part in _SEPARATOR.split(inner or "")]
    absent = not negated and any(part in _ABSENT for part in parts)
    values = frozenset(_discrete(kind, part) for part in parts if negated or part not in _ABSENT)
    return Cell(kind, absent=absent, values=values, negated=negated is not None)


def _discrete(kind: FactKind, text: str) -> Fact:
    value = text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
    if not value:
        raise Malformed("", "两个分隔符之间是空的", "请写明值，多个值用逗号隔开，例如 catering, canteen")
    if kind is not FactKind.YES_NO:
        return value
    if value not in _YES_NO:
        raise Malformed("", f"“{value[:20]}”不是“是”或“否”", "请写“是”“否”或“-”")
    return _YES_NO[value]


def _ordered_cell(kind: FactKind, text: str) -> Cell:
    plain = unicodedata.normalize("NFKC", text).strip()
    negated = _NOT.fullmatch(plain)
    rest = (negated.group(1) or negated.group(2)) if negated else plain
    spans: list[Span] = []
    absent = False
    while rest:
        word = next((word for word in _ABSENT if rest.startswith(word)), "")
        match = None if word else _PIECE.match(rest)
        if match is None and not word:
            raise Malformed("", f"看不懂“{rest[:20]}”", "请写成 [100..500)、>= 100、不满100、100 或“-”，多段用逗号隔开")
        absent = absent or bool(word)
        if match is not None:
            spans.append(_span(kind, match))
        rest = rest[len(word) if word else match.end() if match else 0 :].lstrip()
        if rest:
            if not _SEPARATOR.match(rest) or not rest[1:].strip():
                raise Malformed("", f"“{rest[:20]}”多余", "多段之间用逗号隔开，例如 < 50, >= 500")
            rest = rest[1:].lstrip()
    joined = join_spans(spans)
    return Cell(kind, absent=absent and not negated, spans=other_spans(kind, joined) if negated else joined)


def _span(kind: FactKind, match: re.Match[str]) -> Span:
    least, most = bounds(kind)
    if match["open"]:
        low = _place(kind, match["low"]) + (match["open"] != "[")
        high = _place(kind, match["high"]) - (match["close"] != "]")
        if low > high:
            raise Malformed("", f"范围“{match.group()[:40]}”上下颠倒或是空的", "请把小的写在前面，例如 [100..500)")
        return low, high
    sign = match["before"] or match["after"] or "="
    place = _place(kind, match["bound"] or match["point"])
    if sign in _AT_LEAST:
        return place, most
    if sign in _MORE:
        return place + 1, most
    if sign in _AT_MOST:
        return least, place
    if sign in _LESS:
        return least, place - 1
    return place, place


def _place(kind: FactKind, text: str) -> int:
    if kind is FactKind.DATE:
        match = re.fullmatch(r"(?:date\(\s*\")?(\d{4})-(\d{1,2})-(\d{1,2})(?:\"\s*\))?", text)
        try:
            found = date(*(int(part) for part in match.groups())).toordinal() if match else 0
        except ValueError:
            found = 0
        if not EARLIEST <= found <= LATEST:
            raise Malformed("", f"“{text[:20]}”不是有效的日期", "请写成 2026-11-24 这样的日期")
        return found
    digits = re.fullmatch(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?", text.removesuffix("元").removesuffix("平方米").strip())
    scale = SCALE.get(kind, 1)
    if digits is None or (digits[3] and scale == 1):
        form = "整数" if scale == 1 else "数字，最多两位小数"
        raise Malformed("", f"“{text[:20]}”不是{form}", f"请写{form}，例如 120")
    kept = int(digits[2]) * scale + (int((digits[3] or "0").ljust(2, "0")) if scale == 100 else 0)
    return -kept if digits[1] else kept


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same positions in as few spans as can be, ascending."""
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def other_spans(kind: FactKind, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Every position of the kind that these spans leave out."""
    least, most = bounds(kind)
    left: list[Span] = []
    for low, high in spans:
        if low > least:
            left.append((least, low - 1))
        least = high + 1
    return (*left, (least, most)) if least <= most else tuple(left)


# --- writing ---


def say_cell(cell: Cell, labels: dict[str, str] | None = None) -> str:
    """A cell in plain Chinese: 餐饮服务或单位食堂, 100 平方米以上、不满 500 平方米."""
    if cell.anything:
        return "不限"
    words = [say_value(cell.kind, value, labels) for value in sorted(cell.values, key=str)]
    if cell.negated:
        return "不是" + "、".join(words)
    words += [say_span(cell.kind, span) for span in cell.spans]
    words += ["未涉及"] if cell.absent else []
    return "或".join(words)


def say_span(kind: FactKind, span: Span) -> str:
    """A span in plain Chinese, with 以上 and 不满 as statutes use them."""
    low, high = span
    least, most = bounds(kind)
    unit = f" {UNITS[kind]}" if kind in UNITS else ""
    if low == high:
        return f"{_number(kind, low)}{unit}"
    words = []
    if low > least:
        exact = (low - 1) % SCALE.get(kind, 1) != 0 or kind not in SCALE
        words.append(f"{_number(kind, low)}{unit}以上" if exact else f"超过 {_number(kind, low - 1)}{unit}")
    if high < most:
        whole = kind in SCALE and (high + 1) % SCALE[kind] == 0
        words.append(f"不满 {_number(kind, high + 1)}{unit}" if whole else f"{_number(kind, high)}{unit}以下")
    return "、".join(words) or "不限"


def s_feel(cell: Cell) -> str:
    """A cell as an S-FEEL unary test of DMN 1.3, which `read_cell` reads back to an equal cell."""
    if cell.anything:
        return "-"
    parts = [_s_feel_value(value) for value in sorted(cell.values, key=str)]
    if cell.negated:
        return f"not({', '.join(parts)})"
    parts += [_s_feel_span(cell.kind, span) for span in cell.spans]
    parts += ["null"] if cell.absent else []
    return ", ".join(parts)


def _s_feel_value(value: Fact) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _s_feel_span(kind: FactKind, span: Span) -> str:
    low, high = span
    least, most = bounds(kind)
    first, last = (
        f'date("{_number(kind, place)}")' if kind is FactKind.DATE else _number(kind, place) for place in span
    )
    if low == high:
        return first
    if high == most:
        return f">= {first}"
    return f"<= {last}" if low == least else f"[{first}..{last}]"


def _number(kind: FactKind, place: int) -> str:
    if kind is FactKind.DATE:
        return date.fromordinal(place).isoformat()
    if SCALE.get(kind, 1) == 1:
        return str(place)
    sign, whole, part = "-" if place < 0 else "", *divmod(abs(place), 100)
    return f"{sign}{whole}.{part:02d}".removesuffix(".00")
