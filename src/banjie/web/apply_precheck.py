"""提交前预审 on the page before handing in: each paper's review points, met, to mend, or to be looked at by herself."""

from dataclasses import dataclass, replace

from django.http import QueryDict

from banjie.actions import prechecks
from banjie.engine.filing import Party
from banjie.engine.prechecks import VERDICT_NAMES, WHOLE, Checked, Verdict
from banjie.web.draft_filled import Filling
from banjie.wiring import platform

TICK = "looked"
"""The name of the ticks by which she says that she has held her paper against a point herself."""

KINDS = {Verdict.MET: "green", Verdict.MEND: "red", Verdict.UNCLEAR: "grey"}


@dataclass(frozen=True, slots=True)
class PointLine:
    """A review point with its verdict in words and a colour of tag(). `tick` is the value of its tick, "" for none."""

    text: str
    verdict: str
    kind: str
    why: str
    tick: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material with its points; `href` is where it is mended, "" for a certificate the city holds."""

    name: str
    href: str
    mends: int
    points: tuple[PointLine, ...]


def look(found: Filling, posted: QueryDict | None = None) -> tuple[Checked, ...]:
    """What the pre-check says of what would be handed in now, with the ticks that were posted."""
    application = found.application()
    checked = prechecks.look(
        platform(),
        found.item,
        found.situation.materials,
        application.papers,
        application.data,
        applicant=Party(found.holder.id, found.holder.name, found.holder.code),
    )
    ticks = set(posted.getlist(TICK)) if posted else set()
    return tuple(
        replace(one, by_self=one.verdict is Verdict.UNCLEAR and _tick(place) in ticks)
        for place, one in enumerate(checked)
    )


def _tick(place: int) -> str:
    return f"p{place}"


def mends(checked: tuple[Checked, ...]) -> int:
    """How many points are to be mended."""
    return sum(1 for one in checked if one.verdict is Verdict.MEND)


def lines(found: Filling, checked: tuple[Checked, ...]) -> list[MaterialLine]:
    """The pre-check as the page shows it, material by material."""
    held = {line.material.key for line in found.lines if line.held}
    shown = []
    for material in found.situation.materials:
        points = tuple(
            PointLine(
                text="文件本身" if one.point == WHOLE else one.point,
                verdict=VERDICT_NAMES[one.verdict],
                kind=KINDS[one.verdict],
                why=one.why,
                tick=_tick(place) if one.verdict is Verdict.UNCLEAR else "",
                ticked=one.by_self,
            )
            for place, one in enumerate(checked)
            if one.material == material.key
        )
        if points:
            href = "" if material.key in held else f"{found.page('apply-papers')}#paper-{material.key}"
            shown.append(MaterialLine(material.name, href, sum(1 for one in points if one.kind == "red"), points))
    return shown
