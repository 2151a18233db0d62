"""审前服务 in the database: once for each key, replay equals state, late answers, messages, and the case it becomes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.actions.advising import act, asked, precase, present, ready, shown_points
from tests.town import AGENT, CLERK, DRUG, FOOD, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions.perform import KeyReused
from banjie.actions.precases import NoSuchPrecase, Question, consult
from banjie.actions.replay import Difference, replay
from banjie.actions.submissions import Application, submit
from banjie.demo.precases import ask_before
from banjie.engine.cases import Paper
from banjie.engine.precases import PrecaseStatus
from banjie.engine.precases.acts import AddQuestion, EndService, HandOver, Reply
from banjie.engine.subject import Refused
from banjie.records import cases, journal, messages, precases
from banjie.records.people import MACHINE


@pytest.fixture(autouse=True)
def morning(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    yield
    town.clock.set(date(2026, 11, 24))


def application(town: Town, number: str) -> Application:
    shown = precase(town, number)
    whole = town.application(FOOD, RESTAURANT, answers=dict(shown.answers))
    return replace(whole, data=shown.data, papers=shown.papers, precase=number)


def test_the_same_key_twice_acts_once_and_another_request_under_it_is_refused(town: Town) -> None:
    number = asked(town)
    first = act(town, CLERK, number, Reply("可以。"), key="reply-once-1")
    again = act(town, CLERK, number, Reply("可以。"), key="reply-once-1")
    assert (first.version, again.version, again.again) == (2, 2, True)
    with pytest.raises(KeyReused):
        act(town, CLERK, number, Reply("不可以。"), key="reply-once-1")


def test_the_same_question_twice_is_one_service(town: Town) -> None:
    question = Question(REGION, FOOD, RESTAURANT, "一件事")
    who = town.who(AGENT)
    first = consult(town.platform, question, actor=who, key="consult-once-1")
    again = consult(town.platform, question, actor=who, key="consult-once-1")
    assert first.number == again.number
    assert again.again
    with pytest.raises(KeyReused):
        consult(town.platform, replace(question, text="另一件"), actor=who, key="consult-once-1")


def test_nobody_asks_where_nobody_would_answer_or_for_a_stranger(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        consult(town.platform, Question(REGION, FOOD, "c-jiangan", "?"), actor=town.who(AGENT), key=town.key())
    assert refused.value.field == "holder"
    with pytest.raises(Refused) as refused:
        consult(town.platform, Question(REGION, "no-such-item", RESTAURANT, "?"), actor=town.who(AGENT), key=town.key())
    assert refused.value.field == "item"


def test_others_find_nothing(town: Town) -> None:
    number = asked(town)
    for username in ("zhouyibo", "qinjianlu"):
        with pytest.raises(NoSuchPrecase):
            act(town, username, number, AddQuestion("让我看看"))
    # The supervisor serves in the same organ, and is kept from acting by the table of rights.
    with pytest.raises(Refused) as refused:
        act(town, "lumingjian", number, Reply("我来答复"))
    assert refused.value.rule == "办件权限表"


def test_replay_makes_the_same_of_every_history(town: Town) -> None:
    ready(town)
    number = asked(town)
    act(town, CLERK, number, HandOver(REVIEWER, "", "由审查科答复"))
    act(town, AGENT, number, EndService("不办了"))
    differences: list[Difference] = []
    replayed = replay(town.platform, differences.append)
    assert [str(one) for one in differences if one.kind == "precase"] == []
    assert replayed.subjects > 1
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE precases SET due_at = now() WHERE number = %s", (number,))
    replay(town.platform, differences.append)
    assert [one.what for one in differences if one.number == number] == ["due_at"]
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE precases SET due_at = NULL WHERE number = %s", (number,))


def test_an_answer_that_is_late_is_marked_by_the_worker_once(town: Town) -> None:
    number = asked(town)
    town.clock.move(hours=4)
    town.settle()
    assert not precase(town, number).slow
    town.clock.move(hours=2)
    town.settle()
    town.settle()
    assert [one.what for one in precase(town, number).slow] == ["reply"]
    assert precases.find(town.platform.database, MACHINE.eyes, REGION, number).precase.wake_at is None  # type: ignore[union-attr]  # it is there


def test_each_step_of_the_office_is_told_and_none_of_the_applicants(town: Town) -> None:
    number = ready(town)
    town.settle()
    box = messages.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT], most=200)
    kinds = sorted(one.kind for one in box if number in one.body)
    assert kinds == ["PrecaseConcluded", "PrecaseOpinionsGiven", "PrecaseReplied"]


def test_a_service_starts_no_clock_of_the_law(town: Town) -> None:
    before = cases.of_parties(town.platform.database, MACHINE.eyes, [RESTAURANT], most=999)
    number = ready(town)
    town.clock.set(date(2027, 3, 1))
    town.settle()
    after = cases.of_parties(town.platform.database, MACHINE.eyes, [RESTAURANT], most=999)
    assert {one.number for one in after} == {one.number for one in before}
    assert precase(town, number).status is PrecaseStatus.READY
    found = precases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    entries = journal.history(town.platform.database, MACHINE.eyes, REGION, found.id)
    assert all(not key.startswith(("statutory", "promised", "accepted")) for one in entries for key in one.data)


def test_the_case_records_the_service_and_what_was_found_in_order(town: Town) -> None:
    number = ready(town)
    sent = submit(town.platform, application(town, number), actor=town.who(AGENT), key=town.key())
    town.settle()
    case = town.case(sent.number)
    assert case.precase == number
    assert len(case.endorsements) == len(precase(town, number).opinions)
    assert (precase(town, number).status, precase(town, number).case_number) == (PrecaseStatus.CONVERTED, sent.number)


def test_a_service_of_another_item_or_of_nobody_is_refused(town: Town) -> None:
    number = ready(town)
    for wrong in (replace(town.application(DRUG, "c-jiangan"), precase=number), application(town, number)):
        strange = replace(wrong, precase=number if wrong.item == DRUG else "SQ990100-20261124-9999999")
        who = town.who("niejiangan") if strange.item == DRUG else town.who(AGENT)
        with pytest.raises(Refused) as refused:
            submit(town.platform, strange, actor=who, key=town.key())
        assert refused.value.field == "precase"


def test_a_second_round_judges_only_what_is_new(town: Town) -> None:
    number = ready(town)
    present(town, number, changed="floor_plan")
    assert {target for target, _ in shown_points(town, number)} == {"floor_plan"}
    paper = Paper("floor_plan", "平面图.pdf")
    assert paper.material in {one.material for one in precase(town, number).papers}


def test_the_demo_tells_one_in_every_stage(town: Town) -> None:
    town.clock.set(date(2026, 12, 4))
    assert ask_before(town.platform) == 6
    found = precases.of_parties(town.platform.database, MACHINE.eyes, [RESTAURANT, "c-jiangan"], most=6)
    statuses = {one.precase.status for one in found}
    assert statuses == {
        PrecaseStatus.CONSULTING,
        PrecaseStatus.REVIEWING,
        PrecaseStatus.MENDING,
        PrecaseStatus.READY,
        PrecaseStatus.CONVERTED,
    }
