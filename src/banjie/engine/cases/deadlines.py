"""What a new edition of the calendar makes of a running case: which deadlines move, and how far.

Days of a published year that have passed keep what they were (`calendar_editions` refuses an edition that says
otherwise), so what a case has used of its terms stays used, and no deadline moves back before today. A day that was
told to the applicant as hers to keep, to correct or to bring a paper, is never moved to an earlier one: she may have
relied on it.
"""

from dataclasses import replace
from datetime import date, timedelta

from banjie.engine.calendar import Calendar
from banjie.engine.cases.clocks import Law, Running, running
from banjie.engine.cases.moving import TOLERANCE, URGE, DeadlinesMoved, Moved, MoveDeadlines
from banjie.engine.cases.state import UNDER_REVIEW, Case, Stage, evolve
from banjie.engine.clock import TimerKind
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

RULE = "工作日历版本"

LEGAL = frozenset(kind.value for kind in TimerKind) - {TimerKind.STEP.value}
TOLD = LEGAL | {TOLERANCE, URGE}
"""The deadlines that the applicant knows of. A step's is the office's own."""


def due_moves(case: Case, law: Law, today: date) -> DeadlinesMoved | None:
    """What happens to an open case whose calendar is older than the law's; None when it is not."""
    if not case.number or not case.is_open or case.calendar >= law.serial:
        return None
    return DeadlinesMoved(today, law.serial, law.calendar.edition, moves(case, law, today))


def moves(case: Case, law: Law, today: date) -> tuple[Moved, ...]:
    """Each deadline of the case that another edition changes, the nearest first."""
    before = law.calendar_of(case)
    if before is law.calendar:
        return ()
    told = _told_days(case, before, law.calendar, today)
    after = evolve(case, DeadlinesMoved(today, law.serial, law.calendar.edition, told))
    old = {(one.timer.kind, one.step): one for one in running(case, law, today)}
    changed = [
        _moved(old[key], new)
        for new in running(after, law, today)
        if (key := (new.timer.kind, new.step)) in old and _differs(old[key], new)
    ]
    # The day of a correction is kept in the case itself: it is told once, with the sureness its clock has.
    clocks = {one.timer for one in changed}
    every = (*changed, *(one for one in told if one.timer not in clocks))
    return tuple(sorted(every, key=lambda one: (one.now, one.timer, one.step, one.material)))


def _differs(old: Running, new: Running) -> bool:
    before, after = old.reckoning, new.reckoning
    return before.due_on != after.due_on or before.provisional != after.provisional


def _moved(old: Running, new: Running) -> Moved:
    before, after = old.reckoning, new.reckoning
    kind = new.timer.kind.value
    return Moved(kind, before.due_on, after.due_on, new.step, "", before.provisional, after.provisional)


def _told_days(case: Case, before: Calendar, after: Calendar, today: date) -> tuple[Moved, ...]:
    """The days that stand in the case as they were told, moved."""
    found: list[Moved] = []
    if case.stage is Stage.CORRECTING:
        found.append(_told(TimerKind.CORRECTION.value, case.corrections[-1].due_on, before, after, today))
    if case.stage in UNDER_REVIEW:
        found.extend(
            replace(_told(TOLERANCE, one.due_on, before, after, today), material=one.material)
            for one in case.open_tolerances
        )
    if case.urge_due is not None:
        found.append(_told(URGE, case.urge_due, before, after, today, may_be_earlier=True))
    return tuple(one for one in found if one.now != one.was)


def _told(
    kind: str, was: date, before: Calendar, after: Calendar, today: date, *, may_be_earlier: bool = False
) -> Moved:
    yesterday = today - timedelta(days=1)
    left = before.count_working(yesterday, was)
    now = after.add_working(yesterday, left) if left else was
    if now < was and not may_be_earlier:
        now = was if after.is_working(was) else after.next_working(was)
    return Moved(kind, was, now, "", "", not before.is_published(was), not after.is_published(now))


def move_deadlines(case: Case, act: MoveDeadlines, actor: Actor, today: date, law: Law) -> tuple[DeadlinesMoved, ...]:
    """Brings the case under the law's calendar. Whatever else is done to it does so by itself first (`decide`)."""
    moved = due_moves(case, law, today)
    if moved is None:
        raise Refused("办件已经按现行日历计算", rule=RULE, remedy="无需处理")
    return (moved,)
