"""Many acts at once do what as many single ones would."""

from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions.perform import Done, NotFound
from banjie.actions.perform_many import Act, perform_many
from banjie.engine.cases import Stage
from banjie.engine.cases.acts import Accept, Claim
from banjie.engine.subject import Refused


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
