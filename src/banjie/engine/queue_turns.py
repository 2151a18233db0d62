"""轮到谁: where a number stands in the line, and about how long that takes.

A booking counts from its own time; everybody else from the time of arrival, from which the city takes some minutes off
for the old and the disabled, so that they come sooner and nobody waits for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median


class Priority(StrEnum):
    """优先类别."""

    NONE = ""
    ELDER = "elder"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    SERVICEMAN = "serviceman"


PRIORITY_NAMES = {
    Priority.NONE: "普通",
    Priority.ELDER: "老年人",
    Priority.DISABLED: "残疾人",
    Priority.PREGNANT: "孕妇和带婴儿的",
    Priority.SERVICEMAN: "现役军人和消防救援人员",
}


def _usual_credit() -> dict[Priority, int]:
    return {one: 30 for one in Priority if one is not Priority.NONE}


@dataclass(frozen=True, slots=True)
class Custom:
    """What a city sets, in minutes: what a priority and a booking are worth in waiting time, how soon before its time a
    booking may be called, how long a service usually takes while nothing is known."""

    usual_minutes: int = 15
    booking_credit: int = 120
    booking_early: int = 5
    credit: Mapping[Priority, int] = field(default_factory=_usual_credit)


USUAL = Custom()
"""Where a city sets nothing."""


def turn_of(
    now: datetime, priority: Priority, booked_for: datetime | None, custom: Custom = USUAL
) -> tuple[datetime, datetime]:
    """By which moment a number taken at `now` is put in order, and before which it is not called while others wait.

    A booking counts from its own time, however early one comes; a late one from when it came.
    """
    credit = timedelta(minutes=custom.credit.get(priority, 0))
    if booked_for is None:
        return now - credit, now
    not_before = max(now, booked_for - timedelta(minutes=custom.booking_early))
    return max(now, booked_for) - max(credit, timedelta(minutes=custom.booking_credit)), not_before


def wait_minutes(ahead: int, served_minutes: Sequence[float], windows: int, custom: Custom) -> int:
    """About how long it takes until one is called, in minutes, rounded up to five.

    From the median of what the latest services took; from the usual time while there were fewer than three.
    """
    each = median(served_minutes) if len(served_minutes) >= 3 else custom.usual_minutes
    minutes = each * ahead / max(windows, 1)
    return 0 if minutes <= 0 else -int(-minutes // 5) * 5
