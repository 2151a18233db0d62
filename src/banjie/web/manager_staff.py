"""人员管理: who sits where, what waits for a second person, and one official with her whole history."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import staff as acting
from banjie.engine.permissions import ROLE_NAMES, Role
from banjie.engine.staff import (
    RULE,
    Command,
    Decline,
    EndCertification,
    EndLeave,
    EndPost,
    Grant,
    Member,
    Post,
    ProposeCertification,
    Wish,
)
from banjie.engine.subject import Refused
from banjie.packs.sandbox import exercises
from banjie.records import journal, people, registers, sandbox, staff
from banjie.records.people import MACHINE
from banjie.records.staff import MemberRow, PostRow
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.manager import standing_of
from banjie.wiring import platform

PAGE: Final = 300
door = holding(Role.MANAGER, Role.HEAD)
OFFICE_ROLES: Final = (
    Role.WINDOW,
    Role.REVIEWER,
    Role.DECIDER,
    Role.HEAD,
    Role.SUPERVISOR,
    Role.MANAGER,
    Role.LEADER,
)


@require_safe
@door
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who sits where in the regions one manages, or in the office one heads."""
    return _list(request, None)


def _list(request: HttpRequest, error: Refused | None) -> HttpResponse:
    here, who = platform(), standing_of(request)
    governed = acting.governed_by(here, who)
    headed = {post.office for post in who.posts if post.role is Role.HEAD}
    words = request.GET.get("q", "")[:50].replace("\x00", "")
    office = request.GET.get("office", "")[:40].replace("\x00", "")
    places = governed or tuple({post.region for post in who.posts})
    rows = [
        row
        for row in staff.posts_of(here.database, places, here.today(), office=office, words=words, most=PAGE)
        if row.region in governed or row.office in headed
    ]
    organs = [one for region in places for one in registers.organs_of(here.database, region)]
    names = {one.code: one.name for one in organs}
    waiting = [
        (row, wish)
        for row in staff.waiting(here.database, places)
        if row.region in governed or _serves(row.member, headed)
        for wish in row.member.wishes
    ]
    context = {
        "rows": [_post_line(row, names, here.today()) for row in rows],
        "waiting": [_wish_line(row, wish) for row, wish in waiting],
        "organs": [
            {"value": one.code, "text": one.name} for one in organs if one.region in governed or one.code in headed
        ],
        "office": office,
        "words": words,
        "may_appoint": bool(governed),
        "roles": [{"value": role.value, "text": ROLE_NAMES[role]} for role in OFFICE_ROLES],
        "typed": request.POST,
        "today": here.today().isoformat(),
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "staff/list.html", context, status=status, errors=error is not None)


def _serves(member: Member, offices: set[str]) -> bool:
    return any(post.office in offices for post in member.posts)


def _post_line(row: PostRow, names: dict[str, str], today: date) -> dict[str, Any]:
    when = f"{row.from_day} 起" if row.from_day > today else ""
    if row.until_day:
        when = f"{when} 到 {row.until_day}".strip()
    return {
        "href": reverse("manage-staff-person", args=(row.account,)),
        "person": row.person,
        "account": row.account,
        "role": ROLE_NAMES[row.role],
        "duty": row.name,
        "office": names.get(row.office, row.office),
        "when": when,
    }


def _wish_line(row: MemberRow, wish: Wish) -> dict[str, Any]:
    return {
        "person": row.name,
        "href": reverse("manage-staff-person", args=(row.account,)),
        "what": words_of(wish),
        "by": "系统" if wish.by == "system" else wish.by_name,
        "on": wish.on,
    }


def words_of(wish: Wish) -> str:
    """What somebody asks for, in a sentence."""
    if wish.post is not None:
        moved = f"（同时离开{ROLE_NAMES[wish.replaces.role]}岗位）" if wish.replaces else ""
        return f"{wish.post.from_day} 起任{ROLE_NAMES[wish.post.role]}“{wish.post.name}”{moved}"
    if wish.leave is not None:
        return f"{wish.leave.from_day} 至 {wish.leave.until_day} 请假，{wish.leave.deputy_name}代班"
    return f"授予“{wish.certification.name}”上岗资格" if wish.certification else ""


@require_POST
@door
def appoint(request: HttpRequest) -> HttpResponse:
    """提请任职; another person must grant it."""
    post = request.POST
    try:
        role = Role(post.get("role", ""))
        if role not in OFFICE_ROLES:
            raise ValueError(role)
    except ValueError:
        return _list(request, Refused("没有选择岗位", rule=RULE, remedy="请选择一个岗位", field="role"))
    here = platform()
    found = next(
        (
            one
            for region in acting.governed_by(here, standing_of(request))
            for one in registers.organs_of(here.database, region)
            if one.code == post.get("office", "")
        ),
        None,
    )
    try:
        if found is None:
            raise Refused("没有选择单位", rule=RULE, remedy="请选择您管理的地区的一个单位", field="office")
        duty = _text(request, "duty", 60) or ROLE_NAMES[role]
        member = acting.appoint(
            here,
            actor=standing_of(request),
            username=_text(request, "account", 80),
            post=Post(role, found.code, found.region, duty, _day(request, "from_day")),
            reason=_text(request, "reason", 300),
        )
    except Refused as error:
        return _list(request, error)
    messages.success(request, f"已提请，请另一名人员管理岗或{found.name}负责人批准。批准之前岗位不生效。")
    return HttpResponseRedirect(reverse("manage-staff-person", args=(member.account,)), status=HTTPStatus.SEE_OTHER)


@require_safe
@door
def person(request: HttpRequest, account: str) -> HttpResponse:
    """One official: posts, leave, certifications, practice, and everything that happened."""
    return _person(request, _found(request, account), None)


def _found(request: HttpRequest, account: str) -> MemberRow:
    here, who = platform(), standing_of(request)
    row = staff.find(here.database, account[:150].replace("\x00", ""))
    side = acting.side_of(here, who, row.account) if row else None
    if row is None or side is None or not (side.governs or side.heads or row.account == who.actor.account):
        raise Http404(account)
    return row


def _person(request: HttpRequest, row: MemberRow, error: Refused | None) -> HttpResponse:
    here, who, today = platform(), standing_of(request), platform().today()
    member = row.member
    entries = journal.history(here.database, MACHINE.eyes, row.region, row.id)
    names = people.names_of(here.database, {entry.actor for entry in entries}) | {"system": "系统"}
    organs = {one.code: one.name for post in member.posts for one in registers.organs_of(here.database, post.region)}
    context = {
        "row": row,
        "joined_on": member.joined_on,
        "posts": [
            {
                "post": post,
                "role": ROLE_NAMES[post.role],
                "office": organs.get(post.office, post.office),
                "over": post.ended(today),
                "to_come": post.from_day > today,
            }
            for post in sorted(member.posts, key=lambda one: one.from_day, reverse=True)
        ],
        "leaves": [one for one in member.leaves if one.until_day >= today],
        "certifications": [one for one in member.certifications if one.valid_until is None or one.valid_until >= today],
        "wishes": [(wish, words_of(wish), "系统" if wish.by == "system" else wish.by_name) for wish in member.wishes],
        "results": [
            (one, exercises()[one.exercise].name if one.exercise in exercises() else one.exercise)
            for one in sandbox.results(here.database, MACHINE.eyes, row.account, most=20)
        ],
        "items": _items(),
        "history": [_told(entry, names) for entry in reversed(entries)],
        "me": who.actor.account,
        "today": today.isoformat(),
        "typed": request.POST,
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "staff/person.html", context, status=status, errors=error is not None)


def _items() -> list[dict[str, str]]:
    """What one may be certified for: the kinds of items, and the items with exercises."""
    here = platform()
    found = []
    for code in dict.fromkeys(one.item for one in exercises().values()):
        law = here.laws.published(here.region, code)
        if law is not None:
            found.append({"value": code, "text": law.item.heading})
    kinds = [
        {"value": f"kind:{kind.value}", "text": f"全部{name}事项"} for kind, name in acting.ITEM_KIND_NAMES.items()
    ]
    return [*found, *kinds]


_TOLD: Final = {
    "Enrolled": "进入工作人员名册",
    "Wished": "提请",
    "Declined": "没有批准",
    "Appointed": "任职",
    "PostEnded": "离岗",
    "LeaveTaken": "请假",
    "LeaveEnded": "销假",
    "Certified": "取得上岗资格",
    "CertificationEnded": "收回上岗资格",
}


def _told(entry: journal.Entry, names: dict[str, str]) -> dict[str, Any]:
    data = entry.data
    said = []
    for name in ("post", "leave", "certification"):
        part = data.get(name)
        if isinstance(part, dict):
            said.append(str(part.get("name") or part.get("reason") or ""))
            said.append("、".join(str(part[key]) for key in ("from_day", "until_day", "valid_from") if part.get(key)))
    said += [str(data[key]) for key in ("last_day", "back_on", "reason") if data.get(key)]
    return {
        "title": _TOLD.get(entry.kind, entry.kind),
        "time": entry.at,
        "who": names.get(entry.actor, entry.actor),
        "detail": "；".join(one for one in said if one),
    }


@require_POST
@door
def act(request: HttpRequest, account: str, act: str) -> HttpResponse:
    """One act on an official; or why not, with what was typed kept."""
    row = _found(request, account)
    read = _ACTS.get(act)
    if read is None:
        raise Http404(act)
    try:
        command = read(request)
        acting.act_on_member(platform(), command, actor=standing_of(request), account=row.account, region=row.region)
    except Refused as error:
        return _person(request, row, error)
    messages.success(request, _SAID[act])
    return HttpResponseRedirect(reverse("manage-staff-person", args=(row.account,)), status=HTTPStatus.SEE_OTHER)


def _end_post(request: HttpRequest) -> Command:
    role, _, office = request.POST.get("post", "").partition("|")
    if role not in set(Role):
        raise Refused("没有选择岗位", rule=RULE, remedy="请选择要结束的岗位", field="post")
    return EndPost(Role(role), office[:40], _day(request, "on"), _text(request, "reason", 300))


def _certify(request: HttpRequest) -> Command:
    chosen = request.POST.get("item", "")
    name = next((one["text"] for one in _items() if one["value"] == chosen), "")
    if not name:
        raise Refused("没有选择事项", rule="持证上岗规定", remedy="请选择一个事项或一类事项", field="item")
    until = _day(request, "valid_until") if request.POST.get("valid_until", "").strip() else None
    return ProposeCertification(chosen, name, platform().today(), until, _text(request, "source", 200))


_ACTS: Final[dict[str, Callable[[HttpRequest], Command]]] = {
    "end-post": _end_post,
    "grant": lambda request: Grant(_text(request, "wish", 10)),
    "decline": lambda request: Decline(_text(request, "wish", 10), _text(request, "reason", 300)),
    "certify": _certify,
    "end-certification": lambda request: EndCertification(
        _text(request, "item", 80), platform().today(), _text(request, "reason", 300)
    ),
    "end-leave": lambda request: EndLeave(_text(request, "key", 10), _day(request, "on")),
}

_SAID: Final = {
    "end-post": "已登记离岗。最后一天过后，她登录后不再看到办件，她承办的待办退回本单位。",
    "grant": "已批准，马上生效。",
    "decline": "已不批准，提请的人能看到原因。",
    "certify": "已提请授予上岗资格，请另一人批准。",
    "end-certification": "已收回上岗资格。",
    "end-leave": "已销假。",
}


def _text(request: HttpRequest, name: str, most: int) -> str:
    return request.POST.get(name, "").strip()[:most].replace("\x00", "")


def _day(request: HttpRequest, name: str) -> date:
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("日期不是有效的日期", rule=RULE, remedy="请按 2026-12-01 的格式填写", field=name) from None
