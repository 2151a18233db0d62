"""Messages: sent once, read by those who act for the party, and by nobody else."""

import uuid
from datetime import timedelta

import psycopg
import pytest
from tests.town import AGENT, CLERK, REGION, RESTAURANT, Town

from banjie.records import messages
from banjie.records.people import MACHINE


def sent(town: Town, subject: str = "已受理：食品经营许可", message_id: str = "") -> str:
    message_id = message_id or str(uuid.uuid4())
    messages.send(
        town.platform.database,
        MACHINE.eyes,
        region=REGION,
        message_id=message_id,
        party=RESTAURANT,
        case_id=None,
        kind="Accepted",
        subject=subject,
        body="承诺 12 月 4 日前办结。",
        sent_at=town.platform.now(),
    )
    return message_id


def test_the_same_message_is_sent_once(town: Town) -> None:
    database, agent = town.platform.database, town.who(AGENT)
    message_id = sent(town)
    before = messages.unread(database, agent.eyes, [RESTAURANT])

    sent(town, "再说一遍", message_id)

    assert messages.unread(database, agent.eyes, [RESTAURANT]) == before
    [message] = [one for one in messages.of_parties(database, agent.eyes, [RESTAURANT], 9999) if one.id == message_id]
    assert (message.subject, message.read_at) == ("已受理：食品经营许可", None)


def test_only_those_who_act_for_the_party_read_and_mark(town: Town) -> None:
    database, agent, clerk = town.platform.database, town.who(AGENT), town.who(CLERK)
    message_id = sent(town)

    assert messages.of_parties(database, clerk.eyes, [RESTAURANT]) == ()
    assert messages.unread(database, clerk.eyes, [RESTAURANT]) == 0
    assert messages.mark_all_read(database, clerk.eyes, [RESTAURANT], town.platform.now()) == 0

    at = town.platform.now()
    assert messages.mark_all_read(database, agent.eyes, [RESTAURANT], at) >= 1
    assert messages.mark_all_read(database, agent.eyes, [RESTAURANT], at + timedelta(hours=1)) == 0
    assert messages.unread(database, agent.eyes, [RESTAURANT]) == 0
    [message] = [one for one in messages.of_parties(database, agent.eyes, [RESTAURANT], 9999) if one.id == message_id]
    assert message.read_at == at


def test_nobody_writes_into_a_strangers_inbox(town: Town) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        messages.send(
            town.platform.database,
            town.who(CLERK).eyes,
            region=REGION,
            message_id=str(uuid.uuid4()),
            party=RESTAURANT,
            case_id=None,
            kind="Accepted",
            subject="冒名的消息",
            body="",
            sent_at=town.platform.now(),
        )
