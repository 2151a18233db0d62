"""工作提醒: what the platform tells an official, in a list of her own that nobody else reads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """One notice; `href` leads to what it is about."""

    id: str
    region: str
    kind: str
    subject: str
    body: str
    href: str
    sent_at: datetime
    read_at: datetime | None


def send(
    database: Database,
    accounts: Sequence[str],
    *,
    region: str,
    key: str,
    kind: str,
    subject: str,
    body: str,
    href: str,
    at: datetime,
) -> None:
    """Tells these accounts, each once for each `key`."""
    if not accounts:
        return
    ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, f"banjie:staff:{region}:{key}:{account}")) for account in accounts]
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO staff_notices (region, id, account, kind, subject, body, href, sent_at)"
            " SELECT %s, one.id, one.account, %s, %s, %s, %s, %s"
            " FROM unnest(%s::uuid[], %s::text[]) AS one(id, account) ON CONFLICT (region, id) DO NOTHING",
            (region, kind, subject, body, href, at, ids, list(accounts)),
        )


def of_account(database: Database, eyes: Eyes, most: int = 30) -> tuple[StaffNotice, ...]:
    """The latest notices to the account that looks."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT id::text AS id, region, kind, subject, body, href, sent_at, read_at FROM staff_notices"
            " WHERE account = %s ORDER BY sent_at DESC, id LIMIT %s",
            (eyes.account, most),
        )
        return tuple(StaffNotice(**row) for row in cursor)


def unread(database: Database, eyes: Eyes) -> int:
    """How many notices the account has not read."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS number FROM staff_notices WHERE account = %s AND read_at IS NULL", (eyes.account,)
        ).fetchone()
    return int(row["number"]) if row else 0


def mark_read(database: Database, eyes: Eyes, at: datetime) -> None:
    """Everything sent until now has been read."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "UPDATE staff_notices SET read_at = %s WHERE account = %s AND read_at IS NULL AND sent_at <= %s",
            (at, eyes.account, at),
        )


def called(database: Database, region: str, office: str, roles: Sequence[str], today: date) -> tuple[str, ...]:
    """Who has one of these roles in an office today; for supervisors, those who watch the region."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT called(%s, %s, %s, %s) AS accounts", (region, office, list(roles), today)
        ).fetchone()
    return tuple(row["accounts"]) if row else ()
