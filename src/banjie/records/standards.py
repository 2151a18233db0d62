"""The registers all regions share, as the database keeps them: 基本目录 and 标准材料."""

from collections.abc import Iterable

from psycopg.types.json import Jsonb

from banjie.engine.codec import decode, encode
from banjie.engine.standards import BasicEntry, StandardMaterial
from banjie.records.database import Cursor, Database


def keep_standards(database: Database, entries: Iterable[BasicEntry], materials: Iterable[StandardMaterial]) -> None:
    """Registers entries and materials, or brings them up to date."""
    with database.call() as cursor, cursor.connection.transaction():
        cursor.executemany(
            "INSERT INTO basic_catalogue (code, name, document) VALUES (%s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, document = EXCLUDED.document, loaded_at = now()",
            [(entry.code, entry.name, Jsonb(encode(entry))) for entry in entries],
        )
        cursor.executemany(
            "INSERT INTO standard_materials (key, name, document) VALUES (%s, %s, %s)"
            " ON CONFLICT (key) DO UPDATE SET name = EXCLUDED.name, document = EXCLUDED.document, loaded_at = now()",
            [(material.key, material.name, Jsonb(encode(material))) for material in materials],
        )


def basic_entry(cursor: Cursor, code: str) -> BasicEntry | None:
    """The entry of the basic catalogue under that code, None if it has none."""
    row = cursor.execute("SELECT document FROM basic_catalogue WHERE code = %s", (code,)).fetchone()
    return decode(BasicEntry, row["document"]) if row else None


def basic_catalogue(database: Database, *, most: int = 1_000) -> tuple[BasicEntry, ...]:
    """The entries of the basic catalogue, by code."""
    with database.call() as cursor:
        cursor.execute("SELECT document FROM basic_catalogue ORDER BY code LIMIT %s", (most,))
        return tuple(decode(BasicEntry, row["document"]) for row in cursor)


def standard_materials(database: Database) -> tuple[StandardMaterial, ...]:
    """The whole register of standard materials, by name."""
    with database.call() as cursor:
        cursor.execute("SELECT document FROM standard_materials ORDER BY name, key")
        return tuple(decode(StandardMaterial, row["document"]) for row in cursor)


def standard_materials_named(cursor: Cursor, keys: Iterable[str]) -> dict[str, StandardMaterial]:
    """The standard materials of these keys; who is not in the register is left out."""
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return {}
    cursor.execute("SELECT document FROM standard_materials WHERE key = ANY(%s)", (wanted,))
    found = (decode(StandardMaterial, row["document"]) for row in cursor)
    return {material.key: material for material in found}
