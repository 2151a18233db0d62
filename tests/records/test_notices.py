"""Addresses, mutes, sendings, urgings and corrections under way: each seen by whom it concerns, and by nobody else."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.actions.ways import found
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.engine.notices import Channel, Wish
from banjie.records import correction_drafts, notices
from banjie.records.database import NOBODY
from banjie.records.notices import Sending
from banjie.records.people import MACHINE

OTHER = "guosuimian"
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_an_address_is_its_owners_own(town: Town) -> None:
    mine, hers = town.who(AGENT).eyes, town.who(OTHER).eyes
    database = town.platform.database
    notices.keep_address(database, mine, REGION, Channel.MAIL, "lin@example.cn", code_hash="x", code_until=NOW)
    assert [one.address for one in notices.addresses_of(database, mine, REGION)] == ["lin@example.cn"]
    assert notices.addresses_of(database, hers, REGION) == ()
    assert notices.addresses_of(database, NOBODY, REGION) == ()
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.seen_by(hers) as cursor:
        cursor.execute(
            "INSERT INTO notice_addresses (region, account, channel, address) VALUES (%s, %s, 'sms', '13900000001')",
            (REGION, AGENT),
        )
    notices.drop_address(database, mine, REGION, Channel.MAIL)


def test_only_a_confirmed_address_of_who_acts_for_the_party_is_used(town: Town) -> None:
    database = town.platform.database
    for account in (AGENT, OTHER):
        eyes = town.who(account).eyes
        notices.keep_address(database, eyes, REGION, Channel.SMS, "13900000001", code_hash="x", code_until=NOW)
    assert AGENT not in {one.account for one in wishes(town)}
    for account in (AGENT, OTHER):
        notices.confirm_address(database, town.who(account).eyes, REGION, Channel.SMS, NOW)
    accounts = {one.account for one in wishes(town)}
    assert AGENT in accounts
    assert OTHER not in accounts
    for account in (AGENT, OTHER):
        notices.drop_address(database, town.who(account).eyes, REGION, Channel.SMS)


def wishes(town: Town) -> tuple[Wish, ...]:
    return notices.wishes_of(town.platform.database, REGION, RESTAURANT, FOOD, REGION, None, town.platform.today())


def sending(state: str, account: str = AGENT) -> Sending:
    return Sending(
        id="11111111-2222-4333-8444-" + f"{abs(hash((state, account))):012d}"[:12],
        region=REGION,
        message_id="11111111-2222-4333-8444-555555555555",
        account=account,
        channel=Channel.SMS,
        address="13900000001",
        template="accepted",
        edition=1,
        subject="已受理",
        text="您的申请已受理",
        state=state,
        not_before=NOW,
        changed_at=NOW,
    )


def test_a_sending_is_its_persons_and_a_dead_one_the_supervisors_too(town: Town) -> None:
    database, watching = town.platform.database, town.who("lumingjian").eyes
    kept = {state: sending(state) for state in ("waiting", "sent", "dead")}
    for one in kept.values():
        notices.keep_sending(database, one)
    seen = {
        who: {state for state, one in kept.items() if notices.find_sending(database, eyes, REGION, one.id) is not None}
        for who, eyes in (
            ("owner", town.who(AGENT).eyes),
            ("other", town.who(OTHER).eyes),
            ("clerk", town.who(CLERK).eyes),
            ("supervisor", watching),
            ("nobody", NOBODY),
        )
    }
    assert seen == {
        "owner": {"waiting", "sent", "dead"},
        "other": set(),
        "clerk": set(),
        "supervisor": {"dead"},
        "nobody": set(),
    }


def test_nobody_writes_a_sending_an_urging_or_a_round_herself(town: Town) -> None:
    for account in (AGENT, CLERK, "lumingjian"):
        for statement in (
            "UPDATE notice_deliveries SET state = 'sent' RETURNING 1",
            "UPDATE urges SET answered_at = now() RETURNING 1",
        ):
            with town.platform.database.seen_by(town.who(account).eyes) as cursor:
                assert cursor.execute(statement).fetchall() == []
        eyes = town.who(account).eyes
        with pytest.raises(psycopg.errors.InsufficientPrivilege), town.platform.database.seen_by(eyes) as cursor:
            cursor.execute("INSERT INTO notice_rounds VALUES ('990100', 'all', '2030-01-01')")


def test_a_correction_under_way_is_the_applicants_and_not_the_desks(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    case, database = found(town, number).id, town.platform.database
    mine = town.who(AGENT).eyes
    correction_drafts.keep(database, mine, REGION, case, 1, {"form:area": 12000}, NOW)
    correction_drafts.keep(database, mine, REGION, case, 1, {"form:area": 13000}, NOW + timedelta(minutes=1))
    assert correction_drafts.kept(database, mine, REGION, case, 1)["form:area"][0] == 13000
    for eyes in (town.who(CLERK).eyes, town.who(OTHER).eyes, town.who("lumingjian").eyes, NOBODY):
        assert correction_drafts.kept(database, eyes, REGION, case, 1) == {}
    assert correction_drafts.kept(database, town.who("xiachunhe").eyes, REGION, case, 1), (
        "her colleague goes on with it"
    )
    correction_drafts.drop(database, MACHINE.eyes, REGION, case)
    assert correction_drafts.kept(database, mine, REGION, case, 1) == {}
