"""Acts that come at the same time: one journey for all, and for each what it would have got alone."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions.perform import Done, KeyReused, NotFound
from banjie.engine.cases import Command, Stage
from banjie.engine.cases.acts import Accept, Claim
from banjie.engine.subject import Refused
from banjie.records import journal
from banjie.records.database import Database
from banjie.records.hotline import Answer, Arguments, Hotline, Statement
from banjie.records.people import MACHINE
from banjie.records.together import Together

Asked = tuple[str, str, Command, str]


class Gathers(Together[Any]):
    """Sets out only when everyone is there, so that a test can be sure who went together."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._gone = False

    def run(self, errand: Any, carry: Callable[[Sequence[Any], Callable[[], None]], None]) -> None:
        """As above; whoever is first holds the way until all the others queue behind her."""

        def when_all_are_there(errands: Sequence[Any], next_may_go: Callable[[], None]) -> None:
            if not self._gone:
                self._gone = True
                while len(self._queue) < self._number - 1:
                    time.sleep(0.001)
            carry(errands, next_may_go)

        super().run(errand, when_all_are_there)


class Counts(Hotline):
    """A hotline that counts its journeys, and can lose the line after one of several acts kept together."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.together: list[int] = []
        self.lose_next = False

    def ask_all(self, statement: Statement, calls: Sequence[Arguments]) -> list[Answer | None]:
        self.together.append(len(calls))
        answers = super().ask_all(statement, calls)
        if self.lose_next and statement.name == b"save_case":
            self.lose_next = False
            self.hang_up()
            raise psycopg.OperationalError("the answer never came")
        return answers


@pytest.fixture
def crowded(town: Town, database_server: Any) -> Any:
    """Makes people act at the same time: what came of each, and the hotline over which they went."""
    opened: list[Database] = []

    def act(asked: Sequence[Asked], *, lose: bool = False) -> tuple[list[Done | Exception], Counts]:
        database = Database(database_server.url("banjie_app"), most=4)
        database.open()
        opened.append(database)
        line = database.hotline = Counts(database_server.url("banjie_app"))
        line.lose_next = lose
        # One more than those who are watched goes ahead, so that all the others wait for the next journey.
        database.together = Gathers(len(asked))
        there = replace(town, platform=replace(town.platform, database=database))

        def one(each: Asked) -> Done | Exception:
            try:
                return there.act(each[0], each[1], each[2], key=each[3])
            except Exception as trouble:  # noqa: BLE001 — the test looks at it.
                return trouble

        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(one, asked)), line

    yield act
    for database in opened:
        database.close()


def numbers(town: Town, how_many: int) -> list[str]:
    return [town.submit(AGENT, FOOD, holder=RESTAURANT).number for _ in range(how_many)]


def test_acts_on_several_cases_go_together_and_each_is_kept(town: Town, crowded: Any) -> None:
    cases = numbers(town, 6)

    answers, line = crowded([(CLERK, number, Claim(), f"crowd-claim-{number}") for number in cases])

    assert [answer.stage for answer in answers] == [Stage.PRECHECK] * 6
    assert max(line.together) == 5, "one goes ahead, the five that came meanwhile go together"
    for number in cases:
        kinds = [entry.kind for entry in history(town, number)]
        assert kinds == ["Submitted", "Claimed"]


def test_one_that_is_refused_does_not_hold_up_the_others(town: Town, crowded: Any) -> None:
    first, second, third, fourth = numbers(town, 4)

    answers, _ = crowded(
        [
            (CLERK, first, Claim(), f"mixed-{first}"),
            (CLERK, second, Accept(), f"mixed-{second}"),  # Not claimed yet.
            ("zhouyibo", third, Claim(), f"mixed-{third}"),  # Sees no such case.
            (CLERK, fourth, Claim(), f"mixed-{fourth}"),
        ]
    )

    assert isinstance(answers[0], Done)
    assert isinstance(answers[1], Refused)
    assert isinstance(answers[2], NotFound)
    assert isinstance(answers[3], Done)
    assert [entry.kind for entry in history(town, second)] == ["Submitted"]


def test_each_acts_with_her_own_eyes_and_in_her_own_name(town: Town, crowded: Any) -> None:
    claimed, waiting, other = numbers(town, 3)
    town.act(CLERK, claimed, Claim())

    answers, _ = crowded(
        [
            (REVIEWER, waiting, Claim(), f"eyes-{waiting}"),  # A reviewer may see it and may not claim it.
            (CLERK, claimed, Accept(), f"eyes-{claimed}"),
            (CLERK, other, Claim(), f"eyes-{other}"),
        ]
    )

    assert isinstance(answers[0], Refused)
    assert history(town, claimed)[-1].actor == CLERK
    assert isinstance(answers[2], Done)


def test_two_on_one_case_make_one_act(town: Town, crowded: Any) -> None:
    number, other = numbers(town, 2)

    answers, _ = crowded(
        [
            (CLERK, other, Claim(), f"one-{other}"),
            (CLERK, number, Claim(), f"one-{number}-a"),
            (CLERK, number, Claim(), f"one-{number}-b"),
        ]
    )

    assert sorted(type(answer).__name__ for answer in answers[1:]) == ["Done", "Refused"]
    assert [entry.kind for entry in history(town, number)] == ["Submitted", "Claimed"]


def test_the_same_request_sent_twice_at_once_is_answered_twice_and_done_once(town: Town, crowded: Any) -> None:
    number, other = numbers(town, 2)

    answers, _ = crowded(
        [
            (CLERK, other, Claim(), f"twice-{other}"),
            (CLERK, number, Claim(), f"twice-{number}"),
            (CLERK, number, Claim(), f"twice-{number}"),
        ]
    )

    assert sorted(answer.again for answer in answers[1:]) == [False, True]
    assert [entry.kind for entry in history(town, number)] == ["Submitted", "Claimed"]


def test_a_key_used_for_two_requests_at_once_serves_one_of_them(town: Town, crowded: Any) -> None:
    """The database refuses the second one, and with it the whole journey: then each goes by itself."""
    first, second, other = numbers(town, 3)

    answers, _ = crowded(
        [
            (CLERK, other, Claim(), f"shared-{other}"),
            (CLERK, first, Claim(), "shared-key-of-two"),
            (CLERK, second, Claim(), "shared-key-of-two"),
        ]
    )

    assert isinstance(answers[0], Done)
    assert sorted(type(answer) is KeyReused for answer in answers[1:]) == [False, True]
    claimed = [number for number in (first, second) if town.case(number).stage is Stage.PRECHECK]
    assert len(claimed) == 1


def test_a_line_lost_after_the_commit_loses_nobody_and_doubles_nobody(town: Town, crowded: Any) -> None:
    cases = numbers(town, 5)

    answers, line = crowded([(CLERK, number, Claim(), f"lost-{number}") for number in cases], lose=True)

    assert not line.lose_next
    assert all(isinstance(answer, Done) for answer in answers)
    assert any(answer.again for answer in answers), "the platform asks the database what became of them"
    for number in cases:
        assert [entry.kind for entry in history(town, number)] == ["Submitted", "Claimed"]


def history(town: Town, number: str) -> tuple[journal.Entry, ...]:
    from banjie.records import cases  # noqa: PLC0415 — the tests' own lists are called so above.

    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    return journal.history(town.platform.database, MACHINE.eyes, REGION, found.id)
