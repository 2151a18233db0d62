"""For departments with systems of their own: telling of their cases, a batch at a time, with an answer for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from banjie.actions.cases_elsewhere import Became, Taken, take
from banjie.api import operations, reading
from banjie.api.departments import json
from banjie.api.operations import SHAPES
from banjie.api.shapes import Schema
from banjie.api.tokens import Bearer, caller
from banjie.engine.calendar import CHINA
from banjie.engine.codec import decode
from banjie.engine.external_cases import (
    ODDITY_WORDS,
    Examined,
    Facts,
    Meaning,
    Report,
    Step,
    examine,
    refused,
)
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.records.people import Standing
from banjie.records.registers import organs_of
from banjie.wiring import platform

router = Router(auth=Bearer(), tags=["部门与企业"])

MOST_CASES: Final = 500
"""Cases in one request."""


@dataclass(frozen=True, slots=True)
class StepSent:
    """环节: one record of the department's own system."""

    id: str
    activity: str
    at: str
    meaning: Meaning | None = None
    by: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class CaseSent:
    """办件: `due_at` may be a day; other moments bear a time, without a zone in the city's."""

    number: str
    organ: str
    item_name: str
    started_at: str
    steps: tuple[StepSent, ...] = ()
    item: str = ""
    channel: str = ""
    handler: str = ""
    due_at: str = ""
    ended_at: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CasesSent:
    """一批办件: all of one source, which is the name of the department's system."""

    source: str
    cases: tuple[CaseSent, ...]


@dataclass(frozen=True, slots=True)
class OddityShown:
    """What is odd about a case that was kept all the same."""

    field: str
    reason: str
    remedy: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """What came of one case: new, changed, unchanged or refused."""

    number: str
    result: Became
    reason: str
    remedy: str
    field: str
    remarks: tuple[OddityShown, ...]


@dataclass(frozen=True, slots=True)
class CasesTaken:
    """What came of a batch; `imported` and `refused` add up to the cases sent."""

    imported: int
    refused: int
    cases: tuple[CaseTaken, ...]


_EXAMPLE: Final[Mapping[str, Any]] = {
    "source": "water",
    "cases": [
        {
            "number": "SQ-2026-0113",
            "organ": "11990100MB00000079",
            "item_name": "取水许可",
            "started_at": "2026-11-02T09:12:00+08:00",
            "due_at": "2026-11-20",
            "ended_at": "2026-11-18T16:40:00+08:00",
            "steps": [
                {"id": "1", "activity": "受理", "meaning": "accepted", "at": "2026-11-02T15:00:00+08:00", "by": "王工"},
                {"id": "2", "activity": "决定", "meaning": "decided", "at": "2026-11-18T16:40:00+08:00", "by": "李科"},
            ],
        }
    ],
}

TELL: Final[Schema] = {
    "description": (
        f"办件归集：部门把自己系统里的办件报送到这里，一次最多 {MOST_CASES} 件。"
        "来源、办件编号和环节的 id 一起认出同一条，"
        "所以重发不会多出来：没有变化的答复 unchanged，变了的只追加变化。一件不合格不影响别的，逐件答复原因和怎样改。"
        "承办机关（organ）须是您任职的机关。截止（due_at）可以只写日期，当日办结不算超期。"
    ),
    "requestBody": operations.body_of(SHAPES.of(CasesSent, given=True), _EXAMPLE),
    "responses": {
        200: operations.answer_of(
            SHAPES.of(CasesTaken),
            "逐件的结果",
            {
                "imported": 1,
                "refused": 0,
                "cases": [
                    {
                        "number": "SQ-2026-0113",
                        "result": "new",
                        "reason": "",
                        "remedy": "",
                        "field": "",
                        "remarks": [
                            {
                                "field": "经办单位",
                                "reason": "有环节没有写明哪个单位经办",
                                "remedy": "请补报经办单位",
                                "value": "2 条",
                            }
                        ],
                    }
                ],
            },
        ),
        **operations.problems_of(401, 403, 413, 415, 422),
    },
}


@router.post(
    "/departments/cases",
    summary="报送自有系统的办件",
    operation_id="tell_cases",
    openapi_extra=TELL,
    response={200: None},
)
def tell_cases(request: HttpRequest) -> HttpResponse:
    """Every case is answered by itself; sent again, a batch changes nothing, so no idempotency key is asked for."""
    body = request.read(reading.BODY_LIMIT + 1)
    sent = decode(CasesSent, reading.read_json(request.META.get("CONTENT_TYPE", ""), body))
    if not sent.source.isidentifier() or len(sent.source) > 32:
        raise Malformed("source", "来源系统的名称不对", "请写 32 个字以内的名称，不含空格和标点")
    if not 0 < len(sent.cases) <= MOST_CASES:
        raise Malformed("cases", f"一次要有 1 到 {MOST_CASES} 件", "请分几次报送")
    answers = _taken(caller(request), sent)
    failed = sum(1 for one in answers if one.result is Became.REFUSED)
    return json(CasesTaken(len(answers) - failed, failed, answers), HTTPStatus.OK)


def _taken(actor: Standing, sent: CasesSent) -> tuple[CaseTaken, ...]:
    at, region = platform(), actor.actor.region or platform().region
    names = {organ.code: organ.name for organ in organs_of(at.database, region)}
    answers: dict[int, CaseTaken] = {}
    told: dict[int, Examined] = {}
    seen: set[str] = set()
    for place, case in enumerate(sent.cases):
        try:
            if case.number in seen:
                raise refused("number", "同一批里这个办件编号出现了两次", "请合成一件报送")
            seen.add(case.number)
            told[place] = examine(_report(case, sent.source, region, names), at.now())
        except Refused as no:
            answers[place] = _refused(case.number, no)
    for place, one in zip(told, take(at, list(told.values()), actor=actor), strict=True):
        answers[place] = _answer(one)
    return tuple(answers[place] for place in sorted(answers))


def _report(case: CaseSent, source: str, region: str, names: Mapping[str, str]) -> Report:
    if case.organ not in names:
        raise refused("organ", f"没有代码为“{case.organ}”的机关", "请写机关的统一社会信用代码")
    started, _ = _moment("started_at", case.started_at)
    due, by_day = _moment("due_at", case.due_at)
    ended, _ = _moment("ended_at", case.ended_at)
    if started is None:
        raise refused("started_at", "没有开始时间", "请补上开始时间")
    facts = Facts(
        started_at=started,
        organ=case.organ,
        organ_name=names[case.organ],
        item=case.item,
        item_name=case.item_name,
        channel=case.channel,
        handler=case.handler,
        due_at=due,
        due_by_day=by_day,
        ended_at=ended,
        outcome=case.outcome,
    )
    return Report(source, case.number, region, facts, tuple(_step(step) for step in case.steps))


def _step(step: StepSent) -> Step:
    at, _ = _moment("steps.at", step.at)
    if at is None or not step.id or not step.activity:
        raise refused("steps", "有环节缺少 id、activity 或 at", "请补全每一条环节")
    return Step(step.id, step.activity, at, step.meaning, step.by, step.office)


def _moment(field: str, text: str) -> tuple[datetime | None, bool]:
    """A moment, or a day of the city and that it is one."""
    if not text:
        return None, False
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise refused(field, f"“{text[:40]}”不是时间", "请写成 2026-11-24T09:30:00+08:00 这样") from None
    if found.tzinfo is not None:
        return found, False
    # Written without a zone it is a moment of the city.
    return found.replace(tzinfo=CHINA), found.time() == time() and len(text) <= 10


def _answer(one: Taken) -> CaseTaken:
    number = one.told.report.number
    if one.refused is not None:
        return _refused(number, one.refused)
    remarks = tuple(OddityShown(*ODDITY_WORDS[remark.oddity], remark.value) for remark in one.told.remarks)
    return CaseTaken(number, one.became, "", "", "", remarks)


def _refused(number: str, no: Refused) -> CaseTaken:
    return CaseTaken(number, Became.REFUSED, no.reason, no.remedy, no.field or "", ())
