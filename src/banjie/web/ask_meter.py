"""一次提交: asks avoided and repeated asks, by office, item and month; each number opens into its cases."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.engine.permissions import Role
from banjie.records import ask_figures, desks, people
from banjie.records.ask_figures import Figure
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.wiring import platform

PAGE = 50


@dataclass(slots=True)
class Sum:
    """Figures added up: numerators and denominators are added, rates are never averaged."""

    cases: int = 0
    required: int = 0
    satisfied: int = 0
    filled: int = 0
    repeated: int = 0
    parts: list[Figure] = field(default_factory=list)

    def add(self, one: Figure) -> None:
        """One more."""
        self.cases += one.cases
        self.required += one.required
        self.satisfied += one.satisfied
        self.filled += one.filled
        self.repeated += one.repeated
        self.parts.append(one)

    @property
    def avoided(self) -> int:
        """Asks avoided: papers that were not asked for and fields that were not typed."""
        return self.satisfied + self.filled

    @property
    def rate(self) -> str:
        """免提交率, in per cent with one decimal, cut and not rounded; a dash while nothing was required."""
        return f"{self.satisfied * 1000 // self.required / 10:.1f}" if self.required else "—"


@require_safe
@holding(Role.SUPERVISOR)
def asks(request: HttpRequest) -> HttpResponse:
    """The month's meter, its offices and items, and the cases and repeated asks behind the number asked for."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    database = platform().database
    region = next((post.region for post in standing.posts if post.role is Role.SUPERVISOR), platform().region)
    months = ask_figures.months(database, standing.eyes, region)
    month = _month(request.GET.get("month", ""), months)
    figures = ask_figures.of_month(database, standing.eyes, region, month)
    office, item = (
        _known(request.GET.get("office", ""), {one.office for one in figures}),
        _known(request.GET.get("item", ""), {one.item for one in figures}),
    )
    names = desks.organ_names(database, {one.office for one in figures})
    found = ask_figures.cases_of(
        database, standing.eyes, region, month, office=office, item=item, after=_after(request), most=PAGE + 1
    )
    repeats = ask_figures.repeats_of(database, standing.eyes, region, month, office=office, item=item)
    who = people.names_of(database, {said.by for _, said in repeats})
    whole = Sum()
    for one in figures:
        whole.add(one)
    context = {
        "month": month,
        "months": [{"value": f"{one:%Y-%m}", "text": f"{one.year}年{one.month}月"} for one in months],
        "month_key": f"{month:%Y-%m}",
        "whole": whole,
        "rows": [_row(one, names, month) for one in sorted(figures, key=lambda one: (-one.repeated, -one.avoided))],
        "offices": [_office(code, one, names, month) for code, one in _by_office(figures).items()],
        "chosen": "、".join(filter(None, (names.get(office, office), _item_name(figures, item)))),
        "cases": [_case(one) for one in found[:PAGE]],
        "older": _address(month, office, item, after=found[PAGE - 1].number) if len(found) > PAGE else "",
        "repeats": [
            {
                "said": said,
                "who": who.get(said.by, said.by),
                "href": _clock(place, said.number) if said.number else "",
            }
            for place, said in repeats
        ],
        "now": platform().now(),
    }
    return render(request, "supervisor/asks.html", context)


def _month(text: str, months: tuple[date, ...]) -> date:
    wanted = next((one for one in months if f"{one:%Y-%m}" == text), None)
    return wanted or platform().today().replace(day=1)


def _known(text: str, known: set[str]) -> str:
    return text if text in known else ""


def _after(request: HttpRequest) -> str:
    return request.GET.get("after", "")[:40].replace("\x00", "")


def _address(month: date, office: str = "", item: str = "", *, after: str = "", part: str = "cases") -> str:
    asked = {"month": f"{month:%Y-%m}", "office": office, "item": item, "after": after}
    return f"?{urlencode({name: value for name, value in asked.items() if value})}#{part}"


def _by_office(figures: tuple[Figure, ...]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for one in figures:
        sums.setdefault(one.office, Sum()).add(one)
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1].repeated, -pair[1].required)))


def _office(code: str, one: Sum, names: dict[str, str], month: date) -> dict[str, Any]:
    return {
        "label": names.get(code, code),
        "value": one.repeated,
        "text": f"重复索要 {one.repeated} 次，免提交率 {one.rate}%",
        "href": _address(month, code, part="repeats"),
        "kind": "red" if one.repeated else "green",
    }


def _row(one: Figure, names: dict[str, str], month: date) -> dict[str, Any]:
    rate = Sum()
    rate.add(one)
    return {
        "cells": [
            {"text": one.item_name, "href": _address(month, one.office, one.item), "note": names.get(one.office, "")},
            f"{one.cases}",
            f"{one.satisfied} / {one.required}",
            f"{rate.rate}%",
            f"{one.filled}",
            {"text": f"{one.repeated}", "tag": "red"} if one.repeated else "0",
        ]
    }


def _item_name(figures: tuple[Figure, ...], item: str) -> str:
    return next((one.item_name for one in figures if one.item == item), "")


def _clock(region: str, number: str) -> str:
    return reverse("clock", args=(region, number))


def _case(one: ask_figures.Asked) -> dict[str, Any]:
    return {
        "cells": [
            {"text": one.item_name, "href": _clock(one.region, one.number), "note": one.number, "code": True},
            f"{one.satisfied} / {one.required}",
            f"{one.filled}",
        ]
    }
