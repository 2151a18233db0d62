"""For everybody, without a token: what one may apply for, where a case stands, whether a certificate is genuine."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from banjie.actions.masking import is_persons_name, masked
from banjie.actions.progress import public_progress
from banjie.api import operations as told
from banjie.api.answers import ItemFound, ItemList, Verified
from banjie.api.departments import BASE, json
from banjie.api.problems import Troubled
from banjie.engine.catalogue import Audience
from banjie.engine.certificates import STATUS_NAMES, Status
from banjie.records import catalogue, certificates
from banjie.records.catalogue import Hit
from banjie.wiring import platform

router = Router(tags=["公开"])

REGION_PATTERN: Final = "^([0-9]{6}|[0-9]{12})?$"
TRIES_A_MINUTE: Final = 10
VERIFIED_A_MINUTE: Final = 30


# --- items ---


@router.get("/items", summary="查找事项", operation_id="find_items", openapi_extra=told.ITEMS)
def find_items(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="名称、俗称、机关或编码，空为全部", example="食品"),
    region: str = Query("", pattern=REGION_PATTERN, description="只看这个行政区划", example="990100"),
    audience: Audience = Query(None, description="服务对象：1 自然人 2 企业 3 事业单位 4 社会组织 5 机关 6 其他"),  # noqa: B008 — ninja's way.
    limit: int = Query(20, ge=1, le=100, description="每页多少条"),
    offset: int = Query(0, ge=0, le=10_000, description="由 next 给出，请原样使用"),
) -> HttpResponse:
    """Published items, the best first."""
    hits = catalogue.search(
        platform().database,
        q,
        region=region or None,
        audience=audience.value if audience else None,
        most=limit + 1,
        offset=offset,
    )
    link = None
    if len(hits) > limit and offset + limit <= 10_000:
        asked: dict[str, Any] = {
            "q": q,
            "region": region,
            "audience": audience.value if audience else "",
            "limit": limit,
        }
        place = {"offset": offset + limit}
        link = f"{BASE}/items?{urlencode({name: value for name, value in asked.items() if value} | place)}"
    return json(ItemList(tuple(_found(hit) for hit in hits[:limit]), link))


def _found(hit: Hit) -> ItemFound:
    url = f"{BASE}/items/{hit.code}?region={hit.region}"
    return ItemFound(hit.code, hit.region, hit.edition, hit.name, hit.organ_name, hit.kind, hit.why, url)


@router.get("/items/{code}", summary="查看事项", operation_id="get_item", openapi_extra=told.ITEM)
def get_item(
    request: HttpRequest,
    code: str,
    region: str = Query("", pattern=REGION_PATTERN, description="行政区划，空为本市", example="990100"),
) -> HttpResponse:
    """The edition in force, in full."""
    law = platform().laws.published(region or platform().region, code[:64])
    if law is None:
        raise Troubled(HTTPStatus.NOT_FOUND, "没有这个事项，或者还没有公布", "请用 GET /items 查找", "code")
    return json(law.item)


# --- progress ---


@router.get("/progress", summary="公开查询进度", operation_id="get_progress", openapi_extra=told.PROGRESS)
def get_progress(
    request: HttpRequest,
    number: str = Query(..., max_length=64, description="办件编号", example=told.NUMBER),
    query_code: str = Query(..., max_length=64, description="查询码，在收件凭证上", example="7K3M-0QXZ"),
) -> HttpResponse:
    """Where a case stands. A wrong number and a wrong code get one and the same answer."""
    slow_down(request, "progress", TRIES_A_MINUTE)
    found = public_progress(platform(), number, query_code)
    if found is None:
        raise Troubled(HTTPStatus.NOT_FOUND, "没有找到这个办件", "请核对办件编号和查询码，两项都在收件凭证上")
    return json(found)


# --- is this certificate genuine? ---


@router.get("/verify/{code}", summary="核验证照", operation_id="verify", openapi_extra=told.VERIFY)
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a stranger may know of a certificate, by the code printed on it."""
    slow_down(request, "verify", VERIFIED_A_MINUTE)
    found = certificates.verify(platform().database, code[:64])
    if found is None:
        raise Troubled(
            HTTPStatus.NOT_FOUND, "没有用这个核验码签发的证照", "请核对核验码；仍查不到请向发证机关核实", "code"
        )
    return json(_verified(found))


def _verified(found: dict[str, Any]) -> Verified:
    status = Status(found["status"])
    until = date.fromisoformat(found["valid_until"]) if found["valid_until"] else None
    if status is Status.VALID and until is not None and until < platform().today():
        status = Status.LAPSED  # The worker has not marked it yet.
    name = str(found["holder_name"])
    return Verified(
        genuine=True,
        number=found["number"],
        name=found["name"],
        holder_name=masked(name, "name") if is_persons_name(name) else name,
        organ=found["organ"],
        status=status,
        status_name=STATUS_NAMES[status],
        valid=status is Status.VALID,
        valid_from=date.fromisoformat(found["valid_from"]),
        valid_until=until,
        sha256=found["sha256"],
    )


# --- slowly ---


def slow_down(request: HttpRequest, door: str, most: int) -> None:
    """At most so many tries a minute from one address, so that nobody can guess numbers and codes.

    Counted together with the pages' tries. Raises `Troubled` (429).
    """
    key = f"tries:{door}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=60)
    try:
        tries = cache.incr(key)
    except ValueError:
        return  # The minute ended between the two calls.
    if tries > most:
        raise Troubled(HTTPStatus.TOO_MANY_REQUESTS, f"一分钟内最多查询 {most} 次", "请一分钟后再试", Retry_After="60")
