"""Every combination of facts that can come before a decision table, cut so that checks are exact.

The values of a fact are cut where a row's test or a question's condition changes its answer. Inside such a piece
all values are alike, so trying one of each tries them all: nothing is sampled. Facts that are not asked when a
condition fails are known to be absent exactly then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable
from banjie.engine.forms import FieldKind
from banjie.engine.rules import Condition, Fact, Test
from banjie.engine.table_cells import ORDERED, SCALE, Cell, FactKind, Span, bounds, position, say_value, value_at

STEP_LIMIT = 100_000
"""Pieces of combinations that one search looks at before it gives up and says so."""

OTHER = "（其他内容）"
"""Stands for every text that no row names."""

KINDS: dict[FieldKind, FactKind] = {
    FieldKind.TEXT: FactKind.TEXT,
    FieldKind.NUMBER: FactKind.NUMBER,
    FieldKind.MONEY: FactKind.MONEY,
    FieldKind.DATE: FactKind.DATE,
    FieldKind.YES_NO: FactKind.YES_NO,
    FieldKind.CHOICE: FactKind.CHOICE,
    FieldKind.REGION: FactKind.TEXT,
    FieldKind.AREA: FactKind.AREA,
}
"""The fields a table can test, and as what. Long texts and several choices at once are no single value."""

Point = dict[str, Fact]
"""One combination: the facts that are known; those that are not asked are left out."""


Tests = tuple[Cell, ...]
"""What a row asks of one fact: all of these; nothing if there are none."""


class TooLarge(Exception):
    """The search has looked at as many pieces as it may."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A fact as the item asks it: its words, the values it can take, and when it is asked."""

    fact: str
    kind: FactKind
    label: str
    labels: dict[str, str] = field(default_factory=dict)
    """The words of each option; for a choice its keys are all the values there are."""
    low: int = 0
    high: int = 0
    required: bool = True
    show_if: tuple[Condition, ...] = ()

    def say(self, value: Fact | None) -> str:
        """A value of this fact in words."""
        return say_value(self.kind, value, self.labels)


def dimensions(item: Item) -> dict[str, Dimension]:
    """Every fact of the item that a table can test, by its name, in the order in which they are asked.

    Options that rule the application out by themselves never come before a table, and are left out.
    """
    found: dict[str, Dimension] = {}
    for question in item.questions:
        labels = {option.value: option.label for option in question.options if not option.ineligible}
        found[question.key] = Dimension(
            question.key, FactKind.CHOICE, question.text.rstrip("？?"), labels, show_if=question.show_if
        )
    for one in (one for section in item.form.sections for one in section.fields):
        kind = KINDS.get(one.kind)
        if kind is None:
            continue
        low, high = bounds(kind)
        scale = SCALE.get(kind, 1)
        if kind in ORDERED and kind is not FactKind.DATE:
            least = 0 if one.minimum is None and kind in SCALE else one.minimum
            low = low if least is None else least * scale
            high = high if one.maximum is None else one.maximum * scale
        found[one.key] = Dimension(
            one.key,
            kind,
            one.label,
            {option.value: option.label for option in one.options},
            low,
            high,
            required=one.required,
            show_if=one.show_if,
        )
    return found


@dataclass(frozen=True, slots=True)
class Space:
    """The combinations that the columns of a table can meet, with the facts their conditions hang on."""

    dimensions: tuple[Dimension, ...]

    def find(self, within: Sequence[Sequence[Tests]] = (), avoid: Sequence[Sequence[Tests]] = ()) -> Point | None:
        """A combination that can come about, meets every row of `within` and none of `avoid`; None if there is none.

        A row gives the tests of each dimension, in their order. Raises `TooLarge`.
        """
        return _Search(self, within, avoid).find()

    def row(self, table: DecisionTable, cells: Sequence[Cell]) -> tuple[Tests, ...]:
        """The tests of a row of the table in the order of `dimensions`."""
        by_fact: dict[str, Tests] = {}
        for column, cell in zip(table.inputs, cells, strict=True):
            by_fact[column.fact] = (*by_fact.get(column.fact, ()), cell)
        return tuple(by_fact.get(one.fact, ()) for one in self.dimensions)


def space_of(item: Item, table: DecisionTable) -> Space:
    """The space of a table whose columns are all facts of the item."""
    known = dimensions(item)
    wanted = {column.fact for column in table.inputs}
    for fact in reversed(known):
        if fact in wanted:
            wanted |= {one.fact for one in known[fact].show_if}
    return Space(tuple(one for fact, one in known.items() if fact in wanted))


class _Search:
    """One search: the values in pieces, and for each piece the rows to be avoided that it meets, as bits."""

    def __init__(
        self,
        space: Space,
        within: Sequence[Sequence[Tests]],
        avoid: Sequence[Sequence[Tests]],
    ) -> None:
        self.dimensions = space.dimensions
        self.steps = 0
        self.dead: set[tuple[int, int, tuple[Fact | None, ...]]] = set()
        self.all_rows = (1 << len(avoid)) - 1
        conditions = [one for dimension in self.dimensions for one in dimension.show_if]
        self.pieces: list[list[tuple[Fact | None, int]]] = []
        self.shared: list[int] = []
        """For each place the rows that every piece of it meets."""
        for place, dimension in enumerate(self.dimensions):
            inside = [cell for row in within for cell in row[place]]
            tests = [row[place] for row in avoid]
            cells = [*inside, *(cell for test in tests for cell in test)]
            own = [one for one in conditions if one.fact == dimension.fact]
            pieces = []
            for value in _pieces(dimension, cells, own):
                if all(cell.matches(value) for cell in inside):
                    bits = sum(1 << row for row, test in enumerate(tests) if all(cell.matches(value) for cell in test))
                    pieces.append((value, bits))
            self.pieces.append(pieces)
            common = self.all_rows
            for _, bits in pieces:
                common &= bits
            self.shared.append(common)
        self.later = self._later()
        self.after = self._after()

    def _later(self) -> list[tuple[str, ...]]:
        """For each place the earlier facts on which conditions from there on hang."""
        found = []
        for place in range(len(self.dimensions) + 1):
            earlier = {one.fact for one in self.dimensions[:place]}
            hung = {condition.fact for one in self.dimensions[place:] for condition in one.show_if}
            found.append(tuple(sorted(earlier & hung)))
        return found

    def _after(self) -> list[int]:
        """For each place the rows that whatever comes from there on will meet."""
        found = [self.all_rows]
        for common in reversed(self.shared):
            found.append(found[-1] & common)
        return found[::-1]

    def find(self) -> Point | None:
        return self._from(0, self.all_rows, {})

    def _from(self, place: int, rows: int, point: Point) -> Point | None:
        if rows & self.after[place]:
            return None
        if place == len(self.dimensions):
            return dict(point)
        state = (place, rows, tuple(point.get(fact) for fact in self.later[place]))
        if state in self.dead:
            return None
        dimension = self.dimensions[place]
        for value, bits in self.pieces[place]:
            self.steps += 1
            if self.steps > STEP_LIMIT:
                raise TooLarge
            if not self._can_be(dimension, value, point):
                continue
            if value is not None:
                point[dimension.fact] = value
            found = self._from(place + 1, rows & bits, point)
            if found is not None:
                return found
            point.pop(dimension.fact, None)
        self.dead.add(state)
        return None

    def _can_be(self, dimension: Dimension, value: Fact | None, point: Point) -> bool:
        """Whether the fact can have this value (None: is not asked) when the earlier facts are as they are."""
        here = {one.fact for one in self.dimensions}
        unknown = any(condition.fact not in here for condition in dimension.show_if)
        asked = all(condition.holds(point) for condition in dimension.show_if if condition.fact in here)
        if value is None:
            return not asked or unknown or not dimension.required
        return asked


def _pieces(dimension: Dimension, cells: list[Cell], conditions: list[Condition]) -> list[Fact | None]:
    """One value of each piece within which all tests and conditions answer alike; absence is a piece of its own."""
    absent: list[Fact | None] = [None] if dimension.show_if or not dimension.required else []
    if dimension.kind is FactKind.YES_NO:
        return [True, False, *absent]
    if dimension.kind is FactKind.CHOICE:
        return [*dimension.labels, *absent]
    if dimension.kind is FactKind.TEXT:
        named = {value for cell in cells for value in cell.values}
        named |= {part for one in conditions for part in _values(one)}
        return [*sorted(named, key=str), OTHER, *absent]
    places = spans_of(dimension, cells, conditions)
    return [*(value_at(dimension.kind, low) for low, _ in places), *absent]


def spans_of(dimension: Dimension, cells: Sequence[Cell], conditions: Sequence[Condition] = ()) -> list[Span]:
    """What the values of an ordered fact are cut into by these tests and conditions, ascending."""
    cuts = {dimension.low}
    for cell in cells:
        cuts |= {place for low, high in cell.spans for place in (low, high + 1)}
    for one in conditions:
        for value in _values(one):
            at = position(dimension.kind, value)
            if at is not None:
                cuts |= {at} if one.test in (Test.AT_LEAST, Test.LESS_THAN) else {at, at + 1}
    inside = sorted(cut for cut in cuts if dimension.low <= cut <= dimension.high)
    return list(zip(inside, [*(cut - 1 for cut in inside[1:]), dimension.high], strict=True))


def _values(condition: Condition) -> tuple[Fact, ...]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)
