"""Phrases found as they are written, as they sound, and as they are nearly written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.packs.phrases import Kind, Phrases, squeezed
from banjie.packs.spelling import syllables

_SIGNS = "食品经营许可药店道路挖掘登记备案开饭馆"


def phrases(*names: str) -> Phrases:
    made = Phrases()
    made.add((number, Kind.NAME, name) for number, name in enumerate(names))
    return made


@given(st.lists(st.text(alphabet=_SIGNS, min_size=1, max_size=8), min_size=1, max_size=12), st.data())
def test_every_part_finds_exactly_the_phrases_that_have_it(names: list[str], data: st.DataObject) -> None:
    made = phrases(*names)
    name = data.draw(st.sampled_from(names))
    first = data.draw(st.integers(0, len(name) - 1))
    part = name[first : data.draw(st.integers(first + 1, len(name)))]
    assert set(made.written(part)) == {number for number, other in enumerate(names) if part in other}
    heads = {number for number, match in made.written(part).items() if match.rank < 20}
    assert heads == {number for number, other in enumerate(names) if other.startswith(part)}


@given(st.lists(st.text(alphabet=_SIGNS, min_size=2, max_size=8), min_size=1, max_size=8), st.data())
def test_every_beginning_of_the_sound_finds_the_phrase(names: list[str], data: st.DataObject) -> None:
    made = phrases(*names)
    number = data.draw(st.integers(0, len(names) - 1))
    sound = "".join(syllables(names[number]))
    assert number in made.spoken(sound[: data.draw(st.integers(2, len(sound)))])
    assert number in made.spoken("".join(one[0] for one in syllables(names[number])))


@given(st.text(alphabet=_SIGNS, min_size=4, max_size=10), st.data())
def test_one_mistake_is_forgiven(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = data.draw(
        st.sampled_from(
            (
                name[:at] + "猫" + name[at + 1 :],
                name[:at] + name[at + 1 :],
                name[:at] + "猫" + name[at:],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
            )
        )
    )
    made = phrases(name)
    assert 0 in made.alike(wrong) or 0 in made.written(wrong)


@pytest.mark.parametrize("word", ["卖猫", "猫猫狗", "食猫狗可", "猫品经狗许可"])
def test_two_mistakes_are_another_word(word: str) -> None:
    assert phrases("食品经营许可").alike(word) == {}


def test_a_sound_begins_with_a_syllable() -> None:
    made = phrases("开饭馆")
    assert made.spoken("fanguan")
    assert not made.spoken("anguan")
    assert not made.spoken("aifan")


def test_phrases_are_added_while_others_stand() -> None:
    made = phrases("食品经营许可")
    made.add([(7, Kind.POPULAR, "开饭馆（大的）"), (8, Kind.LAW, "食品安全法")])
    assert set(made.written("食品")) == {0}
    assert set(made.written("食品安全")) == {8}
    assert set(made.spoken("kfg")) == {7}
    assert made.spoken("shipinanquan") == {}
    assert squeezed(" Ａ级（开）饭馆 ") == "a级开饭馆"
