"""补正草稿: what an applicant has put right so far of a correction notice, point by point, until she hands it in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from banjie.records.database import Database, Eyes


def keep(
    database: Database, eyes: Eyes, region: str, case_id: str, notice: int, values: Mapping[str, Any], at: datetime
) -> None:
    """Keeps the points that are named of the notice with that number (from 1); the others stay as they are."""
    with database.seen_by(eyes) as cursor:
        cursor.executemany(
            "INSERT INTO correction_drafts (region, case_id, notice, target, value, kept_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (region, case_id, notice, target)"
            " DO UPDATE SET value = EXCLUDED.value, kept_at = EXCLUDED.kept_at",
            [(region, case_id, notice, target, Jsonb(value), at) for target, value in values.items()],
        )


def kept(database: Database, eyes: Eyes, region: str, case_id: str, notice: int) -> dict[str, tuple[Any, datetime]]:
    """What has been kept of a notice: by point, the value and the moment."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT target, value, kept_at FROM correction_drafts WHERE region = %s AND case_id = %s AND notice = %s",
            (region, case_id, notice),
        )
        return {row["target"]: (row["value"], row["kept_at"]) for row in cursor}


def drop(database: Database, eyes: Eyes, region: str, case_id: str, target: str = "") -> None:
    """Throws away what was kept of one point, or of all when none is named."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "DELETE FROM correction_drafts WHERE region = %s AND case_id = %s AND (%s = '' OR target = %s)",
            (region, case_id, target, target),
        )
