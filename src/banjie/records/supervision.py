"""督办 and 超期原因, as the database keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, LiteralString

from banjie.engine.codec import revive
from banjie.engine.delay_causes import Delay
from banjie.engine.supervision import Order
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

ORDERS: Final = Table("order", "orders", Order)
DELAYS: Final = Table("delay", "delays", Delay)

_ORDER: Final[LiteralString] = "SELECT id::text AS id, region, state FROM orders"
_DELAY: Final[LiteralString] = "SELECT id::text AS id, region, state FROM delays"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with where it is kept."""

    id: str
    region: str
    order: Order


@dataclass(frozen=True, slots=True)
class DelayRow:
    """A late case's cause with where it is kept."""

    id: str
    region: str
    delay: Delay


def _order(row: Row) -> OrderRow:
    return OrderRow(row["id"], row["region"], revive(Order, row["state"]))


def _delay(row: Row) -> DelayRow:
    return DelayRow(row["id"], row["region"], revive(Delay, row["state"]))


def next_serial(cursor: Cursor, region: str, year: int) -> int:
    """The next number of a region's orders in a year, taken in the transaction of the act itself."""
    row = cursor.execute(
        "INSERT INTO order_serials AS s (region, year, last) VALUES (%s, %s, 1)"
        " ON CONFLICT (region, year) DO UPDATE SET last = s.last + 1 RETURNING last",
        (region, year),
    ).fetchone()
    assert row is not None  # noqa: S101 — an upsert that returns always has its row.
    return int(row["last"])


def find_order(database: Database, eyes: Eyes, region: str, order: str) -> OrderRow | None:
    """The order of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ORDER} WHERE region = %s AND id = %s", (region, order)).fetchone()
    return _order(row) if row else None


def orders_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[OrderRow, ...]:
    """The orders on a case, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ORDER} WHERE region = %s AND case_id = %s ORDER BY issued_at DESC", (region, case_id))
        return tuple(_order(row) for row in cursor)


def orders_of_regions(database: Database, eyes: Eyes, regions: Sequence[str], most: int = 100) -> tuple[OrderRow, ...]:
    """The orders of these regions: those not closed first, the nearest day first, then the latest closed ones."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"({_ORDER} WHERE region = ANY(%(regions)s) AND status <> 'closed' ORDER BY reply_by LIMIT %(most)s)"
            f" UNION ALL ({_ORDER} WHERE region = ANY(%(regions)s) AND status = 'closed'"
            " ORDER BY issued_at DESC LIMIT %(most)s)",
            {"regions": list(regions), "most": most},
        )
        return tuple(_order(row) for row in cursor)[:most]


def orders_owed(database: Database, eyes: Eyes, offices: Sequence[str], most: int = 50) -> tuple[OrderRow, ...]:
    """The orders that these offices have to answer, the nearest day first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_ORDER} WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s))"
            " AND status IN ('issued', 'returned') ORDER BY reply_by, id LIMIT %(most)s",
            {"offices": list(offices), "most": most},
        )
        return tuple(_order(row) for row in cursor)


def overdue(database: Database, today: date, most: int = 200) -> tuple[OrderRow, ...]:
    """The orders whose answer is owed and late."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            f"{_ORDER} WHERE reply_by < %s AND status IN ('issued', 'returned') ORDER BY reply_by LIMIT %s",
            (today, most),
        )
        return tuple(_order(row) for row in cursor)


# --- causes ---


def find_delay(database: Database, eyes: Eyes, region: str, delay: str) -> DelayRow | None:
    """The late case of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_DELAY} WHERE region = %s AND id = %s", (region, delay)).fetchone()
    return _delay(row) if row else None


def delays_of_regions(
    database: Database, eyes: Eyes, regions: Sequence[str], status: str, most: int = 100
) -> tuple[DelayRow, ...]:
    """The late cases of these regions in one status (open, given, confirmed), the longest known first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_DELAY} WHERE region = ANY(%s) AND status = %s ORDER BY ended_on IS NULL, found_on, id LIMIT %s",
            (list(regions), status, most),
        )
        return tuple(_delay(row) for row in cursor)


def causes_of_regions(
    database: Database, eyes: Eyes, regions: Sequence[str], first: date, after: date
) -> tuple[tuple[str, bool, int], ...]:
    """How many late cases found from `first` until before `after` have which cause ("" for none), and of new staff."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT cause, cause = 'O1' AND new_staff AS fresh, count(*) AS number FROM delays"
            " WHERE region = ANY(%s) AND found_on >= %s AND found_on < %s GROUP BY 1, 2 ORDER BY 3 DESC, 1",
            (list(regions), first, after),
        )
        return tuple((row["cause"], row["fresh"], row["number"]) for row in cursor)


def causes_owed(database: Database, eyes: Eyes, offices: Sequence[str], most: int = 50) -> tuple[DelayRow, ...]:
    """The late cases whose cause these offices have to give, the ended ones first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_DELAY} WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s)) AND cause = ''"
            " ORDER BY ended_on IS NULL, found_on, id LIMIT %(most)s",
            {"offices": list(offices), "most": most},
        )
        return tuple(_delay(row) for row in cursor)


def to_urge(database: Database, before: date, most: int = 200) -> tuple[DelayRow, ...]:
    """Late cases that have ended without a cause, and were last urged, or ended, before a day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            f"{_DELAY} WHERE cause = '' AND ended_on IS NOT NULL AND coalesce(urged_on, ended_on) <= %s"
            " ORDER BY coalesce(urged_on, ended_on) LIMIT %s",
            (before, most),
        )
        return tuple(_delay(row) for row in cursor)


# --- what is owed, for the desk's side ---


@dataclass(frozen=True, slots=True)
class Owed:
    """How many cards an office has open, orders it owes an answer, causes it has to give, and notices unread."""

    cards: int
    orders: int
    causes: int
    unread: int

    @property
    def total(self) -> int:
        """What waits for an act: orders and causes."""
        return self.orders + self.causes


def owed(database: Database, eyes: Eyes, offices: Sequence[str]) -> Owed:
    """What these offices owe to whoever watches, in one look."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT (SELECT count(*) FROM cards WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s))"
            "        AND status = 'open' AND level > 0) AS cards,"
            " (SELECT count(*) FROM orders WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s))"
            "  AND status IN ('issued', 'returned')) AS orders,"
            " (SELECT count(*) FROM delays WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s))"
            "  AND cause = '') AS causes,"
            " (SELECT count(*) FROM staff_notices WHERE account = %(account)s AND read_at IS NULL) AS unread",
            {"offices": list(offices), "account": eyes.account},
        ).fetchone()
    return Owed(**row) if row else Owed(0, 0, 0, 0)
