"""案卷和送达: the files of a case as one package, the proof of its delivery, and the archive of an office."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import archives, dossiers
from banjie.actions.papers import NotReady, words_for_applicant
from banjie.engine.cases import CLOSED
from banjie.engine.cases.delivery import EVIDENCE, WAY_NAMES
from banjie.engine.cases.documents import NAMES
from banjie.engine.dossiers import Holding
from banjie.engine.papers import size_words
from banjie.engine.subject import Refused
from banjie.packs.delivery import delivery_custom
from banjie.records import cases, documents, openings, people
from banjie.records import dossiers as kept
from banjie.records.cases import Found
from banjie.records.dossiers import DossierRow
from banjie.records.people import Standing
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import official, signed_in, visitor
from banjie.wiring import platform

PAGE: Final = 50


@require_safe
@signed_in
def files(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """案卷: what has been made of a case, how its documents were delivered, and the form to ask for a package."""
    standing, found = _found(request, region, number)
    rows = kept.of_case(platform().database, standing.eyes, region, found.id)
    inside = found.case.organ in standing.actor.offices
    packages = [_line(row, inside) for row in rows]
    context = {
        "found": found,
        "packages": packages,
        "waiting": any(one["state"] == "waiting" for one in packages),
        "proof": _proof(standing, found),
        "opened": _openings(standing, found),
        "closed": found.case.stage in CLOSED,
        "inside": inside,
        "archived": next((row for row in rows if row.purpose == kept.ARCHIVE), None),
        "back": reverse("case" if inside else "my-case", args=(region, number)),
        "holdings": [
            {"value": Holding.CONTENT.value, "text": "全部：文书、日志和申请材料"},
            {"value": Holding.HASHES.value, "text": "不含申请材料本身，只列出校验值"},
        ],
    }
    return render(request, "dossiers/case.html", context)


@require_POST
@signed_in
def ask(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """Has a package made, and goes back to the page that says how far it is."""
    standing, _ = _found(request, region, number)
    posted = request.POST.get("papers", "")
    try:
        dossiers.ask(
            platform(), standing, region, number, Holding(posted) if posted in set(Holding) else Holding.CONTENT
        )
    except Refused as refused:
        return troubles.refused(request, refused)
    messages.success(request, "正在制作案卷，一般不到一分钟。做好以后这里会出现下载链接。")
    return _back(region, number)


@require_safe
@signed_in  # type: ignore[arg-type]  # A package may be large, so it is streamed.
def download(request: HttpRequest, region: str, dossier: UUID) -> HttpResponseBase:
    """A made package, as a file."""
    standing = _standing(request)
    row = kept.find(platform().database, standing.eyes, region, dossier)
    if row is None:
        raise Http404(dossier)
    try:
        content = dossiers.opened(platform(), row)
    except NotReady as waiting:
        return troubles.not_ready(request, waiting)
    except Refused as refused:
        return troubles.refused(request, refused)
    answer = FileResponse(content, content_type="application/zip")
    name = f"案卷-{row.number}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The certificate from which the organs' and the platform's seals come, for whoever verifies a package."""
    answer = HttpResponse(platform().seals.trust_root_pem(), content_type="application/x-pem-file")
    answer.headers["Content-Disposition"] = 'attachment; filename="root.pem"'
    return answer


def _line(row: DossierRow, inside: bool) -> dict[str, Any]:
    state = "made" if row.sha256 else "trouble" if row.trouble else "waiting"
    return {
        "row": row,
        "state": state,
        "name": f"归档案卷 {row.archive_number}" if row.purpose == kept.ARCHIVE else "案卷",
        "note": "只列校验值" if row.papers == Holding.HASHES else "含申请材料",
        "size": size_words(row.size) if row.sha256 else "",
        "trouble": row.trouble if inside else words_for_applicant(row.trouble),
        "href": reverse("dossier", args=(row.region, row.id)),
    }


def _proof(standing: Standing, found: Found) -> list[tuple[str, str]]:
    """The delivery as its receipt says it, the same for both sides."""
    rows = documents.of_case(platform().database, standing.eyes, found.region, found.id)
    receipt = next((row for row in reversed(rows) if row.kind == "delivery"), None)
    if receipt is None:
        return []
    said = receipt.content
    lines = [
        ("送达方式", said["way"]),
        ("送达日期", said["delivered_on"]),
        ("签收人", said.get("received_by", "")),
        ("送达凭据", said["evidence"]),
        ("送达回证", receipt.number),
    ]
    return [(name, str(value)) for name, value in lines if value]


def _openings(standing: Standing, found: Found) -> list[tuple[str, str, Any]]:
    found_openings = openings.of_case(platform().database, standing.eyes, found.region, found.id)
    return [(f"{NAMES.get(one.kind, one.kind)} {one.number}", one.name, one.opened_at) for one in found_openings]


def delivery_form(standing: Standing, found: Found, way: str) -> dict[str, Any]:
    """What the form of a delivery asks for that way, and what the platform itself can show."""
    chosen = next((one for one in WAY_NAMES if one == way), next(iter(EVIDENCE)))
    return {
        "ways": [(one.value, name) for one, name in WAY_NAMES.items()],
        "way": chosen.value,
        "evidence": EVIDENCE[chosen],
        "opened": _openings(standing, found),
        "today": platform().today(),
        "announcement_days": delivery_custom().announcement_days,
    }


# --- the archive ---


@require_safe
@official
def archive(request: HttpRequest) -> HttpResponse:
    """归档: cases that are over and wait, and what is in the archive, the latest first."""
    standing = _standing(request)
    region, organs = standing.actor.region, sorted(standing.actor.offices)
    before = request.GET.get("before", "")[:60].replace("\x00", "")
    rows = kept.archived(platform().database, standing.eyes, region, organs, before=before, most=PAGE + 1)
    names = people.names_of(platform().database, {row.asked_by for row in rows})
    context = {
        "waiting": kept.waiting(platform().database, standing.eyes, region, organs, most=PAGE),
        "rows": [(row, _line(row, True), names.get(row.asked_by, row.asked_by)) for row in rows[:PAGE]],
        "following": rows[PAGE - 1].archive_number if len(rows) > PAGE else "",
        "today": platform().today(),
    }
    return render(request, "dossiers/archive.html", context)


@require_POST
@official
def archive_case(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """Puts the files of a case into the archive."""
    standing = _standing(request)
    try:
        archives.archive(platform(), standing, region, number)
    except Refused as refused:
        return troubles.refused(request, refused)
    messages.success(request, f"办件 {number} 已归档，正在制作归档案卷。")
    return HttpResponseRedirect(reverse("office-archive"), status=HTTPStatus.SEE_OTHER)


def _found(request: HttpRequest, region: str, number: str) -> tuple[Standing, Found]:
    """A case whose package is the visitor's to have. Raises Http404 for others' cases exactly as for missing ones."""
    standing = _standing(request)
    found = cases.find(platform().database, standing.eyes, region, number)
    if found is None or not dossiers.may_ask(standing.actor, found):
        raise Http404(number)
    return standing, found


def _standing(request: HttpRequest) -> Standing:
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return standing


def _back(region: str, number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("case-files", args=(region, number)), status=HTTPStatus.SEE_OTHER)
