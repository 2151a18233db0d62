"""The law of cards, orders, causes, incidents, findings and grades: who may, and when not."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine import cards, delay_causes, grades, incidents, supervision
from banjie.engine.cards import Card
from banjie.engine.delay_causes import Cause, Delay, DelayStatus, Evidence, proposed
from banjie.engine.grades import Formula, Grade, Graded, Numbers, Whose, grade_of, marks, quarter_of
from banjie.engine.incidents import Incident, Reading, Threshold, verdict
from banjie.engine.permissions import SYSTEM, Actor, Role, require
from banjie.engine.subject import Refused
from banjie.engine.supervision import Alarm, Order
from banjie.engine.watching import About, Callee, Level

S = TypeVar("S")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ABOUT = About("c", "990100-1", "i", "食品经营许可", "o", "审批局", "d", "交警支队")
CLERK = Actor("clerk", "", frozenset({Role.WINDOW}), offices=frozenset({"o"}))
DEPARTMENT = Actor("department", "", frozenset({Role.REVIEWER}), offices=frozenset({"d"}))
OTHER = Actor("other", "", frozenset({Role.REVIEWER}), offices=frozenset({"x"}))
WATCHER = Actor("watcher", "", frozenset({Role.SUPERVISOR}))
BOTH = Actor("both", "", frozenset({Role.SUPERVISOR, Role.WINDOW}), offices=frozenset({"o"}))


def shown(level: Level) -> Card:
    command = cards.MarkCard(ABOUT, "TP", "承诺办结时限", level, TODAY)
    return _then(Card(), cards.evolve, cards.decide(Card(), command, actor=SYSTEM, now=NOW))


def _then(state: S, evolve: Callable[[S, Any], S], events: Iterable[Any]) -> S:
    for event in events:
        state = evolve(state, event)
    return state


def test_a_card_goes_up_and_down_and_nobody_marks_it_but_the_platform() -> None:
    card = shown(Level.YELLOW)
    red = cards.MarkCard(ABOUT, "TP", "承诺办结时限", Level.RED, TODAY)
    with pytest.raises(Refused):
        cards.decide(card, red, actor=WATCHER, now=NOW)
    card = _then(card, cards.evolve, cards.decide(card, red, actor=SYSTEM, now=NOW))
    assert (card.level, card.red_on) == (Level.RED, TODAY)
    assert cards.decide(card, red, actor=SYSTEM, now=NOW) == ()
    eased = cards.MarkCard(ABOUT, "TP", "承诺办结时限", Level.NONE, date(2026, 12, 9))
    card = _then(card, cards.evolve, cards.decide(card, eased, actor=SYSTEM, now=NOW))
    assert (card.level, card.highest, card.red_on) == (Level.NONE, Level.RED, None)
    with pytest.raises(Refused, match="不再提醒"):
        cards.decide(card, cards.CallOnCard(Callee.ORGAN, ()), actor=SYSTEM, now=NOW)


def test_whoever_appeals_never_rules_on_it() -> None:
    card, appeal = shown(Level.YELLOW), cards.AppealCard("申请人要求暂缓")
    with pytest.raises(Refused, match="没有写明"):
        cards.decide(card, cards.AppealCard(" "), actor=CLERK, now=NOW)
    with pytest.raises(Refused):
        cards.decide(card, appeal, actor=OTHER, now=NOW)
    assert cards.decide(card, appeal, actor=DEPARTMENT, now=NOW)
    card = _then(card, cards.evolve, cards.decide(card, appeal, actor=BOTH, now=NOW))
    with pytest.raises(Refused, match="已经申诉"):
        cards.decide(card, appeal, actor=CLERK, now=NOW)
    with pytest.raises(Refused, match="不能裁定自己"):
        cards.decide(card, cards.RuleOnCard(True, "同意"), actor=BOTH, now=NOW)
    card = _then(card, cards.evolve, cards.decide(card, cards.RuleOnCard(True, "同意"), actor=WATCHER, now=NOW))
    assert (card.status, card.highest) == (cards.CardStatus.WITHDRAWN, Level.NONE)
    with pytest.raises(Refused, match="没有等待裁定"):
        cards.decide(card, cards.RuleOnCard(True, "同意"), actor=WATCHER, now=NOW)


def issued() -> Order:
    command = supervision.IssueOrder("督1", ABOUT, "01", Alarm.OVERDUE, "", "请办结", TODAY)
    return _then(Order(), supervision.evolve, supervision.decide(Order(), command, actor=WATCHER, now=NOW))


def test_an_order_is_answered_by_its_office_and_only_escalated_when_late() -> None:
    order = issued()
    with pytest.raises(Refused, match="不用升级"):
        supervision.decide(order, supervision.Escalate(Callee.HANDLER, ()), actor=SYSTEM, now=NOW)
    with pytest.raises(Refused):
        supervision.decide(order, supervision.ReplyOrder("已办"), actor=OTHER, now=NOW)
    with pytest.raises(Refused, match="等待答复"):
        supervision.decide(order, supervision.AcceptReply("好"), actor=WATCHER, now=NOW)
    replied = _then(
        order, supervision.evolve, supervision.decide(order, supervision.ReplyOrder("已办"), actor=DEPARTMENT, now=NOW)
    )
    too_early = supervision.ReturnReply("不清楚", date(2026, 11, 1))
    with pytest.raises(Refused, match="早于今天"):
        supervision.decide(replied, too_early, actor=WATCHER, now=NOW)
    late = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    escalated = supervision.decide(order, supervision.Escalate(Callee.HANDLER, ("a",)), actor=SYSTEM, now=late)
    assert _then(order, supervision.evolve, escalated).was_late


CHOICES = st.lists(
    st.tuples(
        st.sampled_from(["give", "confirm", "urge", "open"]), st.sampled_from(list(Cause)), st.sampled_from(["", "因"])
    ),
    max_size=20,
)


@given(CHOICES)
def test_a_late_case_has_one_primary_cause_at_most_and_every_change_is_kept(
    steps: list[tuple[str, Cause, str]],
) -> None:
    start = delay_causes.OpenDelay(ABOUT, ("TP",), TODAY, (), None)
    delay = _then(Delay(), delay_causes.evolve, delay_causes.decide(Delay(), start, actor=SYSTEM, now=NOW))
    called: list[Cause] = []
    for what, cause, words in steps:
        acts: dict[str, tuple[Any, Actor]] = {
            "give": (delay_causes.GiveCause(cause, words), CLERK),
            "confirm": (delay_causes.ConfirmCause(cause, words), WATCHER),
            "urge": (delay_causes.UrgeCause(()), SYSTEM),
            "open": (delay_causes.OpenDelay(ABOUT, ("TP", "TL"), TODAY, (), None, ended_on=TODAY), SYSTEM),
        }
        command, actor = acts[what]
        try:
            events = delay_causes.decide(delay, command, actor=actor, now=NOW)
        except Refused:
            continue
        for event in events:
            delay = delay_causes.evolve(delay, event)
            if isinstance(event, delay_causes.CauseGiven | delay_causes.CauseConfirmed):
                called.append(event.cause)
    assert (delay.cause is None) is (not called)
    assert delay.cause is (called[-1] if called else None)
    assert (delay.status is DelayStatus.OPEN) is (delay.cause is None)
    if delay.cause is Cause.OTHER:
        assert delay.words


def test_evidence_is_proposed_in_the_order_the_city_set() -> None:
    found = (Evidence(Cause.BACKLOG, "积压"), Evidence(Cause.OUTAGE, "故障"))
    assert proposed(found, (Cause.OUTAGE, Cause.BACKLOG)) is Cause.OUTAGE
    assert proposed(found, (Cause.BACKLOG,)) is Cause.BACKLOG
    assert proposed((), (Cause.OUTAGE,)) is None


def test_three_bad_looks_in_a_row_are_an_incident_two_are_not() -> None:
    threshold = Threshold(1000, 3, 3)
    at = [datetime(2026, 11, 24, 2, minute, tzinfo=UTC) for minute in range(4)]
    bad = [Reading(moment, None) for moment in reversed(at)]
    assert verdict(bad[1:3], threshold, is_open=False) is None
    assert verdict(bad[:3], threshold, is_open=False) == at[1]
    assert verdict([bad[0], Reading(at[2], 10), bad[2]], threshold, is_open=False) is None
    assert verdict(bad[:3], threshold, is_open=True) is None
    good = [Reading(moment, 10) for moment in reversed(at)]
    assert verdict(good[:3], threshold, is_open=True) == at[1]
    backwards = incidents.OpenIncident("打不开", "", at[2], at[1])
    with pytest.raises(Refused, match="早于开始"):
        incidents.decide(Incident(), backwards, actor=WATCHER, now=NOW.replace(hour=3))
    with pytest.raises(Refused):
        incidents.decide(Incident(), incidents.OpenIncident("打不开", "", at[0]), actor=CLERK, now=NOW.replace(hour=3))


def test_marks_come_from_the_formula_line_by_line_and_never_fall_below_nothing() -> None:
    formula = Formula()
    assert marks(Numbers(), formula) == 1000
    numbers = Numbers(decided=10, on_time=9, yellow=1, red=2, excused=1)
    assert marks(numbers, formula) == 1000 - 20 - 10 - 30
    assert grade_of(marks(numbers, formula), formula) is Grade.GOOD
    assert marks(Numbers(statutory=99), formula) == 0
    assert grade_of(0, formula) is Grade.FAILED
    assert quarter_of(date(2026, 12, 31)) == (date(2026, 10, 1), date(2027, 1, 1))
    command = grades.FreezeGrade(Whose.ORGAN, "o", "审批局", date(2026, 10, 1), date(2027, 1, 1), numbers, formula)
    with pytest.raises(Refused, match="还没有结束"):
        grades.decide(Graded(), command, actor=WATCHER, now=NOW)
    with pytest.raises(Refused):
        grades.decide(Graded(), command, actor=CLERK, now=NOW)


# Act, then the roles that may do it with a tie to the office, and those that may without one.
RIGHTS = """
MarkCard        -                                system
CallOnCard      -                                system
CloseCard       -                                system
AppealCard      window,reviewer,decider,head     -
RuleOnCard      -                                supervisor
IssueOrder      -                                supervisor
ReplyOrder      window,reviewer,decider,head     -
AcceptReply     -                                supervisor
ReturnReply     -                                supervisor
Escalate        -                                system
OpenDelay       -                                system
GiveCause       window,reviewer,decider,head     -
ConfirmCause    -                                supervisor
UrgeCause       -                                system
OpenIncident    -                                supervisor,system
EndIncident     -                                supervisor,system
VoidIncident    -                                supervisor
ReportFinding   -                                system
DismissFinding  -                                supervisor
OrderOnFinding  -                                supervisor
FreezeGrade     -                                supervisor,system
"""


@pytest.mark.parametrize("line", RIGHTS.strip().splitlines())
def test_who_may_do_what_about_what_is_watched(line: str) -> None:
    command, tied, free = line.split()

    def may(role: Role, office: str) -> bool:
        try:
            require(Actor("a", "", frozenset({role}), offices=frozenset({office})), command, organ="o")
        except Refused:
            return False
        return True

    assert {role.value for role in Role if may(role, "x")} == set(free.replace("-", "").split(",")) - {""}
    assert {role.value for role in Role if may(role, "o")} == set(f"{tied},{free}".replace("-", "").split(",")) - {""}
