"""逐级认领: what the level above handles and this region does not yet, claimed in one step; and the registers."""

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import claiming
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.words import code_words
from banjie.records import registers
from banjie.records import standards as registered
from banjie.records.catalogue_claims import Claimable, claimable_items
from banjie.records.registers import Organ
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.manager import address_of, manager, standing_of
from banjie.wiring import platform

PAGE: Final = 50


@require_safe
@manager
def claimable(request: HttpRequest) -> HttpResponse:
    """The items in force above that this region has not claimed, by name."""
    return _page(request, None)


def _page(request: HttpRequest, error: Refused | None) -> HttpResponse:
    here = platform()
    own = [one for one in registers.regions(here.database) if _manages(request, one.code) and _above(one.code)]
    asked = request.GET.get("region", "") or request.POST.get("region", "")
    chosen = next((one for one in own if one.code == asked), own[0] if own else None)
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    rows: tuple[Claimable, ...] = ()
    if chosen is not None:
        after = request.GET.get("after", "")[:50].replace("\x00", "")
        rows = claimable_items(here.database, _above(chosen.code), chosen.code, words=words, after=after, most=PAGE + 1)
    following = f"?region={chosen.code}&q={words}&after={rows[PAGE - 1].code}" if chosen and len(rows) > PAGE else ""
    context = {
        "regions": [(one.code, one.name) for one in own],
        "chosen": chosen,
        "organs": registers.organs_of(here.database, chosen.code) if chosen else (),
        "rows": rows[:PAGE],
        "words": words,
        "following": following,
        "error": error,
        "action": reverse("manage-claim"),
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "manager/claim.html", context, status=status, errors=error is not None)


def _manages(request: HttpRequest, region: str) -> bool:
    place = RegionCode.parse(region)
    return any(
        post.role is Role.MANAGER and place.is_within(RegionCode.parse(post.region))
        for post in standing_of(request).posts
    )


def _above(region: str) -> str:
    """The region above, "" for one that has none."""
    parent = RegionCode.parse(region).parent()
    return str(parent) if parent else ""


@require_POST
@manager
def claim(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """Claims one item for an office of a region below; what differs is filled in afterwards."""
    office = _office(request.POST.get("region", ""), request.POST.get("organ", ""))
    try:
        if office is None:
            raise Refused("没有选择由哪个机关办理", rule=claiming.RULE, remedy="请选择本地区的一个机关", field="organ")
        row = claiming.claim(
            platform(), standing_of(request), region, code, office, code=request.POST.get("code", "").strip()[:50]
        )
    except (Refused, Malformed) as error:
        refused = error if isinstance(error, Refused) else Refused(error.reason, rule="填写", remedy=error.remedy)
        return _page(request, refused)
    messages.success(request, "已认领，内容全部沿用上级。请改成本地的地点、电话和时间，再请另一人核对公布。")
    address = reverse("manage-draft", args=(row.region, row.code, row.edition))
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _office(region: str, organ: str) -> Organ | None:
    found = registers.organs_of(platform().database, region[:12].replace("\x00", ""))
    return next((one for one in found if one.code == organ), None)


@require_POST
@manager
def following(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """跟随 or 固定: whether new upper editions are taken over by themselves."""
    follows = request.POST.get("follows") == "yes"
    try:
        claiming.set_following(platform(), standing_of(request), region, code, follows=follows)
    except Refused as error:
        return troubles.refused(request, error)
    words = "今后上级发布新版，这里自动跟着更新。" if follows else "已固定在现在的上级版本，上级发布新版时不自动更新。"
    messages.success(request, words)
    return _back(request, region, code)


@require_POST
@manager
def adopt(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """按上级更新: a draft on the upper edition in force."""
    try:
        row = claiming.adopt(platform(), standing_of(request), region, code)
    except Refused as error:
        return troubles.refused(request, error)
    messages.success(request, "已按上级现行版起草新版，本地内容保留。请核对后请另一人公布。")
    return HttpResponseRedirect(address_of(row), status=HTTPStatus.SEE_OTHER)


def _back(request: HttpRequest, region: str, code: str) -> HttpResponse:
    edition = request.POST.get("edition", "")
    number = int(edition) if edition.isascii() and edition.isdecimal() and len(edition) < 9 else 1
    return HttpResponseRedirect(reverse("manage-item", args=(region, code, number)), status=HTTPStatus.SEE_OTHER)


@require_safe
@manager
def standards(request: HttpRequest) -> HttpResponse:
    """基本目录 and 标准材料: what all regions share, to be looked up while editing."""
    here = platform().database
    entries: list[list[Any]] = [
        [
            one.code,
            one.name,
            code_words(one.kind),
            one.department,
            "；".join(f"《{b.law}》{b.clause}" for b in one.basis),
        ]
        for one in registered.basic_catalogue(here)
    ]
    materials: list[list[Any]] = [
        [
            one.key,
            one.name,
            one.issuer or "申请人自备",
            "、".join(part for part in (one.held, one.data_source) if part) or "—",
            f"{one.valid_days} 天" if one.valid_days else "不限",
        ]
        for one in registered.standard_materials(here)
    ]
    return render(request, "manager/standards.html", {"entries": entries, "materials": materials})
