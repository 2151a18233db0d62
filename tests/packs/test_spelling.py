"""Readings, synonyms and the events of life: the data that searching stands on."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.packs.life_events import load_life_events
from banjie.packs.reading import PackError
from banjie.packs.spelling import syllables
from banjie.packs.synonyms import load_synonyms, read_groups


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("食品经营许可", "shi pin jing ying xu ke"),
        ("银行", "yin hang"),
        ("行政", "xing zheng"),
        ("会计", "kuai ji"),
        ("重庆长江", "chong qing chang jiang"),
        ("A级", "A ji"),
        ("䶮", "yan"),
    ],
)
def test_words_are_read_as_people_read_them(words: str, read: str) -> None:
    assert " ".join(syllables(words)) == read


@given(st.text(max_size=30))
def test_every_sign_has_one_reading(words: str) -> None:
    assert len(syllables(words)) == len(words)


def test_a_phrase_is_put_in_other_words() -> None:
    synonyms = load_synonyms(date(2026, 11, 24))
    assert "开餐厅" in synonyms.reworded("开饭馆")
    assert synonyms.reworded("食品经营许可") == ()


def test_a_group_holds_from_its_first_to_its_last_day(tmp_path: Path) -> None:
    (tmp_path / "codes.yaml").write_text(
        "近义词:\n  - {词: [健康码, 防疫码], 起: 2020-02-01, 止: 2022-12-12}\n", "utf-8"
    )
    assert load_synonyms(date(2022, 12, 12), tmp_path).reworded("健康码") == ("防疫码",)
    assert load_synonyms(date(2022, 12, 13), tmp_path).reworded("健康码") == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("近义词:\n  - 词: [饭馆]\n", "至少要有两个词"),
        ("近义词:\n  - {词: [饭馆, 饭店], 起: 2026-02-01, 止: 2026-01-01}\n", "结束日期早于开始日期"),
        ("近义词:\n  - {词: [饭馆, 饭店], 从: 2026-02-01}\n", "从"),
        ("近义词: [", ""),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(PackError) as caught:
        read_groups(file)
    assert wrong in str(caught.value)


def test_the_events_of_life_that_ship_can_be_read() -> None:
    events = load_life_events()
    assert len(events) >= 4
    assert all(event.matters for event in events)
    assert events[0].offering(lambda words: words == "开饭馆").matters == ("开饭馆",)
