"""Real items out of another system's table: each row becomes an item, or a line that says why not.

Nothing is guessed silently. What was split, tidied, merged, defaulted or concluded is a line of the report; what
could not be read keeps the item a draft; without a code, a name, a kind, an organ and at least one readable
term there is no item at all. The way and the form of an imported item come from a template the mapping names,
because tables of other systems do not carry them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.engine.gates import gates
from banjie.engine.ids import Malformed, RegionCode
from banjie.packs.import_report import Line, Report, Severity, write_report
from banjie.packs.import_row import RowReading
from banjie.packs.mapping import Mapping_
from banjie.packs.stored import Texts
from banjie.packs.tables import BrokenRow, Row, read_rows
from banjie.packs.targets import TARGETS, Reader
from banjie.packs.templates import TEMPLATES, Template
from banjie.packs.values import Remark, Remarks

__all__ = ["Line", "Report", "Severity", "Taken", "Tally", "digest", "read_items", "write_report"]

_WHOLE_FILE = 0
_MOST_COLUMNS_TOLD = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that became an item. `publishable` if no line holds it back and every gate passes.

    The item carries edition 1; whoever keeps editions numbers them, and skips one whose `digest`
    (see the function of that name) it has.
    """

    row: int
    item: Item
    publishable: bool
    gates: tuple[Fault, ...]
    digest: str


@dataclass(slots=True)
class Tally:
    """How an import came out: `taken` + `refused` is the number of rows."""

    taken: int = 0
    publishable: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """Rows in the file."""
        return self.taken + self.refused

    def add(self, one: "Taken | Line") -> None:
        """Count what `read_items` gave."""
        if isinstance(one, Taken):
            self.taken += 1
            self.publishable += one.publishable
        elif one.severity is Severity.REFUSED:
            self.refused += 1


def digest(item: Item) -> str:
    """A fingerprint of what the edition says: SHA-256 in hex, without its number and the day it takes effect."""
    return Texts().digest(item)


def read_items(path: Path, mapping: Mapping_, *, today: date, region: str) -> Iterator[Taken | Line]:
    """Every row of the file as an item or a refusal, in order, with the lines that go with it.

    First come the lines that hold for the whole file (row 0). Then for each row its lines, and last either
    `Taken` or exactly one line of severity refused. `today` is the day of effect where the source names none;
    `region` is the region the items are imported into, whatever region the source belongs to.
    Raises Malformed when the file as a whole cannot be read, the region or the template is none.
    """
    place = RegionCode.parse(region)
    template = TEMPLATES.get(mapping.template)
    if template is None:
        known = "、".join(TEMPLATES)
        raise Malformed(f"对应表 {mapping.name}：模板", f"没有名为“{mapping.template}”的模板", f"请写 {known} 之一")
    yield from _declarations(mapping, template, str(place))
    first = _First(known=set(mapping.used_columns()) | set(mapping.ignored))
    for row in read_rows(path, mapping.source):
        if isinstance(row, BrokenRow):
            yield Line(row.number, "", "整行", Severity.REFUSED, row.text, row.reason, row.remedy)
            continue
        yield from first.new_columns(row)
        yield from _end(RowReading(row, mapping, template, str(place), today), first, today)


def _end(reading: RowReading, first: "_First", today: date) -> Iterator[Taken | Line]:
    """The lines of one row, and what became of it."""
    row = reading.row.number
    outcome = reading.item()
    if isinstance(outcome, Item):
        fingerprint = digest(outcome)
        outcome = first.repeated(row, outcome, fingerprint) or outcome
    faults: tuple[Fault, ...] = ()
    if isinstance(outcome, Item):
        faults = gates(outcome, today)
        _tell(faults, reading.remarks)
    for remark in reading.remarks.all:
        yield _line(row, reading.key, remark)
    if isinstance(outcome, Item):
        publishable = not faults and not reading.remarks.hold_back
        yield Taken(row, outcome, publishable, faults, fingerprint)
    else:
        yield _line(row, reading.key, outcome)


def _tell(faults: tuple[Fault, ...], remarks: Remarks) -> None:
    """The gates that do not pass, as remarks; where the reading has told of the same field, once is enough."""
    told = {remark.field for remark in remarks.all if remark.severity is Severity.DRAFT}
    for fault in faults:
        if fault.field.startswith("materials["):
            remarks.draft(TARGETS["materials"].label, fault.label, fault.reason, fault.remedy)
        elif fault.label not in told:
            remarks.draft(fault.label, "", fault.reason, fault.remedy)


def _line(row: int, key: str, remark: Remark) -> Line:
    return Line(row, key, remark.field, remark.severity, remark.value, remark.reason, remark.remedy)


def _declarations(mapping: Mapping_, template: Template, region: str) -> Iterator[Line]:
    """What the mapping itself brings in, once for the whole file."""

    def line(label: str, value: str, reason: str) -> Line:
        remedy = "无须更改；如不合适请改对应表"
        return Line(_WHOLE_FILE, "", label, Severity.NOTE, value, reason, remedy)

    yield line("行政区划", region, "所有事项都归入导入时指定的区划，不看来源的区划")
    yield line("办理流程和表单", mapping.template, f"来源没有，一律用模板“{mapping.template}”：{template.words}")
    for rule in mapping.rules:
        label = rule.target.label
        if rule.constant is not None:
            yield line(label, rule.constant, f"一律取对应表的常量“{rule.constant}”：{rule.why}")
        if rule.from_promise:
            yield line(label, "", f"由承诺办结时限得出，当场办结为即办件，其余为承诺件：{rule.why}")
        if rule.target.reader is Reader.MATERIALS:
            words = f"材料形式“{rule.material_form or '电子'}”、来源渠道“{rule.material_source or '申请人自备'}”"
            yield line(label, "", f"来源只有材料名称，一律记为必要、{words}")
    for target in TARGETS.values():
        if mapping.rule(target.key) is None:
            yield line(target.label, "", "对应表没有写它来自哪一列，未导入")
    for column, why in mapping.ignored.items():
        yield line(f"列 {column}", "", f"对应表写明不导入：{why}")


@dataclass(slots=True)
class _First:
    """What earlier rows were: their codes, so that a code is taken once, and their columns, told once."""

    known: set[str]
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)

    def new_columns(self, row: Row) -> Iterator[Line]:
        """A line for each column no rule uses and the mapping does not name as ignored, where it first stands."""
        for column in row.values:
            if column not in self.known and len(self.known) < _MOST_COLUMNS_TOLD:
                self.known.add(column)
                reason = "对应表没有提到这一列，从这一行起其值都未导入"
                remedy = "如要导入请写进对应表的“字段”，如不需要请写进“忽略”"
                name = f"列 {column}"[:200]
                yield Line(row.number, "", name, Severity.NOTE, str(row.values[column])[:200], reason, remedy)

    def repeated(self, row: int, item: Item, fingerprint: str) -> Remark | None:
        """Why a second row with one code is refused: to merge them would be to guess which of the two is right."""
        if item.code not in self.codes:
            self.codes[item.code] = (row, fingerprint)
            return None
        before, earlier = self.codes[item.code]
        if earlier == fingerprint:
            reason, remedy = f"与第 {before} 行完全相同", "请删去重复的一行"
        else:
            reason = f"与第 {before} 行编码相同而内容不同，已采用先出现的一行"
            remedy = "请核定哪一行正确，删去另一行；如是两个事项，请给不同的编码"
        return Remark(TARGETS["code"].label, Severity.REFUSED, item.code, reason, remedy)
