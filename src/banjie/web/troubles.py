"""When something is not possible: a page in plain words that says why and how to go on. Never a bare number."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template import loader

from banjie.actions.papers import NotReady
from banjie.actions.perform import KeyReused, NotFound, TooBusy
from banjie.engine.subject import Malformed, Refused
from banjie.web.context import render

PERMISSIONS_RULE: Final = "办件权限表"
FORMS_TOO_LARGE: Final = "提交的内容太多或格式不对"


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be understood at all; rendered without looking at who asks."""
    return _bare(HTTPStatus.BAD_REQUEST, "这个请求无法处理", [FORMS_TOO_LARGE + "。", "请返回上一页，检查后重新提交。"])


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Signed in, but this is not for this person."""
    return forbidden(request, str(exception) or "您没有查看这个页面的权限")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or none this person may see: both look the same."""
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        "没有找到这个页面",
        ["网址可能输入有误，或者内容已经移动。", "如果是办件，请确认您登录的账号是申请人或其代理人。"],
    )


def handler429(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too many tries in a short time."""
    response = _page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        "操作太频繁，请稍后再试",
        ["为了保护大家的信息安全，短时间内的次数有限制。", "请等几分钟再试，或拨打 12345 咨询。"],
    )
    response.headers["Retry-After"] = "60"
    return response


def handler500(request: HttpRequest) -> HttpResponse:
    """Our own failure: said so, without internals, and without touching what may have failed."""
    return _bare(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "系统出了问题",
        ["这是我们的问题，不是您的操作有误；您刚才提交的内容可能没有保存。", "请稍后再试。急用请拨打 12345。"],
    )


def too_large(most_mb: int) -> HttpResponse:
    """A body beyond all limits, of which nothing was read; rendered without looking at who asks."""
    return _bare(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "这次选择的文件太大",
        [
            f"一次最多上传 {most_mb} MB，这次选择的文件没有保存；以前保存的材料都在。",
            "请返回上一页，一份一份上传，或降低扫描、拍照的清晰度。",
        ],
    )


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened too long ago, or in another window before signing in."""
    return _bare(
        HTTPStatus.FORBIDDEN,
        "页面已经过期",
        ["页面打开的时间太长，或者您在别的窗口登录过。", "请返回上一页并刷新，然后重新提交；已经暂存的内容不会丢失。"],
    )


def forbidden(
    request: HttpRequest, reason: str, remedy: str = "请换用有权限的账号登录，或联系本单位管理员。"
) -> HttpResponse:
    """What this account may not do, and who can help."""
    return _page(request, HTTPStatus.FORBIDDEN, "不能进行这项操作", [reason + "。", remedy])


def not_found(request: HttpRequest, reason: str, remedy: str) -> HttpResponse:
    """What was looked for by name is not there, or not for this person."""
    return _page(request, HTTPStatus.NOT_FOUND, "没有找到", [reason + "。", remedy])


def not_ready(request: HttpRequest, error: NotReady) -> HttpResponse:
    """A PDF that is still being made, or cannot be made until a person mends something."""
    lines = [error.trouble or "正在制作并加盖电子印章，通常不到一分钟。", "请稍后刷新本页。"]
    return _page(request, HTTPStatus.NOT_FOUND, "文件还没有制成", lines)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """The law's no, with its rule and the way on."""
    return _page(
        request, status_of(error), "现在不能这样办理", [error.reason + "。"], rule=error.rule, remedy=error.remedy
    )


def malformed(request: HttpRequest, error: Malformed) -> HttpResponse:
    """An input that cannot be read, with how to write it."""
    return _page(request, HTTPStatus.BAD_REQUEST, "填写的内容无法读取", [error.reason + "。"], remedy=error.remedy)


def status_of(error: Refused) -> HTTPStatus:
    """The HTTP status of a refusal."""
    match error:
        case NotFound():
            return HTTPStatus.NOT_FOUND
        case KeyReused() | TooBusy():
            return HTTPStatus.CONFLICT
        case _ if error.rule == PERMISSIONS_RULE:
            return HTTPStatus.FORBIDDEN
        case _:
            return HTTPStatus.UNPROCESSABLE_ENTITY


def _page(
    request: HttpRequest, status: HTTPStatus, title: str, lines: list[str], *, rule: str = "", remedy: str = ""
) -> HttpResponse:
    words = {"title": title, "lines": lines, "rule": rule, "remedy": remedy}
    return render(request, "troubles/trouble.html", words, status=status)


def _bare(status: HTTPStatus, title: str, lines: list[str]) -> HttpResponse:
    """As `_page`, without asking who is there: neither session nor database may be at hand."""
    words = {"title": title, "lines": lines, "rule": "", "remedy": ""}
    return HttpResponse(loader.render_to_string("troubles/trouble.html", words), status=status)
