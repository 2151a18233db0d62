"""比一比: up to three items, or one item as several places handle it, side by side."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from banjie.actions.submissions import closed_online
from banjie.engine.catalogue import Depth, Item
from banjie.records.catalogue_search import Hit, elsewhere, suggest
from banjie.web.context import render
from banjie.web.guide import published
from banjie.web.item_words import fee_words, paper_words, term_words
from banjie.web.places import place_of
from banjie.web.searching import clean
from banjie.wiring import platform

MOST = 3
"""Columns; more cannot be read on a phone."""

DEPTH_NAMES = {
    Depth.CONSULT: "网上只能咨询",
    Depth.COLLECT: "网上可以提交，还要到现场",
    Depth.PRECHECK: "网上可以预审，还要到现场",
    Depth.WHOLE: "全程网上办",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One of the things compared. `without` is the address of the comparison without it."""

    item: Item
    place: str
    closed: str
    without: str


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that may be put beside, with the address of the comparison that has it."""

    hit: Hit
    href: str


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison that the address names: ?item=990100/CODE&item=…"""
    asked = list(dict.fromkeys(request.GET.getlist("item")))
    found: list[tuple[str, Item]] = []
    unknown = 0
    for name in asked[: MOST * 2]:
        region, _, code = name.partition("/")
        try:
            found.append((name, published(region, code)))
        except Http404:
            unknown += 1
    chosen = found[:MOST]
    names = [name for name, _ in chosen]
    columns = [
        Column(
            one,
            platform().regions.name(one.region).removeprefix(_province()),
            closed_online(platform(), one),
            address([other for other in names if other != name]),
        )
        for name, one in chosen
    ]
    words = clean(request.GET.get("q", ""))
    context = {
        "columns": columns,
        "rows": rows(columns),
        "names": names,
        "words": words,
        "additions": _additions(request, words, names) if len(names) < MOST else [],
        "places": _places(names, chosen[0][1]) if 0 < len(names) < MOST else [],
        "full": len(names) >= MOST,
        "left_out": len(found) - len(chosen),
        "unknown": unknown,
    }
    return render(request, "citizen/compare.html", context)


def rows(columns: list[Column]) -> list[tuple[str, list[str], bool]]:
    """What is compared: its name, the value in each column, whether the values differ."""
    listed = [
        ("办理地区", [column.place for column in columns]),
        ("办理机关", [column.item.organ_name for column in columns]),
        ("承诺办结", [term_words(column.item.promised) for column in columns]),
        ("法定办结", [term_words(column.item.statutory) for column in columns]),
        ("收费", [fee_words(column.item) for column in columns]),
        ("要上传的材料", [paper_words(column.item) for column in columns]),
        ("到现场", [f"最多 {column.item.visits} 次" if column.item.visits else "不用跑" for column in columns]),
        ("网上办理", [column.closed or DEPTH_NAMES[column.item.depth] for column in columns]),
        ("填写大约需要", [f"{column.item.minutes} 分钟" for column in columns]),
        ("告知承诺", ["可以" if column.item.by_promise else "不适用" for column in columns]),
        ("咨询电话", [column.item.consult_phone or "12345" for column in columns]),
    ]
    return [(name, values, len(set(values)) > 1) for name, values in listed]


def address(names: list[str]) -> str:
    """The address of a comparison."""
    return reverse("compare") + (f"?{urlencode([('item', name) for name in names])}" if names else "")


def _additions(request: HttpRequest, words: str, names: list[str]) -> list[Addition]:
    hits = suggest(platform().database, words, place=place_of(request)) if words else ()
    return _beside(hits, names)


def _places(names: list[str], first: Item) -> list[Addition]:
    return _beside(elsewhere(platform().database, first.region, first.code, most=9), names)


def _beside(hits: tuple[Hit, ...], names: list[str]) -> list[Addition]:
    return [
        Addition(hit, address([*names, f"{hit.region}/{hit.code}"]))
        for hit in hits
        if f"{hit.region}/{hit.code}" not in names
    ]


def _province() -> str:
    """The name of the province, which goes without saying."""
    return platform().regions.name(platform().region[:2] + "0000")
