"""A year of a region's calendar at a glance: twelve months that can be printed."""

from calendar import Calendar as Weeks
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.actions import calendars as acting
from banjie.engine.calendar import WEEKDAYS, Calendar, DayKind
from banjie.engine.ids import Malformed, RegionCode
from banjie.web.context import render
from banjie.web.manager_calendars import address_of, found_edition, keeper
from banjie.wiring import platform

_MARKS: Final = {
    DayKind.HOLIDAY: ("休", "off"),
    DayKind.MAKE_UP: ("班", "on"),
    DayKind.CLOSED: ("停", "closed"),
    DayKind.HALF: ("半", "half"),
    DayKind.WEEKEND: ("", "weekend"),
    DayKind.WORKING: ("", ""),
}


@require_safe
@keeper
def year(request: HttpRequest, region: str, year: int) -> HttpResponse:
    """A year as twelve months: as it is in force, or as the edition asked for would make it."""
    whole, title, back = _calendar_of(request, region)
    if not 2000 <= year <= 2100:
        raise Http404(str(year))
    base = reverse("manage-calendar-year", args=(region, year))
    query = f"?edition={request.GET['edition']}" if "edition" in request.GET else ""
    context = {
        "region": region,
        "title": title,
        "year": year,
        "published": year in whole.published_years,
        "months": [(month, _weeks(whole, year, month)) for month in range(1, 13)],
        "weekdays": [name[1] for name in WEEKDAYS],
        "named": _named_days(whole, year),
        "working": sum(whole.is_working(day) for day in _days_of(year)),
        "before": base.replace(f"/{year}", f"/{year - 1}") + query,
        "after": base.replace(f"/{year}", f"/{year + 1}") + query,
        "back": back,
    }
    return render(request, "manager/calendar_year.html", context)


def _calendar_of(request: HttpRequest, region: str) -> tuple[Calendar, str, str]:
    here, wanted = platform(), request.GET.get("edition", "")
    try:
        place = RegionCode.parse(region).code
    except Malformed:
        raise Http404(region) from None
    if wanted:
        try:
            row = found_edition(place, UUID(wanted))
        except ValueError:
            raise Http404(wanted) from None
        try:
            return acting.read(here, row).whole, row.edition.name, address_of(row)
        except Malformed:
            raise Http404(wanted) from None
    try:
        whole = here.laws.calendars.in_force(place).calendar
    except Malformed:
        raise Http404(region) from None
    return whole, whole.edition, reverse("manage-calendars")


def _days_of(year: int) -> list[date]:
    return [
        day
        for month in range(1, 13)
        for week in Weeks().monthdatescalendar(year, month)
        for day in week
        if day.month == month
    ]


def _weeks(calendar: Calendar, year: int, month: int) -> list[list[dict[str, Any] | None]]:
    return [
        [_cell(calendar, day) if day.month == month else None for day in week]
        for week in Weeks().monthdatescalendar(year, month)
    ]


def _cell(calendar: Calendar, day: date) -> dict[str, Any]:
    mark, kind = _MARKS[calendar.kind(day)]
    return {"number": day.day, "mark": mark, "kind": kind, "why": calendar.why(day), "iso": day.isoformat()}


def _named_days(calendar: Calendar, year: int) -> list[tuple[date, str]]:
    named = {*calendar.holidays, *calendar.make_up, *calendar.closed, *calendar.half}
    return [(day, calendar.why(day)) for day in sorted(named) if day.year == year]
