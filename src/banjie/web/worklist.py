"""The officials' worklists: what the desks have to do, by time left, with a case opened beside the list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_safe

from banjie.actions.handling import handles
from banjie.actions.masking import listed_name, party_name
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Stage
from banjie.engine.cases.tasks import FAR
from banjie.engine.permissions import Role
from banjie.records import cases, desks, urges
from banjie.records.cases import Found, Task
from banjie.records.looks import Looked
from banjie.records.people import Standing
from banjie.records.second_thoughts import changeable
from banjie.records.urges import UrgeRow
from banjie.web import desk_acts, desk_case, desk_looks, time_words, troubles
from banjie.web.context import render
from banjie.web.desk_case import address_of, law_of, moments
from banjie.web.identity import Visitor, official, visitor
from banjie.web.time_words import Words
from banjie.wiring import platform

PAGE: Final = 50
MOST_URGED: Final = 10
_LAST_ID: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_AFTER: Final = re.compile(r"(\d{4}-\d{2}-\d{2})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a worklist is shown, as its address says: ?view=today&item=…&desk=all&after=…&open=…"""

    view: str = "all"
    item: str = ""
    whole_office: bool = False
    after: str = ""
    open: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filter":
        """Reads an address; what it does not know is left at its default."""
        view = query.get("view", "")
        after = query.get("after", "")
        return cls(
            view=view if view in ("today", "late") else "all",
            item=query.get("item", "")[:64],
            whole_office=query.get("desk") == "all",
            after=after if _AFTER.fullmatch(after) else "",
            open=query.get("open", "")[:40],
        )

    def address(self, **changes: Any) -> str:
        """The address of this worklist with changes; what is at its default is left out."""
        now = {"view": self.view, "item": self.item, "whole_office": self.whole_office, "after": self.after, "open": ""}
        now |= changes
        named = {
            "view": now["view"] if now["view"] != "all" else "",
            "item": now["item"],
            "desk": "all" if now["whole_office"] else "",
            "after": now["after"],
            "open": now["open"],
        }
        words = urlencode({name: value for name, value in named.items() if value})
        return f"/office/?{words}" if words else "/office/"


@require_safe
@official
def worklist(request: HttpRequest) -> HttpResponse:
    """我的待办: what this official's desks have to do, the least time left first."""
    who, shown = visitor(request), Filter.of(request.GET)
    number = request.GET.get("number", "").strip()
    if number:
        return _straight_to(request, who, number)
    standing = _standing(who)
    offices, roles = sorted(standing.actor.offices), _roles(who, shown)
    today = platform().today()
    counts = desks.waiting(platform().database, standing.eyes, offices, roles, today)
    found = _lines(who, shown, offices, roles, today)
    lines = cases.whole_page(found, PAGE)
    more = len(lines) < len(found)
    fresh = [(line.region, line.case_id) for line in lines if line.stage == Stage.SUBMITTED and line.since == today]
    held = changeable(platform().database, standing.eyes, fresh, platform().now())
    opened = next((place for place, line in enumerate(lines) if line.number == shown.open), None)
    response = render(
        request,
        "officer/worklist.html",
        {
            "shown": shown,
            "counts": counts,
            "provisional": any(_is_provisional(line) for line in lines),
            "rows": [
                _row(line, shown, today, held, current=place == opened, mine=_is_mine(who, line))
                for place, line in enumerate(lines)
            ],
            "urged": [
                (one, address_of(one.region, one.number), _until(one, today))
                for one in urges.open_at(platform().database, standing.eyes, offices, most=MOST_URGED)
            ],
            "next_page": shown.address(after=f"{lines[-1].due_on}_{lines[-1].case_id}") if more else "",
            "first_page": shown.address(after="") if shown.after else "",
            "panel": _panel(who, lines[opened], today) if opened is not None else None,
            "previous": shown.address(open=lines[opened - 1].number) if opened else "",
            "following": shown.address(open=lines[opened + 1].number)
            if opened is not None and opened + 1 < len(lines)
            else "",
            "not_found": "",
        },
    )
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _straight_to(request: HttpRequest, who: Visitor, number: str) -> HttpResponse:
    """Opens the case of a number that was typed or scanned."""
    found = cases.find(platform().database, _standing(who).eyes, number[:6], number[:40])
    if found is None:
        return troubles.not_found(
            request, f"没有找到办件 {number[:40]}", "请核对办件编号；您只能查看本单位办理或参与的办件。"
        )
    return HttpResponseRedirect(address_of(found.region, found.number))


def _roles(who: Visitor, shown: Filter) -> list[str]:
    return [] if shown.whole_office else sorted(role.value for role in who.roles)


def _lines(who: Visitor, shown: Filter, offices: list[str], roles: list[str], today: date) -> tuple[Task, ...]:
    yesterday = today - timedelta(days=1)
    after = _after(shown.after)
    until = None
    if shown.view == "late":
        until = yesterday
    elif shown.view == "today":
        # Everything due before today lies behind the last possible line of yesterday.
        until, after = today, after or (yesterday, _LAST_ID)
    return cases.worklist(
        platform().database,
        _standing(who).eyes,
        offices,
        roles=roles,
        items=[shown.item] if shown.item else [],
        due_until=until,
        after=after,
        most=PAGE + 1,
    )


def _after(text: str) -> tuple[date, str] | None:
    match = _AFTER.fullmatch(text)
    if match is None:
        return None
    try:
        return date.fromisoformat(match.group(1)), match.group(2)
    except ValueError:
        return None


def _until(one: UrgeRow, today: date) -> Words:
    return time_words.of_day(platform().laws.calendar(one.region), one.answer_by, today)


def _row(
    line: Task, shown: Filter, today: date, held: Mapping[str, datetime], *, current: bool, mine: bool
) -> dict[str, Any]:
    time = _time(line, today)
    until = held.get(line.case_id)
    holder = listed_name(line.holder_name, clear=mine)
    taken = f"申请人 {until.astimezone(CHINA):%H:%M} 前可收回" if until else ""
    return {
        "key": line.number,
        "label": f"{line.item_name} {holder}",
        "current": current,
        "cells": [
            {"text": line.item_name, "href": shown.address(open=line.number), "note": line.number, "code": True},
            holder,
            {"text": line.step_name or line.stage, "tag": "blue", "note": taken},
            {"text": time.text, "tag": time.kind, "note": "暂定" if _is_provisional(line) else ""},
        ],
    }


def _is_mine(who: Visitor, line: Task) -> bool:
    """Whether the desk that has the line is this official's; the head may decide in the decider's place."""
    roles = who.roles | {Role.DECIDER} if Role.HEAD in who.roles else who.roles
    return line.role in roles


def _is_provisional(line: Task) -> bool:
    """Whether the day leans on a year whose holidays are not published yet."""
    return (
        line.due_on is not None
        and line.due_on < FAR
        and not platform().laws.calendar(line.region).is_published(line.due_on)
    )


def _time(line: Task, today: date) -> Words:
    calendar = platform().laws.calendar(line.region)
    return time_words.of_day(calendar, line.due_on, today)


def _panel(who: Visitor, line: Task, today: date) -> dict[str, Any] | None:
    """The case beside the list: enough to know what comes next."""
    found = cases.find(platform().database, _standing(who).eyes, line.region, line.number)
    if found is None:
        return None
    law = law_of(found)
    address = address_of(found.region, found.number)
    desk_looks.noted(_standing(who), found, law, Looked.CASE)
    offers = desk_acts.offers(found.case, _standing(who).actor, law)
    clear = handles(found.case, _standing(who).actor, law)
    lines = desk_case.materials(found.case, law, address, clear=clear)
    return {
        "found": found,
        "address": address,
        "time": _time(line, today),
        "stage": desk_case.stage_tag(found.case),
        "step": line.step_name,
        "applicant": desk_case.applicant(found.case, clear=clear),
        "given": sum(1 for material in lines if material.papers),
        "asked": len(lines),
        "missing": [material for material in lines if not material.papers and material.state_kind != "grey"],
        "clocks": desk_case.clocks(found.case, law, today),
        "offers": offers,
        "key": desk_acts.fresh_key(),
        "moments": [one for one in moments(_standing(who), found, law, today, clear=clear) if one["state"] != "todo"][
            -4:
        ],
    }


@require_safe
@official
def done(request: HttpRequest) -> HttpResponse:
    """本单位办件: the cases of the official's organs, the latest moved first."""
    who = visitor(request)
    standing = _standing(who)
    today = platform().today()
    found: list[Found] = []
    for office in sorted(standing.actor.offices):
        found.extend(cases.of_organ(platform().database, standing.eyes, standing.actor.region, office, most=PAGE))
    found.sort(key=lambda one: one.changed_at, reverse=True)
    rows = []
    for one in found[:PAGE]:
        text, kind = desk_case.stage_tag(one.case)
        calendar = platform().laws.calendar(one.region)
        time = time_words.of_day(calendar, one.due_on, today) if one.case.is_open else Words("已结束", "grey")
        rows.append(
            {
                "key": one.number,
                "cells": [
                    {
                        "text": one.item_name,
                        "href": address_of(one.region, one.number),
                        "note": one.number,
                        "code": True,
                    },
                    _holder(standing, one),
                    {"text": text, "tag": kind},
                    {"text": time.text, "tag": time.kind},
                ],
            }
        )
    return render(request, "officer/done.html", {"rows": rows})


def _holder(standing: Standing, one: Found) -> str:
    clear = handles(one.case, standing.actor, desk_case.law_of(one))
    return party_name(one.case.holder.name, one.case.holder.code, clear=clear)


def _standing(who: Visitor) -> Standing:
    """The visitor's standing; the door has made sure that there is one."""
    assert who.standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return who.standing
