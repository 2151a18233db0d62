"""催办和没有送到的通知: what applicants urged and how it was answered, and notices that never reached them."""

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions.notices import send_again
from banjie.engine.notices import CHANNEL_NAMES, masked_address
from banjie.engine.permissions import Role
from banjie.records import desks, notices, urges
from banjie.records.people import Standing
from banjie.records.urges import UrgeRow
from banjie.web.context import render
from banjie.web.identity import holding, visitor
from banjie.web.time_words import Words, of_day
from banjie.wiring import platform


@require_safe
@holding(Role.SUPERVISOR)
def overview(request: HttpRequest) -> HttpResponse:
    """The urgings of the supervisor's regions, those still owed an answer first; then the dead letters."""
    standing = _standing(request)
    regions = _regions(standing)
    rows = urges.of_regions(platform().database, standing.eyes, regions)
    names = desks.organ_names(platform().database, {one.desk for one in rows})
    context = {
        "urges": [(one, names.get(one.desk, one.desk), _state(one)) for one in rows],
        "owed": sum(1 for one in rows if one.answered_at is None),
        "dead": [
            (one, CHANNEL_NAMES[one.channel], masked_address(one.address))
            for one in notices.dead(platform().database, standing.eyes, regions)
        ],
    }
    return render(request, "supervisor/notices.html", context)


def _standing(request: HttpRequest) -> Standing:
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    return standing


def _regions(standing: Standing) -> list[str]:
    """The regions the supervisor sees, as her eyes have them."""
    return [region.strip('"') for region in standing.eyes.regions.strip("{}").split(",") if region]


def _state(one: UrgeRow) -> Words:
    if one.answered_at is not None:
        return Words("已答复", "green")
    calendar = platform().laws.calendar(one.region)
    return of_day(calendar, one.answer_by, platform().today())


@require_POST
@holding(Role.SUPERVISOR)
def again(request: HttpRequest, region: str, sending: str) -> HttpResponse:
    """Tries a dead letter again, for instance after the gateway was mended."""
    if notices.find_sending(platform().database, _standing(request).eyes, region, sending) is None:
        raise Http404("没有找到这条通知")
    if send_again(platform(), region, sending):
        banners.success(request, "已经重新排队发送。")
    return HttpResponseRedirect(reverse("supervise-notices"), status=303)
