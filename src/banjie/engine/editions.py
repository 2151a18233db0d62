"""Editions of an item as a subject with a history: prepared by one, published by another, in force from its day.

What may happen to an edition depends on what it is. Publication needs two people and nothing standing against it;
stopping needs one person and a reason, since what is wrong must be stoppable at once. Cases filed under an edition go
on under it whatever becomes of it.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from banjie.engine.forms import Fault
from banjie.engine.subject import Refused

TWO_PERSONS = "事项双人发布"
GATES = "发布门槛"
STATES = "事项版本"
STOPPING = "事项停用"


class State(StrEnum):
    """What an edition is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """Published; its day has not come."""
    PUBLISHED = "published"
    """In force: people apply under it."""
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.DRAFT: "草稿",
    State.SCHEDULED: "已公布，待生效",
    State.PUBLISHED: "已公布",
    State.SUSPENDED: "已暂停",
    State.SUPERSEDED: "已被新版取代",
    State.WITHDRAWN: "已停用",
}


@dataclass(frozen=True, slots=True)
class History:
    """An edition as its history makes it. `state` is None before it was first prepared; `ends_on` is a day that has
    been set on which it becomes `ends_as`."""

    state: State | None = None
    prepared_by: str = ""
    published_by: str = ""
    digest: str = ""
    effective_on: date | None = None
    ends_on: date | None = None
    ends_as: State | None = None


# --- what may be asked ---


@dataclass(frozen=True, slots=True)
class Propose:
    """Keep this as the draft; `digest` is the fingerprint of what it says."""

    digest: str
    effective_on: date
    faults: int = 0
    upper: str = ""
    """Which upper edition it was resolved on (区划/编码/版次), "" when it inherits from none."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Put it in force on its day. `faults` is everything that stands against it today.

    `following`: it only takes over what two people have already published at the upper level.
    """

    faults: tuple[Fault, ...] = ()
    following: bool = False
    code: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class TakeForce:
    """Its day has come."""

    code: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class GiveWay:
    """A later edition is in force."""

    to: int


@dataclass(frozen=True, slots=True)
class Stop:
    """暂停 or 停用 from a day on; `as_` is SUSPENDED or WITHDRAWN. Of a draft: it is thrown away."""

    as_: State
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class Resume:
    """End a suspension."""

    reason: str


@dataclass(frozen=True, slots=True)
class ComeToEnd:
    """The day set for its end has come."""


Command = Propose | Publish | TakeForce | GiveWay | Stop | Resume | ComeToEnd


# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class EditionProposed:
    """An edition has been prepared; `digest` is the fingerprint of what it says, `faults` how much stood against it."""

    on: date
    by: str
    digest: str
    faults: int = 0
    effective_on: date | None = None
    upper: str = ""


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """The edition has been published, having been prepared by `prepared_by`; in force from `effective_on`."""

    on: date
    by: str
    prepared_by: str
    digest: str
    effective_on: date | None = None
    code: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class EditionTookForce:
    """The day of a published edition has come."""

    on: date
    code: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class EditionSuperseded:
    """A later edition is in force instead."""

    on: date
    to: int


@dataclass(frozen=True, slots=True)
class EditionWithdrawn:
    """Nobody may apply under the edition any more; of a draft: it has been thrown away."""

    on: date
    by: str
    reason: str
    was: str


@dataclass(frozen=True, slots=True)
class EditionSuspended:
    """Nobody may apply under the edition for the time being."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class EditionResumed:
    """People may apply under the edition again."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class EditionEndSet:
    """A day has been set from which nobody may apply under the edition; `as_` is what it becomes then."""

    on: date
    by: str
    reason: str
    ends_on: date
    as_: State


Event = (
    EditionProposed
    | EditionPublished
    | EditionTookForce
    | EditionSuperseded
    | EditionWithdrawn
    | EditionSuspended
    | EditionResumed
    | EditionEndSet
)

KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        EditionProposed,
        EditionPublished,
        EditionTookForce,
        EditionSuperseded,
        EditionWithdrawn,
        EditionSuspended,
        EditionResumed,
        EditionEndSet,
    )
}
"""Every event by the name under which the journal keeps it."""

_ALLOWED: dict[type[Command], tuple[State | None, ...]] = {
    Propose: (None, State.DRAFT),
    Publish: (State.DRAFT,),
    TakeForce: (State.SCHEDULED,),
    GiveWay: (State.SCHEDULED, State.PUBLISHED, State.SUSPENDED),
    Stop: (State.DRAFT, State.SCHEDULED, State.PUBLISHED, State.SUSPENDED),
    Resume: (State.SUSPENDED,),
    ComeToEnd: (State.PUBLISHED, State.SUSPENDED),
}


def decide(history: History, command: Command, *, by: str, today: date) -> tuple[Event, ...]:
    """What follows from a command of `by` (an account). Raises `Refused` with the rule that says no."""
    _require_state(history, type(command))
    match command:
        case Propose(digest, effective_on, faults, upper):
            return (EditionProposed(today, by, digest, faults, effective_on, upper),)
        case Publish():
            return (_published(history, command, by, today),)
        case TakeForce(code, edition):
            if history.effective_on is None or history.effective_on > today:
                raise Refused("还没有到生效日期", rule="事项版本生效日期", remedy="请等到生效当天")
            return (EditionTookForce(today, code, edition),)
        case GiveWay(to):
            return (EditionSuperseded(today, to),)
        case Stop():
            return (_stopped(history, command, by, today),)
        case Resume(reason):
            return (EditionResumed(today, by, _reason(reason, "恢复")),)
        case ComeToEnd():
            if history.ends_on is None or history.ends_on > today:
                raise Refused("还没有到停办日期", rule=STOPPING, remedy="请等到设定的那一天")
            if history.ends_as is State.SUSPENDED:
                return (EditionSuspended(today, by, "到了设定的暂停日期"),)
            return (EditionWithdrawn(today, by, "到了设定的停用日期", str(history.state)),)


def _require_state(history: History, kind: type[Command]) -> None:
    allowed = _ALLOWED[kind]
    if history.state in allowed:
        return
    name = STATE_NAMES[history.state] if history.state else "还不存在"
    able = "、".join(STATE_NAMES[state] for state in allowed if state)
    raise Refused(f"这一版目前是“{name}”，不能这样操作", rule=STATES, remedy=f"可以操作的状态：{able}", field="edition")


def _published(history: History, command: Publish, by: str, today: date) -> EditionPublished:
    faults = command.faults
    if history.prepared_by == by and not command.following:
        raise Refused("这一版是您本人编制的，不能由您发布", rule=TWO_PERSONS, remedy="请由另一名事项管理人员核对后发布")
    if faults:
        fault = faults[0]
        rest = f"（共有 {len(faults)} 处不符合发布要求）" if len(faults) > 1 else ""
        raise Refused(f"{fault.label}：{fault.reason}{rest}", rule=GATES, remedy=fault.remedy, field=fault.field)
    return EditionPublished(
        today, by, history.prepared_by, history.digest, history.effective_on, command.code, command.edition
    )


def _stopped(history: History, command: Stop, by: str, today: date) -> Event:
    reason = _reason(command.reason, "停用")
    if history.state in (State.DRAFT, State.SCHEDULED):
        if command.as_ is State.SUSPENDED:
            raise Refused("还没有生效的版本不能暂停", rule=STOPPING, remedy="可以废弃这一版", field="as")
        return EditionWithdrawn(today, by, reason, str(history.state))
    if command.on > today:
        return EditionEndSet(today, by, reason, command.on, command.as_)
    if command.on < today:
        raise Refused("停用日期早于今天", rule=STOPPING, remedy="请填写今天或以后的日期", field="on")
    if command.as_ is State.SUSPENDED:
        if history.state is State.SUSPENDED:
            raise Refused("这一版已经暂停", rule=STOPPING, remedy="可以恢复，或停用", field="as")
        return EditionSuspended(today, by, reason)
    return EditionWithdrawn(today, by, reason, str(history.state))


def _reason(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(f"没有写明{what}的理由", rule=STOPPING, remedy="请写明理由，它会记入这一版的历史", field="reason")
    return text.strip()


def evolve(history: History, event: Event) -> History:
    """What is true of an edition after an event."""
    match event:
        case EditionProposed():
            return History(State.DRAFT, event.by, "", event.digest, event.effective_on)
        case EditionPublished():
            later = event.effective_on is not None and event.effective_on > event.on
            state = State.SCHEDULED if later else State.PUBLISHED
            return replace(history, state=state, published_by=event.by)
        case EditionTookForce():
            return replace(history, state=State.PUBLISHED)
        case EditionSuperseded():
            return replace(history, state=State.SUPERSEDED, ends_on=None, ends_as=None)
        case EditionWithdrawn():
            return replace(history, state=State.WITHDRAWN, ends_on=None, ends_as=None)
        case EditionSuspended():
            return replace(history, state=State.SUSPENDED, ends_on=None, ends_as=None)
        case EditionResumed():
            return replace(history, state=State.PUBLISHED)
        case EditionEndSet():
            return replace(history, ends_on=event.ends_on, ends_as=event.as_)
