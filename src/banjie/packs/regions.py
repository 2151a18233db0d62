"""行政区划 for addresses, from the province down to the village, as the packs ship them."""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from banjie.engine.ids import Malformed, RegionCode
from banjie.packs.reading import Reading, compose
from banjie.packs.words import KEYS

REGIONS: Final = files("banjie") / "content" / "regions" / "landong.yaml"
"""The made-up ones that ship: 岚东省 with 澜江市, and a neighbour."""


@dataclass(frozen=True, slots=True)
class Division:
    """One place: its code (6 or 12 digits), its own name, and how long it is or was one.

    `until` is the last day of its validity; `successor` the code of what it went into.
    """

    code: str
    name: str
    since: date | None = None
    until: date | None = None
    successor: str = ""

    @property
    def parent(self) -> str:
        """The code of the place it lies in, "" for a province."""
        above = RegionCode.parse(self.code).parent()
        return above.code if above else ""


@dataclass(frozen=True, slots=True)
class _Divisions:
    divisions: tuple[Division, ...]


_KEYS: Final = KEYS | {
    _Divisions: {"地区": "divisions"},
    Division: {"代码": "code", "名称": "name", "生效": "since", "失效": "until", "接替": "successor"},
}


def load_regions(source: Path | Traversable = REGIONS) -> tuple[Division, ...]:
    """The places of one file, each after the one it lies in. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found = reading.value(_Divisions, node)
    reading.check()
    known: set[str] = set()
    for index, one in enumerate(found.divisions):
        path = f"divisions[{index}].code"
        try:
            above = one.parent
        except Malformed as wrong:
            reading.note(path, wrong.reason, wrong.remedy)
            continue
        if above and above not in known:
            reading.note(path, f"还没有上级区划 {above}", "请把上级写在前面")
        if one.code in known:
            reading.note(path, f"{one.code} 写了两次", "请删去一处")
        known.add(one.code)
    reading.check()
    return tuple(found.divisions)
