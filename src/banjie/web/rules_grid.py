"""A decision table as the controls of one form: what was posted, what a button changes, and the table it comes to.

The whole table travels with the form, so that rows are added and moved without scripts and nothing is kept before it
is saved. Names of controls: `r2-c1` is the second column of the third row, `r2-reason` one of its results, `e0-c1` a
value of the first example, `try-c1` one of the try-out.
"""

import re
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable, Example, Input, Row
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.table_cells import Cell, FactKind, read_cell, read_value
from banjie.engine.table_space import Dimension, dimensions
from banjie.packs.rule_tables import (
    OUTPUTS,
    day_of,
    example_kept,
    input_of,
    outputs_shown,
    policy_of,
    policy_words,
    row_kept,
    tidy,
)

MOST_ROWS = 40
"""Rows a page can hold; longer tables are edited as a workbook."""
MOST_COLUMNS = 8
MOST_EXAMPLES = 60
NOT_ASKED = "未涉及"

_RESERVED = frozenset({"new", "upload"})
"""Words that have an address of their own beside those of the tables."""
_ACTION = re.compile(r"(add-row|add-example|add-column|(?:up|down|drop-row|drop-example|drop-column)-([0-9]{1,3}))")


@dataclass
class ExampleTexts:
    """An example as it stands in the form."""

    name: str = ""
    values: list[str] = field(default_factory=list)
    hits: str = ""


@dataclass
class Grid:
    """A table as texts. `cells[r][c]` is the text the engine reads; `outputs[r]` the results by name."""

    key: str = ""
    name: str = ""
    policy: str = "唯一"
    day_from: str = ""
    day_to: str = ""
    facts: list[str] = field(default_factory=list)
    changeable: list[bool] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    examples: list[ExampleTexts] = field(default_factory=list)


def grid_of(table: DecisionTable) -> Grid:
    """The form of a table that is kept."""
    return Grid(
        key=table.key,
        name=table.name,
        policy=policy_words(table),
        day_from=table.effective_from.isoformat() if table.effective_from else "",
        day_to=table.effective_to.isoformat() if table.effective_to else "",
        facts=[column.fact for column in table.inputs],
        changeable=[column.changeable for column in table.inputs],
        labels=[column.label for column in table.inputs],
        cells=[list(row.cells) for row in table.rows],
        outputs=[outputs_shown(row) for row in table.rows],
        examples=[_example_texts(table, example) for example in table.examples],
    )


def _example_texts(table: DecisionTable, example: Example) -> ExampleTexts:
    given = {sample.fact: sample.value for sample in example.given}
    hits = "、".join(str(number) for number in example.hits)
    return ExampleTexts(example.name, [given.get(column.fact, "") for column in table.inputs], hits)


def grid_posted(data: QueryDict) -> Grid:
    """The form as it was sent; what is missing is empty, and nothing is more than a page can hold."""
    columns, rows, examples = (
        _count(data, name, most)
        for name, most in (("columns", MOST_COLUMNS), ("rows", MOST_ROWS), ("examples", MOST_EXAMPLES))
    )
    return Grid(
        key=data.get("key", "")[:40].strip(),
        name=data.get("name", "")[:60].strip(),
        policy=data.get("policy", ""),
        day_from=data.get("day_from", ""),
        day_to=data.get("day_to", ""),
        facts=[data.get(f"fact-{column}", "")[:60] for column in range(columns)],
        changeable=[data.get(f"changeable-{column}") == "yes" for column in range(columns)],
        labels=[data.get(f"label-{column}", "")[:60] for column in range(columns)],
        cells=[[_cell(data, f"r{row}-c{column}") for column in range(columns)] for row in range(rows)],
        outputs=[{name: data.get(f"r{row}-{name}", "") for name in OUTPUTS} for row in range(rows)],
        examples=[
            ExampleTexts(
                data.get(f"e{number}-name", "")[:60],
                [data.get(f"e{number}-c{column}", "")[:60] for column in range(columns)],
                data.get(f"e{number}-hits", "")[:60],
            )
            for number in range(examples)
        ],
    )


def _count(data: QueryDict, name: str, most: int) -> int:
    text = data.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _cell(data: QueryDict, name: str) -> str:
    """The options ticked, or the text typed; nothing is any value."""
    return ", ".join(part.strip() for part in data.getlist(name) if part.strip())[:1000] or "-"


def change(grid: Grid, action: str, fact: str = "") -> None:
    """What a button does to the form: add, move or drop a row, a column or an example."""
    match = _ACTION.fullmatch(action)
    if match is None:
        return
    place = int(match[2]) if match[2] else 0
    what = action.removesuffix(f"-{match[2]}") if match[2] else action
    match what:
        case "add-row" if len(grid.cells) < MOST_ROWS:
            grid.cells.append(["-"] * len(grid.facts))
            grid.outputs.append(dict.fromkeys(OUTPUTS, ""))
        case "add-example" if len(grid.examples) < MOST_EXAMPLES:
            grid.examples.append(ExampleTexts(values=[""] * len(grid.facts)))
        case "add-column" if fact and fact not in grid.facts and len(grid.facts) < MOST_COLUMNS:
            _columns(grid, fact)
        case "up" | "down":
            other = place + (1 if what == "down" else -1)
            if 0 <= place < len(grid.cells) and 0 <= other < len(grid.cells):
                grid.cells[place], grid.cells[other] = grid.cells[other], grid.cells[place]
                grid.outputs[place], grid.outputs[other] = grid.outputs[other], grid.outputs[place]
        case "drop-row" if place < len(grid.cells):
            del grid.cells[place], grid.outputs[place]
        case "drop-example" if place < len(grid.examples):
            del grid.examples[place]
        case "drop-column" if place < len(grid.facts):
            del grid.facts[place], grid.changeable[place], grid.labels[place]
            for cells in grid.cells:
                del cells[place]
            for example in grid.examples:
                del example.values[place]


def _columns(grid: Grid, fact: str) -> None:
    grid.facts.append(fact)
    grid.changeable.append(False)
    grid.labels.append("")
    for cells in grid.cells:
        cells.append("-")
    for example in grid.examples:
        example.values.append("")


# --- from texts to a table ---


@dataclass(frozen=True, slots=True)
class Wrong:
    """A control that cannot be read, and what to write instead."""

    field: str
    message: str


def table_of(grid: Grid, item: Item) -> tuple[DecisionTable, tuple[Wrong, ...]]:
    """The table the form comes to, and the controls that cannot be read (their parts are left out).

    A cell that cannot be read stays in the table: its check names it, and a draft may hold it.
    """
    wrong: list[Wrong] = []

    def noted(name: str, refused: Malformed) -> None:
        wrong.append(Wrong(name, f"{refused.reason}。{refused.remedy}"))

    inputs: list[Input] = []
    for place, fact in enumerate(grid.facts):
        try:
            column = input_of(item, fact, changeable=grid.changeable[place])
            inputs.append(replace(column, label=tidy("label", grid.labels[place])))
        except Malformed as refused:
            noted(f"fact-{place}", refused)
            inputs.append(Input(fact, FactKind.TEXT))
    rows: list[Row] = []
    for number, cells in enumerate(grid.cells):
        try:
            rows.append(row_kept(tuple(tidy("cells", cell) or "-" for cell in cells), grid.outputs[number]))
        except Malformed as refused:
            noted(f"r{number}-{refused.field if refused.field != 'cells' else 'c0'}", refused)
            rows.append(Row(tuple(cells)))
    table = DecisionTable(grid.key, grid.name, tuple(inputs), tuple(rows))
    try:
        table = replace(table, policy=policy_of(grid.policy))
        table = replace(table, effective_from=day_of("day_from", grid.day_from))
        table = replace(table, effective_to=day_of("day_to", grid.day_to))
    except Malformed as refused:
        noted(refused.field, refused)
    examples = []
    for number, texts in enumerate(grid.examples):
        given = dict(zip(grid.facts, texts.values, strict=True))
        if not any(texts.values) and not texts.hits.strip():
            continue
        try:
            examples.append(example_kept(table, given, texts.hits, tidy("name", texts.name)))
        except Malformed as refused:
            noted(f"e{number}-{refused.field}", refused)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", grid.key) or grid.key in _RESERVED:
        wrong.append(Wrong("key", "编码应以小写字母开头，只用小写字母、数字和下划线，例如 site_visit"))
    return replace(table, examples=tuple(examples)), tuple(wrong)


def tried(data: QueryDict, table: DecisionTable, known: dict[str, Dimension]) -> tuple[dict[str, Fact], list[Wrong]]:
    """The facts typed into the try-out, and the controls of it that cannot be read."""
    facts: dict[str, Fact] = {}
    wrong = []
    for place, column in enumerate(table.inputs):
        text = data.get(f"try-c{place}", "").strip()[:60]
        if not text or text == NOT_ASKED:
            continue
        try:
            facts[column.fact] = read_value(column.kind, text)
        except Malformed as refused:
            label = known[column.fact].label if column.fact in known else column.fact
            wrong.append(Wrong(f"try-c{place}", f"{label}：{refused.reason}。{refused.remedy}"))
    return facts, wrong


# --- from texts to controls ---


def cell_control(text: str, dimension: Dimension | None) -> dict[str, object]:
    """How a cell is asked: boxes to tick for a choice, a list for yes and no, a line of text for the rest."""
    if dimension is None or dimension.kind not in (FactKind.CHOICE, FactKind.YES_NO):
        return {"kind": "text", "value": "" if text.strip() == "-" else text}
    labels = {"是": "是", "否": "否"} if dimension.kind is FactKind.YES_NO else dimension.labels
    cell, ticked = _cell_or_none(dimension, text), []
    if cell is None:
        ticked = [part.strip() for part in re.split(r"[,，、|]", text) if part.strip()]
    elif not cell.anything:
        ticked = [value for value in labels if cell.matches(read_value(dimension.kind, value))]
        ticked += [NOT_ASKED] if cell.absent else []
        ticked += sorted(str(value) for value in cell.values if str(value) not in labels and not cell.negated
                         and not isinstance(value, bool))  # fmt: skip
    options = [{"value": value, "text": label} for value, label in labels.items()]
    if dimension.show_if:
        options.append({"value": NOT_ASKED, "text": "这一项没有问到"})
    known = {option["value"] for option in options}
    options += [{"value": value, "text": f"{value}（没有这个选项）"} for value in ticked if value not in known]
    words = "、".join(option["text"] for option in options if option["value"] in ticked)
    return {"kind": "ticks", "options": options, "ticked": ticked, "words": words or "不限"}


def _cell_or_none(dimension: Dimension, text: str) -> Cell | None:
    try:
        return read_cell(dimension.kind, text)
    except Malformed:
        return None


def columns_of(grid: Grid, item: Item) -> list[Dimension | None]:
    """The facts of the columns as the item asks them; None for one it does not have."""
    known = dimensions(item)
    return [known.get(fact) for fact in grid.facts]
