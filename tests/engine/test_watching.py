"""When a clock shows a card: the thresholds, the next day on which it changes, the ladder."""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.clock import Pause, PauseKind, Term, Timer, TimerKind, Unit, reckon
from banjie.engine.watching import Callee, Level, Light, Rung, level_of, light_for, next_change, next_rung
from banjie.packs.calendars import load_calendar
from banjie.packs.reading import PackError
from banjie.packs.watching import SHIPPED, read_watching, watching

CALENDAR = load_calendar(files("banjie.content") / "calendars", "990100")
PROMISE = Light((TimerKind.PROMISED,))
FILED = date(2026, 11, 2)

# Days of the term, then the level on each working day after the event: . none, b blue, y yellow, r red.
SHOWN = """
1   yr
2   .yr
3   .yyr
5   ..byyr
10  .......byyr
20  .................yyyr
"""


@pytest.mark.parametrize("line", SHOWN.strip().splitlines())
def test_each_day_of_a_term_shows_its_card(line: str) -> None:
    number, shown = line.split()
    names = {Level.NONE: ".", Level.BLUE: "b", Level.YELLOW: "y", Level.RED: "r", Level.STATUTORY: "s"}
    days = [CALENDAR.add_working(FILED, ahead) for ahead in range(1, int(number) + 2)]
    timer = Timer(TimerKind.PROMISED, Term(int(number), Unit.WORKING_DAY), FILED)
    found = "".join(names[level_of(PROMISE, timer, reckon(timer, (), CALENDAR, day))] for day in days)
    assert found == shown


def test_past_the_law_is_a_level_of_its_own_and_a_stopped_clock_shows_nothing_new() -> None:
    timer = Timer(TimerKind.STATUTORY, Term(5, Unit.WORKING_DAY), FILED)
    late = reckon(timer, (), CALENDAR, date(2026, 11, 20))
    assert level_of(Light((TimerKind.STATUTORY,)), timer, late) is Level.STATUTORY
    stop = Pause(PauseKind.SPECIAL, "专家评审", date(2026, 11, 5), None, "", "")
    stopped = reckon(timer, (stop,), CALENDAR, date(2026, 11, 20))
    assert level_of(Light((TimerKind.STATUTORY,)), timer, stopped) is Level.NONE
    assert next_change(PROMISE, timer, stopped, CALENDAR, date(2026, 11, 20)) is None


@given(
    total=st.integers(0, 45),
    start=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    unit=st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]),
)
def test_looking_only_on_the_days_of_change_misses_nothing(total: int, start: date, unit: Unit) -> None:
    timer = Timer(TimerKind.PROMISED, Term(total, unit), start)
    today, looked, level = start, start, Level.NONE
    for _ in range(200):
        reckoning = reckon(timer, (), CALENDAR, today)
        shown = level_of(PROMISE, timer, reckoning)
        if today == looked:
            level = shown
            again = next_change(PROMISE, timer, reckoning, CALENDAR, today)
            if again is None:
                assert shown is Level.RED
                return
            assert again > today
            looked = again
        assert shown is level, f"{today} 应看而没有看"
        today += timedelta(days=1)
    raise AssertionError("没有到头")


def test_the_item_s_own_rule_comes_before_the_organ_s_before_everybody_s() -> None:
    every, organ = Light((TimerKind.PROMISED,)), Light((TimerKind.PROMISED,), organ="o")
    item = Light((TimerKind.PROMISED,), item="i")
    assert light_for((every, organ, item), TimerKind.PROMISED, "i", "o") is item
    assert light_for((every, organ, item), TimerKind.PROMISED, "x", "o") is organ
    assert light_for((every, organ, item), TimerKind.PROMISED, "x", "y") is every
    assert light_for((every, organ, item), TimerKind.CORRECTION, "i", "o") is None


def test_the_ladder_is_climbed_by_working_days() -> None:
    ladder = (Rung(0, Callee.HANDLER), Rung(1, Callee.SECTION))
    friday = date(2026, 11, 6)
    assert next_rung(ladder, 0, friday, CALENDAR) == (ladder[0], friday)
    assert next_rung(ladder, 1, friday, CALENDAR) == (ladder[1], date(2026, 11, 9))
    assert next_rung(ladder, 2, friday, CALENDAR) is None


def test_what_a_city_writes_wrongly_is_named_with_its_line(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's own
    assert watching().reply_days == 1
    text = SHIPPED.read_text(encoding="utf-8")
    for was, wrong, said in (
        ("[TL, TX, T10]", "[TL, XX]", "XX"),
        ("叫: 机关负责人", "叫: 省长", "不能叫"),
        ("黄牌已用比例: 90, 黄牌剩余天数: 1, 短期限天数: 3", "黄牌已用比例: 900", "0 到 100"),
        ("良好: 85", "良好: 99", "从高到低"),
        ("查什么: batch", "查什么: magic", "magic"),
    ):
        path = tmp_path / "watching.yaml"
        path.write_text(text.replace(was, wrong, 1), encoding="utf-8")
        with pytest.raises(PackError, match=said):
            read_watching(path)
