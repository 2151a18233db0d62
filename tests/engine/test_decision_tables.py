"""Decision tables: what a cell says, which rows hit, and that the tree never differs from reading row by row."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.codec import decode, encode
from banjie.engine.decision_tables import (
    DecisionTable,
    Input,
    Policy,
    Reading,
    Row,
    _row_by_row,
    compiled,
    read_table,
)
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.table_cells import FactKind, read_cell, read_value, s_feel, say_cell

# Kind | cell | values that meet it | values that do not. 「~」 is a fact that is not asked.
CELLS = """
choice | -                     | catering ~          |
choice |                       | catering ~          |
choice | catering, canteen     | catering canteen    | sale ~
choice | catering、canteen     | catering canteen    | sale ~
choice | "catering"            | catering            | sale ~
choice | not(catering, sale)   | canteen             | catering sale ~
choice | 不是 catering         | sale                | catering ~
choice | null                  | ~                   | catering
choice | sale, 未涉及          | sale ~              | catering
yes_no | 是                    | 是                  | 否 ~
yes_no | not(是)               | 否                  | 是 ~
number | 3                     | 3                   | 2 4 ~
number | [3..5)                | 3 4                 | 2 5 ~
number | (3..5]                | 4 5                 | 3 6
number | >= 3                  | 3 99                | 2 ~
number | 3以上                 | 3 4                 | 2
number | 不满3                 | 2 -1                | 3
number | 超过３                | 4                   | 3
number | < 3, >= 10            | 2 10                | 3 9
number | not([3..5])           | 2 6                 | 3 5 ~
number | 3, null               | 3 ~                 | 4
area   | [100..500)            | 100 499.99          | 99.99 500 ~
area   | 不超过50.5            | 50.5 0              | 50.51
money  | > 1000                | 1000.01             | 1000
date   | [2026-01-01..2026-12-31] | 2026-01-01 2026-12-31 | 2025-12-31 2027-01-01
date   | < date("2026-07-01")  | 2026-06-30          | 2026-07-01
"""


@pytest.mark.parametrize("line", CELLS.strip().splitlines())
def test_what_a_cell_says(line: str) -> None:
    kind_name, text, yes, no = (part.strip() for part in line.split("|"))
    kind = FactKind(kind_name)
    cell = read_cell(kind, text)
    for value in yes.split():
        assert cell.matches(None if value == "~" else read_value(kind, value)), value
    for value in no.split():
        assert not cell.matches(None if value == "~" else read_value(kind, value)), value
    assert read_cell(kind, s_feel(cell)) == cell
    assert say_cell(cell)


# Kind | broken cell | what is said of it
BROKEN = """
choice | catering,,sale       | 空的
yes_no | 也许                 | 不是“是”或“否”
number | [5..3]               | 上下颠倒
number | (3..4)               | 上下颠倒
number | 三                   | 看不懂
number | 1.5                  | 不是整数
number | 3 4                  | 多余
number | 3,                   | 多余
area   | 100.555              | 最多两位小数
date   | 2026-02-30           | 不是有效的日期
date   | 明天                 | 看不懂
"""


@pytest.mark.parametrize("line", BROKEN.strip().splitlines())
def test_a_broken_cell_is_named_with_its_remedy(line: str) -> None:
    kind, text, said = (part.strip() for part in line.split("|"))
    column = Input("it", FactKind(kind))
    table = DecisionTable("t", "表", (Input("other", FactKind.CHOICE), column), (Row(("-", "-")), Row(("-", text))))
    with pytest.raises(Malformed) as caught:
        compiled(table)
    assert caught.value.field == "rows[1].cells[1]"
    assert said in caught.value.reason
    assert caught.value.remedy


def test_a_row_with_too_few_cells_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        compiled(DecisionTable("t", "表", (Input("a", FactKind.CHOICE),), (Row(("-", "-")),)))
    assert caught.value.field == "rows[0].cells"


def premises(policy: Policy) -> DecisionTable:
    return DecisionTable(
        "premises",
        "场所规模",
        (Input("business", FactKind.CHOICE), Input("area", FactKind.AREA)),
        (
            Row(("catering", ">= 500")),
            Row(("catering", "-")),
            Row(("-", ">= 1000")),
            Row(("not(catering)", "< 1000")),
        ),
        policy,
    )


# Policy | business | area (kept) | rows that hit | rows that still may, when the area is not known yet
HITS = """
first   | catering | 60000  | 0   | 0 1
first   | catering | 100    | 1   | 0 1
first   | sale     | 200000 | 2   | 2 3
collect | catering | 200000 | 0 1 2 | 0 2
collect | sale     | 5      | 3   | 2 3
unique  | sale     | 5      | 3   | 2 3
"""


@pytest.mark.parametrize("line", HITS.strip().splitlines())
def test_hits_by_policy_and_while_a_fact_may_still_come(line: str) -> None:
    policy, business, area, hits, possible = (part.strip() for part in line.split("|"))
    table = premises(Policy(policy))
    facts: dict[str, Fact] = {"business": business, "area": int(area)}
    assert read_table(table, facts) == Reading(tuple(int(row) for row in hits.split()))
    reading = read_table(table, {"business": business}, {"area"})
    assert reading.possible == tuple(int(row) for row in possible.split())


def test_a_first_row_that_hits_for_certain_ends_the_reading() -> None:
    table = DecisionTable(
        "t", "表", (Input("a", FactKind.CHOICE), Input("b", FactKind.NUMBER)), (Row(("x", "-")), Row(("-", "> 3"))),
        Policy.FIRST,
    )  # fmt: skip
    assert read_table(table, {"a": "x"}, {"b"}) == Reading((0,))
    assert read_table(table, {"a": "y"}, {"b"}) == Reading((), (1,))


def test_a_table_is_in_force_within_its_days() -> None:
    table = DecisionTable("t", "表", (), (), effective_from=date(2026, 1, 1), effective_to=date(2026, 6, 30))
    days = {date(2025, 12, 31): False, date(2026, 1, 1): True, date(2026, 6, 30): True, date(2026, 7, 1): False}
    assert {day: table.in_force(day) for day in days} == days
    assert table.in_force(None)


def test_what_a_table_was_compiled_to_is_no_part_of_it() -> None:
    table, same = premises(Policy.FIRST), premises(Policy.FIRST)
    assert compiled(table) is compiled(table)
    assert table == same
    assert hash(table) == hash(same)
    assert encode(table) == encode(same)
    assert decode(DecisionTable, encode(table)) == table


# --- the tree against the rows ---

CHOICES = ("a", "b", "c")
_choice_cells = st.sampled_from(["-", "a", "a, b", "not(c)", "null", "b, null", "not(a, b)"])
_number_cells = st.sampled_from(["-", "3", "[2..5)", "< 4", ">= 7", "(1..8]", "null", "< 2, > 6", "not(5)"])
_flag_cells = st.sampled_from(["-", "是", "否", "null"])
_day_cells = st.sampled_from(["-", "< 2026-06-01", "[2026-01-01..2026-12-31]", ">= 2027-01-01", "null"])
INPUTS = (
    Input("kind", FactKind.CHOICE),
    Input("many", FactKind.NUMBER),
    Input("flag", FactKind.YES_NO),
    Input("day", FactKind.DATE),
)
_rows = st.builds(
    lambda *cells: Row(cells), _choice_cells, _number_cells, _flag_cells, _day_cells
)  # fmt: skip
tables = st.builds(
    lambda rows, policy: DecisionTable("t", "表", INPUTS, tuple(rows), policy),
    st.lists(_rows, min_size=1, max_size=8),
    st.sampled_from(list(Policy)),
)
facts_of = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from([*CHOICES, "elsewhere"]),
        "many": st.integers(-1, 10),
        "flag": st.booleans(),
        "day": st.dates(date(2025, 6, 1), date(2027, 6, 1)).map(date.isoformat),
    },
)


@given(tables, facts_of)
def test_the_tree_hits_what_reading_row_by_row_hits(table: DecisionTable, facts: Mapping[str, Fact]) -> None:
    ready = compiled(table)
    assert ready.hits(facts) == _row_by_row(table, ready.cells)(facts)


@given(tables, facts_of, st.sets(st.sampled_from(["kind", "many", "flag", "day"])))
def test_what_is_certain_stays_so_whatever_becomes_known(
    table: DecisionTable, facts: Mapping[str, Fact], still_open: set[str]
) -> None:
    early = {fact: value for fact, value in facts.items() if fact not in still_open}
    before, after = read_table(table, early, still_open), read_table(table, facts)
    assert set(before.hits) <= set(after.hits)
    assert set(after.hits) <= set(before.hits) | set(before.possible)
    if not before.possible:
        assert before.hits == after.hits
