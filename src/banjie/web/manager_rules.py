"""情形规则: an official edits the decision tables of a draft in the browser, tries them, and takes them out and in.

What is saved is a draft; another manager publishes it once the checks of `engine.table_checks` find nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.actions import publishing
from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable, compiled
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.subject import Refused
from banjie.engine.table_checks import table_faults
from banjie.engine.table_space import Dimension, dimensions
from banjie.packs.reading import PackError
from banjie.packs.rule_tables import OUTPUTS, outputs_shown, policy_words, replaced
from banjie.packs.rule_tables_dmn import from_dmn, to_dmn
from banjie.packs.rule_tables_xlsx import MOST_BYTES, from_workbook, to_workbook
from banjie.packs.words import CODES
from banjie.web import rules_grid, troubles
from banjie.web.context import render
from banjie.web.manager import address_of, found, manager, standing_of
from banjie.web.manager_edit import Editing, editing_of, opened_by
from banjie.web.rules_grid import Grid, Wrong
from banjie.wiring import platform

NEW: Final = "new"
_KEPT: Final = ("save", "drop")
_FORMATS: Final[dict[str, tuple[str, Callable[[Item], bytes]]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_workbook),
    "dmn": ("application/xml; charset=utf-8", to_dmn),
}


@require_safe
@manager
def rules(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """The tables of an item with what stands against them, and the ways out and in."""
    return _list_page(request, editing_of(region, code, edition))


def _list_page(
    request: HttpRequest, editing: Editing, errors: tuple[Wrong, ...] = (), refused: Refused | None = None
) -> HttpResponse:
    row, item = editing.row, editing.item
    here = (row.region, row.code, row.edition)
    faults = tuple(table_faults(item))
    tables = []
    for place, table in enumerate(item.tables):
        wrong = sum(fault.field.startswith(f"tables[{place}]") for fault in faults)
        tables.append(
            {
                "href": reverse("manage-rule", args=(*here, table.key)),
                "name": table.name,
                "columns": "、".join(_label(dimensions(item), column.fact) for column in table.inputs),
                "rows": len(table.rows),
                "policy": policy_words(table),
                "tried": len(table.examples),
                "status": (f"{wrong} 处要改", "red") if wrong else ("检查通过", "green"),
            }
        )
    context = {
        "row": row,
        "tables": tables,
        "faults": faults,
        "new_href": reverse("manage-rule", args=(*here, NEW)),
        "files": [(kind, reverse("manage-rules-file", args=(*here, kind))) for kind in _FORMATS],
        "upload_href": reverse("manage-rules-upload", args=here),
        "opened": editing.opened,
        "back": address_of(editing.newest),
        "errors": [{"field": one.field, "message": one.message} for one in errors],
        "refused": refused,
    }
    status = troubles.status_of(refused) if refused else HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "manager/rules.html", context, status=status, errors=bool(errors or refused))


def _label(known: dict[str, Dimension], fact: str) -> str:
    return known[fact].label if fact in known else fact


# --- out and in ---


@require_safe
@manager
def file(request: HttpRequest, region: str, code: str, edition: int, kind: str) -> HttpResponse:
    """All tables of the edition as a workbook or a DMN document."""
    if kind not in _FORMATS:
        raise Http404(kind)
    _, item = found(region, code, edition)
    media_type, write = _FORMATS[kind]
    try:
        content = write(item)
    except Malformed as broken:
        raise Refused(
            f"规则表里有读不懂的格：{broken.reason}", rule="DMN 1.3", remedy=f"{broken.remedy}，改好后再下载"
        ) from None
    name = quote(f"{item.name}-情形规则.{kind}")
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


@require_POST
@manager
def upload(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """Tables from a file in place of those of the draft. A broken cell is named by worksheet, cell and remedy."""
    editing = editing_of(region, code, edition)
    sent = request.FILES.get("file")
    if sent is None:
        return _list_page(request, editing, (Wrong("file", "请选择从本页下载、修改好的文件"),))
    if sent.size is None or sent.size > MOST_BYTES:
        return _list_page(request, editing, (Wrong("file", "文件太大，规则表不会超过 2 MB"),))
    data = sent.read()
    try:
        # A workbook is a zip archive; what else may come is XML, whatever the file is called.
        tables = from_workbook(data, editing.item) if data[:2] == b"PK" else from_dmn(data, editing.item)
    except PackError as error:
        lines = (Wrong("file", f"{fault.field}：{fault.reason}。{fault.remedy}") for fault in error.faults[:20])
        return _list_page(request, editing, tuple(lines))
    except Malformed as broken:
        return _list_page(request, editing, (Wrong("file", f"{broken.field}：{broken.reason}。{broken.remedy}"),))
    try:
        return _keep(request, editing, replace(editing.item, tables=tables))
    except Refused as refused:
        return _list_page(request, editing, refused=refused)


def _keep(request: HttpRequest, editing: Editing, changed: Item) -> HttpResponse:
    """Saves the draft. Raises `Refused` as `publishing.propose` does."""
    upper = editing.newest.upper or editing.row.upper
    kept = publishing.propose(platform(), standing_of(request), changed, upper=upper, opened=opened_by(request))
    messages.success(request, "已保存为草稿。检查全部通过后，请另一名事项管理人员核对公布。")
    address = reverse("manage-rules", args=(kept.region, kept.code, kept.edition))
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


# --- one table ---


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def rule(request: HttpRequest, region: str, code: str, edition: int, key: str) -> HttpResponse:
    """One table: its grid, its examples, what the check finds, and a try-out. Nothing is kept until it is saved."""
    editing = editing_of(region, code, edition)
    tables = editing.item.tables
    place = next((number for number, table in enumerate(tables) if table.key == key), len(tables))
    if place == len(tables) and key != NEW:
        raise Http404(key)
    if request.method != "POST":
        grid = (
            rules_grid.grid_of(tables[place]) if key != NEW else Grid(cells=[[]], outputs=[dict.fromkeys(OUTPUTS, "")])
        )
        return _rule_page(request, editing, place, grid)
    grid = rules_grid.grid_posted(request.POST)
    action = request.POST.get("do", "")
    rules_grid.change(grid, action, request.POST.get("add-fact", ""))
    if action not in _KEPT:
        return _rule_page(request, editing, place, grid)
    table, wrong = rules_grid.table_of(grid, editing.item)
    if action == "save" and wrong:
        return _rule_page(request, editing, place, grid)
    try:
        return _keep(request, editing, replaced(editing.item, place, table if action == "save" else None))
    except Refused as refused:
        return _rule_page(request, editing, place, grid, refused)


def _rule_page(
    request: HttpRequest, editing: Editing, place: int, grid: Grid, refused: Refused | None = None
) -> HttpResponse:
    item, row = editing.item, editing.row
    table, wrong = rules_grid.table_of(grid, item)
    checked = replaced(item, place, table)
    faults = (
        [] if wrong else [one for one in table_faults(checked) if one.field.startswith((f"tables[{place}]", "tables "))]
    )
    known = dimensions(item)
    trying, tried_wrong = rules_grid.tried(request.POST, table, known)
    answer = None
    if request.POST.get("do") == "try" and not tried_wrong:
        answer = _answer(table, trying, known)
    errors = (*wrong, *tried_wrong) if request.method == "POST" else ()
    columns = rules_grid.columns_of(grid, item)
    used = set(grid.facts)
    context = {
        "row": row,
        "item": item,
        "grid": grid,
        "is_new": place == len(item.tables),
        "columns": [
            {
                "fact": fact,
                "label": grid.labels[number] or (column.label if column else fact),
                "control": rules_grid.cell_control(request.POST.get(f"try-c{number}", ""), column),
            }
            for number, (fact, column) in enumerate(zip(grid.facts, columns, strict=True))
        ],
        "lines": [
            [rules_grid.cell_control(text, columns[number]) for number, text in enumerate(cells)]
            for cells in grid.cells
        ],
        "results": [_result_words(outputs) for outputs in grid.outputs],
        "outputs": OUTPUTS,
        "policies": [{"value": words, "text": words} for words in CODES[type(table.policy)]],
        "facts": [{"value": fact, "text": one.label} for fact, one in known.items() if fact not in used],
        "materials": [(one.key, one.name) for one in item.materials],
        "most_rows": rules_grid.MOST_ROWS,
        "faults": faults,
        "errors": [{"field": one.field, "message": one.message} for one in errors],
        "wrong": {one.field: one.message for one in errors},
        "tried": {f"try-c{number}": request.POST.get(f"try-c{number}", "") for number in range(len(grid.facts))},
        "answer": answer,
        "refused": refused,
        "opened": request.POST.get("opened", editing.opened),
        "back": reverse("manage-rules", args=(row.region, row.code, row.edition)),
    }
    status = troubles.status_of(refused) if refused else HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "manager/rule.html", context, status=status, errors=bool(errors or refused))


def _result_words(outputs: dict[str, str]) -> str:
    """What a row brings about, in a few words, for the line that opens its results."""
    told = [
        f"{words}：{outputs[name].replace(chr(10), '、')}"
        for name, words in OUTPUTS.items()
        if outputs[name].strip() and name not in ("reason", "basis")
    ]
    return "；".join(told) or "没有其他变化"


def _answer(table: DecisionTable, facts: dict[str, Fact], known: dict[str, Dimension]) -> dict[str, Any]:
    """Which rows these facts hit, and for each other row the first test it fails."""
    try:
        ready = compiled(table)
    except Malformed as broken:
        return {"trouble": f"{broken.reason}。{broken.remedy}"}
    hits = ready.hits(facts)
    missed = []
    for index, cells in enumerate(ready.cells):
        if index in hits:
            continue
        failed = [
            _label(known, column.fact)
            for column, cell in zip(table.inputs, cells, strict=True)
            if not cell.matches(facts.get(column.fact))
        ]
        missed.append((index + 1, "、".join(failed) + "不符" if failed else "前面的行已经命中"))
    rows = [(index + 1, table.rows[index], _result_words(outputs_shown(table.rows[index]))) for index in hits]
    return {"trouble": "", "hits": rows, "missed": missed}
