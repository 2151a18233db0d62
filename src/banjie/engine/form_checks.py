"""What stands against a form before anybody may fill it in: each fault with its place and its remedy."""

from collections import Counter
from collections.abc import Iterable, Iterator

from banjie.engine.forms import NUMBERS, Check, CheckKind, Column, Fault, Field, FieldKind, Form, Layout
from banjie.engine.ids import Malformed, PartyIdKind, RegionCode
from banjie.engine.rules import Condition

COLUMNS_MOST = 30
"""Columns a group may have: more cannot be read in one row, on paper or on a screen."""

_TOO_WIDE = frozenset({FieldKind.ADDRESS, FieldKind.LONG_TEXT, FieldKind.DATE_RANGE})
_ORDERED = NUMBERS | {FieldKind.DATE}


def form_faults(form: Form, questions: Iterable[str]) -> Iterator[Fault]:
    """Everything wrong with a form that follows guiding questions of these keys."""
    earlier = set(questions)
    yield from repeated("form", "申请表", [*earlier, *(field.key for field in form.fields)])
    yield from repeated("form", "申请表分页", [section.key for section in form.sections])
    for place, section in enumerate(form.sections):
        where = f"form.sections[{place}]"
        if not section.fields:
            yield Fault(where, section.title, "这一页没有栏目", "请添加栏目，或删去这一页")
        for index, field in enumerate(section.fields):
            here = f"{where}.fields[{index}]"
            yield from _asked(here, field, earlier)
            yield from _group(here, field, earlier)
            if field.sum_of:
                yield from _sum(here, field, form)
            earlier.add(field.key)
    for index, check in enumerate(form.checks):
        yield from _check(f"form.checks[{index}]", check, form)


def repeated(where: str, label: str, keys: Iterable[str]) -> Iterator[Fault]:
    """A key used twice, or none at all."""
    for key, times in Counter(keys).items():
        if times > 1:
            yield Fault(where, label, f"编码“{key}”用了 {times} 次", "请给每一项不同的编码")
        if not key:
            yield Fault(where, label, "有一项没有编码", "请填写编码")


def unknown(where: str, label: str, conditions: tuple[Condition, ...], known: set[str]) -> Iterator[Fault]:
    """Conditions on what is not known yet where they stand."""
    for condition in conditions:
        if condition.fact not in known:
            remedy = "条件只能用前面的问题或栏目：" + ("、".join(sorted(known)) or "（无）")
            yield Fault(where, label, f"条件用到的“{condition.fact}”在这里还不知道", remedy)


def _asked(where: str, field: Column, earlier: set[str]) -> Iterator[Fault]:
    chosen = field.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
    if field.kind is FieldKind.PARTY_ID:
        known = {kind.value for kind in PartyIdKind}
        for option in field.options:
            if option.value not in known:
                yield Fault(where, field.label, f"没有“{option.value}”这种证件", "可选：" + "、".join(sorted(known)))
    elif chosen is not bool(field.options):
        yield Fault(where, field.label, "单选、多选必须有选项，其他类型不能有", "请补上或删去选项，或改变类型")
    yield from repeated(where, field.label, (option.value for option in field.options))
    yield from unknown(where, field.label, field.show_if, earlier)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield Fault(where, field.label, "最小值大于最大值", "请核对这两个数")
    if field.within and not _is_place(field.within):
        yield Fault(where, field.label, f"地域“{field.within}”不是行政区划代码", "请填写 6 位或 12 位行政区划代码")


def _group(where: str, field: Field, earlier: set[str]) -> Iterator[Fault]:
    if field.kind is not FieldKind.GROUP:
        if field.columns:
            yield Fault(where, field.label, "只有明细才有各栏", "请删去各栏，或把类型改为明细")
        return
    if not field.columns:
        yield Fault(where, field.label, "明细没有栏目", "请写出每一行要填的各栏")
    if len(field.columns) > COLUMNS_MOST:
        yield Fault(where, field.label, f"明细最多 {COLUMNS_MOST} 栏", "请减少栏数，或分成两个明细")
    yield from repeated(where, field.label, (column.key for column in field.columns))
    within = set(earlier)
    for index, column in enumerate(field.columns):
        here = f"{where}.columns[{index}]"
        if column.kind is FieldKind.GROUP:
            yield Fault(here, column.label, "明细里不能再有明细", "请把里面的明细改为单独的一项")
            continue
        if column.key in earlier:
            yield Fault(here, column.label, f"编码“{column.key}”在明细外面用过", "请给这一栏另外的编码")
        if field.layout is Layout.TABLE and column.kind in _TOO_WIDE:
            yield Fault(here, column.label, "表格里放不下这一栏", "请把这项明细的排列改为“逐条”")
        yield from _asked(here, column, within)
        within.add(column.key)


def _sum(where: str, field: Field, form: Form) -> Iterator[Fault]:
    column = _named(form, field.sum_of)
    if column is None or "." not in field.sum_of:
        yield Fault(where, field.label, f"没有要合计的“{field.sum_of}”", "请写成“明细编码.栏编码”")
    elif column.kind is not field.kind or column.kind not in NUMBERS:
        yield Fault(where, field.label, "合计的类型与被合计的栏不同", "请都用同一种数：整数、小数、金额、面积或百分比")


def _check(where: str, check: Check, form: Form) -> Iterator[Fault]:
    label = check.words or "核对"
    one, another = _named(form, check.field), _named(form, check.other) if check.other else None
    if one is None or (check.other and another is None):
        missing = check.field if one is None else check.other
        yield Fault(where, label, f"没有“{missing}”这一项", "请写栏目编码，明细的栏写成“明细编码.栏编码”")
        return
    if not check.words or not check.remedy:
        yield Fault(where, label, "没有写明问题或改法", "请写明哪里不对、怎样改")
    if check.kind in (CheckKind.NOT_LESS, CheckKind.DIFFERENT):
        if another is None:
            yield Fault(where, label, "没有写明与哪一项对照", "请填写“对照”")
        elif check.kind is CheckKind.NOT_LESS and (one.kind is not another.kind or one.kind not in _ORDERED):
            yield Fault(where, label, "比较大小的两项应是同一种数或日期", "请核对两项的类型")
    elif "." not in check.field:
        yield Fault(where, label, "这种核对只用于明细的一栏", "请写成“明细编码.栏编码”")
    elif check.kind in (CheckKind.SUM_IS, CheckKind.SUM_AT_MOST) and one.kind not in NUMBERS:
        yield Fault(where, label, "要合计的栏不是数", "请核对这一栏的类型")


def _named(form: Form, name: str) -> Column | None:
    """The field, or the column of a group, that a check or a sum names."""
    key, dot, below = name.partition(".")
    field = next((one for one in form.fields if one.key == key), None)
    if field is None or not dot:
        return field
    return next((column for column in field.columns if column.key == below), None)


def _is_place(code: str) -> bool:
    try:
        RegionCode.parse(code)
    except Malformed:
        return False
    return True
