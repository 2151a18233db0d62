"""Conditions on facts, as a table: what is known, the condition, whether it holds."""

import pytest

from banjie.engine.rules import Condition, Fact, all_hold, as_facts
from banjie.engine.rules import Test as Check

KNOWN: dict[str, Fact] = {"business": "catering", "area": 120, "online": False, "items": ("hot", "cold")}

TABLE = """
business is       catering       yes
business is       sale           no
business is_not   sale           yes
business any_of   sale|catering  yes
business any_of   sale|canteen   no
area     at_least 120            yes
area     at_least 121            no
area     less_than 121           yes
area     less_than 120           no
online   is       False          yes
online   is       True           no
items    includes cold           yes
items    includes raw            no
business includes catering       no
business at_least 3              no
unknown  is       anything       no
unknown  is_not   anything       no
"""


def _value(text: str) -> Fact:
    if text in ("True", "False"):
        return text == "True"
    if "|" in text:
        return tuple(text.split("|"))
    return int(text) if text.isdigit() else text


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_condition(line: str) -> None:
    fact, test, value, holds = line.split()
    assert Condition(fact, Check(test), _value(value)).holds(KNOWN) is (holds == "yes")


def test_no_condition_always_holds_and_several_must_all_hold() -> None:
    catering, large = Condition("business", Check.IS, "catering"), Condition("area", Check.AT_LEAST, 500)
    assert all_hold((), {})
    assert all_hold((catering,), KNOWN)
    assert not all_hold((catering, large), KNOWN)


def test_stored_values_become_facts() -> None:
    assert as_facts({"items": ["hot"], "area": 1, "none": None, "odd": 1.5}) == {"items": ("hot",), "area": 1}
