"""What the applicant may do after handing in besides waiting: take it back to change it, and urge."""

from datetime import date, datetime, timedelta

from banjie.engine.calendar import CHINA
from banjie.engine.cases import acts, events
from banjie.engine.cases.clocks import Law
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import require_words
from banjie.engine.cases.state import Case
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

CHANGE_RULE = "提交后限时修改"
URGE_RULE = "催办规则"


def may_take_back(case: Case, now: datetime) -> bool:
    """Whether the time to take an application back has not run out. Whether anybody has taken it up, the stage says."""
    return case.changeable_until is not None and now <= case.changeable_until


def require_in_time(case: Case, now: datetime) -> None:
    """Refuses when the time to take an application back is over."""
    if not may_take_back(case, now):
        until = case.changeable_until
        words = (
            f"可以收回修改的时间到 {until.astimezone(CHINA):%H:%M} 为止，已经过了" if until else "这个事项不能收回修改"
        )
        raise Refused(
            words, rule=CHANGE_RULE, remedy="还没有受理的，可以撤回申请后重新提交；小的差错等窗口通知补正时改"
        )


def take_back(case: Case, act: acts.TakeBack, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    return (events.TakenBack(today),)


def may_urge(case: Case, law: Law, today: date) -> bool:
    """Whether enough days have gone by since the applicant last urged."""
    return case.urged_on is None or today >= case.urged_on + timedelta(days=law.item.urge_every_days)


def urge(case: Case, act: acts.Urge, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    if not may_urge(case, law, today):
        every = law.item.urge_every_days
        raise Refused(
            "今天已经催办过了" if every == 1 else f"{every} 天内已经催办过了",
            rule=f"{URGE_RULE}（每件办件{'每天' if every == 1 else f' {every} 天'}一次）",
            remedy=f"办理机关正在答复；等不及可以拨打 {law.item.consult_phone or '12345'}",
        )
    # An answer that is owed already stays owed by its day: urging again does not put it off.
    answer_by = case.urge_due or law.calendar.add_working(today, law.item.urge_answer_days)
    return (events.Urged(today, answer_by),)


def answer_urge(case: Case, act: acts.AnswerUrge, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    if case.urge_due is None:
        raise Refused("没有等待答复的催办", rule=URGE_RULE, remedy="申请人催办以后再答复")
    require_words(act.words, "words", URGE_RULE)
    return (events.UrgeAnswered(today, actor.account, act.words),)
