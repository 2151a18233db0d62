"""Documents (文书) as the database keeps them: numbered with the act that issued them, their sealed PDF made after.

Numbers and contents are written once, by the functions of the hot path. The writers here touch `sha256` and
`trouble` only, and the application's role has no other right to change a document.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banjie.engine.cases.documents import NAMES
from banjie.records.database import Database, Eyes


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as a page shows it. `sha256` names its sealed PDF once it is made; `trouble` says why not."""

    id: str
    region: str
    case_id: str
    seq: int
    kind: str
    organ: str
    number: str
    content: Mapping[str, Any]
    issued_at: datetime
    sha256: str
    trouble: str

    @property
    def name(self) -> str:
        """What people call it: 受理通知书, 补正通知书 …"""
        return NAMES.get(self.kind, self.kind)


_ROW = (
    "SELECT id::text AS id, region, case_id::text AS case_id, seq, kind, organ, number, content, issued_at, sha256,"
    " trouble FROM documents"
)


def of_case(database: Database, eyes: Eyes, region: str, case_id: str | uuid.UUID) -> tuple[DocumentRow, ...]:
    """The documents of a case in the order of their issue."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE region = %s AND case_id = %s ORDER BY seq, kind, number", (region, case_id))
        return tuple(DocumentRow(**row) for row in cursor)


def find(database: Database, eyes: Eyes, region: str, document_id: str | uuid.UUID) -> DocumentRow | None:
    """The document of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ROW} WHERE region = %s AND id = %s", (region, document_id)).fetchone()
    return DocumentRow(**row) if row else None


def without_pdf(database: Database, eyes: Eyes, most: int) -> tuple[DocumentRow, ...]:
    """Documents whose sealed PDF has still to be made, the oldest first. Those in trouble wait for a person."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ROW} WHERE sha256 = '' AND trouble = '' ORDER BY issued_at LIMIT %s", (most,))
        return tuple(DocumentRow(**row) for row in cursor)


def keep_pdf(database: Database, eyes: Eyes, region: str, document_id: str | uuid.UUID, sha256: str) -> bool:
    """Remembers where the sealed PDF is, and that its trouble is over. The first one made stands: then False."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE documents SET sha256 = %s, trouble = '' WHERE region = %s AND id = %s AND sha256 = ''",
            (sha256, region, document_id),
        )
        return cursor.rowcount == 1


def keep_trouble(database: Database, eyes: Eyes, region: str, document_id: str | uuid.UUID, trouble: str) -> None:
    """Remembers, in a sentence for an official, why the PDF could not be made; "" to have it tried again."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE documents SET trouble = %s WHERE region = %s AND id = %s AND sha256 = ''",
            (trouble, region, document_id),
        )
