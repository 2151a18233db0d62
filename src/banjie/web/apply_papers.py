"""The papers of an application: several in one post, from a file or a phone's camera, or promised for later."""

from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.papers import keep_upload
from banjie.engine.catalogue import Material
from banjie.engine.ids import Malformed
from banjie.web import filling
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.context import render
from banjie.web.filling import Filling, PaperLine
from banjie.wiring import platform

PREFIX = "paper-"
LATER = "later-"
SAFE_TO_SHOW = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def papers(request: HttpRequest, found: Filling) -> HttpResponse:
    """申请材料: what the city holds is not asked for; the rest is uploaded here, or promised where that is allowed."""
    if not found.situation.complete:
        return onward("apply-guide", found)
    if request.method != "POST":
        return _page(request, found)
    kept, errors = take(request, found)
    if request.POST.get("remove"):
        return onward("apply-papers", kept)
    if not errors and request.POST.get("then") == "later":
        return onward("apply", kept)
    errors |= {
        line.material.key: missing(line) for line in kept.lines if not line.settled and line.material.key not in errors
    }
    if errors:
        return _page(request, kept, errors)
    return onward("apply-check" if not kept.gaps else "apply", kept)


def take(request: HttpRequest, found: Filling) -> tuple[Filling, dict[str, str]]:
    """Keeps what was uploaded, removed and promised; the application with it, and what is wrong, by material."""
    kept = {str(paper["material"]): dict(paper) for paper in found.content.get("papers", ())}
    kept.pop(request.POST.get("remove", ""), None)
    later: list[str] = []
    errors: dict[str, str] = {}
    for line in found.lines:
        material = line.material
        upload = request.FILES.get(PREFIX + material.key)
        if isinstance(upload, UploadedFile):
            try:
                kept[material.key] = uploaded(material, upload)
            except Malformed as malformed:
                errors[material.key] = f"{material.name}：{malformed.reason}。{malformed.remedy}"
        if material.tolerable_days and material.key not in kept and request.POST.get(LATER + material.key):
            later.append(material.key)
    changed = filling.save(platform(), me(request), found, papers=list(kept.values()), later=later)
    return changed, errors


def uploaded(material: Material, upload: "UploadedFile[Any]") -> dict[str, object]:
    """An upload as a draft keeps it. Raises Malformed for what is no readable paper."""
    stored = keep_upload(platform(), upload.name or material.name, cast("IO[bytes]", upload))
    return {
        "material": material.key,
        "name": stored.name,
        "sha256": stored.sha256,
        "media_type": stored.media_type,
        "size": stored.size,
    }


def missing(line: PaperLine) -> str:
    """What to do about a paper that is not there."""
    way = "，或勾选“稍后补交”" if line.material.tolerable_days else ""
    return f"还没有上传“{line.material.name}”。请选择文件或拍照上传{way}"


def _page(request: HttpRequest, found: Filling, errors: dict[str, str] | None = None) -> HttpResponse:
    wrong = errors or {}
    context = {
        "filling": found,
        "item": found.item,
        "lines": [(line, wrong.get(line.material.key, ""), _files(found, line)) for line in found.lines],
        "errors": [{"field": PREFIX + key, "message": message} for key, message in wrong.items()],
        "back": found.page("apply-section", found.sections[-1].key) if found.sections else found.page("apply"),
    }
    status = 422 if wrong else 200
    return render(request, "apply/papers.html", context, status=status, errors=bool(wrong), search=False)


def _files(found: Filling, line: PaperLine) -> list[dict[str, str]]:
    if line.paper is None:
        return []
    href = found.page("apply-paper", line.paper.sha256)
    size = size_words(line.paper.size)
    return [{"name": line.paper.name, "size": size, "href": href, "remove": line.material.key}]


def size_words(size: int) -> str:
    """A file's size as people say it: 850 KB, 3.2 MB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


@require_GET
@filled_by_me
def paper(request: HttpRequest, found: Filling, sha256: str) -> HttpResponse:
    """An uploaded paper, to be looked at. Only what this draft holds, never a stranger's file by its name."""
    line = next((one for one in found.lines if one.paper and one.paper.sha256 == sha256), None)
    if line is None or line.paper is None:
        raise Http404("没有这份材料")
    return file_answer(platform().files.get(sha256), line.paper.media_type, line.paper.name)


def file_answer(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file as the browser gets it: shown only if its kind can do no harm, else saved."""
    shown = media_type in SAFE_TO_SHOW
    answer = HttpResponse(
        content,
        content_type=media_type if shown else "application/octet-stream",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"},
    )
    if media_type == "application/pdf":
        # Chromium's own PDF page does not open inside a sandbox; the kind is known from the content, and nosniff is on.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    answer.headers["Content-Disposition"] = disposition(name, inline=shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def disposition(name: str, *, inline: bool) -> str:
    """The header that names a file, in RFC 6266's way for names outside ASCII."""
    return content_disposition_header(as_attachment=not inline, filename=name) or "inline"
