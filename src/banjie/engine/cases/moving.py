"""When a new edition of the calendar is published: what may be asked of a running case, and what can have happened.

A case is reckoned under the calendar of one publication, whose serial number it holds, until it is brought under a
later one. That is an event of its own, so that the old answer stays in the history and replaying it needs no guess
about who knew of which calendar when.
"""

from dataclasses import dataclass
from datetime import date

TOLERANCE = "tolerance"
URGE = "urge"
"""Days of a case that are no clock of the law but were told to somebody: a tolerated paper's, an answer to an urge."""


@dataclass(frozen=True, slots=True)
class MoveDeadlines:
    """更新期限: the calendar has a new edition."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One deadline that is another day now, or as sure (`provisional`) as it was not before.

    `timer` is the code of the clock, `tolerance` or `urge`; `step` names the step of a TS clock, `material` the
    tolerated paper.
    """

    timer: str
    was: date
    now: date
    step: str = ""
    material: str = ""
    was_provisional: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class DeadlinesMoved:
    """已按新日历重算期限: the case is reckoned under publication `calendar` from now on, of which this moved."""

    on: date
    calendar: int
    edition: str
    changes: tuple[Moved, ...] = ()
