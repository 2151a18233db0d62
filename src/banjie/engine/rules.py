"""Conditions on facts: the smallest rule, shared by situations, forms and routes.

A fact is what is known of an application under a name: an answer to a guiding question, a field of the form,
the outcome of a step. Conditions are data, so an official can read and change them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Fact = str | int | bool | tuple[str, ...]
Facts = Mapping[str, Fact]


class Test(StrEnum):
    """How a fact is held against a value."""

    IS = "is"
    IS_NOT = "is_not"
    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    INCLUDES = "includes"


@dataclass(frozen=True, slots=True)
class Condition:
    """`fact` held against `value`. An unknown fact satisfies no test, `is_not` included: ask first."""

    fact: str
    test: Test
    value: Fact

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is met by what is known."""
        known = facts.get(self.fact)
        if known is None:
            return False
        match self.test:
            case Test.IS:
                return known == self.value
            case Test.IS_NOT:
                return known != self.value
            case Test.ANY_OF:
                return isinstance(self.value, tuple) and known in self.value
            case Test.INCLUDES:
                return isinstance(known, tuple) and self.value in known
            case Test.AT_LEAST:
                return isinstance(known, int) and isinstance(self.value, int) and known >= self.value
            case Test.LESS_THAN:
                return isinstance(known, int) and isinstance(self.value, int) and known < self.value


def all_hold(conditions: tuple[Condition, ...], facts: Facts) -> bool:
    """Whether every condition holds; no condition at all always holds."""
    # Most lists are empty, and this runs for every act on a case.
    return not conditions or all(condition.holds(facts) for condition in conditions)


def as_facts(values: Mapping[str, object]) -> dict[str, Fact]:
    """Stored values (JSON: lists for several choices) as facts; the rows of a group are the fact of their number.

    What is no fact, null included, is left out.
    """
    facts: dict[str, Fact] = {}
    for key, value in values.items():
        if isinstance(value, str | int):
            facts[key] = value
        elif isinstance(value, list | tuple):
            rows = bool(value) and isinstance(value[0], Mapping)
            facts[key] = len(value) if rows else tuple(str(part) for part in value)
    return facts
