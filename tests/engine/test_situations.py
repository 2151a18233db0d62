"""情形引导 on the food licence: which questions come, which materials follow, who is led elsewhere."""

import pytest

from banjie.engine.catalogue import Item
from banjie.engine.ids import Malformed
from banjie.engine.situations import materials_for, resolve, visible_questions
from banjie.packs.load import ITEMS, load_item, load_items


@pytest.fixture(scope="module")
def food() -> Item:
    return load_item(ITEMS / "food_business.yaml")


# Answers | the next question, 「齐」 when complete, 「✗」 when one cannot apply | materials asked for, besides the
# business licence and the (voluntary) authorisation that come in every situation.
TABLE = """
-                                                    | apply_type  |
apply_type=new                                       | business    | floor_plan safety_rules
apply_type=new business=sale                         | 齐          | floor_plan safety_rules
apply_type=new business=catering                     | cold_or_raw | floor_plan safety_rules
apply_type=new business=catering cold_or_raw=none    | 齐          | floor_plan safety_rules
apply_type=new business=catering cold_or_raw=cold    | 齐          | floor_plan safety_rules special_room
apply_type=new business=canteen cold_or_raw=raw      | 齐          | floor_plan safety_rules special_room cold_chain
apply_type=new business=prepackaged                  | ✗           | floor_plan safety_rules
apply_type=renewal business=sale                     | unchanged   | food_licence
apply_type=renewal business=sale unchanged=unchanged | 齐          | food_licence unchanged_statement
apply_type=renewal business=sale unchanged=changed   | 齐          | food_licence
apply_type=change business=sale change=person        | 齐          | floor_plan safety_rules food_licence change_proof
apply_type=change business=sale change=place         | ✗           | floor_plan safety_rules food_licence change_proof
business=sale                                        | apply_type  |
"""
IN_EVERY_SITUATION = {"business_licence", "authorisation"}


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_resolution(food: Item, line: str) -> None:
    answered, then, materials = (part.strip() for part in line.split("|"))
    answers = dict(pair.split("=") for pair in answered.split() if "=" in pair)
    resolution = resolve(food, answers)
    if then == "✗":
        assert resolution.ineligible
        assert resolution.next_question is None
        assert not resolution.complete
    elif then == "齐":
        assert resolution.complete
        assert not resolution.ineligible
    else:
        assert resolution.next_question is not None
        assert resolution.next_question.key == then
    asked = [material.key for material in resolution.materials if material.key not in IN_EVERY_SITUATION]
    assert asked == materials.split()
    assert resolution.materials == materials_for(food, resolution.facts)


def test_answers_to_questions_no_longer_shown_are_dropped(food: Item) -> None:
    answers = {"apply_type": "new", "business": "sale", "cold_or_raw": "raw", "change": "items"}
    assert resolve(food, answers).facts == {"apply_type": "new", "business": "sale"}
    assert [question.key for question in visible_questions(food, answers)] == ["apply_type", "business"]


@pytest.mark.parametrize(
    "answers", [{"apply_type": "steal"}, {"colour": "red"}, {"apply_type": "new", "business": "a\x00b"}]
)
def test_unknown_answers_are_malformed(food: Item, answers: dict[str, str]) -> None:
    with pytest.raises(Malformed) as caught:
        resolve(food, answers)
    assert caught.value.remedy
    assert "\x00" not in str(caught.value)


def test_every_combination_of_every_item_ends() -> None:
    for item in load_items():
        open_ends: list[dict[str, str]] = [{}]
        ends = 0
        while open_ends:
            answers = open_ends.pop()
            resolution = resolve(item, answers)
            if resolution.next_question is None:
                ends += 1
                assert resolution.complete is not bool(resolution.ineligible)
                continue
            question = resolution.next_question
            open_ends.extend({**answers, question.key: option.value} for option in question.options)
        assert ends >= 3
