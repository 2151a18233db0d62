"""The certification gate at the interface: the same no as on the pages, with its rule and its remedy."""

import uuid

from tests.api.calling import Callers, assert_problem
from tests.town import HYGIENE, RESTAURANT, Town


def test_a_newcomers_system_is_refused_what_she_is_not_certified_for(town: Town, callers: Callers) -> None:
    number = town.submit("xiachunhe", HYGIENE, holder=RESTAURANT).number
    newcomer = callers("xinyaqing")
    assert newcomer.post(f"/cases/{number}/acts/claim", {}, str(uuid.uuid4())).status == 200
    answer = newcomer.post(f"/cases/{number}/acts/accept", {}, str(uuid.uuid4()))
    problem = assert_problem(answer, answer.status)
    assert answer.status in {403, 409, 422}
    assert problem["rule"] == "持证上岗规定"
    assert "练习办件" in problem["remedy"]
