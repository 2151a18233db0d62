"""For departments' and companies' systems: applications, cases, their clocks, worklists and certificates."""

import uuid
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router
from ninja.params.functions import Query

from banjie.actions import looking
from banjie.actions.papers import certificate_pdf
from banjie.actions.perform import NotFound
from banjie.actions.submissions import Application, submit
from banjie.api import case_shown, papers, reading
from banjie.api import operations as told
from banjie.api.answers import Clocks, Receipt, TaskShown, Upload, Worklist
from banjie.api.hot import REPLAYED
from banjie.api.problems import PERMISSIONS_RULE, Troubled
from banjie.api.shapes import written
from banjie.api.tokens import Bearer, caller
from banjie.engine.cases import STAGE_NAMES, Law, Stage
from banjie.engine.cases.tasks import FAR
from banjie.engine.clock import TimerKind
from banjie.engine.codec import decode
from banjie.engine.permissions import Role
from banjie.engine.subject import Malformed, Refused
from banjie.records import cases
from banjie.records.cases import Found, Task
from banjie.records.looks import Looked
from banjie.records.people import Standing
from banjie.wiring import platform

router = Router(auth=Bearer(), tags=["部门与企业"])

BASE: Final = "/api/v1"


def json(value: object, status: int = HTTPStatus.OK) -> JsonResponse:
    """An answer, every field written out."""
    return JsonResponse(written(value), status=status, json_dumps_params={"ensure_ascii": False})


# --- handing in ---


@router.post("/papers", summary="上传材料", operation_id="keep_paper", openapi_extra=told.UPLOAD, response={201: None})
def keep_paper(
    request: HttpRequest,
    name: str = Query("未命名", max_length=200, description="文件名", example="营业执照.pdf"),
    item: str = Query("", max_length=64, description="用于哪个事项（编码）；写了就按这份材料的格式和大小收"),
    material: str = Query("", max_length=64, description="用于哪份材料（编码），和 item 一起写"),
    region: str = Query("", max_length=12, description="事项的行政区划代码，默认为本市"),
) -> HttpResponse:
    """The body is the file itself. The same content twice is one file, so no idempotency key is asked for."""
    limits = papers.limits_for(platform(), region, item, material)
    kept = papers.keep(platform(), request, name, limits)
    return json(Upload(kept.sha256, kept.media_type, kept.size, kept.name), HTTPStatus.CREATED)


@router.post("/cases", summary="提交申请", operation_id="file_case", openapi_extra=told.FILE, response={201: None})
def file_case(request: HttpRequest) -> HttpResponse:
    """An application for a party the caller may act for."""
    key = reading.key_of(request.META.get("HTTP_IDEMPOTENCY_KEY"))
    body = request.read(reading.BODY_LIMIT + 1)
    application = decode(Application, reading.read_json(request.META.get("CONTENT_TYPE", ""), body))
    at = platform()
    fitting = papers.require_fitting(at, papers.seen(at, application))
    done = submit(at, fitting, actor=caller(request), key=key)
    response = json(Receipt(done.number, done.region, done.query_code, done.answer_due), HTTPStatus.CREATED)
    response.headers["Location"] = f"{BASE}/cases/{done.number}"
    if done.again:
        for name, value in REPLAYED:
            response.headers[name] = value
    return response


# --- cases ---


@router.get("/cases/{number}", summary="查看办件", operation_id="get_case", openapi_extra=told.CASE)
def get_case(request: HttpRequest, number: str) -> HttpResponse:
    """A case as far as the caller may see it."""
    found, law = _find(caller(request), number)
    looking.noted(platform(), caller(request), found, law, Looked.CASE)
    return json(case_shown.case_shown(platform(), caller(request), found, law))


@router.get("/cases/{number}/clock", summary="查看时限和凭证", operation_id="get_clock", openapi_extra=told.CLOCK)
def get_clock(
    request: HttpRequest,
    number: str,
    timer: TimerKind = Query(None, description="只看这一种时钟", example="TL"),  # noqa: B008 — ninja's way.
) -> HttpResponse:
    """Every clock with the proof of its due date."""
    found, law = _find(caller(request), number)
    today = platform().today()
    every = case_shown.clocks_shown(platform(), found.case, law, today)
    clocks = tuple(clock for clock in every if timer is None or clock.timer is timer)
    return json(Clocks(number, found.case.stage, today, clocks))


def _find(actor: Standing, number: str) -> tuple[Found, Law]:
    region = reading.region_of(number)
    found = cases.find(platform().database, actor.eyes, region, number)
    if found is None:
        raise NotFound(number)
    return found, platform().laws.law(region, found.case.item, found.case.edition)


# --- worklist ---


@router.get("/worklist", summary="我的待办", operation_id="get_worklist", openapi_extra=told.WORKLIST)
def get_worklist(
    request: HttpRequest,
    item: str = Query("", max_length=64, description="只看这个事项"),
    due_until: date = Query(None, description="只看这一天以前（含）到期的", example="2026-11-27"),  # noqa: B008 — ninja's way.
    limit: int = Query(50, ge=1, le=200, description="每页多少条"),
    after: str = Query("", max_length=60, description="由 next 给出，请原样使用"),
) -> HttpResponse:
    """What the caller's offices have to do, the least time left first."""
    actor = caller(request)
    if not actor.is_official:
        raise Refused(
            "您没有岗位，没有待办", rule=PERMISSIONS_RULE, remedy="请使用工作人员账号的令牌；申请人请查看具体办件"
        )
    found = cases.worklist(
        platform().database,
        actor.eyes,
        sorted(actor.actor.offices),
        roles=sorted(role.value for role in actor.actor.roles),
        items=[item] if item else (),
        due_until=due_until,
        after=_place(after),
        most=limit + 1,
    )
    page = cases.whole_page(found, limit)
    link = None
    if len(page) < len(found):
        last = page[-1]
        asked: dict[str, Any] = {"item": item, "due_until": due_until and due_until.isoformat(), "limit": limit}
        place = {"after": f"{last.due_on}_{last.case_id}"}
        link = f"{BASE}/worklist?{urlencode({name: value for name, value in asked.items() if value} | place)}"
    return json(Worklist(tuple(_task(task) for task in page), link))


def _place(after: str) -> tuple[date, str] | None:
    """Where the last page ended: a due day and a case."""
    if not after:
        return None
    day, _, case_id = after.partition("_")
    try:
        return date.fromisoformat(day), str(uuid.UUID(case_id))
    except ValueError:
        raise Malformed("after", "不是有效的翻页位置", "请原样使用上一页答复中的 next") from None


def _task(task: Task) -> TaskShown:
    due_on = None if task.due_on == FAR else task.due_on
    stage = Stage(task.stage)
    return TaskShown(
        number=task.number,
        region=task.region,
        item=task.item,
        item_name=task.item_name,
        holder_name=task.holder_name,
        office=task.office,
        role=Role(task.role),
        stage=stage,
        stage_name=STAGE_NAMES[stage],
        step=task.step,
        step_name=task.step_name,
        since=task.since,
        due_on=due_on,
        days_left=_days_left(task.region, due_on) if due_on else None,
        url=f"{BASE}/cases/{task.number}",
    )


def _days_left(region: str, due_on: date) -> int:
    """Working days from today to the due day, negative when it is over."""
    calendar, today = platform().laws.calendar(region), platform().today()
    return calendar.count_working(today, due_on) if due_on >= today else -calendar.count_working(due_on, today)


# --- certificates ---


@router.get(
    "/certificates/{uuid:certificate_id}.pdf",
    summary="下载证照",
    operation_id="get_certificate",
    openapi_extra=told.CERTIFICATE,
)
def get_certificate(
    request: HttpRequest,
    certificate_id: uuid.UUID,
    region: str = Query("", pattern="^([0-9]{6})?$", description="证照的行政区划代码，空为本市", example="990100"),
) -> HttpResponse:
    """The sealed PDF of a certificate."""
    at = platform()
    try:
        pdf = certificate_pdf(at, caller(request), region or at.region, str(certificate_id))
    except KeyError:
        raise no_such_certificate() from None
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{certificate_id}.pdf"'},
    )


def no_such_certificate() -> Troubled:
    """No such certificate, or none this caller may see: both look the same from outside."""
    return Troubled(HTTPStatus.NOT_FOUND, "没有找到这个证照", "请使用办件答复中的 pdf_url，并确认您有权查看")
