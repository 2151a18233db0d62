"""Time left, in words and a colour. The words alone say it; the colour only helps the eye."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from banjie.engine.calendar import Calendar
from banjie.engine.cases import TIMER_NAMES, Law, Running
from banjie.engine.cases.tasks import FAR
from banjie.engine.clock import Unit

SOON: Final = 2
"""From how many days left on a line turns yellow."""


@dataclass(frozen=True, slots=True)
class Words:
    """`kind` is a colour of tag(): red, yellow, green, blue or grey."""

    text: str
    kind: str


def of_day(calendar: Calendar, due_on: date | None, today: date) -> Words:
    """How far away a due day is, in working days of the city: a line of a worklist."""
    if due_on is None or due_on >= FAR:
        return Words("没有期限", "grey")
    if due_on == today:
        return Words("今天到期", "red")
    if due_on < today:
        over = calendar.count_working(due_on, today)
        return Words(f"超期 {over} 天" if over else "已超期", "red")
    left = calendar.count_working(today, due_on)
    return Words(f"剩 {left} 个工作日" if left else "休息日到期", "yellow" if left <= SOON else "green")


def of_clock(running: Running, today: date) -> Words:
    """What a running clock says: paused, late by so much, due today, or so much left."""
    reckoning = running.reckoning
    unit = "个工作日" if running.timer.term.unit is Unit.WORKING_DAY else "天"
    if reckoning.paused:
        return Words(f"暂停计时，还剩 {max(reckoning.left, 0)} {unit}", "grey")
    if reckoning.late:
        return Words(f"超期 {max(-reckoning.left, 1)} {unit}", "red")
    if reckoning.due_on == today:
        return Words("今天到期", "red")
    return Words(f"剩 {reckoning.left} {unit}", "yellow" if reckoning.left <= SOON else "green")


def name_of(running: Running, law: Law) -> str:
    """What a clock is called; a step's clock by its step."""
    if running.step:
        return f"{law.item.workflow.step(running.step).name}时限"
    return TIMER_NAMES[running.timer.kind]
