"""文书措辞: what each kind of document says, in the office's own words, looked at, and let hold by a second person."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.actions import wordings
from banjie.actions.wordings import Faulty
from banjie.engine.cases.documents import NAMES, PRINTED_NAMES
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.subject import Refused
from banjie.packs.wordings import shipped
from banjie.records import people, registers
from banjie.records import wordings as kept
from banjie.records.wordings import DRAFT, PUBLISHED, WordingRow
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.manager import manager, standing_of
from banjie.wiring import platform

_NAMES: Final = {**PRINTED_NAMES, **NAMES}
STATE_WORDS: Final = {DRAFT: ("草稿", "yellow"), PUBLISHED: ("已公布", "green"), "withdrawn": ("已撤回", "grey")}


@require_safe
@manager
def overview(request: HttpRequest) -> HttpResponse:
    """Every kind of document of a region, and where it is worded otherwise than as shipped."""
    regions = [
        one for one in registers.regions(platform().database) if wordings.manages(standing_of(request), one.code)
    ]
    asked = request.GET.get("region", "")
    chosen = next((one for one in regions if one.code == asked), regions[0] if regions else None)
    own: dict[str, list[WordingRow]] = {}
    for row in kept.of_region(platform().database, chosen.code) if chosen else ():
        own.setdefault(row.kind, []).append(row)
    organs = {one.code: one.name for one in registers.organs_of(platform().database, chosen.code)} if chosen else {}
    lines = [
        {
            "kind": kind,
            "name": _NAMES.get(kind, kind),
            "own": [(organs.get(row.organ, "全地区"), *STATE_WORDS[row.state], row) for row in own.get(kind, ())],
        }
        for kind in shipped()
    ]
    context = {"regions": [(one.code, one.name) for one in regions], "chosen": chosen, "organs": organs, "lines": lines}
    return render(request, "manager/documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def document(request: HttpRequest, region: str, kind: str) -> HttpResponse:
    """One kind of document: its passages in a form, what they may name, its editions; saved as a draft or looked at."""
    _checked(request, region)
    organ = _organ(request, region)
    if request.method != "POST":
        return _page(request, region, organ, kind)
    texts = _texts(request, kind)
    try:
        if request.POST.get("do") == "preview":
            return _preview(kind, texts)
        wordings.save(
            platform(), standing_of(request), region, organ, kind, texts, request.POST.get("note", "").strip()
        )
    except Faulty as faulty:
        return _page(request, region, organ, kind, typed=texts, faults=faulty.faults)
    except platform().unprintable as error:
        fault = Malformed("", str(error), "")
        return _page(request, region, organ, kind, typed=texts, faults=(fault,))
    except Refused as refused:
        return troubles.refused(request, refused)
    messages.success(request, "草稿已保存。请先看样式，再请另一位管理人员核对公布。")
    return _back(region, organ, kind)


def _preview(kind: str, texts: dict[str, str]) -> HttpResponse:
    answer = HttpResponse(wordings.preview(platform(), kind, texts), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="preview.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@manager
def publish(request: HttpRequest, region: str, kind: str) -> HttpResponse:
    """Lets the draft hold from a day on."""
    row = _row(request, region, kind)
    try:
        on = date.fromisoformat(request.POST.get("in_force_from", ""))
    except ValueError:
        fault = Malformed("in_force_from", "生效日期不是日期", "请写成 2026-12-01 这样")
        return _page(request, region, row.organ, kind, faults=(fault,))
    try:
        wordings.publish(platform(), standing_of(request), row, on)
    except Refused as refused:
        fault = Malformed(refused.field or "", refused.reason, refused.remedy)
        return _page(request, region, row.organ, kind, faults=(fault,))
    messages.success(request, "已公布。从生效日起出具的文书用新的措辞，以前的文书不变。")
    return _back(region, row.organ, kind)


@require_POST
@manager
def drop(request: HttpRequest, region: str, kind: str) -> HttpResponse:
    """Throws the draft away, or takes back an edition before its first day."""
    row = _row(request, region, kind)
    try:
        wordings.drop(platform(), standing_of(request), row)
    except Refused as refused:
        return troubles.refused(request, refused)
    messages.success(request, "已撤回。")
    return _back(region, row.organ, kind)


def _page(
    request: HttpRequest,
    region: str,
    organ: str,
    kind: str,
    *,
    typed: dict[str, str] | None = None,
    faults: tuple[Malformed, ...] = (),
) -> HttpResponse:
    try:
        wording = wordings.wording_of(kind)
    except Refused:
        raise Http404(kind) from None
    editions = kept.editions(platform().database, region, organ, kind)
    draft = next((row for row in editions if row.state == DRAFT), None)
    today = platform().today()
    in_force = next(
        (
            row
            for row in sorted(editions, key=lambda row: (row.in_force_from or date.min, row.edition), reverse=True)
            if row.state == PUBLISHED and row.in_force_from and row.in_force_from <= today
        ),
        None,
    )
    shown = typed or dict(draft.texts if draft else in_force.texts if in_force else {})
    by_block = {fault.field: f"{fault.reason}。{fault.remedy}" for fault in faults}
    account = standing_of(request).actor.account
    context = {
        "region": region,
        "organ": organ,
        "organ_name": next((one.name for one in _organs(region) if one.code == organ), "全地区"),
        "organs": [("", "全地区"), *((one.code, one.name) for one in _organs(region))],
        "kind": kind,
        "name": _NAMES.get(kind, kind),
        "blocks": [(block, shown.get(block.key, block.text), by_block.get(block.key, "")) for block in wording.blocks],
        "fields": [*wording.fields, "印章"],
        "errors": [
            {
                "field": f"passage.{fault.field}" if fault.field in wording.texts else fault.field,
                "message": f"{fault.reason}。{fault.remedy}",
            }
            for fault in faults
        ],
        "editions": [(row, *STATE_WORDS[row.state]) for row in editions],
        "names": people.names_of(
            platform().database, {row.drafted_by for row in editions} | {row.published_by for row in editions}
        ),
        "draft": draft,
        "own_draft": draft is not None and draft.drafted_by == account,
        "tomorrow": today + timedelta(days=1),
        "today": today,
        "changed": {key for key, text in shown.items() if text != wording.texts.get(key)},
        "date_error": by_block.get("in_force_from", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "manager/document.html", context, status=status, errors=bool(faults))


def _texts(request: HttpRequest, kind: str) -> dict[str, str]:
    """The passages as they were typed; one that is left as shipped follows what ships."""
    try:
        wording = wordings.wording_of(kind)
    except Refused:
        raise Http404(kind) from None
    given = {
        block.key: "\n".join(line.rstrip() for line in request.POST[f"passage.{block.key}"].strip().splitlines())
        for block in wording.blocks
        if f"passage.{block.key}" in request.POST
    }
    return {key: text for key, text in given.items() if text != wording.texts[key]}


def _checked(request: HttpRequest, region: str) -> None:
    """Raises Http404 for a region that is none, or not the visitor's."""
    try:
        RegionCode.parse(region)
    except Malformed:
        raise Http404(region) from None
    if not wordings.manages(standing_of(request), region):
        raise Http404(region)


def _organ(request: HttpRequest, region: str) -> str:
    asked = request.POST.get("organ", request.GET.get("organ", ""))
    return next((one.code for one in _organs(region) if one.code == asked), "")


def _organs(region: str) -> tuple[Any, ...]:
    return tuple(registers.organs_of(platform().database, region))


def _row(request: HttpRequest, region: str, kind: str) -> WordingRow:
    _checked(request, region)
    edition = request.POST.get("edition", "")
    rows = kept.editions(platform().database, region, _organ(request, region), kind)
    found = next((row for row in rows if str(row.edition) == edition), None)
    if found is None:
        raise Http404(kind)
    return found


def _back(region: str, organ: str, kind: str) -> HttpResponse:
    address = reverse("manage-document", args=(region, kind)) + (f"?{urlencode({'organ': organ})}" if organ else "")
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
