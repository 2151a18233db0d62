"""Setting a city up: its places, organs, officials, people, and the items it publishes."""

from collections.abc import Iterable
from datetime import date

from banjie.actions.platform import Platform
from banjie.engine.catalogue import Item
from banjie.packs.city import City, Official, Person
from banjie.packs.imports import digest
from banjie.records import catalogue, people
from banjie.records.models import Account
from banjie.records.people import MACHINE, Party, Post


def found_city(platform: Platform, city: City, *, password: str) -> None:
    """Registers the city with an account for everyone in it. Idempotent.

    `password` is everyone's first password; outside a demo it must be a one-time secret.
    """
    _registers(platform, city)
    hashed = _hashed(password)
    for official in city.officials:
        _account(official.username, official.name, official.region, hashed)
        _posts(platform, official)
    for person in city.people:
        _account(person.username, person.name, city.region, hashed)
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
            people.keep_mandate(
                platform.database, city.region, company.id, by_id[agent.person].username, until=agent.until
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


def _account(username: str, name: str, region: str, hashed: str) -> None:
    Account.objects.get_or_create(
        username=username,
        defaults={"key": username, "display_name": name, "region": region, "password": hashed},
    )


def _posts(platform: Platform, official: Official) -> None:
    for role in official.roles:
        for office in official.offices:
            people.keep_post(platform.database, official.username, Post(role, office, official.region, official.duty))


def _person(platform: Platform, city: City, person: Person) -> None:
    facts = {
        "person.name": person.name,
        "person.code": person.code,
        "person.phone": person.phone,
        "person.address": person.address,
    }
    people.keep_party(platform.database, city.region, Party(person.id, "person", person.name, person.code, facts))
    people.keep_mandate(platform.database, city.region, person.id, person.username)
