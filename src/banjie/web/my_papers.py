"""我的材料库: what her parties gave before, to be looked at, called something else, or taken out."""

import uuid

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions import paper_library as library
from banjie.engine.papers import BY_MEDIA_TYPE, has_run_out, size_words
from banjie.engine.subject import Refused
from banjie.records import paper_library
from banjie.records.paper_library import LibraryPaper
from banjie.records.people import PartyName
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in, visitor
from banjie.web.my import tabs
from banjie.web.paper_answers import paper_answer, thumbnail_answer
from banjie.wiring import platform


@require_GET
@signed_in
def papers(request: HttpRequest) -> HttpResponse:
    """The papers of the party she acts for, the latest first; searched by name, material or matter."""
    party = _party(request)
    words = request.GET.get("q", "").strip()[:60]
    page = _number(request.GET.get("page", ""))
    found: tuple[LibraryPaper, ...] = ()
    if party is not None:
        found = paper_library.of_party(
            platform().database,
            me(request).eyes,
            party.id,
            words=words,
            most=library.PAGE + 1,
            skip=(page - 1) * library.PAGE,
        )
    context = {
        "party": party,
        "parties": me(request).parties,
        "party_options": [{"value": one.id, "text": one.name} for one in me(request).parties],
        "words": words,
        "lines": [_line(one) for one in found[: library.PAGE]],
        "number": page,
        "more": len(found) > library.PAGE,
        "tabs": tabs("my-papers"),
    }
    return render(request, "my/papers.html", context)


def _party(request: HttpRequest) -> PartyName | None:
    """The party asked for, if she may act for it, else the one she acts for now."""
    asked = request.GET.get("party", "")
    parties = me(request).parties
    chosen = next((party for party in parties if party.id == asked), None)
    return chosen or visitor(request).party or (parties[0] if parties else None)


def _number(text: str) -> int:
    return max(1, min(int(text), 10_000)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _line(one: LibraryPaper) -> dict[str, object]:
    kind = BY_MEDIA_TYPE.get(one.media_type)
    return {
        "paper": one,
        "about": f"{kind.label if kind else ''} {size_words(one.size)}".strip(),
        "grade": f"{one.grade} 级 {one.grade.label}",
        "meaning": one.grade.meaning,
        "kind": {"A": "green", "B": "green", "C": "yellow", "D": "blue"}[one.grade],
        "validity": library.remaining_words(one.valid_until),
        "ran_out": has_run_out(one.valid_until, platform().today()),
        "drawn": kind is not None and kind.is_picture,
    }


@require_GET
@signed_in
def paper(request: HttpRequest, region: str, paper_id: uuid.UUID) -> HttpResponse:
    """A paper of hers, to be looked at."""
    one = _mine(request, region, paper_id)
    return paper_answer(platform(), one.sha256, one.media_type, one.name)


@require_GET
@signed_in
def small(request: HttpRequest, region: str, paper_id: uuid.UUID) -> HttpResponse:
    """Its small picture."""
    return thumbnail_answer(platform(), _mine(request, region, paper_id).sha256)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rename(request: HttpRequest, region: str, paper_id: uuid.UUID) -> HttpResponse:
    """Calls a paper something she knows it by."""
    one = _mine(request, region, paper_id)
    typed, refusal = request.POST.get("name", one.name), None
    if request.method == "POST":
        try:
            name = library.rename(platform(), me(request), region, one, typed)
        except Refused as refused:
            refusal = refused
        else:
            banners.success(request, f"已经改名为“{name}”。")
            return HttpResponseRedirect(f"{reverse('my-papers')}?party={one.party}", status=303)
    context = {"paper": one, "typed": typed, "error": f"{refusal.reason}。{refusal.remedy}" if refusal else ""}
    return render(request, "my/papers_name.html", context, status=422 if refusal else 200, errors=bool(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, region: str, paper_id: uuid.UUID) -> HttpResponse:
    """Takes a paper out of the library, asked once more; what a case holds stays with the case."""
    one = _mine(request, region, paper_id)
    if request.method == "POST":
        paper_library.take_out(platform().database, me(request).eyes, region, paper_id)
        banners.success(request, f"“{one.name}”已经从材料库删除。以前办件里的材料不受影响。")
        return HttpResponseRedirect(f"{reverse('my-papers')}?party={one.party}", status=303)
    return render(request, "my/papers_remove.html", {"paper": one})


def _mine(request: HttpRequest, region: str, paper_id: uuid.UUID) -> LibraryPaper:
    one = paper_library.find(platform().database, me(request).eyes, region, paper_id)
    if one is None or all(party.id != one.party for party in me(request).parties):
        raise Http404("材料库里没有这份材料")
    return one
