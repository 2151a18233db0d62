"""A paper on its way to a browser: shown only if its kind can do no harm, else saved."""

from typing import Final

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from banjie.actions.paper_receiving import content_of, thumbnail_of
from banjie.actions.platform import Platform

SAFE_TO_SHOW: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


def file_answer(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file as the browser gets it."""
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


def paper_answer(platform: Platform, sha256: str, media_type: str, name: str) -> HttpResponse:
    """A kept paper. Raises Http404 when its content is gone, `Refused` while it is in quarantine."""
    try:
        return file_answer(content_of(platform, sha256), media_type, name)
    except KeyError:
        raise Http404("没有这份材料") from None


def thumbnail_answer(platform: Platform, sha256: str) -> HttpResponse:
    """The small picture of a paper. Raises Http404 where there is none."""
    try:
        small = thumbnail_of(platform, sha256)
    except KeyError:
        small = b""
    if not small:
        raise Http404("这份材料没有缩略图")
    answer = file_answer(small, "image/jpeg", "thumbnail.jpg")
    # The picture of a content never changes; it stays with this browser for as long as the visit lasts.
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


def disposition(name: str, *, inline: bool) -> str:
    """The header that names a file, in RFC 6266's way for names outside ASCII."""
    return content_disposition_header(as_attachment=not inline, filename=name) or "inline"
