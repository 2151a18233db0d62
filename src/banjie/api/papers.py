"""Papers at this door: handed in by themselves, and referred to by the hash of their content."""

from dataclasses import replace
from io import BytesIO
from typing import TypeVar

from django.http import HttpRequest

from banjie.actions.papers import UPLOAD_LIMIT, Stored, keep_upload, type_of
from banjie.actions.platform import Platform
from banjie.actions.submissions import Application
from banjie.api.problems import Troubled, too_large
from banjie.engine.cases import Command, Paper
from banjie.engine.cases.acts import Resubmit, SupplyTolerated
from banjie.engine.subject import Malformed

Bearing = TypeVar("Bearing", bound=Command | Application)


def keep(platform: Platform, request: HttpRequest, name: str) -> Stored:
    """Keeps the body of a request as a paper. Raises `Troubled` (413) and `Malformed`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > UPLOAD_LIMIT:
        large = too_large(UPLOAD_LIMIT // 2**20)
        raise Troubled(large.status, large.detail, "请压缩或降低分辨率后再上传")
    return keep_upload(platform, name, BytesIO(request.read(UPLOAD_LIMIT + 1)))


def seen(platform: Platform, asked: Bearing) -> Bearing:
    """The command with its papers described as they really are. Raises `Malformed` for one that was never handed in.

    What a caller says of a paper's type is not believed: an official's browser would act on it.
    """
    match asked:
        case Application() | Resubmit():
            if not asked.papers:
                return asked
            papers = tuple(_seen(platform, paper, f"papers[{place}]") for place, paper in enumerate(asked.papers))
            return replace(asked, papers=papers)
        case SupplyTolerated():
            return replace(asked, paper=_seen(platform, asked.paper, "paper"))
        case _:
            return asked


def _seen(platform: Platform, paper: Paper, field: str) -> Paper:
    if not paper.sha256:
        return paper
    try:
        content = platform.files.get(paper.sha256)
    except KeyError:
        raise Malformed(
            f"{field}.sha256", "没有收到过这个文件", "请先用 POST /papers 上传，再填写答复中的 sha256"
        ) from None
    return replace(paper, media_type=type_of(content) or "", size=len(content))
