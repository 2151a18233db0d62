"""Which language a visitor reads: kept in a cookie, so that it works signed out, and on every page alike."""

import json
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from banjie.web.english import english, english_text

LANGUAGE_COOKIE: Final = "bj_language"
ENGLISH: Final = "en"
_PAGES: Final = ("text/html", "text/plain")
_A_YEAR_S: Final = 365 * 24 * 3600


class Language:
    """Hands the finished page on in the language asked for: the cookie's, or once and from then on by `?lang=`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, translated when English was chosen."""
        response = self.get_response(request)
        asked = request.GET.get("lang", "") if "lang=" in request.META.get("QUERY_STRING", "") else ""
        if asked:
            remember(response, asked)
        wanted = asked or request.COOKIES.get(LANGUAGE_COOKIE, "")
        if isinstance(response, HttpResponse):
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            if kind in _PAGES:
                patch_vary_headers(response, ("Cookie",))
            # The programs that call the API read Chinese; what a script of ours shows is for the visitor.
            if wanted == ENGLISH and not request.path_info.startswith("/api/"):
                _translate(response, kind)
        return response


def _translate(response: HttpResponse, kind: str) -> None:
    if kind in _PAGES:
        text = response.content.decode(response.charset or "utf-8")
        response.content = english(text) if kind == "text/html" else english_text(text)
    elif kind == "application/json" and b'"reason"' in response.content:
        said = json.loads(response.content)
        told = {key: english_text(said[key]) for key in ("reason", "remedy") if isinstance(said.get(key), str)}
        response.content = json.dumps(said | told, ensure_ascii=False)
    else:
        return
    response.headers["Content-Language"] = ENGLISH
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))


def remember(response: HttpResponseBase, language: str) -> None:
    """Keeps the choice for a year; anything but English is Chinese, which needs no cookie."""
    if language == ENGLISH:
        response.set_cookie(
            LANGUAGE_COOKIE,
            ENGLISH,
            max_age=_A_YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(LANGUAGE_COOKIE, samesite="Lax")


def changed(request: HttpRequest, language: str) -> HttpResponse:
    """Remembers the language and returns to where one was."""
    back = request.GET.get("back", "/")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if ours else "/")
    remember(response, language)
    return response
