"""Papers on the desk: what is known of each, reading them enlarged, and 核对原件: the word that one is its original."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import handling
from banjie.actions.paper_library import verify
from banjie.actions.paper_receiving import STATES
from banjie.engine.calendar import CHINA, chinese_date
from banjie.records import cases, paper_library, papers
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.web import desk_case
from banjie.web.context import render
from banjie.web.identity import official, visitor
from banjie.web.middleware import DESK_POLICY, may_be_framed
from banjie.wiring import platform

ZOOMS: Final = (100, 150, 200, 300)
"""Per cent of the frame's width at which a picture can be read."""

_SCAN_KINDS: Final = {"waiting": "yellow", "infected": "red", "clean": "green"}
_VIEW_POLICY: Final = DESK_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def marks(standing: Standing, found: Found, lines: tuple[desk_case.MaterialLine, ...]) -> dict[str, Any]:
    """What is known of the papers that may be read: by hash, words with a colour of tag(); and the verified ones."""
    readable = [paper.sha256 for line in lines for paper in line.papers if paper.sha256]
    if not readable:
        return {"paper_marks": {}, "paper_verified": frozenset()}
    database = platform().database
    words = paper_library.words_on(database, standing.eyes, found.region, found.case.holder.id, readable)
    known = papers.known(database, readable)
    told: dict[str, list[tuple[str, str]]] = {}
    for sha256 in readable:
        of = told.setdefault(sha256, [])
        if word := words.get(sha256):
            day = chinese_date(word.at.astimezone(CHINA).date())
            of[:] = [(f"已核对原件（B 级）：{word.by_name} {day}", "green")]
        if (row := known.get(sha256)) and row.scan in _SCAN_KINDS:
            of.append((STATES[row.scan], _SCAN_KINDS[row.scan]))
    return {"paper_marks": told, "paper_verified": frozenset(words)}


@require_safe
@official
def view(request: HttpRequest, region: str, number: str, sha256: str) -> HttpResponse:
    """A paper to be read enlarged, in the frame or by itself: a picture at several sizes, a PDF as browsers show it."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door `official` lets nobody else in.
    found = cases.find(platform().database, standing.eyes, region, number)
    paper = next((one for one in found.case.papers if one.sha256 == sha256), None) if found else None
    if found is None or paper is None or paper.media_type not in desk_case.INLINE:
        raise Http404(sha256)
    if not handling.handles(found.case, standing.actor, desk_case.law_of(found)):
        raise Http404(sha256)
    chosen = request.GET.get("zoom", "")
    zoom = next((one for one in ZOOMS if str(one) == chosen), ZOOMS[0])
    context = {
        "name": paper.name,
        "href": reverse("case-paper", args=(region, number, sha256)),
        "picture": paper.media_type != "application/pdf",
        "zoom": zoom,
        "zooms": ZOOMS,
    }
    response = render(request, "officer/paper.html", context)
    may_be_framed(response, policy=_VIEW_POLICY)
    return response


@require_POST
@official
def verified(request: HttpRequest, region: str, number: str, sha256: str) -> HttpResponse:
    """Writes the word down, once; from then on the paper is of grade B in its owner's library."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door `official` lets nobody else in.
    try:
        first = verify(platform(), standing, region, number, sha256)
    except KeyError:
        raise Http404(sha256) from None
    said = "已经记录：这份材料与原件核对一致，申请人以后可以直接使用。" if first else "这份材料先前已经核对过原件。"
    messages.success(request, said)
    return HttpResponseRedirect(reverse("case", args=(region, number)) + "#papers", status=303)
