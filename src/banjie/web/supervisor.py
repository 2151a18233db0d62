"""时限督查: five figures in words, where the late cases are, and each late case with its clock."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.engine.cases import STAGE_NAMES, TIMER_NAMES
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import Role
from banjie.records import figures as counted
from banjie.records.figures import Figures, LateCase
from banjie.web import time_words
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.wiring import platform


@require_safe
@holding(Role.SUPERVISOR)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of the supervisor's region, and the late cases of all organs or of the one asked for."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    today, database = platform().today(), platform().database
    region = next((post.region for post in standing.posts if post.role is Role.SUPERVISOR), platform().region)
    found = counted.city(database, standing.eyes, today, region)
    organ = request.GET.get("organ", "")[:32].replace("\x00", "")
    known = next((one for one in found.by_organ if one.organ == organ), None)
    late = counted.late(database, standing.eyes, today, region, organ=organ if known else None)
    return render(
        request,
        "supervisor/figures.html",
        {
            "figures": found,
            "rate": _rate(found),
            "organs": [_organ(one.name, one.organ, one.late, one.in_hand) for one in found.by_organ],
            "stages": [
                {"label": STAGE_NAMES[one.stage], "value": one.in_hand, "text": f"{one.in_hand} 件"}
                for one in found.by_stage
                if one.in_hand
            ],
            "late": [_row(one) for one in late],
            "organ": known,
            "now": platform().now(),
        },
    )


def _rate(found: Figures) -> str:
    """按期办结率 with one decimal, cut and not rounded: 99.96 % is not yet 100 %."""
    rate = found.on_time_rate
    return "—" if rate is None else f"{int(rate * 1000) / 10:.1f}"


def _organ(name: str, code: str, late: int, in_hand: int) -> dict[str, Any]:
    return {
        "label": name,
        "value": late,
        "text": f"超期 {late} 件，在办 {in_hand} 件",
        "href": f"?{urlencode({'organ': code})}#late",
        "kind": "red" if late else "green",
    }


def _row(one: LateCase) -> dict[str, Any]:
    today = platform().today()
    due_on = one.statutory_due if one.by_law else one.promised_due
    time = time_words.of_day(platform().laws.calendar(one.region), due_on, today)
    timer = TimerKind.STATUTORY if one.by_law else TimerKind.PROMISED
    address = reverse("clock", args=(one.region, one.number))
    return {
        "key": one.number,
        "cells": [
            {"text": one.item_name, "href": f"{address}?timer={timer.value}", "note": one.number, "code": True},
            one.holder_name,
            one.organ_name,
            {"text": STAGE_NAMES[one.stage], "tag": "blue"},
            {"text": time.text, "tag": time.kind, "note": f"按{TIMER_NAMES[timer]}"},
        ],
    }
