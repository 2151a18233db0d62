"""Who has a line: taking it on, giving it back, passing it on, assigning it, from the list or from the case."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from banjie.actions.perform import perform
from banjie.engine import permissions
from banjie.engine.cases import Case, Command, Law
from banjie.engine.cases.handing import Assign, PassOn, Release, TakeOn
from banjie.engine.cases.tasks import Task, tasks
from banjie.engine.permissions import Role
from banjie.engine.subject import Malformed, Refused
from banjie.records import assignments, cases, people
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.web import desk_acts, troubles
from banjie.web.context import render
from banjie.web.desk_case import address_of, law_of
from banjie.web.identity import official, visitor
from banjie.web.worklist_filter import back_to
from banjie.wiring import platform

ACTS: Final[dict[str, type[Command]]] = {"take-on": TakeOn, "release": Release, "pass-on": PassOn, "assign": Assign}
_DONE: Final = {
    "take-on": "已认领，这条待办由您承办。",
    "release": "已退回待领，本单位同岗位的人都可以认领。",
    "pass-on": "已转办，对方的待办里可以看到。",
    "assign": "已指派，承办人的待办里可以看到。",
}
_TITLES: Final = {"pass-on": "转办", "assign": "指派"}


@dataclass(frozen=True, slots=True)
class Hand:
    """A line as its case shows it: who has it, and what this official may do about that."""

    step: str
    name: str
    handler: str
    """The name of whoever has it, "" when nobody has."""
    mine: bool
    acts: tuple[str, ...]


def hands(standing: Standing, found: Found, law: Law) -> tuple[Hand, ...]:
    """The lines of a case with those who have them."""
    lines = tasks(found.case, law, platform().today(), ())
    names = people.names_of(platform().database, {line.handler for line in lines if line.handler})
    return tuple(
        Hand(
            line.step,
            line.step_name,
            names.get(line.handler, line.handler),
            line.handler == standing.actor.account,
            _acts(standing, line, found.case, law),
        )
        for line in lines
    )


def _acts(standing: Standing, line: Task, case: Case, law: Law) -> tuple[str, ...]:
    actor = standing.actor
    leads = line.office in actor.offices and bool(actor.roles & {Role.HEAD, Role.DECIDER})
    found = []
    if not line.handler and _may(standing, "TakeOn", line, law):
        found.append("take-on")
    if line.handler and (line.handler == actor.account or leads):
        found += ["pass-on", "release"] if line.handler == actor.account else ["release"]
    return (*found, "assign") if leads else tuple(found)


def _may(standing: Standing, command: str, line: Task, law: Law) -> bool:
    try:
        permissions.require(
            standing.actor,
            command,
            item=law.item.code,
            kind=law.item.kind.value,
            organ=law.item.organ,
            step_office=line.office,
            step_role=line.role,
        )
    except Refused:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@official
def line(request: HttpRequest, region: str, number: str, act: str) -> HttpResponse:
    """认领、退回待领、转办、指派. Passing on and assigning first ask to whom; the others need no form."""
    standing = visitor(request).standing
    found = cases.find(platform().database, standing.eyes, region, number) if standing else None
    if standing is None or found is None or act not in ACTS:
        raise Http404(number)
    if request.method != "POST":
        return _form(request, standing, found, act, None)
    try:
        command = read(act, request.POST.get("step", ""), request.POST.get("to", ""), request.POST.get("reason", ""))
        done = perform(
            platform(), command, actor=standing, region=region, number=number, key=desk_acts.key_of(request.POST)
        )
    except (Refused, Malformed) as error:
        if act in _TITLES:
            return _form(request, standing, found, act, error)
        return troubles.refused(request, error) if isinstance(error, Refused) else troubles.malformed(request, error)
    messages.success(request, _DONE[act] + ("（这一操作此前已经完成，没有重复办理。）" if done.again else ""))
    return HttpResponseRedirect(back_to(request.POST, address_of(region, number)), status=HTTPStatus.SEE_OTHER)


def read(act: str, step: str, to: str = "", reason: str = "") -> Command:
    """The act on a line of a step ("" outside review). Raises Malformed for a text no name or key can be."""
    for name, text, most in (("step", step, 64), ("to", to, 64), ("reason", reason, 500)):
        if len(text) > most or "\x00" in text:
            raise Malformed(name, "内容太长或含有不能用的字符", f"请控制在 {most} 个字以内")
    match act:
        case "take-on":
            return TakeOn(step)
        case "release":
            return Release(step, reason.strip())
        case "pass-on":
            return PassOn(to, reason.strip(), step)
        case _:
            return Assign(to, step)


def _form(
    request: HttpRequest, standing: Standing, found: Found, act: str, error: Refused | Malformed | None
) -> HttpResponse:
    """To whom, and why."""
    given = request.POST if request.method == "POST" else request.GET
    law, step = law_of(found), given.get("step", "")
    line_ = next((one for one in tasks(found.case, law, platform().today(), ()) if one.step == step), None)
    if act not in _TITLES or line_ is None or line_.office not in standing.actor.offices:
        raise Http404(found.number)
    context: dict[str, Any] = {
        "title": f"{_TITLES[act]}“{line_.step_name}”",
        "act": act,
        "found": found,
        "line": line_,
        "address": address_of(found.region, found.number),
        "colleagues": colleagues(standing, line_.office, line_.role, line_.handler),
        "typed": given,
        "back": given.get("back", ""),
        "key": desk_acts.key_of(request.POST) if request.method == "POST" else desk_acts.fresh_key(),
        "errors": [{"field": error.field or "to", "message": f"{error.reason}。{error.remedy}"}] if error else [],
    }
    status = HTTPStatus.OK
    if error is not None:
        status = troubles.status_of(error) if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "officer/line.html", context, status=status, errors=error is not None)


def colleagues(standing: Standing, office: str, role: Role, but: str = "") -> list[dict[str, str]]:
    """Whom a line of that role may go to, as options of a select: who is there, except whoever has it."""
    roles = [role, Role.HEAD] if role is Role.DECIDER else [role]
    found = assignments.colleagues(platform().database, standing.eyes, office, roles, platform().today())
    return [{"value": account, "text": name} for account, name in found if account != but]
