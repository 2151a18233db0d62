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

import yaml

from banjie.engine.ids import Malformed
from banjie.packs.tables import ENCODINGS, Format, Source
from banjie.packs.targets import ESSENTIAL, TARGETS, Case, Mapping_, Reader, Rule, Target
from banjie.packs.words import CODES

__all__ = ["Mapping_", "load_mapping", "shipped"]

_BY_LABEL = {target.label: target for target in TARGETS.values()}


def load_mapping(name_or_path: str | Path) -> Mapping_:
    """The mapping shipped under that name, or in that YAML file. Raises Malformed naming the place."""
    place, name = _place(name_or_path)
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"对应表 {name}", "打不开或不是 UTF-8 文字", "请检查文件的位置、权限和编码") from error
    try:
        document = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 — a subclass of SafeLoader that also refuses double keys.
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        problem = getattr(error, "problem", None) or "写法不合 YAML"
        raise Malformed(f"对应表 {name}", f"{line}：{problem}", "请更正这一行后再导入") from error
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


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key may stand only once and 是/否 stay words."""


def _construct_mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[object, object]:
    seen: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (list, dict)) or key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"“{key}”写了两次", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)


class _Keys:
    """A YAML mapping taken key by key; what nobody took is refused at the end."""

    def __init__(self, where: str, value: object) -> None:
        if not isinstance(value, dict):
            raise Malformed(where, "这里应当是“名称: 值”的形式", "请参照随产品提供的对应表书写")
        self.where = where
        self.left: dict[str, object] = {str(key): one for key, one in value.items()}

    def fault(self, key: str, reason: str, remedy: str) -> Malformed:
        return Malformed(f"{self.where}.{key}", reason, remedy)

    def take(self, key: str) -> object:
        return self.left.pop(key, None)

    def text(self, key: str) -> str | None:
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, (str, int, float)):
            return str(value)
        raise self.fault(key, "应当是一段文字", "请只写一个值")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if any(not isinstance(one, (str, int, float)) for one in values):
            raise self.fault(key, "应当是文字，或文字的列表", '请写成 [甲, 乙] 的形式，空文字写作 ""')
        return tuple(str(one) for one in values)

    def table(self, key: str) -> dict[str, str]:
        value = self.take(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or any(isinstance(one, (list, dict)) for one in value.values()):
            raise self.fault(key, "应当是“原值: 对应值”的表", "请每行写一个原值和它对应的值")
        return {str(one): str(other) for one, other in value.items()}

    def yes(self, key: str) -> bool:
        value = self.take(key)
        if value in (None, False, "否"):
            return False
        if value in (True, "是"):
            return True
        raise self.fault(key, "只能是“是”或“否”", "请写“是”或“否”")

    def whole(self, key: str, otherwise: int) -> int:
        value = self.take(key)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.fault(key, "应当是从 1 起的整数", "请改为整数")
        return value

    def done(self) -> None:
        if self.left:
            raise Malformed(self.where, f"不认识“{'、'.join(self.left)}”", "请检查拼写，或删去；可用的词见导入说明")


def _mapping(name: str, document: object) -> Mapping_:
    keys = _Keys(f"对应表 {name}", document)
    about = keys.text("说明") or ""
    source = _source(_Keys(f"对应表 {name}：来源", keys.take("来源")))
    missing = frozenset(keys.texts("空值")) | {""}
    template = keys.text("模板")
    if template is None:
        raise keys.fault("模板", "没有写明导入的事项用哪个办理流程和表单模板", "请写“模板: standard”")
    ignored = keys.table("忽略")
    fields = keys.take("字段")
    keys.done()
    entries = _Keys(f"对应表 {name}：字段", fields).left
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


def _source(keys: _Keys) -> Source:
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
    keys = _Keys(f"对应表 {name}：字段.{label}", entry)
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


def _particulars(keys: _Keys, rule: Rule) -> Rule:
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


def _codes(keys: _Keys, target: Target) -> dict[str, str]:
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


def _cut(keys: _Keys) -> tuple[int, int] | None:
    value = keys.take("截取")
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(one) is int and one >= 1 for one in value):
        first, last = value
        if first <= last:
            return first - 1, last
    raise keys.fault("截取", "应当是起止两个位次", "例如 [1, 18] 表示第 1 位到第 18 位")


def _cases(keys: _Keys) -> tuple[Case, ...]:
    entries = keys.take("判断")
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise keys.fault("判断", "应当是一条条判断的列表", "每条写“当”和“取”")
    cases = []
    for entry in entries:
        case = _Keys(f"{keys.where}.判断", entry)
        when = _Keys(f"{keys.where}.判断.当", case.take("当"))
        conditions = {column: frozenset(when.texts(column)) for column in tuple(when.left)}
        value = case.text("取")
        if value is None:
            raise case.fault("取", "没有写明结果", "请写“取: 值”")
        case.done()
        cases.append(Case(conditions, value))
    return tuple(cases)


def _check_rule(keys: _Keys, rule: Rule) -> None:
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
