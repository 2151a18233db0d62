"""Mappings of cases: how the rows of another system's log become cases with steps. Data, not code.

A mapping is a YAML file with Chinese keys that an official can read. Each row of the log is a step; what holds for the
whole case stands in every row again. docs/how-to/cases-from-elsewhere.md lists the words.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from banjie.engine.external_cases import MEANING_NAMES, Meaning
from banjie.engine.ids import Malformed
from banjie.packs.strict_yaml import Keys, read_document
from banjie.packs.tables import ENCODINGS, Format, Source

XES: Final = "xes"

FIELDS: Final[Mapping[str, str]] = {
    "办件编号": "number",
    "事项编码": "item",
    "事项名称": "item_name",
    "行政区划": "region",
    "开始时间": "started_at",
    "截止时间": "due_at",
    "办结时间": "ended_at",
    "办结结果": "outcome",
    "渠道": "channel",
    "承办部门": "organ",
    "经办人": "handler",
    "记录标识": "id",
    "环节": "activity",
    "环节时间": "at",
    "环节经办人": "by",
    "环节单位": "office",
    "生命周期": "lifecycle",
}
"""What a column can be, and what it is called in code."""

NEEDED: Final = ("办件编号", "环节", "环节时间")


@dataclass(frozen=True, slots=True)
class Office:
    """What a department of the source is here: its code among the city's organs ("" for none) and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """A mapping, read. `xes`: the file is an XES log; else `source` says where its rows are."""

    name: str
    about: str
    source: Source
    xes: bool
    system: str
    zone: ZoneInfo
    missing: frozenset[str]
    columns: Mapping[str, str]
    """Field (`FIELDS`' values) → column."""
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    offices: Mapping[str, Office]
    by_register: bool
    """Departments that are not listed are looked up by name or code among the organs of the region."""
    meanings: Mapping[str, Meaning]
    lifecycles: frozenset[str]


def shipped() -> tuple[str, ...]:
    """The names of the mappings that come with the product."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir()))


def load_case_mapping(name_or_path: str | Path, file: Path | None = None) -> CaseMapping:
    """The mapping shipped under that name, or in that YAML file. Raises Malformed naming the place.

    `file` is what will be read: its ending decides the format when it is one of those known (csv, xlsx, jsonl, xes).
    """
    path = Path(name_or_path)
    place: Traversable | Path
    if path.suffix in {".yaml", ".yml"}:
        place, name = path, path.stem
    else:
        name = str(name_or_path)
        if name not in shipped():
            raise Malformed(
                "对应表",
                f"没有名为“{name}”的办件对应表，现有：{'、'.join(shipped())}",
                "请改用现有名称，或给出 .yaml 文件的路径",
            )
        place = _folder().joinpath(f"{name}.yaml")
    return _mapping(name, read_document(place, f"对应表 {name}"), file)


def _folder() -> Traversable:
    return files("banjie").joinpath("content", "case_mappings")


def _mapping(name: str, document: object, file: Path | None) -> CaseMapping:
    keys = Keys(f"对应表 {name}", document)
    about = keys.text("说明") or ""
    source, xes = _source(Keys(f"对应表 {name}：来源", keys.take("来源")), file)
    system = keys.text("来源系统") or name
    zone = _zone(keys)
    missing = frozenset(keys.texts("空值")) | {""}
    columns = _named(keys, keys.table("列"), "列")
    for label in NEEDED:
        if FIELDS[label] not in columns:
            raise keys.fault("列", f"缺少“{label}”", "没有它就不成其为办件的记录，请写明来自哪一列")
    constants = _named(keys, keys.table("常量"), "常量")
    if both := constants.keys() & columns.keys():
        label = next(word for word, field in FIELDS.items() if field in both)
        raise keys.fault("常量", f"“{label}”既有列又有常量", "请只留一处")
    values = {
        FIELDS[label]: Keys(f"对应表 {name}：取值", {label: table}).table(label)
        for label, table in _tables(keys, "取值").items()
        if _known(keys, label, "取值")
    }
    offices = {
        theirs: _office(Keys(f"对应表 {name}：部门.{theirs}", one)) for theirs, one in _tables(keys, "部门").items()
    }
    meanings = _meanings(keys)
    lifecycles, by_register = frozenset(keys.texts("只取生命周期")), keys.yes("部门按名册")
    keys.done()
    return CaseMapping(
        name, about, source, xes, system, zone, missing, columns, constants, values, offices, by_register, meanings,
        lifecycles,
    )  # fmt: skip


def _source(keys: Keys, file: Path | None) -> tuple[Source, bool]:
    kind = keys.text("格式") or ""
    ending = file.suffix.lower().removeprefix(".") if file else ""
    if ending in (*Format, XES):
        kind = ending
    if kind not in (*Format, XES):
        raise keys.fault("格式", f"不认识“{kind}”", f"请写 {'、'.join((*Format, XES))} 之一")
    encodings = keys.texts("编码") or ENCODINGS
    for encoding in encodings:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise keys.fault("编码", f"不认识“{encoding}”", "请写 utf-8-sig 或 gb18030") from error
    sheet, heading, path = keys.text("工作表") or "", keys.whole("表头行", 1), keys.texts("路径")
    keys.done()
    xes = kind == XES
    return Source(Format.CSV if xes else Format(kind), encodings, sheet, heading, path), xes


def _zone(keys: Keys) -> ZoneInfo:
    name = keys.text("时区") or "Asia/Shanghai"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise keys.fault("时区", f"没有时区“{name}”", "请写 Asia/Shanghai 这样的名称") from error


def _known(keys: Keys, label: str, where: str) -> bool:
    if label not in FIELDS:
        raise keys.fault(where, f"办件没有“{label}”这个字段", f"可用的字段有：{'、'.join(FIELDS)}")
    return True


def _named(keys: Keys, table: Mapping[str, str], where: str) -> dict[str, str]:
    return {FIELDS[label]: said for label, said in table.items() if _known(keys, label, where)}


def _tables(keys: Keys, where: str) -> dict[str, object]:
    value = keys.take(where)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise keys.fault(where, "这里应当是“名称: 值”的形式", "请参照随产品提供的对应表书写")
    return {str(name): one for name, one in value.items()}


def _office(keys: Keys) -> Office:
    office = Office(keys.text("机关") or "", keys.text("名称") or "")
    keys.done()
    return office


def _meanings(keys: Keys) -> dict[str, Meaning]:
    by_name = {words: meaning for meaning, words in MEANING_NAMES.items()}
    found = {}
    for activity, words in keys.table("环节含义").items():
        if words not in by_name:
            raise keys.fault("环节含义", f"“{activity}”对应的“{words}”不是一种含义", f"请写 {'、'.join(by_name)} 之一")
        found[activity] = by_name[words]
    return found
