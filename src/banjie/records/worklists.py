"""Worklists as pages read them: views of the lines with their counts, and what each official keeps for herself.

Every list is read in the order of an index, a page at a time; every count stops at a thousand. So a view costs what it
shows, whatever lies behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from banjie.records.cases import Task, whole_page
from banjie.records.database import Cursor, Database, Eyes
from banjie.records.people import MACHINE

COUNTED_TO = 1000
"""Where counting stops; a page says 999+ from there."""


class View(StrEnum):
    """Which lines: one's own and those that wait for one of one's posts; each alone; all of the office; joint ones;
    those that wait for somebody else."""

    TODO = "todo"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    OFFICE = "office"
    JOINT = "joint"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose worklist: the accounts whose lines are hers (also of those she stands in for), her posts, her offices."""

    accounts: tuple[str, ...]
    posts: tuple[tuple[str, str], ...]
    """(office, role)."""
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of a view; empty and None leave a thing open. Days are included."""

    items: tuple[str, ...] = ()
    stage: str = ""
    step: str = ""
    """The step's name, as officials know it."""
    region: str = ""
    kind: str = ""
    """person or company."""
    due_from: date | None = None
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """How many lines (counted to a thousand in all) are of one item, stage, step and region."""

    item: str
    item_name: str
    stage: str
    step_name: str
    region: str
    count: int
    due_today: int
    late: int


_CHOSEN = (
    "SELECT t.region, t.case_id, {slot} AS slot, t.office, {role} AS role, {step} AS step, t.step_name, t.stage,"
    " t.due_on, t.number, t.item, t.item_name, t.holder_name, t.since, {handler} AS handler, {joint} AS joint,"
    " t.holder_kind"
)
_LINE = _CHOSEN.format(slot="t.slot", role="t.role", step="t.step", handler="t.handler", joint="t.joint")
_AWAITED = _CHOSEN.format(slot="0", role="''", step="''", handler="t.account", joint="false")
_ORDER = " ORDER BY t.due_on, t.case_id"


def _within(view: View, conditions: str, most: str) -> str:
    """The first lines of a view in order, each part from its own stretch of an index."""
    mine = (
        "(SELECT line.* FROM unnest(%(accounts)s::text[]) AS hers(account) CROSS JOIN LATERAL"  # noqa: S608 — only constants are joined.
        f" ({_LINE} FROM tasks t WHERE t.handler = hers.account AND t.handler <> ''{conditions}{_ORDER}{most}) AS line)"
    )
    unclaimed = (
        "(SELECT line.* FROM unnest(%(post_offices)s::text[], %(post_roles)s::text[]) AS wanted(office, role)"  # noqa: S608 — only constants are joined.
        f" CROSS JOIN LATERAL ({_LINE} FROM tasks t WHERE t.office = wanted.office AND t.role = wanted.role"
        f" AND t.handler = ''{conditions}{_ORDER}{most}) AS line)"
    )
    of_offices = (
        "(SELECT line.* FROM unnest(%(offices)s::text[]) AS wanted(office) CROSS JOIN LATERAL"  # noqa: S608 — only constants are joined.
        f" ({_LINE} FROM tasks t WHERE t.office = wanted.office{{joint}}{conditions}{_ORDER}{most}) AS line)"
    )
    match view:
        case View.MINE:
            parts = mine
        case View.UNCLAIMED:
            parts = unclaimed
        case View.TODO:
            parts = f"({mine} UNION ALL {unclaimed})"
        case View.OFFICE:
            parts = of_offices.format(joint="")
        case View.JOINT:
            parts = of_offices.format(joint=" AND t.joint")
        case View.WAITING:
            parts = f"({_AWAITED} FROM awaited t WHERE t.account = ANY(%(accounts)s){conditions}{_ORDER}{most})"
    return f"SELECT * FROM {parts} AS found ORDER BY due_on, case_id, slot{most}"  # noqa: S608 — only constants are joined.


def _conditions(wanted: Wanted, after: tuple[date, str] | None) -> str:
    parts = {
        "item = ANY(%(items)s)": bool(wanted.items),
        "stage = %(stage)s": bool(wanted.stage),
        "step_name = %(step)s": bool(wanted.step),
        "region = %(region)s": bool(wanted.region),
        "holder_kind = %(kind)s": bool(wanted.kind),
        "due_on >= %(due_from)s": wanted.due_from is not None,
        "due_on <= %(due_until)s": wanted.due_until is not None,
    }
    named = [f" AND t.{words}" for words, asked in parts.items() if asked]
    if after is not None:
        named.append(" AND (t.due_on, t.case_id) > (%(after_due)s, %(after_id)s::uuid)")
    return "".join(named)


def _arguments(whose: Whose, wanted: Wanted, after: tuple[date, str] | None, most: int | None) -> dict[str, Any]:
    return {
        "accounts": list(whose.accounts),
        "post_offices": [office for office, _ in whose.posts],
        "post_roles": [role for _, role in whose.posts],
        "offices": list(whose.offices),
        "items": list(wanted.items),
        "stage": wanted.stage,
        "step": wanted.step,
        "region": wanted.region,
        "kind": wanted.kind,
        "due_from": wanted.due_from,
        "due_until": wanted.due_until,
        "after_due": after[0] if after else None,
        "after_id": after[1] if after else None,
        "most": most,
    }


def _query(view: View, wanted: Wanted, after: tuple[date, str] | None, most: str) -> str:
    return _within(view, _conditions(wanted, after), most)


def lines(
    database: Database,
    eyes: Eyes,
    view: View,
    whose: Whose,
    wanted: Wanted,
    *,
    after: tuple[date, str] | None = None,
    most: int = 50,
) -> tuple[Task, ...]:
    """A page of a view, the least time left first; `after` is the (due day, case id) of the last line before it."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(_query(view, wanted, after, " LIMIT %(most)s"), _arguments(whose, wanted, after, most))
        return tuple(_task(row) for row in cursor)


def every_line(
    database: Database, eyes: Eyes, view: View, whose: Whose, wanted: Wanted, *, at_once: int = 500
) -> Iterator[Task]:
    """All lines of a view, however many, `at_once` in memory at a time: each stretch begins where one ended."""
    after: tuple[date, str] | None = None
    while True:
        found = lines(database, eyes, view, whose, wanted, after=after, most=at_once + 1)
        page = whole_page(found, at_once)
        yield from page
        if len(page) == len(found):
            return
        after = (page[-1].due_on or date.max, page[-1].case_id)


def counts(database: Database, eyes: Eyes, whose: Whose, views: Sequence[View]) -> dict[View, int]:
    """How many lines each view has, counted to a thousand."""
    parts = ", ".join(
        f"(SELECT count(*) FROM ({_query(view, Wanted(), None, ' LIMIT %(most)s')}) AS part) AS {view.value}"  # noqa: S608 — only constants are joined.
        for view in views
    )
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"SELECT {parts}", _arguments(whose, Wanted(), None, COUNTED_TO)).fetchone()
    assert row is not None  # noqa: S101 — a query without FROM always answers.
    return {view: row[view.value] for view in views}


def groups(database: Database, eyes: Eyes, view: View, whose: Whose, today: date) -> tuple[Group, ...]:
    """What a view consists of, for its filters: of the first thousand lines, the most first."""
    query = (
        "SELECT item, min(item_name) AS item_name, stage, step_name, region, count(*) AS count,"  # noqa: S608 — only constants are joined.
        " count(*) FILTER (WHERE due_on = %(today)s) AS due_today, count(*) FILTER (WHERE due_on < %(today)s) AS late"
        f" FROM ({_query(view, Wanted(), None, ' LIMIT %(most)s')}) AS part GROUP BY item, stage, step_name, region"
        " ORDER BY count(*) DESC, item, step_name"
    )
    with database.seen_by(eyes) as cursor:
        cursor.execute(query, _arguments(whose, Wanted(), None, COUNTED_TO) | {"today": today})
        return tuple(Group(**row) for row in cursor)


_FIELDS = frozenset(field.name for field in fields(Task))


def _task(row: dict[str, Any]) -> Task:
    row["case_id"] = str(row["case_id"])
    return Task(**{name: value for name, value in row.items() if name in _FIELDS})


def item_names(database: Database, eyes: Eyes, cases: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The name of each case's item by its number; `cases` are regions and numbers."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT c.number, c.item_name FROM unnest(%s::text[], %s::text[]) AS w(region, number)"
            " JOIN cases c ON c.region = w.region AND c.number = w.number",
            ([region for region, _ in cases], [number for _, number in cases]),
        )
        return {row["number"]: row["item_name"] for row in cursor}


def items_of(database: Database, eyes: Eyes, office: str) -> tuple[tuple[str, str], ...]:
    """Code and name of the items of the office's first thousand lines."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT item, min(item_name) AS name FROM (SELECT item, item_name FROM tasks WHERE office = %s"
            " ORDER BY due_on, case_id LIMIT %s) AS part GROUP BY item ORDER BY name",
            (office, COUNTED_TO),
        )
        return tuple((row["item"], row["name"]) for row in cursor)


# --- waiting for others ---


@dataclass(frozen=True, slots=True)
class Awaited:
    """A case an official has had in hand that waits for `applicant`, `special` or another `office`."""

    account: str
    office: str
    waits_for: str
    stage: str
    step_name: str
    due_on: date
    since: date
    number: str
    item: str
    item_name: str
    holder_name: str
    holder_kind: str


def keep_awaited(database: Database, region: str, case_id: str, rows: Sequence[Awaited]) -> None:
    """Sets who waits for this case."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("DELETE FROM awaited WHERE region = %s AND case_id = %s", (region, case_id))
        for row in rows:
            _insert(cursor, region, case_id, row)


def _insert(cursor: Cursor, region: str, case_id: str, row: Awaited) -> None:
    names = [field.name for field in fields(Awaited)]
    values = {name: getattr(row, name) for name in names} | {"region": region, "case_id": case_id}
    columns = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    cursor.execute(f"INSERT INTO awaited ({columns}) VALUES ({places})", values)  # noqa: S608 — names of our own fields.


# --- kept by each official ---


@dataclass(frozen=True, slots=True)
class SavedView:
    """An official's own view: a name and what stands behind the question mark of its address."""

    name: str
    query: str


def saved_views(database: Database, eyes: Eyes) -> tuple[SavedView, ...]:
    """The views of whoever looks, in the order she made them."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("SELECT name, query FROM saved_views WHERE account = %s ORDER BY made_at, name", (eyes.account,))
        return tuple(SavedView(**row) for row in cursor)


def save_view(database: Database, eyes: Eyes, region: str, view: SavedView, at: datetime, *, most: int) -> bool:
    """Keeps a view under its name, over an older one of that name; False when she has `most` already."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO saved_views (region, account, name, query, made_at) SELECT %(region)s, %(account)s, %(name)s,"
            " %(query)s, %(at)s WHERE (SELECT count(*) FROM saved_views WHERE account = %(account)s"
            " AND name <> %(name)s) < %(most)s"
            " ON CONFLICT (region, account, name) DO UPDATE SET query = EXCLUDED.query",
            {
                "region": region,
                "account": eyes.account,
                "name": view.name,
                "query": view.query,
                "at": at,
                "most": most,
            },
        )
        return cursor.rowcount == 1


def drop_view(database: Database, eyes: Eyes, name: str) -> None:
    """Forgets a view."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("DELETE FROM saved_views WHERE account = %s AND name = %s", (eyes.account, name))


def columns(database: Database, eyes: Eyes) -> tuple[str, ...] | None:
    """The columns she wants to see; None when she has never chosen."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute("SELECT columns FROM desk_columns WHERE account = %s", (eyes.account,)).fetchone()
    return tuple(row["columns"]) if row else None


def keep_columns(database: Database, eyes: Eyes, region: str, chosen: Sequence[str]) -> None:
    """Keeps which columns she wants to see."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO desk_columns (region, account, columns) VALUES (%s, %s, %s)"
            " ON CONFLICT (region, account) DO UPDATE SET columns = EXCLUDED.columns",
            (region, eyes.account, list(chosen)),
        )
