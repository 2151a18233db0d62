"""Errands that arrive while another is under way are taken along by the next one that sets out."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.records.together import Together


class Road:
    """Carries errands, and remembers in what company each went and how many companies were under way at once."""

    def __init__(self, *, gives_way: bool = False) -> None:
        self.companies: list[list[int]] = []
        self.most_at_once = 0
        self.gives_way = gives_way
        self.open = threading.Event()
        self.begun = threading.Event()
        self._lock = threading.Lock()
        self._under_way = 0

    def carry(self, errands: Sequence[int], next_may_go: Callable[[], None]) -> None:
        with self._lock:
            self.companies.append(list(errands))
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        if self.gives_way:
            next_may_go()
        self.begun.set()
        self.open.wait(10)
        with self._lock:
            self._under_way -= 1


def waiting(together: "Together[int]", number: int) -> None:
    """Waits until so many errands are in the queue."""
    for _ in range(1000):
        if len(together._queue) == number:
            return
        time.sleep(0.005)
    pytest.fail(f"{number} errands never queued")


def test_the_first_goes_alone_and_the_next_takes_all_that_wait() -> None:
    road, together = Road(), Together[int]()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(together.run, 0, road.carry)
        assert road.begun.wait(10)
        others = [pool.submit(together.run, errand, road.carry) for errand in range(1, 5)]
        waiting(together, 4)
        road.open.set()
        for one in (first, *others):
            one.result(10)

    assert road.companies[0] == [0]
    assert sorted(road.companies[1]) == [1, 2, 3, 4]
    assert road.most_at_once == 1


def test_the_next_sets_out_as_soon_as_it_may() -> None:
    road, together = Road(gives_way=True), Together[int]()
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(together.run, errand, road.carry) for errand in (1, 2)]
        for _ in range(1000):
            if road.most_at_once == 2:
                break
            time.sleep(0.005)
        road.open.set()
        for run in runs:
            run.result(10)

    assert road.most_at_once == 2


def test_no_company_is_larger_than_allowed() -> None:
    road, together = Road(), Together[int](most=3)
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(together.run, errand, road.carry) for errand in range(8)]
        waiting(together, 7)
        road.open.set()
        for run in runs:
            run.result(10)

    assert max(len(company) for company in road.companies) == 3
    assert sorted(errand for company in road.companies for errand in company) == list(range(8))


def test_a_carrier_that_fails_keeps_nobody_waiting() -> None:
    def fails(errands: Sequence[int], next_may_go: Callable[[], None]) -> None:
        raise RuntimeError("the road is out")

    together = Together[int]()
    with pytest.raises(RuntimeError):
        together.run(1, fails)

    carried: list[int] = []
    together.run(2, lambda errands, _: carried.extend(errands))
    assert carried == [2]


@settings(max_examples=20, deadline=None)
@given(errands=st.lists(st.integers(0, 999), min_size=1, max_size=60), ways=st.integers(1, 3), most=st.integers(1, 8))
def test_every_errand_is_carried_exactly_once(errands: list[int], ways: int, most: int) -> None:
    carried: list[int] = []
    together = Together[int](ways, most)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(together.run, one, lambda some, _: carried.extend(some)) for one in errands]:
            done.result(10)

    assert sorted(carried) == sorted(errands)
