"""What went wrong, as a problem document (RFC 9457): in plain Chinese, with the field, the rule and the way on."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import django.db
import psycopg
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg_pool import PoolTimeout

from banjie.actions.papers import NotReady
from banjie.actions.perform import KeyReused, NotFound, TooBusy
from banjie.engine.subject import Malformed, Refused
from banjie.records.laws import UnknownItem

MEDIA_TYPE: Final = "application/problem+json"
PERMISSIONS_RULE: Final = "办件权限表"

_log = logging.getLogger("banjie.api")

# Status, then the last word of the problem's type and its title.
KINDS: Final[dict[int, tuple[str, str]]] = {
    400: ("malformed", "请求无法读取"),
    401: ("unauthorized", "需要有效的令牌"),
    403: ("forbidden", "没有权限"),
    404: ("not-found", "没有找到"),
    405: ("method-not-allowed", "不支持这种请求方法"),
    409: ("conflict", "与已有的办理冲突"),
    413: ("too-large", "请求内容太大"),
    415: ("unsupported-media-type", "请求内容的类型不对"),
    422: ("refused", "依法不能这样办理"),
    429: ("too-many-requests", "请求太频繁"),
    500: ("internal", "系统出了问题"),
    503: ("unavailable", "暂时无法办理"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document. `field` names the input it hangs on, `rule` the clause or our own rule; "" for none."""

    status: int
    detail: str
    remedy: str
    field: str = ""
    rule: str = ""
    headers: Mapping[str, str] | None = None

    @property
    def body(self) -> bytes:
        """The document as it is sent."""
        kind, title = KINDS[self.status]
        document: dict[str, Any] = {
            "type": f"urn:banjie:problem:{kind}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "remedy": self.remedy,
        }
        if self.field:
            document["field"] = self.field
        if self.rule:
            document["rule"] = self.rule
        # What came in may be named in the answer, lone surrogates included; they cannot be sent back as they are.
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")

    @property
    def response(self) -> HttpResponse:
        """The document as Django's answer."""
        return HttpResponse(self.body, status=self.status, content_type=MEDIA_TYPE, headers=dict(self.headers or {}))


class Troubled(Exception):
    """A problem found at the door, before any act was asked for."""

    def __init__(self, status: int, detail: str, remedy: str, field: str = "", **headers: str) -> None:
        super().__init__(detail)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.problem = Problem(status, detail, remedy, field, headers=named)


def unauthorized() -> Troubled:
    """No token, or none that is valid."""
    return Troubled(
        HTTPStatus.UNAUTHORIZED,
        "没有带令牌，或者令牌无效、已经过期",
        "请在请求头写 Authorization: Bearer <令牌>；令牌向平台管理员申领",
        "Authorization",
        WWW_Authenticate='Bearer realm="banjie"',
    )


def problem_of(error: Exception) -> Problem:
    """The problem an error stands for. What nobody foresaw is logged and told without its insides."""
    match error:
        case Troubled():
            return error.problem
        case NotFound():
            return _refused(HTTPStatus.NOT_FOUND, error)
        case KeyReused() | TooBusy():
            return _refused(HTTPStatus.CONFLICT, error)
        case Refused(rule=rule) if rule == PERMISSIONS_RULE:
            return _refused(HTTPStatus.FORBIDDEN, error)
        case Refused():
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, error)
        case Malformed():
            return Problem(HTTPStatus.BAD_REQUEST, error.reason, error.remedy, error.field, error.rule)
        case ValidationError():
            return _invalid(error)
        case AuthenticationError():
            return unauthorized().problem
        case NotReady():
            detail = error.trouble or "PDF 正在制作并加盖电子印章"
            remedy = "请联系发证机关处理" if error.trouble else "请几秒钟后再试"
            return Problem(HTTPStatus.CONFLICT, detail, remedy, headers={"Retry-After": "5"})
        case UnknownItem() | Http404():
            return nothing_here()
        case RequestDataTooBig():
            return too_large(5)
        case psycopg.DataError() | UnreadablePostError() | SuspiciousOperation() | HttpError():
            return Problem(HTTPStatus.BAD_REQUEST, "请求含有系统无法处理的内容", "请检查后重新发送")
        case psycopg.OperationalError() | django.db.OperationalError() | django.db.InterfaceError() | PoolTimeout():
            _log.error("the database cannot be reached", exc_info=error)
            return Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "系统暂时连不上数据库，请求没有办理",
                "请稍后用同一个 Idempotency-Key 原样重发",
                headers={"Retry-After": "5"},
            )
        case _:
            _log.error("a request failed", exc_info=error)
            return Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "系统出了问题，这不是您的请求有误",
                "请稍后用同一个 Idempotency-Key 原样重发；仍不成功请联系平台管理员",
            )


def nothing_here() -> Problem:
    """No such address, or nothing there that this caller may see."""
    return Problem(HTTPStatus.NOT_FOUND, "这里没有内容，或者您无权查看", "请核对地址；接口列表见 /api/v1/openapi.json")


def too_large(megabytes: int) -> Problem:
    """More than is read."""
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"请求内容超过 {megabytes} MB",
        "请减少内容；材料请先用 POST /papers 上传，再按 sha256 引用",
    )


def _refused(status: HTTPStatus, error: Refused) -> Problem:
    return Problem(status, error.reason, error.remedy or "请核对后再办理", error.field or "", error.rule)


# What pydantic finds wrong with a parameter, in words: detail and remedy. `{}` is filled from its context.
_FAULTS: Final = {
    "missing": ("缺少必填的参数", "请补上这个参数"),
    "int_parsing": ("应为整数", "请填写整数"),
    "int_parsing_size": ("数字太大", "请填写较小的整数"),
    "date_from_datetime_parsing": ("不是有效的日期", "请按 2026-11-24 的格式填写"),
    "date_parsing": ("不是有效的日期", "请按 2026-11-24 的格式填写"),
    "uuid_parsing": ("不是有效的标识", "请使用接口给出的标识"),
    "enum": ("不在可选范围内", "可选值见接口说明 /api/v1/openapi.json"),
    "greater_than_equal": ("太小", "请不小于 {ge}"),
    "less_than_equal": ("太大", "请不大于 {le}"),
    "string_too_long": ("太长", "请不超过 {max_length} 个字"),
    "string_too_short": ("太短", "请不少于 {min_length} 个字"),
    "string_pattern_mismatch": ("格式不对", "格式见接口说明 /api/v1/openapi.json"),
}


def _invalid(error: ValidationError) -> Problem:
    first = error.errors[0]
    detail, remedy = _FAULTS.get(first["type"], ("不符合要求", "格式见接口说明 /api/v1/openapi.json"))
    field = str(first["loc"][-1])
    return Problem(HTTPStatus.BAD_REQUEST, f"参数 {field} {detail}", remedy.format(**first.get("ctx", {})), field)
