"""The rows of a repeating group: one row a page, and many at once out of a spreadsheet."""

from typing import Any, Final

from django.contrib import messages as banners
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.engine.form_answers import columns_asked, row_answers
from banjie.engine.forms import Fault, Field, FieldKind, Section
from banjie.engine.ids import Malformed
from banjie.web import filling, form_fields, form_groups, form_sheets
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.apply_form import back_to, kept_now, outside
from banjie.web.context import render
from banjie.web.draft_filled import Filling
from banjie.web.form_fields import PREFIX
from banjie.wiring import platform

ERRORS_SHOWN: Final = 50
"""Wrong cells that are listed one by one; of more the number is told."""


def _group(found: Filling, key: str, name: str) -> tuple[Section, Field]:
    """The page and the group of that name. Raises Http404 when they are not asked for."""
    page = found.section(key)
    for one in page.fields:
        if one.key == name and one.kind is FieldKind.GROUP:
            return page, one
    raise Http404("申请表没有这一项")


@require_GET
@filled_by_me
def add(request: HttpRequest, found: Filling, key: str, group: str) -> HttpResponse:
    """A new row: its identifier stands in its address, so that sending it twice makes one."""
    page, asked = _group(found, key, group)
    return onward("apply-row", found, page.key, asked.key, form_groups.next_id(found.rows(asked.key)))


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def row(request: HttpRequest, found: Filling, key: str, group: str, row: str) -> HttpResponse:
    """One row on a page of its own."""
    page, asked = _group(found, key, group)
    if not form_groups.is_row_id(row):
        raise Http404("没有这一条")
    typed_at = f"{page.key}.{asked.key}.{row}"
    kept = found.rows(asked.key).get(row, {})
    values: dict[str, Any] = {**kept, **found.typed(typed_at)}
    if request.method != "POST":
        removing = "remove" in request.GET and bool(values)
        return _row_page(request, found, page, asked, row, values, removing=removing)
    if request.POST.get("remove") == row:
        parts: dict[str, dict[str, Any]] = {"rows": {f"{asked.key}.{row}": None}, "typed": {typed_at: None}}
        return back_to(filling.save_parts(platform(), me(request), found, parts), page, asked)
    # What was asked is what the page showed: it follows from what was known when it was made.
    columns = columns_asked(asked, values, outside(found))
    raw = form_fields.posted(asked.columns, request.POST)
    if request.headers.get("X-Requested-With") == "autosave" or "step" in request.POST:
        now = filling.save_within(platform(), me(request), found, "typed", {typed_at: raw})
        return kept_now() if "step" not in request.POST else _row_page(request, now, page, asked, row, raw)
    told, faults = row_answers(asked, raw, outside(found), platform().regions.address_name)
    most = asked.rows_wanted[1]
    if not faults and not kept and len(found.rows(asked.key)) >= most:
        faults = (Fault("", asked.label, f"最多 {most} 条", "请先删去不要的，再添加"),)
    if faults:
        now = filling.save_within(platform(), me(request), found, "typed", {typed_at: raw})
        shown = {column.key for column in columns} | {""}
        wrong = tuple(fault for fault in faults if fault.field in shown)
        return _row_page(request, now, page, asked, row, raw, faults=wrong, more=len(wrong) < len(faults))
    parts = {"rows": {f"{asked.key}.{row}": told}, "typed": {typed_at: None}}
    now = filling.save_parts(platform(), me(request), found, parts)
    if request.POST.get("then") == "another":
        return onward("apply-row-add", now, page.key, asked.key)
    return back_to(now, page, asked)


def _row_page(
    request: HttpRequest,
    found: Filling,
    page: Section,
    group: Field,
    row: str,
    values: dict[str, Any],
    *,
    faults: tuple[Fault, ...] = (),
    more: bool = False,
    removing: bool = False,
) -> HttpResponse:
    rows = sorted({*found.rows(group.key), row})
    wrong: dict[str, str] = {}
    for fault in faults:
        wrong.setdefault(fault.field, form_fields.message(fault))
    context = {
        "filling": found,
        "item": found.item,
        "section": page,
        "group": group,
        "number": rows.index(row) + 1,
        "here": found.page("apply-row", page.key, group.key, row),
        "back": f"{found.page('apply-section', page.key)}#{PREFIX}{group.key}",
        "controls": [
            form_fields.control(column, values.get(column.key), error=wrong.get(column.key, ""))
            for column in columns_asked(group, values, outside(found))
        ],
        "errors": [{"field": PREFIX + field if field else "", "message": message} for field, message in wrong.items()],
        "more": more and not faults,
        "row": row,
        "kept": row in found.rows(group.key) or bool(values),
        "removing": removing,
        "naming": form_groups.naming(group, values),
    }
    status = 422 if faults else 200
    return render(request, "apply/row.html", context, status=status, errors=bool(faults), search=False)


# --- many at once ---


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def paste(request: HttpRequest, found: Filling, key: str, group: str) -> HttpResponse:
    """Rows pasted or uploaded from a spreadsheet: all of them are right, or none is taken and each cell is named."""
    page, asked = _group(found, key, group)
    if request.method != "POST":
        return _paste_page(request, found, page, asked, str(found.typed(f"{key}.{group}.paste").get("text", "")))
    text = request.POST.get("text", "")
    try:
        lines = _lines(request, text)
    except Malformed as malformed:
        words = f"{malformed.reason}。{malformed.remedy}"
        return _paste_page(request, found, page, asked, text, [{"field": "file", "message": words}])
    text = form_sheets.as_text(lines)
    told, errors = form_sheets.read_lines(asked, lines, outside(found), platform().regions.address_name)
    kept = {} if request.POST.get("way") == "replace" else found.rows(asked.key)
    most = asked.rows_wanted[1]
    if not told and not errors:
        errors = ["没有找到内容。请从电子表格复制若干行，粘贴到下面，或者选择文件上传"]
    elif len(kept) + len(told) > most:
        errors = [f"连同已有的共 {len(kept) + len(told)} 条，最多 {most} 条。请减少后再试"]
    if errors:
        filling.save_within(platform(), me(request), found, "typed", {f"{key}.{group}.paste": {"text": text}})
        listed = [{"field": "text", "message": message} for message in errors[:ERRORS_SHOWN]]
        if len(errors) > ERRORS_SHOWN:
            listed.append({"field": "text", "message": f"还有 {len(errors) - ERRORS_SHOWN} 处，请先改正上面这些"})
        return _paste_page(request, found, page, asked, text, listed)
    rows: dict[str, Any] = {f"{asked.key}.{row}": None for row in found.rows(asked.key) if row not in kept}
    ids = list(kept)
    for cells in told:
        ids.append(form_groups.next_id(ids))
        rows[f"{asked.key}.{ids[-1]}"] = cells
    parts: dict[str, dict[str, Any]] = {"rows": rows, "typed": {f"{key}.{group}.paste": None}}
    filling.save_parts(platform(), me(request), found, parts)
    banners.success(request, f"已经加入 {len(told)} 条。")
    return back_to(found, page, asked)


def _lines(request: HttpRequest, text: str) -> list[list[str]]:
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        return form_sheets.from_workbook(upload)
    return form_sheets.from_text(text)


def _paste_page(
    request: HttpRequest,
    found: Filling,
    page: Section,
    group: Field,
    text: str,
    errors: list[dict[str, str]] | None = None,
) -> HttpResponse:
    context = {
        "filling": found,
        "item": found.item,
        "section": page,
        "group": group,
        "text": text,
        "errors": errors or [],
        "count": len(found.rows(group.key)),
        "way": request.POST.get("way", "append"),
        "here": found.page("apply-rows-paste", page.key, group.key),
        "back": f"{found.page('apply-section', page.key)}#{PREFIX}{group.key}",
    }
    status = 422 if errors else 200
    return render(request, "apply/paste.html", context, status=status, errors=bool(errors), search=False)
