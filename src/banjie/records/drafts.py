"""Drafts: applications being filled in. Nothing has been asked of anyone yet, so they are no history.

A draft's content is a mapping of sections (`answers`, `data`, `papers`, `later`, `promised`, `key` …). Two tabs may
write to one draft. What each of them sends is merged in the database, in one statement under the row's lock, so
neither overwrites what it did not mean to touch:

    save          the sections named are replaced whole, all others stay as they are
    save_within   the keys named of one section are replaced (None takes a key out), its other keys stay
    save_parts    the same for several sections at once
    replace       everything is replaced: after the hand-in, when only the receipt is kept

Rows are seen and written by the account that began them and by nobody else (row-level security).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from banjie.records.database import Database, Eyes

MOST_LISTED = 100
"""How many drafts of an account are listed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An application being filled in: for `holder` (a party), under `edition` of `item`."""

    id: str
    region: str
    account: str
    holder: str
    item: str
    edition: int
    content: Mapping[str, Any]
    changed_at: datetime


_DRAFT = "SELECT id::text AS id, region, account, holder, item, edition, content, changed_at FROM drafts"


def start(database: Database, eyes: Eyes, *, region: str, holder: str, item: str, edition: int) -> str:
    """A new, empty draft of the account that looks; its identifier."""
    draft_id = str(uuid.uuid4())
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO drafts (region, id, account, holder, item, edition, changed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp())",
            (region, draft_id, eyes.account, holder, item, edition),
        )
    return draft_id


def bring_back(
    database: Database,
    eyes: Eyes,
    draft_id: str,
    *,
    region: str,
    holder: str,
    item: str,
    edition: int,
    content: Mapping[str, Any],
) -> None:
    """A draft of that identifier with all its content; what was handed in from it gives way, what is unsent stays."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO drafts (region, id, account, holder, item, edition, content, changed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT (region, id) DO UPDATE"
            " SET content = EXCLUDED.content, edition = EXCLUDED.edition, changed_at = EXCLUDED.changed_at"
            " WHERE drafts.content ? 'sent'",
            (region, draft_id, eyes.account, holder, item, edition, _json(content)),
        )


def get(database: Database, eyes: Eyes, region: str, draft_id: str | uuid.UUID) -> Draft | None:
    """The draft of that identifier, None when there is none of this account."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_DRAFT} WHERE region = %s AND id = %s", (region, draft_id)).fetchone()
    return Draft(**row) if row else None


def find(database: Database, eyes: Eyes, draft_id: str | uuid.UUID) -> Draft | None:
    """The account's draft of that identifier, whatever its region."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_DRAFT} WHERE account = %s AND id = %s", (eyes.account, draft_id)).fetchone()
    return Draft(**row) if row else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with what the next page asks for: facts by party, and the holder's valid certificates, newest first."""

    draft: Draft
    facts: Mapping[str, Mapping[str, Any]]
    held: tuple[tuple[str, str, date | None], ...]
    """Kind, number, and the last day of validity (None: without end)."""


def open_draft(database: Database, eyes: Eyes, draft_id: str | uuid.UUID, own: str) -> Opened | None:
    """The account's draft of that identifier, in one call; `own` is the party the account itself is, "" for none."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT open_draft(%s, %s, %s, %s, %s, %s, %s) AS opened", (*eyes.bound, draft_id, own)
        ).fetchone()
    opened: dict[str, Any] | None = row["opened"] if row else None
    if opened is None:
        return None
    kept = opened["draft"]
    held = tuple((kind, number, date.fromisoformat(day) if day else None) for kind, number, day in opened["held"])
    draft = Draft(**{**kept, "changed_at": datetime.fromisoformat(kept["changed_at"])})
    return Opened(draft, opened["facts"], held)


def of_account(database: Database, eyes: Eyes, *, most: int = MOST_LISTED) -> tuple[Draft, ...]:
    """The account's drafts, the latest touched first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_DRAFT} WHERE account = %s ORDER BY changed_at DESC, id LIMIT %s", (eyes.account, most))
        return tuple(Draft(**row) for row in cursor)


def save(
    database: Database, eyes: Eyes, draft_id: str | uuid.UUID, region: str, content: Mapping[str, Any]
) -> datetime | None:
    """Replaces the sections that `content` names and leaves all others. Send only the sections that changed.

    Answers with the moment of the change, None when there is no such draft of this account.
    """
    return _write(database, eyes, "content = content || %(content)s", draft_id, region, content=_json(content))


def save_within(
    database: Database, eyes: Eyes, draft_id: str | uuid.UUID, region: str, *, section: str, values: Mapping[str, Any]
) -> datetime | None:
    """Replaces the keys that `values` names within one section and leaves its other keys; None takes a key out.

    For sections that are mappings (`answers`, `data`): pages of one form may be filled in on two tabs.
    """
    return _write(
        database,
        eyes,
        "content = content || jsonb_build_object(%(section)s::text,"
        " (coalesce(content -> %(section)s, '{}') || %(content)s) - %(gone)s::text[])",
        draft_id,
        region,
        section=section,
        content=_json({key: value for key, value in values.items() if value is not None}),
        gone=[key for key, value in values.items() if value is None],
    )


def save_parts(
    database: Database,
    eyes: Eyes,
    draft_id: str | uuid.UUID,
    region: str,
    parts: Mapping[str, Mapping[str, Any]],
) -> datetime | None:
    """As `save_within` for each of several sections, in one statement: all of them or none."""
    merged = {
        section: {
            "set": {key: value for key, value in values.items() if value is not None},
            "gone": [key for key, value in values.items() if value is None],
        }
        for section, values in parts.items()
    }
    change = (
        "content = content || (SELECT coalesce(jsonb_object_agg(part.key,"
        " (coalesce(content -> part.key, '{}') || (part.value -> 'set'))"
        " - ARRAY(SELECT jsonb_array_elements_text(part.value -> 'gone'))), '{}')"
        " FROM jsonb_each(%(parts)s) AS part)"
    )
    return _write(database, eyes, change, draft_id, region, parts=_json(merged))


def replace(
    database: Database, eyes: Eyes, draft_id: str | uuid.UUID, region: str, content: Mapping[str, Any]
) -> datetime | None:
    """Replaces the whole content."""
    return _write(database, eyes, "content = %(content)s", draft_id, region, content=_json(content))


@dataclass(frozen=True, slots=True)
class AnswersKept:
    """Drafts of an item that have not been handed in, and in how many of them each field has been answered."""

    drafts: int
    fields: Mapping[str, int]


def answers_kept(database: Database, region: str, item: str) -> AnswersKept:
    """What a change of the item's form would meet. Counts only, so nobody has to be bound."""
    with database.call() as cursor:
        row = cursor.execute("SELECT form_answers_kept(%s, %s) AS kept", (region, item)).fetchone()
    kept: dict[str, Any] = row["kept"] if row else {"drafts": 0, "fields": {}}
    return AnswersKept(kept["drafts"], kept["fields"])


def change_holder(
    database: Database, eyes: Eyes, draft_id: str | uuid.UUID, region: str, holder: str
) -> datetime | None:
    """The draft is for another party now. Whether the account may act for it is asked again at the hand-in."""
    return _write(database, eyes, "holder = %(holder)s", draft_id, region, holder=holder)


def discard(database: Database, eyes: Eyes, draft_id: str | uuid.UUID, region: str) -> bool:
    """Throws a draft away with what departments answered for it. False when there was none of this account."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("DELETE FROM drafts WHERE region = %s AND id = %s", (region, draft_id))
        if cursor.rowcount != 1:
            return False
        cursor.execute("DELETE FROM ask_values WHERE region = %s AND draft = %s", (region, draft_id))
        return True


def sweep(database: Database, eyes: Eyes, before: datetime, most: int) -> int:
    """Throws away drafts nobody has touched since a moment, with what was asked for them: how many there were.

    Only the platform's own eyes can; whose drafts they were and what stood in them it does not see.
    """
    with database.seen_by(eyes) as cursor:
        cursor.execute("SELECT FROM sweep_drafts(%s, %s)", (before, most))
        return cursor.rowcount


def _write(
    database: Database, eyes: Eyes, change: str, draft_id: str | uuid.UUID, region: str, **values: Any
) -> datetime | None:
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            f"UPDATE drafts SET {change}, changed_at = clock_timestamp()"  # noqa: S608 — `change` is one of the constants above.
            " WHERE region = %(region)s AND id = %(id)s RETURNING changed_at",
            {"region": region, "id": draft_id, **values},
        ).fetchone()
    return row["changed_at"] if row else None


def _json(content: Mapping[str, Any]) -> Jsonb:
    return Jsonb(_without_nul(content))


def _without_nul(value: Any) -> Any:
    """PostgreSQL keeps no NUL in text: what a broken paste brought along is dropped, not answered by an error."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_without_nul(str(key)): _without_nul(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(part) for part in value]
    return value
