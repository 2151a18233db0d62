"""Scenarios: what the law makes of a course of events, written so that an official could have written it.

A scenario names an item, the answers, and what happens day by day; at its end (or anywhere in between) it says what
must be true. A sentence marked 拒绝 must be refused, by the rule it names. Every scenario that ships runs as a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.calendar import Calendar
from banjie.engine.cases import STAGE_NAMES, Case, Law, decide, decision_timers, fold, running
from banjie.engine.clock import Reckoning, TimerKind, reckon
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.packs.calendars import load_calendar
from banjie.packs.city import City, load_city
from banjie.packs.load import ITEMS, load_item, pack_files
from banjie.packs.reading import SHORT, PackError, PackFault, Reading, compose
from banjie.packs.scenario_lines import Sentence, Setting, Unreadable, command_of, take_apart
from banjie.packs.words import KEYS

SCENARIOS = files("banjie") / "content" / "scenarios"
CALENDARS = files("banjie") / "content" / "calendars"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the course: an act, an act that must be refused (with the rule), or what must be true now."""

    act: str = ""
    refused: str = ""
    rule: str = ""
    now: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A course of events and what must come of it. `item` is the name of the item's file, without .yaml."""

    name: str
    item: str
    course: tuple[Line, ...]
    outcome: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    company: str = "c-chunhe"


@dataclass(frozen=True, slots=True)
class Written:
    """A scenario with the file and the lines it was read from."""

    scenario: Scenario
    reading: Reading


SCENARIO_KEYS: dict[type, dict[str, str]] = {
    Scenario: {
        "情景": "name",
        "事项": "item",
        "情形": "answers",
        "填表": "data",
        "容缺后补": "later",
        "申请单位": "company",
        "经过": "course",
        "结果": "outcome",
    },
    Line: {"做": "act", "拒绝": "refused", "依据": "rule", "此时": "now"},
}


def load_scenario(source: Path | Traversable) -> Written:
    """A scenario from its file. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, {**KEYS, **SCENARIO_KEYS}, {**SHORT, Line: lambda text: Line(act=text)})
    scenario: Scenario | None = reading.value(Scenario, node)
    reading.check()
    assert scenario is not None  # noqa: S101 — check() has raised if anything was wrong.
    return Written(scenario, reading)


def load_scenarios(folder: Path | Traversable = SCENARIOS) -> tuple[Written, ...]:
    """The scenarios of a folder, by file name. Raises `PackError` as `load_scenario` does."""
    return tuple(load_scenario(source) for source in pack_files(folder))


def run(
    written: Written,
    *,
    items: Path | Traversable = ITEMS,
    city: City | None = None,
    calendar: Calendar | None = None,
) -> tuple[PackFault, ...]:
    """Play a scenario: what did not come out as written, with file and line; nothing, if all is as it should be."""
    scenario, reading = written.scenario, written.reading
    town = city or _shipped_city()
    try:
        item = load_item(items / f"{scenario.item}.yaml")
        company = next(company for company in town.companies if company.id == scenario.company)
    except (PackError, StopIteration, FileNotFoundError):
        reading.note("item", "找不到这个事项或申请单位", "请核对事项文件名和单位编号")
        return tuple(reading.faults)
    law = Law(item, calendar or _shipped_calendar(town.region))
    setting = Setting(item, town, company, scenario.answers, scenario.data, scenario.later)
    return _Play(setting, law, reading).through(scenario)


@dataclass(slots=True)
class _Play:
    """A scenario being played: the case as it stands and the day it is."""

    setting: Setting
    law: Law
    reading: Reading
    case: Case = field(default_factory=Case)
    today: date = date.min

    def through(self, scenario: Scenario) -> tuple[PackFault, ...]:
        for index, line in enumerate(scenario.course):
            path = f"course[{index}]"
            try:
                self._line(line, path)
            except Unreadable as unreadable:
                self.reading.note(path, unreadable.reason, unreadable.remedy)
            if self.reading.faults:
                return tuple(self.reading.faults)
        self._compare(scenario.outcome, "outcome")
        return tuple(self.reading.faults)

    def _line(self, line: Line, path: str) -> None:
        if line.now:
            self._compare(line.now, path)
        elif line.refused:
            self._refused(take_apart(line.refused), line.rule, path)
        else:
            self._act(take_apart(line.act), path)

    def _act(self, sentence: Sentence, path: str) -> None:
        try:
            self._do(sentence)
        except Refused as refused:
            self.reading.note(path, f"被拒绝：{refused}", f"请改正经过，或写成“拒绝”（{refused.remedy}）")

    def _refused(self, sentence: Sentence, rule: str, path: str) -> None:
        try:
            self._do(sentence)
        except Refused as refused:
            if not rule or rule not in f"{refused.rule}{refused.reason}":
                self.reading.note(path, f"拒绝的依据是“{refused.rule}”，不是“{rule}”", "请核对“依据”")
        except Malformed as malformed:
            if not rule or rule not in malformed.reason:
                self.reading.note(path, f"拒绝的理由是“{malformed.reason}”", "请核对“依据”")
        else:
            self.reading.note(path, "应当拒绝，却办成了", "请核对经过，这里可能是规则有缺口")

    def _do(self, sentence: Sentence) -> None:
        if sentence.on < self.today:
            raise Unreadable(f"{sentence.on} 早于上一步", "请按先后写")
        actor = self.setting.actor(sentence.who, sentence.on)
        command = command_of(sentence, self.case, self.setting)
        history = decide(self.case, command, actor=actor, now=sentence.now, law=self.law)
        self.case = fold(history, self.case)
        self.today = sentence.on

    def _compare(self, wanted: Mapping[str, str], path: str) -> None:
        for words, value in wanted.items():
            look = LOOKS.get(words)
            if look is None:
                self.reading.note(f"{path}.{words}", f"没有“{words}”这项结果", "可用：" + "、".join(LOOKS))
                continue
            found = look(self)
            if found != value:
                self.reading.note(f"{path}.{words}", f"“{words}”应为“{value}”，实为“{found}”", "请核对经过或规则")

    def clock(self, kind: TimerKind) -> Reckoning | None:
        """What the clock of that kind says today, decided or not; None before it runs."""
        for timer in decision_timers(self.case, self.law) if self.case.accepted_on else ():
            if timer.kind is kind:
                return reckon(timer, self.case.pauses, self.law.calendar, self.today, self.law.rules)
        found = (one for one in running(self.case, self.law, self.today) if one.timer.kind is kind)
        return next((one.reckoning for one in found), None)

    def due(self, kind: TimerKind) -> str:
        clock = self.clock(kind)
        return clock.due_on.isoformat() if clock else "无"


def _day(value: date | None) -> str:
    return value.isoformat() if value else "无"


def _elapsed(play: _Play) -> str:
    clock = play.clock(TimerKind.STATUTORY)
    return str(clock.elapsed) if clock else "无"


def _is_late(play: _Play) -> str:
    clock = play.clock(TimerKind.PROMISED)
    return "是" if clock is not None and clock.late else "否"


def _steps(play: _Play) -> str:
    return "、".join(play.law.item.workflow.step(key).name for key in play.case.active) or "无"


LOOKS: dict[str, Callable[[_Play], str]] = {
    "阶段": lambda play: STAGE_NAMES[play.case.stage],
    "受理日": lambda play: _day(play.case.accepted_on),
    "视为受理": lambda play: "是" if play.case.silent else "否",
    "当前环节": _steps,
    "最迟答复日": lambda play: play.due(TimerKind.REPLY),
    "补正截止日": lambda play: play.due(TimerKind.CORRECTION),
    "法定办结日": lambda play: play.due(TimerKind.STATUTORY),
    "承诺办结日": lambda play: play.due(TimerKind.PROMISED),
    "特别程序截止日": lambda play: play.due(TimerKind.SPECIAL),
    "送达截止日": lambda play: play.due(TimerKind.DELIVERY),
    "决定日": lambda play: _day(play.case.decided_on),
    "送达日": lambda play: _day(play.case.delivered_on),
    "已用工作日": _elapsed,
    "超承诺期限": _is_late,
    "容缺未补": lambda play: "、".join(one.material for one in play.case.open_tolerances) or "无",
}
"""What a scenario may say must be true, by its words."""


@cache
def _shipped_city() -> City:
    return load_city()


@cache
def _shipped_calendar(region: str) -> Calendar:
    return load_calendar(CALENDARS, region)
