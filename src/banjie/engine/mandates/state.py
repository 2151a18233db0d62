"""What may be asked of a mandate, what can have happened to it, and what is then true."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, assert_never, get_args

from banjie.engine.scopes import DEED_NAMES, WHOLE, Scope


class Kind(StrEnum):
    """What the agent is to the party."""

    OWN = "own"
    """The person herself; no mandate, but kept with them, for it is what a mandate starts from."""
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    FAMILY = "family"
    PERSON = "person"


KIND_NAMES: Final = {
    Kind.OWN: "本人",
    Kind.REPRESENTATIVE: "法定代表人",
    Kind.AGENT: "经办人",
    Kind.FAMILY: "亲属",
    Kind.PERSON: "受托人",
}

PRINCIPALS: Final = frozenset({Kind.OWN, Kind.REPRESENTATIVE})
"""Whoever is this to a party disposes of it."""

FOR_COMPANIES: Final = frozenset({Kind.REPRESENTATIVE, Kind.AGENT})


class MandateStatus(StrEnum):
    """Where a mandate stands. What has run out by its date is `ENDED`, though nothing has happened that day."""

    NONE = "none"
    OFFERED = "offered"
    IN_FORCE = "in_force"
    ENDED = "ended"


STATUS_NAMES: Final = {
    MandateStatus.NONE: "没有授权",
    MandateStatus.OFFERED: "等待对方接受",
    MandateStatus.IN_FORCE: "有效",
    MandateStatus.ENDED: "已结束",
}


class Side(StrEnum):
    """How whoever acts stands to the mandate."""

    PRINCIPAL = "principal"
    AGENT = "agent"
    COUNTER = "counter"
    SYSTEM = "system"


SIDE_NAMES: Final = {
    Side.PRINCIPAL: "授权人（本人或法定代表人）",
    Side.AGENT: "受托人",
    Side.COUNTER: "窗口人员",
    Side.SYSTEM: "系统",
}


@dataclass(frozen=True, slots=True)
class Custom:
    """What a city may set: the longest mandate, and how long an offer waits to be accepted, in calendar days."""

    longest_days: int = 1095
    offer_days: int = 30


# --- what people may ask ---


@dataclass(frozen=True, slots=True)
class Offer:
    """授权. `evidence`: at a counter, what the clerk has seen (授权委托书, 身份证件)."""

    kind: Kind
    party: str
    party_name: str
    agent: str
    agent_name: str
    valid_from: date
    valid_until: date
    scope: Scope = WHOLE
    relation: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Accept:
    """接受."""


@dataclass(frozen=True, slots=True)
class Decline:
    """不接受."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Revoke:
    """撤回授权, by whoever gave it (民法典第一百七十三条第二项)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resign:
    """辞去委托, by the agent (the same)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Register:
    """登记, from the register of companies or people, or at a counter that has seen the papers: needs no acceptance."""

    kind: Kind
    party: str
    party_name: str
    agent: str
    agent_name: str
    evidence: str
    valid_until: date | None = None
    scope: Scope = WHOLE


@dataclass(frozen=True, slots=True)
class Supersede:
    """变更法定代表人: the register now names somebody else."""

    reason: str


Command = Offer | Accept | Decline | Revoke | Resign | Register | Supersede

NAMES: Final[dict[type[Command], str]] = {
    Offer: "授权",
    Accept: "接受授权",
    Decline: "不接受授权",
    Revoke: "撤回授权",
    Resign: "辞去委托",
    Register: "登记代理关系",
    Supersede: "变更法定代表人",
}

# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class Offered:
    """已授权，等待接受."""

    on: date
    by: str
    by_name: str
    kind: Kind
    party: str
    party_name: str
    agent: str
    agent_name: str
    valid_from: date
    valid_until: date
    scope: Scope = WHOLE
    relation: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """已接受."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Registered:
    """已登记."""

    on: date
    by: str
    by_name: str
    kind: Kind
    party: str
    party_name: str
    agent: str
    agent_name: str
    evidence: str
    valid_until: date | None = None
    scope: Scope = WHOLE


@dataclass(frozen=True, slots=True)
class Ended:
    """已结束: declined, revoked, resigned or superseded, which `how` names by the act."""

    on: date
    by: str
    by_name: str
    how: str
    reason: str = ""


Event = Offered | Accepted | Registered | Ended

KINDS: Final[dict[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


# --- what is true ---


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as it stands. `given_by` is the name of whoever gave or registered it."""

    status: MandateStatus = MandateStatus.NONE
    kind: Kind = Kind.AGENT
    party: str = ""
    party_name: str = ""
    agent: str = ""
    agent_name: str = ""
    scope: Scope = WHOLE
    relation: str = ""
    evidence: str = ""
    offered_on: date | None = None
    given_by: str = ""
    accepted_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    ended_on: date | None = None
    ended_by: str = ""
    how: str = ""
    reason: str = ""

    def status_on(self, day: date, custom: Custom) -> MandateStatus:
        """Where it stands that day: past its last day it has ended, and an offer does not wait for ever."""
        if self.status is MandateStatus.IN_FORCE and self.valid_until is not None and day > self.valid_until:
            return MandateStatus.ENDED
        if self.status is MandateStatus.OFFERED and day > self.answer_by(custom):
            return MandateStatus.ENDED
        return self.status

    def answer_by(self, custom: Custom) -> date:
        """The last day on which an offer can be accepted."""
        last = (self.offered_on or date.max - timedelta(days=custom.offer_days)) + timedelta(days=custom.offer_days)
        return min(last, self.valid_until or last)

    def holds_on(self, day: date) -> bool:
        """Whether the agent may act that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.status is MandateStatus.IN_FORCE and begun and (self.valid_until is None or day <= self.valid_until)


def evolve(mandate: Mandate, event: Event) -> Mandate:
    """What is true after `event`."""
    match event:
        case Offered():
            return Mandate(
                status=MandateStatus.OFFERED,
                kind=event.kind,
                party=event.party,
                party_name=event.party_name,
                agent=event.agent,
                agent_name=event.agent_name,
                scope=event.scope,
                relation=event.relation,
                evidence=event.evidence,
                offered_on=event.on,
                given_by=event.by_name,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
            )
        case Accepted():
            return replace(mandate, status=MandateStatus.IN_FORCE, accepted_on=event.on)
        case Registered():
            return Mandate(
                status=MandateStatus.IN_FORCE,
                kind=event.kind,
                party=event.party,
                party_name=event.party_name,
                agent=event.agent,
                agent_name=event.agent_name,
                scope=event.scope,
                evidence=event.evidence,
                given_by=event.by_name,
                accepted_on=event.on,
                valid_from=event.on,
                valid_until=event.valid_until,
            )
        case Ended():
            return replace(
                mandate,
                status=MandateStatus.ENDED,
                ended_on=event.on,
                ended_by=event.by_name,
                how=event.how,
                reason=event.reason,
            )
        case _:
            assert_never(event)


def scope_words(scope: Scope, items: dict[str, str] | None = None) -> str:
    """A scope in words: 全部事项，全部权限."""
    names = items or {}
    what = "、".join(names.get(code, code) for code in sorted(scope.items)) or "全部事项"
    how = "、".join(DEED_NAMES[deed] for deed in DEED_NAMES if scope.allows(deed)) if scope.deeds else "全部权限"
    return f"{what}：{how}"
