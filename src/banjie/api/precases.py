"""审前服务 for programs: ask, read the thread, and every act of the applicant and of the office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Path

from banjie.actions.precase_words import Line, thread
from banjie.actions.precases import NoSuchPrecase, PrecaseDone, Question, act_on_precase, consult
from banjie.api import operations as told
from banjie.api import papers, reading
from banjie.api.departments import BASE, json
from banjie.api.hot import REPLAYED
from banjie.api.problems import KINDS, MEDIA_TYPE
from banjie.api.shapes import Schema
from banjie.api.tokens import Bearer, caller
from banjie.engine.codec import decode
from banjie.engine.permissions import LAW, ROLE_NAMES
from banjie.engine.precases import ACTS, NAMES, STATUS_NAMES, Command, Kind, PrecaseStatus, standing
from banjie.engine.precases.acts import AddQuestion, Present, RecordVisit
from banjie.records import journal, people, precases
from banjie.records.people import Standing
from banjie.records.precases import FoundPrecase
from banjie.wiring import platform

router = Router(auth=Bearer(), tags=["审前服务"])

NUMBER_PATTERN: Final = r"^SQ[0-9]{6}-[0-9]{8}-[0-9]{7,18}$"
NUMBER: Final = "SQ990100-20261124-0000001"


@dataclass(frozen=True, slots=True)
class PrecaseLine:
    """A service in a list."""

    number: Annotated[str, "审前服务单号"]
    region: Annotated[str, "行政区划代码"]
    item: Annotated[str, "事项编码"]
    item_name: Annotated[str, "事项名称"]
    holder_name: Annotated[str, "申请人"]
    status: Annotated[PrecaseStatus, "进展"]
    status_name: Annotated[str, "进展的名称"]
    kind: Annotated[Kind, "阶段：advice 咨询，coaching 辅导，prereview 预审"]
    assigned_name: Annotated[str, "经办人"]
    due_at: Annotated[datetime | None, "机关最迟答复的时间，轮到申请人时为空；这是服务承诺，不是法定期限"]
    url: Annotated[str, "这个审前服务的地址"]


@dataclass(frozen=True, slots=True)
class PrecaseList:
    """Services, those of the caller's parties and those her office owes an answer."""

    precases: Annotated[tuple[PrecaseLine, ...], "审前服务"]


@dataclass(frozen=True, slots=True)
class TurnShown:
    """One turn of the thread."""

    at: Annotated[datetime, "时间"]
    title: Annotated[str, "做了什么"]
    text: Annotated[str, "说了什么"]
    who: Annotated[str, "谁"]
    opinions: Annotated[tuple[Line, ...], "预审意见，逐条"]


@dataclass(frozen=True, slots=True)
class PrecaseShown:
    """A service in full, as far as the caller may see it."""

    precase: Annotated[PrecaseLine, "概况"]
    conclusion: Annotated[str, "结论"]
    case_number: Annotated[str, "转成的办件编号，没有则为空"]
    standing: Annotated[int, "对现在的材料仍然有效的意见条数"]
    turns: Annotated[tuple[TurnShown, ...], "往来记录"]


@dataclass(frozen=True, slots=True)
class StepDone:
    """What came of an act."""

    number: Annotated[str, "审前服务单号"]
    region: Annotated[str, "行政区划代码"]
    status: Annotated[PrecaseStatus, "进展"]
    status_name: Annotated[str, "进展的名称"]
    version: Annotated[int, "版本，每发生一件事加一"]
    events: Annotated[tuple[str, ...], "这次发生的事"]


# --- the description ---


def _problems(*statuses: int) -> dict[int, Schema]:
    every = sorted({400, 401, 403, 429, 500, 503, *statuses})
    return {one: {"description": KINDS[one][1], "content": {MEDIA_TYPE: {"schema": told.PROBLEM}}} for one in every}


def _told(kind: type, words: str, example: Mapping[str, Any] | None = None, **more: Any) -> Schema:
    content: Schema = {"schema": told.SHAPES.of(kind)}
    if example is not None:
        content["example"] = example
    return {"description": words, "content": {"application/json": content}, **more}


def _given(kind: type, example: Mapping[str, Any]) -> Schema:
    content = {"schema": told.SHAPES.of(kind, given=True), "example": example}
    return {"required": True, "content": {"application/json": content}}


_LINE: Final = {
    "number": NUMBER,
    "region": "990100",
    "item": "1199010000BJ00016Q3000131023000",
    "item_name": "食品经营许可",
    "holder_name": "澜江春禾餐饮有限公司",
    "status": "consulting",
    "status_name": "咨询中",
    "kind": "advice",
    "assigned_name": "罗小雨",
    "due_at": "2026-11-24T14:00:00+08:00",
    "url": f"{BASE}/precases/{NUMBER}",
}
_DONE: Final = {
    "number": NUMBER,
    "region": "990100",
    "status": "consulting",
    "status_name": "咨询中",
    "version": 1,
    "events": ["Consulted"],
}
_PAPER: Final = {"material": "floor_plan", "name": "平面图.pdf", "sha256": "9f" * 32}
_POINT: Final = {"target": "floor_plan", "point": "图上面积之和与申请表所填面积一致", "verdict": "met"}
_EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "add-question": {"text": "还要准备什么？"},
    "link-draft": {"draft": "0b6f1c1e-7b8a-4c0a-9d55-3a1f6f2f9b10"},
    "present": {"answers": {"apply_type": "new"}, "data": {"area": 8000}, "papers": [_PAPER]},
    "hand-over": {"to": "shenqiubai", "to_name": "", "reason": "由审查科答复"},
    "reply": {"text": "可以办理。"},
    "give-opinions": {"opinions": [_POINT]},
    "book-visit": {"day": "2026-11-30", "visitors": "康远舟、唐霜林", "matter": "看操作间布局"},
    "cancel-visit": {"reason": "改期"},
    "record-visit": {"findings": "与图纸一致", "met": True},
    "conclude": {"ready": True, "text": "可以申报"},
}
_PATH: Final = {
    "name": "precase",
    "in": "path",
    "required": True,
    "description": "审前服务单号",
    "schema": {"type": "string", "pattern": NUMBER_PATTERN},
    "example": NUMBER,
}
LIST: Final = {
    "description": "您和您代理的申请人的审前服务；工作人员还有本单位要答复的，剩余时间少的在前。",
    "responses": {200: _told(PrecaseList, "审前服务", {"precases": [_LINE]}), **_problems()},
}
CONSULT: Final = {
    "description": "申请以前先问、先请人看。免费、自愿，不起算任何法定期限。",
    "parameters": [told.KEY],
    "requestBody": _given(
        Question,
        {
            "region": "990100",
            "item": "1199010000BJ00016Q3000131023000",
            "holder": "c-chunhe",
            "text": "二楼能不能开饭馆？",
        },
    ),
    "responses": {201: _told(StepDone, "已提交", _DONE), **_problems(404, 409, 413, 415, 422)},
}
SHOWN: Final = {
    "description": "申请人一方和承办机关可以看；看不到的与不存在的答复相同。",
    "parameters": [_PATH],
    "responses": {200: _told(PrecaseShown, "审前服务"), **_problems(404)},
}


def _step(path: str, command: type[Command]) -> Schema:
    roles = "、".join(dict.fromkeys(ROLE_NAMES[role] for role, _ in LAW[command.__name__]))
    return {
        "description": f"可以办理的人：{roles}。",
        "parameters": [_PATH, told.KEY],
        "requestBody": _given(command, _EXAMPLES.get(path, {})),
        "responses": {200: _told(StepDone, f"已办理：{NAMES[command]}", _DONE), **_problems(404, 409, 413, 415, 422)},
    }


# --- the doors ---


@router.get("/precases", summary="我的审前服务", operation_id="list_precases", openapi_extra=LIST)
def list_precases(request: HttpRequest) -> HttpResponse:
    """Those of the caller's parties, then what her office owes an answer."""
    actor, database = caller(request), platform().database
    own = precases.of_parties(database, actor.eyes, sorted(actor.actor.parties))
    owed = precases.waiting(database, actor.eyes, sorted(actor.actor.offices))
    return json(PrecaseList(tuple(_line(one) for one in (*own, *owed))))


@router.post("/precases", summary="提问", operation_id="consult", openapi_extra=CONSULT, response={201: None})
def begin(request: HttpRequest) -> HttpResponse:
    """A question for a party the caller may act for."""
    question = decode(Question, _body(request))
    described = replace(question, papers=papers.described(platform(), question.papers))
    done = consult(platform(), described, actor=caller(request), key=_key(request))
    return _answer(done, HTTPStatus.CREATED)


@router.get("/precases/{precase}", summary="查看审前服务", operation_id="get_precase", openapi_extra=SHOWN)
def get_precase(request: HttpRequest, precase: str = Path(..., include_in_schema=False)) -> HttpResponse:
    """A service with its thread."""
    actor = caller(request)
    found = precases.find(platform().database, actor.eyes, region_of(precase), precase)
    if found is None:
        raise NoSuchPrecase(precase)
    return json(_shown(actor, found))


def _describe(path: str, command: type[Command]) -> None:
    @router.post(
        f"/precases/{{precase}}/steps/{path}",
        summary=NAMES[command],
        operation_id=f"precase_{path.replace('-', '_')}",
        openapi_extra=_step(path, command),
    )
    def step(request: HttpRequest, precase: str = Path(..., include_in_schema=False)) -> HttpResponse:
        asked = _described(decode(command, _body(request)))
        done = act_on_precase(
            platform(),
            asked,
            actor=caller(request),
            region=region_of(precase),
            number=precase,
            key=_key(request),
        )
        return _answer(done, HTTPStatus.OK)


for _path, _command in ACTS.items():
    _describe(_path, _command)


def region_of(number: str) -> str:
    """The region in a service's number. What is no number names no service: `NoSuchPrecase`."""
    if not re.fullmatch(NUMBER_PATTERN, number):
        raise NoSuchPrecase("".join(sign for sign in number[:40] if sign.isprintable()))
    return number[2:8]


def _described(command: Command) -> Command:
    """The command with its papers as they really are."""
    if isinstance(command, AddQuestion | Present | RecordVisit):
        return replace(command, papers=papers.described(platform(), command.papers))
    return command


def _body(request: HttpRequest) -> Any:
    body = request.read(reading.BODY_LIMIT + 1)
    return reading.read_json(request.META.get("CONTENT_TYPE", ""), body)


def _key(request: HttpRequest) -> str:
    return reading.key_of(request.META.get("HTTP_IDEMPOTENCY_KEY"))


def _answer(done: PrecaseDone, status: HTTPStatus) -> HttpResponse:
    shown = StepDone(done.number, done.region, done.status, STATUS_NAMES[done.status], done.version, done.events)
    response = json(shown, status)
    for name, value in REPLAYED if done.again else ():
        response.headers[name] = value
    return response


def _line(found: FoundPrecase) -> PrecaseLine:
    precase = found.precase
    return PrecaseLine(
        number=found.number,
        region=found.region,
        item=precase.item,
        item_name=found.item_name,
        holder_name=precase.holder.name,
        status=precase.status,
        status_name=STATUS_NAMES[precase.status],
        kind=precase.kind,
        assigned_name=precase.assigned_name,
        due_at=found.due_at,
        url=f"{BASE}/precases/{found.number}",
    )


def _shown(actor: Standing, found: FoundPrecase) -> PrecaseShown:
    precase, database = found.precase, platform().database
    item = platform().laws.law(found.region, precase.item, precase.edition).item
    entries = journal.history(database, actor.eyes, found.region, found.id)
    names = people.names_of(database, {entry.actor for entry in entries})
    inside = precase.organ in actor.actor.offices
    turns = thread(entries, names, item, inside=inside)
    return PrecaseShown(
        precase=_line(found),
        conclusion=precase.conclusion,
        case_number=precase.case_number,
        standing=len(standing(precase, item)),
        turns=tuple(TurnShown(one.at, one.title, one.text, one.who, one.lines) for one in turns),
    )
