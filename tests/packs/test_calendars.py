"""The calendars that ship, day by day against an independent source, and what a faulty file is told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # The package ships no types.
import pytest

from banjie.engine.calendar import DayKind
from banjie.engine.ids import Malformed
from banjie.packs.calendars import load_calendar, with_year

SHIPPED = Path(__file__).parents[2] / "src/banjie/content/calendars"
NATION = load_calendar(SHIPPED, "000000")


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_national_calendar_agrees_day_by_day_with_an_independent_one(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert NATION.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert NATION.is_published(date(year, 6, 1))


def test_2027_is_not_published_yet() -> None:
    assert sorted(NATION.published_years) == [2024, 2025, 2026]
    assert NATION.is_working(date(2027, 10, 1))


def test_a_district_inherits_from_its_city_and_the_nation() -> None:
    district = load_calendar(SHIPPED, "990102")
    assert (district.region, district.edition) == ("990102", "全国2026+澜江市2026-1")
    assert district.kind(date(2024, 7, 2)) is DayKind.CLOSED
    assert district.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert load_calendar(SHIPPED, "980100").edition == "全国2026"


def arrangement(**changes: object) -> dict[str, Any]:
    """A year as the holiday-cn project publishes it."""
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
    ]
    return {"$schema": "x", "year": 2027, "papers": [], "days": days} | changes


def test_a_new_year_is_loaded_as_data() -> None:
    city = load_calendar(SHIPPED, "990100")
    newer = with_year(city, arrangement(), "全国2027+澜江市2026-1")
    assert newer.is_published(date(2027, 3, 1))
    assert newer.kind(date(2027, 1, 9)) is DayKind.MAKE_UP
    assert newer.kind(date(2026, 12, 31)) is DayKind.HOLIDAY
    assert newer.kind(date(2024, 7, 2)) is DayKind.CLOSED
    assert newer.kind(date(2026, 10, 10)) is DayKind.MAKE_UP
    again = with_year(newer, arrangement(days=arrangement()["days"][:1]), "全国2027修订")
    assert again.kind(date(2027, 1, 9)) is DayKind.WEEKEND


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (arrangement(year="2027"), "放假安排.year：应为四位年份"),
        (arrangement(days=[]), "2027年没有放假日"),
        (arrangement(days=[{"name": "元旦", "date": "2025-01-01", "isOffDay": True}]), "2025-01-01不在2027年"),
        (arrangement(days=[{"name": "元旦", "date": "2027-1-1", "isOffDay": True}]), "days[0].date：不是有效的日期"),
        (arrangement(days=[{"name": "元旦", "date": "2027-01-01", "isOffDay": "是"}]), "days[0].isOffDay"),
        (arrangement(days=[{"date": "2027-01-01", "isOffDay": True}]), "days[0]：name：必须填写文字"),
        (arrangement(days=arrangement()["days"] * 2), "出现两次"),
        ([], "放假安排：应为一组键值"),
    ],
)
def test_a_faulty_arrangement_is_refused_in_its_place(document: object, said: str) -> None:
    with pytest.raises(Malformed) as refusal:
        with_year(NATION, document, "草稿")
    assert said in str(refusal.value)


def city(**changes: object) -> dict[str, object]:
    """The smallest sound file of a city."""
    return {"format": "banjie-calendar/1", "region": "990100", "name": "澜江市", "edition": "试"} | changes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "990100.json：不是有效的JSON"),
        ("[]", "990100.json：应为一组键值"),
        (json.dumps(city(format="x")), "990100.json：format：应为banjie-calendar/1"),
        (json.dumps(city(region="990102")), "990100.json：region：与文件名不一致"),
        (json.dumps(city(holidays=[])), "990100.json：holidays：日历文件没有这一项"),
        (json.dumps(city(edition="")), "990100.json：edition：必须填写文字"),
        (json.dumps(city(inherits="980000")), "980000.json：被继承，但没有这个文件"),
        (json.dumps(city(inherits="990100")), "循环继承"),
        (json.dumps(city(years={})), "990100.json：years：应为列表"),
        (json.dumps(city(years=[arrangement(), arrangement()])), "years[1]：2027年出现两次"),
        (json.dumps(city(closed=[{"date": "2027-13-01", "name": "停电"}])), "closed[0].date：不是有效的日期"),
    ],
)
def test_a_faulty_file_is_refused_in_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "990100.json").write_text(text, encoding="utf-8")
    with pytest.raises(Malformed) as refusal:
        load_calendar(tmp_path, "990100")
    assert said in str(refusal.value)


def test_an_empty_folder_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"请至少放入全国日历000000\.json"):
        load_calendar(tmp_path, "990102")


def test_a_county_may_stand_on_the_nation_alone(tmp_path: Path) -> None:
    (tmp_path / "000000.json").write_text((SHIPPED / "000000.json").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "990100.json").write_text((SHIPPED / "990100.json").read_text(encoding="utf-8"), encoding="utf-8")
    closure = [{"date": "2026-03-03", "name": "歌圩节"}]
    county = city(region="990121", name="青禾县", edition="青禾县1", inherits="000000", closed=closure)
    (tmp_path / "990121.json").write_text(json.dumps(county), encoding="utf-8")
    calendar = load_calendar(tmp_path, "990121")
    assert calendar.edition == "全国2026+青禾县1"
    assert calendar.kind(date(2026, 3, 3)) is DayKind.CLOSED
    assert calendar.kind(date(2024, 7, 2)) is DayKind.WORKING
