"""For everybody, without signing in: where a case stands, whether a certificate is genuine, and how to get help."""

import unicodedata
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.masking import listed_name
from banjie.actions.progress import PROVISIONAL, Progress, public_progress
from banjie.engine.certificates import STATUS_NAMES, Status
from banjie.engine.ids import CaseNumber, Malformed, QueryCode
from banjie.records import certificates, desks
from banjie.web.context import render
from banjie.web.i18n import ENGLISH, changed, remember
from banjie.web.jinja import cndate
from banjie.web.my import event_of
from banjie.web.tries import limited
from banjie.wiring import platform

LONGEST_CODE = 64


# --- progress ---


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("查进度")
def progress(request: HttpRequest) -> HttpResponse:
    """办件进度: by number and query code. A wrong number and a wrong code get one and the same answer."""
    number, code = (
        request.POST.get("number", "").strip()[:LONGEST_CODE],
        request.POST.get("code", "").strip()[:LONGEST_CODE],
    )
    if request.method != "POST":
        return _ask(request, request.GET.get("number", "")[:LONGEST_CODE], "", {})
    errors: dict[str, str] = {}
    found: Progress | None = None
    try:
        parsed = str(CaseNumber.parse(number))
    except Malformed as malformed:
        errors["number"] = (
            f"办件编号{malformed.reason}。{malformed.remedy}" if number else "请填写办件编号，在收件凭证上"
        )
    try:
        secret = str(QueryCode.parse(code))
    except Malformed as malformed:
        errors["code"] = f"查询码{malformed.reason}。{malformed.remedy}" if code else "请填写查询码，在收件凭证上"
    if errors:
        return _ask(request, number, code, errors)
    found = public_progress(platform(), parsed, secret)
    if found is None:
        return _ask(request, number, code, {"number": "没有找到这个办件。请核对办件编号和查询码，两项都在收件凭证上"})
    context = {"found": found, "figures": _figures(found), "events": [event_of(moment) for moment in found.steps]}
    return render(request, "public/progress_found.html", context, nav="progress")


def _figures(found: Progress) -> list[tuple[str, str, str]]:
    """Who has to act, by which day, and how many days are used: the things people ask for."""
    figures = [("现在由谁办", found.who_acts or "已经办完", "")]
    if found.due_on:
        notes = "已暂停计时" if found.paused else ""
        figures.append((found.due_name, cndate(found.due_on), notes + (PROVISIONAL if found.provisional else "")))
    if found.used is not None and found.left is not None:
        left = f"超期 {-found.left} {found.unit}" if found.left < 0 else f"剩余 {found.left} {found.unit}"
        figures.append(("已用时间", f"{found.used} {found.unit}", left))
    return figures


def _ask(request: HttpRequest, number: str, code: str, errors: dict[str, str]) -> HttpResponse:
    context = {
        "number": number,
        "code": code,
        "wrong": errors,
        "errors": [{"field": field, "message": message} for field, message in errors.items()],
    }
    status = 422 if errors else 200
    return render(request, "public/progress.html", context, status=status, errors=bool(errors), nav="progress")


# --- is this certificate genuine? ---


@require_GET
def verify_form(request: HttpRequest) -> HttpResponse:
    """证照查验: the code under the QR picture, typed."""
    code = _tidy(request.GET.get("code", ""))
    if code:
        return HttpResponseRedirect(reverse("verify", args=(code,)))
    return render(request, "public/verify_form.html", {"asked": "code" in request.GET}, nav="verify")


def _tidy(code: str) -> str:
    """A code as it may stand in an address: half-width letters and digits only."""
    text = unicodedata.normalize("NFKC", code)[:LONGEST_CODE]
    return "".join(
        character for character in text if character.isascii() and (character.isalnum() or character in "-_")
    )


@require_GET
@limited("查验证照", method="GET")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a stranger may know of a certificate, in big clear words."""
    tidy = _tidy(code)
    found = certificates.verify(platform().database, tidy) if tidy else None
    if found is None:
        shown = "".join(character for character in code[:LONGEST_CODE] if character.isprintable())
        return render(request, "public/verify_unknown.html", {"code": shown}, status=404, nav="verify")
    return render(request, "public/verify.html", {"found": shown_certificate(found), "code": code}, nav="verify")


_VERDICTS = {
    Status.NONE: "这份证照还没有签发",
    Status.VALID: "这份证照是真的，目前有效",
    Status.SUSPENDED: "这份证照是真的，但已暂停，现在不能使用",
    Status.REVOKED: "这份证照已被撤销，不再有效",
    Status.CANCELLED: "这份证照已注销，不再有效",
    Status.LAPSED: "这份证照是真的，但已过期，不再有效",
}


def shown_certificate(found: dict[str, Any]) -> dict[str, object]:
    """What the page says: the status as of today, and a person's name with only its first character."""
    status = Status(found["status"])
    until = date.fromisoformat(found["valid_until"]) if found["valid_until"] else None
    if status is Status.VALID and until is not None and until < platform().today():
        status = Status.LAPSED
    name = str(found["holder_name"])
    return {
        "number": found["number"],
        "name": found["name"],
        "holder": listed_name(name),
        "organ": desks.organ_names(platform().database, {found["organ"]}).get(found["organ"], found["organ"]),
        "status": STATUS_NAMES[status],
        "verdict": _VERDICTS[status],
        "valid": status is Status.VALID,
        "valid_from": date.fromisoformat(found["valid_from"]),
        "valid_until": until,
        "checked_at": platform().now(),
    }


# --- help ---


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """办事帮助."""
    return render(request, "public/help.html", nav="help")


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """无障碍声明: what works, what was tried, and what was not."""
    return render(request, "public/accessibility.html", nav="help")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """个人信息保护: what is kept, why, and who sees it."""
    return render(request, "public/privacy.html", nav="help")


@require_GET
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Changes the language and returns; without a page to return to, English opens with what can be done here."""
    if code != ENGLISH or "back" in request.GET:
        return changed(request, code)
    response = render(request, "public/english.html", nav="help")
    remember(response, ENGLISH)
    return response
