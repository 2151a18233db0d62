"""One value of a form, read by its kind as people really type it.

How a value is kept: texts, codes and days (ISO) as text; NUMBER as an integer; MONEY (分), AREA (0.01 平方米),
PERCENTAGE (0.01 %) and DECIMAL in hundredths as integers, so that nothing is rounded; YES_NO as true or false;
CHOICES as a tuple, which JSON writes as a list; DATE_RANGE as `2026-12-01/2026-12-20`; PARTY_ID as the kind of
the paper and its number (`passport E12345678`); ADDRESS as the place's code, its name in full and the rest
(`990102001001 岚东省澜江市江左区望江街道江畔社区 望江路 118 号`).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from banjie.engine.form_words import SPACES, address_parts, party_id_parts
from banjie.engine.forms import Column, FieldKind
from banjie.engine.ids import CitizenId, CreditCode, Malformed, PartyId, PartyIdKind, RegionCode
from banjie.engine.rules import Fact

Places = Callable[[str], str]
"""The full name of a place by its code, "" for one that is not known or is not small enough for an address."""

PERSON_IDS = tuple(kind for kind in PartyIdKind if kind is not PartyIdKind.CREDIT)
"""The papers by which a person may identify herself."""


class Wrong(Exception):
    """A value that cannot be what its field asks for: what is wrong, and how to mend it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def read(field: Column, given: object, places: Places | None = None) -> Fact:
    """The value as it is kept. Raises `Wrong`. A value that is kept already is read as itself.

    Without `places` an address must come with its name in full, as it does once it has passed a door.
    """
    if field.kind is FieldKind.ADDRESS:
        return _read_address(field, given, places)
    return _READERS[field.kind](field, given)


# --- texts ---


def text_of(field: Column, given: object, *, lines: bool = False) -> str:
    """One text, tidy and harmless: composed characters, no control or direction marks, not too long."""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise Wrong("格式不对，应为文字", f"请把{field.label}写成一段文字")
    text = str(given)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.strip(SPACES)
    if not text.isprintable():
        text = text.replace("\r\n", "\n")
        allowed = "\n\t" if lines else ""
        if any(_is_hidden(character) and character not in allowed for character in text):
            raise Wrong("含有看不见的控制字符", "请删去后重新键入，不要从其他文件整段粘贴")
    if len(text) > field.max_length:
        raise Wrong(f"最多 {field.max_length} 个字，现有 {len(text)} 个字", f"请缩短到 {field.max_length} 个字以内")
    return text


def _is_hidden(character: str) -> bool:
    # Direction marks can make a name read as another one; PostgreSQL keeps no NUL and UTF-8 no lone
    # surrogate.
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTION_MARKS


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(field: Column, given: object) -> str:
    """A text to be read as a number, date or code: full-width characters made half-width."""
    text = text_of(field, given)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _read_text(field: Column, given: object) -> Fact:
    return text_of(field, given)


def _read_long_text(field: Column, given: object) -> Fact:
    return text_of(field, given, lines=True)


_DOTS = re.compile(r"[•‧・·⋅∙．.]")


def _read_name(field: Column, given: object) -> Fact:
    """A person's name: any script, rare characters too, one kind of dot between the parts, no signs or digits."""
    text = re.sub(r"[\s\u3000]+", " ", text_of(field, given))
    if not text.isascii():
        text = re.sub(r" ?· ?", "·", _DOTS.sub("·", text))
    for character in text:
        category = unicodedata.category(character)
        if category == "Co":
            raise Wrong("有一个字用了非标准编码（造字）", "请换用支持大字符集的输入法重新输入这个字，或到窗口办理")
        # What this Python does not know yet (Cn) may be a character of a newer edition of the standard.
        if category[0] not in "LM" and category != "Cn" and character not in " ·-'’.":
            raise Wrong(f"姓名里不应有“{character}”", "请照身份证件上的姓名填写，不要加称呼、数字或其他符号")
    return text


# --- numbers ---


def _read_number(field: Column, given: object) -> Fact:
    text = _digits(field, given, field.unit)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", text):
        raise Wrong("应为整数", "请只填写数字，例如 12")
    return _within(field, int(text), 1)


_UNIT_WORDS: Mapping[FieldKind, str] = {
    FieldKind.MONEY: "元",
    FieldKind.AREA: "平方米|㎡|m2|平米",
    FieldKind.PERCENTAGE: "%|﹪|百分之",
}


def _read_hundredths(field: Column, given: object) -> Fact:
    """元 to 分, 平方米 to 平方分米, percent to hundredths of one: two decimals and no rounding."""
    if isinstance(given, int) and not isinstance(given, bool):
        return _within(field, given, 100)
    units = _UNIT_WORDS.get(field.kind, field.unit)
    text = _digits(field, given, units)
    words = units.split("|", maxsplit=1)[0] or "两位小数"
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{0,40})?", text):
        raise Wrong("应为数字", f"请填写以{words}为单位的数字，例如 120.5" if units else "请填写数字，例如 120.5")
    hundredths = Decimal(text) * 100
    if hundredths != hundredths.to_integral_value():
        raise Wrong("小数点后最多两位", f"请填写到 0.01 {words}" if units else "请保留到小数点后两位")
    return _within(field, int(hundredths), 100)


def _digits(field: Column, given: object, units: str) -> str:
    text = re.sub(r"[\s,，]", "", _plain(field, given))
    for unit in units.split("|"):
        text = text.removesuffix(unit).removeprefix(unit) if unit else text
    return text


def _within(field: Column, number: int, scale: int) -> int:
    """The number, if within the field's bounds, which are in the unit people read (元, 平方米)."""
    minimum = 0 if field.minimum is None and field.kind is not FieldKind.NUMBER else field.minimum
    maximum = 100 if field.maximum is None and field.kind is FieldKind.PERCENTAGE else field.maximum
    if minimum is not None and number < minimum * scale:
        raise Wrong(f"不能小于 {minimum}{field.unit}", f"请填写不小于 {minimum} 的数")
    if maximum is not None and number > maximum * scale:
        raise Wrong(f"不能大于 {maximum}{field.unit}", f"请填写不大于 {maximum} 的数")
    if abs(number) > 10**15:
        raise Wrong("数字过大", "请核对单位和位数")
    return number


# --- days ---

_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_DATE_IN_A_ROW = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_RANGE = re.compile(rf"({_DATE.pattern}|[0-9]{{8}})\s*(?:/|至|到|-+|~|—+|–+)\s*({_DATE.pattern}|[0-9]{{8}})")


def _read_day(field: Column, given: object) -> Fact:
    return _day(_plain(field, given)).isoformat()


def _day(text: str) -> date:
    match = _DATE.fullmatch(text) or _DATE_IN_A_ROW.fullmatch(text)
    if match is None:
        raise Wrong("看不懂这个日期", "请按 2026年11月24日 或 2026-11-24 填写")
    year, month, day = (int(part) for part in match.groups())
    try:
        found = date(year, month, day)
    except ValueError:
        raise Wrong("日历上没有这一天", "请核对年、月、日") from None
    if not 1850 <= found.year <= 2200:
        raise Wrong("年份不合常理", "请核对年份")
    return found


def _read_range(field: Column, given: object) -> Fact:
    match = _RANGE.fullmatch(_plain(field, given))
    if match is None:
        raise Wrong("应有开始和结束两个日期", "请按 2026-12-01 至 2026-12-20 填写")
    first, last = _day(match.group(1)), _day(match.group(5))
    if last < first:
        raise Wrong("结束日早于开始日", "请核对两个日期的先后")
    return f"{first.isoformat()}/{last.isoformat()}"


# --- choices ---

_YES_NO = {
    **dict.fromkeys(("是", "有", "yes", "y", "true", "1", "on"), True),
    **dict.fromkeys(("否", "无", "no", "n", "false", "0", "off"), False),
}


def _read_yes_no(field: Column, given: object) -> Fact:
    if isinstance(given, bool):
        return given
    answer = _YES_NO.get(_plain(field, given).lower())
    if answer is None:
        raise Wrong("应回答是或否", "请选择“是”或“否”")
    return answer


def _read_choice(field: Column, given: object) -> Fact:
    text = text_of(field, given)
    for option in field.options:
        if text in (option.value, option.label):
            return option.value
    raise Wrong("不在可选范围内", "请选择：" + "、".join(option.label for option in field.options))


def _read_choices(field: Column, given: object) -> Fact:
    parts: object = given
    if isinstance(given, str) and not any(given in (one.value, one.label) for one in field.options):
        # A cell of a table can hold several only as one text.
        parts = [part for part in re.split(r"[、,，;；]", given) if part.strip(SPACES)]
    chosen = {str(_read_choice(field, part)) for part in (parts if isinstance(parts, list | tuple) else (parts,))}
    return tuple(option.value for option in field.options if option.value in chosen)


# --- numbers of papers, telephones, accounts ---


def _by_number(parse: Callable[[str], object]) -> Callable[[Column, object], Fact]:
    """A reader by one of the numbers of `engine.ids`, whose own words say what is wrong."""

    def read_number(field: Column, given: object) -> Fact:
        text = text_of(field, given)
        try:
            return str(parse(text))
        except Malformed as malformed:
            raise Wrong(malformed.reason, malformed.remedy) from None

    return read_number


def allowed_ids(field: Column) -> tuple[PartyIdKind, ...]:
    """The papers a PARTY_ID may be of."""
    return tuple(PartyIdKind(option.value) for option in field.options) or PERSON_IDS


def _read_party_id(field: Column, given: object) -> Fact:
    """The kind of paper and its number; a number alone is a citizen's."""
    told, number = party_id_parts(_plain(field, given))
    kind = PartyIdKind(told) if told else PartyIdKind.CITIZEN
    allowed = allowed_ids(field)
    if not told and kind not in allowed:
        raise Wrong("没有说明是哪一种证件", "请选择证件类型：" + "、".join(one.label for one in allowed))
    if kind not in allowed:
        raise Wrong(f"这里不能用{kind.label}", "请选择：" + "、".join(one.label for one in allowed))
    try:
        return f"{kind.value} {PartyId.parse(number, kind)}"
    except Malformed as malformed:
        raise Wrong(malformed.reason, malformed.remedy) from None


_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(0[0-9]{2,3})([2-9][0-9]{6,7})(?:(?:转|x|#)([0-9]{1,6}))?")
_SERVICE = re.compile(r"(?:400|800)[0-9]{7}|1[0-9]{4}|95[0-9]{3,6}")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")


def _telephone(field: Column, given: object) -> str:
    return re.sub(r"[\s()（）\-—–]", "", _plain(field, given).lower())


def _read_phone(field: Column, given: object) -> Fact:
    text = _telephone(field, given)
    if mobile := _MOBILE.fullmatch(text):
        return mobile.group(1)
    if landline := _LANDLINE.fullmatch(text):
        area, number, extension = landline.groups()
        return f"{area}-{number}" + (f"转{extension}" if extension else "")
    if _SERVICE.fullmatch(text) or (_ABROAD.fullmatch(text) and not text.startswith("+86")):
        return text
    raise Wrong("不是有效的电话号码", "请填写 11 位手机号，或带区号的固定电话，例如 0990-6012345")


def _read_mobile(field: Column, given: object) -> Fact:
    match = _MOBILE.fullmatch(_telephone(field, given))
    if match is None:
        raise Wrong("不是有效的手机号", "请填写 11 位手机号，例如 13900000004")
    return match.group(1)


_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


def _read_email(field: Column, given: object) -> Fact:
    text = re.sub(r"\s", "", _plain(field, given))
    if not _EMAIL.fullmatch(text) or ".." in text:
        raise Wrong("不是有效的电子邮箱", "请按 name@example.com 的样子填写")
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def _read_postcode(field: Column, given: object) -> Fact:
    text = re.sub(r"\s", "", _plain(field, given))
    if not re.fullmatch(r"[0-9]{6}", text):
        raise Wrong("应为 6 位数字", "请填写 6 位邮政编码")
    return text


def _read_account(field: Column, given: object) -> Fact:
    """An organisation's account: its banks give no common check digit, so only its shape can be judged."""
    text = re.sub(r"[\s\-]", "", _plain(field, given))
    if not re.fullmatch(r"[0-9]{8,32}", text):
        raise Wrong("应为 8 至 32 位数字", "请照开户许可证或基本存款账户信息填写")
    return text


def _read_card(field: Column, given: object) -> Fact:
    """A person's card, with the check digit of Luhn (ISO/IEC 7812-1)."""
    text = re.sub(r"[\s\-]", "", _plain(field, given))
    if not re.fullmatch(r"[0-9]{16,19}", text):
        raise Wrong("应为 16 至 19 位数字", "请照银行卡正面填写")
    digits = [int(sign) for sign in reversed(text)]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    if total % 10:
        raise Wrong("校验位不符，可能有一位填错", "请对照银行卡逐位核对")
    return text


# --- addresses ---


def _read_address(field: Column, given: object, places: Places | None) -> Fact:
    code, name, rest = address_parts(given)
    if not code:
        raise Wrong("没有选择所在的地方", "请从省开始，一级一级选到村（社区）")
    detail = text_of(field, re.sub(r"[\s\u3000]+", " ", rest))
    region = _region(code)
    if field.within and not region.is_within(_region(field.within)):
        raise Wrong("不在规定的地域之内", "请选择本表规定地域内的地址")
    if places is not None:
        name = places(region.code)
    if not name:
        raise Wrong("还没有选到村（社区），或者没有这个地方", "请一级一级选到村（社区）；地名有变动的，请选现在的名称")
    if not detail:
        raise Wrong("没有填写详细地址", "请填写路名、门牌号、楼栋和房号")
    return f"{region.code} {text_of(field, name)} {detail}"


@lru_cache(maxsize=4096)
def _checked_region(code: str) -> RegionCode | None:
    try:
        return RegionCode.parse(code)
    except Malformed:
        return None


def _region(code: str) -> RegionCode:
    region = _checked_region(code)
    if region is None:
        raise Wrong("行政区划代码不对", "请从列表中选择，或填写 12 位统计用区划代码")
    return region


_READERS: Mapping[FieldKind, Callable[[Column, object], Fact]] = {
    FieldKind.TEXT: _read_text,
    FieldKind.LONG_TEXT: _read_long_text,
    FieldKind.NAME: _read_name,
    FieldKind.NUMBER: _read_number,
    FieldKind.DECIMAL: _read_hundredths,
    FieldKind.PERCENTAGE: _read_hundredths,
    FieldKind.MONEY: _read_hundredths,
    FieldKind.AREA: _read_hundredths,
    FieldKind.DATE: _read_day,
    FieldKind.DATE_RANGE: _read_range,
    FieldKind.YES_NO: _read_yes_no,
    FieldKind.CHOICE: _read_choice,
    FieldKind.CHOICES: _read_choices,
    FieldKind.REGION: _by_number(RegionCode.parse),
    FieldKind.CREDIT_CODE: _by_number(CreditCode.parse),
    FieldKind.CITIZEN_ID: _by_number(CitizenId.parse),
    FieldKind.PARTY_ID: _read_party_id,
    FieldKind.PHONE: _read_phone,
    FieldKind.MOBILE: _read_mobile,
    FieldKind.EMAIL: _read_email,
    FieldKind.POSTCODE: _read_postcode,
    FieldKind.BANK_ACCOUNT: _read_account,
    FieldKind.BANK_CARD: _read_card,
}
