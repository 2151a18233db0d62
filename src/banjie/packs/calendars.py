"""Calendar files read into :class:`banjie.engine.calendar.Calendar`.

A file is named after its region (``000000.json`` is the whole country) and holds ``format``, ``region``,
``name``, ``edition``, and any of

* ``inherits``: the region whose calendar lies beneath; without it the nearest higher region with a file;
* ``years``: a list of yearly arrangements, each in the shape of the public holiday-cn files
  (``{"year": 2026, "days": [{"name", "date", "isOffDay"}]}``, further keys such as ``source`` allowed);
* ``festivals`` and ``works``: days off of the region's own (民族节日) and the weekend days worked for them,
  ``[{"date", "name"}]``;
* ``closed``: days on which the offices of this region stay shut, ``[{"date", "name"}]``;
* ``half_days``: days on which they close early, ``[{"date", "name", "closes": "12:00", "counts": true}]``; one that
  does not count as a working day says so by ``counts``.

A published edition of a region is kept in the same form (:mod:`banjie.records.calendars`).

Every fault raises :class:`Malformed` naming the file, the place in it, and how to mend it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from banjie.engine.calendar import EARLIEST_YEAR, LATEST_YEAR, Calendar, merge
from banjie.engine.ids import Malformed, RegionCode

FORMAT = "banjie-calendar/1"
NATION = "000000"
_KEYS = frozenset(
    {"format", "region", "name", "inherits", "edition", "years", "festivals", "works", "closed", "half_days"}
)
SHIPPED = files("banjie.content") / "calendars"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one region itself says of its days, and whose word lies beneath."""

    region: str
    inherits: str | None
    calendar: Calendar
    document: Mapping[str, object]


def load_calendar(folder: Traversable, region: str) -> Calendar:
    """The calendar of ``region`` (a region code), with all it inherits: county, city, province, nation.

    A region without a file of its own has the calendar of the nearest higher one that has. ``folder`` is
    any path or package resource; the calendar carries the region asked for.
    """
    wanted = RegionCode.parse(region).code
    return laid_over(load_layers(folder, wanted), wanted)


def load_layers(folder: Traversable, region: str) -> list[Layer]:
    """The files that make the calendar of a region, its own or the nearest above first, the nation's last."""
    layers = [_read_file(folder, _nearest(folder, region))]
    while (beneath := layers[-1].inherits or _above(folder, layers[-1].region)) is not None:
        if beneath in [layer.region for layer in layers]:
            raise Malformed(f"{layers[-1].region}.json：inherits", f"与{beneath}循环继承", "请改为上级区划的代码")
        layers.append(_read_file(folder, beneath))
    return layers


def laid_over(layers: Sequence[Layer], region: str) -> Calendar:
    """The calendar of a region from its layers, the lowest (the nation's) last."""
    calendar = layers[-1].calendar
    for layer in reversed(layers[:-1]):
        calendar = merge(calendar, layer.calendar)
    return replace(calendar, region=region)


@cache
def shipped_layer(region: str) -> Layer | None:
    """What ships for one region; None when it has no file of its own."""
    return _read_file(SHIPPED, region) if SHIPPED.joinpath(f"{region}.json").is_file() else None


def above(region: str) -> tuple[str, ...]:
    """The region with all above it, the nation last."""
    chain, place = [region], RegionCode.parse(region).parent()
    while place is not None:
        chain.append(place.code)
        place = place.parent()
    return tuple(chain) if region == NATION else (*chain, NATION)


def stack(layers: Mapping[str, Layer], region: str) -> list[Layer]:
    """Of these layers by region, those that make the calendar of `region`: its own first, the lowest last."""
    chain = above(region)
    found: list[Layer] = []
    wanted: str | None = next((place for place in chain if place in layers), None)
    while wanted is not None and wanted in layers:
        layer = layers[wanted]
        found.append(layer)
        higher = above(layer.region)[1:]
        wanted = layer.inherits or next((place for place in higher if place in layers), None)
    if not found:
        raise Malformed("工作日历", f"没有{region}及其上级的日历", f"请至少放入全国日历{NATION}.json")
    return found


def read_layer(document: object, region: str, name: str) -> Layer:
    """An edition of a region in the form of its file; `name` is what a fault calls it. Raises :class:`Malformed`."""
    whole = _mapping(document, name)
    for key in whole:
        if key not in _KEYS:
            raise Malformed(f"{name}：{key}", "日历文件没有这一项", "请删去；可用：" + "、".join(sorted(_KEYS)))
    if whole.get("format") != FORMAT:
        raise Malformed(f"{name}：format", f"应为{FORMAT}", "请改正格式一项")
    if whole.get("region") != region:
        raise Malformed(f"{name}：region", "与文件名不一致", f"应为{region}")
    inherits = RegionCode.parse(_text(whole, "inherits", name)).code if "inherits" in whole else None
    return Layer(region, inherits, _calendar(whole, region, name), whole)


def with_year(calendar: Calendar, document: object, edition: str) -> Calendar:
    """The calendar with one more yearly arrangement, or another wording of one it has, as a new edition.

    ``document`` is a holiday-cn file. Days of that year from earlier editions give way; local closures stay.
    """
    year, off, on = _read_year(document, "放假安排")
    holidays = {day: name for day, name in calendar.holidays.items() if day.year != year}
    make_up = {day: name for day, name in calendar.make_up.items() if day.year != year}
    _lay_over(holidays, make_up, off, on)
    for closed in calendar.closed:
        holidays.pop(closed, None)
        make_up.pop(closed, None)
    years = calendar.published_years | {year}
    rest = (calendar.closed, calendar.half, calendar.closes)
    return Calendar(calendar.region, edition, years, holidays, make_up, *rest)


def _lay_over(
    holidays: dict[date, str], make_up: dict[date, str], off: Mapping[date, str], on: Mapping[date, str]
) -> None:
    """Add a year's days in place; where an earlier arrangement named the same day, the later one stands."""
    for day in (*off, *on):
        holidays.pop(day, None)
        make_up.pop(day, None)
    holidays.update(off)
    make_up.update(on)


def _nearest(folder: Traversable, region: str) -> str:
    """The region itself or the nearest above it that has a file."""
    if folder.joinpath(f"{region}.json").is_file():
        return region
    above = _above(folder, region)
    if above is None:
        raise Malformed("工作日历", f"没有{region}及其上级的日历文件", f"请至少放入全国日历{NATION}.json")
    return above


def _above(folder: Traversable, region: str) -> str | None:
    """The nearest region above that has a file, the country last; None above the country."""
    higher = RegionCode.parse(region).parent()
    while higher is not None:
        if folder.joinpath(f"{higher.code}.json").is_file():
            return higher.code
        higher = higher.parent()
    return NATION if region != NATION and folder.joinpath(f"{NATION}.json").is_file() else None


def _read_file(folder: Traversable, region: str) -> Layer:
    file = f"{region}.json"
    try:
        document = json.loads(folder.joinpath(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Malformed(file, "被继承，但没有这个文件", "请补上文件，或修改inherits") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise Malformed(file, f"不是有效的JSON（{fault}）", "请用UTF-8保存并检查逗号、引号和括号") from None
    return read_layer(document, region, file)


def _calendar(whole: Mapping[str, object], region: str, file: str) -> Calendar:
    years: set[int] = set()
    holidays: dict[date, str] = {}
    make_up: dict[date, str] = {}
    for place, part in enumerate(_list(whole, "years", file)):
        year, off, on = _read_year(part, f"{file}：years[{place}]")
        if year in years:
            raise Malformed(f"{file}：years[{place}]", f"{year}年出现两次", "每年只保留一份安排")
        years.add(year)
        _lay_over(holidays, make_up, off, on)
    own: set[date] = set()
    festivals, works = _named(whole, "festivals", file, own), _named(whole, "works", file, own)
    closed = _named(whole, "closed", file, own)
    half, closes = _half_days(whole, file, own, closed)
    # What the place itself says of a day goes before what a yearly arrangement says of it.
    holidays = {day: name for day, name in holidays.items() if day not in own} | festivals
    make_up = {day: name for day, name in make_up.items() if day not in own} | works
    edition = _text(whole, "edition", file)
    return Calendar(region, edition, frozenset(years), holidays, make_up, closed, half, closes)


def _named(whole: Mapping[str, object], key: str, file: str, seen: set[date]) -> dict[date, str]:
    """The days of one list with their names; a day the place names twice is refused."""
    found: dict[date, str] = {}
    for place, part in enumerate(_list(whole, key, file)):
        where = f"{file}：{key}[{place}]"
        row = _mapping(part, where)
        found[_once(_day(row, where), where, seen)] = _text(row, "name", where)
    return found


def _once(day: date, where: str, seen: set[date]) -> date:
    if day in seen:
        raise Malformed(f"{where}.date", f"{day.isoformat()}出现两次", "同一天只保留一条")
    seen.add(day)
    return day


def _half_days(
    whole: Mapping[str, object], file: str, seen: set[date], closed: dict[date, str]
) -> tuple[dict[date, str], dict[date, time]]:
    """Days of early closing: those that count, and the hour of each. Those that do not count are closed in law."""
    half: dict[date, str] = {}
    closes: dict[date, time] = {}
    for place, part in enumerate(_list(whole, "half_days", file)):
        where = f"{file}：half_days[{place}]"
        row = _mapping(part, where)
        day, counts = _once(_day(row, where), where, seen), row.get("counts", True)
        if not isinstance(counts, bool):
            raise Malformed(f"{where}.counts", "应为true（计为工作日）或false（不计）", "请改正这一项")
        closes[day] = _hour(row, where)
        name = f"{_text(row, 'name', where)}，{closes[day]:%H:%M}停止办公"
        (half if counts else closed)[day] = name
    return half, closes


def _hour(row: Mapping[str, object], where: str) -> time:
    try:
        return time.fromisoformat(str(row.get("closes", "12:00")))
    except ValueError:
        raise Malformed(f"{where}.closes", "不是有效的时间", "请按12:00的样子填写") from None


def _read_year(document: object, where: str) -> tuple[int, dict[date, str], dict[date, str]]:
    """The year, its days off and its make-up days, from one holiday-cn shape."""
    whole = _mapping(document, where)
    year = whole.get("year")
    if type(year) is not int or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Malformed(f"{where}.year", "应为四位年份", "请填写如2026的数字")
    named: dict[bool, dict[date, str]] = {True: {}, False: {}}
    for place, part in enumerate(_list(whole, "days", where)):
        at = f"{where}.days[{place}]"
        row = _mapping(part, at)
        day, off = _day(row, at), row.get("isOffDay")
        if not isinstance(off, bool):
            raise Malformed(f"{at}.isOffDay", "应为true（放假）或false（上班）", "请改正这一项")
        # The new year's notice may settle days of the December before, never more.
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise Malformed(f"{at}.date", f"{day.isoformat()}不在{year}年", "请移到所属年份的安排中")
        if day in named[True] or day in named[False]:
            raise Malformed(f"{at}.date", f"{day.isoformat()}出现两次", "同一天只保留一条")
        named[off][day] = _text(row, "name", at)
    if not named[True]:
        # An empty arrangement would mark the year as published and make every holiday a working day.
        raise Malformed(f"{where}.days", f"{year}年没有放假日", "安排未公布的年份请不要写入")
    return year, named[True], named[False]


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Malformed(where, "应为一组键值", "请按日历文件的格式填写")
    return value


def _list(whole: Mapping[str, object], key: str, where: str) -> list[object]:
    value = whole.get(key, [])
    # A document that was kept comes back with its lists as tuples.
    if not isinstance(value, list | tuple):
        raise Malformed(f"{where}：{key}", "应为列表", "请用方括号括起各项")
    return list(value)


def _text(part: Mapping[str, object], key: str, where: str) -> str:
    value = part.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Malformed(f"{where}：{key}", "必须填写文字", "请补上这一项")
    return value


def _day(part: Mapping[str, object], where: str) -> date:
    value = part.get("date")
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise Malformed(
            f"{where}.date",
            f"不是有效的日期（{str(value)[:20]}）",
            "请按2026-10-01的样子填写，并核对这个月有没有这一天",
        )
    return day
