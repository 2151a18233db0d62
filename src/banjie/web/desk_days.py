"""Days and hours as officials type them, in city time."""

import re
from datetime import date, datetime, time

from django.http import QueryDict

from banjie.engine.calendar import CHINA
from banjie.engine.ids import Malformed

_HOUR = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


def day_of(posted: QueryDict, name: str, what: str = "日期") -> date:
    """The day of a date_input(). Raises `Malformed`."""
    try:
        return date(*(int(posted.get(f"{name}-{part}", "").strip()) for part in ("year", "month", "day")))
    except ValueError:
        raise Malformed(name, f"{what}不对", "请填写年、月、日，例如 2026 年 11 月 30 日") from None


def moment_of(posted: QueryDict, day: date, name: str, what: str = "时间") -> datetime:
    """The hour typed in a field, on a day. Raises `Malformed`."""
    match = _HOUR.fullmatch(posted.get(name, "").strip())
    if match is None:
        raise Malformed(name, f"{what}不对", "请按 9:30 这样填写，用 24 小时制")
    return datetime.combine(day, time(int(match[1]), int(match[2])), CHINA)


def parts_of(posted: QueryDict, name: str, day: date | None = None) -> dict[str, str]:
    """What date_input() shows: what was typed, else `day`."""
    parts = ("year", "month", "day")
    typed = {part: posted.get(f"{name}-{part}", "") for part in parts}
    if any(typed.values()) or day is None:
        return typed
    return {part: str(getattr(day, part)) for part in parts}
