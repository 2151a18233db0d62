"""能不能办 without signing in, and 现在不能办 within an application: what is asked, what is told, and the ways out."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from tests.town import FOOD, HYGIENE, REGION, Town
from tests.web.visitors import at_town, browser, text_of


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


def seen(query: str = "", code: str = FOOD, status: int = 200) -> str:
    answer = browser().get(f"/items/{REGION}/{code}/check?{query}")
    assert answer.status_code == status
    return answer.content.decode()


NEW = "apply_type=new&business=catering&cold_or_raw=cold"


def test_one_question_a_page_with_its_progress() -> None:
    page = text_of(seen())
    assert "您要办哪一种？" in page
    assert "第 1 个问题 最多 5 个" in page
    page = seen("apply_type=new")
    assert "您主要做什么？" in text_of(page)
    assert '<input type="hidden" name="apply_type" value="new">' in page
    assert "修改" in text_of(page)


def test_what_the_form_would_decide_is_asked_and_may_be_skipped() -> None:
    page = text_of(seen(NEW))
    assert "再说说这几项" in page
    assert "其中食品处理区面积" in page
    page = text_of(seen(NEW + "&skip=1"))
    assert "按目前的回答，可以办" in page
    assert "还要看：经营场所面积、其中食品处理区面积" in page


def test_the_personal_list() -> None:
    page = text_of(seen(NEW + "&area=1200&kitchen_area=20"))
    assert "您可以办" in page
    assert "食品安全事故处置方案" in page
    assert "如果经营场所面积改为不满 1000 平方米（现在是1200 平方米），就不用交" in page
    assert "8个工作日" in page
    assert "打印这份清单" in page


def test_no_with_the_ways_and_their_clauses() -> None:
    html = seen(NEW + "&area=80&kitchen_area=9")
    page = text_of(html)
    assert "现在不能办" in page
    assert "澜江市食品经营许可审查细则第九条第二款" in page
    assert "其中食品处理区面积改为12 平方米以上（现在是9 平方米），就可以办" in page
    assert "改为都不做" in page
    ways = re.findall(r'href="([^"]*)">按这个情形看看', html)
    assert len(ways) == 2
    for way in ways:
        assert "您可以办" in text_of(browser().get(way.replace("&amp;", "&")).content)


def test_a_question_that_says_no_by_itself() -> None:
    page = text_of(seen("apply_type=new&business=prepackaged"))
    assert "现在不能办" in page
    assert "仅销售预包装食品备案" in page


def test_an_answer_is_changed() -> None:
    assert "您主要做什么？" in text_of(seen(NEW + "&q=business"))


@pytest.mark.parametrize(
    "query",
    [
        "apply_type=steal",
        NEW + "&area=很大",
        NEW + "&area=0.001",
        NEW + "&area=-5&kitchen_area=9",
        "ghost=1",
        "q=ghost",
        "%00=1",
    ],
)
def test_what_cannot_be_read_is_asked_again(query: str) -> None:
    seen(query)


def test_the_bad_value_is_said_beside_its_control() -> None:
    page = text_of(seen(NEW + "&area=很大&kitchen_area=9"))
    assert "“很大”不是数字" in page


def test_an_item_that_does_not_exist() -> None:
    seen(code="none", status=404)


def test_promise_with_a_limit() -> None:
    page = text_of(seen("apply_type=new&place=lodging&air=without&credit=clear&area=6000", HYGIENE))
    assert "现在不能办" in page
    assert "营业面积改为不满 5000 平方米" in page
