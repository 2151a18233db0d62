"""How fast all open deadlines are worked out anew under another edition of the calendar, as its preview does it."""

from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

from banjie.bench.stage import REGION, Stage


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Open cases looked at, how many of them would have other days, and the rate."""

    cases: int
    moved: int
    per_s: float


def measure(ground: Stage) -> Reckoned:
    """Works out what a closure of tomorrow's next working day would move, over every open case of the stage."""
    from dataclasses import replace

    from banjie.actions.calendar_rounds import NOT_YET, Sift
    from banjie.engine.calendar import Calendar
    from banjie.engine.cases import Law

    platform, today = ground.platform, ground.platform.today()
    held = platform.laws.calendar(REGION)
    closed = held.next_working(today + timedelta(days=1))
    other = Calendar(
        held.region,
        "试算",
        held.published_years,
        held.holidays,
        {day: name for day, name in held.make_up.items() if day != closed},
        {**held.closed, closed: "试算"},
    )

    def law_of(region: str, item: str, edition: int) -> Law:
        return replace(platform.laws.law(region, item, edition), calendar=other, serial=NOT_YET)

    sift = Sift(platform, law_of, today)
    cases = moved = 0
    begin = perf_counter()
    for page in sift.pages(REGION):
        for _, changes in page:
            cases += 1
            moved += bool(changes)
    return Reckoned(cases, moved, cases / max(perf_counter() - begin, 1e-9))
