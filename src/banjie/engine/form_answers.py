"""What a person wrote into a form, read and judged field by field.

How a value is kept, by kind: texts, codes and dates (ISO) as text; NUMBER as an integer; MONEY in 分 and
AREA in 平方分米 (0.01 平方米) as integers, so that nothing is rounded; YES_NO as true or false; CHOICES as a
tuple, which JSON writes as a list.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from banjie.engine.forms import Fault, Field, FieldKind, Form
from banjie.engine.ids import CitizenId, CreditCode, Malformed, RegionCode
from banjie.engine.rules import Fact, all_hold, as_facts


def visible_fields(form: Form, facts: Mapping[str, object]) -> tuple[Field, ...]:
    """The fields to be asked, in order, when `facts` (answers and values filled in so far) are known."""
    shown: list[Field] = []
    known = as_facts(facts)
    for field in _fields(form):
        if all_hold(field.show_if, known):
            shown.append(field)
        else:
            # What hangs on a hidden field is hidden with it, whatever it was filled in with before.
            known.pop(field.key, None)
    return tuple(shown)


def validate(
    form: Form, raw: Mapping[str, object], facts: Mapping[str, object]
) -> tuple[dict[str, Fact], tuple[Fault, ...]]:
    """The values of the visible fields as they are kept, and everything that is wrong with `raw`.

    `raw` is what came in, by field key: texts from a page, JSON values from the API, or values as kept
    (reading them again changes nothing). Text for money is read in 元 and for area in 平方米; a JSON number
    for them is the kept unit. `facts` are the answers to the guiding questions. Values of hidden fields are
    dropped; empty ones are absent from the result; unknown keys are faults.
    """
    fields = _fields(form)
    known = as_facts(facts)
    values: dict[str, Fact] = {}
    faults = [_unknown(key) for key in raw if all(field.key != key for field in fields)]
    for field in fields:
        known.pop(field.key, None)
        if not all_hold(field.show_if, known):
            continue
        given = raw.get(field.key)
        if _is_empty(given):
            if field.required:
                faults.append(_fault(field, "必须填写", _required_remedy(field)))
            continue
        try:
            value = _READERS[field.kind](field, given)
        except _Wrong as wrong:
            faults.append(_fault(field, wrong.reason, wrong.remedy))
            continue
        values[field.key] = value
        known[field.key] = value
    return values, tuple(faults)


def shown(field: Field, value: object) -> str:
    """A kept value in words: as it is printed, and (for what is typed) as it is put back into the input."""
    labels = {option.value: option.label for option in field.options}
    match field.kind:
        case FieldKind.YES_NO:
            return "" if value is None else "是" if value else "否"
        case FieldKind.CHOICE:
            return labels.get(str(value), str(value or ""))
        case FieldKind.CHOICES:
            parts = value if isinstance(value, list | tuple) else ()
            return "、".join(labels.get(str(part), str(part)) for part in parts)
        case FieldKind.MONEY | FieldKind.AREA if isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)
        case _:
            return "" if value is None else str(value)


def _fields(form: Form) -> tuple[Field, ...]:
    return tuple(field for section in form.sections for field in section.fields)


class _Wrong(Exception):
    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def _fault(field: Field, reason: str, remedy: str) -> Fault:
    return Fault(field.key, field.label, reason, remedy)


def _unknown(key: object) -> Fault:
    words = "".join(character for character in str(key)[:40] if character.isprintable())
    return Fault(words, words, "表单中没有这一项", "请删去这一项，只填写表单列出的内容")


def _required_remedy(field: Field) -> str:
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO):
        return f"请选择{field.label}"
    return f"请填写{field.label}"


def _is_empty(given: object) -> bool:
    return given is None or given in ([], ()) or (isinstance(given, str) and not given.strip("\u3000 \t\r\n"))


def _text(field: Field, given: object, *, lines: bool = False) -> str:
    """One text, tidy and harmless: composed characters, no control or direction marks, not too long."""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise _Wrong("格式不对，应为文字", f"请把{field.label}写成一段文字")
    text = unicodedata.normalize("NFC", str(given)).replace("\r\n", "\n").strip("\u3000 \t\r\n")
    allowed = "\n\t" if lines else ""
    if any(_is_hidden(character) and character not in allowed for character in text):
        raise _Wrong("含有看不见的控制字符", "请删去后重新键入，不要从其他文件整段粘贴")
    if len(text) > field.max_length:
        raise _Wrong(f"最多 {field.max_length} 个字，现有 {len(text)} 个字", f"请缩短到 {field.max_length} 个字以内")
    return text


def _is_hidden(character: str) -> bool:
    # Direction marks can make a name read as another one; PostgreSQL keeps no NUL and UTF-8 no lone
    # surrogate.
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTION_MARKS


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(field: Field, given: object) -> str:
    """A text to be read as a number, date or code: full-width characters made half-width."""
    return unicodedata.normalize("NFKC", _text(field, given)).strip()


def _read_text(field: Field, given: object) -> Fact:
    return _text(field, given)


def _read_long_text(field: Field, given: object) -> Fact:
    return _text(field, given, lines=True)


def _read_number(field: Field, given: object) -> Fact:
    text = _digits(field, given, field.unit)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", text):
        raise _Wrong("应为整数", "请只填写数字，例如 12")
    return _within(field, int(text), 1)


def _read_money(field: Field, given: object) -> Fact:
    return _read_hundredths(field, given, "元")


def _read_area(field: Field, given: object) -> Fact:
    return _read_hundredths(field, given, "平方米|㎡|m2|平米")


def _read_hundredths(field: Field, given: object, units: str) -> int:
    """元 to 分, 平方米 to 平方分米: two decimals and no rounding."""
    if isinstance(given, int) and not isinstance(given, bool):
        return _within(field, given, 100)
    text = _digits(field, given, units)
    words = units.split("|", maxsplit=1)[0]
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]*)?", text):
        raise _Wrong("应为数字", f"请填写以{words}为单位的数字，例如 120.5")
    try:
        hundredths = Decimal(text) * 100
    except InvalidOperation:
        raise _Wrong("应为数字", f"请填写以{words}为单位的数字，例如 120.5") from None
    if hundredths != hundredths.to_integral_value():
        raise _Wrong("小数点后最多两位", f"请填写到 0.01 {words}")
    return _within(field, int(hundredths), 100)


def _digits(field: Field, given: object, units: str) -> str:
    text = re.sub(r"[\s,，]", "", _plain(field, given))
    for unit in units.split("|"):
        text = text.removesuffix(unit) if unit else text
    return text


def _within(field: Field, number: int, scale: int) -> int:
    """The number, if within the field's bounds, which are in the unit people read (元, 平方米)."""
    minimum = 0 if field.minimum is None and field.kind is not FieldKind.NUMBER else field.minimum
    if minimum is not None and number < minimum * scale:
        raise _Wrong(f"不能小于 {minimum}{field.unit}", f"请填写不小于 {minimum} 的数")
    if field.maximum is not None and number > field.maximum * scale:
        raise _Wrong(f"不能大于 {field.maximum}{field.unit}", f"请填写不大于 {field.maximum} 的数")
    if abs(number) > 10**15:
        raise _Wrong("数字过大", "请核对单位和位数")
    return number


_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_DATE_IN_A_ROW = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def _read_day(field: Field, given: object) -> Fact:
    text = _plain(field, given)
    match = _DATE.fullmatch(text) or _DATE_IN_A_ROW.fullmatch(text)
    if match is None:
        raise _Wrong("看不懂这个日期", "请按 2026年11月24日 或 2026-11-24 填写")
    year, month, day = (int(part) for part in match.groups())
    try:
        found = date(year, month, day)
    except ValueError:
        raise _Wrong("日历上没有这一天", "请核对年、月、日") from None
    if not 1850 <= found.year <= 2200:
        raise _Wrong("年份不合常理", "请核对年份")
    return found.isoformat()


_YES_NO = {
    **dict.fromkeys(("是", "有", "yes", "y", "true", "1", "on"), True),
    **dict.fromkeys(("否", "无", "no", "n", "false", "0", "off"), False),
}


def _read_yes_no(field: Field, given: object) -> Fact:
    if isinstance(given, bool):
        return given
    answer = _YES_NO.get(_plain(field, given).lower())
    if answer is None:
        raise _Wrong("应回答是或否", "请选择“是”或“否”")
    return answer


def _read_choice(field: Field, given: object) -> Fact:
    text = _text(field, given)
    for option in field.options:
        if text in (option.value, option.label):
            return option.value
    raise _Wrong("不在可选范围内", "请选择：" + "、".join(option.label for option in field.options))


def _read_choices(field: Field, given: object) -> Fact:
    parts = given if isinstance(given, list | tuple) else (given,)
    chosen = {str(_read_choice(field, part)) for part in parts}
    return tuple(option.value for option in field.options if option.value in chosen)


def _by_number(parse: Callable[[str], object]) -> Callable[[Field, object], Fact]:
    """A reader by one of the numbers of `engine.ids`, whose own words say what is wrong."""

    def read(field: Field, given: object) -> Fact:
        text = _text(field, given)
        try:
            return str(parse(text))
        except Malformed as malformed:
            raise _Wrong(malformed.reason, malformed.remedy) from None

    return read


_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(0[0-9]{2,3})([2-9][0-9]{6,7})(?:(?:转|x|#)([0-9]{1,6}))?")
_SERVICE = re.compile(r"(?:400|800)[0-9]{7}|1[0-9]{4}|95[0-9]{3,6}")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")


def _read_phone(field: Field, given: object) -> Fact:
    text = re.sub(r"[\s()（）\-—–]", "", _plain(field, given).lower())
    if mobile := _MOBILE.fullmatch(text):
        return mobile.group(1)
    if landline := _LANDLINE.fullmatch(text):
        area, number, extension = landline.groups()
        return f"{area}-{number}" + (f"转{extension}" if extension else "")
    if _SERVICE.fullmatch(text) or (_ABROAD.fullmatch(text) and not text.startswith("+86")):
        return text
    raise _Wrong("不是有效的电话号码", "请填写 11 位手机号，或带区号的固定电话，例如 0990-6012345")


_READERS: dict[FieldKind, Callable[[Field, object], Fact]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.LONG_TEXT: _read_long_text,
    FieldKind.NUMBER: _read_number,
    FieldKind.MONEY: _read_money,
    FieldKind.DATE: _read_day,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.CHOICE: _read_choice,
    FieldKind.CHOICES: _read_choices,
    FieldKind.REGION: _by_number(RegionCode.parse),
    FieldKind.CREDIT_CODE: _by_number(CreditCode.parse),
    FieldKind.CITIZEN_ID: _by_number(CitizenId.parse),
    FieldKind.PHONE: _read_phone,
    FieldKind.AREA: _read_area,
}
