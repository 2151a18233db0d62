"""Finding items: by what people say, write, mistype and spell; in the order in which they need them, and with why."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import DRUG, FOOD, HYGIENE, REGION, ROAD, SUSPENSION, Town

from banjie.engine.catalogue import Item
from banjie.records import catalogue, catalogue_search, item_use
from banjie.records.catalogue_search import Nearness, Wish

# What is typed → the item that comes first, and by what it was found.
SEARCHES = f"""
食品经营许可                 {FOOD}     名称
开饭店                       {FOOD}     俗称
餐饮许可证                   {FOOD}     俗称
食品                         {FOOD}     名称
食                           {FOOD}     名称
饭店                         {FOOD}     俗称
开餐厅                       {FOOD}     近义
药品                         {DRUG}     名称
公共场所　卫生               {HYGIENE}  名称
挖掘                         {ROAD}     名称
{FOOD}                       {FOOD}     编码
{FOOD.lower()}               {FOOD}     编码
000131023000                 {FOOD}     编码
kaifanguan                   {FOOD}     拼音
kai fan guan                 {FOOD}     拼音
KaiFan                       {FOOD}     拼音
kfg                          {FOOD}     首字母
spjyxk                       {FOOD}     首字母
sp                           {FOOD}     首字母
kaifangaun                   {FOOD}     相近
shipinjinyingxuke            {FOOD}     相近
开饭管                       {FOOD}     相近
食品经荣许可                 {FOOD}     相近
食品经许可                   {FOOD}     相近
食品经营可许                 {FOOD}     相近
食品经营营许可               {FOOD}     相近
开个饭馆                     {FOOD}     俗称
我想开饭店要办什么证         {FOOD}     俗称
裱花蛋糕                     {FOOD}     情形
食品安全法                   {FOOD}     依据
澜江市开饭馆                 {FOOD}     俗称
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


def test_signs_within_words_are_passed_over(town: Town) -> None:
    database = town.platform.database
    assert catalogue.search(database, "食品·经营（许可）") == catalogue.search(database, "食品经营许可")


def elsewhere(town: Town, region: str, serial: int, **changes: object) -> Item:
    """The town's item for restaurants as another place offers it."""
    code = f"1199010000BJ00016Q39902000{serial:05d}"
    return replace(town.law(FOOD).item, region=region, code=code, **changes)  # type: ignore[arg-type]  # tests name what they change


def publish(town: Town, *items: Item) -> None:
    for item in items:
        assert catalogue.save_edition(town.platform.database, item, state="published")


def test_her_own_place_comes_first_then_the_city_then_others(town: Town) -> None:
    database = town.platform.database
    name = "渡船停靠登记"
    city = elsewhere(town, REGION, 1, name=name, title="", popular_names=("停渡船",))
    left = elsewhere(town, "990102", 2, name=name, title="", popular_names=("停渡船",))
    village = elsewhere(town, "990121001001", 3, name=name, title="", popular_names=("停渡船",))
    publish(town, city, left, village)

    def first(place: str, within: str = "") -> tuple[str, Nearness, int]:
        [hit] = catalogue_search.look_up(database, Wish("停渡船", place, within)).hits
        return hit.region, hit.nearness, hit.elsewhere

    assert first("990102") == ("990102", Nearness.OWN, 2)
    assert first("990102003000") == ("990102", Nearness.ABOVE, 2)
    assert first("990104") == (REGION, Nearness.ABOVE, 2)
    assert first("") == (REGION, Nearness.OWN, 2)
    assert first("990104", within="990121") == ("990121001001", Nearness.WITHIN, 2)
    assert catalogue_search.look_up(database, Wish("停渡船", "990104", "990104")).hits == ()
    assert {hit.region for hit in catalogue_search.elsewhere(database, REGION, city.code)} == {"990102", "990121001001"}
    places = catalogue_search.look_up(database, Wish("停渡船"), districts=("990102", "990104", "990121")).places
    assert places == {"990102": 1, "990104": 0, "990121": 1}


def test_an_item_that_only_another_district_offers_is_found_last(town: Town) -> None:
    publish(town, elsewhere(town, "990121", 11, name="麦田风车登记", title="", popular_names=()))
    publish(town, elsewhere(town, REGION, 12, name="旧式风车登记", title="", popular_names=()))
    hits = catalogue_search.look_up(town.platform.database, Wish("风车登记", "990104")).hits
    assert [(hit.name, hit.nearness) for hit in hits] == [
        ("旧式风车登记", Nearness.ABOVE),
        ("麦田风车登记", Nearness.ELSEWHERE),
    ]


def test_a_place_that_is_named_is_where_the_question_is_about(town: Town) -> None:
    publish(town, elsewhere(town, "990104", 21, name="河灯制作备案", title="", popular_names=("做河灯",)))
    page = catalogue_search.look_up(town.platform.database, Wish("江右区做河灯", "990102"))
    assert (page.place, page.hits[0].region, page.hits[0].nearness) == ("990104", "990104", Nearness.OWN)


def test_what_is_published_is_found_at_once_and_what_is_withdrawn_is_gone(town: Town) -> None:
    database = town.platform.database
    assert catalogue.search(database, "灯塔值守登记") == ()
    item = elsewhere(town, REGION, 31, name="灯塔值守登记", title="", popular_names=("看灯塔",))
    before = catalogue_search.generation(database)
    publish(town, item)
    assert catalogue_search.generation(database) == before + 1
    assert [hit.edition for hit in catalogue.search(database, "看灯塔")] == [1]

    publish(town, replace(item, edition=2, name="灯塔看护登记"))
    assert (
        catalogue.search(database, "灯塔值守登记") == () or catalogue.search(database, "灯塔值守登记")[0].why == "相近"
    )
    [hit] = catalogue.search(database, "灯塔看护登记")
    assert hit.edition == 2

    with database.call() as cursor:
        cursor.execute(
            "UPDATE item_editions SET state = 'withdrawn' WHERE code = %s AND state = 'published'", (item.code,)
        )
    assert [found for found in catalogue.search(database, "看灯塔") if found.why != "相近"] == []


def test_a_draft_changes_nothing_that_is_found(town: Town) -> None:
    database = town.platform.database
    before = catalogue_search.generation(database)
    item = elsewhere(town, REGION, 41, name="没有公布的登记", title="")
    catalogue.save_edition(database, item, state="draft")
    assert catalogue_search.generation(database) == before


def test_many_at_once_are_read_anew(town: Town) -> None:
    database = town.platform.database
    many = [
        catalogue.Edition(
            elsewhere(town, "990104", 50_000 + number, name=f"第{number}号渡口登记", title="", popular_names=()),
            catalogue.State.PUBLISHED,
        )
        for number in range(250)
    ]
    catalogue.search(database, "食品")
    assert catalogue.save_editions(database, many) == 250
    catalogue_search.warm(database)
    page = catalogue_search.look_up(database, Wish("渡口登记", "990104"), most=5)
    assert (page.total, len(page.hits)) == (250, 5)


def test_counts_say_what_a_click_would_show(town: Town) -> None:
    database = town.platform.database
    page = catalogue_search.look_up(database, Wish("许可", REGION), most=1)
    for kind, number in page.counts.kind.items():
        assert catalogue_search.look_up(database, Wish("许可", REGION, kind=kind)).total == number
    for organ, number in page.counts.organ.items():
        assert catalogue_search.look_up(database, Wish("许可", REGION, organ=organ)).total == number
    assert catalogue_search.look_up(database, Wish("许可", REGION, online=True)).total == page.counts.online
    assert catalogue_search.look_up(database, Wish("许可", REGION, at_once=True)).total == page.counts.at_once


def test_use_is_counted_once_behind_the_journal(town: Town) -> None:
    database = town.platform.database
    while item_use.tally(database):
        pass
    before = {(region, item): filed for region, item, filed in item_use.most_used(database)}
    town.submit("linzhao", SUSPENSION)
    while item_use.tally(database):
        pass
    after = {(region, item): filed for region, item, filed in item_use.most_used(database)}
    assert after[REGION, SUSPENSION] == before.get((REGION, SUSPENSION), 0) + 1
    assert item_use.tally(database) == 0


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(max_size=60) | st.text(alphabet="食品经营许可开饭馆kfgspjyxaien 123%_\\'", max_size=20),
    place=st.sampled_from(["", "990102", "x", "999999999999", "000000"]),
    within=st.sampled_from(["", "990121", "0", "区"]),
)
def test_no_question_fails(town: Town, words: str, place: str, within: str) -> None:
    page = catalogue_search.look_up(town.platform.database, Wish(words, place, within), most=3, districts=("990102",))
    assert len(page.hits) <= min(page.total, 3)
    catalogue_search.suggest(town.platform.database, words, place=place)
