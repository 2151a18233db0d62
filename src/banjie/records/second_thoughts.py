"""刚提交、申请人还能收回修改的办件: which lines of a worklist may still be taken back."""

from collections.abc import Sequence
from datetime import datetime

from banjie.records.database import Database, Eyes


def changeable(database: Database, eyes: Eyes, cases: Sequence[tuple[str, str]], now: datetime) -> dict[str, datetime]:
    """Of these cases (region, identifier), which the applicant may still take back, and until when."""
    if not cases:
        return {}
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT a.case_id::text AS id, (a.content ->> 'changeable_until')::timestamptz AS until"
            " FROM unnest(%s::text[], %s::uuid[]) AS asked (region, id)"
            " JOIN applications a ON a.region = asked.region AND a.case_id = asked.id"
            " WHERE (a.content ->> 'changeable_until')::timestamptz > %s",
            ([region for region, _ in cases], [case for _, case in cases], now),
        )
        return {row["id"]: row["until"] for row in cursor}
