"""Answering what the office asks: correcting point by point, and handing in a paper promised for later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages as banners
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions.perform import perform
from banjie.engine.cases import Ask, Law, Paper, Stage
from banjie.engine.cases.acts import Resubmit, SupplyTolerated
from banjie.engine.cases.documents import material_name
from banjie.engine.catalogue import Material
from banjie.engine.form_answers import validate
from banjie.engine.forms import Field
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.records.cases import Found
from banjie.web import form_fields, time_words, troubles
from banjie.web.apply import me
from banjie.web.apply_papers import PREFIX, size_words, uploaded
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.my import key_of, law_of, mine
from banjie.wiring import platform

KEPT = "kept-"
"""Before a hidden input that carries an uploaded paper over an error, signed so that nobody names another's file."""
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
    papers: Mapping[str, Paper] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refused | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """补正: everything the notice asks for, each point with its field or upload; then all of it at once."""
    found = mine(request, region, number)
    if found.case.stage is not Stage.CORRECTING:
        return HttpResponseRedirect(reverse("my-case", args=(region, number)))
    law = law_of(found)
    points = _points(found, law)
    if request.method != "POST":
        return _correct(request, found, law, points, Tried())
    raw = form_fields.posted((point.asked for point in points if point.asked), request.POST)
    papers, errors = _papers(request, points)
    data, wrong = _data(found, law, points, raw)
    errors |= wrong
    if errors:
        return _correct(request, found, law, points, Tried(raw, papers, errors))
    try:
        command = Resubmit(data=data, papers=tuple(papers.values()))
        perform(platform(), command, actor=me(request), region=region, number=number, key=key_of(request))
    except Refused as refusal:
        return _correct(request, found, law, points, Tried(raw, papers, refusal=refusal))
    banners.success(request, "补正内容已经提交，窗口会重新审查，并在 5 个工作日内答复。")
    return HttpResponseRedirect(reverse("my-case", args=(region, number)), status=303)


def _points(found: Found, law: Law) -> list[Point]:
    fields = {f"form:{one.key}": one for section in law.item.form.sections for one in section.fields}
    materials = {one.key: one for one in law.item.materials}
    return [
        Point(ask, material_name(law, ask.material), fields.get(ask.material), materials.get(ask.material))
        for ask in found.case.corrections[-1].asks
    ]


def _papers(request: HttpRequest, points: list[Point]) -> tuple[dict[str, Paper], dict[str, str]]:
    papers: dict[str, Paper] = {}
    errors: dict[str, str] = {}
    for point in points:
        if point.material is None:
            continue
        paper, error = handed_in(request, point.material)
        if paper is not None:
            papers[point.material.key] = paper
        else:
            errors[point.id] = error
    return papers, errors


def handed_in(request: HttpRequest, material: Material) -> tuple[Paper | None, str]:
    """The paper uploaded now, or carried over from the last try; else what is wrong."""
    upload = request.FILES.get(PREFIX + material.key)
    if isinstance(upload, UploadedFile):
        try:
            return _paper(uploaded(material, upload)), ""
        except Malformed as malformed:
            return None, f"{material.name}：{malformed.reason}。{malformed.remedy}"
    try:
        kept = signing.loads(request.POST.get(KEPT + material.key, ""), salt=_SALT, max_age=_KEPT_FOR_S)
    except signing.BadSignature:
        return None, f"还没有上传“{material.name}”。请选择文件或拍照上传"
    return _paper(kept), ""


def _paper(kept: dict[str, Any]) -> Paper:
    return Paper(kept["material"], kept["name"], kept["sha256"], kept["media_type"], kept["size"])


def carried(paper: Paper) -> str:
    """A paper as a hidden input carries it over an error."""
    kept = {
        "material": paper.material,
        "name": paper.name,
        "sha256": paper.sha256,
        "media_type": paper.media_type,
        "size": paper.size,
    }
    return signing.dumps(kept, salt=_SALT)


def _data(
    found: Found, law: Law, points: list[Point], raw: dict[str, object]
) -> tuple[dict[str, Fact], dict[str, str]]:
    """The corrected fields as the engine keeps them, and what is wrong with them, by control."""
    asked = {point.asked.key for point in points if point.asked}
    facts = resolve(law.item, found.case.answers).facts
    values, faults = validate(law.item.form, {**found.case.data, **raw}, facts)
    wrong = {form_fields.PREFIX + fault.field: form_fields.message(fault) for fault in faults if fault.field in asked}
    return {key: values[key] for key in asked if key in values}, wrong


def _correct(request: HttpRequest, found: Found, law: Law, points: list[Point], tried: Tried) -> HttpResponse:
    notice = found.case.corrections[-1]
    context = {
        "found": found,
        "item": law.item,
        "notice": notice,
        "left": time_words.of_day(law.calendar, notice.due_on, platform().today()),
        "points": [_answer(found, point, tried) for point in points],
        "errors": [{"field": key, "message": message} for key, message in tried.errors.items()],
        "refusal": tried.refusal,
        "key": key_of(request),
    }
    status = troubles.status_of(tried.refusal) if tried.refusal else 422 if tried.errors else 200
    wrong = status != HTTPStatus.OK
    return render(request, "my/correct.html", context, status=status, errors=wrong, nav="me", search=False)


def _answer(found: Found, point: Point, tried: Tried) -> dict[str, object]:
    error = tried.errors.get(point.id, "")
    if point.asked:
        value = tried.raw.get(point.asked.key, found.case.data.get(point.asked.key))
        return {"point": point, "control": form_fields.control(point.asked, value, error=error)}
    paper = tried.papers.get(point.ask.material)
    former = next((one for one in found.case.papers if one.material == point.ask.material), None)
    return {
        "point": point,
        "control": None,
        "error": error,
        "former": former.name if former else "",
        "kept": carried(paper) if paper else "",
        "files": [{"name": paper.name, "size": size_words(paper.size)}] if paper else [],
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
    if request.method == "POST":
        paper, error = handed_in(request, wanted)
        if paper is not None:
            try:
                command = SupplyTolerated(paper)
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
        "key": key_of(request),
    }
    status = troubles.status_of(refusal) if refusal else 422 if error else 200
    return render(
        request, "my/supply.html", context, status=status, errors=bool(error or refusal), nav="me", search=False
    )
