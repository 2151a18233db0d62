"""How fast the follower of flow counts, and how long the process map of a year takes from what it has counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import perf_counter

from banjie.bench.stage import REGION, Stage


@dataclass(frozen=True, slots=True)
class Mapped:
    """Journal entries counted and how many a second; then the map of a year with its tables, in seconds."""

    entries: int
    entries_per_s: float
    map_s: float
    edges: int


def measure(ground: Stage, most: int = 200_000) -> Mapped:
    """Lets the follower count what waits (`most` entries at the utmost), then draws the year of all items together."""
    from banjie.actions.flow import AT_ONCE, follow_flow
    from banjie.engine.flow import bottlenecks, layout
    from banjie.records import flow
    from banjie.records.flow import Wanted
    from banjie.records.people import MACHINE

    platform, entries = ground.platform, 0
    begin = perf_counter()
    while entries < most and (done := follow_flow(platform, platform.now(), most=AT_ONCE)):
        entries += done
    counted = perf_counter() - begin
    wanted = Wanted((REGION,), date(2026, 1, 1), date(2027, 1, 1))

    def drawn() -> int:
        found = flow.process_map(platform.database, MACHINE.eyes, wanted)
        layout(found.simplified(24))
        bottlenecks(flow.stays(platform.database, MACHINE.eyes, wanted))
        flow.kept(platform.database, MACHINE.eyes, wanted)
        return len(found.edges)

    seconds, edges = _timed(drawn)
    return Mapped(entries, entries / max(counted, 1e-9), seconds, edges)


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begin = perf_counter()
    found = work()
    return perf_counter() - begin, found
