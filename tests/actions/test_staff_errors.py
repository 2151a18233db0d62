"""A return for rework that names a mistake is kept for her who made it and for her head, and for nobody else."""

from datetime import timedelta

import pytest
from tests.town import (
    CLERK,
    DECIDER,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)

from banjie.engine.cases.acts import Accept, Claim, FinishStep, ReturnStep, StartReview
from banjie.engine.error_classes import ErrorClass
from banjie.engine.subject import Refused
from banjie.records import rework


def test_a_mistake_is_seen_by_her_and_her_head_alone_and_counted_without_names(town: Town) -> None:
    number = town.submit("xiachunhe", FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "一致"))
    with pytest.raises(Refused, match="差错类别"):
        town.act(DECIDER, number, ReturnStep("decision", "review", "不全", error="wrong"))
    with pytest.raises(Refused, match="没有签署过"):
        town.act(DECIDER, number, ReturnStep("decision", "review", "不全", error="material", responsible=CLERK))
    town.act(DECIDER, number, ReturnStep("decision", "review", "平面图没有看出面积不一致", error="material"))
    town.settle()

    database, today = town.platform.database, town.platform.today()
    since = today - timedelta(days=30)
    (row,) = rework.seen(database, town.who(REVIEWER).eyes, since=since)
    assert (row.account, row.error, row.found_by, row.is_new) == (REVIEWER, ErrorClass.MATERIAL, DECIDER, False)
    assert rework.seen(database, town.who(HEAD).eyes, since=since) == (row,)
    for other in (CLERK, INSPECTOR, DECIDER, "xiachunhe"):
        assert rework.seen(database, town.who(other).eyes, since=since) == ()

    sums = rework.new_staff_errors(database, [REGION], today, today + timedelta(days=1))
    assert (sums.total, sums.by_new, sums.by_class, sums.share_of_new) == (1, 0, {ErrorClass.MATERIAL: 1}, 0.0)
    assert rework.new_staff_errors(database, [REGION], since, today).share_of_new is None


def test_a_return_without_a_class_is_nobodys_mistake(town: Town) -> None:
    before = rework.new_staff_errors(town.platform.database, [REGION], *_year(town)).total
    number = town.submit("xiachunhe", FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, ReturnStep("site_visit", "review", "补一份说明"))
    town.settle()
    assert rework.new_staff_errors(town.platform.database, [REGION], *_year(town)).total == before


def _year(town: Town):  # type: ignore[no-untyped-def]  # a shorthand of this file
    return town.platform.today() - timedelta(days=365), town.platform.today() + timedelta(days=1)
