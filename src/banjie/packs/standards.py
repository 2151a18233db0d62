"""The registers that ship: 基本目录 and 标准材料, read from YAML like every other pack."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.standards import BasicEntry, StandardMaterial
from banjie.packs.reading import Reading, compose
from banjie.packs.words import KEYS

_CONTENT = files("banjie") / "content"
BASIC_CATALOGUE = _CONTENT / "basic_catalogue.yaml"
STANDARD_MATERIALS = _CONTENT / "standard_materials.yaml"

_KEYS = {
    **KEYS,
    BasicEntry: {"编码": "code", "名称": "name", "类型": "kind", "主管部门": "department", "设定依据": "basis"},
    StandardMaterial: {
        "编号": "key",
        "名称": "name",
        "出具机构": "issuer",
        "免提交": "held",
        "共享数据": "data_source",
        "有效天数": "valid_days",
        "说明": "note",
    },
}


def load_basic_catalogue(source: Path | Traversable = BASIC_CATALOGUE) -> tuple[BasicEntry, ...]:
    """The entries of a basic catalogue. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    entries: tuple[BasicEntry, ...] = reading.value(tuple[BasicEntry, ...], node)
    _once(reading, [entry.code for entry in entries if entry])
    return entries


def load_standard_materials(source: Path | Traversable = STANDARD_MATERIALS) -> tuple[StandardMaterial, ...]:
    """The register of standard materials. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    materials: tuple[StandardMaterial, ...] = reading.value(tuple[StandardMaterial, ...], node)
    _once(reading, [material.key for material in materials if material])
    return materials


def _once(reading: Reading, keys: list[str]) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            reading.note(f"[{index}]", f"“{key}”写了两次", "每个编号只能用一次")
    reading.check()
