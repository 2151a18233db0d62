"""窗口叫号: the next one, again, not there, begin, done, to another window. Who is served can be filed for at once."""

import uuid
from datetime import timedelta

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banjie.actions import queues as line
from banjie.engine.permissions import Role
from banjie.engine.queue_turns import PRIORITY_NAMES
from banjie.engine.queues import (
    STATUS_NAMES,
    BeginService,
    CallAgain,
    Command,
    FinishService,
    MarkAbsent,
    RejoinQueue,
    TicketStatus,
    TransferNumber,
)
from banjie.engine.rosters import HALF_NAMES
from banjie.engine.subject import Refused
from banjie.packs.counter import counter
from banjie.records import people, queues, rosters
from banjie.records.halls import Hall
from banjie.records.people import MACHINE
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.counter import choose_window
from banjie.web.identity import holding
from banjie.web.queue_public import groups_now
from banjie.web.window import window_of
from banjie.wiring import platform

_SAID = {
    CallAgain: "已经再叫一次。",
    MarkAbsent: "已经过号，可以叫下一个。",
    RejoinQueue: "已经重新排上。",
    BeginService: "开始办理。",
    FinishService: "已经办完，可以叫下一个。",
    TransferNumber: "已经转过去，她不用重新排队。",
}


@never_cache
@require_GET
@holding(Role.WINDOW)
def desk(request: HttpRequest) -> HttpResponse:
    """Whom this window serves now, who waits, who missed the call."""
    return _desk(request)


def _desk(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    window, here = window_of(request), platform()
    if window is None:
        return choose_window(request)
    hall = window.hall
    served = {one.key for one in counter().served_at(hall.code, window.name)}
    row = queues.of_account(here.database, me(request).actor.account)
    found = queues.line(here.database, hall.region, hall.code, here.today())
    context = {
        "window": window,
        "row": row,
        "status": STATUS_NAMES[row.ticket.status] if row else "",
        "priority": PRIORITY_NAMES[row.ticket.priority] if row and row.ticket.priority else "",
        "serving": row is not None and row.ticket.status is TicketStatus.SERVING,
        "groups": [(one, one.group.key in served) for one in groups_now(hall)],
        "names": {one.key: one.name for one in counter().groups(hall.code)},
        "others": [
            {"value": one.key, "text": one.name}
            for one in counter().groups(hall.code)
            if row is None or one.key != row.ticket.group
        ],
        "absent": [one for one in found.absent if one.ticket.group in served],
        "duty": _on_duty(hall, window.name),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
    }
    status = 422 if refused else 200
    return render(request, "queue/desk.html", context, status=status, errors=bool(refused))


def _on_duty(hall: Hall, window: str) -> list[tuple[str, str]]:
    """Who is to sit at this window today, by half day; nobody where there is no roster."""
    here, today = platform(), platform().today()
    seats = rosters.of_hall(here.database, hall.region, hall.code, today, today + timedelta(days=1))
    names = people.names_of(here.database, {seat.account for seat in seats})
    return [
        (HALF_NAMES[seat.place.half], names.get(seat.account, seat.account))
        for seat in seats
        if seat.place.window == window
    ]


@require_POST
@holding(Role.WINDOW)
def call_next(request: HttpRequest) -> HttpResponse:
    """叫下一个."""
    window = window_of(request)
    if window is None:
        return choose_window(request)
    try:
        row = line.call_next(platform(), window.hall, window.name, actor=me(request))
    except Refused as refused:
        return _desk(request, refused)
    if row is None:
        banners.info(request, "现在没有人在等。")
    return HttpResponseRedirect(reverse("office-queue"), status=303)


@require_POST
@holding(Role.WINDOW)
def act(request: HttpRequest, ticket: uuid.UUID, act: str) -> HttpResponse:
    """What a window does with a number. 开始办理 goes on to the page on which one files for her."""
    window, here = window_of(request), platform()
    if window is None:
        return choose_window(request)
    row = queues.find(here.database, MACHINE.eyes, window.hall.region, str(ticket))
    if row is None or row.ticket.hall != window.hall.code:
        raise Http404("没有这个号")
    command = _command(request, act)
    try:
        line.act_on_ticket(here, command, row, actor=me(request))
    except Refused as refused:
        return _desk(request, refused)
    if isinstance(command, BeginService):
        return HttpResponseRedirect(f"{reverse('office-counter')}?ticket={row.ticket.number}", status=303)
    banners.success(request, f"{row.ticket.number}：{_SAID[type(command)]}")
    return HttpResponseRedirect(reverse("office-queue"), status=303)


def _command(request: HttpRequest, act: str) -> Command:
    match act:
        case "again":
            return CallAgain()
        case "absent":
            return MarkAbsent()
        case "rejoin":
            return RejoinQueue()
        case "serve":
            return BeginService()
        case "finish":
            return FinishService()
        case "transfer":
            return TransferNumber(request.POST.get("group", ""), request.POST.get("reason", ""))
        case _:
            raise Http404(act)
