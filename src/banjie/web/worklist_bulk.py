"""批量办理: lines are chosen, an act is chosen, the preview says what will come of each, then each gets its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from banjie.actions.bulk import Chosen, Outcome, carry_out, preview
from banjie.engine.cases import Command
from banjie.engine.cases.acts import Accept, Claim, StartReview
from banjie.engine.cases.tasks import tasks
from banjie.engine.permissions import Role
from banjie.engine.subject import Malformed
from banjie.records import cases
from banjie.records.people import Standing
from banjie.web import desk_acts, troubles, worklist_lines
from banjie.web.context import render
from banjie.web.desk_case import law_of
from banjie.web.identity import official, visitor
from banjie.web.worklist_filter import back_to
from banjie.wiring import platform

MOST: Final = 200
NAMES: Final = {
    "take-on": "认领",
    "claim": "接件",
    "accept": "受理",
    "start-review": "开始审查",
    "release": "退回待领",
    "pass-on": "转办",
    "assign": "指派",
}
_UNDO: Final = {"take-on": "release", "assign": "release"}
"""What takes a bulk back where the law lets it: a line is given back; what an applicant has been told stands."""
_LAW: Final[dict[str, Command]] = {"claim": Claim(), "accept": Accept(), "start-review": StartReview()}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a preview or of the results, in words."""

    number: str
    item_name: str
    href: str
    ok: bool
    words: str


def offered(standing: Standing) -> list[dict[str, str]]:
    """The acts of the bar above the list that this official's posts know."""
    roles = standing.actor.roles
    acts = ["take-on", "release", "pass-on"]
    acts += ["claim", "accept"] if Role.WINDOW in roles else []
    acts += ["start-review"] if Role.REVIEWER in roles else []
    acts += ["assign"] if roles & {Role.HEAD, Role.DECIDER} else []
    return [{"name": "act", "value": act, "text": NAMES[act]} for act in NAMES if act in acts]


@require_POST
@official
def bulk(request: HttpRequest) -> HttpResponse:
    """The preview; with `confirmed` the act itself and what came of each."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    act = request.POST.get("act", "")
    back = back_to(request.POST, "/office/")
    chosen = _chosen(request.POST.getlist("case"))
    if act not in NAMES:
        return troubles.malformed(request, Malformed("act", "不知道要办什么", "请回到待办列表，勾选办件后选择操作"))
    if not chosen:
        messages.error(request, "没有勾选办件。请先勾选，再选择操作。")
        return HttpResponseRedirect(back, status=HTTPStatus.SEE_OTHER)
    to, reason = request.POST.get("to", "")[:64], request.POST.get("reason", "")[:500]
    asks_to, confirmed = act in ("pass-on", "assign"), request.POST.get("confirmed") == "1"
    ready = not asks_to or (bool(to) and (act == "assign" or bool(reason.strip())))
    try:
        acts = [(one, _command(act, one.step, to, reason)) for one in chosen]
    except Malformed as error:
        return troubles.malformed(request, error)
    key = desk_acts.key_of(request.POST)
    if confirmed and ready:
        outcomes = carry_out(platform(), acts, actor=standing, key=key)
    else:
        outcomes = preview(platform(), acts, actor=standing) if ready else []
    lines = _lines(standing, outcomes)
    good = [one for one, outcome in zip(lines, outcomes, strict=True) if outcome.refused is None]
    context = {
        "act": act,
        "name": NAMES[act],
        "chosen": chosen,
        "good": good,
        "bad": [one for one in lines if not one.ok],
        "asks_to": asks_to,
        "ready": ready,
        "done": confirmed and ready,
        "to": to,
        "reason": reason,
        "colleagues": _colleagues(standing, chosen) if asks_to else [],
        "undo": _UNDO.get(act, "") if confirmed and ready and good else "",
        "undo_cases": [outcome.chosen.value for outcome in outcomes if outcome.refused is None],
        "back": back,
        "key": key,
        "fresh": desk_acts.fresh_key(),
        "again": any(outcome.again for outcome in outcomes),
        "errors": [{"field": "to", "message": "请选择交给谁；转办还要写明原因"}] if confirmed and not ready else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["errors"] else HTTPStatus.OK
    return render(request, "officer/bulk.html", context, status=status, errors=bool(context["errors"]))


def _chosen(values: Sequence[str]) -> list[Chosen]:
    """The lines that were ticked, each number:step, once."""
    found = dict.fromkeys(value for value in values if 8 <= len(value) <= 120 and "\x00" not in value)
    return [Chosen(number, step) for number, _, step in (value.partition(":") for value in list(found)[:MOST])]


def _command(act: str, step: str, to: str, reason: str) -> Command:
    if act in _LAW:
        return _LAW[act]
    return worklist_lines.read(act, step, to, reason)


def _lines(standing: Standing, outcomes: Sequence[Outcome]) -> list[Line]:
    return [
        Line(
            one.chosen.number,
            one.item_name,
            f"/office/cases/{one.chosen.region}/{one.chosen.number}",
            one.refused is None,
            f"{one.refused.reason}。{one.refused.remedy}"
            if one.refused
            else ("此前已办理" if one.again else "可以办理"),
        )
        for one in outcomes
    ]


def _colleagues(standing: Standing, chosen: Sequence[Chosen]) -> list[dict[str, str]]:
    """Whom the first of these lines may go to; whoever does not fit another one is refused there by name."""
    first = chosen[0]
    found = cases.find(platform().database, standing.eyes, first.region, first.number)
    if found is None:
        return []
    line = next(
        (one for one in tasks(found.case, law_of(found), platform().today(), ()) if one.step == first.step),
        None,
    )
    if line is None or line.office not in standing.actor.offices:
        return []
    return worklist_lines.colleagues(standing, line.office, line.role)
