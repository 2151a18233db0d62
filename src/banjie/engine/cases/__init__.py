"""A case (办件), from the citizen's first word to the city's last.

`acts` is what people may ask, `events` what can have happened, `state` what is true, `clocks` how long it may
take, `decide` the law that joins them. Nothing here reads a clock, a table or a network.
"""

from banjie.engine.cases.acts import ACTS, NAMES, PATHS, Ask, Channel, Command, Delivery, path_of
from banjie.engine.cases.clocks import TIMER_NAMES, Law, Running, clock, decision_timers, due, next_wake, running
from banjie.engine.cases.decide import STAGES, decide, fold, possible
from banjie.engine.cases.events import KINDS, Event
from banjie.engine.cases.guards import situation
from banjie.engine.cases.state import (
    BEFORE_ACCEPTANCE,
    CLOSED,
    DECIDED,
    STAGE_NAMES,
    UNDER_REVIEW,
    Case,
    Stage,
    evolve,
)
from banjie.engine.filing import Paper, Party

__all__ = [
    "ACTS",
    "BEFORE_ACCEPTANCE",
    "CLOSED",
    "DECIDED",
    "KINDS",
    "NAMES",
    "PATHS",
    "STAGES",
    "STAGE_NAMES",
    "TIMER_NAMES",
    "UNDER_REVIEW",
    "Ask",
    "Case",
    "Channel",
    "Command",
    "Delivery",
    "Event",
    "Law",
    "Paper",
    "Party",
    "Running",
    "Stage",
    "clock",
    "decide",
    "decision_timers",
    "due",
    "evolve",
    "fold",
    "next_wake",
    "path_of",
    "possible",
    "running",
    "situation",
]
