"""How often somebody has tried, counted in one place for all processes; lost in a crash, which does no harm."""

from datetime import datetime

from banjie.records.database import Database


def take(database: Database, bucket: str, seconds: int, most: int, now: datetime) -> int:
    """Counts a try. Answers with the seconds until the next one is allowed, 0 when this one is."""
    with database.call() as cursor:
        row = cursor.execute("SELECT take_try(%s, %s, %s, %s) AS wait", (bucket, seconds, most, now)).fetchone()
    return int(row["wait"]) if row else 0


def forget(database: Database) -> None:
    """Forgets all tries: for tests, whose clock stands still."""
    with database.call() as cursor:
        cursor.execute("DELETE FROM tries")
