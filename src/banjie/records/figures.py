"""Figures of a city or a district, for those who watch over it (domain: indicator formulas).

A period is half-open, from its first day to the day after its last. A region's figures are sums over itself and the
regions below it: numerators and denominators are added, rates are never averaged. Everything is counted over what
the looking eyes may see, so no figure can tell more than the list it opens into.

On time is a case decided no later than the promised due day, which its pauses and its extension have moved already;
that is the same as used days ≤ promised days. Stock counts open cases only, and each query says so in words that an
index over open cases can answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

from banjie.engine.cases import CLOSED, Stage
from banjie.records.database import Cursor, Database, Eyes


@dataclass(frozen=True, slots=True)
class StageFigures:
    """How many open cases stand in a stage."""

    stage: Stage
    in_hand: int


@dataclass(frozen=True, slots=True)
class OrganFigures:
    """The open cases of an organ: all, those late by the promise, those late by the law."""

    organ: str
    name: str
    in_hand: int
    late: int
    late_by_law: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A region's figures on a day; those of the month run from its first day to this one, inclusive."""

    today: date
    month_from: date
    in_hand: int
    late: int
    """超期件数: open, undecided, past the promised day."""
    late_by_law: int
    """法定超期."""
    decided: int
    decided_on_time: int
    by_silence: int
    """Accepted this month because nobody answered within five days (行政许可法第三十二条)."""
    by_stage: tuple[StageFigures, ...]
    by_organ: tuple[OrganFigures, ...]
    """The most late cases first."""

    @property
    def on_time_rate(self) -> float | None:
        """按期办结率 of the month, 0 to 1; None while nothing has been decided."""
        return self.decided_on_time / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class LateCase:
    """A late case. `holder_name` is masked: who watches over offices need not know who applied."""

    region: str
    number: str
    item_name: str
    organ: str
    organ_name: str
    stage: Stage
    holder_name: str
    promised_due: date | None
    statutory_due: date | None
    late: tuple[str, ...]
    """The clocks that ran out, as the case remembers them (TL, TP, TS:step …)."""
    by_law: bool


# Constants of the engine, spelled out in the queries so that the index over open cases fits letter for letter.
_OPEN: LiteralString = (
    "stage NOT IN ('returned', 'not_required', 'rejected_entry', 'delivered', 'withdrawn', 'terminated')"
)
_REVIEW: LiteralString = "stage IN ('accepted', 'in_review', 'special')"

# While a special procedure runs, a stopped clock's due day moves with every day and the stored one is behind; then only
# what the worker has marked counts. Everything else is late by its day, whether the worker has been round or not.
_LATE: LiteralString = (
    "({review} AND ((stage <> 'special' AND promised_due < %(today)s) OR 'TP' = ANY (late) OR 'TL' = ANY (late)))"
).replace("{review}", _REVIEW)
_LATE_BY_LAW: LiteralString = (
    "({review} AND ((stage <> 'special' AND statutory_due < %(today)s) OR 'TL' = ANY (late)))"
).replace("{review}", _REVIEW)

_BELOW: LiteralString = """
    WITH RECURSIVE below AS (
        SELECT %(region)s::text AS code
        UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code WHERE r.level <= 4)
    SELECT code FROM below
"""

_STOCK: LiteralString = (
    """
    SELECT organ, stage, count(*) AS in_hand, count(*) FILTER (WHERE {late}) AS late,
        count(*) FILTER (WHERE {late_by_law}) AS late_by_law
    FROM cases WHERE region = ANY (%(regions)s) AND {open} GROUP BY organ, stage
""".replace("{late}", _LATE)
    .replace("{late_by_law}", _LATE_BY_LAW)
    .replace("{open}", _OPEN)
)

_DECIDED: LiteralString = """
    SELECT count(*) AS decided, count(*) FILTER (WHERE decided_on <= promised_due) AS on_time
    FROM cases WHERE region = ANY (%(regions)s) AND decided_on >= %(from)s AND decided_on <= %(today)s
"""

_SILENT: LiteralString = """
    SELECT count(*) AS number FROM cases
    WHERE region = ANY (%(regions)s) AND accepted_on >= %(from)s AND accepted_on <= %(today)s
      AND state ->> 'silent' = 'true'
"""

_LATE_CASES: LiteralString = (
    """
    SELECT region, number, item_name, organ, coalesce(o.name, organ) AS organ_name, stage, holder_name, promised_due,
        statutory_due, late, {late_by_law} AS by_law
    FROM cases LEFT JOIN (SELECT code, name FROM organs) AS o ON o.code = organ
    WHERE region = ANY (%(regions)s) AND {open} AND {late} AND (%(organ)s::text IS NULL OR organ = %(organ)s)
    ORDER BY promised_due, number LIMIT %(most)s
""".replace("{late}", _LATE)
    .replace("{late_by_law}", _LATE_BY_LAW)
    .replace("{open}", _OPEN)
)


def city(database: Database, eyes: Eyes, today: date, region: str) -> Figures:
    """The figures of a region and all below it, as far as these eyes may see its cases."""
    month_from = today.replace(day=1)
    with database.seen_by(eyes) as cursor:
        place: dict[str, Any] = {"regions": _regions(cursor, region), "today": today, "from": month_from}
        stock = cursor.execute(_STOCK, place).fetchall()
        decided = cursor.execute(_DECIDED, place).fetchone() or {"decided": 0, "on_time": 0}
        silent = cursor.execute(_SILENT, place).fetchone() or {"number": 0}
        cursor.execute("SELECT code, name FROM organs WHERE code = ANY (%s)", ([row["organ"] for row in stock],))
        names = {row["code"]: row["name"] for row in cursor}
    return Figures(
        today=today,
        month_from=month_from,
        in_hand=_total(stock, "in_hand"),
        late=_total(stock, "late"),
        late_by_law=_total(stock, "late_by_law"),
        decided=decided["decided"],
        decided_on_time=decided["on_time"],
        by_silence=silent["number"],
        by_stage=tuple(
            StageFigures(stage, _total([row for row in stock if row["stage"] == stage.value], "in_hand"))
            for stage in Stage
            if stage not in CLOSED and stage is not Stage.DRAFT
        ),
        by_organ=_organs(stock, names),
    )


def late(
    database: Database, eyes: Eyes, today: date, region: str, *, organ: str | None = None, most: int = 100
) -> tuple[LateCase, ...]:
    """The late cases of a region and all below it, of one organ when it is named, the longest late first."""
    with database.seen_by(eyes) as cursor:
        place = {"regions": _regions(cursor, region), "today": today, "organ": organ, "most": most}
        rows = cursor.execute(_LATE_CASES, place).fetchall()
    return tuple(
        LateCase(
            **{
                **row,
                "stage": Stage(row["stage"]),
                "late": tuple(row["late"]),
                "holder_name": masked_name(row["holder_name"]),
            }
        )
        for row in rows
    )


def masked_name(name: str) -> str:
    """A name only its bearer will recognise: its first sign (李*), of a longer one also the last two (澜*****公司)."""
    if len(name) <= 4:
        return name[:1] + "*" * (len(name) - 1)
    return name[:1] + "*" * (len(name) - 3) + name[-2:]


def _regions(cursor: Cursor, region: str) -> list[str]:
    return [row["code"] for row in cursor.execute(_BELOW, {"region": region})]


def _organs(stock: Sequence[dict[str, Any]], names: dict[str, str]) -> tuple[OrganFigures, ...]:
    organs = []
    for organ in dict.fromkeys(row["organ"] for row in stock):
        rows = [row for row in stock if row["organ"] == organ]
        sums = (_total(rows, word) for word in ("in_hand", "late", "late_by_law"))
        organs.append(OrganFigures(organ, names.get(organ, organ), *sums))
    return tuple(sorted(organs, key=lambda found: (-found.late, -found.in_hand, found.organ)))


def _total(rows: Sequence[dict[str, Any]], word: str) -> int:
    return sum(row[word] for row in rows)
