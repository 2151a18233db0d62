"""From where a visitor looks: the district she has chosen, and the places to which she may go."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from banjie.engine.calendar import CHINA
from banjie.engine.opening_hours import Opening, OpeningHours
from banjie.records import halls, people, queues
from banjie.records.catalogue_search import Hit, Wish, look_up
from banjie.records.regions import Place
from banjie.web.context import A_YEAR_S, is_ours, render
from banjie.web.identity import visitor
from banjie.wiring import platform

PLACE_COOKIE: Final = "bj_place"
_ADDRESSES: Final = ("person.address", "company.address")


def districts() -> tuple[Place, ...]:
    """The city and the districts in it, as one may choose among them."""
    here = platform()
    name = here.regions.name(here.region)
    city = Place(here.region, f"全市（{name.rpartition('省')[2] or name}）")
    return (city, *here.regions.below(here.region))


def place_of(request: HttpRequest) -> str:
    """The district from which the visitor looks: the one she chose, else that of her address, else the whole city."""
    known = {place.code: place.name for place in districts()}
    chosen = request.COOKIES.get(PLACE_COOKIE, "")
    if chosen in known:
        return chosen
    return _of_address(request, known) or platform().region


def _of_address(request: HttpRequest, known: dict[str, str]) -> str:
    """The district named in the address government holds of whom she acts for."""
    who = visitor(request)
    if who.standing is None or who.party is None:
        return ""
    party = people.party(platform().database, who.standing.eyes, who.party.id)
    if party is None:
        return ""
    region = str(party.facts.get("company.region", ""))
    if region in known:
        return region
    address = "".join(str(party.facts.get(name, "")) for name in _ADDRESSES)
    return next((code for code, name in known.items() if name in address), "")


def chooser(request: HttpRequest, place: str) -> dict[str, object]:
    """What the form needs with which one chooses a district."""
    return {"place": place, "options": districts(), "back": request.get_full_path()}


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen district in a cookie of this browser, and returns to where she was. Nobody has to sign in."""
    back = request.POST.get("back", "/")
    response = HttpResponseRedirect(back if is_ours(request, back) else "/", status=303)
    chosen = request.POST.get("place", "")
    if chosen in {place.code for place in districts()}:
        response.set_cookie(
            PLACE_COOKIE, chosen, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


# --- halls ---


def opening(hours: str) -> tuple[Opening, str] | None:
    """Whether a place with these hours is open now, with the words for it; None when its hours cannot be read."""
    read = OpeningHours.read(hours)
    if read is None:
        return None
    here = platform()
    now = here.now().astimezone(CHINA)
    found = read.at(now, here.laws.calendar(here.region))
    return found, found.words(now)


def waiting(code: str) -> int | None:
    """How many people wait at a hall now; None where nobody counts them."""
    here = platform()
    hall, day = halls.hall(here.database, code), here.today()
    if hall is None or not queues.in_use(here.database, hall.region, code, day):
        return None
    return sum(queues.waiting(here.database, hall.region, code, day).values())


@require_GET
def halls_page(request: HttpRequest) -> HttpResponse:
    """去哪里办: every hall, those of her own district first, each with whether it is open."""
    place = place_of(request)
    found = sorted(halls.all_halls(platform().database), key=lambda hall: hall.region != place)
    names = {one.code: one.name for one in districts()}
    context = {
        "halls": [(hall, opening(hall.hours), names.get(hall.region, "")) for hall in found],
        "chooser": chooser(request, place),
    }
    return render(request, "citizen/halls.html", context, nav="help")


@require_GET
def hall_page(request: HttpRequest, code: str) -> HttpResponse:
    """One hall: address, hours, telephone, windows, whether it is open and how many wait, and what is done there."""
    here = platform()
    hall = halls.hall(here.database, code)
    if hall is None:
        raise Http404("没有这个办事地点")
    context = {
        "hall": hall,
        "opening": opening(hall.hours),
        "waiting": waiting(hall.code),
        "region_name": here.regions.name(hall.region),
        "hits": frequent(hall.region, 12),
    }
    return render(request, "citizen/hall.html", context, nav="help")


def frequent(place: str, most: int) -> tuple[Hit, ...]:
    """What people of a place apply for most."""
    return look_up(platform().database, Wish(place=place), most=most).hits
