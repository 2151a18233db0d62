"""效能等次: the numbers a grade rests on, counted over a quarter, and the grades that were frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, LiteralString

from banjie.engine.codec import revive
from banjie.engine.delay_causes import Cause
from banjie.engine.grades import Graded, GradeFrozen, Numbers, Whose
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

GRADES: Final = Table("grade", "grades", Graded)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a grade is of."""

    region: str
    of: str
    name: str


def organs_with_cases(
    database: Database, eyes: Eyes, regions: Sequence[str], first: date, after: date
) -> tuple[Subject, ...]:
    """The organs that decided a case or were shown a card in a quarter, as far as these eyes may see them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT o.region, o.code AS of, o.name FROM organs o WHERE o.region = ANY(%(regions)s) AND"
            " (EXISTS (SELECT 1 FROM cases c WHERE c.region = o.region AND c.organ = o.code"
            "          AND c.decided_on >= %(first)s AND c.decided_on < %(after)s)"
            "  OR EXISTS (SELECT 1 FROM cards k WHERE k.organ = o.code AND k.shown_on >= %(first)s"
            "             AND k.shown_on < %(after)s)) ORDER BY o.region, o.code",
            {"regions": list(regions), "first": first, "after": after},
        )
        return tuple(Subject(**row) for row in cursor)


# The worst a card came to counts in the quarter in which it came to it; a withdrawn one has come to nothing.
_CARDS: Final[LiteralString] = """
    SELECT count(*) FILTER (WHERE highest = 2 AND shown_on >= %(first)s AND shown_on < %(after)s) AS yellow,
        count(*) FILTER (WHERE highest = 3 AND red_on >= %(first)s AND red_on < %(after)s) AS red,
        count(*) FILTER (WHERE highest = 4 AND red_on >= %(first)s AND red_on < %(after)s) AS statutory,
        count(*) FILTER (WHERE highest = 3 AND red_on >= %(first)s AND red_on < %(after)s AND EXISTS (
            SELECT 1 FROM delays d WHERE d.region = cards.region AND d.case_id = cards.case_id
                AND d.status = 'confirmed' AND d.cause = ANY(%(excused)s))) AS excused
    FROM cards WHERE {whose} = %(of)s AND status <> 'withdrawn'
        AND (shown_on >= %(first)s AND shown_on < %(after)s OR red_on >= %(first)s AND red_on < %(after)s)
"""

_ORGAN: Final[LiteralString] = """
    SELECT (SELECT count(*) FROM cases WHERE region = %(region)s AND organ = %(of)s AND decided_on >= %(first)s
            AND decided_on < %(after)s) AS decided,
        (SELECT count(*) FROM cases WHERE region = %(region)s AND organ = %(of)s AND decided_on >= %(first)s
            AND decided_on < %(after)s AND decided_on <= promised_due) AS on_time,
        (SELECT count(*) FROM orders WHERE organ = %(of)s AND issued_at >= %(first)s AND issued_at < %(after)s
            AND was_late) AS late_orders,
        (SELECT count(*) FROM delays WHERE organ = %(of)s AND found_on >= %(first)s AND found_on < %(after)s
            AND ended_on IS NOT NULL AND cause = '') AS no_cause
"""

_OFFICIAL: Final[LiteralString] = """
    SELECT count(*) AS decided, count(*) FILTER (WHERE c.decided_on <= c.promised_due) AS on_time,
        (SELECT count(*) FROM orders WHERE account = %(of)s AND issued_at >= %(first)s AND issued_at < %(after)s
            AND was_late) AS late_orders,
        (SELECT count(*) FROM delays WHERE account = %(of)s AND found_on >= %(first)s AND found_on < %(after)s
            AND ended_on IS NOT NULL AND cause = '') AS no_cause
    FROM clock_acts a JOIN cases c ON c.region = a.region AND c.id = a.case_id
    WHERE a.actor = %(of)s AND a.day >= %(first)s AND a.day < %(after)s AND a.kind IN ('Approved', 'Denied')
"""


def numbers(
    database: Database,
    eyes: Eyes,
    whose: Whose,
    region: str,
    of: str,
    first: date,
    after: date,
    excused: frozenset[Cause],
) -> Numbers:
    """What the grade of an organ, or of an official, rests on in a quarter."""
    values = {"region": region, "of": of, "first": first, "after": after, "excused": [one.value for one in excused]}
    sums, column = (_ORGAN, "organ") if whose is Whose.ORGAN else (_OFFICIAL, "account")
    with database.seen_by(eyes) as cursor:
        counted = cursor.execute(sums, values).fetchone() or {}
        shown = cursor.execute(_CARDS.replace("{whose}", column).encode(), values).fetchone() or {}
    return Numbers(**counted, **shown)


def officials(database: Database) -> tuple[Subject, ...]:
    """Everybody with a post at a desk: for the platform itself, which grades each for her own eyes."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (p.account) p.region, p.account AS of, coalesce(a.display_name, p.account) AS name"
            " FROM posts p LEFT JOIN records_account a ON a.key = p.account"
            " WHERE p.role IN ('window', 'reviewer', 'decider', 'head') ORDER BY p.account, p.region"
        )
        return tuple(Subject(**row) for row in cursor)


def frozen(database: Database, eyes: Eyes, quarter: date, whose: Whose, most: int = 500) -> tuple[GradeFrozen, ...]:
    """The grades of a quarter that were frozen, as far as these eyes may see them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT state FROM grades WHERE quarter = %s AND whose = %s LIMIT %s", (quarter, whose.value, most)
        )
        return tuple(said for row in cursor if (said := revive(Graded, row["state"]).said) is not None)


def own(database: Database, eyes: Eyes, most: int = 8) -> tuple[GradeFrozen, ...]:
    """The account's own grades, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT state FROM grades WHERE whose = 'official' AND of = %s ORDER BY quarter DESC LIMIT %s",
            (eyes.account, most),
        )
        return tuple(said for row in cursor if (said := revive(Graded, row["state"]).said) is not None)
