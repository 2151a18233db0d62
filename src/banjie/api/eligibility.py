"""能不能办, for everybody: an item's rules asked with some answers, before anyone applies."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from banjie.actions.eligibility import judge, told
from banjie.api import operations
from banjie.api.departments import json
from banjie.api.problems import Troubled
from banjie.api.public import REGION_PATTERN
from banjie.engine.ids import Malformed
from banjie.wiring import platform

router = Router(tags=["公开"])


@router.get("/items/{code}/check", summary="能不能办", operation_id="check_item", openapi_extra=operations.ELIGIBILITY)
def check_item(
    request: HttpRequest,
    code: str,
    region: str = Query("", pattern=REGION_PATTERN, description="行政区划，空为本市", example="990100"),
    fact: list[str] = Query(  # noqa: B008 — ninja's way.
        [], max_length=60, description="已知的回答和栏目，写成“编码=值”，可以多个", example=["apply_type=new"]
    ),
) -> HttpResponse:
    """Whether one may apply as things stand; if not, by which changes."""
    law = platform().laws.published(region or platform().region, code[:64])
    if law is None:
        raise Troubled(HTTPStatus.NOT_FOUND, "没有这个事项，或者还没有公布", "请用 GET /items 查找", "code")
    given: dict[str, str] = {}
    for pair in fact:
        name, found, value = pair[:200].partition("=")
        if not found:
            raise Malformed("fact", f"看不懂“{name[:40]}”", "请写成“编码=值”，例如 apply_type=new")
        given[name.strip()] = value
    return json(told(judge(law.item, given, platform().today())))
