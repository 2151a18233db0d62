"""The meter of asks: what was asked of each case, and the sums of a month by office and item.

Kept by a follower of the journal, entry by entry, so that no page has to count cases. A sum is over the rows these
eyes may see, and opens into exactly the cases it is made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from banjie.engine.codec import revive
from banjie.engine.sharing_repeats import Repeat, RepeatAsked
from banjie.records.database import Cursor, Database, Eyes


@dataclass(frozen=True, slots=True)
class Asked:
    """What one case was asked: required lines, those of them satisfied by what the city holds, fields filled in."""

    region: str
    case_id: str
    month: date
    office: str
    item: str
    item_name: str
    number: str
    required: int
    satisfied: int
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """The sums of an office and an item in a month."""

    region: str
    month: date
    office: str
    item: str
    item_name: str
    cases: int
    required: int
    satisfied: int
    filled: int
    repeated: int

    @property
    def avoided(self) -> int:
        """Asks avoided: papers that were not asked for and fields that were not typed."""
        return self.satisfied + self.filled


def once(cursor: Cursor, region: str, subject: str, seq: int) -> bool:
    """Whether an entry of the journal is counted for the first time."""
    cursor.execute(
        "INSERT INTO ask_counted (region, subject, seq) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (region, subject, seq),
    )
    return cursor.rowcount == 1


def count_case(cursor: Cursor, one: Asked) -> None:
    """Counts a case that was handed in."""
    cursor.execute(
        "INSERT INTO ask_lines (region, case_id, month, office, item, item_name, number, required, satisfied)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            *(one.region, one.case_id, one.month, one.office, one.item, one.item_name, one.number),
            *(one.required, one.satisfied),
        ),
    )
    if cursor.rowcount == 1:
        _add(cursor, one.region, one.month, one.office, one.item, one.item_name, 1, one.required, one.satisfied, 0, 0)


def count_filled(cursor: Cursor, region: str, case_id: str, number: int) -> None:
    """Counts fields of a case that were handed in as a source had answered them."""
    row = cursor.execute(
        "UPDATE ask_lines SET filled = filled + %s WHERE region = %s AND case_id = %s"
        " RETURNING month, office, item, item_name",
        (number, region, case_id),
    ).fetchone()
    if row is not None:
        _add(cursor, region, row["month"], row["office"], row["item"], row["item_name"], 0, 0, 0, number, 0)


def count_repeat(cursor: Cursor, region: str, month: date, said: RepeatAsked) -> None:
    """Counts a repeated ask."""
    _add(cursor, region, month, said.office, said.item, said.item_name, 0, 0, 0, 0, 1)


def _add(  # One argument for each column of the sums.
    cursor: Cursor,
    region: str,
    month: date,
    office: str,
    item: str,
    item_name: str,
    cases: int,
    required: int,
    satisfied: int,
    filled: int,
    repeated: int,
) -> None:
    cursor.execute(
        "INSERT INTO ask_figures AS f (region, month, office, item, item_name, cases, required, satisfied, filled,"
        " repeated) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (region, month, office, item) DO UPDATE SET item_name = EXCLUDED.item_name,"
        " cases = f.cases + EXCLUDED.cases, required = f.required + EXCLUDED.required,"
        " satisfied = f.satisfied + EXCLUDED.satisfied, filled = f.filled + EXCLUDED.filled,"
        " repeated = f.repeated + EXCLUDED.repeated",
        (region, month, office, item, item_name, cases, required, satisfied, filled, repeated),
    )


# --- read ---

_BELOW: Final = (
    "region IN (WITH RECURSIVE below AS (SELECT %(region)s::text AS code"
    " UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code WHERE r.level <= 4)"
    " SELECT code FROM below)"
)


def of_month(database: Database, eyes: Eyes, region: str, month: date) -> tuple[Figure, ...]:
    """The sums of a region and the regions below it in a month, by office and item."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, month, office, item, item_name, cases, required, satisfied, filled, repeated"  # noqa: S608 — a constant.
            f" FROM ask_figures WHERE {_BELOW} AND month = %(month)s ORDER BY office, item",
            {"region": region, "month": month},
        )
        return tuple(Figure(**row) for row in cursor)


def months(database: Database, eyes: Eyes, region: str, most: int = 24) -> tuple[date, ...]:
    """The months there are sums of, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT DISTINCT month FROM ask_figures WHERE {_BELOW} ORDER BY month DESC LIMIT %(most)s",  # noqa: S608 — a constant.
            {"region": region, "most": most},
        )
        return tuple(row["month"] for row in cursor)


def cases_of(
    database: Database,
    eyes: Eyes,
    region: str,
    month: date,
    *,
    office: str = "",
    item: str = "",
    after: str = "",
    most: int = 50,
) -> tuple[Asked, ...]:
    """The cases a month's sums are made of, by number; of one office, of one item, behind a number."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, case_id::text AS case_id, month, office, item, item_name, number, required, satisfied,"  # noqa: S608 — a constant.
            f" filled FROM ask_lines WHERE {_BELOW} AND month = %(month)s AND (%(office)s = '' OR office = %(office)s)"
            " AND (%(item)s = '' OR item = %(item)s) AND number > %(after)s ORDER BY number LIMIT %(most)s",
            {"region": region, "month": month, "office": office, "item": item, "after": after, "most": most},
        )
        return tuple(Asked(**row) for row in cursor)


def repeats_of(
    database: Database, eyes: Eyes, region: str, month: date, *, office: str = "", item: str = "", most: int = 100
) -> Sequence[tuple[str, RepeatAsked]]:
    """The repeated asks of a month with their regions, the latest first; of one office, of one item."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT region, state FROM repeats WHERE {_BELOW} AND month = %(month)s"  # noqa: S608 — a constant.
            " AND (%(office)s = '' OR office = %(office)s) AND (%(item)s = '' OR item = %(item)s)"
            " ORDER BY at DESC, id LIMIT %(most)s",
            {"region": region, "month": month, "office": office, "item": item, "most": most},
        )
        return [(row["region"], said) for row in cursor if (said := _said(row["state"])) is not None]


def _said(state: Any) -> RepeatAsked | None:
    return revive(Repeat, state).said
