"""事项管理: editions of items, what stands against them, what changed, and publication by two people."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import publishing
from banjie.engine.catalogue import Item
from banjie.engine.editions import STATE_NAMES, State
from banjie.engine.ids import Malformed
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.diff import diff
from banjie.records import catalogue, desks, people, registers
from banjie.records.catalogue import EditionRow, Place
from banjie.records.catalogue_lists import COUNT_TO
from banjie.records.journal import Entry
from banjie.records.people import Standing
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.web.manager_faults import fault_lines
from banjie.wiring import platform

PAGE: Final = 50
STATE_KINDS: Final = {
    State.DRAFT: "yellow",
    State.SCHEDULED: "blue",
    State.PUBLISHED: "green",
    State.SUSPENDED: "red",
    State.SUPERSEDED: "grey",
    State.WITHDRAWN: "grey",
}

_FROM_PACK: Final = "随系统提供的内容包"
_BY_ITSELF: Final = {"system": "系统（跟随上级）", "import": "导入", "pack": _FROM_PACK}

manager = holding(Role.MANAGER)


@require_safe
@manager
def items(request: HttpRequest) -> HttpResponse:
    """Editions by state, region and words, the latest saved first. The next page goes on from the last row."""
    state = request.GET.get("state", "")
    state = state if state in set(State) else ""
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    region = _region_of(request)
    rows = catalogue.manager_list(
        platform().database,
        state=state or None,
        region=region or None,
        words=words,
        after=_after(request),
        most=PAGE + 1,
    )
    counts = catalogue.count_by_state(platform().database, region=region or None)

    def address(**changes: str) -> str:
        named = {"state": state, "q": words, "region": region} | changes
        return "/manage/?" + urlencode({name: value for name, value in named.items() if value})

    more = len(rows) > PAGE
    return render(
        request,
        "manager/items.html",
        {
            "views": [
                {"text": "全部", "href": address(state=""), "current": not state},
                *(
                    {"text": STATE_NAMES[one], "href": address(state=one.value), "current": state == one, "count": many}
                    for one, many in ((one, _count(many)) for one, many in counts.items())
                ),
            ],
            "rows": [_row(row) for row in rows[:PAGE]],
            "words": words,
            "state": state,
            "region": region,
            "regions": [(one.code, one.name) for one in registers.regions(platform().database)],
            "first": address() if request.GET.get("after") else "",
            "following": address(after=str(Place.of(rows[PAGE - 1]))) if more else "",
        },
    )


def _count(many: int) -> str:
    return f"{many}+" if many >= COUNT_TO else str(many)


def _region_of(request: HttpRequest) -> str:
    """The region looked at: the one asked for, else all; a county's manager begins with her own."""
    asked = request.GET.get("region", "")[:12]
    if asked:
        return asked if asked.isascii() and asked.isdecimal() else ""
    own = [post.region for post in standing_of(request).posts if post.role is Role.MANAGER]
    return own[0] if own and "q" not in request.GET and not own[0].endswith("00") else ""


def _after(request: HttpRequest) -> Place | None:
    text = request.GET.get("after", "")
    try:
        return Place.parse(text[:200]) if text else None
    except Malformed:
        return None


def _row(row: EditionRow) -> dict[str, Any]:
    if row.state is State.DRAFT:
        gate = (
            {"text": f"{len(row.gates)} 处不合格", "tag": "red"} if row.gates else {"text": "可以公布", "tag": "green"}
        )
    elif row.state is State.SCHEDULED:
        gate = {"text": f"{row.effective_on.isoformat()} 生效"}
    elif row.ends_on:
        gate = {"text": f"{row.ends_on.isoformat()} 停办"}
    else:
        gate = {"text": "—"}
    inherited = f"，继承 {row.upper.region}" if row.upper else ""
    return {
        "key": f"{row.region}-{row.code}-{row.edition}",
        "cells": [
            {"text": row.name, "href": address_of(row), "note": f"{row.code} 第 {row.edition} 版{inherited}"},
            f"{row.organ_name}",
            {"text": STATE_NAMES[row.state], "tag": STATE_KINDS[row.state]},
            gate,
        ],
    }


@require_safe
@manager
def edition(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """One edition: what it says, what stands against it and how to mend that, and its history."""
    return edition_page(request, region, code, edition)


def edition_page(
    request: HttpRequest, region: str, code: str, edition: int, error: Refused | None = None
) -> HttpResponse:
    """The page of an edition, with the refusal of what was just asked, if it was refused."""
    row, item = found(region, code, edition)
    here = platform()
    others = catalogue.editions_of(here.database, region, code)
    before = next((one for one in others if one.edition < edition and one.state is not State.DRAFT), None)
    entries = catalogue.history(here.database, row)
    accounts = {row.prepared_by, row.published_by, *(entry.actor for entry in entries)} - {""}
    names = _BY_ITSELF | people.names_of(here.database, accounts)
    draft = row.state is State.DRAFT
    arguments = (region, code, edition)
    context = {
        "row": row,
        "item": item,
        "offices": desks.organ_names(here.database, {step.office for step in item.workflow.steps if step.office}),
        "state": (STATE_NAMES[row.state], STATE_KINDS[row.state]),
        "faults": fault_lines(row) if draft else (),
        "others": [(one, STATE_NAMES[one.state], STATE_KINDS[one.state], address_of(one)) for one in others],
        "former": before,
        "diff_href": reverse("manage-diff", args=arguments),
        "draft_href": reverse("manage-draft", args=arguments),
        "publish_href": reverse("manage-publish", args=arguments),
        "withdraw_href": reverse("manage-withdraw", args=arguments),
        "resume_href": reverse("manage-resume", args=arguments),
        "following_href": reverse("manage-following", args=(region, code)),
        "adopt_href": reverse("manage-adopt", args=(region, code)),
        "upper": _upper(row),
        "may_stop": row.state in (State.PUBLISHED, State.SUSPENDED),
        "may_drop": row.state in (State.DRAFT, State.SCHEDULED),
        "may_resume": row.state is State.SUSPENDED,
        "typed": {name: request.POST.get(name, "") for name in ("reason", "on", "as")},
        "prepared_by": names.get(row.prepared_by, row.prepared_by),
        "published_by": names.get(row.published_by, row.published_by),
        "own": row.prepared_by == standing_of(request).actor.account,
        "may_publish": draft,
        "later": draft and row.effective_on > here.today(),
        "history": [_told(entry, names) for entry in reversed(entries)],
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "manager/edition.html", context, status=status, errors=error is not None)


def _upper(row: EditionRow) -> dict[str, Any] | None:
    """What the page says of the upper edition: its name, its address, and whether a newer one is in force."""
    if row.upper is None:
        return None
    rows = catalogue.editions_of(platform().database, row.upper.region, row.upper.code)
    one = next((found for found in rows if found.edition == row.upper.edition), None)
    in_force = next((found for found in rows if found.state is State.PUBLISHED), None)
    return {
        "name": one.organ_name if one else row.upper.region,
        "edition": row.upper.edition,
        "href": address_of(one) if one else "",
        "follows": row.upper.follows,
        "newer": in_force.edition if in_force and in_force.edition > row.upper.edition else 0,
        "gone": in_force is None,
    }


_TOLD: Final = {
    "EditionProposed": "保存了草稿",
    "EditionPublished": "公布",
    "EditionTookForce": "到生效日期，开始施行",
    "EditionSuperseded": "被新版取代",
    "EditionWithdrawn": "停用",
    "EditionSuspended": "暂停",
    "EditionResumed": "恢复",
    "EditionEndSet": "设定了停办日期",
}


def _told(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    data = entry.data
    said = [str(data["reason"])] if data.get("reason") else []
    if data.get("faults"):
        said.append(f"当时还有 {data['faults']} 处不合格")
    if entry.kind == "EditionPublished" and data.get("effective_on"):
        said.append(f"{data['effective_on']} 起生效")
    if data.get("ends_on"):
        said.append(f"{data['ends_on']} 起{'暂停' if data.get('as_') == State.SUSPENDED else '停用'}")
    if data.get("to"):
        said.append(f"第 {data['to']} 版")
    return {
        "title": _TOLD.get(entry.kind, entry.kind),
        "time": entry.at,
        "who": names.get(entry.actor, entry.actor),
        "detail": "；".join(said),
    }


@require_safe
@manager
def difference(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """Two editions side by side; against `?with=` (a number, or `upper`), or the one before."""
    row, item = found(region, code, edition)
    here = platform().database
    others = [one for one in catalogue.editions_of(here, region, code) if one.edition != edition]
    wanted = request.GET.get("with", "")
    chosen = next((one for one in others if str(one.edition) == wanted), None)
    above = None
    if row.upper and (wanted == "upper" or not others):
        above = catalogue.edition_row(here, row.upper.region, row.upper.code, row.upper.edition)
    chosen = above or chosen or next((one for one in others if one.edition < edition), None)
    other = catalogue.edition(here, chosen.region, chosen.code, chosen.edition) if chosen else None
    tabs = [
        {"text": f"与第 {one.edition} 版", "href": f"?with={one.edition}", "current": chosen == one} for one in others
    ]
    if row.upper:
        tabs.append({"text": "与上级", "href": "?with=upper", "current": above is not None})
    context = {
        "row": row,
        "tabs": tabs,
        "chosen": chosen,
        "titles": (_title(chosen, above=above is not None) if chosen else "", _title(row, above=False)),
        "changes": diff(other, item) if other else (),
        "back": address_of(row),
    }
    return render(request, "manager/diff.html", context)


def _title(row: EditionRow, *, above: bool) -> str:
    return f"{row.organ_name}第 {row.edition} 版" if above else f"第 {row.edition} 版"


@require_POST
@manager
def publish(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """Publishes a draft; refused to whoever prepared it, and while a gate fails."""
    try:
        row = publishing.publish(platform(), standing_of(request), region, code, edition)
    except Refused as error:
        return edition_page(request, region, code, edition, error)
    if row.state is State.SCHEDULED:
        messages.success(request, f"已公布，{row.effective_on.isoformat()} 起自动施行；在那之前仍按现行版办理。")
    else:
        messages.success(request, "已公布。新的申请按这一版办理，已经提交的办件仍按原来的版本办理。")
    return _to(region, code, edition)


@require_POST
@manager
def withdraw(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """停用 or 暂停, today or from a day on: nobody may apply under the edition then; of a draft: it is thrown away."""
    as_ = State.SUSPENDED if request.POST.get("as") == State.SUSPENDED else State.WITHDRAWN
    reason = request.POST.get("reason", "")[:2000].replace("\x00", "")
    try:
        on = _day(request.POST.get("on", ""))
        row = publishing.withdraw(platform(), standing_of(request), region, code, edition, reason, on=on, as_=as_)
    except Refused as error:
        return edition_page(request, region, code, edition, error)
    word = "暂停" if as_ is State.SUSPENDED else "停用"
    if row.ends_on:
        messages.success(request, f"已设定：{row.ends_on.isoformat()} 起{word}。在那之前照常办理。")
    else:
        messages.success(request, f"已{word}。已经提交的办件仍按这一版办理。")
    return _to(region, code, edition)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            "日期不是有效的日期", rule="事项停用", remedy="请按 2026-12-01 的格式填写，马上停用的不用填", field="on"
        ) from None


@require_POST
@manager
def resume(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """恢复: people may apply under a suspended edition again."""
    reason = request.POST.get("reason", "")[:2000].replace("\x00", "")
    try:
        publishing.resume(platform(), standing_of(request), region, code, edition, reason)
    except Refused as error:
        return edition_page(request, region, code, edition, error)
    messages.success(request, "已恢复，可以按这一版申请。")
    return _to(region, code, edition)


def _to(region: str, code: str, edition: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("manage-item", args=(region, code, edition)), status=HTTPStatus.SEE_OTHER)


def found(region: str, code: str, edition: int) -> tuple[EditionRow, Item]:
    """An edition by its address; Http404 when there is none."""
    row = catalogue.edition_row(platform().database, region, code, edition)
    item = catalogue.edition(platform().database, region, code, edition) if row else None
    if row is None or item is None:
        raise Http404(code)
    return row, item


def address_of(row: EditionRow) -> str:
    """The page of an edition."""
    return reverse("manage-item", args=(row.region, row.code, row.edition))


def standing_of(request: HttpRequest) -> Standing:
    """Who asks; the door before the view has made sure that somebody does."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    return standing
