"""Who is there, and for whom: sign-in, the party a person acts for, and the doors that ask for a post."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from banjie.actions import counter
from banjie.engine.permissions import ROLE_NAMES, Role
from banjie.packs.city import load_city
from banjie.records.counter import SessionRow
from banjie.records.models import Account
from banjie.records.people import PartyName, Standing, read_standing, standing
from banjie.web.arriving import visit_of
from banjie.wiring import platform

PARTY_KEY: Final = "party"
AT_COUNTER: Final = ("/apply/",)
"""Where a clerk with an open session at a window acts for her visitor."""
DEMO_PASSWORD: Final = "lanjiang-2026"  # noqa: S105 — of made-up people in a made-up city; the sign-in page shows it.
_SLOT: Final = "banjie.visitor"

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at a page. `party` is the person or company acted for; both are None for a stranger."""

    standing: Standing | None = None
    party: PartyName | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    counter: SessionRow | None = None
    """The session open at a window, on the pages of an application; `standing` is then the clerk's for the visitor."""

    @property
    def is_official(self) -> bool:
        """Whether the visitor holds a post."""
        return self.standing is not None and self.standing.is_official

    @property
    def acts_for_another(self) -> bool:
        """Whether the party is somebody else than the person signed in."""
        return self.party is not None and (self.party.kind == "company" or self.party.name != self.name)

    @property
    def home(self) -> str:
        """Where the visitor's own work is."""
        if self.roles & {Role.WINDOW, Role.REVIEWER, Role.DECIDER, Role.HEAD}:
            return "/office/"
        if Role.SUPERVISOR in self.roles:
            return "/supervise/"
        if Role.LEADER in self.roles:
            return "/lead"
        return "/manage/" if Role.MANAGER in self.roles else "/me"


STRANGER = Visitor()


def visitor(request: HttpRequest) -> Visitor:
    """Who is there; looked up once for each request."""
    known = request.META.get(_SLOT)
    if not isinstance(known, Visitor):
        known = _look_up(request)
        request.META[_SLOT] = known
    return known


def _look_up(request: HttpRequest) -> Visitor:
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_authenticated:
        return STRANGER
    name = account.display_name or account.username
    database, came = platform().database, visit_of(request, account)
    if came is not None:
        found = read_standing(database, account.key, came.standing, name=name, region=account.region)
    else:
        found = standing(database, account.key, platform().today(), name=name, region=account.region)
    if Role.WINDOW in found.actor.roles and request.path.startswith(AT_COUNTER):
        session = counter.current(platform(), account.key)
        acting = counter.standing_at(session, found) if session else None
        if acting is not None:
            return Visitor(acting, acting.parties[0], name, acting.actor.roles, session)
        # What has run out is over before the worker comes by: the pages of an application are where it would show.
        counter.end_run_out(platform(), found, platform().now())
    return Visitor(found, _party(found.parties, request.session.get(PARTY_KEY, "")), name, found.actor.roles)


def _party(parties: tuple[PartyName, ...], chosen: str) -> PartyName | None:
    """The party chosen in this session while the mandate lasts, else the person herself, else the first one."""
    for party in parties:
        if party.id == chosen:
            return party
    return next((party for party in parties if party.kind == "person"), parties[0] if parties else None)


# --- doors ---


def signed_in(view: View[Given]) -> View[Given]:
    """Asks a stranger to sign in first, and then returns here."""

    @wraps(view)
    def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if visitor(request).standing is None:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return asked


def official(view: View[Given]) -> View[Given]:
    """Lets in whoever holds a post at a desk: window, review, decision, head."""
    return holding(Role.WINDOW, Role.REVIEWER, Role.DECIDER, Role.HEAD)(view)


def holding(*roles: Role) -> Callable[[View[Given]], View[Given]]:
    """Lets in whoever holds one of these roles; tells the others which."""

    def door(view: View[Given]) -> View[Given]:
        @wraps(view)
        def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            who = visitor(request)
            if who.standing is None:
                return _to_sign_in(request)
            if not who.roles & set(roles):
                # The page of refusals is drawn in the frame, which asks this module who is there.
                from banjie.web.troubles import forbidden  # noqa: PLC0415

                return forbidden(request, f"这个页面供{_names(roles)}使用，您的账号没有这些岗位")
            return view(request, *args, **kwargs)

        return asked

    return door


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else ""
    if request.headers.get("HX-Request"):
        # Swapping the sign-in page into a panel would be odd: the browser is sent there.
        return HttpResponse(headers={"HX-Redirect": redirect_to_login(back).url})
    return redirect_to_login(back) if back else HttpResponseRedirect("/accounts/login/")


def _names(roles: Iterable[Role]) -> str:
    return "、".join(ROLE_NAMES[role] for role in roles)


@require_POST
@signed_in
def act_for(request: HttpRequest) -> HttpResponse:
    """Chooses for whom the person acts in this session."""
    from banjie.web.context import is_ours  # noqa: PLC0415 — the frame asks this module who is there.
    from banjie.web.troubles import forbidden  # noqa: PLC0415 — as above.

    who = visitor(request)
    wanted = request.POST.get("party", "")
    if who.standing is None or wanted not in {party.id for party in who.standing.parties}:
        return forbidden(request, "您没有被授权代理这个申请人", "请选择您本人，或请对方先授权给您。")
    request.session[PARTY_KEY] = wanted
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if back and is_ours(request, back) else "/me", status=303)


# --- sign-in ---


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """How accounts come and go here: they are opened by the office, and everyone arrives at their own work."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the identity service or the register of posts, never from a form."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officials come to their desk, everyone else to their own space."""
        request.META.pop(_SLOT, None)
        return visitor(request).home

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Home; by way of the identity service for whoever came from there, so that its session ends too."""
        from banjie.web.identity_national import came_by_national, provider_sign_out  # noqa: PLC0415 — as the adapter.

        home = reverse("home")
        if came_by_national(request):
            return provider_sign_out(request, request.build_absolute_uri(home)) or home
        return home

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The same page, which then says that it is done."""
        return reverse("account_change_password") + "?done=1"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the page one arrives at says enough, and an unread message would appear days later."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A made-up account that anybody may try."""

    username: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """Made-up accounts of one kind."""

    title: str
    accounts: tuple[DemoAccount, ...]


@cache
def demo_groups() -> tuple[DemoGroup, ...]:
    """The made-up city's accounts, by what they can do."""
    city = load_city()
    citizens = tuple(
        DemoAccount(
            person.username,
            person.name,
            "、".join(["本人", *(company.name for company in city.represented_by(person.id))]),
        )
        for person in city.people
    )
    groups = [DemoGroup("市民和企业经办人", citizens)]
    organs = {organ.code: organ.name for organ in city.organs}
    for role in (Role.WINDOW, Role.REVIEWER, Role.DECIDER, Role.HEAD, Role.SUPERVISOR, Role.LEADER, Role.MANAGER):
        holders = tuple(
            DemoAccount(
                official.username,
                official.name,
                "，".join([*(organs[code] for code in official.offices), official.duty]),
            )
            for official in city.officials
            if role in official.roles
        )
        if holders:
            groups.append(DemoGroup(ROLE_NAMES[role], holders))
    return tuple(groups)


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types.
    """allauth's sign-in, which in the made-up city lists the accounts one may try."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the made-up accounts by role while the demo is shown."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_groups"] = demo_groups() if settings.DEMO else []
        context["demo_password"] = DEMO_PASSWORD if settings.DEMO else ""
        context["identity_name"] = settings.IDENTITY_NAME if settings.IDENTITY_ISSUER else ""
        context["comes_too_late"] = self.request.GET.get("next") == reverse("kept")
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        """What was wrong; too many wrong passwords are told with the time to wait and the ways round it."""
        from banjie.web.identity_factors import told_to_wait  # noqa: PLC0415 — it draws pages in the frame.

        return told_to_wait(super().form_invalid(form), (form,))


def no_such_door(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Opening an account or a forgotten password: done by the office, not by a form; says where to go."""
    from banjie.web.context import render  # noqa: PLC0415 — the frame asks this module who is there.

    return render(request, "account/closed.html", status=HTTPStatus.OK if request.method == "GET" else HTTPStatus.GONE)
