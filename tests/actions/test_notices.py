"""What people are told: a message for every event that concerns them, with what the law wants told."""

from dataclasses import replace
from typing import Any

import pytest
from tests.actions.ways import found
from tests.engine.casework import LAWS
from tests.engine.test_documents import HAPPENED, ISSUES
from tests.town import AGENT, FOOD, REGION, RESTAURANT, Town

from banjie.actions.hands import Hands
from banjie.actions.notices import carry, notify, words
from banjie.actions.reactions import TABLE
from banjie.engine.cases import KINDS
from banjie.engine.cases.events import Event
from banjie.records import journal, messages
from banjie.records.people import MACHINE

NUMBER = "990100-20261109-0000001"
SILENT = {"Claimed", "Resubmitted", "ToleratedSupplied", "ReviewStarted", "StepSigned", "StepFinished"} | {
    *("StepReturned", "WithdrawalAsked", "MarkedLate")
}
"""Events of the office only, or of the applicant's own doing."""


def told(event: Event) -> tuple[str, str] | None:
    return words(event, LAWS[FOOD], NUMBER)


@pytest.mark.parametrize("event", HAPPENED, ids=lambda event: type(event).__name__)
def test_everything_that_concerns_the_applicant_is_told(event: Event) -> None:
    message = told(event)

    assert (message is None) == (type(event).__name__ in SILENT)
    if message is not None:
        subject, body = message
        assert "食品经营许可" in subject
        assert NUMBER in body
        assert "None" not in body


def test_who_is_told_and_what_is_sealed_follows_the_table() -> None:
    """A reaction to every event that tells or issues something, and to no other."""
    followed = {kind for subject, kind in TABLE if subject == "case"}

    assert followed == set(KINDS) - SILENT
    assert {kind for kind, documents in ISSUES.items() if documents} <= followed


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
        assert part in message[1]


def test_a_procedure_that_does_not_stop_the_clock_is_not_said_to() -> None:
    event: Any = next(one for one in HAPPENED if type(one).__name__ == "SpecialStarted")
    message = told(replace(event, statutory=False))

    assert message is not None
    assert "法定期限照常计算" in message[1]


def test_silence_is_told_as_such() -> None:
    event: Any = next(one for one in HAPPENED if type(one).__name__ == "Accepted")
    message = told(replace(event, silent=True))

    assert message is not None
    assert "视为受理" in message[1]


class Carried:
    """A carrier that remembers."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def carry(self, *, to: str, subject: str, body: str) -> str:
        self.sent.append((to, subject))
        return f"receipt-{len(self.sent)}"


def test_a_message_goes_to_the_inbox_once_and_out_of_the_building(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    case = found(town, number)
    [entry] = journal.history(town.platform.database, MACHINE.eyes, REGION, case.id)
    deferred: list[dict[str, Any]] = []
    hands = Hands(town.platform, town.platform.now(), lambda task, **arguments: deferred.append(arguments))

    notify(hands, entry)
    notify(hands, entry)

    inbox = messages.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT], 999)
    [message] = [one for one in inbox if one.case_id == case.id]
    assert deferred == [{"region": REGION, "message_id": message.id}] * 2
    carrier = Carried()
    platform = replace(town.platform, carrier=carrier)
    assert carry(platform, REGION, message.id) == "receipt-1"
    assert carrier.sent == [(RESTAURANT, message.subject)]
    assert carry(platform, REGION, "00000000-0000-0000-0000-000000000000") == ""
