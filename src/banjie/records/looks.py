"""查看记录: which official opened what of a case, kept for whoever the case is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from banjie.engine.calendar import CHINA
from banjie.records.database import Database, Eyes


class Looked(StrEnum):
    """What was opened: the case with its form, a paper she handed in, a document the organ issued, or a service before
    an application with all that was shown there."""

    CASE = "case"
    PAPER = "paper"
    DOCUMENT = "document"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Look:
    """One official's first look of a day at a case's form, papers or documents. `role` is of `permissions.Role`."""

    region: str
    number: str
    item_name: str
    party: str
    account: str
    office: str
    role: str
    purpose: str
    kind: Looked
    at: datetime


def note(
    database: Database,
    eyes: Eyes,
    region: str,
    case_id: str,
    *,
    kind: Looked,
    office: str,
    role: str,
    purpose: str,
    at: datetime,
) -> None:
    """Writes the look down, once an official, case, kind and day (of Shanghai)."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT note_look(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (*eyes.bound, region, case_id, kind.value, office, role, purpose, at, at.astimezone(CHINA).date()),
        )


def note_service(
    database: Database, eyes: Eyes, region: str, precase_id: str, *, office: str, role: str, purpose: str, at: datetime
) -> None:
    """The same for a pre-application service."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT note_service_look(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (*eyes.bound, region, precase_id, office, role, purpose, at, at.astimezone(CHINA).date()),
        )


def of_parties(
    database: Database, eyes: Eyes, parties: Sequence[str], *, before: datetime | None = None, most: int = 50
) -> tuple[Look, ...]:
    """Who looked at these parties' cases, the latest first; older than a moment, if wanted."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, number, item_name, party, account, office, role, purpose, kind, at FROM looks"
            " WHERE party = ANY(%s) AND (%s::timestamptz IS NULL OR at < %s) ORDER BY at DESC LIMIT %s",
            (list(parties), before, before, most),
        )
        return tuple(Look(**row | {"kind": Looked(row["kind"])}) for row in cursor)
