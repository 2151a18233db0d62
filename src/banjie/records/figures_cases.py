"""A figure opens to its cases: the list behind each sum, by the same rows the sum was made of, under the same policy.

Pages go on from the last line; an export reads all of it through a cursor of the server, in bounded memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

from banjie.engine.cases import Stage
from banjie.engine.figures import MEASURE, Moment, Period
from banjie.records.database import Cursor, Database, Eyes
from banjie.records.figures import masked_name
from banjie.records.figures_boards import Scope

STOCKS = ("open", "late", "late_by_law")
"""Stock figures of today, beside the measures of a period."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Which cases are meant: those that count in a measure in a period, or a stock as of `today`, narrowed down."""

    measure: str
    period: Period | None
    today: date
    item: str = ""
    official: str = ""
    channel: str = ""
    without: str = ""
    """Leaves out those that count in this measure as well: decided without on_time are those decided late."""


@dataclass(frozen=True, slots=True)
class Line:
    """A case behind a figure. `holder_name` is masked; `value` is what it counts, `day` when."""

    region: str
    case_id: str
    number: str
    item_name: str
    organ: str
    organ_name: str
    holder_name: str
    stage: Stage
    official: str
    channel: str
    submitted_on: date
    accepted_on: date | None
    decided_on: date | None
    promised_due: date | None
    used_days: int
    promised_days: int
    value: int
    day: date


_LINES: LiteralString = """
    SELECT l.*, c.item_name, coalesce(o.name, l.organ) AS organ_name, c.holder_name, c.stage, c.promised_due
    FROM unnest(%(regions)s::text[]) AS place(code) CROSS JOIN LATERAL (
        SELECT region, case_id, number, organ, official, channel, submitted_on, accepted_on, decided_on, used_days,
            promised_days, {value} AS value, {day} AS day
        FROM figure_cases f WHERE f.region = place.code AND {conditions} ORDER BY {day} DESC, case_id DESC {limit}) AS l
    JOIN cases c ON c.region = l.region AND c.id = l.case_id
    LEFT JOIN organs o ON o.code = l.organ ORDER BY l.day DESC, l.case_id DESC {limit}
"""

_STOCK: dict[str, tuple[LiteralString, LiteralString]] = {
    "open": ("due", "due IS NOT NULL"),
    "late": ("due", "due < %(today)s"),
    "late_by_law": ("law_due", "law_due < %(today)s"),
}
_DAY: dict[Moment, LiteralString] = {
    Moment.SUBMITTED: "submitted_on",
    Moment.ACCEPTED: "accepted_on",
    Moment.DECIDED: "decided_on",
    Moment.DELIVERED: "delivered_on",
}
# A measure by its name in the query, which is never what somebody sent.
_VALUE: dict[str, LiteralString] = {name: name for name in MEASURE}


def _query(where: Scope, behind: Behind, *, after: bool, limit: bool) -> tuple[LiteralString, dict[str, Any]]:
    if behind.measure in _STOCK:
        day, condition = _STOCK[behind.measure]
        value: LiteralString = "1"
    else:
        day = _DAY[MEASURE[behind.measure].on]
        value, condition = _VALUE[behind.measure], f"{day} >= %(from)s AND {day} < %(until)s"
    conditions = condition
    if behind.measure in _VALUE:
        conditions += f" AND {value} <> 0"
    if behind.without in _VALUE:
        conditions += f" AND {_VALUE[behind.without]} = 0"
    for name in ("organ", "item", "official", "channel"):
        if where.organ if name == "organ" else getattr(behind, name):
            conditions += _IS[name]
    if after:
        conditions += f" AND ({day}, case_id) < (%(after_day)s, %(after_id)s::uuid)"
    query = (
        _LINES.replace("{value}", value)
        .replace("{day}", day)
        .replace("{conditions}", conditions)
        .replace("{limit}", "LIMIT %(most)s" if limit else "")
    )
    period = behind.period
    return query, {
        "regions": list(where.regions),
        "organ": where.organ,
        "today": behind.today,
        "from": period.first if period else None,
        "until": period.end if period else None,
        **{name: getattr(behind, name) for name in ("item", "official", "channel")},
    }


_IS: dict[str, LiteralString] = {
    "organ": " AND organ = %(organ)s",
    "item": " AND item = %(item)s",
    "official": " AND official = %(official)s",
    "channel": " AND channel = %(channel)s",
}


def page(
    cursor: Cursor, where: Scope, behind: Behind, *, after: tuple[date, str] | None = None, most: int = 50
) -> tuple[Line, ...]:
    """The next lines behind (day, case id) of the last one, the latest first."""
    query, asked = _query(where, behind, after=after is not None, limit=True)
    day, case_id = after or (None, None)
    rows = cursor.execute(query, {**asked, "after_day": day, "after_id": case_id, "most": most}).fetchall()
    return tuple(map(_line, rows))


@contextmanager
def every(database: Database, eyes: Eyes, where: Scope, behind: Behind) -> Iterator[Iterator[Line]]:
    """All lines, one after the other, while the context lasts; a thousand in memory at a time."""
    query, asked = _query(where, behind, after=False, limit=False)
    with database.seen_by(eyes) as cursor, cursor.connection.cursor("cases_behind") as reader:
        reader.itersize = 1000
        reader.execute(query, asked)
        yield map(_line, reader)


def _line(row: dict[str, Any]) -> Line:
    return Line(
        **{
            **row,
            "case_id": str(row["case_id"]),
            "stage": Stage(row["stage"]),
            "holder_name": masked_name(row["holder_name"]),
        }
    )
