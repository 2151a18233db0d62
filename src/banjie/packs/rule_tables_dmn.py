"""Decision tables as DMN 1.3 documents (OMG), with S-FEEL tests, out and in.

Out, every table is a `decision` with a `decisionTable`. In, only that subset is taken: tests of `table_cells` (which
reads S-FEEL unary tests), texts, numbers, true and false, and lists of texts as results. What DMN has no place for
(whether a fact can be changed, days in force) stands in attributes of our own namespace, as the standard provides.
Examples are no part of DMN; a table that comes back keeps those it had.
"""

import json
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, indent, register_namespace, tostring
from xml.parsers.expat import ExpatError, ParserCreate

from banjie.engine.catalogue import Item
from banjie.engine.decision_tables import DecisionTable, Input, Policy, Row
from banjie.engine.ids import Malformed
from banjie.engine.table_cells import FactKind, read_cell, s_feel
from banjie.engine.table_space import dimensions
from banjie.packs.rule_tables import OUTPUTS, day_of, input_of, outputs_shown, row_kept, tidy_text

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OURS = "https://banjie.example/dmn"
MOST_BYTES = 1_000_000

register_namespace("dmn", DMN)
register_namespace("banjie", OURS)

_POLICIES = {Policy.UNIQUE: "UNIQUE", Policy.FIRST: "FIRST", Policy.COLLECT: "COLLECT"}
_TYPES = {
    FactKind.TEXT: "string",
    FactKind.CHOICE: "string",
    FactKind.YES_NO: "boolean",
    FactKind.NUMBER: "number",
    FactKind.MONEY: "number",
    FactKind.AREA: "number",
    FactKind.DATE: "date",
}
_ANNOTATIONS = ("reason", "basis")
_NUMBERS = ("promised", "valid_months")
_FLAGS = ("eligible",)
_RESULTS = tuple(name for name in OUTPUTS if name not in _ANNOTATIONS)


def to_dmn(item: Item) -> bytes:
    """The item's tables as one DMN 1.3 document. Raises `Malformed` for a cell that cannot be read."""
    root = Element(f"{{{DMN}}}definitions", {"id": "banjie", "name": item.heading, "namespace": OURS})
    for table in item.tables:
        decision = SubElement(root, f"{{{DMN}}}decision", {"id": table.key, "name": table.name})
        for name, day in (("from", table.effective_from), ("to", table.effective_to)):
            if day is not None:
                decision.set(f"{{{OURS}}}{name}", day.isoformat())
        _write(SubElement(decision, f"{{{DMN}}}decisionTable"), table, item)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _write(node: Element, table: DecisionTable, item: Item) -> None:
    known = dimensions(item)
    node.set("id", f"{table.key}_table")
    node.set("hitPolicy", _POLICIES[table.policy])
    for column in table.inputs:
        label = column.label or (known[column.fact].label if column.fact in known else column.fact)
        head = SubElement(node, f"{{{DMN}}}input", {"id": f"{table.key}_{column.fact}", "label": label})
        if column.changeable:
            head.set(f"{{{OURS}}}changeable", "true")
        _text(SubElement(head, f"{{{DMN}}}inputExpression", {"typeRef": _TYPES[column.kind]}), column.fact)
    for name in _RESULTS:
        kind = "number" if name in _NUMBERS else "boolean" if name in _FLAGS else "string"
        SubElement(node, f"{{{DMN}}}output", {"name": name, "label": OUTPUTS[name], "typeRef": kind})
    for name in _ANNOTATIONS:
        SubElement(node, f"{{{DMN}}}annotation", {"name": OUTPUTS[name]})
    for row in table.rows:
        rule = SubElement(node, f"{{{DMN}}}rule")
        for column, text in zip(table.inputs, row.cells, strict=True):
            _text(SubElement(rule, f"{{{DMN}}}inputEntry"), s_feel(read_cell(column.kind, text)))
        texts = outputs_shown(row)
        for name in _RESULTS:
            _text(SubElement(rule, f"{{{DMN}}}outputEntry"), _literal(name, texts[name]))
        for name in _ANNOTATIONS:
            _text(SubElement(rule, f"{{{DMN}}}annotationEntry"), texts[name])


def _text(node: Element, text: str) -> None:
    SubElement(node, f"{{{DMN}}}text").text = text


def _literal(name: str, text: str) -> str:
    """A result as an S-FEEL literal."""
    if name in _FLAGS:
        return "false" if text == "否" else "true"
    if name in _NUMBERS or not text:
        return text or "-"
    return json.dumps(text, ensure_ascii=False)


# --- in ---


def from_dmn(data: bytes, item: Item) -> tuple[DecisionTable, ...]:
    """The tables of a DMN document, for an item. Raises `Malformed` naming decision, rule and entry."""
    root = _root(data)
    if root.tag != f"{{{DMN}}}definitions":
        raise Malformed("DMN", "不是 DMN 1.3 文件", f"根元素应为 definitions，命名空间 {DMN}")
    earlier = {table.key: table for table in item.tables}
    tables = []
    for decision in root.iter(f"{{{DMN}}}decision"):
        node = decision.find(f"{{{DMN}}}decisionTable")
        if node is None:
            raise Malformed(_name(decision), "不是决策表", "只能读入 decisionTable；请删去其他决策")
        table = _read(decision, node, item)
        before = earlier.get(table.key)
        tables.append(_with_examples(table, before) if before else table)
    if not tables:
        raise Malformed("DMN", "文件里没有决策表", "请核对文件")
    return tuple(tables)


def _root(data: bytes) -> Element:
    """The document's root. A document that declares entities, or a type at all, is refused before it is read."""
    if len(data) > MOST_BYTES:
        raise Malformed("DMN", f"文件有 {len(data)} 字节，太大", f"请控制在 {MOST_BYTES} 字节以内")
    scan = ParserCreate()

    def refuse(*_: object) -> None:
        raise Malformed("DMN", "文件含有 DOCTYPE 或实体声明", "请删去文件开头的 <!DOCTYPE …> 后再上传")

    scan.StartDoctypeDeclHandler = refuse
    try:
        scan.Parse(data, True)
        return fromstring(data)  # noqa: S314 — nothing can be declared in it: the scan above has refused that.
    except Malformed:
        raise
    except (ExpatError, ParseError, ValueError, LookupError) as error:
        raise Malformed("DMN", "不是合法的 XML", "请从建模工具重新导出 DMN 1.3") from error


def _read(decision: Element, node: Element, item: Item) -> DecisionTable:
    where = _name(decision)
    words = node.get("hitPolicy", "UNIQUE")
    policy = next((one for one, name in _POLICIES.items() if name == words), None)
    if policy is None or node.get("aggregation"):
        raise Malformed(where, f"命中方式“{words}”不能用", "只能用 UNIQUE、FIRST，或不带汇总的 COLLECT")
    inputs = tuple(_inputs(node, item, where))
    outputs = [one.get("name", "") for one in node.findall(f"{{{DMN}}}output")]
    for name in outputs:
        if name not in OUTPUTS:
            raise Malformed(where, f"没有名为“{name[:40]}”的结果", "可用：" + "、".join(_RESULTS))
    notes = [one.get("name", "") for one in node.findall(f"{{{DMN}}}annotation")]
    names = {label: name for name, label in OUTPUTS.items()}
    rows = []
    for number, rule in enumerate(node.findall(f"{{{DMN}}}rule"), start=1):
        try:
            rows.append(_row(rule, inputs, outputs, [names.get(note, "") for note in notes]))
        except Malformed as wrong:
            place = OUTPUTS.get(wrong.field, wrong.field)
            raise Malformed(f"{where}第 {number} 条规则“{place}”", wrong.reason, wrong.remedy) from None
    days = [day_of(where, decision.get(f"{{{OURS}}}{name}", "")) for name in ("from", "to")]
    return DecisionTable(
        decision.get("id", ""), decision.get("name", ""), inputs, tuple(rows), policy, days[0], days[1]
    )


def _inputs(node: Element, item: Item, where: str) -> Iterator[Input]:
    known = dimensions(item)
    for head in node.findall(f"{{{DMN}}}input"):
        fact = (head.findtext(f"{{{DMN}}}inputExpression/{{{DMN}}}text") or "").strip()
        try:
            column = input_of(item, fact, changeable=head.get(f"{{{OURS}}}changeable") == "true")
        except Malformed as wrong:
            raise Malformed(where, wrong.reason, wrong.remedy) from None
        label = head.get("label", "")
        own = "" if label == known[fact].label else tidy_text(label)
        yield Input(fact, column.kind, own, column.changeable)


def _row(rule: Element, inputs: tuple[Input, ...], outputs: list[str], notes: list[str]) -> Row:
    tests = _entries(rule, "inputEntry")
    if len(tests) != len(inputs):
        raise Malformed("inputEntry", f"有 {len(tests)} 个条件，而表有 {len(inputs)} 列", "请补齐，不限的写“-”")
    cells = []
    for column, text in zip(inputs, tests, strict=True):
        try:
            read_cell(column.kind, text)
        except Malformed as wrong:
            raise Malformed(column.fact, wrong.reason, wrong.remedy) from None
        cells.append(tidy_text(text).replace('"', "") if column.kind is not FactKind.DATE else _plain_days(text))
    texts = {name: _value(name, text) for name, text in zip(outputs, _entries(rule, "outputEntry"), strict=False)}
    texts |= {name: text for name, text in zip(notes, _entries(rule, "annotationEntry"), strict=False) if name}
    return row_kept(tuple(cells), texts)


def _plain_days(text: str) -> str:
    return re.sub(r'date\(\s*"([0-9-]+)"\s*\)', r"\1", tidy_text(text))


def _entries(rule: Element, name: str) -> list[str]:
    return [(one.findtext(f"{{{DMN}}}text") or "").strip() for one in rule.findall(f"{{{DMN}}}{name}")]


def _value(name: str, text: str) -> str:
    """A literal as the text of a result. Raises `Malformed` for an expression."""
    if text in ("", "-", "null"):
        return ""
    if name in _FLAGS and text in ("true", "false"):
        return "" if text == "true" else "否"
    if name in _NUMBERS and re.fullmatch(r"[0-9]+", text):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, str):
        return found
    if isinstance(found, list) and all(isinstance(part, str) for part in found):
        return "\n".join(found)
    raise Malformed(name, f"“{text[:40]}”不是 S-FEEL 的字面值", "只能写带引号的文字、数、true、false，或文字的列表")


def _with_examples(table: DecisionTable, before: DecisionTable) -> DecisionTable:
    return DecisionTable(
        table.key,
        table.name,
        table.inputs,
        table.rows,
        table.policy,
        table.effective_from,
        table.effective_to,
        before.examples,
    )


def _name(decision: Element) -> str:
    return f"决策“{decision.get('name') or decision.get('id') or ''}”"
