"""The six items that ship: what each of them is there to show, and that they survive storage."""

import json
from dataclasses import replace

import pytest

from banjie.engine.catalogue import Handling, Item
from banjie.engine.forms import FieldKind
from banjie.engine.ids import Malformed
from banjie.engine.situations import resolve
from banjie.engine.workflow import StepKind
from banjie.packs.load import item_from_document, item_to_document, load_items
from banjie.packs.sample import sample_data, sample_papers

ITEMS = {item.name: item for item in load_items()}


def _item(name: str) -> Item:
    return ITEMS[name]


def _kinds(item: Item) -> list[StepKind]:
    return [step.kind for step in item.workflow.steps]


def test_one_is_decided_at_once() -> None:
    item = _item("歇业备案")
    assert item.handling is Handling.AT_ONCE
    assert item.promised.number == 0
    assert item.workflow.at_once


def test_one_is_by_promise() -> None:
    item = _item("公共场所卫生许可")
    assert item.by_promise
    assert item.result is not None
    assert item.result.valid_months == 48


def test_one_has_a_site_visit_by_two_that_does_not_stop_the_clock() -> None:
    item = _item("药品经营许可（零售）")
    assert StepKind.SITE_VISIT in _kinds(item)
    assert [procedure.statutory for procedure in item.special] == [False]


def test_one_has_an_expert_review_that_stops_the_clock() -> None:
    item = _item("生产建设项目水土保持方案审批")
    assert StepKind.EXPERT_REVIEW in _kinds(item)
    assert item.special[0].statutory


def test_one_asks_departments_in_parallel() -> None:
    item = _item("占用、挖掘城市道路审批")
    opinions = [step for step in item.workflow.steps if step.kind is StepKind.OPINION]
    assert len({step.office for step in opinions}) == 3
    assert item.statutory.number == 45
    assert item.extension_days == 15


def test_the_food_licence_has_situations_and_asks_once() -> None:
    item = _item("食品经营许可")
    assert [option.value for option in item.questions[0].options] == ["new", "change", "renewal"]
    assert {material.held for material in item.materials if material.held} == {
        "business_licence",
        "food_business_licence",
    }
    assert [material.tolerable_days for material in item.materials if material.tolerable_days] == [5]
    assert item.result is not None
    assert (item.result.kind, item.result.valid_months) == ("food_business_licence", 60)
    assert "开饭馆" in item.popular_names


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_every_item_is_complete(item: Item) -> None:
    assert item.basis
    assert item.faq
    assert item.places
    assert item.popular_names
    assert item.review_organ
    assert item.court
    assert all(len(material.review_points) >= 3 for material in item.materials)
    assert all(step.standard and step.term for step in item.workflow.steps)
    personal = [field for section in item.form.sections for field in section.fields if field.personal]
    assert all(field.kind in (FieldKind.PHONE, FieldKind.CITIZEN_ID) for field in personal)


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_an_edition_survives_storage_whole(item: Item) -> None:
    document = json.loads(json.dumps(item_to_document(item), ensure_ascii=False))
    assert item_from_document(document) == item
    # Defaults are written out, so an edition keeps its meaning when a default changes.
    assert document["reply"]["number"] == 5
    assert document["closed_on"] is None
    assert item_from_document(item_to_document(replace(item, edition=7))).edition == 7


def test_a_document_that_is_no_item_is_malformed() -> None:
    document = item_to_document(_item("歇业备案"))
    for broken in ({}, {**document, "kind": "99"}, {**document, "colour": "red"}, {**document, "materials": [1]}):
        with pytest.raises(Malformed):
            item_from_document(broken)


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_every_form_can_be_filled_in_every_situation(item: Item) -> None:
    open_ends: list[dict[str, str]] = [{}]
    while open_ends:
        answers = open_ends.pop()
        resolution = resolve(item, answers)
        if resolution.next_question is not None:
            options = resolution.next_question.options
            open_ends.extend({**answers, resolution.next_question.key: option.value} for option in options)
        elif resolution.complete:
            assert sample_data(item.form, resolution.facts)
            assert sample_papers(resolution.materials)


def test_a_filling_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match="联系电话"):
        sample_data(_item("歇业备案").form, {}, {"contact_phone": "一二三"})
