"""A city as it is set up: places, organs, halls with their windows, officials, people and companies.

The one that ships, 澜江市, is made up; so is everyone in it. Its codes have valid check characters, so that
they pass every door, and a region number (9901xx) that no place has.
"""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.ids import CitizenId, CreditCode, Malformed, RegionCode
from banjie.engine.permissions import Actor, Role
from banjie.packs.reading import Reading, compose
from banjie.packs.words import KEYS

LANJIANG = files("banjie") / "content" / "city" / "lanjiang.yaml"
"""The made-up city that ships."""


@dataclass(frozen=True, slots=True)
class Region:
    """行政区划; `parent` is the code of the place it lies in, "" for the province."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Organ:
    """行政机关: credit code, name, 机关代字 for document numbers, region."""

    code: str
    name: str
    short: str
    region: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Hall:
    """政务服务大厅 and its windows, by name."""

    key: str
    name: str
    region: str
    address: str
    hours: str
    phone: str
    windows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Official:
    """An official's account.

    `offices` are the codes of the organs she serves; `duty` is her post in words. `since` is the day a newcomer joined:
    whoever has none was here before the city's register began, and is certified for what she does.
    """

    username: str
    name: str
    roles: tuple[Role, ...]
    region: str
    offices: tuple[str, ...]
    duty: str = ""
    hall: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen with an account. `id` is how the register of people knows her; `code` her citizen number."""

    id: str
    username: str
    name: str
    code: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Mandate:
    """授权: a person (by id) may act for a company; `until` is the last day, None for without end."""

    person: str
    kind: str = "经办人"
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A company or other organisation, with the people who may act for it."""

    id: str
    name: str
    code: str
    legal_representative: str
    """Her name, or the id of a person of the city."""
    address: str
    region: str
    agents: tuple[Mandate, ...] = ()


@dataclass(frozen=True, slots=True)
class City:
    """Everything a city starts with."""

    name: str
    region: str
    regions: tuple[Region, ...]
    organs: tuple[Organ, ...]
    halls: tuple[Hall, ...]
    officials: tuple[Official, ...]
    people: tuple[Person, ...]
    companies: tuple[Company, ...]
    since: date
    """The day from which its register of mandates counts."""

    def organ(self, code: str) -> Organ:
        """The organ of that credit code; KeyError if the city has none."""
        for organ in self.organs:
            if organ.code == code:
                return organ
        raise KeyError(code)

    def person(self, username: str) -> Person:
        """The citizen with that account; KeyError if the city has none."""
        for person in self.people:
            if person.username == username:
                return person
        raise KeyError(username)

    def actor(self, username: str, today: date) -> Actor:
        """The account of that name as it acts on cases on that day; KeyError if the city has none.

        A person acts for herself and for the companies whose mandate has not run out.
        """
        for official in self.officials:
            if official.username == username:
                return Actor(
                    account=username,
                    name=official.name,
                    roles=frozenset(official.roles),
                    region=official.region,
                    offices=frozenset(official.offices),
                )
        person = self.person(username)
        return Actor(
            account=username,
            name=person.name,
            roles=frozenset({Role.APPLICANT}),
            region=self.region,
            parties=frozenset({person.id, *(company.id for company in self.represented_by(person.id, today))}),
        )

    def represented_by(self, person: str, today: date | None = None) -> tuple[Company, ...]:
        """The companies for which that person (by id) may act on that day; without a day, whenever that is."""
        return tuple(
            company
            for company in self.companies
            if any(
                agent.person == person and (today is None or agent.until is None or agent.until >= today)
                for agent in company.agents
            )
        )


CITY_KEYS: dict[type, dict[str, str]] = {
    City: {
        "名称": "name",
        "区划代码": "region",
        "行政区划": "regions",
        "机关": "organs",
        "大厅": "halls",
        "工作人员": "officials",
        "个人": "people",
        "单位": "companies",
        "登记日期": "since",
    },
    Region: {"代码": "code", "名称": "name", "上级": "parent"},
    Organ: {"代码": "code", "名称": "name", "代字": "short", "区划": "region", "电话": "phone"},
    Hall: {
        "编码": "key",
        "名称": "name",
        "区划": "region",
        "地址": "address",
        "时间": "hours",
        "电话": "phone",
        "窗口": "windows",
    },
    Official: {
        "账号": "username",
        "姓名": "name",
        "岗位": "roles",
        "区划": "region",
        "机关": "offices",
        "职务": "duty",
        "大厅": "hall",
        "到岗": "since",
    },
    Person: {
        "编号": "id",
        "账号": "username",
        "姓名": "name",
        "公民身份号码": "code",
        "电话": "phone",
        "地址": "address",
    },
    Mandate: {"受托人": "person", "身份": "kind", "截止": "until"},
    Company: {
        "编号": "id",
        "名称": "name",
        "统一社会信用代码": "code",
        "法定代表人": "legal_representative",
        "地址": "address",
        "区划": "region",
        "代理人": "agents",
    },
}


def load_city(source: Path | Traversable = LANJIANG) -> City:
    """A city from its file.

    Raises `PackError` with the line of every mistake, wrong codes and links included.
    """
    node, name = compose(source)
    reading = Reading(name, {**KEYS, **CITY_KEYS})
    city: City | None = reading.value(City, node)
    reading.check()
    assert city is not None  # noqa: S101 — check() has raised if anything was wrong.
    for path, reason, remedy in _faults(city):
        reading.note(path, reason, remedy)
    reading.check()
    return city


def _faults(city: City) -> list[tuple[str, str, str]]:
    """Codes that cannot be right and names that point nowhere, as (path, reason, remedy)."""
    found: list[tuple[str, str, str]] = []
    regions = {region.code for region in city.regions}
    organs = {organ.code for organ in city.organs}
    people = {person.id for person in city.people}
    usernames = [official.username for official in city.officials] + [person.username for person in city.people]

    def parse(path: str, read: type[CreditCode] | type[CitizenId] | type[RegionCode], text: str) -> None:
        try:
            read.parse(text)
        except Malformed as malformed:
            found.append((path, malformed.reason, malformed.remedy))

    def known(path: str, name: str, names: set[str], what: str) -> None:
        if name not in names:
            found.append((path, f"没有“{name}”这个{what}", f"请先在文件中写明这个{what}，或改正"))

    for index, region in enumerate(city.regions):
        parse(f"regions[{index}].code", RegionCode, region.code)
    for index, organ in enumerate(city.organs):
        parse(f"organs[{index}].code", CreditCode, organ.code)
        known(f"organs[{index}].region", organ.region, regions, "行政区划")
    for index, official in enumerate(city.officials):
        known(f"officials[{index}].region", official.region, regions, "行政区划")
        for office in official.offices:
            known(f"officials[{index}].offices", office, organs, "机关")
    for index, person in enumerate(city.people):
        parse(f"people[{index}].code", CitizenId, person.code)
    for index, company in enumerate(city.companies):
        parse(f"companies[{index}].code", CreditCode, company.code)
        for agent in company.agents:
            known(f"companies[{index}].agents", agent.person, people, "个人编号")
    for username in sorted({username for username in usernames if usernames.count(username) > 1}):
        found.append(("", f"账号“{username}”用了两次", "请给每个人不同的账号"))
    return found
