"""Receiving what people hand in: looked into, scanned, kept by the hash of its content, and written down.

A file is read in pieces and never further than it may be long. What is wrong with one says which file, what, and how
to mend it; the others handed in with it are kept.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO

from banjie.actions.platform import Platform
from banjie.actions.ports import FilesAway, ScannerAway, Verdict
from banjie.engine.ids import Malformed
from banjie.engine.papers import BY_MEDIA_TYPE, STANDARD, Fault, Kind, Limits, size_words, tidy_name, wrong
from banjie.engine.subject import Refused
from banjie.records import papers
from banjie.records.papers import FileRow

_IN_MEMORY = 1024 * 1024
_PIECE = 256 * 1024
STATES = {"unscanned": "未扫描", "waiting": "等待病毒检查", "clean": "已查毒", "infected": "发现病毒"}
"""What people call the states of a scan."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A paper kept. `original` is the hash of what was handed in, where something else is kept in its place."""

    sha256: str
    media_type: str
    size: int
    name: str
    pages: int = 0
    original: str = ""
    scan: str = "unscanned"


def keep_upload(platform: Platform, name: str, stream: IO[bytes], limits: Limits = STANDARD) -> Stored:
    """Keeps an upload. Raises `Malformed` for one that is not taken, and `Refused` when nothing can be kept now."""
    stored = keep_uploads(platform, [(name, stream)], limits)[0]
    if isinstance(stored, Malformed):
        raise stored
    return stored


def keep_uploads(
    platform: Platform, uploads: Sequence[tuple[str, IO[bytes]]], limits: Limits = STANDARD
) -> list[Stored | Malformed]:
    """Keeps uploads, in their order; in the place of one that is not taken stands what is wrong with it.

    Raises `Refused` when the store is away: then nothing was written down, and all may be sent again.
    """
    taken: list[Stored | Malformed] = []
    rows: list[FileRow] = []
    for name, stream in uploads:
        try:
            stored, row = _receive(platform, tidy_name(name), stream, limits)
        except Malformed as malformed:
            taken.append(malformed)
        except FilesAway as away:
            raise files_away() from away
        else:
            taken.append(stored)
            rows.append(row)
    if rows:
        papers.keep(platform.database, rows)
        for row in rows:
            if row.scan == "waiting":
                _scan_later(platform, row.sha256)
    return taken


def files_away() -> Refused:
    """Why nothing can be kept or shown while the store of files is away."""
    return Refused(
        "文件存储暂时连接不上，这次选择的文件没有保存",
        rule="文件存储",
        remedy="请几分钟后再试；已经填写和上传的内容都在",
    )


def _receive(platform: Platform, name: str, stream: IO[bytes], limits: Limits) -> tuple[Stored, FileRow]:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        _pour(stream, spool, name, limits)
        seen = platform.papers.read(spool, name, limits)
        verdict = _verdict(platform, seen.content, name)
        original = platform.files.put_stream(seen.content)
        size = seen.content.seek(0, 2)
        handed_in = _hash_of(spool) if seen.changed else ""
    if seen.kind is Kind.JPEG and name.lower().endswith((".heic", ".heif")):
        name = name.rsplit(".", 1)[0] + ".jpg"
    stored = Stored(original, seen.kind.media_type, size, name, seen.pages, handed_in, verdict.state)
    row = FileRow(
        sha256=original,
        kind=seen.kind,
        size=size,
        pages=seen.pages,
        original=handed_in,
        copy_of="",
        thumbnail="",
        scan=verdict.state,
        scanned_by=verdict.by,
        finding=verdict.finding,
        received_at=platform.now(),
    )
    return stored, row


def _pour(stream: IO[bytes], into: IO[bytes], name: str, limits: Limits) -> None:
    """Reads a stream to its end, and not one piece beyond the limit."""
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limits.file_bytes:
            raise wrong(Fault.TOO_LARGE, name, most=size_words(limits.file_bytes))
        into.write(piece)
    if not size:
        raise wrong(Fault.EMPTY, name)


def _hash_of(content: IO[bytes]) -> str:
    content.seek(0)
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads; that is enough


# --- viruses ---


def _verdict(platform: Platform, content: IO[bytes], name: str) -> Verdict:
    """What the scanner says; `waiting` while it is away. Raises `Malformed` for a virus."""
    try:
        verdict = platform.scanner.scan(content)
    except ScannerAway:
        return Verdict("waiting", "")
    if verdict.state == "infected":
        raise wrong(Fault.INFECTED, name, finding=verdict.finding)
    return verdict


def _scan_later(platform: Platform, sha256: str) -> None:
    with platform.database.call() as cursor:
        platform.jobs.defer(cursor.connection, "scan_paper", sha256=sha256)


def scan_paper(platform: Platform, sha256: str) -> str:
    """Looks at a content that waits in quarantine; answers with its state. Raises `ScannerAway`, to be tried again."""
    row = papers.known(platform.database, [sha256]).get(sha256)
    if row is None or row.scan != "waiting":
        return row.scan if row else ""
    with platform.files.open(sha256) as content:
        verdict = platform.scanner.scan(content)
    papers.keep_scan(platform.database, sha256, scan=verdict.state, by=verdict.by, finding=verdict.finding)
    return verdict.state


# --- looking at what is kept ---


def content_of(platform: Platform, sha256: str) -> bytes:
    """A paper's content to be shown. Raises KeyError when there is none, `Refused` while it is in quarantine."""
    row = papers.known(platform.database, [sha256]).get(sha256)
    state = row.scan if row else "unscanned"
    if state == "waiting":
        with contextlib.suppress(ScannerAway, FilesAway):
            state = scan_paper(platform, sha256)
    if state == "waiting":
        raise Refused("这份文件正在等待病毒检查，暂时不能打开", rule="文件安全", remedy="请几分钟后再打开")
    if state == "infected":
        raise Refused("这份文件里发现病毒，不能打开", rule="文件安全", remedy="请重新制作这份文件后再上传")
    try:
        return platform.files.get(sha256)
    except FilesAway as away:
        raise Refused("文件存储暂时连接不上，这份文件现在打不开", rule="文件存储", remedy="请几分钟后再试") from away


def thumbnail_of(platform: Platform, sha256: str) -> bytes:
    """A small picture of a paper, made once; b"" where none can be made. Raises as `content_of` does."""
    row = papers.known(platform.database, [sha256]).get(sha256)
    if row is None:
        raise KeyError(sha256)
    if row.thumbnail:
        return platform.files.get(row.thumbnail)
    if row.scan in ("waiting", "infected"):
        return b""
    with platform.files.open(sha256) as content:
        small = platform.papers.thumbnail(content, Kind(row.kind))
    if small:
        papers.keep_thumbnail(platform.database, sha256, platform.files.put(small))
    return small


def as_received(platform: Platform, sha256: str, name: str) -> Stored:
    """What is known of a content that was handed in before. Raises KeyError for one that never was."""
    row = papers.known(platform.database, [sha256]).get(sha256)
    if row is not None:
        return Stored(sha256, Kind(row.kind).media_type, row.size, name, row.pages, row.original, row.scan)
    # Papers that came before contents were written down, or that the demonstration made itself.
    with platform.files.open(sha256) as content:
        try:
            seen = platform.papers.read(content, name, replace(STANDARD, kinds=tuple(Kind)))
        except Malformed:
            return Stored(sha256, "", content.seek(0, 2), name)
        return Stored(sha256, seen.kind.media_type, content.seek(0, 2), name, seen.pages)


def kind_of(media_type: str) -> Kind | None:
    """The kind of a media type that a draft or a case holds."""
    return BY_MEDIA_TYPE.get(media_type)
