"""Staff as the database keeps it: who sits where, who is away, who stands in, who may decide what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from banjie.engine.codec import revive
from banjie.engine.permissions import Role
from banjie.engine.staff import Leave, Member
from banjie.packs.staff import staff_rules
from banjie.records.database import Cursor, Database, Row
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

MEMBERS: Final = Table("member", "members", Member)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at a desk of an office: her account and name, her post in words, since when she is on the staff."""

    account: str
    name: str
    duty: str
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as the pages of staff show it."""

    region: str
    account: str
    person: str
    role: Role
    office: str
    name: str
    from_day: date
    until_day: date | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """An official with the sum of her history."""

    region: str
    id: str
    account: str
    name: str
    member: Member


# --- who may be given work ---


def deputies(database: Database, accounts: Collection[str], day: date) -> dict[str, str]:
    """For each of these accounts that is on leave that day, the account that stands in."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT account, deputy FROM leaves WHERE account = ANY(%s) AND from_day <= %s AND until_day >= %s",
            (sorted(accounts), day, day),
        )
        return {row["account"]: row["deputy"] for row in cursor}


def on_leave(database: Database, accounts: Collection[str], day: date) -> set[str]:
    """Which of these accounts are on leave that day."""
    return set(deputies(database, accounts, day))


def certified(database: Database, accounts: Collection[str], item: str, day: date, *, kind: str = "") -> set[str]:
    """Which of these accounts may decide cases of the item that day; all of them where no certification is asked for.

    `kind` is the code of the item's kind: some are certified for all items of a kind.
    """
    rules = staff_rules().certifying
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT p.account, array_agg(DISTINCT p.region) AS regions, bool_or(c.item IS NOT NULL) AS held"
            " FROM posts p LEFT JOIN certifications c ON c.account = p.account AND c.item = ANY(%(items)s)"
            " AND c.valid_from <= %(day)s AND (c.valid_until IS NULL OR c.valid_until >= %(day)s)"
            " WHERE p.account = ANY(%(accounts)s) AND p.from_day <= %(day)s"
            " AND (p.until_day IS NULL OR p.until_day >= %(day)s) GROUP BY p.account",
            {"accounts": sorted(accounts), "items": [item, f"kind:{kind}"], "day": day},
        )
        return {
            row["account"]
            for row in cursor
            if row["held"] or not any(rules.in_force(region, day) for region in row["regions"])
        }


def joined_on(database: Database, accounts: Collection[str]) -> dict[str, date]:
    """The first day of each account's first post."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT account, joined_on FROM members WHERE account = ANY(%s) AND joined_on IS NOT NULL",
            (sorted(accounts),),
        )
        return {row["account"]: row["joined_on"] for row in cursor}


def colleagues(database: Database, office: str, role: Role | None, day: date) -> tuple[Colleague, ...]:
    """Who may be given work there: has a post of that role (any, for None) in the office and is not on leave."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (p.account) p.account, a.display_name AS name, p.name AS duty, m.joined_on FROM posts p"
            " JOIN records_account a ON a.key = p.account LEFT JOIN members m ON m.account = p.account"
            " WHERE p.office = %(office)s AND (%(role)s = '' OR p.role = %(role)s) AND p.from_day <= %(day)s"
            " AND (p.until_day IS NULL OR p.until_day >= %(day)s)"
            " AND NOT EXISTS (SELECT 1 FROM leaves l WHERE l.account = p.account AND l.from_day <= %(day)s"
            " AND l.until_day >= %(day)s) ORDER BY p.account, p.from_day",
            {"office": office, "role": role.value if role else "", "day": day},
        )
        return tuple(Colleague(**row) for row in cursor)


# --- what an official's history comes to ---


def write_sum(cursor: Cursor, region: str, member: Member) -> None:
    """Writes the rows an official's state makes, within the act that changed it."""
    cursor.execute("DELETE FROM posts WHERE account = %s", (member.account,))
    cursor.execute("DELETE FROM leaves WHERE region = %s AND account = %s", (region, member.account))
    cursor.execute("DELETE FROM certifications WHERE region = %s AND account = %s", (region, member.account))
    cursor.executemany(
        "INSERT INTO posts (region, account, role, office, name, from_day, until_day)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (post.region, member.account, post.role.value, post.office, post.name, post.from_day, post.until_day)
            for post in member.posts
        ],
    )
    cursor.executemany(
        "INSERT INTO leaves (region, account, key, from_day, until_day, deputy, reason)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (region, member.account, leave.key, leave.from_day, leave.until_day, leave.deputy, leave.reason)
            for leave in member.leaves
        ],
    )
    cursor.executemany(
        "INSERT INTO certifications (region, account, item, valid_from, valid_until, source)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (region, member.account, one.item, one.valid_from, one.valid_until, one.source)
            for one in member.certifications
        ],
    )


def find(database: Database, account: str) -> MemberRow | None:
    """An official with her history's sum, for whoever manages her; the door asks who that is."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(_MEMBER + " WHERE account = %s", (account,)).fetchone()
    return _member(row) if row else None


def waiting(database: Database, regions: Sequence[str], *, most: int = 100) -> tuple[MemberRow, ...]:
    """Officials of these regions about whom something waits for a second person."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            _MEMBER + " WHERE region = ANY(%s) AND waiting > 0 ORDER BY account LIMIT %s", (list(regions), most)
        )
        return tuple(_member(row) for row in cursor)


_MEMBER: Final = "SELECT region, id::text AS id, account, name, state FROM members"


def _member(row: Row) -> MemberRow:
    return MemberRow(row["region"], row["id"], row["account"], row["name"], revive(Member, row["state"]))


def posts_of(
    database: Database, regions: Sequence[str], day: date, *, office: str = "", words: str = "", most: int = 500
) -> tuple[PostRow, ...]:
    """The posts of these regions that are not over, by office and role; those to come are among them."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT p.region, p.account, a.display_name AS person, p.role, p.office, p.name, p.from_day, p.until_day"
            " FROM posts p JOIN records_account a ON a.key = p.account"
            " WHERE p.region = ANY(%(regions)s) AND (%(office)s = '' OR p.office = %(office)s)"
            " AND (p.until_day IS NULL OR p.until_day >= %(day)s)"
            " AND (%(words)s = '' OR strpos(a.display_name || ' ' || p.account || ' ' || p.name, %(words)s) > 0)"
            " ORDER BY p.region, p.office, p.role, p.account LIMIT %(most)s",
            {"regions": list(regions), "office": office, "day": day, "words": words, "most": most},
        )
        return tuple(PostRow(**{**row, "role": Role(row["role"])}) for row in cursor)


def heads_of(database: Database, account: str, day: date) -> set[str]:
    """The offices this account heads that day."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT office FROM posts WHERE account = %s AND role = 'head' AND from_day <= %s"
            " AND (until_day IS NULL OR until_day >= %s)",
            (account, day, day),
        )
        return {row["office"] for row in cursor}


def stood_in_by(database: Database, account: str, day: date) -> tuple[tuple[str, Leave], ...]:
    """Account and leave of everyone for whom this account stands in that day or later."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT l.account, l.key, l.from_day, l.until_day, l.deputy, a.display_name AS name, l.reason FROM leaves l"
            " JOIN records_account a ON a.key = l.account"
            " WHERE l.deputy = %s AND l.until_day >= %s ORDER BY l.from_day LIMIT 50",
            (account, day),
        )
        return tuple(
            (row["name"], Leave(row["key"], row["from_day"], row["until_day"], row["deputy"], "", row["reason"]))
            for row in cursor
        )


def account_named(database: Database, username: str) -> Mapping[str, Any] | None:
    """The account (key, display_name, region) of that user name, None when there is none or it is closed."""
    with database.call() as cursor:
        return cursor.execute(
            "SELECT key, display_name, region FROM records_account WHERE username = %s AND is_active", (username,)
        ).fetchone()


def regions_within(database: Database, regions: Sequence[str]) -> tuple[str, ...]:
    """These regions and all below them."""
    if not regions:
        return ()
    with database.call() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS (SELECT code FROM regions WHERE code = ANY(%s)"
            " UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code) SELECT code FROM below",
            (list(regions),),
        )
        return tuple(row["code"] for row in cursor)
