"""窗口代办: a clerk at a window sees a visitor's data and fills in for her, while her session is open and no longer.

The visitor stands at the counter with her card; the clerk types. So the history of a session says who typed, for whom,
what was looked at and what was filed; the visitor reads it afterwards (个人信息保护法第四十四条). A session ends when
the clerk ends it or its time is over.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never, get_args

from banjie.engine.filing import Party
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

RULE = "窗口代办规则"
NOBODY = Party("", "")


class SessionStatus(StrEnum):
    """窗口代办状态."""

    NONE = "none"
    OPEN = "open"
    ENDED = "ended"


class Identified(StrEnum):
    """身份核验方式."""

    CARD = "card"
    SIGHT = "sight"


IDENTIFIED_NAMES = {Identified.CARD: "读身份证", Identified.SIGHT: "人工核对证件原件"}


class Ending(StrEnum):
    """结束原因."""

    CLERK = "clerk"
    TIME = "time"


ENDING_NAMES = {Ending.CLERK: "窗口人员结束", Ending.TIME: "时间到，自动结束"}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """开始代办: for `party`, in the presence of `visitor`, who is the party or acts for it. `kind`: person or company.

    `items` are those her own mandate is confined to; none: every item.
    """

    hall: str
    window: str
    party: Party
    kind: str
    visitor: Party
    visitor_account: str
    identified: Identified
    minutes: int
    items: tuple[str, ...] = ()
    ticket: str = ""
    drafts: tuple[str, ...] = ()
    """What was begun for her at a counter before and waits for her."""


@dataclass(frozen=True, slots=True)
class BeginApplication:
    """开始填写: from here on the clerk sees what government knows of the party (`seen`, in words) for this item."""

    draft: str
    item: str
    item_name: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProlongSession:
    """延长."""

    minutes: int


@dataclass(frozen=True, slots=True)
class FileAtCounter:
    """提交: the application became case `number`; `signed` is the hash of the sheet she signed, "" for none."""

    number: str
    signed: str = ""
    verified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndSession:
    """结束代办."""

    ending: Ending = Ending.CLERK


Command = OpenSession | BeginApplication | ProlongSession | FileAtCounter | EndSession

NAMES: dict[type[Command], str] = {
    OpenSession: "开始代办",
    BeginApplication: "开始填写",
    ProlongSession: "延长",
    FileAtCounter: "提交",
    EndSession: "结束代办",
}


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """已开始代办."""

    at: datetime
    by: str
    by_name: str
    hall: str
    window: str
    party: Party
    kind: str
    visitor: Party
    visitor_account: str
    identified: Identified
    until: datetime
    items: tuple[str, ...] = ()
    ticket: str = ""
    drafts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicationBegun:
    """已开始填写."""

    at: datetime
    draft: str
    item: str
    item_name: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionProlonged:
    """已延长."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class FiledAtCounter:
    """已提交."""

    at: datetime
    draft: str
    number: str
    signed: str = ""
    verified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """已结束."""

    at: datetime
    ending: Ending


Event = SessionOpened | ApplicationBegun | SessionProlonged | FiledAtCounter | SessionEnded

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filed in a session."""

    number: str
    item_name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands. `item` and `draft` are those of the application being filled in now."""

    status: SessionStatus = SessionStatus.NONE
    by: str = ""
    by_name: str = ""
    hall: str = ""
    window: str = ""
    party: Party = NOBODY
    kind: str = ""
    visitor: Party = NOBODY
    visitor_account: str = ""
    identified: Identified = Identified.SIGHT
    items: tuple[str, ...] = ()
    ticket: str = ""
    opened_at: datetime | None = None
    until: datetime | None = None
    draft: str = ""
    item: str = ""
    item_name: str = ""
    drafts: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    filed: tuple[Filed, ...] = ()
    ended_at: datetime | None = None
    ending: Ending | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the clerk may act for the visitor at `now`."""
        return self.status is SessionStatus.OPEN and self.until is not None and now < self.until


def decide(session: Session, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when it has been done before. Raises `Refused` with the rule."""
    _may(session, command, actor)
    if isinstance(command, OpenSession):
        return _open(session, command, actor, now)
    if isinstance(command, EndSession):
        return () if session.status is not SessionStatus.OPEN else (SessionEnded(now, command.ending),)
    if not session.is_open(now):
        raise Refused("这次代办已经结束", rule=RULE, remedy="请办事人出示证件，重新开始")
    match command:
        case BeginApplication():
            if session.items and command.item not in session.items:
                raise Refused(
                    "申请人给她的授权不包括办理这个事项",
                    rule="民法典第一百六十五条（代理事项和权限）",
                    remedy="请申请人本人来办，或重新授权",
                )
            if command.draft == session.draft:
                return ()
            return (ApplicationBegun(now, command.draft, command.item, command.item_name, command.seen),)
        case ProlongSession():
            return (SessionProlonged(now, now + timedelta(minutes=command.minutes)),)
        case FileAtCounter():
            if any(one.number == command.number for one in session.filed):
                return ()
            return (FiledAtCounter(now, session.draft, command.number, command.signed, command.verified),)
        case _:
            assert_never(command)


def _open(session: Session, command: OpenSession, actor: Actor, now: datetime) -> tuple[Event, ...]:
    if session.status is not SessionStatus.NONE:
        return ()
    if not command.hall:
        raise Refused("没有选择所在的大厅和窗口", rule=RULE, remedy="请先选择您今天坐的窗口", field="window")
    if not command.visitor.name or not command.party.id:
        raise Refused("没有核对办事人的身份", rule="国办函〔2016〕108号（窗口实名）", remedy="请读卡或核对证件原件")
    return (
        SessionOpened(
            at=now,
            by=actor.account,
            by_name=actor.name,
            hall=command.hall,
            window=command.window,
            party=command.party,
            kind=command.kind,
            visitor=command.visitor,
            visitor_account=command.visitor_account,
            identified=command.identified,
            until=now + timedelta(minutes=command.minutes),
            items=command.items,
            ticket=command.ticket,
            drafts=command.drafts,
        ),
    )


def _may(session: Session, command: Command, actor: Actor) -> None:
    """A clerk at a window, and on an open session only the one who opened it; the platform ends what has run out."""
    if isinstance(command, EndSession) and Role.SYSTEM in actor.roles:
        return
    if Role.WINDOW not in actor.roles:
        raise Refused("窗口代办只能由窗口人员进行", rule=RULE, remedy="请到窗口办理")
    if session.by and session.by != actor.account:
        raise Refused("这次代办由另一个窗口人员进行", rule=RULE, remedy="请办事人到原来的窗口，或重新开始")


def evolve(session: Session, event: Event) -> Session:
    """What is true after `event`."""
    match event:
        case SessionOpened():
            return Session(
                status=SessionStatus.OPEN,
                by=event.by,
                by_name=event.by_name,
                hall=event.hall,
                window=event.window,
                party=event.party,
                kind=event.kind,
                visitor=event.visitor,
                visitor_account=event.visitor_account,
                identified=event.identified,
                items=event.items,
                ticket=event.ticket,
                drafts=event.drafts,
                opened_at=event.at,
                until=event.until,
            )
        case ApplicationBegun():
            return replace(
                session,
                draft=event.draft,
                item=event.item,
                item_name=event.item_name,
                drafts=tuple(dict.fromkeys((*session.drafts, event.draft))),
                seen=tuple(dict.fromkeys((*session.seen, *event.seen))),
            )
        case SessionProlonged():
            return replace(session, until=event.until)
        case FiledAtCounter():
            return replace(session, filed=(*session.filed, Filed(event.number, session.item_name)))
        case SessionEnded():
            return replace(session, status=SessionStatus.ENDED, ended_at=event.at, ending=event.ending)
        case _:
            assert_never(event)
