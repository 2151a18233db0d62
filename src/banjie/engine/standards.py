"""What items of all regions share: the entries of the basic catalogue (基本目录) and the standard materials (标准材料).

Both are registers the upper levels keep. An item that names an entry says of itself what the entry says; two items
that ask for the same paper name the same standard material, so that one replacement serves both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from banjie.engine.catalogue import Item, ItemKind, LegalBasis
from banjie.engine.forms import Fault

FOUR_SAMENESSES = "四级四同"
"""Name, code, kind and basis of an item are alike in all regions."""


@dataclass(frozen=True, slots=True)
class BasicEntry:
    """基本目录 entry: what is the same wherever the item is handled. `department` is the 主管部门."""

    code: str
    name: str
    kind: ItemKind
    department: str
    basis: tuple[LegalBasis, ...] = ()


@dataclass(frozen=True, slots=True)
class StandardMaterial:
    """标准材料: what the city knows of a paper many items ask for.

    `held`: the certificate kind that replaces it (免提交); `data_source`: the department's data that replaces it;
    `valid_days`: how old it may be, 0 for any age; `issuer`: who issues it, "" when the applicant makes it.
    """

    key: str
    name: str
    issuer: str = ""
    held: str = ""
    data_source: str = ""
    valid_days: int = 0
    note: str = ""


def differences(item: Item, entry: BasicEntry) -> tuple[Fault, ...]:
    """What an item says otherwise than the basic catalogue. Its basis must hold every clause of the entry's."""
    faults = []
    if item.name != entry.name:
        faults.append(_fault("name", "事项名称", entry.name))
    if item.kind is not entry.kind:
        faults.append(_fault("kind", "事项类型", entry.kind.value))
    named = {(basis.law, basis.clause) for basis in item.basis}
    for basis in entry.basis:
        if (basis.law, basis.clause) not in named:
            faults.append(_fault("basis", "设定依据", f"{basis.law}{basis.clause}"))
    return tuple(faults)


def _fault(field: str, label: str, words: str) -> Fault:
    reason = f"与基本目录不同，基本目录为“{words}”（{FOUR_SAMENESSES}）"
    return Fault(field, label, reason, "请改为与基本目录一致；目录有误的，请报上级修改")


def unknown_materials(item: Item, known: Mapping[str, StandardMaterial]) -> tuple[Fault, ...]:
    """Materials that name a standard material the register does not have."""
    return tuple(
        Fault(
            f"materials[{index}].standard",
            material.name,
            f"标准材料库里没有“{material.standard}”",
            "请改用标准材料库里的编号，或留空",
        )
        for index, material in enumerate(item.materials)
        if material.standard and material.standard not in known
    )
