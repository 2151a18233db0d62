"""电子监察的规定: when a clock shows a card, who is called after how long, and what counts as late — all of it data.

A city sets these in a file of its own (`content/watching.yaml`); what stands here as a default is the rule most cities
use: blue when half the time is gone and two days are left, yellow at nine tenths or one day before the end, red when
the promise is past, and a level of its own when the law's own term is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from banjie.engine.calendar import Calendar
from banjie.engine.clock import Reckoning, Timer, TimerKind, Unit
from banjie.engine.permissions import Role


class Level(StrEnum):
    """红黄牌的级别, from nothing to the worst."""

    NONE = "none"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    STATUTORY = "statutory"

    @property
    def rank(self) -> int:
        """0 for none, 4 for past the law's own term."""
        return list(Level).index(self)


LEVEL_NAMES = {
    Level.NONE: "正常",
    Level.BLUE: "蓝牌提醒",
    Level.YELLOW: "黄牌预警",
    Level.RED: "红牌超时",
    Level.STATUTORY: "法定超期",
}


@dataclass(frozen=True, slots=True)
class Light:
    """亮牌规则 of one or more clocks. Shares are per cent of the term, days are days of the term.

    `blue_left` 0 shows no blue card, `yellow_used` 0 no yellow one. Terms of fewer days than `short` turn yellow by
    their share alone: of a term of one day, one day is always left. `item` and `organ` narrow the rule; "" is all.
    """

    timers: tuple[TimerKind, ...]
    blue_share: int = 50
    blue_left: int = 2
    yellow_used: int = 90
    yellow_left: int = 1
    short: int = 3
    item: str = ""
    organ: str = ""

    def thresholds(self, total: int) -> tuple[tuple[int, Level], ...]:
        """From how many used days of a term of `total` days which card is shown, the lower card first."""
        found = []
        if self.yellow_used:
            by_share = -(-total * self.yellow_used // 100)
            yellow = by_share if total < self.short else min(by_share, total - self.yellow_left)
            if self.blue_left and total >= self.short:
                blue = max(-(-total * (100 - self.blue_share) // 100), total - self.blue_left)
                if blue < yellow:
                    found.append((blue, Level.BLUE))
            found.append((yellow, Level.YELLOW))
        return tuple(found)


def light_for(lights: Sequence[Light], timer: TimerKind, item: str, organ: str) -> Light | None:
    """The rule for a clock: the item's own before the organ's before everybody's; None when it is not watched."""
    fitting = [one for one in lights if timer in one.timers and one.item in ("", item) and one.organ in ("", organ)]
    return max(fitting, key=lambda one: (bool(one.item), bool(one.organ)), default=None)


def level_of(light: Light, timer: Timer, reckoning: Reckoning) -> Level:
    """What a running clock shows at the end of the day it was reckoned for. A stopped clock shows nothing new."""
    if reckoning.paused:
        return Level.NONE
    if reckoning.late:
        return Level.STATUTORY if timer.kind is TimerKind.STATUTORY else Level.RED
    reached = Level.NONE
    for used, level in light.thresholds(timer.total):
        if reckoning.elapsed >= used:
            reached = level
    return reached


def next_change(light: Light, timer: Timer, reckoning: Reckoning, calendar: Calendar, today: date) -> date | None:
    """The next day on which the clock shows more than today, if nothing happens; None when it never will.

    A stopped clock wakes nobody: whatever starts it again is an event, and leads to a new look.
    """
    if reckoning.paused or reckoning.late:
        return None
    days = [reckoning.due_on + timedelta(days=1)]
    for used, _ in light.thresholds(timer.total):
        more = used - reckoning.elapsed
        if more > 0:
            working = timer.term.unit is Unit.WORKING_DAY
            days.append(calendar.add_working(today, more) if working else today + timedelta(days=more))
    return max(min(days), today + timedelta(days=1))


# --- who is called ---


class Callee(StrEnum):
    """Who is called on a rung of the ladder."""

    HANDLER = "handler"
    SECTION = "section"
    ORGAN = "organ"
    SUPERVISOR = "supervisor"
    LEADER = "leader"


CALLEE_NAMES = {
    Callee.HANDLER: "经办人",
    Callee.SECTION: "科室负责人",
    Callee.ORGAN: "机关负责人",
    Callee.SUPERVISOR: "督查",
    Callee.LEADER: "分管领导",
}

CALLED_ROLES = {
    Callee.HANDLER: (Role.WINDOW, Role.REVIEWER),
    Callee.SECTION: (Role.DECIDER,),
    Callee.ORGAN: (Role.HEAD,),
    Callee.SUPERVISOR: (Role.SUPERVISOR,),
    Callee.LEADER: (Role.LEADER,),
}
"""Which posts of the office are called where no one person is known."""


@dataclass(frozen=True, slots=True)
class Rung:
    """一级: who is called `after` so many working days."""

    after: int
    callee: Callee


def next_rung(ladder: Sequence[Rung], reached: int, since: date, calendar: Calendar) -> tuple[Rung, date] | None:
    """The next rung after `reached` ones, and its day counted from `since`; None at the top."""
    if reached >= len(ladder):
        return None
    rung = ladder[reached]
    return rung, (calendar.add_working(since, rung.after) if rung.after else since)


@dataclass(frozen=True, slots=True)
class About:
    """What a card, an order or a delay is about: the case without its people, and the office that has it now.

    `account` is the official who has it in hand, "" when nobody has taken it.
    """

    case_id: str
    number: str
    item: str
    item_name: str
    organ: str
    organ_name: str
    office: str = ""
    office_name: str = ""
    account: str = ""
