"""Uploads in pieces: begun, continued where they stopped, finished. They outlive a lost line and an ended session.

An upload belongs to an account and a draft. Who chooses the same file for the same material again, after a lost line
or on the next day, goes on where it stopped.
"""

import tempfile
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from banjie.actions import paper_drafts
from banjie.actions.paper_receiving import files_away, keep_upload
from banjie.actions.platform import Platform
from banjie.actions.ports import FilesAway
from banjie.engine.ids import Malformed
from banjie.engine.papers import Fault, Limits, size_words, tidy_name, wrong
from banjie.engine.subject import Refused
from banjie.records import papers
from banjie.records.drafts import Draft
from banjie.records.papers import Upload
from banjie.records.people import MACHINE, Standing

PIECE = 1024 * 1024
"""Bytes a piece may have: a few seconds on a poor line, and no burden for the memory."""

AT_ONCE = 40
"""Uploads a draft may have under way."""

KEPT_FOR = timedelta(days=7)
"""How long an upload waits to be continued."""

_IN_MEMORY = 1024 * 1024


def begin(
    platform: Platform, standing: Standing, draft: Draft, material: str, limits: Limits, name: str, size: int
) -> Upload:
    """Begins an upload, or goes on with the same one. Raises `Malformed` before a byte is sent that is not taken."""
    shown = tidy_name(name)
    if size <= 0:
        raise wrong(Fault.EMPTY, shown)
    if size > limits.file_bytes:
        raise wrong(Fault.TOO_LARGE, shown, most=size_words(limits.file_bytes))
    there = sum(int(one.get("size", 0)) for one in draft.content.get("papers", ()))
    if there + size > limits.application_bytes:
        raise wrong(Fault.TOO_LARGE_TOGETHER, shown, most=size_words(limits.application_bytes))
    under_way = papers.uploads_of(platform.database, standing.eyes, draft.region, draft.id)
    if len(under_way) >= AT_ONCE:
        raise Refused("没有传完的文件太多", rule="材料上传", remedy="请先把没传完的传完，或在页面上放弃它们")
    return papers.begin_upload(
        platform.database,
        standing.eyes,
        region=draft.region,
        draft=draft.id,
        material=material,
        name=shown,
        size=size,
    )


def find(platform: Platform, standing: Standing, draft: Draft, upload: uuid.UUID) -> Upload:
    """An upload under way. Raises KeyError when there is none of this account and draft."""
    found = papers.find_upload(platform.database, standing.eyes, draft.region, draft.id, upload)
    if found is None:
        raise KeyError(str(upload))
    return found


def append(platform: Platform, standing: Standing, upload: Upload, offset: int, piece: bytes) -> tuple[int, bool]:
    """Adds the piece at `offset`: how many bytes are there now, which is where to go on, and whether it was the next.

    A piece that is not the next one changes nothing. Raises `Malformed` for one that reaches beyond the file.
    """
    if not piece or len(piece) > PIECE or offset < 0 or offset + len(piece) > upload.size:
        raise Malformed("offset", "这一段不属于这个文件", "请重新选择文件，从已经传到的位置继续")
    try:
        return papers.add_part(
            platform.database,
            standing.eyes,
            upload,
            offset,
            len(piece),
            lambda: platform.parts.write(upload.id, offset, piece),
        )
    except FilesAway as away:
        raise files_away() from away


def finish(platform: Platform, standing: Standing, draft: Draft, upload: Upload, limits: Limits) -> Mapping[str, Any]:
    """Makes a paper of an upload that is whole, as the draft keeps it. Raises `Malformed` and the upload is over."""
    if upload.received != upload.size:
        raise Refused("文件还没有传完", rule="材料上传", remedy="请从已经传到的位置继续")
    try:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
            for offset in upload.parts:
                whole.write(platform.parts.read(upload.id, offset))
            whole.seek(0)
            stored = keep_upload(platform, upload.name, whole, limits)
    except FilesAway as away:
        raise files_away() from away
    except (Malformed, KeyError) as error:
        give_up(platform, standing, upload)
        if isinstance(error, Malformed):
            raise
        raise Refused("这个文件有一段丢失了", rule="材料上传", remedy="请重新选择这个文件上传") from error
    kept, faults = paper_drafts.add(platform, standing, draft, upload.material, limits, [stored])
    give_up(platform, standing, upload)
    # Finished a second time, because the first answer was lost on its way: then it is there already.
    if faults and faults[0].rule != Fault.TWICE:
        raise faults[0]
    return next(one for one in kept if one["material"] == upload.material and one["sha256"] == stored.sha256)


def give_up(platform: Platform, standing: Standing, upload: Upload) -> None:
    """Ends an upload and throws its pieces away."""
    papers.end_upload(platform.database, standing.eyes, upload)
    try:
        platform.parts.drop(upload.id, upload.parts)
    except FilesAway:
        return  # They are swept when the store is there again: a folder's by age, a bucket's by its own rule.


def sweep(platform: Platform, now: datetime, *, most: int = 100) -> int:
    """Ends uploads nobody went on with for a week; answers with how many."""
    left = papers.left_uploads(platform.database, MACHINE.eyes, now - KEPT_FOR, most)
    for upload in left:
        give_up(platform, MACHINE, upload)
    return len(left)
