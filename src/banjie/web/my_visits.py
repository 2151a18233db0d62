"""The applicant's right to be heard: she asks for a hearing, or says that she wants none."""

import uuid
from typing import Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from banjie.actions.meetings import act_on_meeting
from banjie.engine.meetings.acts import AskHearing, WaiveHearing
from banjie.engine.subject import Refused
from banjie.records import case_files
from banjie.web.apply import me
from banjie.web.identity import signed_in
from banjie.web.my import key_of, mine
from banjie.wiring import platform

_ACTS: Final = {"ask": AskHearing, "waive": WaiveHearing}
_DONE: Final = {"ask": "已申请听证，机关会安排时间并提前通知您。", "waive": "已登记：您放弃听证。"}


@require_POST
@signed_in
def hearing(request: HttpRequest, region: str, number: str, meeting: uuid.UUID, act: str) -> HttpResponse:
    """申请听证, or 放弃听证; once."""
    found = mine(request, region, number)
    standing = me(request)
    known = case_files.meetings_of_case(platform().database, standing.eyes, region, found.id)
    if act not in _ACTS or str(meeting) not in {row.id for row in known}:
        raise Http404(act)
    key = f"hearing:{key_of(request)}"
    try:
        act_on_meeting(platform(), _ACTS[act](), actor=standing, region=region, meeting=str(meeting), key=key)
    except Refused as refused:
        banners.warning(request, f"{refused.reason}。{refused.remedy}。")
    else:
        banners.success(request, _DONE[act])
    return HttpResponseRedirect(reverse("my-case", args=(region, number)) + "#hearing", status=303)
