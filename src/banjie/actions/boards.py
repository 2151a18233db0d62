"""A board: a few figures with target, change and trend, where they differ, and what asks to be looked at.

Everything comes from sums that are kept; no case is counted while somebody waits. A board can be frozen, and held
later against what the same figures have become.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.engine.figures import EDITION, INDICATOR, Form, Indicator, Period, Stock, Sums, cut
from banjie.engine.ids import Malformed
from banjie.engine.supervision import OrderStatus
from banjie.packs.figures import LATE, BoardCustom, board_custom
from banjie.records import figures_boards, figures_snapshots, supervision
from banjie.records.database import Cursor, Eyes
from banjie.records.figures_boards import By, Scope
from banjie.records.figures_snapshots import Snapshot
from banjie.records.people import Standing

TREND: Final = 13
"""Periods of a trend: the present one and a year of months before it."""
THREE: Final = 3
ORDERS: Final = 50
"""Orders looked through for those that were not answered."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure of the board. `value` and `before` are None while there is nothing to divide by."""

    key: str
    name: str
    unit: str
    shown: str
    value: float | None
    before: float | None
    target: float | None
    better_up: bool
    trend: tuple[float, ...]
    """The oldest first; periods without anything to divide by are left out."""
    words: str
    numerator: int = 0
    denominator: int = 0

    @property
    def meets_target(self) -> bool | None:
        """Whether the target is met; None without a target or a value."""
        if self.target is None or self.value is None:
            return None
        return self.value >= self.target if self.better_up else self.value <= self.target

    @property
    def change(self) -> float | None:
        """How much it has moved since the period before, in its own unit."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def is_worse(self) -> bool:
        """Whether it has moved the wrong way."""
        moved = self.change
        return moved is not None and (moved < 0 if self.better_up else moved > 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A region, organ or item of a ranking: its sums of the period, those before, and its stock."""

    key: str
    name: str
    sums: Sums
    before: Sums
    stock: Stock


@dataclass(frozen=True, slots=True)
class Need:
    """Something that asks to be looked at: in words, why, and which cases it is about (see `web.figures_cases`)."""

    kind: str
    title: str
    words: str
    organ: str = ""
    item: str = ""
    region: str = ""
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A scope's board of a period, as of a moment."""

    scope: Scope
    name: str
    period: Period
    at: datetime
    kpis: tuple[Kpi, ...]
    stock: Stock
    lead: Indicator
    """The first figure of the board, by which places and offices are compared."""
    regions: tuple[Row, ...]
    organs: tuple[Row, ...]
    items: tuple[Row, ...]
    needs: tuple[Need, ...]


def board(platform: Platform, eyes: Eyes, region: str, organ: str, period: Period) -> Board:
    """The board of a region with all below it, or of one organ, as far as these eyes may see its sums."""
    custom, today = board_custom(), platform.today()
    with platform.database.seen_by(eyes) as cursor:
        where = figures_boards.scope(cursor, region, organ)
        trend = figures_boards.totals(cursor, where, period.last(TREND))
        stock = figures_boards.stock(cursor, where, today)
        regions = _rows(cursor, where, period, By.REGION, today)
        organs = _rows(cursor, where, period, By.ORGAN, today)
        items = _rows(cursor, where, period, By.ITEM, today)
        names = figures_boards.names(
            cursor,
            regions={region, *(row.key for row in regions)},
            organs={organ, *(row.key for row in organs)},
            items=[row.key for row in items],
        )
    unanswered = _unanswered(platform, eyes, where, today)
    lead = INDICATOR[custom.board[0]]
    named = (_named(regions, names.regions), _named(organs, names.organs), _named(items, names.items))
    kpis = tuple(_kpi(key, trend, period, stock, custom, region) for key in custom.board)
    return Board(
        scope=where,
        name=names.organs.get(organ, organ) if organ else names.regions.get(region, region),
        period=period,
        at=platform.now(),
        kpis=kpis,
        stock=stock,
        lead=lead,
        regions=_ranked(named[0], lead),
        organs=_ranked(named[1], lead),
        items=_ranked(named[2], lead),
        needs=(*unanswered, *_needs(kpis, named[1], named[2], lead, custom))[:THREE],
    )


def _rows(cursor: Cursor, where: Scope, period: Period, by: By, today: date) -> tuple[Row, ...]:
    now = {part.key: part.sums for part in figures_boards.parts(cursor, where, period, by)}
    before = {part.key: part.sums for part in figures_boards.parts(cursor, where, period.moved(-1), by)}
    stock = figures_boards.stock_parts(cursor, where, today, by)
    keys = dict.fromkeys((*now, *before, *stock))
    return tuple(Row(key, key, now.get(key, {}), before.get(key, {}), stock.get(key, Stock())) for key in keys)


def _named(rows: tuple[Row, ...], names: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple(Row(row.key, names.get(row.key, row.key), row.sums, row.before, row.stock) for row in rows)


def _ranked(rows: tuple[Row, ...], lead: Indicator) -> tuple[Row, ...]:
    """The worst first; those with nothing decided after them, by what lies late with them."""

    def place(row: Row) -> tuple[bool, float, int, str]:
        value = lead.value(row.sums)
        bad = 0.0 if value is None else -value if lead.is_worse(0, 1) is False else value
        return value is None, -bad, -row.stock.late, row.name

    return tuple(sorted(rows, key=place))


def _kpi(key: str, trend: Mapping[Period, Sums], period: Period, stock: Stock, custom: BoardCustom, region: str) -> Kpi:
    target = custom.target(region, key)
    if key == LATE:
        return Kpi(
            *(key, "超期", "件", str(stock.late), float(stock.late), None, target, False, ()),
            words="今天还没有办完、已经超过承诺期限的办件。",
            numerator=stock.late,
            denominator=stock.open,
        )
    one, now = INDICATOR[key], trend[period]
    values = [one.value(sums) for sums in trend.values()]
    return Kpi(
        key=key,
        name=one.name,
        unit=one.unit,
        shown=one.shown(now),
        value=one.value(now),
        before=one.value(trend[period.moved(-1)]),
        target=target,
        better_up=one.better == "up",
        trend=tuple(value for value in values if value is not None),
        words=one.words,
        numerator=now.get(one.numerator, 0),
        denominator=now.get(one.denominator, 0),
    )


def _unanswered(platform: Platform, eyes: Eyes, where: Scope, today: date) -> tuple[Need, ...]:
    """Orders (督办) whose day to answer has passed."""
    found = [
        one.order
        for one in supervision.orders_of_regions(platform.database, eyes, where.regions, most=ORDERS)
        if one.order.status in (OrderStatus.ISSUED, OrderStatus.RETURNED)
        and one.order.reply_by is not None
        and one.order.reply_by < today
        and (not where.organ or (one.order.about is not None and one.order.about.organ == where.organ))
    ]
    if not found:
        return ()
    many = f"{len(found)} 份" if len(found) < ORDERS else f"{ORDERS} 份以上"
    first = min(one.reply_by for one in found if one.reply_by is not None)
    return (Need("order", f"{many}督办单到期没有答复", f"最早的应当在 {first.isoformat()} 以前答复。"),)


def _needs(
    kpis: tuple[Kpi, ...], organs: tuple[Row, ...], items: tuple[Row, ...], lead: Indicator, custom: BoardCustom
) -> tuple[Need, ...]:
    """At most three things: where most lies late, what has fallen most, and where it has fallen."""
    needs: list[Need] = []
    for rows, kind in ((organs, "organ"), (items, "item")):
        most = max(rows, key=lambda row: (row.stock.late_by_law, row.stock.late), default=None)
        if most is None or not most.stock.late:
            continue
        law = f"，其中 {most.stock.late_by_law} 件超过法定期限" if most.stock.late_by_law else ""
        words = f"在办 {most.stock.open} 件，超期 {most.stock.late} 件{law}。"
        needs.append(Need("late", f"{most.name}超期最多", words, **{kind: most.key}))
    fallen = [
        (_fall(INDICATOR[kpi.key], kpi.value, kpi.before), kpi)
        for kpi in kpis
        if kpi.key in INDICATOR and kpi.denominator >= custom.least
    ]
    for fall, kpi in sorted(fallen, key=lambda pair: -pair[0]):
        if fall >= custom.worse_by:
            words = f"本期 {_number(kpi.value)}{kpi.unit}，上期 {_number(kpi.before)}{kpi.unit}。"
            needs.append(Need("fall", f"{kpi.name}比上期差了", words, indicator=kpi.key))
    for row in _ranked(organs, lead):
        now = lead.value(row.sums)
        if now is not None and row.sums.get(lead.denominator, 0) >= custom.least and len(organs) > 1:
            words = f"作出决定 {row.sums.get(lead.denominator, 0)} 件，{lead.name} {lead.shown(row.sums)}{lead.unit}。"
            target = custom.target("", lead.key)
            if target is not None and lead.is_worse(now, target):
                needs.append(Need("low", f"{row.name}{lead.name}最低", words, organ=row.key, indicator=lead.key))
            break
    return tuple(needs[:THREE])


def _fall(one: Indicator, now: float | None, before: float | None) -> float:
    """How much worse it has become: in points of a percentage, else in per cent of what it was. Never below 0."""
    if now is None or before is None or not one.is_worse(now, before):
        return 0.0
    moved = abs(now - before)
    if one.form in (Form.SHARE, Form.CUT):
        return moved
    return 100 * moved / before if before else 100.0


def _number(value: float | None) -> str:
    return "—" if value is None else cut(value)


def freeze(platform: Platform, who: Standing, region: str, organ: str, period: Period) -> Snapshot:
    """Keeps the board as it stands now, under the name of whoever asks.

    Raises psycopg.errors.InsufficientPrivilege where she does not see it.
    """
    found = board(platform, who.eyes, region, organ, period)
    with platform.database.seen_by(who.eyes) as cursor:
        return figures_snapshots.freeze(
            cursor,
            region=region,
            organ=organ,
            period=period.code,
            at=platform.now(),
            by=who.actor.account,
            document=document_of(found),
        )


def document_of(found: Board) -> dict[str, Any]:
    """A board as it is frozen: sums, from which every figure follows, and under which edition of the formulas."""
    return {
        "edition": EDITION,
        "name": found.name,
        "region": found.scope.region,
        "organ": found.scope.organ,
        "period": found.period.code,
        "kpis": [
            {
                "key": kpi.key,
                "name": kpi.name,
                "unit": kpi.unit,
                "shown": kpi.shown,
                "numerator": kpi.numerator,
                "denominator": kpi.denominator,
            }
            for kpi in found.kpis
        ],
        **{
            word: [
                {
                    "key": row.key,
                    "name": row.name,
                    "shown": found.lead.shown(row.sums),
                    "sums": dict(row.sums),
                    "open": row.stock.open,
                    "late": row.stock.late,
                }
                for row in rows
            ]
            for word, rows in (("regions", found.regions), ("organs", found.organs))
        },
    }


@dataclass(frozen=True, slots=True)
class Moved:
    """A frozen figure beside what the same figure is now."""

    name: str
    unit: str
    then: str
    now: str
    parts_then: tuple[int, int]
    parts_now: tuple[int, int]

    @property
    def has_moved(self) -> bool:
        """Whether cases have come in or been corrected since."""
        return self.parts_then != self.parts_now


def against_now(platform: Platform, eyes: Eyes, frozen: Snapshot) -> tuple[Moved, ...]:
    """A frozen board figure by figure beside the present. The stock of a day that is over cannot be compared."""
    found = board(platform, eyes, frozen.region, frozen.organ, Period.parse(frozen.period))
    now = {kpi.key: kpi for kpi in found.kpis}
    rows = []
    for then in frozen.document["kpis"]:
        kpi = now.get(then["key"])
        parts = (then["numerator"], then["denominator"])
        rows.append(
            Moved(
                then["name"],
                then["unit"],
                then["shown"],
                kpi.shown if kpi else "—",
                parts,
                (kpi.numerator, kpi.denominator) if kpi else parts,
            )
        )
    return tuple(rows)


def period_asked(text: str, today: date) -> Period:
    """The period somebody named, or the present month where it cannot be read."""
    try:
        return Period.parse(text) if text else Period.of(today)
    except Malformed:
        return Period.of(today)
