"""身份和登录: what a city sets about mandates, real names, sessions and limits (content/identity.yaml)."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.mandates import Custom
from banjie.engine.real_names import Level, Levels
from banjie.engine.scopes import Deed
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "identity.yaml"

_DEEDS: Final = {
    "提交申请": Deed.APPLY,
    "补正材料": Deed.CORRECT,
    "撤回申请": Deed.WITHDRAW,
    "领取证照": Deed.COLLECT,
    "查看进度": Deed.SEE,
}


@dataclass(frozen=True, slots=True)
class Sessions:
    """How long one stays signed in without doing anything, how long before the end one is warned, and how long what
    came too late is kept. Minutes."""

    citizen: int = 30
    elder: int = 60
    official: int = 480
    warn: int = 2
    keep: int = 30


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries in `seconds`, by the visitor's address and by the account in question; 0: no limit."""

    seconds: int
    by_address: int = 0
    by_account: int = 0


@dataclass(frozen=True, slots=True)
class _Names:
    usual: dict[str, int]
    lowest: int = Level.NAMED.value
    by_kind: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    mandates: Custom
    real_names: _Names
    sessions: Sessions
    limits: dict[str, Limit]


_KEYS: Final = {
    _File: {"授权": "mandates", "实名等级": "real_names", "登录时长": "sessions", "次数限制": "limits"},
    Custom: {"最长天数": "longest_days", "等待接受天数": "offer_days"},
    _Names: {"登录最低": "lowest", "通用": "usual", "按事项类型": "by_kind"},
    Sessions: {
        "市民": "citizen",
        "长辈版": "elder",
        "工作人员": "official",
        "提前提醒": "warn",
        "保留未提交内容": "keep",
    },
    Limit: {"秒": "seconds", "地址": "by_address", "账号": "by_account"},
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything a city sets about who is who."""

    mandates: Custom
    levels: Levels
    lowest_to_sign_in: Level
    sessions: Sessions
    limits: dict[str, Limit]

    def limit(self, name: str) -> Limit:
        """The limit of that name; KeyError for one that is not set."""
        return self.limits[name]


@cache
def identity() -> Identity:
    """What the shipped file sets; read once a process."""
    return read_identity(SHIPPED)


def read_identity(source: Source) -> Identity:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found = reading.value(_File, node)
    reading.check()
    usual = _levels(reading, found.real_names.usual, "real_names.usual")
    by_kind = {
        kind: _levels(reading, table, f"real_names.by_kind.{kind}") for kind, table in found.real_names.by_kind.items()
    }
    if found.real_names.lowest not in tuple(Level):
        reading.note("real_names.lowest", "等级应为 1 至 4", "请改为 1、2、3 或 4")
    reading.check()
    lowest = Level(found.real_names.lowest)
    return Identity(found.mandates, Levels(usual, by_kind), lowest, found.sessions, found.limits)


def _levels(reading: Reading, table: dict[str, int], path: str) -> dict[Deed, Level]:
    levels = {}
    for words, number in table.items():
        if words not in _DEEDS:
            reading.note(path, f"没有“{words[:40]}”这种操作", "可用：" + "、".join(_DEEDS))
        elif number not in tuple(Level):
            reading.note(path, f"“{words}”的等级应为 1 至 4", "请改为 1、2、3 或 4")
        else:
            levels[_DEEDS[words]] = Level(number)
    return levels
