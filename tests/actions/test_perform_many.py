"""Many acts at once do what as many single ones would."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions.perform import Done, NotFound
from banjie.actions.perform_many import Act, perform_many
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Stage
from banjie.engine.cases.acts import Accept, Claim
from banjie.engine.subject import Refused
from banjie.records import cases, documents
from banjie.records.people import MACHINE


def test_each_case_has_its_own_answer(town: Town) -> None:
    fresh = [town.submit(AGENT, FOOD, holder=RESTAURANT).number for _ in range(3)]
    town.act(CLERK, fresh[0], Claim())
    town.act(CLERK, fresh[1], Claim())
    town.act(CLERK, fresh[1], Accept())
    unknown = "990100-20260101-0000000"

    acts = [Act(number, Accept()) for number in (*fresh, unknown)]
    answers = perform_many(town.platform, acts, actor=town.who(CLERK), region=REGION, key="bulk-0001")
    again = perform_many(town.platform, acts, actor=town.who(CLERK), region=REGION, key="bulk-0001")

    accepted, already, too_early = (answers[number] for number in fresh)
    assert isinstance(accepted, Done)
    assert accepted.stage is Stage.ACCEPTED
    assert isinstance(already, Refused)
    assert isinstance(too_early, Refused)
    assert isinstance(answers[unknown], NotFound)
    repeated = again[fresh[0]]
    assert isinstance(repeated, Done)
    assert repeated.again
    assert town.case(fresh[0]).stage is Stage.ACCEPTED


def test_one_bulk_from_two_connections_acts_once(town: Town) -> None:
    fresh = [town.submit(AGENT, FOOD, holder=RESTAURANT).number for _ in range(20)]

    def claim(_: int) -> dict[str, Done | Refused]:
        acts = [Act(number, Claim()) for number in fresh]
        return perform_many(town.platform, acts, actor=town.who(CLERK), region=REGION, key="bulk-twice")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(claim, range(2))

    for number in fresh:
        one, other = first[number], second[number]
        assert isinstance(one, Done)
        assert isinstance(other, Done)
        assert one.again is not other.again
    assert {town.case(number).stage for number in fresh} == {Stage.PRECHECK}


def test_a_document_of_the_new_year_is_numbered_in_it(town: Town) -> None:
    """Seven in the morning of New Year's Day in the city is still the old year in UTC."""
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    morning = datetime(2027, 1, 1, 7, 0, tzinfo=CHINA)

    perform_many(
        town.platform, [Act(number, Accept())], actor=town.who(CLERK), region=REGION, key="new-year", now=morning
    )

    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    issued = documents.of_case(town.platform.database, MACHINE.eyes, REGION, found.id)
    assert "〔2027〕" in issued[-1].number
