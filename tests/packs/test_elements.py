"""The library of data elements and the places for addresses: whole, sound, told in the docs, used by forms."""

from pathlib import Path

import pytest

from banjie.engine.form_checks import form_faults
from banjie.engine.forms import FieldKind, Form, Section
from banjie.engine.ids import RegionCode
from banjie.packs.elements import elements, library
from banjie.packs.load import load_items, read_pack
from banjie.packs.reading import PackError
from banjie.packs.regions import load_regions
from banjie.packs.sample import sample_data
from banjie.packs.words import code_words

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "elements.md"


def test_there_are_elements_enough_and_each_says_where_it_comes_from() -> None:
    assert len(elements()) >= 60
    assert len(elements()) == sum(len(chapter.elements) for chapter in library())
    assert all(element.standard for element in elements().values())
    asked = {element.kind for element in elements().values()}
    assert set(FieldKind) - asked <= {FieldKind.GROUP, FieldKind.CHOICES}


def test_each_makes_a_sound_field_that_can_be_filled_in() -> None:
    form = Form((Section("all", "全部", tuple(element.field() for element in elements().values())),))
    assert list(form_faults(form, ())) == []
    assert sample_data(form, {}).keys() == {field.key for field in form.fields}


def test_the_docs_list_every_element() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for element in elements().values():
        assert f"| `{element.key}` | {element.label} | {code_words(element.kind)} |" in text


def test_a_form_takes_what_the_element_says_and_may_say_otherwise(tmp_path: Path) -> None:
    drug = next(item for item in load_items() if item.name.startswith("药品经营"))
    group = next(field for field in drug.form.fields if field.key == "pharmacists")
    name, number = group.columns[0], group.columns[3]
    assert (name.key, name.label, name.element, name.source, name.personal) == (
        "staff_name",
        "姓名",
        "person_name",
        "",
        True,
    )
    assert (number.label, len(number.show_if)) == ("执业药师注册证编号", 1)


def test_an_unknown_element_is_told_with_its_line(tmp_path: Path) -> None:
    source = Path(str(next(iter(_items())))).read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(source.replace("数据元: person_name", "数据元: persons_name"), encoding="utf-8")
    with pytest.raises(PackError) as told:
        read_pack(broken)
    assert "没有“persons_name”这个数据元" in told.value.reason
    assert "person_name" in told.value.remedy
    assert told.value.line > 1


def _items() -> list[Path]:
    folder = Path(__file__).parents[2] / "src" / "banjie" / "content" / "items"
    return [folder / "drug_retail.yaml"]


def test_places_lie_in_one_another_and_one_that_is_gone_names_its_successor() -> None:
    places = {one.code: one for one in load_regions()}
    assert len(places) > 50
    for one in places.values():
        assert not one.parent or one.parent in places
        assert RegionCode.parse(one.code).code == one.code
    gone = [one for one in places.values() if one.until]
    assert gone
    assert all(one.successor in places for one in gone)


def test_a_place_without_the_one_above_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "places.yaml"
    broken.write_text(
        '地区:\n  - {代码: "990102001000", 名称: 望江街道}\n  - {代码: "x", 名称: 某地}\n', encoding="utf-8"
    )
    with pytest.raises(PackError) as told:
        load_regions(broken)
    assert "还没有上级区划 990102" in told.value.reason
    assert len(told.value.faults) == 2
