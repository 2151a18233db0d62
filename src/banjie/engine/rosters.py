"""值班表: who sits at which window on which half of a day; a fair turn, and what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Half(StrEnum):
    """Half of a working day."""

    MORNING = "am"
    AFTERNOON = "pm"


HALF_NAMES: Final = {Half.MORNING: "上午", Half.AFTERNOON: "下午"}


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who may sit at a window: the days she is away, and the windows whose items she is certified for."""

    account: str
    name: str
    away: frozenset[date] = frozenset()
    windows: frozenset[str] = frozenset()

    def fits(self, window: str, day: date) -> bool:
        """Whether she can sit there that day."""
        return day not in self.away and window in self.windows


@dataclass(frozen=True, slots=True)
class Place:
    """One place to fill."""

    day: date
    half: Half
    window: str


def fair_turn(
    days: Sequence[date], windows: Sequence[str], clerks: Sequence[Clerk], *, halves_in_a_row: int
) -> dict[Place, str]:
    """Who sits where, by account: everyone who fits has as many halves as the others, give or take one.

    Nobody sits at two windows at a time, nor longer on end than `halves_in_a_row` where somebody else can relieve her.
    A place that nobody fits is left out.
    """
    order = {one.account: index for index, one in enumerate(clerks)}
    had: dict[str, int] = dict.fromkeys(order, 0)
    on_end: dict[str, int] = dict.fromkeys(order, 0)
    found: dict[Place, str] = {}
    for day in days:
        for half in Half:
            busy: set[str] = set()
            # The window that fewest can take is filled first, so that a common one does not take its only clerk.
            wanted = sorted(windows, key=lambda one: sum(clerk.fits(one, day) for clerk in clerks))
            for window in wanted:
                free = [one.account for one in clerks if one.account not in busy and one.fits(window, day)]
                if not free:
                    continue
                chosen = min(
                    free, key=lambda one: (on_end[one] >= halves_in_a_row, had[one], on_end[one] == 0, order[one])
                )
                found[Place(day, half, window)] = chosen
                busy.add(chosen)
            for account in order:
                on_end[account] = on_end[account] + 1 if account in busy else 0
                had[account] += account in busy
    return found


def conflicts(places: Mapping[Place, str], clerks: Sequence[Clerk]) -> dict[Place, str]:
    """What stands against a place as it is filled, in words; places in order are not in it."""
    known = {one.account: one for one in clerks}
    seats: dict[tuple[date, Half, str], int] = {}
    for place, account in places.items():
        key = (place.day, place.half, account)
        seats[key] = seats.get(key, 0) + 1
    found = {}
    for place, account in places.items():
        clerk = known.get(account)
        if clerk is None:
            found[place] = "已经不在这个大厅的窗口岗位"
        elif place.day in clerk.away:
            found[place] = "请假"
        elif place.window not in clerk.windows:
            found[place] = "没有这个窗口事项的上岗资格"
        elif seats[(place.day, place.half, account)] > 1:
            found[place] = "同时排在两个窗口"
    return found
