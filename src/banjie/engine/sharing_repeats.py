"""重复提交: an office asks a person for a paper that the city holds.

It needs a reason, and it is an event with a name on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from banjie.engine import permissions
from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.engine.permissions import Actor
from banjie.engine.sharing import require_reason
from banjie.engine.standards import StandardMaterial


@dataclass(frozen=True, slots=True)
class RecordRepeat:
    """记录重复提交. `case_id` and `number` are "" where an item asks it of everybody."""

    office: str
    office_name: str
    by: str
    item: str
    item_name: str
    material: str
    material_name: str
    held: str
    reason: str
    case_id: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class RepeatAsked:
    """重复提交事件."""

    at: datetime
    by: str
    office: str
    office_name: str
    item: str
    item_name: str
    material: str
    material_name: str
    held: str
    reason: str
    case_id: str = ""
    number: str = ""


Command = RecordRepeat
Event = RepeatAsked

NAMES: dict[type[Command], str] = {RecordRepeat: "记录重复提交"}
KINDS: dict[str, type[Event]] = {RepeatAsked.__name__: RepeatAsked}
"""Every kind of event by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeated ask as it stands: what was said when it was made."""

    said: RepeatAsked | None = None


def decide(repeat: Repeat, command: Command, *, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """What follows; nothing when it has been recorded. Raises `Refused` without a reason."""
    permissions.require(actor, type(command).__name__, what=NAMES[type(command)])
    if repeat.said is not None:
        return ()
    require_reason(command.material_name, command.held, command.reason, field="reason")
    return (
        RepeatAsked(
            at=now,
            by=command.by,
            office=command.office,
            office_name=command.office_name,
            item=command.item,
            item_name=command.item_name,
            material=command.material,
            material_name=command.material_name,
            held=command.held,
            reason=command.reason,
            case_id=command.case_id,
            number=command.number,
        ),
    )


def evolve(repeat: Repeat, event: Event) -> Repeat:
    """What is true after `event`."""
    return Repeat(event)


def forced_materials(item: Item, known: Mapping[str, StandardMaterial]) -> tuple[Fault, ...]:
    """Materials an item asks everybody for although the register says that the city holds them, and does not say why.

    `known` are the standard materials by key.
    """
    faults = []
    for index, material in enumerate(item.materials):
        standard = known.get(material.standard)
        if standard is None or not (standard.held or standard.data_source) or material.held or material.insist.strip():
            continue
        faults.append(
            Fault(
                f"materials[{index}].held",
                material.name,
                f"标准材料库写明“{standard.name}”政府已经掌握，不得要求申请人提交",
                "请填写“免提交”；确需申请人提交的，请写明“坚持要求的理由”，理由会记名公示给督查人员",
            )
        )
    return tuple(faults)
