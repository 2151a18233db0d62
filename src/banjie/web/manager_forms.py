"""申请表的编辑: pages, fields and groups of a draft, with the page beside it as an applicant will see it.

Every press saves a draft of the next edition; another manager publishes it. What a change means for people who
are filling the form in stands above it, before it is published.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from banjie.actions import publishing
from banjie.engine.form_checks import form_faults
from banjie.engine.forms import Column, Field, FieldKind, Form, Section
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.packs import form_edits
from banjie.packs.elements import elements, library
from banjie.packs.words import CODES
from banjie.records import drafts
from banjie.records.catalogue import State
from banjie.web import form_groups, troubles
from banjie.web.context import render
from banjie.web.form_fields import Control, control
from banjie.web.manager import manager, standing_of
from banjie.web.manager_controls import Wrong
from banjie.web.manager_edit import Editing, editing_of, opened_by
from banjie.web.manager_fields import read_field, shown_field, unread
from banjie.web.manager_form_checks import drop_check, put_check, shown_checks
from banjie.wiring import platform

NEW: Final = "new"
Trouble = Refused | Malformed


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def form(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """The whole form: its pages and fields in order, what stands against it, and how it will look."""
    editing = editing_of(region, code, edition)
    if request.method != "POST":
        return _form_page(request, editing)
    try:
        changed = _changed(editing.item.form, request)
        return _kept(request, editing, changed, "manage-form")
    except (Refused, Malformed) as error:
        return _form_page(request, editing, error)


def _changed(before: Form, request: HttpRequest) -> Form:
    """The form after the one thing that the button said. Raises `Malformed`."""
    asked = request.POST
    move, _, name = asked.get("move", "").partition(":")
    if name:
        steps = {"up": -1, "down": 1}.get(move, 0)
        page = name.removeprefix("page/")
        return form_edits.move_section(before, page, steps) if page != name else form_edits.move(before, name, steps)
    if name := asked.get("drop", ""):
        page = name.removeprefix("page/")
        return form_edits.drop_section(before, page) if page != name else form_edits.drop(before, name)
    if "page_title" in asked:
        title, hint = str(asked["page_title"]).strip(), asked.get("page_hint", "").strip()
        return _with_page(before, asked.get("page", ""), title, hint)
    if place := asked.get("drop_check", ""):
        return drop_check(before, place)
    if "check" in asked:
        return put_check(before, asked.dict())
    if chosen := asked.get("element", ""):
        return _with_element(before, asked.get("page", ""), asked.get("group", ""), chosen)
    raise Malformed("", "没有说明要改什么", "请用页面上的按钮")


def _with_page(before: Form, key: str, title: str, hint: str) -> Form:
    if not title or len(title) > 60 or not title.isprintable():
        raise Malformed("page_title", "页的标题没有填写，或者太长", "请填写 60 字以内的标题")
    if len(hint) > 300 or not hint.isprintable():
        raise Malformed("page_hint", "提示太长，或者含有看不见的字符", "请控制在 300 字以内")
    known = next((one for one in before.sections if one.key == key), None)
    if known is not None:
        return form_edits.put_section(before, key, replace(known, title=title, hint=hint))
    fresh = form_edits.free_key((one.key for one in before.sections), f"page_{len(before.sections) + 1}")
    return form_edits.put_section(before, fresh, Section(fresh, title, (), hint))


def _with_element(before: Form, page: str, group: str, chosen: str) -> Form:
    element = elements().get(chosen)
    if element is None:
        raise Malformed("element", "没有选择数据元", "请从列表中选一个")
    taken = {field.key for field in before.fields} | {column.key for field in before.fields for column in field.columns}
    key = form_edits.free_key(taken, chosen)
    return form_edits.put(before, page, f"{group}.{key}" if group else key, element.field(key))


def _kept(request: HttpRequest, editing: Editing, changed: Form, name: str, *more: str) -> HttpResponse:
    row = editing.row
    kept = publishing.propose(
        platform(),
        standing_of(request),
        replace(editing.item, form=changed),
        upper=editing.newest.upper or row.upper,
        opened=opened_by(request),
    )
    messages.success(request, f"已保存到第 {kept.edition} 版草稿。")
    address = reverse(name, args=(row.region, row.code, kept.edition, *more))
    return HttpResponseRedirect(f"{address}#{request.POST.get('at', '')}", status=HTTPStatus.SEE_OTHER)


def _form_page(request: HttpRequest, editing: Editing, error: Trouble | None = None) -> HttpResponse:
    row, item = editing.row, editing.item
    here = (row.region, row.code, row.edition)
    questions = [question.key for question in item.questions]
    context = {
        "row": row,
        "item": item,
        "opened": editing.opened,
        "pages": [_outline(page, here) for page in item.form.sections],
        "checks": shown_checks(item.form, request.POST.dict() if error else {}),
        "library": library(),
        "faults": tuple(form_faults(item.form, questions)),
        "effects": _effects(editing),
        "previews": [(page, _preview(page)) for page in item.form.sections],
        "errors": [{"field": error.field or "", "message": _words(error)}] if error else [],
        "here": reverse("manage-form", args=here),
        "back": reverse("manage-draft", args=here),
        "is_draft": editing.newest.state is State.DRAFT,
    }
    status = troubles.status_of(error) if isinstance(error, Refused) else 422 if error else 200
    return render(request, "manager/form.html", context, status=status, errors=error is not None)


def _words(error: Trouble) -> str:
    return error.reason + (f"。{error.remedy}" if error.remedy else "")


def _outline(page: Section, here: tuple[str, str, int]) -> dict[str, Any]:
    return {"page": page, "fields": [_line(field, here, "") for field in page.fields]}


def _line(field: Column, here: tuple[str, str, int], group: str) -> dict[str, Any]:
    name = f"{group}.{field.key}" if group else field.key
    told = [KIND_WORDS.get(field.kind, field.kind.value)]
    told += [] if field.required else ["选填"]
    told += ["有显示条件"] if field.show_if else []
    told += ["个人信息"] if field.personal else []
    columns = field.columns if isinstance(field, Field) else ()
    return {
        "name": name,
        "label": field.label,
        "told": "，".join(told),
        "element": elements()[field.element].label if field.element in elements() else "",
        "href": reverse("manage-form-field", args=(*here, name)),
        "is_group": field.kind is FieldKind.GROUP,
        "columns": [_line(column, here, field.key) for column in columns],
    }


KIND_WORDS: Final = {kind: words for words, kind in CODES[FieldKind].items()}
"""What each kind of field is called."""


def _effects(editing: Editing) -> tuple[form_edits.Effect, ...]:
    """What the draft does to applications that are being filled in under the edition in force."""
    here, row = platform(), editing.row
    law = here.laws.published(row.region, row.code)
    if law is None or editing.newest.state is not State.DRAFT:
        return ()
    kept = drafts.answers_kept(here.database, row.region, row.code)
    return form_edits.effects(law.item.form, editing.item.form, kept.drafts, kept.fields)


# --- how it will look ---


def _preview(page: Section) -> list[Control]:
    """The page as an applicant sees it, everything asked at once."""
    return [_preview_of(field) for field in page.fields]


def _preview_of(field: Field) -> Control:
    name = f"preview-{field.key}"
    if field.sum_of:
        return Control("total", {"name": name, "label": field.label, "words": ""})
    if field.kind is FieldKind.GROUP:
        made = form_groups.table(field, {}, {}, {})
        return Control(made.macro, {**made.args, "name": name})
    return control(field, None, name=name)


# --- one field ---


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def field(request: HttpRequest, region: str, code: str, edition: int, name: str) -> HttpResponse:
    """One field or column: what it asks, how, when, and within which bounds."""
    editing = editing_of(region, code, edition)
    before = editing.item.form
    group, dot, key = name.partition(".")
    known = form_edits.find(before, name)
    if known is None and (key if dot else group) != NEW:
        raise Http404(name)
    if dot and form_edits.find(before, group) is None:
        raise Http404(name)
    page = request.POST.get("page") or request.GET.get("page") or form_edits.section_of(before, group)
    if page not in {one.key for one in before.sections}:
        raise Http404(page)
    if request.method != "POST":
        return _field_page(request, editing, name, known, page)
    try:
        part = read_field(request.POST, known, is_column=bool(dot))
        if known is None and form_edits.find(before, f"{group}.{part.key}" if dot else part.key) is not None:
            raise Wrong((Malformed("key", f"编码“{part.key}”已经用在另一项上", "请换一个编码"),))
        if "preview" in request.POST:
            return _field_page(request, editing, name, known, page, seen=part)
        fresh = f"{group}.{part.key}" if dot else part.key
        changed = form_edits.put(before, page, name if known is not None else fresh, part)
        return _kept(request, editing, changed, "manage-form")
    except Wrong as wrong:
        return _field_page(request, editing, name, known, page, errors=wrong.errors)
    except (Refused, Malformed) as error:
        return _field_page(request, editing, name, known, page, errors=(error,))


@require_POST
@manager
def preview(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """One field as an applicant will see it, while it is being written: asked for by a script."""
    editing_of(region, code, edition)
    part = unread(request.POST)
    return render(request, "manager/form_preview.html", {"controls": [_preview_of(part)] if part else []})


def _field_page(
    request: HttpRequest,
    editing: Editing,
    name: str,
    known: Column | None,
    page: str,
    *,
    errors: tuple[Trouble, ...] = (),
    seen: Column | None = None,
) -> HttpResponse:
    row = editing.row
    here = (row.region, row.code, row.edition)
    wrong = {error.field: _words(error) for error in errors if error.field}
    post = request.POST if request.method == "POST" else None
    shown = seen or (unread(request.POST) if post else known)
    is_column = "." in name
    context = {
        "row": row,
        "name": name,
        "known": known,
        "page": page,
        "opened": editing.opened,
        "controls": shown_field(known, post, wrong, is_column=is_column),
        "errors": [{"field": error.field or "", "message": _words(error)} for error in errors],
        "preview": [_preview_of(shown if isinstance(shown, Field) else form_edits.field_of(shown))] if shown else [],
        "preview_href": reverse("manage-form-preview", args=here),
        "back": reverse("manage-form", args=here),
    }
    stale = any(isinstance(error, publishing.Stale) for error in errors)
    status = HTTPStatus.CONFLICT if stale else HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "manager/form_field.html", context, status=status, errors=bool(errors))
