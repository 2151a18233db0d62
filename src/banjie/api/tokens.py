"""Who calls: a bearer token, looked up once and believed for half a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import close_old_connections
from django.http import HttpRequest
from ninja.security import HttpBearer

from banjie.actions.platform import Platform
from banjie.api.problems import unauthorized
from banjie.records.models import Token
from banjie.records.people import Standing, standing
from banjie.wiring import platform

FRESH_FOR_S: Final = 30.0
"""How long, in seconds, a token taken back or a post taken away may still be believed."""

KEPT: Final = 4096
SCHEME: Final = "bearer "


@dataclass(frozen=True, slots=True)
class _Known:
    standing: Standing
    until: float


class Doorkeeper:
    """Remembers who stands behind which token. Thread-safe: entries are replaced whole, never changed.

    Only tokens that are valid are remembered, so that a flood of wrong ones pushes nobody out.
    """

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._known: dict[str, _Known] = {}

    def standing(self, authorization: str | None) -> Standing:
        """The account behind the header `Authorization: Bearer …`. Raises `Troubled` (401) when there is none."""
        if authorization is None or authorization[:7].lower() != SCHEME:
            raise unauthorized()
        digest = Token.digest_of(authorization[7:].strip())
        known = self._known.get(digest)
        if known is None or known.until < self._tick():
            known = self._look_up(digest, platform())
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)), None)
            self._known[digest] = known
        return known.standing

    def forget(self) -> None:
        """Looks everybody up anew: in tests, after posts have changed."""
        self._known.clear()

    def _look_up(self, digest: str, at: Platform) -> _Known:
        # The short cut of `hot` sends none of Django's request signals, which otherwise drop a dead connection.
        close_old_connections()
        token = Token.objects.select_related("account").filter(digest=digest, account__is_active=True).first()
        now = at.now()
        left = timedelta(seconds=FRESH_FOR_S)
        if token is not None and token.valid_until is not None:
            left = min(left, token.valid_until - now)
        if token is None or left <= timedelta(0):
            self._known.pop(digest, None)
            raise unauthorized()
        account = token.account
        found = standing(
            at.database, account.key, at.today(), name=account.display_name or account.username, region=account.region
        )
        return _Known(found, self._tick() + left.total_seconds())


keeper: Final = Doorkeeper()
"""The doorkeeper of this process."""


class Bearer(HttpBearer):
    """The same for the doors that ninja keeps."""

    def __call__(self, request: HttpRequest) -> Standing:
        """The caller. Raises `Troubled` (401)."""
        return keeper.standing(request.META.get("HTTP_AUTHORIZATION"))

    def authenticate(self, request: HttpRequest, token: str) -> Standing:
        """As ninja's base class asks it."""
        return keeper.standing(f"Bearer {token}")


def caller(request: HttpRequest) -> Standing:
    """Who calls, at a door behind `Bearer`."""
    found: Standing = request.auth  # type: ignore[attr-defined]  # Ninja puts there what `Bearer` answered.
    return found
