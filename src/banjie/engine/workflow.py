"""The way of a case through the offices: steps, choices, parallel branches with a join, return for rework.

A workflow is data of an item. It is checked when the item is published, so that a running case never meets a
step nobody can reach or a fork that never comes together.
"""

from dataclasses import dataclass
from enum import StrEnum

from banjie.engine.clock import Term
from banjie.engine.permissions import Role
from banjie.engine.rules import Condition


class StepKind(StrEnum):
    """What is done in a step."""

    REVIEW = "review"
    SITE_VISIT = "site_visit"
    EXPERT_REVIEW = "expert_review"
    OPINION = "opinion"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case goes after a step, if the conditions hold (facts: answers, fields, `step.outcome`)."""

    to: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One office's part.

    `office` is an organ code, or "" for the organ that decides the case. `signatures` is how many different
    officials must sign before the step is finished (two for a site visit: 行政许可法第三十四条). `parallel`
    says that all routes that hold are taken together; otherwise the first that holds. A step with several
    ways in waits until no running step can still reach it, so a branch that was not taken never blocks a
    join.
    """

    key: str
    name: str
    kind: StepKind
    role: Role
    office: str = ""
    term: Term | None = None
    signatures: int = 1
    routes: tuple[Route, ...] = ()
    parallel: bool = False
    separate_from: tuple[str, ...] = ()
    """Steps whose signers may not sign this one (审批分离), for example the decision from its review."""
    standard: str = ""
    """审查标准: what the official holds the application against."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """The steps of an item. `start` names the first, or the first ones, after acceptance.

    `at_once`: review begins with acceptance itself (即办件 and 告知承诺), nobody has to start it.
    """

    steps: tuple[Step, ...]
    start: tuple[str, ...]
    at_once: bool = False

    def step(self, key: str) -> Step:
        """The step of that key; KeyError if there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)
