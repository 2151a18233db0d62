"""For departments' systems that answer later: one door for one answer to one question, once."""

import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query
from ninja.security import HttpBearer

from banjie.actions.answering import NotRecognised, receive
from banjie.api import operations, reading
from banjie.api.answers import AskTaken
from banjie.api.departments import json
from banjie.api.problems import unauthorized
from banjie.engine.codec import decode
from banjie.engine.sharing import SourceAnswer
from banjie.engine.sharing_asks import STATUS_NAMES
from banjie.wiring import platform


class AnswerToken(HttpBearer):
    """The token that came with a question. Whether it fits is known when the question is."""

    def authenticate(self, request: HttpRequest, token: str) -> str:
        """The token as it was sent."""
        return token.strip()


router = Router(auth=AnswerToken(), tags=["部门数据"])


@router.post(
    "/exchange/answers/{uuid:ask}",
    summary="稍后答复一次查询",
    operation_id="answer_ask",
    openapi_extra=operations.ANSWER_ASK,
    response={200: None},
)
def answer_ask(
    request: HttpRequest,
    ask: uuid.UUID,
    region: str = Query("", pattern="^([0-9]{6})?$", description="查询的行政区划代码，空为本市", example="990100"),
) -> HttpResponse:
    """The token came with the question, in `X-Banjie-Answer-Token`. The same answer twice is taken once."""
    body = request.read(reading.BODY_LIMIT + 1)
    answer = decode(SourceAnswer, reading.read_json(request.META.get("CONTENT_TYPE", ""), body))
    at = platform()
    try:
        status = receive(at, region or at.region, str(ask), request.auth, answer)  # type: ignore[attr-defined]  # ninja puts it there
    except NotRecognised:
        raise unauthorized() from None
    return json(AskTaken(str(ask), status.value, STATUS_NAMES[status]), HTTPStatus.OK)
