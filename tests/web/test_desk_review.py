"""The desk beside the points of review: what decided, what is known of each paper, and reading it enlarged."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, REVIEWER, ROAD, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.cases.acts import Accept, Claim
from banjie.records import papers


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


@pytest.fixture
def number(town: Town) -> str:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, Claim())
    return number


def address(number: str) -> str:
    return f"/office/cases/{REGION}/{number}"


def paper(town: Town, number: str) -> str:
    return next(one.sha256 for one in town.case(number).papers if one.sha256)


def test_the_row_of_the_table_that_decided_is_shown_with_its_clause(town: Town, number: str) -> None:
    told = text_of(browser(CLERK).get(address(number)).content)
    assert "规则表怎样决定的" in told
    card = told.partition("规则表怎样决定的")[2].partition("申请内容")[0]
    assert "行" in card
    assert "第" in card


def test_who_verified_the_original_is_shown_and_not_asked_again(town: Town, number: str) -> None:
    client, sha256 = browser(CLERK), paper(town, number)
    before = client.get(address(number)).content.decode()
    assert f"/paper/{sha256}/verified" in before
    assert client.post(f"{address(number)}/paper/{sha256}/verified").status_code == 303
    after = client.get(address(number)).content.decode()
    assert "已核对原件（B 级）" in text_of(after)
    assert f"/paper/{sha256}/verified" not in after


def test_a_paper_in_quarantine_says_so(town: Town, number: str) -> None:
    sha256 = paper(town, number)
    database = town.platform.database
    file = papers.known(database, [sha256]).get(sha256)
    if file is None:
        papers.keep(
            database, [papers.FileRow(sha256, "pdf", 1_000, 1, "", "", "", "waiting", "", "", town.platform.now())]
        )
    else:
        papers.keep_scan(database, sha256, scan="waiting", by="")
    assert "等待病毒检查" in text_of(browser(CLERK).get(address(number)).content)
    papers.keep_scan(database, sha256, scan="clean", by="测试")
    assert "等待病毒检查" not in text_of(browser(CLERK).get(address(number)).content)


def test_a_paper_is_read_enlarged_without_any_script(town: Town) -> None:
    number = town.submit(AGENT, ROAD).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    sha256 = paper(town, number)
    page = browser(CLERK).get(address(number)).content.decode()
    assert f"/paper/{sha256}/view" in page
    answer = browser(REVIEWER).get(f"{address(number)}/paper/{sha256}/view?zoom=200")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in html
    assert f'href="{address(number)}/paper/{sha256}"' in html
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert browser("qinjianlu").get(f"{address(number)}/paper/{sha256}/view").status_code == 404
    assert browser(CLERK).get(f"{address(number)}/paper/{'0' * 64}/view").status_code == 404
    for odd in ("?zoom=9999", "?zoom=", "?zoom=%00"):
        assert browser(REVIEWER).get(f"{address(number)}/paper/{sha256}/view{odd}").status_code == 200
