"""How the pages look to one visitor, beyond the edition for the elderly: higher contrast, kept in a cookie."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

CONTRAST_COOKIE: Final = "bj_contrast"
_A_YEAR_S: Final = 365 * 24 * 3600


def is_high(request: HttpRequest) -> bool:
    """Whether the visitor has chosen higher contrast."""
    return request.COOKIES.get(CONTRAST_COOKIE) == "1"


def contrast_link(request: HttpRequest, back: str) -> str:
    """The address that changes the contrast and comes back; it says which, so that going back changes nothing."""
    return f"/contrast?on={'0' if is_high(request) else '1'}&back={back}"


@require_GET
def contrast(request: HttpRequest) -> HttpResponse:
    """Changes the contrast and returns to where one was."""
    back = request.GET.get("back", "/")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if ours else "/")
    if request.GET.get("on") == "1":
        response.set_cookie(
            CONTRAST_COOKIE,
            "1",
            max_age=_A_YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(CONTRAST_COOKIE, samesite="Lax")
    return response
