"""工作人员: what a city sets about certification, leave, practice and duty (content/staff.yaml)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.permissions import LAW, Gate
from banjie.engine.sandbox import Scoring
from banjie.engine.staff import Custom
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "staff.yaml"


@dataclass(frozen=True, slots=True)
class Certifying:
    """持证上岗: which acts ask for a certification, where and from which day, and what it takes to get one."""

    commands: tuple[str, ...]
    since: dict[str, date]
    passes: int = 2
    valid_days: int = 1095

    def gate(self, items: Iterable[str]) -> Gate:
        """The gate for an official certified for these items and kinds of items."""
        return Gate(frozenset(self.commands), frozenset(items))

    def in_force(self, region: str, day: date) -> bool:
        """Whether the gate stands in a region on that day; a county or town follows the city it lies in."""
        return any(
            since <= day and region.startswith(code.rstrip("0") if code.endswith("00") else code)
            for code, since in self.since.items()
        )


@dataclass(frozen=True, slots=True)
class Duty:
    """值班: how many half days one sits at a window on end, and the items of each window that is not open to all."""

    halves_in_a_row: int = 2
    items: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    certifying: Certifying
    leave: Custom
    scoring: Scoring
    duty: Duty


_KEYS: Final = {
    _File: {"持证上岗": "certifying", "请假": "leave", "练习计分": "scoring", "值班": "duty"},
    Certifying: {"操作": "commands", "地区": "since", "通过几次": "passes", "有效天数": "valid_days"},
    Custom: {"负责人批准": "leave_by_head", "最长天数": "longest_leave_days", "新入职天数": "new_for_days"},
    Duty: {"连续半天": "halves_in_a_row", "窗口事项": "items"},
    Scoring: {
        "类别错得分率": "half_for_class",
        "误报扣分": "false_alarm",
        "处理错扣分": "wrong_act",
        "合格分": "pass_mark",
    },
}


@dataclass(frozen=True, slots=True)
class StaffRules:
    """Everything a city sets about its staff."""

    certifying: Certifying
    leave: Custom
    scoring: Scoring
    duty: Duty


@cache
def staff_rules() -> StaffRules:
    """What the shipped file sets; read once a process."""
    return read_staff_rules(SHIPPED)


def read_staff_rules(source: Source) -> StaffRules:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found = reading.value(_File, node)
    reading.check()
    for command in sorted(set(found.certifying.commands) - LAW.keys()):
        reading.note("certifying.commands", f"没有“{command[:40]}”这个操作", "请照办件权限表填写，例如 Approve")
    if found.certifying.passes < 1:
        reading.note("certifying.passes", "通过次数至少为 1", "请填写正整数")
    if found.duty.halves_in_a_row < 1:
        reading.note("duty.halves_in_a_row", "连续半天至少为 1", "请填写正整数")
    reading.check()
    return StaffRules(found.certifying, found.leave, found.scoring, found.duty)
