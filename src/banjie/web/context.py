"""What the frame of every page needs to know: who is there, for whom, in which edition, and where one is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render as django_render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from banjie.engine.calendar import CHINA
from banjie.engine.counter import Session
from banjie.engine.permissions import Role
from banjie.packs.identity import identity
from banjie.records import messages
from banjie.records.models import Account
from banjie.records.people import PartyName
from banjie.web import appearance
from banjie.web.arriving import visit_of
from banjie.web.identity import Visitor, visitor
from banjie.web.jinja import speaking
from banjie.web.sessions import left_s
from banjie.wiring import platform

ELDER_COOKIE: Final = "bj_elder"
OVER: Final = "/office/counter/over"
"""What stands on a window's screen when a session has ended."""
A_YEAR_S: Final = 365 * 24 * 3600
_SLOT: Final = "banjie.page"

DESK_ROLES: Final = frozenset({Role.WINDOW, Role.REVIEWER, Role.DECIDER, Role.HEAD})

_LINKS: Final = {"search": "/search"}
_WATCHING: Final = tuple(
    f"/supervise/{one}" for one in ("watch", "cards", "orders", "causes", "incidents", "findings", "grades")
)
_WINDOW: Final = (
    {"key": "queue", "text": "窗口叫号", "href": "/office/queue"},
    {"key": "counter", "text": "窗口代办", "href": "/office/counter"},
)


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
    counter: Session | None = None,
) -> HttpResponse:
    """A page. `nav` is the key of the present entry (found from the address when not given); `errors` says so in
    the title; `query` stays in the search box; `search=False` hides it; `counter` is a window's open session."""
    who = visitor(request)
    session = counter or (who.counter.session if who.counter else None)
    given = {"nav": nav, "errors": errors or None, "query": query or None, "search": search, "counter": session}
    request.META[_SLOT] = {key: value for key, value in given.items() if value is not None}
    with speaking(get_language()):
        answer = django_render(request, template, dict(context or {}), status=status)
    if session is not None and session.until is not None:
        _clears_itself(answer, session.until)
    return answer


def _clears_itself(answer: HttpResponse, until: datetime) -> None:
    """Takes a visitor's data off a window's screen when her session ends, also when nobody touches it any more."""
    left = max(int((until - platform().now()).total_seconds()), 0) + 1
    answer.headers["Refresh"] = f"{left}; url={OVER}"


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `page` for base.html, and `visitor`."""
    who = visitor(request)
    described: dict[str, Any] = {
        "nav": _nav(request.path),
        "actor": who.name or None,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "contrast": appearance.is_high(request),
        "demo": settings.DEMO,
        "errors": False,
        "query": "",
        "acting_for": who.party.name if who.party and who.acts_for_another else "",
        "unread": _unread(request, who),
        "acting_bar": _acting_bar(request, who),
        "counter": None,
        "lease": _lease(request),
        "links": _links(request, who),
    }
    if _is_desk(request.path) or (request.path.startswith("/clock") and who.is_official):
        described["nav_items"] = desk_entries(who)
        described["search"] = False
    described |= request.META.get(_SLOT, {})
    return {"page": described, "visitor": who, "csrf_input": Token(request)}


class Token:
    """The hidden input against forged forms: made when a form first asks for it, and the same on the whole page.

    Django's own makes a new one at each mention; and pages of strangers without a form should need no cookie.
    """

    __slots__ = ("_made", "_request")

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._made = ""

    def __html__(self) -> str:
        """The element."""
        if not self._made:
            # The token is Django's, of letters and digits.
            self._made = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(self._request)}">'
        return self._made

    def __str__(self) -> str:
        """The same, for templates that join it to other text."""
        return self.__html__()


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
            {"key": "precases", "text": "审前服务", "href": "/office/precases"},
            {"key": "meetings", "text": "会议", "href": "/office/meetings"},
            {"key": "visits", "text": "现场核查", "href": "/office/visits"},
            {"key": "done", "text": "本单位办件", "href": "/office/done"},
            *(_WINDOW if Role.WINDOW in who.roles else ()),
            {"key": "contests", "text": "数据异议", "href": "/office/contests"},
            {"key": "watch", "text": "督查与提醒", "href": "/office/watch"},
            {"key": "leave", "text": "请假和练习", "href": "/office/leave"},
        ]
    if Role.SUPERVISOR in who.roles:
        entries.append({"key": "supervise", "text": "时限督查", "href": "/supervise/"})
        entries.append({"key": "watching", "text": "电子监察", "href": "/supervise/watch"})
        entries.append({"key": "asks", "text": "一次提交", "href": "/supervise/asks"})
        entries.append({"key": "notices", "text": "催办和通知", "href": "/supervise/notices"})
        entries.append({"key": "reporting", "text": "数据上报", "href": "/supervise/reporting"})
        entries.append({"key": "lifted", "text": "审前结论变更", "href": "/supervise/precases"})
    if who.roles & {Role.LEADER, Role.HEAD, Role.SUPERVISOR}:
        entries.append({"key": "lead", "text": "领导看板", "href": "/lead"})
        entries.append({"key": "figures", "text": "数据分析", "href": "/figures"})
        entries.append({"key": "flow", "text": "流程分析", "href": "/supervise/flow"})
        entries.append({"key": "elsewhere", "text": "部门系统", "href": "/supervise/elsewhere"})
    if Role.MANAGER in who.roles:
        entries.append({"key": "manage", "text": "事项管理", "href": "/manage/"})
    if who.roles & {Role.MANAGER, Role.HEAD}:
        entries.append({"key": "calendars", "text": "工作日历", "href": "/manage/calendars"})
        entries.append({"key": "staff", "text": "人员管理", "href": "/manage/staff"})
    return [*entries, {"key": "home", "text": "办事大厅", "href": "/"}]


def _is_desk(path: str) -> bool:
    return path.startswith(("/office", "/manage", "/supervise", "/lead", "/figures"))


def _nav(path: str) -> str:
    """The entry of the navigation under which an address lies."""
    if path in ("/office/done", "/office/contests", "/supervise/asks", "/supervise/notices"):
        return path.rpartition("/")[2]
    if path.startswith(("/office/meetings", "/office/visits")):
        return path.split("/")[2]
    if path.startswith("/office/precases"):
        return "precases"
    if path.startswith(("/office/counter", "/office/queue")):
        return path.split("/")[2]
    if path.startswith("/office/watch"):
        return "watch"
    if path.startswith(_WATCHING):
        return "watching"
    if path.startswith(("/supervise/elsewhere", "/supervise/flow", "/supervise/reporting")):
        return path.split("/")[2]
    if path == "/supervise/precases":
        return "lifted"
    if path.startswith("/manage/calendars"):
        return "calendars"
    if path.startswith(("/manage/staff", "/manage/rosters")):
        return "staff"
    if path.startswith(("/office/leave", "/office/errors", "/office/practice")):
        return "leave"
    first = path.split("/")[1]
    return {"": "home", "search": "", "items": "", "clock": ""}.get(first, first)


def _links(request: HttpRequest, who: Visitor) -> dict[str, str]:
    other = "0" if request.COOKIES.get(ELDER_COOKIE) == "1" else "1"
    back = request.path if request.method == "GET" else "/"
    return _LINKS | {
        "account": who.home,
        "elder": f"/elder?on={other}&back={back}",
        "english": f"/language/en?back={back}",
        "contrast": appearance.contrast_link(request, back),
    }


def _acting_bar(request: HttpRequest, who: Visitor) -> PartyName | None:
    """For whom she acts, on every page; an application says it itself, for it has a holder of its own."""
    if who.acts_for_another and not request.path.startswith("/apply") and not _is_desk(request.path):
        return who.party
    return None


def _lease(request: HttpRequest) -> dict[str, Any] | None:
    """When the sign-in ends, for whoever is signed in."""
    left = left_s(request)
    if left is None:
        return None
    ends = platform().now().astimezone(CHINA) + timedelta(seconds=left)
    return {"left": left, "warn": identity().sessions.warn * 60, "ends": f"{ends:%H:%M}"}


def _unread(request: HttpRequest, who: Visitor) -> int:
    if who.standing is None or not who.standing.parties or who.counter is not None:
        return 0
    came = visit_of(request, request.user) if isinstance(request.user, Account) else None
    if came is not None and not who.standing.actor.narrow:
        return came.unread
    parties = [party.id for party in who.standing.parties]
    return messages.unread(platform().database, who.standing.eyes, parties)
