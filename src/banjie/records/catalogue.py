"""The catalogue (实施清单) as the database keeps it: one row an edition, found by the words people use.

The catalogue is public: nobody has to be bound to read it. A saved edition that is no draft never changes again,
since running cases are held against it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString

from psycopg.types.json import Jsonb

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode, encode
from banjie.engine.forms import Fault
from banjie.engine.subject import GENESIS
from banjie.packs.imports import digest
from banjie.packs.stored import item_from_document, item_to_document
from banjie.records.catalogue_search import Hit, having_all, search, terms_of
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.journal import chained
from banjie.records.people import MACHINE

__all__ = [
    "STATE_NAMES",
    "Edition",
    "EditionRow",
    "Hit",
    "State",
    "count_by_state",
    "count_published",
    "edition",
    "edition_row",
    "editions_of",
    "editions_seen",
    "item_seen",
    "latest",
    "lock",
    "manager_list",
    "put_in_force",
    "record",
    "save_edition",
    "save_editions",
    "search",
    "subject_of",
    "take_out_of_force",
    "write",
]


class State(StrEnum):
    """What an edition is: 草稿, 已公布, 已被新版取代, 已停用 (or thrown away)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.DRAFT: "草稿",
    State.PUBLISHED: "已公布",
    State.SUPERSEDED: "已被新版取代",
    State.WITHDRAWN: "已停用",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition to be saved. `digest` is the pack's own fingerprint of it when left out."""

    item: Item
    state: State
    source: str = "pack"
    gates: tuple[Fault, ...] = ()
    prepared_by: str = ""
    published_by: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition as a list shows it. `gates` are what still stands against its publication."""

    code: str
    region: str
    edition: int
    state: State
    name: str
    organ: str
    organ_name: str
    kind: str
    source: str
    digest: str
    saved_at: datetime
    prepared_by: str
    published_by: str
    gates: tuple[Fault, ...]


# --- saving ---

_SUPERSEDE = """
    UPDATE item_editions e SET state = 'superseded'
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS newer(region, code, edition)
    WHERE e.region = newer.region AND e.code = newer.code AND e.state = 'published' AND e.edition < newer.edition
"""

_SAVE = """
    INSERT INTO item_editions (region, code, edition, state, name, organ, organ_name, kind, audiences, popular,
        effective_on, digest, source, gates, prepared_by, published_by, document)
    VALUES (%(region)s, %(code)s, %(edition)s, %(state)s, %(name)s, %(organ)s, %(organ_name)s, %(kind)s,
        %(audiences)s, %(popular)s, %(effective_on)s, %(digest)s, %(source)s, %(gates)s, %(prepared_by)s,
        %(published_by)s, %(document)s)
    ON CONFLICT (region, code, edition) DO UPDATE SET state = EXCLUDED.state, name = EXCLUDED.name,
        organ = EXCLUDED.organ, organ_name = EXCLUDED.organ_name, kind = EXCLUDED.kind,
        audiences = EXCLUDED.audiences, popular = EXCLUDED.popular, effective_on = EXCLUDED.effective_on,
        digest = EXCLUDED.digest, source = EXCLUDED.source, gates = EXCLUDED.gates,
        prepared_by = EXCLUDED.prepared_by, published_by = EXCLUDED.published_by, document = EXCLUDED.document,
        saved_at = now()
    WHERE item_editions.state = 'draft'
"""


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
    """Keeps editions, thousands at a time, in one transaction; answers with how many were written.

    A published edition takes the place of earlier published ones. A draft is overwritten; any other edition that is
    there already stays as it is, so loading the same packs again changes nothing. Raises
    psycopg.errors.UniqueViolation for a new published edition that is older than the one in force.
    """
    rows = tuple(editions)
    with database.call() as cursor, cursor.connection.transaction():
        return write(cursor, rows)


def write(cursor: Cursor, editions: Sequence[Edition]) -> int:
    """`save_editions` within the caller's transaction."""
    published = [edition.item for edition in editions if edition.state is State.PUBLISHED]
    if published:
        cursor.execute(
            _SUPERSEDE,
            (
                [item.region for item in published],
                [item.code for item in published],
                [item.edition for item in published],
            ),
        )
    cursor.executemany(_SAVE, [_columns(edition) for edition in editions])
    return max(cursor.rowcount, 0)


def _columns(edition: Edition) -> dict[str, object]:
    item = edition.item
    names = list(item.popular_names)
    if item.name not in item.heading:
        names.append(item.name)  # The list's own name is searched too, where the page shows another.
    return {
        "region": item.region,
        "code": item.code,
        "edition": item.edition,
        "state": edition.state.value,
        "name": item.heading,
        "organ": item.organ,
        "organ_name": item.organ_name,
        "kind": item.kind.value,
        "audiences": [audience.value for audience in item.audiences],
        "popular": " ".join(names),
        "effective_on": item.effective_on,
        "digest": edition.digest or digest(item),
        "source": edition.source,
        "gates": Jsonb([encode(fault) for fault in edition.gates]),
        "prepared_by": edition.prepared_by,
        "published_by": edition.published_by,
        "document": Jsonb(item_to_document(item)),
    }


def lock(cursor: Cursor, region: str, code: str) -> None:
    """Waits until nobody else changes editions of this item; held to the end of the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"item:{region}:{code}",))


def put_in_force(cursor: Cursor, row: EditionRow, *, published_by: str) -> bool:
    """Publishes a draft as it was when `row` was read, in place of the edition before. False if it changed since."""
    cursor.execute(
        "UPDATE item_editions SET state = 'superseded' WHERE region = %s AND code = %s AND state = 'published'",
        (row.region, row.code),
    )
    cursor.execute(
        "UPDATE item_editions SET state = 'published', published_by = %s, gates = '[]', saved_at = now()"
        " WHERE region = %s AND code = %s AND edition = %s AND state = 'draft' AND digest = %s",
        (published_by, row.region, row.code, row.edition, row.digest),
    )
    return cursor.rowcount == 1


def take_out_of_force(cursor: Cursor, row: EditionRow) -> bool:
    """Withdraws an edition, published or draft. False if it is neither any more."""
    cursor.execute(
        "UPDATE item_editions SET state = 'withdrawn', saved_at = now()"
        " WHERE region = %s AND code = %s AND edition = %s AND state = %s",
        (row.region, row.code, row.edition, row.state.value),
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

_ROW: LiteralString = (
    "SELECT code, region, edition, state, name, organ, organ_name, kind, source, digest, saved_at, prepared_by,"
    " published_by, gates FROM item_editions"
)


def _row(row: Row) -> EditionRow:
    gates = tuple(decode(Fault, gate) for gate in row["gates"])
    return EditionRow(**{**row, "state": State(row["state"]), "gates": gates})


def edition(database: Database, region: str, code: str, number: int) -> Item | None:
    """An edition of an item in full, whatever its state."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT document FROM item_editions WHERE region = %s AND code = %s AND edition = %s",
            (region, code, number),
        ).fetchone()
    return item_from_document(row["document"]) if row else None


def item_seen(cursor: Cursor, row: EditionRow) -> Item:
    """The edition of a row in full, within the caller's transaction."""
    found = cursor.execute(
        "SELECT document FROM item_editions WHERE region = %s AND code = %s AND edition = %s",
        (row.region, row.code, row.edition),
    ).fetchone()
    assert found is not None  # noqa: S101 — editions are never deleted.
    return item_from_document(found["document"])


def edition_row(database: Database, region: str, code: str, number: int) -> EditionRow | None:
    """An edition as a list shows it."""
    with database.call() as cursor:
        row = cursor.execute(
            f"{_ROW} WHERE region = %s AND code = %s AND edition = %s", (region, code, number)
        ).fetchone()
    return _row(row) if row else None


def editions_of(database: Database, region: str, code: str) -> tuple[EditionRow, ...]:
    """Every edition of an item, the latest first."""
    with database.call() as cursor:
        return editions_seen(cursor, region, code)


def editions_seen(cursor: Cursor, region: str, code: str) -> tuple[EditionRow, ...]:
    """`editions_of` within the caller's transaction."""
    cursor.execute(f"{_ROW} WHERE region = %s AND code = %s ORDER BY edition DESC", (region, code))
    return tuple(_row(row) for row in cursor)


def latest(database: Database, region: str, code: str) -> EditionRow | None:
    """The edition of the highest number, whatever its state."""
    return next(iter(editions_of(database, region, code)), None)


def manager_list(
    database: Database, *, state: str | None = None, words: str = "", most: int = 50, offset: int = 0
) -> tuple[EditionRow, ...]:
    """Editions in a state (all when None) that hold all the words, the latest saved first."""
    condition, patterns = having_all(terms_of(words))
    with database.call() as cursor:
        cursor.execute(
            f"{_ROW} WHERE (%(state)s::text IS NULL OR state = %(state)s) AND {condition}"
            " ORDER BY saved_at DESC, region, code, edition DESC LIMIT %(most)s OFFSET %(offset)s",
            {"state": state, "most": most, "offset": offset, **patterns},
            prepare=False,
        )
        return tuple(_row(row) for row in cursor)


def count_by_state(database: Database) -> dict[State, int]:
    """How many editions there are in each state; every state is named."""
    with database.call() as cursor:
        cursor.execute("SELECT state, count(*) AS number FROM item_editions GROUP BY state")
        found = {row["state"]: int(row["number"]) for row in cursor}
    return {state: found.get(state.value, 0) for state in State}


def count_published(database: Database) -> int:
    """How many items may be applied for."""
    return count_by_state(database)[State.PUBLISHED]
