"""The officials' worklists: what the desks have to do, by time left, with a case opened beside the list."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from banjie.actions.handling import handles
from banjie.actions.masking import listed_name, party_name
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import STAGE_NAMES, Stage
from banjie.engine.cases.tasks import FAR
from banjie.engine.permissions import Role
from banjie.records import cases, people, urges, worklists
from banjie.records.cases import Found, Task
from banjie.records.looks import Looked
from banjie.records.people import Standing
from banjie.records.second_thoughts import changeable
from banjie.records.urges import UrgeRow
from banjie.records.worklists import Group, View
from banjie.web import (
    desk_acts,
    desk_case,
    desk_looks,
    time_words,
    troubles,
    worklist_bulk,
    worklist_kept,
    worklist_lines,
    worklist_open,
)
from banjie.web.context import render
from banjie.web.desk_case import address_of, law_of, moments
from banjie.web.identity import Visitor, official, visitor
from banjie.web.time_words import Words
from banjie.web.worklist_filter import KINDS, TIMES, VIEW_NAMES, Filter, whose
from banjie.wiring import platform

PAGE: Final = 50
MOST_URGED: Final = 10
MOST_ITEMS: Final = 8
"""Items that have an address of their own above the list."""


@require_safe
@official
def worklist(request: HttpRequest) -> HttpResponse:
    """我的待办: what this official's desks have to do, the least time left first."""
    who, shown = visitor(request), Filter.of(request.GET)
    number = request.GET.get("number", "").strip()
    if number:
        return _straight_to(request, who, number)
    standing, today, database = _standing(who), platform().today(), platform().database
    mine = whose(standing)
    wanted, after = shown.wanted(today)
    found = worklists.lines(database, standing.eyes, shown.list, mine, wanted, after=after, most=PAGE + 1)
    lines = cases.whole_page(found, PAGE)
    more = len(lines) < len(found)
    fresh = [(line.region, line.case_id) for line in lines if line.stage == Stage.SUBMITTED and line.since == today]
    held = changeable(database, standing.eyes, fresh, platform().now())
    opened = next((place for place, line in enumerate(lines) if line.number == shown.open), None)
    names = people.names_of(database, {line.handler for line in lines if line.handler})
    chosen = worklists.columns(database, standing.eyes)
    columns = [name for name in worklist_kept.COLUMNS if name in (worklist_kept.USUAL if chosen is None else chosen)]
    groups = worklists.groups(database, standing.eyes, shown.list, mine, today)
    following = ""
    if opened is not None and opened + 1 < len(lines):
        following = shown.address(open=lines[opened + 1].number)
    response = render(
        request,
        "officer/worklist.html",
        {
            "shown": shown,
            "title": VIEW_NAMES[shown.list],
            "nav": worklist_kept.navigation(standing, shown),
            "views": _views(shown, groups),
            "choices": _choices(groups),
            "times": [{"value": value, "text": text} for value, text in TIMES.items()],
            "kinds": [{"value": value, "text": text} for value, text in KINDS.items()],
            "columns": [{"text": "事项"}] + [_column(name) for name in columns],
            "all_columns": [(name, text, name in columns) for name, text in worklist_kept.COLUMNS.items()],
            "saved": worklists.saved_views(database, standing.eyes),
            "bulk": [] if shown.list is View.WAITING else worklist_bulk.offered(standing),
            "leads": bool(who.roles & {Role.HEAD, Role.DECIDER, Role.MANAGER}),
            "bulk_key": desk_acts.fresh_key(),
            "provisional": any(_is_provisional(line) for line in lines),
            "rows": [
                _row(line, shown, today, held, columns, names, current=place == opened, mine=_is_mine(who, line))
                for place, line in enumerate(lines)
            ],
            "urged": [
                (one, address_of(one.region, one.number), _until(one, today))
                for one in urges.open_at(database, standing.eyes, mine.offices, most=MOST_URGED)
            ],
            "next_page": shown.address(after=f"{lines[-1].due_on}_{lines[-1].case_id}") if more else "",
            "first_page": shown.address(after="") if shown.after else "",
            "panel": _panel(who, lines[opened], today, following or shown.address()) if opened is not None else None,
            "previous": shown.address(open=lines[opened - 1].number) if opened else "",
            "following": following,
        },
    )
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _views(shown: Filter, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The views within a view: by time left and by item, with counts, each an address."""
    total = sum(one.count for one in groups)
    counts = {
        "": total,
        "today": sum(one.due_today for one in groups),
        "late": sum(one.late for one in groups),
    }
    found = [
        {
            "text": text,
            "href": Filter(desk=shown.desk, view=view).address(),
            "current": shown.view == view and not shown.item,
            "count": worklist_kept.counted(counts[view]),
        }
        for view, text in (("", "全部"), ("today", "今日到期"), ("late", "已超期"))
    ]
    items: dict[str, tuple[str, int]] = {}
    for one in groups:
        items[one.item] = (one.item_name, items.get(one.item, ("", 0))[1] + one.count)
    if len(items) > 1:
        found += [
            {
                "text": name,
                "href": Filter(desk=shown.desk, item=code).address(),
                "current": shown.item == code,
                "count": worklist_kept.counted(count),
            }
            for code, (name, count) in sorted(items.items(), key=lambda pair: -pair[1][1])[:MOST_ITEMS]
        ]
    return found


def _choices(groups: Sequence[Group]) -> dict[str, list[dict[str, str]]]:
    """What the filters offer: what there is in the view."""
    found = {
        "item": {one.item: one.item_name for one in groups},
        "stage": {one.stage: STAGE_NAMES[Stage(one.stage)] for one in groups},
        "step": {one.step_name: one.step_name for one in groups if one.step_name},
        "region": {one.region: platform().regions.name(one.region) for one in groups},
    }
    return {
        name: [{"value": value, "text": text} for value, text in sorted(pairs.items(), key=lambda pair: pair[1])]
        for name, pairs in found.items()
    }


def _column(name: str) -> dict[str, str]:
    column = {"text": worklist_kept.COLUMNS[name]}
    return column | {"sort": "ascending"} if name == "time" else column


def _straight_to(request: HttpRequest, who: Visitor, number: str) -> HttpResponse:
    """Opens the case of a number that was typed or scanned."""
    found = cases.find(platform().database, _standing(who).eyes, number[:6], number[:40])
    if found is None:
        return troubles.not_found(
            request, f"没有找到办件 {number[:40]}", "请核对办件编号；您只能查看本单位办理或参与的办件。"
        )
    return HttpResponseRedirect(address_of(found.region, found.number))


def _until(one: UrgeRow, today: date) -> Words:
    return time_words.of_day(platform().laws.calendar(one.region), one.answer_by, today)


def _row(
    line: Task,
    shown: Filter,
    today: date,
    held: Mapping[str, datetime],
    columns: Sequence[str],
    names: Mapping[str, str],
    *,
    current: bool,
    mine: bool,
) -> dict[str, Any]:
    time = _time(line, today)
    until = held.get(line.case_id)
    holder = listed_name(line.holder_name, clear=mine)
    taken = f"申请人 {until.astimezone(CHINA):%H:%M} 前可收回" if until else ""
    cells: dict[str, Any] = {
        "holder": holder,
        "step": {"text": line.step_name or line.stage, "tag": "blue", "note": taken},
        "time": {"text": time.text, "tag": time.kind, "note": "暂定" if _is_provisional(line) else ""},
        "handler": names.get(line.handler, line.handler) or "待领",
        "since": chinese_date(line.since),
        "region": platform().regions.name(line.region),
        "kind": KINDS.get(line.holder_kind, ""),
    }
    return {
        "key": f"{line.number}:{line.step}",
        "label": f"{line.item_name} {holder}",
        "current": current,
        "cells": [
            {"text": line.item_name, "href": shown.address(open=line.number), "note": line.number, "code": True},
            *(cells[name] for name in columns),
        ],
    }


def _is_mine(who: Visitor, line: Task) -> bool:
    """Whether the line is this official's to do; the head may decide in the decider's place."""
    standing = _standing(who)
    if line.handler:
        return line.handler in whose(standing).accounts
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


def _panel(who: Visitor, line: Task, today: date, following: str) -> dict[str, Any] | None:
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
        "hands": worklist_lines.hands(_standing(who), found, law),
        "others": worklist_open.note(_standing(who), found),
        "back": following,
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
