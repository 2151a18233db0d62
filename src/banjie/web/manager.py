"""事项管理: editions of items, what stands against them, what changed, and publication by two people."""

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.actions import publishing
from banjie.engine.catalogue import Item
from banjie.engine.permissions import Role
from banjie.engine.subject import Malformed, Refused
from banjie.packs.diff import diff
from banjie.records import catalogue, desks, people
from banjie.records.catalogue import STATE_NAMES, EditionRow, State
from banjie.records.people import Standing
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.wiring import platform

PAGE: Final = 50
_KINDS: Final = {State.DRAFT: "yellow", State.PUBLISHED: "green", State.SUPERSEDED: "grey", State.WITHDRAWN: "grey"}

_FROM_PACK: Final = "随系统提供的内容包"

manager = holding(Role.MANAGER)


@require_safe
@manager
def items(request: HttpRequest) -> HttpResponse:
    """Editions by state and words, the latest saved first."""
    state = request.GET.get("state", "")
    state = state if state in set(State) else ""
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    page = _page_of(request.GET.get("page", ""))
    rows = catalogue.manager_list(
        platform().database, state=state or None, words=words, most=PAGE + 1, offset=(page - 1) * PAGE
    )
    counts = catalogue.count_by_state(platform().database)

    def address(**changes: str) -> str:
        named = {"state": state, "q": words} | changes
        return "/manage/?" + urlencode({name: value for name, value in named.items() if value})

    return render(
        request,
        "manager/items.html",
        {
            "views": [
                {"text": "全部", "href": address(state=""), "current": not state, "count": sum(counts.values())},
                *(
                    {"text": STATE_NAMES[one], "href": address(state=one.value), "current": state == one, "count": many}
                    for one, many in counts.items()
                ),
            ],
            "rows": [_row(row) for row in rows[:PAGE]],
            "words": words,
            "state": state,
            "previous": address(page=str(page - 1)) if page > 1 else "",
            "following": address(page=str(page + 1)) if len(rows) > PAGE else "",
        },
    )


def _page_of(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) <= 5 else 1


def _row(row: EditionRow) -> dict[str, Any]:
    if row.state is State.DRAFT:
        gate = (
            {"text": f"{len(row.gates)} 处不合格", "tag": "red"} if row.gates else {"text": "可以公布", "tag": "green"}
        )
    else:
        gate = {"text": "—"}
    return {
        "key": f"{row.region}-{row.code}-{row.edition}",
        "cells": [
            {"text": row.name, "href": _address(row), "note": f"{row.code} 第 {row.edition} 版", "code": True},
            row.organ_name,
            {"text": STATE_NAMES[row.state], "tag": _KINDS[row.state]},
            gate,
        ],
    }


@require_safe
@manager
def edition(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """One edition: what it says, what stands against it and how to mend that, and its history."""
    return _edition_page(request, region, code, edition)


def _edition_page(
    request: HttpRequest, region: str, code: str, edition: int, error: Refused | None = None
) -> HttpResponse:
    row, item = _found(region, code, edition)
    others = catalogue.editions_of(platform().database, region, code)
    before = next((one for one in others if one.edition < edition and one.state is not State.DRAFT), None)
    names = people.names_of(platform().database, {row.prepared_by, row.published_by} - {""})
    standing = _standing(request)
    context = {
        "row": row,
        "item": item,
        "offices": desks.organ_names(platform().database, {step.office for step in item.workflow.steps if step.office}),
        "state": (STATE_NAMES[row.state], _KINDS[row.state]),
        "faults": row.gates if row.state is State.DRAFT else (),
        "others": [(one, STATE_NAMES[one.state], _KINDS[one.state], _address(one)) for one in others],
        "before": before,
        "diff_href": reverse("manage-diff", args=(region, code, edition)),
        "draft_href": reverse("manage-draft", args=(region, code, edition)),
        "publish_href": reverse("manage-publish", args=(region, code, edition)),
        "withdraw_href": reverse("manage-withdraw", args=(region, code, edition)),
        "may_withdraw": row.state in (State.DRAFT, State.PUBLISHED),
        "reason": request.POST.get("reason", ""),
        "prepared_by": names.get(row.prepared_by, _FROM_PACK),
        "published_by": names.get(row.published_by, _FROM_PACK) if row.published_by else "",
        "own": row.prepared_by == standing.actor.account,
        "may_publish": row.state is State.DRAFT,
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "manager/edition.html", context, status=status, errors=error is not None)


@require_safe
@manager
def difference(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """Two editions side by side; against `?with=`, or the one before."""
    row, item = _found(region, code, edition)
    others = [one for one in catalogue.editions_of(platform().database, region, code) if one.edition != edition]
    wanted = request.GET.get("with", "")
    chosen = next((one for one in others if str(one.edition) == wanted), None) or next(
        (one for one in others if one.edition < edition), None
    )
    other = catalogue.edition(platform().database, region, code, chosen.edition) if chosen else None
    context = {
        "row": row,
        "others": others,
        "chosen": chosen,
        "changes": diff(other, item) if other else (),
        "back": _address(row),
    }
    return render(request, "manager/diff.html", context)


@require_POST
@manager
def publish(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """Publishes a draft; refused to whoever prepared it, and while a gate fails."""
    try:
        publishing.publish(platform(), _standing(request), region, code, edition)
    except Refused as error:
        return _edition_page(request, region, code, edition, error)
    messages.success(request, "已公布。新的申请按这一版办理，已经提交的办件仍按原来的版本办理。")
    return HttpResponseRedirect(reverse("manage-item", args=(region, code, edition)), status=HTTPStatus.SEE_OTHER)


@require_POST
@manager
def withdraw(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """停用: nobody may apply under the edition any more; of a draft: it is thrown away."""
    try:
        publishing.withdraw(platform(), _standing(request), region, code, edition, request.POST.get("reason", ""))
    except Refused as error:
        return _edition_page(request, region, code, edition, error)
    messages.success(request, "已停用。已经提交的办件仍按这一版办理。")
    return HttpResponseRedirect(reverse("manage-item", args=(region, code, edition)), status=HTTPStatus.SEE_OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def draft(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """起草新版: a new edition from this one, with what changes most often; another manager publishes it."""
    row, item = _found(region, code, edition)
    if request.method != "POST":
        return _draft_page(request, row, _typed(item), None)
    typed = {name: request.POST.get(name, "").strip() for name in _typed(item)}
    try:
        proposed = _changed(item, typed)
        kept = publishing.propose(platform(), _standing(request), proposed)
    except (Refused, Malformed) as error:
        return _draft_page(request, row, typed, error)
    messages.success(request, "新版已起草。请另一名事项管理人员核对后公布。")
    address = reverse("manage-item", args=(region, code, kept.edition))
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _draft_page(
    request: HttpRequest, row: EditionRow, typed: dict[str, str], error: Refused | Malformed | None
) -> HttpResponse:
    errors = []
    if error is not None:
        field = error.field if error.field in typed else ""
        words = error.reason + (f"。{error.remedy}" if error.remedy else "")
        errors.append({"field": field, "message": words})
    context = {"row": row, "typed": typed, "errors": errors, "back": _address(row)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "manager/draft.html", context, status=status, errors=error is not None)


def _typed(item: Item) -> dict[str, str]:
    """What the drafting page asks for, as it stands in an edition."""
    return {
        "promised": str(item.promised.number),
        "popular_names": "、".join(item.popular_names),
        "consult_phone": item.consult_phone,
        "complain_phone": item.complain_phone,
        "effective_on": "",
    }


def _changed(item: Item, typed: dict[str, str]) -> Item:
    """The item with what was typed. Raises `Malformed` naming the control."""
    promised = typed["promised"]
    if not promised.isdecimal() or len(promised) > 3:
        raise Malformed("promised", "承诺办结时限应为整数", "请填写 0 至 999，0 表示即办")
    try:
        effective_on = date.fromisoformat(typed["effective_on"])
    except ValueError:
        raise Malformed("effective_on", "生效日期不是有效的日期", "请按 2026-12-01 的格式填写") from None
    for name in ("consult_phone", "complain_phone", "popular_names"):
        if not typed[name].isprintable() or len(typed[name]) > 200:
            raise Malformed(name, "内容太长或含有看不见的字符", "请控制在 200 字以内，不要从其他文件整段粘贴")
    return replace(
        item,
        promised=replace(item.promised, number=int(promised)),
        popular_names=tuple(name.strip() for name in typed["popular_names"].split("、") if name.strip()),
        consult_phone=typed["consult_phone"],
        complain_phone=typed["complain_phone"],
        effective_on=effective_on,
    )


def _found(region: str, code: str, edition: int) -> tuple[EditionRow, Item]:
    row = catalogue.edition_row(platform().database, region, code, edition)
    item = catalogue.edition(platform().database, region, code, edition) if row else None
    if row is None or item is None:
        raise Http404(code)
    return row, item


def _address(row: EditionRow) -> str:
    return reverse("manage-item", args=(row.region, row.code, row.edition))


def _standing(request: HttpRequest) -> Standing:
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    return standing
