"""Limits count the visitor's own address: behind our proxies the one they saw, and never one she writes herself."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from tests.town import Town
from tests.web.visitors import at_town, browser

from banjie.packs.identity import identity

MOST = identity().limit("查进度").by_address
WRONG = {"number": "990100-20261124-9999999", "code": "AAAAAAAA"}


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def guess(client: Client, forwarded: str, address: str) -> int:
    """One guess at a query code; the status of the answer."""
    return client.post("/progress", WRONG, headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=address).status_code


def test_behind_one_proxy_each_visitor_counts_for_herself() -> None:
    client, proxy = browser(), "10.0.0.2"
    with override_settings(TRUSTED_PROXIES=1):
        # She writes another address each time; what our proxy appends stays the same.
        codes = [guess(client, f"198.51.100.{n}, 203.0.113.7", proxy) for n in range(MOST + 1)]
        assert codes[-1] == 429
        assert 429 not in codes[:-1]
        assert guess(client, "203.0.113.8", proxy) != 429, "another visitor behind the same proxy"
        assert guess(client, "203.0.113.8, 203.0.113.7", proxy) == 429, "nobody can pass for another"


def test_without_a_proxy_the_header_counts_for_nothing() -> None:
    client = browser()
    with override_settings(TRUSTED_PROXIES=0):
        codes = [guess(client, f"198.51.100.{n}", "203.0.113.9") for n in range(MOST + 1)]
        assert codes[-1] == 429
        assert 429 not in codes[:-1]
        assert guess(client, "203.0.113.9", "203.0.113.10") != 429, "nobody can use up another's tries"
