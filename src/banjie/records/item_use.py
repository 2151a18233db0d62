"""How often each item is applied for, so that what many need comes first. Counted behind the journal, once a case."""

from collections import Counter

from banjie.records import followers, journal
from banjie.records.database import Database
from banjie.records.people import MACHINE

FOLLOWER = "item-use"


def tally(database: Database, *, most: int = 500) -> int:
    """Counts the next applications of the journal; answers with how many entries were read.

    The counts move in the transaction that moves the follower's place, so nothing is counted twice or stepped over.
    """
    with followers.place(database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            return 0
        entries = journal.after(place.cursor, place.xid, place.position, most)
        filed = Counter(
            (str(entry.data["region"]), str(entry.data["item"]))
            for entry in entries
            if (entry.subject_kind, entry.kind) == ("case", "Submitted")
        )
        if filed:
            keys = sorted(filed)
            place.cursor.execute(
                "INSERT INTO item_use (region, item, filed)"
                " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])"
                " ON CONFLICT (region, item) DO UPDATE SET filed = item_use.filed + EXCLUDED.filed",
                ([region for region, _ in keys], [item for _, item in keys], [filed[key] for key in keys]),
            )
        if entries:
            place.move(entries[-1].xid, entries[-1].position)
        return len(entries)


def most_used(database: Database, most: int = 1000) -> tuple[tuple[str, str, int], ...]:
    """The items applied for most: (region, code, how often)."""
    with database.call() as cursor:
        cursor.execute("SELECT region, item, filed FROM item_use ORDER BY filed DESC LIMIT %s", (most,))
        return tuple((row["region"], row["item"], row["filed"]) for row in cursor)
