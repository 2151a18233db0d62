"""办件归集: a case of a department that has a system of its own, as that system tells of it.

The department decides under its own roof; what comes here is what it says happened, and when. Each telling is an entry
of the journal: the first one, what is new, what was put right. Nothing is overwritten, so a department that changes a
day after the fact is seen to have done so.

What cannot be (no number, no beginning, a beginning that lies in the future) is refused. What is merely odd (an end
before its start, no deadline, a step after the end) is kept and remarked upon: without it the figures would be false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor, require
from banjie.engine.subject import Refused

RULE = "办件归集规范"
LONGEST_NUMBER = 64
LONGEST_TEXT = 200
MOST_STEPS = 10_000
CLOCKS_APART = timedelta(hours=1)
"""Two systems' clocks never agree to the minute: what lies this little in the future is not refused."""


class Meaning(StrEnum):
    """What a step of another system means here (domain: 办件状态)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    CORRECTION = "correction"
    SPECIAL = "special"
    REVIEW = "review"
    DECIDED = "decided"
    DELIVERED = "delivered"


MEANING_NAMES = {
    Meaning.RECEIVED: "收件",
    Meaning.ACCEPTED: "受理",
    Meaning.CORRECTION: "补正",
    Meaning.SPECIAL: "特别程序",
    Meaning.REVIEW: "审查",
    Meaning.DECIDED: "办结",
    Meaning.DELIVERED: "送达",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A record of the other system: its own identifier for it, what was done, when, by whom, in which office."""

    id: str
    activity: str
    at: datetime
    meaning: Meaning | None = None
    by: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for the whole case. `due_by_day`: the deadline is a day, kept until its end, and no moment."""

    started_at: datetime
    organ: str = ""
    organ_name: str = ""
    item: str = ""
    item_name: str = ""
    channel: str = ""
    handler: str = ""
    due_at: datetime | None = None
    due_by_day: bool = False
    ended_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """报送: everything a source says of one case."""

    source: str
    number: str
    region: str
    facts: Facts
    steps: tuple[Step, ...] = ()


class Oddity(StrEnum):
    """What is odd about a case and is kept nevertheless."""

    END_BEFORE_START = "end_before_start"
    END_IN_FUTURE = "end_in_future"
    NO_DEADLINE = "no_deadline"
    DEADLINE_BEFORE_START = "deadline_before_start"
    UNFINISHED = "unfinished"
    NO_STEPS = "no_steps"
    STEP_IN_FUTURE = "step_in_future"
    STEP_BEFORE_START = "step_before_start"
    STEP_AFTER_END = "step_after_end"
    STEP_TWICE = "step_twice"
    NO_OFFICE = "no_office"
    UNKNOWN_ORGAN = "unknown_organ"
    NO_START = "no_start"


ODDITY_WORDS: Mapping[Oddity, tuple[str, str, str]] = {
    Oddity.END_BEFORE_START: ("办结时间", "办结早于开始", "请来源系统核对两个时间；平均用时里不算这件"),
    Oddity.END_IN_FUTURE: ("办结时间", "办结时间在将来，按还没有办结收下", "请在真正办结以后再报送办结时间"),
    Oddity.NO_DEADLINE: ("截止时间", "没有截止时间，不能判断是否超期", "请来源系统补报截止时间"),
    Oddity.DEADLINE_BEFORE_START: ("截止时间", "截止早于开始", "请来源系统核对两个时间"),
    Oddity.UNFINISHED: ("办结时间", "早已过了截止时间，没有办结时间", "已经办结的请补报办结时间，没有办结的请抓紧办理"),
    Oddity.NO_STEPS: ("环节", "没有一条环节记录", "请一并报送办理过程"),
    Oddity.STEP_IN_FUTURE: ("环节时间", "时间在将来，这条记录没有收下", "请核对来源系统的时钟，更正后重新报送"),
    Oddity.STEP_BEFORE_START: ("环节时间", "有环节早于办件开始", "请核对开始时间或环节时间"),
    Oddity.STEP_AFTER_END: ("环节时间", "有环节晚于办结", "请核对办结时间；办结以后的送达、归档不算"),
    Oddity.STEP_TWICE: ("记录标识", "同一条记录出现两次而内容不同，采用后一条", "请给不同的记录不同的标识"),
    Oddity.NO_OFFICE: ("经办单位", "有环节没有写明哪个单位经办", "请补报经办单位"),
    Oddity.UNKNOWN_ORGAN: ("承办部门", "对应表里没有这个部门，只有督查人员看得到", "请在对应表里写明它是哪个机关"),
    Oddity.NO_START: ("开始时间", "没有开始时间，按最早的一条记录算", "请补报开始时间"),
}
"""Each oddity: which field, what is odd, how to mend it at the source."""


@dataclass(frozen=True, slots=True)
class Remark:
    """An oddity of one case; `value` is what stands there."""

    oddity: Oddity
    value: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A report that may be kept, without the steps that cannot be, and what is odd about it."""

    report: Report
    remarks: tuple[Remark, ...] = ()


# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class CaseReported:
    """首次报送."""

    source: str
    number: str
    region: str
    facts: Facts
    steps: tuple[Step, ...] = ()
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class StepsReported:
    """又报送了环节: records that were not known yet."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepsCorrected:
    """更正了环节: records known by these identifiers say something else now."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """更新了办件: what holds for the whole case now, and what is odd about it."""

    facts: Facts
    oddities: tuple[Oddity, ...] = ()


Event = CaseReported | StepsReported | StepsCorrected | FactsChanged
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class ExternalCase:
    """What is known of a case of elsewhere: the sum of what was told."""

    source: str = ""
    number: str = ""
    region: str = ""
    facts: Facts | None = None
    steps: tuple[Step, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether nothing has been told of it yet."""
        return self.facts is None


def is_late(facts: Facts) -> bool:
    """超期: finished after its deadline. A deadline that is a day is kept until the end of that day in the city."""
    if facts.ended_at is None or facts.due_at is None:
        return False
    if facts.due_by_day:
        return facts.ended_at.astimezone(CHINA).date() > facts.due_at.astimezone(CHINA).date()
    return facts.ended_at > facts.due_at


def duration_s(facts: Facts) -> int | None:
    """Whole seconds from beginning to end; None while it runs, and where the end lies before the beginning."""
    if facts.ended_at is None or facts.ended_at < facts.started_at:
        return None
    return int((facts.ended_at - facts.started_at).total_seconds())


def refused(field: str, reason: str, remedy: str) -> Refused:
    """What cannot be taken in, with its field."""
    return Refused(reason, rule=RULE, remedy=remedy, field=field)


def examine(report: Report, now: datetime, remarks: Sequence[Remark] = ()) -> Examined:
    """What of a report may be kept, and what is odd about it; `remarks` are those its reading has already made.

    Raises `Refused` naming the field for what cannot be.
    """
    number = report.number
    if not number:
        raise refused("办件编号", "没有办件编号，不知道是哪个办件", "请补上办件编号")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise refused("办件编号", f"办件编号超过 {LONGEST_NUMBER} 个字符，或含有看不见的字符", "请核对办件编号这一列")
    facts, latest = report.facts, now + CLOCKS_APART
    if facts.started_at > latest:
        raise refused("开始时间", "开始时间在将来", "请核对来源系统的时钟和时间的写法")
    if len(report.steps) > MOST_STEPS:
        raise refused("环节", f"一个办件的环节超过 {MOST_STEPS} 条", "请核对办件编号这一列是否对应正确")
    for name, value in (("渠道", facts.channel), ("事项名称", facts.item_name), ("承办部门", facts.organ_name)):
        if len(value) > LONGEST_TEXT:
            raise refused(name, f"超过 {LONGEST_TEXT} 个字", "请核对这一列是否对应正确")
    found = list(remarks)
    if facts.ended_at is not None and facts.ended_at > latest:
        found.append(Remark(Oddity.END_IN_FUTURE, facts.ended_at.isoformat()))
        facts = replace(facts, ended_at=None)
    steps = _steps(report.steps, latest, found)
    found.extend(_odd_facts(facts, now))
    found.extend(_odd_steps(facts, steps))
    if facts is not report.facts or steps is not report.steps:
        report = replace(report, facts=facts, steps=steps)
    return Examined(report, tuple(found))


def _steps(given: tuple[Step, ...], latest: datetime, found: list[Remark]) -> tuple[Step, ...]:
    """The steps that may be kept, in the order of their time; of two with one identifier the later one given."""
    by_id: dict[str, Step] = {}
    for step in given:
        if step.at > latest:
            found.append(Remark(Oddity.STEP_IN_FUTURE, f"{step.activity} {step.at.isoformat()}"))
            continue
        before = by_id.get(step.id)
        if before is not None and before != step:
            found.append(Remark(Oddity.STEP_TWICE, step.id))
        by_id[step.id] = step
    return tuple(sorted(by_id.values(), key=_moment))


def _moment(step: Step) -> tuple[datetime, str]:
    return (step.at, step.id)


def _odd_facts(facts: Facts, now: datetime) -> list[Remark]:
    odd = []
    if facts.ended_at is not None and facts.ended_at < facts.started_at:
        odd.append(Remark(Oddity.END_BEFORE_START, f"{facts.started_at.isoformat()} → {facts.ended_at.isoformat()}"))
    if facts.due_at is None:
        odd.append(Remark(Oddity.NO_DEADLINE))
    elif facts.due_at < facts.started_at:
        odd.append(Remark(Oddity.DEADLINE_BEFORE_START, facts.due_at.isoformat()))
    elif facts.ended_at is None and facts.due_at < now:
        odd.append(Remark(Oddity.UNFINISHED, facts.due_at.isoformat()))
    return odd


def _odd_steps(facts: Facts, steps: tuple[Step, ...]) -> list[Remark]:
    if not steps:
        return [Remark(Oddity.NO_STEPS)]
    odd = []
    if steps[0].at < facts.started_at:
        odd.append(Remark(Oddity.STEP_BEFORE_START, f"{steps[0].activity} {steps[0].at.isoformat()}"))
    if facts.ended_at is not None and (last := _last_before_delivery(steps)) and last.at > facts.ended_at:
        odd.append(Remark(Oddity.STEP_AFTER_END, f"{last.activity} {last.at.isoformat()}"))
    without = sum(1 for step in steps if not step.office)
    if without:
        odd.append(Remark(Oddity.NO_OFFICE, f"{without} 条"))
    return odd


def _last_before_delivery(steps: tuple[Step, ...]) -> Step | None:
    return next((step for step in reversed(steps) if step.meaning is not Meaning.DELIVERED), None)


def decide(case: ExternalCase, told: Examined, *, actor: Actor) -> tuple[Event, ...]:
    """What a telling adds to what is known; nothing when all of it is known. Raises `Refused` (办件权限表).

    A telling names all facts anew, but only those steps it knows of: a step not named again is not undone.
    """
    report, facts = told.report, told.report.facts
    require(actor, "ReportCase", organ=facts.organ, what="报送办件")
    odd = tuple(dict.fromkeys(remark.oddity for remark in told.remarks if remark.oddity in _OF_FACTS))
    if case.facts is None:
        oddities = (*odd, *(remark.oddity for remark in _odd_steps(facts, report.steps)))
        return (CaseReported(report.source, report.number, report.region, facts, report.steps, oddities),)
    if case.facts.organ and case.facts.organ != facts.organ:
        require(actor, "ReportCase", organ=case.facts.organ, what="报送办件")
    known = {step.id: step for step in case.steps}
    events: list[Event] = []
    if new := tuple(step for step in report.steps if step.id not in known):
        events.append(StepsReported(new))
    if changed := tuple(step for step in report.steps if step.id in known and known[step.id] != step):
        events.append(StepsCorrected(changed))
    after = case
    for event in events:
        after = evolve(after, event)
    oddities = (*odd, *(remark.oddity for remark in _odd_steps(facts, after.steps)))
    if case.facts != facts or set(oddities) != set(case.oddities):
        events.append(FactsChanged(facts, oddities))
    return tuple(events)


_OF_FACTS = frozenset(
    {
        Oddity.END_BEFORE_START,
        Oddity.END_IN_FUTURE,
        Oddity.NO_DEADLINE,
        Oddity.DEADLINE_BEFORE_START,
        Oddity.UNKNOWN_ORGAN,
        Oddity.NO_START,
    }
)
"""What stays odd about a case until told otherwise. The others are seen from its steps, or hold for one telling."""


def evolve(case: ExternalCase, event: Event) -> ExternalCase:
    """What is known after `event`."""
    match event:
        case CaseReported():
            return ExternalCase(
                event.source, event.number, event.region, event.facts, event.steps, tuple(event.oddities)
            )
        case StepsReported():
            return replace(case, steps=tuple(sorted((*case.steps, *event.steps), key=_moment)))
        case StepsCorrected():
            newer = {step.id: step for step in event.steps}
            steps = (newer.get(step.id, step) for step in case.steps)
            return replace(case, steps=tuple(sorted(steps, key=_moment)))
        case FactsChanged():
            return replace(case, facts=event.facts, oddities=tuple(event.oddities))
        case _:
            assert_never(event)


def row(case: ExternalCase) -> dict[str, Any]:
    """What lists and figures read of a case, beside its state."""
    facts = case.facts
    assert facts is not None  # noqa: S101 — its first event says it.
    return {
        "source": case.source,
        "number": case.number,
        "organ": facts.organ,
        "organ_name": facts.organ_name,
        "item": facts.item,
        "item_name": facts.item_name,
        "channel": facts.channel,
        "started_at": facts.started_at,
        "due_at": facts.due_at,
        "ended_at": facts.ended_at,
        "late": is_late(facts),
        "steps": len(case.steps),
        "last_step": case.steps[-1].activity if case.steps else "",
        "oddities": [one.value for one in case.oddities],
    }
