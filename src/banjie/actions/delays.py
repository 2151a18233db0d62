"""超期原因: a late case is found with the evidence the platform has; people name the cause and confirm it."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.actions.staff_notices import callees, tell_staff
from banjie.engine import delay_causes as law_of_causes
from banjie.engine.calendar import CHINA, Calendar, chinese_date
from banjie.engine.cases import Case, Law, decision_timers
from banjie.engine.clock import TimerKind, reckon
from banjie.engine.delay_causes import Cause, Delay, Evidence, proposed
from banjie.engine.watching import About, Callee
from banjie.packs.watching import Watching, watching
from banjie.records import delay_evidence, incidents, supervision
from banjie.records.people import MACHINE, Standing
from banjie.records.watching import WatchedCase


def _row(delay: Delay) -> dict[str, object]:
    about = delay.about
    assert about is not None  # noqa: S101 — its first event says it.
    return {
        "case_id": about.case_id,
        "number": about.number,
        "item": about.item,
        "organ": about.organ,
        "office": about.office,
        "account": about.account,
        "status": delay.status.value,
        "cause": delay.cause.value if delay.cause else "",
        "new_staff": delay.new_staff,
        "found_on": delay.found_on,
        "ended_on": delay.ended_on,
        "urged_on": delay.urged_on,
    }


DELAY: Final = Kind(supervision.DELAYS, law_of_causes.decide, law_of_causes.evolve, law_of_causes.KINDS, _row)


def delay_of(case_id: str) -> str:
    """The identifier of a case's delay: a case has one at most."""
    return str(uuid.uuid5(uuid.UUID(case_id), "delay"))


def find_delay(platform: Platform, one: WatchedCase, law: Law, about: About, at: datetime) -> None:
    """Registers that a case is late by its decision, or that one that was late has ended; nothing for the others."""
    rules, today = watching(), at.astimezone(CHINA).date()
    late = late_clocks(one.case, law, today, rules)
    if not late:
        return
    ended_on = one.case.decided_on or (today if not one.case.is_open else None)
    evidence = evidence_of(platform, one, law, about, ended_on or today, at)
    command = law_of_causes.OpenDelay(
        about=about,
        clocks=tuple(clock for clock, _ in late),
        due_on=min(due_on for _, due_on in late),
        evidence=evidence,
        proposal=proposed(evidence, rules.evidence_order),
        new_staff=delay_evidence.is_new_staff(
            platform.database, about.account, about.item, law.item.kind.value, ended_on or today
        ),
        ended_on=ended_on,
    )
    act(platform, DELAY, command, actor=MACHINE, region=one.region, subject=delay_of(one.id), now=at)


def late_clocks(case: Case, law: Law, today: date, rules: Watching) -> list[tuple[str, date]]:
    """The clocks of the decision that ran out, with their days, also of a case that was decided meanwhile."""
    if case.accepted_on is None:
        return []
    found = []
    for timer in decision_timers(case, law):
        if timer.kind in rules.late_clocks:
            reckoning = reckon(timer, case.pauses, law.calendar_of(case), today, law.rules)
            if timer.kind.value in case.late or (reckoning.late and not reckoning.paused):
                found.append((timer.kind.value, reckoning.due_on))
    return found


# --- evidence ---


def evidence_of(
    platform: Platform, one: WatchedCase, law: Law, about: About, until: date, at: datetime
) -> tuple[Evidence, ...]:
    """What the platform knows that may have delayed a case, each with its days and numbers."""
    case, rules = one.case, watching()
    since = case.submitted_on or case.accepted_on or until
    return (
        *_outages(platform, since, until),
        *_slow_answers(platform, one),
        *_corrections(case, law, rules),
        *_steps(platform, one, law, about, rules),
        *_special(case),
    )


def _outages(platform: Platform, since: date, until: date) -> list[Evidence]:
    first = datetime.combine(since, time.min, CHINA)
    last = datetime.combine(until + timedelta(days=1), time.min, CHINA)
    found = []
    for row in incidents.overlapping(platform.database, platform.region, first, last):
        one = row.incident
        assert one.began_at is not None  # noqa: S101 — its first event says it.
        until_words = f"{one.ended_at.astimezone(CHINA):%m月%d日 %H:%M}" if one.ended_at else "现在"
        began = f"{one.began_at.astimezone(CHINA):%Y年%m月%d日 %H:%M}"
        words = f"系统故障“{one.name}”：{began} 至 {until_words}，在本件办理期间"
        found.append(Evidence(Cause.OUTAGE, words, row.id))
    return found


def _slow_answers(platform: Platform, one: WatchedCase) -> list[Evidence]:
    slow = delay_evidence.slow_asks(platform.database, one.region, one.id)
    return [Evidence(Cause.INTERFACE, f"向“{source}”查询 {number} 次没有按时答复", source) for source, number in slow]


def _corrections(case: Case, law: Law, rules: Watching) -> list[Evidence]:
    found = []
    asked = [one for one in case.corrections if one.on]
    received, calendar = case.submitted_on, law.calendar_of(case)
    for one in asked:
        if received is not None:
            due = calendar.add_working(received, law.item.reply.number)
            left = calendar.count_working(one.on, due)
            if one.on <= due and left <= rules.late_correction_days:
                when = f"前 {left} 个工作日" if left else "当天"
                words = f"补正通知 {chinese_date(one.on)} 才发出，在答复期限（{chinese_date(due)}）{when}"
                found.append(Evidence(Cause.CORRECTIONS, words))
        received = one.answered_on
    if len(asked) >= rules.several_corrections:
        found.append(Evidence(Cause.CORRECTIONS, f"补正 {len(asked)} 次"))
    return found


def _steps(platform: Platform, one: WatchedCase, law: Law, about: About, rules: Watching) -> list[Evidence]:
    found = []
    # A step that was gone through twice may have been late twice: it is told once.
    marks = dict.fromkeys(mark.partition("@")[0] for mark in one.case.late)
    for kind, _, key in (mark.partition(":") for mark in marks):
        if kind != TimerKind.STEP.value or not key:
            continue
        step = law.item.workflow.step(key)
        words = f"环节“{step.name}”超过规定时限"
        department = step.office and step.office != law.item.organ
        found.append(Evidence(Cause.DEPARTMENT if department else Cause.BACKLOG, words, key))
    if delay_evidence.waiting_at(platform.database, about.office, rules.backlog + 1) > rules.backlog:
        words = f"{about.office_name or about.organ_name}同时有超过 {rules.backlog} 件待办"
        found.append(Evidence(Cause.BACKLOG, words))
    return found


def _special(case: Case) -> list[Evidence]:
    late = {mark.partition("@")[0] for mark in case.late}
    return [Evidence(Cause.SPECIAL, "特别程序超过告知的时间")] if TimerKind.SPECIAL.value in late else []


# --- people's own acts, and the worker's ---


def give_cause(platform: Platform, standing: Standing, region: str, delay: str, cause: Cause, words: str) -> None:
    """说明原因, by the office that had the case. Raises `Refused` for anyone else, and for Z9 without words."""
    act(platform, DELAY, law_of_causes.GiveCause(cause, words), actor=standing, region=region, subject=delay)


def confirm_cause(platform: Platform, standing: Standing, region: str, delay: str, cause: Cause, words: str) -> None:
    """确认或改定原因, by whoever watches. Raises `Refused` where none was given, and for a change without words."""
    act(platform, DELAY, law_of_causes.ConfirmCause(cause, words), actor=standing, region=region, subject=delay)


def urge_causes(platform: Platform, at: datetime) -> int:
    """Urges every office that has not said why a case of its ended late; answers with how many it urged."""
    today, rules = at.astimezone(CHINA).date(), watching()
    before = working_days_back(platform.laws.calendar(platform.region), today, rules.urge_days)
    urged = 0
    while found := supervision.to_urge(platform.database, before):
        for row in found:
            about = row.delay.about
            assert about is not None  # noqa: S101 — its first event says it.
            # The first word goes to the handler; whoever is not heard by her is heard by her head of section.
            callee = Callee.HANDLER if row.delay.urgings == 0 else Callee.SECTION
            told = callees(platform, row.region, about, callee, today)
            act(
                platform,
                DELAY,
                law_of_causes.UrgeCause(told),
                actor=MACHINE,
                region=row.region,
                subject=row.id,
                now=at,
            )
            tell_staff(
                platform,
                told,
                region=row.region,
                key=f"cause:{row.id}:{row.delay.urgings + 1}",
                kind="cause",
                subject=f"请说明超期原因：{about.item_name}",
                body=f"办件 {about.number} 超期办结，还没有说明原因（第 {row.delay.urgings + 1} 次催报）。",
                href="/office/watch#causes",
                at=at,
            )
            urged += 1
    return urged


def working_days_back(calendar: Calendar, today: date, number: int) -> date:
    """The last day that lies at least so many working days before today."""
    day = today
    while calendar.count_working(day, today) < number:
        day -= timedelta(days=1)
    return day
