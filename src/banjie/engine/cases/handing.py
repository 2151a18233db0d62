"""Who has a line of the worklist: what may be asked, and what can have happened.

`step` is the running step's key, or "" for the one line a case has outside review. Whoever has a line is its handler.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TakeOn:
    """认领: an official takes a line of her office on that nobody has."""

    step: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """退回待领: the line is its office's again. The machine does so when the handler has left."""

    step: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PassOn:
    """转办: from its handler to a colleague (an account), with a reason."""

    to: str
    reason: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """指派: to an official of the office (an account), by its head or decider, or by the machine after the rule."""

    to: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class TakenOn:
    """已认领."""

    on: date
    by: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """已退回待领; `was` had it."""

    on: date
    by: str
    was: str
    step: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """已转办."""

    on: date
    by: str
    was: str
    to: str
    reason: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """已指派; `was` had it before, "" when nobody did."""

    on: date
    by: str
    to: str
    was: str = ""
    step: str = ""
