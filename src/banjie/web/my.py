"""My cases: what I must do now, where each case stands, and every day's reason; and my certificates."""

import uuid
from dataclasses import dataclass
from datetime import date

import segno
from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.papers import NotReady, certificate_pdf, document_pdf, words_for_applicant
from banjie.actions.perform import perform
from banjie.actions.progress import Moment, MomentState, holder_now, provisionally, stage_text, timeline
from banjie.engine.cases import CLOSED, Law, Stage, possible, running
from banjie.engine.cases.acts import Withdraw
from banjie.engine.cases.documents import material_name
from banjie.engine.cases.second_thoughts import may_take_back, may_urge
from banjie.engine.cases.state import TAKEN_BACK
from banjie.engine.certificates import STATUS_NAMES, Status
from banjie.engine.form_answers import visible_fields
from banjie.engine.rules import as_facts
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.records import cases, certificates, desks, documents, journal, notices, openings, people
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.drafts import Draft
from banjie.records.journal import Entry
from banjie.records.people import Standing
from banjie.web import filling, form_groups, my_beside, time_words, troubles
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.paper_answers import disposition
from banjie.wiring import platform

COLOURS = {
    Stage.CORRECTING: "red",
    Stage.APPROVED: "green",
    Stage.DELIVERED: "green",
    Stage.DENIED: "red",
    Stage.RETURNED: "grey",
    Stage.NOT_REQUIRED: "grey",
    Stage.REJECTED_ENTRY: "grey",
    Stage.WITHDRAWN: "grey",
    Stage.TERMINATED: "grey",
    Stage.SPECIAL: "yellow",
}
# What the overview lists: a page an old telephone can still read.
MOST_WAITING = 50
MOST_LATEST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list: what it says, its colour, and what she must do, if anything."""

    found: Found
    text: str
    kind: str
    todo: str
    due: time_words.Words
    provisional: str


# --- the overview ---


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """我的办件: what waits for me first, then what is under way, drafts, and what is over."""
    standing, today = me(request), platform().today()
    database, parties = platform().database, parties_of(standing)
    # What waits for her is asked for by itself, so that newer cases never push it off the page.
    waiting = cases.waiting_for(database, standing.eyes, parties, most=MOST_WAITING)
    latest = cases.of_parties(database, standing.eyes, parties, most=MOST_LATEST)
    found = {one.id: one for one in (*waiting, *latest)}
    lines = [_line(one, today) for one in found.values()]
    names = {party.id: party.name for party in standing.parties}
    context = {
        "todo": [line for line in lines if line.todo],
        "open": [line for line in lines if not line.todo and line.found.case.stage not in CLOSED],
        "closed": [line for line in lines if not line.todo and line.found.case.stage in CLOSED],
        "drafts": [_draft(one, names) for one in filling.unsent(platform(), standing)],
        "cut_at": MOST_LATEST if len(latest) == MOST_LATEST else 0,
        "parties": standing.parties,
        "tabs": tabs("me"),
    }
    return render(request, "my/overview.html", context)


def parties_of(standing: Standing) -> list[str]:
    """The parties she may act for, by their identifiers."""
    return [party.id for party in standing.parties]


def _line(found: Found, today: date) -> Line:
    law = law_of(found)
    case = found.case
    todo = ""
    if case.stage is Stage.CORRECTING:
        todo = f"请补正 {len(case.corrections[-1].asks)} 项内容"
    elif case.open_tolerances and case.is_open:
        todo = f"请补交 {len(case.open_tolerances)} 份容缺材料"
    due = min([found.due_on, *(one.due_on for one in case.open_tolerances)], key=lambda day: day or date.max)
    words = time_words.of_day(law.calendar, due if case.is_open else None, today)
    said = provisionally(law, due) if case.is_open else ""
    return Line(found, stage_text(case, law, today), COLOURS.get(case.stage, "blue"), todo, words, said)


def _draft(draft: Draft, names: dict[str, str]) -> dict[str, object]:
    law = platform().laws.published(draft.region, draft.item)
    return {
        "draft": draft,
        "name": law.item.heading if law else "这个事项已经停止受理",
        "holder": names.get(draft.holder, "授权已经结束的申请人"),
    }


def tabs(current: str) -> list[dict[str, object]]:
    """The pages of her own space."""
    pages = [
        ("me", "我的办件"),
        ("my-precases", "审前服务"),
        ("my-certificates", "我的证照"),
        ("my-papers", "我的材料库"),
        ("my-mandates", "我的授权"),
        ("my-messages", "消息"),
        ("my-data", "谁看过我的数据"),
    ]
    return [{"text": text, "href": reverse(name), "current": name == current} for name, text in pages]


def law_of(found: Found) -> Law:
    """The law under which a case was filed."""
    return platform().laws.law(found.region, found.case.item, found.case.edition)


def mine(request: HttpRequest, region: str, number: str) -> Found:
    """A case of one of my parties. Raises Http404 for others' cases exactly as for missing ones."""
    standing = me(request)
    found = cases.find(platform().database, standing.eyes, region, number)
    if found is None or found.case.holder.id not in standing.actor.parties:
        raise Http404("没有找到这个办件")
    return found


# --- one case ---


@require_GET
@signed_in
def case(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """办件详情: what I must do now on top; then the way like a parcel's, the days, the documents, what I wrote."""
    standing, today = me(request), platform().today()
    found = mine(request, region, number)
    law = law_of(found)
    entries = journal.history(platform().database, standing.eyes, region, found.id)
    correction = found.case.corrections[-1] if found.case.stage is Stage.CORRECTING else None
    offered = {command.__name__ for command in possible(found.case, standing.actor, law)}
    context = {
        "found": found,
        "case": found.case,
        "item": law.item,
        "text": stage_text(found.case, law, today),
        "kind": COLOURS.get(found.case.stage, "blue"),
        "correction": correction,
        "correction_provisional": provisionally(law, correction.due_on) if correction else "",
        "tolerances": _tolerances(found, law, today),
        "days": _days(found, law, today),
        "events": [event_of(moment) for moment in timeline(found, entries, law, today, _names(entries))],
        "documents": _documents(standing, found),
        "certificates": [
            _certificate(row) for row in certificates.of_case(platform().database, standing.eyes, region, found.id)
        ],
        "answers": _written(found, law),
        "papers": [(material_name(law, paper.material), paper) for paper in found.case.papers],
        "may_withdraw": "Withdraw" in offered and not found.case.withdrawal_reason,
        "may_change": "TakeBack" in offered and may_take_back(found.case, platform().now()),
        "taken_back": found.case.closing_reason == TAKEN_BACK,
        "may_urge": "Urge" in offered,
        "may_urge_now": may_urge(found.case, law, today),
        "now_with": holder_now(found.case, law, _offices(law)),
        "muted": notices.is_muted(platform().database, standing.eyes, region, found.id),
        **my_beside.beside(standing, found),
        "key": key_of(request),
        "denied": found.case.stage is Stage.DENIED,
    }
    return render(request, "my/case.html", context, nav="me")


def _offices(law: Law) -> dict[str, str]:
    """The names of the offices that have a part in it."""
    return desks.organ_names(platform().database, {step.office for step in law.item.workflow.steps if step.office})


def _names(entries: tuple[Entry, ...]) -> dict[str, str]:
    """Who acted, by name: an applicant may know who handled her case."""
    return people.names_of(platform().database, {entry.actor for entry in entries})


def _tolerances(found: Found, law: Law, today: date) -> list[dict[str, object]]:
    if not found.case.is_open:
        return []
    return [
        {
            "material": one.material,
            "name": material_name(law, one.material),
            "due_on": one.due_on,
            "provisional": provisionally(law, one.due_on),
            "left": time_words.of_day(law.calendar, one.due_on, today),
        }
        for one in found.case.open_tolerances
    ]


def _days(found: Found, law: Law, today: date) -> list[dict[str, object]]:
    """Every day that counts for her, and the page that explains it."""
    address = reverse("clock", args=(found.region, found.number))
    return [
        {
            "name": time_words.name_of(one, law),
            "due_on": one.reckoning.due_on,
            "left": time_words.of_clock(one, today),
            "used": f"已用 {one.reckoning.elapsed} {one.timer.term.unit.day_label.removeprefix('个')}",
            "provisional": one.reckoning.provisional,
            "why": f"{address}?timer={one.timer.kind.value}" + (f"&step={one.step}" if one.step else ""),
        }
        for one in running(found.case, law, today)
        if not one.step
    ]


EVENT_STATES = {MomentState.DONE: "done", MomentState.NOW: "current", MomentState.NEXT: "todo"}


def event_of(moment: Moment) -> dict[str, object]:
    """A station of the way as the timeline draws it."""
    return {
        "title": moment.title,
        "detail": moment.text,
        "time": moment.at or "",
        "who": moment.who,
        "state": EVENT_STATES[moment.state],
    }


def _documents(standing: Standing, found: Found) -> list[dict[str, object]]:
    rows = documents.of_case(platform().database, standing.eyes, found.region, found.id)
    return [
        {
            "name": row.name,
            "number": row.number,
            "issued_at": row.issued_at,
            "href": reverse("my-document", args=(found.region, row.id)),
            "trouble": words_for_applicant(row.trouble),
        }
        for row in rows
    ]


def _written(found: Found, law: Law) -> list[dict[str, str]]:
    facts = resolve(law.item, found.case.answers).facts
    fields = visible_fields(law.item.form, {**as_facts(found.case.data), **facts})
    return [{"key": one.label, "value": form_groups.in_words(one, found.case.data.get(one.key))} for one in fields]


@require_GET
@signed_in
def case_clock(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """为什么是这一天: the proof is one page for everybody who may see the case."""
    mine(request, region, number)
    query = request.META.get("QUERY_STRING", "")
    address = reverse("clock", args=(region, number))
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


# --- withdraw ---


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def withdraw(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """撤回申请: a page of its own that says what it leads to, and asks for the reason."""
    found = mine(request, region, number)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            perform(
                platform(),
                Withdraw(request.POST.get("reason", "").strip()),
                actor=me(request),
                region=region,
                number=number,
                key=key_of(request),
            )
        except Refused as refused:
            refusal = refused
        else:
            banners.success(request, "撤回申请已经提出。受理前的申请即时撤回；已经受理的，等机关确认。")
            return HttpResponseRedirect(reverse("my-case", args=(region, number)), status=303)
    context = {
        "found": found,
        "accepted": found.case.accepted_on is not None,
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "key": key_of(request),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "my/withdraw.html", context, status=status, errors=refusal is not None, nav="me")


def key_of(request: HttpRequest) -> str:
    """The idempotency key of a form: made when it is shown, kept when it comes back with an error."""
    given = request.POST.get("key", "")
    return given if given.isascii() and given.isprintable() and 8 <= len(given) <= 128 else str(uuid.uuid4())


# --- documents and certificates ---


@require_GET
@signed_in
def document(request: HttpRequest, region: str, document_id: uuid.UUID) -> HttpResponse:
    """文书 as a sealed PDF."""
    row = documents.find(platform().database, me(request).eyes, region, document_id)
    if row is None:
        raise Http404("没有找到这份文书")
    try:
        content = document_pdf(platform(), me(request), region, str(document_id))
    except NotReady as waiting:
        return not_ready(request, row.name, waiting)
    openings.note(platform().database, me(request).eyes, region, row.id, row.case_id, platform().now())
    return pdf(content, f"{row.name}-{row.number}.pdf")


@require_GET
@signed_in
def certificate(request: HttpRequest, region: str, certificate_id: uuid.UUID) -> HttpResponse:
    """证照 as a sealed PDF."""
    row = certificates.find(platform().database, me(request).eyes, region, str(certificate_id))
    if row is None:
        raise Http404("没有找到这份证照")
    try:
        content = certificate_pdf(platform(), me(request), region, str(certificate_id))
    except NotReady as waiting:
        return not_ready(request, row.name, waiting)
    return pdf(content, f"{row.name}-{row.number}.pdf")


def not_ready(request: HttpRequest, name: str, waiting: NotReady) -> HttpResponse:
    """The PDF is still being sealed; or it cannot be made, and an official has to see to it."""
    context = {"name": name, "trouble": words_for_applicant(waiting.trouble), "again": request.path}
    return render(request, "my/not_ready.html", context, status=202, nav="me")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that is shown, and saved under a name people understand."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = disposition(name, inline=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_GET
@signed_in
def wallet(request: HttpRequest) -> HttpResponse:
    """我的证照: each with its sealed PDF, and a code that lets anyone see that it is genuine."""
    standing = me(request)
    rows = certificates.of_parties(platform().database, standing.eyes, parties_of(standing))
    context = {"certificates": [_certificate(row) for row in rows], "tabs": tabs("my-certificates")}
    return render(request, "my/certificates.html", context)


def _certificate(row: CertificateRow) -> dict[str, object]:
    today = platform().today()
    status = Status(row.status)
    if status is Status.VALID and row.valid_until and row.valid_until < today:
        status = Status.LAPSED
    address = f"{platform().public_url}{reverse('verify', args=(row.verify_code,))}"
    return {
        "row": row,
        "status": STATUS_NAMES[status],
        "kind": {Status.VALID: "green", Status.SUSPENDED: "yellow"}.get(status, "grey"),
        "valid": status is Status.VALID,
        "trouble": words_for_applicant(row.trouble),
        "href": reverse("my-certificate", args=(row.region, row.id)),
        "verify": address,
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#0b2f66"),
    }
