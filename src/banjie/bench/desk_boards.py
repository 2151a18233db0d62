"""How long a board takes on the server over the counters of as many cases as asked for, at every scope."""

import time
from typing import Any

import psycopg

from banjie.bench.stage import REGION, Stage

# ruff: noqa: S608 — the SQL of this file is made of its own constants.

DISTRICTS = 12
ORGANS = 40
ITEMS = 1500
MONTHS = 26
"""A city with its districts, as large as the largest; each counter stands for many cases."""
ROUNDS = 20


def measure(ground: Stage, cases: int) -> dict[str, Any]:
    """The median and the slowest milliseconds of the board at each scope, and of each breakdown."""
    from banjie.actions.boards import board
    from banjie.engine.figures import Period
    from banjie.records import figures_boards
    from banjie.records.figures_boards import By

    platform, today = ground.platform, ground.platform.today()
    fill(ground, cases)
    watching, heading = ground.standing("lumingjian").eyes, ground.standing("meilanting").eyes
    organ = "1199010000BJ00016Q"
    month = Period.of(today)
    found: dict[str, Any] = {"cases": cases}
    for name, eyes, region, office, period in (
        ("city", watching, REGION, "", month),
        ("district", watching, "990102", "", month),
        ("organ", heading, REGION, organ, month),
        ("city_year", watching, REGION, "", Period.parse(f"{today.year}")),
    ):
        found[name] = _timed(lambda e=eyes, r=region, o=office, p=period: board(platform, e, r, o, p))
    with platform.database.seen_by(watching) as cursor:
        scope = figures_boards.scope(cursor, REGION)
        for by in (By.ORGAN, By.ITEM, By.OFFICIAL):
            found[f"by_{by.value}"] = _timed(lambda b=by: figures_boards.parts(cursor, scope, month, b))
    return found


def _timed(act: Any) -> dict[str, float]:
    act()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {"median_ms": round(took[len(took) // 2], 1), "slowest_ms": round(took[-1], 1)}


def fill(ground: Stage, cases: int) -> None:
    """Counters as `cases` cases would leave them: every organ, item and month of every district has some."""
    each = max(cases // ((DISTRICTS + 1) * ITEMS * MONTHS), 1)
    with psycopg.connect(ground.server.url("banjie_owner")) as connection:
        connection.execute(
            "INSERT INTO regions (code, name, parent, level) SELECT '9901' || (30 + n), '第' || n || '区', '990100', 3"
            " FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING",
            (DISTRICTS - 3,),
        )
        connection.execute(_SUMS, {"each": each, "organs": ORGANS, "items": ITEMS, "months": MONTHS})
        connection.execute(_STOCK, {"organs": ORGANS, "items": ITEMS})
    with psycopg.connect(ground.server.url("banjie_owner"), autocommit=True) as connection:
        connection.execute("ANALYZE figure_sums")
        connection.execute("ANALYZE figure_stock")


# The first organ is the bureau, whose head looks; each organ has its share of the items and ten officials.
_PARTS = """
    organs AS (
        SELECT n, CASE n WHEN 1 THEN '1199010000BJ00016Q' ELSE 'organ-' || n END AS organ
        FROM generate_series(1, %(organs)s) AS n),
    places AS (SELECT code AS region FROM regions WHERE code LIKE '9901__'),
    parts AS (
        SELECT organ, 'item' AS cut, 'item-' || i AS key FROM organs
            JOIN generate_series(1, %(items)s) AS i ON i %% %(organs)s = n - 1
        UNION ALL SELECT organ, 'official', organ || '-' || i FROM organs, generate_series(1, 10) AS i
        UNION ALL SELECT organ, 'channel', i::text FROM organs, generate_series(1, 3) AS i
        UNION ALL SELECT organ, 'organ', '' FROM organs
        UNION ALL SELECT '', 'region', '')
"""
_SUMS = (
    "WITH"
    + _PARTS
    + """
    INSERT INTO figure_sums (region, cut, grain, period, organ, key, applied, applied_online, accepted, decided,
        on_time, timed, used_days, promised_days, legal_days, delivered, trips, all_online)
    SELECT region, cut, grain, period, organ, key, v, v * 7 / 10, v, v,
        v * 9 / 10, v, v * 3, v * 5, v * 20, v, v / 2, v / 2
    FROM places CROSS JOIN parts CROSS JOIN (
        SELECT 'm' AS grain, (date_trunc('month', now()) - make_interval(months => m))::date AS period
        FROM generate_series(0, %(months)s - 1) AS m
        UNION ALL SELECT 'q', (date_trunc('quarter', now()) - make_interval(months => 3 * m))::date
        FROM generate_series(0, %(months)s / 3) AS m
        UNION ALL SELECT 'y', (date_trunc('year', now()) - make_interval(years => m))::date
        FROM generate_series(0, %(months)s / 12) AS m) AS periods
    CROSS JOIN LATERAL (SELECT %(each)s * CASE cut WHEN 'region' THEN %(items)s WHEN 'item' THEN 1
        ELSE %(items)s / %(organs)s END AS v) AS counted
    ON CONFLICT DO NOTHING
"""
)
_STOCK = (
    "WITH"
    + _PARTS
    + """
    INSERT INTO figure_stock (region, cut, clock, due, organ, key, number)
    SELECT region, cut, clock, due, organ, key, 3 FROM places CROSS JOIN parts CROSS JOIN (
        SELECT '' AS clock, DATE '9999-12-31' AS due
        UNION ALL SELECT clock, (now() - make_interval(days => d))::date
        FROM unnest(ARRAY['TP', 'TL']) AS clock, generate_series(-20, 10) AS d) AS days
    WHERE cut <> 'official' AND (cut <> 'item' OR clock = '' OR due >= now()::date - 1)
    ON CONFLICT DO NOTHING
"""
)
