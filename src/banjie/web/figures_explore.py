"""数据分析: an indicator taken apart by region, office, item, official, channel or period, beside the period before."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.engine.figures import INDICATOR, INDICATORS, MEASURE, MOMENT_NAMES, Form, Indicator, Period, Sums
from banjie.records import figures_boards
from banjie.records.database import Cursor
from banjie.records.figures_boards import By, Scope
from banjie.web.context import render
from banjie.web.figures_cases import CHANNELS
from banjie.web.figures_files import Cells, answer_as
from banjie.web.figures_scope import LOOKING, Looking, looking, periods
from banjie.web.identity import holding
from banjie.wiring import platform

BY_NAMES: Final = {
    By.REGION: "地区",
    By.ORGAN: "机关",
    By.ITEM: "事项",
    By.OFFICIAL: "决定人",
    By.CHANNEL: "提交方式",
    By.PERIOD: "时间",
}
SHOWN: Final = 200
"""Lines of the page; the file has them all."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A line of the table: the key in addresses, what it is called, its sums and those of the period before."""

    key: str
    name: str
    sums: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Taken:
    """An indicator taken apart; `whole` is the sum of all its lines and more than them."""

    one: Indicator
    by: By
    slices: tuple[Slice, ...]
    whole: Sums
    whole_before: Sums


@require_safe
@holding(*LOOKING)
def explore(request: HttpRequest) -> HttpResponse:
    """The page with its choices, a chart and the table it stands for."""
    look = looking(request)
    taken = _taken(request, look)
    kept = {"indicator": taken.one.key, "by": taken.by.value}
    context = {
        "look": look,
        "one": taken.one,
        "by": taken.by,
        "by_name": BY_NAMES[taken.by],
        "numerator": MEASURE[taken.one.numerator].words,
        "denominator": MEASURE[taken.one.denominator].words if taken.one.denominator else "",
        "moment": MOMENT_NAMES[taken.one.moment],
        "scopes": [{"value": value, "text": words} for value, words in look.choices],
        "periods": periods(),
        "indicators": [{"value": one.key, "text": one.name} for one in INDICATORS],
        "bys": [{"value": by.value, "text": f"按{name}"} for by, name in BY_NAMES.items()],
        "shown": taken.one.shown(taken.whole),
        "before": taken.one.shown(taken.whole_before),
        "bars": [_bar(one, taken, look) for one in taken.slices[:20]],
        "rows": [_row(one, taken, look) for one in taken.slices[:SHOWN]],
        "hidden": max(len(taken.slices) - SHOWN, 0),
        "points": [value for one in taken.slices if (value := taken.one.value(one.sums)) is not None]
        if taken.by is By.PERIOD
        else [],
        "files": [(kind, f"{reverse('figures-file', args=(kind,))}?{look.query(**kept)}") for kind in ("csv", "xlsx")],
        "now": platform().now(),
    }
    return render(request, "figures/explore.html", context)


@require_safe
@holding(*LOOKING)  # type: ignore[arg-type]  # an answer that is sent in parts is an answer too.
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The table as CSV or workbook, with numerators and denominators."""
    look = looking(request)
    taken = _taken(request, look)
    header: Cells = (
        BY_NAMES[taken.by],
        f"{taken.one.name}（{taken.one.unit}）",
        "分子",
        "分母",
        "上期",
        "上期分子",
        "上期分母",
    )

    @contextmanager
    def lines() -> Iterator[Iterable[Cells]]:
        yield (_cells(one.name, one.sums, one.before, taken.one) for one in taken.slices)

    return answer_as(kind, f"{look.name}_{taken.one.name}_{look.period.code}", header, lines)


def _taken(request: HttpRequest, look: Looking) -> Taken:
    one = INDICATOR.get(request.GET.get("indicator", ""), INDICATORS[0])
    asked = request.GET.get("by", "")
    by = By(asked) if asked in BY_NAMES else (By.ORGAN if not look.scope.organ else By.ITEM)
    with platform().database.seen_by(look.standing.eyes) as cursor:
        totals = figures_boards.totals(cursor, look.scope, look.period.last(14))
        slices = _by_period(totals, look.period) if by is By.PERIOD else _by_part(cursor, look.scope, look.period, by)
    slices = tuple(part for part in slices if _counts(part.sums, one) or _counts(part.before, one))
    if by is not By.PERIOD:
        slices = tuple(sorted(slices, key=lambda part: _place(part, one)))
    return Taken(one, by, slices, totals[look.period], totals[look.period.moved(-1)])


def _counts(sums: Sums, one: Indicator) -> int:
    return sums.get(one.denominator or one.numerator, 0)


def _place(part: Slice, one: Indicator) -> tuple[bool, float, str]:
    """The worst first."""
    value = one.value(part.sums)
    if value is None:
        return True, 0.0, part.name
    return False, value if one.is_worse(0, 1) else -value, part.name


def _by_period(totals: dict[Period, Sums], last: Period) -> tuple[Slice, ...]:
    return tuple(Slice(one.code, one.label, totals[one], totals[one.moved(-1)]) for one in last.last(13))


def _by_part(cursor: Cursor, scope: Scope, period: Period, by: By) -> tuple[Slice, ...]:
    now = {part.key: part for part in figures_boards.parts(cursor, scope, period, by)}
    before = {part.key: part for part in figures_boards.parts(cursor, scope, period.moved(-1), by)}
    keys = tuple(dict.fromkeys((*now, *before)))
    wanted = {By.REGION: "regions", By.ORGAN: "organs", By.ITEM: "items", By.OFFICIAL: "officials"}.get(by)
    found = figures_boards.names(cursor, **({wanted: keys} if wanted else {}))
    called: dict[str, str] = getattr(found, wanted) if wanted else CHANNELS
    return tuple(
        Slice(key, called.get(key, key), now[key].sums if key in now else {}, before[key].sums if key in before else {})
        for key in keys
    )


def _href(part: Slice, taken: Taken, look: Looking) -> str:
    kept = {"indicator": taken.one.key, "part": "all"}
    match taken.by:
        case By.REGION:
            kept["scope"] = f"{part.key}:{look.scope.organ}" if look.scope.organ else part.key
        case By.ORGAN:
            kept["scope"] = f"{look.scope.region}:{part.key}"
        case By.PERIOD:
            kept["period"] = part.key
        case _:
            kept[taken.by.value] = part.key
    return f"{reverse('figures-cases')}?{look.query(**kept)}"


def _bar(part: Slice, taken: Taken, look: Looking) -> dict[str, Any]:
    value = taken.one.value(part.sums)
    shown = taken.one.shown(part.sums)
    return {
        "label": part.name,
        "value": max(value or 0.0, 0.0),
        "text": f"{shown}{taken.one.unit if value is not None else ''}",
        "href": _href(part, taken, look),
    }


def _row(part: Slice, taken: Taken, look: Looking) -> dict[str, Any]:
    one = taken.one
    now, before = one.value(part.sums), one.value(part.before)
    change: Any = "—"
    if now is not None and before is not None:
        moved = now - before
        words = f"{moved:+.1f}" if one.form is not Form.COUNT else f"{moved:+.0f}"
        change = {"text": words, "tag": "red" if one.is_worse(now, before) else "green"} if moved else "持平"
    return {
        "cells": [
            {"text": part.name, "href": _href(part, taken, look)},
            one.shown(part.sums),
            str(part.sums.get(one.numerator, 0)),
            str(part.sums.get(one.denominator, 0)) if one.denominator else "",
            one.shown(part.before),
            change,
        ]
    }


def _cells(name: str, sums: Sums, before: Sums, one: Indicator) -> Cells:
    return (
        *(name, one.shown(sums), sums.get(one.numerator, 0), sums.get(one.denominator, 0)),
        *(one.shown(before), before.get(one.numerator, 0), before.get(one.denominator, 0)),
    )
