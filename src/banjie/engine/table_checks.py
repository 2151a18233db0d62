"""Whether decision tables can be put in force: no gap, no contradiction, no dead row, each row tried by an example.

The checks are exact: they look at every combination of facts that can come about (see `table_space`), and name one
that goes wrong. A table too large to be looked through is not waved through but must be split.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from banjie.engine.catalogue import Handling, Item
from banjie.engine.decision_tables import DecisionTable, Example, Policy, Row, compiled, read_row
from banjie.engine.forms import Fault
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.table_cells import ORDERED, Cell, FactKind, read_value
from banjie.engine.table_space import Dimension, Point, Space, Tests, TooLarge, dimensions, space_of

MOST_ROWS, MOST_INPUTS = 300, 12
"""Beyond this nobody reads a table any more."""

KIND_NAMES = {
    FactKind.TEXT: "文字",
    FactKind.CHOICE: "单选",
    FactKind.YES_NO: "是否",
    FactKind.NUMBER: "整数",
    FactKind.MONEY: "金额",
    FactKind.AREA: "面积",
    FactKind.DATE: "日期",
}


def table_faults(item: Item) -> Iterator[Fault]:
    """Everything that keeps the item's tables from being put in force, each with table, row and column in words.

    `field` is the path in the item, for example `tables[0].rows[2].cells[1]`.
    """
    for key, times in Counter(table.key for table in item.tables).items():
        if times > 1 or not key:
            yield Fault("tables", "情形规则", f"表的编码“{key}”用了 {times} 次", "请给每张表不同的编码")
    known = dimensions(item)
    for place, table in enumerate(item.tables):
        yield from _Check(item, table, f"tables[{place}]", known).faults()


def say_point(space: Mapping[str, Dimension], point: Mapping[str, Fact], *facts: str) -> str:
    """A combination in words: 主要做什么=餐饮服务，经营场所面积=150 平方米."""
    return "，".join(f"{space[fact].label}={space[fact].say(point.get(fact))}" for fact in facts)


class _Check:
    """One table being checked."""

    def __init__(self, item: Item, table: DecisionTable, where: str, known: dict[str, Dimension]) -> None:
        self.item, self.table, self.where, self.known = item, table, where, known

    def faults(self) -> Iterator[Fault]:
        found = [*self._shape(), *self._columns(), *self._cells()]
        for index, row in enumerate(self.table.rows):
            found += self._output(index, row)
        yield from found
        # Only a table that can be read can be looked through.
        if not any(fault.field.startswith(f"{self.where}.inputs") or ".cells" in fault.field for fault in found):
            yield from self._combinations()
            yield from self._examples()

    def _fault(self, path: str, reason: str, remedy: str) -> Fault:
        where = f"{self.where}.{path}" if path else self.where
        return Fault(where, f"规则表“{self.table.name or self.table.key}”", reason, remedy)

    def _shape(self) -> Iterator[Fault]:
        table = self.table
        if not table.name.strip():
            yield self._fault("name", "没有名称", "请写明这张表决定什么")
        if not table.inputs or not table.rows:
            yield self._fault("rows", "没有条件列或没有规则行", "请至少写一列条件和一行规则，或删去这张表")
        if len(table.rows) > MOST_ROWS or len(table.inputs) > MOST_INPUTS:
            reason = f"有 {len(table.inputs)} 列 {len(table.rows)} 行"
            yield self._fault("rows", reason, f"最多 {MOST_INPUTS} 列 {MOST_ROWS} 行，请拆成几张表")
        if table.effective_from and table.effective_to and table.effective_to < table.effective_from:
            yield self._fault("effective_to", "失效日早于生效日", "请核对两个日期")

    def _columns(self) -> Iterator[Fault]:
        times = Counter(column.fact for column in self.table.inputs)
        for place, column in enumerate(self.table.inputs):
            path = f"inputs[{place}]"
            dimension = self.known.get(column.fact)
            if times[column.fact] > 1:
                yield self._fault(path, f"第 {place + 1} 列“{column.fact}”重复", "同一个条件只占一列，请合并")
            if dimension is None:
                remedy = "可用：" + "、".join(f"{one.label}（{one.fact}）" for one in self.known.values())
                reason = f"第 {place + 1} 列的“{column.fact}”不是情形引导的问题，也不是可以判断的栏目"
                yield self._fault(path, reason, remedy)
            elif dimension.kind is not column.kind:
                reason = f"第 {place + 1} 列“{dimension.label}”的类型写的是{KIND_NAMES[column.kind]}"
                yield self._fault(path, reason, f"请改为{KIND_NAMES[dimension.kind]}")
            elif not dimension.required:
                reason = f"第 {place + 1} 列“{dimension.label}”是选填的，可能没有值"
                yield self._fault(path, reason, "请把这个栏目改为必填，或换一个条件")

    def _cells(self) -> Iterator[Fault]:
        for index in range(len(self.table.rows)):
            try:
                cells = read_row(self.table, index)
            except Malformed as wrong:
                yield self._fault(
                    wrong.field, f"第 {index + 1} 行{self._column(wrong.field)}：{wrong.reason}", wrong.remedy
                )
                continue
            for place, cell in enumerate(cells):
                dimension = self.known.get(self.table.inputs[place].fact)
                if dimension is not None:
                    yield from self._values(index, place, cell, dimension)

    def _values(self, index: int, place: int, cell: Cell, dimension: Dimension) -> Iterator[Fault]:
        path = f"rows[{index}].cells[{place}]"
        head = f"第 {index + 1} 行“{dimension.label}”"
        if dimension.kind is FactKind.CHOICE:
            for value in sorted(cell.values - set(dimension.labels), key=str):
                options = "、".join(f"{label}（{key}）" for key, label in dimension.labels.items())
                yield self._fault(path, f"{head}：没有选项“{value}”", f"可用：{options}")
        reached = any(low <= dimension.high and high >= dimension.low for low, high in cell.spans)
        if dimension.kind in ORDERED and cell.spans and not reached:
            yield self._fault(path, f"{head}：整个范围都在栏目允许的范围之外", "请核对数值和单位")

    def _column(self, path: str) -> str:
        """The words of the column a path leads to."""
        if "cells[" not in path:
            return ""
        column = self.table.inputs[int(path.rpartition("[")[2].rstrip("]"))]
        dimension = self.known.get(column.fact)
        return f"“{dimension.label if dimension else column.fact}”"

    # --- what a row brings about ---

    def _output(self, index: int, row: Row) -> Iterator[Fault]:
        head, path = f"第 {index + 1} 行", f"rows[{index}]"
        if not row.reason.strip():
            yield self._fault(f"{path}.reason", f"{head}没有写理由", "请用一句话写明为什么这样，申请人会看到")
        if not row.basis.strip():
            yield self._fault(f"{path}.basis", f"{head}没有写依据", "请写明法律、法规或规定的名称和条款")
        if not row.eligible and not row.instead.strip():
            yield self._fault(f"{path}.instead", f"{head}不能申请，却没有写该怎么办", "请写明可以改办什么、到哪里问")
        materials = {material.key for material in self.item.materials}
        asked = [*row.add, *row.remove, *(point.material for point in row.points)]
        for key in dict.fromkeys(asked):
            if key not in materials:
                remedy = "可用：" + "、".join(f"{one.name}（{one.key}）" for one in self.item.materials)
                yield self._fault(f"{path}.add", f"{head}用到的材料“{key}”不在申请材料中", remedy)
        for name in row.fees:
            if name not in {fee.name for fee in self.item.fees}:
                yield self._fault(f"{path}.fees", f"{head}的收费“{name}”不在公布的收费中", "请先在收费中写明金额和依据")
        yield from self._term(index, row)
        if row.valid_months is not None and (row.valid_months < 0 or self.item.result is None):
            yield self._fault(
                f"{path}.valid_months", f"{head}的有效月数不能用", "请填写 0 以上的整数；没有证照的请留空"
            )
        for given in row.sets:
            if given.fact in self.known or not given.fact.strip():
                reason = f"{head}不能改写申请人填写的“{given.fact}”"
                yield self._fault(f"{path}.sets", reason, "请换一个名称，例如 needs_visit=真")

    def _term(self, index: int, row: Row) -> Iterator[Fault]:
        if row.promised is None:
            return
        statutory, own = self.item.statutory, self.item.promised
        comparable = statutory.unit is own.unit
        path, head = f"rows[{index}].promised", f"第 {index + 1} 行的承诺时限"
        if row.promised < 0 or (comparable and row.promised > statutory.number):
            yield self._fault(path, f"{head}为 {row.promised}，不在 0 至法定 {statutory.number} 之间", "请改短承诺时限")
        elif (row.promised == 0) is not (self.item.handling is Handling.AT_ONCE):
            yield self._fault(path, f"{head}与办件类型不符", "即办件应为 0，其他办件应大于 0")

    # --- every combination ---

    def _combinations(self) -> Iterator[Fault]:
        if not self.table.rows or not self.table.inputs:
            return
        space = space_of(self.item, self.table)
        rows = [space.row(self.table, cells) for cells in compiled(self.table).cells]
        try:
            yield from self._gap(space, rows)
            yield from self._dead(space, rows)
            if self.table.policy is Policy.UNIQUE:
                yield from self._overlap(space, rows)
        except TooLarge:
            yield self._fault("rows", "组合太多，没有查完", "请把这张表拆成几张条件少一些的表")

    def _gap(self, space: Space, rows: list[tuple[Tests, ...]]) -> Iterator[Fault]:
        # Under collect a row adds something; where none adds anything nothing is missing.
        if self.table.policy is Policy.COLLECT:
            return
        if point := space.find(avoid=rows):
            yield self._fault("rows", f"{self._say(space, point)}时没有规则", "请增加一行，或放宽已有的行")

    def _dead(self, space: Space, rows: list[tuple[Tests, ...]]) -> Iterator[Fault]:
        for index, row in enumerate(rows):
            earlier = rows[:index] if self.table.policy is Policy.FIRST else []
            if space.find([row], earlier) is None:
                why = "前面的行已经全部包括" if earlier and space.find([row]) else "这样的组合不会出现"
                yield self._fault(f"rows[{index}]", f"第 {index + 1} 行永远用不上：{why}", "请删去或改正这一行")

    def _overlap(self, space: Space, rows: list[tuple[Tests, ...]]) -> Iterator[Fault]:
        for second in range(len(rows)):
            for first in range(second):
                if point := space.find([rows[first], rows[second]]):
                    reason = f"第 {first + 1} 行和第 {second + 1} 行重叠：{self._say(space, point)}时两行都符合"
                    remedy = "请改正其中一行的条件，或把命中方式改为“首行优先”"
                    yield self._fault(f"rows[{second}]", reason, remedy)

    def _say(self, space: Space, point: Point) -> str:
        return say_point(self.known, point, *(one.fact for one in space.dimensions))

    # --- examples ---

    def _examples(self) -> Iterator[Fault]:
        tried: set[int] = set()
        for place, example in enumerate(self.table.examples):
            path, head = f"examples[{place}]", f"第 {place + 1} 个情景"
            try:
                facts = sample_facts(self.table, example)
            except Malformed as wrong:
                yield self._fault(path, f"{head}的“{wrong.field}”：{wrong.reason}", wrong.remedy)
                continue
            hits = tuple(index + 1 for index in compiled(self.table).hits(facts))
            if hits != example.hits:
                found, wanted = (_rows_in_words(one) for one in (hits, example.hits))
                reason = f"{head}应命中{wanted}，实际命中{found}"
                yield self._fault(path, reason, "请核对情景或规则，哪一个写错了")
            tried |= set(hits) & set(example.hits)
        for index in range(len(self.table.rows)):
            if index + 1 not in tried:
                reason = f"第 {index + 1} 行没有情景试过"
                yield self._fault(f"rows[{index}]", reason, "请加一个应当命中这一行的情景")


def sample_facts(table: DecisionTable, example: Example) -> dict[str, Fact]:
    """The facts of an example as they are kept. Raises `Malformed` naming the fact."""
    kinds = {column.fact: column.kind for column in table.inputs}
    facts: dict[str, Fact] = {}
    for sample in example.given:
        if sample.fact not in kinds:
            raise Malformed(sample.fact, "这张表没有这一列", "可用：" + "、".join(kinds))
        try:
            facts[sample.fact] = read_value(kinds[sample.fact], sample.value)
        except Malformed as wrong:
            raise Malformed(sample.fact, wrong.reason, wrong.remedy) from None
    return facts


def _rows_in_words(rows: tuple[int, ...]) -> str:
    return "第 " + "、".join(str(row) for row in rows) + " 行" if rows else "不到任何行"
