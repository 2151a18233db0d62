"""Messages (站内信): what the platform told a party, in an inbox that everyone who acts for it reads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banjie.records.database import Database, Eyes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a party. `kind` is the event it follows; `read_at` is None until somebody has read it.

    `number` is that of the case it is about, None when it is about none, or none these eyes may see.
    """

    id: str
    region: str
    party: str
    case_id: str | None
    number: str | None
    kind: str
    subject: str
    body: str
    sent_at: datetime
    read_at: datetime | None


_MESSAGE = (
    "SELECT m.id::text AS id, m.region, party, case_id::text AS case_id, c.number, m.kind, subject, body, sent_at,"
    " read_at FROM messages m LEFT JOIN cases c ON c.region = m.region AND c.id = m.case_id"
)


def send(
    database: Database,
    eyes: Eyes,
    *,
    region: str,
    message_id: str,
    party: str,
    case_id: str | None,
    kind: str,
    subject: str,
    body: str,
    sent_at: datetime,
) -> bool:
    """Puts a message in a party's inbox, once for each `message_id`. False when it is there already.

    The platform's own eyes may write to anyone, others only to the parties they act for.
    """
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO messages (region, id, party, case_id, kind, subject, body, sent_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (region, id) DO NOTHING",
            (region, message_id, party, case_id, kind, subject, body, sent_at),
        )
        return cursor.rowcount == 1


def find(database: Database, eyes: Eyes, region: str, message_id: str | uuid.UUID) -> Message | None:
    """The message of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_MESSAGE} WHERE m.region = %s AND m.id = %s", (region, message_id)).fetchone()
    return Message(**row) if row else None


def of_parties(
    database: Database,
    eyes: Eyes,
    parties: Sequence[str],
    most: int = 50,
    after: tuple[datetime, str] | None = None,
) -> tuple[Message, ...]:
    """The latest messages to these parties, the newest first; with `after`, those behind that moment and identifier."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_MESSAGE} WHERE party = ANY(%(parties)s) AND (%(at)s::timestamptz IS NULL"
            " OR (sent_at <= %(at)s AND (sent_at < %(at)s OR m.id < %(id)s::uuid)))"
            " ORDER BY sent_at DESC, m.id DESC LIMIT %(most)s",
            {
                "parties": list(parties),
                "at": after[0] if after else None,
                "id": after[1] if after else None,
                "most": most,
            },
        )
        return tuple(Message(**row) for row in cursor)


def unread(database: Database, eyes: Eyes, parties: Sequence[str]) -> int:
    """How many messages to these parties nobody has read."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS number FROM messages WHERE party = ANY(%s) AND read_at IS NULL", (list(parties),)
        ).fetchone()
    return int(row["number"]) if row else 0


def mark_all_read(database: Database, eyes: Eyes, parties: Sequence[str], at: datetime) -> int:
    """Marks every message to these parties as read; answers with how many were not so before."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE messages SET read_at = %s WHERE party = ANY(%s) AND read_at IS NULL", (at, list(parties))
        )
        return cursor.rowcount
