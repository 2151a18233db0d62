"""通知方式: an address is confirmed by its code; the inbox says what became of each notice."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from tests.actions.test_notices import Listening
from tests.town import AGENT, REGION, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.notices import Channel
from banjie.records import messages, notices
from banjie.records.people import MACHINE


@pytest.fixture
def gateway(town: Town) -> Iterator[Listening]:
    """A gateway for text messages whose words can be read; no mail server."""
    town.clock.set(date(2026, 11, 24))
    kept, gateway = town.platform, Listening()
    town.platform = replace(kept, carriers={Channel.SMS: gateway})
    with at_town(town):
        yield gateway
    town.platform = kept
    notices.drop_address(kept.database, town.who(AGENT).eyes, REGION, Channel.SMS)


def test_a_number_is_confirmed_and_dropped(gateway: Listening) -> None:
    agent = browser(AGENT)
    assert "本市还没有开通电子邮件" in text_of(agent.get("/me/notices").content)
    asked = agent.post("/me/notices", {"channel": "sms", "do": "code", "address": "139 0000 0009"}, follow=True)
    assert "验证码已经发到 13900000009" in text_of(asked.content)
    wrong = agent.post("/me/notices", {"channel": "sms", "do": "confirm", "code": "abcdef"})
    assert wrong.status_code == 422
    assert "验证码不对" in text_of(wrong.content)
    code = gateway.said.split("验证码 ")[1][:6]
    done = agent.post("/me/notices", {"channel": "sms", "do": "confirm", "code": code}, follow=True)
    assert "已开通 13900000009" in text_of(done.content)
    gone = agent.post("/me/notices", {"channel": "sms", "do": "drop"}, follow=True)
    assert "13900000009" not in text_of(gone.content)


@pytest.mark.parametrize(("channel", "address"), [("sms", "12345"), ("mail", "lin@example.cn"), ("sms", "")])
def test_what_cannot_be_used_is_said_beside_the_field(gateway: Listening, channel: str, address: str) -> None:
    answer = browser(AGENT).post("/me/notices", {"channel": channel, "do": "code", "address": address})
    assert answer.status_code == 422
    assert not gateway.sent


def test_codes_are_not_sent_without_end(gateway: Listening) -> None:
    agent = browser(AGENT)
    answers = [
        agent.post("/me/notices", {"channel": "sms", "do": "code", "address": "13900000009"}).status_code
        for _ in range(14)
    ]
    assert answers[-1] == 429
    assert len(gateway.sent) <= 12


def test_nobody_is_there_without_signing_in() -> None:
    assert browser().get("/me/notices").status_code == 302


def test_old_messages_are_pages_away_and_never_out_of_reach(gateway: Listening, town: Town) -> None:
    party = town.who(AGENT).parties[0].id
    for at in range(3):  # Many at one moment: the place goes by identifier too.
        for _ in range(40):
            messages.send(
                town.platform.database,
                MACHINE.eyes,
                region=REGION,
                message_id=str(uuid4()),
                party=party,
                case_id=None,
                kind="Told",
                subject=f"第{at}批",
                body="请放心",
                sent_at=town.platform.now() - timedelta(days=at),
            )
    agent, address, seen, pages = browser(AGENT), "/me/messages", 0, 0
    while address:
        page = agent.get(address).content.decode()
        seen, pages = seen + len(re.findall(r"第\d批", page)), pages + 1
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/me/messages" + unescape(onward.group(1)) if onward else ""
    assert (seen, pages) == (120, 3)
    assert agent.get("/me/messages?after=昨天_那条").status_code == 200
