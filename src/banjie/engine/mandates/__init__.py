"""授权: who may act for whom, how far and how long; given, accepted, taken back (民法典第一百六十一至一百七十五条).

A mandate is one subject for each pair of party and agent; a second mandate between the same two is written behind the
first. It is worth something only once the agent has accepted it. Whoever merely acts for a party never disposes of
it: only the person herself, or the company's legal representative (民法典第六十一条), gives and takes mandates, and the
legal representative can always come back in by the register or at a counter. So the first one who registers a company
shuts nobody out.
"""

from banjie.engine.mandates.decide import LAW, TABLE, decide
from banjie.engine.mandates.state import (
    FOR_COMPANIES,
    KIND_NAMES,
    KINDS,
    NAMES,
    PRINCIPALS,
    SIDE_NAMES,
    STATUS_NAMES,
    Accept,
    Accepted,
    Command,
    Custom,
    Decline,
    Ended,
    Event,
    Kind,
    Mandate,
    MandateStatus,
    Offer,
    Offered,
    Register,
    Registered,
    Resign,
    Revoke,
    Side,
    Supersede,
    evolve,
    scope_words,
)

__all__ = [
    "FOR_COMPANIES",
    "KINDS",
    "KIND_NAMES",
    "LAW",
    "NAMES",
    "PRINCIPALS",
    "SIDE_NAMES",
    "STATUS_NAMES",
    "TABLE",
    "Accept",
    "Accepted",
    "Command",
    "Custom",
    "Decline",
    "Ended",
    "Event",
    "Kind",
    "Mandate",
    "MandateStatus",
    "Offer",
    "Offered",
    "Register",
    "Registered",
    "Resign",
    "Revoke",
    "Side",
    "Supersede",
    "decide",
    "evolve",
    "scope_words",
]
