"""The counters behind the boards: after any walk they are what a recount says, and no door tells more than the list."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    DRUG,
    FOOD,
    HYGIENE,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)

from banjie.actions import figures as keeping
from banjie.actions.figures import follow_figures
from banjie.engine.cases import Command, Delivery, Stage
from banjie.engine.cases.acts import Accept, Approve, AskCorrection, Claim, Deliver, FinishStep, StartReview, Withdraw
from banjie.engine.cases.acts import Ask as Wish
from banjie.engine.figures import MEASURES, Grain, Period, added
from banjie.engine.subject import Refused
from banjie.records import figures, figures_boards, figures_cases, figures_kept, followers
from banjie.records.database import NOBODY, Eyes
from banjie.records.figures_boards import By
from banjie.records.figures_cases import Behind, Line
from banjie.records.people import MACHINE

SUPERVISOR, HEAD, COUNTY_CLERK = "lumingjian", "meilanting", "haoqinghe"
MONDAY = date(2026, 11, 2)
SIGNED = {"received_by": "申请人本人", "place": "出件窗口"}
NOVEMBER = Period.parse("2026-11")


def follow_all(town: Town) -> None:
    while follow_figures(town.platform, town.platform.now()):
        pass


@pytest.fixture(autouse=True)
def clock(town: Town) -> Iterator[None]:
    here = town.clock.at
    yield
    town.clock.at = here


def walk(town: Town, dice: random.Random) -> None:
    """A case that goes some way, on days that lie apart."""
    item = dice.choice((FOOD, HYGIENE, DRUG))
    town.clock.set(MONDAY + timedelta(days=dice.randrange(3)))
    number = town.submit(
        "niejiangan" if item == DRUG else AGENT, item, **({"holder": "c-jiangan"} if item == DRUG else {})
    ).number
    steps: list[tuple[str, Command]] = [
        (CLERK, Claim()),
        (CLERK, Accept()),
        (REVIEWER, StartReview()),
        (REVIEWER, FinishStep("review", "齐全")),
    ]
    if item == FOOD:
        steps += [(INSPECTOR, FinishStep("site_visit", "一致")), (SECOND_INSPECTOR, FinishStep("site_visit", "一致"))]
        steps += [
            (DECIDER, Approve("准予")),
            (CLERK, Deliver(dice.choice((Delivery.ELECTRONIC, Delivery.DIRECT)), "回执", SIGNED)),
        ]
    for who, act in steps[: dice.randrange(len(steps) + 1)]:
        town.clock.move(days=dice.randrange(9))
        try:
            town.act(who, number, act)
        except Refused:
            return  # The item knows no such step.
    if dice.random() < 0.2 and town.case(number).stage in (Stage.SUBMITTED, Stage.PRECHECK):
        town.act("niejiangan" if item == DRUG else AGENT, number, Withdraw("不办了"))


@pytest.mark.parametrize("seed", range(3))
def test_after_any_walk_the_counters_are_what_a_recount_says(town: Town, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 — a walk, no secret.
    for _ in range(4):
        walk(town, dice)
        if dice.random() < 0.5:
            follow_figures(town.platform, town.platform.now(), most=dice.randrange(1, 9))
    town.settle()
    follow_all(town)
    assert keeping.check(town.platform).differences == 0


def test_a_follower_that_begins_again_counts_nothing_twice(town: Town) -> None:
    town.submit(AGENT, FOOD, holder=RESTAURANT)
    follow_all(town)
    before = city(town, NOVEMBER)
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE followers SET xid = '0'::xid8, position = 0 WHERE name = 'figures'")
    follow_all(town)
    assert city(town, NOVEMBER) == before
    assert keeping.check(town.platform).differences == 0


def test_figures_can_be_made_anew_and_what_is_wrong_is_found(town: Town) -> None:
    town.submit(AGENT, FOOD, holder=RESTAURANT)
    follow_all(town)
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE figure_sums SET applied = applied + 1 WHERE cut = 'region' AND grain = 'm'")
    assert keeping.check(town.platform).differences > 0
    before = keeping.rebuild(town.platform)
    assert before.cases > 0
    assert keeping.check(town.platform).differences == 0
    assert follow_figures(town.platform, town.platform.now()) == 0, "what was made anew need not be followed again"


def test_making_anew_waits_for_a_worker_that_counts(town: Town) -> None:
    with (
        followers.place(town.platform.database, MACHINE.eyes, keeping.FOLLOWER),
        pytest.raises(Refused, match="正在计数"),
    ):
        keeping.rebuild(town.platform)


def city(town: Town, period: Period, eyes: Eyes | None = None, organ: str = "") -> dict[str, int]:
    with town.platform.database.seen_by(eyes or town.who(SUPERVISOR).eyes) as cursor:
        where = figures_boards.scope(cursor, REGION, organ)
        return dict(figures_boards.totals(cursor, where, (period,))[period])


def test_a_case_is_counted_where_it_belongs(town: Town) -> None:
    before = city(town, NOVEMBER)
    town.clock.set(MONDAY)
    number = town.submit("niejiangan", DRUG, holder="c-jiangan").number
    town.act(CLERK, number, Claim())
    wish = Wish("premises_proof", "看不清", "重新上传", "药品管理法第五十二条")
    town.act(CLERK, number, AskCorrection((wish,)))
    follow_all(town)
    after = city(town, NOVEMBER)
    assert {
        name: after[name] - before.get(name, 0) for name in ("applied", "applied_online", "corrected", "accepted")
    } == {
        "applied": 1,
        "applied_online": 1,
        "corrected": 1,
        "accepted": 0,
    }


def test_a_day_that_passes_makes_cases_late_without_any_event(town: Town) -> None:
    town.clock.set(MONDAY)
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    follow_all(town)
    eyes = town.who(SUPERVISOR).eyes
    with town.platform.database.seen_by(eyes) as cursor:
        where = figures_boards.scope(cursor, REGION)
        counted = [figures_boards.stock(cursor, where, MONDAY + timedelta(days=days)) for days in (0, 40, 60)]
    assert counted[0].open == counted[1].open
    assert counted[1].late > counted[0].late
    assert counted[2].late_by_law > counted[0].late_by_law


@pytest.mark.parametrize("days", [0, 10, 40])
def test_the_stock_is_what_is_counted_live(town: Town, days: int) -> None:
    town.settle()
    follow_all(town)
    eyes, today = town.who(SUPERVISOR).eyes, date(2026, 11, 24) + timedelta(days=days)
    live = figures.city(town.platform.database, eyes, today, REGION)
    with town.platform.database.seen_by(eyes) as cursor:
        kept = figures_boards.stock(cursor, figures_boards.scope(cursor, REGION), today)
    assert (kept.open, kept.late, kept.late_by_law) == (live.in_hand, live.late, live.late_by_law)


@pytest.mark.parametrize("who", [SUPERVISOR, HEAD, REVIEWER, COUNTY_CLERK, AGENT, ""])
def test_every_figure_is_the_length_of_its_list_for_whoever_looks(town: Town, who: str) -> None:
    follow_all(town)
    eyes = town.who(who).eyes if who else NOBODY
    organ = "" if who in (SUPERVISOR, "", AGENT) else next(iter(town.who(who).actor.offices))
    with town.platform.database.seen_by(eyes) as cursor:
        where = figures_boards.scope(cursor, REGION, organ)
        for period in (NOVEMBER, Period.of(MONDAY, Grain.YEAR)):
            sums = figures_boards.totals(cursor, where, (period,))[period]
            for measure in MEASURES:
                behind = Behind(measure.name, period, MONDAY)
                lines = figures_cases.page(cursor, where, behind, most=1000)
                assert sum(line.value for line in lines) == sums.get(measure.name, 0), measure.name
        today = date(2026, 12, 30)
        stock = figures_boards.stock(cursor, where, today)
        for name in figures_cases.STOCKS:
            lines = figures_cases.page(cursor, where, Behind(name, None, today), most=1000)
            assert len(lines) == getattr(stock, name), name
        # And no list tells more than the cases these eyes see.
        row = cursor.execute(
            "SELECT count(*) AS n FROM figure_cases f"
            " WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.region = f.region AND c.id = f.case_id)"
        ).fetchone()
        assert row == {"n": 0}


def test_an_organ_sees_no_sum_of_its_region(town: Town) -> None:
    follow_all(town)
    with town.platform.database.seen_by(town.who(HEAD).eyes) as cursor:
        cursor.execute("SELECT DISTINCT organ FROM figure_sums UNION SELECT DISTINCT organ FROM figure_stock")
        assert {row["organ"] for row in cursor} <= town.who(HEAD).actor.offices


@pytest.mark.parametrize("by", [By.REGION, By.ORGAN, By.ITEM, By.CHANNEL])
def test_parts_add_up_to_the_whole(town: Town, by: By) -> None:
    follow_all(town)
    with town.platform.database.seen_by(town.who(SUPERVISOR).eyes) as cursor:
        where = figures_boards.scope(cursor, REGION)
        whole = figures_boards.totals(cursor, where, (NOVEMBER,))[NOVEMBER]
        assert added(part.sums for part in figures_boards.parts(cursor, where, NOVEMBER, by)) == whole
        stock = figures_boards.stock_parts(cursor, where, MONDAY, by)
        assert sum(one.open for one in stock.values()) == figures_boards.stock(cursor, where, MONDAY).open


def test_pages_of_a_list_meet_and_never_overlap(town: Town) -> None:
    follow_all(town)
    with town.platform.database.seen_by(town.who(SUPERVISOR).eyes) as cursor:
        where, behind = figures_boards.scope(cursor, REGION), Behind("applied", NOVEMBER, MONDAY)
        whole = figures_cases.page(cursor, where, behind, most=1000)
        found: list[Line] = []
        after = None
        while lines := figures_cases.page(cursor, where, behind, after=after, most=2):
            found += lines
            after = (lines[-1].day, lines[-1].case_id)
        assert tuple(found) == whole
    with figures_cases.every(town.platform.database, town.who(SUPERVISOR).eyes, where, behind) as every:
        assert tuple(every) == whole


def test_the_columns_are_the_measures(town: Town) -> None:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        for table in ("figure_cases", "figure_sums"):
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))
            assert {one.name for one in MEASURES} <= {row["column_name"] for row in cursor}
    assert figures_kept.MEASURES_IN_ORDER.split(", ") == [one.name for one in MEASURES]
