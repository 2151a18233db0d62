"""领导看板: at most five figures, where they differ, three things to look at; each opens to its cases."""

from typing import Any, Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import boards
from banjie.actions.boards import Board, Kpi, Need, Row
from banjie.engine.figures import INDICATOR, Form, cut
from banjie.engine.permissions import Role
from banjie.packs.figures import LATE, board_custom
from banjie.records import figures_snapshots, people
from banjie.web.context import render
from banjie.web.figures_scope import LOOKING, Looking, looking, periods
from banjie.web.identity import holding
from banjie.wiring import platform

RANKED: Final = 10
"""Lines of a ranking on the board; the explorer has them all."""


@require_safe
@holding(*LOOKING)
def board(request: HttpRequest) -> HttpResponse:
    """The board of what she leads or watches."""
    look = looking(request)
    found = boards.board(platform(), look.standing.eyes, look.scope.region, look.scope.organ, look.period)
    with platform().database.seen_by(look.standing.eyes) as cursor:
        frozen = figures_snapshots.latest(cursor, look.scope.region, look.scope.organ, 5)
    context = {
        "board": found,
        "look": look,
        "scopes": [{"value": value, "text": words} for value, words in look.choices],
        "periods": periods(),
        "figures": [_kpi(kpi, look) for kpi in found.kpis],
        "tiles": _tiles(found, look) if len(found.regions) > 1 else [],
        "organs": [_rank(row, found, look, "organ") for row in found.organs[:RANKED]],
        "items": [_rank(row, found, look, "item") for row in _worst_items(found)],
        "needs": [{"title": need.title, "words": need.words, "href": _need_href(need, look)} for need in found.needs],
        "frozen": [
            (one, reverse("lead-frozen", args=(one.region, one.id)), boards.period_asked(one.period, found.at.date()))
            for one in frozen
        ],
    }
    return render(request, "figures/lead.html", context)


def _worst_items(found: Board) -> list[Row]:
    least = board_custom().least
    return [row for row in found.items if row.sums.get("decided", 0) >= least or row.stock.late][:RANKED]


def _kpi(kpi: Kpi, look: Looking) -> dict[str, Any]:
    change = kpi.change
    if kpi.key == LATE:
        words = f"在办 {kpi.denominator} 件"
    elif change is None:
        words = "上期没有可比的数"
    elif abs(change) < 0.05:
        words = "和上期持平"
    else:
        points = "个百分点" if kpi.unit == "%" else kpi.unit
        words = f"比上期{'多' if change > 0 else '少'} {abs(change):.1f} {points}"
    kind = "plain"
    if kpi.meets_target is False or kpi.is_worse:
        kind = "bad"
    elif kpi.meets_target:
        kind = "good"
    target = (
        "" if kpi.target is None else f"目标 {kpi.target:g}{kpi.unit}，{'已达到' if kpi.meets_target else '未达到'}"
    )
    return {
        "label": kpi.name,
        "value": kpi.shown,
        "unit": kpi.unit if kpi.shown != "—" else "",
        "change": words,
        "change_kind": kind,
        "target": target if kpi.value is not None else "本期还没有数据",
        "points": list(kpi.trend),
        "points_text": _trend_words(kpi),
        "href": _cases(look, kpi.key),
    }


def _trend_words(kpi: Kpi) -> str:
    if len(kpi.trend) < 2:
        return ""
    return f"近 {len(kpi.trend)} 期由 {cut(kpi.trend[0])} 到 {cut(kpi.trend[-1])}"


def _cases(look: Looking, key: str, **more: str) -> str:
    """Where the cases behind a figure are listed: of a share, those that bring it down."""
    if key == LATE:
        return f"{reverse('figures-cases')}?{look.query(measure=LATE, **more)}"
    part = "rest" if INDICATOR[key].form is Form.SHARE else "all"
    return f"{reverse('figures-cases')}?{look.query(indicator=key, part=part, **more)}"


def _need_href(need: Need, look: Looking) -> str:
    if need.kind == "order":
        if Role.SUPERVISOR in look.standing.actor.roles:
            return reverse("supervise-orders")
        return reverse("office-watch") if Role.HEAD in look.standing.actor.roles else _cases(look, LATE)
    scope = f"{look.scope.region}:{need.organ}" if need.organ else look.value
    key = LATE if need.kind == "late" else need.indicator
    return _cases(look, key, item=need.item, scope=scope)


def _tiles(found: Board, look: Looking) -> list[dict[str, Any]]:
    """The regions as squares on a sketch of the city, coloured by the first figure against each one's target."""
    custom = board_custom()
    lowest = 1 + max((place[1] for place in custom.tiles.values()), default=-1)
    spare = 0
    tiles = []
    for row in found.regions:
        value, target = found.lead.value(row.sums), custom.target(row.key, found.lead.key)
        if row.key in custom.tiles:
            column, line = custom.tiles[row.key]
        else:
            column, line, spare = spare, lowest, spare + 1
        kind = "none" if value is None else "plain"
        if value is not None and target is not None:
            kind = "bad" if found.lead.is_worse(value, target) else "good"
        shown = found.lead.shown(row.sums) + (found.lead.unit if value is not None else "")
        state = {"none": "没有办结的", "bad": "未达到目标", "good": "达到目标", "plain": ""}[kind]
        tiles.append(
            {
                "x": column * 170,
                "y": line * 110,
                "name": row.name,
                "shown": shown,
                "state": state,
                "kind": kind,
                "href": f"{reverse('lead')}?{look.query(scope=row.key)}",
                "decided": row.sums.get(found.lead.denominator, 0),
                "open": row.stock.open,
                "late": row.stock.late,
            }
        )
    return tiles


def _rank(row: Row, found: Board, look: Looking, kind: str) -> dict[str, Any]:
    value = found.lead.value(row.sums)
    more = {"scope": f"{look.scope.region}:{row.key}"} if kind == "organ" else {"item": row.key}
    target = board_custom().target(look.scope.region, found.lead.key)
    shown = "本期没有办结" if value is None else f"{found.lead.shown(row.sums)}{found.lead.unit}"
    late = f"，超期 {row.stock.late} 件" if row.stock.late else ""
    bad = value is not None and target is not None and found.lead.is_worse(value, target)
    return {
        "label": row.name,
        "value": max(value or 0.0, 0.0),
        "text": f"{shown}（{row.sums.get(found.lead.numerator, 0)} / {row.sums.get(found.lead.denominator, 0)}）{late}",
        "href": _cases(look, found.lead.key, **more),
        "kind": "red" if bad or row.stock.late else "green",
    }


@require_POST
@holding(*LOOKING)
def freeze(request: HttpRequest) -> HttpResponse:
    """Keeps the board as it stands, for a report."""
    look = looking(request)
    kept = boards.freeze(platform(), look.standing, look.scope.region, look.scope.organ, look.period)
    banners.success(request, "已经定格。以后数字再变，这一份不变。")
    return HttpResponseRedirect(reverse("lead-frozen", args=(kept.region, kept.id)), status=303)


@require_safe
@holding(*LOOKING)
def frozen(request: HttpRequest, region: str, snapshot: str) -> HttpResponse:
    """A frozen board beside what the same figures are now."""
    look = looking(request)
    with platform().database.seen_by(look.standing.eyes) as cursor:
        found = figures_snapshots.find(cursor, region, str(snapshot))
    if found is None:
        raise Http404("没有找到这份定格的数据")
    names = people.names_of(platform().database, {found.made_by})
    context = {
        "frozen": found,
        "period": boards.period_asked(found.period, platform().today()),
        "by": names.get(found.made_by, found.made_by),
        "moved": boards.against_now(platform(), look.standing.eyes, found),
        "places": [*found.document["regions"], *found.document["organs"]],
        "now": platform().now(),
    }
    return render(request, "figures/frozen.html", context)
