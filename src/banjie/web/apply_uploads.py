"""Uploads in pieces, for `upload.js`: POST begins or goes on, HEAD tells how far, PATCH adds, POST …/finish ends.

    POST   /apply/<draft>/uploads                {material, name, size} → 201 {href, offset, piece}
    HEAD   /apply/<draft>/uploads/<id>           → Upload-Offset, Upload-Length
    PATCH  /apply/<draft>/uploads/<id>           Upload-Offset: where the body goes → 204 Upload-Offset
    POST   /apply/<draft>/uploads/<id>/finish    → 201, and the page's card shows the paper
    DELETE /apply/<draft>/uploads/<id>           → 204

Whose session has ended is sent to the sign-in like everywhere; the upload waits for her in the same place.
"""

import json
import uuid
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from banjie.actions import paper_uploads
from banjie.actions.paper_drafts import shown_name
from banjie.engine.catalogue import Material
from banjie.engine.ids import Malformed
from banjie.engine.papers import limits_of
from banjie.engine.subject import Refused
from banjie.records.papers import Upload
from banjie.web.apply import filled_by_me, me
from banjie.web.draft_filled import Filling
from banjie.wiring import platform

_ORDER_LIMIT = 4096


@require_POST
@filled_by_me
def begin(request: HttpRequest, found: Filling) -> HttpResponse:
    """Begins an upload, or finds the one that was begun for this very file."""
    try:
        order = json.loads(request.read(_ORDER_LIMIT))
        material, name, size = str(order["material"]), str(order["name"]), int(order["size"])
    except (ValueError, KeyError, TypeError):
        return _wrong("没有看懂要上传什么", "请刷新页面后再试", HTTPStatus.BAD_REQUEST)
    wanted = _material(found, material)
    try:
        upload = paper_uploads.begin(
            platform(), me(request), found.draft, material, limits_of(wanted, found.item.papers_mb), name, size
        )
    except (Malformed, Refused) as no:
        return _wrong(no.reason, no.remedy)
    return JsonResponse(
        {
            "href": found.page("apply-upload", upload.id),
            "offset": upload.received,
            "piece": paper_uploads.PIECE,
        },
        status=HTTPStatus.CREATED,
    )


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@filled_by_me
def upload(request: HttpRequest, found: Filling, upload: uuid.UUID) -> HttpResponse:
    """How far an upload is; the next piece of it; or its end."""
    known = _upload(request, found, upload)
    if request.method == "DELETE":
        paper_uploads.give_up(platform(), me(request), known)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if request.method == "HEAD":
        return _so_far(known.received, known.size, HTTPStatus.OK)
    given = request.headers.get("Upload-Offset", "")
    offset = int(given) if given.isascii() and given.isdigit() else -1
    try:
        piece = request.read(paper_uploads.PIECE + 1)
        there, taken = paper_uploads.append(platform(), me(request), known, offset, piece)
    except (Malformed, Refused) as no:
        return _wrong(no.reason, no.remedy)
    # Another tab, or an answer that was lost on its way, has moved the place on: say where it is.
    return _so_far(there, known.size, HTTPStatus.NO_CONTENT if taken else HTTPStatus.CONFLICT)


@require_POST
@filled_by_me
def finish(request: HttpRequest, found: Filling, upload: uuid.UUID) -> HttpResponse:
    """Makes a paper of it, or says what is wrong with the file."""
    known = _upload(request, found, upload)
    wanted = _material(found, known.material)
    try:
        kept = paper_uploads.finish(
            platform(), me(request), found.draft, known, limits_of(wanted, found.item.papers_mb)
        )
    except (Malformed, Refused) as no:
        return _wrong(no.reason, no.remedy)
    return JsonResponse({"name": shown_name(kept), "size": kept["size"]}, status=HTTPStatus.CREATED)


def _upload(request: HttpRequest, found: Filling, upload: uuid.UUID) -> Upload:
    try:
        return paper_uploads.find(platform(), me(request), found.draft, upload)
    except KeyError:
        raise Http404("没有这个上传") from None


def _material(found: Filling, key: str) -> Material:
    for line in found.lines:
        if line.material.key == key and not line.held:
            return line.material
    raise Http404("这次申请不需要这份材料")


def _so_far(there: int, size: int, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(status=status, headers={"Upload-Offset": str(there), "Upload-Length": str(size)})


def _wrong(reason: str, remedy: str, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
    return JsonResponse({"reason": reason, "remedy": remedy}, status=status)
