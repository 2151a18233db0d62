"""数据异议 at the desk: what people hold against this office's register, with both values, and the office's answer."""

import uuid
from typing import Any

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions.contesting import settle
from banjie.engine.sharing_contests import STATUS_NAMES, Contest, ContestStatus
from banjie.engine.subject import Refused
from banjie.records import people, sharing
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.records.sharing import ContestRow
from banjie.web import time_words, troubles
from banjie.web.context import render
from banjie.web.identity import official, visitor
from banjie.web.paper_answers import paper_answer
from banjie.wiring import platform

MEDIA = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


@require_http_methods(["GET", "HEAD", "POST"])
@official
def contests(request: HttpRequest) -> HttpResponse:
    """What this office has to look into, the nearest day first, and what it has answered."""
    standing = _standing(request)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            upheld = {"upheld": True, "dismissed": False}.get(request.POST.get("answer", ""))
            if upheld is None:
                raise Refused("没有选择核查的结果", rule="数据异议", remedy="请选择成立或不成立", field="answer")
            region, subject = request.POST.get("region", ""), request.POST.get("contest", "")
            settle(platform(), standing, region, _subject(subject), upheld=upheld, words=request.POST.get("words", ""))
        except Refused as refused:
            refusal = refused
        else:
            banners.success(request, "已答复，办事人会收到消息。")
            return HttpResponseRedirect(reverse("office-contests"), status=303)
    found = sharing.contests_of_organs(platform().database, standing.eyes, sorted(standing.actor.offices))
    names = people.names_of(platform().database, {row.contest.settled_by for row in found if row.contest.settled_by})
    context = {
        "open": [_line(row, names) for row in found if row.contest.status is ContestStatus.OPEN],
        "settled": [_line(row, names) for row in found if row.contest.status is not ContestStatus.OPEN],
        "refused": request.POST.get("contest", "") if refusal else "",
        "errors": [{"field": refusal.field or "", "message": f"{refusal.reason}。{refusal.remedy}"}] if refusal else [],
        "words": request.POST.get("words", "") if refusal else "",
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "officer/contests.html", context, status=status, errors=refusal is not None)


def _line(row: ContestRow, names: dict[str, str]) -> dict[str, Any]:
    one = row.contest
    today = platform().today()
    return {
        "id": row.id,
        "region": row.region,
        "one": one,
        "status": STATUS_NAMES[one.status],
        "left": time_words.of_day(platform().laws.calendar(row.region), one.due_on, today),
        "who": names.get(one.settled_by, ""),
        "paper": paper_address(row),
    }


def of_case(standing: Standing, found: Found) -> list[dict[str, Any]]:
    """The values that are contested in a case, for its desk: what is held, and what the applicant says."""
    rows = sharing.contests_of_case(platform().database, standing.eyes, found.region, found.id)
    return [
        {"one": row.contest, "status": STATUS_NAMES[row.contest.status], "paper": paper_address(row)} for row in rows
    ]


def paper_address(row: ContestRow) -> str:
    """Where the paper of a contest is read; "" when there is none."""
    return reverse("contest-paper", args=(row.region, row.id)) if row.contest.paper else ""


@require_safe
@official
def paper(request: HttpRequest, region: str, contest: uuid.UUID) -> HttpResponse:
    """The paper that was handed in with a contest, for the office that looks into it and the desk of the case."""
    row = sharing.find_contest(platform().database, _standing(request).eyes, region, str(contest))
    if row is None or not row.contest.paper:
        raise Http404("没有这份证明材料")
    return paper_answer(platform(), row.contest.paper, _media_type(row.contest), row.contest.paper_name)


def _media_type(one: Contest) -> str:
    return MEDIA.get(one.paper_name.rpartition(".")[2].lower(), "application/octet-stream")


def _subject(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Http404("没有这项异议") from None


def _standing(request: HttpRequest) -> Standing:
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    return standing
