"""Strict YAML into engine types, with the line of everything, so that a mistake in a pack can be found and
mended.

A pack is read by the type it fills: `Reading.value(Item, node)` walks the type's fields, finds their
Chinese keys in `packs.words`, and collects every mistake with its line. Aliases, custom tags and keys
written twice are refused: in a text of law each thing is said once, where it stands.
"""

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import yaml

from banjie.engine.clock import Term, Unit
from banjie.engine.decision_tables import GivenFact, ReviewPoint, Sample
from banjie.engine.rules import Condition, Test
from banjie.engine.workflow import Route
from banjie.packs.words import CODES, KEYS

SIZE_LIMIT = 1_000_000
"""Bytes a pack file may have; the longest item that ships has a fiftieth of it."""


DEPTH_LIMIT = 30
"""Levels a pack may be nested; an item has eight."""


class Source(Protocol):
    """A file on disk or inside a wheel: `pathlib.Path` and `importlib.resources` Traversables are both."""

    @property
    def name(self) -> str: ...
    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PackFault:
    """One mistake in a pack: file, line (from 1), field in the pack's words, what is wrong, the remedy."""

    file: str
    line: int
    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" {self.field}" if self.field else "")
        return f"{where}：{self.reason}。{self.remedy}"


class PackError(Exception):
    """A pack that cannot be used. The attributes are those of its first fault; `faults` has them all."""

    def __init__(self, faults: tuple[PackFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
        first = faults[0]
        self.file, self.line, self.field = first.file, first.line, first.field
        self.reason, self.remedy = first.reason, first.remedy


@dataclass(slots=True)
class Reading:
    """One file being read.

    `lines` and `words` give, for the path of each field, its line and Chinese path.
    """

    file: str
    keys: Mapping[type, Mapping[str, str]] = field(default_factory=lambda: KEYS)
    short: Mapping[type, Callable[[str], Any]] = field(default_factory=lambda: SHORT)
    elements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What a field that names a data element (数据元) takes from it, by the element's key."""
    faults: list[PackFault] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def value(self, kind: Any, node: yaml.Node, path: str = "") -> Any:
        """The node as a value of `kind`; None, with a fault noted, if it is none."""
        self.lines[path] = node.start_mark.line + 1
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            return self._optional(arguments, node, path)
        if origin is tuple:
            return self._many(arguments[0], node, path)
        if origin is dict:
            return {name: self.value(arguments[1], part, f"{path}.{name}") for name, part in self.pairs(node, path)}
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._dataclass(kind, node, path)
        return self._scalar(kind, node, path)

    def value_with(self, kind: type, node: yaml.Node, given: dict[str, Any]) -> Any:
        """A dataclass of which some fields are given from outside and may not be written in the file."""
        self.lines[""] = node.start_mark.line + 1
        return self._dataclass(kind, node, "", given)

    def pairs(self, node: yaml.Node, path: str) -> Iterator[tuple[str, yaml.Node]]:
        """The keys and values of a mapping; a key written twice, or no mapping, is a fault."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, path, "应为“键: 值”的形式", "请按示例分行写出各项")
            return
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, path, "键应为一个词", "请把键改为一个词")
                continue
            line = key.start_mark.line + 1
            if key.value in seen:
                self.fault(key, path, f"“{key.value}”在第 {seen[key.value]} 行已经写过", "同一项只能写一次，请合并")
                continue
            seen[key.value] = line
            yield key.value, value

    def fault(self, node: yaml.Node, path: str, reason: str, remedy: str) -> None:
        """Note a mistake at the node's line."""
        words = self.words.get(path, path)
        self.faults.append(PackFault(self.file, node.start_mark.line + 1, words, reason, remedy))

    def note(self, path: str, reason: str, remedy: str) -> None:
        """Note a mistake found after reading, at the line where the field, or the thing around it, was read."""
        line, words = self.locate(path)
        self.faults.append(PackFault(self.file, line, words, reason, remedy))

    def locate(self, path: str) -> tuple[int, str]:
        """The line and the words of a field (`materials[2].basis`), or of the nearest thing around it."""
        return locate(self.lines, self.words, path)

    def check(self) -> None:
        """Raises `PackError` with every fault noted so far, in the order of the file."""
        if self.faults:
            raise PackError(tuple(sorted(self.faults, key=lambda fault: fault.line)))

    # --- by type -----------------------------------------------------------------------------------------

    def _optional(self, arguments: tuple[Any, ...], node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
            return None
        inner = [argument for argument in arguments if argument is not type(None)]
        if len(inner) == 1:
            return self.value(inner[0], node, path)
        return self._fact(node, path)

    def _fact(self, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return tuple(part.value for part in node.value if isinstance(part, yaml.ScalarNode))
        text = self._scalar(str, node, path)
        return None if text is None else _fact_of(text)

    def _many(self, kind: Any, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._part(kind, part, path, index) for index, part in enumerate(node.value))
        if isinstance(node, yaml.MappingNode) and {"值", "文字"} <= self.keys.get(kind, {}).keys():
            return self._options(kind, node, path)
        if isinstance(node, yaml.ScalarNode) and node.value.strip() and (kind is str or kind in self.short):
            return (self._part(kind, node, path, 0),)
        self.fault(node, path, "应为列表", "请每项一行，以“- ”开头")
        return ()

    def _part(self, kind: Any, node: yaml.Node, path: str, index: int) -> Any:
        here = f"{path}[{index}]"
        self.words[here] = f"{self.words.get(path, path)}第{index + 1}项"
        return self.value(kind, node, here)

    def _options(self, kind: type, node: yaml.Node, path: str) -> Any:
        """Options written short: `值: 文字`, or `值: {文字: …, 提示: …}`."""
        options = []
        for index, (value, part) in enumerate(self.pairs(node, path)):
            here = f"{path}[{index}]"
            self.words[here] = f"{self.words.get(path, path)}“{value}”"
            if isinstance(part, yaml.ScalarNode):
                options.append(kind(value=value, label=part.value))
            else:
                options.append(self._dataclass(kind, part, here, given={"value": value}))
        return tuple(options)

    def _dataclass(self, kind: type, node: yaml.Node, path: str, given: dict[str, Any] | None = None) -> Any:
        if isinstance(node, yaml.ScalarNode) and kind in self.short:
            self.lines[path] = node.start_mark.line + 1
            try:
                return self.short[kind](node.value)
            except ValueError as wrong:
                self.fault(node, path, f"看不懂“{node.value[:60]}”", str(wrong))
                return None
        before = len(self.faults)
        keys, hints = self.keys[kind], typing.get_type_hints(kind)
        filled = dict(given or {})
        for words, part in self.pairs(node, path):
            name = keys.get(words)
            if name is None or name in (given or {}):
                near = difflib.get_close_matches(words, keys, n=1, cutoff=0.4)
                remedy = f"是否想写“{near[0]}”" if near else "可用：" + "、".join(keys)
                self.fault(part, path, f"没有“{words[:40]}”这一项", remedy)
                continue
            here = f"{path}.{name}" if path else name
            above = self.words.get(path, "")
            self.words[here] = f"{above}·{words}" if above else words
            filled[name] = self.value(hints[name], part, here)
        if filled.get("element"):
            filled = self._from_element(filled, node, path)
        self._missing(kind, filled, node, path)
        return kind(**filled) if len(self.faults) == before else None

    def _from_element(self, filled: dict[str, Any], node: yaml.Node, path: str) -> dict[str, Any]:
        """What the data element says, where the form itself says nothing else."""
        element = self.elements.get(filled["element"])
        if element is None:
            near = difflib.get_close_matches(filled["element"], self.elements, n=1, cutoff=0.4)
            remedy = f"是否想写“{near[0]}”" if near else "请从数据元目录（docs/reference/elements.md）中选用"
            self.fault(node, path, f"没有“{filled['element'][:40]}”这个数据元", remedy)
            return filled
        return {**element, **filled}

    def _missing(self, kind: type, filled: dict[str, Any], node: yaml.Node, path: str) -> None:
        names = {name: words for words, name in self.keys[kind].items()}
        for one in dataclasses.fields(kind):
            open_ended = one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
            if open_ended and one.name not in filled:
                self.fault(node, path, f"缺少“{names.get(one.name, one.name)}”", "请补上这一项")

    def _scalar(self, kind: Any, node: yaml.Node, path: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, path, "应为一个值，不是列表或多项", "请写成一个值")
            return None
        text = node.value.strip()
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return self._code(kind, text, node, path)
        if kind is str:
            return text
        reader, example = _SCALARS[kind]
        try:
            return reader(text)
        except (KeyError, ValueError):
            self.fault(node, path, f"“{text[:40]}”不合格式", f"应为{example}")
            return None

    def _code(self, kind: type[StrEnum], text: str, node: yaml.Node, path: str) -> Any:
        known = CODES[kind]
        if text not in known:
            self.fault(node, path, f"“{text[:40]}”不在可选范围内", "可选：" + "、".join(known))
            return None
        return known[text]


def locate(lines: Mapping[str, int], words: Mapping[str, str], path: str) -> tuple[int, str]:
    """The line and the Chinese path of a field, or of the nearest thing around it that was read."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 1), words.get(path, "")


def compose(source: Source) -> tuple[yaml.Node, str]:
    """The YAML nodes of a file and its name.

    Raises `PackError` for what is no YAML, or more than plain YAML.
    """
    name = str(source) if isinstance(source, Path) else source.name
    try:
        data = source.read_bytes()
    except OSError as wrong:
        raise _broken(name, 1, "读不到文件", f"请检查文件是否存在、是否可读（{wrong.strerror}）") from None
    if len(data) > SIZE_LIMIT:
        raise _broken(name, 1, f"文件过大（{len(data)} 字节）", f"请控制在 {SIZE_LIMIT} 字节以内")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise _broken(name, line, "不是 UTF-8 编码的文字", "请用 UTF-8 编码另存") from None
    return _nodes(text, name), name


def _nodes(text: str, name: str) -> yaml.Node:
    if hidden := _HIDDEN.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        raise _broken(name, line, "含有不可见的控制字符", "请删去后重新键入")
    try:
        _refuse_cleverness(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = mark.line + 1 if mark else 1
        remedy = "请检查缩进、冒号后的空格、引号和括号是否成对"
        raise _broken(name, line, f"YAML 写法有误（{wrong.problem}）", remedy) from None
    if node is None:
        raise _broken(name, 1, "文件是空的", "请参照 docs/reference/packs.md 填写")
    return node


def _refuse_cleverness(text: str, name: str) -> None:
    """Anchors, aliases, tags and deep nesting: more than a text of law needs, and ways to do harm."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        tagged = getattr(event, "tag", None) not in (None, "!")
        if isinstance(event, yaml.AliasEvent) or tagged or getattr(event, "anchor", None):
            raise _broken(name, line, "用了锚点、别名或自定义标签", "请把内容直接写在这里")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT:
            raise _broken(name, line, f"嵌套超过 {DEPTH_LIMIT} 层", "请按示例的层次书写")


_HIDDEN = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _broken(name: str, line: int, reason: str, remedy: str) -> PackError:
    return PackError((PackFault(name, line, "", reason, remedy),))


# --- what can be written short -----------------------------------------------------------------------------

_TERM = re.compile(r"(\d{1,4})\s*个?\s*(工作日|自然日|小时)(?:[（(](.+)[）)])?")
_CONDITION = re.compile(r"(\S+)\s+(不是|是|属于|不少于|少于|包含)\s+(\S.*)")


def _read_term(text: str) -> Term:
    """`20个工作日`, or `20个工作日（依据）`."""
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise ValueError("请写成“20个工作日（依据）”，单位为工作日、自然日或小时")
    number, unit, basis = match.groups()
    return Term(int(number), Unit(CODES[Unit][unit]), basis or "")


def _read_condition(text: str) -> Condition:
    """`事实 是 值`, `事实 属于 甲|乙`, `事实 不少于 3`, `事实 包含 值`."""
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise ValueError("请写成“事实 是 值”，比较词可用：是、不是、属于、不少于、少于、包含；词间空一格")
    fact, words, value = match.groups()
    parts = tuple(part.strip() for part in value.split("|"))
    return Condition(fact, Test(CODES[Test][words]), parts if words == "属于" else _fact_of(value.strip()))


def _read_pair(text: str, mark: str, example: str) -> tuple[str, str]:
    """`甲=乙`, both sides there."""
    first, found, second = (part.strip() for part in text.partition(mark))
    if not (first and found and second):
        raise ValueError(f"请写成“{example}”")
    return first, second


def _read_given_fact(text: str) -> GivenFact:
    fact, value = _read_pair(text, "=", "needs_visit=真")
    return GivenFact(fact, _fact_of(value))


def _fact_of(text: str) -> str | int | bool:
    if text in ("真", "假"):
        return text == "真"
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text


SHORT: dict[type, Callable[[str], Any]] = {
    Term: _read_term,
    Condition: _read_condition,
    Route: lambda text: Route(text.strip()),
    GivenFact: _read_given_fact,
    Sample: lambda text: Sample(*_read_pair(text, "=", "area=150")),
    ReviewPoint: lambda text: ReviewPoint(*_read_pair(text, "：", "floor_plan：图上标明排烟口")),
}
_BOOLEANS = {"是": True, "否": False, "true": True, "false": False}
_SCALARS: dict[Any, tuple[Any, str]] = {
    int: (int, "整数"),
    bool: (_BOOLEANS.__getitem__, "“是”或“否”"),
    date: (date.fromisoformat, "2026-11-24 这样的日期"),
}
