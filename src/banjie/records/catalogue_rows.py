"""An edition of an item as rows: what is saved, how many at a time, and what a list shows of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode, encode
from banjie.engine.editions import History, State
from banjie.engine.forms import Fault
from banjie.engine.inheritance import Upper
from banjie.packs.stored import Texts
from banjie.records.database import Cursor, Database, Row

BATCH = 2_000
"""Editions that go to the database at a time."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition to be saved.

    `digest` is the pack's own fingerprint of it when left out. `upper` is the edition it was resolved on, and `own`
    what it says itself, as a part of a document (see `packs.inherited`).
    """

    item: Item
    state: State
    source: str = "pack"
    gates: tuple[Fault, ...] = ()
    prepared_by: str = ""
    published_by: str = ""
    digest: str = ""
    upper: Upper | None = None
    own: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition as a list shows it. `gates` are what still stands against its publication; `ends_on` is a day set
    on which it becomes `ends_as`; `revision` counts how often a draft was saved."""

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
    effective_on: date
    upper: Upper | None = None
    revision: int = 1
    ends_on: date | None = None
    ends_as: State | None = None

    @property
    def history(self) -> History:
        """The edition as the law of editions sees it."""
        return History(
            self.state, self.prepared_by, self.published_by, self.digest, self.effective_on, self.ends_on, self.ends_as
        )


ROW: LiteralString = (
    "SELECT code, region, edition, state, name, organ, organ_name, kind, source, digest, saved_at, prepared_by,"
    " published_by, gates, effective_on, upper_region, upper_code, upper_edition, follows, revision, ends_on, ends_as"
    " FROM item_editions"
)


def row_of(row: Row) -> EditionRow:
    """A row as `ROW` reads it."""
    upper = Upper(row.pop("upper_region"), row.pop("upper_code"), row.pop("upper_edition"), row.pop("follows"))
    return EditionRow(
        **row
        | {
            "state": State(row["state"]),
            "gates": tuple(decode(Fault, gate) for gate in row["gates"]),
            "upper": upper if upper.code else None,
            "ends_as": State(row["ends_as"]) if row["ends_as"] else None,
        }
    )


# --- saving ---

_COLUMNS = (
    "region",
    "code",
    "edition",
    "state",
    "name",
    "organ",
    "organ_name",
    "kind",
    "audiences",
    "popular",
    "effective_on",
    "digest",
    "source",
    "gates",
    "prepared_by",
    "published_by",
    "upper_region",
    "upper_code",
    "upper_edition",
    "follows",
    "own",
    "document",
)
_KEY = ("region", "code", "edition")

_SUPERSEDE = """
    UPDATE item_editions e SET state = 'superseded', ends_on = NULL, ends_as = ''
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS newer(region, code, edition)
    WHERE e.region = newer.region AND e.code = newer.code AND e.state = 'published' AND e.edition < newer.edition
"""

_SAVE = (
    f"INSERT INTO item_editions ({', '.join(_COLUMNS)})"  # noqa: S608 — names of columns, all constants.
    f" VALUES ({', '.join(f'%({name})s' for name in _COLUMNS)})"
    " ON CONFLICT (region, code, edition) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS if name not in _KEY)
    + ", revision = item_editions.revision + 1, saved_at = now() WHERE item_editions.state = 'draft'"
)

_COPY = f"COPY item_editions ({', '.join(_COLUMNS)}) FROM STDIN"

_THERE = """
    SELECT e.region, e.code, e.edition FROM item_editions e
    JOIN unnest(%s::text[], %s::text[], %s::int[]) AS wanted(region, code, edition)
        ON e.region = wanted.region AND e.code = wanted.code AND e.edition = wanted.edition
"""


def load_many(database: Database, editions: Iterable[Edition]) -> int:
    """Keeps any number of editions in one transaction, by COPY; answers with how many were written.

    `editions` may be a generator: no more than `BATCH` of them are held at a time. The rules are those of `write`:
    a published edition takes the place of earlier published ones, a draft is overwritten, any other edition that is
    there already stays as it is. An error leaves nothing behind. Items that share parts (the same form, the same
    materials) are written faster, since a shared part is turned into JSON once.
    """
    texts = Texts()
    with database.call() as cursor, cursor.connection.transaction():
        left, written = iter(editions), 0
        while some := tuple(islice(left, BATCH)):
            written += write(cursor, some, texts)
        return written


def write(cursor: Cursor, editions: Sequence[Edition], texts: Texts | None = None) -> int:
    """Keeps a batch of editions within the caller's transaction; answers with how many were written.

    What is new goes in by COPY, what is there already (a draft to be overwritten) row by row. Raises
    psycopg.errors.UniqueViolation for a new published edition that is older than the one in force.
    """
    texts = texts or Texts()
    published = [edition.item for edition in editions if edition.state is State.PUBLISHED]
    # Planned anew for each batch: a plan kept from when the table was small would read all of it again and again.
    if published:
        cursor.execute(_SUPERSEDE, _keys(published), prepare=False)
    keys = _keys([one.item for one in editions])
    there = {tuple(row.values()) for row in cursor.execute(_THERE, keys, prepare=False)}
    new: list[Edition] = []
    again: list[Edition] = []
    for edition in editions:
        key = (edition.item.region, edition.item.code, edition.item.edition)
        (again if key in there else new).append(edition)
        there.add(key)
    if new:
        with cursor.copy(_COPY) as copy:
            for edition in new:
                copy.write_row(tuple(_values(edition, texts)))
    written = len(new)
    for edition in again:
        cursor.execute(_SAVE, dict(zip(_COLUMNS, _values(edition, texts), strict=True)))
        written += cursor.rowcount
    return written


def _keys(items: Sequence[Item]) -> tuple[list[str], list[str], list[int]]:
    return [item.region for item in items], [item.code for item in items], [item.edition for item in items]


def _values(edition: Edition, texts: Texts) -> Iterator[object]:
    """What stands in the columns, in their order."""
    item = edition.item
    names = list(item.popular_names)
    if item.name not in item.heading:
        names.append(item.name)  # The list's own name is searched too, where the page shows another.
    upper = edition.upper or Upper("", "", 0)
    document, mark = (texts.document(item), edition.digest) if edition.digest else texts.both(item)
    yield from (item.region, item.code, item.edition, edition.state.value, item.heading, item.organ, item.organ_name)
    yield from (item.kind.value, [audience.value for audience in item.audiences], " ".join(names), item.effective_on)
    yield from (mark, edition.source)
    yield Jsonb([encode(fault) for fault in edition.gates])
    yield from (edition.prepared_by, edition.published_by)
    yield from (upper.region, upper.code, upper.edition, upper.follows, Jsonb(edition.own or {}))
    yield document
