"""系统故障 and the probe's readings, as the database keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from banjie.engine.codec import revive
from banjie.engine.incidents import Incident, Reading
from banjie.records.database import Database, Eyes, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

INCIDENTS: Final = Table("incident", "incidents", Incident)

_INCIDENT: Final[LiteralString] = "SELECT id::text AS id, region, state FROM incidents"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident with where it is kept."""

    id: str
    region: str
    incident: Incident


def _incident(row: Row) -> IncidentRow:
    return IncidentRow(row["id"], row["region"], revive(Incident, row["state"]))


def lately(database: Database, eyes: Eyes, region: str, most: int = 50) -> tuple[IncidentRow, ...]:
    """The latest incidents of the city."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_INCIDENT} WHERE region = %s ORDER BY began_at DESC LIMIT %s", (region, most))
        return tuple(_incident(row) for row in cursor)


def open_one(database: Database, region: str, name: str) -> IncidentRow | None:
    """The incident of that name that is going on: for the platform itself."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            f"{_INCIDENT} WHERE region = %s AND name = %s AND status = 'open'", (region, name)
        ).fetchone()
    return _incident(row) if row else None


def going_on(database: Database, eyes: Eyes, region: str) -> tuple[IncidentRow, ...]:
    """What is going on now."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_INCIDENT} WHERE region = %s AND status = 'open' ORDER BY began_at", (region,))
        return tuple(_incident(row) for row in cursor)


def overlapping(database: Database, region: str, first: datetime, last: datetime) -> tuple[IncidentRow, ...]:
    """The incidents that overlap a time, void ones apart: for the platform itself. At most ten."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            f"{_INCIDENT} WHERE region = %s AND began_at <= %s AND (ended_at IS NULL OR ended_at >= %s)"
            " AND status IN ('open', 'ended') ORDER BY began_at DESC LIMIT 10",
            (region, last, first),
        )
        return tuple(_incident(row) for row in cursor)


# --- readings ---


def keep_reading(database: Database, region: str, name: str, reading: Reading, since: datetime) -> None:
    """Writes a reading down and throws away those from before `since`."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO probe_readings (region, name, at, ms) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (region, name, reading.at, reading.ms),
        )
        cursor.execute("DELETE FROM probe_readings WHERE region = %s AND name = %s AND at < %s", (region, name, since))


def readings(database: Database, eyes: Eyes, region: str, name: str, most: int) -> tuple[Reading, ...]:
    """The latest readings, the newest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT at, ms FROM probe_readings WHERE region = %s AND name = %s ORDER BY at DESC LIMIT %s",
            (region, name, most),
        )
        return tuple(Reading(row["at"], row["ms"]) for row in cursor)


def ask(database: Database) -> Sequence[Row]:
    """The probe's question to the database: one of those every page asks."""
    with database.seen_by(MACHINE.eyes) as cursor:
        return cursor.execute("SELECT region, case_id FROM watch ORDER BY look_on LIMIT 1").fetchall()
