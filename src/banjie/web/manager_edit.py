"""Editing a draft in the browser, one subject a page.

What is saved is the newest draft with what stands on one page: of two people who edit different pages nothing is
lost, and of two who edit the same page the second is told what the first has said before anything is kept.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions import publishing
from banjie.actions.publishing import Stale
from banjie.engine.catalogue import Item
from banjie.engine.clock import Unit
from banjie.engine.editions import STATE_NAMES, State
from banjie.engine.inheritance import SAME
from banjie.engine.subject import Malformed, Refused
from banjie.packs.diff import Change, diff
from banjie.packs.words import code_words
from banjie.records import catalogue, people
from banjie.records.catalogue import EditionRow
from banjie.web import manager_controls as controls
from banjie.web import manager_sections as sections
from banjie.web.context import render
from banjie.web.manager import address_of, found, manager, standing_of
from banjie.web.manager_controls import Control, Shape, Wrong
from banjie.web.manager_faults import fault_lines
from banjie.web.manager_sections import Section
from banjie.wiring import platform


@dataclass(frozen=True, slots=True)
class Editing:
    """What an editor has before her: the edition opened, the newest there is, the item she changes, and the upper."""

    row: EditionRow
    newest: EditionRow
    item: Item
    upper: Item | None
    upper_name: str

    @property
    def opened(self) -> str:
        """What she had before her when she opened the page, as the form sends it back."""
        return f"{self.newest.edition}.{self.newest.revision}"


def editing_of(region: str, code: str, edition: int) -> Editing:
    """The newest draft if there is one, else the edition opened as the draft of the next."""
    row, item = found(region, code, edition)
    here = platform()
    newest = catalogue.latest(here.database, region, code) or row
    if newest.state is State.DRAFT and newest.edition != edition:
        item = catalogue.edition(here.database, region, code, newest.edition) or item
    elif newest.state is not State.DRAFT:
        day = max(here.today(), newest.effective_on + timedelta(days=1))
        item = replace(item, effective_on=day, closed_on=None)
    upper = newest.upper or row.upper
    above = catalogue.edition(here.database, upper.region, upper.code, upper.edition) if upper else None
    return Editing(row, newest, item, above, above.organ_name if above else "")


@require_safe
@manager
def draft(request: HttpRequest, region: str, code: str, edition: int) -> HttpResponse:
    """起草: every part of the item with its page, and where something is still wrong."""
    editing = editing_of(region, code, edition)
    faults = fault_lines(editing.newest) if editing.newest.state is State.DRAFT else ()
    arguments = (region, code, edition)
    parts = []
    for section in sections.SECTIONS:
        href = reverse("manage-edit", args=(*arguments, section.key))
        wrong = sum(fault.href.split("#")[0].endswith(f"/edit/{section.key}") for fault in faults)
        status, kind = (f"{wrong} 处不合格", "red") if wrong else _status(section, editing)
        parts.append({"text": section.title, "href": href, "status": status, "kind": kind})
    context = {
        "row": editing.row,
        "newest": editing.newest,
        "is_draft": editing.newest.state is State.DRAFT,
        "state": STATE_NAMES[editing.newest.state],
        "parts": parts,
        "faults": faults,
        "upper_name": editing.upper_name,
        "back": address_of(editing.newest),
    }
    return render(request, "manager/draft.html", context)


def _status(section: Section, editing: Editing) -> tuple[str, str]:
    if editing.upper is None:
        filled = any(getattr(editing.item, name) not in ((), "", None) for name in section.fields)
        return ("已填写", "") if filled else ("空", "grey")
    same = all(getattr(editing.item, name) == getattr(editing.upper, name) for name in section.fields)
    return ("沿用上级", "grey") if same else ("有本地内容", "blue")


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def section(request: HttpRequest, region: str, code: str, edition: int, section: str) -> HttpResponse:
    """One part of the item. Saved as a draft; another manager publishes it."""
    page = sections.BY_KEY.get(section)
    if page is None or page is sections.MATERIAL:
        raise Http404(section)
    editing = editing_of(region, code, edition)
    if request.method != "POST":
        return _page(request, editing, page, None, ())
    fixed = _fixed(editing)
    try:
        if page.kind is None:
            changed = sections.read_fields(page, editing.item, request.POST, fixed)
        elif page.key in fixed:
            raise Refused("这一部分由上级规定", rule="四级四同", remedy="请报上级修改")
        else:
            changed = sections.read_list(page, editing.item, request.POST)
    except Wrong as wrong:
        return _page(request, editing, page, request.POST, wrong.errors)
    except Refused as refused:
        return _page(request, editing, page, request.POST, (refused,))
    return _keep(request, editing, page, changed)


def _keep(request: HttpRequest, editing: Editing, page: Section, changed: Item) -> HttpResponse:
    row = editing.row
    try:
        kept = publishing.propose(
            platform(),
            standing_of(request),
            changed,
            upper=editing.newest.upper or row.upper,
            opened=opened_by(request),
        )
    except Stale as stale:
        return _page(request, editing, page, request.POST, (stale,), theirs=theirs_of(editing, changed, page))
    except (Refused, Malformed) as error:
        return _page(request, editing, page, request.POST, (error,))
    messages.success(request, f"已保存到第 {kept.edition} 版草稿。公布前请另一名事项管理人员核对。")
    arguments = (row.region, row.code, kept.edition)
    if "again" in request.POST:
        return see_other(f"{reverse('manage-edit', args=(*arguments, page.key))}#more")
    return see_other(reverse("manage-draft", args=arguments))


def see_other(address: str) -> HttpResponseRedirect:
    """Where the browser goes on after a save."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def opened_by(request: HttpRequest) -> tuple[int, int]:
    """The edition and revision the form was opened on; (0, 0), which no edition has, when it does not say."""
    edition, _, revision = request.POST.get("opened", "").partition(".")
    if edition.isascii() and edition.isdecimal() and revision.isascii() and revision.isdecimal() and len(edition) < 9:
        return int(edition), int(revision[:9])
    return 0, 0


def theirs_of(editing: Editing, changed: Item, page: Section) -> tuple[Change, ...]:
    """Where what was typed differs from what is kept by now, on this page."""
    return tuple(
        change for change in diff(editing.item, changed) if change.path.split("[")[0].split(".")[0] in page.fields
    )


def _fixed(editing: Editing) -> frozenset[str]:
    """The fields that are the upper level's."""
    return frozenset(SAME) if editing.upper is not None else frozenset()


# --- the page ---

Trouble = Refused | Malformed


def _page(
    request: HttpRequest,
    editing: Editing,
    page: Section,
    post: QueryDict | None,
    errors: tuple[Trouble, ...],
    *,
    theirs: tuple[Change, ...] = (),
) -> HttpResponse:
    fixed = _fixed(editing)
    if page.kind is None:
        groups = [group("", page.controls, editing.item, post, "", errors, editing)]
    elif page.key in fixed:
        groups = []
    else:
        groups = _rows(page, editing, post, errors)
    context = {
        "row": editing.row,
        "page_title": page.title,
        "lead": page.lead,
        "groups": groups,
        "rows": len(groups),
        "is_list": page.kind is not None and not page.single,
        "fixed": [str(change) for change in getattr(editing.item, page.key)] if page.key in fixed else [],
        "said": _said(editing, page) if page.key in fixed else [],
        "single": page.single,
        "row_title": page.row_title,
        "opened": editing.opened,
        "errors": summary(errors, groups),
        "stale": next((error for error in errors if isinstance(error, Stale)), None),
        "theirs": theirs,
        "by": saved_by(errors),
        "upper_name": editing.upper_name,
        "back": reverse("manage-draft", args=(editing.row.region, editing.row.code, editing.row.edition)),
        "record": None,
    }
    return render(request, "manager/section.html", context, status=status_of(errors), errors=bool(errors))


def status_of(errors: tuple[Trouble, ...]) -> HTTPStatus:
    """409 when somebody was quicker, 422 when something is wrong, else 200."""
    if any(isinstance(error, Stale) for error in errors):
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def saved_by(errors: tuple[Trouble, ...]) -> str:
    """The name of whoever was quicker, "" if nobody was."""
    stale = next((error for error in errors if isinstance(error, Stale)), None)
    if stale is None:
        return ""
    return people.names_of(platform().database, {stale.by}).get(stale.by, stale.by)


def _said(editing: Editing, page: Section) -> list[str]:
    """The records of a list that is the upper level's, in words."""
    return [f"《{basis.law}》{basis.clause}" for basis in editing.item.basis] if page.key == "basis" else []


def _rows(page: Section, editing: Editing, post: QueryDict | None, errors: tuple[Trouble, ...]) -> list[dict[str, Any]]:
    there = sections.records(page, editing.item)
    spare = 1 if not page.single or not there else 0
    number = max(sections.row_count(post), 1) if post is not None else len(there) + spare
    return [
        group(
            f"{page.row_title} {index + 1}" if index < len(there) else f"新增{page.row_title}",
            page.controls,
            there[index] if index < len(there) else None,
            post,
            f"{page.key}-{index}-",
            errors,
            editing,
        )
        for index in range(min(number, sections.MOST_ROWS))
    ]


def group(
    title: str,
    listed: tuple[Control, ...],
    record: Any,
    post: QueryDict | None,
    prefix: str,
    errors: tuple[Trouble, ...],
    editing: Editing,
) -> dict[str, Any]:
    """The controls of one record, with what stands in them, was typed into them, and is wrong with them."""
    words = {error.field: error for error in errors if error.field}
    fixed = _fixed(editing) if not prefix and record is editing.item else frozenset()
    made = []
    for control in listed:
        name = prefix + control.name
        value: Any = getattr(record, control.name) if record is not None else _empty(control)
        given = controls.typed(control, post, name) if post is not None and control.name not in fixed else None
        error = words.get(name) or words.get(control.name if not prefix else name)
        made.append(
            {
                "name": name,
                "label": control.label,
                "shape": control.shape.value,
                "value": given if given is not None else controls.shown(control, value),
                "hint": _hint(control, editing, record),
                "required": control.required,
                "width": control.width,
                "options": _options(control),
                "fixed": control.name in fixed,
                "words": code_words(value) if control.codes and control.shape is Shape.CHOICE and value else value,
                "error": f"{error.reason}。{error.remedy}" if error else "",
            }
        )
    return {"title": title, "controls": made, "is_new": record is None}


def _empty(control: Control) -> Any:
    match control.shape:
        case Shape.LINES | Shape.CHOICES | Shape.CONDITIONS:
            return ()
        case Shape.YES:
            return False
    return ""


def _hint(control: Control, editing: Editing, record: Any) -> str:
    """The hint, and for what a lower level may say itself whether it does, and what the upper level says."""
    if editing.upper is None or record is not editing.item or control.name in SAME:
        return control.hint
    above = getattr(editing.upper, control.name)
    if control.name in ("organ_name", "organ_short", "effective_on", "closed_on"):
        return control.hint
    if getattr(editing.item, control.name) == above:
        return f"{control.hint}（沿用上级）".strip()
    words = controls.shown(control, above)
    if isinstance(words, dict):
        words = above.label
    told = str(words).replace("\n", "、")[:60] or "空"
    return f"{control.hint}（本地另定，上级为：{told}）".strip()


def _options(control: Control) -> list[dict[str, str]]:
    if control.shape is Shape.TERM:
        return [{"value": unit.value, "text": unit.label} for unit in Unit]
    return [{"value": code.value, "text": code_words(code)} for code in control.codes or ()]


def summary(errors: tuple[Trouble, ...], groups: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The errors as the summary on top of the page lists them, each with its control if the page has it."""
    there = {control["name"] for group in groups for control in group["controls"]}
    return [
        {
            "field": error.field if error.field and error.field in there else "",
            "message": error.reason + (f"。{error.remedy}" if error.remedy else ""),
        }
        for error in errors
        if not isinstance(error, Stale)
    ]
