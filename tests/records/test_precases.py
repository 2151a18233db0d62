"""No door leaks a pre-application service: the applicant's people and the item's organ see it, and nobody else."""

import uuid
from typing import Any

import psycopg
import pytest
from tests.actions.advising import act, asked, present
from tests.town import AGENT, CLERK, REGION, Town

from banjie.engine.precases.acts import AddQuestion, Reply
from banjie.records import journal, precases
from banjie.records.database import NOBODY, Eyes, Row
from banjie.records.precases import FoundPrecase

ORGAN = "1199010000BJ00016Q"


@pytest.fixture(scope="module")
def found(town: Town) -> FoundPrecase:
    number = asked(town, "我的店能不能办？")
    act(town, CLERK, number, Reply("可以。"))
    present(town, number)
    one = precases.find(town.platform.database, town.who(AGENT).eyes, REGION, number)
    assert one is not None
    return one


def look(town: Town, eyes: Eyes, query: str, arguments: tuple[Any, ...] = ()) -> list[Row]:
    with town.platform.database.seen_by(eyes) as cursor:
        return cursor.execute(query.encode(), arguments).fetchall()


def test_every_door_shows_everybody_the_same(town: Town, found: FoundPrecase) -> None:
    database = town.platform.database
    seen = 0
    for username in [*(one.username for one in town.city.officials), *(one.username for one in town.city.people)]:
        who = town.who(username)
        expected = found.precase.holder.id in who.actor.parties or ORGAN in who.actor.offices
        seen += expected
        assert (precases.find(database, who.eyes, REGION, found.number) is not None) is expected, username
        assert (precases.find_by_id(database, who.eyes, REGION, found.id) is not None) is expected, username
        assert (precases.load(database, who.eyes, REGION, found.number, "no-key") is not None) is expected, username
        assert bool(journal.history(database, who.eyes, REGION, found.id)) is expected, username
        listed = {
            *(one.number for one in precases.of_parties(database, who.eyes, [found.precase.holder.id], most=999)),
            *(one.number for one in precases.waiting(database, who.eyes, [ORGAN], most=999)),
            *(one.number for one in precases.open_ones(database, who.eyes, [ORGAN], most=999)),
            *(one.number for one in precases.over(database, who.eyes, [ORGAN], most=999)),
        }
        assert (found.number in listed) is expected, username
    assert seen


def test_nobody_bound_sees_nothing(town: Town, found: FoundPrecase) -> None:
    for table in ("precases", "endorsements_lifted"):
        assert look(town, NOBODY, f"SELECT 1 FROM {table}") == []  # noqa: S608 — constants above.
    assert look(town, NOBODY, "SELECT 1 FROM journal WHERE subject = %s", (uuid.UUID(found.id),)) == []


def test_a_stranger_changes_nothing_and_opens_nothing_for_others(town: Town, found: FoundPrecase) -> None:
    stranger = town.who("zhouyibo").eyes
    assert look(town, stranger, "UPDATE precases SET status = 'ready' RETURNING 1") == []
    copied = "INSERT INTO precases SELECT p.* FROM jsonb_populate_record(NULL::precases, %s::jsonb) p"
    row = (
        f'{{"region": "{REGION}", "id": "{uuid.uuid4()}", "number": "SQ-x", "item": "x", "item_name": "x",'
        ' "edition": 1,'
        f' "organ": "{ORGAN}", "holder": "c-chunhe", "holder_name": "x", "status": "ready", "kind": "advice",'
        ' "assigned": "", "case_number": "", "opened_at": "2026-11-24", "changed_at": "2026-11-24", "version": 1,'
        ' "last_hash": "", "state": {}}'
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        look(town, stranger, copied, (row,))
    for statement in (
        "DELETE FROM precases",
        "DELETE FROM endorsements_lifted",
        "UPDATE endorsements_lifted SET reason = ''",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            look(town, town.who(CLERK).eyes, statement)


def test_only_the_platform_writes_down_what_was_lifted(town: Town) -> None:
    statement = (
        "INSERT INTO endorsements_lifted (region, case_id, seq, number, item_name, organ, target, point, found_by,"
        " lifted_by, reason, lifted_at) VALUES ('990100', gen_random_uuid(), 1, 'x', 'x', %s, 'x', 'x', 'x', 'x', 'x',"
        " now())"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        look(town, town.who("meilanting").eyes, statement, (ORGAN,))


def test_a_lost_race_keeps_the_first(town: Town, found: FoundPrecase) -> None:
    database, eyes = town.platform.database, town.who(AGENT).eyes
    loaded = precases.load(database, eyes, REGION, found.number, "race-key-1")
    assert loaded is not None
    act(town, AGENT, found.number, AddQuestion("还有一件"))
    kept = precases.save(
        database,
        eyes,
        expected=loaded.version,
        row={"region": REGION, "id": loaded.id, "version": loaded.version + 1},
        state={},
        at=town.platform.now(),
        entries=[],
        key="race-key-1",
        request="",
        answer={},
    )
    assert kept is False
