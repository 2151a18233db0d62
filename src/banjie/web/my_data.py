"""谁看过我的数据: every question asked about me, by whom, for which case and right; who opened my cases; consents."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions.asking import withdraw_consent
from banjie.engine.permissions import ROLE_NAMES, Role
from banjie.engine.sharing_asks import STATUS_NAMES, AskStatus
from banjie.engine.sharing_consents import STATUS_NAMES as CONSENT_NAMES
from banjie.engine.sharing_consents import ConsentStatus
from banjie.engine.sharing_contests import STATUS_NAMES as CONTEST_NAMES
from banjie.engine.sharing_contests import ContestStatus
from banjie.records import counter, desks, looks, people, sharing
from banjie.records.looks import Look, Looked
from banjie.records.people import Standing
from banjie.records.sharing import AskRow
from banjie.web.apply import me
from banjie.web.context import is_ours, render
from banjie.web.identity import signed_in
from banjie.wiring import platform

PAGE = 50

_OPENED = {
    Looked.CASE: "申请内容",
    Looked.PAPER: "您交的材料",
    Looked.DOCUMENT: "办件文书",
    Looked.SERVICE: "审前服务的问答和材料",
}


@require_safe
@signed_in
def data(request: HttpRequest) -> HttpResponse:
    """The latest questions first, filtered by source and party; what was asked, never what was answered."""
    standing = me(request)
    parties = {party.id: party.name for party in standing.parties}
    party, source = request.GET.get("party", ""), request.GET.get("source", "")
    wanted = [party] if party in parties else list(parties)
    known = platform().sources.get(source)
    rows = sharing.asks_of_parties(
        platform().database,
        standing.eyes,
        wanted,
        source=known.key if known else "",
        before=_moment(request.GET.get("before", "")),
        most=PAGE + 1,
    )
    names = people.names_of(platform().database, {row.account for row in rows})
    page = rows[:PAGE]
    last = page[-1].ask.asked_at if len(rows) > PAGE else None
    context = {
        "rows": [_row(row, parties, names) for row in page],
        "parties": [{"value": key, "text": name} for key, name in parties.items()],
        "sources": [{"value": one.key, "text": one.name} for one in platform().sources.every],
        "party": party if party in parties else "",
        "source": known.key if known else "",
        "older": last.isoformat() if last else "",
        "now": platform().now(),
        "consents": [
            {
                "words": row.consent.words,
                "status": CONSENT_NAMES[row.consent.status],
                "given_at": row.consent.given_at,
                "given": row.consent.status is ConsentStatus.GIVEN,
                "action": reverse("my-consent-withdraw", args=(row.region, row.id)),
            }
            for row in sharing.consents_of_parties(platform().database, standing.eyes, wanted)
        ],
        "contests": [
            {
                "one": row.contest,
                "status": CONTEST_NAMES[row.contest.status],
                "open": row.contest.status is ContestStatus.OPEN,
            }
            for row in sharing.contests_of_parties(platform().database, standing.eyes, wanted)
        ],
    }
    context |= _looks(request, standing, wanted, parties)
    context["sessions"] = counter.of_parties(platform().database, standing.eyes, wanted)
    return render(request, "my/data.html", context, nav="me")


def _looks(request: HttpRequest, standing: Standing, wanted: list[str], parties: dict[str, str]) -> dict[str, Any]:
    """Who opened cases of these parties, the latest first."""
    database = platform().database
    before = _moment(request.GET.get("looked", ""))
    rows = looks.of_parties(database, standing.eyes, wanted, before=before, most=PAGE + 1)
    names = people.names_of(database, {row.account for row in rows})
    offices = desks.organ_names(database, {row.office for row in rows})
    page = rows[:PAGE]
    return {
        "looks": [_look(row, parties, names, offices) for row in page],
        "looked_before": page[-1].at.isoformat() if len(rows) > PAGE else "",
    }


def _look(row: Look, parties: dict[str, str], names: dict[str, str], offices: dict[str, str]) -> dict[str, Any]:
    return {
        "at": row.at,
        "who": names.get(row.account, "工作人员"),
        "office": offices.get(row.office, row.office),
        "role": ROLE_NAMES[Role(row.role)],
        "opened": _OPENED[row.kind],
        "about": parties.get(row.party, ""),
        "purpose": row.purpose,
        "item_name": row.item_name,
        "number": row.number,
        "href": reverse("my-precase" if row.kind is Looked.SERVICE else "my-case", args=(row.region, row.number)),
    }


def _row(row: AskRow, parties: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    ask = row.ask
    return {
        "at": ask.asked_at,
        "who": names.get(row.account, "本平台"),
        "about": parties.get(ask.party, ""),
        "organ": ask.organ_name,
        "source": ask.source_name,
        "labels": "、".join(ask.labels),
        "purpose": f"办理“{ask.item_name}”：{ask.purpose}",
        "number": ask.number,
        "href": reverse("my-case", args=(row.region, ask.number)) if ask.number else "",
        "right": ask.ground or "您的同意",
        "status": STATUS_NAMES[ask.status],
        "kind": "green" if ask.status is AskStatus.ANSWERED else "blue" if ask.status is AskStatus.ASKED else "grey",
    }


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


@require_POST
@signed_in
def withdraw(request: HttpRequest, region: str, consent: uuid.UUID) -> HttpResponse:
    """撤回同意: what was brought under it is deleted at once; the note that it was asked for stays."""
    withdraw_consent(platform(), me(request), region, str(consent))
    banners.success(request, "已撤回同意，查到的内容已经删除。查询过的记录仍然保留，供您核对。")
    back = request.POST.get("back", "")
    return HttpResponseRedirect(back if back and is_ours(request, back) else reverse("my-data"), status=303)
