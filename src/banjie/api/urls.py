"""Every address under /api/v1. Each door answers in JSON, whatever happens behind it."""

import hashlib
import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema

from banjie.api import cases_elsewhere, departments, eligibility, exchange, hot, operations, precases, problems, public
from banjie.api.shapes import Schema
from banjie.api.tokens import Bearer
from banjie.engine.cases import NAMES, Command

View = Callable[..., HttpResponseBase]

acts = Router(auth=Bearer(), tags=["办理"])


def _describe_act(name: str, command: type[Command]) -> None:
    # The address is answered by `hot.act`, which stands first among the patterns; ninja has it for its description
    # only, one operation an act, so that a client made from the description knows what each act asks for.
    @acts.post(
        f"/cases/{{number}}/acts/{name}",
        summary=NAMES[command],
        operation_id=f"act_{name.replace('-', '_')}",
        openapi_extra=operations.act(name, command),
    )
    def shadowed(request: HttpRequest, number: str) -> HttpResponseBase:
        return hot.act(request, number, name)


for _name, _command in hot.ACTS.items():
    _describe_act(_name, _command)


api: Final = NinjaAPI(
    title="办结接口",
    version="1",
    description=(
        "一个城市的行政审批：申请、办理、时限、证照。\n\n"
        "令牌写在请求头 `Authorization: Bearer <令牌>`；登录网页用的 Cookie 在这里无效。"
        "POST 请求写 `Idempotency-Key`。出错时答复 `application/problem+json`（RFC 9457），"
        "其中 `detail` 说明问题，`remedy` 说明怎样改正，`rule` 是依据的条款。"
    ),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    servers=[{"url": departments.BASE, "description": "本平台"}],
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)
api.add_router("", departments.router)
api.add_router("", acts)
api.add_router("", public.router)
api.add_router("", eligibility.router)
api.add_router("", precases.router)
api.add_router("", exchange.router)
api.add_router("", cases_elsewhere.router)


def _troubled(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return problems.problem_of(error if isinstance(error, Exception) else error()).response


for _kind in (*api._exception_handlers, Exception):
    api.add_exception_handler(_kind, _troubled)


def door(view: View) -> View:
    """A view that answers with a problem document whatever happens, and is never kept by a shared cache."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 — `problem_of` logs what nobody foresaw.
            response = problems.problem_of(error).response
        if response.status_code == 405 and response.headers["Content-Type"] != problems.MEDIA_TYPE:
            response = problems.problem_of(hot.method_not_allowed(response.headers["Allow"])).response
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return opened


# --- the description ---


def description() -> OpenAPISchema:
    """The whole interface as OpenAPI 3.1."""
    schema = api.get_openapi_schema(path_prefix="")
    schemas = schema["components"]["schemas"]
    schemas.update(operations.SHAPES.components)
    schemas["Problem"] = operations.problem_schema()
    for operation in (operation for methods in schema["paths"].values() for operation in methods.values()):
        operation["parameters"] = [_tidied(parameter) for parameter in operation["parameters"]]
    return schema


def _tidied(parameter: Schema) -> Schema:
    """A parameter as ninja describes it, said once and without words of the code."""
    if parameter["in"] == "path" and parameter["name"] in operations.PATH:
        return {**parameter, **operations.PATH[parameter["name"]]}
    schema = {
        name: value for name, value in parameter["schema"].items() if name not in ("title", "description", "example")
    }
    if "allOf" in schema:
        schema = {"type": "string", "enum": schema["allOf"][0]["enum"]}
    return {**parameter, "schema": schema}


@cache
def _description() -> tuple[bytes, str]:
    body = json.dumps(description(), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def openapi(request: HttpRequest) -> HttpResponse:
    """The description, made once a process."""
    if request.method not in ("GET", "HEAD"):
        raise hot.method_not_allowed("GET, HEAD")
    body, etag = _description()
    headers = {"ETag": etag, "Cache-Control": "public, max-age=300"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Every address that is none of ours."""
    return problems.nothing_here().response


urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/acts/<str:act>", door(hot.act), name="api-act"),
    path("openapi.json", door(openapi), name="api-description"),
    *(
        # Without ninja's names: they are those of the functions, and pages have some of the same.
        URLPattern(pattern.pattern, door(pattern.callback), pattern.default_args)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
    re_path(r"", door(nothing_here)),
]
