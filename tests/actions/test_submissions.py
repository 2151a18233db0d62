"""Handing in: one number for one key, whatever happens on the line; and what is wrong is named."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from tests.town import AGENT, CLERK, FOOD, HYGIENE, REGION, RESTAURANT, Town

from banjie.actions.perform import KeyReused, NotFound
from banjie.actions.submissions import Application, Submission, submit
from banjie.engine.cases.acts import Claim
from banjie.engine.ids import CaseNumber, Malformed
from banjie.engine.subject import Refused
from banjie.records import cases
from banjie.records.database import Cursor, Database
from banjie.records.hotline import Hotline, Statement
from banjie.records.people import MACHINE


def hand_in(town: Town, application: Application, *, key: str = "", by: str = AGENT) -> Submission:
    return submit(town.platform, application, actor=town.who(by), key=key or town.key())


def food(town: Town) -> Application:
    return town.application(FOOD, RESTAURANT)


def rows(town: Town, query: str, **values: Any) -> list[Mapping[str, Any]]:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        return list(cursor.execute(query.encode(), values).fetchall())


def serial(town: Town) -> int:
    """How many cases there are."""
    [row] = rows(town, "SELECT count(*) AS number FROM cases")
    return int(row["number"])


def test_the_receipt_says_number_code_and_day(town: Town) -> None:
    receipt = hand_in(town, food(town))

    assert CaseNumber.parse(receipt.number)
    assert receipt.query_code
    assert receipt.answer_due == town.law(FOOD).calendar.add_working(town.platform.today(), 5)
    assert receipt.answer_due > date(2026, 1, 1)
    found = cases.find(town.platform.database, town.who(AGENT).eyes, REGION, receipt.number)
    assert found is not None
    assert found.case.query_code == receipt.query_code
    assert found.case.agent is not None
    assert found.case.agent.id == AGENT


def test_the_same_key_gives_the_same_receipt(town: Town) -> None:
    key, application = town.key(), food(town)
    first = hand_in(town, application, key=key)
    before = serial(town)

    second = hand_in(town, application, key=key)

    assert second == replace(first, again=True)
    assert serial(town) == before


def test_another_application_under_the_same_key_is_refused(town: Town) -> None:
    key, application = town.key(), food(town)
    first = hand_in(town, application, key=key)
    before = serial(town)

    with pytest.raises(KeyReused):
        hand_in(town, replace(application, data={**application.data, "area": 200}), key=key)
    with pytest.raises(KeyReused):
        town.act(AGENT, first.number, Claim(), key=key)
    assert serial(town) == before


def test_a_key_is_its_accounts_own(town: Town) -> None:
    """Two people may come upon the same key: neither gets the other's receipt."""
    key, application = town.key(), food(town)

    first = hand_in(town, application, key=key)
    second = hand_in(town, application, key=key, by="xiachunhe")

    assert first.number != second.number
    assert not second.again


def test_a_double_click_makes_one_case(town: Town) -> None:
    key, application, before = town.key(), food(town), serial(town)

    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: hand_in(town, application, key=key), range(6)))

    assert len({receipt.number for receipt in receipts}) == 1
    assert sorted(receipt.again for receipt in receipts) == [False] + [True] * 5
    assert serial(town) == before + 1
    [case] = rows(town, "SELECT id FROM cases WHERE number = %(number)s", number=receipts[0].number)
    assert len(rows(town, "SELECT 1 FROM documents WHERE case_id = %(case)s", case=case["id"])) == 1
    assert len(rows(town, "SELECT 1 FROM journal WHERE subject = %(case)s", case=case["id"])) == 1


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"holder": "c-jiangan"}, "holder", "行政许可法第二十九条（委托代理）"),
        ({"holder": ""}, "holder", "行政许可法第二十九条（委托代理）"),
        ({"item": "nothing"}, "item", "行政许可法第三十条"),
        ({"region": "990121"}, "item", "行政许可法第三十条"),
        ({"papers": ()}, "papers.business_licence", "行政许可法第三十二条第一款第（四）项"),
        ({"later": ("floor_plan",)}, "papers.floor_plan", "容缺受理规定"),
        ({"data": {}}, "data.applicant_name", "申请表填写要求"),
        ({"answers": {}}, "answers.apply_type", "办理情形"),
        ({"answers": {"apply_type": "new", "business": "prepackaged"}}, None, "办理情形"),
    ],
    ids=[
        "未获授权",
        "没有申请人",
        "没有的事项",
        "没有的区划",
        "没有材料",
        "不能容缺",
        "没有填表",
        "没有回答",
        "不能申请",
    ],
)
def test_what_is_refused_names_its_field_and_writes_nothing(
    town: Town, change: dict[str, Any], field: str | None, rule: str
) -> None:
    before, key = serial(town), town.key()

    with pytest.raises(Refused) as refused:
        hand_in(town, replace(food(town), **change), key=key)

    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert refused.value.remedy
    assert serial(town) == before
    # The key is still free: the mended application goes through under it.
    assert not hand_in(town, food(town), key=key).again


def test_an_unknown_answer_is_malformed(town: Town) -> None:
    application = food(town)
    before = serial(town)

    for answers in ({**application.answers, "business": "casino"}, {**application.answers, "mood": "good"}):
        with pytest.raises(Malformed) as malformed:
            hand_in(town, replace(application, answers=answers))
        assert malformed.value.remedy
    assert serial(town) == before


def test_by_promise_only_with_the_promise(town: Town) -> None:
    application = town.application(HYGIENE, RESTAURANT)

    with pytest.raises(Refused) as refused:
        hand_in(town, replace(application, promised=False))
    assert (refused.value.field, refused.value.rule) == ("promised", "告知承诺制")

    assert hand_in(town, application).number


def test_a_mandate_that_has_ended_is_none(town: Town) -> None:
    before = town.clock.at
    town.clock.set(date(2028, 1, 3))  # The agent's mandate ends on 2027-12-31.
    try:
        with pytest.raises(Refused) as refused:
            hand_in(town, food(town))
    finally:
        town.clock.at = before
    assert refused.value.field == "holder"


# --- the line is lost ---


class LosesTheAnswer(Database):
    """A database whose connection is cut, by its server, right after it has committed a call of `function`."""

    def __init__(self, url: str, superuser: str, function: str) -> None:
        super().__init__(url, most=2)
        self.superuser = superuser
        self.function = function
        self.cut = 0

    @contextmanager
    def call(self) -> Iterator[Cursor]:
        with super().call() as cursor:
            yield _Cut(cursor, self)  # type: ignore[misc]  # stands in for a cursor, see below


class _Cut:
    """A cursor that passes everything on, and ends its own server process after one call."""

    def __init__(self, cursor: Cursor, database: LosesTheAnswer) -> None:
        self._cursor = cursor
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def execute(self, query: str, arguments: tuple[Any, ...] = ()) -> Cursor:
        process = self._cursor.connection.info.backend_pid
        done = self._cursor.execute(query.encode(), arguments)
        if self._database.function in query and not self._database.cut:
            self._database.cut += 1
            with psycopg.connect(self._database.superuser, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
            self._cursor.execute("SELECT 1")  # The client notices: its answer never came.
        return done


@pytest.fixture
def lossy(town: Town, database_server: Any) -> Iterator[Any]:
    """Makes a town whose line is cut once, after a function has done its work."""
    opened: list[LosesTheAnswer] = []

    def make(function: str) -> Town:
        superuser = database_server.url("postgres")
        database = LosesTheAnswer(database_server.url("banjie_app"), superuser, function)
        database.open()
        opened.append(database)
        return replace(town, platform=replace(town.platform, database=database))

    yield make
    for database in opened:
        database.close()
        assert database.cut == 1


def test_a_line_lost_after_the_commit_loses_no_application_and_doubles_none(town: Town, lossy: Any) -> None:
    key, application, before = town.key(), food(town), serial(town)
    cut = lossy("open_case")
    with pytest.raises(psycopg.OperationalError):
        hand_in(cut, application, key=key)
    assert serial(town) == before + 1

    receipt = hand_in(cut, application, key=key)

    assert receipt.again
    assert serial(town) == before + 1
    assert receipt == hand_in(town, application, key=key)


class LosesOneAnswer(Hotline):
    """A hotline whose connection is cut, once, after the database has committed an act."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.cut = 0

    def ask(self, statement: Statement, arguments: Sequence[str | None]) -> list[bytes | None] | None:
        answer = super().ask(statement, arguments)
        if statement.name == b"save_case" and not self.cut:
            self.cut += 1
            self.hang_up()
            raise psycopg.OperationalError("the answer never came")
        return answer


def test_a_line_lost_after_an_act_is_taken_up_again(town: Town, database_server: Any) -> None:
    """Whether the act was kept is asked of the database, so the official sees her answer and not an error."""
    number, key = hand_in(town, food(town)).number, town.key()
    database = Database(database_server.url("banjie_app"), most=2)
    database.open()
    database.hotline = LosesOneAnswer(database_server.url("banjie_app"))
    cut = replace(town, platform=replace(town.platform, database=database))

    done = cut.act(CLERK, number, Claim(), key=key)

    database.close()
    assert database.hotline.cut == 1
    assert (done.again, done.events, done.version) == (True, ("Claimed",), 2)
    assert town.case(number).claimed_by == CLERK


def test_a_stranger_learns_nothing_from_a_key(town: Town) -> None:
    """Another account that knows number and key finds no case, not an answer."""
    key = town.key()
    number = hand_in(town, food(town)).number
    town.act(CLERK, number, Claim(), key=key)

    with pytest.raises(NotFound):
        town.act("zhouyibo", number, Claim(), key=key)
