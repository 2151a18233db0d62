"""The catalogue: editions that stay as they were published, and items found by the words people use."""

from dataclasses import replace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import DRUG, FOOD, HYGIENE, REGION, ROAD, Town

from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.records import catalogue
from banjie.records.catalogue import Edition, State

# What is typed → the item that comes first, and by what it was found.
SEARCHES = f"""
食品经营许可                 {FOOD}     名称
开饭店                       {FOOD}     俗称
餐饮许可证                   {FOOD}     俗称
食品                         {FOOD}     名称
饭店                         {FOOD}     俗称
药品                         {DRUG}     名称
公共场所　卫生               {HYGIENE}  名称
挖掘                         {ROAD}     名称
{FOOD}                       {FOOD}     编码
{FOOD.lower()}               {FOOD}     编码
我想开饭店要办什么证         {FOOD}     俗称
食品经营可许                 {FOOD}     相近
"""


@pytest.mark.parametrize("line", SEARCHES.strip().splitlines(), ids=lambda line: line.split()[0])
def test_people_find_what_they_mean(town: Town, line: str) -> None:
    words, code, why = line.rsplit(maxsplit=2)

    hits = catalogue.search(town.platform.database, words.strip(), most=1000)

    # Other tests publish items with the same words: only such may stand before it.
    whys = [hit.why for hit in hits]
    at = [hit.code for hit in hits].index(code)
    assert whys[: at + 1] == [why] * (at + 1)


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "不曾有过的东西", "？！"])
def test_signs_of_the_database_mean_nothing(town: Town, words: str) -> None:
    assert [hit for hit in catalogue.search(town.platform.database, words) if hit.why != "相近"] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=400))
def test_no_words_make_a_search_fail(town: Town, words: str) -> None:
    catalogue.search(town.platform.database, words, audience="2", most=3)
    catalogue.manager_list(town.platform.database, words=words, most=3)


def test_all_words_must_be_there(town: Town) -> None:
    hits = catalogue.search(town.platform.database, "审批局 食品 许可", most=1000)
    assert hits[0].code == FOOD
    assert {hit.name for hit in hits} == {"食品经营许可"}
    assert catalogue.search(town.platform.database, "审批局 食品 舞蹈") == ()


def test_without_words_everything_is_listed_page_by_page(town: Town) -> None:
    database = town.platform.database
    everything = catalogue.search(database, "", most=1000)

    # The same item in several regions is one hit.
    assert 0 < len(everything) <= catalogue.count_published(database)
    assert catalogue.search(database, "", most=2, offset=1) == everything[1:3]
    assert catalogue.search(database, "", most=5, offset=len(everything)) == ()


def test_a_region_lists_what_it_offers_itself_and_nothing_else(town: Town) -> None:
    database, code = town.platform.database, "1199010000BJ00016Q3990100000104"
    catalogue.save_edition(database, food(town, code, name="河心洲露营登记", region="990104"), state="published")

    own = catalogue.search(database, "", region="990104", most=1000)

    assert code in [hit.code for hit in own]
    assert {hit.region[:6] for hit in own} == {"990104"}
    assert FOOD in [hit.code for hit in catalogue.search(database, "", region=REGION, most=1000)]
    assert FOOD not in [hit.code for hit in own]


def food(town: Town, code: str, **changes: object) -> Item:
    """The item for restaurants under another code; what people call it stays with the original."""
    changed = {"code": code, "popular_names": ()} | changes
    return replace(town.law(FOOD).item, **changed)  # type: ignore[arg-type]  # tests name what they change


def test_an_edition_in_force_never_changes(town: Town) -> None:
    database, code = town.platform.database, "1199010000BJ00016Q3990100000101"
    item = food(town, code, name="夜市摊位登记")

    assert catalogue.save_edition(database, item, state="published")
    assert not catalogue.save_edition(database, replace(item, name="改了的名称"), state="published")
    assert not catalogue.save_edition(database, replace(item, name="改了的名称"), state="draft")

    assert catalogue.edition(database, REGION, code, 1) == item


def test_a_draft_is_overwritten_and_keeps_its_gates(town: Town) -> None:
    database, code = town.platform.database, "1199010000BJ00016Q3990100000102"
    gate = Fault("name", "事项名称", "没有填写", "请填写事项名称")
    item = food(town, code, name="河道垂钓登记")

    catalogue.save_edition(database, item, state=State.DRAFT, gates=[gate], prepared_by="wenshuyi")
    assert catalogue.save_edition(database, replace(item, minutes=3), state=State.DRAFT, prepared_by="gejiajun")

    row = catalogue.latest(database, REGION, code)
    assert row is not None
    assert (row.state, row.prepared_by, row.gates) == (State.DRAFT, "gejiajun", ())
    assert catalogue.search(database, "河道垂钓登记") == ()
    assert [one.code for one in catalogue.manager_list(database, state="draft", words="垂钓")] == [code]
    assert catalogue.manager_list(database, state="published", words="垂钓") == ()


def test_a_newer_edition_takes_the_place_of_the_one_in_force(town: Town) -> None:
    database, code = town.platform.database, "1199010000BJ00016Q3990100000103"
    first, second = food(town, code, name="古井取水登记"), food(town, code, name="古井取水登记", edition=2, minutes=4)
    before = catalogue.count_by_state(database)

    catalogue.save_editions(database, [Edition(first, State.PUBLISHED)])
    catalogue.save_editions(database, [Edition(second, State.PUBLISHED)])

    assert [row.state for row in catalogue.editions_of(database, REGION, code)] == [State.PUBLISHED, State.SUPERSEDED]
    [hit] = catalogue.search(database, "古井取水登记")
    assert hit.edition == 2
    after = catalogue.count_by_state(database)
    assert after[State.PUBLISHED] == before[State.PUBLISHED] + 1
    assert after[State.SUPERSEDED] == before[State.SUPERSEDED] + 1

    # An older edition that was never there cannot come into force behind the one that is.
    with pytest.raises(psycopg.errors.UniqueViolation):
        catalogue.save_edition(database, replace(first, edition=0), state=State.PUBLISHED)


def test_hundreds_are_saved_at_once_and_again_to_no_effect(town: Town) -> None:
    database = town.platform.database
    editions = [
        Edition(food(town, f"1199010000BJ00016Q39901001{serial:05d}"), State.SUPERSEDED) for serial in range(300)
    ]

    assert catalogue.save_editions(database, editions) == 300
    assert catalogue.save_editions(database, editions) == 0
