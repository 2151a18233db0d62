"""Decision tables: rows of tests on facts, each with what follows from it, its reason and its legal clause.

A table is data of an edition, so a case keeps the tables it was filed under; within an edition a table may be in
force for some days only. It is compiled once into a tree of closures, one level a column.
"""

from bisect import bisect_right
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact, Facts
from banjie.engine.table_cells import ORDERED, Cell, FactKind, bounds, read_cell, value_at


class Policy(StrEnum):
    """How many rows may hit: exactly one, the first of several, or all together."""

    UNIQUE = "unique"
    FIRST = "first"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Input:
    """A column: the fact it tests (a guiding question or a field of the form)."""

    fact: str
    kind: FactKind
    label: str = ""
    """Its words in the table; "" takes those of the question or field."""
    changeable: bool = False
    """可改变: whether the applicant can bring about another answer, so that it may be suggested to her."""


@dataclass(frozen=True, slots=True)
class GivenFact:
    """A fact a row brings about, for the workflow's routes."""

    fact: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """审查要点 a row adds to a material."""

    material: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `cells` are texts, one a column (see `table_cells`); the rest follows when all of them are met.

    A material (by key) or a fee (by name) that some row of the item adds is asked for only where a row adds it.
    """

    cells: tuple[str, ...]
    reason: str = ""
    basis: str = ""
    eligible: bool = True
    instead: str = ""
    """What to do for whoever cannot apply."""
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    promised: int | None = None
    """The promised term, in the unit of the item's own."""
    sets: tuple[GivenFact, ...] = ()
    fees: tuple[str, ...] = ()
    valid_months: int | None = None
    """How long the certificate lasts; 0 for without end."""
    points: tuple[ReviewPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A fact of an example, written as people write it (150, 是, catering)."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class Example:
    """情景: facts, and the numbers (from 1) of the rows that must hit."""

    given: tuple[Sample, ...]
    hits: tuple[int, ...]
    name: str = ""


class _Compiled:
    """Where a table keeps what it was compiled to. It is no field: it is neither stored nor compared."""

    __slots__ = ("_compiled",)


@dataclass(frozen=True, slots=True)
class DecisionTable(_Compiled):
    """A dated table of an item."""

    key: str
    name: str
    inputs: tuple[Input, ...]
    rows: tuple[Row, ...]
    policy: Policy = Policy.UNIQUE
    effective_from: date | None = None
    effective_to: date | None = None
    """The last day on which it applies."""
    examples: tuple[Example, ...] = ()

    def in_force(self, on: date | None) -> bool:
        """Whether the table applies on a day; None asks for no day, and every table applies."""
        if on is None:
            return True
        return not (
            (self.effective_from and on < self.effective_from) or (self.effective_to and on > self.effective_to)
        )


Chooser = Callable[[Facts], tuple[int, ...]]
"""Facts in, the indexes (from 0) of the rows that hit out."""

NODE_LIMIT = 20_000
"""Nodes a tree may have; a table beyond is tried row by row."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A table ready to be asked. `hits` takes a fact that is missing as not asked in this situation."""

    cells: tuple[tuple[Cell, ...], ...]
    hits: Chooser


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table says while some facts may still come: rows that hit for certain, and rows that still may."""

    hits: tuple[int, ...]
    possible: tuple[int, ...] = ()


def compiled(table: DecisionTable) -> Compiled:
    """The table compiled, the first time it is asked. Raises `Malformed` naming the broken cell (rows[2].cells[1])."""
    known: Compiled | None = getattr(table, "_compiled", None)
    if known is None:
        known = _compile(table)
        object.__setattr__(table, "_compiled", known)
    return known


def read_row(table: DecisionTable, index: int) -> tuple[Cell, ...]:
    """The cells of a row. Raises `Malformed` naming the broken one."""
    row = table.rows[index]
    if len(row.cells) != len(table.inputs):
        raise Malformed(
            f"rows[{index}].cells",
            f"有 {len(row.cells)} 格，而表有 {len(table.inputs)} 列",
            "请使每一行的格数与列数相同，不限的格写“-”",
        )
    cells = []
    for place, (column, text) in enumerate(zip(table.inputs, row.cells, strict=True)):
        try:
            cells.append(read_cell(column.kind, text))
        except Malformed as wrong:
            raise Malformed(f"rows[{index}].cells[{place}]", wrong.reason, wrong.remedy) from None
    return tuple(cells)


def read_table(table: DecisionTable, facts: Facts, still_open: Set[str] = frozenset()) -> Reading:
    """What the table says of `facts`, when the facts of `still_open` may yet become known."""
    ready = compiled(table)
    columns = [column.fact in still_open and column.fact not in facts for column in table.inputs]
    if not any(columns):
        return Reading(ready.hits(facts))
    certain, possible = [], []
    for index, cells in enumerate(ready.cells):
        pairs = list(zip(table.inputs, cells, columns, strict=True))
        if not all(is_open or cell.matches(facts.get(column.fact)) for column, cell, is_open in pairs):
            continue
        if any(is_open and not cell.anything for _, cell, is_open in pairs):
            possible.append(index)
        elif table.policy is Policy.COLLECT:
            certain.append(index)
        elif table.policy is Policy.UNIQUE or not possible:
            return Reading((index,))
        else:
            # An earlier row may still take precedence.
            possible.append(index)
            break
    return Reading(tuple(certain), tuple(possible))


# --- the compiler ---


def _compile(table: DecisionTable) -> Compiled:
    cells = tuple(read_row(table, index) for index in range(len(table.rows)))
    tree = _Tree(table, cells)
    try:
        return Compiled(cells, tree.node(0, tuple(range(len(cells)))))
    except _TooManyNodes:
        return Compiled(cells, _row_by_row(table, cells))


class _TooManyNodes(Exception):
    """The tree would outgrow its limit."""


class _Tree:
    """Builds the tree; equal questions about equal rows share a node."""

    def __init__(self, table: DecisionTable, cells: tuple[tuple[Cell, ...], ...]) -> None:
        self.inputs = table.inputs
        self.cells = cells
        self.policy = table.policy
        self.known: dict[tuple[int, tuple[int, ...]], Chooser] = {}

    def node(self, place: int, rows: tuple[int, ...]) -> Chooser:
        while place < len(self.inputs) and all(self.cells[row][place].anything for row in rows):
            place += 1
        if place == len(self.inputs):
            return _leaf(rows if self.policy is Policy.COLLECT else rows[:1])
        known = self.known.get((place, rows))
        if known is None:
            if len(self.known) >= NODE_LIMIT:
                raise _TooManyNodes
            column = self.inputs[place]
            branch = self._spans if column.kind in ORDERED else self._values
            known = self.known[place, rows] = branch(column, place, rows)
        return known

    def _below(self, place: int, rows: tuple[int, ...], value: Fact | None) -> Chooser:
        return self.node(place + 1, tuple(row for row in rows if self.cells[row][place].matches(value)))

    def _values(self, column: Input, place: int, rows: tuple[int, ...]) -> Chooser:
        named = {value for row in rows for value in self.cells[row][place].values}
        branches: dict[Fact | None, Chooser] = {value: self._below(place, rows, value) for value in named}
        branches[None] = self._below(place, rows, None)
        # No cell names this value, so it stands for every value that no cell names.
        otherwise = self._below(place, rows, ("",))
        fact, find = column.fact, branches.get

        def choose(facts: Facts) -> tuple[int, ...]:
            return find(facts.get(fact), otherwise)(facts)

        return choose

    def _spans(self, column: Input, place: int, rows: tuple[int, ...]) -> Chooser:
        spans = [span for row in rows for span in self.cells[row][place].spans]
        places = sorted({low for low, _ in spans} | {high + 1 for _, high in spans})
        kind = column.kind
        # Days are compared as the ISO texts they are kept as, so no date is parsed when a table is asked.
        cuts = [value_at(kind, at) for at in places]
        below = value_at(kind, places[0] - 1 if places else bounds(kind)[0])
        children = [self._below(place, rows, below), *(self._below(place, rows, cut) for cut in cuts)]
        absent = self._below(place, rows, None)
        fact, held = column.fact, str if kind is FactKind.DATE else int

        def choose(facts: Facts) -> tuple[int, ...]:
            value = facts.get(fact)
            if type(value) is not held:
                return absent(facts)
            return children[bisect_right(cuts, value)](facts)

        return choose


def _leaf(rows: tuple[int, ...]) -> Chooser:
    def choose(facts: Facts) -> tuple[int, ...]:
        return rows

    return choose


def _row_by_row(table: DecisionTable, cells: tuple[tuple[Cell, ...], ...]) -> Chooser:
    names = [column.fact for column in table.inputs]
    collect = table.policy is Policy.COLLECT

    def choose(facts: Facts) -> tuple[int, ...]:
        values = [facts.get(name) for name in names]
        found = (
            index
            for index, row in enumerate(cells)
            if all(cell.matches(value) for cell, value in zip(row, values, strict=True))
        )
        return tuple(found) if collect else tuple(index for index in [next(found, None)] if index is not None)

    return choose
