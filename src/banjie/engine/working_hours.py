"""Terms in working hours: how long somebody at a desk has had to answer, counted only while the office is open.

The legal clock knows days and never hours (`engine.clock`). This one is for promises of service, such as the first
answer of the pre-application service; no legal effect hangs on it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.ids import Malformed

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """办公时间: the spans of a working day in which the office is open, as minutes from midnight, in order."""

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, texts: tuple[str, ...]) -> "OfficeHours":
        """Spans such as 09:00-12:00. Raises `Malformed` for ones that cannot be read, overlap or run backwards."""
        spans: list[tuple[int, int]] = []
        for text in texts:
            match = _SPAN.fullmatch(text.strip())
            start, end = _minutes(match) if match else (0, 0)
            if not 0 <= start < end <= 24 * 60 or (spans and start < spans[-1][1]):
                raise Malformed("办公时间", f"“{text[:20]}”不是有效的时间段", "请按先后次序写成 09:00-12:00 的样子")
            spans.append((start, end))
        if not spans:
            raise Malformed("办公时间", "没有写办公时间", "请至少写一段，例如 09:00-12:00")
        return cls(tuple(spans))

    def add(self, calendar: Calendar, moment: datetime, hours: int) -> datetime:
        """The moment by which so many working hours have passed after `moment`, in city time.

        What comes in while the office is closed counts from when it opens next. A term that ends with a span ends
        at its end and not at the start of the next one.
        """
        local = moment.astimezone(CHINA)
        left = timedelta(hours=hours)
        day = local.date()
        while True:
            early = calendar.closes.get(day)
            if calendar.is_working(day) or early:
                last = early.hour * 60 + early.minute if early else 24 * 60
                for start, end in ((start, min(end, last)) for start, end in self.spans if start < last):
                    opens, closes = (datetime.combine(day, time(), CHINA) + timedelta(minutes=m) for m in (start, end))
                    begins = max(opens, local)
                    if begins >= closes:
                        continue
                    if left <= closes - begins:
                        return begins + left
                    left -= closes - begins
            day += timedelta(days=1)

    def end_of(self, calendar: Calendar, moment: datetime, days: int) -> datetime:
        """When the office closes on the `days`-th working day after the day of `moment`, in city time."""
        day = calendar.add_working(moment.astimezone(CHINA).date(), days)
        return datetime.combine(day, time(), CHINA) + timedelta(minutes=self.spans[-1][1])


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    first, second, third, fourth = (int(part) for part in match.groups())
    return (first * 60 + second, third * 60 + fourth) if second < 60 and fourth < 60 else (0, 0)
