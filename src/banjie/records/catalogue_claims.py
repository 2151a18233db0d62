"""What a region may still claim from the level above."""

from dataclasses import dataclass

from banjie.records.database import Database


@dataclass(frozen=True, slots=True)
class Claimable:
    """An item in force above. `claimed_code` is the lower region's own item that inherits from it, "" if none does;
    then `edition` is the one to open."""

    region: str
    code: str
    name: str
    organ_name: str
    edition: int
    claimed_code: str
    claimed_edition: int


_CLAIMABLE = """
    SELECT e.region, e.code, e.name, e.organ_name, e.edition,
        coalesce(below.code, '') AS claimed_code, coalesce(below.edition, 0) AS claimed_edition
    FROM item_editions e
    LEFT JOIN LATERAL (
        SELECT b.code, b.edition FROM item_editions b
        WHERE b.upper_region = e.region AND b.upper_code = e.code AND b.region = %(region)s
            AND b.upper_code <> '' AND b.state <> 'withdrawn'
        ORDER BY b.edition DESC LIMIT 1
    ) below ON true
    WHERE e.region = %(above)s AND e.state = 'published' AND e.code > %(after)s
        AND (%(pattern)s::text IS NULL OR e.name ILIKE %(pattern)s OR e.code ILIKE %(pattern)s)
    ORDER BY e.code LIMIT %(most)s
"""


def claimable_items(
    database: Database, above: str, region: str, *, words: str = "", after: str = "", most: int = 50
) -> tuple[Claimable, ...]:
    """The items in force in the region above, by code from `after` on, with what this region has made of them."""
    escaped = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%" if escaped else None
    given = {"above": above, "region": region, "after": after, "pattern": pattern, "most": most}
    with database.call() as cursor:
        cursor.execute(_CLAIMABLE, given, prepare=False)
        return tuple(Claimable(**row) for row in cursor)
