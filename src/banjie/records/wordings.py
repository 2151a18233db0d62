"""文书措辞 as the database keeps it: editions for an organ or a region, drafted by one person, published by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.types.json import Jsonb

from banjie.records.database import Database

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"


@dataclass(frozen=True, slots=True)
class WordingRow:
    """An edition. `organ` is "" for one that holds in the whole region; `texts` are its passages by key."""

    region: str
    organ: str
    kind: str
    edition: int
    state: str
    texts: Mapping[str, str]
    note: str
    drafted_by: str
    drafted_at: datetime
    published_by: str
    in_force_from: date | None


_ROW = (
    "SELECT region, organ, kind, edition, state, texts, note, drafted_by, drafted_at, published_by, in_force_from"
    " FROM document_wordings"
)


def in_force(database: Database, places: Sequence[tuple[str, str]], kind: str, on: date) -> WordingRow | None:
    """The edition that holds on a day at the first of these places (region, organ) that has one."""
    with database.call() as cursor:
        for region, organ in places:
            row = cursor.execute(
                f"{_ROW} WHERE region = %s AND organ = %s AND kind = %s AND state = 'published' AND in_force_from <= %s"
                " ORDER BY in_force_from DESC, edition DESC LIMIT 1",
                (region, organ, kind, on),
            ).fetchone()
            if row:
                return WordingRow(**row)
    return None


def editions(database: Database, region: str, organ: str, kind: str) -> tuple[WordingRow, ...]:
    """All editions at a place, the newest first."""
    with database.call() as cursor:
        cursor.execute(
            f"{_ROW} WHERE region = %s AND organ = %s AND kind = %s ORDER BY edition DESC", (region, organ, kind)
        )
        return tuple(WordingRow(**row) for row in cursor)


def of_region(database: Database, region: str) -> tuple[WordingRow, ...]:
    """Drafts and published editions of a region and its organs, by kind: a few dozen at most."""
    with database.call() as cursor:
        cursor.execute(
            f"{_ROW} WHERE region = %s AND state <> 'withdrawn' ORDER BY kind, organ, edition DESC", (region,)
        )
        return tuple(WordingRow(**row) for row in cursor)


def keep_draft(
    database: Database,
    region: str,
    organ: str,
    kind: str,
    texts: Mapping[str, str],
    *,
    note: str,
    by: str,
    at: datetime,
) -> int:
    """Keeps the one draft of a place, a new edition where there is none; answers with its number.

    Whoever changes a draft is the one who drafted it from then on.
    """
    with database.call() as cursor:
        row = cursor.execute(
            "INSERT INTO document_wordings (region, organ, kind, edition, state, texts, note, drafted_by, drafted_at)"
            " SELECT %(region)s, %(organ)s, %(kind)s, coalesce(max(edition), 0) + 1, 'draft', %(texts)s, %(note)s,"
            " %(by)s, %(at)s FROM document_wordings WHERE region = %(region)s AND organ = %(organ)s AND kind = %(kind)s"
            " ON CONFLICT (region, organ, kind) WHERE state = 'draft' DO UPDATE SET texts = EXCLUDED.texts,"
            " note = EXCLUDED.note, drafted_by = EXCLUDED.drafted_by, drafted_at = EXCLUDED.drafted_at"
            " RETURNING edition",
            {
                "region": region,
                "organ": organ,
                "kind": kind,
                "texts": Jsonb(dict(texts)),
                "note": note,
                "by": by,
                "at": at,
            },
        ).fetchone()
    assert row is not None  # noqa: S101 — RETURNING of an upsert always gives a row.
    return int(row["edition"])


def publish(database: Database, row: WordingRow, *, by: str, on: date) -> bool:
    """Puts a draft in force from a day; False when it is no draft any more, or was changed since it was read."""
    with database.call() as cursor:
        cursor.execute(
            "UPDATE document_wordings SET state = 'published', published_by = %s, in_force_from = %s"
            " WHERE region = %s AND organ = %s AND kind = %s AND edition = %s AND state = 'draft' AND drafted_at = %s"
            " AND drafted_by <> %s",
            (by, on, row.region, row.organ, row.kind, row.edition, row.drafted_at, by),
        )
        return cursor.rowcount == 1


def drop_draft(database: Database, region: str, organ: str, kind: str) -> bool:
    """Throws the draft of a place away; False when there is none."""
    with database.call() as cursor:
        cursor.execute(
            "DELETE FROM document_wordings WHERE region = %s AND organ = %s AND kind = %s AND state = 'draft'",
            (region, organ, kind),
        )
        return cursor.rowcount == 1


def withdraw(database: Database, row: WordingRow) -> bool:
    """Takes back an edition that is not yet in force; what has been in force stays for the documents made under it."""
    with database.call() as cursor:
        cursor.execute(
            "UPDATE document_wordings SET state = 'withdrawn' WHERE region = %s AND organ = %s AND kind = %s"
            " AND edition = %s AND state = 'published'",
            (row.region, row.organ, row.kind, row.edition),
        )
        return cursor.rowcount == 1
