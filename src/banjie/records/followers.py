"""How far each follower of the journal has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from banjie.records.database import Cursor, Database, Eyes


@dataclass(slots=True)
class Place:
    """A follower's place, held for as long as its transaction lasts."""

    cursor: Cursor
    name: str
    xid: int
    position: int

    def move(self, xid: int, position: int) -> None:
        """Remembers that everything up to this entry is dealt with."""
        self.xid, self.position = xid, position


@contextmanager
def place(database: Database, eyes: Eyes, name: str) -> Iterator[Place | None]:
    """The place of a follower, None while another one holds it.

    What was moved is kept at the end, also when a reaction failed on the way: the entries before it are done.
    """
    with database.seen_by(eyes) as cursor:
        cursor.execute("INSERT INTO followers (name) VALUES (%s) ON CONFLICT DO NOTHING", (name,))
    failure: Exception | None = None
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT xid::text::bigint AS xid, position FROM followers WHERE name = %s FOR UPDATE SKIP LOCKED", (name,)
        ).fetchone()
        if row is None:
            yield None
            return
        held = Place(cursor, name, row["xid"], row["position"])
        try:
            yield held
        except Exception as error:  # noqa: BLE001 — kept, then raised again outside the transaction.
            failure = error
        cursor.execute(
            "UPDATE followers SET xid = %s::text::xid8, position = %s, moved_at = now() WHERE name = %s",
            (str(held.xid), held.position, name),
        )
    if failure is not None:
        raise failure


def lag(database: Database, eyes: Eyes, name: str) -> int:
    """How many entries wait for a follower."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS waiting FROM journal j LEFT JOIN followers f ON f.name = %s"
            " WHERE f.name IS NULL OR (j.xid, j.position) > (f.xid, f.position)",
            (name,),
        ).fetchone()
    return int(row["waiting"]) if row else 0
