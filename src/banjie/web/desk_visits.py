"""Site visits: the day's route, planning one for a case, and the record made on the spot with a telephone."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from typing import IO, Any, Final, cast

from django.contrib import messages as banners
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.actions.case_files import about_of
from banjie.actions.site_visits import Upload, act_on_visit, photos_of, plan
from banjie.engine.calendar import CHINA, chinese_day
from banjie.engine.cases import Law
from banjie.engine.ids import Malformed
from banjie.engine.site_visits import STATUS_NAMES, Finding, SiteVisit, VisitStatus, acts, doubts, possible
from banjie.engine.site_visits.acts import FINDING_NAMES, Found, Place, Point, Visitor
from banjie.engine.subject import Refused
from banjie.engine.workflow import StepKind
from banjie.packs.case_files import case_files as customs
from banjie.records import case_files, desks, precases
from banjie.records.case_files import VisitRow
from banjie.records.cases import Found as FoundCase
from banjie.records.people import Standing
from banjie.records.people import party as party_of
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key, key_of
from banjie.web.desk_case import address_of, law_of
from banjie.web.desk_days import day_of, moment_of, parts_of
from banjie.web.desk_meetings import found_case, standing_of
from banjie.web.identity import official
from banjie.web.paper_answers import paper_answer
from banjie.web.precases import errors_of, status_of
from banjie.wiring import platform

COLOURS: Final = {VisitStatus.PLANNED: "blue", VisitStatus.RECORDED: "yellow", VisitStatus.DONE: "green"}


# --- the day's route ---


@require_safe
@official
def route(request: HttpRequest) -> HttpResponse:
    """现场核查: the route of a day, in its order, to be printed; and what is planned for later."""
    who, today = standing_of(request), platform().today()
    day = _asked_day(request, today)
    mine = request.GET.get("view", "mine") != "office"
    offices, account = sorted(who.actor.offices), who.actor.account if mine else ""
    stops = case_files.route(platform().database, who.eyes, offices, day, account=account)
    later = case_files.visits_open(platform().database, who.eyes, offices, account=account)
    view = "mine" if mine else "office"
    here = f"{reverse('office-visits')}?view="
    context = {
        "day": day,
        "day_words": chinese_day(day),
        "views": [
            {"text": "我的", "href": f"{here}mine&day={day}", "current": mine},
            {"text": "本单位的", "href": f"{here}office&day={day}", "current": not mine},
        ],
        "before": f"{here}{view}&day={day - timedelta(days=1)}",
        "after": f"{here}{view}&day={day + timedelta(days=1)}",
        "stops": [_stop(row) for row in stops],
        "later": [_stop(row) for row in later if row.visit.day != day],
        "today": day == today,
    }
    return render(request, "officer/visits.html", context, nav="visits")


def _asked_day(request: HttpRequest, today: date) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today


def _stop(row: VisitRow) -> dict[str, Any]:
    visit = row.visit
    starts = visit.starts.astimezone(CHINA) if visit.starts else None
    return {
        "href": reverse("office-visit", args=(row.region, row.id)),
        "visit": visit,
        "at": f"{starts:%H:%M}" if starts else "",
        "day": visit.day,
        "status": STATUS_NAMES[visit.status],
        "kind": COLOURS.get(visit.status, "grey"),
        "visitors": "、".join(one.name for one in visit.visitors),
    }


def lines_of_case(standing: Standing, found: FoundCase) -> list[dict[str, Any]]:
    """The site visits of a case, as its page lists them."""
    rows = case_files.visits_of_case(platform().database, standing.eyes, found.region, found.id)
    return [_stop(row) | {"result": _result(row.visit)} for row in rows]


def _result(visit: SiteVisit) -> str:
    if visit.status is not VisitStatus.DONE:
        return ""
    return "通过" if visit.passed else f"{len(visit.not_met)} 条不符合"


# --- planning one ---


@require_http_methods(["GET", "HEAD", "POST"])
@official
def new(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """安排现场核查: the day, who goes, where, and what will be looked at."""
    found = found_case(request, region, number)
    if not _offices(found, standing_of(request)):
        raise Http404(number)
    if request.method != "POST":
        return _new_page(request, found, QueryDict())
    try:
        visit = _plan(request, found)
    except (Refused, Malformed) as error:
        return _new_page(request, found, request.POST, error=error)
    banners.success(request, "已安排，申请人会收到通知。")
    return HttpResponseRedirect(reverse("office-visit", args=(region, visit)), status=HTTPStatus.SEE_OTHER)


def may_plan(found: FoundCase, standing: Standing) -> bool:
    """Whether this official may plan a visit for the case."""
    return bool(_offices(found, standing))


def _offices(found: FoundCase, standing: Standing) -> list[tuple[str, str]]:
    """For which (office, step) this official may plan: her own office's step on the spot, else her organ's case."""
    law, own = law_of(found), standing.actor.offices
    steps = [law.item.workflow.step(key) for key in found.case.active]
    found_steps = [
        (step.office or found.case.organ, step.key)
        for step in steps
        if step.kind is StepKind.SITE_VISIT and (step.office or found.case.organ) in own
    ]
    return found_steps or ([(found.case.organ, "")] if found.case.organ in own and found.case.is_open else [])


def _points(law: Law, found: FoundCase) -> tuple[Point, ...]:
    """What may be looked at: the review points of everything that was handed in."""
    given = {paper.material for paper in found.case.papers}
    return tuple(
        Point(f"{material.key}-{place}", text, material.key)
        for material in law.item.materials
        if material.key in given
        for place, text in enumerate(material.review_points, start=1)
    )


def _plan(request: HttpRequest, found: FoundCase) -> str:
    who, posted, law = standing_of(request), request.POST, law_of(found)
    office, step = _offices(found, who)[0]
    names = {one.account: one.name for one in precases.colleagues(platform().database, office)}
    day = day_of(posted, "day", "核查日期")
    chosen = set(posted.getlist("point"))
    points = [point for point in _points(law, found) if point.key in chosen]
    own = [line.strip() for line in posted.get("own_points", "").splitlines() if line.strip()]
    points += [Point(f"own-{place}", line[:200]) for place, line in enumerate(own[:20], start=1)]
    order = posted.get("order", "").strip()
    organ = "" if office == found.case.organ else office
    command = acts.PlanSiteVisit(
        about=about_of(found, law, organ=organ, organ_name=desks.organ_names(platform().database, {office})[office]),
        step=step,
        starts=moment_of(posted, day, "starts", "到达时间"),
        order=int(order) if order.isdecimal() and len(order) <= 3 else 0,
        address=posted.get("address", ""),
        matter=posted.get("matter", ""),
        visitors=tuple(Visitor(one, names[one]) for one in posted.getlist("visitor") if one in names),
        points=tuple(points),
        place=_place(posted),
    )
    return plan(platform(), command, actor=who, key=key_of(posted))


def _place(posted: QueryDict) -> Place | None:
    typed = [posted.get(name, "").strip() for name in ("latitude", "longitude")]
    if not any(typed):
        return None
    try:
        latitude, longitude = (float(part) for part in typed)
    except ValueError:
        raise Malformed("latitude", "经纬度不对", "请填写小数，例如 30.12345 和 112.12345，或者都不填") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Malformed("latitude", "经纬度超出范围", "请核对纬度和经度是否写反")
    return Place.at(latitude, longitude)


def _new_page(
    request: HttpRequest, found: FoundCase, typed: QueryDict, *, error: Refused | Malformed | None = None
) -> HttpResponse:
    who, law = standing_of(request), law_of(found)
    office, step = _offices(found, who)[0]
    colleagues = precases.colleagues(platform().database, office)
    calendar = platform().laws.calendar(found.region)
    holder = party_of(platform().database, who.eyes, found.case.holder.id)
    context = {
        "found": found,
        "address": address_of(found.region, found.number),
        "step": law.item.workflow.step(step) if step else None,
        "colleagues": [{"value": one.account, "text": f"{one.name}（{one.duty}）"} for one in colleagues],
        "chosen": typed.getlist("visitor"),
        "points": _points(law, found),
        "chosen_points": typed.getlist("point") if typed else [point.key for point in _points(law, found)],
        "day": parts_of(typed, "day", calendar.next_working(platform().today())),
        "place": typed.get("address", "") or _address_in(found, holder.facts if holder else {}),
        "least": customs().site_visits.visitors_least,
        "typed": typed,
        "errors": errors_of(error),
        "rule": error.rule if isinstance(error, Refused) else "",
        "key": key_of(typed) if typed else fresh_key(),
    }
    return render(request, "officer/visit_new.html", context, status=status_of(error), errors=error is not None)


def _address_in(found: FoundCase, facts: Any) -> str:
    """Where the matter is: an address in the form, else that of the applicant on record."""
    for key in ("premises_address", "address", "place", "site", "road"):
        if isinstance(value := found.case.data.get(key), str) and value:
            return value
    return str(facts.get("company.address") or facts.get("person.address") or "")


# --- on the spot ---


@require_safe
@official
def visit(request: HttpRequest, region: str, visit: uuid.UUID) -> HttpResponse:
    """A site visit: point by point, photographs, signatures; made for a telephone."""
    return _page(request, _found(request, region, str(visit)), QueryDict())


def _found(request: HttpRequest, region: str, visit: str) -> VisitRow:
    row = case_files.visit(platform().database, standing_of(request).eyes, region, visit)
    if row is None:
        raise Http404(visit)
    return row


def _page(
    request: HttpRequest, row: VisitRow, typed: QueryDict, *, error: Refused | Malformed | None = None
) -> HttpResponse:
    who, state = standing_of(request), row.visit
    custom = customs().site_visits
    starts = state.starts.astimezone(CHINA) if state.starts else None
    context = {
        "row": row,
        "visit": state,
        "status": (STATUS_NAMES[state.status], COLOURS.get(state.status, "grey")),
        "when": f"{chinese_day(starts.date())} {starts:%H:%M}" if starts else "",
        "case_href": address_of(row.region, state.about.number),
        "address": reverse("office-visit", args=(row.region, row.id)),
        "offered": {command.__name__ for command in possible(state, who.actor)},
        "lines": [(point, state.of(point.key)) for point in state.points],
        "findings": [{"value": finding.value, "text": text} for finding, text in FINDING_NAMES.items()],
        "finding_names": FINDING_NAMES,
        "finding_kinds": {Finding.MET: "green", Finding.NOT_MET: "red", Finding.NOT_APPLICABLE: "grey"},
        "photos": [(photo, doubts(state, photo, custom)) for photo in state.photos],
        "points": [{"value": "", "text": "现场全貌"}, *({"value": one.key, "text": one.text} for one in state.points)],
        "day": parts_of(typed, "day", state.day),
        "typed": typed,
        "errors": errors_of(error),
        "rule": error.rule if isinstance(error, Refused) else "",
        "key": key_of(typed) if typed else fresh_key(),
    }
    return render(request, "officer/visit.html", context, status=status_of(error), errors=error is not None)


@require_safe
@official
def photo(request: HttpRequest, region: str, visit: uuid.UUID, sha256: str) -> HttpResponse:
    """A photograph of a visit; never a stranger's file by its name."""
    row = _found(request, region, str(visit))
    known = next((one for one in row.visit.photos if one.sha256 == sha256), None)
    if known is None:
        raise Http404(sha256)
    return paper_answer(platform(), sha256, known.media_type, known.name)


@require_POST
@official
def act(request: HttpRequest, region: str, visit: uuid.UUID, act: str) -> HttpResponse:
    """Does what a form asks for, once; an error comes back with everything typed."""
    row, who = _found(request, region, str(visit)), standing_of(request)
    try:
        command = _READERS[act](request, row.visit)
        done = act_on_visit(platform(), command, actor=who, region=region, visit=row.id, key=key_of(request.POST))
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _page(request, row, request.POST, error=error)
    banners.success(request, _DONE[act] if done else _DONE[act] + "（这一操作此前已经完成，没有重复办理。）")
    return HttpResponseRedirect(reverse("office-visit", args=(region, row.id)), status=HTTPStatus.SEE_OTHER)


def _record(request: HttpRequest, state: SiteVisit) -> acts.Command:
    posted = request.POST
    found = tuple(
        Found(point.key, Finding(chosen), posted.get(f"words:{point.key}", "").strip())
        for point in state.points
        if (chosen := posted.get(f"finding:{point.key}", "")) in set(Finding)
    )
    shown = posted.get("photo_point", "")
    uploads = [
        Upload(one.name or "照片", cast("IO[bytes]", one), shown)
        for one in request.FILES.getlist("photos")
        if isinstance(one, UploadedFile)
    ]
    return acts.RecordFindings(found, posted.get("note", ""), photos_of(platform(), uploads))


def _applicant(request: HttpRequest, state: SiteVisit) -> acts.Command:
    signed = request.POST.get("signed", "")
    if signed not in ("yes", "no"):
        raise Malformed("signed", "没有选申请人是否签字", "请选一项")
    return acts.NoteApplicant(signed == "yes", request.POST.get("person", ""), request.POST.get("reason", ""))


def _sign(request: HttpRequest, state: SiteVisit) -> acts.Command:
    outcome = request.POST.get("outcome", "")
    if outcome not in ("pass", "fail"):
        raise Malformed("outcome", "没有选结论", "请选通过或者不通过")
    return acts.SignSiteVisit(outcome == "pass", request.POST.get("opinion", ""))


def _move(request: HttpRequest, state: SiteVisit) -> acts.Command:
    day = day_of(request.POST, "day", "核查日期")
    starts = moment_of(request.POST, day, "starts", "到达时间")
    return acts.MoveSiteVisit(starts, state.order, request.POST.get("reason", ""))


_READERS: Final[dict[str, Callable[[HttpRequest, SiteVisit], acts.Command]]] = {
    "record": _record,
    "applicant": _applicant,
    "sign": _sign,
    "move": _move,
    "cancel": lambda request, _: acts.CancelSiteVisit(request.POST.get("reason", "")),
}

_DONE: Final = {
    "record": "已保存。",
    "applicant": "已登记。",
    "sign": "已签署。",
    "move": "已改期，申请人会收到通知。",
    "cancel": "已取消，申请人会收到通知。",
}
