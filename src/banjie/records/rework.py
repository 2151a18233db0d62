"""差错: what was returned for rework as somebody's mistake. One sees one's own; the head sees her office's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from banjie.engine.error_classes import ErrorClass
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One mistake. `account` made it in `office`; `found_by` returned the work; `is_new` she was new or untrained."""

    region: str
    case_id: str
    seq: int
    number: str
    item: str
    item_name: str
    office: str
    account: str
    error: ErrorClass
    step_name: str
    reason: str
    found_by: str
    day: date
    is_new: bool


@dataclass(frozen=True, slots=True)
class ErrorSums:
    """Mistakes of a period [first, after): all, those by new or untrained staff, and by class."""

    total: int
    by_new: int
    by_class: Mapping[ErrorClass, int]

    @property
    def share_of_new(self) -> float | None:
        """Which part of them new staff made, 0 to 1; None when there were none."""
        return self.by_new / self.total if self.total else None


_COLUMNS: Final = (
    "region, case_id::text AS case_id, seq, number, item, item_name, office, account, error, step_name, reason,"
    " found_by, day, is_new"
)


def keep(database: Database, row: ErrorRow) -> None:
    """Writes a mistake down, once for each return."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO rework_errors (region, case_id, seq, number, item, item_name, office, account, error,"
            " step_name, reason, found_by, day, is_new)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                row.region,
                row.case_id,
                row.seq,
                row.number,
                row.item,
                row.item_name,
                row.office,
                row.account,
                row.error.value,
                row.step_name,
                row.reason,
                row.found_by,
                row.day,
                row.is_new,
            ),
        )


def seen(database: Database, eyes: Eyes, *, since: date, most: int = 200) -> tuple[ErrorRow, ...]:
    """The mistakes these eyes may see since that day, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM rework_errors WHERE day >= %s ORDER BY day DESC, case_id LIMIT %s",  # noqa: S608 — a constant.
            (since, most),
        )
        return tuple(ErrorRow(**{**row, "error": ErrorClass(row["error"])}) for row in cursor)


def new_staff_errors(
    database: Database, regions: Sequence[str], first: date, after: date, *, office: str = ""
) -> ErrorSums:
    """The sums of these regions (of one office, if named) for days from `first` until before `after`.

    Counts alone and no names: whoever may see the figure of a region may see this. 新人差错率, domain formula: those by
    new staff over all cases by new staff; the latter is the board's to count.
    """
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT error, count(*) AS many, count(*) FILTER (WHERE is_new) AS by_new FROM rework_errors"
            " WHERE region = ANY(%(regions)s) AND (%(office)s = '' OR office = %(office)s)"
            " AND day >= %(first)s AND day < %(after)s GROUP BY error",
            {"regions": list(regions), "office": office, "first": first, "after": after},
        )
        rows = cursor.fetchall()
    return ErrorSums(
        sum(row["many"] for row in rows),
        sum(row["by_new"] for row in rows),
        {ErrorClass(row["error"]): row["many"] for row in rows},
    )
