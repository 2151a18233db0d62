"""What stands against an edition, each with the page and the control at which it is mended."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from banjie.engine.forms import Fault
from banjie.records.catalogue import EditionRow
from banjie.web.manager_sections import anchor_of, section_of

_ELSEWHERE = {"form": "manage-form", "questions": "manage-rules", "tables": "manage-rules"}
"""Parts of an item that have an editor of their own, by the name of its address."""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault with where it is mended; `href` is "" when no page of ours changes that part."""

    label: str
    reason: str
    remedy: str
    href: str


def fault_lines(row: EditionRow) -> tuple[FaultLine, ...]:
    """The faults of a draft, in the order in which the gates found them."""
    return tuple(FaultLine(fault.label, fault.reason, fault.remedy, href_of(row, fault)) for fault in row.gates)


def href_of(row: EditionRow, fault: Fault) -> str:
    """The control at which a fault is mended."""
    section = section_of(fault.field)
    arguments = (row.region, row.code, row.edition)
    if section is not None:
        return f"{reverse('manage-edit', args=(*arguments, section.key))}#{anchor_of(fault.field)}"
    name = _ELSEWHERE.get(fault.field.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0])
    try:
        return reverse(name, args=arguments) if name else ""
    except NoReverseMatch:  # That editor is not part of this installation.
        return ""
