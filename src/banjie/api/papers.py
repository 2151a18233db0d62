"""Papers at this door: handed in by themselves, and referred to by the hash of their content."""

from dataclasses import replace
from typing import IO, TypeVar, cast

from django.http import HttpRequest

from banjie.actions.paper_receiving import Stored, as_received, keep_upload
from banjie.actions.platform import Platform
from banjie.actions.submissions import Application
from banjie.api.problems import Troubled, too_large
from banjie.engine.cases import Command, Paper
from banjie.engine.cases.acts import Resubmit, SupplyTolerated
from banjie.engine.papers import (
    BY_MEDIA_TYPE,
    MIB,
    STANDARD,
    Fault,
    Limits,
    kinds_words,
    limits_of,
    size_words,
    wrong,
)
from banjie.engine.subject import Malformed

Bearing = TypeVar("Bearing", bound=Command | Application)


def limits_for(platform: Platform, region: str, item: str, material: str) -> Limits:
    """What an item takes for a material; the usual limits when none is named. Raises `Malformed` for an unknown one."""
    if not item and not material:
        return STANDARD
    law = platform.laws.published(region or platform.region, item)
    if law is None:
        raise Malformed("item", "没有公布这个事项", "请核对事项编码和区划；不知道用于哪个事项的，不写 item 和 material")
    found = next((one for one in law.item.materials if one.key == material), None)
    if found is None:
        keys = "、".join(one.key for one in law.item.materials)
        raise Malformed("material", "这个事项没有这份材料", f"可用：{keys or '（无）'}")
    return limits_of(found, law.item.papers_mb)


def keep(platform: Platform, request: HttpRequest, name: str, limits: Limits = STANDARD) -> Stored:
    """Keeps the body of a request as a paper, read in pieces. Raises `Troubled` (413) and `Malformed`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > limits.file_bytes:
        raise _too_large(limits)
    try:
        return keep_upload(platform, name, cast("IO[bytes]", request), limits)
    except Malformed as malformed:
        if malformed.rule == Fault.TOO_LARGE:
            raise _too_large(limits) from None
        raise


def require_fitting(platform: Platform, application: Application) -> Application:
    """The application, if its papers are such as its item takes for each material. Raises `Malformed`.

    A paper may have been kept before anybody knew what for: this is where the limits of its material hold.
    """
    law = platform.laws.published(application.region, application.item)
    if law is None:
        return application  # What is not published is refused by the act, with its own words.
    known = {one.key: limits_of(one, law.item.papers_mb) for one in law.item.materials}
    given: dict[str, int] = {}
    together = 0
    for place, paper in enumerate(application.papers):
        limits = known.get(paper.material)
        if limits is None or not paper.sha256:
            continue
        given[paper.material] = given.get(paper.material, 0) + 1
        together += paper.size
        kind = BY_MEDIA_TYPE.get(paper.media_type)
        fault = None
        # Every upload has a kind; only what was kept before kinds were written down has none.
        if kind is not None and kind not in limits.kinds:
            fault = wrong(Fault.NOT_WANTED, paper.name, kind=kind.label, kinds=kinds_words(limits.kinds))
        elif paper.size > limits.file_bytes:
            fault = wrong(Fault.TOO_LARGE, paper.name, most=size_words(limits.file_bytes))
        elif given[paper.material] > limits.files:
            fault = wrong(Fault.TOO_MANY_FILES, paper.name, most=limits.files)
        elif together > limits.application_bytes:
            fault = wrong(Fault.TOO_LARGE_TOGETHER, paper.name, most=size_words(limits.application_bytes))
        if fault is not None:
            raise Malformed(f"papers[{place}]", fault.reason, fault.remedy)
    return application


def _too_large(limits: Limits) -> Troubled:
    large = too_large(limits.file_bytes // MIB)
    return Troubled(large.status, large.detail, "请压缩或降低分辨率后再上传")


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
            more = tuple(_seen(platform, paper, f"more[{place}]") for place, paper in enumerate(asked.more))
            return replace(asked, paper=_seen(platform, asked.paper, "paper"), more=more)
        case _:
            return asked


def described(platform: Platform, asked: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """Papers as they were really handed in. Raises `Malformed` for one that was not."""
    return tuple(_seen(platform, paper, f"papers[{place}]") for place, paper in enumerate(asked))


def _seen(platform: Platform, paper: Paper, field: str) -> Paper:
    if not paper.sha256:
        return paper
    try:
        known = as_received(platform, paper.sha256, paper.name)
    except KeyError:
        raise Malformed(
            f"{field}.sha256", "没有收到过这个文件", "请先用 POST /papers 上传，再填写答复中的 sha256"
        ) from None
    return replace(paper, media_type=known.media_type, size=known.size)
