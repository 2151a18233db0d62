"""Who read my data: what an official opens of a case stands on its owner's page, and on nobody else's."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from tests.actions.advising import asked
from tests.api.calling import Callers
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, REVIEWER, ROAD, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.cases.acts import Accept, Claim
from banjie.records import looks
from banjie.records.looks import Look, Looked
from banjie.records.people import MACHINE

OWNER = "xiachunhe"
STRANGER = "zhouyibo"
OTHER_ORGAN = "qinjianlu"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


@pytest.fixture
def number(town: Town) -> str:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    return number


def address(number: str) -> str:
    return f"/office/cases/{REGION}/{number}"


def kept(town: Town, username: str, number: str) -> list[Look]:
    rows = looks.of_parties(town.platform.database, town.who(username).eyes, [RESTAURANT], most=999)
    return [row for row in rows if row.number == number]


def test_opening_a_case_is_told_to_its_owner_once_a_day(town: Town, number: str) -> None:
    assert kept(town, OWNER, number) == []
    for _ in range(3):
        assert browser(CLERK).get(address(number)).status_code == 200

    (look,) = kept(town, OWNER, number)
    assert (look.account, look.kind, look.role) == (CLERK, Looked.CASE, "window")
    told = text_of(browser(OWNER).get("/me/data").content)
    assert number in told
    assert "窗口人员" in told
    assert "看了申请内容" in told
    assert "办理：" in told

    town.clock.set(date(2026, 11, 25))
    browser(CLERK).get(address(number))
    assert len(kept(town, OWNER, number)) == 2, "第二天再看，另记一次"


def test_the_panel_beside_the_worklist_counts_as_opening(town: Town, number: str) -> None:
    browser(CLERK).get("/office/")
    assert kept(town, OWNER, number) == [], "只看列表不算"
    browser(CLERK).get(f"/office/?open={number}")
    assert [look.kind for look in kept(town, OWNER, number)] == [Looked.CASE]


def test_papers_and_documents_are_told_apart(town: Town, number: str) -> None:
    town.act(CLERK, number, Accept())
    town.settle()
    page = browser(REVIEWER).get(address(number)).content.decode()
    paper = page.partition(f"{address(number)}/paper/")[2][:64]
    document = page.partition(f"{address(number)}/document/")[2].partition('"')[0]
    assert browser(REVIEWER).get(f"{address(number)}/paper/{paper}").status_code == 200
    issued = browser(CLERK).get(f"{address(number)}/document/{document}").status_code
    seen = {(look.account, look.kind) for look in kept(town, OWNER, number)}
    assert {(REVIEWER, Looked.CASE), (REVIEWER, Looked.PAPER)} <= seen
    assert ((CLERK, Looked.DOCUMENT) in seen) is (issued == 200), "还没有制成的文书没有被看到"


def test_an_organ_asked_for_an_opinion_does_not_see_who_looked(town: Town) -> None:
    answers = {"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"}
    number = town.submit("guosuimian", ROAD, holder="c-heshun", answers=answers).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    browser(CLERK).get(address(number))
    for username, sees in ((CLERK, True), (OTHER_ORGAN, False)):
        page = browser(username).get(f"{address(number)}/timeline")
        assert page.status_code == 200, username
        assert ("查看办件" in text_of(page.content)) is sees, username


def test_whoever_may_not_open_a_case_leaves_no_trace_of_it(town: Town, number: str) -> None:
    assert browser("ruanzuolan").get(address(number)).status_code == 404
    assert kept(town, OWNER, number) == []


def test_looks_are_the_owners_the_deciding_organs_and_audits_alone(town: Town, number: str) -> None:
    browser(CLERK).get(address(number))
    for username in (OWNER, CLERK, REVIEWER):  # The deciding organ reads them in the 全部记录 of its case.
        assert [look.account for look in kept(town, username, number)] == [CLERK], username
    for username in (STRANGER, OTHER_ORGAN):
        assert kept(town, username, number) == [], username
    assert number not in text_of(browser(STRANGER).get("/me/data").content)
    rows = looks.of_parties(town.platform.database, MACHINE.eyes, [RESTAURANT], most=999)
    assert number in {row.number for row in rows}


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO looks SELECT region, id, 'luoxiaoyu', 'case', current_date, holder, '', 'head', '', number,"
            " item_name, now() FROM cases LIMIT 1"
        ),
        (
            "INSERT INTO looks SELECT region, id, 'shenqiubai', 'case', current_date, 'c-jiangan', '', 'head', '',"
            " number, item_name, now() FROM cases WHERE holder <> 'c-jiangan' LIMIT 1"
        ),
        "UPDATE looks SET purpose = 'x'",
        "DELETE FROM looks",
    ],
    ids=["借他人之名", "记给别人", "改写", "抹去"],
)
def test_the_record_cannot_be_bent(town: Town, number: str, statement: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        town.platform.database.seen_by(town.who(REVIEWER).eyes) as cursor,
    ):
        cursor.execute(statement.encode())
    assert number


@pytest.mark.parametrize(
    "odd", ["?looked=yesterday", "?looked=2026-11-24", "?looked=%00", "?looked=2026-11-24T09:00:00%2B08:00"]
)
def test_odd_addresses_are_answered(town: Town, odd: str) -> None:
    assert browser(OWNER).get(f"/me/data{odd}").status_code == 200


def test_a_service_before_an_application_and_the_interface_leave_their_traces_too(town: Town, number: str) -> None:
    service = asked(town)
    assert browser(CLERK).get(f"/office/precases/{REGION}/{service}").status_code == 200
    (look,) = kept(town, OWNER, service)
    assert (look.account, look.kind) == (CLERK, Looked.SERVICE)
    assert "看了审前服务的问答和材料" in text_of(browser(OWNER).get("/me/data").content)

    assert Callers()(REVIEWER).get(f"/cases/{number}").status == 200
    assert (REVIEWER, Looked.CASE) in {(one.account, one.kind) for one in kept(town, OWNER, number)}
