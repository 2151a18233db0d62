"""Dataclasses as JSON Schema (2020-12, as OpenAPI 3.1 has it), and as JSON with every field written out.

The schema of a command is drawn from the class that `engine.codec` reads it into, so the two cannot part ways.
Words for a field come from `Annotated[…, "words"]` or, for the engine's classes, from `WORDS`.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from banjie.api.reading import LARGEST_INTEGER
from banjie.engine.codec import TEXT_LIMIT

Schema = dict[str, Any]

WORDS: Final = {
    "answers": "情形引导的回答：问题键 → 选项值，见事项的 questions",
    "asks": "要补正的每一项，一次告知完",
    "as_of": "数据是哪一天的",
    "ask": "查询标识，与所问的相同",
    "basis": "依据",
    "channel": "办理形式：1 窗口 2 网上 3 移动端 4 邮寄 9 其他",
    "data": "表单内容：字段键 → 值，见 GET /items/{code}/form；明细是对象的列表；金额以分、面积以 0.01 平方米为单位",
    "days": "工作日数",
    "evidence": "送达凭据",
    "findings": "审查要点的核对结果",
    "ground": "终止的法定情形",
    "held": "已有证照的编号（免提交时填写，不必上传）",
    "holder": "申请人的标识，须是您本人或已授权您代理的人",
    "insist": "坚持要求提交政府已经掌握的材料的理由（会记名公示给督查人员）",
    "item": "事项编码",
    "later": "承诺容后补交的材料键（容缺）",
    "material": "材料键，见事项的 materials；补正表单内容时写 form:字段键",
    "media_type": "文件类型，以平台按内容识别的为准",
    "name": "文件名",
    "opinion": "意见",
    "outcome": "环节结论：pass 通过，fail 不通过，或事项流程规定的其他结论",
    "paper": "补交的材料",
    "papers": "材料，文件先用 POST /papers 上传",
    "problem": "存在的问题",
    "procedure": "特别程序键，见事项的 special",
    "promised": "已签署告知承诺书",
    "reason": "理由",
    "refused": "不能答复的原因，例如查无此户；能答复的留空",
    "reasons": "不予许可的理由，逐条",
    "redirect_organ": "应当向哪个机关申请",
    "region": "行政区划代码",
    "requirement": "应当怎样补正",
    "result": "特别程序的结果",
    "sha256": "文件内容的 SHA-256（POST /papers 的答复给出）",
    "size": "字节数，以平台收到的为准",
    "step": "环节键，见事项的 workflow",
    "subject": "当事人的证件号码（统一社会信用代码或公民身份号码），须与所问的相同",
    "to": "退回到哪个环节",
    "values": "所问的各项：事实名称 → 值",
    "way": "送达方式：direct 直接 post 邮寄 electronic 电子 announcement 公告",
}
"""What the fields of commands are called, for whoever reads the interface's description."""


class Shapes:
    """Draws schemas and collects the named ones. `given`: what comes in, else what goes out.

    What comes in may leave out fields that have a default, and may hold no unknown ones. What goes out is written by
    `written`, so every field is there.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        self._names: dict[tuple[Any, bool], str] = {}

    def of(self, kind: Any, *, given: bool = False) -> Schema:
        """The schema of a type; dataclasses and enums are named in `components` and referred to."""
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            return _told(self.of(arguments[0], given=given), arguments[1])
        if origin in (types.UnionType, typing.Union):
            return {"anyOf": [self.of(argument, given=given) for argument in arguments]}
        if origin in (tuple, frozenset, list):
            items = {"type": "array", "items": self.of(arguments[0], given=given)}
            return items | {"uniqueItems": True} if origin is frozenset and not given else items
        if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
            return {"type": "object", "additionalProperties": self.of(arguments[1], given=given)}
        if dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
            return self._named(kind, given)
        return _PLAIN_GIVEN.get(kind, {}) if given else _PLAIN.get(kind, {})

    def _named(self, kind: Any, given: bool) -> Schema:
        known = (kind, given and not issubclass(kind, Enum))
        if known not in self._names:
            name = self._names[known] = self._free_name(*known)
            self.components[name] = {}  # Named before it is drawn: a class may hold its own kind.
            self.components[name] = _enum(kind) if issubclass(kind, Enum) else self._dataclass(kind, given)
        return {"$ref": f"#/components/schemas/{self._names[known]}"}

    def _free_name(self, kind: Any, given: bool) -> str:
        """The name of the class; where two rooms use one word, the second has its room's name before it."""
        ending = "Input" if given else ""
        name = f"{kind.__name__}{ending}"
        room = kind.__module__.rsplit(".", 1)[-1].title().replace("_", "")
        return f"{room}{name}" if name in self.components else name

    def _dataclass(self, kind: Any, given: bool) -> Schema:
        hints = typing.get_type_hints(kind, include_extras=True)
        properties, required = {}, []
        for field in dataclasses.fields(kind):
            schema = self.of(hints[field.name], given=given)
            words = WORDS.get(field.name, "") if given else ""
            properties[field.name] = _told(schema, words) if words else schema
            if not given or _is_required(field):
                required.append(field.name)
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | {"required": required} if required else schema


_TEXT: Final = {"type": "string"}
_INTEGER: Final = {"type": "integer"}
_PLAIN: Final[dict[Any, Schema]] = {
    str: _TEXT,
    int: _INTEGER,
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
}
_PLAIN_GIVEN: Final = _PLAIN | {
    str: _TEXT | {"maxLength": TEXT_LIMIT},
    int: _INTEGER | {"minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER},
}


def _told(schema: Schema, words: str) -> Schema:
    return {**schema, "description": words}


def _enum(kind: type[Enum]) -> Schema:
    return {"type": "string", "enum": [member.value for member in kind]}


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def written(value: object) -> Any:
    """JSON-able data with every field written out, defaults too, as `Shapes.of` describes it."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if dataclasses.is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): written(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(written(part) for part in value)
    if isinstance(value, tuple | list):
        return [written(part) for part in value]
    return value
