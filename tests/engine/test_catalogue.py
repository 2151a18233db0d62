"""The defaults of an item are those of the licensing law."""

from dataclasses import replace

from banjie.packs.load import ITEMS, load_item


def test_terms_nobody_wrote_are_those_of_the_law() -> None:
    food = load_item(ITEMS / "food_business.yaml")
    assert (food.reply.number, food.reply.basis) == (5, "行政许可法第三十二条第一款第（四）项")
    assert (food.delivery.number, food.delivery.basis) == (10, "行政许可法第四十四条")
    assert food.extension_days == 10


def test_the_heading_is_the_option_s_own_name_where_it_has_one() -> None:
    food = load_item(ITEMS / "food_business.yaml")
    assert food.heading == "食品经营许可"
    assert replace(food, title="食品经营许可新办").heading == "食品经营许可新办"
