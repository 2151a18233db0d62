"""The supervisor's figures, and the proof of a day as officials, supervisors and applicants read it."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, REVIEWER, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.cases import acts
from banjie.engine.proof import verify

SUPERVISOR = "lumingjian"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


@pytest.fixture
def late(town: Town) -> str:
    """A case past its promise."""
    town.clock.set(date(2026, 11, 2))
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.clock.set(date(2026, 11, 24))
    return number


def test_late_cases_are_counted_in_words_and_open_into_their_clock(town: Town, late: str) -> None:
    client = browser(SUPERVISOR)
    answer = client.get("/supervise/")
    page = text_of(answer.content)
    assert "超过承诺期限" in page
    assert "澜江市行政审批局" in page
    assert late in page
    assert "林*" in page
    assert "林照" not in page
    assert f"/clock/{REGION}/{late}?timer=TP" in answer.content.decode()
    proof = text_of(client.get(f"/clock/{REGION}/{late}?timer=TP").content)
    assert "已超期" in proof
    assert "承诺办结期限" in proof
    assert client.get("/supervise/?organ=%00none").status_code == 200


def test_a_day_is_explained_sentence_by_sentence_and_day_by_day(late: str) -> None:
    for username in (AGENT, CLERK, SUPERVISOR):
        page = text_of(browser(username).get(f"/clock/{REGION}/{late}?timer=TL").content)
        assert "自受理之日起算，当日不计" in page
        assert "第 20 日" in page
        assert "周六" in page


def test_the_proof_can_be_taken_away_and_recomputed(late: str) -> None:
    answer = browser(AGENT).get(f"/clock/{REGION}/{late}.json?timer=TL")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{late}-TL.json"'
    assert verify(json.loads(answer.content)).ok


def test_a_step_has_a_clock_of_its_own(town: Town, late: str) -> None:
    town.act(REVIEWER, late, acts.StartReview())
    page = browser(REVIEWER).get(f"/clock/{REGION}/{late}?timer=TS&step=review")
    assert "材料审查时限" in text_of(page.content)
    answer = browser(REVIEWER).get(f"/clock/{REGION}/{late}.json?timer=TS:review")
    assert verify(json.loads(answer.content)).ok


def test_a_clock_that_does_not_run_is_said_not_to(late: str) -> None:
    page = browser(AGENT).get(f"/clock/{REGION}/{late}?timer=T10")
    assert page.status_code == 200
    assert "没有这个时限" in page.content.decode()
    assert browser(AGENT).get(f"/clock/{REGION}/{late}.json?timer=T10").status_code == 404


def test_a_strangers_clock_is_nobodys_business(late: str) -> None:
    assert browser("zhouyibo").get(f"/clock/{REGION}/{late}").status_code == 404
    assert browser("haoqinghe").get(f"/clock/{REGION}/{late}.json?timer=TL").status_code == 404
    assert browser().get(f"/clock/{REGION}/{late}").status_code == 302
