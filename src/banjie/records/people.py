"""Who is who: what an account is in the city, the parties it may act for, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from banjie.engine.mandates import PRINCIPALS, Kind
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.scopes import WHOLE, Deed, Scope
from banjie.packs.staff import staff_rules
from banjie.records.database import Database, Eyes, eyes_of


@dataclass(frozen=True, slots=True)
class PartyName:
    """A party the account may act for: what the account is to it, how far it may act, and until when."""

    id: str
    name: str
    kind: str
    code: str
    relation: Kind = Kind.OWN
    scope: Scope = WHOLE
    until: date | None = None

    @property
    def is_mine(self) -> bool:
        """Whether the account disposes of the party: the person herself, or the company's legal representative."""
        return self.relation in PRINCIPALS


@dataclass(frozen=True, slots=True)
class EndedMandate:
    """A mandate that does not hold any more, with its last day."""

    party: str
    name: str
    ended_on: date


@dataclass(frozen=True, slots=True)
class Post:
    """岗位: a role in an office, with the name the office is known by there."""

    role: Role
    office: str
    region: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An account in full: as the law sees it, as the database sees it, and what its pages need."""

    actor: Actor
    eyes: Eyes
    parties: tuple[PartyName, ...] = ()
    posts: tuple[Post, ...] = ()
    ended: tuple[EndedMandate, ...] = ()

    @property
    def is_official(self) -> bool:
        """Whether the account holds any post."""
        return bool(self.posts)


@dataclass(frozen=True, slots=True)
class Party:
    """A person or a company, with the facts government holds: `person.name`, `company.address`, …"""

    id: str
    kind: str
    name: str
    code: str
    facts: Mapping[str, Any]


MACHINE = Standing(actor=SYSTEM, eyes=eyes_of(SYSTEM))
"""The platform itself, when it brings about what silence means or carries on what an event asks for."""


def standing(database: Database, account: str, today: date, *, name: str = "", region: str = "") -> Standing:
    """What an account is today: ended mandates are left out. An unknown account stands for nobody."""
    with database.call() as cursor:
        row = cursor.execute("SELECT standing_of(%s, %s) AS standing", (account, today)).fetchone()
    found = row["standing"] if row else {"level": None, "posts": [], "parties": [], "ended": []}
    return read_standing(database, account, found, name=name, region=region)


def read_standing(
    database: Database, account: str, found: Mapping[str, Any], *, name: str = "", region: str = ""
) -> Standing:
    """The same from what standing_of has already answered."""
    posts = tuple(Post(Role(role), office, at, label) for role, office, at, label in found["posts"])
    parties = tuple(_party_name(*party) for party in found["parties"])
    roles = {post.role for post in posts}
    if parties:
        roles.add(Role.APPLICANT)
    gate = None
    rules = staff_rules().certifying
    # Found by hand for an account that is nobody, what standing_of would say is not all there.
    if posts and any(rules.in_force(post.region, date.fromisoformat(found["today"])) for post in posts):
        gate = rules.gate(found["certified"])
    actor = Actor(
        account=account,
        name=name,
        roles=frozenset(roles),
        region=region or (posts[0].region if posts else ""),
        offices=frozenset(post.office for post in posts),
        parties=frozenset(party.id for party in parties),
        narrow=tuple((party.id, party.scope) for party in parties if not party.scope.is_whole),
        level=found["level"] or 1,
        gate=gate,
        stands_in=tuple((absent, label) for absent, label in found.get("stands_in", ())),
    )
    watched = [post.region for post in posts if post.role in (Role.SUPERVISOR, Role.LEADER)]
    ended = tuple(EndedMandate(party, label, date.fromisoformat(day)) for party, label, day in found["ended"])
    return Standing(actor, eyes_of(actor, _regions_within(database, watched)), parties, posts, ended)


def _party_name(
    party: str,
    name: str,
    kind: str,
    code: str,
    relation: str,
    deeds: list[str],
    items: list[str],
    until: str | None,
) -> PartyName:
    scope = Scope(frozenset(map(Deed, deeds)), frozenset(items)) if deeds or items else WHOLE
    return PartyName(id=party, name=name, kind=kind, code=code, relation=Kind(relation), scope=scope, until=_day(until))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _regions_within(database: Database, regions: list[str]) -> tuple[str, ...]:
    """These regions and all below them."""
    if not regions:
        return ()
    with database.call() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS (SELECT code FROM regions WHERE code = ANY(%s)"
            " UNION SELECT r.code FROM regions r JOIN below b ON r.parent = b.code) SELECT code FROM below",
            (regions,),
        )
        return tuple(row["code"] for row in cursor)


def party(database: Database, eyes: Eyes, party_id: str) -> Party | None:
    """A party these eyes may see."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute("SELECT id, kind, name, code, facts FROM parties WHERE id = %s", (party_id,)).fetchone()
    return Party(**row) if row else None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person on record, with the account that is hers, "" when she has none."""

    party: str
    name: str
    account: str


def person_of_code(database: Database, region: str, code: str) -> KnownPerson | None:
    """Who a citizen number belongs to. For the platform itself, when somebody comes with a verified number."""
    with database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT p.id AS party, p.name, coalesce(m.account, '') AS account FROM parties p"
            " LEFT JOIN mandates m ON m.region = p.region AND m.party = p.id AND m.relation = 'own'"
            " AND m.status = 'in_force' WHERE p.code = %s AND p.region = %s AND p.kind = 'person'",
            (code, region),
        ).fetchone()
    return KnownPerson(**row) if row else None


def keep_party(database: Database, region: str, kept: Party) -> None:
    """Registers a party or brings it up to date."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO parties (region, id, kind, name, code, facts) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (region, id)"
            " DO UPDATE SET name = EXCLUDED.name, code = EXCLUDED.code, facts = EXCLUDED.facts",
            (region, kept.id, kept.kind, kept.name, kept.code, Jsonb(dict(kept.facts))),
        )


def keep_own(database: Database, region: str, party_id: str, account: str) -> None:
    """Ties an account to the person, or a company to the account that is its own: no mandate, but what one starts from.

    Mandates proper have a history and go through `actions.mandates`.
    """
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO mandates (region, party, account) VALUES (%s, %s, %s)"
            " ON CONFLICT (region, party, account) DO NOTHING",
            (region, party_id, account),
        )


def names_of(database: Database, accounts: set[str]) -> dict[str, str]:
    """The display names of accounts, for timelines. An official's name stands under his act; it is not a secret."""
    with database.call() as cursor:
        cursor.execute("SELECT key, display_name FROM records_account WHERE key = ANY(%s)", (list(accounts),))
        return {row["key"]: row["display_name"] for row in cursor}
