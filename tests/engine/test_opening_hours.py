"""Hours as they stand on doors: which can be read, and what they say at a moment."""

from datetime import date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.opening_hours import OpeningHours
from banjie.packs.calendars import load_calendar

# What stands on the door | moment | what a person is told.
DOORS = """
工作日 9:00—12:00、13:00—17:00                          | 2026-11-24 10:30 | 正在办公，到 12:00
工作日 9:00—12:00、13:00—17:00                          | 2026-11-24 12:00 | 现在不办公，今天 13:00 开门
工作日 9:00—12:00、13:00—17:00                          | 2026-11-24 08:59 | 现在不办公，今天 9:00 开门
工作日 9:00—12:00、13:00—17:00                          | 2026-11-24 17:00 | 现在不办公，明天 9:00 开门
工作日 9:00—12:00、13:00—17:00                          | 2026-11-27 18:00 | 现在不办公，11月30日（周一） 9:00 开门
工作日 9:00—12:00、13:00—17:00                          | 2026-10-01 10:00 | 现在不办公，10月8日（周四） 9:00 开门
周一至周五 上午8:30-12:00 下午2:00-5:30；周六 9:00-12:00 | 2026-11-24 15:00 | 正在办公，到 17:30
周一至周五 上午8:30-12:00 下午2:00-5:30；周六 9:00-12:00 | 2026-11-28 09:30 | 正在办公，到 12:00
周一至周五 上午8:30-12:00 下午2:00-5:30；周六 9:00-12:00 | 2026-11-28 12:30 | 现在不办公，11月30日（周一） 8:30 开门
每天 8:00—20:00                                          | 2026-10-01 19:59 | 正在办公，到 20:00
星期一、星期三 ９：００－１１：００                      | 2026-11-24 10:00 | 现在不办公，明天 9:00 开门
周末 9:00~16:00                                          | 2026-11-29 10:00 | 正在办公，到 16:00
9:00-17:00                                               | 2026-11-24 10:00 | 正在办公，到 17:00
"""


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(files("banjie.content") / "calendars", "990100")


@pytest.mark.parametrize("line", DOORS.strip().splitlines(), ids=str.strip)
def test_a_door_says_whether_it_is_open(calendar: Calendar, line: str) -> None:
    hours, moment, told = (part.strip() for part in line.split("|"))
    now = datetime.fromisoformat(moment).replace(tzinfo=CHINA)

    read = OpeningHours.read(hours)

    assert read is not None
    assert read.at(now, calendar).words(now) == told


@pytest.mark.parametrize(
    "text", ["", "以公告为准", "工作日", "工作日 25:00-26:00", "法定工作时间 9:00-17:00", "9点到12点"]
)
def test_what_says_something_else_is_not_read(text: str) -> None:
    assert OpeningHours.read(text) is None


@given(st.text(alphabet="工作日周一至五六每天 0123456789:：-—、；上下午", max_size=40))
def test_no_words_break_the_reading(text: str) -> None:
    hours = OpeningHours.read(text)
    calendar = load_calendar(files("banjie.content") / "calendars", "990100")
    if hours is not None:
        for opens, closes in hours.spans_on(date(2026, 11, 24), calendar):
            assert opens < closes
