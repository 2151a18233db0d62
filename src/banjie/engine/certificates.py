"""证照: issued by a decision, and what may become of it: extended, suspended, revoked, cancelled, lapsed, renewed.

A certificate is a subject of its own. It knows nothing of cases; a reaction issues it when one is approved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused


class Status(StrEnum):
    """证照状态. `REVOKED` is 撤销/吊销 by the organ, `CANCELLED` 注销 (art. 70), `LAPSED` the end of its validity."""

    NONE = "none"
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


STATUS_NAMES = {
    Status.NONE: "未签发",
    Status.VALID: "有效",
    Status.SUSPENDED: "暂停",
    Status.REVOKED: "已撤销",
    Status.CANCELLED: "已注销",
    Status.LAPSED: "已过期",
}


# --- what people may ask ---


@dataclass(frozen=True, slots=True)
class Issue:
    """签发. `valid_until` None: without end."""

    number: str
    kind: str
    name: str
    holder: str
    holder_name: str
    holder_code: str
    organ: str
    organ_name: str
    valid_from: date
    valid_until: date | None
    verify_code: str
    scope: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtendValidity:
    """延续, after a renewal was granted."""

    valid_until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """暂停."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """恢复."""

    reason: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """撤销 (art. 69), by the head of the organ."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """注销 (art. 70)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """到期失效."""


@dataclass(frozen=True, slots=True)
class Renew:
    """视为准予延续: a renewal asked in time and not answered before expiry is granted (art. 50)."""

    valid_until: date
    asked_on: date


# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class Issued:
    """已签发."""

    on: date
    by: str
    number: str
    kind: str
    name: str
    holder: str
    holder_name: str
    holder_code: str
    organ: str
    organ_name: str
    valid_from: date
    valid_until: date | None
    verify_code: str
    scope: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValidityExtended:
    """已延续. `silent`: by silence."""

    on: date
    by: str
    valid_until: date
    reason: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Suspended:
    """已暂停."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """已恢复."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """已撤销."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """已注销."""

    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """已过期."""

    on: date


Command = Issue | ExtendValidity | Suspend | Resume | Revoke | Cancel | Lapse | Renew
Event = Issued | ValidityExtended | Suspended | Resumed | Revoked | Cancelled | Lapsed

NAMES: dict[type[Command], str] = {
    Issue: "签发",
    ExtendValidity: "延续",
    Suspend: "暂停",
    Resume: "恢复",
    Revoke: "撤销",
    Cancel: "注销",
    Lapse: "到期失效",
    Renew: "视为准予延续",
}

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


# --- what is true ---


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it stands."""

    status: Status = Status.NONE
    number: str = ""
    kind: str = ""
    name: str = ""
    holder: str = ""
    holder_name: str = ""
    holder_code: str = ""
    organ: str = ""
    organ_name: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    verify_code: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether one may rely on it that day."""
        begun = self.valid_from is not None and self.valid_from <= day
        return self.status is Status.VALID and begun and (self.valid_until is None or day <= self.valid_until)


# In which statuses each act is possible. What is not named is refused.
TABLE = """
Issue           none
ExtendValidity  valid
Suspend         valid
Resume          suspended
Revoke          valid suspended
Cancel          valid suspended lapsed
Lapse           valid suspended
Renew           valid
"""

STATUSES: dict[str, frozenset[Status]] = {
    name: frozenset(Status(status) for status in statuses)
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


def decide(certificate: Certificate, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows when `actor` does `command` to `certificate` at `now`. Raises `Refused` with the rule."""
    name = type(command).__name__
    organ = command.organ if isinstance(command, Issue) else certificate.organ
    permissions.require(actor, name, organ=organ, what=f"{NAMES[type(command)]}证照")
    if certificate.status not in STATUSES[name]:
        raise Refused(
            f"证照目前是“{STATUS_NAMES[certificate.status]}”，不能“{NAMES[type(command)]}”",
            rule="证照状态表",
            remedy="请核对证照状态",
        )
    today = now.astimezone(CHINA).date()
    return (_ACTS[type(command)](certificate, command, actor.account, today),)


def evolve(certificate: Certificate, event: Event) -> Certificate:
    """What is true after `event`."""
    match event:
        case Issued():
            return Certificate(
                status=Status.VALID,
                number=event.number,
                kind=event.kind,
                name=event.name,
                holder=event.holder,
                holder_name=event.holder_name,
                holder_code=event.holder_code,
                organ=event.organ,
                organ_name=event.organ_name,
                issued_on=event.on,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
                verify_code=event.verify_code,
                scope=event.scope,
            )
        case ValidityExtended():
            return replace(certificate, valid_until=event.valid_until, reason=event.reason)
        case Suspended():
            return replace(certificate, status=Status.SUSPENDED, reason=event.reason)
        case Resumed():
            return replace(certificate, status=Status.VALID, reason=event.reason)
        case Revoked():
            return replace(certificate, status=Status.REVOKED, reason=event.reason)
        case Cancelled():
            return replace(certificate, status=Status.CANCELLED, reason=event.reason)
        case Lapsed():
            return replace(certificate, status=Status.LAPSED, reason="有效期届满")
        case _:
            assert_never(event)


def end_of_validity(valid_from: date, months: int) -> date | None:
    """The last day of a validity of so many months, None for one without end.

    Five years from 2026-11-24 last until 2031-11-23; where the month has no such day, until its last.
    """
    if months <= 0:
        return None
    years, month = divmod(valid_from.month - 1 + months, 12)
    for day in range(valid_from.day, 0, -1):
        try:
            anniversary = date(valid_from.year + years, month + 1, day)
        except ValueError:
            continue
        return anniversary if day < valid_from.day else date.fromordinal(anniversary.toordinal() - 1)
    return None


def _issue(certificate: Certificate, act: Issue, by: str, today: date) -> Event:
    if act.valid_until is not None and act.valid_until < act.valid_from:
        raise Refused("有效期的结束早于开始", rule="证照有效期", remedy="请核对有效期", field="valid_until")
    return Issued(
        on=today,
        by=by,
        number=act.number,
        kind=act.kind,
        name=act.name,
        holder=act.holder,
        holder_name=act.holder_name,
        holder_code=act.holder_code,
        organ=act.organ,
        organ_name=act.organ_name,
        valid_from=act.valid_from,
        valid_until=act.valid_until,
        verify_code=act.verify_code,
        scope=act.scope,
    )


def _extend(certificate: Certificate, act: ExtendValidity, by: str, today: date) -> Event:
    _require_later(certificate, act.valid_until)
    return ValidityExtended(today, by, act.valid_until, _words(act.reason))


def _renew(certificate: Certificate, act: Renew, by: str, today: date) -> Event:
    _require_later(certificate, act.valid_until)
    until = certificate.valid_until
    if until is None or act.asked_on > until or today <= until:
        raise Refused(
            "还不能视为准予延续", rule="行政许可法第五十条", remedy="须在有效期届满前申请，且届满时仍未作出决定"
        )
    return ValidityExtended(today, by, act.valid_until, "逾期未作出决定，视为准予延续", silent=True)


def _require_later(certificate: Certificate, valid_until: date) -> None:
    if certificate.valid_until is None or valid_until <= certificate.valid_until:
        raise Refused("新的有效期必须晚于原有效期", rule="证照有效期", remedy="请核对有效期", field="valid_until")


def _lapse(certificate: Certificate, act: Lapse, by: str, today: date) -> Event:
    if certificate.valid_until is None or today <= certificate.valid_until:
        raise Refused("证照还在有效期内", rule="证照有效期", remedy="到期后由系统自动处理")
    return Lapsed(today)


def _words(reason: str) -> str:
    if not reason.strip():
        raise Refused("必须写明理由", rule="证照管理", remedy="请填写理由", field="reason")
    return reason


_ACTS: dict[type[Command], Callable[[Certificate, Any, str, date], Event]] = {
    Issue: _issue,
    ExtendValidity: _extend,
    Suspend: lambda certificate, act, by, today: Suspended(today, by, _words(act.reason)),
    Resume: lambda certificate, act, by, today: Resumed(today, by, _words(act.reason)),
    Revoke: lambda certificate, act, by, today: Revoked(today, by, _words(act.reason)),
    Cancel: lambda certificate, act, by, today: Cancelled(today, by, _words(act.reason)),
    Lapse: _lapse,
    Renew: _renew,
}
