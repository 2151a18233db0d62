"""What comes in, read once and strictly: the body, its type, the idempotency key, the number of a case."""

import json
import re
from http import HTTPStatus
from typing import Any, Final

from banjie.actions.perform import NotFound
from banjie.api.problems import Troubled, too_large
from banjie.engine.ids import Malformed

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of JSON a command may have; papers are handed in by themselves."""

LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond this, JSON readers no longer agree on what a number says (RFC 7493)."""

NUMBER_PATTERN: Final = r"^[0-9]{6}-[0-9]{8}-[0-9]{7,18}$"
KEY_PATTERN: Final = r"^[\x21-\x7e]{8,128}$"
_NUMBER = re.compile(NUMBER_PATTERN[1:-1])
_KEY = re.compile(KEY_PATTERN[1:-1])


def region_of(number: str) -> str:
    """The region of a case, the first six digits of its number. What is no number names no case: `NotFound`."""
    if not _NUMBER.fullmatch(number):
        raise NotFound("".join(sign for sign in number[:40] if sign.isprintable()))
    return number[:6]


def key_of(header: str | None) -> str:
    """The idempotency key of a request. Raises `Troubled` (400) when it is missing or unfit."""
    if header is None or not _KEY.fullmatch(header):
        raise Troubled(
            HTTPStatus.BAD_REQUEST,
            "缺少 Idempotency-Key" if not header else "Idempotency-Key 的格式不对",
            "请为每个新请求写一个 8 至 128 位可见 ASCII 字符的 Idempotency-Key（例如 UUID），重试时用同一个",
            "Idempotency-Key",
        )
    return header


def read_json(content_type: str, body: bytes) -> Any:
    """The body as JSON values. Raises `Troubled` (413, 415) and `Malformed`."""
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != "application/json" or _foreign_charset(parameters):
        raise Troubled(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "请求内容应为 UTF-8 编码的 JSON",
            "请在请求头写 Content-Type: application/json",
            "Content-Type",
        )
    if len(body) > BODY_LIMIT:
        large = too_large(1)
        raise Troubled(large.status, large.detail, large.remedy)
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except RecursionError:
        raise Malformed("", "JSON 嵌套太深", "请减少嵌套的层数") from None
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(
            "", "请求内容不是有效的 JSON", "请发送一个 UTF-8 编码的 JSON 对象，没有内容的操作发送 {}"
        ) from None


def _foreign_charset(parameters: str) -> bool:
    name, _, value = parameters.strip().partition("=")
    return name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8")


def _integer(text: str) -> int:
    # Length first: to read a number of a million digits costs more than the rest of the request.
    number = int(text) if len(text) <= 17 else LARGEST_INTEGER + 1
    if abs(number) > LARGEST_INTEGER:
        raise Malformed("", "数字太大", f"整数请不超过 {LARGEST_INTEGER}")
    return number


def _constant(text: str) -> float:
    raise Malformed("", f"JSON 中不能有 {text}", "请填写整数、文字、是否或空")


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_constant=_constant)
"""Made once: `json.loads` with arguments would make one for each request."""
