"""归档: for how many years a city keeps the files of a case (content/archive.yaml)."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.catalogue import ItemKind
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "archive.yaml"
FOR_EVER: Final = 0


@dataclass(frozen=True, slots=True)
class ArchiveCustom:
    """Years of keeping: the usual, by kind of item, and of what was not granted. 0 is for ever."""

    usual: int
    not_granted: int
    by_kind: dict[str, int] = field(default_factory=dict)

    def years(self, kind: ItemKind, *, granted: bool) -> int:
        """For how many years the files of such a case are kept; 0 for ever."""
        return self.by_kind.get(kind.value, self.usual) if granted else self.not_granted

    def keep_until(self, kind: ItemKind, *, granted: bool, ended_on: date) -> date | None:
        """The last day of keeping: the end of the year in which the years run out. None for ever."""
        years = self.years(kind, granted=granted)
        return date(ended_on.year + years, 12, 31) if years else None


_KEYS: Final[dict[type, dict[str, str]]] = {
    ArchiveCustom: {"默认年限": "usual", "按事项类型": "by_kind", "没有准予的": "not_granted"}
}


@cache
def archive_custom() -> ArchiveCustom:
    """What the shipped file sets; read once a process."""
    return read_archive_custom(SHIPPED)


def read_archive_custom(source: Source) -> ArchiveCustom:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: ArchiveCustom = reading.value(ArchiveCustom, node)
    reading.check()
    known = {kind.value for kind in ItemKind}
    for kind, years in {**found.by_kind, "usual": found.usual, "not_granted": found.not_granted}.items():
        if kind not in known | {"usual", "not_granted"}:
            reading.note("by_kind", f"没有“{kind[:20]}”这种事项类型", "可用：" + "、".join(sorted(known)))
        elif not 0 <= years <= 100:
            reading.note("by_kind", f"保管年限不能是 {years}", "请写 1 至 100，0 为永久")
    reading.check()
    return found
