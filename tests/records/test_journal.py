"""The journal: chained, complete, followed without gaps; and the numbers that are drawn beside it."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.town import AGENT, CLERK, DECIDER, FOOD, HYGIENE, REGION, RESTAURANT, Town

from banjie.engine import cases as law_of_cases
from banjie.engine import certificates as law_of_certificates
from banjie.engine.cases import Case
from banjie.engine.cases.acts import Accept, Approve, Claim, Withdraw
from banjie.engine.certificates import Certificate
from banjie.engine.codec import decode
from banjie.engine.subject import GENESIS, chain
from banjie.records import followers, journal
from banjie.records.database import Cursor
from banjie.records.journal import Entry
from banjie.records.people import MACHINE


@pytest.fixture(scope="module")
def lived(town: Town) -> Town:
    """A town in which something has happened."""
    approved = town.submit("xiachunhe", HYGIENE, holder=RESTAURANT).number
    town.act(CLERK, approved, Claim())
    town.act(CLERK, approved, Accept())
    town.act(DECIDER, approved, Approve("准予"))
    given_up = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(AGENT, given_up, Withdraw("不开了"))
    town.settle()
    return town


def subjects(town: Town) -> dict[tuple[str, str], list[Entry]]:
    """Every subject's history."""
    entries = journal.whole(town.platform.database, MACHINE.eyes)
    return {key: list(group) for key, group in groupby(entries, key=lambda entry: (entry.subject_kind, entry.subject))}


# --- the chain ---


def test_every_chain_can_be_computed_again_from_what_is_kept(lived: Town) -> None:
    with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT 'case' AS kind, id::text AS id, version, last_hash FROM cases"
            " UNION ALL SELECT 'certificate', id::text, version, last_hash FROM certificates"
        )
        kept = {(row["kind"], row["id"]): (row["version"], row["last_hash"]) for row in cursor}
    found = subjects(lived)
    for key, history in found.items():
        last = GENESIS
        for number, entry in enumerate(history, start=1):
            assert entry.seq == number
            last = chain(
                last,
                region=entry.region,
                subject=entry.subject,
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                kind=entry.kind,
                data=entry.data,
            )
            assert entry.hash == last, key
        if key in kept:
            assert kept[key] == (len(history), last)
    assert set(kept) <= set(found)


def test_history_folds_to_the_stored_state(lived: Town) -> None:
    with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT id::text AS id, state, content FROM cases c"
            " JOIN applications a ON a.region = c.region AND a.case_id = c.id"
        )
        cases = {row["id"]: row["content"] | row["state"] for row in cursor}
        issued = {row["id"]: row["state"] for row in cursor.execute("SELECT id::text AS id, state FROM certificates")}
    for (kind, subject), history in subjects(lived).items():
        if kind == "case" and subject in cases:
            events = tuple(decode(law_of_cases.KINDS[entry.kind], entry.data) for entry in history)
            assert law_of_cases.fold(events) == decode(Case, cases[subject])
        elif kind == "certificate" and subject in issued:
            certificate = Certificate()
            for entry in history:
                event = decode(law_of_certificates.KINDS[entry.kind], entry.data)
                certificate = law_of_certificates.evolve(certificate, event)
            assert certificate == decode(Certificate, issued[subject])


def test_a_moment_comes_back_as_it_was(lived: Town) -> None:
    """The town's clock says 09:00 in China; whatever zone the session has, the hash must hold."""
    number = lived.submit(AGENT, FOOD, holder=RESTAURANT).number
    with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'America/Lima'")
        row = cursor.execute(
            "SELECT j.* FROM journal j JOIN cases c ON c.id = j.subject WHERE c.number = %s", (number,)
        ).fetchone()
    assert row is not None
    assert row["at"] == lived.clock()
    told = {name: row[name] for name in ("region", "seq", "at", "actor", "kind", "data")}
    assert row["hash"] == chain(GENESIS, subject=str(row["subject"]), **told)


# --- following ---


@pytest.fixture(scope="module", autouse=True)
def _notes_taken_away(database_server: Any) -> Iterator[None]:
    """The entries these tests write belong to no case: whoever replays the journal afterwards must not meet them."""
    yield
    with psycopg.connect(database_server.url("banjie_owner")) as connection:
        connection.execute("DELETE FROM journal WHERE subject_kind = 'test'")


def written(cursor: psycopg.Cursor[Any], subject: uuid.UUID) -> None:
    """One entry in the transaction of `cursor`, in the name of the platform."""
    cursor.execute("SELECT bind('system', '{}', '{}', '{}', 'system')")
    at = datetime(2026, 11, 24, tzinfo=UTC)
    told: dict[str, Any] = {"region": REGION, "subject": str(subject), "seq": 1, "at": at, "actor": "system"}
    mark = chain(GENESIS, **told, kind="Noted", data={})
    cursor.execute(
        "SELECT append_journal(%s, 'test', %s, %s, 'system', %s)",
        (REGION, subject, at, Jsonb([[1, "Noted", {}, mark]])),
    )


def followed(town: Town, name: str) -> list[str]:
    """The subjects of the next entries for a follower, whose place moves behind them."""
    with followers.place(town.platform.database, MACHINE.eyes, name) as place:
        assert place is not None
        entries = journal.after(place.cursor, place.xid, place.position, 10_000)
        for entry in entries:
            place.move(entry.xid, entry.position)
        return [entry.subject for entry in entries]


def test_whoever_commits_late_is_not_stepped_over(lived: Town, database_server: Any) -> None:
    """The earlier transaction commits last: what came after it waits, and then all come in order."""
    name = f"test-{uuid.uuid4()}"
    followed(lived, name)
    slow, quick = uuid.uuid4(), uuid.uuid4()
    url = database_server.url("banjie_app")
    with psycopg.connect(url) as late, late.cursor() as slowly:
        written(slowly, slow)
        with psycopg.connect(url) as early, early.cursor() as quickly:
            written(quickly, quick)
        assert followed(lived, name) == []
        assert followed(lived, name) == []
        late.commit()

    assert followed(lived, name) == [str(slow), str(quick)]
    assert followed(lived, name) == []


def test_what_is_undone_is_never_followed(lived: Town, database_server: Any) -> None:
    name = f"test-{uuid.uuid4()}"
    followed(lived, name)
    undone, kept = uuid.uuid4(), uuid.uuid4()
    with psycopg.connect(database_server.url("banjie_app")) as connection, connection.cursor() as cursor:
        written(cursor, undone)
        connection.rollback()
        written(cursor, kept)
        connection.commit()

    assert followed(lived, name) == [str(kept)]


def test_many_writers_and_a_follower_at_once_miss_nothing(lived: Town) -> None:
    name = f"test-{uuid.uuid4()}"
    followed(lived, name)
    wanted = [uuid.uuid4() for _ in range(60)]

    def write(subject: uuid.UUID) -> None:
        with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
            written(cursor, subject)

    seen: list[str] = []
    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(write, subject) for subject in wanted]
        while not all(one.done() for one in work):
            seen.extend(followed(lived, name))
    seen.extend(followed(lived, name))

    assert sorted(seen) == sorted(str(subject) for subject in wanted)


def test_one_place_is_held_by_one(lived: Town) -> None:
    name = f"test-{uuid.uuid4()}"
    database = lived.platform.database
    with followers.place(database, MACHINE.eyes, name) as first:
        assert first is not None
        with followers.place(database, MACHINE.eyes, name) as second:
            assert second is None
    with followers.place(database, MACHINE.eyes, name) as third:
        assert third is not None


def test_a_failure_keeps_the_place_reached_before_it(lived: Town) -> None:
    name = f"test-{uuid.uuid4()}"
    database = lived.platform.database

    def stumble() -> None:
        with followers.place(database, MACHINE.eyes, name) as place:
            assert place is not None
            place.move(7, 8)
            raise LookupError("the next entry cannot be dealt with")

    with pytest.raises(LookupError):
        stumble()
    with followers.place(database, MACHINE.eyes, name) as place:
        assert place is not None
        assert (place.xid, place.position) == (7, 8)


def test_lag_is_what_waits(lived: Town) -> None:
    name = f"test-{uuid.uuid4()}"
    database = lived.platform.database
    assert followers.lag(database, MACHINE.eyes, name) > 0
    followed(lived, name)
    assert followers.lag(database, MACHINE.eyes, name) == 0
    with database.seen_by(MACHINE.eyes) as cursor:
        written(cursor, uuid.uuid4())
    assert followers.lag(database, MACHINE.eyes, name) == 1


# --- serials ---

SERIAL = re.compile(r"（(.+)）(.+)〔(\d{4})〕第(\d{6})号")


def test_documents_are_numbered_without_a_gap(lived: Town) -> None:
    """Many at once, some of them undone in the middle: the numbers of a series and year are 1, 2, 3 …"""
    number = lived.submit(AGENT, FOOD, holder=RESTAURANT).number
    organ = lived.law(FOOD).item.organ
    with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute("SELECT id FROM cases WHERE number = %s", (number,)).fetchone()
    assert row is not None

    def undone(_: int) -> None:
        def numbered(cursor: Cursor) -> None:
            document = {
                "id": str(uuid.uuid4()),
                "seq": 9,
                "kind": "receipt",
                "series": "收",
                "prefix": "澜审",
                "content": {},
            }
            cursor.execute(
                "SELECT keep_documents(%s, %s, %s, %s, 2026, %s)",
                (REGION, row["id"], organ, lived.clock(), Jsonb([document])),
            )
            raise LookupError("something else went wrong in the same act")

        with pytest.raises(LookupError), lived.platform.database.seen_by(MACHINE.eyes) as cursor:
            numbered(cursor)

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(lived.submit, AGENT, FOOD, holder=RESTAURANT) for _ in range(12)]
        trouble = [pool.submit(undone, one) for one in range(12)]
        assert len({one.result().number for one in work}) == 12
        for one in trouble:
            one.result()

    series = defaultdict(list)
    with lived.platform.database.seen_by(MACHINE.eyes) as cursor:
        for document in cursor.execute("SELECT number FROM documents WHERE organ = %s", (organ,)):
            said = SERIAL.fullmatch(document["number"])
            assert said is not None, document["number"]
            series[said.group(2, 3)].append(int(said.group(4)))
    assert series
    for key, serials in series.items():
        assert sorted(serials) == list(range(1, len(serials) + 1)), key
