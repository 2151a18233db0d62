"""Whoever comes with a session is known in one call: the account, what it may do, what waits for it."""

import uuid
from datetime import date

import psycopg
import pytest
from tests.town import AGENT, REGION, RESTAURANT, REVIEWER, Town

from banjie.records import messages, people, visits
from banjie.records.models import Account

TODAY = date(2026, 11, 24)


def test_an_account_comes_with_what_it_is(town: Town) -> None:
    for username in (AGENT, REVIEWER):
        account = Account.objects.get(username=username)
        found = visits.visit(town.platform.database, account.pk, TODAY)
        assert found is not None
        assert found.account == account
        assert found.account.get_session_auth_hash() == account.get_session_auth_hash()
        assert found.account.date_joined == account.date_joined
        read = people.read_standing(town.platform.database, account.key, found.standing, region=account.region)
        assert read == people.standing(town.platform.database, account.key, TODAY, region=account.region)


def test_nobody_comes_from_an_unknown_or_closed_account(town: Town) -> None:
    assert visits.visit(town.platform.database, 2**40, TODAY) is None
    closed = Account.objects.create(username=f"closed-{uuid.uuid4().hex[:8]}", key=uuid.uuid4().hex, is_active=False)
    assert visits.visit(town.platform.database, closed.pk, TODAY) is None


def test_only_messages_to_whole_mandates_are_counted(town: Town) -> None:
    """A narrower mandate shows those of its cases alone, which the policies decide."""
    database = town.platform.database
    account = Account.objects.get(username=AGENT)
    eyes = people.standing(database, account.key, TODAY).eyes
    parties = [party.id for party in people.standing(database, account.key, TODAY).parties]
    before = visits.visit(database, account.pk, TODAY)
    assert before is not None
    assert before.unread == messages.unread(database, eyes, parties)
    _message(town, RESTAURANT)
    _message(town, "c-of-somebody-else")
    after = visits.visit(database, account.pk, TODAY)
    assert after is not None
    assert after.unread == before.unread + 1 == messages.unread(database, eyes, parties)


def _message(town: Town, party: str) -> None:
    with town.platform.database.seen_by(people.MACHINE.eyes) as cursor:
        cursor.execute(
            "INSERT INTO messages (region, id, party, kind, subject, body, sent_at)"
            " VALUES (%s, gen_random_uuid(), %s, 'told', '', '', %s)",
            (REGION, party, town.clock()),
        )


def test_a_session_is_read_as_django_wrote_it(town: Town) -> None:
    from banjie.web.arriving import SessionStore  # noqa: PLC0415 — Django must be set up first.

    store = SessionStore()
    store["party"] = RESTAURANT
    store.create()
    assert store.session_key is not None
    data = visits.session_data(town.platform.database, store.session_key)
    assert data is not None
    assert store.decode(data) == {"party": RESTAURANT}
    store.set_expiry(-1)
    store.save()
    assert visits.session_data(town.platform.database, store.session_key) is None


def test_a_lost_line_is_asked_once_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline = town.platform.database.hotline
    ask, lost = hotline.ask, [psycopg.OperationalError("lost")]

    def failing(statement: object, arguments: object) -> object:
        if lost:
            raise lost.pop()
        return ask(statement, arguments)  # type: ignore[arg-type]  # handed through.

    monkeypatch.setattr(hotline, "ask", failing)
    assert visits.session_data(town.platform.database, "nobody") is None
