"""审前服务 on an official's desk: what waits by time left, papers beside review points, and every answer as a form."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions.precase_words import line_of, moment_words
from banjie.actions.precases import act_on_precase
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item
from banjie.engine.endorsements import SECTION, name_of, points_of
from banjie.engine.permissions import Role
from banjie.engine.precases import (
    ACTS,
    KIND_NAMES,
    OPINION,
    STATUS_NAMES,
    VERDICT_NAMES,
    Command,
    Judged,
    Precase,
    Verdict,
    missing,
    possible,
    standing,
    targets,
    unjudged,
)
from banjie.engine.precases.acts import (
    BookVisit,
    CancelVisit,
    Conclude,
    GiveOpinions,
    HandOver,
    RecordVisit,
    Reply,
    TakeUp,
)
from banjie.engine.subject import Malformed, Refused
from banjie.records import desks, precases
from banjie.records.people import Standing
from banjie.records.precases import FoundPrecase
from banjie.web import desk_looks
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key, key_of
from banjie.web.desk_case import INLINE
from banjie.web.form_groups import in_words
from banjie.web.identity import holding, official, visitor
from banjie.web.middleware import may_be_framed, may_frame
from banjie.web.precases import COLOURS, attached, errors_of, file_of, status_of, turns_of
from banjie.web.time_words import Words
from banjie.wiring import platform

PHOTO: Final = "visit"
"""The material of a photograph taken on a visit."""

REPLIES: Final = (
    "您好，按您说的情况可以办理。请在“开始填写”里回答几个问题，填好后点“请人预审”。",
    "您好，还需要了解一些情况，请补充说明：",
    "您好，这个问题要看现场才能答复，我们会和您约时间上门看。",
)
"""Sentences one begins an answer with; the item's own questions and answers come before them."""

CONCLUSIONS: Final = {
    True: "经逐条预审，材料齐全、符合要求，可以申报。",
    False: "还有需要完善的地方，请按意见修改后再请预审。",
}


# --- the list ---


@require_safe
@official
def worklist(request: HttpRequest) -> HttpResponse:
    """审前服务待办: what the office owes an answer, the least time left first; and what else goes on."""
    who = _standing(request)
    view = request.GET.get("view", "waiting")
    view = view if view in _VIEWS else "waiting"
    offices = sorted(who.actor.offices)
    found = _VIEWS[view][1](who, offices)
    now = platform().now()
    context = {
        "view": view,
        "views": [
            {"text": text, "href": f"{reverse('office-precases')}?view={key}", "current": key == view}
            for key, (text, _) in _VIEWS.items()
        ],
        "rows": [_row(one, now) for one in found],
    }
    return render(request, "precases/desk_list.html", context, nav="precases")


def _listed(
    read: Callable[..., tuple[FoundPrecase, ...]], *, own: bool = False
) -> Callable[[Standing, Sequence[str]], tuple[FoundPrecase, ...]]:
    def look(who: Standing, offices: Sequence[str]) -> tuple[FoundPrecase, ...]:
        more = {"assigned": who.actor.account} if own else {}
        return read(platform().database, who.eyes, offices, **more)

    return look


_VIEWS: dict[str, tuple[str, Callable[[Standing, Sequence[str]], tuple[FoundPrecase, ...]]]] = {
    "waiting": ("等本单位答复", _listed(precases.waiting)),
    "mine": ("由我办理", _listed(precases.waiting, own=True)),
    "open": ("进行中", _listed(precases.open_ones)),
    "over": ("已结束", _listed(precases.over)),
}


def _row(found: FoundPrecase, now: datetime) -> dict[str, Any]:
    precase = found.precase
    href = reverse("office-precase", args=(found.region, found.number))
    left = time_left(precase, now)
    return {
        "key": found.number,
        "cells": [
            {"text": found.item_name, "href": href, "note": found.number, "code": True},
            precase.holder.name,
            {"text": STATUS_NAMES[precase.status], "tag": COLOURS[precase.status], "note": KIND_NAMES[precase.kind]},
            precase.assigned_name or "还没有人接单",
            {"text": left.text, "tag": left.kind, "note": "曾超时" if precase.slow else ""},
        ],
    }


def time_left(precase: Precase, now: datetime) -> Words:
    """How long until what the office owes is due, in words: hours on the day itself, else the day."""
    owed = next(iter(precase.dues), None)
    if owed is None:
        return Words("等申请人", "grey")
    what = "意见" if owed.what == OPINION else "答复"
    due, here = owed.due.astimezone(CHINA), now.astimezone(CHINA)
    if due < here:
        return Words(f"{what}已超时", "red")
    if due.date() == here.date():
        return Words(f"今天 {due:%H:%M} 前{what}", "yellow")
    return Words(f"{due.month}月{due.day}日 {due:%H:%M} 前{what}", "green")


# --- one service ---


@require_safe
@official
def service(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """One service: papers beside the points of review, the conversation, and everything that can be done."""
    return _page(request, _found(request, region, number), opened=request.GET.get("act", ""), typed=QueryDict())


def _found(request: HttpRequest, region: str, number: str) -> FoundPrecase:
    who = _standing(request)
    found = precases.find(platform().database, who.eyes, region, number)
    if found is None or found.precase.organ not in who.actor.offices:
        raise Http404(number)
    desk_looks.service_noted(who, found)
    return found


def _page(
    request: HttpRequest,
    found: FoundPrecase,
    *,
    opened: str,
    typed: QueryDict,
    error: Refused | Malformed | None = None,
) -> HttpResponse:
    who, precase = _standing(request), found.precase
    item = platform().laws.law(found.region, precase.item, precase.edition).item
    offered = {command.__name__ for command in possible(precase, who.actor)}
    if precase.visit is None or precase.visit.met is not None:
        offered -= {"RecordVisit", "CancelVisit"}
    left = time_left(precase, platform().now())
    files = [one for one in precase.papers if one.sha256 and one.media_type in INLINE]
    context = {
        "found": found,
        "precase": precase,
        "item": item,
        "address": reverse("office-precase", args=(found.region, found.number)),
        "status": (STATUS_NAMES[precase.status], COLOURS[precase.status]),
        "kind": KIND_NAMES[precase.kind],
        "left": left,
        "dues": [(("预审意见" if one.what == OPINION else "答复"), moment_words(one.due)) for one in precase.dues],
        "blocks": blocks(precase, item),
        "unjudged": len(unjudged(precase, item)) if precase.presented else 0,
        "missing": missing(precase, item) if precase.presented else (),
        "first_paper": files[0] if files else None,
        "turns": turns_of(who, found, item, inside=True),
        "offered": offered,
        "opened": opened,
        "typed": typed,
        "replies": [*(one.answer for one in item.faq), *REPLIES],
        "conclusions": CONCLUSIONS,
        "colleagues": precases.colleagues(platform().database, precase.organ),
        "verdicts": [(verdict.value, name) for verdict, name in VERDICT_NAMES.items()],
        "errors": errors_of(error),
        "rule": error.rule if error else "",
        "key": key_of(typed) if typed else fresh_key(),
    }
    response = render(request, "precases/desk.html", context, status=status_of(error), errors=error is not None)
    may_frame(response)
    return response


def blocks(precase: Precase, item: Item) -> list[dict[str, Any]]:
    """What was shown, target by target: its papers or values, and each review point with the opinion on it."""
    known = {(one.target, one.point): one for one in standing(precase, item)}
    found = []
    for target in targets(precase, item):
        points = [
            {
                "field": f"{target}|{point}",
                "text": point,
                "line": line_of(known[target, point], item) if (target, point) in known else None,
                "by": known[target, point].name if (target, point) in known else "",
            }
            for point in points_of(item, target)
        ]
        papers = [one for one in precase.papers if one.material == target]
        found.append(
            {"name": name_of(item, target), "points": points, "papers": papers, "rows": _rows(precase, item, target)}
        )
    return found


def _rows(precase: Precase, item: Item, target: str) -> list[dict[str, object]]:
    """The values of a page of the form, as rows of summary_list()."""
    if not target.startswith(SECTION):
        return []
    section = next(one for one in item.form.sections if SECTION + one.key == target)
    return [
        {"key": field.label, "value": in_words(field, precase.data[field.key])}
        for field in section.fields
        if field.key in precase.data
    ]


@require_safe
@official
def paper(request: HttpRequest, region: str, number: str, sha256: str) -> HttpResponse:
    """A paper of the thread, for the frame beside the points of review."""
    response = file_of(_found(request, region, number), sha256)
    may_be_framed(response)
    return response


# --- doing ---


@require_POST
@official
def act(request: HttpRequest, region: str, number: str, act: str) -> HttpResponse:
    """Does what a form asks for, once; an error comes back with everything typed."""
    found = _found(request, region, number)
    who = _standing(request)
    try:
        command = _READERS[ACTS[act]](request, found)
        key = key_of(request.POST)
        done = act_on_precase(platform(), command, actor=who, region=region, number=number, key=key)
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _page(request, found, opened=act, typed=request.POST, error=error)
    words = _DONE[type(command)] + ("（这一操作此前已经完成，没有重复办理。）" if done.again else "")
    banners.success(request, words)
    address = reverse("office-precase", args=(region, number))
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _reply(request: HttpRequest, found: FoundPrecase) -> Command:
    """What was typed, else the ready-made sentence that was chosen."""
    return Reply(_text(request, "text") or _text(request, "template"))


def _opinions(request: HttpRequest, found: FoundPrecase) -> Command:
    """The points that were marked; the others too, as in order, where the official says so."""
    precase = found.precase
    item = platform().laws.law(found.region, precase.item, precase.edition).item
    judged = []
    for target in targets(precase, item):
        for point in points_of(item, target):
            field = f"{target}|{point}"
            chosen = request.POST.get(f"verdict:{field}", "")
            if chosen in set(Verdict):
                judged.append(Judged(target, point, Verdict(chosen), _text(request, f"remedy:{field}")))
            elif request.POST.get("rest") and (target, point) in unjudged(precase, item):
                judged.append(Judged(target, point, Verdict.MET))
    return GiveOpinions(tuple(judged), _text(request, "note"))


def _visit(request: HttpRequest, found: FoundPrecase) -> Command:
    parts = [_text(request, f"day-{part}") for part in ("year", "month", "day")]
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        raise Malformed("day", "日期不对", "请填写年、月、日，例如 2026 年 11 月 30 日") from None
    return BookVisit(day, _text(request, "visitors"), _text(request, "matter"))


def _recorded(request: HttpRequest, found: FoundPrecase) -> Command:
    met = request.POST.get("met", "")
    if met not in ("yes", "no"):
        raise Malformed("met", "没有选现场是否符合要求", "请选一项")
    return RecordVisit(_text(request, "findings"), met == "yes", attached(request, PHOTO))


def _concluded(request: HttpRequest, found: FoundPrecase) -> Command:
    ready = request.POST.get("ready", "")
    if ready not in ("yes", "no"):
        raise Malformed("ready", "没有选结论", "请选“可以申报”或“还需完善”")
    return Conclude(ready == "yes", _text(request, "text") or CONCLUSIONS[ready == "yes"])


_READERS: Final[dict[type[Command], Callable[[HttpRequest, FoundPrecase], Command]]] = {
    TakeUp: lambda request, found: TakeUp(),
    HandOver: lambda request, found: HandOver(_text(request, "to"), "", _text(request, "reason")),
    Reply: _reply,
    GiveOpinions: _opinions,
    BookVisit: _visit,
    CancelVisit: lambda request, found: CancelVisit(_text(request, "reason")),
    RecordVisit: _recorded,
    Conclude: _concluded,
}

_DONE: Final[dict[type[Command], str]] = {
    TakeUp: "已接单。",
    HandOver: "已转交。",
    Reply: "答复已发给申请人。",
    GiveOpinions: "预审意见已发给申请人。",
    BookVisit: "已约定，申请人会收到消息。",
    CancelVisit: "已取消，申请人会收到消息。",
    RecordVisit: "现场情况已记录，申请人会收到消息。",
    Conclude: "结论已发给申请人。",
}


# --- for those who watch ---


@require_safe
@holding(Role.SUPERVISOR, Role.HEAD, Role.DECIDER, Role.REVIEWER, Role.WINDOW)
def lifted(request: HttpRequest) -> HttpResponse:
    """审前结论被准许重新审查: what the heads of organs let be judged again, with their names and reasons."""
    who = _standing(request)
    found = precases.lifted_lately(platform().database, who.eyes)
    names = desks.organ_names(platform().database, {one.organ for one in found})
    rows = [(one, names.get(one.organ, "")) for one in found]
    return render(request, "precases/lifted.html", {"rows": rows})


def _standing(request: HttpRequest) -> Standing:
    """The visitor's standing; the door has made sure that there is one."""
    standing_ = visitor(request).standing
    assert standing_ is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return standing_
