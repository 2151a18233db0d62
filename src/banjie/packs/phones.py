"""Telephone numbers out of the texts people print them in."""

import re
import unicodedata
from dataclasses import dataclass

_DASH = r"[-–—－]"
_EXTENSION = rf"(?P<ext>转\d{{1,5}}|(?:{_DASH}\d{{1,4}}(?!\d))*)"
_BEFORE = r"(?<![\d–—－@/=-])"

# A number stands alone: digits right before or after it make it part of something longer (a postcode with a
# street number, an identifier in a web address), of which nothing is taken.
_NUMBERS = re.compile(
    rf"{_BEFORE}(?:"
    rf"\((?:86)?(?P<enclosed>0?[1-9]\d{{1,2}})\)\s*{_DASH}?\s*(?P<first>\d{{7,8}})(?!\d)"
    rf"|(?P<area>0[1-9]\d{{1,2}})(?:{_DASH}{{1,2}}\s?|\s)(?P<second>\d{{7,8}}|\d{{4}} \d{{4}})(?!\d)"
    rf"|(?P<free>[48]00{_DASH}?\d{{3,4}}{_DASH}?\d{{3,4}})(?!\d)"
    rf"|(?:(?P<around>0[1-9]\d{{1,2}}){_DASH}{{1,2}})?(?P<short>12\d{{3}}|9[56]\d{{3,4}})(?!\d)"
    r"|(?P<mobile>1[3-9]\d{9})(?!\d)"
    rf")(?!@){_EXTENSION}"
)
_LOCAL = re.compile(r"\d{7,8}")
_BETWEEN = re.compile(r"[、,;/\s]+")


@dataclass(frozen=True, slots=True)
class Phones:
    """The numbers found, in order, each once. `without_area`: they are local numbers and nothing more."""

    numbers: tuple[str, ...]
    without_area: bool = False


def read_phones(text: str) -> Phones:
    """The numbers in a text, written 区号-号码, with extensions; short numbers (12345) and 400 numbers as such."""
    tidy = unicodedata.normalize("NFKC", text)
    numbers = dict.fromkeys(_written(found) for found in _NUMBERS.finditer(tidy))
    if numbers:
        return Phones(tuple(numbers))
    local = [word for word in _BETWEEN.split(tidy) if _LOCAL.fullmatch(word)]
    return Phones(tuple(dict.fromkeys(local)), without_area=bool(local))


def _written(found: re.Match[str]) -> str:
    extension = re.sub(_DASH, "-", found["ext"] or "")
    if found["enclosed"]:
        area = found["enclosed"]
        return f"{area if area.startswith('0') else f'0{area}'}-{found['first']}{extension}"
    if found["area"]:
        return f"{found['area']}-{found['second'].replace(' ', '')}{extension}"
    if found["short"]:
        return f"{found['around']}-{found['short']}{extension}" if found["around"] else found["short"] + extension
    return (found["free"] or found["mobile"]) + extension
