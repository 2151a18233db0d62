"""What she may do with a case besides waiting: take it back to change it, urge, and mute its messages."""

import uuid

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from banjie.actions.perform import perform
from banjie.engine.cases import Stage
from banjie.engine.cases.acts import TakeBack, Urge
from banjie.engine.cases.second_thoughts import may_take_back
from banjie.engine.cases.state import TAKEN_BACK
from banjie.engine.forms import FieldKind
from banjie.engine.subject import Refused
from banjie.records import drafts, notices
from banjie.records.cases import Found
from banjie.web import form_groups, troubles
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in
from banjie.web.my import key_of, law_of, mine
from banjie.web.my_answers import carried_values
from banjie.wiring import platform


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_back(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """收回修改: everything lies in the draft again. Asked once more after it was taken back, it leads to that draft."""
    found = mine(request, region, number)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            if not is_taken_back(found):
                perform(platform(), TakeBack(), actor=me(request), region=region, number=number, key=key_of(request))
        except Refused as refused:
            refusal = refused
        else:
            draft = _bring_back(request, found)
            banners.success(request, "已经收回，内容都在这里。改好以后请重新提交，会有新的办件编号。")
            return HttpResponseRedirect(reverse("apply-check", args=(draft,)), status=303)
    context = {
        "found": found,
        "until": found.case.changeable_until,
        "open": found.case.stage is Stage.SUBMITTED and may_take_back(found.case, platform().now()),
        "refusal": refusal,
        "key": key_of(request),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "my/take_back.html", context, status=status, errors=refusal is not None, nav="me")


def is_taken_back(found: Found) -> bool:
    """Whether the applicant has taken the case back to change it."""
    return found.case.stage is Stage.RETURNED and found.case.closing_reason == TAKEN_BACK


def _bring_back(request: HttpRequest, found: Found) -> str:
    """What was handed in, as a draft: the one it was handed in from, or one of its own that is always the same."""
    database, eyes, case = platform().database, me(request).eyes, found.case
    own = drafts.of_account(database, eyes)
    former = next((one for one in own if dict(one.content.get("sent") or {}).get("number") == case.number), None)
    draft = former.id if former else str(uuid.uuid5(uuid.UUID(found.id), "taken-back"))
    law = law_of(found)
    groups = {one.key for one in law.item.form.fields if one.kind is FieldKind.GROUP}
    rows = {
        f"{group}.{row}": cells
        for group in sorted(groups)
        for row, cells in form_groups.numbered(case.data.get(group)).items()
    }
    content = {
        "key": str(uuid.uuid4()),
        "answers": dict(case.answers),
        "data": {key: value for key, value in case.data.items() if key not in groups},
        "rows": rows,
        "seen": {section.key: True for section in law.item.form.sections},
        "papers": [{"id": str(uuid.uuid4()), **carried_values(paper)} for paper in case.papers if paper.sha256],
        "later": list(case.later),
        "precase": case.precase,
    }
    drafts.bring_back(
        database,
        eyes,
        draft,
        region=found.region,
        holder=case.holder.id,
        item=case.item,
        edition=case.edition,
        content=content,
    )
    return draft


@require_POST
@signed_in
def urge(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """催办: once in so many days; the office has to answer."""
    mine(request, region, number)
    try:
        perform(platform(), Urge(), actor=me(request), region=region, number=number, key=key_of(request))
    except Refused as refused:
        banners.warning(request, f"{refused.reason}。{refused.remedy}。")
    else:
        banners.success(request, "已经催办。办理机关会答复您，答复会发到“消息”里。")
    return HttpResponseRedirect(reverse("my-case", args=(region, number)) + "#urge", status=303)


@require_POST
@signed_in
def mute(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """不再用短信和邮件通知这一件: the inbox goes on, and so does what the law wants told."""
    found = mine(request, region, number)
    wanted = request.POST.get("muted", "")
    if wanted not in ("yes", "no"):
        raise Http404("没有这个选项")
    notices.mute(platform().database, me(request).eyes, region, found.id, muted=wanted == "yes")
    words = (
        "这一件不再发短信和邮件，站内信照常有；法定的通知照常发。" if wanted == "yes" else "这一件恢复短信和邮件通知。"
    )
    banners.success(request, words)
    return HttpResponseRedirect(reverse("my-case", args=(region, number)), status=303)
