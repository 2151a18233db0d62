"""The pre-application service: the whole table of statuses and acts, and what its promises and opinions hang on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date, datetime
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.advising import FILED, ITEM, NUMBER, PLAN, Thread, all_met, folded, question, shown
from tests.engine.casework import AGENT, CALENDAR, CLERK, DECIDER, EVERYONE, HEAD, REVIEWER, STRANGER, table

from banjie.engine import precases
from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode, encode
from banjie.engine.filing import Paper
from banjie.engine.ids import Malformed
from banjie.engine.permissions import SYSTEM, Actor
from banjie.engine.precases import NAMES, STATUS_NAMES, Command, Judged, Kind, Precase, PrecaseStatus, Verdict, evolve
from banjie.engine.precases.acts import (
    AddQuestion,
    BookVisit,
    CancelVisit,
    Conclude,
    Convert,
    EndService,
    GiveOpinions,
    HandOver,
    LinkDraft,
    MarkSlow,
    RecordVisit,
    Reply,
    TakeUp,
)
from banjie.engine.precases.decide import STATUSES
from banjie.engine.subject import Refused
from banjie.engine.working_hours import OfficeHours

LINES = list(table((Path(__file__).parent / "law" / "precases.txt").read_text("utf-8"), 5))
DAY = date(2026, 11, 9)


def _consulting() -> Thread:
    thread = Thread()
    thread.act(AGENT, question())
    return thread


def _reviewing() -> Thread:
    thread = _consulting()
    thread.act(AGENT, shown())
    return thread


def _mending() -> Thread:
    thread = _reviewing()
    thread.act(REVIEWER, GiveOpinions(all_met(thread.precase, mend=PLAN)))
    return thread


def _ready() -> Thread:
    thread = _reviewing()
    thread.act(REVIEWER, GiveOpinions(all_met(thread.precase)))
    thread.act(REVIEWER, Conclude(True, "可以申报"))
    return thread


def _after(make: Callable[[], Thread], actor: Actor, command: Command) -> Callable[[], Thread]:
    def made() -> Thread:
        thread = make()
        thread.act(actor, command)
        return thread

    return made


MADE: dict[PrecaseStatus, Callable[[], Thread]] = {
    PrecaseStatus.NONE: Thread,
    PrecaseStatus.CONSULTING: _consulting,
    PrecaseStatus.REVIEWING: _reviewing,
    PrecaseStatus.MENDING: _mending,
    PrecaseStatus.READY: _ready,
    PrecaseStatus.CONVERTED: _after(_ready, SYSTEM, Convert("990100-20261103-0000001")),
    PrecaseStatus.ENDED: _after(_consulting, AGENT, EndService("不办了")),
}


def tried(thread: Thread) -> dict[str, tuple[Actor, Command]]:
    """Each act as someone who may would try it, filled in as well as the service allows."""
    opinions = all_met(thread.precase) or (Judged(PLAN, ITEM.materials[1].review_points[0], Verdict.MET),)
    return {
        "Consult": (AGENT, question()),
        "AddQuestion": (AGENT, AddQuestion("还要什么？")),
        "LinkDraft": (AGENT, LinkDraft("d-2")),
        "Present": (AGENT, shown(changed=(PLAN,))),
        "EndService": (AGENT, EndService()),
        "TakeUp": (CLERK, TakeUp()),
        "HandOver": (CLERK, HandOver(REVIEWER.account, "沈秋白", "由审查科答复")),
        "Reply": (CLERK, Reply("可以。")),
        "GiveOpinions": (REVIEWER, GiveOpinions(opinions)),
        "BookVisit": (REVIEWER, BookVisit(DAY, "康远舟、唐霜林", "看操作间布局")),
        "CancelVisit": (REVIEWER, CancelVisit("改期")),
        "RecordVisit": (REVIEWER, RecordVisit("布局合理", met=True)),
        "Conclude": (REVIEWER, Conclude(False, "请修改平面图")),
        "Convert": (SYSTEM, Convert("990100-20261103-0000001")),
        "MarkSlow": (SYSTEM, MarkSlow("reply")),
    }


def outcome(status: PrecaseStatus, act: str) -> tuple[str, str]:
    """The status that follows and "", or "refused" and the rule."""
    thread = MADE[status]()
    if act in ("CancelVisit", "RecordVisit") and status in STATUSES["BookVisit"]:
        thread.act(REVIEWER, BookVisit(DAY, "康远舟", "看操作间"))
    if act in ("RecordVisit", "MarkSlow"):
        thread.wait(days=8)
    actor, command = tried(thread)[act]
    try:
        thread.act(actor, command)
    except Refused as refusal:
        return ("refused", refusal.rule) if refusal.reason and refusal.remedy else ("refused without a word", "")
    return thread.precase.status.value, ""


@pytest.mark.parametrize(
    ("status", "act", "expected", "rule"), [line[:4] for line in LINES], ids=[line[4] for line in LINES]
)
def test_the_law_of_the_service(status: str, act: str, expected: str, rule: str) -> None:
    assert outcome(PrecaseStatus(status), act) == (expected, "" if rule == "-" else rule)


def test_the_table_is_complete() -> None:
    assert [line[:2] for line in LINES] == [(status.value, kind.__name__) for status in PrecaseStatus for kind in NAMES]
    names = {f"{STATUS_NAMES[status]}时“{name}”" for status in PrecaseStatus for name in NAMES.values()}
    assert {line[4] for line in LINES} == names


def refused(thread: Thread, actor: Actor, command: Command) -> Refused:
    before = list(thread.history)
    with pytest.raises(Refused) as caught:
        thread.act(actor, command)
    assert thread.history == before
    assert caught.value.remedy
    return caught.value


# --- who may ---


@pytest.mark.parametrize("stranger", [STRANGER, CLERK, SYSTEM], ids=lambda one: one.account)
def test_only_the_applicants_people_ask(stranger: Actor) -> None:
    assert refused(Thread(), stranger, question()).rule == "办件权限表"


def test_only_the_items_organ_answers() -> None:
    for actor in EVERYONE:
        thread = _consulting()
        if ITEM.organ in actor.offices and actor in (CLERK, REVIEWER, DECIDER, HEAD):
            thread.act(actor, Reply("可以。"))
            assert thread.precase.assigned == actor.account
        elif actor not in EVERYONE[4:6]:  # Two more reviewers of the same organ.
            assert refused(thread, actor, Reply("可以。")).rule == "办件权限表"


def test_every_answer_bears_a_name_an_office_and_a_telephone() -> None:
    thread = _consulting()
    [event] = thread.act(CLERK, Reply("可以。"))
    assert isinstance(event, precases.events.Replied)
    assert (event.name, event.office, event.phone) == (CLERK.name, ITEM.organ_name, ITEM.consult_phone)
    assert all(one.name and one.office and one.phone for one in _ready().precase.opinions)


def test_a_colleague_takes_up_only_what_nobody_has() -> None:
    thread = _after(_consulting, CLERK, TakeUp())()
    assert "已经接单" in refused(thread, REVIEWER, TakeUp()).reason
    thread.act(CLERK, HandOver(REVIEWER.account, "沈秋白", "由审查科答复"))
    assert thread.precase.assigned_name == "沈秋白"
    assert refused(thread, CLERK, HandOver(REVIEWER.account, "沈秋白", "再转一次")).field == "to"


# --- no legal clock, its own promises ---


def test_nothing_in_a_service_is_a_legal_term() -> None:
    names = {field.name for kind in precases.KINDS.values() for field in fields(kind)}
    assert not names & {"answer_due", "statutory_due", "promised_due", "accepted_on", "as_of"}


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (datetime(2026, 11, 2, 9, 0, tzinfo=CHINA), datetime(2026, 11, 2, 14, 0, tzinfo=CHINA)),
        (datetime(2026, 11, 2, 12, 30, tzinfo=CHINA), datetime(2026, 11, 2, 17, 0, tzinfo=CHINA)),
        (datetime(2026, 11, 2, 16, 0, tzinfo=CHINA), datetime(2026, 11, 3, 12, 0, tzinfo=CHINA)),
        (datetime(2026, 11, 6, 16, 0, tzinfo=CHINA), datetime(2026, 11, 9, 12, 0, tzinfo=CHINA)),
        (datetime(2026, 11, 7, 8, 0, tzinfo=CHINA), datetime(2026, 11, 9, 14, 0, tzinfo=CHINA)),
        (datetime(2026, 9, 30, 20, 0, tzinfo=CHINA), datetime(2026, 10, 8, 14, 0, tzinfo=CHINA)),
    ],
    ids=["上午", "午休", "跨到次日", "跨周末", "周六问", "国庆"],
)
def test_the_first_answer_is_due_in_working_hours(asked: datetime, due: datetime) -> None:
    thread = Thread(now=asked)
    thread.act(AGENT, question())
    assert thread.precase.reply_due == due


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(1, 40))  # noqa: DTZ001 — given the city's zone below.
def test_working_hours_fall_into_working_hours(moment: datetime, hours: int) -> None:
    office = OfficeHours.parse(ITEM.advice.office_hours)
    due = office.add(CALENDAR, moment.replace(tzinfo=CHINA), hours)
    minute = due.hour * 60 + due.minute
    assert CALENDAR.is_working(due.date())
    assert any(start <= minute <= end for start, end in office.spans)
    assert office.add(CALENDAR, moment.replace(tzinfo=CHINA), hours + 1) > due


@pytest.mark.parametrize("texts", [(), ("9-12",), ("13:00-12:00",), ("09:00-12:00", "11:00-13:00"), ("09:75-12:00",)])
def test_office_hours_that_make_no_sense_are_named(texts: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        OfficeHours.parse(texts)


def test_a_second_question_does_not_move_the_answer_away() -> None:
    thread = _consulting()
    due = thread.precase.reply_due
    thread.wait(hours=2).act(AGENT, AddQuestion("还有一件事"))
    assert thread.precase.reply_due == due
    thread.act(CLERK, Reply("两件都可以。"))
    assert thread.precase.reply_due is None


def test_a_late_answer_is_marked_once_and_stays_owed() -> None:
    thread = _consulting().wait(days=1)
    thread.act(SYSTEM, MarkSlow("reply"))
    assert thread.precase.wake_at is None
    assert thread.precase.dues
    assert refused(thread, SYSTEM, MarkSlow("reply")).field == "what"
    thread.act(CLERK, Reply("抱歉晚了。"))
    assert not thread.precase.dues
    assert refused(thread, SYSTEM, MarkSlow("opinion")).field == "what"


# --- three in one ---


def test_the_three_kinds_are_stages_of_one_thread() -> None:
    thread = _consulting()
    kinds = [thread.precase.kind]
    for command in (LinkDraft("d-1", FILED.answers), shown()):
        thread.act(AGENT, command)
        kinds.append(thread.precase.kind)
    assert kinds == [Kind.ADVICE, Kind.COACHING, Kind.PREREVIEW]
    assert thread.precase.number == NUMBER


def test_a_page_or_a_paper_that_is_not_there_is_not_judged() -> None:
    thread = _consulting()
    thread.act(AGENT, shown(without=(PLAN,)))
    point = ITEM.materials[1].review_points[0]
    assert "还没有提交" in refused(thread, REVIEWER, GiveOpinions((Judged(PLAN, point, Verdict.MET),))).reason
    thread.act(AGENT, shown())
    assert (
        refused(thread, REVIEWER, GiveOpinions((Judged(PLAN, "字要好看", Verdict.MET),))).field == "opinions[0].point"
    )
    assert refused(thread, REVIEWER, GiveOpinions((Judged(PLAN, point, Verdict.MEND),))).field == "opinions[0].remedy"


def test_a_paper_nobody_asked_for_is_not_shown() -> None:
    thread = _consulting()
    foreign = replace(shown(), papers=(Paper("diploma", "毕业证书.pdf", "c" * 64),))
    assert refused(thread, AGENT, foreign).rule == "行政许可法第三十一条"


def test_a_favourable_conclusion_leaves_nothing_open() -> None:
    thread = _reviewing()
    assert "没有给出意见" in refused(thread, REVIEWER, Conclude(True, "可以")).reason
    thread.act(REVIEWER, GiveOpinions(all_met(thread.precase, mend=PLAN)))
    assert "还有要修改的" in refused(thread, REVIEWER, Conclude(True, "可以")).reason
    thread.act(AGENT, shown(without=(PLAN,)))
    assert "还缺材料" in refused(thread, REVIEWER, Conclude(True, "可以")).reason
    thread.act(AGENT, shown(changed=(PLAN,)))
    assert {target for target, _ in precases.unjudged(thread.precase, ITEM)} == {PLAN}
    thread.act(REVIEWER, GiveOpinions(all_met(thread.precase)))
    thread.act(REVIEWER, BookVisit(DAY, "康远舟", "看操作间"))
    assert "现场预勘" in refused(thread, REVIEWER, Conclude(True, "可以")).reason
    thread.wait(days=8).act(REVIEWER, RecordVisit("与图纸一致", met=True))
    thread.act(REVIEWER, Conclude(True, "可以申报"))
    assert thread.precase.status is PrecaseStatus.READY
    assert not thread.precase.dues


def test_a_visit_is_booked_for_a_working_day_and_recorded_when_it_has_been() -> None:
    thread = _reviewing()
    assert refused(thread, REVIEWER, BookVisit(date(2026, 11, 7), "康远舟", "看")).field == "day"
    assert refused(thread, REVIEWER, RecordVisit("好", met=True)).reason == "没有约定的现场预勘"
    thread.act(REVIEWER, BookVisit(DAY, "康远舟", "看操作间"))
    assert refused(thread, REVIEWER, RecordVisit("好", met=True)).field == "findings"
    thread.act(AGENT, CancelVisit("那天不在"))
    assert thread.precase.visit is None


def test_what_a_conclusion_rested_on_is_not_judged_otherwise_later() -> None:
    thread = _ready()
    thread.act(AGENT, shown(changed=("safety_rules",)))
    met = next(one for one in thread.precase.opinions if one.target == PLAN)
    command = GiveOpinions((Judged(met.target, met.point, Verdict.MEND, "重画"),))
    assert refused(thread, REVIEWER, command).rule == "审前服务结论一致"
    thread.act(AGENT, shown(changed=(PLAN,)))
    thread.act(REVIEWER, command)
    assert thread.precase.status is PrecaseStatus.MENDING


# --- history and state ---


@given(st.lists(st.tuples(st.sampled_from(sorted(tried(Thread()))), st.sampled_from(EVERYONE)), max_size=14))
def test_a_history_folds_to_its_service_and_survives_the_wire(tries: list[tuple[str, Actor]]) -> None:
    thread = _consulting()
    for name, who in tries:
        proper, command = tried(thread)[name]
        for actor in (who, proper):
            with suppress(Refused):
                thread.wait(hours=5).act(actor, command)
    again = [decode(type(event), encode(event)) for event in thread.history]
    assert reduce(evolve, again, Precase()) == thread.precase == folded(thread.history)
    assert decode(Precase, encode(thread.precase)) == thread.precase
    # Nothing is owed once it is over, and everything found in order is bound to something that lay there.
    assert thread.precase.is_open or not thread.precase.dues
    assert all(one.ground and one.point for one in precases.endorsements(thread.precase))
