"""超期原因, 系统故障, 异常办理: why cases were late, when the platform failed, where clocks were kept on paper only."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions import clock_abuse, delays, incidents
from banjie.engine import clock_abuse as patterns
from banjie.engine import incidents as law_of_incidents
from banjie.engine.clock_abuse import PATTERN_NAMES, FindingStatus
from banjie.engine.delay_causes import CAUSE_NAMES, RULE, Cause, DelayStatus
from banjie.engine.grades import quarter_of
from banjie.engine.incidents import IncidentStatus
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.watching import watching
from banjie.records import clock_abuse as found_in
from banjie.records import incidents as kept_incidents
from banjie.records import people, supervision
from banjie.records.supervision import DelayRow
from banjie.web import desk_acts, troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import errors_of, given, moment_of, regions_of, standing_of, subject_of, tried
from banjie.wiring import platform

CAUSES = [{"value": one.value, "text": f"{one.value} {CAUSE_NAMES[one]}"} for one in Cause]


def cause_of(text: str) -> Cause:
    """The cause that was chosen. Raises `Refused` when none was."""
    if text not in {one.value for one in Cause}:
        raise Refused("没有选择超期原因", rule=RULE, remedy="请选择一个主要原因", field="cause")
    return Cause(text)


def delay_line(row: DelayRow) -> dict[str, Any]:
    """A late case as the lists of causes show it."""
    one = row.delay
    return {
        "id": row.id,
        "region": row.region,
        "one": one,
        "about": one.about,
        "cause": CAUSE_NAMES[one.cause] if one.cause else "",
        "code": one.cause.value if one.cause else (one.proposal.value if one.proposal else ""),
        "proposal": CAUSE_NAMES[one.proposal] if one.proposal else "",
        "evidence": [(CAUSE_NAMES[each.cause], each.words) for each in one.evidence],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR)
def causes(request: HttpRequest) -> HttpResponse:
    """Causes to be confirmed, late cases without one, and what the causes of this quarter come to."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        refusal = tried(
            request,
            lambda: delays.confirm_cause(
                platform(),
                standing,
                given(request, "region", 12),
                subject_of(given(request, "delay", 40)),
                cause_of(given(request, "cause", 4)),
                given(request, "words"),
            ),
            "原因已确认。",
        )
        if refusal is None:
            return HttpResponseRedirect(reverse("supervise-causes"), status=303)
    database, regions = platform().database, regions_of(standing)
    lists = {
        status: supervision.delays_of_regions(database, standing.eyes, regions, status.value)
        for status in (DelayStatus.GIVEN, DelayStatus.OPEN)
    }
    first, after = quarter_of(platform().today())
    counted = supervision.causes_of_regions(database, standing.eyes, regions, first, after)
    names = people.names_of(database, {row.delay.given_by for row in lists[DelayStatus.GIVEN]})
    context = {
        "given": [delay_line(row) | {"who": names.get(row.delay.given_by, "")} for row in lists[DelayStatus.GIVEN]],
        "open": [delay_line(row) for row in lists[DelayStatus.OPEN]],
        "counted": [
            {
                "label": _cause_label(cause, fresh=fresh),
                "value": number,
                "text": f"{number} 件",
                "kind": "blue" if cause else "red",
            }
            for cause, fresh, number in counted
        ],
        "causes": CAUSES,
        "refused": given(request, "delay", 40) if refusal else "",
        "chosen": given(request, "cause", 4),
        "words": given(request, "words") if refusal else "",
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/causes.html", context, status=status, errors=refusal is not None)


def _cause_label(cause: str, *, fresh: bool) -> str:
    if not cause:
        return "还没有说明"
    return f"{cause} {CAUSE_NAMES[Cause(cause)]}{'（新入职）' if fresh else ''}"


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR)
def outages(request: HttpRequest) -> HttpResponse:
    """Incidents of the platform, going on and past; one is recorded, ended or voided by hand here."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        refusal = tried(request, lambda: _on_incident(request), "已登记。")
        if refusal is None:
            return HttpResponseRedirect(reverse("supervise-incidents"), status=303)
    rows = kept_incidents.lately(platform().database, standing.eyes, platform().region)
    probes = [
        (name, threshold, kept_incidents.readings(platform().database, standing.eyes, platform().region, name, 1))
        for name, threshold in watching().probes.items()
    ]
    context = {
        "open": [row for row in rows if row.incident.status is IncidentStatus.OPEN],
        "past": [row for row in rows if row.incident.status is not IncidentStatus.OPEN],
        "status_names": law_of_incidents.STATUS_NAMES,
        "probes": probes,
        "key": given(request, "key", 100) or desk_acts.fresh_key(),
        "typed": {name: given(request, name) if refusal else "" for name in ("name", "words", "began_at", "ended_at")},
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/incidents.html", context, status=status, errors=refusal is not None)


def _on_incident(request: HttpRequest) -> None:
    standing, act = standing_of(request), given(request, "act", 20)
    if act == "void":
        incidents.void(platform(), standing, subject_of(given(request, "incident", 40)), given(request, "reason"))
    elif act == "end":
        ended_at = moment_of(given(request, "ended_at"), "ended_at") or platform().now()
        incident = subject_of(given(request, "incident", 40))
        incidents.end(platform(), standing, incident, ended_at, given(request, "words"))
    else:
        incidents.record(
            platform(),
            standing,
            name=given(request, "name", 100),
            words=given(request, "words"),
            began_at=moment_of(given(request, "began_at"), "began_at") or platform().now(),
            ended_at=moment_of(given(request, "ended_at"), "ended_at"),
            key=given(request, "key", 100),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR)
def findings(request: HttpRequest) -> HttpResponse:
    """What the night found, each with its cases; dismissed with a reason, or made into an order here."""
    standing, refusal = standing_of(request), None
    if request.method == "POST":
        act = clock_abuse.make_order if given(request, "act", 20) == "order" else clock_abuse.dismiss
        refusal = tried(
            request,
            lambda: act(
                platform(),
                standing,
                given(request, "region", 12),
                subject_of(given(request, "finding", 40)),
                given(request, "words"),
            ),
            "已处理。",
        )
        if refusal is None:
            return HttpResponseRedirect(reverse("supervise-findings"), status=303)
    rows = found_in.of_regions(platform().database, standing.eyes, regions_of(standing))
    names = people.names_of(platform().database, {row.finding.official for row in rows})
    lines = [(row, names.get(row.finding.official, "")) for row in rows]
    context = {
        "open": [line for line in lines if line[0].finding.status is FindingStatus.OPEN],
        "past": [line for line in lines if line[0].finding.status is not FindingStatus.OPEN],
        "pattern_names": PATTERN_NAMES,
        "status_names": patterns.STATUS_NAMES,
        "searches": [one for one in watching().searches if one.on],
        "yesterday": platform().today() - timedelta(days=1),
        "refused": given(request, "finding", 40) if refusal else "",
        "words": given(request, "words") if refusal else "",
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/findings.html", context, status=status, errors=refusal is not None)
