"""Between the engine's values and JSON: every command, event and state has one wire form.

`encode` writes a frozen dataclass as JSON-able data, `decode` reads it back into the type or says which field is
wrong and how to mend it. What comes from outside passes here once, at the door, and is a type afterwards.
Readers and writers are built once per class, since the journal passes here on every act.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, TypeVar

from banjie.engine.ids import Malformed

T = TypeVar("T")

TEXT_LIMIT = 10_000
"""Characters a single text may have; longer ones are papers, not fields."""

Writer = Callable[[Any], Any]
Reader = Callable[[Any, str], Any]


def encode(value: object) -> dict[str, Any]:
    """The JSON-able form of a dataclass. Fields at their defaults are left out, so old data stays readable."""
    kind: Any = type(value)
    return typing.cast("dict[str, Any]", _writer(kind)(value))


def encode_some(value: object, names: frozenset[str]) -> dict[str, Any]:
    """The fields of these names only, in the form `encode` gives them."""
    kind: Any = type(value)
    return typing.cast("dict[str, Any]", _some_writer(kind, names)(value))


def decode(cls: type[T], data: object) -> T:
    """A value of `cls` from JSON-able data.

    Raises `Malformed` naming the dotted field, what is wrong with it and how to mend it: unknown and missing
    fields, wrong types, impossible dates, control characters and overlong text.
    """
    kind: Any = cls
    return typing.cast("T", _reader(kind)(data, ""))


def revive(cls: type[T], data: object) -> T:
    """A value of `cls` from data that `encode` wrote and we kept: quick, since nothing in it can be wrong.

    For our own records only; what comes from outside is read by `decode`.
    """
    kind: Any = cls
    reviver = _reviver(kind)
    return typing.cast("T", data if reviver is None else reviver(data))


@cache
def _writer(kind: Any) -> Writer:
    if dataclasses.is_dataclass(kind):
        return _dataclass_writer(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value: value.value
    if kind in (date, datetime):
        return lambda value: value.isoformat()
    return _write_any


def _write_any(value: Any) -> Any:
    if value is None or type(value) in (str, int, bool, float):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [_write_any(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_write_any(part) for part in value)
    if isinstance(value, Mapping):
        return {str(key): _write_any(part) for key, part in value.items()}
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _some_writer(kind: Any, names: frozenset[str]) -> Writer:
    return _dataclass_writer(kind, names)


def _dataclass_writer(kind: Any, names: frozenset[str] | None = None) -> Writer:
    hints = typing.get_type_hints(kind)
    fields: list[tuple[str, object, Writer | None]] = []
    for field in dataclasses.fields(kind):
        if names is not None and field.name not in names:
            continue
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        fields.append((field.name, default, _field_writer(hints[field.name])))

    def write(value: Any) -> dict[str, Any]:
        written = {}
        for name, default, writer in fields:
            part = getattr(value, name)
            # Nothing but None equals None, and most fields of most values stand at their defaults.
            if part is default or (default is not None and part == default):
                continue
            written[name] = part if writer is None or part is None else writer(part)
        return written

    return write


def _field_writer(hint: Any) -> Writer | None:
    """How a field of that type is written; None for what JSON knows as it is."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = [argument for argument in arguments if argument is not type(None)]
        return _field_writer(inner[0]) if len(inner) == 1 else _write_any
    if hint in (str, int, bool):
        return None
    if (
        dataclasses.is_dataclass(hint)
        or hint in (date, datetime)
        or (isinstance(hint, type) and issubclass(hint, Enum))
    ):
        return _writer(hint)
    if origin is tuple:
        part = _field_writer(arguments[0])
        return list if part is None else lambda values: [part(value) for value in values]
    if origin is Mapping and arguments[0] is str:
        return _mapping_writer(_field_writer(arguments[1]))
    return _write_any


def _mapping_writer(part: Writer | None) -> Writer | None:
    return None if part is None else lambda values: {key: part(value) for key, value in values.items()}


@cache
def _reader(kind: Any) -> Reader:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [argument for argument in arguments if argument is not type(None)]
        return _union_reader(inner, optional=len(inner) < len(arguments))
    if origin in (tuple, frozenset):
        return _sequence_reader(origin, _reader(arguments[0]))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _mapping_reader(_reader(arguments[1]))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    if kind is str:
        return _read_text
    if kind is bool:
        return _exact(bool, "是或否（true / false）")
    if kind is int:
        return _exact(int, "整数")
    if kind is datetime:
        return _read_moment
    if kind is date:
        return _read_date
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind)
    return _read_json


def _shown(name: object) -> str:
    """A name that somebody sent, fit to be shown again."""
    return "".join(character for character in str(name)[:100] if character.isprintable())


def _exact(kind: type, words: str) -> Reader:
    def read(value: Any, field: str) -> Any:
        if type(value) is not kind:
            raise Malformed(field, f"应为{words}", f"请填写{words}")
        return value

    return read


def _read_text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Malformed(field, "应为文字", "请填写文字")
    if len(value) > TEXT_LIMIT:
        remedy = f"请控制在 {TEXT_LIMIT} 字以内，更长的内容请作为材料上传"
        raise Malformed(field, f"文字过长（{len(value)} 字）", remedy)
    if not value.isprintable() and any(_forbidden(character) for character in value):
        raise Malformed(field, "含有看不见的控制字符", "请删去后重新填写")
    return value


def _forbidden(character: str) -> bool:
    # PostgreSQL keeps no NUL and UTF-8 no lone surrogate; other control characters have no business in a form.
    code = ord(character)
    return (code < 0x20 and character not in "\t\n\r") or code == 0x7F or 0xD800 <= code <= 0xDFFF


def _read_date(value: Any, field: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(field, "不是有效的日期", "请按 2026-11-24 的格式填写") from None


def _read_moment(value: Any, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(field, "不是有效的时间", "请按 2026-11-24T09:00:00+08:00 的格式填写") from None
    if moment.tzinfo is None:
        raise Malformed(field, "时间缺少时区", "请在末尾写明时区，例如 +08:00")
    return moment


def _read_json(value: Any, field: str) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _read_text(value, field)
    if isinstance(value, list):
        return tuple(_read_json(part, f"{field}[{index}]") for index, part in enumerate(value))
    if isinstance(value, Mapping):
        return {_read_text(key, field): _read_json(part, f"{field}.{key}") for key, part in value.items()}
    raise Malformed(field, "不支持的数据类型", "请填写文字、整数、是否或它们的列表")


def _enum_reader(kind: type[Enum]) -> Reader:
    known = {member.value: member for member in kind}

    def read(value: Any, field: str) -> Enum:
        member = known.get(value) if isinstance(value, str | int) else None
        if member is None:
            raise Malformed(field, "不在可选范围内", "可选：" + "、".join(str(code) for code in known))
        return member

    return read


def _union_reader(inner: list[Any], *, optional: bool) -> Reader:
    readers = [_reader(argument) for argument in inner]

    def read(value: Any, field: str) -> Any:
        if value is None and optional:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value, field)
            except Malformed:
                continue
        return readers[-1](value, field)

    return read


def _sequence_reader(make: Callable[[Any], Any], reader: Reader) -> Reader:
    def read(value: Any, field: str) -> Any:
        if not isinstance(value, list | tuple):
            raise Malformed(field, "应为列表", "请填写列表")
        return make(reader(part, f"{field}[{index}]") for index, part in enumerate(value))

    return read


def _mapping_reader(reader: Reader) -> Reader:
    def read(value: Any, field: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise Malformed(field, "应为键值对", "请填写 {名称: 值}")
        return {_read_text(key, field): reader(part, f"{field}.{key}" if field else key) for key, part in value.items()}

    return read


def _dataclass_reader(kind: type) -> Reader:
    hints = typing.get_type_hints(kind)
    fields = {
        field.name: (
            _reader(hints[field.name]),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    }
    required = [name for name, (_, needed) in fields.items() if needed]

    def read(value: Any, field: str) -> Any:
        prefix = f"{field}." if field else ""
        if not isinstance(value, Mapping):
            raise Malformed(field, "应为键值对", "请填写 {名称: 值}")
        arguments = {}
        for name, part in value.items():
            known = fields.get(name)
            if known is None:
                raise Malformed(prefix + _shown(name), "没有这个字段", "请删去；可用字段：" + "、".join(fields))
            arguments[name] = known[0](part, prefix + name)
        for name in required:
            if name not in arguments:
                raise Malformed(prefix + name, "必须填写", "请补上这一项")
        return kind(**arguments)

    return read


# --- our own records ---


@cache
def _reviver(kind: Any) -> Writer | None:
    """How a kept value of that type is revived; None for what JSON gives back as it was."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [argument for argument in arguments if argument is not type(None)]
        return _optional_reviver(_reviver(inner[0])) if len(inner) == 1 else _revive_fact
    if kind in (str, int, bool):
        return None
    if kind in (date, datetime):
        return typing.cast("Writer", kind.fromisoformat)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return _dataclass_reviver(kind)
    if origin in (tuple, frozenset):
        return _sequence_reviver(origin, _reviver(arguments[0]))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        part = _reviver(arguments[1])
        return None if part is None else lambda values: {key: part(value) for key, value in values.items()}
    return _revive_fact


def _optional_reviver(part: Writer | None) -> Writer | None:
    return None if part is None else lambda value: None if value is None else part(value)


def _sequence_reviver(make: Writer, part: Writer | None) -> Writer:
    return make if part is None else lambda values: make(part(value) for value in values)


def _revive_fact(value: Any) -> Any:
    """A value of several possible types: a list can only have been a tuple, also within the rows of a form."""
    if isinstance(value, list):
        return tuple(_revive_fact(part) for part in value)
    if isinstance(value, dict):
        return {key: _revive_fact(part) for key, part in value.items()}
    return value


def _dataclass_reviver(kind: Any) -> Writer:
    hints = typing.get_type_hints(kind)
    revivers = {field.name: _reviver(hints[field.name]) for field in dataclasses.fields(kind)}

    def revive_fields(data: Any) -> Any:
        arguments = {}
        for name, part in data.items():
            reviver = revivers[name]
            arguments[name] = part if reviver is None else reviver(part)
        return kind(**arguments)

    if hasattr(kind, "__slots__") or hasattr(kind, "__post_init__"):
        return revive_fields
    defaults = {
        field.name: field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
        for field in dataclasses.fields(kind)
        if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    }

    def revive_large(data: Any) -> Any:
        # A value without slots is one dictionary: filling that at once spares a call for each of its many fields.
        made = object.__new__(kind)
        own = made.__dict__
        own.update(defaults)
        for name, part in data.items():
            reviver = revivers[name]
            own[name] = part if reviver is None else reviver(part)
        return made

    return revive_large
