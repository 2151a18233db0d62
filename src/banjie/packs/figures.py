"""领导看板: what a city sets about its boards (content/figures.yaml)."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.figures import INDICATOR
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "figures.yaml"

LATE: Final = "late"
"""超期 on a board: the stock of today, no indicator of a period."""
MOST: Final = 5
"""Figures a board may have: more are not read."""
_DEFAULT: Final = "默认"
_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BoardCustom:
    """The figures of a board, their targets by region, places on the sketch of the city, and when to speak up.

    `tiles` gives column and row of a region. `worse_by` is in points of a percentage, or per cent of other figures.
    `least` is how many decided cases it takes to be ranked or spoken of.
    """

    board: tuple[str, ...]
    targets: dict[str, dict[str, str]]
    tiles: dict[str, tuple[int, ...]] = field(default_factory=dict)
    worse_by: int = 5
    least: int = 3

    def target(self, region: str, key: str) -> float | None:
        """What the region should reach; None where nothing is set."""
        written = {**self.targets.get(_DEFAULT, {}), **self.targets.get(region, {})}.get(key)
        return None if written is None else float(written)


_KEYS: Final[dict[type, dict[str, str]]] = {
    BoardCustom: {
        "看板": "board",
        "目标": "targets",
        "示意图": "tiles",
        "变差提醒": "worse_by",
        "最少件数": "least",
    }
}


@cache
def board_custom() -> BoardCustom:
    """What the shipped file sets; read once a process."""
    return read_board_custom(SHIPPED)


def read_board_custom(source: Source) -> BoardCustom:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: BoardCustom = reading.value(BoardCustom, node)
    reading.check()
    known = {*INDICATOR, LATE}
    if not 1 <= len(found.board) <= MOST or len(set(found.board)) < len(found.board):
        reading.note("board", f"看板要有 1 至 {MOST} 个不同的指标", "请删去多余的或重复的指标")
    elif found.board[0] == LATE:
        reading.note("board", "第一个指标要用来排名，不能是超期", "请把超期放到后面")
    for key in {*found.board, *(key for targets in found.targets.values() for key in targets)} - known:
        reading.note("board", f"没有“{key}”这个指标", f"可以用的有：{'、'.join(sorted(known))}")
    for region, targets in found.targets.items():
        for key, written in targets.items():
            if not _NUMBER.fullmatch(written):
                reading.note(f"targets.{region}.{key}", f"“{written}”不是数", "请写成 95 或 0.5 的样子")
    if any(len(place) != 2 or min(place) < 0 for place in found.tiles.values()):
        reading.note("tiles", "每个地方写两个数：第几列、第几行，从 0 起", "例如 [0, 1]")
    reading.check()
    return found
