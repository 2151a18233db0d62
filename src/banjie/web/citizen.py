"""Before an application: the home page, and for whom one applies."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.levels import lacking_to_apply
from banjie.actions.submissions import closed_online
from banjie.engine.subject import Refused
from banjie.packs.item_ranking import NEAR
from banjie.packs.life_events import LifeEvent, load_life_events
from banjie.records.catalogue_search import Wish, look_up, suggest, version
from banjie.records.drafts import Draft
from banjie.web import filling
from banjie.web.context import render
from banjie.web.guide import published
from banjie.web.identity import PARTY_KEY, signed_in, visitor
from banjie.web.item_words import AUDIENCE_NAMES
from banjie.web.places import chooser, frequent, place_of
from banjie.web.searching import Chosen
from banjie.wiring import platform

POPULAR = 8
"""How many matters the home page names."""
ORGANS = 12
"""How many departments it names, those with the most items first."""


@dataclass(frozen=True, slots=True)
class Department:
    """A department with how many items it has and the address of their list."""

    name: str
    items: int
    href: str


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """首页: what do you want to do? Then the events of life, what others do, and the departments last."""
    who = visitor(request)
    place = place_of(request)
    drafts = filling.unsent(platform(), who.standing)[:3] if who.standing else ()
    context = {
        "hits": frequent(place, POPULAR),
        "events": events(),
        "departments": departments(place),
        "drafts": [_draft_line(draft) for draft in drafts],
        "chooser": chooser(request, place),
    }
    return render(request, "citizen/home.html", context, search=False)


def departments(place: str) -> list[Department]:
    """The departments that offer something to a place."""
    counts = look_up(platform().database, Wish(place=place), most=1).counts.organ
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:ORGANS]
    return [Department(name, number, Chosen(organ=name).address()) for name, number in most]


def events() -> tuple[LifeEvent, ...]:
    """The events of life, each with those of its matters that this city really offers."""
    database = platform().database
    known = _events.get("found")
    now = version(database)
    if known is None or known[0] != now:
        offered = (
            event.offering(lambda words: any(hit.why != NEAR for hit in suggest(database, words, most=1)))
            for event in load_life_events()
        )
        known = (now, tuple(event for event in offered if event.matters))
        _events["found"] = known
    return known[1]


_events: dict[str, tuple[int, tuple[LifeEvent, ...]]] = {}
"""What was found, with the state of the catalogue in which it was: looked up again after a publication."""


def _draft_line(draft: Draft) -> dict[str, object]:
    law = platform().laws.published(draft.region, draft.item)
    return {"draft": draft, "name": law.item.heading if law else "事项已停止受理的申请"}


# --- for whom ---


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def start(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """为谁办理: the person herself or someone who gave her a mandate; then the draft is begun."""
    found = published(region, code)
    if reason := closed_online(platform(), found):
        raise Refused(
            reason.removesuffix("。"), rule="网上办理深度", remedy="请按办事指南上的地址到窗口办理，或先打咨询电话"
        )
    who = visitor(request)
    assert who.standing is not None  # noqa: S101 — the door `signed_in` lets nobody else in.
    fitting = [party for party in who.standing.parties if filling.is_open_to(found, party)]
    parties = [party for party in fitting if filling.may_apply(found, party)]
    error = ""
    if request.method == "POST":
        chosen = next((party for party in parties if party.id == request.POST.get("party", "")), None)
        if chosen is not None:
            request.session[PARTY_KEY] = chosen.id
            draft = filling.begin(platform(), who.standing, found, chosen)
            return HttpResponseRedirect(
                reverse("apply-guide" if found.questions else "apply", args=(draft,)), status=303
            )
        error = "请选择为谁办理"
    begun = [
        draft
        for draft in filling.unsent(platform(), who.standing)
        if (draft.region, draft.item) == (found.region, found.code)
    ]
    names = {party.id: party.name for party in who.standing.parties}
    # With several to choose from nothing is chosen beforehand: an application in the wrong name is hard to mend.
    session = str(request.session.get(PARTY_KEY, ""))
    current = parties[0].id if len(parties) == 1 else session
    context = {
        "item": found,
        "options": [
            {
                "value": party.id,
                "text": party.name,
                "hint": "本人" if party.kind == "person" else f"统一社会信用代码 {party.code}",
            }
            for party in parties
        ],
        "chosen": request.POST.get("party", current),
        "unreached": "、".join(party.name for party in fitting if party not in parties),
        "lacking": lacking_to_apply(who.standing, found),
        "error": error,
        "begun": [(draft, names.get(draft.holder, "其他申请人")) for draft in begun],
        "for_whom": "、".join(AUDIENCE_NAMES[audience] for audience in found.audiences),
    }
    return render(request, "citizen/start.html", context, status=422 if error else 200, errors=bool(error))
