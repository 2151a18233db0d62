"""红黄牌: what a clock has shown, kept for ever. One card for each run of a clock of a case.

A card is not a colour that is painted over: that it was shown, raised, eased, appealed, withdrawn or closed are events.
An official may appeal; whoever rules on the appeal is never the one who asked. A card withdrawn stays withdrawn as far
as it had gone; when the clock gets worse afterwards it is shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, assert_never, get_args

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused, in_words
from banjie.engine.watching import CALLEE_NAMES, About, Callee, Level

RULE = "电子监察：红黄牌"

_words = partial(in_words, rule=RULE)


class CardStatus(StrEnum):
    """牌的状态."""

    NONE = "none"
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


STATUS_NAMES = {
    CardStatus.NONE: "未亮牌",
    CardStatus.OPEN: "亮牌中",
    CardStatus.WITHDRAWN: "已撤销",
    CardStatus.CLOSED: "已结束",
}


@dataclass(frozen=True, slots=True)
class MarkCard:
    """亮牌、升级或降级, as the clock stands: `clock` is its mark (TP, TS:review …), due on `due_on`."""

    about: About
    clock: str
    clock_name: str
    level: Level
    due_on: date


@dataclass(frozen=True, slots=True)
class CallOnCard:
    """逐级提醒: the next rung of the ladder."""

    callee: Callee
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppealCard:
    """申诉, by the office that got the card."""

    reason: str


@dataclass(frozen=True, slots=True)
class RuleOnCard:
    """裁定申诉: upheld, the card is withdrawn."""

    upheld: bool
    words: str


@dataclass(frozen=True, slots=True)
class CloseCard:
    """结束: the clock no longer runs."""


Command = MarkCard | CallOnCard | AppealCard | RuleOnCard | CloseCard

NAMES: dict[type[Command], str] = {
    MarkCard: "亮牌",
    CallOnCard: "逐级提醒",
    AppealCard: "对红黄牌申诉",
    RuleOnCard: "裁定红黄牌申诉",
    CloseCard: "结束红黄牌",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """已亮牌."""

    on: date
    about: About
    clock: str
    clock_name: str
    level: Level
    due_on: date


@dataclass(frozen=True, slots=True)
class Raised:
    """已升级."""

    on: date
    level: Level
    due_on: date
    about: About


@dataclass(frozen=True, slots=True)
class Eased:
    """已降级: the due day moved away, by an extension or by what was taken out of the clock."""

    on: date
    level: Level
    due_on: date


@dataclass(frozen=True, slots=True)
class Called:
    """已提醒: who was called on which rung, the accounts that were told."""

    on: date
    rung: int
    callee: Callee
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Appealed:
    """已申诉."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppealDismissed:
    """申诉不成立."""

    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """已撤销, by somebody other than who asked for it."""

    at: datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Closed:
    """已结束."""

    on: date


Event = Shown | Raised | Eased | Called | Appealed | AppealDismissed | Withdrawn | Closed

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands. `highest` is the worst it has shown, withdrawn levels apart; `rungs` were called."""

    status: CardStatus = CardStatus.NONE
    about: About | None = None
    clock: str = ""
    clock_name: str = ""
    level: Level = Level.NONE
    highest: Level = Level.NONE
    due_on: date | None = None
    shown_on: date | None = None
    red_on: date | None = None
    rungs: int = 0
    appealed_by: str = ""
    appeal: str = ""
    appeal_open: bool = False
    ruled_by: str = ""
    ruling: str = ""
    closed_on: date | None = None


def decide(card: Card, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when nothing has changed. Raises `Refused` with the rule."""
    name, what = type(command).__name__, NAMES[type(command)]
    offices = (card.about.organ, card.about.office) if card.about else ("",)
    # The office that has the step may appeal as well as the organ that decides.
    organ = next((office for office in offices if office in actor.offices), offices[0])
    permissions.require(actor, name, organ=organ, what=what)
    if card.status is CardStatus.NONE and not isinstance(command, MarkCard):
        raise Refused("没有这张牌，或者不在您的督查范围", rule=RULE, remedy="请刷新后核对")
    return _ACTS[type(command)](card, command, actor.account, now)


def evolve(card: Card, event: Event) -> Card:
    """What is true after `event`."""
    match event:
        case Shown():
            return Card(
                status=CardStatus.OPEN,
                about=event.about,
                clock=event.clock,
                clock_name=event.clock_name,
                level=event.level,
                highest=event.level,
                due_on=event.due_on,
                shown_on=event.on,
                red_on=event.on if event.level.rank >= Level.RED.rank else None,
            )
        case Raised():
            red = event.level.rank >= Level.RED.rank
            return replace(
                card,
                status=CardStatus.OPEN,
                about=event.about,
                level=event.level,
                highest=max(card.highest, event.level, key=lambda one: one.rank),
                due_on=event.due_on,
                red_on=card.red_on or (event.on if red else None),
                closed_on=None,
            )
        case Eased():
            red_on = card.red_on if event.level.rank >= Level.RED.rank else None
            return replace(card, level=event.level, due_on=event.due_on, red_on=red_on)
        case Called():
            return replace(card, rungs=event.rung)
        case Appealed():
            return replace(card, appealed_by=event.by, appeal=event.reason, appeal_open=True, ruled_by="", ruling="")
        case AppealDismissed():
            return replace(card, appeal_open=False, ruled_by=event.by, ruling=event.words)
        case Withdrawn():
            return replace(
                card,
                status=CardStatus.WITHDRAWN,
                highest=Level.NONE,
                appeal_open=False,
                ruled_by=event.by,
                ruling=event.words,
            )
        case Closed():
            # A card that was withdrawn stays so; that its clock has ended changes nothing about it.
            status = card.status if card.status is CardStatus.WITHDRAWN else CardStatus.CLOSED
            return replace(card, status=status, closed_on=event.on)
        case _:
            assert_never(event)


def _mark(card: Card, act: MarkCard, by: str, now: datetime) -> tuple[Event, ...]:
    today = now.astimezone(CHINA).date()
    if card.status is CardStatus.NONE:
        if act.level is Level.NONE:
            return ()
        return (Shown(today, act.about, act.clock, act.clock_name, act.level, act.due_on),)
    if act.level.rank > card.level.rank:
        return (Raised(today, act.level, act.due_on, act.about),)
    if act.level.rank < card.level.rank and card.status is CardStatus.OPEN:
        return (Eased(today, act.level, act.due_on),)
    return ()


def _call(card: Card, act: CallOnCard, by: str, now: datetime) -> tuple[Event, ...]:
    if card.status is not CardStatus.OPEN or card.red_on is None:
        raise Refused(f"牌已不是红牌，不再提醒{CALLEE_NAMES[act.callee]}", rule=RULE, remedy="无须处理")
    return (Called(now.astimezone(CHINA).date(), card.rungs + 1, act.callee, act.told),)


def _appeal(card: Card, act: AppealCard, by: str, now: datetime) -> tuple[Event, ...]:
    if card.status is CardStatus.WITHDRAWN:
        raise Refused("这张牌已经撤销", rule=RULE, remedy="不用申诉")
    if card.appeal_open:
        raise Refused("已经申诉过，正在等督查裁定", rule=RULE, remedy="请等待裁定")
    return (Appealed(now, by, _words(act.reason, "reason", "申诉的理由")),)


def _rule(card: Card, act: RuleOnCard, by: str, now: datetime) -> tuple[Event, ...]:
    if not card.appeal_open:
        raise Refused("没有等待裁定的申诉", rule=RULE, remedy="请刷新后核对")
    if by == card.appealed_by:
        raise Refused("提出申诉的人不能裁定自己的申诉", rule=RULE, remedy="请由另一名督查人员裁定")
    words = _words(act.words, "words", "裁定的理由")
    return (Withdrawn(now, by, words) if act.upheld else AppealDismissed(now, by, words),)


def _close(card: Card, act: CloseCard, by: str, now: datetime) -> tuple[Event, ...]:
    return () if card.closed_on else (Closed(now.astimezone(CHINA).date()),)


_ACTS: dict[type[Command], Callable[[Card, Any, str, datetime], tuple[Event, ...]]] = {
    MarkCard: _mark,
    CallOnCard: _call,
    AppealCard: _appeal,
    RuleOnCard: _rule,
    CloseCard: _close,
}
