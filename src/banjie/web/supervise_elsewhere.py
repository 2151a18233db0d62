"""部门自有系统: cases that departments handle elsewhere, as they tell of them: sums, lists, and each with its steps."""

import uuid
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.actions.flow import external_item
from banjie.engine.external_cases import MEANING_NAMES, ODDITY_WORDS, ExternalCase, Oddity, is_late
from banjie.engine.permissions import Role
from banjie.records import external_cases
from banjie.records.external_cases import Listed, Sums, Wanted
from banjie.records.people import Standing
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import regions_of, standing_of
from banjie.wiring import platform

LOOKING = (Role.SUPERVISOR, Role.LEADER, Role.HEAD)
"""Who may look: over a region, or over the organ she heads. What each sees, the database decides."""

PAGE = 50
VIEWS = (("", "全部"), ("open", "在办"), ("overdue", "已过截止还没办结"), ("late", "办结超期"), ("odd", "数据存疑"))


@require_safe
@holding(*LOOKING)
def overview(request: HttpRequest) -> HttpResponse:
    """The sums of all time and of each department, and the cases behind them."""
    standing = standing_of(request)
    regions, database, now = places_of(standing), platform().database, platform().now()
    wanted = _wanted(request)
    [whole] = external_cases.sums(database, standing.eyes, regions, organ=wanted.organ, source=wanted.source)
    by_source = external_cases.sums(database, standing.eyes, regions, by="source")
    found = external_cases.listed(database, standing.eyes, regions, wanted, now, after=_after(request), most=PAGE + 1)
    shown = found[:PAGE]
    context = {
        "whole": whole,
        "rate": _rate(whole),
        "in_hand": whole.began - whole.ended,
        "sources": [_source(one, wanted) for one in by_source],
        "shows": [
            {"text": words, "href": _address(wanted, show=key), "current": wanted.show == key} for key, words in VIEWS
        ],
        "rows": [_row(one, now) for one in shown],
        "wanted": wanted,
        "all_sources": _address(wanted, source=""),
        "older": _address(wanted, after=f"{shown[-1].started_at.isoformat()}_{shown[-1].id}")
        if len(found) > PAGE
        else "",
        "today": platform().today(),
    }
    return render(request, "supervisor/elsewhere.html", context)


def places_of(standing: Standing) -> list[str]:
    """The regions whoever looks watches over; for the head of an organ, those it stands in."""
    return regions_of(standing) or sorted({post.region for post in standing.posts})


def _wanted(request: HttpRequest) -> Wanted:
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:64] for name in ("organ", "source", "show", "number")}
    return Wanted(
        organ=asked["organ"] or None,
        source=asked["source"] or None,
        show=asked["show"] if asked["show"] in external_cases.SHOWS else "",
        number=asked["number"].strip(),
    )


def _address(wanted: Wanted, **changes: str) -> str:
    values = {
        "source": wanted.source or "",
        "organ": wanted.organ or "",
        "show": wanted.show,
        "number": wanted.number,
    } | changes
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


def _after(request: HttpRequest) -> tuple[datetime, str] | None:
    moment, _, case = request.GET.get("after", "").partition("_")
    try:
        return datetime.fromisoformat(moment), str(uuid.UUID(case))
    except ValueError:
        return None


def _rate(one: Sums) -> str:
    """按期办结率 with one decimal, cut and not rounded."""
    rate = one.on_time_rate
    return "—" if rate is None else f"{int(rate * 1000) / 10:.1f}"


def _source(one: Sums, wanted: Wanted) -> dict[str, Any]:
    return {
        "name": one.name,
        "href": _address(wanted, source=one.key),
        "cells": [one.began, one.began - one.ended, one.ended, one.late, f"{_rate(one)}%", one.odd],
    }


def _row(one: Listed, now: datetime) -> dict[str, Any]:
    address = reverse("supervise-elsewhere-case", args=(one.region, one.id))
    text, kind = _state(one.ended_at, one.due_at, now, late=one.late)
    return {
        "key": one.id,
        "cells": [
            {"text": one.number, "href": address, "note": one.item_name or "未写明事项"},
            {"text": one.organ_name or "未写明部门", "note": one.source},
            {"text": text, "tag": kind},
            {"text": one.last_step or "—"},
            {"text": f"存疑 {len(one.oddities)} 处", "tag": "yellow"} if one.oddities else "—",
        ],
    }


def _state(ended: datetime | None, due: datetime | None, now: datetime, *, late: bool) -> tuple[str, str]:
    if ended is not None:
        return ("办结，超期", "red") if late else ("办结", "green" if due else "grey")
    if due is None:
        return "在办，没有截止时间", "grey"
    return ("在办，已过截止", "red") if due < now else ("在办", "blue")


@require_safe
@holding(*LOOKING)
def case(request: HttpRequest, region: str, case_id: uuid.UUID) -> HttpResponse:
    """One case with everything its department has told of it."""
    standing = standing_of(request)
    found = external_cases.find(platform().database, standing.eyes, region, str(case_id))
    if found is None or found.facts is None:
        raise Http404("没有找到这个办件")
    facts, now = found.facts, platform().now()
    item = external_item(found.source, facts.item_name or facts.item)
    context = {
        "case": found,
        "facts": facts,
        "state": _state(facts.ended_at, facts.due_at, now, late=is_late(facts)),
        "oddities": [ODDITY_WORDS[Oddity(one)] for one in found.oddities],
        "steps": _steps(found),
        "flow": f"{reverse('supervise-flow')}?{urlencode({'item': item})}",
    }
    return render(request, "supervisor/elsewhere_case.html", context)


def _steps(found: ExternalCase) -> list[dict[str, Any]]:
    steps = []
    before: datetime | None = None
    for step in found.steps:
        waited = (step.at - before).total_seconds() if before else 0.0
        steps.append(
            {
                "activity": step.activity,
                "meaning": MEANING_NAMES[step.meaning] if step.meaning else "",
                "at": step.at,
                "office": step.office or "未写明",
                "by": step.by or "未写明",
                "waited": duration(waited) if before else "",
            }
        )
        before = step.at
    return steps


def duration(seconds: float) -> str:
    """A length of time in words of one unit: 3 分钟, 5.2 小时, 12.4 天."""
    if seconds < 60:
        return "不到 1 分钟"
    if seconds < 3600:
        return f"{seconds / 60:.0f} 分钟"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f} 小时"
    return f"{seconds / 86_400:.1f} 天"


def month_of(text: str, otherwise: date) -> date:
    """The first day of a month written 2026-11; `otherwise` for what is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return otherwise
