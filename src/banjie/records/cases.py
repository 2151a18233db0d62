"""Cases as the database keeps them: load and save for acts, plain queries for pages."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from psycopg.types.json import Json, Jsonb

from banjie.engine.cases import CLOSED, Case, Stage
from banjie.engine.cases.state import FILED, HANDLED, same_filing
from banjie.engine.codec import encode_some, revive
from banjie.records.database import Database, Eyes, Row
from banjie.records.hotline import Answer, Arguments, Statement

SAVE = Statement(b"save_case", b"SELECT save_case(" + b", ".join(b"$%d" % n for n in range(1, 30)) + b")")
LOAD = Statement(b"load_case", b"SELECT * FROM load_case($1, $2, $3, $4, $5, $6, $7, $8)")
PUT_OFF_AT_ONCE = 5000
"""How many cases that need no look yet are put off in one round of the worker."""

OPEN = "SELECT open_case(" + ", ".join(["%s"] * 16) + ") AS kept"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as an act finds it. `request` and `answer` are set when the key has been used before."""

    id: str
    version: int
    last_hash: str
    case: Case
    request: str | None
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the read row says beside the state, derived from it by `actions.standing`."""

    stage: str
    accepted_on: date | None
    decided_on: date | None
    statutory_due: date | None
    promised_due: date | None
    due_on: date | None
    wake_on: date | None
    late: list[str]


def wanted(eyes: Eyes, region: str, number: str, key: str) -> Arguments:
    """What `load` asks of a case: by number, with the eyes of whoever acts, and the key of the act."""
    return (*eyes.bound, region, number, key)


def load(database: Database, calls: Sequence[Arguments]) -> list[Loaded | None]:
    """The cases `wanted`, each as its own eyes see it; None where there is none, or none these eyes may see."""
    return [_loaded(row) for row in _answers(database, LOAD, calls)]


def _answers(database: Database, statement: Statement, calls: Sequence[Arguments]) -> Sequence[Answer | None]:
    if len(calls) == 1:
        return [database.hotline.ask(statement, calls[0])]
    return database.hotline.ask_all(statement, calls)


def _loaded(row: Answer | None) -> Loaded | None:
    if row is None or row[0] is None:
        return None
    case_id, version, last_hash, application, state, request, answer = row
    return Loaded(
        id=_text(case_id),
        version=int(_text(version)),
        last_hash=_text(last_hash),
        case=_whole(orjson.loads(application or b"{}"), orjson.loads(state or b"{}")),
        request=request.decode() if request is not None else None,
        answer=orjson.loads(answer) if answer is not None else None,
    )


def _text(value: bytes | None) -> str:
    assert value is not None  # noqa: S101 — asked of columns that are never null.
    return value.decode()


def _whole(application: Mapping[str, Any], state: Mapping[str, Any]) -> Case:
    """A case from the two parts its state is kept in."""
    return revive(Case, {**application, **state})


def kept(
    eyes: Eyes,
    region: str,
    loaded: Loaded,
    *,
    version: int,
    last_hash: str,
    after: Case,
    standing: Standing,
    at: datetime,
    year: int,
    organ: str,
    entries: Sequence[object],
    tasks: Sequence[Mapping[str, Any]] | None,
    documents: Sequence[Mapping[str, Any]] | None,
    key: str,
    request: str,
    answer: Mapping[str, Any],
) -> Arguments:
    """What `save` keeps of an act: what it made of the case, and everything that is written with it."""
    return (
        *eyes.bound,
        region,
        loaded.id,
        str(loaded.version),
        str(version),
        last_hash,
        None if same_filing(loaded.case, after) else _json(encode_some(after, FILED)),
        _json(encode_some(after, HANDLED)),
        standing.stage,
        _day(standing.accepted_on),
        _day(standing.decided_on),
        _day(standing.statutory_due),
        _day(standing.promised_due),
        _day(standing.due_on),
        _day(standing.wake_on),
        "{" + ",".join(standing.late) + "}",
        at.isoformat(),
        str(year),
        organ,
        _json(entries),
        None if tasks is None else _json(tasks),
        _json(documents) if documents else None,
        key,
        request,
        _json(answer),
    )


def save(database: Database, calls: Sequence[Arguments]) -> list[bool]:
    """Keeps acts in one transaction. False for each whose case has moved on since it was loaded."""
    return [row is not None and row[0] == b"t" for row in _answers(database, SAVE, calls)]


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def open_case(
    database: Database,
    eyes: Eyes,
    *,
    row: Mapping[str, Any],
    case: Case,
    at: datetime,
    year: int,
    entries: Sequence[object],
    tasks: Sequence[Mapping[str, Any]],
    documents: Sequence[Mapping[str, Any]],
    key: str,
    request: str,
    answer: Mapping[str, Any],
) -> None:
    """Keeps a submission. Raises psycopg.errors.UniqueViolation when the key was used meanwhile."""
    with database.call() as cursor:
        cursor.execute(
            OPEN,
            (
                *eyes.bound,
                Jsonb(row),
                Json(encode_some(case, FILED)),
                Json(encode_some(case, HANDLED)),
                at,
                year,
                Jsonb(entries),
                Jsonb(tasks),
                Jsonb(documents),
                key,
                request,
                Json(answer),
            ),
        )


def load_many(database: Database, eyes: Eyes, region: str, keys: Mapping[str, str]) -> dict[str, Loaded]:
    """The cases of these numbers (number → key) that these eyes may see, by number."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT number, id::text AS id, version, last_hash, application, state, request, answer"
            " FROM load_cases(%s, %s, %s, %s, %s, %s, %s, %s)",
            (*eyes.bound, region, list(keys), list(keys.values())),
        )
        return {
            row["number"]: Loaded(
                row["id"],
                row["version"],
                row["last_hash"],
                _whole(row["application"], row["state"]),
                row["request"],
                row["answer"],
            )
            for row in cursor
        }


def save_many(
    database: Database, eyes: Eyes, region: str, acts: Sequence[Mapping[str, Any]], *, at: datetime, year: int
) -> frozenset[str]:
    """Keeps many acts in one transaction; answers with the ids of the cases whose act was kept."""
    with database.call() as cursor:
        row = cursor.execute(
            "SELECT save_cases(%s, %s, %s, %s, %s, %s, %s, %s, %s)::text[] AS kept",
            (*eyes.bound, region, at, year, Jsonb(acts)),
        ).fetchone()
    return frozenset(row["kept"]) if row else frozenset()


def earlier_answer(database: Database, account: str, region: str, key: str) -> tuple[str, Mapping[str, Any]] | None:
    """The request and the answer kept under a key, None when it is new."""
    with database.call() as cursor:
        row = cursor.execute("SELECT * FROM load_answer(%s, %s, %s)", (account, region, key)).fetchone()
    return (row["request"], row["answer"]) if row else None


def next_serial(database: Database) -> int:
    """A number no other case has. Gaps are allowed here: a case number promises uniqueness only."""
    with database.call() as cursor:
        row = cursor.execute("SELECT nextval('case_serial') AS serial").fetchone()
    assert row is not None  # noqa: S101 — nextval always answers.
    return int(row["serial"])


# --- what pages read ---


@dataclass(frozen=True, slots=True)
class Found:
    """A case as a page shows it: the read row and its state."""

    id: str
    region: str
    number: str
    item_name: str
    version: int
    last_hash: str
    submitted_at: datetime
    changed_at: datetime
    due_on: date | None
    case: Case


_FOUND = (
    "SELECT c.id::text AS id, c.region, number, item_name, version, last_hash, submitted_at, changed_at, due_on, state,"
    " filed.content AS application"
    " FROM cases c JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id"
)


def _found(row: Row) -> Found:
    case = _whole(row.pop("application"), row.pop("state"))
    return Found(**row, case=case)


def find(database: Database, eyes: Eyes, region: str, number: str) -> Found | None:
    """The case of that number as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_FOUND} WHERE c.region = %s AND number = %s", (region, number)).fetchone()
    return _found(row) if row else None


def find_by_id(database: Database, eyes: Eyes, region: str, case_id: str | uuid.UUID) -> Found | None:
    """The case of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_FOUND} WHERE c.region = %s AND c.id = %s", (region, case_id)).fetchone()
    return _found(row) if row else None


def of_parties(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[Found, ...]:
    """The latest cases of these parties, the newest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_FOUND} WHERE c.holder = ANY(%s) ORDER BY submitted_at DESC, number DESC LIMIT %s", (list(parties), most)
        )
        return tuple(_found(row) for row in cursor)


def waiting_for(database: Database, eyes: Eyes, parties: Sequence[str], *, most: int = 50) -> tuple[Found, ...]:
    """The open cases in which these parties themselves have something to do, however old, the latest asked first.

    To correct, or to hand in what was accepted without (容缺).
    """
    over = [stage.value for stage in CLOSED]
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_FOUND} WHERE c.holder = ANY(%s) AND stage <> ALL(%s) AND (stage = %s OR EXISTS (SELECT FROM"
            " json_array_elements(coalesce(state -> 'tolerances', '[]')) one WHERE one ->> 'supplied_on' IS NULL))"
            " ORDER BY changed_at DESC, number DESC LIMIT %s",
            (list(parties), over, Stage.CORRECTING.value, most),
        )
        return tuple(_found(row) for row in cursor)


def of_holder_in(
    database: Database, eyes: Eyes, region: str, holder: str, stages: Collection[Stage]
) -> tuple[Found, ...]:
    """A holder's cases that stand in one of these stages, the oldest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_FOUND} WHERE c.region = %s AND c.holder = %s AND stage = ANY(%s) ORDER BY submitted_at",
            (region, holder, [stage.value for stage in stages]),
        )
        return tuple(_found(row) for row in cursor)


def of_organ(database: Database, eyes: Eyes, region: str, organ: str, *, most: int = 50) -> tuple[Found, ...]:
    """The cases of an organ, the newest first."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_FOUND} WHERE c.region = %s AND c.organ = %s ORDER BY submitted_at DESC LIMIT %s", (region, organ, most)
        )
        return tuple(_found(row) for row in cursor)


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a worklist."""

    region: str
    case_id: str
    office: str
    role: str
    step: str
    step_name: str
    stage: str
    due_on: date | None
    number: str
    item: str
    item_name: str
    holder_name: str
    since: date
    handler: str = ""
    joint: bool = False
    holder_kind: str = ""


def worklist(
    database: Database,
    eyes: Eyes,
    offices: Sequence[str],
    *,
    roles: Sequence[str] = (),
    items: Sequence[str] = (),
    due_until: date | None = None,
    after: tuple[date, str] | None = None,
    most: int = 50,
) -> tuple[Task, ...]:
    """What these offices have to do, the least time left first; `after` is the (due day, case id) of the last line.

    The office is named in the query so that its index does the work; the policy is only the net below.
    """
    conditions = ["t.office = wanted.office"]
    if roles:
        conditions.append("role = ANY(%(roles)s)")
    if items:
        conditions.append("item = ANY(%(items)s)")
    if due_until:
        conditions.append("due_on <= %(due_until)s")
    if after:
        conditions.append("(due_on, case_id) > (%(after_due)s, %(after_id)s::uuid)")
    arguments = {
        "offices": list(offices),
        "roles": list(roles),
        "items": list(items),
        "due_until": due_until,
        "after_due": after[0] if after else None,
        "after_id": after[1] if after else None,
        "most": most,
    }
    # Each office's first lines come from its own stretch of the index, whatever lies behind them; then they are merged.
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT line.* FROM unnest(%(offices)s::text[]) AS wanted(office) CROSS JOIN LATERAL ("  # noqa: S608 — only constants are joined.
            "SELECT region, case_id::text AS case_id, t.office, role, step, step_name, stage, due_on, number, item,"
            f" item_name, holder_name, since, handler, joint, holder_kind FROM tasks t WHERE {' AND '.join(conditions)}"
            " ORDER BY due_on, t.case_id LIMIT %(most)s) AS line ORDER BY due_on, case_id LIMIT %(most)s",
            arguments,
        )
        return tuple(Task(**row) for row in cursor)


def whole_page(found: tuple[Task, ...], most: int) -> tuple[Task, ...]:
    """At most `most` lines of a worklist, never cut between two lines of one case: the next page begins after a case.

    `found` is asked for with one line more than a page has. A case with more lines than a page is cut all the same.
    """
    if len(found) <= most:
        return found
    end = most
    while end and found[end - 1].case_id == found[most].case_id and found[end - 1].due_on == found[most].due_on:
        end -= 1
    return found[: end or most]


def to_wake(database: Database, eyes: Eyes, today: date, *, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and number of cases whose day has passed, the longest waiting first.

    Acts move a case's day almost every time, mostly to later. The index the worker asks holds `look_on` instead, which
    an act only moves to earlier: so most acts touch no index at all, and what was put off is put off here.
    """
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "WITH stale AS (SELECT region, id FROM cases WHERE look_on < %(today)s"
            " AND (wake_on IS NULL OR wake_on >= %(today)s) ORDER BY look_on LIMIT %(most)s FOR UPDATE SKIP LOCKED)"
            " UPDATE cases c SET look_on = wake_on FROM stale s WHERE c.region = s.region AND c.id = s.id",
            {"today": today, "most": PUT_OFF_AT_ONCE},
        )
        cursor.execute(
            "SELECT region, number FROM cases WHERE look_on < %(today)s AND wake_on < %(today)s"
            " ORDER BY look_on LIMIT %(most)s",
            {"today": today, "most": most},
        )
        return tuple((row["region"], row["number"]) for row in cursor)
