"""催办: urgings as the desks and those who watch over them read them, derived from the history of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class UrgeRow:
    """One urging. `desk` is the office that had the case; `answered_at` is None while the answer is owed."""

    region: str
    case_id: str
    seq: int
    number: str
    item_name: str
    organ: str
    offices: tuple[str, ...]
    desk: str
    urged_at: datetime
    answer_by: date
    answered_at: datetime | None = None
    answer: str = ""


_URGE = (
    "SELECT region, case_id::text AS case_id, seq, number, item_name, organ, offices, desk, urged_at, answer_by,"
    " answered_at, answer FROM urges"
)


def keep(database: Database, row: UrgeRow) -> None:
    """Writes an urging down, once."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO urges (region, case_id, seq, number, item_name, organ, offices, desk, urged_at, answer_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                row.region,
                row.case_id,
                row.seq,
                row.number,
                row.item_name,
                row.organ,
                list(row.offices),
                row.desk,
                row.urged_at,
                row.answer_by,
            ),
        )


def answer(database: Database, region: str, case_id: str, seq: int, words: str, at: datetime) -> None:
    """Every urging of a case that came before entry `seq` and is owed an answer has it now."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE urges SET answered_at = %s, answer = %s"
            " WHERE region = %s AND case_id = %s AND seq < %s AND answered_at IS NULL",
            (at, words, region, case_id, seq),
        )


def open_at(database: Database, eyes: Eyes, offices: Sequence[str], most: int = 50) -> tuple[UrgeRow, ...]:
    """Urgings without an answer of cases that these offices decide or have on their desks, the first due first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_URGE} WHERE (desk = ANY(%s) OR organ = ANY(%s)) AND answered_at IS NULL"
            " ORDER BY answer_by, urged_at LIMIT %s",
            (list(offices), list(offices), most),
        )
        return tuple(_row(row) for row in cursor)


def of_regions(database: Database, eyes: Eyes, regions: Sequence[str], most: int = 100) -> tuple[UrgeRow, ...]:
    """The latest urgings of these regions, those still owed an answer first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"({_URGE} WHERE region = ANY(%(regions)s) AND answered_at IS NULL ORDER BY answer_by LIMIT %(most)s)"
            f" UNION ALL ({_URGE} WHERE region = ANY(%(regions)s) AND answered_at IS NOT NULL"
            " ORDER BY urged_at DESC LIMIT %(most)s)",
            {"regions": list(regions), "most": most},
        )
        return tuple(_row(row) for row in cursor)[:most]


def _row(row: dict[str, object]) -> UrgeRow:
    return UrgeRow(**{**row, "offices": tuple(row["offices"])})  # type: ignore[arg-type]  # columns as they are named
