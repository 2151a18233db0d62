"""The city's registers of places and organs, open to everyone."""

from dataclasses import dataclass

from banjie.records.database import Database


@dataclass(frozen=True, slots=True)
class Region:
    """行政区划."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Organ:
    """行政机关: region, credit code, name, 机关代字."""

    region: str
    code: str
    name: str
    short: str


def regions(database: Database) -> tuple[Region, ...]:
    """The regions there are, by code."""
    with database.call() as cursor:
        cursor.execute("SELECT code, name, coalesce(parent, '') AS parent FROM regions ORDER BY code LIMIT 500")
        return tuple(Region(**row) for row in cursor)


def organs_of(database: Database, region: str) -> tuple[Organ, ...]:
    """The organs of a region, by name."""
    with database.call() as cursor:
        cursor.execute(
            "SELECT region, code, name, short_name AS short FROM organs WHERE region = %s ORDER BY name LIMIT 500",
            (region,),
        )
        return tuple(Organ(**row) for row in cursor)
