"""The officials' desk: the worklist, and a case with everything that can be done to it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import papers
from banjie.actions.perform import perform
from banjie.actions.progress import timeline
from banjie.engine.cases import PATHS, Law
from banjie.engine.cases.documents import NAMES as DOCUMENT_NAMES
from banjie.engine.subject import Malformed, Refused
from banjie.records import cases, desks, documents, journal
from banjie.records.cases import Found, Task
from banjie.web import desk_acts, desk_case, time_words, troubles
from banjie.web.context import render
from banjie.web.identity import Visitor, official, visitor
from banjie.web.middleware import may_be_framed, may_frame
from banjie.web.time_words import Words
from banjie.wiring import platform

PAGE: Final = 50
_LAST_ID: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_AFTER: Final = re.compile(r"(\d{4}-\d{2}-\d{2})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


# --- the worklist ---


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
    lines = _lines(who, shown, offices, roles, today)
    more, lines = len(lines) > PAGE, lines[:PAGE]
    opened = next((place for place, line in enumerate(lines) if line.number == shown.open), None)
    response = render(
        request,
        "officer/worklist.html",
        {
            "shown": shown,
            "counts": counts,
            "rows": [_row(line, shown, today, current=place == opened) for place, line in enumerate(lines)],
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
    return HttpResponseRedirect(_address(found.region, found.number))


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


def _row(line: Task, shown: Filter, today: date, *, current: bool) -> dict[str, Any]:
    time = _time(line, today)
    return {
        "key": line.number,
        "label": f"{line.item_name} {line.holder_name}",
        "current": current,
        "cells": [
            {"text": line.item_name, "href": shown.address(open=line.number), "note": line.number, "code": True},
            line.holder_name,
            {"text": line.step_name or line.stage, "tag": "blue"},
            {"text": time.text, "tag": time.kind},
        ],
    }


def _time(line: Task, today: date) -> Words:
    calendar = platform().laws.calendar(line.region)
    return time_words.of_day(calendar, line.due_on, today)


def _panel(who: Visitor, line: Task, today: date) -> dict[str, Any] | None:
    """The case beside the list: enough to know what comes next."""
    found = cases.find(platform().database, _standing(who).eyes, line.region, line.number)
    if found is None:
        return None
    law = _law(found)
    address = _address(found.region, found.number)
    offers = desk_acts.offers(found.case, _standing(who).actor, law)
    lines = desk_case.materials(found.case, law, address, clear=bool(offers))
    return {
        "found": found,
        "address": address,
        "time": _time(line, today),
        "stage": desk_case.stage_tag(found.case),
        "step": line.step_name,
        "applicant": desk_case.applicant(found.case, clear=bool(offers)),
        "given": sum(1 for material in lines if material.papers),
        "asked": len(lines),
        "missing": [material for material in lines if not material.papers and material.state_kind != "grey"],
        "clocks": desk_case.clocks(found.case, law, today),
        "offers": offers,
        "key": desk_acts.fresh_key(),
        "moments": _moments(who, found, law, today)[-4:],
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
                        "href": _address(one.region, one.number),
                        "note": one.number,
                        "code": True,
                    },
                    one.case.holder.name,
                    {"text": text, "tag": kind},
                    {"text": time.text, "tag": time.kind},
                ],
            }
        )
    return render(request, "officer/done.html", {"rows": rows})


# --- one case ---


@require_safe
@official
def case(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """办件: facts, papers beside the points of review, clocks, what happened, and the acts possible now."""
    who = visitor(request)
    found = _found(who, region, number)
    return _case_page(request, who, found, opened=request.GET.get("act", ""), typed=QueryDict())


@require_POST
@official
def act(request: HttpRequest, region: str, number: str, act: str) -> HttpResponse:
    """Does what the form asks for, once; says what happened, or why not with everything typed kept."""
    who = visitor(request)
    try:
        command = desk_acts.read(act, request.POST)
        done_ = perform(
            platform(), command, actor=_standing(who), region=region, number=number, key=desk_acts.key_of(request.POST)
        )
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _not_done(request, who, region, number, act, error)
    words = desk_acts.done_words(PATHS[act], done_.events)
    messages.success(request, words + ("（这一操作此前已经完成，没有重复办理。）" if done_.again else ""))
    address = _address(region, number)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _not_done(
    request: HttpRequest, who: Visitor, region: str, number: str, act: str, error: Refused | Malformed
) -> HttpResponse:
    found = cases.find(platform().database, _standing(who).eyes, region, number)
    if found is None:
        return troubles.refused(request, error) if isinstance(error, Refused) else troubles.malformed(request, error)
    step = request.POST.get("step", "")
    opened = f"{act}:{step}" if step else act
    return _case_page(request, who, found, opened=opened, typed=request.POST, error=error)


def _case_page(
    request: HttpRequest,
    who: Visitor,
    found: Found,
    *,
    opened: str,
    typed: QueryDict,
    error: Refused | Malformed | None = None,
) -> HttpResponse:
    today, law, standing = platform().today(), _law(found), _standing(who)
    address = _address(found.region, found.number)
    offers = desk_acts.offers(found.case, standing.actor, law)
    handles = bool(offers)
    lines = desk_case.materials(found.case, law, address, clear=handles)
    opened_offer = next((offer for offer in offers if offer.key == opened), None)
    context = {
        "found": found,
        "case": found.case,
        "law": law,
        "address": address,
        "handles": handles,
        "stage": desk_case.stage_tag(found.case),
        "clocks": desk_case.clocks(found.case, law, today),
        "steps": [law.item.workflow.step(key) for key in found.case.active],
        "applicant": desk_case.applicant(found.case, clear=handles),
        "answers": desk_case.answers(found.case, law),
        "sections": desk_case.sections(found.case, law, clear=handles),
        "materials": lines,
        "first_paper": desk_case.first_inline(lines),
        "documents": _documents(who, found),
        "moments": _moments(who, found, law, today),
        "offers": offers,
        "opened": opened_offer,
        "form": _form(found, law, opened_offer) if opened_offer else {},
        "typed": typed,
        "key": desk_acts.key_of(typed) if typed else desk_acts.fresh_key(),
        "errors": _errors(error, typed),
        "error": error,
        "banners": [str(message) for message in messages.get_messages(request)],
    }
    status = HTTPStatus.OK
    if error is not None:
        status = troubles.status_of(error) if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY
    response = render(request, "officer/case.html", context, status=status, errors=error is not None)
    may_frame(response)
    return response


def _form(found: Found, law: Law, offer: desk_acts.Offer) -> dict[str, Any]:
    """What the form of an act offers to choose from."""
    case_, item = found.case, law.item
    step = item.workflow.step(offer.step) if offer.step else None
    decision = next((item.workflow.step(key) for key in case_.active), None)
    kind = (step or decision).kind if step or decision else None
    return {
        "step": step,
        "outcomes": desk_acts.outcomes(law, offer.step),
        "opinions": desk_acts.OPINIONS[kind] if kind else (),
        "standard": (step or decision).standard if step or decision else "",
        "back_to": [(key, item.workflow.step(key).name) for key in case_.done],
        "special": item.special,
        "tolerable": desk_acts.tolerable(case_, law),
        "asked_before": case_.corrections[0].asks if case_.corrections else (),
        "fields": desk_case.form_fields(case_, law),
        "correction_days": item.correction_days,
        "extension_days": item.extension_days,
        "names": {key: name for key, name in desk_case.form_fields(case_, law)}
        | {material.key: material.name for material in item.materials},
    }


def _errors(error: Refused | Malformed | None, typed: QueryDict) -> list[dict[str, str]]:
    if error is None:
        return []
    words = error.reason + (f"。{error.remedy}" if error.remedy else "")
    return [{"field": desk_acts.field_of(error.field, typed), "message": words}]


def _moments(who: Visitor, found: Found, law: Law, today: date) -> list[dict[str, Any]]:
    """What happened and what comes, as events of timeline()."""
    entries = journal.history(platform().database, _standing(who).eyes, found.region, found.id)
    states = {"done": "done", "now": "current", "next": "todo"}
    return [
        {
            "title": moment.title,
            "detail": moment.text,
            "time": moment.at or "",
            "who": moment.who,
            "state": states[moment.state],
        }
        for moment in timeline(found, entries, law, today)
    ]


def _documents(who: Visitor, found: Found) -> list[dict[str, Any]]:
    rows = documents.of_case(platform().database, _standing(who).eyes, found.region, found.id)
    return [
        {
            "name": DOCUMENT_NAMES.get(row.kind, row.kind),
            "number": row.number,
            "issued_at": row.issued_at,
            "href": reverse("case-document", args=(found.region, found.number, row.id)),
            "trouble": row.trouble,
        }
        for row in rows
    ]


@require_safe
@official
def paper(request: HttpRequest, region: str, number: str, sha256: str) -> HttpResponse:
    """A paper of a case, for the frame beside the points of review; only for those who handle the case."""
    who = visitor(request)
    found = _found(who, region, number)
    known = next((one for one in found.case.papers if one.sha256 == sha256), None)
    if known is None or not desk_acts.offers(found.case, _standing(who).actor, _law(found)):
        raise Http404(sha256)
    try:
        content = platform().files.get(sha256)
    except KeyError:
        raise Http404(sha256) from None
    inline = known.media_type in desk_case.INLINE
    response = HttpResponse(content, content_type=known.media_type if inline else "application/octet-stream")
    disposition = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(known.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    may_be_framed(response)
    return response


@require_safe
@official
def document(request: HttpRequest, region: str, number: str, document: UUID) -> HttpResponse:
    """A document the organ has issued in a case, as a sealed PDF."""
    who = visitor(request)
    found = _found(who, region, number)
    known = documents.of_case(platform().database, _standing(who).eyes, region, found.id)
    if str(document) not in {row.id for row in known}:
        raise Http404(document)
    content = papers.document_pdf(platform(), _standing(who), region, str(document))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    may_be_framed(response)
    return response


def _standing(who: Visitor) -> Any:
    """The visitor's standing; the door has made sure that there is one."""
    assert who.standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return who.standing


def _found(who: Visitor, region: str, number: str) -> Found:
    found = cases.find(platform().database, _standing(who).eyes, region, number)
    if found is None:
        raise Http404(number)
    return found


def _law(found: Found) -> Law:
    return platform().laws.law(found.region, found.case.item, found.case.edition)


def _address(region: str, number: str) -> str:
    return reverse("case", args=(region, number))
