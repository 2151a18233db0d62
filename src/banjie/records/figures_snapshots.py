"""定格: boards as they stood when somebody froze them. Added and read, never changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from banjie.records.database import Cursor


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen board: of which region, organ ("" for the whole region) and period, when, by whom (account)."""

    region: str
    id: str
    organ: str
    period: str
    made_at: datetime
    made_by: str
    document: Mapping[str, Any]
    sha256: str

    @property
    def is_whole(self) -> bool:
        """Whether the figures are still the ones the hash was taken of."""
        return digest(self.document) == self.sha256


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document's canonical text: keys in order, no spaces, UTF-8."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


_COLUMNS = "region, id::text AS id, organ, period, made_at, made_by, document, sha256"


def freeze(
    cursor: Cursor, *, region: str, organ: str, period: str, at: datetime, by: str, document: Mapping[str, Any]
) -> Snapshot:
    """Keeps a board. Raises psycopg.errors.InsufficientPrivilege for a scope these eyes do not see."""
    row = cursor.execute(
        "INSERT INTO figure_snapshots (region, organ, period, made_at, made_by, document, sha256)"  # noqa: S608 — a constant.
        f" VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
        (region, organ, period, at, by, Jsonb(dict(document)), digest(document)),
    ).fetchone()
    assert row is not None  # noqa: S101 — an INSERT that returns answers or raises.
    return Snapshot(**row)


def find(cursor: Cursor, region: str, snapshot: str) -> Snapshot | None:
    """A frozen board of that identifier that these eyes may see."""
    row = cursor.execute(
        f"SELECT {_COLUMNS} FROM figure_snapshots WHERE region = %s AND id = %s",  # noqa: S608 — a constant.
        (region, snapshot),
    ).fetchone()
    return Snapshot(**row) if row else None


def latest(cursor: Cursor, region: str, organ: str, most: int = 20) -> tuple[Snapshot, ...]:
    """The frozen boards of a scope, the latest first."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM figure_snapshots WHERE region = %s AND organ = %s ORDER BY made_at DESC LIMIT %s",  # noqa: S608 — a constant.
        (region, organ, most),
    )
    return tuple(Snapshot(**row) for row in cursor)
