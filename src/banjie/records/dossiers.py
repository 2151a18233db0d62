"""案卷 as the database keeps them: who asked for which, and where the made package lies."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from banjie.engine.dossiers import Holding
from banjie.records.database import Cursor, Database, Eyes

DECISION, ARCHIVE = "decision", "archive"


@dataclass(frozen=True, slots=True)
class DossierRow:
    """A package. `sha256` names its file once it is made; `trouble` says why it cannot be made."""

    id: str
    region: str
    case_id: str
    number: str
    item_name: str
    organ: str
    holder: str
    purpose: str
    papers: str
    asked_by: str
    asked_at: datetime
    archive_number: str
    keep_until: date | None
    made_at: datetime | None
    sha256: str
    size: int
    members: int
    trouble: str


_ROW = (
    "SELECT id::text AS id, region, case_id::text AS case_id, number, item_name, organ, holder, purpose, papers,"
    " asked_by, asked_at, archive_number, keep_until, made_at, sha256, size, members, trouble FROM dossiers"
)


def ask(
    cursor: Cursor,
    *,
    region: str,
    case_id: str,
    number: str,
    item_name: str,
    organ: str,
    holder: str,
    papers: Holding,
    asked_by: str,
    at: datetime,
) -> str:
    """Writes down that somebody asks for the package of a case; answers with its identifier."""
    made = str(uuid.uuid4())
    cursor.execute(
        "INSERT INTO dossiers (region, id, case_id, number, item_name, organ, holder, purpose, papers, asked_by,"
        " asked_at) VALUES (%s, %s, %s, %s, %s, %s, %s, 'decision', %s, %s, %s)",
        (region, made, case_id, number, item_name, organ, holder, papers.value, asked_by, at),
    )
    return made


def archive(
    cursor: Cursor,
    *,
    region: str,
    case_id: str,
    number: str,
    item_name: str,
    organ: str,
    holder: str,
    prefix: str,
    year: int,
    keep_until: date | None,
    asked_by: str,
    at: datetime,
) -> str | None:
    """Enters a case into the archive under the next number of its organ and year; None when it is in already.

    The number is taken in the same transaction, so an entry that is undone leaves no gap.
    """
    made = str(uuid.uuid4())
    row = cursor.execute(
        "WITH serial AS (INSERT INTO document_serials AS s (region, organ, series, year, last)"
        " SELECT %(region)s, %(organ)s, '档', %(year)s, 1 WHERE NOT EXISTS"
        " (SELECT 1 FROM dossiers d WHERE d.region = %(region)s AND d.case_id = %(case_id)s AND d.purpose = 'archive')"
        " ON CONFLICT (region, organ, series, year) DO UPDATE SET last = s.last + 1 RETURNING last)"
        " INSERT INTO dossiers (region, id, case_id, number, item_name, organ, holder, purpose, papers, asked_by,"
        " asked_at, archive_number, keep_until)"
        " SELECT %(region)s, %(made)s, %(case_id)s, %(number)s, %(item_name)s, %(organ)s, %(holder)s, 'archive',"
        " 'content', %(asked_by)s, %(at)s,"
        " format('（%%s）档〔%%s〕第%%s号', %(prefix)s::text, %(year)s, lpad(last::text, 6, '0')), %(keep_until)s"
        " FROM serial RETURNING id::text AS id",
        {
            "region": region,
            "made": made,
            "case_id": case_id,
            "number": number,
            "item_name": item_name,
            "organ": organ,
            "holder": holder,
            "prefix": prefix,
            "year": year,
            "keep_until": keep_until,
            "asked_by": asked_by,
            "at": at,
        },
    ).fetchone()
    cursor.execute("DELETE FROM archive_waiting WHERE region = %s AND case_id = %s", (region, case_id))
    return str(row["id"]) if row else None


def find(database: Database, eyes: Eyes, region: str, dossier: str | uuid.UUID) -> DossierRow | None:
    """A package as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, dossier)).fetchone()
    return DossierRow(**row) if row else None


def of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[DossierRow, ...]:
    """The packages of a case these eyes may see, the latest first; at most ten."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ROW} WHERE region = %s AND case_id = %s ORDER BY asked_at DESC, id LIMIT 10", (region, case_id)
        )
        return tuple(DossierRow(**row) for row in cursor)


def archived(
    database: Database, eyes: Eyes, region: str, organs: list[str], *, before: str = "", most: int
) -> tuple[DossierRow, ...]:
    """The archive of these organs, the highest number first, behind the number `before` if one is given."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ROW} WHERE purpose = 'archive' AND region = %s AND organ = ANY(%s)"
            " AND (%s = '' OR archive_number < %s) ORDER BY archive_number DESC LIMIT %s",
            (region, organs, before, before, most),
        )
        return tuple(DossierRow(**row) for row in cursor)


@dataclass(frozen=True, slots=True)
class ToArchive:
    """A case that is over and not in the archive yet."""

    region: str
    number: str
    item_name: str
    ended_on: date


def let_wait(cursor: Cursor, region: str, case_id: str, on: date) -> None:
    """A case that is over waits for the archive; the second time changes nothing."""
    cursor.execute(
        "INSERT INTO archive_waiting (region, case_id, organ, number, item_name, ended_on)"
        " SELECT region, id, organ, number, item_name, %s FROM cases WHERE region = %s AND id = %s"
        " ON CONFLICT DO NOTHING",
        (on, region, case_id),
    )


def waiting(database: Database, eyes: Eyes, region: str, organs: list[str], *, most: int) -> tuple[ToArchive, ...]:
    """Cases of these organs that wait for the archive, those that have waited longest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, number, item_name, ended_on FROM archive_waiting"
            " WHERE region = %s AND organ = ANY(%s) ORDER BY ended_on, number LIMIT %s",
            (region, organs, most),
        )
        return tuple(ToArchive(**row) for row in cursor)


def keep_made(
    database: Database, eyes: Eyes, region: str, dossier: str, *, sha256: str, size: int, members: int, at: datetime
) -> None:
    """Remembers where the made package lies."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE dossiers SET sha256 = %s, size = %s, members = %s, made_at = %s, trouble = ''"
            " WHERE region = %s AND id = %s",
            (sha256, size, members, at, region, dossier),
        )


def keep_trouble(database: Database, eyes: Eyes, region: str, dossier: str, trouble: str) -> None:
    """Remembers, in a sentence for people, why it could not be made."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("UPDATE dossiers SET trouble = %s WHERE region = %s AND id = %s", (trouble, region, dossier))
