"""请假代班, my duty at windows, and mistakes returned to me: an official's page about herself."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import staff as acting
from banjie.engine.error_classes import ERROR_NAMES
from banjie.engine.rosters import HALF_NAMES
from banjie.engine.staff import RULE, EndLeave
from banjie.engine.subject import Refused
from banjie.packs.staff import staff_rules
from banjie.records import halls, people, rework, rosters, staff
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.desk_case import address_of
from banjie.web.identity import official
from banjie.web.manager import standing_of
from banjie.wiring import platform

_BACK: Final = timedelta(days=365)
_AHEAD: Final = timedelta(days=31)


@require_safe
@official
def leave(request: HttpRequest) -> HttpResponse:
    """My leave, whom I stand in for, my duty at windows."""
    return _page(request, None)


def _page(request: HttpRequest, error: Refused | None) -> HttpResponse:
    here, who, today = platform(), standing_of(request), platform().today()
    me = who.actor.account
    row = staff.find(here.database, me)
    member = row.member if row else None
    context = {
        "leaves": [one for one in member.leaves if one.until_day >= today] if member else [],
        "asked": [wish.leave for wish in member.wishes if wish.leave] if member else [],
        "deputies": [
            {"value": one.account, "text": f"{one.name}（{one.duty}）"} for one in acting.may_stand_in(here, me, today)
        ],
        "stands_in": staff.stood_in_by(here.database, me, today),
        "duty": [
            (place.day, HALF_NAMES[place.half], place.window, _hall_name(hall))
            for hall, place in rosters.mine(here.database, who.eyes, me, today, today + _AHEAD)
        ],
        "by_head": staff_rules().leave.leave_by_head,
        "today": today,
        "typed": request.POST,
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "staff/leave.html", context, status=status, errors=error is not None)


def _hall_name(code: str) -> str:
    found = halls.hall(platform().database, code)
    return found.name if found else code


@require_POST
@official
def ask(request: HttpRequest) -> HttpResponse:
    """Takes leave, or asks the head for it where the city says so."""
    try:
        acting.ask_leave(
            platform(),
            actor=standing_of(request),
            from_day=_day(request, "from_day"),
            until_day=_day(request, "until_day"),
            deputy=request.POST.get("deputy", "")[:150].replace("\x00", ""),
            reason=request.POST.get("reason", "").strip()[:200].replace("\x00", ""),
        )
    except Refused as error:
        return _page(request, error)
    by_head = staff_rules().leave.leave_by_head
    messages.success(
        request,
        "已提交，等本单位负责人批准。"
        if by_head
        else "已登记请假。到时候您的待办会出现在代班人的列表里，到期自动恢复。",
    )
    return HttpResponseRedirect(reverse("office-leave"), status=HTTPStatus.SEE_OTHER)


@require_POST
@official
def end(request: HttpRequest) -> HttpResponse:
    """销假: back today, or not going."""
    here, who = platform(), standing_of(request)
    row = staff.find(here.database, who.actor.account)
    try:
        if row is None:
            raise Refused("您不在工作人员名册里", rule=RULE, remedy="请联系本地区的人员管理岗")
        key = request.POST.get("key", "")[:10]
        taken = next((one for one in row.member.leaves if one.key == key), None)
        back_on = max(here.today(), taken.from_day) if taken else here.today()
        acting.act_on_member(here, EndLeave(key, back_on), actor=who, account=row.account, region=row.region)
    except Refused as error:
        return _page(request, error)
    messages.success(request, "已销假，您的待办回到您的列表。")
    return HttpResponseRedirect(reverse("office-leave"), status=HTTPStatus.SEE_OTHER)


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError:
        raise Refused("日期不是有效的日期", rule=RULE, remedy="请按 2026-12-01 的格式填写", field=name) from None


@require_safe
@official
def errors(request: HttpRequest) -> HttpResponse:
    """Work returned as a mistake: one's own; for the head, her office's. Nobody else sees it."""
    here, who = platform(), standing_of(request)
    rows = rework.seen(here.database, who.eyes, since=here.today() - _BACK)
    names = people.names_of(here.database, {row.account for row in rows} | {row.found_by for row in rows})
    tally: dict[str, int] = {}
    for row in rows:
        tally[ERROR_NAMES[row.error]] = tally.get(ERROR_NAMES[row.error], 0) + 1
    context = {
        "rows": [
            (row, names.get(row.account, row.account), ERROR_NAMES[row.error], address_of(row.region, row.number))
            for row in rows
        ],
        "names": names,
        "tally": sorted(tally.items(), key=lambda one: -one[1]),
        "mine_only": all(row.account == who.actor.account for row in rows),
    }
    return render(request, "staff/errors.html", context)
