"""办事指南: what article 30 of 行政许可法 asks to be published, the four facts people look for first.

What an edition says never changes, so its part of the page is made once in each process and kept; what depends on the
visitor and the hour (where she may apply, whether a place is open) is made each time.
"""

import time
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from markupsafe import Markup

from banjie.actions.submissions import closed_online
from banjie.engine.catalogue import Item, Place
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.opening_hours import Opening
from banjie.packs.templates import TEMPLATES
from banjie.records import catalogue_search, halls
from banjie.records.halls import Hall
from banjie.records.laws import FRESH_FOR_S
from banjie.web.context import render
from banjie.web.item_words import AUDIENCE_NAMES, KIND_NAMES, chips, facts, steps
from banjie.web.places import opening, waiting
from banjie.web.searching import nav_of
from banjie.wiring import platform

GUIDES_KEPT = 512
"""Guides a process keeps made; some tens of KB each."""


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """A place of a guide, the hall it lies in, whether it is open, and how many wait."""

    place: Place
    hall: Hall | None
    opening: tuple[Opening, str] | None
    waiting: int | None


@dataclass(frozen=True, slots=True)
class _Made:
    """The part of a guide that its edition says, as HTML. `item` is the edition it was made of."""

    item: Item
    html: Markup


_made: dict[tuple[str, str, str, str], _Made] = {}
_closings: dict[tuple[str, str, int], tuple[float, str]] = {}


@require_GET
def item(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """The guide of an item; what the district has none of is served by the place above it."""
    found = published(region, code)
    if found.region != region:
        return HttpResponseRedirect(reverse("item", args=(found.region, code)))
    closed = _closed(found)
    context = {
        "item": found,
        "body": _body(found, closed),
        "for_whom": "、".join(AUDIENCE_NAMES[audience] for audience in found.audiences),
        "kind": KIND_NAMES[found.kind],
        "start": reverse("start", args=(region, code)),
        "closed": closed,
        "standard_form": found.form == TEMPLATES["standard"].form,
        "places": [place_now(place) for place in found.places],
    }
    return render(request, "citizen/item.html", context, nav=nav_of(found.audiences))


@require_GET
def others(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """The same item in other places, to go to or to compare with."""
    found = published(region, code)
    hits = catalogue_search.elsewhere(platform().database, region, code)
    return render(request, "citizen/others.html", {"item": found, "hits": hits}, nav=nav_of(found.audiences))


def published(region: str, code: str) -> Item:
    """The edition in force in a place, or in the nearest place above it. Raises Http404 when there is none."""
    try:
        place: RegionCode | None = RegionCode.parse(region)
    except Malformed:
        raise Http404("没有这个事项") from None
    while place is not None:
        law = platform().laws.published(place.code, code)
        if law is not None:
            return law.item
        place = place.parent()
    raise Http404("没有这个事项")


def _closed(found: Item) -> str:
    """`closed_online`, believed for as long as it is believed which edition is in force."""
    key = (found.region, found.code, found.edition)
    known = _closings.get(key)
    now = time.monotonic()
    if known is None or known[0] < now:
        if len(_closings) >= GUIDES_KEPT:
            _closings.clear()
        known = (now + FRESH_FOR_S, closed_online(platform(), found))
        _closings[key] = known
    return known[1]


def _body(found: Item, closed: str) -> Markup:
    key = (found.region, found.code, closed, get_language() or "")
    made = _made.get(key)
    if made is None or made.item is not found:
        context = {
            "item": found,
            "facts": facts(found),
            "chips_of": chips(found, online=not closed),
            "steps": steps(found),
            "start": reverse("start", args=(found.region, found.code)),
            "closed": closed,
        }
        # The template escapes what it is given; what it makes is a part of the page.
        html = Markup(render_to_string("citizen/item_body.html", context))  # noqa: S704 — see above.
        made = _Made(found, html)
        if len(_made) >= GUIDES_KEPT:
            _made.pop(next(iter(_made)), None)
        _made[key] = made
    return made.html


def place_now(place: Place) -> PlaceNow:
    """A place as it is now."""
    hall = halls.hall_named(platform().database, place.name)
    return PlaceNow(place, hall, opening(place.hours), waiting(hall.code) if hall else None)
