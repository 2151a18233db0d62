"""效能等次: each quarter an organ, and an official for her own eyes, is graded by a formula that is data.

A grade is frozen with the numbers it rests on and the formula as it was: what is changed later changes no old grade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

RULE = "效能评定办法"


class Grade(StrEnum):
    """等次."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASSED = "passed"
    FAILED = "failed"


GRADE_NAMES = {
    Grade.EXCELLENT: "优秀",
    Grade.GOOD: "良好",
    Grade.PASSED: "合格",
    Grade.FAILED: "不合格",
}


class Whose(StrEnum):
    """评谁."""

    ORGAN = "organ"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Formula:
    """评分办法: from `full` marks are taken off what each thing costs; the grades begin at these marks.

    `on_time_weight` marks are lost in proportion to the share of late decisions, in tenths of a mark downwards.
    """

    full: int = 100
    yellow: int = 1
    red: int = 3
    statutory: int = 10
    late_order: int = 5
    no_cause: int = 2
    on_time_weight: int = 20
    excellent: int = 95
    good: int = 85
    passed: int = 70


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a grade rests on. `excused` red cards have a confirmed cause that is not the office's own."""

    decided: int = 0
    on_time: int = 0
    yellow: int = 0
    red: int = 0
    statutory: int = 0
    excused: int = 0
    late_orders: int = 0
    no_cause: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """一行计算: what, how many, how many tenths of a mark are taken off."""

    name: str
    count: str
    off: int


def lines(numbers: Numbers, formula: Formula) -> tuple[Line, ...]:
    """How the marks come about, line by line; `off` is in tenths of a mark."""
    red = max(numbers.red - numbers.excused, 0)
    late = numbers.decided - numbers.on_time
    share = -(-10 * formula.on_time_weight * late // numbers.decided) if numbers.decided else 0
    return (
        Line("承诺期限内作出决定", f"{numbers.on_time} / {numbers.decided} 件", share),
        Line("黄牌", f"{numbers.yellow} 张", 10 * formula.yellow * numbers.yellow),
        Line("红牌（已扣除免责的）", f"{red} 张，免责 {numbers.excused} 张", 10 * formula.red * red),
        Line("法定超期", f"{numbers.statutory} 张", 10 * formula.statutory * numbers.statutory),
        Line("督办逾期未答复", f"{numbers.late_orders} 份", 10 * formula.late_order * numbers.late_orders),
        Line("超期没有说明原因", f"{numbers.no_cause} 件", 10 * formula.no_cause * numbers.no_cause),
    )


def marks(numbers: Numbers, formula: Formula) -> int:
    """The marks in tenths, never below 0."""
    return max(10 * formula.full - sum(line.off for line in lines(numbers, formula)), 0)


def grade_of(tenths: int, formula: Formula) -> Grade:
    """The grade of so many tenths of a mark."""
    for least, grade in ((formula.excellent, Grade.EXCELLENT), (formula.good, Grade.GOOD)):
        if tenths >= 10 * least:
            return grade
    return Grade.PASSED if tenths >= 10 * formula.passed else Grade.FAILED


def quarter_of(day: date) -> tuple[date, date]:
    """The quarter of a day: its first day, and the day after its last."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    after = date(day.year + 1, 1, 1) if first.month == 10 else date(day.year, first.month + 3, 1)
    return first, after


def quarter_name(first: date) -> str:
    """2026年第4季度."""
    return f"{first.year}年第{(first.month + 2) // 3}季度"


@dataclass(frozen=True, slots=True)
class FreezeGrade:
    """评定."""

    whose: Whose
    of: str
    name: str
    quarter: date
    until: date
    numbers: Numbers
    formula: Formula


Command = FreezeGrade


@dataclass(frozen=True, slots=True)
class GradeFrozen:
    """已评定; marks in tenths."""

    at: datetime
    by: str
    whose: Whose
    of: str
    name: str
    quarter: date
    numbers: Numbers
    formula: Formula
    tenths: int
    grade: Grade


Event = GradeFrozen

KINDS: dict[str, type[Event]] = {GradeFrozen.__name__: GradeFrozen}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade as it stands: nothing, or what was frozen."""

    said: GradeFrozen | None = None


def decide(graded: Graded, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when it is frozen already. Raises `Refused` while the quarter runs."""
    permissions.require(actor, "FreezeGrade", what="评定效能等次")
    if graded.said is not None:
        return ()
    if now.astimezone(CHINA).date() < command.until:
        raise Refused(
            f"{quarter_name(command.quarter)}还没有结束", rule=RULE, remedy=f"请在{command.until.isoformat()}以后评定"
        )
    tenths = marks(command.numbers, command.formula)
    return (
        GradeFrozen(
            at=now,
            by=actor.account,
            whose=command.whose,
            of=command.of,
            name=command.name,
            quarter=command.quarter,
            numbers=command.numbers,
            formula=command.formula,
            tenths=tenths,
            grade=grade_of(tenths, command.formula),
        ),
    )


def evolve(graded: Graded, event: Event) -> Graded:
    """What is true after `event`."""
    return Graded(event)


def ranked(found: Sequence[GradeFrozen]) -> tuple[GradeFrozen, ...]:
    """Grades from the best to the worst."""
    return tuple(sorted(found, key=lambda one: (-one.tenths, one.name)))
