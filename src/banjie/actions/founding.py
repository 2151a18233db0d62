"""Setting a city up: its places, organs, officials, people, and the items it publishes."""

from collections.abc import Iterable
from datetime import date, datetime, time

from banjie.actions import staff
from banjie.actions.mandates import register
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item
from banjie.engine.mandates import KIND_NAMES
from banjie.engine.real_names import Level
from banjie.engine.staff import Post
from banjie.packs.city import City, Official, Person
from banjie.packs.imports import digest
from banjie.packs.regions import load_regions
from banjie.packs.standards import load_basic_catalogue, load_standard_materials
from banjie.records import catalogue, halls, people, regions, standards
from banjie.records.models import Account
from banjie.records.people import MACHINE, Party

_KINDS = {name: kind for kind, name in KIND_NAMES.items()}


def found_city(platform: Platform, city: City, *, password: str) -> None:
    """Registers the city with an account for everyone in it. Idempotent.

    `password` is everyone's first password; outside a demo it must be a one-time secret.
    """
    _registers(platform, city)
    standards.keep_standards(platform.database, load_basic_catalogue(), load_standard_materials())
    hashed = _hashed(password)
    for official in city.officials:
        _account(official.username, official.name, official.region, hashed, Level.IN_PERSON)
        _posts(platform, official, city.since)
    for person in city.people:
        _account(person.username, person.name, city.region, hashed, Level.FACE)
        _person(platform, city, person)
    by_id = {person.id: person for person in city.people}
    for company in city.companies:
        representative = company.legal_representative
        facts = {
            "company.name": company.name,
            "company.credit_code": company.code,
            "company.address": company.address,
            "company.region": company.region,
            "company.legal_representative": by_id[representative].name if representative in by_id else representative,
        }
        if representative in by_id:
            facts["company.legal_representative_id"] = by_id[representative].code
            facts["company.phone"] = by_id[representative].phone
        party = Party(company.id, "company", company.name, company.code, facts)
        people.keep_party(platform.database, city.region, party)
        for agent in company.agents:
            person = by_id[agent.person]
            register(
                platform,
                kind=_KINDS[agent.kind],
                party=company.id,
                party_name=company.name,
                agent=person.username,
                agent_name=person.name,
                evidence="登记机关的登记" if agent.kind == "法定代表人" else "授权委托书",
                until=agent.until,
                now=datetime.combine(city.since, time(9), CHINA),
            )


def publish_items(platform: Platform, items: Iterable[Item], today: date) -> int:
    """Publishes the items that ship, leaving those that stand already as they are. Answers with how many are new."""
    new = 0
    for item in items:
        mark = digest(item)
        known = catalogue.latest(platform.database, item.region, item.code)
        if known is not None and known.digest == mark:
            continue
        catalogue.save_edition(
            platform.database,
            item,
            state="published",
            digest=mark,
            source="pack",
            gates=(),
            prepared_by="pack",
            published_by="pack",
        )
        new += 1
    platform.laws.forget()
    return new


def _registers(platform: Platform, city: City) -> None:
    levels = {region.code: region for region in city.regions}
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        for region in city.regions:
            level = 2 if not region.parent else 3 if not levels[region.parent].parent else 4
            cursor.execute(
                "INSERT INTO regions (code, name, parent, level) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, parent = EXCLUDED.parent",
                (region.code, region.name, region.parent or None, level),
            )
        regions.keep(
            cursor, ((one.code, one.name, one.parent, one.since, one.until, one.successor) for one in load_regions())
        )
        halls.keep(
            cursor,
            (
                halls.Hall(hall.region, hall.key, hall.name, hall.address, hall.hours, hall.phone, hall.windows)
                for hall in city.halls
            ),
        )
        for organ in city.organs:
            cursor.execute(
                "INSERT INTO organs (code, region, name, short_name) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, short_name = EXCLUDED.short_name",
                (organ.code, organ.region, organ.name, organ.short),
            )


def _hashed(password: str) -> str:
    """One slow hash for all: they share the password, so a hash of its own would protect nobody more."""
    account = Account()
    account.set_password(password)
    return account.password


def _account(username: str, name: str, region: str, hashed: str, level: Level) -> None:
    Account.objects.get_or_create(
        username=username,
        defaults={"key": username, "display_name": name, "region": region, "password": hashed, "level": level},
    )


def _posts(platform: Platform, official: Official, since: date) -> None:
    """Her posts since the city's register began, or the day she joined; a newcomer is certified for nothing yet."""
    day = official.since or since
    staff.register(
        platform,
        account=official.username,
        name=official.name,
        region=official.region,
        posts=tuple(
            Post(role, office, official.region, official.duty, day)
            for role in official.roles
            for office in official.offices
        ),
        certified=official.since is None,
        now=datetime.combine(day, time(9), CHINA),
    )


def _person(platform: Platform, city: City, person: Person) -> None:
    facts = {
        "person.name": person.name,
        "person.code": person.code,
        "person.phone": person.phone,
        "person.address": person.address,
    }
    people.keep_party(platform.database, city.region, Party(person.id, "person", person.name, person.code, facts))
    people.keep_own(platform.database, city.region, person.id, person.username)
