"""Which stops hold up which clock: the file that ships, and what is refused in one's own."""

from pathlib import Path

import pytest

from banjie.engine.clock import DEFAULT_RULES, PauseKind, TimerKind
from banjie.engine.ids import Malformed
from banjie.packs.clock_rules import clock_rules, read_clock_rules
from banjie.packs.reading import PackError

FILE = "受理答复: [补正]\n法定办结: [特别程序]\n承诺办结: [{}]\n环节: []\n末日顺延: 否\n"


def test_what_ships_is_the_strict_reading_of_the_law() -> None:
    assert clock_rules() == DEFAULT_RULES
    assert clock_rules().stops == DEFAULT_RULES.stops


def test_a_place_may_let_a_site_visit_stop_its_promise(tmp_path: Path) -> None:
    file = tmp_path / "clock.yaml"
    file.write_text(FILE.format("特别程序, 现场勘验"), encoding="utf-8")
    rules = read_clock_rules(file)
    assert rules.stops[TimerKind.PROMISED] == {PauseKind.SPECIAL, PauseKind.SITE_VISIT}
    assert not rules.stops[TimerKind.STEP]


def test_but_not_the_clock_of_the_law(tmp_path: Path) -> None:
    file = tmp_path / "clock.yaml"
    file.write_text(FILE.format("").replace("法定办结: [特别程序]", "法定办结: [现场勘验]"), encoding="utf-8")
    with pytest.raises(Malformed, match="法定办结期限不因"):
        read_clock_rules(file)


def test_a_word_that_is_no_stop_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "clock.yaml"
    file.write_text(FILE.format("午休"), encoding="utf-8")
    with pytest.raises(PackError, match="“午休”不是一种停钟"):
        read_clock_rules(file)
