"""What a board reads: sums and stock of a region or an organ, as far as the looking eyes may see them.

Every query names its rows by the leading columns of a key, so it reads as many as the answer has, however many cases
lie behind them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, LiteralString

from banjie.engine.figures import MEASURES, Period, Stock, Sums, added
from banjie.records.database import Cursor
from banjie.records.figures_kept import MEASURES_IN_ORDER


class By(StrEnum):
    """How a figure is taken apart."""

    REGION = "region"
    ORGAN = "organ"
    ITEM = "item"
    OFFICIAL = "official"
    CHANNEL = "channel"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a board is about: a region with all below it (`regions`), or one organ's part of it."""

    region: str
    regions: tuple[str, ...]
    organ: str = ""

    @property
    def cut(self) -> str:
        """The cut of the sums in which it stands as a whole."""
        return "organ" if self.organ else "region"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a figure: by which key, of which organ where that matters, its sums."""

    key: str
    sums: Sums
    organ: str = ""


_BELOW: LiteralString = """
    WITH RECURSIVE below AS (
        SELECT %(region)s::text AS code
        UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code WHERE r.level <= 4)
    SELECT code FROM below
"""


def scope(cursor: Cursor, region: str, organ: str = "") -> Scope:
    """The scope of a region and all below it, or of an organ there."""
    return Scope(region, tuple(row["code"] for row in cursor.execute(_BELOW, {"region": region})), organ)


_ROWS: LiteralString = (
    f"SELECT region, period, organ, key, {MEASURES_IN_ORDER} FROM figure_sums"  # noqa: S608 — names of the engine.
    " WHERE region = ANY (%(regions)s) AND cut = %(cut)s AND grain = %(grain)s AND period = ANY (%(periods)s)"
    " AND (%(organ)s = '' OR organ = %(organ)s)"
)


def totals(cursor: Cursor, where: Scope, periods: Sequence[Period]) -> dict[Period, Sums]:
    """The sums of each period; those of one grain only."""
    rows = _rows(cursor, where, where.cut, periods)
    return {one: added(_sums(row) for row in rows if row["period"] == one.first) for one in periods}


def parts(cursor: Cursor, where: Scope, period: Period, by: By) -> tuple[Part, ...]:
    """A period's sums taken apart, not by period: see `totals`."""
    cut = where.cut if by is By.REGION else by.value
    rows = _rows(cursor, where, cut, (period,))
    name = {By.REGION: "region", By.ORGAN: "organ"}.get(by, "key")
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row[name], []).append(row)
    return tuple(Part(key, added(map(_sums, found)), organ=found[0]["organ"]) for key, found in sorted(grouped.items()))


def _rows(cursor: Cursor, where: Scope, cut: str, periods: Sequence[Period]) -> list[dict[str, Any]]:
    asked = {
        "regions": list(where.regions),
        "organ": where.organ,
        "cut": cut,
        "grain": periods[0].grain.value,
        "periods": [one.first for one in periods],
    }
    return cursor.execute(_ROWS, asked).fetchall()


def _sums(row: dict[str, Any]) -> dict[str, int]:
    return {one.name: row[one.name] for one in MEASURES}


_STOCK: LiteralString = """
    SELECT region, organ, key, sum(number) FILTER (WHERE clock = '') AS open,
        sum(number) FILTER (WHERE clock = 'TP') AS late, sum(number) FILTER (WHERE clock = 'TL') AS late_by_law
    FROM figure_stock WHERE region = ANY (%(regions)s) AND cut = %(cut)s AND (%(organ)s = '' OR organ = %(organ)s)
        AND (clock = '' OR (clock = 'TP' AND due < %(today)s) OR (clock = 'TL' AND due < %(today)s))
    GROUP BY region, organ, key
"""


def stock(cursor: Cursor, where: Scope, today: date) -> Stock:
    """What is open, and late, on a day."""
    return _whole(_stock_rows(cursor, where, where.cut, today))


def stock_parts(cursor: Cursor, where: Scope, today: date, by: By) -> dict[str, Stock]:
    """The same taken apart by region, organ, item or channel; by official and period there is none."""
    if by in (By.OFFICIAL, By.PERIOD):
        return {}
    rows = _stock_rows(cursor, where, where.cut if by is By.REGION else by.value, today)
    name = {By.REGION: "region", By.ORGAN: "organ"}.get(by, "key")
    return {key: _whole(row for row in rows if row[name] == key) for key in dict.fromkeys(row[name] for row in rows)}


def _stock_rows(cursor: Cursor, where: Scope, cut: str, today: date) -> list[dict[str, Any]]:
    asked = {"regions": list(where.regions), "organ": where.organ, "cut": cut, "today": today}
    return cursor.execute(_STOCK, asked).fetchall()


def _whole(rows: Iterable[dict[str, Any]]) -> Stock:
    whole = Stock()
    for row in rows:
        whole += Stock(*(int(row[name] or 0) for name in ("open", "late", "late_by_law")))
    return whole


def periods_kept(cursor: Cursor, where: Scope, grain: str, most: int = 36) -> tuple[date, ...]:
    """The first days of the periods there are sums of, the latest first."""
    cursor.execute(
        "SELECT DISTINCT period FROM figure_sums WHERE region = ANY (%s) AND cut = %s AND grain = %s"
        " AND (%s = '' OR organ = %s) ORDER BY period DESC LIMIT %s",
        (list(where.regions), where.cut, grain, where.organ, where.organ, most),
    )
    return tuple(row["period"] for row in cursor)


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of parts are called."""

    regions: dict[str, str]
    organs: dict[str, str]
    items: dict[str, str]
    officials: dict[str, str]


def names(
    cursor: Cursor,
    *,
    regions: Iterable[str] = (),
    organs: Iterable[str] = (),
    items: Iterable[str] = (),
    officials: Iterable[str] = (),
) -> Names:
    """The names of regions, organs, items and officials; one that is not on record is missing."""
    return Names(
        _named(cursor, "SELECT code AS key, name FROM regions WHERE code = ANY (%s)", regions),
        _named(cursor, "SELECT code AS key, name FROM organs WHERE code = ANY (%s)", organs),
        _named(
            cursor,
            "SELECT DISTINCT ON (code) code AS key, name FROM item_editions WHERE code = ANY (%s)"
            " ORDER BY code, (state = 'published') DESC, edition DESC",
            items,
        ),
        _named(cursor, "SELECT key, display_name AS name FROM records_account WHERE key = ANY (%s)", officials),
    )


def _named(cursor: Cursor, query: LiteralString, keys: Iterable[str]) -> dict[str, str]:
    wanted = list(keys)
    return {row["key"]: row["name"] for row in cursor.execute(query, (wanted,))} if wanted else {}
