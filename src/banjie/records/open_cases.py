"""正在查看: who has a case open on her screen now. A screen that has not spoken for a while is closed."""

from dataclasses import dataclass
from datetime import datetime

from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who has the case open, since when."""

    account: str
    name: str
    since: datetime


def renew(database: Database, eyes: Eyes, region: str, case_id: str, at: datetime, alive: datetime) -> None:
    """Says that whoever looks has the case open. A screen silent since before `alive` begins anew."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO open_cases AS o (region, case_id, account, opened_at, seen_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (region, case_id, account) DO UPDATE SET seen_at = EXCLUDED.seen_at,"
            " opened_at = CASE WHEN o.seen_at < %s THEN EXCLUDED.opened_at ELSE o.opened_at END",
            (region, case_id, eyes.account, at, at, alive),
        )


def others(database: Database, eyes: Eyes, region: str, case_id: str, alive: datetime) -> tuple[Looker, ...]:
    """Who else has it open, the first one first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT o.account, coalesce(a.display_name, o.account) AS name, o.opened_at AS since FROM open_cases o"
            " LEFT JOIN records_account a ON a.key = o.account"
            " WHERE o.region = %s AND o.case_id = %s AND o.account <> %s AND o.seen_at >= %s ORDER BY o.opened_at",
            (region, case_id, eyes.account, alive),
        )
        return tuple(Looker(**row) for row in cursor)


def forget(database: Database, before: datetime) -> None:
    """Drops the screens that have been silent since before a moment."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("DELETE FROM open_cases WHERE seen_at < %s", (before,))
