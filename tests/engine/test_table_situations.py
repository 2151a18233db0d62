"""What tables make of an application: papers, fees, terms, validity, review points, routes, and the days in force."""

from dataclasses import replace
from datetime import date

import pytest
from tests.engine.casework import AGENT, CALENDAR, LAWS, at
from tests.engine.test_table_checks import ITEM
from tests.town import FOOD

from banjie.engine.cases import Case, Law, decide, decision_timers, fold, situation
from banjie.engine.cases.acts import Submit
from banjie.engine.cases.guards import facts
from banjie.engine.catalogue import Item, Result
from banjie.engine.decision_tables import DecisionTable, GivenFact, Input, ReviewPoint, Row
from banjie.engine.filing import Party
from banjie.engine.proof import prove, to_json, verify
from banjie.engine.situations import open_facts, resolve
from banjie.engine.subject import Refused
from banjie.engine.table_cells import FactKind
from banjie.packs.sample import sample_data, sample_papers

MONDAY = date(2026, 11, 2)
TABLE = DecisionTable(
    "size",
    "规模",
    (Input("business", FactKind.CHOICE), Input("area", FactKind.AREA, changeable=True)),
    (
        Row(("catering", "< 100"), "小餐馆", "第一条", promised=3, valid_months=36, sets=(GivenFact("visit", False),)),
        Row(
            ("catering", ">= 100"), "大餐馆", "第二条", add=("plan",), fees=("工本费",),
            points=(ReviewPoint("plan", "标明出口"),), sets=(GivenFact("visit", True),),
        ),
        Row(("sale", "-"), "销售不归这里管", "第三条", eligible=False, instead="请办备案"),
    ),
)  # fmt: skip
DECIDED: Item = replace(ITEM, tables=(TABLE,), result=Result("k", "证", "证", valid_months=60))
CATERING = {"business": "catering", "cold": "no"}


def test_what_a_row_brings_about() -> None:
    small = resolve(DECIDED, CATERING, {"area": 5000})
    assert ([one.key for one in small.materials], [one.name for one in small.fees]) == ([], [])
    assert (small.promised.number, small.promised.basis, small.valid_months) == (3, "第一条", 36)
    large = resolve(DECIDED, CATERING, {"area": 20000})
    assert [one.review_points for one in large.materials] == [("标明出口",)]
    assert ([one.name for one in large.fees], large.promised.number, large.valid_months) == (["工本费"], 8, 60)
    assert large.outcome.sets == {"visit": True}


def test_while_the_area_is_not_known_nothing_is_concluded_from_it() -> None:
    early = resolve(DECIDED, CATERING)
    assert early.complete
    assert [column.fact for column in early.outcome.undecided] == ["area"]
    assert early.outcome.decisions == ()
    assert not early.outcome.may_rule_out
    assert resolve(DECIDED, {}).outcome.may_rule_out


def test_a_table_says_no_with_its_clause_as_soon_as_it_can() -> None:
    found = resolve(DECIDED, {"business": "sale"})
    assert found.ineligible == "销售不归这里管（第三条）。请办备案"
    assert (found.complete, found.answered) == (False, True)


def test_open_facts_are_those_that_may_still_be_asked() -> None:
    assert open_facts(DECIDED, {}) == {"business", "cold", "area", "online", "orders", "note", "wares"}
    assert "cold" not in open_facts(DECIDED, {"business": "sale"})
    assert "orders" not in open_facts(DECIDED, {"business": "sale", "online": False})


@pytest.mark.parametrize(("on", "days"), [(date(2026, 5, 31), 8), (date(2026, 6, 1), 3), (date(2026, 7, 1), 8)])
def test_a_table_applies_within_its_days(on: date, days: int) -> None:
    dated = replace(TABLE, effective_from=date(2026, 6, 1), effective_to=date(2026, 6, 30))
    found = resolve(replace(DECIDED, tables=(dated,)), CATERING, {"area": 5000}, on=on)
    assert found.promised.number == days


# --- a case under the food licence's tables ---


def filed(law: Law, answers: dict[str, str], **data: str) -> Case:
    item = law.item
    form = sample_data(item.form, resolve(item, answers).facts, data)
    papers = sample_papers(resolve(item, answers, form, on=MONDAY, filled=True).materials)
    act = Submit(
        number="990100-20261102-0000001", query_code="ABCD2345", item=item.code, edition=item.edition,
        region=item.region, organ=item.organ, holder=Party("c-chunhe", "澜江春禾餐饮有限公司", "91990102MA00RC0153"),
        answers=answers, data=form, papers=papers,
    )  # fmt: skip
    return fold(decide(Case(), act, actor=AGENT, now=at(MONDAY), law=law))


def test_the_promised_term_of_a_table_reaches_the_clock_and_its_proof() -> None:
    law = LAWS[FOOD]
    case = replace(filed(law, {"apply_type": "new", "business": "sale"}, area="80"), accepted_on=MONDAY)
    statutory, promised = decision_timers(case, law)
    assert (statutory.term.number, promised.term.number) == (20, 5)
    assert promised.term.basis == "澜江市食品经营许可审查细则第十一条"
    document = to_json(prove(promised, case.pauses, CALENDAR, MONDAY, law.rules))
    assert verify(document, CALENDAR).ok
    large = replace(filed(law, {"apply_type": "new", "business": "sale"}, area="3000"), accepted_on=MONDAY)
    assert decision_timers(large, law)[1].term == law.item.promised
    assert facts(large, law)["needs_visit"] is True
    assert "accident_plan" in {one.key for one in situation(large, law).materials}


def test_a_case_keeps_the_tables_of_its_edition() -> None:
    law = LAWS[FOOD]
    case = replace(filed(law, {"apply_type": "new", "business": "sale"}, area="80"), accepted_on=MONDAY)
    later = Law(replace(law.item, edition=2, tables=()), law.calendar)
    assert decision_timers(case, law)[1].term.number == 5
    assert decision_timers(case, later)[1].term.number == 8


def test_what_a_table_rules_out_is_refused_by_its_clause() -> None:
    with pytest.raises(Refused) as caught:
        filed(LAWS[FOOD], {"apply_type": "new", "business": "catering", "cold_or_raw": "raw"}, kitchen_area="9")
    assert caught.value.rule == "澜江市食品经营许可审查细则第九条第二款"
    assert "12 平方米" in str(caught.value)
