"""The lists managers read: editions by state, region and words, page after page.

A page goes on from the last row of the one before (its place), so the thousandth page costs what the first does.
Nothing is counted over the whole table: counts stop where they no longer help anybody.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, Self

from banjie.engine.catalogue import Item
from banjie.engine.editions import State
from banjie.engine.ids import Malformed
from banjie.packs.stored import item_from_document
from banjie.records.catalogue_rows import ROW, EditionRow, row_of
from banjie.records.database import Database

WORDS_READ, LETTERS_READ = 6, 100
"""How much of a question is looked at."""

COUNT_TO = 1_000
"""How far editions are counted; beyond that a list says “1000+”."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the key of its last row, in the order of the list."""

    saved_at: datetime
    region: str
    code: str
    edition: int

    @classmethod
    def of(cls, row: EditionRow) -> Self:
        """The place of a row."""
        return cls(row.saved_at, row.region, row.code, row.edition)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A place as `str()` writes it. Raises `Malformed`."""
        try:
            at, region, code, edition = text.split("~")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None or not edition.isdecimal() or len(edition) > 9 or "\x00" in text:
                raise ValueError(text)
            return cls(moment, region, code, int(edition))
        except (ValueError, TypeError):
            raise Malformed("after", "页码的写法不对", "请从列表的第一页重新翻起") from None

    def __str__(self) -> str:
        return f"{self.saved_at.isoformat()}~{self.region}~{self.code}~{self.edition}"


_AFTER: LiteralString = (
    " AND (saved_at, region, code, edition) < (%(saved_at)s, %(after_region)s, %(after_code)s, %(after_edition)s)"
)
_TEXT: LiteralString = "(name || ' ' || popular || ' ' || organ_name || ' ' || code)"


def manager_list(
    database: Database,
    *,
    state: str | None = None,
    region: str | None = None,
    words: str = "",
    after: Place | None = None,
    most: int = 50,
) -> tuple[EditionRow, ...]:
    """Editions in a state and a region (all when None) that hold all the words, the latest saved first.

    `after` is the place where the page before ended.
    """
    query: LiteralString = ROW + " WHERE true"
    given: dict[str, Any] = {"most": most}
    if state is not None:
        query += " AND state = %(state)s"
        given["state"] = state
    if region is not None:
        query += " AND region = %(region)s"
        given["region"] = region
    for name, word in zip(_PLACES, _words(words), strict=False):
        query += " AND " + _TEXT + " ILIKE %(" + name + ")s"
        given[name] = f"%{word}%"
    if after is not None:
        query += _AFTER
        given |= {
            "saved_at": after.saved_at,
            "after_region": after.region,
            "after_code": after.code,
            "after_edition": after.edition,
        }
    query += " ORDER BY saved_at DESC, region DESC, code DESC, edition DESC LIMIT %(most)s"
    with database.call() as cursor:
        # Planned for these very words: whether an index helps depends on them.
        cursor.execute(query, given, prepare=False)
        return tuple(row_of(row) for row in cursor)


_PLACES: tuple[LiteralString, ...] = ("a", "b", "c", "d", "e", "f")


def _words(text: str) -> list[str]:
    """The words of a question, each as ILIKE reads it letter by letter."""
    half = unicodedata.normalize("NFKC", text[:LETTERS_READ])
    words = "".join(sign if sign.isprintable() else " " for sign in half).split()[:WORDS_READ]
    return [word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in words]


def count_by_state(database: Database, *, region: str | None = None, most: int = COUNT_TO) -> dict[State, int]:
    """How many editions there are in each state, counted up to `most`; every state is named."""
    with database.call() as cursor:
        query = "SELECT " + ", ".join(_counted(state) for state in State)
        row = cursor.execute(query.encode(), {"region": region, "most": most}).fetchone()
    assert row is not None  # noqa: S101 — a SELECT without FROM gives one row.
    return {state: int(row[state.value]) for state in State}


def _counted(state: State) -> str:
    name = state.value
    return (
        f"(SELECT count(*) FROM (SELECT FROM item_editions WHERE state = '{name}'"  # noqa: S608 — a code of ours.
        f" AND (%(region)s::text IS NULL OR region = %(region)s) LIMIT %(most)s) bounded) AS {name}"
    )


def count_published(database: Database) -> int:
    """How many items may be applied for, counted up to `COUNT_TO`."""
    return count_by_state(database)[State.PUBLISHED]


def stream(
    database: Database, *, region: str | None = None, organ: str | None = None, state: str | None = None
) -> Iterator[tuple[EditionRow, Item]]:
    """The newest edition of each item (or each edition in a state) with the item in full, by region and code.

    Rows come from a cursor of the server, so memory does not grow with the table.
    """
    query: LiteralString = ROW.replace("SELECT", "SELECT document,", 1) + " e WHERE true"
    given: dict[str, Any] = {"region": region, "organ": organ, "state": state}
    if region is not None:
        query += " AND region = %(region)s"
    if organ is not None:
        query += " AND organ = %(organ)s"
    if state is not None:
        query += " AND state = %(state)s"
    else:
        query += (
            " AND NOT EXISTS (SELECT FROM item_editions n WHERE n.region = e.region AND n.code = e.code"
            " AND n.edition > e.edition)"
        )
    query += " ORDER BY region, code, edition"
    with (
        database.call() as cursor,
        cursor.connection.transaction(),
        cursor.connection.cursor("stream_items") as reader,
    ):
        reader.itersize = 500
        for row in reader.execute(query, given):
            document = row.pop("document")
            yield row_of(row), item_from_document(document)
