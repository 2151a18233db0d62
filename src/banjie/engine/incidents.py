"""系统故障: when the platform itself was in the way. Recorded by its probe, or by hand.

An incident extends no term: no law gives that. It is a reason in the assessment of late cases, and it warns whoever has
cases due that day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

RULE = "系统故障登记"


class IncidentStatus(StrEnum):
    """故障状态."""

    NONE = "none"
    OPEN = "open"
    ENDED = "ended"
    VOID = "void"


STATUS_NAMES = {
    IncidentStatus.NONE: "没有",
    IncidentStatus.OPEN: "正在发生",
    IncidentStatus.ENDED: "已恢复",
    IncidentStatus.VOID: "已作废",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """探测标准: slower than `slow_ms` is bad; opened after `bad` bad looks in a row, ended after `good` good ones."""

    slow_ms: int = 2000
    bad: int = 3
    good: int = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """一次探测: how many milliseconds it took, None when it failed altogether."""

    at: datetime
    ms: int | None

    def is_bad(self, threshold: Threshold) -> bool:
        """Whether the look failed or took too long."""
        return self.ms is None or self.ms > threshold.slow_ms


def verdict(latest: Sequence[Reading], threshold: Threshold, *, is_open: bool) -> datetime | None:
    """What the latest readings (newest first) say: since when an incident has begun, or since when it is over.

    None when nothing changes. The moment is that of the first reading of the row.
    """
    wanted = threshold.good if is_open else threshold.bad
    row = latest[:wanted]
    if len(row) < wanted or any(one.is_bad(threshold) is is_open for one in row):
        return None
    return row[-1].at


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """登记故障, since `began_at`; by hand also one that is over (`ended_at`)."""

    name: str
    words: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndIncident:
    """恢复."""

    ended_at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class VoidIncident:
    """作废: it was none, or it was recorded twice."""

    reason: str


Command = OpenIncident | EndIncident | VoidIncident

NAMES: dict[type[Command], str] = {
    OpenIncident: "登记系统故障",
    EndIncident: "登记系统恢复",
    VoidIncident: "作废系统故障登记",
}


@dataclass(frozen=True, slots=True)
class IncidentBegan:
    """已登记."""

    at: datetime
    by: str
    name: str
    words: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentEnded:
    """已恢复."""

    at: datetime
    by: str
    ended_at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class IncidentVoided:
    """已作废."""

    at: datetime
    by: str
    reason: str


Event = IncidentBegan | IncidentEnded | IncidentVoided

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as it stands."""

    status: IncidentStatus = IncidentStatus.NONE
    name: str = ""
    words: str = ""
    by: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    ending: str = ""


def decide(incident: Incident, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows. Raises `Refused` with the rule."""
    permissions.require(actor, type(command).__name__, what=NAMES[type(command)])
    if (incident.status is IncidentStatus.NONE) is not isinstance(command, OpenIncident):
        raise Refused("没有这次故障，或者已经登记过", rule=RULE, remedy="请刷新后核对")
    return (_ACTS[type(command)](incident, command, actor.account, now),)


def evolve(incident: Incident, event: Event) -> Incident:
    """What is true after `event`."""
    match event:
        case IncidentBegan():
            return Incident(
                status=IncidentStatus.ENDED if event.ended_at else IncidentStatus.OPEN,
                name=event.name,
                words=event.words,
                by=event.by,
                began_at=event.began_at,
                ended_at=event.ended_at,
            )
        case IncidentEnded():
            return replace(incident, status=IncidentStatus.ENDED, ended_at=event.ended_at, ending=event.words)
        case IncidentVoided():
            return replace(incident, status=IncidentStatus.VOID, ending=event.reason)
        case _:
            assert_never(event)


def _open(incident: Incident, act: OpenIncident, by: str, now: datetime) -> Event:
    if not act.name.strip():
        raise Refused("没有写明哪里出了故障", rule=RULE, remedy="例如：网上申报打不开", field="name")
    if act.began_at > now:
        raise Refused("开始时间晚于现在", rule=RULE, remedy="请核对开始时间", field="began_at")
    _require_order(act.began_at, act.ended_at, now)
    return IncidentBegan(now, by, act.name.strip(), act.words.strip(), act.began_at, act.ended_at)


def _end(incident: Incident, act: EndIncident, by: str, now: datetime) -> Event:
    if incident.status is not IncidentStatus.OPEN or incident.began_at is None:
        raise Refused("这次故障已经不在发生", rule=RULE, remedy="请刷新后核对")
    _require_order(incident.began_at, act.ended_at, now)
    return IncidentEnded(now, by, act.ended_at, act.words.strip())


def _void(incident: Incident, act: VoidIncident, by: str, now: datetime) -> Event:
    if incident.status is IncidentStatus.VOID:
        raise Refused("这次故障已经作废", rule=RULE, remedy="无须处理")
    if not act.reason.strip():
        raise Refused("没有写明作废的理由", rule=RULE, remedy="请写明理由", field="reason")
    return IncidentVoided(now, by, act.reason.strip())


def _require_order(began_at: datetime, ended_at: datetime | None, now: datetime) -> None:
    if ended_at is not None and ended_at < began_at:
        raise Refused("恢复时间早于开始时间", rule=RULE, remedy="请核对两个时间", field="ended_at")
    if ended_at is not None and ended_at > now:
        raise Refused("恢复时间晚于现在", rule=RULE, remedy="还没有恢复的，恢复时间留空", field="ended_at")


_ACTS: dict[type[Command], Callable[[Incident, Any, str, datetime], Event]] = {
    OpenIncident: _open,
    EndIncident: _end,
    VoidIncident: _void,
}
