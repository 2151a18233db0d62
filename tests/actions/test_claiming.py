"""逐级认领: one step to claim, only what differs is one's own, and upper editions are followed by a written rule."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tests.town import FOOD, REGION, Town

from banjie.actions.claiming import adopt, claim, set_following
from banjie.actions.publishing import propose, publish
from banjie.engine.catalogue import Item
from banjie.engine.clock import Term, Unit
from banjie.engine.editions import State
from banjie.engine.standards import FOUR_SAMENESSES
from banjie.engine.subject import Refused
from banjie.records import catalogue, registers
from banjie.records.catalogue import EditionRow
from banjie.records.registers import Organ

COUNTY = "990121"
FIRST, SECOND = "wenshuyi", "gejiajun"
TODAY = date(2026, 11, 24)
SERIALS = itertools.count(1)


@pytest.fixture(autouse=True)
def today(town: Town) -> Iterator[None]:
    town.clock.set(TODAY)
    yield
    town.clock.set(TODAY)


def upper(town: Town) -> Item:
    """An item of the city, in force since yesterday, under a code of its own."""
    code = f"1199010000BJ00016Q3{900_000_000_000 + next(SERIALS)}"
    base = replace(town.law(FOOD).item, code=code, catalogue_code="", effective_on=date(2026, 11, 1))
    publish_one(town, propose(town.platform, town.who(FIRST), base))
    found = town.platform.laws.published(REGION, code)
    assert found is not None
    return found.item


def publish_one(town: Town, row: EditionRow) -> EditionRow:
    return publish(town.platform, town.who(SECOND), row.region, row.code, row.edition)


def office(town: Town) -> Organ:
    [organ] = registers.organs_of(town.platform.database, COUNTY)
    return organ


def claimed(town: Town, above: Item, **own: object) -> EditionRow:
    """The county's item in force, with something of its own."""
    row = claim(town.platform, town.who(FIRST), REGION, above.code, office(town))
    if own:
        row = propose(town.platform, town.who(FIRST), replace(item_of(town, row), **own))  # type: ignore[arg-type]  # tests name what they change
    return publish_one(town, row)


def item_of(town: Town, row: EditionRow) -> Item:
    item = catalogue.edition(town.platform.database, row.region, row.code, row.edition)
    assert item is not None
    return item


def newer(town: Town, above: Item, day: date, **changes: object) -> Item:
    """The city's next edition, published."""
    row = propose(town.platform, town.who(FIRST), replace(above, effective_on=day, **changes))  # type: ignore[arg-type]  # the same
    publish_one(town, row)
    return item_of(town, row)


def in_force(town: Town, code: str) -> tuple[EditionRow, Item]:
    rows = catalogue.editions_of(town.platform.database, COUNTY, code)
    row = next(row for row in rows if row.state is State.PUBLISHED)
    return row, item_of(town, row)


def test_a_county_claims_in_one_step(town: Town) -> None:
    above = upper(town)
    row = claim(town.platform, town.who(FIRST), REGION, above.code, office(town))
    assert (row.state, row.region, row.organ_name) == (State.DRAFT, COUNTY, "青禾县行政审批局")
    assert row.code == "1199012100BJ001397" + "4" + above.code[19:]
    assert row.upper is not None
    assert (row.upper.code, row.upper.edition, row.upper.follows) == (above.code, 1, True)
    assert row.gates == ()
    item = item_of(town, row)
    assert (item.name, item.materials, item.promised) == (above.name, above.materials, above.promised)
    with pytest.raises(Refused, match="已经认领"):
        claim(town.platform, town.who(FIRST), REGION, above.code, office(town))
    with pytest.raises(Refused, match="没有正在施行"):
        claim(town.platform, town.who(FIRST), REGION, "NONE", office(town))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": "改了名称"}, FOUR_SAMENESSES),
        ({"basis": ()}, FOUR_SAMENESSES),
        ({"materials": ()}, FOUR_SAMENESSES),
        ({"promised": Term(25, Unit.WORKING_DAY)}, "承诺时限不长于上级的法定时限"),
    ],
)
def test_what_is_the_upper_levels_cannot_be_said_otherwise(town: Town, changes: dict[str, object], rule: str) -> None:
    row = claim(town.platform, town.who(FIRST), REGION, upper(town).code, office(town))
    with pytest.raises(Refused) as refused:
        propose(town.platform, town.who(FIRST), replace(item_of(town, row), **changes))  # type: ignore[arg-type]  # the same
    assert refused.value.rule == rule
    assert refused.value.remedy


def test_a_new_upper_edition_is_followed_on_its_day(town: Town) -> None:
    above = upper(town)
    county = claimed(town, above, consult_phone="0990-6040012")
    newer(town, above, date(2026, 11, 26), minutes=7, consult_phone="0990-6010055")
    town.settle()
    assert in_force(town, county.code)[0].edition == county.edition
    town.clock.set(date(2026, 11, 26))
    town.settle()
    row, item = in_force(town, county.code)
    assert row.edition == county.edition + 1
    assert (item.minutes, item.consult_phone) == (7, "0990-6040012")
    assert row.upper is not None
    assert row.upper.edition == 2
    assert [one.kind for one in catalogue.history(town.platform.database, row)] == [
        "EditionProposed",
        "EditionPublished",
    ]
    # Cases filed under the edition before go on under what it was resolved on.
    assert item_of(town, county).minutes == above.minutes


def test_who_has_pinned_is_left_alone_until_she_says_so(town: Town) -> None:
    above = upper(town)
    county = claimed(town, above)
    set_following(town.platform, town.who(FIRST), COUNTY, county.code, follows=False)
    newer(town, above, TODAY, minutes=9)
    town.settle()
    assert in_force(town, county.code)[1].minutes == above.minutes
    draft = adopt(town.platform, town.who(FIRST), COUNTY, county.code)
    assert item_of(town, draft).minutes == 9
    assert draft.state is State.DRAFT
    with pytest.raises(Refused, match="已经是按上级现行版编制"):
        adopt(town.platform, town.who(FIRST), COUNTY, county.code)


def test_what_stands_against_following_waits_as_a_draft(town: Town) -> None:
    above = upper(town)
    county = claimed(town, above, promised=Term(15, Unit.WORKING_DAY, "青禾县承诺"))
    newer(town, above, TODAY, statutory=Term(10, Unit.WORKING_DAY, "新规"), promised=Term(6, Unit.WORKING_DAY))
    town.settle()
    assert in_force(town, county.code)[0].edition == county.edition
    draft = catalogue.latest(town.platform.database, COUNTY, county.code)
    assert draft is not None
    assert draft.state is State.DRAFT
    assert "promised" in {fault.field for fault in draft.gates}


def test_somebodys_draft_is_brought_up_to_date_and_stays_hers(town: Town) -> None:
    above = upper(town)
    county = claimed(town, above)
    hers = propose(
        town.platform,
        town.who(FIRST),
        replace(item_of(town, county), consult_phone="0990-6040077", effective_on=date(2026, 12, 1)),
    )
    newer(town, above, TODAY, minutes=11)
    town.settle()
    draft = catalogue.latest(town.platform.database, COUNTY, county.code)
    assert draft is not None
    item = item_of(town, draft)
    assert (draft.edition, draft.state, item.minutes, item.consult_phone) == (
        hers.edition,
        State.DRAFT,
        11,
        "0990-6040077",
    )
    assert in_force(town, county.code)[0].edition == county.edition


def test_only_managers_of_the_region_claim(town: Town) -> None:
    above = upper(town)
    with pytest.raises(Refused, match="事项管理权限"):
        claim(town.platform, town.who("luoxiaoyu"), REGION, above.code, office(town))
