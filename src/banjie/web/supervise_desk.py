"""督查与提醒 at the desk: the cards of one's office, the orders it has to answer, the causes it has to give."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions import delays, supervision, watching
from banjie.engine.cards import CardStatus
from banjie.engine.supervision import OWED
from banjie.records import grades, incidents, staff_notices
from banjie.records import supervision as kept
from banjie.records import watching as cards
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import official
from banjie.web.supervise_causes import CAUSES, cause_of, delay_line
from banjie.web.supervise_frame import errors_of, given, standing_of, subject_of, tried
from banjie.web.supervise_grades import grade_of
from banjie.web.supervise_orders import order_context, order_row
from banjie.web.supervise_watch import card_line
from banjie.wiring import platform


@require_http_methods(["GET", "HEAD", "POST"])
@official
def desk(request: HttpRequest) -> HttpResponse:
    """Everything the office owes to whoever watches, and what the platform has told this official."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        act = given(request, "act", 20)
        refusal = tried(request, lambda: _act(request, act), _DONE.get(act, "已办理。"))
        if refusal is None:
            return HttpResponseRedirect(reverse("office-watch"), status=303)
    database, offices = platform().database, sorted(standing.actor.offices)
    shown = cards.cards_of_offices(database, standing.eyes, offices, account=standing.actor.account)
    context = {
        "cards": [
            card_line(row) | {"may_appeal": row.card.status is CardStatus.OPEN and not row.card.appeal_open}
            for row in shown
        ],
        "orders": [
            order_row(row, reverse("office-order", args=(row.region, row.id)))
            for row in kept.orders_owed(database, standing.eyes, offices)
        ],
        "causes": [delay_line(row) for row in kept.causes_owed(database, standing.eyes, offices)],
        "options": CAUSES,
        "incidents": incidents.going_on(database, standing.eyes, platform().region),
        "notices": staff_notices.of_account(database, standing.eyes),
        "grades": [grade_of(one) for one in grades.own(database, standing.eyes)],
        "refused": (given(request, "delay", 40) or given(request, "card", 40)) if refusal else "",
        "chosen": given(request, "cause", 4),
        "words": given(request, "words") if refusal else "",
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/desk.html", context, status=status, errors=refusal is not None)


_DONE = {"appeal": "申诉已提交，督查裁定后会提醒您。", "cause": "原因已提交，等督查确认。", "read": "都看过了。"}


def _act(request: HttpRequest, act: str) -> None:
    standing, region, words = standing_of(request), given(request, "region", 12), given(request, "words")
    if act == "appeal":
        watching.appeal(platform(), standing, region, subject_of(given(request, "card", 40)), words)
    elif act == "cause":
        cause = cause_of(given(request, "cause", 4))
        delays.give_cause(platform(), standing, region, subject_of(given(request, "delay", 40)), cause, words)
    else:
        staff_notices.mark_read(platform().database, standing.eyes, platform().now())


@require_http_methods(["GET", "HEAD", "POST"])
@official
def order(request: HttpRequest, region: str, order: uuid.UUID) -> HttpResponse:
    """One order, and the office's answer to it."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        refusal = tried(
            request,
            lambda: supervision.reply(platform(), standing, region, str(order), given(request, "words")),
            "已答复，督查会收到提醒。",
        )
        if refusal is None:
            return HttpResponseRedirect(reverse("office-order", args=(region, order)), status=303)
    row = kept.find_order(platform().database, standing.eyes, region, str(order))
    if row is None:
        raise Http404("没有这份督办单，或者不是发给本单位的")
    context = order_context(standing, row) | {
        "may_reply": row.order.status in OWED,
        "errors": errors_of(refusal),
        "words": given(request, "words") if refusal else "",
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/desk_order.html", context, status=status, errors=refusal is not None)
