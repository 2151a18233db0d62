"""What the frame of every page needs to know: who is there, for whom, in which edition, and where one is."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as django_render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from banjie.engine.permissions import Role
from banjie.records import messages
from banjie.web.identity import Visitor, visitor
from banjie.wiring import platform

ELDER_COOKIE: Final = "bj_elder"
A_YEAR_S: Final = 365 * 24 * 3600
_SLOT: Final = "banjie.page"

DESK_ROLES: Final = frozenset({Role.WINDOW, Role.REVIEWER, Role.DECIDER, Role.HEAD})

_LINKS: Final = {"search": "/search"}


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    nav: str | None = None,
    errors: bool = False,
    query: str = "",
    search: bool | None = None,
) -> HttpResponse:
    """A page. `nav` is the key of the present entry (found from the address when not given); `errors` says so in
    the title; `query` stays in the search box; `search=False` hides it."""
    given = {"nav": nav, "errors": errors or None, "query": query or None, "search": search}
    request.META[_SLOT] = {key: value for key, value in given.items() if value is not None}
    return django_render(request, template, dict(context or {}), status=status)


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `page` for base.html, and `visitor`."""
    who = visitor(request)
    described: dict[str, Any] = {
        "nav": _nav(request.path),
        "actor": who.name or None,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "demo": settings.DEMO,
        "errors": False,
        "query": "",
        "acting_for": who.party.name if who.party and who.acts_for_another else "",
        "unread": _unread(who),
        "links": _links(request, who),
    }
    if _is_desk(request.path) or (request.path.startswith("/clock") and who.is_official):
        described["nav_items"] = desk_entries(who)
        described["search"] = False
    described |= request.META.get(_SLOT, {})
    return {"page": described, "visitor": who}


@require_http_methods(["GET", "HEAD", "POST"])
def elder(request: HttpRequest) -> HttpResponse:
    """Changes between the standard edition and the one for the elderly, and returns to where one was.

    A link with `on=1` or `on=0` says which, so that going back or prefetching changes nothing by surprise.
    """
    asked = request.GET.get("on", request.POST.get("on", ""))
    on = asked == "1" if asked in ("0", "1") else request.COOKIES.get(ELDER_COOKIE) != "1"
    back = request.GET.get("back", request.POST.get("back", "/"))
    response = HttpResponseRedirect(back if is_ours(request, back) else "/")
    if on:
        response.set_cookie(
            ELDER_COOKIE, "1", max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    return response


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address stays on this site."""
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def desk_entries(who: Visitor) -> list[dict[str, str]]:
    """The navigation of officials: the desks their posts open."""
    entries = []
    if who.roles & DESK_ROLES:
        entries += [
            {"key": "office", "text": "我的待办", "href": "/office/"},
            {"key": "done", "text": "本单位办件", "href": "/office/done"},
        ]
    if Role.SUPERVISOR in who.roles:
        entries.append({"key": "supervise", "text": "时限督查", "href": "/supervise/"})
    if Role.MANAGER in who.roles:
        entries.append({"key": "manage", "text": "事项管理", "href": "/manage/"})
    return [*entries, {"key": "home", "text": "办事大厅", "href": "/"}]


def _is_desk(path: str) -> bool:
    return path.startswith(("/office", "/manage", "/supervise"))


def _nav(path: str) -> str:
    """The entry of the navigation under which an address lies."""
    if path == "/office/done":
        return "done"
    first = path.split("/")[1]
    return {"": "home", "search": "", "items": "", "clock": ""}.get(first, first)


def _links(request: HttpRequest, who: Visitor) -> dict[str, str]:
    other = "0" if request.COOKIES.get(ELDER_COOKIE) == "1" else "1"
    back = request.path if request.method == "GET" else "/"
    return _LINKS | {"account": who.home, "elder": f"/elder?on={other}&back={back}"}


def _unread(who: Visitor) -> int:
    if who.standing is None or not who.standing.parties:
        return 0
    parties = [party.id for party in who.standing.parties]
    return messages.unread(platform().database, who.standing.eyes, parties)
