"""Doors behind a limit: 429 with when to try again. What counts stands in `actions.tries`.

The address is the visitor's own also behind our proxies (`middleware.ClientAddress`).
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from banjie.actions import tries
from banjie.packs.identity import identity
from banjie.wiring import platform

Given = ParamSpec("Given")
Page = Callable[Concatenate[HttpRequest, Given], HttpResponse]

PROCESS: Final = "process"


def consume(request: HttpRequest, name: str, *, account: str = "") -> int:
    """Counts a try. Answers with the seconds to wait, 0 when there is nothing to wait for."""
    address = request.META.get("REMOTE_ADDR", "")
    return tries.consume(platform(), name, address=address, account=account, secret=settings.SECRET_KEY)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """429: in how many seconds to try again, and what can be done meanwhile."""
    from banjie.web.context import render  # noqa: PLC0415 — the frame asks who is there.

    words = {"wait": tries.in_words(wait)}
    answer = render(request, "account/too_many.html", words, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(wait)
    return answer


def limited(name: str, method: str = "POST") -> Callable[[Page[Given]], Page[Given]]:
    """A door behind a limit by address."""

    def door(page: Page[Given]) -> Page[Given]:
        @wraps(page)
        def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            wait = consume(request, name) if request.method == method else 0
            return too_many(request, wait) if wait else page(request, *args, **kwargs)

        return asked

    return door


def spared(name: str) -> Callable[[Page[Given]], Page[Given]]:
    """A door whose limit only spares us work: counted in this process alone, without asking the database."""

    def door(page: Page[Given]) -> Page[Given]:
        @wraps(page)
        def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            limit, cache = identity().limit(name), caches[PROCESS]
            key = f"spared:{name}:{tries.network_of(request.META.get('REMOTE_ADDR', ''))}"
            cache.add(key, 0, timeout=limit.seconds)
            try:
                count = cache.incr(key)
            except ValueError:
                count = 1  # The time ended between the two calls.
            if limit.by_address and count > limit.by_address:
                return too_many(request, limit.seconds)
            return page(request, *args, **kwargs)

        return asked

    return door
