"""The counters behind the boards, kept as differences: what a case counts now, less what was counted of it before.

`figure_cases` remembers what has been counted, in the transaction that counts it, so a follower that begins again
counts nothing twice; and the sums can always be made anew from it (`recount`), or held against it (`differences`).
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from banjie.engine.case_facts import CaseFacts
from banjie.engine.cases import KINDS, Case, Event
from banjie.engine.codec import revive
from banjie.engine.figures import MEASURES, Moment
from banjie.records.database import Cursor

# Names of measures are constants of the engine, so all SQL of this file is made of constants.
# ruff: noqa: S608
_NAMES: tuple[LiteralString, ...] = tuple(one.name for one in MEASURES)


def _joined(pieces: Iterable[LiteralString]) -> LiteralString:
    """Pieces made of the names of measures, which are constants of the engine."""
    return ", ".join(pieces)


MEASURES_IN_ORDER: LiteralString = _joined(_NAMES)

# `signed`: rows of figure_cases with a sign. Summed by month at the finest grain, then spread over grains and cuts.
_SUMS: LiteralString = f"""
    fine AS (
        SELECT region, organ, item, official, channel, date_trunc('month', m.day)::date AS month, {
    _joined(
        f"sum(CASE WHEN m.moment = '{one.on.value}' THEN sign * {one.name} ELSE 0 END) AS {one.name}"
        for one in MEASURES
    )
}
        FROM signed CROSS JOIN LATERAL (VALUES {
    _joined(f"('{moment.value}', {moment.value}_on)" for moment in Moment)
}) AS m(moment, day) WHERE m.day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6),
    spread AS (
        SELECT fine.region, c.cut, g.grain, g.period, c.organ, c.key, {
    _joined(f"sum({name}) AS {name}" for name in _NAMES)
}
        FROM fine
        CROSS JOIN LATERAL (VALUES ('m', month), ('q', date_trunc('quarter', month)::date),
            ('y', date_trunc('year', month)::date)) AS g(grain, period)
        CROSS JOIN LATERAL (VALUES ('region', '', ''), ('organ', organ, ''), ('item', organ, item),
            ('official', organ, official), ('channel', organ, channel)) AS c(cut, organ, key)
        WHERE c.cut IN ('region', 'organ') OR c.key <> ''
        GROUP BY 1, 2, 3, 4, 5, 6)
"""

_STOCK: LiteralString = """
    spread AS (
        SELECT region, c.cut, d.clock, d.due, c.organ, c.key, sum(sign) AS number
        FROM signed
        CROSS JOIN LATERAL (VALUES ('', DATE '9999-12-31'), ('TP', signed.due), ('TL', law_due)) AS d(clock, due)
        CROSS JOIN LATERAL (VALUES ('region', '', ''), ('organ', organ, ''), ('item', organ, item),
            ('channel', organ, channel)) AS c(cut, organ, key)
        WHERE signed.due IS NOT NULL AND (d.clock = '' OR d.due < DATE '9999-12-31')
        GROUP BY 1, 2, 3, 4, 5, 6)
"""

_CHANGED: LiteralString = """
    signed AS (
        SELECT -1 AS sign, f.* FROM figure_cases f
        JOIN jsonb_to_recordset(%(rows)s) AS n(region text, case_id uuid) USING (region, case_id)
        UNION ALL SELECT 1 AS sign, n.* FROM jsonb_populate_recordset(NULL::figure_cases, %(rows)s) AS n)
"""
_ALL: LiteralString = "signed AS (SELECT 1 AS sign, f.* FROM figure_cases f)"

_SUM_KEY: LiteralString = "region, cut, grain, period, organ, key"
_STOCK_KEY: LiteralString = "region, cut, clock, due, organ, key"

_ADD_SUMS: LiteralString = (
    f"INSERT INTO figure_sums AS kept ({_SUM_KEY}, {MEASURES_IN_ORDER})"
    f" SELECT {_SUM_KEY}, {MEASURES_IN_ORDER} FROM spread"
    f" WHERE ({MEASURES_IN_ORDER}) <> ({_joined('0' for _ in _NAMES)}) ON CONFLICT ({_SUM_KEY}) DO UPDATE SET "
    + _joined(f"{name} = kept.{name} + EXCLUDED.{name}" for name in _NAMES)
)
_ADD_STOCK: LiteralString = (
    f"INSERT INTO figure_stock AS kept ({_STOCK_KEY}, number) SELECT {_STOCK_KEY}, number FROM spread WHERE number <> 0"
    f" ON CONFLICT ({_STOCK_KEY}) DO UPDATE SET number = kept.number + EXCLUDED.number"
)

_FACTS: LiteralString = (
    "region, case_id, number, item, organ, official, channel, submitted_on, accepted_on, decided_on, delivered_on, due,"
    " law_due, " + MEASURES_IN_ORDER
)
_KEEP: LiteralString = (
    f"INSERT INTO figure_cases ({_FACTS}) SELECT {_FACTS} FROM jsonb_populate_recordset(NULL::figure_cases, %(rows)s)"
    " ON CONFLICT (region, case_id) DO UPDATE SET "
    + _joined(f"{name.strip()} = EXCLUDED.{name.strip()}" for name in _FACTS.split(",")[2:])
)


@dataclass(frozen=True, slots=True)
class Told:
    """A case as it stands, with those events of its history that the figures need."""

    region: str
    id: str
    number: str
    case: Case
    events: tuple[Event, ...]


def told(cursor: Cursor, keys: Sequence[tuple[str, str]], kinds: Sequence[str]) -> Iterator[Told]:
    """These cases (region, id), each with its events of these kinds. Cases that are not kept here are left out."""
    wanted = {"regions": [key[0] for key in keys], "ids": [uuid.UUID(key[1]) for key in keys], "kinds": list(kinds)}
    events: dict[tuple[str, str], list[Event]] = {}
    cursor.execute(
        "SELECT j.region, j.subject::text AS id, kind, data FROM journal j"
        " JOIN unnest(%(regions)s::text[], %(ids)s::uuid[]) AS k(region, id)"
        " ON j.region = k.region AND j.subject = k.id"
        " WHERE subject_kind = 'case' AND kind = ANY(%(kinds)s) ORDER BY j.region, j.subject, seq",
        wanted,
    )
    for row in cursor:
        events.setdefault((row["region"], row["id"]), []).append(revive(KINDS[row["kind"]], row["data"]))
    cursor.execute(
        "SELECT c.region, c.id::text AS id, c.number, c.state, filed.content FROM cases c"
        " JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id"
        " JOIN unnest(%(regions)s::text[], %(ids)s::uuid[]) AS k(region, id) ON c.region = k.region AND c.id = k.id",
        wanted,
    )
    for row in cursor.fetchall():
        case = revive(Case, {**row["content"], **row["state"]})
        found = events.get((row["region"], row["id"]), ())
        yield Told(row["region"], row["id"], row["number"], case, tuple(found))


def keep(cursor: Cursor, facts: Mapping[tuple[str, str], CaseFacts]) -> None:
    """Counts cases (number, id → facts) in place of what was counted of them before."""
    if not facts:
        return
    rows = {"rows": Jsonb([as_row(number, case_id, one) for (number, case_id), one in facts.items()])}
    cursor.execute(f"WITH {_CHANGED}, {_SUMS} {_ADD_SUMS}", rows)
    cursor.execute(f"WITH {_CHANGED}, {_STOCK} {_ADD_STOCK}", rows)
    cursor.execute(_KEEP, rows)


def fill(cursor: Cursor, facts: Mapping[tuple[str, str], CaseFacts]) -> None:
    """Remembers facts without adding them up: `recount` does that for all at the end."""
    if facts:
        cursor.execute(
            _KEEP, {"rows": Jsonb([as_row(number, case_id, one) for (number, case_id), one in facts.items()])}
        )


def as_row(number: str, case_id: str, one: CaseFacts) -> dict[str, Any]:
    """Facts as the table keeps them."""
    days = ("submitted_on", "accepted_on", "decided_on", "delivered_on", "due", "law_due")
    kept: dict[str, Any] = {name: getattr(one, name) for name in days}
    return {
        "number": number,
        "case_id": case_id,
        **{name: getattr(one, name) for name in ("region", "item", "organ", "official", "channel")},
        **{name: day.isoformat() if day else None for name, day in kept.items()},
        **one.counted,
    }


def clear(cursor: Cursor) -> None:
    """Forgets everything that was counted."""
    for table in ("figure_sums", "figure_stock", "figure_cases"):
        cursor.execute(f"DELETE FROM {table}")


def recount(cursor: Cursor) -> None:
    """Adds up all that is remembered of cases, into sums that are empty."""
    cursor.execute(f"WITH {_ALL}, {_SUMS} {_ADD_SUMS}")
    cursor.execute(f"WITH {_ALL}, {_STOCK} {_ADD_STOCK}")


def next_cases(cursor: Cursor, after: tuple[str, str], most: int) -> list[tuple[str, str]]:
    """Region and id of the next cases behind one, by key: `("", <nil uuid>)` before the first."""
    cursor.execute(
        "SELECT region, id::text AS id FROM cases WHERE (region, id) > (%s, %s::uuid) ORDER BY region, id LIMIT %s",
        (*after, most),
    )
    return [(row["region"], row["id"]) for row in cursor]


def kept_rows(cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is remembered of these cases (region, id), as `as_row` gives it."""
    cursor.execute(
        "SELECT to_jsonb(f) AS row FROM figure_cases f"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON f.region = k.region AND f.case_id = k.id",
        ([key[0] for key in keys], [uuid.UUID(key[1]) for key in keys]),
    )
    return {(row["row"]["region"], row["row"]["case_id"]): row["row"] for row in cursor}


def differences(cursor: Cursor) -> int:
    """How many sums do not follow from what is remembered of cases; rows of nothing but 0 are as good as none."""
    nothing = f"({MEASURES_IN_ORDER}) = ({_joined('0' for _ in _NAMES)})"
    counted = 0
    for cte, table, columns, empty in (
        (_SUMS, "figure_sums", f"{_SUM_KEY}, {MEASURES_IN_ORDER}", nothing),
        (_STOCK, "figure_stock", f"{_STOCK_KEY}, number", "number = 0"),
    ):
        row = cursor.execute(
            f"WITH {_ALL}, {cte}, meant AS (SELECT {columns} FROM spread WHERE NOT {empty}),"
            f" kept AS (SELECT {columns} FROM {table} WHERE NOT {empty})"
            " SELECT count(*) AS found FROM ((TABLE meant EXCEPT ALL TABLE kept)"
            " UNION ALL (TABLE kept EXCEPT ALL TABLE meant)) AS different"
        ).fetchone()
        counted += int(row["found"]) if row else 0
    return counted


def end_of_journal(cursor: Cursor) -> tuple[int, int]:
    """The place (xid, position) of the last entry of a transaction that is surely over; (0, 0) of an empty journal."""
    row = cursor.execute(
        "SELECT xid::text::bigint AS xid, position FROM journal WHERE xid < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY journal.xid DESC, position DESC LIMIT 1"
    ).fetchone()
    return (int(row["xid"]), int(row["position"])) if row else (0, 0)
