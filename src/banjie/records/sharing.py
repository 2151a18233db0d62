"""Ask once, as the database keeps it: asks, what they brought, consents, contests, repeated asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, LiteralString, TypeVar

from psycopg.types.json import Json, Jsonb

from banjie.engine.codec import revive
from banjie.engine.sharing_asks import Ask
from banjie.engine.sharing_consents import Consent
from banjie.engine.sharing_contests import Contest
from banjie.engine.sharing_repeats import Repeat
from banjie.records.database import Cursor, Database, Eyes, Row

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Table(Generic[S]):
    """Where a kind of subject is kept: its name in the journal, its table, its state."""

    kind: str
    name: LiteralString
    state: type[S]


ASKS: Final = Table("ask", "asks", Ask)
CONSENTS: Final = Table("consent", "consents", Consent)
CONTESTS: Final = Table("contest", "contests", Contest)
REPEATS: Final = Table("repeat", "repeats", Repeat)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    """A subject as an act finds it; version 0 before it has begun."""

    id: str
    region: str
    version: int
    last_hash: str
    state: S


@dataclass(frozen=True, slots=True)
class AskRow:
    """An ask with what it brought, if that may be seen."""

    id: str
    region: str
    account: str
    ask: Ask
    held: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent."""

    id: str
    region: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest."""

    id: str
    region: str
    contest: Contest


def load(cursor: Cursor, table: Table[S], region: str, subject: str) -> Loaded[S]:
    """The subject of that identifier; a blank one of version 0 when there is none these eyes may see."""
    row = cursor.execute(
        f"SELECT version, last_hash, state FROM {table.name} WHERE region = %s AND id = %s",  # noqa: S608 — one of four names.
        (region, subject),
    ).fetchone()
    if row is None:
        return Loaded(subject, region, 0, "", table.state())
    return Loaded(subject, region, row["version"], row["last_hash"], revive(table.state, row["state"]))


def keep(
    cursor: Cursor,
    table: Table[S],
    loaded: Loaded[S],
    row: Mapping[str, Any],
    *,
    state: Mapping[str, Any],
    at: datetime,
    actor: str,
    entries: Sequence[object],
) -> bool:
    """Keeps one act: the row and the journal. False when the subject has changed, or begun, since it was loaded."""
    values: dict[str, Any] = {**row, "state": Json(state)}
    names = list(values)
    if loaded.version == 0:
        columns, places = ", ".join(names), ", ".join(f"%({name})s" for name in names)
        cursor.execute(
            f"INSERT INTO {table.name} (region, id, {columns}) VALUES (%(region)s, %(id)s, {places})"  # noqa: S608 — names of our own columns.
            " ON CONFLICT DO NOTHING",
            values | {"region": loaded.region, "id": loaded.id},
        )
    else:
        changes = ", ".join(f"{name} = %({name})s" for name in names)
        cursor.execute(
            f"UPDATE {table.name} SET {changes} WHERE region = %(region)s AND id = %(id)s AND version = %(expected)s",  # noqa: S608 — the same.
            values | {"region": loaded.region, "id": loaded.id, "expected": loaded.version},
        )
    if cursor.rowcount != 1:
        return False
    cursor.execute(
        "SELECT append_journal(%s, %s, %s, %s, %s, %s)",
        (loaded.region, table.kind, loaded.id, at, actor, Jsonb(list(entries))),
    )
    return True


# --- what asks have brought ---


def keep_values(cursor: Cursor, ask: Loaded[Ask], account: str, held: Mapping[str, str]) -> None:
    """Keeps what an ask has brought, for its application alone."""
    cursor.execute(
        "INSERT INTO ask_values (region, ask, account, draft, held) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (region, ask) DO NOTHING",
        (ask.region, ask.id, account, ask.state.draft, Jsonb(dict(held))),
    )


def drop_values(cursor: Cursor, region: str, ask: str) -> None:
    """Throws away what an ask has brought."""
    cursor.execute("DELETE FROM ask_values WHERE region = %s AND ask = %s", (region, ask))


_ASK: Final = (
    "SELECT a.id::text AS id, a.region, a.account, a.state, coalesce(v.held, '{}') AS held"
    " FROM asks a LEFT JOIN ask_values v ON v.region = a.region AND v.ask = a.id"
)


def _ask(row: Row) -> AskRow:
    return AskRow(row["id"], row["region"], row["account"], revive(Ask, row["state"]), row["held"])


def find_ask(database: Database, eyes: Eyes, region: str, ask: str) -> AskRow | None:
    """The ask of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_ASK} WHERE a.region = %s AND a.id = %s", (region, ask)).fetchone()
    return _ask(row) if row else None


def of_draft(
    database: Database, eyes: Eyes, region: str, draft: str
) -> tuple[tuple[AskRow, ...], tuple[ConsentRow, ...], tuple[ContestRow, ...]]:
    """Everything asked, consented to and contested for an application, in one transaction."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_ASK} WHERE a.region = %s AND a.draft = %s ORDER BY a.asked_at, a.id", (region, draft))
        asks = tuple(sorted((_ask(row) for row in cursor), key=lambda row: row.ask.nth))
        cursor.execute(
            "SELECT id::text AS id, region, state FROM consents WHERE region = %s AND draft = %s ORDER BY given_at",
            (region, draft),
        )
        consents = tuple(_consent(row) for row in cursor)
        cursor.execute(f"{_CONTEST} WHERE region = %s AND draft = %s ORDER BY raised_at", (region, draft))
        return asks, consents, tuple(_contest(row) for row in cursor)


def asks_of_parties(
    database: Database,
    eyes: Eyes,
    parties: Sequence[str],
    *,
    source: str = "",
    before: datetime | None = None,
    most: int = 50,
) -> tuple[AskRow, ...]:
    """Who asked what about these parties, the latest first; of one source, or older than a moment, if wanted."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT a.id::text AS id, a.region, a.account, a.state, '{}'::jsonb AS held FROM asks a"
            " WHERE a.party = ANY(%s) AND (%s = '' OR a.source = %s)"
            " AND (%s::timestamptz IS NULL OR a.asked_at < %s) ORDER BY a.asked_at DESC, a.id LIMIT %s",
            (list(parties), source, source, before, before, most),
        )
        return tuple(_ask(row) for row in cursor)


def consents_of_parties(
    database: Database, eyes: Eyes, parties: Sequence[str], most: int = 50
) -> tuple[ConsentRow, ...]:
    """The consents of these parties, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT id::text AS id, region, state FROM consents WHERE party = ANY(%s) ORDER BY given_at DESC LIMIT %s",
            (list(parties), most),
        )
        return tuple(_consent(row) for row in cursor)


def _consent(row: Row) -> ConsentRow:
    return ConsentRow(row["id"], row["region"], revive(Consent, row["state"]))


def asks_of_consent(cursor: Cursor, region: str, draft: str, source: str) -> tuple[str, ...]:
    """The asks that rest on a consent."""
    cursor.execute(
        "SELECT id::text AS id FROM asks WHERE region = %s AND draft = %s AND source = %s AND status <> 'ended'",
        (region, draft, source),
    )
    return tuple(row["id"] for row in cursor)


def overdue(database: Database, eyes: Eyes, at: datetime, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and id of asks whose answer is no longer waited for."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT region, id::text AS id FROM asks WHERE status = 'asked' AND due_at < %s ORDER BY due_at LIMIT %s",
            (at, most),
        )
        return tuple((row["region"], row["id"]) for row in cursor)


# --- contests ---

_CONTEST: Final = "SELECT id::text AS id, region, state FROM contests"


def _contest(row: Row) -> ContestRow:
    return ContestRow(row["id"], row["region"], revive(Contest, row["state"]))


def find_contest(database: Database, eyes: Eyes, region: str, contest: str) -> ContestRow | None:
    """The contest of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_CONTEST} WHERE region = %s AND id = %s", (region, contest)).fetchone()
    return _contest(row) if row else None


def contests_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[ContestRow, ...]:
    """The values that are contested in a case."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_CONTEST} WHERE region = %s AND case_id = %s ORDER BY raised_at", (region, case_id))
        return tuple(_contest(row) for row in cursor)


def contests_of_parties(
    database: Database, eyes: Eyes, parties: Sequence[str], most: int = 50
) -> tuple[ContestRow, ...]:
    """The contests of these parties, the latest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_CONTEST} WHERE party = ANY(%s) ORDER BY raised_at DESC LIMIT %s", (list(parties), most))
        return tuple(_contest(row) for row in cursor)


def contests_of_organs(
    database: Database, eyes: Eyes, organs: Sequence[str], most: int = 100
) -> tuple[ContestRow, ...]:
    """What these organs have to look into: open contests, the nearest day first, then the latest settled ones."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_CONTEST} WHERE organ = ANY(%s) ORDER BY status <> 'open', due_on, raised_at LIMIT %s",
            (list(organs), most),
        )
        return tuple(_contest(row) for row in cursor)
