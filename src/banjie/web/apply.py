"""The application itself: questions, form, check, promise, and handing it in. One thing a page; Back always works."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.actions import draft_ends
from banjie.actions.levels import lacking_to_apply
from banjie.actions.progress import provisionally
from banjie.actions.submissions import Submission, submit
from banjie.engine.catalogue import Item
from banjie.engine.forms import Section
from banjie.engine.prechecks import worth_keeping
from banjie.engine.situations import visible_questions
from banjie.engine.subject import Refused
from banjie.packs.drafts import draft_custom
from banjie.records import cases, documents, drafts
from banjie.records.people import Standing
from banjie.web import apply_precheck, filling, form_fields, form_groups, troubles
from banjie.web.apply_handed import handed_in
from banjie.web.context import render
from banjie.web.counter_filing import at_counter, noted_at_counter
from banjie.web.draft_filled import Filling
from banjie.web.identity import signed_in, visitor
from banjie.wiring import platform

Page = Callable[..., HttpResponse]


def filled_by_me(page: Page) -> Page:
    """Hands a page the application being filled in; one that has been handed in leads to its receipt."""

    @wraps(page)
    @signed_in
    def asked(request: HttpRequest, /, draft: uuid.UUID, *args: str, **kwargs: str) -> HttpResponse:
        found = filling.find(platform(), me(request), draft)
        if isinstance(found, Submission):
            return HttpResponseRedirect(reverse("apply-done", args=(draft,)), status=303)
        return page(request, found, *args, **kwargs)

    return asked


def me(request: HttpRequest) -> Standing:
    """The standing of whoever is signed in."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door `signed_in` lets nobody else in.
    return standing


def onward(name: str, found: Filling, *args: str) -> HttpResponse:
    """To the next page, so that reloading it posts nothing again."""
    return HttpResponseRedirect(found.page(name, *args), status=303)


# --- the list of what is to be done ---


@require_GET
@filled_by_me
def task_list(request: HttpRequest, found: Filling) -> HttpResponse:
    """办理清单: what is done, what is left, and that one may stop here and come back."""
    gaps = found.gaps
    context = {"filling": found, "item": found.item, "tasks": tasks(found), "gaps": gaps, "ready": not gaps}
    context["kept_days"] = draft_custom().kept_days
    context["lacking"] = lacking_to_apply(me(request), found.item)
    return render(request, "apply/task_list.html", context, search=False)


def tasks(found: Filling) -> list[dict[str, str]]:
    """The pages of this application with their states."""
    situation = found.situation
    listed: list[dict[str, str]] = []
    if found.item.questions:
        status = ("已完成", "") if situation.complete else ("未完成", "yellow")
        status = ("现在不能办", "red") if situation.ineligible else status
        listed.append(_task("办理情形", found.page("apply-guide"), status, "几个小问题，决定您要填什么、交什么"))
    if not situation.answered:
        later = ("先回答上面的问题", "grey")
        return [*listed, _task("申请表", "", later), _task("材料", "", later), _task("核对并提交", "", later)]
    if found.can_be_asked:
        listed.append(
            _task("政府已经掌握的信息", found.page("apply-data"), _asked_status(found), "能查到的不用您填、不用您交")
        )
    for section in found.sections:
        href = found.page("apply-section", section.key)
        listed.append(_task(section.title, href, _section_status(found, section), _prefilled_words(found, section)))
    open_lines = [line for line in found.lines if not line.settled]
    if found.lines:
        status = (f"还差 {len(open_lines)} 份", "yellow") if open_lines else ("已完成", "")
        listed.append(_task("申请材料", found.page("apply-papers"), status))
    ready = ("可以核对", "blue") if not found.gaps else ("完成前面各项后开始", "grey")
    return [*listed, _task("核对并提交", found.page("apply-check") if not found.gaps else "", ready)]


def _task(text: str, href: str, status: tuple[str, str], hint: str = "") -> dict[str, str]:
    return {"text": text, "href": href, "status": status[0], "kind": status[1], "hint": hint}


def _asked_status(found: Filling) -> tuple[str, str]:
    if found.asked.waiting:
        return "正在查询", "blue"
    return ("已查询", "") if found.asked.asks else ("可以先查", "blue")


def _section_status(found: Filling, section: Section) -> tuple[str, str]:
    if found.is_done(section):
        return "已完成", ""
    begun = found.has_saved(section.key) or section.key in found.content.get("typed", {})
    return ("填了一部分", "yellow") if begun else ("未开始", "blue")


def _prefilled_words(found: Filling, section: Section) -> str:
    number = len(found.prefilled(section))
    return f"已为您填好 {number} 项，请核对" if number else ""


# --- check, promise, hand in ---


@require_GET
@filled_by_me
def check(request: HttpRequest, found: Filling) -> HttpResponse:
    """核对: everything that will be handed in, each line with its way back."""
    return _check(request, found)


def _check(
    request: HttpRequest, found: Filling, *, refusal: Refused | None = None, warned: bool = False
) -> HttpResponse:
    checked = () if found.gaps else apply_precheck.look(found, request.POST)
    context = {
        "prechecked": apply_precheck.lines(found, checked),
        "mends": apply_precheck.mends(checked),
        "warned": warned,
        "filling": found,
        "item": found.item,
        "gaps": found.gaps,
        "answers": answer_rows(found),
        "sections": [(page, section_rows(found, page)) for page in found.sections] if found.situation.complete else [],
        "lines": found.lines,
        "refusal": refusal,
        "refusal_field": _where(found, refusal) if refusal else "",
        "promise": promise_lines(found.item) if found.item.by_promise else [],
        "key": found.content.get("key", ""),
        "lacking": lacking_to_apply(me(request), found.item),
    }
    status = troubles.status_of(refusal) if refusal else 422 if warned else 200
    wrong = warned or refusal is not None
    return render(request, "apply/check.html", context, status=status, errors=wrong, search=False)


def answer_rows(found: Filling) -> list[dict[str, str]]:
    """The guiding questions and their answers, as rows of summary_list(), each with its way back."""
    rows = []
    for question in visible_questions(found.item, found.answers):
        chosen = next((one.label for one in question.options if one.value == found.answers.get(question.key)), "")
        rows.append({"key": question.text, "value": chosen, "change": f"{found.page('apply-guide')}?q={question.key}"})
    return rows


def section_rows(found: Filling, page: Section) -> list[dict[str, str]]:
    """What stands on a page of the form, as rows of summary_list(), each with its way back."""
    change = found.page("apply-section", page.key)
    return [
        {
            "key": one.label,
            "value": form_groups.in_words(one, found.filled.get(one.key)),
            "change": "" if one.sum_of else f"{change}#{form_fields.PREFIX}{one.key}",
        }
        for one in page.fields
    ]


def _where(found: Filling, refusal: Refused) -> str:
    """The page on which what was refused can be mended."""
    subject, _, key = (refusal.field or "").partition(".")
    if subject == "promised":
        return "#promised"
    if subject == "papers":
        return f"{found.page('apply-papers')}#paper-{key}"
    if subject == "answers":
        return found.page("apply-guide")
    key = key.partition("[")[0]
    for page in found.sections:
        if subject == "data" and any(one.key == key for one in page.fields):
            return f"{found.page('apply-section', page.key)}#{form_fields.PREFIX}{key}"
    return ""


def promise_lines(item: Item) -> list[str]:
    """What the applicant promises, besides that the item's own conditions are met."""
    return [
        "所填写的信息和提交的材料真实、准确、完整",
        f"已经知晓并满足“{item.heading}”的全部受理条件",
        "能够持续符合条件，接受并配合行政机关的事后核查",
        "承诺不实的，愿意承担撤销许可、记入信用记录等法律后果",
        "上述承诺是本人（单位）真实的意思表示，同意依法公开承诺信息",
    ]


@require_POST
@filled_by_me
def hand_in(request: HttpRequest, found: Filling) -> HttpResponse:
    """提交. The key was given when the draft was begun, so pressing twice hands in once."""
    promised = request.POST.get("promised") == "yes"
    if promised != bool(found.content.get("promised")):
        found = filling.save(platform(), me(request), found, promised=promised)
    if found.gaps:
        return _check(request, found)
    checked = apply_precheck.look(found, request.POST)
    if apply_precheck.mends(checked) and request.POST.get("anyway") != "yes":
        return _check(request, found, warned=True)
    try:
        application = replace(at_counter(request, found), prechecked=worth_keeping(checked))
        sent = submit(platform(), application, actor=me(request), key=str(found.content["key"]))
    except Refused as refusal:
        return _check(request, found, refusal=refusal)
    handed_in(platform(), me(request), found, sent)
    noted_at_counter(request, found, sent)
    _keep_receipt(request, found, sent)
    return onward("office-counter-receipt" if visitor(request).counter else "apply-done", found)


def _keep_receipt(request: HttpRequest, found: Filling, sent: Submission) -> None:
    """From now on the draft holds the receipt and nothing else: what was filled in is the case's."""
    receipt = {
        "region": sent.region,
        "number": sent.number,
        "query_code": sent.query_code,
        "answer_due": sent.answer_due.isoformat(),
    }
    draft = found.draft
    drafts.replace(platform().database, me(request).eyes, draft.id, draft.region, {"sent": receipt})


@require_GET
@signed_in
def done(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """提交成功: the number, the code, and the latest day of an answer."""
    found = filling.find(platform(), me(request), draft)
    if isinstance(found, Filling):
        return redirect("apply", draft)
    case = cases.find(platform().database, me(request).eyes, found.region, found.number)
    rows = documents.of_case(platform().database, me(request).eyes, found.region, case.id) if case else ()
    law = platform().laws.law(found.region, case.case.item, case.case.edition) if case else None
    context = {
        "sent": found,
        "case": case,
        "item": law.item if law else None,
        "provisional": provisionally(law, found.answer_due) if law else "",
        "receipt": next((row for row in rows if row.kind == "receipt"), None),
    }
    return render(request, "apply/done.html", context, search=False)


@require_GET
@filled_by_me
def printed(request: HttpRequest, found: Filling) -> HttpResponse:
    """申请表: what has been filled in so far, for A4 paper; nothing is sent by it."""
    context = {
        "filling": found,
        "item": found.item,
        "answers": answer_rows(found),
        "sections": [(page, section_rows(found, page)) for page in found.sections] if found.situation.complete else [],
        "lines": found.lines,
        "gaps": found.gaps,
        "at": platform().now(),
    }
    return render(request, "apply/print.html", context, search=False)


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def discard(request: HttpRequest, found: Filling) -> HttpResponse:
    """放弃填写: asked once more on a page of its own, since what was typed is gone afterwards."""
    if request.method == "POST":
        draft_ends.discard(platform(), me(request), found.draft)
        return HttpResponseRedirect(reverse("me"), status=303)
    return render(request, "apply/discard.html", {"filling": found, "item": found.item}, search=False)
