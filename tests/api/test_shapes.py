"""Schemas drawn from dataclasses say what the engine's reader does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.api.shapes import Shapes, written
from banjie.engine import catalogue, forms
from banjie.engine.cases import NAMES, Paper
from banjie.engine.cases.acts import Deliver, Delivery, Resubmit
from banjie.engine.codec import decode, encode
from banjie.engine.subject import Malformed


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    day: date
    colour: Colour = Colour.RED


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    leaves: tuple[Leaf, ...] = ()
    marks: Mapping[str, int] = field(default_factory=dict)
    first: Leaf | None = None


def test_what_comes_in_and_what_goes_out() -> None:
    shapes = Shapes()
    assert shapes.of(Tree, given=True) == {"$ref": "#/components/schemas/TreeInput"}
    shapes.of(Tree)
    given, told = shapes.components["TreeInput"], shapes.components["Tree"]
    assert given["required"] == ["name"]
    assert given["additionalProperties"] is False
    assert told["required"] == ["name", "leaves", "marks", "first"]
    assert told["properties"]["first"] == {"anyOf": [{"$ref": "#/components/schemas/Leaf"}, {"type": "null"}]}
    assert shapes.components["Leaf"]["properties"]["day"] == {"type": "string", "format": "date"}
    assert shapes.components["Colour"] == {"type": "string", "enum": ["red", "blue"]}


def test_two_rooms_may_use_one_word() -> None:
    shapes = Shapes()
    shapes.of(forms.Option)
    shapes.of(catalogue.Option)
    assert "ineligible" not in shapes.components["Option"]["properties"]
    assert "ineligible" in shapes.components["CatalogueOption"]["properties"]


def test_everything_is_written_out() -> None:
    tree = Tree("榕树", (Leaf(date(2026, 11, 24)),))
    assert written(tree) == {
        "name": "榕树",
        "leaves": [{"day": "2026-11-24", "colour": "red"}],
        "marks": {},
        "first": None,
    }
    assert decode(Tree, written(tree)) == tree


def whole(kind: type) -> dict[str, object]:
    shapes = Shapes()
    return {**shapes.of(kind, given=True), "components": {"schemas": shapes.components}}


@pytest.mark.parametrize("command", NAMES, ids=lambda command: command.__name__)
def test_every_command_has_a_schema_that_stands(command: type) -> None:
    jsonschema_rs.meta.validate(whole(command))


COMMANDS = st.sampled_from(
    (
        Resubmit(
            data={"name": "春禾", "staff": 3, "open": True, "days": ("1", "2")}, papers=(Paper("layout", "图.pdf"),)
        ),
        Deliver(Delivery.POST, "回执"),
    )
)
ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)


@given(command=COMMANDS, name=st.sampled_from(("data", "papers", "way", "evidence", "other")), odd=ODD)
def test_schema_and_reader_agree(command: Resubmit | Deliver, name: str, odd: object) -> None:
    data = {**encode(command), name: odd}
    try:
        decode(type(command), data)
        read = True
    except Malformed:
        read = False
    valid = jsonschema_rs.Draft202012Validator(whole(type(command))).is_valid(data)
    # What the reader takes, the schema allows. Control characters in a text are the one thing it cannot say.
    assert valid or not read
