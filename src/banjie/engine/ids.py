"""The numbers by which the city knows places, people, organisations, items and cases.

Each is a type of its own, so that a case number can never be handed where a region is meant. Every type
has ``parse(text)``, which tidies what people really type (full-width digits, spaces, lower case) and
raises :class:`Malformed` in plain Chinese when the number cannot be right; ``str(number)`` is the one
written form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self


class Malformed(ValueError):
    """A value that cannot be what its field asks for: which field, what is wrong, how to mend it.

    All three are Chinese for a person to read. ``rule`` names the standard or clause, when there is one.
    """

    def __init__(self, field: str, reason: str, remedy: str, rule: str = "") -> None:
        super().__init__(f"{field}：{reason}。{remedy}。")
        self.field = field
        self.reason = reason
        self.remedy = remedy
        self.rule = rule

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str, str]]:
        return type(self), (self.field, self.reason, self.remedy, self.rule)


# A person pastes a number from a web page or a card: spaces, hyphens and zero-width marks come with it.
_GAPS = re.compile(r"[\s\u200b-\u200f\u2010-\u2015\u2060\ufeff\-]+")


def _tidy(text: str) -> str:
    """Full-width characters made half-width, gaps and hyphens taken out, letters in capitals."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _calendar_date(digits: str) -> date | None:
    """The date written YYYYMMDD, or None when the calendar has no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


# --- places ----------------------------------------------------------------------------------------------


class RegionLevel(StrEnum):
    """Levels of administration, with the codes of GB/T 39046—2020 table A.2."""

    NATION = "1"
    PROVINCE = "2"
    CITY = "3"
    COUNTY = "4"
    TOWN = "5"
    VILLAGE = "6"


@dataclass(frozen=True, slots=True, order=True)
class RegionCode:
    """An administrative division: 6 digits (GB/T 2260) or 12 with town and village.

    A 12-digit code whose last six are zeros names the same place as its first six, so it is kept as six.
    ``000000`` is the whole country.
    """

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code of 6 or 12 digits; raises :class:`Malformed`."""
        code = _tidy(text)
        if not _is_digits(code) or len(code) not in (6, 12):
            raise Malformed(
                "行政区划代码",
                "应为6位或12位数字",
                "请填写如990102（县区）或990102001000（乡镇街道）的代码",
                "GB/T 2260",
            )
        if code.endswith("000000"):
            code = code[:6]
        gap = (code[:2] == "00" and code.strip("0") != "") or (len(code) == 12 and code[6:9] == "000")
        if gap:
            raise Malformed("行政区划代码", f"{code}缺少上级区划", "请核对后重新填写", "GB/T 2260")
        return cls(code)

    @property
    def level(self) -> RegionLevel:
        if len(self.code) == 12:
            return RegionLevel.TOWN if self.code.endswith("000") else RegionLevel.VILLAGE
        if self.code == "000000":
            return RegionLevel.NATION
        if self.code.endswith("0000"):
            return RegionLevel.PROVINCE
        return RegionLevel.CITY if self.code.endswith("00") else RegionLevel.COUNTY

    @property
    def long(self) -> str:
        """The 12-digit writing that exchange tables ask for."""
        return self.code.ljust(12, "0")

    def parent(self) -> RegionCode | None:
        """The next level up; None above a province."""
        match self.level:
            case RegionLevel.VILLAGE:
                return RegionCode(self.code[:9] + "000")
            case RegionLevel.TOWN:
                return RegionCode(self.code[:6])
            case RegionLevel.COUNTY:
                # A county that answers straight to its province has 00 in the city's place.
                city = self.code[:4] + "00"
                return RegionCode(city)
            case RegionLevel.CITY:
                return RegionCode(self.code[:2] + "0000")
            case _:
                return None

    def is_within(self, other: RegionCode) -> bool:
        """Whether this place is ``other`` or lies inside it: 990102 is within 990100."""
        shared = {"1": 0, "2": 2, "3": 4, "4": 6, "5": 9, "6": 12}[other.level]
        return self.code.startswith(other.code[:shared])

    def __str__(self) -> str:
        return self.code


# --- organisations ---------------------------------------------------------------------------------------

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {sign: value for value, sign in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_CATEGORIES = {
    "11": "机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}


def credit_check_character(first_seventeen: str) -> str:
    """The 18th character that GB 32100—2015 gives to the first seventeen."""
    total = sum(_CREDIT_VALUE[sign] * weight for sign, weight in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def organisation_check_character(first_eight: str) -> str:
    """The ninth character that GB 11714 gives to the first eight of an organisation code."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(first_eight, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


@dataclass(frozen=True, slots=True, order=True)
class CreditCode:
    """A unified social credit code (统一社会信用代码, GB 32100—2015), 18 characters in capitals."""

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code with its length, alphabet, region and check character; raises :class:`Malformed`."""
        field, rule = "统一社会信用代码", "GB 32100—2015"
        code = _tidy(text)
        if len(code) != 18:
            raise Malformed(field, f"应为18位，现为{len(code)}位", "请对照营业执照或登记证书重新填写", rule)
        for place, sign in enumerate(code, start=1):
            if sign not in _CREDIT_VALUE:
                raise Malformed(
                    field,
                    f"第{place}位“{sign}”不会出现在代码中",
                    "代码不使用字母I、O、S、V、Z，请检查是否把数字看成了字母",
                    rule,
                )
        if not _is_digits(code[2:8]):
            raise Malformed(field, "第3至8位应为数字（登记地行政区划）", "请对照证书重新填写", rule)
        if credit_check_character(code[:17]) != code[17]:
            raise Malformed(field, "校验位不符，可能有一位填错", "请对照证书逐位核对", rule)
        return cls(code)

    @property
    def category(self) -> str:
        """What the first two characters say the holder is, in Chinese; 其他 when uncommon."""
        return _CREDIT_CATEGORIES.get(self.code[:2], "其他")

    @property
    def region(self) -> str:
        """The six digits of the place of registration, as printed; old places are not looked up."""
        return self.code[2:8]

    @property
    def organisation(self) -> str:
        """The nine characters of the organisation code (GB 11714) inside."""
        return self.code[8:17]

    def warnings(self) -> tuple[str, ...]:
        """What is unusual but no ground for refusal: the inner organisation code's own check character."""
        if organisation_check_character(self.organisation[:8]) != self.organisation[8]:
            return ("主体标识码（第9至17位）的校验位与GB 11714不符，请核对证书",)
        return ()

    def __str__(self) -> str:
        return self.code


# --- people ----------------------------------------------------------------------------------------------

_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def citizen_check_character(first_seventeen: str) -> str:
    """The 18th character that GB 11643 gives to the first seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


@dataclass(frozen=True, slots=True, order=True)
class CitizenId:
    """A citizen identity number (公民身份号码, GB 11643), 18 characters.

    The area code is never a ground for refusal: a person born in 1949 keeps the number of a county that
    has since been renamed or merged away.
    """

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number with its length, date of birth and check digit; raises :class:`Malformed`."""
        field, rule = "公民身份号码", "GB 11643"
        code = _tidy(text)
        if len(code) != 18:
            raise Malformed(field, f"应为18位，现为{len(code)}位", "请对照身份证重新填写", rule)
        if not _is_digits(code[:17]) or not (_is_digits(code[17]) or code[17] == "X"):
            raise Malformed(field, "前17位应为数字，末位为数字或X", "请对照身份证重新填写", rule)
        born = _calendar_date(code[6:14])
        if born is None or born.year < 1800:
            raise Malformed(field, "第7至14位不是有效的出生日期", "请对照身份证逐位核对", rule)
        if citizen_check_character(code[:17]) != code[17]:
            raise Malformed(field, "校验位不符，可能有一位填错", "请对照身份证逐位核对", rule)
        return cls(code)

    @property
    def birth(self) -> date:
        return date(int(self.code[6:10]), int(self.code[10:12]), int(self.code[12:14]))

    @property
    def area(self) -> str:
        """The six digits of the place that first issued the number."""
        return self.code[:6]

    @property
    def masked(self) -> str:
        """The number with the date of birth hidden: 420602********123X."""
        return f"{self.code[:6]}********{self.code[-4:]}"

    def warnings(self, known_areas: Collection[str]) -> tuple[str, ...]:
        """What is unusual but no ground for refusal: an area code not among the known ones."""
        if self.area in known_areas:
            return ()
        return (f"前6位{self.area}不在现行区划代码中，可能是已撤并的地区，请以证件为准",)

    def __str__(self) -> str:
        return self.code


class PartyIdKind(StrEnum):
    """The papers by which a person or an organisation may identify itself."""

    CITIZEN = "citizen"
    CREDIT = "credit"
    PASSPORT = "passport"
    HONG_KONG_MACAO = "hong_kong_macao"
    TAIWAN = "taiwan"
    FOREIGN_RESIDENT = "foreign_resident"

    @property
    def label(self) -> str:
        """The paper's Chinese name."""
        return _PARTY_ID_LABELS[self]


_PARTY_ID_LABELS = {
    PartyIdKind.CITIZEN: "居民身份证",
    PartyIdKind.CREDIT: "统一社会信用代码",
    PartyIdKind.PASSPORT: "护照",
    PartyIdKind.HONG_KONG_MACAO: "港澳居民来往内地通行证",
    PartyIdKind.TAIWAN: "台湾居民来往大陆通行证",
    PartyIdKind.FOREIGN_RESIDENT: "外国人永久居留身份证",
}
# Each pattern with the sentence that tells a person how the number looks on the paper.
_PARTY_ID_SHAPES = {
    PartyIdKind.PASSPORT: (re.compile(r"[A-Z0-9]{5,17}"), "为5至17位字母或数字"),
    PartyIdKind.HONG_KONG_MACAO: (re.compile(r"[HM](\d{8}|\d{10})"), "为H或M后接8位或10位数字"),
    PartyIdKind.TAIWAN: (re.compile(r"\d{8}|\d{10}[A-Z0-9]?"), "为8位数字，旧证为10位"),
    PartyIdKind.FOREIGN_RESIDENT: (
        re.compile(r"[A-Z]{3}\d{12}|9\d{16}[0-9X]"),
        "为3个字母接12位数字，或以9开头的18位",
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class PartyId:
    """Any identity number together with the kind of paper it is printed on."""

    kind: PartyIdKind
    code: str

    @classmethod
    def parse(cls, text: str, kind: PartyIdKind = PartyIdKind.CITIZEN) -> Self:
        """Read a number of the given kind; raises :class:`Malformed`."""
        match kind:
            case PartyIdKind.CITIZEN:
                return cls(kind, CitizenId.parse(text).code)
            case PartyIdKind.CREDIT:
                return cls(kind, CreditCode.parse(text).code)
            case _:
                code = _tidy(text)
                shape, looks = _PARTY_ID_SHAPES[kind]
                if not (code.isascii() and shape.fullmatch(code)):
                    raise Malformed(f"{kind.label}号码", f"号码{looks}", "请对照证件重新填写，或改选证件类型")
                return cls(kind, _checked_foreign_resident(code) if kind is PartyIdKind.FOREIGN_RESIDENT else code)

    @property
    def masked(self) -> str:
        """The number as those may see it who need not know it; an organisation's code is public and stays."""
        if self.kind is PartyIdKind.CREDIT:
            return self.code
        if len(self.code) == 18:
            return f"{self.code[:6]}********{self.code[-4:]}"
        return f"{self.code[:2]}{'*' * (len(self.code) - 4)}{self.code[-2:]}"

    def __str__(self) -> str:
        return self.code


def _checked_foreign_resident(code: str) -> str:
    """The new card's 18 characters carry the same check digit as a citizen's number."""
    if len(code) == 18 and citizen_check_character(code[:17]) != code[17]:
        raise Malformed("外国人永久居留身份证号码", "校验位不符，可能有一位填错", "请对照证件逐位核对")
    return code


# --- items -----------------------------------------------------------------------------------------------

_ITEM_CODE = re.compile(r"[0-9A-Za-z-]{1,50}")


@dataclass(frozen=True, slots=True, order=True)
class ItemCode:
    """The code of an item (事项), opaque: places build theirs differently, so only letters and length count.

    Up to 12 characters for the basic catalogue, 36 for an implementation, 50 for a handling item.
    """

    code: str

    @classmethod
    def parse(cls, text: str, longest: int = 36) -> Self:
        """Read a code of at most ``longest`` digits, letters and hyphens; raises :class:`Malformed`."""
        # Hyphens and letter case belong to the code here, so only the width and the outer spaces are mended.
        code = unicodedata.normalize("NFKC", text).strip()
        if not _ITEM_CODE.fullmatch(code):
            raise Malformed("事项编码", "只能由数字、字母和短横线组成", "请从事项清单复制编码", "GB/T 39554.1—2020")
        if len(code) > longest:
            raise Malformed(
                "事项编码", f"最长{longest}位，现为{len(code)}位", "请从事项清单复制编码", "GB/T 39554.1—2020"
            )
        return cls(code)

    @classmethod
    def parse_basic(cls, text: str) -> Self:
        """基本编码: at most 12 characters."""
        return cls.parse(text, longest=12)

    @classmethod
    def parse_handling(cls, text: str) -> Self:
        """业务办理项编码: at most 50 characters."""
        return cls.parse(text, longest=50)

    def __str__(self) -> str:
        return self.code


# --- cases -----------------------------------------------------------------------------------------------

_CASE_NUMBER = re.compile(r"(\d{6})-?(\d{8})-?(\d{7,18})")
_CASE_REMEDY = "请照收件凭证填写，形如990100-20261124-0000123"


@dataclass(frozen=True, slots=True, order=True)
class CaseNumber:
    """The number of a case: region, the city day it was made, and a serial of seven digits or more."""

    region: RegionCode
    day: date
    serial: int

    @classmethod
    def make(cls, region: RegionCode, day: date, serial: int) -> Self:
        """A number for the ``serial``-th case of that region; ``region`` of six digits, ``serial`` from 1."""
        if len(region.code) != 6:
            raise Malformed("办件编号", "只用6位行政区划代码", "请用县区或市的代码编号")
        if not 1 <= serial < 10**18:
            raise Malformed("办件编号", "流水号应为1至18位的正整数", "请检查编号序列")
        return cls(region, day, serial)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``990100-20261124-0000123``; raises :class:`Malformed`."""
        found = _CASE_NUMBER.fullmatch(_tidy(text))
        if found is None:
            raise Malformed("办件编号", "应为6位区划、8位日期和至少7位流水号", _CASE_REMEDY)
        region, digits, serial = found.groups()
        day = _calendar_date(digits)
        if day is None:
            raise Malformed("办件编号", f"“{digits}”不是有效日期", _CASE_REMEDY)
        if len(serial) > 7 and serial.startswith("0"):
            raise Malformed("办件编号", "流水号前面多了0", _CASE_REMEDY)
        return cls.make(RegionCode.parse(region), day, int(serial))

    def __str__(self) -> str:
        return f"{self.region.code}-{self.day.isoformat().replace('-', '')}-{self.serial:07d}"


# Crockford's thirty-two signs: no I, L, O or U, so eight of them hold exactly five bytes and read aloud well.
_QUERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_QUERY_LOOKALIKES = str.maketrans("ILO", "110")


@dataclass(frozen=True, slots=True, order=True)
class QueryCode:
    """The secret on a receipt with which anybody may see how far the case has come (40 random bits)."""

    code: str

    @classmethod
    def from_bytes(cls, random: bytes) -> Self:
        """A code from five bytes of a cryptographic source (more are left unused); ValueError on fewer."""
        if len(random) < 5:
            raise ValueError("a query code needs five random bytes")
        number = int.from_bytes(random[:5], "big")
        return cls("".join(_QUERY_ALPHABET[number >> shift & 31] for shift in range(35, -5, -5)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed; I and L are read as 1, O as 0; raises :class:`Malformed`."""
        code = _tidy(text).translate(_QUERY_LOOKALIKES)
        if len(code) != 8 or any(sign not in _QUERY_ALPHABET for sign in code):
            raise Malformed("查询码", "应为8位字母或数字", "请照收件凭证填写，不分大小写")
        return cls(code)

    @property
    def printed(self) -> str:
        """In two groups of four, as it stands on the receipt: 7K3M-0QXZ."""
        return f"{self.code[:4]}-{self.code[4:]}"

    def __str__(self) -> str:
        return self.code
