"""National reporting records as the database keeps them: one row for each, from its making to its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from banjie.engine.calendar import CHINA
from banjie.engine.reporting import Record, RecordKind
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with where it stands."""

    region: str
    record: Record
    case_id: str
    organ: str
    item_name: str
    state: str
    tries: int
    label: str
    reason: str
    remedy: str
    receipt: str
    changed_at: datetime
    revision: int


_COLUMNS = (
    "region, project_no, kind, row_guid::text AS row_guid, case_id::text AS case_id, organ, item_name, fields, state,"
    " tries, label, reason, remedy, receipt, changed_at, revision"
)
_KEY = "region = %(region)s AND project_no = %(project_no)s AND kind = %(kind)s AND row_guid = %(row_guid)s"


def _kept(row: Mapping[str, Any]) -> Kept:
    rest = {name: row[name] for name in row if name not in ("project_no", "kind", "row_guid", "fields")}
    return Kept(record=Record(RecordKind(row["kind"]), row["project_no"], row["row_guid"], row["fields"]), **rest)


def put(database: Database, region: str, record: Record, about: Mapping[str, str], at: datetime) -> Kept | None:
    """Keeps a record, or lays what it says over what it said before; None when that changes nothing.

    `about` names case_id, organ and item_name. A changed record waits to be sent anew.
    """
    found = put_all(database, region, (record,), about, at)
    return found[0] if found else None


def put_all(
    database: Database, region: str, records: Sequence[Record], about: Mapping[str, str], at: datetime
) -> list[Kept]:
    """The same for several records of one case, in one transaction; answers with those that are new or changed."""
    changed = []
    with database.seen_by(MACHINE.eyes) as cursor:
        for record in records:
            row = cursor.execute(
                f"INSERT INTO report_records AS r (region, project_no, kind, row_guid, case_id, organ, item_name,"  # noqa: S608 — constants of this file.
                " fields, state, made_at, changed_at) VALUES (%(region)s, %(project_no)s, %(kind)s, %(row_guid)s,"
                " %(case_id)s, %(organ)s, %(item_name)s, %(fields)s, 'waiting', %(at)s, %(at)s)"
                " ON CONFLICT (region, project_no, kind, row_guid) DO UPDATE SET fields = r.fields || EXCLUDED.fields,"
                " state = 'waiting', tries = 0, changed_at = EXCLUDED.changed_at, revision = r.revision + 1"
                f" WHERE NOT r.fields @> EXCLUDED.fields RETURNING {_COLUMNS}",
                {**_key(region, record), **about, "fields": Jsonb(dict(record.fields)), "at": at},
            ).fetchone()
            if row is not None:
                changed.append(_kept(row))
    return changed


def before(database: Database, region: str, case_id: str, seq: int) -> tuple[datetime | None, int]:
    """When what came before an entry of a case happened, and how many special procedures had begun with that entry."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT max(at) FILTER (WHERE seq < %(seq)s) AS at,"
            " count(*) FILTER (WHERE kind = 'SpecialStarted') AS specials"
            " FROM journal WHERE region = %(region)s AND subject = %(case)s AND seq <= %(seq)s",
            {"region": region, "case": case_id, "seq": seq},
        ).fetchone()
    return (row["at"], row["specials"]) if row else (None, 0)


def _key(region: str, record: Record) -> dict[str, str]:
    return {
        "region": region,
        "project_no": record.project_no,
        "kind": record.kind.value,
        "row_guid": record.row_guid,
    }


def find(database: Database, eyes: Eyes, region: str, project_no: str, kind: str, row_guid: str) -> Kept | None:
    """A record by its key, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            f"SELECT {_COLUMNS} FROM report_records WHERE {_KEY}",  # noqa: S608 — constants of this file.
            {"region": region, "project_no": project_no, "kind": kind, "row_guid": row_guid},
        ).fetchone()
    return _kept(row) if row else None


def settle(
    database: Database,
    one: Kept,
    at: datetime,
    *,
    state: str,
    receipt: str = "",
    trouble: tuple[str, str, str] = ("", "", ""),
) -> bool:
    """Notes what became of a sending: sent, waiting for the next try, held or dead, with label, reason and remedy.

    False when the record has changed since: it waits again, and what was noted is not of it.
    """
    values = {**_key(one.region, one.record), "state": state, "receipt": receipt, "at": at, "revision": one.revision}
    values |= dict(zip(("label", "reason", "remedy"), trouble, strict=True))
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE report_records SET state = %(state)s, tries = tries + 1, receipt = %(receipt)s, label = %(label)s,"  # noqa: S608 — constants of this file.
            f" reason = %(reason)s, remedy = %(remedy)s, changed_at = %(at)s WHERE {_KEY} AND revision = %(revision)s"
            " AND state = 'waiting'",
            values,
        )
        settled = cursor.rowcount == 1
        if settled and state == "sent":
            cursor.execute(
                "INSERT INTO report_sums AS s (region, day, kind, sent) VALUES (%s, %s, %s, 1)"
                " ON CONFLICT (region, day, kind) DO UPDATE SET sent = s.sent + 1",
                (one.region, at.astimezone(CHINA).date(), one.record.kind.value),
            )
    return settled


def revive(database: Database, one: Kept, at: datetime) -> bool:
    """Lets a held or dead record wait again, from the first try. False when it is neither."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "UPDATE report_records SET state = 'waiting', tries = 0, changed_at = %(at)s"  # noqa: S608 — constants of this file.
            f" WHERE {_KEY} AND state IN ('held', 'dead')",
            {**_key(one.region, one.record), "at": at},
        )
        return cursor.rowcount == 1


def stuck(database: Database, eyes: Eyes, regions: Sequence[str], most: int = 100) -> tuple[Kept, ...]:
    """What is held or dead in these regions, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM report_records WHERE region = ANY(%s) AND state IN ('held', 'dead')"  # noqa: S608 — constants of this file.
            " ORDER BY changed_at DESC LIMIT %s",
            (list(regions), most),
        )
        return tuple(_kept(row) for row in cursor)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records of these regions were sent since a day, wait, and are stuck (counted up to a thousand)."""

    sent: int
    waiting: int
    stuck: int


MOST_COUNTED = 1000


def counts(database: Database, eyes: Eyes, regions: Sequence[str], since: date) -> Counts:
    """The three numbers over the page of reporting."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT (SELECT coalesce(sum(sent), 0)::bigint FROM report_sums WHERE region = ANY(%(r)s) AND day >= %(s)s)"
            " AS sent, (SELECT count(*) FROM (SELECT 1 FROM report_records WHERE region = ANY(%(r)s)"
            " AND state = 'waiting' LIMIT %(m)s) w) AS waiting, (SELECT count(*) FROM (SELECT 1 FROM report_records"
            " WHERE region = ANY(%(r)s) AND state IN ('held', 'dead') LIMIT %(m)s) d) AS stuck",
            {"r": list(regions), "s": since, "m": MOST_COUNTED},
        ).fetchone()
    assert row is not None  # noqa: S101 — sums always answer.
    return Counts(**row)


def of_case(database: Database, eyes: Eyes, region: str, project_no: str) -> tuple[Kept, ...]:
    """Every record of a case, as they were made."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM report_records WHERE region = %s AND project_no = %s"  # noqa: S608 — constants of this file.
            " ORDER BY made_at, kind, row_guid",
            (region, project_no),
        )
        return tuple(_kept(row) for row in cursor)
