"""Who comes with a session: Django's sessions and its middleware of authentication, with two calls instead of six.

Every page of everyone who is signed in begins here. The checks are Django's own: the backend must be one of ours, and
the session must have been made under the password the account has now. Whoever does not pass them at once is left to
Django, which knows the rarer cases.
"""

from typing import Any, Final

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from banjie.records import visits
from banjie.records.models import Account
from banjie.records.visits import Visit
from banjie.wiring import platform

_SLOT: Final = "banjie.visit"


class SessionStore(db.SessionStore):
    """Sessions as Django keeps them in the database; only reading is done another way."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or too old is forgotten."""
        key = self.session_key
        data = visits.session_data(platform().database, key) if key and key.isalnum() else None
        if data is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(data)
        return found


class Arrival(AuthenticationMiddleware):
    """Gives a request its user, looked up when it is first asked for."""

    def process_request(self, request: HttpRequest) -> None:
        """The user of the request."""
        super().process_request(request)
        # The type is Django's: an account, or nobody's.
        request.user = SimpleLazyObject(lambda: _who(request))  # type: ignore[assignment]


def visit_of(request: HttpRequest, account: Account) -> Visit | None:
    """What came with the request's own account in the one call; None for an account that signed in meanwhile."""
    found = request.META.get(_SLOT)
    return found if isinstance(found, Visit) and found.account.pk == account.pk else None


def _who(request: HttpRequest) -> Account | AnonymousUser:
    session = request.session
    number = str(session.get(auth.SESSION_KEY, ""))
    if not number.isdecimal():
        return AnonymousUser()
    if session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
        at = platform()
        found = visits.visit(at.database, int(number), at.today())
        if found is not None and constant_time_compare(
            session.get(auth.HASH_SESSION_KEY, ""), found.account.get_session_auth_hash()
        ):
            request.META[_SLOT] = found
            return found.account
    user = auth.get_user(request)
    return user if isinstance(user, Account) else AnonymousUser()
