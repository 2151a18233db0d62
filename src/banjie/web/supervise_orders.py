"""督办: orders are written here, their answers accepted or sent back."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions import supervision as acts
from banjie.engine import supervision as law
from banjie.engine.codec import decode
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.engine.supervision import ALARM_NAMES, STATUS_NAMES, Alarm, OrderStatus
from banjie.engine.watching import CALLEE_NAMES
from banjie.records import cases, journal, people, supervision
from banjie.records.people import Standing
from banjie.records.supervision import OrderRow
from banjie.web import desk_acts, time_words, troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import errors_of, given, regions_of, standing_of, tried
from banjie.web.time_words import Words
from banjie.wiring import platform


@require_safe
@holding(Role.SUPERVISOR, Role.LEADER)
def orders(request: HttpRequest) -> HttpResponse:
    """The orders of the supervisor's regions, those that wait for somebody first."""
    standing = standing_of(request)
    rows = supervision.orders_of_regions(platform().database, standing.eyes, regions_of(standing))
    lines = [order_row(row, reverse("supervise-order", args=(row.region, row.id))) for row in rows]
    return render(request, "supervisor/orders.html", {"rows": lines})


def order_row(row: OrderRow, href: str) -> dict[str, Any]:
    """An order as a line of a worklist."""
    one = row.order
    assert one.about is not None  # noqa: S101 — its first event says it.
    left = left_of(row)
    return {
        "key": row.id,
        "cells": [
            {"text": one.serial, "href": href, "note": f"{one.about.item_name} {one.about.number}"},
            one.about.office_name or one.about.organ_name,
            {"text": STATUS_NAMES[one.status], "tag": "grey" if one.status is OrderStatus.CLOSED else "blue"},
            {"text": left.text, "tag": left.kind},
        ],
    }


def left_of(row: OrderRow) -> Words:
    """How much time is left for the answer."""
    if row.order.status not in law.OWED:
        return Words("曾经逾期" if row.order.was_late else "没有逾期", "yellow" if row.order.was_late else "green")
    return time_words.of_day(platform().laws.calendar(row.region), row.order.reply_by, platform().today())


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR)
def new(request: HttpRequest) -> HttpResponse:
    """A new order on a case that is named by its number."""
    standing, refusal = standing_of(request), None
    asked = request.POST if request.method == "POST" else request.GET
    number = asked.get("number", "")[:40].strip().replace("\x00", "")
    alarm = asked.get("alarm", Alarm.OVERDUE.value)
    if request.method == "POST":
        try:
            if alarm not in {one.value for one in Alarm}:
                raise Refused("没有选择督办的缘由", rule=law.RULE, remedy="请选择一项", field="alarm")
            order = acts.issue(
                platform(),
                standing,
                number[:6],
                number,
                alarm=Alarm(alarm),
                content=given(request, "content"),
                rule=given(request, "rule", 100),
                key=given(request, "key", 100),
            )
        except Refused as refused:
            refusal = refused
        else:
            return HttpResponseRedirect(reverse("supervise-order", args=(number[:6], order)), status=303)
    found = cases.find(platform().database, standing.eyes, number[:6], number) if number else None
    context = {
        "number": number,
        "found": found,
        "alarm": alarm,
        "alarms": [{"value": one.value, "text": ALARM_NAMES[one]} for one in Alarm],
        "content": given(request, "content"),
        "rule": asked.get("rule", "")[:100],
        "key": given(request, "key", 100) or desk_acts.fresh_key(),
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/order_new.html", context, status=status, errors=refusal is not None)


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR, Role.LEADER)
def order(request: HttpRequest, region: str, order: uuid.UUID) -> HttpResponse:
    """One order with its history; its answer is accepted or sent back here."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        words, accepts = given(request, "words"), given(request, "answer") == "accept"
        send = acts.accept if accepts else acts.send_back
        refusal = tried(
            request,
            lambda: send(platform(), standing, region, str(order), words),
            "督办单已办结。" if accepts else "已退回，承办单位会收到提醒。",
        )
        if refusal is None:
            return HttpResponseRedirect(reverse("supervise-order", args=(region, order)), status=303)
    row = supervision.find_order(platform().database, standing.eyes, region, str(order))
    if row is None:
        raise Http404("没有这份督办单，或者不在您的督查范围")
    context = order_context(standing, row) | {
        "may_answer": row.order.status is OrderStatus.REPLIED,
        "errors": errors_of(refusal),
        "words": given(request, "words") if refusal else "",
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/order.html", context, status=status, errors=refusal is not None)


def order_context(standing: Standing, row: OrderRow) -> dict[str, Any]:
    """What the page of an order shows, for whoever watches and for the office that owes the answer."""
    return {
        "id": row.id,
        "region": row.region,
        "one": row.order,
        "about": row.order.about,
        "alarm": ALARM_NAMES[row.order.alarm],
        "status": STATUS_NAMES[row.order.status],
        "left": left_of(row),
        "history": _history(standing, row),
    }


def _history(standing: Standing, row: OrderRow) -> list[dict[str, Any]]:
    entries = journal.history(platform().database, standing.eyes, row.region, row.id)
    names = people.names_of(platform().database, {one.actor for one in entries})
    moments = []
    for entry in entries:
        event, title, detail = decode(law.KINDS[entry.kind], entry.data), "", ""
        match event:
            case law.OrderIssued():
                title, detail = f"发出督办，{event.reply_by.isoformat()} 前答复", event.content
            case law.OrderReplied():
                title, detail = "承办单位答复（逾期）" if event.late else "承办单位答复", event.words
            case law.ReplyReturned():
                title, detail = f"退回答复，{event.reply_by.isoformat()} 前重新答复", event.reason
            case law.OrderClosed():
                title, detail = "督查认可，办结", event.result
            case law.Escalated():
                title, detail = f"逾期未答复，提醒{CALLEE_NAMES[event.callee]}", f"收到提醒 {len(event.told)} 人"
        late = isinstance(event, law.Escalated) or (isinstance(event, law.OrderReplied) and event.late)
        moments.append(
            {
                "title": title,
                "time": entry.at,
                "who": "" if entry.actor == "system" else names.get(entry.actor, ""),
                "detail": detail,
                "state": "trouble" if late else "done",
            }
        )
    return moments
