"""The form of an application, one section a page: asked, kept while typed, judged, saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.engine.calendar import CHINA
from banjie.engine.form_words import is_empty
from banjie.engine.forms import Fault, Field, FieldKind, Layout, Section, Value
from banjie.engine.rules import as_facts
from banjie.web import filling, form_fields, form_groups
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.context import render
from banjie.web.draft_filled import Filling, field_of
from banjie.web.form_fields import PREFIX, Control
from banjie.web.form_groups import Listed
from banjie.wiring import platform

BLANKS = 5
"""Empty rows that the button below a table adds."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How a page of the form is looked at: what is wrong, which page of which table, how many empty rows."""

    faults: tuple[Fault, ...] = ()
    more: bool = False
    turned: Mapping[str, int] = field(default_factory=dict)
    blanks: int = 1


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def section(request: HttpRequest, found: Filling, key: str) -> HttpResponse:
    """A page of the form. Nothing typed is ever lost: it is kept while typing, and when something is wrong."""
    if not found.situation.answered:
        return onward("apply-guide", found)
    page = found.section(key)
    if request.method != "POST":
        return _page(request, found, page, Looking(turned=_turned(request.GET.get("turn", ""))))
    raw = _posted(request, found, page)
    if request.headers.get("X-Requested-With") == "autosave":
        filling.save_within(platform(), me(request), found, "typed", {page.key: raw})
        return kept_now()
    if aside := _aside(request, found, page, raw):
        return aside
    values, faults = found.read(key, raw)
    keys = {one.key for one in page.fields}
    if faults:
        kept = filling.save_within(platform(), me(request), found, "typed", {key: raw})
        # What an answer on this very page has only now called for was never asked, so it is no error yet.
        wrong = tuple(fault for fault in faults if field_of(fault) in keys)
        return _page(request, kept, kept.section(key), Looking(wrong, more=len(wrong) < len(faults)))
    return _after(_save(request, found, page, raw, values), key)


def kept_now() -> HttpResponse:
    """What a script is told after it has kept what was typed."""
    at = platform().now().astimezone(CHINA)
    return HttpResponse(f"已暂存 {at:%H:%M}", content_type="text/plain; charset=utf-8")


def outside(found: Filling) -> dict[str, Any]:
    """What is known outside the rows of a group."""
    return {**found.situation.facts, **as_facts(found.data)}


@require_GET
def address_levels(request: HttpRequest) -> HttpResponse:
    """The places of an address again, after one has been chosen: asked for by a script, public as the places are."""
    return render(request, "apply/address_levels.html", {"control": form_fields.next_level(request.GET)})


# --- what was posted ---


def _posted(request: HttpRequest, found: Filling, page: Section) -> dict[str, object]:
    """What the page says, to be kept as typed: a table as its rows by identifier, those of its other pages too."""
    raw = form_fields.posted((one for one in page.fields if not one.sum_of), request.POST)
    typed = found.typed(page.key)
    for group in _tables(page):
        earlier = dict(typed.get(group.key) or {})
        raw[group.key] = {**earlier, **form_groups.posted_rows(group, request.POST)}
    return raw


def _tables(page: Section) -> list[Field]:
    return [one for one in page.fields if one.kind is FieldKind.GROUP and one.layout is Layout.TABLE]


def _aside(request: HttpRequest, found: Filling, page: Section, raw: dict[str, object]) -> HttpResponse | None:
    """The buttons of the page that save nothing: the next level of an address, more rows, another page of a table."""
    asked = request.POST
    if not {"step", "blanks", "turn", "remove"} & asked.keys():
        return None
    parts: dict[str, dict[str, Any]] = {"typed": {page.key: raw}}
    group_key, _, row = asked.get("remove", "").partition(".")
    rows = raw.get(group_key)
    if isinstance(rows, dict) and form_groups.is_row_id(row):
        rows.pop(row, None)
        parts["rows"] = {f"{group_key}.{row}": None}
    kept = filling.save_parts(platform(), me(request), found, parts)
    turned = _turned(asked.get("turn", ""))
    blanks = 1
    if asked.get("blanks"):
        # The last page, whatever its number: there the empty rows stand.
        turned, blanks = {asked["blanks"][:80]: 10**6}, BLANKS
    return _page(request, kept, kept.section(page.key), Looking(turned=turned, blanks=blanks))


def _turned(text: str) -> dict[str, int]:
    group, _, number = text.partition(":")
    return {group: int(number)} if number.isdecimal() and len(number) <= 6 else {}


# --- saving ---


def _save(
    request: HttpRequest, found: Filling, page: Section, raw: Mapping[str, object], values: Mapping[str, Value]
) -> Filling:
    """Keeps a page that is right; values of its fields that are no longer asked for go."""
    whole = next(one for one in found.item.form.sections if one.key == page.key)
    asked = {one.key for one in page.fields}
    data: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for one in whole.fields:
        if one.sum_of:
            continue
        if one.kind is not FieldKind.GROUP:
            data[one.key] = values.get(one.key)
            continue
        if one.layout is Layout.TABLE or one.key not in asked:
            rows |= {f"{one.key}.{row}": None for row in found.rows(one.key)}
        if one.layout is Layout.TABLE and one.key in asked:
            judged = values.get(one.key)
            if isinstance(judged, tuple):
                given = found.rows_over(one.key, raw)
                rows |= {f"{one.key}.{row}": cells for row, cells in zip(given, judged, strict=True)}
    parts: dict[str, dict[str, Any]] = {"data": data, "typed": {page.key: None}, "seen": {page.key: True}}
    if rows:
        parts["rows"] = rows
    return filling.save_parts(platform(), me(request), found, parts)


def _after(found: Filling, key: str) -> HttpResponse:
    """To the next page that is still open, else to the papers, else to the check."""
    if found.situation.ineligible:
        return onward("apply-guide", found)
    keys = [one.key for one in found.sections]
    following = found.sections[keys.index(key) + 1 :] if key in keys else found.sections
    for page in following:
        if not found.is_done(page):
            return onward("apply-section", found, page.key)
    if any(not found.is_done(page) for page in found.sections):
        return onward("apply", found)
    return onward("apply-papers" if any(not line.settled for line in found.lines) else "apply-check", found)


# --- the page ---


def _page(request: HttpRequest, found: Filling, page: Section, looking: Looking) -> HttpResponse:
    prefilled = {one.key for one in found.prefilled(page)} if request.method != "POST" else set()
    keys = [one.key for one in found.sections]
    place = keys.index(page.key)
    controls, wrong = _controls(found, page, looking, prefilled)
    context = {
        "filling": found,
        "item": found.item,
        "section": page,
        "controls": controls,
        "prefilled": len(prefilled),
        "errors": wrong,
        "more": looking.more and not looking.faults,
        "number": place + 1,
        "sections": found.sections,
        "back": found.page("apply-section", keys[place - 1]) if place else found.page("apply"),
    }
    status = 422 if looking.faults else 200
    return render(request, "apply/section.html", context, status=status, errors=bool(looking.faults), search=False)


def _controls(
    found: Filling, page: Section, looking: Looking, prefilled: set[str]
) -> tuple[list[Control], list[dict[str, str]]]:
    """The controls of a page, and its error summary: the same words, each leading to its control."""
    values = found.values(page)
    by_field: dict[str, list[Fault]] = {}
    for fault in looking.faults:
        by_field.setdefault(field_of(fault), []).append(fault)
    controls: list[Control] = []
    wrong: list[dict[str, str]] = []
    for one in page.fields:
        faults = by_field.get(one.key, [])
        if one.kind is FieldKind.GROUP:
            rows = form_groups.numbered(values.get(one.key))
            messages = form_groups.cell_errors(one, rows, faults)
            control = _table if one.layout is Layout.TABLE else _list
            controls.append(control(found, page, one, rows, messages, looking))
            wrong += [{"field": name, "message": message} for name, message in messages.items()]
        elif one.sum_of:
            words = form_fields.summary(one, found.filled.get(one.key))
            controls.append(Control("total", {"name": PREFIX + one.key, "label": one.label, "words": words}))
        else:
            known = found.known[one.source] if one.key in prefilled or found.is_undecided(one) else None
            message = form_fields.message(faults[0]) if faults else ""
            controls.append(
                form_fields.control(
                    one,
                    values.get(one.key),
                    error=message,
                    source=known.words if known else "",
                    contest=known.contest_url if known else "",
                )
            )
            wrong += form_fields.errors(faults[:1])
    return controls, wrong


def _table(
    found: Filling,
    page: Section,
    group: Field,
    rows: form_groups.RawRows,
    messages: Mapping[str, str],
    looking: Looking,
) -> Control:
    turned = looking.turned.get(group.key, 1)
    first_wrong = next((place for place, row in enumerate(rows) if _is_wrong(group, row, messages)), None)
    if first_wrong is not None:
        turned = first_wrong // form_groups.ROWS_A_PAGE + 1
    paste = found.page("apply-rows-paste", page.key, group.key)
    error = messages.get(PREFIX + group.key, "")
    return form_groups.table(
        group, rows, messages, outside(found), page=turned, blanks=looking.blanks, error=error, paste=paste
    )


def _is_wrong(group: Field, row: str, messages: Mapping[str, str]) -> bool:
    return any(form_groups.cell_name(group, row, column) in messages for column in group.columns)


def _list(
    found: Filling,
    page: Section,
    group: Field,
    rows: form_groups.RawRows,
    messages: Mapping[str, str],
    looking: Looking,
) -> Control:
    def listed(row: str, words: str) -> Listed:
        href = found.page("apply-row", page.key, group.key, row)
        return Listed(words, href, messages.get(f"{PREFIX}{group.key}.{row}", ""), f"{PREFIX}{group.key}.{row}")

    lines = [listed(row, form_groups.naming(group, cells)) for row, cells in rows.items()]
    lines += [
        listed(row, "没有填完：" + (form_groups.naming(group, cells) or "还没有内容"))
        for row, cells in unfinished(found, page.key, group.key).items()
    ]
    return form_groups.listing(
        group,
        lines,
        error=messages.get(PREFIX + group.key, ""),
        add=found.page("apply-row-add", page.key, group.key),
        paste=found.page("apply-rows-paste", page.key, group.key),
    )


def unfinished(found: Filling, section_key: str, group: str) -> form_groups.RawRows:
    """Rows that were begun and never saved: kept while typing, on whatever device that was."""
    prefix, kept = f"{section_key}.{group}.", found.rows(group)
    typed = dict(found.content.get("typed") or {})
    return {
        key.removeprefix(prefix): cells
        for key, cells in sorted(typed.items())
        if key.startswith(prefix)
        and key.removeprefix(prefix) not in kept
        and isinstance(cells, Mapping)
        and any(not is_empty(cell) for cell in cells.values())
    }


def back_to(found: Filling, page: Section, group: Field) -> HttpResponseRedirect:
    """To the place of a group on its page."""
    address = reverse("apply-section", args=(found.draft.id, page.key))
    return HttpResponseRedirect(f"{address}#{PREFIX}{group.key}", status=303)
