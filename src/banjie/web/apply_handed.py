"""An application has been handed in: what was asked and contested for it belongs to a case from now on."""

from collections.abc import Mapping

from banjie.actions import asking, contesting
from banjie.actions.platform import Platform
from banjie.actions.submissions import Submission
from banjie.engine.form_answers import shown
from banjie.records import cases
from banjie.records.people import Standing
from banjie.web.draft_filled import Filling


def handed_in(platform: Platform, standing: Standing, found: Filling, sent: Submission) -> None:
    """The application is a case now: what was asked and contested for it says so, and the values kept for it go.

    Done before the draft gives way to its receipt, so that an interrupted hand-in does it again.
    """
    case = cases.find(platform.database, standing.eyes, sent.region, sent.number)
    if case is None:
        return
    named = {"case_id": case.id, "number": sent.number}
    asking.use_answers(platform, standing, found.asked, used=_handed(platform, found), **named)
    contesting.file_contests(platform, standing, found.asked, organ=found.item.organ, **named)
    numbers = platform.sources.numbers({fact: one.value for fact, one in found.known.items()})
    licences = {
        line.material.held: (line.material.name, line.held)
        for line in found.lines
        if line.held and line.material.held not in numbers
    }
    asking.use_library(platform, standing, found.applying, licences=licences, **named)


def _handed(platform: Platform, found: Filling) -> Mapping[str, str]:
    """What was handed in, by fact, as the sources would say it; and the numbers that stood in for papers."""
    handed = _numbers(platform, found)
    for section in found.sections:
        for one in section.fields:
            if one.source and one.key in found.data:
                handed[one.source] = shown(one, found.data[one.key])
    return handed


def _numbers(platform: Platform, found: Filling) -> dict[str, str]:
    held = {line.material.held for line in found.lines if line.held}
    return {
        proof.number: str(found.known[proof.number].value)
        for source in platform.sources.every
        for proof in source.proves
        if proof.certificate in held and proof.number in found.known
    }
