"""我的材料库 as the database keeps it: what a party gave before, and officials' words about originals."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banjie.engine.papers import Grade
from banjie.records.database import Database, Eyes


@dataclass(frozen=True, slots=True)
class LibraryPaper:
    """A paper given before. `grade` counts an official's word about the original, whose name is `verified_by`."""

    region: str
    id: str
    party: str
    standard: str
    material: str
    name: str
    sha256: str
    media_type: str
    size: int
    grade: Grade
    issuer: str
    valid_until: date | None
    case_number: str
    item_name: str
    given_at: datetime
    verified_by: str
    verified_office: str
    verified_at: datetime | None


# An official's word makes B of what was C or D; what government itself has issued needs none.
_PAPER = (
    "SELECT p.region, p.id::text AS id, p.party, p.standard, p.material, p.name, p.sha256, p.media_type, p.size,"
    " CASE WHEN p.grade <> 'A' AND v.sha256 IS NOT NULL THEN 'B' ELSE p.grade END AS grade, p.issuer, p.valid_until,"
    " p.case_number, p.item_name, p.given_at, coalesce(v.by_name, '') AS verified_by,"
    " coalesce(v.office, '') AS verified_office, v.at AS verified_at"
    " FROM library_papers p LEFT JOIN paper_verifications v"
    " ON v.region = p.region AND v.party = p.party AND v.sha256 = p.sha256"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A paper to be put into a party's library."""

    standard: str
    material: str
    name: str
    sha256: str
    media_type: str
    size: int
    grade: Grade
    issuer: str = ""
    valid_until: date | None = None
    case_number: str = ""
    item_name: str = ""


def put(database: Database, eyes: Eyes, *, region: str, party: str, at: datetime, papers: Sequence[Given]) -> int:
    """Puts papers into a party's library; one that is there already stays as it is. Answers with how many are new."""
    new = 0
    with database.seen_by(eyes) as cursor:
        for one in papers:
            cursor.execute(
                "INSERT INTO library_papers (region, id, party, standard, material, name, sha256, media_type, size,"
                " grade, issuer, valid_until, case_number, item_name, given_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (region, party, standard, sha256) DO NOTHING",
                (
                    *(region, uuid.uuid4(), party, one.standard, one.material, one.name, one.sha256, one.media_type),
                    *(one.size, one.grade, one.issuer, one.valid_until, one.case_number, one.item_name, at),
                ),
            )
            new += cursor.rowcount
    return new


def of_party(
    database: Database, eyes: Eyes, party: str, *, words: str = "", most: int = 50, skip: int = 0
) -> tuple[LibraryPaper, ...]:
    """A party's papers, the latest first; those whose name, material or item holds `words`."""
    pattern = "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_PAPER} WHERE p.party = %s AND (p.name ILIKE %s OR p.material ILIKE %s OR p.item_name ILIKE %s)"
            " ORDER BY p.given_at DESC, p.id LIMIT %s OFFSET %s",
            (party, pattern, pattern, pattern, most, skip),
        )
        return tuple(_paper(row) for row in cursor)


def for_materials(
    database: Database, eyes: Eyes, party: str, standards: Sequence[str], *, most: int = 60
) -> tuple[LibraryPaper, ...]:
    """A party's papers of these standard materials, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_PAPER} WHERE p.party = %s AND p.standard = ANY(%s) ORDER BY p.given_at DESC, p.id LIMIT %s",
            (party, list(standards), most),
        )
        return tuple(_paper(row) for row in cursor)


def same(database: Database, eyes: Eyes, party: str, sha256s: Sequence[str]) -> dict[str, LibraryPaper]:
    """The party's papers with one of these contents, by hash."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_PAPER} WHERE p.party = %s AND p.sha256 = ANY(%s)", (party, list(sha256s)))
        return {row["sha256"]: _paper(row) for row in cursor}


def find(database: Database, eyes: Eyes, region: str, paper: str | uuid.UUID) -> LibraryPaper | None:
    """A paper of a party these eyes may act for."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_PAPER} WHERE p.region = %s AND p.id = %s", (region, paper)).fetchone()
    return _paper(row) if row else None


def rename(database: Database, eyes: Eyes, region: str, paper: str | uuid.UUID, name: str) -> bool:
    """Calls a paper something else. False when there is none."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("UPDATE library_papers SET name = %s WHERE region = %s AND id = %s", (name, region, paper))
        return cursor.rowcount == 1


def take_out(database: Database, eyes: Eyes, region: str, paper: str | uuid.UUID) -> bool:
    """Takes a paper out of the library; what a case holds stays with the case. False when there is none."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("DELETE FROM library_papers WHERE region = %s AND id = %s", (region, paper))
        return cursor.rowcount == 1


def verify(
    database: Database, eyes: Eyes, *, region: str, party: str, sha256: str, name: str, office: str, number: str
) -> bool:
    """An official's word that a paper is what its original is. The first word stands: then False."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO paper_verifications (region, party, sha256, by_account, by_name, office, case_number, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
            (region, party, sha256, eyes.account, name, office, number),
        )
        return cursor.rowcount == 1


@dataclass(frozen=True, slots=True)
class Word:
    """An official's word that a paper is what its original is: by whom, and when."""

    by_name: str
    at: datetime


def words_on(database: Database, eyes: Eyes, region: str, party: str, sha256s: Sequence[str]) -> dict[str, Word]:
    """The words on the originals of these papers of a party, by hash, as far as these eyes may see them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT sha256, by_name, at FROM paper_verifications WHERE region = %s AND party = %s AND sha256 = ANY(%s)",
            (region, party, list(sha256s)),
        )
        return {row["sha256"]: Word(row["by_name"], row["at"]) for row in cursor}


def _paper(row: dict[str, object]) -> LibraryPaper:
    return LibraryPaper(**{**row, "grade": Grade(str(row["grade"]))})  # type: ignore[arg-type]  # columns are its fields
