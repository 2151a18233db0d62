"""A due date's proof: what it says, and that nothing in it can be changed unnoticed."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine.clock import (
    DEFAULT_RULES,
    ClockRules,
    Extension,
    Pause,
    PauseKind,
    Term,
    Timer,
    TimerKind,
    Unit,
)
from banjie.engine.proof import FORMAT, Proof, explain, prove, to_json, verify
from banjie.packs.calendars import load_calendar

CALENDARS = Path(__file__).parents[2] / "src/banjie/content/calendars"
LANJIANG = load_calendar(CALENDARS, "990100")
TERM = Term(20, Unit.WORKING_DAY, "《行政许可法》第四十二条第一款")
MORE = Extension(10, "案情复杂", "局长 周予安", date(2026, 11, 5))
HEARING = Pause(PauseKind.SPECIAL, "听证", date(2026, 10, 9), date(2026, 10, 21), "第四十五条", "许可二科 沈知遥")
VISIT = Pause(PauseKind.SITE_VISIT, "现场勘验", date(2026, 10, 22), date(2026, 10, 26), "科室安排", "许可二科 沈知遥")
TIMER = Timer(TimerKind.STATUTORY, TERM, date(2026, 9, 24), (MORE,))
PROOF = prove(TIMER, [VISIT, HEARING], LANJIANG, date(2026, 11, 12))


def written() -> dict[str, Any]:
    """The proof of the hearing as another system would receive it."""
    document: dict[str, Any] = json.loads(json.dumps(to_json(PROOF), ensure_ascii=False))
    return document


def test_the_hearing_is_told_in_plain_chinese() -> None:
    assert explain(PROOF) == [
        "法定办结期限：20个工作日（《行政许可法》第四十二条第一款）。",
        "起算：2026年9月24日（周四）受理。自受理之日起算，当日不计，次一工作日为第1日；期限到末日终了时届满。",
        "延长：2026年11月5日（周四）经局长 周予安批准，延长10个工作日；理由：案情复杂。",
        (
            "暂停：特别程序（听证），自2026年10月9日（周五）起，2026年10月21日（周三）恢复计算；"
            "依据：第四十五条；经办：许可二科 沈知遥。"
        ),
        "现场勘验：2026年10月22日（周四）起，不停止本期限的计算。",
        (
            "不计入：2026年9月25日（周五）至2026年9月27日（周日）中秋节放假；"
            "2026年10月1日（周四）至2026年10月7日（周三）国庆节放假。"
        ),
        "另有周末13天不计入。",
        "暂停期间共有9个工作日不计入。",
        "到期日：2026年11月25日（周三），当日终了时届满。",
        "截至2026年11月12日（周四），已用21个工作日，剩余9个工作日。",
    ]


def test_every_day_is_counted_or_skipped_with_its_reason() -> None:
    days = {day: (verdict, why) for day, verdict, why in written()["days"]}
    assert len(days) == (date(2026, 11, 25) - date(2026, 9, 24)).days
    assert days["2026-09-25"] == ("holiday", "中秋节放假")
    assert days["2026-09-28"] == ("counted", "工作日")
    assert days["2026-10-10"] == ("paused", "听证期间，不计入")
    assert days["2026-10-11"] == ("weekend", "周日")
    assert days["2026-10-21"] == ("counted", "工作日")
    assert sum(verdict == "counted" for verdict, _ in days.values()) == 30


def test_a_true_proof_holds_by_itself_and_beside_the_published_calendar() -> None:
    verdict = verify(written())
    assert verdict.ok
    assert verdict.sentence == (
        "凭证无误：20个工作日，延长10，自2026年9月24日（周四）起算，到期日为2026年11月25日（周三）。"
    )
    assert verify(written(), LANJIANG).ok
    assert verify(to_json(PROOF)).ok


def tampered(*path: str | int, value: object) -> dict[str, Any]:
    document = written()
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (tampered("due_on", value="2026-11-26"), "到期日应为“2026-11-25”，凭证写的是“2026-11-26”。"),
        (tampered("elapsed", value=20), "已用天数应为21，凭证写的是20。"),
        (tampered("elapsed", value=21.0), "已用天数应为21，凭证写的是无法辨认的内容。"),
        (tampered("late", value=True), "超期标记应为否，凭证写的是是。"),
        (tampered("late", value=0), "超期标记应为否，凭证写的是0。"),
        (tampered("days", 3, 1, value="weekend"), "2026-09-28应记为“工作日”（counted）"),
        (tampered("days", 3, value="x"), "不完整的一行"),
        (tampered("days", value=[]), "计日明细应有62天，凭证有0天。"),
        (tampered("days", value=7), "计日明细应为列表。"),
        (tampered("term", "number", value=25), "计日明细应有69天，凭证有62天。"),
        (tampered("term", "number", value=True), "数量（number）应为0至100000的整数，现为是。"),
        (tampered("term", "number", value=99_999), "超出日历范围"),
        (tampered("term", "unit", value="weeks"), "单位（unit）应为working、calendar、hour之一"),
        (tampered("term", value=None), "期限应为一组键值，现为空。"),
        (tampered("event_on", value="20260924"), "起算事件日（event_on）应为如2026-09-24的日期"),
        (tampered("event_on", value="0001-01-01"), "起算事件日（event_on）应为如2026-09-24的日期"),
        (tampered("pauses", 0, "end", value="2026-10-20"), "2026-10-20应记为“工作日”"),
        (tampered("pauses", 0, "end", value="2026-10-01"), "早于暂停开始日"),
        (tampered("pauses", 1, "stops", value=True), "暂停与重新计算的结果不符。"),
        (tampered("stops", value=["special", "site_visit"]), "法定办结期限不因现场勘验停止计算"),
        (tampered("calendar", "special_days", 0, value=["2026-09-25", "weekend", ""]), "种类应为放假"),
        (tampered("calendar", "special_days", 0, value=["2026-09-25"]), "三段文字"),
        (tampered("calendar", "published_years", value=[2026, "2027"]), "已公布年份中有“2027”"),
        (tampered("calendar", "published_years", value=[]), "当年放假安排未公布"),
        (tampered("start_rule", value="自次日起算。"), "起算规则应为“自受理之日起算"),
        (tampered("format", value="banjie-clock-proof/9"), "凭证的格式应为“banjie-clock-proof/1”"),
        (tampered("remark", value="x"), "凭证多出一项“remark”"),
    ],
)
def test_a_tampered_proof_is_told_apart_in_one_sentence(document: dict[str, Any], sentence: str) -> None:
    verdict = verify(document)
    assert not verdict.ok
    assert sentence in verdict.sentence
    assert "\n" not in verdict.sentence


@pytest.mark.parametrize("key", sorted(written()))
def test_a_missing_part_is_named(key: str) -> None:
    document = written()
    del document[key]
    verdict = verify(document)
    assert not verdict.ok
    assert key in verdict.sentence or FORMAT in verdict.sentence


def test_a_made_up_holiday_agrees_with_itself_but_not_with_the_published_calendar() -> None:
    invented = replace(LANJIANG, holidays={**LANJIANG.holidays, date(2026, 11, 9): "庙会"})
    document = to_json(prove(TIMER, [HEARING], invented, date(2026, 11, 12)))
    assert verify(document).ok
    verdict = verify(document, LANJIANG)
    assert not verdict.ok
    assert "多出2026-11-09（庙会）" in verdict.sentence


def test_a_rolled_limit_and_hours_are_proved_too() -> None:
    rolling = ClockRules(DEFAULT_RULES.stops, roll_calendar_due_to_working=True)
    timer = replace(TIMER, term=Term(8, Unit.CALENDAR_DAY), extensions=())
    proof = prove(timer, (), LANJIANG, date(2026, 9, 24), rolling)
    assert [row[1] for row in to_json(proof)["days"]] == ["counted"] * 8 + ["rolled"] * 6  # type: ignore[attr-defined]  # The document's values are typed object.
    assert verify(to_json(proof)).ok
    assert any("顺延至次一工作日" in line for line in explain(proof))
    hours = prove(replace(timer, term=Term(25, Unit.HOUR)), (), LANJIANG, date(2026, 9, 27))
    assert explain(hours)[-1] == "截至2026年9月27日（周日），已用3个自然日，已过到期日，超期1个自然日。"
    assert verify(to_json(hours)).ok


def test_an_open_pause_and_a_provisional_date_say_so() -> None:
    waiting = replace(HEARING, start=date(2026, 12, 28), end=None)
    timer = replace(TIMER, event_on=date(2026, 12, 21), extensions=())
    proof = prove(timer, [waiting], LANJIANG, date(2027, 1, 4))
    lines = explain(proof)
    assert "暂停：特别程序（听证），自2026年12月28日（周一）起，尚未结束；" in lines[2]
    assert "到期日为暂定" in lines[-2]
    assert lines[-1].endswith("剩余16个工作日（计算已暂停）。")
    assert verify(to_json(proof), LANJIANG).ok


@st.composite
def proofs(draw: st.DrawFn) -> Proof:
    """Any proof of a case received in the autumn of 2026, with up to four pauses."""
    event_on = draw(st.dates(date(2026, 8, 25), date(2026, 12, 31)))
    spans = draw(st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 20), st.booleans()), max_size=4))
    pauses = [
        replace(
            HEARING,
            start=event_on + timedelta(days=start),
            end=None if still else event_on + timedelta(days=start + length),
        )
        for start, length, still in spans
    ]
    rules = ClockRules(DEFAULT_RULES.stops, roll_calendar_due_to_working=draw(st.booleans()))
    term = Term(draw(st.integers(0, 45)), draw(st.sampled_from(list(Unit))))
    timer = replace(TIMER, event_on=event_on, term=term, extensions=())
    return prove(timer, pauses, LANJIANG, event_on + timedelta(days=draw(st.integers(-5, 90))), rules)


@settings(max_examples=150, deadline=None)
@given(proofs())
def test_every_proof_we_write_verifies(proof: Proof) -> None:
    document: dict[str, Any] = json.loads(json.dumps(to_json(proof)))
    assert sum(verdict == "counted" for _, verdict, _ in document["days"]) == proof.timer.total
    backwards = prove(proof.timer, proof.pauses[::-1], LANJIANG, proof.today, proof.rules)
    assert to_json(backwards) == document
    assert verify(document, LANJIANG).ok
    assert explain(proof)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.data(), json_values)
def test_no_document_makes_the_check_fail_with_an_error(data: st.DataObject, junk: object) -> None:
    document: Any = deepcopy(written())
    part: Any = document
    for _ in range(data.draw(st.integers(0, 2))):
        keys = sorted(part) if isinstance(part, dict) else range(len(part) if isinstance(part, list) else 0)
        inner = [part[key] for key in keys if isinstance(part[key], dict | list) and part[key]]
        if not inner:
            break
        part = data.draw(st.sampled_from(inner))
    key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else list(range(len(part)))))
    same = json.dumps(part[key], sort_keys=True) == json.dumps(junk, sort_keys=True)
    part[key] = junk
    verdict = verify(document)
    assert verdict.sentence
    assert not verdict.ok or same or isinstance(junk, str) or junk in ([], None)
    assert not verify(junk).ok  # type: ignore[arg-type]  # What a stranger sends need not be a mapping.
