"""流程分析: how cases of an item really went, where they waited, what was promised and kept, and what is to come."""

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from banjie.actions.flow_export import FORMATS, lines
from banjie.actions.forecasting import Outlook, coming_friday, outlook
from banjie.engine.calendar import CHINA
from banjie.engine.flow import START, Box, Drawing, Edge, Kept, Line, Stay, bottlenecks, layout
from banjie.records import desks, flow
from banjie.records.flow import ItemSeen, Wanted
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_elsewhere import LOOKING, duration, month_of, places_of
from banjie.web.supervise_frame import standing_of
from banjie.wiring import platform

SIMPLE = 24
"""Edges a map shows unless all are asked for."""
MOST_PEOPLE = 999
_LETTERS = 11


@require_safe
@holding(*LOOKING)
def overview(request: HttpRequest) -> HttpResponse:
    """The map of an item and a span of months, with its tables and the forecast."""
    standing = standing_of(request)
    regions, database, eyes = places_of(standing), platform().database, standing.eyes
    items = flow.items(database, eyes, regions)
    asked, organ = _text(request, "item"), _text(request, "organ")
    item = next((one for one in items if one.item == asked), items[0] if items and not asked else None)
    this_month = platform().today().replace(day=1)
    first = month_of(_text(request, "from"), _months_before(this_month, 11))
    last = max(first, month_of(_text(request, "to"), this_month))
    wanted = Wanted(tuple(regions), first, _months_before(last, -1), item.item if item else None, organ or None)
    whole = flow.process_map(database, eyes, wanted) if item else None
    stays = flow.stays(database, eyes, wanted) if item else ()
    names = desks.organ_names(database, {stay.office for stay in stays} | {one.organ for one in items if one.organ})
    every = request.GET.get("all") == "1"
    shown = (whole if every else whole.simplified(SIMPLE)) if whole else None
    asked_for = {"item": asked, "organ": organ, "from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"}
    context = {
        "items": [{"value": one.item, "text": _item_words(one)} for one in _once(items)],
        "organs": [
            {"value": code, "text": names.get(code, code)} for code in sorted({one.organ for one in items if one.organ})
        ],
        "item": item,
        "organ": organ,
        "first": f"{first:%Y-%m}",
        "last": f"{last:%Y-%m}",
        "drawing": _drawn(layout(shown)) if shown else None,
        "edges": [_edge(edge) for edge in shown.edges] if shown else [],
        "hidden": len(whole.edges) - len(shown.edges) if whole and shown else 0,
        "all_href": f"?{urlencode(asked_for | {'all': '1'})}",
        "rework": f"{whole.rework_share * 100:.1f}" if whole else "0",
        "bottlenecks": [_stay(stay, names) for stay in bottlenecks(stays)],
        "kept": [_kept(one) for one in (flow.kept(database, eyes, wanted) if item else ())],
        "outlook": _outlook(outlook(platform(), eyes, regions, item, coming_friday(platform().now()), _people(request)))
        if item
        else None,
        "people": _text(request, "people"),
    }
    return render(request, "supervisor/flow.html", context)


@require_safe
@holding(*LOOKING)
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The event log of the supervisor's regions, as it is read."""
    standing = standing_of(request)
    write, media_type = FORMATS["xes" if form == "xes" else "ocel"]
    pieces = write(lines(platform(), standing.eyes, places_of(standing)))
    name = "banjie.xes" if form == "xes" else "banjie.jsonocel"
    answer = StreamingHttpResponse(
        (piece.encode() for piece in pieces),
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    # Django's two kinds of answers have a base of their own; every door takes either.
    return cast("HttpResponse", answer)


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:200].strip()


def _people(request: HttpRequest) -> int | None:
    text = _text(request, "people")
    return min(int(text), MOST_PEOPLE) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _months_before(month: date, many: int) -> date:
    place = month.year * 12 + month.month - 1 - many
    return date(place // 12, place % 12 + 1, 1)


def _once(items: tuple[ItemSeen, ...]) -> list[ItemSeen]:
    return list({one.item: one for one in items}.values())


def _item_words(one: ItemSeen) -> str:
    return f"{one.name}（{one.source}）" if one.source else one.name


def _node(name: str) -> str:
    return "开始" if name == START else name


def _drawn(drawing: Drawing) -> dict[str, Any]:
    """The drawing as the template writes it; long names are cut there and whole in the title."""
    return {
        "width": f"{drawing.width:.0f}",
        "height": f"{drawing.height:.0f}",
        "boxes": [_box(box) for box in drawing.boxes],
        "lines": [_line(line) for line in drawing.lines],
    }


def _box(box: Box) -> dict[str, Any]:
    name = _node(box.node)
    wide = sum(2 if ord(sign) > 0x2E80 else 1 for sign in name)
    short = name if wide <= 2 * _LETTERS else f"{name[: _LETTERS if wide > len(name) else 2 * _LETTERS - 2]}…"
    return {
        "name": name,
        "short": short,
        "count": box.count,
        "x": f"{box.x:.0f}",
        "y": f"{box.y:.0f}",
        "middle": f"{box.x + box.width / 2:.0f}",
        "first": f"{box.y + 20:.0f}",
        "second": f"{box.y + 38:.0f}",
        "width": f"{box.width:.0f}",
        "height": f"{box.height:.0f}",
    }


def _line(line: Line) -> dict[str, Any]:
    edge = line.edge
    return {
        "path": line.path,
        "back": line.back,
        "weight": f"{line.weight:.1f}",
        "x": f"{line.x:.0f}",
        "y": f"{line.y:.0f}",
        "words": f"{edge.count} 次" + (f" · {duration(edge.mean_s)}" if edge.source != START else ""),
    }


def _edge(edge: Edge) -> list[Any]:
    waited = duration(edge.mean_s) if edge.source != START else "—"
    return [_node(edge.source), _node(edge.target), edge.count, waited, edge.rework or "—"]


def _stay(stay: Stay, names: Any) -> list[Any]:
    office = names.get(stay.office, stay.office) or "未写明"
    return [
        _node(stay.node),
        office,
        stay.count,
        duration(stay.mean_s),
        f"{stay.seconds / 86400:.0f} 天",
        stay.rework or "—",
    ]


def _kept(one: Kept) -> list[Any]:
    month = date.fromisoformat(one.key)
    on_time = int((one.decided - one.late) / one.decided * 1000) / 10 if one.decided else 0
    return [
        f"{month.year}年{month.month}月",
        one.decided,
        f"{one.mean_promised:.1f}",
        f"{one.mean_used:.1f}",
        one.late,
        f"{on_time:.1f}%",
    ]


def _outlook(found: Outlook) -> dict[str, Any]:
    said, record = found.forecast, found.record
    last_day = (found.by - timedelta(seconds=1)).astimezone(CHINA).date()
    return {
        "by": last_day,
        "late": round(said.expected),
        "low": said.low,
        "high": said.high,
        "due": said.cases,
        "in_hand": found.in_hand,
        "people": found.people,
        "usual": found.usual_people,
        "learnt": found.learnt_from,
        "cases": [(key, f"{chance * 100:.0f}%") for key, chance in said.chances[:10]],
        "record": record,
        "brier": f"{record.brier:.3f}",
        "plain": f"{record.brier_median:.3f}",
        "bins": [[f"{one.said * 100:.0f}%", f"{one.came * 100:.0f}%", one.count] for one in record.bins],
    }
