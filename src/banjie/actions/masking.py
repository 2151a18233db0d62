"""Personal data for eyes it is not meant for: which names and numbers are a person's, and what is left of them.

Pages and the interface hide the same things in the same way, because they ask here.
"""

from typing import Final

KEPT: Final = {"id": (6, 4), "phone": (3, 4), "name": (1, 0)}
"""How many characters stay at the head and at the tail, by kind."""

_LONGEST_NAME = 4
"""Han characters of a personal name; names of companies are longer by law (行政区划 + 字号 + 行业 + 组织形式)."""


def masked(text: str, kind: str = "") -> str:
    """Personal data with its middle hidden, as long as before.

    ``kind`` is ``name`` (first character kept), ``phone`` (3 and 4 kept), ``id`` (6 and 4 kept); without
    it the length decides: 18 characters are a citizen number, 11 digits a mobile phone, else a name.
    Anything too short to keep both ends shows its first character only.
    """
    head, tail = KEPT[kind or _kind_of(text)]
    if len(text) <= head + tail:
        head, tail = min(1, len(text)), 0
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def is_persons_name(name: str) -> bool:
    """Whether a name looks like a person's. A company's short name is taken for one as well: the safe side."""
    return len(name) <= _LONGEST_NAME or "·" in name


def is_company_code(code: str) -> bool:
    """Whether a code is a company's, and so public. A credit code of digits only is not known: the safe side."""
    # A citizen number is digits but for its last place.
    return len(code) == 18 and not code[:17].isdigit()


def party_name(name: str, code: str, *, clear: bool) -> str:
    """The name of a party; a person's is masked unless `clear`. What has no company's code counts as a person."""
    return name if clear or is_company_code(code) else masked(name, "name")


def listed_name(name: str, *, clear: bool = False) -> str:
    """A holder's name in a list that knows no codes: what looks like a person's is masked unless `clear`."""
    return name if clear or not is_persons_name(name) else masked(name, "name")


def party_code(code: str, *, clear: bool) -> str:
    """The code of a party; a person's is masked unless `clear`."""
    return code if clear or is_company_code(code) else masked(code, "id")


def paper_name(name: str, material: str, *, clear: bool) -> str:
    """What a file is called. People write names and numbers into it: unless `clear` it goes by its material's name."""
    return name if clear else material


def held_number(number: str, *, clear: bool) -> str:
    """The number of a certificate that stands in for a paper, with its middle hidden unless `clear`."""
    return number if clear else masked(number, "id")


def _kind_of(text: str) -> str:
    if len(text) == 18 and text[:17].isdigit():
        return "id"
    if len(text) == 11 and text.isdigit():
        return "phone"
    return "name"
