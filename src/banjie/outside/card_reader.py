"""Readers of identity cards at a window. What ships is a made-up one; a real reader is a driver with the same door."""

import itertools
from typing import Final

from banjie.actions.ports import CardRead, CardReaderAway

MADE_UP: Final = (
    CardRead("郭岁绵", "990104197511300024", "澜江市江右区桂园街 88 号"),
    CardRead("林照", "990102198804120010", "澜江市江左区槐树巷 5 号 302 室"),
    CardRead("夏春禾", "990102198210180040", "澜江市江左区望江路 102 号"),
)


class DemoCardReader:
    """Reads no card: hands out people of the made-up city, one after the other. For the demo alone."""

    def __init__(self) -> None:
        self._cards = itertools.cycle(MADE_UP)

    def read(self, window: str) -> CardRead:
        """The next made-up card, whatever the window."""
        return next(self._cards)


class NoCardReader:
    """Where no reader is connected."""

    def read(self, window: str) -> CardRead:
        """Always away."""
        raise CardReaderAway("没有连接读卡器。请核对证件原件，手工录入姓名和号码")
