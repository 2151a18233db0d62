"""值班表: a hall's month at its windows, made by turn, changed by hand, printed."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import rosters as acting
from banjie.actions.staff import governed_by
from banjie.engine.permissions import Role
from banjie.engine.rosters import HALF_NAMES, Half, Place
from banjie.engine.subject import Refused
from banjie.records import halls
from banjie.records.halls import Hall
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.manager import standing_of
from banjie.web.manager_staff import door
from banjie.wiring import platform


@require_safe
@door
def roster(request: HttpRequest) -> HttpResponse:
    """The month of a hall."""
    return _page(request, None)


def _halls(request: HttpRequest) -> list[Hall]:
    here, who = platform(), standing_of(request)
    regions = {*governed_by(here, who), *(post.region for post in who.posts if post.role is Role.HEAD)}
    return [one for one in halls.all_halls(here.database) if one.region in regions]


def _chosen(request: HttpRequest) -> tuple[Hall | None, date]:
    given = request.POST if request.method == "POST" else request.GET
    own = _halls(request)
    hall = next((one for one in own if one.code == given.get("hall", "")), own[0] if own else None)
    try:
        day = date.fromisoformat(given.get("month", "")[:7] + "-01")
    except ValueError:
        day = platform().today()
    return hall, day


def _page(request: HttpRequest, error: Refused | None) -> HttpResponse:
    hall, day = _chosen(request)
    month = acting.month(platform(), hall, day) if hall else None
    context: dict[str, Any] = {
        "halls": [{"value": one.code, "text": one.name} for one in _halls(request)],
        "hall": hall,
        "month": f"{day:%Y-%m}",
        "error": error,
        "typed": request.POST,
    }
    if hall is not None and month is not None:
        names = {one.account: one.name for one in month.clerks}
        context |= {
            "windows": hall.windows,
            "days": [
                (
                    one,
                    half,
                    HALF_NAMES[half],
                    [_cell(month, Place(one, half, window), names) for window in hall.windows],
                )
                for one in month.days
                for half in Half
            ],
            "clerks": [{"value": one.account, "text": one.name} for one in month.clerks],
            "halves": [{"value": half.value, "text": name} for half, name in HALF_NAMES.items()],
            "window_options": [{"value": one, "text": one} for one in hall.windows],
            "conflicts": [
                (place.day, HALF_NAMES[place.half], place.window, names.get(month.seats[place].account, ""), why)
                for place, why in sorted(month.conflicts.items(), key=lambda one: (one[0].day, one[0].half))
            ],
            "is_empty": not month.seats,
            "tally": sorted(
                (
                    (name, sum(1 for seat in month.seats.values() if seat.account == account))
                    for account, name in names.items()
                ),
                key=lambda one: -one[1],
            ),
        }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "staff/roster.html", context, status=status, errors=error is not None)


def _cell(month: acting.Month, place: Place, names: dict[str, str]) -> dict[str, str]:
    seat = month.seats.get(place)
    if seat is None:
        return {"name": "", "why": ""}
    return {"name": names.get(seat.account, seat.account), "why": month.conflicts.get(place, "")}


@require_POST
@door
def fill(request: HttpRequest) -> HttpResponse:
    """Fills the rest of the month by fair turn."""
    hall, day = _chosen(request)
    try:
        if hall is None:
            raise Refused("没有选择大厅", rule=acting.RULE, remedy="请选择一个大厅", field="hall")
        many = acting.fill(platform(), hall, day, actor=standing_of(request))
    except Refused as error:
        return _page(request, error)
    messages.success(request, f"已排好 {many} 个半天。手工改过的没有动。")
    return _back(hall, day)


@require_POST
@door
def seat(request: HttpRequest) -> HttpResponse:
    """Puts somebody at one place by hand."""
    hall, _ = _chosen(request)
    post = request.POST
    try:
        if hall is None:
            raise Refused("没有选择大厅", rule=acting.RULE, remedy="请选择一个大厅", field="hall")
        place = Place(_day(post.get("day", "")), _half(post.get("half", "")), post.get("window", "")[:100])
        why = acting.seat(
            platform(), hall, place, post.get("account", "")[:150].replace("\x00", ""), actor=standing_of(request)
        )
    except Refused as error:
        return _page(request, error)
    if why:
        messages.warning(request, f"已改，但有冲突：{why}。")
    else:
        messages.success(request, "已改。")
    return _back(hall, place.day)


def _half(text: str) -> Half:
    if text not in set(Half):
        raise Refused("没有选择上午或下午", rule=acting.RULE, remedy="请选择上午或下午", field="half")
    return Half(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            "日期不是有效的日期", rule=acting.RULE, remedy="请按 2026-12-01 的格式填写", field="day"
        ) from None


def _back(hall: Hall, day: date) -> HttpResponseRedirect:
    where = urlencode({"hall": hall.code, "month": f"{day:%Y-%m}"})
    return HttpResponseRedirect(f"{reverse('manage-rosters')}?{where}", status=HTTPStatus.SEE_OTHER)
