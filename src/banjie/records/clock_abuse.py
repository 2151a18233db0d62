"""异常办理: what happened to clocks on a day, searched by pattern. Each search reads one day of an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString

from banjie.engine.clock_abuse import Finding, Pattern, Search
from banjie.engine.codec import revive
from banjie.records.database import Database, Eyes, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

FINDINGS: Final = Table("finding", "findings", Finding)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found: one official of one organ, with the cases (identifier, number)."""

    region: str
    organ: str
    official: str
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with where it is kept."""

    id: str
    region: str
    finding: Finding


# What the day's acts of one kind are; every search begins there, and names the official who acted.
_DAY: Final[LiteralString] = """
    WITH acts AS (
        SELECT a.region, a.case_id, a.seq, a.at, a.actor, a.kind, c.number, c.organ, c.holder, c.item
        FROM clock_acts a JOIN cases c ON c.region = a.region AND c.id = a.case_id
        WHERE a.region = ANY (SELECT code FROM regions WHERE level <= 4) AND a.day = %(day)s AND a.kind = ANY(%(kinds)s)
            AND a.actor <> 'system')
"""

_GROUPED: Final[LiteralString] = """
    SELECT region, organ, actor AS official, jsonb_agg(DISTINCT jsonb_build_array(case_id, number)) AS cases
    FROM found GROUP BY region, organ, actor ORDER BY region, organ, actor
"""

# The limit that ran when an act was done is the one told by the last event before it that told one.
_TOLD: Final[LiteralString] = """
    JOIN LATERAL (SELECT t.due_on FROM clock_acts t
        WHERE t.region = a.region AND t.case_id = a.case_id AND t.seq < a.seq AND t.kind = ANY(%(told)s)
        ORDER BY t.seq DESC LIMIT 1) told ON told.due_on - %(day)s BETWEEN 0 AND %(days)s
"""

_BEFORE_LIMIT: Final[LiteralString] = f", found AS (SELECT a.* FROM acts a {_TOLD})"  # noqa: S608 — constants of this file.

_BY_PATTERN: Final[dict[Pattern, tuple[list[str], list[str], LiteralString]]] = {
    Pattern.LATE_CORRECTION: (
        ["CorrectionAsked"],
        ["Submitted", "Resubmitted"],
        _BEFORE_LIMIT,
    ),
    Pattern.LATE_STOP: (["SpecialStarted"], ["Accepted"], _BEFORE_LIMIT),
    Pattern.REPEATED_STOPS: (
        ["SpecialStarted"],
        [],
        """, found AS (SELECT a.* FROM acts a WHERE (SELECT count(*) FROM clock_acts s
            WHERE s.region = a.region AND s.case_id = a.case_id AND s.kind = 'SpecialStarted' AND s.seq <= a.seq)
            >= %(times)s)""",
    ),
    Pattern.RETURN_AND_RESUBMIT: (
        ["Submitted"],
        [],
        # Whoever returned the earlier case is the one to ask, and both cases belong to the finding.
        """, pairs AS (
            SELECT a.region, r.organ, back.actor, a.case_id AS new_id, a.number AS new_number, r.id AS old_id,
                r.number AS old_number
            FROM acts a JOIN cases r ON r.holder = a.holder AND r.item = a.item AND r.region = a.region
                AND r.id <> a.case_id AND r.stage = 'returned'
            JOIN clock_acts back ON back.region = r.region AND back.case_id = r.id AND back.kind = 'Returned'
                AND back.day BETWEEN %(day)s - %(days)s AND %(day)s AND back.at <= a.at AND back.actor <> 'system'
                AND EXISTS (SELECT 1 FROM posts p WHERE p.account = back.actor)),
        found AS (SELECT region, organ, actor, new_id AS case_id, new_number AS number FROM pairs
            UNION SELECT region, organ, actor, old_id, old_number FROM pairs)""",
    ),
    Pattern.BATCH: (
        ["Approved", "Denied"],
        [],
        """, spans AS (SELECT a.*, count(*) OVER (PARTITION BY a.region, a.actor ORDER BY a.at
                RANGE BETWEEN CURRENT ROW AND make_interval(secs => %(seconds)s) FOLLOWING) AS next FROM acts a),
        starts AS (SELECT region, actor, at FROM spans WHERE next >= %(times)s),
        found AS (SELECT a.* FROM acts a WHERE EXISTS (SELECT 1 FROM starts s WHERE s.region = a.region
            AND s.actor = a.actor AND a.at >= s.at AND a.at <= s.at + make_interval(secs => %(seconds)s)))""",
    ),
    Pattern.SAME_DAY_DECISION: (
        ["Approved", "Denied"],
        [],
        """, found AS (SELECT a.* FROM acts a WHERE EXISTS (SELECT 1 FROM clock_acts s WHERE s.region = a.region
            AND s.case_id = a.case_id AND s.kind = 'SpecialEnded' AND s.day = %(day)s AND s.seq < a.seq))""",
    ),
}


def search(database: Database, wanted: Search, day: date) -> tuple[Found, ...]:
    """What one pattern finds on a day, of the whole city: for the platform itself."""
    kinds, told, found = _BY_PATTERN[wanted.pattern]
    values: dict[str, Any] = {
        "day": day,
        "kinds": kinds,
        "told": told,
        "days": wanted.days,
        "times": wanted.times,
        "seconds": wanted.seconds,
    }
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(_DAY + found + _GROUPED, values)
        return tuple(
            Found(row["region"], row["organ"], row["official"], tuple((one[0], one[1]) for one in row["cases"]))
            for row in cursor
        )


_FINDING: Final[LiteralString] = "SELECT id::text AS id, region, state FROM findings"


def _finding(row: Row) -> FindingRow:
    return FindingRow(row["id"], row["region"], revive(Finding, row["state"]))


def find(database: Database, eyes: Eyes, region: str, finding: str) -> FindingRow | None:
    """The finding of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_FINDING} WHERE region = %s AND id = %s", (region, finding)).fetchone()
    return _finding(row) if row else None


def of_regions(database: Database, eyes: Eyes, regions: Sequence[str], most: int = 100) -> tuple[FindingRow, ...]:
    """The findings of these regions, those to be looked into first, then the latest."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"({_FINDING} WHERE region = ANY(%(regions)s) AND status = 'open' ORDER BY day DESC, id LIMIT %(most)s)"
            f" UNION ALL ({_FINDING} WHERE region = ANY(%(regions)s) AND status <> 'open'"
            " ORDER BY day DESC, id LIMIT %(most)s)",
            {"regions": list(regions), "most": most},
        )
        return tuple(_finding(row) for row in cursor)[:most]
