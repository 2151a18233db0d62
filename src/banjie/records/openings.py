"""打开记录: when a party first opened a document while signed in. It proves that electronic delivery arrived."""

from dataclasses import dataclass
from datetime import datetime

from banjie.records.database import Database, Eyes


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opened which document, and when for the first time."""

    document_id: str
    kind: str
    number: str
    account: str
    name: str
    opened_at: datetime


def note(database: Database, eyes: Eyes, region: str, document_id: str, case_id: str, at: datetime) -> None:
    """Remembers the account's first opening of a document; later ones change nothing."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO document_openings (region, document_id, case_id, account, opened_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (region, document_id, case_id, eyes.account, at),
        )


def of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[Opening, ...]:
    """The openings of a case's documents, the first one first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT o.document_id::text AS document_id, d.kind, d.number, o.account,"
            " coalesce(a.display_name, o.account) AS name, o.opened_at"
            " FROM document_openings o JOIN documents d ON d.region = o.region AND d.id = o.document_id"
            " LEFT JOIN records_account a ON a.key = o.account"
            " WHERE o.region = %s AND o.case_id = %s ORDER BY o.opened_at",
            (region, case_id),
        )
        return tuple(Opening(**row) for row in cursor)
