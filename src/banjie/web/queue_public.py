"""取号和排队, for everybody and without signing in: a number, how long it will take, and the screen on the wall."""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions import queues as line
from banjie.engine.queue_turns import PRIORITY_NAMES, Priority
from banjie.engine.queues import STATUS_NAMES, TicketStatus
from banjie.engine.subject import Refused
from banjie.packs.counter import Group, counter
from banjie.records import halls, queues
from banjie.records.halls import Hall
from banjie.records.people import MACHINE
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key
from banjie.web.places import opening
from banjie.web.tries import limited
from banjie.wiring import platform

BEFORE: Final = timedelta(minutes=30)
"""How long before the doors open numbers are given."""
_KEY: Final = re.compile(r"[0-9A-Za-z-]{8,64}")


@dataclass(frozen=True, slots=True)
class GroupNow:
    """A queue as it is now: how many wait, and about how many minutes a newcomer would."""

    group: Group
    waiting: int
    minutes: int


def hall_or_404(code: str) -> Hall:
    """A hall by its code."""
    hall = halls.hall(platform().database, code)
    if hall is None:
        raise Http404("没有这个办事地点")
    return hall


def groups_now(hall: Hall) -> list[GroupNow]:
    """Every queue of a hall."""
    here = platform()
    waiting = queues.waiting(here.database, hall.region, hall.code, here.today())
    return [
        GroupNow(
            group,
            waiting.get(group.key, 0),
            line.expected(here, hall.region, hall.code, group.key, waiting.get(group.key, 0)),
        )
        for group in counter().groups(hall.code)
    ]


def closed_words(hall: Hall) -> str:
    """Why no number is given now, "" when one is. The demo gives numbers at any hour, so that it can be tried."""
    found = opening(hall.hours)
    if found is None or platform().demo:
        return ""
    state, words = found
    soon = state.next is not None and state.next - platform().now() <= BEFORE
    return "" if state.open or soon else words


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("取号")
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """取号机: choose what one comes for, or type the code of a booking."""
    hall = hall_or_404(code)
    if request.method != "POST":
        return _kiosk(request, hall)
    try:
        if closed := closed_words(hall):
            raise Refused(closed, rule="办公时间", remedy="请在办公时间来取号，或先预约")
        if "code" in request.POST:
            row = line.check_in(platform(), hall, "".join(request.POST["code"].split())[:16])
        else:
            row = _take(request, hall)
    except Refused as refused:
        return _kiosk(request, hall, refused)
    return HttpResponseRedirect(reverse("queue-slip", args=(hall.code, row.id)), status=303)


def _take(request: HttpRequest, hall: Hall) -> queues.TicketRow:
    group = counter().group(hall.code, request.POST.get("group", ""))
    if group is None:
        raise Refused("还没有选要办哪一类", rule="取号", remedy="请选一类；不知道选哪个就选综合业务", field="group")
    wanted = request.POST.get("priority", "")
    priority = Priority(wanted) if wanted in {one.value for one in Priority} else Priority.NONE
    key = request.POST.get("key", "")
    return line.take(platform(), hall, group, priority=priority, key=key if _KEY.fullmatch(key) else "")


def _kiosk(request: HttpRequest, hall: Hall, refused: Refused | None = None) -> HttpResponse:
    context = {
        "hall": hall,
        "groups": groups_now(hall),
        "group": request.POST.get("group", ""),
        "priorities": [{"value": one.value, "text": name} for one, name in PRIORITY_NAMES.items()],
        "priority": request.POST.get("priority", ""),
        "code": request.POST.get("code", ""),
        "closed": closed_words(hall),
        "refused": refused,
        "key": fresh_key(),
    }
    status = 422 if refused else 200
    return render(request, "queue/kiosk.html", context, status=status, errors=bool(refused), nav="help", search=False)


@never_cache
@require_GET
def slip(request: HttpRequest, code: str, ticket: uuid.UUID) -> HttpResponse:
    """号票: the number, how many are before it, and where to go when it is called. Reloading shows how it stands."""
    hall, here = hall_or_404(code), platform()
    row = queues.find(here.database, MACHINE.eyes, hall.region, str(ticket))
    if row is None or row.ticket.hall != hall.code:
        raise Http404("没有这个号")
    waits = row.ticket.status is TicketStatus.WAITING
    context = {
        "hall": hall,
        "ticket": row.ticket,
        "ticket_id": row.id,
        "group": counter().group(hall.code, row.ticket.group),
        "status": STATUS_NAMES[row.ticket.status],
        "standing": line.standing_in_line(here, row) if waits else None,
        "priority": PRIORITY_NAMES[row.ticket.priority] if row.ticket.priority else "",
        "now": here.now(),
    }
    return render(request, "queue/slip.html", context, nav="help", search=False)


@never_cache
@require_GET
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """排队大屏: who is called to which window, and how many wait. Numbers alone; it draws itself anew by itself."""
    hall, here = hall_or_404(code), platform()
    context = {
        "hall": hall,
        "line": queues.line(here.database, hall.region, hall.code, here.today()),
        "groups": groups_now(hall),
        "now": here.now(),
    }
    return render(request, "queue/screen.html", context, nav="help", search=False)
