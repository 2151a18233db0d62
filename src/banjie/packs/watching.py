"""电子监察的规定: what a city sets about cards, orders, causes, incidents, abuse and grades (content/watching.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from banjie.engine.clock import TimerKind
from banjie.engine.clock_abuse import Pattern, Search
from banjie.engine.delay_causes import Cause
from banjie.engine.grades import Formula
from banjie.engine.incidents import Threshold
from banjie.engine.watching import CALLEE_NAMES, Callee, Light, Rung
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "watching.yaml"

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Watching:
    """Everything a city sets about watching."""

    lights: tuple[Light, ...]
    card_ladder: tuple[Rung, ...]
    reply_days: int
    order_ladder: tuple[Rung, ...]
    late_clocks: frozenset[TimerKind]
    """Of which clocks a case that ran out of them has to have a cause."""
    urge_days: int
    evidence_order: tuple[Cause, ...]
    excused: frozenset[Cause]
    late_correction_days: int
    several_corrections: int
    backlog: int
    probe_every_s: int
    probes: Mapping[str, Threshold]
    keep_readings_days: int
    searches: tuple[Search, ...]
    formula: Formula


@dataclass(frozen=True, slots=True)
class _Light:
    timers: tuple[str, ...]
    blue_share: int = 50
    blue_left: int = 2
    yellow_used: int = 90
    yellow_left: int = 1
    short: int = 3
    item: str = ""
    organ: str = ""


@dataclass(frozen=True, slots=True)
class _Rung:
    after: int
    callee: str


@dataclass(frozen=True, slots=True)
class _Orders:
    reply_days: int
    ladder: tuple[_Rung, ...]


@dataclass(frozen=True, slots=True)
class _Causes:
    clocks: tuple[str, ...]
    urge_days: int
    order: tuple[str, ...]
    excused: tuple[str, ...]
    late_correction: int
    corrections: int
    backlog: int


@dataclass(frozen=True, slots=True)
class _Incidents:
    every_s: int
    slow: dict[str, int] = field(default_factory=dict)
    bad: int = 3
    good: int = 3
    keep_days: int = 30


@dataclass(frozen=True, slots=True)
class _Search:
    pattern: str
    days: int = 1
    times: int = 2
    seconds: int = 60
    on: bool = True


@dataclass(frozen=True, slots=True)
class _File:
    lights: tuple[_Light, ...]
    ladder: tuple[_Rung, ...]
    orders: _Orders
    causes: _Causes
    incidents: _Incidents
    searches: tuple[_Search, ...]
    grades: Formula


_KEYS: Final[dict[type, dict[str, str]]] = {
    _File: {
        "亮牌": "lights",
        "红牌提醒": "ladder",
        "督办": "orders",
        "超期原因": "causes",
        "系统故障": "incidents",
        "异常办理": "searches",
        "效能等次": "grades",
    },
    _Light: {
        "时限": "timers",
        "蓝牌剩余比例": "blue_share",
        "蓝牌剩余天数": "blue_left",
        "黄牌已用比例": "yellow_used",
        "黄牌剩余天数": "yellow_left",
        "短期限天数": "short",
        "事项": "item",
        "机关": "organ",
    },
    _Rung: {"工作日": "after", "叫": "callee"},
    _Orders: {"答复工作日": "reply_days", "提醒": "ladder"},
    _Causes: {
        "时限": "clocks",
        "催报工作日": "urge_days",
        "证据次序": "order",
        "免责": "excused",
        "临期补正天数": "late_correction",
        "多次补正": "corrections",
        "积压件数": "backlog",
    },
    _Incidents: {
        "间隔秒": "every_s",
        "慢于毫秒": "slow",
        "不正常次数": "bad",
        "正常次数": "good",
        "记录天数": "keep_days",
    },
    _Search: {"查什么": "pattern", "天数": "days", "次数": "times", "秒数": "seconds", "查": "on"},
    Formula: {
        "满分": "full",
        "黄牌": "yellow",
        "红牌": "red",
        "法定超期": "statutory",
        "督办逾期": "late_order",
        "未说明原因": "no_cause",
        "按期率分值": "on_time_weight",
        "优秀": "excellent",
        "良好": "good",
        "合格": "passed",
    },
}

_CALLEES: Final = {name: callee for callee, name in CALLEE_NAMES.items()}


@cache
def watching() -> Watching:
    """What the shipped file sets; read once a process."""
    return read_watching(SHIPPED)


def read_watching(source: Source) -> Watching:
    """What a file sets about watching. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found = reading.value(_File, node)
    reading.check()
    lights = tuple(
        Light(
            timers=_codes(reading, TimerKind, one.timers, f"lights[{index}].timers"),
            blue_share=one.blue_share,
            blue_left=one.blue_left,
            yellow_used=one.yellow_used,
            yellow_left=one.yellow_left,
            short=one.short,
            item=one.item,
            organ=one.organ,
        )
        for index, one in enumerate(found.lights)
    )
    for index, one in enumerate(lights):
        if not (0 <= one.blue_share <= 100 and 0 <= one.yellow_used <= 100):
            reading.note(f"lights[{index}]", "比例应在 0 到 100 之间", "请填写百分数，例如 90")
    searches = tuple(
        Search(pattern, one.days, one.times, one.seconds, one.on)
        for index, one in enumerate(found.searches)
        for pattern in _codes(reading, Pattern, (one.pattern,), f"searches[{index}].pattern")
    )
    marks = found.grades
    if not marks.full >= marks.excellent > marks.good > marks.passed > 0:
        reading.note("grades", "等次的分数应从高到低", "满分 ≥ 优秀 > 良好 > 合格 > 0")
    watching = Watching(
        lights=lights,
        card_ladder=_ladder(reading, found.ladder, "ladder"),
        reply_days=found.orders.reply_days,
        order_ladder=_ladder(reading, found.orders.ladder, "orders.ladder"),
        late_clocks=frozenset(_codes(reading, TimerKind, found.causes.clocks, "causes.clocks")),
        urge_days=max(found.causes.urge_days, 1),
        evidence_order=_codes(reading, Cause, found.causes.order, "causes.order"),
        excused=frozenset(_codes(reading, Cause, found.causes.excused, "causes.excused")),
        late_correction_days=found.causes.late_correction,
        several_corrections=found.causes.corrections,
        backlog=found.causes.backlog,
        probe_every_s=found.incidents.every_s,
        probes={
            one: Threshold(slow, found.incidents.bad, found.incidents.good)
            for one, slow in found.incidents.slow.items()
        },
        keep_readings_days=found.incidents.keep_days,
        searches=searches,
        formula=marks,
    )
    reading.check()
    return watching


def _codes(reading: Reading, kind: type[E], texts: tuple[str, ...], path: str) -> tuple[E, ...]:
    known = {one.value: one for one in kind}
    if unknown := [text for text in texts if text not in known]:
        reading.note(path, f"“{unknown[0][:40]}”不在可选范围内", "可选：" + "、".join(known))
    return tuple(known[text] for text in texts if text in known)


def _ladder(reading: Reading, rungs: tuple[_Rung, ...], path: str) -> tuple[Rung, ...]:
    ladder: list[Rung] = []
    for index, one in enumerate(rungs):
        callee: Callee | None = _CALLEES.get(one.callee)
        if callee is None:
            reading.note(f"{path}[{index}].callee", f"“{one.callee[:20]}”不能叫", "可选：" + "、".join(_CALLEES))
        elif ladder and one.after < ladder[-1].after:
            reading.note(f"{path}[{index}].after", "比上一级更早", "请按工作日从小到大写")
        else:
            ladder.append(Rung(one.after, callee))
    return tuple(ladder)
