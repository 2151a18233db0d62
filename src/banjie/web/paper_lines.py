"""The materials an application is asked for, each with what stands in for it so far: held by the city, given, later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from banjie.actions.paper_drafts import shown_name
from banjie.engine.cases import Paper
from banjie.engine.catalogue import Material


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A material as the page of papers shows it: what is asked, and what stands in for it so far."""

    material: Material
    held: str = ""
    """Number of the certificate the city holds already (免提交)."""
    papers: tuple[Paper, ...] = ()
    """What was uploaded for it: front and back, page by page."""
    later: bool = False

    @property
    def paper(self) -> Paper | None:
        """The first of what was uploaded."""
        return self.papers[0] if self.papers else None

    @property
    def settled(self) -> bool:
        """Whether nothing more has to be done for it."""
        return bool(self.held or self.papers or self.later) or not self.material.required


def lines_of(
    materials: Iterable[Material], content: Mapping[str, Any], held: Mapping[str, str]
) -> tuple[PaperLine, ...]:
    """The materials of a situation with what a draft's content has for them; `held` is kind of certificate → number."""
    given: dict[str, list[Paper]] = {}
    for paper in content.get("papers", ()):
        given.setdefault(str(paper["material"]), []).append(_paper(paper))
    later = set(content.get("later", ()))
    return tuple(
        PaperLine(
            material,
            held=held.get(material.held, "") if material.held else "",
            papers=tuple(given.get(material.key, ())),
            later=material.key in later and bool(material.tolerable_days) and material.key not in given,
        )
        for material in materials
    )


def _paper(kept: Mapping[str, Any]) -> Paper:
    return Paper(
        material=str(kept["material"]),
        name=shown_name(kept),
        sha256=str(kept.get("sha256", "")),
        media_type=str(kept.get("media_type", "")),
        size=int(kept.get("size", 0)),
    )
