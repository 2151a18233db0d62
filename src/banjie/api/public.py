"""For everybody, without a token: what one may apply for, where a case stands, whether a certificate is genuine."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from banjie.actions import tries
from banjie.actions.masking import listed_name
from banjie.actions.progress import public_progress
from banjie.api import operations as told
from banjie.api.answers import FormShown, ItemFound, ItemList, Verified
from banjie.api.departments import BASE, json
from banjie.api.problems import Troubled
from banjie.engine.catalogue import Audience, ItemKind
from banjie.engine.certificates import STATUS_NAMES, Status
from banjie.engine.form_schema import schema_of
from banjie.records import certificates
from banjie.records.catalogue_search import Hit, Wish, look_up, suggest
from banjie.wiring import platform

router = Router(tags=["公开"])

REGION_PATTERN: Final = "^([0-9]{6}|[0-9]{12})?$"


# --- items ---


@router.get("/items", summary="查找事项", operation_id="find_items", openapi_extra=told.ITEMS)
def find_items(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="名称、俗称、机关或编码，空为全部", example="食品"),
    region: str = Query("", pattern=REGION_PATTERN, description="只看这个行政区划（含所属乡镇和村）", example="990100"),
    place: str = Query("", pattern=REGION_PATTERN, description="从哪里看，空为全市", example="990102"),
    audience: Audience = Query(None, description="服务对象：1 自然人 2 企业 3 事业单位 4 社会组织 5 机关 6 其他"),  # noqa: B008 — ninja's way.
    kind: ItemKind = Query(None, description="事项类型代码（GB/T 39046—2020 附录 A.1）"),  # noqa: B008 — ninja's way.
    online: bool = Query(False, description="只看可以网上办的"),
    at_once: bool = Query(False, description="只看当场办结的"),
    limit: int = Query(20, ge=1, le=100, description="每页多少条"),
    offset: int = Query(0, ge=0, le=10_000, description="由 next 给出，请原样使用"),
) -> HttpResponse:
    """Published items, the best first."""
    wish = Wish(
        q,
        place or region,
        region,
        audience.value if audience else "",
        kind.value if kind else "",
        online=online,
        at_once=at_once,
    )
    page = look_up(platform().database, wish, most=limit, offset=offset)
    link = None
    if page.total > offset + limit <= 10_000:
        asked: dict[str, Any] = {
            "q": q,
            "region": region,
            "place": place,
            "audience": wish.audience,
            "kind": wish.kind,
            "online": "true" if online else "",
            "at_once": "true" if at_once else "",
            "limit": limit,
        }
        further = {"offset": offset + limit}
        link = f"{BASE}/items?{urlencode({name: value for name, value in asked.items() if value} | further)}"
    return json(ItemList(tuple(_found(hit) for hit in page.hits), link))


@router.get("/items/suggest", summary="提示事项", operation_id="suggest_items", openapi_extra=told.SUGGEST)
def suggest_items(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="已经输入的字、拼音或首字母", example="kfg"),
    place: str = Query("", pattern=REGION_PATTERN, description="从哪里看，空为全市", example="990102"),
) -> HttpResponse:
    """What somebody may mean who is still typing."""
    hits = suggest(platform().database, q, place=place) if q.strip() else ()
    return json(ItemList(tuple(_found(hit) for hit in hits), None))


def _found(hit: Hit) -> ItemFound:
    return ItemFound(
        hit.code,
        hit.region,
        hit.edition,
        hit.name,
        hit.organ_name,
        hit.kind,
        hit.why,
        hit.matched,
        hit.region_name,
        hit.elsewhere,
        f"{BASE}/items/{hit.code}?region={hit.region}",
    )


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


@router.get("/items/{code}/form", summary="查看申请表", operation_id="get_form", openapi_extra=told.FORM)
def get_form(
    request: HttpRequest,
    code: str,
    region: str = Query("", pattern=REGION_PATTERN, description="行政区划，空为本市", example="990100"),
) -> HttpResponse:
    """The form of the edition in force, and the JSON Schema of what `data` takes."""
    law = platform().laws.published(region or platform().region, code[:64])
    if law is None:
        raise Troubled(HTTPStatus.NOT_FOUND, "没有这个事项，或者还没有公布", "请用 GET /items 查找", "code")
    item = law.item
    return json(FormShown(item.code, item.region, item.edition, item.form, schema_of(item.form)))


# --- progress ---


@router.get("/progress", summary="公开查询进度", operation_id="get_progress", openapi_extra=told.PROGRESS)
def get_progress(
    request: HttpRequest,
    number: str = Query(..., max_length=64, description="办件编号", example=told.NUMBER),
    query_code: str = Query(..., max_length=64, description="查询码，在收件凭证上", example="7K3M-0QXZ"),
) -> HttpResponse:
    """Where a case stands. A wrong number and a wrong code get one and the same answer."""
    slow_down(request, "查进度")
    found = public_progress(platform(), number, query_code)
    if found is None:
        raise Troubled(HTTPStatus.NOT_FOUND, "没有找到这个办件", "请核对办件编号和查询码，两项都在收件凭证上")
    return json(found)


# --- is this certificate genuine? ---


@router.get("/verify/{code}", summary="核验证照", operation_id="verify", openapi_extra=told.VERIFY)
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a stranger may know of a certificate, by the code printed on it."""
    slow_down(request, "查验证照")
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
        holder_name=listed_name(name),
        organ=found["organ"],
        status=status,
        status_name=STATUS_NAMES[status],
        valid=status is Status.VALID,
        valid_from=date.fromisoformat(found["valid_from"]),
        valid_until=until,
        sha256=found["sha256"],
    )


# --- slowly ---


def slow_down(request: HttpRequest, name: str) -> None:
    """A limit by address, so that nobody can guess numbers and codes.

    Counted together with the pages' tries. Raises `Troubled` (429) with when to try again.
    """
    address = request.META.get("REMOTE_ADDR", "")
    wait = tries.consume(platform(), name, address=address, secret=settings.SECRET_KEY)
    if wait:
        words = tries.in_words(wait)
        raise Troubled(HTTPStatus.TOO_MANY_REQUESTS, "查询太频繁", f"请在 {words}以后再试", Retry_After=str(wait))
