"""What a hand-in at a window adds: the channel, the signed sheet, and which originals the clerk has seen."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from banjie.actions import counter
from banjie.actions.submissions import Application, Submission
from banjie.engine.cases import Channel
from banjie.records import people
from banjie.web.draft_filled import Filling
from banjie.web.identity import visitor
from banjie.wiring import platform

ORIGINALS = "originals"
"""The part of a draft that names, by hash, the papers the clerk held against their originals."""
SIGNED = "signed"
"""The part of a draft that holds the scan of the sheet she signed."""


def at_counter(request: HttpRequest, found: Filling) -> Application:
    """The application as it is handed in from here: at a window by a clerk, or by herself on the web."""
    whole = found.application()
    return replace(whole, channel=Channel.COUNTER) if visitor(request).counter else whole


def noted_at_counter(request: HttpRequest, found: Filling, sent: Submission) -> None:
    """Writes into the session what was filed, and stands by the originals; nothing elsewhere than at a window."""
    who = visitor(request)
    if who.counter is None or who.standing is None:
        return
    account = who.standing.actor.account
    clerk = people.standing(platform().database, account, platform().today(), name=who.name)
    papers = {paper.sha256 for line in found.lines for paper in line.papers}
    seen: Sequence[str] = found.content.get(ORIGINALS, ())
    signed: dict[str, Any] = found.content.get(SIGNED) or {}
    counter.filed(
        platform(),
        who.counter,
        actor=clerk,
        number=sent.number,
        signed=str(signed.get("sha256", "")),
        verified=tuple(one for one in seen if one in papers),
    )
