"""发布门槛: an item that may be published, and what each change to it breaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from banjie.engine.catalogue import Depth, Fee, Handling, Item, LegalBasis, Place, SpecialProcedure
from banjie.engine.clock import Term, Unit
from banjie.engine.gates import gates
from banjie.engine.rules import Condition
from banjie.engine.rules import Test as Check
from banjie.packs.load import ITEMS, load_item, load_items

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def food() -> Item:
    return load_item(ITEMS / "food_business.yaml")


@pytest.fixture(scope="module")
def hygiene() -> Item:
    return load_item(ITEMS / "public_place_hygiene.yaml")


def test_the_items_that_ship_may_be_published() -> None:
    assert [gates(item, TODAY) for item in load_items()] == [()] * 6


def _days(number: int) -> Term:
    return Term(number, Unit.WORKING_DAY, "")


def _first_material(item: Item, **changes: object) -> Item:
    first, *others = item.materials
    return replace(item, materials=(replace(first, **changes), *others))  # type: ignore[arg-type]  # by keyword.


BREAKS: list[tuple[str, str, Callable[[Item], Item]]] = [
    ("code", "事项编码", lambda item: replace(item, code="不是编码")),
    ("organ", "校验位", lambda item: replace(item, organ="1199010000BJ000161")),
    ("region", "行政区划", lambda item: replace(item, region="99")),
    ("organ_short", "没有填写", lambda item: replace(item, organ_short=" ")),
    ("audiences", "谁可以申请", lambda item: replace(item, audiences=())),
    ("basis", "没有设定依据", lambda item: replace(item, basis=())),
    ("basis[0]", "缺少名称或条款", lambda item: replace(item, basis=(LegalBasis("食品安全法", ""),))),
    ("handling", "即办件", lambda item: replace(item, promised=_days(0))),
    ("handling", "即办件", lambda item: replace(item, handling=Handling.AT_ONCE)),
    ("promised", "超过法定", lambda item: replace(item, promised=_days(21))),
    ("promised", "单位不同", lambda item: replace(item, promised=Term(5, Unit.CALENDAR_DAY))),
    ("reply", "第三十二条", lambda item: replace(item, reply=_days(6))),
    ("delivery", "第四十四条", lambda item: replace(item, delivery=_days(11))),
    ("statutory", "二十个工作日", lambda item: replace(item, statutory=_days(45))),
    ("extension_days", "第四十二条", lambda item: replace(item, extension_days=11)),
    ("correction_days", "1 至 60", lambda item: replace(item, correction_days=0)),
    ("closed_on", "早于或等于", lambda item: replace(item, closed_on=item.effective_on)),
    ("closed_on", "已经停办", lambda item: replace(item, closed_on=date(2026, 3, 1))),
    ("special[0]", "第四十五条", lambda item: replace(item, special=(SpecialProcedure("a", "现场核查", 5, "x"),))),
    ("special[0]", "缺少所需", lambda item: replace(item, special=(SpecialProcedure("a", "听证", 0, "x"),))),
    ("visits_reason", "没有说明原因", lambda item: replace(item, visits=1, depth=Depth.PRECHECK)),
    ("visits_reason", "却写了原因", lambda item: replace(item, visits_reason="要按手印")),
    ("visits", "全程网办", lambda item: replace(item, visits=1, visits_reason="按手印")),
    ("mailing", "邮寄", lambda item: replace(item, depth=Depth.CONSULT, mailing=False)),
    ("places", "没有办理地点", lambda item: replace(item, depth=Depth.COLLECT, places=())),
    ("consult_phone", "区号", lambda item: replace(item, consult_phone="6010021")),
    ("complain_phone", "没有填写", lambda item: replace(item, complain_phone="")),
    ("complain_phone", "相同", lambda item: replace(item, complain_phone=item.consult_phone)),
    ("fees[0]", "第五十八条", lambda item: replace(item, fees=(Fee("工本费", 1000, ""),))),
    ("fees[0]", "大于零", lambda item: replace(item, fees=(Fee("工本费", 0, "某条例"),))),
    ("materials[0].basis", "第三十一条", lambda item: _first_material(item, basis="")),
    ("materials[0].name", "兜底", lambda item: _first_material(item, name="法律法规规定的其他材料")),
    ("materials[0].when", "还不知道", lambda item: _first_material(item, when=(Condition("x", Check.IS, 1),))),
    ("materials", "用了 2 次", lambda item: _first_material(item, key="floor_plan")),
    ("questions[0]", "还不知道", lambda item: replace(item, questions=item.questions[::-1])),
    ("questions[0]", "至少要有两个", lambda item: replace(item, questions=(replace(item.questions[0], options=()),))),
    ("form", "用了 2 次", lambda item: replace(item, form=replace(item.form, sections=item.form.sections * 2))),
    ("faq", "常见问题", lambda item: replace(item, faq=())),
    (
        "workflow.steps",
        "审批决定",
        lambda item: replace(item, workflow=replace(item.workflow, steps=item.workflow.steps[:2])),
    ),
    (
        "workflow.steps",
        "没有审查环节",
        lambda item: replace(item, workflow=replace(item.workflow, steps=item.workflow.steps[2:], start=("decision",))),
    ),
]


@pytest.mark.parametrize(
    ("field", "reason", "broken"), BREAKS, ids=[f"{field}-{reason}" for field, reason, _ in BREAKS]
)
def test_gate(food: Item, field: str, reason: str, broken: Callable[[Item], Item]) -> None:
    faults = gates(broken(food), TODAY)
    found = [fault for fault in faults if fault.field == field and (reason in fault.reason or reason == fault.label)]
    assert found, faults
    assert all(fault.remedy for fault in faults)


def test_a_result_prints_only_what_the_form_asks(food: Item) -> None:
    assert food.result
    broken = replace(food, result=replace(food.result, scope_fields=("colour",), kind=""))
    assert {fault.field for fault in gates(broken, TODAY)} == {"result", "result.scope_fields"}


def test_promise_needs_a_regulator_a_bar_for_the_unfaithful_and_no_check_beforehand(hygiene: Item, food: Item) -> None:
    assert hygiene.result
    assert gates(replace(hygiene, conditions=()), TODAY)[0].field == "conditions"
    assert gates(replace(hygiene, result=replace(hygiene.result, supervisor="")), TODAY)[0].field == "result.supervisor"
    checked = replace(hygiene, workflow=replace(food.workflow, at_once=True))
    assert "决定之后" in next(fault.reason for fault in gates(checked, TODAY) if fault.field == "workflow.steps")


def test_what_is_allowed(food: Item) -> None:
    joint = Term(45, Unit.WORKING_DAY, "行政许可法第四十二条第二款")
    hall = Place("大厅", "望江路 66 号", "工作日", "0990-6010021")
    for item in (
        replace(food, statutory=joint, extension_days=15),
        replace(food, visits=1, visits_reason="现场按手印", depth=Depth.PRECHECK, places=(hall,)),
        replace(food, consult_phone="0990-6010021、0990-6010022"),
        replace(food, fees=(Fee("检测费", 5000, "某条例第八条"),)),
        replace(food, special=(SpecialProcedure("site", "现场核查", 5, "某办法", statutory=False),)),
    ):
        assert gates(item, TODAY) == ()
