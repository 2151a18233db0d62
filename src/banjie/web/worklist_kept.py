"""What an official keeps of her worklist: saved views, the columns she sees; and the view as a file."""

import csv
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions.masking import listed_name
from banjie.engine.cases import STAGE_NAMES, Stage
from banjie.engine.cases.tasks import FAR
from banjie.records import people, supervision, worklists
from banjie.records.cases import Task
from banjie.records.people import Standing
from banjie.records.worklists import SavedView
from banjie.web.context import render
from banjie.web.identity import official, visitor
from banjie.web.worklist_filter import VIEW_NAMES, Filter, clean, whose
from banjie.wiring import platform

MOST_VIEWS: Final = 30
COLUMNS: Final = {
    "holder": "申请人",
    "step": "环节",
    "time": "时限",
    "handler": "承办人",
    "since": "到本单位",
    "region": "区划",
    "kind": "申请人类型",
}
"""The columns beside the item, which always stands first."""
USUAL: Final = ("holder", "step", "time")


@require_POST
@official
def save(request: HttpRequest) -> HttpResponse:
    """保存视图: keeps the worklist as it stands under a name of her own."""
    standing = _standing(request)
    query, name = clean(request.POST.get("query", "")), request.POST.get("name", "").strip()[:30]
    address = f"/office/?{query}" if query else "/office/"
    if not name or "\x00" in name:
        messages.error(request, "没有保存：请给视图起个名字，例如“江左区食品经营”。")
        return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
    kept = worklists.save_view(
        platform().database,
        standing.eyes,
        standing.actor.region,
        SavedView(name, query),
        platform().now(),
        most=MOST_VIEWS,
    )
    if kept:
        messages.success(request, f"已保存视图“{name}”。")
    else:
        messages.error(request, f"最多保存 {MOST_VIEWS} 个视图，请先删除不用的。")
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


@require_POST
@official
def settings(request: HttpRequest) -> HttpResponse:
    """Sets the columns, or drops a saved view."""
    standing = _standing(request)
    if "drop" in request.POST:
        worklists.drop_view(platform().database, standing.eyes, request.POST["drop"][:30])
        messages.success(request, "视图已删除。")
    else:
        chosen = [name for name in COLUMNS if name in request.POST.getlist("column")]
        worklists.keep_columns(platform().database, standing.eyes, standing.actor.region, chosen)
        messages.success(request, "列已保存。")
    query = clean(request.POST.get("query", ""))
    return HttpResponseRedirect(f"/office/?{query}" if query else "/office/", status=HTTPStatus.SEE_OTHER)


@require_safe
@official
def counts(request: HttpRequest) -> HttpResponse:
    """The side navigation with its counts, as the page asks for it anew every half minute."""
    standing, shown = _standing(request), Filter.of(request.GET)
    return render(request, "officer/worklist_counts.html", {"shown": shown, "nav": navigation(standing, shown)})


def navigation(standing: Standing, shown: Filter) -> list[dict[str, object]]:
    """The views with their counts, then her own."""
    database = platform().database
    found = worklists.counts(database, standing.eyes, whose(standing), list(VIEW_NAMES))
    desks = {"": None, "mine": None, "unclaimed": None, "all": None, "joint": None, "waiting": None}
    entries: list[dict[str, object]] = [
        {
            "text": VIEW_NAMES[one.list],
            "href": one.address(),
            "current": shown.desk == desk and not shown.is_narrowed,
            "count": counted(found[one.list]),
        }
        for desk in desks
        for one in [Filter(desk=desk)]
    ]
    here = shown.query(after="")
    entries += [
        {"text": f"☆ {view.name}", "href": f"/office/?{view.query}", "current": view.query == here and bool(here)}
        for view in worklists.saved_views(database, standing.eyes)
    ]
    # What the offices owe to whoever watches: orders to answer and causes to give, and notices nobody has read.
    due = supervision.owed(database, standing.eyes, sorted(standing.actor.offices))
    watch: dict[str, object] = {"text": "督查与提醒", "href": "/office/watch"}
    if waiting := due.total + due.unread:
        watch |= {"count": waiting, "kind": "red" if due.total else "blue"}
    return [
        *entries,
        watch,
        {"text": "本单位办件", "href": "/office/done"},
        {"text": "常用意见", "href": "/office/opinions"},
    ]


def counted(number: int) -> str:
    """A count in words: counting stops at a thousand."""
    return f"{worklists.COUNTED_TO - 1}+" if number >= worklists.COUNTED_TO else str(number)


@require_safe
@official
def download(request: HttpRequest) -> HttpResponse:
    """The view as a CSV file of any length, sent as it is read."""
    standing, shown = _standing(request), Filter.of(request.GET)
    answer = StreamingHttpResponse(_rows(standing, shown), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="worklist.csv"'
    # Django's two kinds of answers have a base of their own; every door takes either.
    return cast("HttpResponse", answer)


class _Line:
    """What csv writes to: it hands each line straight on."""

    @staticmethod
    def write(text: str) -> str:
        return text


def _rows(standing: Standing, shown: Filter) -> Iterator[bytes]:
    writer = csv.writer(_Line())
    wanted, _ = shown.wanted(platform().today())
    heads = ("办件编号", "事项编码", "事项", "申请人", "环节", "状态", "到期日", "到本单位", "承办人", "区划")
    yield "\ufeff".encode() + writer.writerow(heads).encode()
    names: dict[str, str] = {}
    mine = whose(standing)
    for line in worklists.every_line(platform().database, standing.eyes, shown.list, mine, wanted):
        if line.handler and line.handler not in names:
            names |= people.names_of(platform().database, {line.handler})
        yield writer.writerow(_cells(line, names, clear=line.handler in mine.accounts)).encode()


def _cells(line: Task, names: dict[str, str], *, clear: bool) -> list[str]:
    due_on = "" if line.due_on is None or line.due_on >= FAR else line.due_on.isoformat()
    cells = (
        *(line.number, line.item, line.item_name, listed_name(line.holder_name, clear=clear), line.step_name),
        *(STAGE_NAMES[Stage(line.stage)], due_on, line.since.isoformat(), names.get(line.handler, line.handler)),
        line.region,
    )
    # A text that begins like a formula would be one in a spreadsheet.
    return [f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text for text in cells]


def _standing(request: HttpRequest) -> Standing:
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return standing
