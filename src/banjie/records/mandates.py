"""Mandates as the database keeps them: one row for a party and an agent, the sum of its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from banjie.engine.codec import revive
from banjie.engine.mandates import Mandate
from banjie.records.database import Database, Eyes, Row


@dataclass(frozen=True, slots=True)
class LoadedMandate:
    """A mandate as an act finds it; version 0 and no identifier before the first one."""

    id: str
    version: int
    last_hash: str
    mandate: Mandate


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as a page shows it. `state` is blank for what a person is to herself."""

    region: str
    id: str
    party: str
    party_name: str
    party_kind: str
    account: str
    relation: str
    state: Mandate


def load(database: Database, eyes: Eyes, region: str, party: str, agent: str) -> LoadedMandate:
    """The mandate between the two; a blank one when there is none these eyes may see."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT * FROM load_mandate(%s, %s, %s, %s, %s, %s, %s, %s)", (*eyes.bound, region, party, agent)
        ).fetchone()
    if row is None:
        return LoadedMandate("", 0, "", Mandate())
    return LoadedMandate(str(row["id"]), row["version"], row["last_hash"], revive(Mandate, row["state"]))


def save(
    database: Database,
    eyes: Eyes,
    *,
    today: date,
    expected: int,
    row: Mapping[str, Any],
    state: Mapping[str, Any],
    at: datetime,
    entries: Sequence[object],
) -> bool:
    """Keeps one act in the name of whoever these eyes are. False when the mandate has changed since it was loaded."""
    with database.call() as cursor:
        kept = cursor.execute(
            "SELECT save_mandate(%s, %s, %s, %s, %s, %s, %s, %s) AS kept",
            (eyes.account, eyes.reach, today, expected, Jsonb(row), Json(state), at, Jsonb(entries)),
        ).fetchone()
    return bool(kept and kept["kept"])


_ROW = (
    "SELECT m.region, m.id::text AS id, m.party, coalesce(p.name, '') AS party_name, coalesce(p.kind, '') AS"
    " party_kind, m.account, m.relation, m.state FROM mandates m"
    " LEFT JOIN parties p ON p.region = m.region AND p.id = m.party"
    " WHERE m.relation <> 'own' AND "
)
_ORDER = " ORDER BY m.status = 'ended', m.valid_until LIMIT %s"


def given(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 200) -> tuple[MandateRow, ...]:
    """The mandates of these parties: to whom they were given, whatever became of them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            _ROW + "m.party = ANY(%s)" + _ORDER,
            (list(parties), most),
        )
        return tuple(_row(row) for row in cursor)


def received(database: Database, eyes: Eyes, account: str, *, most: int = 200) -> tuple[MandateRow, ...]:
    """The mandates an account was given, whatever became of them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            _ROW + "m.account = %s" + _ORDER,
            (account, most),
        )
        return tuple(_row(row) for row in cursor)


def find(database: Database, eyes: Eyes, mandate_id: str) -> MandateRow | None:
    """A mandate these eyes may see."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(_ROW + "m.id = %s", (mandate_id,)).fetchone()
    return _row(row) if row else None


def representatives(database: Database, eyes: Eyes, region: str, party: str) -> tuple[str, ...]:
    """The accounts that represent a company."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT account FROM mandates WHERE region = %s AND party = %s AND relation = 'representative'"
            " AND status = 'in_force'",
            (region, party),
        )
        return tuple(row["account"] for row in cursor)


def company_of_code(database: Database, eyes: Eyes, region: str, code: str) -> Row | None:
    """The company of that credit code: id, name, facts."""
    with database.seen_by(eyes) as cursor:
        return cursor.execute(
            "SELECT id, name, facts FROM parties WHERE code = %s AND region = %s AND kind = 'company'", (code, region)
        ).fetchone()


def _row(row: Row) -> MandateRow:
    return MandateRow(**{**row, "state": revive(Mandate, row["state"])})
