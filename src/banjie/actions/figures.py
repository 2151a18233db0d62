"""The figures follow the journal: a follower of its own, so that they can be thrown away and made again at any time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from banjie.actions.platform import Platform
from banjie.engine.case_facts import TELLING, CaseFacts, facts_of
from banjie.engine.subject import Refused
from banjie.records import figures_kept, followers, journal
from banjie.records.database import Cursor
from banjie.records.figures_kept import Told
from banjie.records.laws import UnknownItem
from banjie.records.people import MACHINE

FOLLOWER: Final = "figures"
AT_ONCE: Final = 500
"""Cases looked at in one statement when everything is made anew."""

_KINDS: Final = tuple(one.__name__ for one in TELLING)
_FIRST: Final = ("", "00000000-0000-0000-0000-000000000000")


def follow_figures(platform: Platform, at: datetime, *, most: int = 500) -> int:
    """Counts what the next entries of the journal have changed; answers with how many entries there were.

    A case is counted as it stands now, in place of what was counted of it before, in the transaction that moves the
    follower's place: whoever begins again finds nothing to change. `at` is not asked: figures know days, not moments.
    """
    del at
    with followers.place(platform.database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            return 0
        entries = journal.after(place.cursor, place.xid, place.position, most)
        touched = dict.fromkeys((one.region, one.subject) for one in entries if one.subject_kind == "case")
        figures_kept.keep(place.cursor, _facts(platform, place.cursor, tuple(touched)))
        if entries:
            place.move(entries[-1].xid, entries[-1].position)
        return len(entries)


def _facts(platform: Platform, cursor: Cursor, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], CaseFacts]:
    """The facts of these cases by (number, id)."""
    if not keys:
        return {}
    found = {}
    for one in figures_kept.told(cursor, keys, _KINDS):
        facts = _of(platform, one)
        if facts is not None:
            found[one.number, one.id] = facts
    return found


def _of(platform: Platform, one: Told) -> CaseFacts | None:
    if one.case.submitted_on is None:
        return None
    try:
        law = platform.laws.law(one.region, one.case.item, one.case.edition)
    except UnknownItem:
        return None
    return facts_of(one.case, law, one.events)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of making or checking the figures: cases looked at, and what did not agree."""

    cases: int
    differences: int


def rebuild(platform: Platform, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Throws all sums away and makes them again from the cases and their history, in one transaction.

    Boards show the old figures until it is done. Raises `Refused` while a worker is counting.
    """
    with followers.place(platform.database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            raise Refused("后台正在计数，这时不能重算", rule="指标口径", remedy="请过几秒再试，或者先停下后台程序")
        cursor = place.cursor
        end = figures_kept.end_of_journal(cursor)
        figures_kept.clear(cursor)
        number, after = 0, _FIRST
        while keys := figures_kept.next_cases(cursor, after, AT_ONCE):
            figures_kept.fill(cursor, _facts(platform, cursor, keys))
            number, after = number + len(keys), keys[-1]
            progress(number)
        figures_kept.recount(cursor)
        place.move(*end)
    return Rebuilt(number, 0)


def check(platform: Platform, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Counts everything again and compares: cases that are remembered otherwise, and sums that do not follow.

    What the journal holds beyond the follower's place is a difference too: let it catch up first.
    """
    number, wrong, after = 0, 0, _FIRST
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        while keys := figures_kept.next_cases(cursor, after, AT_ONCE):
            facts = _facts(platform, cursor, keys)
            kept = figures_kept.kept_rows(cursor, keys)
            for (name, case_id), one in facts.items():
                wrong += kept.get((one.region, case_id)) != figures_kept.as_row(name, case_id, one)
            number, after = number + len(keys), keys[-1]
            progress(number)
        return Rebuilt(number, wrong + figures_kept.differences(cursor))
