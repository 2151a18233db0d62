"""Places for addresses as the database keeps them: what lies below, full names, and what is gone."""

from tests.town import Town


def test_what_lies_in_a_place_and_what_it_is_called(town: Town) -> None:
    regions = town.platform.regions
    assert [place.name for place in regions.below("990100")] == ["江左区", "江右区", "青禾县"]
    assert "岚东省" in [place.name for place in regions.below("")]
    assert regions.name("990102001001") == "岚东省澜江市江左区望江街道江畔社区"
    assert regions.name("990199") == ""


def test_an_address_needs_the_smallest_place_and_one_that_still_is(town: Town) -> None:
    regions = town.platform.regions
    assert regions.address_name("990102001001")
    assert regions.address_name("990102001000") == ""
    assert regions.address_name("990102101205") == ""
    assert regions.address_name("x") == ""


def test_figures_count_counties_and_not_villages(town: Town) -> None:
    with town.platform.database.call() as cursor:
        row = cursor.execute("SELECT count(*) AS many FROM regions WHERE level > 4").fetchone()
    assert row is not None
    assert row["many"] > 40
