"""分派规则: how the lines of an office are given out, and who takes part in what; set by those who lead it."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from banjie.engine.assignment import WAY_NAMES, Way
from banjie.engine.permissions import ROLE_NAMES, Role
from banjie.records import assignments, desks, staff, worklists
from banjie.records.assignments import Share
from banjie.records.people import Standing
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.wiring import platform

ROLES: Final = (Role.WINDOW, Role.REVIEWER, Role.DECIDER)
_MOST: Final = 60
"""Codes of items or regions an official may be named for."""


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.HEAD, Role.DECIDER, Role.MANAGER)
def rules(request: HttpRequest) -> HttpResponse:
    """One office and role at a time: the way, and each official's part in it."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    given = request.POST if request.method == "POST" else request.GET
    offices = sorted({post.office for post in standing.posts if post.role in (Role.HEAD, Role.DECIDER, Role.MANAGER)})
    office = given.get("office", "") or offices[0]
    role = next((one for one in ROLES if one.value == given.get("role", Role.WINDOW.value)), None)
    if office not in offices or role is None:
        raise Http404(office)
    database, region, today = platform().database, standing.actor.region, platform().today()
    found = assignments.shares(database, standing.eyes, region, office, role, today)
    if request.method == "POST":
        way = next((one for one in Way if one.value == request.POST.get("way", "")), Way.FREE)
        parts = [_part(one, request) for one in found]
        assignments.keep_rule(database, standing.eyes, region, office, role, way, parts, platform().now())
        messages.success(request, "分派规则已保存，以后到本单位的待办按它分派；已经有人承办的不变。")
        address = f"/office/assignment?office={office}&role={role.value}"
        return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
    return render(request, "officer/assignment.html", _context(standing, offices, office, role, found))


def _context(
    standing: Standing, offices: Sequence[str], office: str, role: Role, found: Sequence[Share]
) -> dict[str, Any]:
    database, today = platform().database, platform().today()
    away = staff.on_leave(database, [one.account for one in found], today)
    items = worklists.items_of(database, standing.eyes, office)
    return {
        "offices": [(code, name) for code, name in desks.organ_names(database, set(offices)).items()],
        "office": office,
        "role": role,
        "roles": [(one.value, ROLE_NAMES[one]) for one in ROLES],
        "ways": [{"value": way.value, "text": words} for way, words in WAY_NAMES.items()],
        "way": assignments.way_of(database, standing.eyes, standing.actor.region, office, role).value,
        "shares": [(one, one.account in away) for one in found],
        "items": items,
    }


def _part(share: Share, request: HttpRequest) -> Share:
    """An official's part as the form says it."""
    items = [code for code in request.POST.getlist(f"item:{share.account}") if code.isalnum() and len(code) <= 40]
    return replace(share, takes_part=share.account in request.POST.getlist("takes_part"), items=tuple(items[:_MOST]))
