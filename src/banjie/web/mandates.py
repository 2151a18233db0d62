"""我的授权: for whom I act, who acts for me; giving, accepting, ending, and what has happened to each."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.actions.mandates import act_on_mandate, claim_company, custom, find_person, offer
from banjie.engine.ids import Malformed
from banjie.engine.mandates import (
    KIND_NAMES,
    NAMES,
    STATUS_NAMES,
    Accept,
    Command,
    Decline,
    Kind,
    MandateStatus,
    Offer,
    Resign,
    Revoke,
    scope_words,
)
from banjie.engine.scopes import DEED_NAMES, Deed, Scope
from banjie.engine.subject import Refused
from banjie.records import cases, journal, mandates
from banjie.records.mandates import MandateRow
from banjie.records.people import PartyName, Standing
from banjie.web import troubles
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.my import tabs
from banjie.web.tries import consume, too_many
from banjie.wiring import platform

SOON_DAYS: Final = 30
MOST_ITEMS: Final = 50
COLOURS: Final = {
    MandateStatus.OFFERED: "yellow",
    MandateStatus.IN_FORCE: "green",
    MandateStatus.ENDED: "grey",
    MandateStatus.NONE: "grey",
}

ACTS: Final[dict[str, Callable[[str], Command]]] = {
    "accept": lambda reason: Accept(),
    "decline": Decline,
    "revoke": Revoke,
    "resign": Resign,
}
DONE: Final = {
    "accept": "已经接受。现在可以代对方办理了。",
    "decline": "已经拒绝，对方能看到。",
    "revoke": "授权已经撤回，对方从现在起不能再代办。",
    "resign": "您已经辞去这份委托。",
}
EVENT_NAMES: Final = {"Offered": "发出授权", "Accepted": "接受授权", "Registered": "登记", "Ended": "结束"}


@dataclass(frozen=True, slots=True)
class Line:
    """A mandate in a list."""

    row: MandateRow
    kind: str
    status: MandateStatus
    status_text: str
    colour: str
    scope: str
    until: date | None
    soon: bool


# --- the lists ---


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """我的授权: what waits for me first, then what I received and what I gave."""
    standing = me(request)
    mine = [party for party in standing.parties if party.is_mine]
    received = [_line(row) for row in mandates.received(platform().database, standing.eyes, standing.actor.account)]
    given = [
        _line(row)
        for row in mandates.given(platform().database, standing.eyes, [party.id for party in mine])
        if row.account != standing.actor.account
    ]
    context = {
        "waiting": [line for line in received if line.status is MandateStatus.OFFERED],
        "received": [line for line in received if line.status is not MandateStatus.OFFERED],
        "given": given,
        "mine": mine,
        "parties": standing.parties,
        "ended": standing.ended,
        "kinds": KIND_NAMES,
        "tabs": tabs("my-mandates"),
    }
    return render(request, "my/mandates.html", context, nav="me")


def _line(row: MandateRow) -> Line:
    today = platform().today()
    status = row.state.status_on(today, custom())
    until = row.state.valid_until
    return Line(
        row=row,
        kind=KIND_NAMES[row.state.kind],
        status=status,
        status_text=STATUS_NAMES[status],
        colour=COLOURS[status],
        scope=scope_words(row.state.scope, _item_names(row.state.scope)),
        until=until,
        soon=status is MandateStatus.IN_FORCE and until is not None and until - today <= timedelta(days=SOON_DAYS),
    )


def _item_names(scope: Scope) -> dict[str, str]:
    found = ((code, platform().laws.published(platform().region, code)) for code in scope.items)
    return {code: law.item.heading for code, law in found if law is not None}


# --- one mandate ---


@require_GET
@signed_in
def mandate(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """One mandate: what it says, what I can do with it, and everything that has happened to it."""
    return _one(request, mandate_id)


def _one(
    request: HttpRequest, mandate_id: uuid.UUID, *, refusal: Refused | None = None, reason: str = ""
) -> HttpResponse:
    standing = me(request)
    row = mandates.find(platform().database, standing.eyes, str(mandate_id))
    if row is None:
        raise Http404("没有找到这份授权")
    entries = journal.history(platform().database, standing.eyes, row.region, row.id)
    line = _line(row)
    context = {
        "line": line,
        "state": row.state,
        "acts": _offered_acts(standing, row, line.status),
        "answer_by": row.state.answer_by(custom()) if line.status is MandateStatus.OFFERED else None,
        "events": [
            {
                "title": _event_name(entry.kind, entry.data),
                "detail": str(entry.data.get("reason") or entry.data.get("evidence") or ""),
                "time": entry.at,
                "who": str(entry.data.get("by_name") or (row.state.agent_name if entry.kind == "Accepted" else "")),
                "state": "done",
            }
            for entry in reversed(entries)
        ],
        "refusal": refusal,
        "reason": reason,
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "my/mandate.html", context, status=status, errors=refusal is not None, nav="me")


def _event_name(kind: str, data: Mapping[str, Any]) -> str:
    ways = {command.__name__: name for command, name in NAMES.items()}
    return ways.get(str(data.get("how", "")), EVENT_NAMES.get(kind, kind))


def _offered_acts(standing: Standing, row: MandateRow, status: MandateStatus) -> list[str]:
    """The acts this person may try on it as it stands."""
    is_agent = row.account == standing.actor.account
    is_principal = any(party.id == row.party and party.is_mine for party in standing.parties)
    if status is MandateStatus.OFFERED:
        return [*(["accept", "decline"] if is_agent else []), *(["revoke"] if is_principal else [])]
    if status is MandateStatus.IN_FORCE:
        return [*(["resign"] if is_agent else []), *(["revoke"] if is_principal and not is_agent else [])]
    return []


@require_POST
@signed_in
def act(request: HttpRequest, mandate_id: uuid.UUID, name: str) -> HttpResponse:
    """接受、不接受、撤回、辞去."""
    standing = me(request)
    made = ACTS.get(name)
    row = mandates.find(platform().database, standing.eyes, str(mandate_id))
    if made is None or row is None:
        raise Http404("没有找到这份授权")
    reason = request.POST.get("reason", "").strip()
    command = made(reason)
    try:
        act_on_mandate(platform(), command, actor=standing, party=row.party, agent=row.account)
    except Refused as refused:
        return _one(request, mandate_id, refusal=refused, reason=reason)
    banners.success(request, DONE[name])
    return HttpResponseRedirect(reverse("my-mandates"), status=303)


# --- giving ---


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def give(request: HttpRequest) -> HttpResponse:
    """新授权: who, for whom, what, how long. What was typed stays when something is wrong."""
    standing = me(request)
    mine = [party for party in standing.parties if party.is_mine]
    typed: dict[str, Any] = {
        name: request.POST.get(name, "").strip()
        for name in (
            "party",
            "kind",
            "agent_name",
            "agent_code",
            "relation",
            "valid_from",
            "valid_until",
            "other_items",
        )
    }
    typed["deeds"] = request.POST.getlist("deeds")
    typed["items"] = request.POST.getlist("items")
    faults: list[dict[str, str]] = []
    refusal: Refused | None = None
    if request.method == "POST":
        wait = consume(request, "找人授权", account=standing.actor.account)
        if wait:
            return too_many(request, wait)
        try:
            act, faults = _read_offer(standing, mine, typed)
            if act is not None:
                offer(platform(), act, actor=standing)
                banners.success(request, f"授权已经发出，等{act.agent_name}登录后接受。")
                return HttpResponseRedirect(reverse("my-mandates"), status=303)
        except Malformed as wrong:
            faults = [{"field": wrong.field, "message": f"{wrong.reason}。{wrong.remedy}"}]
        except Refused as refused:
            refusal = refused
            faults = [{"field": refused.field or "", "message": f"{refused.reason}。{refused.remedy}"}]
    else:
        today = platform().today()
        typed |= {"valid_from": today.isoformat(), "valid_until": (today + timedelta(days=365)).isoformat()}
        typed["party"] = request.GET.get("party", mine[0].id if mine else "")
    context = {
        "mine": mine,
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "deeds": [(deed.value, DEED_NAMES[deed]) for deed in Deed if deed is not Deed.SEE],
        "items": _known_items(standing, mine),
        "wrong": {fault["field"]: fault["message"] for fault in faults},
    }
    status = 422 if faults else 200
    return render(request, "my/mandate_new.html", context, status=status, errors=bool(faults), nav="me")


def _known_items(standing: Standing, mine: list[PartyName]) -> list[tuple[str, str]]:
    """The items these parties have applied for: the ones they most likely mean."""
    found = cases.of_parties(platform().database, standing.eyes, [party.id for party in mine], most=MOST_ITEMS)
    names: dict[str, str] = {}
    for one in found:
        law = platform().laws.published(one.region, one.case.item)
        if law is not None:
            names[one.case.item] = law.item.heading
    return sorted(names.items(), key=lambda pair: pair[1])


def _read_offer(
    standing: Standing, mine: list[PartyName], typed: dict[str, Any]
) -> tuple[Offer | None, list[dict[str, str]]]:
    party = next((one for one in mine if one.id == typed["party"]), None)
    faults: list[dict[str, str]] = []
    if party is None:
        faults.append({"field": "party", "message": "请选择替谁授权"})
    for field, words in (("agent_name", "受托人姓名"), ("agent_code", "受托人公民身份号码")):
        if not typed[field]:
            faults.append({"field": field, "message": f"请填写{words}"})
    days = {}
    for field, words in (("valid_from", "开始日期"), ("valid_until", "结束日期")):
        try:
            days[field] = date.fromisoformat(typed[field])
        except ValueError:
            faults.append({"field": field, "message": f"{words}请按 2026-11-24 的格式填写"})
    deeds = {deed.value for deed in Deed}
    scope = Scope(
        frozenset(Deed(deed) for deed in typed["deeds"] if deed in deeds),
        frozenset([*typed["items"], *typed["other_items"].split()]),
    )
    if not scope.deeds:
        faults.append({"field": "deeds", "message": "请至少选一项对方可以做的事"})
    unknown = [code for code in scope.items if platform().laws.published(platform().region, code) is None]
    if unknown:
        faults.append({"field": "other_items", "message": f"没有编码为“{unknown[0][:40]}”的事项，请到办事指南核对"})
    if len(scope.items) > MOST_ITEMS:
        faults.append({"field": "other_items", "message": f"一次最多写 {MOST_ITEMS} 个事项"})
    if faults or party is None:
        return None, faults
    agent = find_person(platform(), typed["agent_name"], typed["agent_code"])
    every = frozenset(deed for deed in Deed if deed is not Deed.SEE)
    return (
        Offer(
            kind=_kind(party, typed["relation"]),
            party=party.id,
            party_name=party.name,
            agent=agent.account,
            agent_name=agent.name,
            valid_from=days["valid_from"],
            valid_until=days["valid_until"],
            scope=Scope(frozenset(), scope.items) if scope.deeds >= every else scope,
            relation=typed["relation"][:40],
        ),
        [],
    )


def _kind(party: PartyName, relation: str) -> Kind:
    if party.kind == "company":
        return Kind.AGENT
    return Kind.FAMILY if relation else Kind.PERSON


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def claim(request: HttpRequest) -> HttpResponse:
    """我是法定代表人: let in by the register, whoever acted for the company before."""
    code = request.POST.get("code", "").strip()
    fault = ""
    if request.method == "POST":
        wait = consume(request, "找人授权", account=me(request).actor.account)
        if wait:
            return too_many(request, wait)
        try:
            made = claim_company(platform(), code, actor=me(request))
        except Malformed as wrong:
            fault = f"统一社会信用代码{wrong.reason}。{wrong.remedy}"
        except Refused as refused:
            fault = f"{refused.reason}（{refused.rule}）。{refused.remedy}"
        else:
            banners.success(request, f"核对一致，您现在可以代表{made.party_name}办理和授权。")
            return HttpResponseRedirect(reverse("my-mandates"), status=303)
    context = {"code": code, "fault": fault}
    return render(request, "my/mandate_claim.html", context, status=422 if fault else 200, errors=bool(fault), nav="me")
