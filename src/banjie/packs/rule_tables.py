"""Decision tables as texts, cell by cell: what the editor's grid, a worksheet and DMN have in common.

In texts an official reads, a choice stands under its label, one a line; several materials, fees, facts or review
points stand one a line too, since their words may hold commas.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable, Example, GivenFact, Input, Policy, ReviewPoint, Row, Sample
from banjie.engine.ids import Malformed
from banjie.engine.table_cells import FactKind
from banjie.engine.table_space import Dimension, dimensions
from banjie.packs.words import CODES, code_words, key_words

OUTPUTS: dict[str, str] = {name: words for name, words in key_words(Row).items() if name != "cells"}
"""What a row brings about: the field and its words, in the order in which they are shown."""

MOST_TEXT = 1_000
"""Characters a cell may have."""

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NOT = "不是："


def tidy_text(text: str) -> str:
    """A cell as it is taken: without blank lines. Raises `Malformed` for what is too long or cannot be seen."""
    plain = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip())
    if len(plain) > MOST_TEXT:
        raise Malformed("", f"有 {len(plain)} 个字，太长", f"请控制在 {MOST_TEXT} 字以内")
    if _HIDDEN.search(plain):
        raise Malformed("", "含有看不见的字符", "请删去后重新键入，不要整段粘贴")
    return plain


# --- tests ---


def cell_shown(text: str, dimension: Dimension | None) -> str:
    """A cell's text with the labels of its options, one a line, where the fact is a choice."""
    if dimension is None or dimension.kind is not FactKind.CHOICE:
        return text
    match = re.fullmatch(r"not\s*\((.*)\)|(.*)", text.strip(), re.DOTALL)
    assert match is not None  # noqa: S101 — the second branch takes every text.
    negated, plain = match.groups()
    parts = [part.strip() for part in re.split(r"[,，、|]", negated if negated is not None else plain)]
    words = "\n".join(dimension.labels.get(part, part) for part in parts)
    return _NOT + "\n" + words if negated is not None else words


def cell_kept(text: str, dimension: Dimension | None) -> str:
    """The text a table keeps: labels turned back into the values of their options."""
    if dimension is None or dimension.kind is not FactKind.CHOICE:
        return text or "-"
    values = {label: value for value, label in dimension.labels.items()}
    lines = text.removeprefix(_NOT).split("\n")
    parts = [values.get(line.strip(), line.strip()) for line in lines if line.strip()]
    joined = ", ".join(parts)
    if text.startswith(_NOT):
        return f"not({joined})"
    return joined or "-"


# --- what follows ---


def outputs_shown(row: Row) -> dict[str, str]:
    """What a row brings about as texts, by the names of its fields; "" for what it leaves alone."""
    return {
        "reason": row.reason,
        "basis": row.basis,
        "eligible": "" if row.eligible else "否",
        "instead": row.instead,
        "add": "\n".join(row.add),
        "remove": "\n".join(row.remove),
        "promised": "" if row.promised is None else str(row.promised),
        "sets": "\n".join(f"{given.fact}={_said(given.value)}" for given in row.sets),
        "fees": "\n".join(row.fees),
        "valid_months": "" if row.valid_months is None else str(row.valid_months),
        "points": "\n".join(f"{point.material}：{point.text}" for point in row.points),
    }


def row_kept(cells: tuple[str, ...], texts: Mapping[str, str]) -> Row:
    """A row from texts. Raises `Malformed` whose field is the output's name."""
    tidied = {name: tidy(name, texts.get(name, "")) for name in OUTPUTS}
    return Row(
        cells=cells,
        reason=tidied["reason"].replace("\n", ""),
        basis=tidied["basis"].replace("\n", "；"),
        eligible=_yes_no("eligible", tidied["eligible"], empty=True),
        instead=tidied["instead"].replace("\n", ""),
        add=_lines(tidied["add"]),
        remove=_lines(tidied["remove"]),
        promised=_whole("promised", tidied["promised"]),
        sets=tuple(_given(line) for line in _lines(tidied["sets"])),
        fees=_lines(tidied["fees"]),
        valid_months=_whole("valid_months", tidied["valid_months"]),
        points=tuple(_point(line) for line in _lines(tidied["points"])),
    )


def tidy(name: str, text: str) -> str:
    """`tidy_text`, with the field named when it fails."""
    try:
        return tidy_text(text)
    except Malformed as wrong:
        raise Malformed(name, wrong.reason, wrong.remedy) from None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _yes_no(name: str, text: str, *, empty: bool) -> bool:
    if text in ("", "是", "否"):
        return empty if not text else text == "是"
    raise Malformed(name, f"“{text[:20]}”不是“是”或“否”", "请写“是”或“否”")


def _whole(name: str, text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise Malformed(name, f"“{text[:20]}”不是整数", "请写 0 以上的整数，不改变的留空")
    return int(text)


def _said(value: str | int | bool) -> str:
    return ("真" if value else "假") if isinstance(value, bool) else str(value)


def _given(line: str) -> GivenFact:
    fact, found, value = (part.strip() for part in line.partition("="))
    if not (fact and found and value):
        raise Malformed("sets", f"看不懂“{line[:20]}”", "请写成“needs_visit=真”，每行一个")
    if value in ("真", "假"):
        return GivenFact(fact, value == "真")
    return GivenFact(fact, int(value) if re.fullmatch(r"-?[0-9]{1,15}", value) else value)


def _point(line: str) -> ReviewPoint:
    material, found, text = (part.strip() for part in line.partition("："))
    if not (material and found and text):
        raise Malformed("points", f"看不懂“{line[:20]}”", "请写成“材料编码：审查要点”，每行一条")
    return ReviewPoint(material, text)


# --- columns, policy, days, examples ---


def input_of(item: Item, fact: str, *, changeable: bool) -> Input:
    """A column that tests a fact of the item. Raises `Malformed` when the item does not have it."""
    dimension = dimensions(item).get(fact)
    if dimension is None:
        known = "、".join(f"{one.label}（{one.fact}）" for one in dimensions(item).values())
        raise Malformed("fact", f"“{fact[:40]}”不是这个事项的问题或栏目", f"可用：{known}")
    return Input(fact, dimension.kind, changeable=changeable)


def policy_of(text: str) -> Policy:
    """唯一, 首行优先, 全部. Raises `Malformed`."""
    for words, policy in CODES[Policy].items():
        if text.strip() in (words, policy.value):
            return Policy(policy)
    raise Malformed("policy", f"没有“{text[:20]}”这种命中方式", "可用：" + "、".join(CODES[Policy]))


def day_of(name: str, text: str) -> date | None:
    """A day, None for "". Raises `Malformed`."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Malformed(name, f"“{text[:20]}”不是日期", "请写成 2026-11-24，没有期限的留空") from None


def example_kept(table: DecisionTable, given: Mapping[str, str], hits: str, name: str) -> Example:
    """An example from texts: the value of each column ("" where it is not asked) and the numbers of rows."""
    numbers = [part for part in re.split(r"[\s,，、]+", hits.strip()) if part]
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in numbers):
        raise Malformed("hits", f"“{hits[:20]}”不是行号", "请写应当命中的行号，例如 2；多行用顿号隔开")
    samples = tuple(Sample(column.fact, given[column.fact]) for column in table.inputs if given.get(column.fact))
    return Example(samples, tuple(int(part) for part in numbers), name)


def replaced(item: Item, place: int, table: DecisionTable | None) -> Item:
    """The item with the table at that place replaced, added (a place at the end) or taken out (None)."""
    tables = list(item.tables)
    tables[place : place + 1] = [] if table is None else [table]
    return replace(item, tables=tuple(tables))


def policy_words(table: DecisionTable) -> str:
    """The hit policy in words."""
    return code_words(table.policy)


assert set(OUTPUTS) == {field.name for field in fields(Row)} - {"cells"}  # noqa: S101 — a field without words.
