"""同意: a person lets one source be asked about her for one application, and may take it back."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never, get_args

from banjie.engine import permissions
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused


class ConsentStatus(StrEnum):
    """同意状态."""

    NONE = "none"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


STATUS_NAMES = {ConsentStatus.NONE: "未同意", ConsentStatus.GIVEN: "已同意", ConsentStatus.WITHDRAWN: "已撤回"}


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """同意查询: `words` are the sentence she agreed to, as it stood on the page."""

    source: str
    source_name: str
    organ_name: str
    party: str
    draft: str
    item: str
    item_name: str
    labels: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """撤回同意. No reason is asked for: the law wants it to be as easy as giving it."""


Command = GiveConsent | WithdrawConsent

NAMES: dict[type[Command], str] = {GiveConsent: "同意查询", WithdrawConsent: "撤回同意"}


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """已同意."""

    at: datetime
    by: str
    source: str
    source_name: str
    organ_name: str
    party: str
    draft: str
    item: str
    item_name: str
    labels: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """已撤回."""

    at: datetime
    by: str


Event = ConsentGiven | ConsentWithdrawn

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent as it stands."""

    status: ConsentStatus = ConsentStatus.NONE
    source: str = ""
    source_name: str = ""
    organ_name: str = ""
    party: str = ""
    by: str = ""
    draft: str = ""
    item: str = ""
    item_name: str = ""
    labels: tuple[str, ...] = ()
    words: str = ""
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None


def decide(consent: Consent, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when it has been done before. Raises `Refused` with the rule."""
    holder = command.party if isinstance(command, GiveConsent) else consent.party
    permissions.require(actor, type(command).__name__, holder=holder, what=NAMES[type(command)])
    if isinstance(command, WithdrawConsent):
        if consent.status is ConsentStatus.NONE:
            raise Refused("没有这项同意", rule="个人信息保护法第十五条", remedy="请在“我的数据”中核对")
        return () if consent.status is ConsentStatus.WITHDRAWN else (ConsentWithdrawn(now, actor.account),)
    if consent.status is ConsentStatus.GIVEN:
        return ()
    if not command.words.strip():
        raise Refused("没有写明同意的内容", rule="个人信息保护法第十四条", remedy="请写明查什么、向谁查、用来做什么")
    return (
        ConsentGiven(
            at=now,
            by=actor.account,
            source=command.source,
            source_name=command.source_name,
            organ_name=command.organ_name,
            party=command.party,
            draft=command.draft,
            item=command.item,
            item_name=command.item_name,
            labels=command.labels,
            words=command.words,
        ),
    )


def evolve(consent: Consent, event: Event) -> Consent:
    """What is true after `event`."""
    match event:
        case ConsentGiven():
            return Consent(
                status=ConsentStatus.GIVEN,
                source=event.source,
                source_name=event.source_name,
                organ_name=event.organ_name,
                party=event.party,
                by=event.by,
                draft=event.draft,
                item=event.item,
                item_name=event.item_name,
                labels=event.labels,
                words=event.words,
                given_at=event.at,
            )
        case ConsentWithdrawn():
            return replace(consent, status=ConsentStatus.WITHDRAWN, withdrawn_at=event.at)
        case _:
            assert_never(event)
