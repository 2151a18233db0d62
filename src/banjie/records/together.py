"""Acts that arrive together are kept together: one journey to the database and one commit for all that wait.

While one thread carries acts to the database, others arrive. Instead of each going there by itself they queue, and the
next one to go takes all of them along. Nobody waits for company: an act that finds the way free goes at once, alone.
The busier the platform, the larger the company, and the less each act costs — as the database itself does when it
flushes one log for many commits.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

MOST = 32
"""How many acts go in one transaction: enough to share its cost, few enough to hold no lock for long."""

Errand = TypeVar("Errand")


class _Waiting(Generic[Errand]):
    """An errand in the queue. `company` is what its thread is to carry, once it is its turn to go."""

    __slots__ = ("company", "errand", "turn")

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.company: list[_Waiting[Errand]] | None = None
        self.turn = threading.Lock()
        self.turn.acquire()


class _Way:
    """The right to set out, given on once."""

    __slots__ = ("_hand_on", "_left")

    def __init__(self, hand_on: Callable[[], None]) -> None:
        self._hand_on = hand_on
        self._left = False

    def leave(self) -> None:
        if not self._left:
            self._left = True
            self._hand_on()


class Together(Generic[Errand]):
    """Lets at most `ways` threads carry errands at a time; the others wait and are taken along."""

    def __init__(self, ways: int = 1, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._free = ways
        self._most = most
        self._queue: deque[_Waiting[Errand]] = deque()

    def run(self, errand: Errand, carry: Callable[[Sequence[Errand], Callable[[], None]], None]) -> None:
        """Has the errand carried, by this thread or by another one; comes back when it has been.

        `carry` deals with several errands at once and never raises: what became of each is told in the errand. It may
        call its second argument when the next company can set out although this one is not back yet.
        """
        mine = _Waiting(errand)
        with self._lock:
            if self._free:
                self._free -= 1
                mine.company = [mine]
            else:
                self._queue.append(mine)
        if mine.company is None:
            mine.turn.acquire()
            if mine.company is None:
                return
        way = _Way(self._hand_on)
        try:
            carry([one.errand for one in mine.company], way.leave)
        finally:
            way.leave()
            for one in mine.company:
                if one is not mine:
                    one.turn.release()

    def _hand_on(self) -> None:
        """The way is given to the first who waits, with everyone behind her."""
        with self._lock:
            if not self._queue:
                self._free += 1
                return
            first = self._queue.popleft()
            first.company = [first]
            while self._queue and len(first.company) < self._most:
                first.company.append(self._queue.popleft())
        first.turn.release()
