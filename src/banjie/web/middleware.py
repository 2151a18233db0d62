"""What every answer carries: what a page may load, what may be kept, and no door for a bad request to break.

Static files are answered here, before sessions and cookies are looked at, so that they cost next to nothing.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

import psycopg
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from banjie.engine.subject import Malformed, Refused
from banjie.web import assets, troubles
from banjie.web.identity_national import provider_origin

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "frame-src 'none'",
    )
)
DESK_POLICY: Final = PAGE_POLICY.replace("frame-src 'none'", "frame-src 'self'")
"""For the page on which an official reads papers in a frame beside the points of review."""

PAPER_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
"""For a paper itself: it loads nothing and may stand only in our own frame."""

_POLICY: Final = "Content-Security-Policy"
_FEATURES: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
        "xr-spatial-tracking",
    )
)


class ClientAddress:
    """Puts the visitor's own address where every limit on guessing looks for it: in REMOTE_ADDR.

    Behind proxies of ours the address that connects is the nearest proxy's, one and the same for everybody. Each
    proxy appends whom it has seen to X-Forwarded-For, so what counts is the entry as many places from the right as
    there are proxies; what stands before it was written by the visitor, who may write anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the visitor's address known."""
        proxies = settings.TRUSTED_PROXIES
        if proxies > 0:
            seen = request.headers.get("X-Forwarded-For", "").split(",")
            address = seen[-proxies].strip() if len(seen) >= proxies else ""
            if _is_address(address):
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class StrictContent:
    """Content-Security-Policy, Permissions-Policy, caching, static files, and refusals turned into pages.

    A view that needs another policy sets the header itself; what is set is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers."""
        if request.path_info.startswith(assets.PREFIX):
            response: HttpResponseBase = _static(request)
        else:
            response = self.get_response(request)
            if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
                # Shared computers in service halls: what a signed-in person saw must not be found by the next one.
                response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(_POLICY, PAGE_POLICY)
        if provider := provider_origin():
            # Signing in and out are forms of ours that end at the identity service.
            policy = response.headers[_POLICY]
            response.headers[_POLICY] = policy.replace("form-action 'self'", f"form-action 'self' {provider}")
        response.headers.setdefault("Permissions-Policy", _FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The law's no, and what the database cannot hold, become pages that say how to go on."""
        if isinstance(error, Refused):
            return troubles.refused(request, error)
        if isinstance(error, Malformed):
            return troubles.malformed(request, error)
        if isinstance(error, psycopg.DataError):
            # A NUL in an address, a day in the year 300000: not a fault of ours.
            return troubles.malformed(request, Malformed("", "含有系统无法处理的内容", "请检查后重新填写"))
        return None


def may_be_framed(response: HttpResponseBase, *, policy: str = PAPER_POLICY) -> None:
    """Lets a paper stand in a frame of our own pages and nowhere else."""
    response.headers[_POLICY] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"


def may_frame(response: HttpResponseBase) -> None:
    """Lets a page hold frames with our own papers."""
    response.headers[_POLICY] = DESK_POLICY


def _static(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        return assets.serve(request, request.path_info.removeprefix(assets.PREFIX))
    except Http404:
        return HttpResponse("没有这个静态文件", status=404, content_type="text/plain; charset=utf-8")
