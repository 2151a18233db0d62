"""Who is given a line of an office's worklist: by fair turn or least load, among those who are there and able.

What an official takes part in (items, regions) is her office's own rule, kept as data; who is away or not certified is
never given anything, whatever the rule says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """分派方式."""

    FREE = "free"
    TURN = "turn"
    LOAD = "load"


WAY_NAMES = {
    Way.FREE: "不自动分派，由工作人员认领",
    Way.TURN: "轮流分派",
    Way.LOAD: "分给手头最少的人",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An official of the office: `here` says she is at her desk and takes part; `items` and `regions` empty: all.

    `lines` is how many she has; `turn` the number of the last line she was given by turn, 0 when there was none.
    """

    account: str
    here: bool = True
    certified: bool = True
    items: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    lines: int = 0
    turn: int = 0

    def may_have(self, item: str, region: str) -> bool:
        """Whether a line of that item, of an applicant of that region, may be hers."""
        return (
            self.here
            and self.certified
            and (not self.items or item in self.items)
            and (not self.regions or region in self.regions)
        )


def choose(
    way: Way, candidates: Sequence[Candidate], item: str, region: str, *, never: frozenset[str] = frozenset()
) -> str | None:
    """The account of whoever is given the line, None when nobody is (then it waits to be taken on).

    Those of `never` have a hand in the case already that must be kept apart from this line. Those who are named for
    the item or the region come before those who take part in everything.
    """
    if way is Way.FREE:
        return None
    able = [one for one in candidates if one.account not in never and one.may_have(item, region)]
    if not able:
        return None
    skilled = [one for one in able if one.items or one.regions] or able
    if way is Way.TURN:
        return min(skilled, key=lambda one: (one.turn, one.account)).account
    return min(skilled, key=lambda one: (one.lines, one.turn, one.account)).account
