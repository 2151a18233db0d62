"""How much lies on offices' desks: the counts beside the saved views of a worklist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banjie.engine.permissions import Role
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class ItemCount:
    """How many lines of one item wait."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on some desks: all lines, those due today, those late, and by item (the most first)."""

    total: int
    due_today: int
    late: int
    items: tuple[ItemCount, ...]


def waiting(database: Database, eyes: Eyes, offices: Sequence[str], roles: Sequence[str], today: date) -> Waiting:
    """The counts over the lines of these offices for these roles (all roles when none is named)."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT item, min(item_name) AS name, count(*) AS number,"
            " count(*) FILTER (WHERE due_on = %(today)s) AS due_today,"
            " count(*) FILTER (WHERE due_on < %(today)s) AS late"
            " FROM tasks WHERE office = ANY(%(offices)s) AND (%(roles)s::text[] = '{}' OR role = ANY(%(roles)s))"
            " GROUP BY item ORDER BY count(*) DESC, item",
            {"today": today, "offices": list(offices), "roles": list(roles)},
        )
        rows = cursor.fetchall()
    return Waiting(
        total=sum(row["number"] for row in rows),
        due_today=sum(row["due_today"] for row in rows),
        late=sum(row["late"] for row in rows),
        items=tuple(ItemCount(row["item"], row["name"], row["number"]) for row in rows),
    )


def has_window(database: Database, organ: str, today: date) -> bool:
    """Whether anybody sits at a window of this organ today: without one an application would reach nobody."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM posts WHERE office = %s AND role = %s AND from_day <= %s"
            " AND (until_day IS NULL OR until_day >= %s)) AS found",
            (organ, Role.WINDOW.value, today, today),
        ).fetchone()
    return bool(row and row["found"])


def organ_names(database: Database, codes: set[str]) -> dict[str, str]:
    """The names of organs by their codes; the register of organs is public."""
    if not codes:
        return {}
    with database.call() as cursor:
        cursor.execute("SELECT code, name FROM organs WHERE code = ANY(%s)", (sorted(codes),))
        return {row["code"]: row["name"] for row in cursor}
