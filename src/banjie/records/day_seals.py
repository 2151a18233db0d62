"""The daily seals over the journal: what they cover, kept for ever, and the tree under each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from banjie.engine.day_seals import DaySeal, Leaf, Tree, Turn
from banjie.records.database import Cursor, Database, Eyes


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the journal in its own order: behind (from_xid, from_position), up to (to_xid, to_position)."""

    from_xid: int
    from_position: int
    to_xid: int
    to_position: int


@dataclass(frozen=True, slots=True)
class SealRow:
    """A seal as it is kept, with the detached signature (CMS, DER) over `seal.said`."""

    seal: DaySeal
    span: Span
    hash: str
    signature: bytes
    sealed_at: datetime


_ROW = (
    "SELECT region, number, day, entries, subjects, root, previous, hash, signature, sealed_at,"
    " from_xid::text::bigint AS from_xid, from_position, to_xid::text::bigint AS to_xid, to_position FROM day_seals"
)


def last(database: Database, eyes: Eyes, city: str) -> SealRow | None:
    """The latest seal of a city."""
    with database.seen_by(eyes) as cursor:
        found = tuple(_rows(cursor, f"{_ROW} WHERE region = %s ORDER BY number DESC LIMIT 1", (city,)))
    return found[0] if found else None


def every(database: Database, eyes: Eyes, city: str) -> tuple[SealRow, ...]:
    """All seals of a city, the first one first: one a day."""
    with database.seen_by(eyes) as cursor:
        return tuple(_rows(cursor, f"{_ROW} WHERE region = %s ORDER BY number", (city,)))


def covering(database: Database, eyes: Eyes, city: str, region: str, subject: str) -> SealRow | None:
    """The latest seal under which an entry of a subject stands; None while there is none."""
    latest = last(database, eyes, city)
    if latest is None:
        return None
    sealed = (str(latest.span.to_xid), latest.span.to_position)
    with database.seen_by(eyes) as cursor:
        entry = cursor.execute(
            "SELECT xid::text AS xid, position FROM journal WHERE region = %s AND subject = %s"
            " AND (xid, position) <= (%s::text::xid8, %s) ORDER BY journal.xid DESC, position DESC LIMIT 1",
            (region, subject, *sealed),
        ).fetchone()
        if entry is None:
            return None
        reached = f"{_ROW} WHERE region = %s AND (to_xid, to_position) >= (%s::text::xid8, %s) ORDER BY number LIMIT 1"
        found = tuple(_rows(cursor, reached, (city, entry["xid"], entry["position"])))
    return found[0] if found else None


def open_span(database: Database, eyes: Eyes, city: str) -> Span | None:
    """What no seal covers yet, as far as every transaction in it is surely over; None when that is nothing."""
    before = last(database, eyes, city)
    begins = (before.span.to_xid, before.span.to_position) if before else (0, 0)
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT xid::text::bigint AS xid, position FROM journal"
            " WHERE (xid, position) > (%s::text::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
            " ORDER BY journal.xid DESC, position DESC LIMIT 1",
            (str(begins[0]), begins[1]),
        ).fetchone()
    return Span(*begins, row["xid"], row["position"]) if row else None


@dataclass(frozen=True, slots=True)
class Grown:
    """The tree over a span: its root, what it counts, and the sought subject's leaf with its way up."""

    root: str
    subjects: int
    entries: int
    leaf: Leaf | None
    way: tuple[Turn, ...]


def grow(database: Database, eyes: Eyes, span: Span, sought: tuple[str, str] | None = None) -> Grown:
    """Makes the tree anew from the journal, in constant memory. `sought` is (region, subject)."""
    tree, entries = Tree(sought), 0
    with database.seen_by(eyes) as cursor, cursor.connection.cursor("day_seal") as reader:
        reader.itersize = 2000
        # The journal's own order is an index (journal_to_follow), so a day costs what happened on it.
        reader.execute(
            "SELECT DISTINCT ON (region, subject) region, subject_kind, subject::text AS subject, seq, hash,"
            " count(*) OVER (PARTITION BY region, subject) AS added FROM journal"
            " WHERE (xid, position) > (%s::text::xid8, %s) AND (xid, position) <= (%s::text::xid8, %s)"
            " ORDER BY region, subject, seq DESC",
            (str(span.from_xid), span.from_position, str(span.to_xid), span.to_position),
        )
        for row in reader:
            entries += row["added"]
            tree.add(Leaf(row["region"], row["subject_kind"], row["subject"], row["seq"], row["hash"]))
    root, way = tree.close()
    return Grown(root, tree.leaves, entries, tree.found, way)


def keep(database: Database, eyes: Eyes, row: SealRow) -> bool:
    """Keeps a seal; False when another process has kept one of that number first."""
    seal, span = row.seal, row.span
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO day_seals (region, number, day, from_xid, from_position, to_xid, to_position, entries,"
            " subjects, root, previous, hash, signature, sealed_at)"
            " VALUES (%s, %s, %s, %s::text::xid8, %s, %s::text::xid8, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (region, number) DO NOTHING",
            (
                *(seal.city, seal.number, seal.day, str(span.from_xid), span.from_position),
                *(str(span.to_xid), span.to_position, seal.entries, seal.subjects),
                *(seal.root, seal.previous, row.hash, row.signature, row.sealed_at),
            ),
        )
        return cursor.rowcount == 1


def _rows(cursor: Cursor, query: str, arguments: tuple[object, ...]) -> Iterator[SealRow]:
    for row in cursor.execute(query.encode(), arguments).fetchall():
        day: date = row["day"]
        seal = DaySeal(row["region"], row["number"], day, row["entries"], row["subjects"], row["root"], row["previous"])
        span = Span(row["from_xid"], row["from_position"], row["to_xid"], row["to_position"])
        yield SealRow(seal, span, row["hash"], bytes(row["signature"]), row["sealed_at"])
