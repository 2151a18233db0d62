"""What holds of every case, whoever did whatever on whichever day."""

import json
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from tests.engine.casework import EVERYONE, at
from tests.engine.walks import FILLED, ITEMS, SITUATIONS, TURNS, Turn, walk

from banjie.engine.cases import ACTS, Case, Event, Law, Stage, clock, events, evolve, fold, possible, running
from banjie.engine.cases.documents import documents
from banjie.engine.cases.tasks import same_desk, tasks
from banjie.engine.clock import TimerKind, prove
from banjie.engine.codec import decode, encode, revive
from banjie.engine.proof import to_json, verify
from banjie.engine.subject import GENESIS, chain

SEARCH = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def through_the_wire(value: object) -> object:
    """A value written as JSON, kept as text and read back: at the door with care, from our own records in haste."""
    kept = json.dumps(encode(value))
    again = decode(type(value), json.loads(kept))
    assert revive(type(value), json.loads(kept)) == again
    return again


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_the_state_is_the_sum_of_the_history(item: str, situation: list[int], turns: list[Turn]) -> None:
    state = Case()
    for tried in walk(item, situation, turns):
        assert tried.before == state
        for event in tried.events:
            state = evolve(state, event)
        assert state == fold(tuple(tried.file.history))
        assert (state.stage is Stage.DRAFT) == (not tried.file.history)


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_everything_survives_the_wire(item: str, situation: list[int], turns: list[Turn]) -> None:
    """Also the sum: a case folded from what was read is the case."""
    read: list[Event] = []
    for tried in walk(item, situation, turns):
        assert through_the_wire(tried.command) == tried.command
        for event in tried.events:
            again: Any = through_the_wire(event)
            assert again == event
            read.append(again)
        case = tried.file.case
        assert through_the_wire(case) == case == fold(tuple(read))


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_a_refusal_changes_nothing_and_says_why(item: str, situation: list[int], turns: list[Turn]) -> None:
    written: list[str] = []
    for tried in walk(item, situation, turns):
        if tried.refused is not None:
            assert tried.file.case == tried.before
            assert tried.refused.reason
            assert tried.refused.rule
            assert tried.refused.remedy
        # What was written before is never touched by what comes after.
        now = [json.dumps(encode(event), sort_keys=True) for event in tried.file.history]
        assert now[: len(written)] == written
        written = now


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_whatever_is_offered_is_within_right_and_stage(item: str, situation: list[int], turns: list[Turn]) -> None:
    for tried in walk(item, situation, turns):
        if tried.refused is not None and tried.offered:
            assert tried.refused.rule not in ("办件权限表", "办件状态表"), tried.command


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_whatever_succeeds_was_offered(item: str, situation: list[int], turns: list[Turn]) -> None:
    for tried in walk(item, situation, turns):
        if tried.events and tried.before.stage is not Stage.DRAFT:
            assert type(tried.command) in possible(tried.before, tried.actor, tried.file.law)


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_every_day_told_is_the_clocks(item: str, situation: list[int], turns: list[Turn]) -> None:
    for tried in walk(item, situation, turns):
        case = tried.file.case
        for event in tried.events:
            for told, kind in days_told(event):
                found = clock(case, tried.file.law, tried.file.day, kind)
                assert found is not None, event
                assert told == found.reckoning.due_on, event
            assert event.on == tried.file.day


def days_told(event: Event) -> list[tuple[date, TimerKind]]:
    """The days an event tells the applicant, with the clocks they are of."""
    match event:
        case events.Submitted() | events.Resubmitted():
            return [(event.answer_due, TimerKind.REPLY)]
        case events.CorrectionAsked():
            return [(event.due_on, TimerKind.CORRECTION)]
        case events.Accepted():
            return [(event.statutory_due, TimerKind.STATUTORY), (event.promised_due, TimerKind.PROMISED)]
        case events.SpecialStarted():
            return [(event.due_on, TimerKind.SPECIAL)]
        case events.Extended():
            return [(event.statutory_due, TimerKind.STATUTORY)]
        case events.Approved() | events.Denied():
            return [(event.deliver_by, TimerKind.DELIVERY)]
        case _:
            return []


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_every_running_clock_can_be_proved_without_us(item: str, situation: list[int], turns: list[Turn]) -> None:
    last = None
    for last in walk(item, situation, turns):  # noqa: B007 — only where the walk ends matters.
        pass
    assert last is not None
    law = last.file.law
    for one in running(last.file.case, law, last.file.day):
        proof = prove(one.timer, last.file.case.pauses, law.calendar, last.file.day, law.rules)
        assert proof.reckoning == one.reckoning
        verify(json.loads(json.dumps(to_json(proof))))


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_the_chain_verifies_and_a_changed_word_breaks_it(item: str, situation: list[int], turns: list[Turn]) -> None:
    hashes: list[str] = []
    kept: list[dict[str, Any]] = []
    last = GENESIS
    for tried in walk(item, situation, turns):
        for event in tried.events:
            entry = {
                "region": "990100",
                "subject": "case",
                "seq": len(kept) + 1,
                "at": at(tried.file.day),
                "actor": tried.actor.account,
                "kind": type(event).__name__,
                "data": json.loads(json.dumps(encode(event))),
            }
            last = chain(last, **entry)
            kept.append(entry)
            hashes.append(last)
    assert verified(kept) == hashes
    kept[0]["data"]["number"] = "990100-20261102-0000002"
    assert not set(verified(kept)) & set(hashes)


def verified(entries: list[dict[str, Any]]) -> list[str]:
    """The hashes these entries should have."""
    hashes, last = [], GENESIS
    for entry in entries:
        last = chain(last, **entry)
        hashes.append(last)
    return hashes


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_somebody_has_the_case_until_it_is_closed(item: str, situation: list[int], turns: list[Turn]) -> None:
    for tried in walk(item, situation, turns):
        case, law, today = tried.file.case, tried.file.law, tried.file.day
        lines = lines_of(case, law, today)
        if case.is_open and case.stage is not Stage.CORRECTING:
            assert lines
        else:
            assert lines == ()
        assert [line.slot for line in lines] == list(range(len(lines)))
        offices = {law.item.organ} | {step.office for step in law.item.workflow.steps}
        assert {line.office for line in lines} <= offices
        for line in lines:
            assert any(line.role in actor.roles and line.office in actor.offices for actor in EVERYONE)
        if tried.events and same_desk(tried.before, case):
            assert lines == lines_of(tried.before, law, today)


def lines_of(case: Case, law: Law, today: date) -> tuple[Any, ...]:
    return tasks(case, law, today, running(case, law, today))


@SEARCH
@given(ITEMS, SITUATIONS, TURNS)
def test_documents_are_data(item: str, situation: list[int], turns: list[Turn]) -> None:
    """Whatever comes about, its papers can be written: no event leaves a template without its contents."""
    for tried in walk(item, situation, turns):
        case = tried.before
        for event in tried.events:
            before, case = case, evolve(case, event)
            for document in documents(before, event, case, tried.file.law):
                json.dumps(document.content, allow_nan=False)
                assert document.series


def test_the_walks_know_every_act() -> None:
    assert set(FILLED) == set(ACTS.values())
