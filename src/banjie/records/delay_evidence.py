"""What the platform knows that may have delayed a case: late answers, full desks, officials who were new."""

from datetime import date

from banjie.records import staff
from banjie.records.database import Database
from banjie.records.people import MACHINE


def slow_asks(database: Database, region: str, case_id: str) -> tuple[tuple[str, int], ...]:
    """Sources that did not answer in time, or not at all, when asked for a case; with how often."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT source, count(*) AS number FROM asks WHERE region = %s AND case_id = %s"
            " AND status IN ('late', 'unavailable') GROUP BY source ORDER BY source",
            (region, case_id),
        )
        return tuple((row["source"], row["number"]) for row in cursor)


def waiting_at(database: Database, office: str, most: int) -> int:
    """How many lines wait at an office, counted no further than `most`."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS number FROM (SELECT 1 FROM tasks WHERE office = %s LIMIT %s) AS waiting", (office, most)
        ).fetchone()
    return int(row["number"]) if row else 0


def is_new_staff(database: Database, account: str, item: str, kind: str, on: date) -> bool:
    """Whether an official who is on record as one was not yet certified for the item on a day, where that is asked."""
    if not account or account not in staff.joined_on(database, {account}):
        return False
    return account not in staff.certified(database, {account}, item, on, kind=kind)
