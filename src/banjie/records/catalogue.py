"""The catalogue (实施清单) as the database keeps it: one row an edition, found by the words people use.

The catalogue is public: nobody has to be bound to read it. A saved edition that is no draft never changes again,
since running cases are held against it; only what becomes of it does.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from banjie.engine.catalogue import Item
from banjie.engine.editions import STATE_NAMES, History, State
from banjie.engine.forms import Fault
from banjie.engine.subject import GENESIS
from banjie.packs.stored import item_from_document
from banjie.records import journal
from banjie.records.catalogue_lists import Place, count_by_state, count_published, manager_list, stream
from banjie.records.catalogue_rows import ROW, Edition, EditionRow, load_many, row_of, write
from banjie.records.catalogue_search import Hit, search
from banjie.records.database import Cursor, Database, Eyes
from banjie.records.journal import Entry, chained
from banjie.records.people import MACHINE

__all__ = [
    "STATE_NAMES",
    "Edition",
    "EditionRow",
    "Hit",
    "Place",
    "State",
    "below",
    "count_by_state",
    "count_published",
    "due",
    "edition",
    "edition_row",
    "edition_seen",
    "editions_of",
    "editions_seen",
    "history",
    "item_seen",
    "keep_state",
    "latest",
    "load_many",
    "lock",
    "manager_list",
    "newest_of",
    "own_of",
    "record",
    "save_edition",
    "save_editions",
    "search",
    "set_following",
    "stream",
    "subject_of",
    "write",
]


# --- saving ---


def save_edition(
    database: Database,
    item: Item,
    *,
    state: State | str,
    digest: str = "",
    source: str = "pack",
    gates: Iterable[Fault] = (),
    prepared_by: str = "",
    published_by: str = "",
) -> bool:
    """Keeps one edition; see `save_editions`."""
    edition = Edition(item, State(state), source, tuple(gates), prepared_by, published_by, digest)
    return save_editions(database, (edition,)) == 1


def save_editions(database: Database, editions: Iterable[Edition]) -> int:
    """Keeps editions in one transaction; answers with how many were written. The same as `load_many`."""
    return load_many(database, editions)


def lock(cursor: Cursor, region: str, code: str) -> None:
    """Waits until nobody else changes editions of this item; held to the end of the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"item:{region}:{code}",))


def keep_state(cursor: Cursor, row: EditionRow, after: History) -> bool:
    """Keeps what has become of an edition. False if it is no longer as it was when `row` was read."""
    cursor.execute(
        "UPDATE item_editions SET state = %s, published_by = %s, ends_on = %s, ends_as = %s, saved_at = now(),"
        " gates = CASE WHEN state = 'draft' THEN '[]' ELSE gates END"
        " WHERE region = %s AND code = %s AND edition = %s AND state = %s AND digest = %s AND revision = %s",
        (
            after.state,
            after.published_by,
            after.ends_on,
            after.ends_as or "",
            row.region,
            row.code,
            row.edition,
            row.state.value,
            row.digest,
            row.revision,
        ),
    )
    return cursor.rowcount == 1


def record(cursor: Cursor, eyes: Eyes, row: EditionRow | Item, event: object, at: datetime) -> None:
    """Appends what happened to an edition to its history, in the name of the account that looks.

    The history of editions is read by the platform alone, so its end is looked up with the platform's eyes and the
    transaction is bound to the account again before anything is written. Call with the item locked.
    """
    subject = str(subject_of(row.region, row.code, row.edition))
    cursor.execute("SELECT bind(%s, %s, %s, %s, %s)", MACHINE.eyes.bound)
    last = cursor.execute(
        "SELECT seq, hash FROM journal WHERE region = %s AND subject = %s ORDER BY seq DESC LIMIT 1",
        (row.region, subject),
    ).fetchone()
    cursor.execute("SELECT bind(%s, %s, %s, %s, %s)", eyes.bound)
    entries, _ = chained(
        (event,),
        region=row.region,
        subject=subject,
        after=last["seq"] if last else 0,
        last_hash=last["hash"] if last else GENESIS,
        at=at,
        actor=eyes.account,
    )
    cursor.execute(
        "SELECT append_journal(%s, 'item', %s, %s, %s, %s)", (row.region, subject, at, eyes.account, Jsonb(entries))
    )


def subject_of(region: str, code: str, number: int) -> uuid.UUID:
    """The identifier under which the journal keeps the history of an edition."""
    return uuid.uuid5(_SUBJECTS, f"{region}/{code}/{number}")


_SUBJECTS = uuid.uuid5(uuid.NAMESPACE_URL, "banjie:item-editions")


# --- reading ---


def edition(database: Database, region: str, code: str, number: int) -> Item | None:
    """An edition of an item in full, whatever its state."""
    with database.call() as cursor:
        return edition_seen(cursor, region, code, number)


def set_following(cursor: Cursor, region: str, code: str, *, follows: bool) -> None:
    """Whether an item follows new upper editions by itself; no edition says anything else for that."""
    cursor.execute(
        "UPDATE item_editions SET follows = %s WHERE region = %s AND code = %s AND upper_code <> ''",
        (follows, region, code),
    )


def item_seen(cursor: Cursor, row: EditionRow) -> Item:
    """The edition of a row in full, within the caller's transaction."""
    found = edition_seen(cursor, row.region, row.code, row.edition)
    assert found is not None  # noqa: S101 — editions are never deleted.
    return found


def edition_seen(cursor: Cursor, region: str, code: str, number: int) -> Item | None:
    """`edition` within the caller's transaction."""
    row = cursor.execute(
        "SELECT document FROM item_editions WHERE region = %s AND code = %s AND edition = %s", (region, code, number)
    ).fetchone()
    return item_from_document(row["document"]) if row else None


def own_of(cursor: Cursor, row: EditionRow) -> dict[str, Any]:
    """What an edition that inherits says itself, as it was kept."""
    found = cursor.execute(
        "SELECT own FROM item_editions WHERE region = %s AND code = %s AND edition = %s",
        (row.region, row.code, row.edition),
    ).fetchone()
    return dict(found["own"]) if found else {}


def edition_row(database: Database, region: str, code: str, number: int) -> EditionRow | None:
    """An edition as a list shows it."""
    with database.call() as cursor:
        row = cursor.execute(
            f"{ROW} WHERE region = %s AND code = %s AND edition = %s", (region, code, number)
        ).fetchone()
    return row_of(row) if row else None


def editions_of(database: Database, region: str, code: str) -> tuple[EditionRow, ...]:
    """Every edition of an item, the latest first."""
    with database.call() as cursor:
        return editions_seen(cursor, region, code)


def editions_seen(cursor: Cursor, region: str, code: str) -> tuple[EditionRow, ...]:
    """`editions_of` within the caller's transaction."""
    cursor.execute(f"{ROW} WHERE region = %s AND code = %s ORDER BY edition DESC", (region, code))
    return tuple(row_of(row) for row in cursor)


def latest(database: Database, region: str, code: str) -> EditionRow | None:
    """The edition of the highest number, whatever its state."""
    return next(iter(editions_of(database, region, code)), None)


def newest_of(cursor: Cursor, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[EditionRow, ...]]:
    """The editions of many items (region, code) at once, the latest first; who has none is left out."""
    wanted = tuple(keys)
    cursor.execute(
        f"{ROW} WHERE (region, code) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"  # noqa: S608 — a constant.
        " ORDER BY edition DESC",
        ([region for region, _ in wanted], [code for _, code in wanted]),
    )
    found: dict[tuple[str, str], tuple[EditionRow, ...]] = {}
    for row in cursor:
        one = row_of(row)
        found[(one.region, one.code)] = (*found.get((one.region, one.code), ()), one)
    return found


def below(database: Database, region: str, code: str, *, most: int = 10_000) -> tuple[EditionRow, ...]:
    """The editions in force or to come that inherit from an item, by region and code."""
    with database.call() as cursor:
        cursor.execute(
            f"{ROW} WHERE upper_region = %s AND upper_code = %s"
            " AND state IN ('draft', 'scheduled', 'published', 'suspended') ORDER BY region, code, edition LIMIT %s",
            (region, code, most),
        )
        return tuple(row_of(row) for row in cursor)


def due(database: Database, today: date, *, most: int = 500) -> tuple[EditionRow, ...]:
    """Editions whose day has come: to take force, or to end."""
    with database.call() as cursor:
        cursor.execute(
            f"({ROW} WHERE state = 'scheduled' AND effective_on <= %s ORDER BY effective_on LIMIT %s)"
            f" UNION ALL ({ROW} WHERE ends_on IS NOT NULL AND ends_on <= %s ORDER BY ends_on LIMIT %s)",
            (today, most, today, most),
        )
        return tuple(row_of(row) for row in cursor)


def history(database: Database, row: EditionRow) -> tuple[Entry, ...]:
    """Who did what to an edition, in order. Its history is as public as the edition."""
    return journal.history(database, MACHINE.eyes, row.region, str(subject_of(row.region, row.code, row.edition)))
