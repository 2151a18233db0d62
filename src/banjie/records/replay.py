"""Reading the whole journal beside what is stored of it, in one snapshot and in constant memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from banjie.records.database import Cursor, Database, Eyes
from banjie.records.journal import Entry
from banjie.records.sharing import Table

BATCH = 200
"""Subjects compared at a time."""


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened to one subject, in order."""

    region: str
    kind: str
    subject: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it is stored: its row by column, and its worklist lines by slot."""

    row: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]


@contextmanager
def snapshot(database: Database, eyes: Eyes) -> Iterator[Cursor]:
    """A transaction that sees one moment, however long it looks: what is written meanwhile is not met half."""
    with database.call() as cursor, cursor.connection.transaction():
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT bind(%s, %s, %s, %s, %s)", eyes.bound)
        yield cursor


def histories(cursor: Cursor) -> Iterator[History]:
    """Every subject's history, one after the other."""
    with cursor.connection.cursor("every_history") as reader:
        reader.itersize = 2000
        reader.execute(
            "SELECT region, subject_kind, subject::text AS subject, seq, at, actor, kind, data, hash FROM journal"
            " ORDER BY region, subject_kind, subject, seq"
        )
        entries = (Entry(**row) for row in reader)
        for key, found in groupby(entries, lambda entry: (entry.region, entry.subject_kind, entry.subject)):
            yield History(*key, tuple(found))


def stored_cases(cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredCase]:
    """What is stored of these cases (region, id)."""
    wanted = ([region for region, _ in keys], [subject for _, subject in keys])
    lines: dict[tuple[str, str], list[dict[str, Any]]] = {}
    cursor.execute(
        "SELECT t.region, t.case_id::text AS id, slot, office, role, step, step_name, stage, due_on, since, handler"
        " FROM tasks t JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON t.region = k.region AND t.case_id = k.id"
        " ORDER BY slot",
        wanted,
    )
    for row in cursor:
        lines.setdefault((row.pop("region"), row.pop("id")), []).append(row)
    cursor.execute(
        "SELECT c.*, filed.content AS application FROM cases c"
        " JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON c.region = k.region AND c.id = k.id",
        wanted,
    )
    found = {}
    for row in cursor:
        key = (row["region"], str(row["id"]))
        row["state"] = row.pop("application") | row["state"]
        found[key] = StoredCase(row, tuple(lines.get(key, ())))
    return found


def stored_certificates(cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is stored of these certificates (region, id)."""
    cursor.execute(
        "SELECT c.* FROM certificates c"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON c.region = k.region AND c.id = k.id",
        ([region for region, _ in keys], [subject for _, subject in keys]),
    )
    return {(row["region"], str(row["id"])): row for row in cursor}


def stored_precases(cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is stored of these pre-application services (region, id)."""
    cursor.execute(
        "SELECT p.* FROM precases p"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON p.region = k.region AND p.id = k.id",
        ([region for region, _ in keys], [subject for _, subject in keys]),
    )
    return {(row["region"], str(row["id"])): row for row in cursor}


def stored_mandates(cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is stored of these mandates (region, id)."""
    cursor.execute(
        "SELECT m.* FROM mandates m"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON m.region = k.region AND m.id = k.id",
        ([region for region, _ in keys], [subject for _, subject in keys]),
    )
    return {(row["region"], str(row["id"])): row for row in cursor}


def stored_shared(
    cursor: Cursor, table: Table[Any], keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What is stored of these asks, consents, contests or repeated asks (region, id)."""
    if not keys:
        return {}
    cursor.execute(
        f"SELECT s.* FROM {table.name} s"  # noqa: S608 — one of four names.
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON s.region = k.region AND s.id = k.id",
        ([region for region, _ in keys], [subject for _, subject in keys]),
    )
    return {(row["region"], str(row["id"])): row for row in cursor}


def without_history(cursor: Cursor) -> Iterator[tuple[str, str, str, str]]:
    """Cases and certificates that are stored but have no history: kind, region, identifier, number."""
    for kind, table in (("case", "cases"), ("certificate", "certificates"), ("precase", "precases")):
        cursor.execute(
            f"SELECT s.region, s.id::text AS id, s.number FROM {table} s WHERE NOT EXISTS (SELECT 1 FROM journal j"  # noqa: S608 — one of two constants.
            " WHERE j.region = s.region AND j.subject = s.id)"
        )
        for row in cursor.fetchall():
            yield kind, row["region"], row["id"], row["number"]


def count(cursor: Cursor) -> int:
    """How many entries the journal has, about: for a progress line."""
    row = cursor.execute(
        "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint AS about FROM pg_class c"
        " JOIN pg_inherits i ON i.inhrelid = c.oid WHERE i.inhparent = 'journal'::regclass"
    ).fetchone()
    return int(row["about"]) if row else 0
