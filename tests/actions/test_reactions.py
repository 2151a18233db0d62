"""What follows when something has happened: once, whatever goes wrong on the way."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.town import AGENT, CLERK, DECIDER, FOOD, HYGIENE, REGION, RESTAURANT, Town

from banjie.actions.hands import Hands
from banjie.actions.reactions import FOLLOWER, TABLE, follow
from banjie.engine.cases import KINDS, Delivery
from banjie.engine.cases.acts import Accept, Approve, Claim, Deliver
from banjie.engine.notices import Channel
from banjie.records import cases, certificates, messages, notices
from banjie.records.journal import Entry
from banjie.records.people import MACHINE


@pytest.fixture(autouse=True)
def _quiet(town: Town) -> Iterator[None]:
    """What others left to be followed is dealt with first, and what a test leaves afterwards.

    The restaurant's representative is told by e-mail, so that every message leaves the building too.
    """
    drain(town)
    database, eyes, now = town.platform.database, town.who("xiachunhe").eyes, town.platform.now()
    notices.keep_address(database, eyes, REGION, Channel.MAIL, "xia@example.cn", code_hash="", code_until=now)
    notices.confirm_address(database, eyes, REGION, Channel.MAIL, now)
    yield
    drain(town)
    notices.drop_address(database, eyes, REGION, Channel.MAIL)


def drain(town: Town) -> None:
    while follow(town.platform, town.platform.now()):
        pass


def approved(town: Town) -> str:
    """The identifier of a case by promise, approved and delivered, of which nobody has been told yet."""
    number = town.submit("xiachunhe", HYGIENE, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(DECIDER, number, Approve("准予"))
    town.act(CLERK, number, Deliver(Delivery.ELECTRONIC, "回执"))
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return found.id


def told(town: Town, case_id: str) -> Counter[str]:
    """How many messages of each kind a case has brought about."""
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute("SELECT kind FROM messages WHERE case_id = %s", (case_id,)).fetchall()
    return Counter(row["kind"] for row in rows)


def jobs(town: Town, case_id: str) -> Counter[str]:
    """How many jobs of each task a case has brought about."""
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE args->>'case_id' = %(case)s"
            " OR args->>'sending' IN (SELECT d.id::text FROM notice_deliveries d"
            "     JOIN messages m ON m.region = d.region AND m.id = d.message_id WHERE m.case_id = %(case)s::uuid)"
            " OR args->>'certificate_id' IN (SELECT id::text FROM certificates WHERE case_id = %(case)s::uuid)",
            {"case": case_id},
        ).fetchall()
    return Counter(row["task_name"] for row in rows)


ALL_TOLD = Counter(["Submitted", "Accepted", "Approved", "Delivered"])
ALL_JOBS = Counter({"carry_message": 4, "seal_documents": 4, "seal_certificate": 1})


def test_everything_follows_once(town: Town) -> None:
    case_id = approved(town)

    drain(town)
    drain(town)

    assert told(town, case_id) == ALL_TOLD
    assert jobs(town, case_id) == ALL_JOBS


def test_nothing_is_done_twice_when_the_place_is_lost(town: Town) -> None:
    """A follower that starts from the beginning tells nobody twice and issues no second certificate."""
    case_id = approved(town)
    drain(town)
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE followers SET xid = '0', position = 0 WHERE name = %s", (FOLLOWER,))

    drain(town)

    assert told(town, case_id) == ALL_TOLD
    assert len(certificates.of_case(town.platform.database, MACHINE.eyes, REGION, case_id)) == 1


def test_two_followers_at_once_share_the_work(town: Town) -> None:
    made = [approved(town) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        for _ in range(6):
            list(pool.map(lambda _: follow(town.platform, town.platform.now(), most=5), range(4)))
    drain(town)

    for case_id in made:
        assert told(town, case_id) == ALL_TOLD
        assert jobs(town, case_id) == ALL_JOBS


@pytest.mark.parametrize("place", [0, 1, 2], ids=["先于一切", "中间", "最后"])
def test_a_reaction_that_fails_is_met_again_and_leaves_no_half_work(
    town: Town, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    case_id = approved(town)
    usual = TABLE["case", "Approved"]
    troubles = [LookupError("the library is closed"), LookupError("still closed")]

    def fails(hands: Hands, entry: Entry) -> None:
        if troubles and entry.subject == case_id:
            raise troubles.pop()

    monkeypatch.setitem(TABLE, ("case", "Approved"), (*usual[:place], fails, *usual[place:]))

    for _ in range(2):
        with pytest.raises(LookupError):
            drain(town)
        # What came before is done; of the failed entry no job has left.
        assert told(town, case_id)["Accepted"] == 1
        assert jobs(town, case_id)["seal_documents"] == 2
        assert jobs(town, case_id)["carry_message"] == 2
    drain(town)

    assert told(town, case_id) == ALL_TOLD
    assert jobs(town, case_id) == ALL_JOBS


def test_a_broken_statement_in_a_reaction_spoils_nothing_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that cannot be written down fails its transaction; the place reached before is kept all the same."""
    case_id = approved(town)
    troubles = [True]

    def breaks(hands: Hands, entry: Entry) -> None:
        if troubles and entry.subject == case_id:
            troubles.pop()
            hands.defer("carry_message", region="\x00")

    monkeypatch.setitem(TABLE, ("case", "Delivered"), (*TABLE["case", "Delivered"], breaks))

    with pytest.raises(Exception, match=r"unicode|NUL|u0000"):
        drain(town)
    assert jobs(town, case_id)["seal_documents"] == 3
    drain(town)

    assert told(town, case_id) == ALL_TOLD
    assert jobs(town, case_id) == ALL_JOBS


def test_the_table_names_events_that_exist() -> None:
    assert {kind for subject, kind in TABLE if subject == "case"} <= set(KINDS)


def test_a_message_stands_in_its_partys_inbox(town: Town) -> None:
    submission = town.submit(AGENT, FOOD, holder=RESTAURANT)
    drain(town)

    agent = town.who(AGENT)
    [message] = [
        one
        for one in messages.of_parties(town.platform.database, agent.eyes, [RESTAURANT], 999)
        if submission.number in one.body
    ]
    assert submission.query_code in message.body
