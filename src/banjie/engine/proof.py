"""A due date's proof: each day counted or skipped, and why, so that anybody can recompute it.

:func:`to_json` writes a proof as plain JSON values (format ``banjie-clock-proof/1``), :func:`verify`
recomputes such a document with nothing but itself, and :func:`explain` tells it in Chinese. The document
carries the days of its calendar that are not ordinary, so no database and no calendar file is needed;
hand :func:`verify` a calendar as well to learn whether those days are the published ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from banjie.engine.calendar import EARLIEST_YEAR, LATEST_YEAR, Calendar, DayKind, chinese_day
from banjie.engine.clock import (
    ClockRules,
    Extension,
    Pause,
    PauseKind,
    Proof,
    Term,
    Timer,
    TimerKind,
    Unit,
    prove,
)
from banjie.engine.ids import Malformed
from banjie.engine.proof_document import FORMAT, Document, explain, special_days, to_json

__all__ = ["FORMAT", "Proof", "Verdict", "explain", "prove", "to_json", "verify"]

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document holds, and one Chinese sentence that says so or what does not fit."""

    ok: bool
    sentence: str


class _Unfit(Exception):
    """What in the document cannot be so, in Chinese."""


_LABELS = {
    "format": "格式",
    "region": "行政区划",
    "timer": "时钟种类",
    "term": "期限",
    "number": "数量",
    "unit": "单位",
    "basis": "依据",
    "event_on": "起算事件日",
    "start_rule": "起算规则",
    "extensions": "延长",
    "pauses": "暂停",
    "kind": "种类",
    "name": "名称",
    "start": "开始日",
    "end": "结束日",
    "ground": "理由",
    "by": "经办人",
    "on": "批准日",
    "stops": "停止计算的种类",
    "roll_calendar_due_to_working": "末日顺延",
    "stopped_on": "停止日",
    "today": "计算日",
    "calendar": "日历",
    "edition": "日历版本",
    "published_years": "已公布年份",
    "special_days": "特殊日",
    "days": "计日明细",
    "due_on": "到期日",
    "elapsed": "已用天数",
    "left": "剩余天数",
    "provisional": "暂定标记",
    "paused": "暂停标记",
    "late": "超期标记",
}
_LIST_LIMIT = 20_000  # More than any case can hold; keeps a hostile document from costing much.


def verify(document: Mapping[str, object], calendar: Calendar | None = None) -> Verdict:
    """Recompute a proof from itself alone; never raises, whatever the document holds.

    With ``calendar`` also checks that the document's special days are those of that calendar.
    """
    try:
        proof = _read(document)
        expected = to_json(proof)
        _compare(expected, document)
        if calendar is not None:
            _compare_calendar(proof, calendar)
    except _Unfit as unfit:
        return Verdict(False, str(unfit))
    except Malformed as malformed:
        return Verdict(False, f"凭证不能成立：{malformed}")
    total = proof.timer.term.label + "".join(f"，延长{more.number}" for more in proof.timer.extensions)
    due_on = chinese_day(proof.reckoning.due_on)
    return Verdict(True, f"凭证无误：{total}，自{chinese_day(proof.timer.event_on)}起算，到期日为{due_on}。")


def _read(document: object) -> Proof:
    """The facts of the document reckoned anew; its answers are not looked at."""
    whole = _mapping(document, "凭证")
    if whole.get("format") != FORMAT:
        raise _Unfit(f"凭证的格式应为“{FORMAT}”，现为{_said(whole.get('format'))}。")
    term = _mapping(_item(whole, "term"), "期限")
    timer = Timer(
        kind=_code(TimerKind, whole, "timer"),
        term=Term(_number(term, "number"), _code(Unit, term, "unit"), _text(term, "basis")),
        event_on=_day(whole, "event_on"),
        extensions=tuple(_extension(part) for part in _list(whole, "extensions")),
        stopped_on=_day_or_none(whole, "stopped_on"),
    )
    pauses = [_pause(part) for part in _list(whole, "pauses")]
    stops = frozenset(_member(PauseKind, name, "stops") for name in _list(whole, "stops"))
    rules = ClockRules({timer.kind: stops}, _flag(whole, "roll_calendar_due_to_working"))
    calendar = _read_calendar(_text(whole, "region"), _mapping(_item(whole, "calendar"), "日历"))
    return prove(timer, pauses, calendar, _day(whole, "today"), rules)


def _extension(part: object) -> Extension:
    more = _mapping(part, "延长")
    return Extension(_number(more, "number"), _text(more, "ground"), _text(more, "by"), _day(more, "on"))


def _pause(part: object) -> Pause:
    pause = _mapping(part, "暂停")
    return Pause(
        _code(PauseKind, pause, "kind"),
        _text(pause, "name"),
        _day(pause, "start"),
        _day_or_none(pause, "end"),
        _text(pause, "ground"),
        _text(pause, "by"),
    )


def _read_calendar(region: str, part: Mapping[str, object]) -> Calendar:
    years = []
    for year in _list(part, "published_years"):
        if type(year) is not int or not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise _Unfit(f"已公布年份中有{_said(year)}，应为{EARLIEST_YEAR}至{LATEST_YEAR}之间的年份。")
        years.append(year)
    special = []
    for row in _list(part, "special_days"):
        if not isinstance(row, list | tuple) or len(row) != 3 or not all(isinstance(cell, str) for cell in row):
            raise _Unfit("特殊日的每一项应为[日期, 种类, 名称]三段文字。")
        day = _read_day(row[0], "special_days")
        kind = _member(DayKind, row[1], "special_days")
        if kind in (DayKind.WORKING, DayKind.WEEKEND):
            raise _Unfit(f"特殊日{row[0]}的种类应为放假、调休上班、停办或半天办公。")
        special.append((day, kind, str(row[2])))
    return _calendar(region, _text(part, "edition"), frozenset(years), tuple(special))


# An export holds many cases filed on the same day under the same term: their calendars are built once.
@lru_cache(maxsize=64)
def _calendar(
    region: str, edition: str, years: frozenset[int], special: tuple[tuple[date, DayKind, str], ...]
) -> Calendar:
    kinds = (DayKind.HOLIDAY, DayKind.MAKE_UP, DayKind.CLOSED, DayKind.HALF)
    named: dict[DayKind, dict[date, str]] = {kind: {} for kind in kinds}
    for day, kind, name in special:
        named[kind][day] = name
    return Calendar(
        region,
        edition,
        years,
        named[DayKind.HOLIDAY],
        named[DayKind.MAKE_UP],
        named[DayKind.CLOSED],
        named[DayKind.HALF],
    )


def _compare(expected: Document, given: Mapping[str, object]) -> None:
    extra = [key for key in given if key not in expected]
    if extra:
        raise _Unfit(f"凭证多出一项{_said(extra[0])}，格式中没有它。")
    _compare_days(expected["days"], _item(given, "days"))
    for key, value in expected.items():
        answer = _item(given, key)
        if _same(value, answer):
            continue
        if isinstance(value, dict | list):
            raise _Unfit(f"{_LABELS[key]}与重新计算的结果不符。")
        raise _Unfit(f"{_LABELS[key]}应为{_said(value)}，凭证写的是{_said(answer)}。")


def _compare_days(expected: object, given: object) -> None:
    rows = expected if isinstance(expected, list) else []
    if not isinstance(given, list | tuple):
        raise _Unfit("计日明细应为列表。")
    for row, answer in zip(rows, given, strict=False):
        if not _same(row, answer):
            said = _said(answer[2]) if isinstance(answer, list | tuple) and len(answer) == 3 else "不完整的一行"
            raise _Unfit(f"{row[0]}应记为“{row[2]}”（{row[1]}），凭证写的是{said}，两者不符。")
    if len(rows) != len(given):
        raise _Unfit(f"计日明细应有{len(rows)}天，凭证有{len(given)}天。")


def _compare_calendar(proof: Proof, calendar: Calendar) -> None:
    held, given = special_days(proof, calendar), special_days(proof, proof.calendar)
    for row in held:
        if row not in given:
            raise _Unfit(f"凭证所附日历缺少{row[0]}（{row[2]}），与现行日历“{calendar.edition}”不符。")
    for row in given:
        if row not in held:
            raise _Unfit(f"凭证所附日历多出{row[0]}（{row[2]}），与现行日历“{calendar.edition}”不符。")
    for year in range(proof.timer.event_on.year, proof.reckoning.due_on.year + 1):
        if (year in proof.calendar.published_years) != (year in calendar.published_years):
            raise _Unfit(f"{year}年放假安排是否公布，与现行日历“{calendar.edition}”不符。")


def _same(expected: object, given: object) -> bool:
    """Equal in value and in kind: 1 is not True, and a tuple may stand for a list."""
    if isinstance(expected, dict):
        if not isinstance(given, Mapping) or set(given) != set(expected):
            return False
        return all(_same(value, given[key]) for key, value in expected.items())
    if isinstance(expected, list):
        if not isinstance(given, list | tuple) or len(given) != len(expected):
            return False
        return all(_same(value, answer) for value, answer in zip(expected, given, strict=True))
    return type(expected) is type(given) and expected == given


def _said(value: object) -> str:
    """A value from the document, short enough to stand in a sentence."""
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return f"“{value[:40]}”"
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else "无法辨认的内容"


def _mapping(value: object, label: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _Unfit(f"{label}应为一组键值，现为{_said(value)}。")
    return value


def _item(part: Mapping[str, object], key: str) -> object:
    if key not in part:
        raise _Unfit(f"凭证缺少“{_LABELS[key]}”（{key}）一项。")
    return part[key]


def _text(part: Mapping[str, object], key: str) -> str:
    value = _item(part, key)
    if not isinstance(value, str):
        raise _Unfit(f"{_LABELS[key]}（{key}）应为文字，现为{_said(value)}。")
    return value


def _flag(part: Mapping[str, object], key: str) -> bool:
    value = _item(part, key)
    if not isinstance(value, bool):
        raise _Unfit(f"{_LABELS[key]}（{key}）应为是或否，现为{_said(value)}。")
    return value


def _number(part: Mapping[str, object], key: str) -> int:
    value = _item(part, key)
    if type(value) is not int or not 0 <= value <= 100_000:
        raise _Unfit(f"{_LABELS[key]}（{key}）应为0至100000的整数，现为{_said(value)}。")
    return value


def _list(part: Mapping[str, object], key: str) -> list[object] | tuple[object, ...]:
    value = _item(part, key)
    if not isinstance(value, list | tuple):
        raise _Unfit(f"{_LABELS[key]}（{key}）应为列表，现为{_said(value)}。")
    if len(value) > _LIST_LIMIT:
        raise _Unfit(f"{_LABELS[key]}（{key}）多达{len(value)}项，超出可核验的范围。")
    return value


def _day(part: Mapping[str, object], key: str) -> date:
    return _read_day(_item(part, key), key)


def _day_or_none(part: Mapping[str, object], key: str) -> date | None:
    value = _item(part, key)
    return None if value is None else _read_day(value, key)


def _read_day(value: object, key: str) -> date:
    """A date written YYYY-MM-DD and in no other way, within the years a calendar may reach."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise _Unfit(f"{_LABELS[key]}（{key}）应为如2026-09-24的日期，现为{_said(value)}。")
    return day


def _code(codes: type[Code], part: Mapping[str, object], key: str) -> Code:
    return _member(codes, _item(part, key), key)


def _member(codes: type[Code], value: object, key: str) -> Code:
    if not isinstance(value, str) or value not in [code.value for code in codes]:
        known = "、".join(code.value for code in codes)
        raise _Unfit(f"{_LABELS[key]}（{key}）应为{known}之一，现为{_said(value)}。")
    return codes(value)
