"""现在不能办 within an application: a table says no to what stands in the form, and the way out leads back to it."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from tests.town import Town
from tests.web.test_apply import CATERING, OPERATION, PREMISES, Applicant
from tests.web.visitors import at_town


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


def test_what_the_form_rules_out_is_said_at_once_and_mended(town: Town) -> None:
    mine = Applicant()
    mine.answer({**CATERING, "cold_or_raw": "cold"})
    assert "前面的回答" in mine.get("/guide?q=business")
    mine.post("/section/applicant", mine.applicant_page())
    assert mine.post("/section/premises", {**PREMISES, "f-kitchen_area": "9"}) == f"{mine.path}/guide"
    shown = mine.get("/guide")
    assert "现在不能办" in shown
    assert "其中食品处理区面积改为12 平方米以上（现在是9 平方米），就可以办" in shown
    assert "第九条第二款" in shown
    tasks = mine.get("")
    assert "现在不能办" in tasks
    assert "现在还不能办，看看为什么" in mine.get("/check")
    page = mine.client.get(f"{mine.path}/guide").content.decode()
    ways = re.findall(r'href="([^"]*)">去修改', page)
    assert f"{mine.path}/section/premises" in ways
    assert "经营场所" in mine.get("/section/premises")
    mine.post("/section/premises", {**PREMISES, "f-kitchen_area": "12"})
    assert "现在不能办" not in mine.get("")


def test_a_paper_a_table_adds_is_asked_for_once_the_area_is_known(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    mine.post("/section/applicant", mine.applicant_page())
    mine.post("/section/premises", PREMISES)
    mine.post("/section/operation", OPERATION)
    assert "食品安全事故处置方案" not in mine.get("/papers")
    mine.post("/section/premises", {**PREMISES, "f-area": "1200"})
    assert "食品安全事故处置方案" in mine.get("/papers")


def test_the_pages_after_the_form_lead_to_why_not_and_how(town: Town) -> None:
    mine = Applicant()
    mine.answer({**CATERING, "cold_or_raw": "cold"})
    mine.post("/section/applicant", mine.applicant_page())
    mine.post("/section/premises", {**PREMISES, "f-kitchen_area": "9"})
    for page in ("/papers", "/data"):
        shown = mine.client.get(f"{mine.path}{page}", follow=True)
        assert shown.status_code == 200
        said = shown.content.decode()
        assert "现在不能办" in said
        assert "怎样就可以办" in said
        assert f"{mine.path}/section/premises" in said
