"""Practice as the database keeps it: apart from every case of the city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.types.json import Json

from banjie.engine.codec import encode, revive
from banjie.engine.sandbox import Practice
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """One practice with its state."""

    id: str
    region: str
    version: int
    practice: Practice


@dataclass(frozen=True, slots=True)
class ResultRow:
    """How a finished practice came out, without what was in it."""

    id: str
    account: str
    name: str
    exercise: str
    item: str
    finished_at: datetime
    score: int
    passed: bool


def begin(database: Database, eyes: Eyes, region: str, practice_id: str, practice: Practice) -> bool:
    """Keeps a practice that begins; False while she has one of this exercise open."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO practices (region, id, account, exercise, item, begun_at, version, state)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1, %s) ON CONFLICT DO NOTHING",
            (
                region,
                practice_id,
                practice.account,
                practice.exercise,
                practice.item,
                practice.begun_at,
                Json(encode(practice)),
            ),
        )
        return cursor.rowcount == 1


def keep(database: Database, eyes: Eyes, row: PracticeRow, practice: Practice) -> bool:
    """Keeps what she has done; False when the practice has moved on since it was read."""
    result = practice.result
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE practices SET version = version + 1, state = %s, finished_at = %s, score = %s, passed = %s"
            " WHERE region = %s AND id = %s AND version = %s AND finished_at IS NULL",
            (
                Json(encode(practice)),
                practice.finished_at,
                result.score if result else None,
                result.passed if result else None,
                row.region,
                row.id,
                row.version,
            ),
        )
        return cursor.rowcount == 1


def find(database: Database, eyes: Eyes, practice_id: str) -> PracticeRow | None:
    """A practice these eyes may see."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT id::text AS id, region, version, state FROM practices WHERE id = %s", (practice_id,)
        ).fetchone()
    return PracticeRow(row["id"], row["region"], row["version"], revive(Practice, row["state"])) if row else None


def open_of(database: Database, eyes: Eyes, account: str) -> dict[str, str]:
    """The practices of an account that are not finished: identifier by exercise."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT exercise, id::text AS id FROM practices WHERE account = %s AND finished_at IS NULL", (account,)
        )
        return {row["exercise"]: row["id"] for row in cursor}


_RESULT: Final = (
    "SELECT p.id::text AS id, p.account, a.display_name AS name, p.exercise, p.item, p.finished_at, p.score, p.passed"
    " FROM practices p JOIN records_account a ON a.key = p.account WHERE p.finished_at IS NOT NULL AND "
)


def results(database: Database, eyes: Eyes, account: str, *, most: int = 100) -> tuple[ResultRow, ...]:
    """The finished practices of an account as far as these eyes see them, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(_RESULT + "p.account = %s ORDER BY p.finished_at DESC LIMIT %s", (account, most))
        return tuple(ResultRow(**row) for row in cursor)


def results_in(database: Database, regions: Sequence[str], *, most: int = 100) -> tuple[ResultRow, ...]:
    """The finished practices of officials of these regions, for whoever manages them; the door asks who that is."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(_RESULT + "p.region = ANY(%s) ORDER BY p.finished_at DESC LIMIT %s", (list(regions), most))
        return tuple(ResultRow(**row) for row in cursor)


def passed(database: Database, account: str, item: str) -> int:
    """How many different exercises of the item she has passed."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT count(DISTINCT exercise) AS many FROM practices WHERE account = %s AND item = %s AND passed",
            (account, item),
        ).fetchone()
    return int(row["many"]) if row else 0
