"""What happened, in order, once, chained. Appended by the SQL functions; here it is prepared, read and followed."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from banjie.engine.codec import encode
from banjie.engine.subject import chain
from banjie.records.database import Cursor, Database, Eyes


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. `xid` and `position` place it among all, `seq` within its subject (from 1)."""

    region: str
    subject_kind: str
    subject: str
    seq: int
    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Any]
    hash: str
    position: int = 0
    xid: int = 0


def chained(  # One argument for each thing the hash stands for.
    events: Sequence[object], *, region: str, subject: str, after: int, last_hash: str, at: datetime, actor: str
) -> tuple[list[list[object]], str]:
    """Events as the SQL functions take them, `[[seq, kind, data, hash], …]`, and the hash of the last one."""
    entries: list[list[object]] = []
    for seq, event in enumerate(events, start=after + 1):
        kind, data = type(event).__name__, encode(event)
        last_hash = chain(last_hash, region=region, subject=subject, seq=seq, at=at, actor=actor, kind=kind, data=data)
        entries.append([seq, kind, data, last_hash])
    return entries, last_hash


_COLUMNS = "region, subject_kind, subject::text, seq, at, actor, kind, data, hash, position, xid::text::bigint AS xid"


def history(database: Database, eyes: Eyes, region: str, subject: str) -> tuple[Entry, ...]:
    """Everything that happened to a subject, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE region = %s AND subject = %s ORDER BY seq",  # noqa: S608 — a constant.
            (region, subject),
        )
        return tuple(Entry(**row) for row in cursor)


_TABLES: Final[Mapping[str, LiteralString]] = {
    "certificate": "certificates",
    "precase": "precases",
    "mandate": "mandates",
    "ask": "asks",
    "consent": "consents",
    "contest": "contests",
    "repeat": "repeats",
    "booking": "bookings",
    "ticket": "queue_tickets",
    "counter": "counter_sessions",
    "meeting": "meetings",
    "site_visit": "site_visits",
    "checklist": "checklists",
    "external": "external_cases",
    "member": "members",
    "calendar": "calendars",
    "card": "cards",
    "order": "orders",
    "delay": "delays",
    "incident": "incidents",
    "finding": "findings",
    "grade": "grades",
}
"""Where the state of each kind of subject is kept, the case apart; every table has `region`, `id` and `state`."""

_NUMBERED: Final = frozenset({"certificate", "precase"})
"""Kinds whose subjects people know by a number."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject as it is stored, with everything that happened to it."""

    region: str
    id: str
    state: Mapping[str, Any]
    entries: tuple[Entry, ...]


def subject(database: Database, eyes: Eyes, kind: str, region: str, name: str) -> Subject | None:
    """A subject by its identifier, or by its number if its kind has numbers; None when these eyes see none such.

    Raises KeyError for a kind that is kept otherwise.
    """
    condition: LiteralString = "id = %(name)s::uuid"
    try:
        uuid.UUID(name)
    except ValueError:
        if kind not in _NUMBERED:
            return None
        condition = "number = %(name)s"
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            f"SELECT id::text AS id, state FROM {_TABLES[kind]} WHERE region = %(region)s AND {condition}",  # noqa: S608 — constants of this file.
            {"region": region, "name": name},
        ).fetchone()
        if row is None:
            return None
        cursor.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE region = %s AND subject = %s AND subject_kind = %s ORDER BY seq",  # noqa: S608 — a constant.
            (region, row["id"], kind),
        )
        return Subject(region, row["id"], row["state"], tuple(Entry(**entry) for entry in cursor))


def after(cursor: Cursor, xid: int, position: int, most: int) -> tuple[Entry, ...]:
    """The next entries behind (xid, position) of transactions that are surely over.

    A transaction that is still running has an id not below the snapshot's xmin. Ordering by (xid, position) and
    stopping at xmin means that nothing that commits late can be stepped over.
    """
    cursor.execute(
        f"SELECT {_COLUMNS} FROM journal WHERE (xid, position) > (%s::text::xid8, %s)"  # noqa: S608 — a constant.
        " AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY journal.xid, position LIMIT %s",
        (str(xid), position, most),
    )
    return tuple(Entry(**row) for row in cursor)


def whole(database: Database, eyes: Eyes) -> Iterator[Entry]:
    """The whole journal, subject by subject, in constant memory."""
    with database.seen_by(eyes) as cursor, cursor.connection.cursor("whole_journal") as reader:
        reader.itersize = 2000
        reader.execute(
            f"SELECT {_COLUMNS} FROM journal ORDER BY region, subject_kind, subject, seq"  # noqa: S608 — a constant.
        )
        for row in reader:
            yield Entry(**row)
