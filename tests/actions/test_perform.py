"""The way of an act: loaded, decided, kept; once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    Town,
)

from banjie.actions.perform import KeyReused, NotFound
from banjie.engine.cases import Ask, Delivery, Stage
from banjie.engine.cases.acts import Accept, Approve, AskCorrection, Claim, Deliver, FinishStep, Resubmit, StartReview
from banjie.engine.subject import Refused
from banjie.records import cases, certificates, documents, journal, messages
from banjie.records.people import MACHINE


def submitted(town: Town) -> str:
    return town.submit(AGENT, FOOD, holder=RESTAURANT).number


def test_a_whole_case_ends_in_the_holders_hands(town: Town) -> None:
    number = submitted(town)

    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "材料齐全"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "现场与图纸一致"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "现场与图纸一致"))
    town.act(DECIDER, number, Approve("符合条件，准予"))
    town.act(CLERK, number, Deliver(Delivery.ELECTRONIC, "电子证照已推送"))
    town.settle()

    agent = town.who(AGENT)
    found = cases.find(town.platform.database, agent.eyes, REGION, number)
    assert found is not None
    assert found.case.stage is Stage.DELIVERED
    kinds = [row.kind for row in documents.of_case(town.platform.database, agent.eyes, REGION, found.id)]
    assert kinds == ["receipt", "acceptance", "approval", "delivery"]
    [certificate] = certificates.of_case(town.platform.database, agent.eyes, REGION, found.id)
    assert certificate.holder == RESTAURANT
    inbox = messages.of_parties(town.platform.database, agent.eyes, [RESTAURANT], 9999)
    told = sorted(message.kind for message in inbox if message.case_id == found.id)
    assert told == ["Accepted", "Approved", "Delivered", "Submitted"]


def test_the_same_key_acts_once(town: Town) -> None:
    number = submitted(town)

    first = town.act(CLERK, number, Claim(), key="claim-once-0001")
    again = town.act(CLERK, number, Claim(), key="claim-once-0001")

    assert (first.events, first.again) == (("Claimed",), False)
    assert (again.events, again.again) == (("Claimed",), True)
    with pytest.raises(KeyReused):
        town.act(CLERK, number, Accept(), key="claim-once-0001")


def test_two_officials_at_once_make_one_act(town: Town) -> None:
    number = submitted(town)

    def claim(key: str) -> str:
        try:
            return "done" if not town.act(CLERK, number, Claim(), key=key).again else "again"
        except Refused:
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(claim, [f"race-{one:04d}" for one in range(6)]))

    assert answers == ["done"] + ["refused"] * 5
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    entries = journal.history(town.platform.database, MACHINE.eyes, REGION, found.id)
    assert [entry.kind for entry in entries] == ["Submitted", "Claimed"]


def test_one_key_from_many_connections_acts_once(town: Town) -> None:
    number = submitted(town)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: town.act(CLERK, number, Claim(), key="double-click"), range(6)))

    assert sorted(answer.again for answer in answers) == [False] + [True] * 5
    assert town.case(number).stage is Stage.PRECHECK


def test_a_stranger_does_not_find_the_case(town: Town) -> None:
    number = submitted(town)

    with pytest.raises(NotFound):
        town.act("zhouyibo", number, Claim())


def test_a_refusal_writes_nothing(town: Town) -> None:
    number = submitted(town)

    with pytest.raises(Refused, match="决定人"):
        town.act(CLERK, number, Approve("准予"))

    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    assert (found.version, found.case.stage) == (1, Stage.SUBMITTED)


def test_a_second_notice_may_not_ask_for_something_new(town: Town) -> None:
    number = submitted(town)
    materials = [material.key for material in town.law(FOOD).item.materials if not material.held]
    given = [paper for paper in town.case(number).papers if not paper.held]
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, AskCorrection((Ask(given[0].material, "看不清", "请重新上传", "食品安全法第三十五条"),)))
    town.act(AGENT, number, Resubmit(papers=(given[0],)))
    other = next(key for key in materials if key != given[0].material)

    with pytest.raises(Refused, match="第二次补正") as refusal:
        town.act(CLERK, number, AskCorrection((Ask(other, "缺章", "请盖章", "食品安全法第三十五条"),)))

    assert "第三十二条" in refusal.value.rule
