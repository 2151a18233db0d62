"""草稿: what a city sets about applications that are being filled in (content/drafts.yaml)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "drafts.yaml"


@dataclass(frozen=True, slots=True)
class DraftCustom:
    """How many days a draft waits for whoever began it, counted from the last time anything was changed in it."""

    kept_days: int


_KEYS: Final[dict[type, dict[str, str]]] = {DraftCustom: {"保留天数": "kept_days"}}


@cache
def draft_custom() -> DraftCustom:
    """What the shipped file sets; read once a process."""
    return read_draft_custom(SHIPPED)


def read_draft_custom(source: Source) -> DraftCustom:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: DraftCustom = reading.value(DraftCustom, node)
    reading.check()
    if found.kept_days < 1:
        reading.note("kept_days", "至少保留 1 天", "请写一个大于 0 的整数")
    reading.check()
    return found
