"""核对要点: the review points of a case, what lies there for each, and the official's ticks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from banjie.actions.case_files import CHECKLIST, about_of, act_once
from banjie.actions.platform import Platform
from banjie.engine.cases import Law, situation
from banjie.engine.checklists import Checklist, Count, Mark, TickPoints, count
from banjie.engine.endorsements import ground_of
from banjie.engine.workflow import Step
from banjie.records import case_files
from banjie.records.cases import Found
from banjie.records.people import Standing


def grounds(found: Found, law: Law) -> Mapping[tuple[str, str], str]:
    """What lies there for each review point (material, point) of what was handed in; held papers need no checking."""
    case = found.case
    held = {paper.material for paper in case.papers if paper.held}
    lying = {
        material.key: ground_of(law.item, material.key, case.data, case.papers)
        for material in situation(case, law).materials
        if material.key not in held
    }
    points = {material.key: material.review_points for material in situation(case, law).materials}
    return {(key, point): ground for key, ground in lying.items() if ground for point in points[key]}


def tick(
    platform: Platform,
    found: Found,
    law: Law,
    marks: tuple[Mark, ...],
    *,
    actor: Standing,
    key: str,
    now: datetime | None = None,
) -> bool:
    """Writes ticks down, once for each `key`. Raises `Refused` with nothing written."""
    known = grounds(found, law)
    office = next((step.office for step in _running(found, law) if step.office in actor.actor.offices), "")
    command = TickPoints(
        about=about_of(found, law),
        marks=tuple(replace(one, ground=known.get((one.target, one.point), "")) for one in marks),
        points=tuple(known),
        office=office,
    )
    subject = case_files.checklist_of(found.id)
    return act_once(
        platform,
        CHECKLIST,
        command,
        actor=actor,
        region=found.region,
        subject=subject,
        key=key,
        at=now or platform.now(),
    )


def _running(found: Found, law: Law) -> list[Step]:
    return [law.item.workflow.step(key) for key in found.case.active]


def counted(checklist: Checklist, found: Found, law: Law) -> Count:
    """How far the checking of a case is."""
    return count(checklist, grounds(found, law))
