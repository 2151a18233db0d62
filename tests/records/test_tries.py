"""Counting tries: once for all processes, over at the end of their time, and never growing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.town import Town

from banjie.actions.tries import in_words, network_of
from banjie.records import tries


def test_one_waits_until_the_time_is_over(town: Town) -> None:
    database, now = town.platform.database, town.platform.now()
    answers = [tries.take(database, "one", 60, 3, now + timedelta(seconds=n)) for n in range(5)]
    assert answers == [0, 0, 0, 57, 56]
    assert tries.take(database, "one", 60, 3, now + timedelta(seconds=60)) == 0
    assert tries.take(database, "another", 60, 3, now) == 0


def test_all_at_once_get_no_more_than_one_after_the_other(town: Town) -> None:
    database, now = town.platform.database, town.platform.now()
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: tries.take(database, "crowd", 60, 10, now), range(40)))
    assert answers.count(0) == 10


def test_what_is_over_goes_away_by_itself(town: Town) -> None:
    database, now = town.platform.database, town.platform.now()
    for n in range(30):
        tries.take(database, f"old-{n}", 1, 3, now)
    for n in range(3):
        tries.take(database, f"new-{n}", 60, 3, now + timedelta(hours=2))
    with database.call() as cursor:
        row = cursor.execute("SELECT count(*) AS left FROM tries WHERE bucket LIKE 'old-%%'", ()).fetchone()
    assert row is not None
    assert row["left"] == 0
    tries.forget(database)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_whom_an_address_counts_as(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(("wait", "words"), [(30, "30 秒"), (60, "1 分钟"), (90, "1 分 30 秒"), (600, "10 分钟")])
def test_a_time_in_words(wait: int, words: str) -> None:
    assert in_words(wait) == words
