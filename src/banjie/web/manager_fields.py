"""The controls with which a manager writes one field of a form, and the field they come to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict

from banjie.engine.forms import Column, Field, FieldKind, Layout, Option
from banjie.engine.ids import Malformed
from banjie.engine.rules import Condition
from banjie.packs.cells import Unreadable, from_cell, to_cell
from banjie.packs.form_edits import column_of
from banjie.packs.words import CODES
from banjie.web.manager_controls import Wrong

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """One control: the attribute it writes, its words, and whether only a field has it (a column has not)."""

    name: str
    label: str
    shape: str
    hint: str = ""
    required: bool = False
    only_field: bool = False


ASKED: Final = (
    Asked("label", "名称", "text", "申请人看到的名称", required=True),
    Asked("key", "编码", "text", "小写字母、数字和下划线，以字母开头；公布以后不要再改", required=True),
    Asked("kind", "类型", "choice", required=True),
    Asked("required", "必填", "yes"),
    Asked("hint", "提示", "text", "一句话说明怎样填"),
    Asked("options", "选项", "lines", "单选、多选的每个选项一行，写成“值: 文字”，例如 new: 新办"),
    Asked("show_if", "显示条件", "lines", "每个条件一行，例如 apply_type 是 new；全部符合才显示"),
    Asked("max_length", "最多字数", "number"),
    Asked("minimum", "最小", "number", "数的下限；明细为最少行数"),
    Asked("maximum", "最大", "number", "数的上限；明细为最多行数"),
    Asked("unit", "单位", "text", "例如 平方米、人"),
    Asked("source", "预填", "text", "从哪项已知信息预填，例如 company.name；不预填的留空"),
    Asked("personal", "个人信息", "yes", "不经办的人看到的会脱敏"),
    Asked("within", "地域", "text", "地址必须在哪个行政区划之内，填代码；不限的留空"),
    Asked("layout", "明细的排列", "layout", only_field=True),
    Asked("sum_of", "合计", "text", "由系统合计的，写“明细编码.栏编码”；否则留空", only_field=True),
)


def shown_field(
    known: Column | None, post: QueryDict | None, wrong: Mapping[str, str], *, is_column: bool
) -> list[dict[str, Any]]:
    """The controls with what stands in them, was typed into them, and is wrong with them."""
    base: Column = known or Field("", "", FieldKind.TEXT)
    return [
        {
            "name": asked.name,
            "label": asked.label,
            "shape": "choice" if asked.shape == "layout" else asked.shape,
            "hint": asked.hint,
            "required": asked.required,
            "options": _options(asked, is_column=is_column),
            "value": _typed(asked, post) if post is not None else _shown(asked, base),
            "error": wrong.get(asked.name, ""),
        }
        for asked in ASKED
        if not (is_column and asked.only_field)
    ]


def _options(asked: Asked, *, is_column: bool) -> list[dict[str, str]]:
    kinds = CODES[FieldKind] if asked.name == "kind" else CODES[Layout] if asked.shape == "layout" else {}
    return [
        {"value": code.value, "text": words}
        for words, code in kinds.items()
        if not (is_column and code is FieldKind.GROUP)
    ]


def _shown(asked: Asked, part: Column) -> Any:
    value = getattr(part, asked.name, "")
    match asked.name:
        case "options":
            return "\n".join(f"{one.value}: {one.label}" for one in part.options)
        case "show_if":
            return to_cell(value, tuple[Condition, ...]) if value else ""
        case "required" | "personal":
            return bool(value)
        case _:
            return "" if value is None else str(value)


def _typed(asked: Asked, post: QueryDict) -> Any:
    if asked.shape == "yes":
        return asked.name in post
    return post.get(asked.name, "").replace("\r\n", "\n").strip()


# --- reading ---


def read_field(post: QueryDict, known: Column | None, *, is_column: bool) -> Column:
    """The field that was written; what the page does not ask stays as it was. Raises `Wrong`."""
    base: Column = known or Field("", "", FieldKind.TEXT)
    given: dict[str, Any] = {}
    errors: list[Malformed] = []
    for asked in ASKED:
        if is_column and asked.only_field:
            continue
        if known is not None and asked.name == "key":
            continue  # Answers are kept under it: a new key would be another field.
        try:
            given[asked.name] = _value(asked, _typed(asked, post))
        except Unreadable as wrong:
            errors.append(Malformed(asked.name, f"{asked.label}：{wrong.reason}", wrong.remedy))
    if errors:
        raise Wrong(tuple(errors))
    if is_column:
        return replace(column_of(base), **given)
    return replace(base if isinstance(base, Field) else Field(base.key, base.label, base.kind), **given)


def unread(post: QueryDict) -> Field | None:
    """The field as far as it can be read, for a preview; None while it has no name or kind."""
    given: dict[str, Any] = {}
    for asked in ASKED:
        try:
            given[asked.name] = _value(asked, _typed(asked, post))
        except Unreadable:
            continue
    if not {"label", "kind"} <= given.keys():
        return None
    return Field(**{"key": "preview", **given})


def _value(asked: Asked, given: Any) -> Any:
    match asked.name:
        case "required" | "personal":
            return bool(given)
        case "key":
            if not _KEY.fullmatch(given):
                raise Unreadable("应为小写字母、数字和下划线，以字母开头", "例如 shop_area")
            return given
        case "kind" | "layout":
            if asked.name == "layout" and not given:
                return Layout.PAGES
            known = {code.value: code for code in CODES[FieldKind if asked.name == "kind" else Layout].values()}
            if given not in known:
                raise Unreadable("没有选择", f"请选择{asked.label}")
            return known[given]
        case "options":
            return _read_options(given)
        case "show_if":
            return from_cell(given, tuple[Condition, ...]) if given else ()
        case "max_length":
            return _number(given) or 200
        case "minimum" | "maximum":
            return _number(given)
    if asked.required and not given:
        raise Unreadable("没有填写", f"请填写{asked.label}")
    if len(given) > _MOST_TEXT or not given.isprintable():
        raise Unreadable("太长，或者含有看不见的字符", f"请控制在 {_MOST_TEXT} 字以内，不要整段粘贴")
    return given


def _number(given: str) -> int | None:
    if not given:
        return None
    if not re.fullmatch(r"-?[0-9]{1,12}", given):
        raise Unreadable("应为整数", "请填写整数，不限的留空")
    return int(given)


def _read_options(given: str) -> tuple[Option, ...]:
    options = []
    for line in given.splitlines():
        value, colon, label = (part.strip() for part in line.replace("：", ":", 1).partition(":"))
        if not line.strip():
            continue
        if not colon or not value or not label or not line.isprintable() or len(line) > _MOST_TEXT:
            raise Unreadable(f"看不懂“{line[:30]}”", "请每个选项一行，写成“值: 文字”")
        options.append(Option(value, label))
    return tuple(options)
