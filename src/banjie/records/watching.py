"""电子监察, as the database keeps it: when to look at a case, its cards, and what happened to clocks by day.

`watch` has a line for each open case. It is marked behind the journal by a follower of its own, in one statement for
many entries, so that no act on a case waits for it; the worker works off what is due and puts the next day there.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString

from banjie.engine.calendar import CHINA
from banjie.engine.cards import Card
from banjie.engine.cases import Case
from banjie.engine.codec import revive
from banjie.records import followers, journal
from banjie.records.database import Cursor, Database, Eyes, Row
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.records.sharing import Table

FOLLOWER = "watching"
CARDS: Final = Table("card", "cards", Card)

MOVES_CLOCKS: Final = frozenset(
    {
        *("Submitted", "Resubmitted", "Claimed", "CorrectionAsked", "Accepted", "ReviewStarted"),
        *("StepFinished", "StepReturned", "SpecialStarted", "SpecialEnded", "Extended", "Approved", "Denied"),
        *("Delivered", "Returned", "TakenBack", "Withdrawn", "Terminated", "ToleranceLapsed"),
        *("FoundNotRequired", "FoundNotCompetent", "MarkedLate", "DeadlinesMoved"),
    }
)
"""After which events of a case its clocks are looked at again."""

_KEPT: Final = frozenset(
    {
        *("Submitted", "Resubmitted", "CorrectionAsked", "Accepted", "SpecialStarted", "SpecialEnded"),
        *("Approved", "Denied", "Delivered", "Returned"),
    }
)
"""Which of them the search for abuse reads."""

_DUE_WORDS: Final = {"Submitted": "answer_due", "Resubmitted": "answer_due", "Accepted": "promised_due"}


def gather(database: Database, *, most: int = 2000) -> int:
    """Marks the cases to which something happened; answers with how many entries were read."""
    with followers.place(database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            return 0
        entries = journal.after(place.cursor, place.xid, place.position, most)
        mark(place.cursor, [one for one in entries if one.subject_kind == "case" and one.kind in MOVES_CLOCKS])
        if entries:
            place.move(entries[-1].xid, entries[-1].position)
        return len(entries)


def mark(cursor: Cursor, entries: Sequence[Entry]) -> None:
    """Wants a look at the cases of these entries, and keeps what the search for abuse reads."""
    looks: dict[tuple[str, str], date] = {}
    for one in entries:
        day, key = one.at.astimezone(CHINA).date(), (one.region, one.subject)
        looks[key] = min(looks.get(key, day), day)
    if not looks:
        return
    keys = sorted(looks)
    cursor.execute(
        "INSERT INTO watch (region, case_id, look_on) SELECT * FROM unnest(%s::text[], %s::uuid[], %s::date[])"
        " ON CONFLICT (region, case_id) DO UPDATE SET look_on = least(watch.look_on, EXCLUDED.look_on)",
        ([region for region, _ in keys], [case for _, case in keys], [looks[key] for key in keys]),
    )
    kept = [one for one in entries if one.kind in _KEPT]
    cursor.execute(
        "INSERT INTO clock_acts (region, case_id, seq, day, at, kind, actor, due_on) SELECT * FROM unnest("
        "%s::text[], %s::uuid[], %s::int[], %s::date[], %s::timestamptz[], %s::text[], %s::text[], %s::date[])"
        " ON CONFLICT DO NOTHING",
        (
            [one.region for one in kept],
            [one.subject for one in kept],
            [one.seq for one in kept],
            [one.at.astimezone(CHINA).date() for one in kept],
            [one.at for one in kept],
            [one.kind for one in kept],
            [one.actor for one in kept],
            [one.data.get(_DUE_WORDS.get(one.kind, "")) for one in kept],
        ),
    )


# --- what is due for a look ---


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card with where it is kept."""

    id: str
    region: str
    card: Card


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """A case that is due for a look, with the cards it has."""

    region: str
    id: str
    case: Case
    cards: tuple[CardRow, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is kept of a look: when to look next, and what the night's list says of the case."""

    look_on: date | None
    promised_due: date | None
    organ: str
    office: str
    item: str
    level: int
    is_over: bool = False


@contextmanager
def due(database: Database, today: date, most: int = 200) -> Iterator[tuple[tuple[WatchedCase, ...], Cursor]]:
    """Cases due for a look, held until the end so that nobody looks at them twice; what is kept goes by the cursor."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT region, case_id::text AS id FROM watch WHERE look_on <= %s"
            " ORDER BY look_on LIMIT %s FOR UPDATE SKIP LOCKED",
            (today, most),
        )
        keys = [(row["region"], row["id"]) for row in cursor]
        if not keys:
            yield (), cursor
            return
        wanted = ([region for region, _ in keys], [case for _, case in keys])
        cursor.execute(
            "SELECT c.id::text AS id, c.region, c.state, filed.content"
            " FROM unnest(%s::text[], %s::uuid[]) AS k(region, id)"
            " JOIN cases c ON c.region = k.region AND c.id = k.id"
            " JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id",
            wanted,
        )
        states = {(row["region"], row["id"]): revive(Case, {**row["content"], **row["state"]}) for row in cursor}
        cursor.execute(
            f"{_CARD} JOIN unnest(%s::text[], %s::uuid[]) AS k(region, id)"
            " ON cards.region = k.region AND cards.case_id = k.id",
            wanted,
        )
        shown: dict[tuple[str, str], list[CardRow]] = {}
        for row in cursor:
            shown.setdefault((row["region"], row["case_id"]), []).append(_card(row))
        yield (
            tuple(WatchedCase(*key, states[key], tuple(shown.get(key, ()))) for key in keys if key in states),
            cursor,
        )


def keep_watch(cursor: Cursor, region: str, case_id: str, watch: Watch) -> None:
    """Keeps what a look has found; a case that is over is no longer watched."""
    if watch.is_over:
        cursor.execute("DELETE FROM watch WHERE region = %s AND case_id = %s", (region, case_id))
        return
    cursor.execute(
        "UPDATE watch SET look_on = %s, promised_due = %s, organ = %s, office = %s, item = %s, level = %s"
        " WHERE region = %s AND case_id = %s",
        (
            watch.look_on,
            watch.promised_due,
            watch.organ,
            watch.office,
            watch.item,
            watch.level,
            region,
            case_id,
        ),
    )


def put_off(cursor: Cursor, region: str, case_id: str, until: date) -> None:
    """Looks at a case again on a later day."""
    cursor.execute("UPDATE watch SET look_on = %s WHERE region = %s AND case_id = %s", (until, region, case_id))


# --- the night's list ---


@dataclass(frozen=True, slots=True)
class Ahead:
    """Open cases of an organ by their promised day and the worst card they show."""

    organ: str
    due_on: date
    level: int
    count: int


def ahead(database: Database, eyes: Eyes, regions: Sequence[str], first: date, last: date) -> tuple[Ahead, ...]:
    """What falls due between two days, inclusive, by organ, day and level."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT organ, promised_due AS due_on, level, count(*) AS count FROM watch"
            " WHERE region = ANY(%s) AND promised_due >= %s AND promised_due <= %s"
            " GROUP BY organ, promised_due, level ORDER BY organ, promised_due, level",
            (list(regions), first, last),
        )
        return tuple(Ahead(**row) for row in cursor)


def due_that_day(database: Database, day: date) -> tuple[tuple[str, str, int], ...]:
    """Region, office and number of the cases that fall due on a day: for the platform itself."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT region, office, count(*) AS number FROM watch"
            " WHERE region = ANY (SELECT code FROM regions WHERE level <= 4) AND promised_due = %s"
            " GROUP BY region, office",
            (day,),
        )
        return tuple((row["region"], row["office"], row["number"]) for row in cursor)


# --- cards ---

_CARD: Final[LiteralString] = "SELECT cards.id::text AS id, cards.region, case_id::text AS case_id, state FROM cards"


def _card(row: Row) -> CardRow:
    return CardRow(row["id"], row["region"], revive(Card, row["state"]))


def find_card(database: Database, eyes: Eyes, region: str, card: str) -> CardRow | None:
    """The card of that identifier as far as these eyes may see it."""
    with database.seen_by(eyes) as cursor:
        row = cursor.execute(f"{_CARD} WHERE region = %s AND id = %s", (region, card)).fetchone()
    return _card(row) if row else None


def cards_of_case(database: Database, eyes: Eyes, region: str, case_id: str) -> tuple[CardRow, ...]:
    """Everything a case's clocks have shown."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_CARD} WHERE region = %s AND case_id = %s ORDER BY shown_on, id", (region, case_id))
        return tuple(_card(row) for row in cursor)


def cards_of_regions(
    database: Database,
    eyes: Eyes,
    regions: Sequence[str],
    *,
    level: int = 0,
    organ: str = "",
    appealed: bool = False,
    most: int = 200,
) -> tuple[CardRow, ...]:
    """The open cards of these regions, the worst first; of one level, of one organ, or those with an appeal."""
    conditions: LiteralString = "region = ANY(%(regions)s) AND (%(organ)s = '' OR organ = %(organ)s)"
    conditions += " AND appealed" if appealed else " AND status = 'open' AND level > 0"
    if level:
        conditions += " AND level = %(level)s"
    values: dict[str, Any] = {"regions": list(regions), "organ": organ, "level": level, "most": most}
    with database.seen_by(eyes) as cursor:
        cursor.execute(f"{_CARD} WHERE {conditions} ORDER BY level DESC, due_on, id LIMIT %(most)s", values)
        return tuple(_card(row) for row in cursor)


def counts_of_regions(database: Database, eyes: Eyes, regions: Sequence[str]) -> dict[int, int]:
    """How many open cards there are of each level."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT level, count(*) AS number FROM cards WHERE region = ANY(%s) AND status = 'open' GROUP BY level",
            (list(regions),),
        )
        return {row["level"]: row["number"] for row in cursor}


def cards_of_offices(
    database: Database, eyes: Eyes, offices: Sequence[str], *, account: str = "", most: int = 100
) -> tuple[CardRow, ...]:
    """The open cards that these offices have to do with, those of one account first, then the worst."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            f"{_CARD} WHERE (organ = ANY(%(offices)s) OR office = ANY(%(offices)s)) AND status = 'open' AND level > 0"
            " ORDER BY account <> %(account)s, level DESC, due_on, id LIMIT %(most)s",
            {"offices": list(offices), "account": account, "most": most},
        )
        return tuple(_card(row) for row in cursor)


# --- calls ---


def plan_call(cursor: Cursor, region: str, card: str, on: date | None) -> None:
    """When the next rung of a card is called; None for no more."""
    if on is None:
        cursor.execute("DELETE FROM card_calls WHERE region = %s AND card = %s", (region, card))
        return
    cursor.execute(
        "INSERT INTO card_calls (region, card, call_on) VALUES (%s, %s, %s)"
        " ON CONFLICT (region, card) DO UPDATE SET call_on = EXCLUDED.call_on",
        (region, card, on),
    )


def calls_due(database: Database, today: date, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Region and card of the calls that are due."""
    with database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT region, card::text AS card FROM card_calls WHERE call_on <= %s ORDER BY call_on LIMIT %s",
            (today, most),
        )
        return tuple((row["region"], row["card"]) for row in cursor)
