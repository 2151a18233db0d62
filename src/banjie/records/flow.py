"""How cases went, as sums: what the follower adds to them, and what maps, tables and forecasts read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, LiteralString

from psycopg.types.json import Jsonb

from banjie.engine.codec import revive
from banjie.engine.external_cases import ExternalCase
from banjie.engine.flow import Edge, Kept, Map, Stay, Trail
from banjie.records.database import Cursor, Database, Eyes

Key = tuple[str, str]
"""Region and identifier of a case."""


@dataclass(slots=True)
class Walked:
    """A case on its way: what it belongs to, how far it has come, whether its decision was counted."""

    organ: str
    item: str
    edition: int
    trail: Trail = field(default_factory=Trail)
    decided: bool = False


def walked(cursor: Cursor, keys: Sequence[Key]) -> dict[Key, Walked]:
    """How far these cases had come."""
    cursor.execute(
        "SELECT f.region, f.id::text AS id, organ, item, edition, last, at, visited, decided FROM flow_cases f"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON f.region = k.region AND f.id = k.id",
        ([region for region, _ in keys], [case for _, case in keys]),
    )
    return {
        (row["region"], row["id"]): Walked(
            row["organ"],
            row["item"],
            row["edition"],
            Trail(row["last"], row["at"], tuple(row["visited"])),
            row["decided"],
        )
        for row in cursor
    }


def keep_walked(cursor: Cursor, cases: Mapping[Key, Walked]) -> None:
    """Keeps how far cases have come."""
    rows = [
        {
            "region": region,
            "id": case,
            "organ": one.organ,
            "item": one.item,
            "edition": one.edition,
            "last": one.trail.last,
            "at": one.trail.at.isoformat() if one.trail.at else None,
            "visited": one.trail.visited,
            "decided": one.decided,
        }
        for (region, case), one in sorted(cases.items())
    ]
    cursor.execute(
        "INSERT INTO flow_cases (region, id, organ, item, edition, last, at, visited, decided)"
        " SELECT region, id, organ, item, edition, last, at, visited, decided FROM jsonb_to_recordset(%s) AS r("
        "region text, id uuid, organ text, item text, edition int, last text, at timestamptz, visited text[],"
        " decided boolean) ON CONFLICT (region, id) DO UPDATE SET organ = EXCLUDED.organ, item = EXCLUDED.item,"
        " last = EXCLUDED.last, at = EXCLUDED.at, visited = EXCLUDED.visited, decided = EXCLUDED.decided",
        (Jsonb(rows),),
    )


Scope = tuple[str, str, str, date]
"""Region, item, organ, month."""

_SCOPE: LiteralString = "region, item, organ, month"


@dataclass(slots=True)
class Sums:
    """What a batch of entries adds: edges by (scope, source, target), stays by (scope, node, office), and the rest."""

    edges: dict[tuple[Scope, str, str], list[int]] = field(default_factory=dict)
    stays: dict[tuple[Scope, str, str], list[int]] = field(default_factory=dict)
    kept: dict[Scope, list[int]] = field(default_factory=dict)
    items: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    """(region, item, organ) → name and source."""


def add(cursor: Cursor, sums: Sums) -> None:
    """Adds to the sums."""
    _add(cursor, "flow_edges", "source, target", ("count", "seconds", "rework"), _flat(sums.edges))
    _add(cursor, "flow_stays", "node, office", ("count", "seconds", "rework"), _flat(sums.stays))
    decided = [(*scope, *numbers) for scope, numbers in sorted(sums.kept.items())]
    _add(cursor, "flow_kept", "", ("decided", "late", "promised_days", "used_days"), decided)
    if sums.items:
        cursor.executemany(
            "INSERT INTO flow_items (region, item, organ, name, source) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (region, item, organ) DO UPDATE SET name = EXCLUDED.name"
            " WHERE flow_items.name <> EXCLUDED.name",
            [(*key, *said) for key, said in sorted(sums.items.items())],
        )


def _flat(found: Mapping[tuple[Scope, str, str], Sequence[int]]) -> list[tuple[Any, ...]]:
    return [(*scope, one, other, *numbers) for (scope, one, other), numbers in sorted(found.items())]


def _add(
    cursor: Cursor, table: LiteralString, more: LiteralString, numbers: Sequence[LiteralString], rows: list[Any]
) -> None:
    if not rows:
        return
    key: LiteralString = f"{_SCOPE}, {more}" if more else _SCOPE
    names: LiteralString = ", ".join(numbers)
    places: LiteralString = ", ".join(["%s"] * len(rows[0]))
    changes: LiteralString = ", ".join([f"{name} = s.{name} + EXCLUDED.{name}" for name in numbers])
    cursor.executemany(
        f"INSERT INTO {table} AS s ({key}, {names}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET {changes}",  # noqa: S608 — constants of this file.
        rows,
    )


def decided(cursor: Cursor, keys: Sequence[Key]) -> dict[Key, tuple[date, date, date]]:
    """Of these cases that are decided: accepted on, promised due, decided on."""
    if not keys:
        return {}
    cursor.execute(
        "SELECT c.region, c.id::text AS id, accepted_on, promised_due, decided_on FROM cases c"
        " JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id) ON c.region = k.region AND c.id = k.id"
        " WHERE accepted_on IS NOT NULL AND promised_due IS NOT NULL AND decided_on IS NOT NULL",
        ([region for region, _ in keys], [case for _, case in keys]),
    )
    return {(row["region"], row["id"]): (row["accepted_on"], row["promised_due"], row["decided_on"]) for row in cursor}


# --- what is read ---


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sums: of regions, over a half-open span of months, of one item and one organ where they are named."""

    regions: tuple[str, ...]
    first: date
    after: date
    item: str | None = None
    organ: str | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """As queries name them."""
        return {
            "regions": list(self.regions),
            "first": self.first,
            "after": self.after,
            "item": self.item,
            "organ": self.organ,
        }


_WHERE: Final[LiteralString] = (
    " WHERE region = ANY(%(regions)s) AND month >= %(first)s AND month < %(after)s"
    " AND (%(item)s::text IS NULL OR item = %(item)s) AND (%(organ)s::text IS NULL OR organ = %(organ)s)"
)


def process_map(database: Database, eyes: Eyes, wanted: Wanted) -> Map:
    """The edges of a scope, all months added."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT source, target, sum(count)::bigint AS count, sum(seconds)::bigint AS seconds,"  # noqa: S608 — constants of this file.
            f" sum(rework)::bigint AS rework FROM flow_edges{_WHERE} GROUP BY source, target ORDER BY 3 DESC, 1, 2",
            wanted.arguments,
        )
        return Map(tuple(Edge(**row) for row in cursor))


def stays(database: Database, eyes: Eyes, wanted: Wanted) -> tuple[Stay, ...]:
    """How long cases waited for each step in each office."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT node, office, sum(count)::bigint AS count, sum(seconds)::bigint AS seconds,"  # noqa: S608 — constants of this file.
            f" sum(rework)::bigint AS rework FROM flow_stays{_WHERE} GROUP BY node, office",
            wanted.arguments,
        )
        return tuple(Stay(**row) for row in cursor)


def kept(database: Database, eyes: Eyes, wanted: Wanted) -> tuple[Kept, ...]:
    """Promised against used, by month."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT month::text AS key, sum(decided)::bigint AS decided, sum(late)::bigint AS late,"  # noqa: S608 — constants of this file.
            " sum(promised_days)::bigint AS promised_days, sum(used_days)::bigint AS used_days"
            f" FROM flow_kept{_WHERE} GROUP BY month ORDER BY month",
            wanted.arguments,
        )
        return tuple(Kept(**row) for row in cursor)


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item that has cases: its name, its organ, and the system it comes from ("" for our own)."""

    item: str
    name: str
    organ: str
    source: str


def items(database: Database, eyes: Eyes, regions: Sequence[str]) -> tuple[ItemSeen, ...]:
    """The items with cases in these regions, by name; at most a thousand."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT item, name, organ, source FROM flow_items WHERE region = ANY(%s)"
            " ORDER BY name, item LIMIT 1000",
            (list(regions),),
        )
        return tuple(ItemSeen(**row) for row in cursor)


@dataclass(frozen=True, slots=True)
class InHand:
    """An open case of ours: number, where it stands, since when, and the last day promised."""

    region: str
    number: str
    last: str
    at: datetime
    due_on: date


def in_hand(database: Database, eyes: Eyes, regions: Sequence[str], item: str, most: int = 5000) -> tuple[InHand, ...]:
    """The open accepted cases of an item, the nearest day first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT c.region, c.number, f.last, f.at, c.promised_due AS due_on FROM cases c"
            " JOIN flow_cases f ON f.region = c.region AND f.id = c.id"
            " WHERE c.region = ANY(%s) AND c.item = %s AND c.stage IN ('accepted', 'in_review')"
            " AND c.stage NOT IN ('returned', 'not_required', 'rejected_entry', 'delivered', 'withdrawn', 'terminated')"
            " AND c.promised_due IS NOT NULL AND f.at IS NOT NULL ORDER BY c.promised_due, c.number LIMIT %s",
            (list(regions), item, most),
        )
        return tuple(InHand(**row) for row in cursor)


@dataclass(frozen=True, slots=True)
class Ended:
    """A decided case of ours with its history: (kind, data, moment, who) in order."""

    edition: int
    region: str
    due_on: date | None
    entries: tuple[tuple[str, Mapping[str, Any], datetime, str], ...]


def ended(database: Database, eyes: Eyes, regions: Sequence[str], item: str, most: int) -> tuple[Ended, ...]:
    """The newest decided cases of an item, each with its history."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id, edition, promised_due FROM cases WHERE region = ANY(%s) AND item = %s"
            " AND decided_on IS NOT NULL ORDER BY decided_on DESC, id LIMIT %s",
            (list(regions), item, most),
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT j.subject, j.kind, j.data, j.at, j.actor FROM unnest(%s::text[], %s::uuid[]) AS k(region, id)"
            " JOIN journal j ON j.region = k.region AND j.subject = k.id WHERE j.subject_kind = 'case'"
            " ORDER BY j.subject, j.seq",
            ([row["region"] for row in rows], [row["id"] for row in rows]),
        )
        histories: dict[Any, list[tuple[str, Mapping[str, Any], datetime, str]]] = {}
        for row in cursor:
            histories.setdefault(row["subject"], []).append((row["kind"], row["data"], row["at"], row["actor"]))
    return tuple(
        Ended(row["edition"], row["region"], row["promised_due"], tuple(histories.get(row["id"], ()))) for row in rows
    )


def external(
    database: Database, eyes: Eyes, regions: Sequence[str], item_name: str, *, finished: bool, most: int
) -> tuple[ExternalCase, ...]:
    """Cases of elsewhere of an item: the newest finished ones, or those in hand with the nearest deadline."""
    condition: LiteralString = "ended_at IS NOT NULL" if finished else "ended_at IS NULL AND due_at IS NOT NULL"
    order: LiteralString = "ended_at DESC" if finished else "due_at"
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"SELECT state FROM external_cases WHERE region = ANY(%s) AND item_name = %s AND {condition}"  # noqa: S608 — constants of this file.
            f" ORDER BY {order}, id LIMIT %s",
            (list(regions), item_name, most),
        )
        return tuple(revive(ExternalCase, row["state"]) for row in cursor)


# --- the whole history, for export ---


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of a case of ours or of elsewhere, in the order of the cases."""

    region: str
    kind_of_case: str
    subject: str
    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Any]


def told(database: Database, eyes: Eyes, regions: Sequence[str]) -> Iterable[Told]:
    """Every entry of every case these eyes may see, case by case, in constant memory."""
    with database.seen_by(eyes) as cursor, cursor.connection.cursor("flow_told") as reader:
        reader.itersize = 2000
        reader.execute(
            "SELECT region, subject_kind AS kind_of_case, subject::text AS subject, at, actor, kind, data FROM journal"
            " WHERE region = ANY(%s) AND subject_kind IN ('case', 'external') ORDER BY region, subject, seq",
            (list(regions),),
        )
        for row in reader:
            yield Told(**row)
