"""Figures: what is in hand, what is late, what was decided in time, as those who watch over the city see it."""

from datetime import date

import pytest
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)

from banjie.engine.cases import CLOSED, UNDER_REVIEW, Stage
from banjie.engine.cases.acts import Accept, Approve, Claim, FinishStep, StartReview
from banjie.records import figures
from banjie.records.database import NOBODY

SUPERVISOR = "lumingjian"
MONDAY = date(2026, 11, 2)


def accepted(town: Town) -> str:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    return number


def decided(town: Town, number: str) -> None:
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "材料齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    town.act(DECIDER, number, Approve("准予"))


def test_the_figures_of_a_month(town: Town) -> None:
    database, eyes = town.platform.database, town.who(SUPERVISOR).eyes
    before = figures.city(database, eyes, date(2026, 11, 30), REGION)
    here = town.clock.at
    try:
        town.clock.set(MONDAY)
        in_time, too_late, waiting = accepted(town), accepted(town), accepted(town)
        town.clock.set(date(2026, 11, 5))
        decided(town, in_time)
        town.clock.set(date(2026, 11, 20))
        decided(town, too_late)
    finally:
        town.clock.at = here

    found = figures.city(database, eyes, date(2026, 11, 30), REGION)

    assert (found.decided - before.decided, found.decided_on_time - before.decided_on_time) == (2, 1)
    assert found.on_time_rate is not None
    assert 0 < found.on_time_rate < 1
    # Two are approved and still to be delivered, one waits for its review: all three are in hand, one is late.
    assert (found.in_hand - before.in_hand, found.late - before.late, found.late_by_law) == (3, 1, before.late_by_law)
    assert sum(line.in_hand for line in found.by_stage) == found.in_hand
    assert sum(line.in_hand for line in found.by_organ) == found.in_hand
    [line] = [one for one in figures.late(database, eyes, date(2026, 11, 30), REGION) if one.number == waiting]
    assert (line.holder_name[0], "*" in line.holder_name, line.by_law) == ("澜", True, False)
    assert {one.number for one in figures.late(database, eyes, date(2026, 11, 12), REGION)}.isdisjoint(
        {waiting, in_time, too_late}
    )


def test_figures_count_only_what_the_eyes_may_see(town: Town) -> None:
    accepted(town)
    today = town.platform.today()
    for eyes in (NOBODY, town.who("haoqinghe").eyes):
        assert figures.city(town.platform.database, eyes, today, REGION).in_hand == 0
        assert figures.late(town.platform.database, eyes, date(2027, 3, 1), REGION) == ()
    # A county's figures do not hold the city's cases.
    assert figures.city(town.platform.database, town.who(SUPERVISOR).eyes, today, "990121").in_hand == 0


def test_silence_is_counted(town: Town) -> None:
    database, eyes = town.platform.database, town.who(SUPERVISOR).eyes
    here = town.clock.at
    before = figures.city(database, eyes, date(2026, 11, 30), REGION).by_silence
    try:
        town.clock.set(MONDAY)
        town.submit(AGENT, FOOD, holder=RESTAURANT)
        town.clock.set(date(2026, 11, 20))
        town.settle()
    finally:
        town.clock.at = here
    assert figures.city(database, eyes, date(2026, 11, 30), REGION).by_silence >= before + 1


def test_the_queries_know_the_laws_stages() -> None:
    closed = figures._OPEN.partition("NOT IN ")[2]
    review = figures._REVIEW.partition("IN ")[2]
    assert {word.strip(" ()'") for word in closed.split(",")} == {stage.value for stage in CLOSED}
    assert {word.strip(" ()'") for word in review.split(",")} == {stage.value for stage in UNDER_REVIEW}
    assert Stage.DRAFT not in CLOSED


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李", "李"), ("林照", "林*"), ("欧阳小满", "欧***"), ("澜江市春禾餐饮有限公司", "澜********公司"), ("", "")],
)
def test_a_masked_name(name: str, masked: str) -> None:
    assert figures.masked_name(name) == masked
