"""A request that is larger than anything we take is answered before its body is read.

A form is unpacked before any page sees it, into memory and temporary files. Whoever sends two gigabytes would fill
the disk with them first and be refused afterwards; so the length it announces decides. One that announces none has
no body for us, as WSGI has it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from banjie.web import troubles


class BoundedBody:
    """Refuses bodies beyond `settings.BODY_LIMIT`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or 413 with nothing read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        # The API answers in its own form, from its own limits, and reads no more than those.
        if length.isdigit() and int(length) > settings.BODY_LIMIT and not request.path_info.startswith("/api/"):
            return _too_large()
        return self.get_response(request)


def _too_large() -> HttpResponse:
    most = settings.BODY_LIMIT // 2**20
    response = troubles.too_large(most)
    # What was not read would be taken for the next request on the same connection.
    response.headers["Connection"] = "close"
    return response
