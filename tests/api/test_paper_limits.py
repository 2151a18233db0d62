"""What an item takes for a material holds at this door too: when a paper comes, and when it is handed in."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.api.calling import assert_problem
from tests.town import AGENT, FOOD, REGION, RESTAURANT, Town

from banjie.actions.platform import Platform
from banjie.api.papers import limits_for, require_fitting
from banjie.engine.papers import MIB, STANDARD, Kind
from banjie.engine.subject import Malformed

PLAN = "floor_plan"


def narrowed(town: Town, **changes: Any) -> Platform:
    """The town where the floor plan's limits are as said."""
    law = town.law(FOOD)
    materials = tuple(replace(one, **changes) if one.key == PLAN else one for one in law.item.materials)
    changed = replace(law, item=replace(law.item, materials=materials))
    laws = SimpleNamespace(published=lambda region, item: changed if item == FOOD else None)
    return cast("Platform", SimpleNamespace(laws=laws, region=REGION))


def test_a_paper_that_says_what_it_is_for_is_held_to_its_materials_limits(town: Town) -> None:
    here = narrowed(town, kinds=("jpeg",), most_mb=3, most_files=2)
    limits = limits_for(here, REGION, FOOD, PLAN)
    assert (limits.kinds, limits.file_bytes, limits.files) == ((Kind("jpeg"),), 3 * MIB, 2)
    assert limits_for(here, "", FOOD, PLAN) == limits
    assert limits_for(here, "", "", "") is STANDARD
    for item, material, field in (("X", PLAN, "item"), (FOOD, "nowhere", "material"), ("", PLAN, "item")):
        with pytest.raises(Malformed) as found:
            limits_for(here, REGION, item, material)
        assert found.value.field == field


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kinds": ("jpeg",)}, "不收这种格式"),
        ({"most_mb": 0}, "超过"),
        ({"most_files": 0}, "最多 0 个文件"),
    ],
    ids=["格式", "大小", "个数"],
)
def test_a_paper_kept_for_anything_is_held_to_them_at_the_hand_in(
    town: Town, changes: dict[str, Any], words: str
) -> None:
    application = town.application(FOOD, RESTAURANT)
    assert require_fitting(narrowed(town), application) is application
    with pytest.raises(Malformed, match=words) as found:
        require_fitting(narrowed(town, **changes), application)
    place = int(found.value.field.removeprefix("papers[").removesuffix("]"))
    assert application.papers[place].material == PLAN


def test_the_door_says_so(town: Town, callers: Callable[[str], Any]) -> None:
    problem = assert_problem(
        callers(AGENT).post(
            f"/papers?name=x.pdf&item={FOOD}&material=nowhere", b"%PDF-", CONTENT_TYPE="application/pdf"
        ),
        400,
    )
    assert problem["field"] == "material"
