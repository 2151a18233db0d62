"""What people are told: a message for every event that concerns them, with what the law wants told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.actions.ways import OWNER, found, licensed
from tests.engine.casework import LAWS
from tests.engine.test_documents import HAPPENED, ISSUES
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions.hands import Hands
from banjie.actions.notice_wishes import ask_code, confirm
from banjie.actions.notices import carry, message_of, notify, send_again, words
from banjie.actions.papers import seal_documents_later
from banjie.actions.ports import NotCarried
from banjie.actions.reactions import TABLE
from banjie.actions.reminders import remind
from banjie.engine.calendar import CHINA
from banjie.engine.cases import KINDS, Ask
from banjie.engine.cases.acts import Accept, AnswerUrge, AskCorrection, Claim, Urge
from banjie.engine.cases.events import Event
from banjie.engine.notices import Channel, Letter
from banjie.engine.subject import Refused
from banjie.records import journal, messages, notices, urges
from banjie.records.people import MACHINE

NUMBER = "990100-20261109-0000001"
SMS_LIMIT = 134
"""Characters of a text message that is sent in two parts."""
SILENT = {"Claimed", "Resubmitted", "ToleratedSupplied", "ReviewStarted", "StepSigned", "StepFinished"} | {
    *("StepReturned", "WithdrawalAsked", "MarkedLate", "Urged", "TakenOn", "Released", "PassedOn", "Assigned")
}
"""Events of the office only, or of the applicant's own doing."""


def told(event: Event) -> Letter | None:
    return words(event, LAWS[FOOD], NUMBER)


@pytest.mark.parametrize("event", HAPPENED, ids=lambda event: type(event).__name__)
def test_everything_that_concerns_the_applicant_is_told(event: Event) -> None:
    message = told(event)

    assert (message is None) == (type(event).__name__ in SILENT)
    if message is not None:
        assert "食品经营许可" in message.subject
        assert NUMBER in message.body
        assert NUMBER in message.brief
        assert len(message.brief) <= SMS_LIMIT
        assert "None" not in message.body + message.brief
        assert message.template
        assert message.edition == 1


def test_who_is_told_and_what_is_sealed_follows_the_table() -> None:
    """The applicant is told of every event that concerns her, and what issues a document has it sealed."""
    told = {kind for (subject, kind), what in TABLE.items() if subject == "case" and notify in what}
    made = {kind for (subject, kind), what in TABLE.items() if subject == "case" and seal_documents_later in what}

    assert told == set(KINDS) - SILENT
    assert {kind for kind, documents in ISSUES.items() if documents} <= made


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("Submitted", ("K7Q2M4", "11月20日")),
        ("CorrectionAsked", ("1 项", "11月20日")),
        ("FoundNotCompetent", ("青禾县行政审批局",)),
        ("SpecialStarted", ("不计入办理期限",)),
        ("Extended", ("案情复杂", "10 个工作日")),
        ("Denied", ("布局不符合要求", "行政复议", "行政诉讼")),
        ("Approved", ("送达",)),
    ],
)
def test_what_the_law_wants_told_is_told(kind: str, wanted: tuple[str, ...]) -> None:
    event = next(one for one in HAPPENED if type(one).__name__ == kind)
    message = told(event)

    assert message is not None
    for part in wanted:
        assert part in message.body


def test_a_procedure_that_does_not_stop_the_clock_is_not_said_to() -> None:
    event: Any = next(one for one in HAPPENED if type(one).__name__ == "SpecialStarted")
    message = told(replace(event, statutory=False))

    assert message is not None
    assert "法定期限照常计算" in message.body


def test_silence_is_told_as_such() -> None:
    event: Any = next(one for one in HAPPENED if type(one).__name__ == "Accepted")
    message = told(replace(event, silent=True))

    assert message is not None
    assert "视为受理" in message.body


class Carried:
    """A carrier that remembers, and fails as often as it is told to."""

    def __init__(self, *failures: NotCarried) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.failures = list(failures)

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((to, subject, reference))
        return f"receipt-{len(self.sent)}"


def with_addresses(town: Town, account: str, **addresses: str) -> None:
    """Somebody has confirmed her addresses."""
    eyes = town.who(account).eyes
    for channel, address in addresses.items():
        way = Channel(channel)
        until = town.platform.now() + timedelta(minutes=10)
        notices.keep_address(town.platform.database, eyes, REGION, way, address, code_hash="x", code_until=until)
        notices.confirm_address(town.platform.database, eyes, REGION, way, town.platform.now())


@pytest.fixture
def clean(town: Town) -> Iterator[Town]:
    """Nobody keeps an address after a test."""
    yield town
    for channel in (Channel.MAIL, Channel.SMS):
        notices.drop_address(town.platform.database, town.who(AGENT).eyes, REGION, channel)


def notified(town: Town, number: str, kind: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Lets the reaction to the case's last event come about; the message and the jobs."""
    case = found(town, number)
    entry = journal.history(town.platform.database, MACHINE.eyes, REGION, case.id)[-1]
    assert not kind or entry.kind == kind
    deferred: list[dict[str, Any]] = []
    hands = Hands(town.platform, town.platform.now(), lambda task, **arguments: deferred.append(arguments))
    notify(hands, entry)
    return message_of(case.id, str(entry.seq)), deferred


def test_a_message_is_in_the_inbox_once_and_leaves_as_she_wishes(clean: Town) -> None:
    town = clean
    with_addresses(town, AGENT, mail="lin@example.cn", sms="13900000001")
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    message, deferred = notified(town, number)
    assert notified(town, number)[0] == message

    inbox = messages.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT], 999)
    assert [one.id for one in inbox if one.case_id == found(town, number).id] == [message]
    [job] = deferred
    carrier = Carried()
    platform = replace(town.platform, carriers={Channel.MAIL: carrier, Channel.SMS: Carried()})
    assert carry(platform, REGION, job["sending"]) == "receipt-1"
    assert carry(platform, REGION, job["sending"]) == "", "what was sent is not sent again"
    assert [(to, reference) for to, _, reference in carrier.sent] == [("lin@example.cn", job["sending"])]
    [own] = notices.sendings_of(town.platform.database, town.who(AGENT).eyes, [message])[message]
    assert (own.state, own.template, own.edition, own.receipt) == ("sent", "submitted", 1, "receipt-1")
    assert carry(platform, REGION, "00000000-0000-0000-0000-000000000000") == ""


def test_a_legal_notice_goes_by_every_channel_even_when_the_case_is_muted(clean: Town) -> None:
    town = clean
    with_addresses(town, AGENT, mail="lin@example.cn", sms="13900000001")
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    notices.mute(town.platform.database, town.who(AGENT).eyes, REGION, found(town, number).id, muted=True)
    assert notified(town, number)[1] == []
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    assert len(notified(town, number, "Accepted")[1]) == 2


def test_at_night_what_leaves_the_building_waits_and_the_inbox_does_not(clean: Town) -> None:
    town = clean
    with_addresses(town, AGENT, sms="13900000001")
    before = town.clock.at
    try:
        town.clock.set(date(2026, 11, 26), 23)
        number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
        message, [job] = notified(town, number)
        assert job["scheduled_at"] == datetime(2026, 11, 27, 8, tzinfo=CHINA)
        assert messages.find(town.platform.database, MACHINE.eyes, REGION, message) is not None
    finally:
        town.clock.at = before


def test_what_cannot_be_sent_is_tried_again_and_is_never_lost_without_a_reason(clean: Town) -> None:
    town = clean
    with_addresses(town, AGENT, sms="13900000001")
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    _, [job] = notified(town, number)
    gateway = Carried(*(NotCarried("连不上短信网关") for _ in range(6)))
    platform = replace(town.platform, carriers={Channel.SMS: gateway})
    for _ in range(5):
        with pytest.raises(NotCarried):
            carry(platform, REGION, job["sending"])
    assert carry(platform, REGION, job["sending"]) == ""
    watching = town.who("lumingjian")
    [dead] = [one for one in notices.dead(town.platform.database, watching.eyes, [REGION]) if one.id == job["sending"]]
    assert (dead.tries, dead.trouble) == (6, "连不上短信网关")
    assert send_again(town.platform, REGION, dead.id)
    assert not send_again(town.platform, REGION, dead.id)
    assert carry(platform, REGION, dead.id) == "receipt-1"


def test_a_number_that_does_not_exist_is_not_tried_again(clean: Town) -> None:
    town = clean
    with_addresses(town, AGENT, sms="13900000002")
    _, [job] = notified(town, town.submit(AGENT, FOOD, holder=RESTAURANT).number)
    platform = replace(town.platform, carriers={Channel.SMS: Carried(NotCarried("空号", final=True))})
    assert carry(platform, REGION, job["sending"]) == ""
    row = notices.find_sending(town.platform.database, MACHINE.eyes, REGION, job["sending"])
    assert row is not None
    assert (row.state, row.trouble) == ("dead", "空号")


# --- addresses ---


class Listening(Carried):
    """Keeps what it says, so that a code can be read."""

    said = ""

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        self.said = body
        return super().carry(to=to, subject=subject, body=body, reference=reference)


def test_an_address_counts_once_its_code_was_typed(clean: Town) -> None:
    town = clean
    gateway = Listening()
    platform = replace(town.platform, carriers={Channel.SMS: gateway})
    who = town.who(AGENT)
    assert ask_code(platform, who, Channel.SMS, "139 0000 0003") == "13900000003"
    code = gateway.said.split("验证码 ")[1][:6]
    [kept] = notices.addresses_of(platform.database, who.eyes, REGION)
    assert kept.verified_at is None
    assert code not in kept.code_hash
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(Refused) as refused:
        confirm(platform, who, Channel.SMS, wrong)
    assert refused.value.field == "code"
    confirm(platform, who, Channel.SMS, code)
    assert notices.addresses_of(platform.database, who.eyes, REGION)[0].verified_at is not None
    with pytest.raises(Refused):
        confirm(platform, who, Channel.SMS, code)


def test_a_code_cannot_be_guessed_and_does_not_last(clean: Town) -> None:
    town = clean
    gateway = Listening()
    platform = replace(town.platform, carriers={Channel.SMS: gateway})
    who = town.who(AGENT)
    ask_code(platform, who, Channel.SMS, "13900000003")
    code = gateway.said.split("验证码 ")[1][:6]
    for _ in range(5):
        with pytest.raises(Refused):
            confirm(platform, who, Channel.SMS, "xxxxxx")
    with pytest.raises(Refused) as tired:
        confirm(platform, who, Channel.SMS, code)
    assert "次数" in tired.value.reason
    ask_code(platform, who, Channel.SMS, "13900000003")
    later = replace(platform, clock=lambda: platform.now() + timedelta(minutes=11))
    with pytest.raises(Refused) as late:
        confirm(later, who, Channel.SMS, gateway.said.split("验证码 ")[1][:6])
    assert "过期" in late.value.reason


def test_a_channel_that_is_not_set_up_takes_no_address(clean: Town) -> None:
    with pytest.raises(Refused):
        ask_code(replace(clean.platform, carriers={}), clean.who(AGENT), Channel.MAIL, "lin@example.cn")


# --- reminders ---


def test_what_ends_soon_is_reminded_of_once(clean: Town) -> None:
    town = clean
    before = town.clock.at
    town.clock.set(date(2029, 5, 14))  # A day no other test has been to: each day is looked at once.
    try:
        number = town.submit(OWNER, FOOD, holder=RESTAURANT).number
        town.act(CLERK, number, Claim())
        town.act(CLERK, number, AskCorrection((Ask("floor_plan", "看不清", "请重新上传", "第三十三条"),), 5))
        due = town.case(number).corrections[-1].due_on
        law = town.law(FOOD)
        for day in (date(2029, 5, 14), due - timedelta(days=1), due - timedelta(days=1)):
            town.clock.set(day)
            remind(town.platform, town.platform.now())
        inbox = messages.of_parties(town.platform.database, town.who(OWNER).eyes, [RESTAURANT], 999)
        reminders = [one for one in inbox if one.kind == "Reminder" and one.case_id == found(town, number).id]
        assert [one.subject for one in reminders] == [f"补正快到期了：{law.item.heading}"]
    finally:
        town.clock.at = before


def test_a_certificate_is_reminded_of_at_sixty_and_at_thirty_days(clean: Town) -> None:
    town = clean
    row = licensed(town)
    assert row.valid_until is not None
    before = town.clock.at
    try:
        for days in (61, 60, 59, 31, 30, 29, 1):
            town.clock.set(row.valid_until - timedelta(days=days))
            remind(town.platform, town.platform.now())
        inbox = messages.of_parties(town.platform.database, town.who(OWNER).eyes, [RESTAURANT], 999)
        assert sum(row.number in one.body for one in inbox if one.kind == "Reminder") == 2
    finally:
        town.clock.at = before


# --- urging ---


def test_an_urging_reaches_the_desk_and_those_who_watch_until_it_is_answered(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(AGENT, number, Urge())
    town.settle()
    database, clerk, watching = town.platform.database, town.who(CLERK), town.who("lumingjian")
    offices = sorted(clerk.actor.offices)
    assert number in {one.number for one in urges.open_at(database, clerk.eyes, offices, 999)}
    assert number in {one.number for one in urges.of_regions(database, watching.eyes, [REGION], 999)}
    assert urges.open_at(database, town.who(AGENT).eyes, offices) == ()

    town.act(CLERK, number, Claim())
    town.act(CLERK, number, AnswerUrge("今天下午受理"))
    town.settle()
    assert number not in {one.number for one in urges.open_at(database, clerk.eyes, offices, 999)}
    [row] = [one for one in urges.of_regions(database, watching.eyes, [REGION], 999) if one.number == number]
    assert row.answer == "今天下午受理"
    inbox = messages.of_parties(database, town.who(AGENT).eyes, [RESTAURANT], 999)
    assert any("今天下午受理" in one.body for one in inbox)
