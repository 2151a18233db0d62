"""Papers as the database keeps them: what is known of each content, uploads under way, and the papers of a draft."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from banjie.records.database import Database, Eyes

# --- what is known of a content ---


@dataclass(frozen=True, slots=True)
class FileRow:
    """A content that is kept. `kind` is that of `engine.papers`; `scan` is unscanned, waiting, clean or infected."""

    sha256: str
    kind: str
    size: int
    pages: int
    original: str
    copy_of: str
    thumbnail: str
    scan: str
    scanned_by: str
    finding: str
    received_at: datetime


_FILE = (
    "SELECT sha256, kind, size, pages, original, copy_of, thumbnail, scan, scanned_by, finding, received_at"
    " FROM paper_files"
)


def keep(database: Database, files: Sequence[FileRow]) -> None:
    """Writes down what is known of contents; what is known of one already stays, a scan that is over too."""
    with database.call() as cursor:
        cursor.executemany(
            "INSERT INTO paper_files (sha256, kind, size, pages, original, copy_of, scan, scanned_by, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
            [
                (
                    one.sha256,
                    one.kind,
                    one.size,
                    one.pages,
                    one.original,
                    one.copy_of,
                    one.scan,
                    one.scanned_by,
                    one.received_at,
                )
                for one in files
            ],
        )


def known(database: Database, sha256s: Sequence[str]) -> dict[str, FileRow]:
    """What is known of these contents, by hash."""
    with database.call() as cursor:
        cursor.execute(f"{_FILE} WHERE sha256 = ANY(%s)", (list(sha256s),))
        return {row["sha256"]: FileRow(**row) for row in cursor}


def waiting(database: Database, most: int) -> tuple[FileRow, ...]:
    """Contents in quarantine, the oldest first."""
    with database.call() as cursor:
        cursor.execute(f"{_FILE} WHERE scan = 'waiting' ORDER BY received_at LIMIT %s", (most,))
        return tuple(FileRow(**row) for row in cursor)


def keep_scan(database: Database, sha256: str, *, scan: str, by: str, finding: str = "") -> None:
    """What a scanner found."""
    with database.call() as cursor:
        cursor.execute(
            "UPDATE paper_files SET scan = %s, scanned_by = %s, finding = %s WHERE sha256 = %s",
            (scan, by, finding, sha256),
        )


def keep_thumbnail(database: Database, sha256: str, thumbnail: str) -> None:
    """Where the small picture of a content is."""
    with database.call() as cursor:
        cursor.execute("UPDATE paper_files SET thumbnail = %s WHERE sha256 = %s", (thumbnail, sha256))


# --- uploads under way ---


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes in pieces: `received` of `size` bytes are there, in `parts` (their offsets)."""

    region: str
    id: str
    draft: str
    material: str
    name: str
    size: int
    received: int
    parts: tuple[int, ...]


_COLUMNS = "region, id::text AS id, draft::text AS draft, material, name, size, received, parts"
_UPLOAD = f"SELECT {_COLUMNS} FROM uploads"  # noqa: S608 — a constant of this file.
_BEGIN = (
    "INSERT INTO uploads (region, id, account, draft, material, name, size, begun_at, changed_at)"  # noqa: S608 — the same.
    " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp())"
    " ON CONFLICT (region, account, draft, material, name, size) DO UPDATE SET changed_at = clock_timestamp()"
    f" RETURNING {_COLUMNS}"
)


def begin_upload(
    database: Database, eyes: Eyes, *, region: str, draft: str, material: str, name: str, size: int
) -> Upload:
    """The upload of a file; the one under way if this file of this material was begun before."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(_BEGIN, (region, uuid.uuid4(), eyes.account, draft, material, name, size)).fetchone()
    assert row is not None  # noqa: S101 — an INSERT that returns answers with its row.
    return _upload(row)


def uploads_of(database: Database, eyes: Eyes, region: str, draft: str) -> tuple[Upload, ...]:
    """The account's uploads under way for a draft."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_UPLOAD} WHERE region = %s AND account = %s AND draft = %s ORDER BY begun_at",
            (region, eyes.account, draft),
        )
        return tuple(_upload(row) for row in cursor)


def find_upload(database: Database, eyes: Eyes, region: str, draft: str, upload: uuid.UUID) -> Upload | None:
    """An upload of this draft, None when there is none of this account."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            f"{_UPLOAD} WHERE region = %s AND id = %s AND draft = %s", (region, upload, draft)
        ).fetchone()
    return _upload(row) if row else None


def add_part(
    database: Database, eyes: Eyes, upload: Upload, offset: int, length: int, write: Callable[[], None]
) -> tuple[int, bool]:
    """Has a piece written while the upload's row is held, if it is the next one: what is there then, and if it was.

    Two tabs may send the same piece: the second one finds that it is not the next one any more.
    """
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT received FROM uploads WHERE region = %s AND id = %s FOR UPDATE", (upload.region, upload.id)
        ).fetchone()
        if row is None or row["received"] != offset:
            return (int(row["received"]) if row else 0), False
        write()
        cursor.execute(
            "UPDATE uploads SET received = received + %s, parts = parts || %s::bigint, changed_at = clock_timestamp()"
            " WHERE region = %s AND id = %s",
            (length, offset, upload.region, upload.id),
        )
    return offset + length, True


def end_upload(database: Database, eyes: Eyes, upload: Upload) -> bool:
    """Takes an upload off the list. False when it was gone."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("DELETE FROM uploads WHERE region = %s AND id = %s", (upload.region, upload.id))
        return cursor.rowcount == 1


def left_uploads(database: Database, eyes: Eyes, before: datetime, most: int) -> tuple[Upload, ...]:
    """Uploads nobody went on with since a moment."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_UPLOAD} WHERE changed_at < %s ORDER BY changed_at LIMIT %s", (before, most))
        return tuple(_upload(row) for row in cursor)


def _upload(row: Mapping[str, Any]) -> Upload:
    return Upload(**{**row, "parts": tuple(row["parts"])})


# --- the papers of a draft ---

Kept = Mapping[str, Any]
"""A paper as a draft keeps it: id, material, name, caption, sha256, media_type, size, pages, from …"""


def change_draft(
    database: Database, eyes: Eyes, region: str, draft: str, change: Callable[[list[Kept]], list[Kept]]
) -> list[Kept]:
    """Changes a draft's list of papers while its row is held, so that two uploads at once lose neither.

    Answers with the list as it is then. Raises KeyError when there is no such draft of this account; whatever
    `change` raises leaves the draft as it was.
    """
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT coalesce(content -> 'papers', '[]') AS papers FROM drafts WHERE region = %s AND id = %s FOR UPDATE",
            (region, draft),
        ).fetchone()
        if row is None:
            raise KeyError(draft)
        changed = change(list(row["papers"]))
        cursor.execute(
            "UPDATE drafts SET content = content || jsonb_build_object('papers', %s::jsonb),"
            " changed_at = clock_timestamp() WHERE region = %s AND id = %s",
            (Jsonb(changed), region, draft),
        )
    return changed
