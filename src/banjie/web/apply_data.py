"""先查一查: what government can be asked before she types, with whose leave; and a value she holds to be wrong."""

from datetime import timedelta
from typing import Any

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from banjie.actions import asking, contesting
from banjie.actions.asking import consent_words, known_values
from banjie.actions.paper_receiving import keep_upload
from banjie.engine.forms import Field
from banjie.engine.ids import Malformed
from banjie.engine.sharing import Plan, Value, plainly, settle
from banjie.engine.sharing_asks import STATUS_NAMES, AskStatus
from banjie.engine.subject import Refused
from banjie.records.people import Standing
from banjie.web import filling
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.context import render
from banjie.web.draft_filled import Filling
from banjie.web.known import CHOSEN, OWN, label
from banjie.wiring import platform

REFRESHED_FOR = timedelta(seconds=15)
"""How long the page looks again by itself; afterwards she does so when she likes."""

COLOURS = {AskStatus.ASKED: "blue", AskStatus.ANSWERED: "green", AskStatus.ENDED: "grey"}


def planned(found: Filling) -> Plan:
    """Whom to ask for this application."""
    need = asking.need_of(found.item, found.situation.materials)
    applying = found.applying
    return asking.planned(platform(), found.asked, applying, need, found.registered, set(found.held))


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def data(request: HttpRequest, found: Filling) -> HttpResponse:
    """政府已经掌握的信息: what can be looked up by law, what with her consent, and what came of it."""
    if not found.situation.complete:
        return onward("apply-guide", found)
    wanted = planned(found)
    if request.method == "POST":
        agreed = set(request.POST.getlist("agree"))
        filling.save(platform(), me(request), found, asked=True)
        asking.begin(
            platform(),
            me(request),
            found.applying,
            found.asked,
            wanted,
            agreed=agreed,
            again=request.POST.getlist("again"),
        )
        return onward("apply-data", found)
    rows = [_row(found, key) for key in found.asked.latest]
    newest = max((row["asked_at"] for row in rows if row["waiting"]), default=None)
    context = {
        "filling": found,
        "item": found.item,
        "rows": rows,
        "refresh": newest is not None and platform().now() - newest < REFRESHED_FOR,
        "waiting": found.asked.waiting,
        "asks": [{"source": one.source, "labels": one.source.labels(one.facts)} for one in wanted.asks],
        "consents": [{"source": one.source, "words": consent_words(found.applying, one)} for one in wanted.consents],
        "onward": found.gaps[0].href if found.gaps else found.page("apply-check"),
    }
    return render(request, "apply/data.html", context, search=False)


def _row(found: Filling, key: str) -> dict[str, Any]:
    row = found.asked.latest[key]
    ask = row.ask
    consent = next((one for one in found.asked.consents if one.consent.source == key), None)
    return {
        "key": key,
        "name": ask.source_name,
        "organ": ask.organ_name,
        "status": STATUS_NAMES[ask.status],
        "kind": COLOURS.get(ask.status, "yellow"),
        "words": ask.words,
        "labels": ask.labels,
        "found": [(one, row.held[fact]) for fact, one in _labelled(key, ask.facts) if fact in row.held],
        "as_of": ask.as_of,
        "asked_at": ask.asked_at,
        "waiting": ask.status is AskStatus.ASKED,
        "again": ask.status in asking.RETRIABLE,
        "ground": ask.ground or "您的同意",
        "consent": consent.id if consent and ask.status is not AskStatus.ENDED else "",
        "region": row.region,
    }


def _labelled(key: str, facts: tuple[str, ...]) -> list[tuple[str, str]]:
    source = platform().sources.get(key)
    return [(one.fact, one.label) for one in source.supplies if one.fact in facts] if source else []


# --- a value that is wrong, or of which there are two ---


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def value(request: HttpRequest, found: Filling, fact: str) -> HttpResponse:
    """核对一项: every value that is held of a fact, hers to choose from, or to say that none of them is right."""
    field = _field(found, fact)
    values = known_values(platform(), found.asked, found.registered).get(fact, [])
    settled = settle(fact, values, platform().sources.cost(fact))
    if not settled.values:
        raise Http404("政府没有掌握这项内容")
    if request.method == "POST" and request.POST.get("answer", "") != "wrong":
        return _choose(request, found, field, fact, settled.values)
    refusal: Refused | Malformed | None = None
    if request.method == "POST":
        try:
            _contest(request, found, field, fact, settled.values)
        except (Refused, Malformed) as refused:
            refusal = refused
        else:
            banners.success(request, "异议已经提出，会转给登记机关核查；您的申请按您填写的内容继续。")
            return onward("apply-section", found, _section_of(found, field))
    context = {
        "filling": found,
        "item": found.item,
        "label": field.label,
        "options": [
            *({"value": str(index), "text": one.value, "hint": label(one)} for index, one in enumerate(settled.values)),
            {"value": "wrong", "text": "都不对，我要提出异议", "hint": "填写正确的内容和理由，由登记机关核查答复"},
        ],
        "answer": request.POST.get("answer", "wrong" if len(settled.values) == 1 else ""),
        "own": request.POST.get("own", ""),
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "errors": [{"field": refusal.field or "answer", "message": f"{refusal.reason}。{refusal.remedy}"}]
        if refusal
        else [],
        "back": found.page("apply-section", _section_of(found, field)),
    }
    return render(
        request, "apply/value.html", context, status=422 if refusal else 200, errors=bool(refusal), search=False
    )


def _field(found: Filling, fact: str) -> Field:
    for section in found.sections:
        for one in section.fields:
            if one.source == fact:
                return one
    raise Http404("申请表没有这一项")


def _section_of(found: Filling, field: Field) -> str:
    return next(section.key for section in found.sections if field.key in {one.key for one in section.fields})


def _choose(request: HttpRequest, found: Filling, field: Field, fact: str, values: tuple[Value, ...]) -> HttpResponse:
    given = request.POST.get("answer", "")
    if not (given.isascii() and given.isdigit() and int(given) < len(values)):
        return onward("apply-value", found, fact)
    standing, chosen = me(request), values[int(given)].value
    filling.save_within(platform(), standing, found, CHOSEN, {fact: chosen})
    filling.save_within(platform(), standing, found, OWN, {fact: None})
    _into_form(standing, found, field, chosen)
    return onward("apply-section", found, _section_of(found, field))


def _contest(request: HttpRequest, found: Filling, field: Field, fact: str, values: tuple[Value, ...]) -> None:
    own, reason = request.POST.get("own", "").strip(), request.POST.get("reason", "").strip()
    paper, paper_name = "", ""
    if upload := request.FILES.get("paper"):
        stored = keep_upload(platform(), upload.name or "证明材料", upload)
        paper, paper_name = stored.sha256, stored.name
    standing = me(request)
    for one in values:
        if plainly(one.value) == plainly(own):
            continue  # That register has it right.
        contesting.contest(
            platform(),
            standing,
            found.applying,
            one,
            field.label,
            own=own,
            reason=reason,
            paper=paper,
            paper_name=paper_name,
        )
    filling.save_within(platform(), standing, found, OWN, {fact: own})
    _into_form(standing, found, field, own)


def _into_form(standing: Standing, found: Filling, field: Field, chosen: str) -> None:
    """What she has decided stands in the form, also when the page was saved before with something else."""
    section = _section_of(found, field)
    if found.has_saved(section) or section in found.content.get("typed", {}):
        typed = {**dict(found.content.get("typed", {})).get(section, {}), field.key: chosen}
        kept = {one.key: found.data[one.key] for one in found.section(section).fields if one.key in found.data}
        filling.save_within(platform(), standing, found, "typed", {section: {**kept, **typed}})
