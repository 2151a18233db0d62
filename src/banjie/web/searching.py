"""事项搜索: everyday words are as good as official ones; each hit says where the words were found.

Everything chosen stands in the address, so a result can be sent to somebody, and the way back works.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from banjie.engine.catalogue import Audience
from banjie.records.catalogue_search import Hit, Nearness, Page, Wish, look_up, suggest
from banjie.web.context import render
from banjie.web.item_words import AUDIENCES, KIND_NAMES
from banjie.web.places import chooser, districts, frequent, place_of
from banjie.wiring import platform

PAGE_SIZE = 20
MOST_WORDS = 60
"""Characters of a search that are looked at."""
ORGANS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A hit with the reason why it is one, and what is said of where it is offered."""

    hit: Hit
    why: str
    where: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter: what it is called, how many there are, and the address that sets or lifts it."""

    text: str
    count: int | None
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its values."""

    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands in the address: the words and every filter, "" for none."""

    words: str = ""
    for_whom: str = ""
    kind: str = ""
    organ: str = ""
    within: str = ""
    online: bool = False
    at_once: bool = False

    @classmethod
    def read(cls, request: HttpRequest) -> "Chosen":
        """The address as it is understood; what means nothing is left out."""
        given = request.GET
        known = {place.code for place in districts()}
        return cls(
            words=clean(given.get("q", "")),
            for_whom=given.get("for", "") if given.get("for", "") in AUDIENCES else "",
            kind=given.get("kind", "") if given.get("kind", "") in {kind.value for kind in KIND_NAMES} else "",
            organ=given.get("organ", "")[:MOST_WORDS],
            within=given.get("within", "") if given.get("within", "") in known else "",
            online=given.get("online") == "1",
            at_once=given.get("once") == "1",
        )

    def wish(self, place: str) -> Wish:
        """The same as a question to the catalogue."""
        audience = AUDIENCES.get(self.for_whom)
        return Wish(
            self.words,
            place,
            self.within,
            audience.value if audience else "",
            self.kind,
            self.organ,
            self.online,
            self.at_once,
        )

    def address(self, page: int = 1) -> str:
        """The address of this choice."""
        asked = {
            "q": self.words,
            "for": self.for_whom,
            "kind": self.kind,
            "organ": self.organ,
            "within": self.within,
            "online": "1" if self.online else "",
            "once": "1" if self.at_once else "",
            "page": str(page) if page > 1 else "",
        }
        given = {name: value for name, value in asked.items() if value}
        return reverse("search") + (f"?{urlencode(given)}" if given else "")

    @property
    def narrowed(self) -> bool:
        """Whether any filter stands besides the words."""
        return self != Chosen(self.words)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The page of hits with its filters."""
    chosen, place, number = Chosen.read(request), place_of(request), _page_number(request.GET.get("page", ""))
    names = {one.code: one.name for one in districts()}
    found = look_up(
        platform().database,
        chosen.wish(place),
        most=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
        districts=tuple(names),
    )
    seen_from = found.place or place
    context = {
        "chosen": chosen,
        "lines": [Line(hit, why(hit), where(hit)) for hit in found.hits],
        "total": found.total,
        "number": number,
        "previous": chosen.address(number - 1) if number > 1 else "",
        "next": chosen.address(number + 1) if found.total > number * PAGE_SIZE else "",
        "filters": filters(chosen, found, names),
        "everything": Chosen(chosen.words).address(),
        "seen_from": names.get(seen_from) or platform().regions.name(seen_from),
        "named": bool(found.place),
        "popular": frequent(place, 8) if not found.hits else (),
        "kinds": {kind.value: name for kind, name in KIND_NAMES.items()},
        "chooser": chooser(request, place),
    }
    return render(request, "citizen/search.html", context, nav=chosen.for_whom, query=chosen.words)


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """What she may mean, while she types: a part of a page for the box under the search field."""
    words = clean(request.GET.get("q", ""))
    hits = suggest(platform().database, words, place=place_of(request)) if words else ()
    context = {
        "words": words,
        "lines": [Line(hit, why(hit), where(hit)) for hit in hits],
        "all": Chosen(words).address(),
    }
    response = render(request, "citizen/suggestions.html", context)
    response.headers["Cache-Control"] = "private, max-age=30"
    return response


def filters(chosen: Chosen, found: Page, names: Mapping[str, str]) -> tuple[Filter, ...]:
    """The filters that have more than one thing to choose from."""
    counts = found.counts
    audiences = (
        Choice(text, counts.audience.get(AUDIENCES[key].value, 0), address, key == chosen.for_whom)
        for key, text in (("person", "个人"), ("company", "企业和个体工商户"))
        for address in (replace(chosen, for_whom="" if key == chosen.for_whom else key).address(),)
    )
    kinds = (
        Choice(
            name,
            counts.kind[kind],
            replace(chosen, kind="" if kind == chosen.kind else kind).address(),
            kind == chosen.kind,
        )
        for kind, name in ((kind.value, name) for kind, name in KIND_NAMES.items())
        if counts.kind.get(kind)
    )
    ways = (
        Choice("可网上办", counts.online, replace(chosen, online=not chosen.online).address(), chosen.online),
        Choice("当场办结", counts.at_once, replace(chosen, at_once=not chosen.at_once).address(), chosen.at_once),
    )
    places = (
        Choice(
            names[code],
            number,
            replace(chosen, within="" if code == chosen.within else code).address(),
            code == chosen.within,
        )
        for code, number in found.places.items()
        if number
    )
    most = sorted(counts.organ.items(), key=lambda pair: (-pair[1], pair[0]))[:ORGANS_SHOWN]
    organs = (
        Choice(
            name, number, replace(chosen, organ="" if name == chosen.organ else name).address(), name == chosen.organ
        )
        for name, number in most
    )
    named = (("办理人", audiences), ("怎么办", ways), ("事项类型", kinds), ("在哪里", places), ("部门", organs))
    return tuple(made for title, choices in named if (made := _filter(title, choices)).choices)


def _filter(title: str, choices: Iterable[Choice]) -> Filter:
    listed = tuple(choice for choice in choices if choice.count or choice.current)
    return Filter(title, listed if len(listed) > 1 or any(choice.current for choice in listed) else ())


def clean(words: str) -> str:
    """A search as it is looked up: composed, half-width, without control characters, not endless."""
    text = unicodedata.normalize("NFKC", words)
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:MOST_WORDS]


_WHY = {
    "俗称": "大家也叫它“{}”",
    "近义": "意思相近：{}",
    "情形": "有这种情形：{}",
    "依据": "依据：{}",
    "拼音": "拼音：{}",
    "首字母": "拼音首字母：{}",
    "相近": "相近：{}",
}


def why(hit: Hit) -> str:
    """Where the words of a search were found, as a person would say it."""
    match hit.why:
        case "名称":
            return "名称里有您搜索的词"
        case "机关":
            return f"由{hit.organ_name}办理"
        case "编码":
            return "编码相符"
        case _:
            return _WHY[hit.why].format(hit.matched) if hit.why in _WHY else ""


def where(hit: Hit) -> str:
    """What is said of who offers it, when it is not her own place."""
    match hit.nearness:
        case Nearness.ABOVE:
            return f"由{hit.region_name}统一办理" if hit.region_name else ""
        case Nearness.WITHIN:
            return f"到{hit.region_name}等地办理" if hit.region_name else ""
        case Nearness.ELSEWHERE:
            return f"您所在的地方没有公布这个事项，这是{hit.region_name or '其他地方'}的"
        case _:
            return hit.region_name


def _page_number(text: str) -> int:
    return min(int(text), 500) if text.isascii() and text.isdigit() and int(text[:6]) > 0 else 1


def nav_of(audiences: tuple[Audience, ...]) -> str:
    """The entry of the navigation under which an item stands."""
    return "person" if audiences == (Audience.PERSON,) else "company"
