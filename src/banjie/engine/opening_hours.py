"""When a place is open: hours as offices write them on their doors, read into rules that can be asked.

    工作日 9:00—12:00、13:00—17:00
    周一至周五 上午8:30-12:00 下午2:00-5:30；周六 9:00-12:00
    每天 8:00—20:00

Words that cannot be read are no error: they are shown as they stand, and nothing is said about now.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banjie.engine.calendar import CHINA, WEEKDAYS, Calendar, DayKind

_DAY = "一二三四五六日"
_DASH = re.compile(r"[—–―－~～至到]+")
_DAYS = re.compile(rf"周([{_DAY}天])(?:-周?([{_DAY}天]))?")
_SPAN = re.compile(r"(上午|下午|晚上|中午)?(\d{1,2}):(\d{2})-(上午|下午|晚上|中午)?(\d{1,2}):(\d{2})")
_AHEAD = 40
"""Days that are looked ahead for the next opening; the longest holidays are shorter."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The spans (minutes from midnight) of some days: working days, or days of the week (0 is Monday).

    On days of the week a place is shut on public holidays; one that is open `always` is not.
    """

    spans: tuple[tuple[int, int], ...]
    weekdays: frozenset[int] = frozenset()
    working: bool = False
    always: bool = False

    def holds(self, day: date, calendar: Calendar) -> bool:
        """Whether the rule is about that day."""
        if self.always:
            return True
        if self.working:
            # A day whose afternoon is cancelled may not count as a working day, and the hall is open in the morning.
            return calendar.is_working(day) or day in calendar.closes
        shut = calendar.kind(day) in (DayKind.HOLIDAY, DayKind.CLOSED) and day not in calendar.closes
        return day.weekday() in self.weekdays and not shut


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open at a moment; until when, or from when again. None: not within the days looked ahead."""

    open: bool
    until: datetime | None = None
    next: datetime | None = None

    def words(self, now: datetime) -> str:
        """As a person says it: 正在办公，到 12:00; 现在不办公，明天 9:00 开门."""
        if self.open and self.until is not None:
            return f"正在办公，到 {self.until:%H:%M}"
        if self.next is None:
            return "近期不办公"
        days = (self.next.date() - now.astimezone(CHINA).date()).days
        day = (
            ("今天", "明天")[days]
            if days < 2
            else f"{self.next.month}月{self.next.day}日（{WEEKDAYS[self.next.weekday()]}）"
        )
        return f"现在不办公，{day} {self.next.hour}:{self.next:%M} 开门"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The rules of a place."""

    rules: tuple[Rule, ...]

    @classmethod
    def read(cls, text: str) -> "OpeningHours | None":
        """Hours as they are written; None for words that say something else or too much."""
        plain = _DASH.sub("-", unicodedata.normalize("NFKC", text)).replace("星期", "周").replace(" ", "")
        plain = plain.replace("每周", "周").replace("(法定节假日除外)", "").replace(",法定节假日除外", "")
        rules = [_rule(part) for part in re.split(r"[;。]", plain) if part]
        if not rules or any(rule is None for rule in rules):
            return None
        return cls(tuple(rule for rule in rules if rule is not None))

    def spans_on(self, day: date, calendar: Calendar) -> tuple[tuple[datetime, datetime], ...]:
        """When the place opens and closes on a day, in city time."""
        midnight = datetime.combine(day, time(), CHINA)
        spans = sorted({span for rule in self.rules if rule.holds(day, calendar) for span in rule.spans})
        if (early := calendar.closes.get(day)) is not None:
            last = early.hour * 60 + early.minute
            spans = [(start, min(end, last)) for start, end in spans if start < last]
        return tuple((midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in spans)

    def at(self, moment: datetime, calendar: Calendar) -> Opening:
        """Whether the place is open at a moment, and what comes next."""
        now = moment.astimezone(CHINA)
        for ahead in range(_AHEAD):
            for opens, closes in self.spans_on(now.date() + timedelta(days=ahead), calendar):
                if opens <= now < closes:
                    return Opening(open=True, until=closes)
                if opens > now:
                    return Opening(open=False, next=opens)
        return Opening(open=False)


def _rule(part: str) -> Rule | None:
    spans = []
    for match in _SPAN.finditer(part):
        first, hour, minute, second, to_hour, to_minute = match.groups()
        start = _minutes(first, hour, minute)
        end = _minutes(second or first, to_hour, to_minute)
        if end <= start:
            end = _minutes("下午", to_hour, to_minute)
        if not 0 <= start < end <= 24 * 60:
            return None
        spans.append((start, end))
    days = _SPAN.sub("", part).strip("、,:和及与()")
    if not spans:
        return None
    if days in ("", "工作日"):
        return Rule(tuple(spans), working=True)
    if days in ("每天", "每日", "全年", "周一-周日", "全年无休"):
        return Rule(tuple(spans), always=True)
    weekdays = _weekdays(days)
    return Rule(tuple(spans), weekdays) if weekdays else None


def _weekdays(words: str) -> frozenset[int]:
    if words == "周末":
        return frozenset({5, 6})
    found: set[int] = set()
    for match in _DAYS.finditer(words):
        first, last = _number(match[1]), _number(match[2] or match[1])
        found.update(range(first, last + 1))
    rest = _DAYS.sub("", words)
    return frozenset(found) if not rest.strip("、,和及与") else frozenset()


def _number(day: str) -> int:
    return 6 if day == "天" else _DAY.index(day)


def _minutes(half: str | None, hour: str, minute: str) -> int:
    hours = int(hour) + (12 if half in ("下午", "晚上") and int(hour) < 12 else 0)
    return hours * 60 + int(minute) if int(minute) < 60 else -1
