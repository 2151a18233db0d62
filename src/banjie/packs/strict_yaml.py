"""YAML that people write for us, read strictly: a key once only, known keys only, and each fault in words."""

from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from banjie.engine.ids import Malformed


def read_document(place: Traversable | Path, what: str) -> object:
    """What a YAML file says; `what` names it in a fault (“对应表 甲”). Raises Malformed naming the place."""
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(what, "打不开或不是 UTF-8 文字", "请检查文件的位置、权限和编码") from error
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 — a subclass of SafeLoader that also refuses double keys.
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        problem = getattr(error, "problem", None) or "写法不合 YAML"
        raise Malformed(what, f"{line}：{problem}", "请更正这一行后再导入") from error


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


class Keys:
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
