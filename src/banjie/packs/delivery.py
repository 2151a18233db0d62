"""送达: what a city sets about delivering documents (content/delivery.yaml)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "delivery.yaml"


@dataclass(frozen=True, slots=True)
class DeliveryCustom:
    """How many natural days an announcement usually stands before the document counts as delivered."""

    announcement_days: int


_KEYS: Final[dict[type, dict[str, str]]] = {DeliveryCustom: {"公告天数": "announcement_days"}}


@cache
def delivery_custom() -> DeliveryCustom:
    """What the shipped file sets; read once a process."""
    return read_delivery_custom(SHIPPED)


def read_delivery_custom(source: Source) -> DeliveryCustom:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: DeliveryCustom = reading.value(DeliveryCustom, node)
    reading.check()
    if not 1 <= found.announcement_days <= 365:
        reading.note("announcement_days", "公告期应为 1 至 365 天", "请写自然日数，例如 30")
    reading.check()
    return found
