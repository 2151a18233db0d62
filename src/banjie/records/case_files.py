"""办件卷宗 as the database keeps it: meetings, site visits and checklists beside a case."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString

from psycopg.types.json import Json, Jsonb

from banjie.engine.checklists import Checklist
from banjie.engine.codec import revive
from banjie.engine.meetings import Meeting
from banjie.engine.site_visits import SiteVisit
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.journal import Entry
from banjie.records.sharing import Table

MEETINGS: Final = Table("meeting", "meetings", Meeting)
SITE_VISITS: Final = Table("site_visit", "site_visits", SiteVisit)
CHECKLISTS: Final = Table("checklist", "checklists", Checklist)


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting with what it is reached by."""

    id: str
    region: str
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A site visit with what it is reached by."""

    id: str
    region: str
    visit: SiteVisit


@dataclass(frozen=True, slots=True)
class Organ:
    """An office one may invite."""

    code: str
    name: str


_MEETING: Final = "SELECT id::text AS id, region, state FROM meetings"
_VISIT: Final = "SELECT id::text AS id, region, state FROM site_visits"


def _meeting(row: Row) -> MeetingRow:
    return MeetingRow(row["id"], row["region"], revive(Meeting, row["state"]))


def _visit(row: Row) -> VisitRow:
    return VisitRow(row["id"], row["region"], revive(SiteVisit, row["state"]))


# --- meetings ---


def meeting(database: Database, eyes: Eyes, region: str, meeting_id: str) -> MeetingRow | None:
    """The meeting of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_MEETING} WHERE region = %s AND id = %s", (region, meeting_id)).fetchone()
    return _meeting(row) if row else None


def meetings_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[MeetingRow, ...]:
    """The meetings of a case, in the order of their days."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_MEETING} WHERE region = %s AND case_id = %s ORDER BY starts NULLS FIRST, id", (region, case_id)
        )
        return tuple(_meeting(row) for row in cursor)


def meetings_to_come(
    database: Database, eyes: Eyes, offices: Sequence[str], *, most: int = 50
) -> tuple[MeetingRow, ...]:
    """What these offices call or are asked to, still going on, the nearest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_MEETING} WHERE offices && %s AND status IN ('offered', 'asked', 'called', 'held')"
            " ORDER BY starts NULLS FIRST, id LIMIT %s",
            (list(offices), most),
        )
        return tuple(_meeting(row) for row in cursor)


def meetings_over(database: Database, eyes: Eyes, offices: Sequence[str], *, most: int = 50) -> tuple[MeetingRow, ...]:
    """The meetings these offices have called that are over, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_MEETING} WHERE organ = ANY(%s) AND status NOT IN ('offered', 'asked', 'called', 'held')"
            " ORDER BY starts DESC NULLS LAST, id LIMIT %s",
            (list(offices), most),
        )
        return tuple(_meeting(row) for row in cursor)


def meetings_to_wake(database: Database, eyes: Eyes, today: date, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and identifier of meetings of which something has run over its last day."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM meetings WHERE wake_on < %s ORDER BY wake_on LIMIT %s", (today, most)
        )
        return tuple((row["region"], row["id"]) for row in cursor)


# --- site visits ---


def visit(database: Database, eyes: Eyes, region: str, visit_id: str) -> VisitRow | None:
    """The site visit of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_VISIT} WHERE region = %s AND id = %s", (region, visit_id)).fetchone()
    return _visit(row) if row else None


def visits_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[VisitRow, ...]:
    """The site visits of a case, in the order of their days."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_VISIT} WHERE region = %s AND case_id = %s ORDER BY day, place, id", (region, case_id))
        return tuple(_visit(row) for row in cursor)


def route(
    database: Database, eyes: Eyes, offices: Sequence[str], day: date, *, account: str = ""
) -> tuple[VisitRow, ...]:
    """The visits of these offices on a day, in the order of the route; one official's if `account` names her."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_VISIT} WHERE organ = ANY(%s) AND day = %s AND status <> 'cancelled'"
            " AND (%s = '' OR %s = ANY(visitors)) ORDER BY place, id LIMIT 200",
            (list(offices), day, account, account),
        )
        return tuple(_visit(row) for row in cursor)


def visits_open(
    database: Database, eyes: Eyes, offices: Sequence[str], *, account: str = "", most: int = 50
) -> tuple[VisitRow, ...]:
    """Visits of these offices that are planned or under way, the nearest day first; of one official's if named."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_VISIT} WHERE organ = ANY(%s) AND status IN ('planned', 'recorded')"
            " AND (%s = '' OR %s = ANY(visitors)) ORDER BY day, place, id LIMIT %s",
            (list(offices), account, account, most),
        )
        return tuple(_visit(row) for row in cursor)


# --- checklists ---


def checklist_of(case_id: str) -> str:
    """The identifier of a case's checklist: it is made from the case's own."""
    return str(uuid.uuid5(uuid.UUID(case_id), "checklist"))


def checklist(database: Database, eyes: Eyes, region: str, case_id: str) -> Checklist:
    """The checklist of a case; an empty one when nobody has ticked anything."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT state FROM checklists WHERE region = %s AND case_id = %s", (region, case_id)
        ).fetchone()
    return revive(Checklist, row["state"]) if row else Checklist()


# --- what all of them share ---


def entries_of(database: Database, eyes: Eyes, region: str, subjects: Sequence[str]) -> tuple[Entry, ...]:
    """Everything that happened to these subjects, in the order of time."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, subject_kind, subject::text AS subject, seq, at, actor, kind, data, hash FROM journal"
            " WHERE region = %s AND subject = ANY(%s::uuid[]) ORDER BY at, position",
            (region, list(subjects)),
        )
        return tuple(Entry(**row) for row in cursor)


def organs(database: Database, region: str) -> tuple[Organ, ...]:
    """The offices of a region that can be invited. A register, open to everyone."""
    with database.call() as cursor:
        cursor.execute("SELECT code, name FROM organs WHERE region = %s ORDER BY code", (region,))
        return tuple(Organ(row["code"], row["name"]) for row in cursor)


def earlier_cases(
    database: Database, eyes: Eyes, region: str, *, holder: str, item: str, before: datetime, most: int = 5
) -> tuple[tuple[str, datetime, str], ...]:
    """Number, moment and stage of the applicant's earlier cases of an item that these eyes see, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT number, submitted_at, stage FROM cases WHERE region = %s AND holder = %s AND item = %s"
            " AND submitted_at < %s ORDER BY submitted_at DESC LIMIT %s",
            (region, holder, item, before, most),
        )
        return tuple((row["number"], row["submitted_at"], row["stage"]) for row in cursor)


def keep_answer(
    cursor: Cursor, region: str, account: str, key: str, request: str, answer: Mapping[str, Any], at: datetime
) -> None:
    """Remembers under which key an act came, in the act's own transaction; UniqueViolation when it has come before."""
    cursor.execute(
        "INSERT INTO answered (region, account, key, request, answer, at) VALUES (%s, %s, %s, %s, %s, %s)",
        (region, account, key, request, Json(dict(answer)), at),
    )


_KEEP_DOCUMENTS: Final[LiteralString] = "SELECT keep_documents(%s, %s, %s, %s, %s, %s)"


def keep_document(
    cursor: Cursor, region: str, case_id: str, organ: str, at: datetime, year: int, document: Mapping[str, Any]
) -> None:
    """Numbers and keeps a document of the case in the act's own transaction, given as keep_documents takes it."""
    cursor.execute(_KEEP_DOCUMENTS, (region, case_id, organ, at, year, Jsonb([dict(document)])))


def unmade(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[int, ...]:
    """The places in the case's history whose documents have no PDF yet and are in no trouble."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT seq FROM documents WHERE region = %s AND case_id = %s AND sha256 = '' AND trouble = ''",
            (region, case_id),
        )
        return tuple(row["seq"] for row in cursor)


@dataclass(frozen=True, slots=True)
class LookLine:
    """Who of the offices looked at what of a case."""

    name: str
    office: str
    purpose: str
    kind: str
    at: datetime


def looks_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[LookLine, ...]:
    """Who has looked at a case, as far as these eyes may know; the first look of each day."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT coalesce(a.display_name, l.account) AS name, l.office, l.purpose, l.kind, l.at FROM looks l"
            " LEFT JOIN records_account a ON a.key = l.account"
            " WHERE l.region = %s AND l.case_id = %s ORDER BY l.at LIMIT 500",
            (region, case_id),
        )
        return tuple(LookLine(**row) for row in cursor)


def open_of_item(
    database: Database, eyes: Eyes, region: str, item: str, stages: Sequence[str], most: int = 10
) -> tuple[str, ...]:
    """Numbers of cases of an item that stand in one of these stages, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT number FROM cases WHERE region = %s AND item = %s AND stage = ANY(%s)"
            " ORDER BY submitted_at DESC LIMIT %s",
            (region, item, list(stages), most),
        )
        return tuple(row["number"] for row in cursor)
