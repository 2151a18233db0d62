"""Cases of elsewhere, as the database keeps them: told in bulk, listed under row-level security, summed a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString

from psycopg.types.json import Jsonb

from banjie.engine.codec import revive
from banjie.engine.external_cases import ExternalCase
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.sharing import Loaded, Table

EXTERNAL: Final = Table("external", "external_cases", ExternalCase)

SUMS: Final = ("began", "ended", "with_due", "late", "odd", "timed", "seconds")
"""What is summed a month; see sql/elsewhere.sql."""

_KEYS: LiteralString = "region, organ, source, item, item_name, channel, month"

SumKey = tuple[str, str, str, str, str, str, date]
"""Region, organ, source, item, its name, channel, first day of the month."""


def hold(cursor: Cursor, region: str, source: str) -> None:
    """Waits until nobody else takes in this source's cases in this region, and keeps others waiting meanwhile."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"external:{region}:{source}",))


def load(cursor: Cursor, region: str, source: str, ids: Mapping[str, str]) -> dict[str, Loaded[ExternalCase]]:
    """What is known of cases, by number; `ids` gives each number's identifier."""
    cursor.execute(
        "SELECT number, id::text AS id, version, last_hash, state FROM external_cases"
        " WHERE region = %s AND source = %s AND number = ANY(%s)",
        (region, source, list(ids)),
    )
    return {
        row["number"]: Loaded(row["id"], region, row["version"], row["last_hash"], revive(ExternalCase, row["state"]))
        for row in cursor
    }


def save(cursor: Cursor, region: str, actor: str, at: datetime, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps tellings: rows of the table with `entries` as `journal.chained` makes them."""
    cursor.execute("SELECT save_external(%s, %s, %s, %s)", (region, actor, at, Jsonb(rows)))


def add_sums(cursor: Cursor, changes: Mapping[SumKey, Sequence[int]]) -> None:
    """Adds to the months' sums, in one order, so that two who do so at once do not wait for each other in a ring."""
    ordered = sorted(changes)
    columns: list[list[Any]] = [[key[place] for key in ordered] for place in range(7)]
    numbers: list[list[Any]] = [[changes[key][place] for key in ordered] for place in range(len(SUMS))]
    cursor.execute(
        f"INSERT INTO external_sums AS s ({_KEYS}, began, ended, with_due, late, odd, timed, seconds)"  # noqa: S608 — constants of this file.
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],"
        " %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bigint[])"
        f" ON CONFLICT ({_KEYS}) DO UPDATE SET began = s.began + EXCLUDED.began, ended = s.ended + EXCLUDED.ended,"
        " with_due = s.with_due + EXCLUDED.with_due, late = s.late + EXCLUDED.late, odd = s.odd + EXCLUDED.odd,"
        " timed = s.timed + EXCLUDED.timed, seconds = s.seconds + EXCLUDED.seconds",
        (*columns, *numbers),
    )


# --- what is read ---


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a scope and a period. `name` is that of the office, item, source or month they are grouped by."""

    key: str
    name: str
    began: int
    ended: int
    with_due: int
    late: int
    odd: int
    timed: int
    seconds: int

    @property
    def on_time_rate(self) -> float | None:
        """按期办结率, 0 to 1, over what had a deadline; None when nothing had."""
        return (self.with_due - self.late) / self.with_due if self.with_due else None

    @property
    def mean_days(self) -> float | None:
        """Calendar days from beginning to end."""
        return self.seconds / self.timed / 86400 if self.timed else None


_GROUPS: Final[Mapping[str, tuple[LiteralString, LiteralString]]] = {
    "": ("''", "''"),
    "region": ("s.region", "s.region"),
    "organ": ("s.organ", "s.organ"),
    "source": ("s.source", "s.source"),
    "item": ("s.item || '|' || s.item_name", "s.item_name"),
    "channel": ("s.channel", "s.channel"),
    "month": ("s.month::text", "s.month::text"),
}


def sums(
    database: Database,
    eyes: Eyes,
    regions: Sequence[str],
    months: tuple[date, date] | None = None,
    *,
    by: str = "",
    organ: str | None = None,
    source: str | None = None,
) -> tuple[Sums, ...]:
    """The sums of these regions over the half-open span of months (all of time: None), grouped by one of

    region, organ, source, item, channel, month; ungrouped there is always exactly one. Rates are never averaged:
    numerators and denominators are added. Raises KeyError for another grouping.
    """
    key, name = _GROUPS[by]
    first, after = months or (date(1, 1, 1), date(9999, 1, 1))
    group: LiteralString = " GROUP BY 1, 2 ORDER BY 1" if by else ""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT {key} AS key, {name} AS name, coalesce(sum(began), 0)::bigint AS began,"  # noqa: S608 — constants of this file.
            " coalesce(sum(ended), 0)::bigint AS ended, coalesce(sum(with_due), 0)::bigint AS with_due,"
            " coalesce(sum(late), 0)::bigint AS late, coalesce(sum(odd), 0)::bigint AS odd,"
            " coalesce(sum(timed), 0)::bigint AS timed, coalesce(sum(seconds), 0)::bigint AS seconds"
            " FROM external_sums s WHERE region = ANY(%(regions)s) AND month >= %(first)s AND month < %(after)s"
            " AND (%(organ)s::text IS NULL OR organ = %(organ)s) AND (%(source)s::text IS NULL OR source = %(source)s)"
            f"{group}",
            {"regions": list(regions), "first": first, "after": after, "organ": organ, "source": source},
        )
        return tuple(Sums(**row) for row in cursor)


@dataclass(frozen=True, slots=True)
class Listed:
    """A case of elsewhere as a list shows it."""

    region: str
    id: str
    source: str
    number: str
    organ: str
    organ_name: str
    item_name: str
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    late: bool
    last_step: str
    oddities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows: of an organ or a source, late, overdue and unfinished, or odd ones, or by number."""

    organ: str | None = None
    source: str | None = None
    show: str = ""
    number: str = ""


_SHOWN: Final[Mapping[str, LiteralString]] = {
    "": "true",
    "late": "late",
    "open": "ended_at IS NULL",
    "overdue": "ended_at IS NULL AND due_at < %(now)s",
    "odd": "oddities <> '{}'",
}
SHOWS: Final = tuple(_SHOWN)


def listed(
    database: Database,
    eyes: Eyes,
    regions: Sequence[str],
    wanted: Wanted,
    now: datetime,
    *,
    after: tuple[datetime, str] | None = None,
    most: int = 50,
) -> tuple[Listed, ...]:
    """The cases these eyes may see, the latest begun first, from behind `after`. Raises KeyError for another `show`."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id, source, number, organ, organ_name, item_name, started_at, due_at, ended_at,"  # noqa: S608 — constants of this file.
            " late, last_step, oddities FROM external_cases WHERE region = ANY(%(regions)s)"
            f" AND {_SHOWN[wanted.show]}"
            " AND (%(organ)s::text IS NULL OR organ = %(organ)s) AND (%(source)s::text IS NULL OR source = %(source)s)"
            " AND (%(number)s = '' OR number LIKE %(like)s)"
            " AND (%(moment)s::timestamptz IS NULL OR (started_at, id) < (%(moment)s, %(id)s::uuid))"
            " ORDER BY started_at DESC, id DESC LIMIT %(most)s",
            {
                "regions": list(regions),
                "now": now,
                "organ": wanted.organ,
                "source": wanted.source,
                "number": wanted.number,
                "like": f"{_literally(wanted.number)}%",
                "moment": after[0] if after else None,
                "id": after[1] if after else None,
                "most": most,
            },
        )
        return tuple(Listed(**{**row, "oddities": tuple(row["oddities"])}) for row in cursor)


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def find(database: Database, eyes: Eyes, region: str, case_id: str) -> ExternalCase | None:
    """A case, as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row: Row | None = cursor.execute(
            "SELECT state FROM external_cases WHERE region = %s AND id = %s", (region, case_id)
        ).fetchone()
    return revive(ExternalCase, row["state"]) if row else None
