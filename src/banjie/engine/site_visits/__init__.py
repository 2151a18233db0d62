"""现场核查: two officials on the spot, what they find on each point, photographs, and everybody's signature.

`acts` is what people may ask, `state` what can have happened and what is true, `decide` the rules that join them.
"""

from banjie.engine.site_visits.acts import NAMES, Command, Finding
from banjie.engine.site_visits.decide import STATUSES, decide, possible
from banjie.engine.site_visits.state import (
    KINDS,
    OPEN,
    STATUS_NAMES,
    USUAL,
    Custom,
    Event,
    SiteVisit,
    VisitStatus,
    doubts,
    evolve,
)

__all__ = [
    "KINDS",
    "NAMES",
    "OPEN",
    "STATUSES",
    "STATUS_NAMES",
    "USUAL",
    "Command",
    "Custom",
    "Event",
    "Finding",
    "SiteVisit",
    "VisitStatus",
    "decide",
    "doubts",
    "evolve",
    "possible",
]
