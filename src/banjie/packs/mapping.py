"""Mappings: how the columns of another system's table become the fields of an item. Data, not code.

A mapping is a YAML file with Chinese keys that an official can read. It names for every field of an item the
columns it comes from and how they are read; what it makes up itself (a constant, a default, a conclusion) is
declared there with its reason, and the import reports it. docs/how-to/import-items.md lists the words.
"""

import codecs
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.ids import Malformed
from banjie.packs.strict_yaml import Keys, read_document
from banjie.packs.tables import ENCODINGS, Format, Source
from banjie.packs.targets import ESSENTIAL, TARGETS, Case, Mapping_, Reader, Rule, Target
from banjie.packs.words import CODES

__all__ = ["Mapping_", "load_mapping", "shipped"]

_BY_LABEL = {target.label: target for target in TARGETS.values()}


def load_mapping(name_or_path: str | Path) -> Mapping_:
    """The mapping shipped under that name, or in that YAML file. Raises Malformed naming the place."""
    place, name = _place(name_or_path)
    document = read_document(place, f"对应表 {name}")
    return _mapping(name, document)


def shipped() -> tuple[str, ...]:
    """The names of the mappings that come with the product."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir()))


def _folder() -> Traversable:
    return files("banjie").joinpath("content", "mappings")


def _place(name_or_path: str | Path) -> tuple[Traversable | Path, str]:
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"}:
        return path, path.stem
    name = str(name_or_path)
    if name not in shipped():
        raise Malformed(
            "对应表",
            f"没有名为“{name}”的对应表，现有：{'、'.join(shipped())}",
            "请改用现有名称，或给出 .yaml 文件的路径",
        )
    return _folder().joinpath(f"{name}.yaml"), name


def _mapping(name: str, document: object) -> Mapping_:
    keys = Keys(f"对应表 {name}", document)
    about = keys.text("说明") or ""
    source = _source(Keys(f"对应表 {name}：来源", keys.take("来源")))
    missing = frozenset(keys.texts("空值")) | {""}
    template = keys.text("模板")
    if template is None:
        raise keys.fault("模板", "没有写明导入的事项用哪个办理流程和表单模板", "请写“模板: standard”")
    ignored = keys.table("忽略")
    fields = keys.take("字段")
    keys.done()
    entries = Keys(f"对应表 {name}：字段", fields).left
    rules = {_target(name, label).key: _rule(name, label, entry) for label, entry in entries.items()}
    for key in ESSENTIAL:
        if key not in rules:
            raise Malformed(
                f"对应表 {name}：字段",
                f"缺少“{TARGETS[key].label}”",
                "没有它就不成其为事项，请写明来自哪一列",
            )
    if not {"statutory", "promised"} & rules.keys():
        raise Malformed(f"对应表 {name}：字段", "法定和承诺办结时限一个都没有", "请至少写明其中一个来自哪一列")
    ordered = tuple(rules[key] for key in TARGETS if key in rules)
    result = Mapping_(name, about, source, template, missing, ordered, ignored)
    if both := sorted(ignored.keys() & result.used_columns()):
        raise Malformed(f"对应表 {name}：忽略", f"“{'、'.join(both)}”既要用又要忽略", "请从“忽略”或“字段”中删去一处")
    return result


def _source(keys: Keys) -> Source:
    kind = keys.text("格式")
    if kind not in tuple(Format):
        raise keys.fault("格式", f"不认识“{kind or ''}”", f"请写 {'、'.join(Format)} 之一")
    encodings = keys.texts("编码") or ENCODINGS
    for encoding in encodings:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise keys.fault("编码", f"不认识“{encoding}”", "请写 utf-8-sig 或 gb18030") from error
    source = Source(Format(kind), encodings, keys.text("工作表") or "", keys.whole("表头行", 1), keys.texts("路径"))
    keys.done()
    return source


def _target(name: str, label: str) -> Target:
    if label not in _BY_LABEL:
        raise Malformed(f"对应表 {name}：字段", f"事项没有“{label}”这个字段", f"可用的字段有：{'、'.join(_BY_LABEL)}")
    return _BY_LABEL[label]


def _rule(name: str, label: str, entry: object) -> Rule:
    keys = Keys(f"对应表 {name}：字段.{label}", entry)
    rule = Rule(
        target=_target(name, label),
        columns=keys.texts("列"),
        together=keys.yes("合并各列"),
        missing=frozenset(keys.texts("空值")),
        cut=_cut(keys),
        strip=keys.texts("去前缀"),
        default=keys.text("默认"),
        constant=keys.text("常量"),
        cases=_cases(keys),
        why=keys.text("理由") or "",
    )
    rule = _particulars(keys, rule)
    keys.done()
    _check_rule(keys, rule)
    return rule


def _particulars(keys: Keys, rule: Rule) -> Rule:
    """What only some readers understand; a key of another reader stays behind and is refused."""
    match rule.target.reader:
        case Reader.LIST | Reader.BASIS:
            return replace(rule, separators=keys.texts("分隔"), numbered=keys.yes("按编号拆分"))
        case Reader.MATERIALS:
            return replace(
                rule,
                separators=keys.texts("分隔"),
                numbered=keys.yes("按编号拆分"),
                basis_column=keys.text("依据列") or "",
                material_form=keys.text("材料形式") or "",
                material_source=keys.text("来源渠道") or "",
            )
        case Reader.CODE | Reader.CODES:
            return replace(
                rule,
                table=_codes(keys, rule.target),
                near=keys.table("近似"),
                separators=keys.texts("分隔"),
                from_promise=rule.target.key == "handling" and keys.yes("由承诺时限得出"),
            )
        case Reader.TERM:
            return replace(
                rule,
                unit_column=keys.text("单位列") or "",
                units=keys.table("单位"),
                basis=keys.text("依据") or "",
                basis_column=keys.text("依据列") or "",
            )
        case Reader.PLACE:
            return replace(rule, hours_column=keys.text("时间列") or "")
        case _:
            return rule


def _codes(keys: Keys, target: Target) -> dict[str, str]:
    table = keys.table("代码表")
    known = tuple(CODES[target.codes]) if target.codes else ()
    for printed, words in table.items():
        if words not in known:
            raise keys.fault(
                "代码表",
                f"“{printed}”对应的“{words}”不是一种{target.label}",
                f"请写 {'、'.join(known)} 之一",
            )
    return table


def _cut(keys: Keys) -> tuple[int, int] | None:
    value = keys.take("截取")
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(one) is int and one >= 1 for one in value):
        first, last = value
        if first <= last:
            return first - 1, last
    raise keys.fault("截取", "应当是起止两个位次", "例如 [1, 18] 表示第 1 位到第 18 位")


def _cases(keys: Keys) -> tuple[Case, ...]:
    entries = keys.take("判断")
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise keys.fault("判断", "应当是一条条判断的列表", "每条写“当”和“取”")
    cases = []
    for entry in entries:
        case = Keys(f"{keys.where}.判断", entry)
        when = Keys(f"{keys.where}.判断.当", case.take("当"))
        conditions = {column: frozenset(when.texts(column)) for column in tuple(when.left)}
        value = case.text("取")
        if value is None:
            raise case.fault("取", "没有写明结果", "请写“取: 值”")
        case.done()
        cases.append(Case(conditions, value))
    return tuple(cases)


def _check_rule(keys: Keys, rule: Rule) -> None:
    """One origin for a field, and a reason for whatever does not stand in the row."""
    origins = (bool(rule.columns), rule.constant is not None, bool(rule.cases), rule.from_promise)
    if sum(origins) != 1:
        raise keys.fault("列", "来处不明", "“列”“常量”“判断”“由承诺时限得出”要写且只写一个")
    if not rule.columns and rule.default is not None:
        raise keys.fault("默认", "只有来自“列”的字段才有默认值", "请删去“默认”，或改写“常量”")
    if (not rule.columns or rule.default is not None) and not rule.why:
        raise keys.fault("理由", "这个值不在来源文件里，却没有写明理由", "请用“理由”写一句为什么这样取")
    if rule.target.reader is Reader.FAQ and len(rule.columns) != 2:
        raise keys.fault("列", "常见问题要两列：问题和答案", "请写成 [问题列, 答案列]")
