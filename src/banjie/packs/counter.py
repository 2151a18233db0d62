"""窗口, 预约, 叫号: what a city sets about its halls (content/counter.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine import bookings, queue_turns
from banjie.engine.queue_turns import PRIORITY_NAMES, Priority
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "counter.yaml"


@dataclass(frozen=True, slots=True)
class Group:
    """队: a kind of business people wait for together. Without windows every window of the hall serves it."""

    key: str
    name: str
    letter: str
    per_slot: int = 1
    windows: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Minutes a session at a counter lasts, and how many are added when it is prolonged."""

    minutes: int = 40
    prolong: int = 20


@dataclass(frozen=True, slots=True)
class _Queue:
    usual_minutes: int = 15
    booking_credit: int = 120
    booking_early: int = 5
    credit: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    sessions: Sessions
    bookings: bookings.Custom
    queue: _Queue
    usual: tuple[Group, ...]
    halls: dict[str, tuple[Group, ...]] = field(default_factory=dict)


_KEYS: Final = {
    _File: {"代办": "sessions", "预约": "bookings", "叫号": "queue", "通用": "usual", "大厅": "halls"},
    Sessions: {"分钟": "minutes", "延长分钟": "prolong"},
    bookings.Custom: {
        "时段分钟": "slot_minutes",
        "提前天数": "days_ahead",
        "最晚提前分钟": "latest_minutes",
        "提前取号分钟": "early_minutes",
        "爽约分钟": "missed_minutes",
        "提醒提前小时": "remind_hours",
    },
    _Queue: {
        "通常分钟": "usual_minutes",
        "预约折抵分钟": "booking_credit",
        "预约提前叫分钟": "booking_early",
        "优先": "credit",
    },
    Group: {
        "编码": "key",
        "名称": "name",
        "字头": "letter",
        "每时段人数": "per_slot",
        "窗口": "windows",
        "说明": "hint",
    },
}


@dataclass(frozen=True, slots=True)
class Counter:
    """Everything a city sets about its halls."""

    sessions: Sessions
    bookings: bookings.Custom
    queue: queue_turns.Custom
    usual: tuple[Group, ...]
    halls: Mapping[str, tuple[Group, ...]]

    def groups(self, hall: str) -> tuple[Group, ...]:
        """The queues of a hall."""
        return self.halls.get(hall, self.usual)

    def group(self, hall: str, key: str) -> Group | None:
        """A queue of a hall by its key."""
        return next((one for one in self.groups(hall) if one.key == key), None)

    def served_at(self, hall: str, window: str) -> tuple[Group, ...]:
        """The queues that a window of a hall serves."""
        return tuple(one for one in self.groups(hall) if not one.windows or window in one.windows)


@cache
def counter() -> Counter:
    """What the shipped file sets; read once a process."""
    return read_counter(SHIPPED)


def read_counter(source: Source) -> Counter:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found = reading.value(_File, node)
    reading.check()
    credit = _credit(reading, found.queue.credit)
    for hall, groups in {"通用": found.usual, **found.halls}.items():
        _sound(reading, hall, groups)
    if found.bookings.slot_minutes < 5:
        reading.note("bookings.slot_minutes", "预约时段太短", "请填 5 分钟以上")
    reading.check()
    queue = queue_turns.Custom(
        found.queue.usual_minutes,
        found.queue.booking_credit,
        found.queue.booking_early,
        credit or queue_turns.USUAL.credit,
    )
    return Counter(found.sessions, found.bookings, queue, found.usual, found.halls)


def _credit(reading: Reading, table: Mapping[str, int]) -> dict[Priority, int]:
    known = {words: one for one, words in PRIORITY_NAMES.items() if one is not Priority.NONE}
    credit: dict[Priority, int] = {}
    for words, minutes in table.items():
        if words not in known:
            reading.note("queue.credit", f"没有“{words[:40]}”这种优先类别", "可用：" + "、".join(known))
        else:
            credit[known[words]] = minutes
    return credit


def _sound(reading: Reading, hall: str, groups: tuple[Group, ...]) -> None:
    """Two queues with one key or one letter could not be told apart on a screen."""
    if not groups:
        reading.note("halls", f"“{hall}”一个队也没有", "请至少写一个队")
    for word, values in (("编码", [one.key for one in groups]), ("字头", [one.letter for one in groups])):
        if len(set(values)) < len(values):
            reading.note("halls", f"“{hall}”有两个队的{word}相同", f"请给每个队不同的{word}")
    for one in groups:
        if one.per_slot < 0:
            reading.note("halls", f"“{hall}”的“{one.name}”每时段人数小于零", "请填 0 或以上的整数；0 表示不接受预约")
