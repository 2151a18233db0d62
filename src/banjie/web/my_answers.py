"""Answering what the office asks: correcting point by point, and handing in a paper promised for later."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages as banners
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions.perform import perform
from banjie.engine.cases import Ask, Law, Paper, Stage
from banjie.engine.cases.acts import Resubmit, SupplyTolerated
from banjie.engine.cases.documents import material_name
from banjie.engine.catalogue import Material
from banjie.engine.form_answers import validate
from banjie.engine.forms import MOST_ROWS, Field, FieldKind, Layout, Value
from banjie.engine.ids import Malformed
from banjie.engine.papers import Fault, limits_of, size_words, wrong
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.records import correction_drafts
from banjie.records.cases import Found
from banjie.web import form_fields, form_groups, time_words, troubles
from banjie.web.apply import me
from banjie.web.apply_papers import ACCEPT, PREFIX, received, words_of
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.my import key_of, law_of, mine
from banjie.wiring import platform

KEPT = "kept-"
"""Before a hidden input that carries an uploaded paper over an error, signed so that nobody names another's file."""
MISSING = "还没有上传"
_SALT = "banjie.kept-paper"
_KEPT_FOR_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the notice with the place where it is answered: a field of the form, or an upload."""

    ask: Ask
    name: str
    asked: Field | None = None
    material: Material | None = None

    @property
    def id(self) -> str:
        """The id of its control."""
        return form_fields.PREFIX + self.asked.key if self.asked else PREFIX + self.ask.material


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and is not right yet: shown again as it was typed, uploads included."""

    raw: Mapping[str, object] = field(default_factory=dict)
    papers: Mapping[str, tuple[Paper, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refused | None = None
    saved: Mapping[str, datetime] = field(default_factory=dict)
    """When each point was saved, by what it is about."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """补正: everything the notice asks for, each point with its field or upload; then all of it at once."""
    found = mine(request, region, number)
    if found.case.stage is not Stage.CORRECTING:
        return HttpResponseRedirect(reverse("my-case", args=(region, number)))
    law = law_of(found)
    points = _points(found, law)
    kept = kept_so_far(request, found)
    if request.method != "POST":
        return _correct(request, found, law, points, kept)
    if removed := request.POST.get("remove", ""):
        return _take_out(request, found, kept, removed)
    raw = form_fields.posted((point.asked for point in points if point.asked), request.POST)
    raw |= {
        point.asked.key: {
            row: cells for row, cells in form_groups.posted_rows(point.asked, request.POST).items() if cells
        }
        for point in points
        if point.asked and point.asked.kind is FieldKind.GROUP
    }
    papers, errors = _papers(request, points, law.item.papers_mb, kept.papers)
    data, wrong = _data(found, law, points, raw)
    errors |= wrong
    saved = request.POST.get("save", "")
    _keep(request, found, points, papers, data, errors, saved)
    if saved:
        # The other points have time until all of them are handed in.
        errors = {control: words for control, words in errors.items() if not words.startswith(MISSING)}
        if not errors:
            address = reverse("my-correct", args=(region, number))
            banners.success(request, "已经保存，可以接着改下一项，也可以改天再来。")
            return HttpResponseRedirect(f"{address}#point-{saved}", status=303)
    if errors:
        return _correct(request, found, law, points, Tried(raw, papers, errors, saved=kept.saved))
    try:
        command = Resubmit(data=data, papers=tuple(paper for given in papers.values() for paper in given))
        perform(platform(), command, actor=me(request), region=region, number=number, key=key_of(request))
    except Refused as refusal:
        return _correct(request, found, law, points, Tried(raw, papers, refusal=refusal, saved=kept.saved))
    correction_drafts.drop(platform().database, me(request).eyes, region, found.id)
    banners.success(request, "补正内容已经提交，窗口会重新审查，并在 5 个工作日内答复。")
    return HttpResponseRedirect(reverse("my-case", args=(region, number)), status=303)


def kept_so_far(request: HttpRequest, found: Found) -> Tried:
    """What she has put right of the notice and saved, on whatever device."""
    rows = correction_drafts.kept(
        platform().database, me(request).eyes, found.region, found.id, len(found.case.corrections)
    )
    raw = {target.removeprefix("form:"): value for target, (value, _) in rows.items() if target.startswith("form:")}
    papers = {
        target: tuple(_paper(one) for one in value)
        for target, (value, _) in rows.items()
        if not target.startswith("form:")
    }
    return Tried(raw, papers, saved={target: at for target, (_, at) in rows.items()})


def _keep(
    request: HttpRequest,
    found: Found,
    points: list[Point],
    papers: Mapping[str, tuple[Paper, ...]],
    data: Mapping[str, Value],
    errors: Mapping[str, str],
    saved: str,
) -> None:
    """Saves what is right: papers, the fields that were changed, and the one she pressed 保存 for."""
    values: dict[str, object] = {}
    for point in points:
        target = point.ask.material
        if point.asked is None and papers.get(target):
            values[target] = [carried_values(paper) for paper in papers[target]]
        elif point.asked and point.id not in errors and point.asked.key in data:
            value = data[point.asked.key]
            if target == saved or value != found.case.data.get(point.asked.key):
                values[target] = value
    correction_drafts.keep(
        platform().database,
        me(request).eyes,
        found.region,
        found.id,
        len(found.case.corrections),
        values,
        platform().now(),
    )


def _take_out(request: HttpRequest, found: Found, kept: Tried, removed: str) -> HttpResponse:
    """Takes one saved file out again."""
    target, _, sha256 = removed.partition(":")
    left = [carried_values(paper) for paper in kept.papers.get(target, ()) if paper.sha256 != sha256]
    database, eyes = platform().database, me(request).eyes
    if left:
        notice = len(found.case.corrections)
        correction_drafts.keep(database, eyes, found.region, found.id, notice, {target: left}, platform().now())
    elif target in kept.papers:
        correction_drafts.drop(database, eyes, found.region, found.id, target)
    address = reverse("my-correct", args=(found.region, found.number))
    return HttpResponseRedirect(f"{address}#point-{target}", status=303)


def _points(found: Found, law: Law) -> list[Point]:
    fields = {f"form:{one.key}": one for section in law.item.form.sections for one in section.fields}
    materials = {one.key: one for one in law.item.materials}
    return [
        Point(ask, material_name(law, ask.material), fields.get(ask.material), materials.get(ask.material))
        for ask in found.case.corrections[-1].asks
    ]


def _papers(
    request: HttpRequest, points: list[Point], application_mb: int, kept: Mapping[str, tuple[Paper, ...]]
) -> tuple[dict[str, tuple[Paper, ...]], dict[str, str]]:
    papers: dict[str, tuple[Paper, ...]] = {}
    errors: dict[str, str] = {}
    for point in points:
        if point.material is None:
            continue
        given, error = handed_in(request, point.material, application_mb, kept.get(point.material.key, ()))
        if given:
            papers[point.material.key] = given
        if error:
            errors[point.id] = error
    return papers, errors


def handed_in(
    request: HttpRequest, material: Material, application_mb: int, saved: tuple[Paper, ...] = ()
) -> tuple[tuple[Paper, ...], str]:
    """The files uploaded now, those `saved` before or carried over from the last try, and what is wrong, "" for
    nothing.

    What is right is kept beside what is wrong, so that nothing has to be sent twice.
    """
    limits = limits_of(material, application_mb)
    papers = [*saved, *_carried_over(request, material)]
    uploads = request.FILES.getlist(PREFIX + material.key)
    try:
        seen = received(material, uploads, limits) if uploads else []
    except Refused as refusal:
        return tuple(papers), f"{material.name}：{refusal.reason}。{refusal.remedy}"
    faults = [one for one in seen if isinstance(one, Malformed)]
    for one in seen:
        if isinstance(one, Malformed) or any(paper.sha256 == one.sha256 for paper in papers):
            continue
        if len(papers) >= limits.files:
            faults.append(wrong(Fault.TOO_MANY_FILES, one.name, most=limits.files))
            continue
        papers.append(Paper(material.key, one.name, one.sha256, one.media_type, one.size))
    if faults:
        return tuple(papers), words_of(material, faults)
    return tuple(papers), "" if papers else f"{MISSING}“{material.name}”。请选择文件或拍照上传"


def _carried_over(request: HttpRequest, material: Material) -> list[Paper]:
    """The papers of the last try, as far as their hidden inputs are ours."""
    papers = []
    for one in request.POST.getlist(KEPT + material.key):
        try:
            kept = signing.loads(one, salt=_SALT, max_age=_KEPT_FOR_S)
        except signing.BadSignature:
            continue
        if kept["material"] == material.key:
            papers.append(_paper(kept))
    return papers


def _paper(kept: dict[str, Any]) -> Paper:
    return Paper(kept["material"], kept["name"], kept["sha256"], kept["media_type"], kept["size"])


def carried(paper: Paper) -> str:
    """A paper as a hidden input carries it over an error."""
    return signing.dumps(carried_values(paper), salt=_SALT)


def carried_values(paper: Paper) -> dict[str, object]:
    """A paper as plain JSON, read back by `_paper`."""
    return {
        "material": paper.material,
        "name": paper.name,
        "sha256": paper.sha256,
        "media_type": paper.media_type,
        "size": paper.size,
    }


def _data(
    found: Found, law: Law, points: list[Point], raw: dict[str, object]
) -> tuple[dict[str, Value], dict[str, str]]:
    """The corrected fields as the engine keeps them, and what is wrong with them, by control."""
    asked = {point.asked.key for point in points if point.asked}
    facts = resolve(law.item, found.case.answers).facts
    places = platform().regions.address_name
    values, faults = validate(law.item.form, {**found.case.data, **raw}, facts, places)
    wrong = {form_fields.PREFIX + fault.field: form_fields.message(fault) for fault in faults if fault.field in asked}
    for point in points:
        if point.asked and point.asked.kind is FieldKind.GROUP:
            table = replace(point.asked, layout=Layout.TABLE)
            mine = [fault for fault in faults if fault.field.startswith(f"{table.key}[")]
            wrong |= form_groups.cell_errors(table, form_groups.numbered(raw.get(table.key)), mine)
    return {key: values[key] for key in asked if key in values}, wrong


def _correct(request: HttpRequest, found: Found, law: Law, points: list[Point], tried: Tried) -> HttpResponse:
    notice = found.case.corrections[-1]
    context = {
        "found": found,
        "item": law.item,
        "notice": notice,
        "left": time_words.of_day(law.calendar, notice.due_on, platform().today()),
        "points": [_answer(found, law, point, tried) for point in points],
        "done": sum(1 for point in points if point.ask.material in tried.saved),
        "errors": [{"field": key, "message": message} for key, message in tried.errors.items()],
        "refusal": tried.refusal,
        "key": key_of(request),
    }
    status = troubles.status_of(tried.refusal) if tried.refusal else 422 if tried.errors else 200
    wrong = status != HTTPStatus.OK
    return render(request, "my/correct.html", context, status=status, errors=wrong, nav="me", search=False)


def _answer(found: Found, law: Law, point: Point, tried: Tried) -> dict[str, object]:
    error = tried.errors.get(point.id, "")
    if point.asked and point.asked.kind is FieldKind.GROUP:
        rows = form_groups.numbered(tried.raw.get(point.asked.key, found.case.data.get(point.asked.key)))
        facts = resolve(law.item, found.case.answers).facts
        control = form_groups.table(
            point.asked, rows, tried.errors, facts, a_page=MOST_ROWS, blanks=2, error=error, buttons=False
        )
        return {"point": point, "control": control, "saved": tried.saved.get(point.ask.material)}
    if point.asked:
        value = tried.raw.get(point.asked.key, found.case.data.get(point.asked.key))
        control = form_fields.control(point.asked, value, error=error)
        return {"point": point, "control": control, "saved": tried.saved.get(point.ask.material)}
    papers = tried.papers.get(point.ask.material, ())
    former = [one.name for one in found.case.papers if one.material == point.ask.material]
    return {
        "point": point,
        "control": None,
        "error": error,
        "saved": tried.saved.get(point.ask.material),
        "former": "、".join(former),
        "sample": point.material.sample if point.material else "",
        "files": [
            {"name": paper.name, "size": size_words(paper.size), "remove": f"{paper.material}:{paper.sha256}"}
            for paper in papers
        ],
        "accept": ACCEPT,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def supply(request: HttpRequest, region: str, number: str, material: str) -> HttpResponse:
    """补齐容缺材料: the one paper that was promised for later."""
    found = mine(request, region, number)
    law = law_of(found)
    tolerance = next((one for one in found.case.open_tolerances if one.material == material), None)
    wanted = next((one for one in law.item.materials if one.key == material), None)
    if tolerance is None or wanted is None or not found.case.is_open:
        raise Http404("没有等待补交的这份材料")
    error, refusal = "", None
    papers: tuple[Paper, ...] = ()
    if request.method == "POST":
        papers, error = handed_in(request, wanted, law.item.papers_mb)
        if not error:
            try:
                command = SupplyTolerated(papers[0], papers[1:])
                perform(platform(), command, actor=me(request), region=region, number=number, key=key_of(request))
            except Refused as refused:
                refusal = refused
            else:
                banners.success(request, f"“{wanted.name}”已经补交。")
                return HttpResponseRedirect(reverse("my-case", args=(region, number)), status=303)
    context = {
        "found": found,
        "material": wanted,
        "tolerance": tolerance,
        "left": time_words.of_day(law.calendar, tolerance.due_on, platform().today()),
        "error": error,
        "refusal": refusal,
        "accept": ACCEPT,
        "kept": [carried(paper) for paper in papers],
        "files": [{"name": paper.name, "size": size_words(paper.size)} for paper in papers],
        "key": key_of(request),
    }
    status = troubles.status_of(refusal) if refusal else 422 if error else 200
    return render(
        request, "my/supply.html", context, status=status, errors=bool(error or refusal), nav="me", search=False
    )
