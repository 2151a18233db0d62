"""How long one stays signed in: a lease that is renewed by doing something, warned of before it ends, and after which
nothing typed is lost.

The lease is shorter than the session's own cookie, so that whose it was is still known when a form comes too late. Then
what she sent is kept for a short while, in the database and bound to her account; once she has signed in again she is
shown it and sends it with one press. No secret stands in an address, and nobody else can pick it up.
"""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banjie.packs.identity import identity
from banjie.records.models import Account
from banjie.wiring import platform

LEASE: Final = "lease"
KEPT: Final = "kept"
OFFERED: Final = "kept-page"
_ENDED: Final = "banjie.ended"
_LEFT: Final = "banjie.lease"

LARGEST_KEPT: Final = 256 * 1024
"""Characters of a form that are kept; a form of 200 fields and 50 rows has a tenth of it."""

NEVER_KEPT: Final = frozenset({"csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2"})
OWN_DOORS: Final = "/accounts/"


class Lease:
    """Ends a session whose lease is over, renews it otherwise, and keeps what came too late.

    Stands behind authentication. The lease is written anew only when a quarter of it is used up, so that most pages
    write nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, for whoever is still signed in."""
        user = request.user
        if isinstance(user, Account) and user.is_authenticated:
            now = _now()
            until = request.session.get(LEASE)
            length = _length(request)
            if isinstance(until, int | float) and now > until:
                request.META[_ENDED] = user.key
                logout(request)
            elif not isinstance(until, int | float) or until - now < length * 0.75:
                request.session[LEASE] = until = now + length
            if _ENDED not in request.META and isinstance(until, int | float):
                request.META[_LEFT] = int(until - now)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """A form that came after the end. Its token has been checked by now, so it is no other site's."""
        ended = request.META.get(_ENDED)
        if ended is None or request.path.startswith(OWN_DOORS):
            return None
        if request.headers.get("X-Requested-With") == "autosave":
            return HttpResponse("登录已到时，这一页还没有暂存。请点“继续”，登录后内容会还给您。", status=401)
        if request.method != "POST":
            return None
        _keep(request, ended)
        address = f"{reverse('account_login')}?{urlencode({'next': reverse('kept')})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address, status=303)


def left_s(request: HttpRequest) -> int | None:
    """Seconds until the lease ends, None for a stranger."""
    left = request.META.get(_LEFT)
    return left if isinstance(left, int) else None


def _now() -> float:
    return platform().now().timestamp()


def _length(request: HttpRequest) -> int:
    """How long this visitor's lease is, in seconds. Whoever holds a post has the length of a working day."""
    from banjie.web.context import ELDER_COOKIE  # noqa: PLC0415 — the frame asks this module how long is left.
    from banjie.web.identity import visitor  # noqa: PLC0415 — as above.

    lengths = identity().sessions
    minutes = max(lengths.elder, lengths.citizen) if request.COOKIES.get(ELDER_COOKIE) == "1" else lengths.citizen
    known = request.session.get(LEASE + "-post")
    if known is None:
        known = request.session[LEASE + "-post"] = visitor(request).is_official
    return (lengths.official if known else minutes) * 60


def _keep(request: HttpRequest, account: str) -> None:
    """Puts a form that came too late into the new session: bound to the account, without secrets or files."""
    fields = [(name, value) for name in request.POST if name not in NEVER_KEPT for value in request.POST.getlist(name)]
    size = sum(len(name) + len(str(value)) for name, value in fields)
    kept = {
        "account": account,
        "path": request.get_full_path(),
        "fields": fields if size <= LARGEST_KEPT else [],
        "files": bool(request.FILES),
        "whole": size <= LARGEST_KEPT,
        "until": _now() + identity().sessions.keep * 60,
    }
    request.session[KEPT] = kept


@never_cache
@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """刚才没有交上去的内容: shown to whom it belongs, to be sent with one press; nobody else learns of it."""
    from banjie.web.context import render  # noqa: PLC0415 — the frame asks this module how long is left.

    found = request.session.get(KEPT)
    user = request.user
    if not isinstance(user, Account) or not user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if found is not None and (found["account"] != user.key or found["until"] < _now()):
        del request.session[KEPT]
        found = None
    return render(request, "account/kept.html", {"kept": found}, nav="me")


@require_POST
def drop_kept(request: HttpRequest) -> HttpResponse:
    """She does not want it any more."""
    request.session.pop(KEPT, None)
    return HttpResponseRedirect(reverse("me"), status=303)


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """继续办理: a new lease. With scripts the page learns how long it is, without one returns to where one was."""
    from banjie.web.context import is_ours  # noqa: PLC0415 — the frame asks this module how long is left.

    signed_in = request.user.is_authenticated
    if signed_in:
        length = _length(request)
        request.session[LEASE] = _now() + length
        request.META[_LEFT] = length
    if request.headers.get("X-Requested-With") == "lease":
        return JsonResponse({"left": left_s(request) or 0}, status=200 if signed_in else 401)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if back and is_ours(request, back) else reverse("me"), status=303)
