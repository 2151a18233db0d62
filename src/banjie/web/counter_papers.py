"""At a window, on paper: originals that were seen, the application for signature, its scan, and the receipt."""

import uuid
from typing import IO, Any, cast

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.paper_receiving import keep_upload
from banjie.actions.submissions import Submission
from banjie.engine.calendar import chinese_date
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.records.counter import SessionRow
from banjie.web import filling
from banjie.web.apply import answer_rows, section_rows
from banjie.web.context import render
from banjie.web.counter import acting, at_window
from banjie.web.counter_filing import ORIGINALS, SIGNED
from banjie.web.draft_filled import Filling
from banjie.web.paper_answers import file_answer
from banjie.wiring import platform


@require_http_methods(["GET", "HEAD", "POST"])
@at_window
def papers(request: HttpRequest, row: SessionRow, draft: uuid.UUID) -> HttpResponse:
    """签字和原件: which originals were seen, and the sheet she signed."""
    standing = acting(request, row)
    found = filling.find(platform(), standing, draft)
    if isinstance(found, Submission):
        return HttpResponseRedirect(reverse("office-counter-receipt", args=(draft,)), status=303)
    error = ""
    if request.method == "POST":
        given = {paper.sha256 for line in found.lines for paper in line.papers}
        changes: dict[str, Any] = {ORIGINALS: sorted(given & set(request.POST.getlist("original")))}
        upload = request.FILES.get("signed")
        if upload is not None:
            try:
                kept = keep_upload(platform(), upload.name or "签字页", cast("IO[bytes]", upload))
                changes[SIGNED] = {"sha256": kept.sha256, "name": kept.name, "size": kept.size}
            except (Malformed, Refused) as wrong:
                error = f"{wrong.reason}。{wrong.remedy}"
        found = filling.save(platform(), standing, found, **changes)
        if not error:
            banners.success(request, "已经记下。")
            return HttpResponseRedirect(
                found.page("apply-check") if not found.gaps else found.page("apply"), status=303
            )
    context = {
        "filling": found,
        "lines": [line for line in found.lines if line.papers],
        "seen": set(found.content.get(ORIGINALS, ())),
        "signed": found.content.get(SIGNED) or {},
        "error": error,
    }
    status = 422 if error else 200
    return render(
        request, "counter/papers.html", context, status=status, errors=bool(error), search=False, counter=row.session
    )


@require_GET
@at_window
def application(request: HttpRequest, row: SessionRow, draft: uuid.UUID) -> HttpResponse:
    """申请表: the filled form as a PDF with a line for her signature."""
    found = filling.find(platform(), acting(request, row), draft)
    if isinstance(found, Submission):
        return HttpResponseRedirect(reverse("office-counter-receipt", args=(draft,)), status=303)
    try:
        pdf = platform().typeset("application", _sheet(found, row))
    except platform().unprintable as error:
        raise Refused(str(error), rule="文书制作", remedy="请改用网页上的“打印申请表”") from error
    return file_answer(pdf, "application/pdf", f"{found.item.heading}申请表.pdf")


def _sheet(found: Filling, row: SessionRow) -> dict[str, object]:
    item = found.item
    return {
        "organ": item.organ_name,
        "item": item.heading,
        "applicant": found.holder.name,
        "applicant_code": found.holder.code,
        "case_number": "提交后编号",
        "agent": row.session.visitor.name if row.session.visitor.id != found.holder.id else "",
        "date": chinese_date(platform().today()),
        "clerk": f"{row.session.window} {row.session.by_name}",
        "answers": [[one["key"], str(one["value"])] for one in answer_rows(found)],
        "sections": [
            {
                "title": section.title,
                "rows": [[str(one["key"]), str(one["value"])] for one in section_rows(found, section)],
            }
            for section in (found.sections if found.situation.complete else ())
        ],
        "materials": [
            [
                line.material.name,
                "免提交" if line.held else "容缺，稍后补交" if line.later else f"{len(line.papers)} 份文件",
            ]
            for line in found.lines
        ],
        "promise": bool(item.by_promise),
        "demo": platform().demo,
    }


@require_GET
@at_window
def receipt(request: HttpRequest, row: SessionRow, draft: uuid.UUID) -> HttpResponse:
    """收件凭证: number, query code and a code to scan, printed at once; the sealed one follows by itself."""
    found = filling.find(platform(), acting(request, row), draft)
    if isinstance(found, Filling):
        return HttpResponseRedirect(found.page("apply"), status=303)
    context = {
        "sent": found,
        "session": row.session,
        "item_name": next((one.item_name for one in row.session.filed if one.number == found.number), ""),
        "qr": platform().qr_svg(f"{platform().public_url}/progress?number={found.number}"),
        "at": platform().now(),
    }
    return render(request, "counter/receipt.html", context, search=False, counter=row.session)


@require_GET
@at_window
def show(request: HttpRequest, row: SessionRow) -> HttpResponse:
    """给办事人看: in large letters, what is being filed for her and what she has to do."""
    session = row.session
    context: dict[str, Any] = {"session": session, "sections": [], "gaps": (), "sent": None}
    if session.draft:
        found = filling.find(platform(), acting(request, row), uuid.UUID(session.draft))
        if isinstance(found, Submission):
            context["sent"] = found
        else:
            context |= {
                "gaps": found.gaps,
                "answers": answer_rows(found),
                "lines": found.lines,
                "sections": [(part, section_rows(found, part)) for part in found.sections]
                if found.situation.complete
                else [],
            }
    return render(request, "counter/show.html", context, search=False, counter=row.session)
