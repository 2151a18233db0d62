"""A case on an official's desk: everything there is to read, and everything that can be done to it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import handling, papers
from banjie.actions.certify import act_on_certificate
from banjie.actions.paper_receiving import content_of
from banjie.actions.perform import perform
from banjie.engine.cases import PATHS, Law, Stage
from banjie.engine.cases.second_thoughts import may_take_back
from banjie.engine.subject import Malformed, Refused
from banjie.records import cases, certificates, documents
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.looks import Looked
from banjie.records.people import Standing
from banjie.web import (
    desk_acts,
    desk_case,
    desk_certificates,
    desk_contests,
    desk_documents,
    desk_files,
    desk_looks,
    desk_papers,
    troubles,
    worklist_filter,
    worklist_lines,
    worklist_open,
    worklist_opinions,
)
from banjie.web.context import render
from banjie.web.desk_case import address_of, law_of, moments
from banjie.web.identity import Visitor, official, visitor
from banjie.web.middleware import may_be_framed, may_frame
from banjie.wiring import platform


@require_safe
@official
def case(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """办件: facts, papers beside the points of review, clocks, what happened, and the acts possible now."""
    who = visitor(request)
    found = _found(who, region, number)
    typed: QueryDict = request.GET if "way" in request.GET else QueryDict()
    if request.GET.get("from") == "checklist":
        typed = desk_files.correction_from(_standing(who), found, law_of(found))
    return _case_page(request, who, found, opened=request.GET.get("act", ""), typed=typed)


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
    address = worklist_filter.back_to(request.POST, address_of(region, number))
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
    certificate: str = "",
) -> HttpResponse:
    """`opened` names the act whose form is open, `certificate` ("id:act") that of a certificate's act."""
    today, law, standing = platform().today(), law_of(found), _standing(who)
    address = address_of(found.region, found.number)
    desk_looks.noted(standing, found, law, Looked.CASE)
    offers = desk_acts.offers(found.case, standing.actor, law)
    handles = handling.handles(found.case, standing.actor, law)
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
        "changeable": found.case.stage is Stage.SUBMITTED and may_take_back(found.case, platform().now()),
        "steps": [law.item.workflow.step(key) for key in found.case.active],
        "applicant": desk_case.applicant(found.case, clear=handles),
        "answers": desk_case.answers(found.case, law),
        "sections": desk_case.sections(found.case, law, clear=handles),
        "materials": lines,
        **desk_papers.marks(standing, found, lines),
        "decided_by": desk_case.decided_by(found.case, law),
        "fees": desk_case.fees(found.case, law),
        "endorsed": desk_case.endorsed(found.case, law),
        "first_paper": desk_case.first_inline(lines),
        "documents": _documents(who, found),
        "certificates": desk_certificates.lines(standing, found, today),
        "contests": desk_contests.of_case(standing, found) if handles else [],
        "opened_certificate": certificate,
        **desk_files.beside(standing, found, law),
        "moments": moments(standing, found, law, today, clear=handles),
        "offers": offers,
        "hands": worklist_lines.hands(standing, found, law),
        "others": worklist_open.note(standing, found),
        "back": worklist_filter.back_to(request.POST or request.GET, ""),
        "unsent": worklist_open.unsent(typed) if error is not None and opened_offer is None else None,
        "opened": opened_offer,
        "form": (
            _form(standing, found, law, opened_offer) | _delivery(standing, found, opened_offer, typed)
            if opened_offer
            else {}
        ),
        "typed": typed,
        "key": desk_acts.key_of(typed) if typed else desk_acts.fresh_key(),
        "errors": _errors(error, typed),
        "error": error,
    }
    status = HTTPStatus.OK
    if error is not None:
        status = troubles.status_of(error) if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY
    response = render(request, "officer/case.html", context, status=status, errors=error is not None)
    may_frame(response)
    return response


def _form(standing: Standing, found: Found, law: Law, offer: desk_acts.Offer) -> dict[str, Any]:
    """What the form of an act offers to choose from."""
    case_, item = found.case, law.item
    deciding = next((item.workflow.step(key) for key in case_.active), None)
    step = item.workflow.step(offer.step) if offer.step else deciding
    return {
        "step": step,
        "outcomes": desk_acts.outcomes(law, offer.step),
        "opinions": worklist_opinions.of_step(standing, step.kind if step else None),
        "standard": step.standard if step else "",
        "back_to": [(key, item.workflow.step(key).name) for key in case_.done],
        "errors": desk_acts.ERRORS,
        "special": item.special,
        "liftable": handling.liftable(case_, law),
        "open_points": desk_acts.open_points(case_, law),
        "against": desk_acts.against(case_, law),
        "tolerable": handling.tolerable(case_, law),
        "asked_before": case_.corrections[0].asks if case_.corrections else (),
        "fields": desk_case.form_fields(case_, law),
        "correction_days": item.correction_days,
        "extension_days": item.extension_days,
        "names": dict(desk_case.form_fields(case_, law)) | {material.key: material.name for material in item.materials},
    }


def _delivery(standing: Standing, found: Found, offer: desk_acts.Offer, typed: QueryDict) -> dict[str, Any]:
    if offer.path != "deliver":
        return {}
    return {"delivery": desk_documents.delivery_form(standing, found, typed.get("way", "electronic"))}


def _errors(error: Refused | Malformed | None, typed: QueryDict) -> list[dict[str, str]]:
    if error is None:
        return []
    words = error.reason + (f"。{error.remedy}" if error.remedy else "")
    return [{"field": desk_acts.field_of(error.field, typed), "message": words}]


def _documents(who: Visitor, found: Found) -> list[dict[str, Any]]:
    rows = documents.of_case(platform().database, _standing(who).eyes, found.region, found.id)
    return [
        {
            "name": row.name,
            "number": row.number,
            "issued_at": row.issued_at,
            "href": reverse("case-document", args=(found.region, found.number, row.id)),
            "trouble": row.trouble,
            "again": reverse("case-document-again", args=(found.region, found.number, row.id)),
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
    if known is None or not handling.handles(found.case, _standing(who).actor, law_of(found)):
        raise Http404(sha256)
    try:
        content = content_of(platform(), sha256)
    except KeyError:
        raise Http404(sha256) from None
    desk_looks.noted(_standing(who), found, law_of(found), Looked.PAPER)
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
    try:
        content = papers.document_pdf(platform(), _standing(who), region, str(document))
    except papers.NotReady as error:
        return troubles.not_ready(request, error)
    except KeyError:
        raise Http404(document) from None
    desk_looks.noted(_standing(who), found, law_of(found), Looked.DOCUMENT)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    may_be_framed(response)
    return response


@require_POST
@official
def document_again(request: HttpRequest, region: str, number: str, document: UUID) -> HttpResponse:
    """Has a document made again that could not be made, once what stood in the way is mended."""
    who = visitor(request)
    found = _found(who, region, number)
    known = documents.of_case(platform().database, _standing(who).eyes, region, found.id)
    if str(document) not in {row.id for row in known}:
        raise Http404(document)
    papers.make_document_again(platform(), _standing(who), region, str(document))
    return _made_again(request, found)


def _made_again(request: HttpRequest, found: Found) -> HttpResponse:
    messages.success(request, "已安排重新制作，一般不到一分钟。还是做不成的，这里会再次说明原因。")
    return HttpResponseRedirect(address_of(found.region, found.number), status=HTTPStatus.SEE_OTHER)


# --- the certificates of a case ---


@require_POST
@official
def certificate_act(request: HttpRequest, region: str, certificate: UUID, act: str) -> HttpResponse:
    """Suspends, resumes, extends, cancels or revokes a certificate; or says why not, with everything typed kept."""
    who = visitor(request)
    row, found = _certificate(who, region, certificate)
    try:
        command = desk_certificates.read(act, request.POST)
        act_on_certificate(
            platform(), command, actor=_standing(who), region=region, certificate_id=row.id, case_id=row.case_id
        )
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _case_page(
            request, who, found, opened="", typed=request.POST, error=error, certificate=f"{row.id}:{act}"
        )
    messages.success(request, desk_certificates.done_words(act))
    return HttpResponseRedirect(f"{address_of(found.region, found.number)}#certificates", status=HTTPStatus.SEE_OTHER)


@require_POST
@official
def certificate_again(request: HttpRequest, region: str, certificate: UUID) -> HttpResponse:
    """Has a certificate made again that could not be made."""
    who = visitor(request)
    row, found = _certificate(who, region, certificate)
    papers.make_certificate_again(platform(), _standing(who), region, row.id)
    return _made_again(request, found)


def _certificate(who: Visitor, region: str, certificate: UUID) -> tuple[CertificateRow, Found]:
    """A certificate this official may see, and the case it came from."""
    row = certificates.find(platform().database, _standing(who).eyes, region, str(certificate))
    found = (
        cases.find_by_id(platform().database, _standing(who).eyes, region, row.case_id) if row and row.case_id else None
    )
    if row is None or found is None:
        raise Http404(certificate)
    return row, found


def _standing(who: Visitor) -> Standing:
    """The visitor's standing; the door has made sure that there is one."""
    assert who.standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return who.standing


def _found(who: Visitor, region: str, number: str) -> Found:
    found = cases.find(platform().database, _standing(who).eyes, region, number)
    if found is None:
        raise Http404(number)
    return found
