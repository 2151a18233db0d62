"""文书措辞 as they ship (content/documents/wording.yaml), and a made-up case to look at them with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from banjie.engine.wordings import CLOSING, SEAL, Block, Wording, check
from banjie.packs.reading import Reading, Source, compose

FOLDER: Final = files("banjie") / "content" / "documents"
SHIPPED: Final = FOLDER / "wording.yaml"


@dataclass(frozen=True, slots=True)
class _Document:
    blocks: tuple[Block, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _File:
    common: dict[str, str]
    documents: dict[str, _Document]


_KEYS: Final = {
    _File: {"通用字段": "common", "文书": "documents"},
    _Document: {"字段": "fields", "段落": "blocks"},
    Block: {
        "编码": "key",
        "名称": "name",
        "文字": "text",
        "有才印": "when",
        "没有才印": "unless",
        "必须写明": "needs",
        "必须有的话": "says",
        "依据": "why",
        "可以不写": "optional",
    },
}

_CLOSING: Final = Block(
    key=CLOSING,
    name="落款",
    text="{机关}\n{落款日期}\n{印章}",
    needs=("机关", "落款日期", SEAL),
    why="行政许可法第三十二条末款：加盖本行政机关专用印章并注明日期",
)
"""Every document is signed by its organ, dated and sealed, but for what a party signs."""

_OF_A_PARTY: Final = frozenset({"power_of_attorney"})


@cache
def shipped() -> Mapping[str, Wording]:
    """The wording that ships, by kind of document; read once a process."""
    return read_wordings(SHIPPED)


def read_wordings(source: Source) -> dict[str, Wording]:
    """The wordings of a file. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: _File = reading.value(_File, node)
    reading.check()
    wordings = {}
    for kind, document in found.documents.items():
        fields = found.common | document.fields
        closing = () if kind in _OF_A_PARTY else (_CLOSING,)
        wordings[kind] = Wording(kind, (*document.blocks, *closing), fields)
        for fault in check(wordings[kind], {}):
            reading.note(f"documents.{kind}", f"{fault.field}：{fault.reason}", fault.remedy)
    reading.check()
    return wordings


@cache
def _examples() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / "examples.yaml").read_bytes())
    return found


def example(kind: str) -> dict[str, Any]:
    """What a document of this kind says of a made-up case; KeyError for a kind without example."""
    whole = _examples()
    return {**whole["common"], **whole["templates"][kind]}


def example_kinds() -> tuple[str, ...]:
    """The kinds that have an example."""
    return tuple(_examples()["templates"])
