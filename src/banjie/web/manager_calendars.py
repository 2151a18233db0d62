"""工作日历: editions by region, a draft with its preview, and publication by a second person."""

from collections.abc import Mapping
from datetime import date, time
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import calendars as acting
from banjie.actions.telling import TOLD_DAYS
from banjie.engine.calendar_editions import STATUS_NAMES, Status, changes, keeps
from banjie.engine.clock import TimerKind
from banjie.engine.ids import Malformed, RegionCode, RegionLevel
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.calendar_uploads import MOST_BYTES
from banjie.packs.calendars import NATION, above, shipped_layer
from banjie.records import calendars, desks, people, registers
from banjie.records.calendars import EditionRow, Round
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.manager import standing_of
from banjie.wiring import platform

keeper = holding(Role.MANAGER, Role.HEAD)

STATUS_KINDS: Final = {
    Status.NONE: "grey",
    Status.DRAFT: "yellow",
    Status.PUBLISHED: "green",
    Status.DROPPED: "grey",
}
KINDS: Final = (
    ("closed", "停办一天（不计入工作日）"),
    ("half", "半天办公（仍计为工作日）"),
    ("half_off", "半天办公（不计入工作日）"),
    ("festivals", "本地放假（民族节日等）"),
    ("works", "本地调休上班"),
    ("none", "取消本地安排"),
)
REFRESH_S: Final = 3
"""How often, in seconds, a page looks again while a round is under way."""

# --- the list ---


@require_safe
@keeper
def overview(request: HttpRequest) -> HttpResponse:
    """Each region with the edition in force, its draft, and what was published before."""
    return _overview(request, None)


def _overview(request: HttpRequest, error: Refused | None) -> HttpResponse:
    here, actor = platform(), standing_of(request).actor
    known = {one.code: one.name for one in registers.regions(here.database)}
    # Towns and villages go by their county's calendar.
    counties = [code for code in sorted(known) if RegionCode.parse(code).level <= RegionLevel.COUNTY]
    places = dict.fromkeys([*reversed(above(here.region)), *counties])
    rows = calendars.editions_of(here.database, list(places), most=200)
    regions = []
    for code in places:
        if code not in known and code != NATION and shipped_layer(code) is None:
            continue
        in_force = here.laws.calendars.in_force(code).calendar
        drafted = next((row for row in rows if row.region == code and row.edition.status is Status.DRAFT), None)
        years = sorted(in_force.published_years)
        regions.append(
            {
                "code": code,
                "name": "全国" if code == NATION else known.get(code, code),
                "edition": in_force.edition,
                "years": f"{years[0]}—{years[-1]}年" if years else "—",
                "draft": address_of(drafted) if drafted else "",
                "draft_name": drafted.edition.name if drafted else "",
                "may": keeps(actor, code, here.region),
                "year_href": reverse("manage-calendar-year", args=(code, here.today().year)),
                "draft_href": reverse("manage-calendar-draft", args=(code,)),
            }
        )
    accounts = {one for row in rows for one in (row.edition.prepared_by, row.edition.published_by) if one}
    names = people.names_of(here.database, accounts) if accounts else {}
    context = {
        "regions": regions,
        "history": [
            {
                "name": row.edition.name,
                "href": address_of(row),
                "region": "全国" if row.region == NATION else known.get(row.region, row.region),
                "state": (STATUS_NAMES[row.edition.status], STATUS_KINDS[row.edition.status]),
                "at": row.changed_at,
                "by": names.get(row.edition.prepared_by, row.edition.prepared_by),
                "published_by": names.get(row.edition.published_by, row.edition.published_by),
            }
            for row in rows
        ],
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "manager/calendars.html", context, status=status, errors=error is not None)


def address_of(row: EditionRow) -> str:
    """The page of an edition."""
    return reverse("manage-calendar", args=(row.region, row.id))


# --- an edition ---


@require_safe
@keeper
def edition(request: HttpRequest, region: str, edition: UUID) -> HttpResponse:
    """One edition: what it changes, what stands against it, what it would move, and what can be done with it."""
    return edition_page(request, found_edition(region, edition))


def edition_page(
    request: HttpRequest, row: EditionRow, error: Refused | None = None, wrong: Malformed | None = None
) -> HttpResponse:
    """The page of an edition with the refusal, or the fault of a field, of what was just asked."""
    here, standing = platform(), standing_of(request)
    found, one = row.edition, None
    faults = acting.faults(here, row) if found.status is Status.DRAFT else []
    try:
        read = acting.read(here, row)
        changed = changes(read.before, read.whole)
        years = sorted(read.whole.published_years - read.before.published_years) or [here.today().year]
    except Malformed:
        changed, years = [], [here.today().year]
    if found.status is Status.DRAFT:
        one = calendars.latest_round(here.database, row.region, row.id, "preview")
    elif found.status is Status.PUBLISHED:
        one = calendars.latest_round(here.database, row.region, row.id, "move")
    accounts = {name for name in (found.prepared_by, found.published_by) if name}
    names = people.names_of(here.database, accounts)
    arguments = (row.region, row.id)
    current = one is not None and one.revision == found.revision
    context = {
        "row": row,
        "edition": found,
        "state": (STATUS_NAMES[found.status], STATUS_KINDS[found.status]),
        "region_name": _region_name(row.region),
        "prepared_by": names.get(found.prepared_by, found.prepared_by),
        "published_by": names.get(found.published_by, found.published_by),
        "faults": faults,
        "changes": changed,
        "round": _round(one) if one else None,
        "current": current,
        "draft": found.status is Status.DRAFT,
        "may": keeps(standing.actor, row.region, here.region),
        "own": found.prepared_by == standing.actor.account,
        "ready": current and one is not None and one.state == "done" and not faults,
        "kinds": [{"value": value, "text": text} for value, text in KINDS],
        "typed": {name: request.POST.get(name, "")[:200] for name in ("day", "kind", "name", "closes", "reason")},
        "error": error,
        "wrong": wrong,
        "year_href": reverse("manage-calendar-year", args=(row.region, years[0])) + f"?edition={row.id}",
        "hrefs": {
            name: reverse("manage-calendar-act", args=(*arguments, name))
            for name in ("upload", "day", "preview", "cancel", "publish", "drop")
        },
    }
    status = troubles.status_of(error) if error else HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    answer = render(
        request, "manager/calendar.html", context, status=status, errors=error is not None or wrong is not None
    )
    if one is not None and one.state in ("waiting", "running") and status == HTTPStatus.OK:
        # The page looks again by itself, with or without scripts.
        answer.headers["Refresh"] = f"{REFRESH_S}; url={address_of(row)}"
    return answer


def _region_name(region: str) -> str:
    if region == NATION:
        return "全国"
    return next((one.name for one in registers.regions(platform().database) if one.code == region), region)


def _round(one: Round) -> dict[str, Any]:
    told: Mapping[str, Any] = one.told
    items = sorted(told.get("items", {}).values(), key=lambda row: -row[1])
    organs = sorted(told.get("organs", {}).items(), key=lambda pair: -pair[1][0])
    names = desks.organ_names(platform().database, {code for code, _ in organs[:20]})
    return {
        "state": one.state,
        "kind": one.kind,
        "over": one.state in ("done", "cancelled"),
        "seen": one.seen,
        "expected": max(one.expected * (2 if one.again else 1), one.seen, 1),
        "moved": told.get("earlier", 0) + told.get("later", 0),
        "cases": told.get("cases", 0),
        "unchanged": told.get("unchanged", 0),
        "earlier": told.get("earlier", 0),
        "later": told.get("later", 0),
        "firm": told.get("firm", 0),
        "applicants": told.get("applicants", 0),
        "offices": len(organs),
        "items": items[:20],
        "more_items": max(len(items) - 20, 0),
        "organs": [(names.get(code, code), *counts) for code, counts in organs[:20]],
        "examples": [
            {
                "href": reverse("clock", args=(case["region"], case["number"])),
                "number": case["number"],
                "item": case["item"],
                "timer": TOLD_DAYS.get(case["timer"]) or TimerKind(case["timer"]).label,
                "was": date.fromisoformat(case["was"]),
                "now": date.fromisoformat(case["now"]),
            }
            for case in told.get("examples", ())
        ],
        "at": one.changed_at,
    }


# --- what is done ---


@require_POST
@keeper
def draft(request: HttpRequest, region: str) -> HttpResponse:
    """Begins a draft of a region's next edition."""
    try:
        row = acting.draft(platform(), standing_of(request), RegionCode.parse(region).code)
    except Malformed:
        raise Http404(region) from None
    except Refused as error:
        return _overview(request, error)
    messages.success(request, "已起草，沿用了现行版本的全部内容。请导入放假安排，或改动个别日子。")
    return _to(row)


@require_POST
@keeper
def act(request: HttpRequest, region: str, edition: UUID, act: str) -> HttpResponse:
    """Uploads, changes a day, previews, stops a preview, publishes or throws away."""
    row = found_edition(region, edition)
    doing = _ACTS.get(act)
    if doing is None:
        raise Http404(act)
    try:
        said = doing(request, row)
    except Refused as error:
        return edition_page(request, found_edition(region, edition), error)
    except Malformed as wrong:
        return edition_page(request, found_edition(region, edition), wrong=wrong)
    if said:
        messages.success(request, said)
    return _to(row)


def _upload(request: HttpRequest, row: EditionRow) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise Malformed("文件", "没有选择文件", "请选择放假安排文件（JSON）")
    acting.upload(platform(), standing_of(request), row, file.read(MOST_BYTES + 1))
    return "文件已读入草稿，请核对下面的变化。"


def _day(request: HttpRequest, row: EditionRow) -> str:
    asked = request.POST
    kind, name = asked.get("kind", ""), asked.get("name", "").strip()[:60]
    try:
        day = date.fromisoformat(asked.get("day", "").strip()).isoformat()
    except ValueError:
        raise Malformed("日期", "不是有效的日期", "请按 2026-12-01 的样子填写") from None
    if kind not in dict(KINDS):
        raise Malformed("安排", "没有选择怎么安排", "请选择一种")
    if kind == "none":
        acting.set_day(platform(), standing_of(request), row, day, "closed", None)
        return f"{day} 的本地安排已取消。"
    if not name:
        raise Malformed("事由", "没有填写", "请写明为什么，例如“台风停工”，申请人看得到")
    said: dict[str, Any] = {"date": day, "name": name}
    if kind in ("half", "half_off"):
        said |= {"closes": _hour(asked.get("closes", "")), "counts": kind == "half"}
    acting.set_day(platform(), standing_of(request), row, day, "half_days" if "half" in kind else kind, said)
    return f"{day} 已记入草稿。"


def _hour(text: str) -> str:
    try:
        return f"{time.fromisoformat(text.strip() or '12:00'):%H:%M}"
    except ValueError:
        raise Malformed("几点停止办公", "不是有效的时间", "请按 12:00 的样子填写") from None


def _preview(request: HttpRequest, row: EditionRow) -> str:
    acting.preview(platform(), standing_of(request), row)
    return ""


def _cancel(request: HttpRequest, row: EditionRow) -> str:
    one = calendars.latest_round(platform().database, row.region, row.id, "preview")
    stopped = one is not None and calendars.cancel_round(platform().database, row.region, one.id, platform().now())
    return "预览已停止，什么都没有改动。" if stopped else "预览已经完成。"


def _publish(request: HttpRequest, row: EditionRow) -> str:
    acting.publish(platform(), standing_of(request), row)
    return "已公布，正在按新的日历重算全部在办办件的期限。"


def _drop(request: HttpRequest, row: EditionRow) -> str:
    acting.drop(platform(), standing_of(request), row, request.POST.get("reason", "")[:500])
    return "草稿已作废。"


_ACTS: Final = {
    "upload": _upload,
    "day": _day,
    "preview": _preview,
    "cancel": _cancel,
    "publish": _publish,
    "drop": _drop,
}


def found_edition(region: str, edition: UUID) -> EditionRow:
    """The edition of that identifier, or no such page."""
    row = calendars.find(platform().database, region, str(edition))
    if row is None:
        raise Http404(edition)
    return row


def _to(row: EditionRow) -> HttpResponseRedirect:
    return HttpResponseRedirect(address_of(row), status=HTTPStatus.SEE_OTHER)
