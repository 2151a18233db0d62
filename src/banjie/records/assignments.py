"""分派: how an office's lines are given out, who takes part, and who is there to be given one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banjie.engine.assignment import Candidate, Way
from banjie.engine.permissions import Role
from banjie.records import staff
from banjie.records.database import Database, Eyes
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class Share:
    """One official's part in her office's lines: only these items and regions, () for all of them."""

    account: str
    name: str
    takes_part: bool = True
    items: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    turn: int = 0
    lines: int = 0
    """How many lines she has now, counted to a thousand."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line nobody has, in an office with a rule for giving it out."""

    office: str
    role: Role
    way: Way
    step: str
    item: str
    number: str


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A line whose handler holds no post for it any more."""

    region: str
    number: str
    step: str
    handler: str


def posts_of(database: Database, account: str, today: date) -> tuple[str, frozenset[tuple[Role, str]]]:
    """The name of an account and its posts of the day (role, office)."""
    with database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute("SELECT name, role, office FROM posts_of(%s, %s)", (account, today)).fetchall()
    return rows[0]["name"], frozenset((Role(row["role"]), row["office"]) for row in rows if row["role"])


def way_of(database: Database, eyes: Eyes, region: str, office: str, role: Role) -> Way:
    """How the lines of this office and role are given out; `Way.FREE` where nobody has said."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT way FROM assignment_rules WHERE region = %s AND office = %s AND role = %s",
            (region, office, role.value),
        ).fetchone()
    return Way(row["way"]) if row else Way.FREE


def shares(database: Database, eyes: Eyes, region: str, office: str, role: Role, today: date) -> tuple[Share, ...]:
    """Everybody of this office and role with her part; who was never named takes part in everything."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT c.account, c.name, coalesce(s.takes_part, true) AS takes_part, coalesce(s.items, '{}') AS items,"
            " coalesce(s.regions, '{}') AS regions, coalesce(s.turn, 0) AS turn, c.lines"
            " FROM colleagues_of(%(office)s, %(today)s) c LEFT JOIN assignment_shares s ON s.region = %(region)s"
            " AND s.office = %(office)s AND s.role = %(role)s AND s.account = c.account"
            " WHERE %(role)s = ANY(c.roles) ORDER BY c.account",
            {"office": office, "region": region, "role": role.value, "today": today},
        )
        return tuple(Share(**row | {"items": tuple(row["items"]), "regions": tuple(row["regions"])}) for row in cursor)


def candidates(database: Database, found: Sequence[Share], item: str, kind: str, today: date) -> tuple[Candidate, ...]:
    """The same as the rule sees them for a line of that item (and kind of item): who is away, who is certified."""
    accounts = [one.account for one in found]
    away = staff.on_leave(database, accounts, today)
    certified = staff.certified(database, accounts, item, today, kind=kind)
    return tuple(
        Candidate(
            account=one.account,
            here=one.takes_part and one.account not in away,
            certified=one.account in certified,
            items=frozenset(one.items),
            regions=frozenset(one.regions),
            lines=one.lines,
            turn=one.turn,
        )
        for one in found
    )


def colleagues(
    database: Database, eyes: Eyes, office: str, roles: Sequence[Role], today: date
) -> tuple[tuple[str, str], ...]:
    """Account and name of everybody who serves in the office in one of these roles and is not on leave."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT account, name FROM colleagues_of(%s, %s) WHERE roles && %s ORDER BY name",
            (office, today, [role.value for role in roles]),
        )
        found = tuple((row["account"], row["name"]) for row in cursor)
    away = staff.on_leave(database, [account for account, _ in found], today)
    return tuple(one for one in found if one[0] not in away)


def keep_rule(
    database: Database,
    eyes: Eyes,
    region: str,
    office: str,
    role: Role,
    way: Way,
    parts: Sequence[Share],
    at: datetime,
) -> None:
    """Sets the rule of an office and role, and who takes part in what. Turns go on as they are."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO assignment_rules (region, office, role, way, changed_by, changed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (region, office, role)"
            " DO UPDATE SET way = EXCLUDED.way, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at",
            (region, office, role.value, way.value, eyes.account, at),
        )
        cursor.executemany(
            "INSERT INTO assignment_shares (region, office, role, account, takes_part, items, regions)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (region, office, role, account) DO UPDATE"
            " SET takes_part = EXCLUDED.takes_part, items = EXCLUDED.items, regions = EXCLUDED.regions",
            [
                (region, office, role.value, one.account, one.takes_part, list(one.items), list(one.regions))
                for one in parts
            ],
        )


def waiting(database: Database, region: str, case_id: str) -> tuple[Waiting, ...]:
    """The lines of a case nobody has yet, where their office has a rule for giving them out."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT t.office, t.role, r.way, t.step, t.item, t.number FROM tasks t JOIN assignment_rules r"
            " ON r.region = t.region AND r.office = t.office AND r.role = t.role"
            " WHERE t.region = %s AND t.case_id = %s AND t.handler = '' AND r.way <> 'free' ORDER BY t.slot",
            (region, case_id),
        )
        return tuple(Waiting(**row | {"role": Role(row["role"]), "way": Way(row["way"])}) for row in cursor)


def note_turn(database: Database, region: str, office: str, role: Role, account: str) -> None:
    """Writes down that this official has had her turn: everybody else of the office comes before her now."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO assignment_shares AS s (region, office, role, account, turn)"
            " SELECT %(region)s, %(office)s, %(role)s, %(account)s, 1 + coalesce(max(turn), 0) FROM assignment_shares"
            " WHERE region = %(region)s AND office = %(office)s AND role = %(role)s"
            " ON CONFLICT (region, office, role, account) DO UPDATE SET turn = EXCLUDED.turn",
            {"region": region, "office": office, "role": role.value, "account": account},
        )


def left_behind(database: Database, today: date, *, most: int = 200) -> tuple[LeftBehind, ...]:
    """Lines whose handlers have left the office, or the role, since a little while."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("SELECT region, number, step, handler FROM lines_left_behind(%s, %s)", (today, most))
        return tuple(LeftBehind(**row) for row in cursor)


def forget_ended(database: Database, today: date) -> None:
    """Drops what is remembered of ended posts that left no line behind."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "DELETE FROM posts_ended e WHERE NOT EXISTS (SELECT 1 FROM lines_left_behind(%s, 1000) l"
            " WHERE l.handler = e.account)",
            (today,),
        )
