"""Why this day: people stand in a proof by name, and a day beyond the published calendar says so everywhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.town import AGENT, CLERK, FOOD, HEAD, REGION, RESTAURANT, REVIEWER, SOIL, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.progress import PROVISIONAL
from banjie.engine.cases import acts
from banjie.engine.proof import verify


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 2))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def accepted(town: Town, item: str, **wishes: object) -> str:
    number = town.submit(AGENT, item, **wishes).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(REVIEWER, number, acts.StartReview())
    return number


def test_who_paused_and_who_extended_stand_there_by_name(town: Town) -> None:
    number = accepted(town, SOIL)
    names = {official.username: official.name for official in town.city.officials}
    special = town.law(SOIL).item.special[0].key
    town.act(HEAD, number, acts.StartSpecial(special, 20, "需要技术评审"))
    town.clock.set(date(2026, 11, 9))
    town.act(HEAD, number, acts.EndSpecial("通过"))
    town.act(HEAD, number, acts.Extend(5, "案情复杂"))
    address = f"/clock/{REGION}/{number}"
    for username in (CLERK, AGENT):
        shown = text_of(browser(username).get(f"{address}?timer=TL").content)
        assert f"经办：{names[HEAD]}" in shown
        assert f"经{names[HEAD]}批准" in shown
        assert HEAD not in shown
    proof = browser(CLERK).get(f"{address}.json?timer=TL").json()
    assert HEAD not in str(proof)
    assert verify(proof).ok


def test_a_day_beyond_the_published_calendar_is_provisional_wherever_it_is_shown(town: Town) -> None:
    town.clock.set(date(2026, 12, 28))
    sent = town.submit(AGENT, FOOD, holder=RESTAURANT)
    assert sent.answer_due.year == 2027
    shown = text_of(browser(AGENT).get(f"/me/cases/{REGION}/{sent.number}").content)
    assert PROVISIONAL in shown
    assert PROVISIONAL in text_of(browser(AGENT).get("/me").content)
    shown = text_of(browser(CLERK).get(f"/office/cases/{REGION}/{sent.number}").content)
    assert PROVISIONAL in shown
    # Other tests leave cases on this desk too; the list is read from the days of this one.
    here = f"/office/?after={sent.answer_due - timedelta(days=1)}_{UUID(int=0)}&open={sent.number}"
    shown = text_of(browser(CLERK).get(here).content)
    assert PROVISIONAL in shown
    assert "“暂定”的到期日要到下一年" in shown
    shown = text_of(browser(CLERK).get(f"/clock/{REGION}/{sent.number}").content)
    assert PROVISIONAL in shown
    progress = browser().post("/progress", {"number": sent.number, "code": sent.query_code}).content
    assert PROVISIONAL in text_of(progress)


def test_a_day_of_this_year_is_not(town: Town) -> None:
    sent = town.submit(AGENT, FOOD, holder=RESTAURANT)
    for username, address in (
        (AGENT, f"/me/cases/{REGION}/{sent.number}"),
        (CLERK, f"/office/cases/{REGION}/{sent.number}"),
        (CLERK, f"/clock/{REGION}/{sent.number}"),
    ):
        assert "暂定" not in text_of(browser(username).get(address).content)
