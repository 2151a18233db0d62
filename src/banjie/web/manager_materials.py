"""The materials of an item, a page each, since there is much to say of one."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions import publishing
from banjie.actions.publishing import Stale
from banjie.engine.catalogue import Material
from banjie.engine.subject import Malformed, Refused
from banjie.packs.diff import Change
from banjie.web import manager_sections as sections
from banjie.web.context import render
from banjie.web.manager import manager, standing_of
from banjie.web.manager_controls import Wrong
from banjie.web.manager_edit import (
    Editing,
    Trouble,
    editing_of,
    group,
    opened_by,
    saved_by,
    see_other,
    status_of,
    summary,
    theirs_of,
)
from banjie.wiring import platform

NEW = "new"


@require_http_methods(["GET", "HEAD"])
@manager
def materials(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """The materials with what each is: taken over from above, changed here, or added here."""
    return _list(request, editing_of(region, code, edition))


def _list(request: HttpRequest, editing: Editing) -> HttpResponse:
    row = editing.row
    lines = []
    above = {material.key: material for material in editing.upper.materials} if editing.upper else {}
    for one in editing.item.materials:
        href = reverse("manage-material", args=(row.region, row.code, row.edition, one.key))
        if editing.upper is None:
            status, kind = ("必须", "") if one.required else ("选交", "grey")
        elif one.key not in above:
            status, kind = "本地增加", "blue"
        else:
            status, kind = ("沿用上级", "grey") if one == above[one.key] else ("本地有改动", "blue")
        lines.append({"text": one.name, "href": href, "status": status, "kind": kind, "hint": one.basis})
    context = {
        "row": row,
        "lines": lines,
        "new_href": reverse("manage-material", args=(row.region, row.code, row.edition, NEW)),
        "back": reverse("manage-draft", args=(row.region, row.code, row.edition)),
    }
    return render(request, "manager/materials.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def material(request: HttpRequest, region: str, code: str, edition: int, key: str) -> HttpResponse:
    """One material: what it is, when it is asked for, what replaces it, and its review points."""
    editing = editing_of(region, code, edition)
    record = next((one for one in editing.item.materials if one.key == key), None)
    if record is None and key != NEW:
        raise Http404(key)
    if request.method != "POST":
        return _material_page(request, editing, record, None, ())
    kept = [one for one in editing.item.materials if one is not record]
    if "remove" in request.POST and record is not None:
        changed = replace(editing.item, materials=tuple(kept))
    else:
        try:
            one: Material = sections.read_record(sections.MATERIAL, record, request.POST)
        except Wrong as wrong:
            return _material_page(request, editing, record, request.POST, wrong.errors)
        if any(other.key == one.key for other in kept):
            twice = Malformed("key", f"编码“{one.key}”已经用在另一份材料上", "请换一个编码")
            return _material_page(request, editing, record, request.POST, (twice,))
        listed = [one if other is record else other for other in editing.item.materials]
        changed = replace(editing.item, materials=tuple(listed if record is not None else [*listed, one]))
    try:
        saved = publishing.propose(
            platform(),
            standing_of(request),
            changed,
            upper=editing.newest.upper or editing.row.upper,
            opened=opened_by(request),
        )
    except Stale as stale:
        theirs = theirs_of(editing, changed, sections.MATERIAL)
        return _material_page(request, editing, record, request.POST, (stale,), theirs=theirs)
    except (Refused, Malformed) as error:
        return _material_page(request, editing, record, request.POST, (error,))
    messages.success(request, f"已保存到第 {saved.edition} 版草稿。")
    return see_other(reverse("manage-edit", args=(region, code, saved.edition, "materials")))


def _material_page(
    request: HttpRequest,
    editing: Editing,
    record: Material | None,
    post: QueryDict | None,
    errors: tuple[Trouble, ...],
    *,
    theirs: tuple[Change, ...] = (),
) -> HttpResponse:
    row = editing.row
    shown = record or Material("", "", "")
    groups = [group("", sections.MATERIAL.controls, shown, post, "", errors, editing)]
    context = {
        "row": row,
        "page_title": record.name if record else "增加材料",
        "lead": "",
        "groups": groups,
        "rows": 1,
        "is_list": False,
        "said": [],
        "single": False,
        "row_title": "材料",
        "opened": editing.opened,
        "errors": summary(errors, groups),
        "stale": next((error for error in errors if isinstance(error, Stale)), None),
        "theirs": theirs,
        "by": saved_by(errors),
        "upper_name": editing.upper_name,
        "back": reverse("manage-edit", args=(row.region, row.code, row.edition, "materials")),
        "record": record,
    }
    return render(request, "manager/section.html", context, status=status_of(errors), errors=bool(errors))
