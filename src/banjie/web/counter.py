"""窗口代办: a clerk files for whoever stands at her window, on the same pages as everyone, until the session ends."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banjie.actions import counter
from banjie.actions.ports import CardReaderAway
from banjie.actions.submissions import closed_online
from banjie.engine.cases import Channel
from banjie.engine.catalogue import Item
from banjie.engine.counter import Identified
from banjie.engine.ids import Malformed
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.records import drafts
from banjie.records.catalogue_search import Hit, Wish, look_up
from banjie.records.counter import SessionRow
from banjie.records.people import PartyName, Standing
from banjie.web import filling
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key
from banjie.web.guide import published
from banjie.web.identity import holding
from banjie.web.searching import clean
from banjie.web.window import window_of, windows_of
from banjie.wiring import platform

Given = ParamSpec("Given")
Page = Callable[Concatenate[HttpRequest, SessionRow, Given], HttpResponse]

FIELDS = ("name", "code", "phone", "identified", "ticket")


def at_window(page: Page[Given]) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """Hands a page the clerk's open session; without one it leads to where one begins."""

    @wraps(page)
    @holding(Role.WINDOW)
    def asked(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        row = counter.current(platform(), me(request).actor.account)
        if row is None:
            return HttpResponseRedirect(reverse("office-counter-over"), status=303)
        return page(request, row, *args, **kwargs)

    return asked


def acting(request: HttpRequest, row: SessionRow) -> Standing:
    """The clerk's standing for the visitor. Raises Http404 before an application has been begun."""
    standing = counter.standing_at(row, me(request))
    if standing is None:
        raise Http404("还没有开始填写")
    return standing


@never_cache
@require_GET
@holding(Role.WINDOW)
def home(request: HttpRequest) -> HttpResponse:
    """Who comes next, or what is done for whoever is here."""
    window = window_of(request)
    if window is None:
        return choose_window(request)
    row = counter.current(platform(), me(request).actor.account)
    if row is None:
        return identity_form(request, {"ticket": request.GET.get("ticket", "")})
    return _work(request, row)


@require_GET
@holding(Role.WINDOW)
def windows(request: HttpRequest) -> HttpResponse:
    """Sitting somewhere else."""
    return choose_window(request, back=reverse("office-queue"))


def choose_window(request: HttpRequest, back: str = "") -> HttpResponse:
    """Where she sits today."""
    options = [{"value": one.value, "text": f"{one.hall.name}：{one.name}"} for one in windows_of(me(request))]
    return render(request, "counter/window.html", {"options": options, "back": back or _back(request)})


def _back(request: HttpRequest) -> str:
    return request.get_full_path() if request.method == "GET" else ""


# --- who is here ---


def identity_form(
    request: HttpRequest, typed: dict[str, str], fault: Malformed | Refused | None = None
) -> HttpResponse:
    """读卡, or the card's name and number typed from the original."""
    wrong = {"field": fault.field or "", "message": f"{fault.reason}。{fault.remedy}"} if fault else {}
    context = {
        "window": window_of(request),
        "typed": {name: typed.get(name, "") for name in FIELDS},
        "fault": wrong,
        "faults": [wrong] if wrong else [],
        "demo": platform().demo,
    }
    return render(request, "counter/identify.html", context, status=422 if fault else 200, errors=bool(fault))


@never_cache
@require_POST
@holding(Role.WINDOW)
def identify(request: HttpRequest) -> HttpResponse:
    """Reads the card, or takes what was typed; then: for whom does she come?"""
    window = window_of(request)
    if window is None:
        return choose_window(request)
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    typed["identified"] = Identified.SIGHT.value
    if "read" in request.POST:
        try:
            card = platform().cards.read(window.value)
        except CardReaderAway as away:
            return identity_form(request, typed, Refused(str(away), rule="读卡器", field="name"))
        typed |= {"name": card.name, "code": card.code, "identified": Identified.CARD.value}
    try:
        found = counter.identify(platform(), typed["name"], typed["code"], phone=typed["phone"])
    except Malformed as fault:
        return identity_form(request, typed, fault)
    return _for_whom(request, typed, found)


def _for_whom(
    request: HttpRequest, typed: dict[str, str], found: counter.Visitor, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "typed": typed,
        "person": found.person,
        "options": [
            {"value": one.id, "text": one.name, "hint": "本人" if one.id == found.person.id else _mandate_words(one)}
            for one in found.choices
        ],
        "chosen": found.person.id if len(found.choices) == 1 else "",
        "key": request.POST.get("key", "") or fresh_key(),
        "refusal": refusal,
        "known": bool(found.account),
    }
    return render(request, "counter/for_whom.html", context, status=422 if refusal else 200, errors=bool(refusal))


def _mandate_words(party: PartyName) -> str:
    until = f"，到 {party.until:%Y-%m-%d}" if party.until else ""
    return f"{party.code or ''} 有授权{until}".strip()


@never_cache
@require_POST
@holding(Role.WINDOW)
def open_(request: HttpRequest) -> HttpResponse:
    """Begins: from here on the clerk works for her. Name and number are looked up again, never taken from the page."""
    window = window_of(request)
    if window is None:
        return choose_window(request)
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    try:
        found = counter.identify(platform(), typed["name"], typed["code"], phone=typed["phone"])
    except Malformed as fault:
        return identity_form(request, typed, fault)
    card = typed["identified"] == Identified.CARD.value
    try:
        counter.open_session(
            platform(),
            found,
            request.POST.get("party", ""),
            actor=me(request),
            hall=window.hall.code,
            window=window.name,
            identified=Identified.CARD if card else Identified.SIGHT,
            key=request.POST.get("key", "") or fresh_key(),
            ticket=typed["ticket"],
        )
    except Refused as refusal:
        return _for_whom(request, typed, found, refusal)
    return HttpResponseRedirect(reverse("office-counter"), status=303)


# --- what she came for ---


def _work(request: HttpRequest, row: SessionRow) -> HttpResponse:
    words = clean(request.GET.get("q", ""))
    window = window_of(request)
    wish = Wish(words, place=window.hall.region if window else "")
    hits: tuple[Hit, ...] = look_up(platform().database, wish, most=12).hits
    context = {
        "row": row,
        "session": row.session,
        "words": words,
        "hits": hits,
        "begun": [
            (draft, _item_name(draft.region, draft.item))
            for draft in drafts.of_account(platform().database, me(request).eyes)
            if draft.id in row.session.drafts and not draft.content.get("sent")
        ],
    }
    return render(request, "counter/work.html", context, search=False, counter=row.session)


def _item_name(region: str, code: str) -> str:
    law = platform().laws.published(region, code)
    return law.item.heading if law else "已经停止受理的事项"


@require_POST
@at_window
def begin(request: HttpRequest, row: SessionRow) -> HttpResponse:
    """Begins an application for the visitor, or goes on with one that was begun here."""
    region, code, draft = (request.POST.get(name, "") for name in ("region", "code", "draft"))
    clerk = me(request)
    known = drafts.find(platform().database, clerk.eyes, draft) if draft in row.session.drafts and draft else None
    item = published(known.region, known.item) if known else published(region, code)
    if reason := closed_online(platform(), item, Channel.COUNTER):
        raise Refused(reason, rule="受理范围", remedy="请按办事指南上的地址办理")
    party = PartyName(row.session.party.id, row.session.party.name, row.session.kind, row.session.party.code)
    if not filling.may_apply(item, party):
        raise Refused(
            f"“{item.heading}”不对{'个人' if party.kind == 'person' else '单位'}办理",
            rule="办事指南（服务对象）",
            remedy="请看清是以个人还是单位的名义办理",
        )
    if row.session.items and item.code not in row.session.items:
        raise Refused("她的授权不包括这个事项", rule="民法典第一百六十五条", remedy="请申请人本人来办，或重新授权")
    begun = known.id if known else filling.begin(platform(), clerk, item, party)
    counter.begin(platform(), row, actor=clerk, draft=begun, item=item.code, item_name=item.heading, seen=_seen(item))
    return HttpResponseRedirect(reverse("apply-guide" if item.questions else "apply", args=(begun,)), status=303)


def _seen(item: Item) -> tuple[str, ...]:
    """What of the party's data is shown for this item, in words: what the form fills in by itself, and her licences."""
    labels = dict.fromkeys(one.label for one in item.form.fields if one.source)
    return ("姓名或名称、证件号码", *labels, "持有的电子证照", "以前交过的材料")


@require_POST
@at_window
def prolong(request: HttpRequest, row: SessionRow) -> HttpResponse:
    """Some minutes more."""
    counter.prolong(platform(), row, actor=me(request))
    banners.success(request, "已经延长。")
    return HttpResponseRedirect(reverse("office-counter"), status=303)


@require_POST
@holding(Role.WINDOW)
def end(request: HttpRequest) -> HttpResponse:
    """结束: nothing of hers is left in this browser, and what is unfinished goes home with her."""
    row = counter.current(platform(), me(request).actor.account)
    if row is not None:
        counter.end(platform(), row, actor=me(request))
    answer = HttpResponseRedirect(reverse("office-counter-over"), status=303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@never_cache
@require_GET
@holding(Role.WINDOW)
def over(request: HttpRequest) -> HttpResponse:
    """What stands on the screen between two visitors: nothing of either."""
    counter.end_run_out(platform(), me(request), platform().now())
    running = counter.current(platform(), me(request).actor.account) is not None
    return render(request, "counter/over.html", {"running": running})
