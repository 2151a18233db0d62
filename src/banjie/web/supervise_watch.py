"""今晚预警 and 红黄牌: what will be late before it is, by organ and day ahead; every card with its history."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions import watching
from banjie.engine import cards as law
from banjie.engine.calendar import Calendar
from banjie.engine.cards import STATUS_NAMES, CardStatus
from banjie.engine.codec import decode
from banjie.engine.permissions import Role
from banjie.engine.watching import CALLEE_NAMES, LEVEL_NAMES, Level
from banjie.records import desks, journal, people, supervision
from banjie.records import watching as kept
from banjie.records.journal import Entry
from banjie.records.people import Standing
from banjie.records.watching import Ahead, CardRow
from banjie.web import time_words, troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import LEVEL_TAGS, errors_of, given, regions_of, standing_of, tried
from banjie.wiring import platform

DAYS_AHEAD: Final = 5
"""How many working days the night's list looks ahead, today among them."""


@require_safe
@holding(Role.SUPERVISOR, Role.LEADER)
def tonight(request: HttpRequest) -> HttpResponse:
    """What falls due today and on the next working days, by organ; and the cards that show now."""
    standing = standing_of(request)
    regions, today, database = regions_of(standing), platform().today(), platform().database
    calendar = platform().laws.calendar(platform().region)
    days = working_days(calendar, today, DAYS_AHEAD)
    found = kept.ahead(database, standing.eyes, regions, today, days[-1])
    names = desks.organ_names(database, {one.organ for one in found})
    counts = kept.counts_of_regions(database, standing.eyes, regions)
    context = {
        "days": days,
        "organs": _organs(found, days, names),
        "counts": {level: counts.get(level.rank, 0) for level in Level},
        "levels": Level,
        "level_names": LEVEL_NAMES,
        "cards": [card_line(row) for row in kept.cards_of_regions(database, standing.eyes, regions, most=20)],
    }
    return render(request, "supervisor/watch.html", context)


def working_days(calendar: Calendar, today: date, number: int) -> list[date]:
    """Today and the working days after it."""
    return [calendar.add_working(today, ahead) for ahead in range(number)]


def _organs(found: Sequence[Ahead], days: list[date], names: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for organ in dict.fromkeys(one.organ for one in found):
        own = [one for one in found if one.organ == organ]
        # What falls due on a day off is shown under the working day before it: that is when it must be done.
        ends = [*days[1:], date.max]
        rows.append(
            {
                "organ": organ,
                "name": names.get(organ, organ),
                "days": [
                    sum(one.count for one in own if day <= one.due_on < end)
                    for day, end in zip(days, ends, strict=True)
                ],
                "yellow": sum(one.count for one in own if one.level == Level.YELLOW.rank),
                "all": sum(one.count for one in own),
            }
        )
    return sorted(rows, key=lambda row: (-row["days"][0], -row["all"]))


@require_safe
@holding(Role.SUPERVISOR, Role.LEADER)
def cards(request: HttpRequest) -> HttpResponse:
    """The cards that show now, the worst first; of one level, of one organ, or those under appeal."""
    standing = standing_of(request)
    asked = request.GET.get("level", "")
    level = next((one for one in Level if one.value == asked), Level.NONE)
    organ = request.GET.get("organ", "")[:40].replace("\x00", "")
    appealed = request.GET.get("appealed") == "1"
    regions, database = regions_of(standing), platform().database
    rows = kept.cards_of_regions(database, standing.eyes, regions, level=level.rank, organ=organ, appealed=appealed)
    counts = kept.counts_of_regions(database, standing.eyes, regions)
    context = {
        "rows": [card_row(row, reverse("supervise-card", args=(row.region, row.id))) for row in rows],
        "level": level,
        "levels": [(one, LEVEL_NAMES[one], counts.get(one.rank, 0)) for one in Level if one is not Level.NONE],
        "appealed": appealed,
        "organ": desks.organ_names(database, {organ}).get(organ, "") if organ else "",
    }
    return render(request, "supervisor/cards.html", context)


def card_line(row: CardRow) -> dict[str, Any]:
    """A card as lists show it: whose it is, what it shows, how much time is left."""
    one = row.card
    assert one.about is not None  # noqa: S101 — its first event says it.
    left = time_words.of_day(platform().laws.calendar(row.region), one.due_on, platform().today())
    return {
        "id": row.id,
        "region": row.region,
        "one": one,
        "about": one.about,
        "level": LEVEL_NAMES[one.level],
        "kind": LEVEL_TAGS[one.level],
        "left": left,
        "status": STATUS_NAMES[one.status],
    }


def card_row(row: CardRow, href: str) -> dict[str, Any]:
    """The same as a line of a worklist."""
    line = card_line(row)
    about = line["about"]
    return {
        "key": row.id,
        "cells": [
            {"text": about.item_name, "href": href, "note": about.number, "code": True},
            about.office_name or about.organ_name,
            {"text": line["level"], "tag": line["kind"], "note": line["one"].clock_name},
            {"text": line["left"].text, "tag": line["left"].kind},
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR, Role.LEADER)
def card(request: HttpRequest, region: str, card: uuid.UUID) -> HttpResponse:
    """One card with everything that happened to it; an appeal is ruled on here."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        upheld = given(request, "upheld") == "yes"
        words = given(request, "words")
        refusal = tried(
            request,
            lambda: watching.rule(platform(), standing, region, str(card), upheld=upheld, words=words),
            "已裁定，申诉人会收到提醒。",
        )
        if refusal is None:
            return HttpResponseRedirect(reverse("supervise-card", args=(region, card)), status=303)
    row = kept.find_card(platform().database, standing.eyes, region, str(card))
    if row is None:
        raise Http404("没有这张牌，或者不在您的督查范围")
    assert row.card.about is not None  # noqa: S101 — its first event says it.
    context = {
        "line": card_line(row),
        "history": card_history(standing, row),
        "orders": supervision.orders_of_case(platform().database, standing.eyes, region, row.card.about.case_id),
        "may_rule": row.card.appeal_open and row.card.status is not CardStatus.NONE,
        "errors": errors_of(refusal),
        "words": given(request, "words") if refusal else "",
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/card.html", context, status=status, errors=refusal is not None)


def card_history(standing: Standing, row: CardRow) -> list[dict[str, Any]]:
    """Everything that happened to a card, in words."""
    entries = journal.history(platform().database, standing.eyes, row.region, row.id)
    names = people.names_of(platform().database, {one.actor for one in entries})
    return [_moment(entry, names) for entry in entries]


def _moment(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    event, title, detail = decode(law.KINDS[entry.kind], entry.data), "", ""
    match event:
        case law.Shown() | law.Raised():
            shown = "亮" if isinstance(event, law.Shown) else "升为"
            title = f"{shown}{LEVEL_NAMES[event.level]}"
            detail = f"到期日 {event.due_on.isoformat()}，当时由{event.about.office_name or event.about.organ_name}办理"
        case law.Eased():
            title, detail = f"降为{LEVEL_NAMES[event.level]}", f"到期日改为 {event.due_on.isoformat()}"
        case law.Called():
            title, detail = f"提醒{CALLEE_NAMES[event.callee]}", f"收到提醒 {len(event.told)} 人"
        case law.Appealed():
            title, detail = "承办单位申诉", event.reason
        case law.AppealDismissed():
            title, detail = "申诉不成立", event.words
        case law.Withdrawn():
            title, detail = "牌已撤销", event.words
        case law.Closed():
            title = "时限结束"
    trouble = isinstance(event, law.Shown | law.Raised) and event.level.rank >= Level.RED.rank
    who = "" if entry.actor == "system" else names.get(entry.actor, "")
    return {
        "title": title,
        "time": entry.at,
        "who": who,
        "detail": detail,
        "state": "trouble" if trouble else "done",
    }
