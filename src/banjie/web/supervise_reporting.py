"""数据上报: what goes to the national platform, what waits, and what lies there with its reason until it is mended."""

import uuid
from datetime import timedelta

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions.reporting import send_again
from banjie.engine.permissions import Role
from banjie.engine.reporting import RECORD_NAMES, STANDARD
from banjie.records import reporting
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import regions_of, standing_of
from banjie.wiring import platform

DAYS = 30


@require_safe
@holding(Role.SUPERVISOR)
def overview(request: HttpRequest) -> HttpResponse:
    """The numbers, and every record that is stuck."""
    standing = standing_of(request)
    regions, database = regions_of(standing), platform().database
    counts = reporting.counts(database, standing.eyes, regions, platform().today() - timedelta(days=DAYS))
    stuck = [
        {
            "kept": one,
            "kind": RECORD_NAMES[one.record.kind],
            "state": ("不合要求，没有发出", "yellow") if one.state == "held" else ("没有报上去", "red"),
            "said": [
                (field.label, one.record.fields[field.name])
                for field in STANDARD[one.record.kind]
                if field.name in one.record.fields and field.name not in _PERSONAL
            ],
        }
        for one in reporting.stuck(database, standing.eyes, regions)
    ]
    context = {
        "counts": counts,
        "most": reporting.MOST_COUNTED,
        "days": DAYS,
        "stuck": stuck,
        "open": platform().reporter is not None,
    }
    return render(request, "supervisor/reporting.html", context)


_PERSONAL = frozenset({"applyer_name", "applyer_page_code", "project_name", "handle_explain"})
"""What the watching eye does not need in order to have a record mended."""


@require_POST
@holding(Role.SUPERVISOR)
def again(request: HttpRequest, region: str, number: str, kind: str, guid: uuid.UUID) -> HttpResponse:
    """Sends a stuck record again, after what was wrong has been mended."""
    found = reporting.find(platform().database, standing_of(request).eyes, region, number, kind, str(guid))
    if found is None:
        raise Http404("没有找到这条上报")
    if send_again(platform(), found):
        banners.success(request, "已经重新排队上报。")
    else:
        banners.warning(request, "还是不合要求，没有发出。请先照“怎样改”更正。")
    return HttpResponseRedirect(reverse("supervise-reporting"), status=303)
