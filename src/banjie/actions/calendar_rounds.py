"""期限重算: one round over all open cases, to count what an edition of the calendar would move, or to move it.

Cases that stand alike (same item, same days, same stops) move alike, so most of them cost a look-up. A round is kept
page by page: one that was killed goes on where it was, and cases that were brought under the edition already, by the
round or by whoever acted on them, are left as they are. Acts go through the same law and the same record as
everybody's (`perform_many`), with a key of their own, so that nothing is moved twice and nobody's act is lost.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

import orjson

from banjie.actions import calendars as editions
from banjie.actions.perform_many import Act, perform_many
from banjie.actions.platform import Platform
from banjie.actions.staff_notices import tell_staff
from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.cases import Case, Law
from banjie.engine.cases.deadlines import TOLD, moves
from banjie.engine.cases.moving import Moved, MoveDeadlines
from banjie.engine.codec import revive
from banjie.engine.ids import RegionCode
from banjie.engine.permissions import Role
from banjie.packs.calendars import laid_over
from banjie.records import calendars, registers, staff_notices
from banjie.records.calendars import FRESH_FOR_S, EditionRow, OpenCase, Round
from banjie.records.people import MACHINE

PAGE: Final = 2000
"""Cases looked at before it is written down how far a round has come."""

KNOWN: Final = 100_000
"""How many different standings of cases are remembered; a big city's open cases have some tens of thousands."""

EXAMPLES: Final = 10
NOT_YET: Final = 2**31 - 1
"""The serial number of a publication that has not been made: later than any."""

_SAYS: Final = (
    *("stage", "calendar", "received_on", "accepted_on", "decided_on", "active", "entered", "pauses", "extension"),
    *("special", "tolerances", "urge_due", "corrections"),
)
"""What of a case's state its deadlines follow from."""


@dataclass(slots=True)
class Tally:
    """What a round has counted. Deadlines are counted one by one, cases once."""

    cases: int = 0
    unchanged: int = 0
    earlier: int = 0
    later: int = 0
    firm: int = 0
    loose: int = 0
    applicants: int = 0
    items: dict[str, list[Any]] = field(default_factory=dict)
    organs: dict[str, list[int]] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Tally":
        """The tally as it was kept."""
        return cls(**told)

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def add(self, region: str, one: OpenCase, moved: Sequence[Moved]) -> None:
        """Counts a case."""
        if not moved:
            self.unchanged += 1
            return
        _, number, item, _, organ, item_name, *_ = one
        earlier = sum(move.now < move.was for move in moved)
        later = sum(move.now > move.was for move in moved)
        self.cases += 1
        self.earlier += earlier
        self.later += later
        self.firm += sum(move.was_provisional and not move.provisional for move in moved)
        self.loose += sum(move.provisional and not move.was_provisional for move in moved)
        self.applicants += any(move.timer in TOLD and move.now != move.was for move in moved)
        of_item = self.items.setdefault(f"{region}/{item}", [item_name, 0, 0, 0])
        of_organ = self.organs.setdefault(organ, [0, 0, 0])
        for row, place in ((of_item, 1), (of_organ, 0)):
            row[place] += 1
            row[place + 1] += earlier
            row[place + 2] += later
        shifted = next((move for move in moved if move.now != move.was), None)
        if shifted is not None and len(self.examples) < EXAMPLES:
            self.examples.append(
                {
                    "region": region,
                    "number": number,
                    "item": item_name,
                    "timer": shifted.timer,
                    "was": shifted.was.isoformat(),
                    "now": shifted.now.isoformat(),
                }
            )


class Sift:
    """Says of each open case which deadlines move, remembering how cases that stand alike have moved."""

    def __init__(self, platform: Platform, law_of: Callable[[str, str, int], Law], today: date) -> None:
        self._platform = platform
        self._law_of = cache(law_of)
        self._today = today
        self._known: dict[bytes, tuple[Moved, ...]] = {}

    def pages(self, region: str, after: str | None = None) -> Iterator[list[tuple[OpenCase, tuple[Moved, ...]]]]:
        """A region's open cases page by page, each with what moves of it.

        While one page is worked on, the database looks for the next.
        """

        def look(place: str | None) -> list[OpenCase]:
            return calendars.open_cases(self._platform.database, MACHINE.eyes, region, place, PAGE)

        with ThreadPoolExecutor(1, thread_name_prefix="round") as ahead:
            coming = ahead.submit(look, after)
            while found := coming.result():
                coming = ahead.submit(look, found[-1][0])
                yield [(one, self._moves(region, one)) for one in found]

    def _moves(self, region: str, one: OpenCase) -> tuple[Moved, ...]:
        case_id, _, item, edition, _, _, promised_due, state = one
        says = state.get
        # The promise may hang on what was handed in; beside the other days, its own day stands for that. Only while a
        # stop is open, the day that is kept is as old as the last act, so then each case is looked at by itself.
        alike = case_id if any("end" not in pause for pause in says("pauses", ())) else promised_due
        key = orjson.dumps((region, item, edition, alike, [says(name) for name in _SAYS]))
        moved = self._known.get(key)
        if moved is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            law = self._law_of(region, item, edition)
            moved = self._known[key] = moves(self._case(one, region, law), law, self._today)
        return moved

    def _case(self, one: OpenCase, region: str, law: Law) -> Case:
        """Of a case, what its deadlines follow from."""
        case_id, _, item, edition, _, _, _, state = one
        parts = {name: state[name] for name in _SAYS if name in state}
        if law.item.tables:
            filed = calendars.application_of(self._platform.database, MACHINE.eyes, region, case_id)
            parts |= {name: filed[name] for name in ("answers", "data", "submitted_on") if name in filed}
        return revive(Case, {**parts, "number": "?", "item": item, "edition": edition, "region": region})


def make_round(platform: Platform, region: str, round_id: str) -> None:
    """Carries a round on to its end; one that is over or cancelled is left alone.

    A publication is followed by two rounds: whoever has not heard of it in the first seconds still files and acts
    under the calendar before, and the second round finds those cases.
    """
    one = calendars.find_round(platform.database, region, round_id)
    if one is None or one.state in ("done", "cancelled"):
        return
    row = calendars.find(platform.database, region, one.calendar)
    if row is None:
        return
    platform.laws.forget()
    at = platform.now()
    regions = _regions(platform, region)
    if one.seen == 0 and one.expected == 0:
        one = replace(one, expected=calendars.count_open(platform.database, MACHINE.eyes, regions))
    sift = Sift(platform, _law_of(platform, row, one.kind), at.astimezone(CHINA).date())
    left = _finish(platform, one, row, sift, regions, at)
    if left is None:
        return
    if one.kind == "move" and not left.again:
        _tell_offices(platform, left, row, at)
        follow = replace(left, again=True, place_region="", place=None)
        if calendars.keep_round(platform.database, left, follow):
            with calendars.by_the_machine(platform.database) as cursor:
                later = at + timedelta(seconds=2 * FRESH_FOR_S)
                platform.jobs.defer(cursor.connection, editions.JOB, scheduled_at=later, region=region, round_id=one.id)
    else:
        calendars.keep_round(platform.database, left, replace(left, state="done", changed_at=platform.now()))


_TOLD_ROLES: Final = (Role.WINDOW.value, Role.REVIEWER.value, Role.DECIDER.value, Role.HEAD.value)


def _tell_offices(platform: Platform, one: Round, row: EditionRow, at: datetime) -> None:
    """Tells those who handle cases how many of their organ's have other days now, each once for a publication."""
    today = at.astimezone(CHINA).date()
    for organ, (number, *_) in Tally.of(one.told).organs.items():
        accounts = staff_notices.called(platform.database, one.region, organ, _TOLD_ROLES, today)
        tell_staff(
            platform,
            accounts,
            region=platform.region,
            key=f"calendar:{row.edition.serial}:{organ}",
            kind="calendar",
            subject=f"工作日历更新为“{row.edition.name}”，{number} 件办件的期限有变",
            body="待办里的到期日已经更新；每个办件的“为什么是这一天”里有原来的答案。申请人由系统通知。",
            href="/office/",
            at=at,
        )


def _finish(
    platform: Platform, one: Round, row: EditionRow, sift: Sift, regions: Sequence[str], at: datetime
) -> Round | None:
    """The round when it has come to the end of all regions; None when it was ended by somebody else."""
    tally = Tally.of(one.told)
    for place in regions:
        if place < one.place_region:
            continue
        after = one.place if place == one.place_region else None
        for found in sift.pages(place, after):
            moving: list[Act] = []
            for case, moved in found:
                if one.kind == "preview" or moved or not one.again:
                    tally.add(place, case, moved)
                if moved:
                    moving.append(Act(case[1], MoveDeadlines()))
            if one.kind == "move" and moving:
                key = f"calendar:{row.edition.serial}"
                perform_many(platform, moving, actor=MACHINE, region=place, key=key, now=at)
            now = replace(
                one,
                state="running",
                place_region=place,
                place=found[-1][0][0],
                seen=one.seen + len(found),
                told=tally.kept(),
                changed_at=platform.now(),
            )
            if not calendars.keep_round(platform.database, one, now):
                return None
            one = now
    return one


def _regions(platform: Platform, region: str) -> list[str]:
    """The regions whose cases are reckoned by a region's calendar, in order."""
    above = RegionCode.parse(region)
    every = (one.code for one in registers.regions(platform.database))
    return sorted(code for code in every if RegionCode.parse(code).is_within(above))


def _law_of(platform: Platform, row: EditionRow, kind: str) -> Callable[[str, str, int], Law]:
    """The law in force, or as it would be if the draft were."""
    if kind == "move":
        return platform.laws.law
    layer = editions.read(platform, row).layer
    known = platform.laws.calendars

    @cache
    def calendar_of(region: str) -> Calendar:
        serial = known.in_force(region).serial
        return laid_over(known.layers(region, serial, instead=layer), region)

    def law_of(region: str, item: str, edition: int) -> Law:
        law = platform.laws.law(region, item, edition)
        return replace(law, calendar=calendar_of(region), serial=NOT_YET)

    return law_of
