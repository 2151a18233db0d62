"""Pre-application services as the database keeps them, and the endorsements that were lifted later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from banjie.engine.codec import revive
from banjie.engine.precases import Precase
from banjie.records.database import Database, Eyes, Row
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class LoadedPrecase:
    """A service as an act finds it. `request` and `answer` are those of an earlier use of the same key."""

    id: str
    version: int
    last_hash: str
    opened_at: datetime | None
    precase: Precase
    request: str | None = None
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FoundPrecase:
    """A service as a page shows it. `due_at` is when the office owes an answer, None while it owes none."""

    id: str
    region: str
    number: str
    item_name: str
    due_at: datetime | None
    opened_at: datetime
    changed_at: datetime
    version: int
    precase: Precase


@dataclass(frozen=True, slots=True)
class Lifted:
    """An endorsement that the head of an organ let be judged again."""

    region: str
    number: str
    item_name: str
    organ: str
    target: str
    point: str
    found_by: str
    lifted_by: str
    reason: str
    lifted_at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who serves at a desk of an organ: account, name, post in words."""

    account: str
    name: str
    duty: str


def next_serial(database: Database) -> int:
    """The next serial of a service's number."""
    with database.call() as cursor:
        row = cursor.execute("SELECT nextval('precase_serial') AS serial").fetchone()
    assert row is not None  # noqa: S101 — a sequence always answers.
    return int(row["serial"])


def load(database: Database, eyes: Eyes, region: str, number: str, key: str) -> LoadedPrecase | None:
    """The service of that number with the earlier answer to `key`; None when these eyes see none."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT id::text AS id, version, last_hash, opened_at, state, request, answer"
            " FROM load_precase(%s, %s, %s, %s, %s, %s, %s, %s)",
            (*eyes.bound, region, number, key),
        ).fetchone()
    if row is None:
        return None
    state = row.pop("state")
    return LoadedPrecase(**row, precase=revive(Precase, state))


def save(
    database: Database,
    eyes: Eyes,
    *,
    expected: int,
    row: Mapping[str, Any],
    state: Mapping[str, Any],
    at: datetime,
    entries: Sequence[object],
    key: str,
    request: str,
    answer: Mapping[str, Any],
) -> bool:
    """Keeps one act. False when the service has moved on; UniqueViolation when the key was used meanwhile."""
    with database.call() as cursor:
        kept = cursor.execute(
            "SELECT save_precase(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS kept",
            (*eyes.bound, expected, Jsonb(row), Json(state), at, Jsonb(entries), key, request, Json(answer)),
        ).fetchone()
    return bool(kept and kept["kept"])


_ROW = "SELECT id::text AS id, region, number, item_name, due_at, opened_at, changed_at, version, state FROM precases"


def _found(row: Row) -> FoundPrecase:
    state = row.pop("state")
    return FoundPrecase(**row, precase=revive(Precase, state))


def find(database: Database, eyes: Eyes, region: str, number: str) -> FoundPrecase | None:
    """The service of that number as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND number = %s", (region, number)).fetchone()
    return _found(row) if row else None


def find_by_id(database: Database, eyes: Eyes, region: str, precase_id: str) -> FoundPrecase | None:
    """The service of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, precase_id)).fetchone()
    return _found(row) if row else None


def of_parties(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[FoundPrecase, ...]:
    """The services of these parties, the latest touched first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE holder = ANY(%s) ORDER BY changed_at DESC LIMIT %s", (list(parties), most))
        return tuple(_found(row) for row in cursor)


def waiting(
    database: Database, eyes: Eyes, organs: Sequence[str], *, assigned: str = "", most: int = 50
) -> tuple[FoundPrecase, ...]:
    """What these organs owe an answer, the nearest due first; of one official's if `assigned` names her."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ROW} WHERE organ = ANY(%s) AND due_at IS NOT NULL AND (%s = '' OR assigned = %s)"
            " ORDER BY due_at, id LIMIT %s",
            (list(organs), assigned, assigned, most),
        )
        return tuple(_found(row) for row in cursor)


def open_ones(database: Database, eyes: Eyes, organs: Sequence[str], *, most: int = 50) -> tuple[FoundPrecase, ...]:
    """Services of these organs that go on, the latest touched first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ROW} WHERE organ = ANY(%s) AND status NOT IN ('converted', 'ended') ORDER BY changed_at DESC LIMIT %s",
            (list(organs), most),
        )
        return tuple(_found(row) for row in cursor)


def over(database: Database, eyes: Eyes, organs: Sequence[str], *, most: int = 50) -> tuple[FoundPrecase, ...]:
    """Services of these organs that are over, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ROW} WHERE organ = ANY(%s) AND status IN ('converted', 'ended') ORDER BY changed_at DESC LIMIT %s",
            (list(organs), most),
        )
        return tuple(_found(row) for row in cursor)


def to_wake(database: Database, eyes: Eyes, at: datetime, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and number of services whose answer is late since some moment before `at`."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("SELECT region, number FROM precases WHERE wake_at < %s ORDER BY wake_at LIMIT %s", (at, most))
        return tuple((row["region"], row["number"]) for row in cursor)


def colleagues(database: Database, organ: str) -> tuple[Colleague, ...]:
    """Who serves at a desk of this organ. Officials' names and posts are public."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT p.account, a.display_name AS name, p.name AS duty FROM posts p"
            " JOIN records_account a ON a.key = p.account"
            " WHERE p.office = %s AND p.role IN ('window', 'reviewer', 'decider', 'head')"
            " AND (p.until_day IS NULL OR p.until_day >= current_date) ORDER BY p.account",
            (organ,),
        )
        return tuple(Colleague(**row) for row in cursor)


def keep_lifted(database: Database, eyes: Eyes, case_id: str, seq: int, lifted: Lifted) -> None:
    """Writes a lifted endorsement down, once for each event."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO endorsements_lifted (region, case_id, seq, number, item_name, organ, target, point, found_by,"
            " lifted_by, reason, lifted_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (
                lifted.region,
                case_id,
                seq,
                lifted.number,
                lifted.item_name,
                lifted.organ,
                lifted.target,
                lifted.point,
                lifted.found_by,
                lifted.lifted_by,
                lifted.reason,
                lifted.lifted_at,
            ),
        )


def lifted_lately(database: Database, eyes: Eyes, *, most: int = 50) -> tuple[Lifted, ...]:
    """What was lifted, the latest first, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, number, item_name, organ, target, point, found_by, lifted_by, reason, lifted_at"
            " FROM endorsements_lifted ORDER BY lifted_at DESC LIMIT %s",
            (most,),
        )
        return tuple(Lifted(**row) for row in cursor)
