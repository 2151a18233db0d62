"""Certificates as the database keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from banjie.engine.certificates import Certificate
from banjie.engine.codec import revive
from banjie.records.database import Database, Eyes, Row


@dataclass(frozen=True, slots=True)
class LoadedCertificate:
    """A certificate as an act finds it; version 0 before its issue."""

    id: str
    version: int
    last_hash: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as a page shows it. `sha256` names its sealed PDF once it is made; `trouble` says why not."""

    id: str
    region: str
    number: str
    kind: str
    name: str
    holder: str
    holder_name: str
    organ: str
    case_id: str | None
    status: str
    valid_from: date
    valid_until: date | None
    verify_code: str
    sha256: str
    trouble: str
    certificate: Certificate


def load(database: Database, eyes: Eyes, region: str, certificate_id: str) -> LoadedCertificate:
    """The certificate of that identifier; a blank one of version 0 when there is none these eyes may see."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT * FROM load_certificate(%s, %s, %s, %s, %s, %s, %s)", (*eyes.bound, region, certificate_id)
        ).fetchone()
    if row is None:
        return LoadedCertificate(certificate_id, 0, "", Certificate())
    return LoadedCertificate(certificate_id, row["version"], row["last_hash"], revive(Certificate, row["state"]))


def save(
    database: Database,
    eyes: Eyes,
    *,
    expected: int,
    row: Mapping[str, Any],
    state: Mapping[str, Any],
    at: datetime,
    entries: Sequence[object],
) -> bool:
    """Keeps one act. False when the certificate has changed, or been issued, since it was loaded."""
    with database.call() as cursor:
        kept = cursor.execute(
            "SELECT save_certificate(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS kept",
            (*eyes.bound, expected, Jsonb(row), Json(state), at, Jsonb(entries)),
        ).fetchone()
    return bool(kept and kept["kept"])


_ROW = (
    "SELECT id::text AS id, region, number, kind, name, holder, holder_name, organ, case_id::text AS case_id, status,"
    " valid_from, valid_until, verify_code, sha256, trouble, state FROM certificates"
)


def _row(row: Row) -> CertificateRow:
    state = row.pop("state")
    return CertificateRow(**row, certificate=revive(Certificate, state))


def find(database: Database, eyes: Eyes, region: str, certificate_id: str) -> CertificateRow | None:
    """The certificate of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, certificate_id)).fetchone()
    return _row(row) if row else None


def by_number(
    database: Database, eyes: Eyes, region: str, organ: str, number: str, *, holder: str
) -> CertificateRow | None:
    """The holder's certificate of that number from that organ, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            f"{_ROW} WHERE region = %s AND organ = %s AND number = %s AND holder = %s", (region, organ, number, holder)
        ).fetchone()
    return _row(row) if row else None


def of_parties(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[CertificateRow, ...]:
    """The certificates of these parties, the newest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE holder = ANY(%s) ORDER BY valid_from DESC LIMIT %s", (list(parties), most))
        return tuple(_row(row) for row in cursor)


def of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[CertificateRow, ...]:
    """The certificates a case led to."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE region = %s AND case_id = %s", (region, case_id))
        return tuple(_row(row) for row in cursor)


def without_pdf(database: Database, eyes: Eyes, most: int) -> tuple[CertificateRow, ...]:
    """Certificates whose sealed PDF has still to be made."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE sha256 = '' AND trouble = '' LIMIT %s", (most,))
        return tuple(_row(row) for row in cursor)


def keep_pdf(
    database: Database, eyes: Eyes, region: str, certificate_id: str, *, sha256: str = "", trouble: str = ""
) -> None:
    """Remembers the sealed PDF, or the trouble that kept it from being made."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE certificates SET sha256 = %s, trouble = %s WHERE region = %s AND id = %s",
            (sha256, trouble, region, certificate_id),
        )


def ending(database: Database, eyes: Eyes, today: date, most: int) -> tuple[tuple[str, str], ...]:
    """Region and id of certificates whose validity is over and that have not lapsed yet."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM certificates"
            " WHERE valid_until < %s AND status IN ('valid', 'suspended') ORDER BY valid_until LIMIT %s",
            (today, most),
        )
        return tuple((row["region"], row["id"]) for row in cursor)


def verify(database: Database, code: str) -> dict[str, Any] | None:
    """What a stranger may know who holds the code printed on a certificate."""
    with database.call() as cursor:
        row = cursor.execute("SELECT verify_certificate(%s) AS found", (code,)).fetchone()
    return row["found"] if row and row["found"] else None
