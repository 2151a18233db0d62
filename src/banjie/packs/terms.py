"""Terms as portals print them, read with their units: `30(工作日)`, `6个工作日`, `十五个自然日`, `即办`.

Nothing is guessed: a number without a unit is refused, a span or a fraction is refused, and a unit that our
clock does not count in is either turned into one that it does, with a sentence that says so, or refused.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from banjie.engine.clock import Term, Unit
from banjie.engine.ids import Malformed

FIELD = "时限"
_LONGEST = 36_500

_AT_ONCE = frozenset(
    {"即办", "即时", "即时办结", "即办件", "当场", "当场办结", "当场办理", "立即办理", "马上办", "立等可取"}
)

_UNITS = {
    "工作日": Unit.WORKING_DAY,
    "working": Unit.WORKING_DAY,
    "自然日": Unit.CALENDAR_DAY,
    "日历日": Unit.CALENDAR_DAY,
    "日历天": Unit.CALENDAR_DAY,
    "自然天": Unit.CALENDAR_DAY,
    "天": Unit.CALENDAR_DAY,
    "日": Unit.CALENDAR_DAY,
    "小时": Unit.HOUR,
    "钟头": Unit.HOUR,
}

# The clock counts days and hours. A month or a year has no fixed number of days, so what it becomes here has
# to be confirmed by a person; a week has, and only needs saying.
_DAYS_IN = {"周": 7, "星期": 7, "个月": 30, "月": 30, "年": 365}
_EXACT = frozenset({"周", "星期"})

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_DIGITS |= {"五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100}

_NUMBER = r"(?P<number>\d+|[零〇一二两三四五六七八九十百]+)"
_KNOWN_UNITS = "工作日|working|自然日|自然天|日历日|日历天|星期|小时|钟头|分钟|个月|月|年|周|天|日"
_UNIT = rf"(?:{_KNOWN_UNITS}|[^\d\s()]{{1,8}})"
_LEAD = r"(?:(?:自|从)?(?:正式)?(?:受理|收件|申请|材料齐全)(?:之日|之后|后)?(?:起|算起)?[,:]?在?|不超过|不多于)?"
_TAIL = r"(?:以?内)?(?:办结|办理完毕|作出决定)?[。.]?"
_PRINTED = re.compile(rf"{_LEAD}\s*{_NUMBER}\s*(?:\(\s*个?(?P<enclosed>{_UNIT})\s*\)|个?(?P<bare>{_UNIT})){_TAIL}")
_BARE_NUMBER = re.compile(r"[\d零〇一二两三四五六七八九十百]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A term read from text. `note` says in Chinese what was done to it, "" for nothing; `doubtful` that the
    result must be confirmed by a person before it may bind anyone."""

    term: Term
    note: str = ""
    doubtful: bool = False


def read_term(text: str, basis: str = "", units: Mapping[str, str] | None = None) -> Term:
    """The term that stands in the text. Raises Malformed. See :func:`parse_term`."""
    return parse_term(text, basis, units).term


def parse_term(text: str, basis: str = "", units: Mapping[str, str] | None = None) -> Reading:
    """The term and what was done to read it.

    `units` are a city's own words or codes for the units, for example `{"1": "工作日", "日": "工作日"}`; they
    go before ours. 天 and 日 without more are calendar days (domain: 自然日(天)), which is said in the note.
    即办 and the like are 0 working days. Raises Malformed when no one reading is certain.
    """
    tidy = unicodedata.normalize("NFKC", text).strip()
    if not tidy:
        raise Malformed(FIELD, "没有填写", "请写明数字和单位，例如“20个工作日”")
    if tidy.rstrip("。.") in _AT_ONCE:
        return Reading(Term(0, Unit.WORKING_DAY, basis))
    if _BARE_NUMBER.fullmatch(tidy):
        raise Malformed(FIELD, f"“{text}”只有数字没有单位", "请写明是工作日、自然日还是小时，例如“20个工作日”")
    found = _PRINTED.fullmatch(tidy)
    if found is None:
        raise Malformed(FIELD, f"“{text}”读不出一个确定的期限", "请写成一个整数加单位，例如“20个工作日”")
    number = _whole(found["number"])
    if number is None or number > _LONGEST:
        raise Malformed(FIELD, f"“{text}”中的数字不合理", f"请写 0 到 {_LONGEST} 之间的整数")
    return _with_unit(text, number, found["enclosed"] or found["bare"], basis, units or {})


def _with_unit(text: str, number: int, printed: str, basis: str, units: Mapping[str, str]) -> Reading:
    word = units.get(printed, units.get(f"个{printed}", printed))
    if word in _UNITS:
        note = ""
        if word in {"天", "日"}:
            note = f"“{printed}”没有写明是工作日还是自然日，按自然日读"
        return Reading(Term(number, _UNITS[word], basis), note)
    if word == "分钟":
        hours = -(-number // 60)
        return Reading(Term(hours, Unit.HOUR, basis), f"“{text}”按 {hours} 小时读，不足一小时的进为一小时")
    if word in _DAYS_IN:
        days = number * _DAYS_IN[word]
        if days > _LONGEST:
            raise Malformed(FIELD, f"“{text}”中的数字不合理", f"折算后不得超过 {_LONGEST} 天")
        term = Term(days, Unit.CALENDAR_DAY, basis)
        if word in _EXACT:
            return Reading(term, f"“{text}”折算为 {days} 个自然日")
        return Reading(term, f"“{text}”折算为 {days} 个自然日，月和年的天数不固定，须人工核定", doubtful=True)
    raise Malformed(
        FIELD,
        f"“{text}”的单位“{printed}”不认识",
        "请改用工作日、自然日或小时，或在对应表的“单位”中写明它是什么",
    )


def _whole(text: str) -> int | None:
    """The number written in digits or in Chinese (十五, 一百八十); None when it is not well formed."""
    if text.isdigit():
        return int(text) if len(text) <= 9 else None
    total, digit = 0, -1
    last = 1000
    for sign in text:
        if sign in _TENS:
            if _TENS[sign] >= last or digit == 0:
                return None
            total += (1 if digit < 0 else digit) * _TENS[sign]
            last, digit = _TENS[sign], -1
        elif digit > 0:
            return None
        else:
            digit = _DIGITS[sign]
    return total + max(digit, 0)
