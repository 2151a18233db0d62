"""核对规则: what must hold between the answers of a form, listed, added, changed and taken out in its editor."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from banjie.engine.form_checks import form_faults
from banjie.engine.forms import Check, CheckKind, FieldKind, Form
from banjie.engine.ids import Malformed
from banjie.packs.words import CODES

NEW: Final = "new"
MOST_WORDS: Final = 120
MOST_VALUE: Final = 10**12
"""What the sum of a column may be held against; more is a slip of the hand."""

KIND_OPTIONS: Final = [{"value": kind.value, "text": words} for words, kind in CODES[CheckKind].items()]
KIND_NAMES: Final = {kind: words for words, kind in CODES[CheckKind].items()}
_INPUTS: Final = ("check_kind", "check_field", "check_other", "check_value", "check_words", "check_remedy")
_SUMS: Final = frozenset({CheckKind.SUM_IS, CheckKind.SUM_AT_MOST})
_PAIRS: Final = frozenset({CheckKind.NOT_LESS, CheckKind.DIFFERENT})


def shown_checks(form: Form, typed: dict[str, str]) -> dict[str, Any]:
    """The checks in words with what stands in their inputs, and the inputs of a new one; `typed` goes before."""
    names = _names(form)
    lines = []
    for place, check in enumerate(form.checks):
        kept = {
            "check_kind": check.kind.value,
            "check_field": check.field,
            "check_other": check.other,
            "check_value": str(check.value) if check.kind in _SUMS else "",
            "check_words": check.words,
            "check_remedy": check.remedy,
        }
        values = kept | (typed if typed.get("check") == str(place) else {})
        lines.append({"place": place, "told": _told(check, names), "check": check, "typed": values})
    is_new = typed.get("check") == NEW
    fresh = dict.fromkeys(_INPUTS, "") | (typed if is_new else {})
    options = [{"value": name, "text": words} for name, words in names.items()]
    return {"lines": lines, "fresh": fresh, "is_new": is_new, "fields": options, "kinds": KIND_OPTIONS}


def put_check(before: Form, asked: Mapping[str, str]) -> Form:
    """The form with the check that was typed, in its place or at the end. Raises `Malformed` for what cannot be one."""
    place = _place(before, asked.get("check", ""))
    check = _read(asked, place)
    listed = list(before.checks)
    at = len(listed) if place == NEW else int(place)
    listed[at : at + 1] = [check]
    after = replace(before, checks=tuple(listed))
    for fault in form_faults(after, ()):
        if fault.field == f"form.checks[{at}]":
            raise Malformed(f"check_field-{place}", fault.reason, fault.remedy)
    return after


def drop_check(before: Form, place: str) -> Form:
    """The form without that check. Raises `Malformed` when there is none."""
    at = _place(before, place)
    return replace(before, checks=tuple(one for number, one in enumerate(before.checks) if str(number) != at))


def _place(before: Form, text: str) -> str:
    if text != NEW and text not in {str(place) for place in range(len(before.checks))}:
        raise Malformed("checks", "没有这条核对规则", "请刷新后再试，可能已经被别人改过")
    return text


def _read(asked: Mapping[str, str], place: str) -> Check:
    kind = asked.get("check_kind", "")
    if kind not in set(CheckKind):
        raise Malformed(f"check_kind-{place}", "没有选择怎样核对", "请从列表中选一种")
    known = CheckKind(kind)
    if not asked.get("check_field", ""):
        raise Malformed(f"check_field-{place}", "没有选择核对哪一项", "请从列表中选一项")
    words, remedy = (_sentence(asked, name, place) for name in ("check_words", "check_remedy"))
    value = _number(asked.get("check_value", ""), place) if known in _SUMS else 0
    other = asked.get("check_other", "") if known in _PAIRS else ""
    return Check(known, asked["check_field"], words, remedy, other, value)


def _sentence(asked: Mapping[str, str], name: str, place: str) -> str:
    text = asked.get(name, "").strip()
    if not text or len(text) > MOST_WORDS or not text.isprintable():
        what = "不符合时怎么说" if name == "check_words" else "怎样改"
        raise Malformed(f"{name}-{place}", f"“{what}”没有填写，或者太长", f"请填写 {MOST_WORDS} 字以内的一句话")
    return text


def _number(text: str, place: str) -> int:
    # int() also takes full-width digits, as Chinese keyboards write them.
    if not text.strip().isdecimal() or len(text.strip()) > len(str(MOST_VALUE)) or int(text) > MOST_VALUE:
        raise Malformed(f"check_value-{place}", "合计数没有填写，或者不是整数", "请填写整数，例如 100")
    return int(text)


def _names(form: Form) -> dict[str, str]:
    """Fields, and columns under their groups (`group.column`), in the words people know them by."""
    found: dict[str, str] = {}
    for field in form.fields:
        if field.kind is not FieldKind.GROUP:
            found[field.key] = field.label
        found |= {f"{field.key}.{column.key}": f"{field.label}：{column.label}" for column in field.columns}
    return found


def _told(check: Check, names: Mapping[str, str]) -> str:
    against = names.get(check.other, check.other) if check.other else str(check.value) if check.kind in _SUMS else ""
    return f"“{names.get(check.field, check.field)}”{KIND_NAMES[check.kind]}" + (f"“{against}”" if against else "")
