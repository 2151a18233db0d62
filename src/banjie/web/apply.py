"""The application itself: questions, form, check, promise, and handing it in. One thing a page; Back always works."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.actions.progress import provisionally
from banjie.actions.submissions import Submission, submit
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item, Question
from banjie.engine.forms import Fault, Section
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.situations import resolve, visible_questions
from banjie.engine.subject import Refused
from banjie.records import cases, documents, drafts
from banjie.records.people import Standing
from banjie.web import filling, form_fields, troubles
from banjie.web.context import render
from banjie.web.filling import Filling
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
    return render(request, "apply/task_list.html", context, search=False)


def tasks(found: Filling) -> list[dict[str, str]]:
    """The pages of this application with their states."""
    situation = found.situation
    listed: list[dict[str, str]] = []
    if found.item.questions:
        status = ("已完成", "") if situation.complete else ("未完成", "yellow")
        listed.append(_task("办理情形", found.page("apply-guide"), status, "几个小问题，决定您要填什么、交什么"))
    if not situation.complete:
        later = ("先回答上面的问题", "grey")
        return [*listed, _task("申请表", "", later), _task("材料", "", later), _task("核对并提交", "", later)]
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


def _section_status(found: Filling, section: Section) -> tuple[str, str]:
    if found.is_done(section):
        return "已完成", ""
    begun = found.has_saved(section.key) or section.key in found.content.get("typed", {})
    return ("填了一部分", "yellow") if begun else ("未开始", "blue")


def _prefilled_words(found: Filling, section: Section) -> str:
    number = len(found.prefilled(section))
    return f"已为您填好 {number} 项，请核对" if number else ""


# --- guiding questions ---


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def guide(request: HttpRequest, found: Filling) -> HttpResponse:
    """情形引导: one question at a time. An answer that rules the application out says what to do instead."""
    if request.method == "POST":
        return _answered(request, found)
    asked = request.GET.get("q", "")
    question = next((one for one in visible_questions(found.item, found.answers) if one.key == asked), None)
    situation = found.situation
    if question is not None:
        return _ask(request, found, question)
    if situation.ineligible:
        return _ineligible(request, found)
    if situation.next_question is not None:
        return _ask(request, found, situation.next_question)
    return onward("apply", found)


def _answered(request: HttpRequest, found: Filling) -> HttpResponse:
    key, answer = request.POST.get("question", ""), request.POST.get("answer", "")
    question = next((one for one in visible_questions(found.item, found.answers) if one.key == key), None)
    if question is None:
        return onward("apply-guide", found)
    if not answer:
        return _ask(request, found, question, error="请选择一项")
    try:
        facts = resolve(found.item, {**found.answers, key: answer}).facts
    except Malformed as malformed:
        return _ask(request, found, question, error=malformed.remedy)
    # Answers to questions that are no longer asked are dropped, so that nothing hidden decides anything.
    filling.save(platform(), me(request), found, answers={name: str(value) for name, value in facts.items()})
    return onward("apply-guide", found)


def _ask(request: HttpRequest, found: Filling, question: Question, *, error: str = "") -> HttpResponse:
    shown = visible_questions(found.item, found.answers)
    place = [one.key for one in shown].index(question.key)
    context = {
        "filling": found,
        "item": found.item,
        "question": question,
        "options": [{"value": option.value, "text": option.label, "hint": option.hint} for option in question.options],
        "chosen": found.answers.get(question.key, ""),
        "number": place + 1,
        "back": f"{found.page('apply-guide')}?q={shown[place - 1].key}" if place else found.page("apply"),
        "error": error,
    }
    return render(request, "apply/guide.html", context, status=422 if error else 200, errors=bool(error), search=False)


def _ineligible(request: HttpRequest, found: Filling) -> HttpResponse:
    last = visible_questions(found.item, found.answers)[-1]
    chosen = next((option.label for option in last.options if option.value == found.answers.get(last.key)), "")
    context = {
        "filling": found,
        "item": found.item,
        "reason": found.situation.ineligible,
        "question": last,
        "chosen": chosen,
        "back": f"{found.page('apply-guide')}?q={last.key}",
    }
    return render(request, "apply/ineligible.html", context, search=False)


# --- the form, one section a page ---


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def section(request: HttpRequest, found: Filling, key: str) -> HttpResponse:
    """A page of the form. Nothing typed is ever lost: it is kept while typing, and when something is wrong."""
    if not found.situation.complete:
        return onward("apply-guide", found)
    page = found.section(key)
    if request.method != "POST":
        return _form(request, found, page)
    raw = form_fields.posted(page.fields, request.POST)
    if request.headers.get("X-Requested-With") == "autosave":
        return _autosave(request, found, page, raw)
    values, faults = found.read(key, raw)
    keys = {one.key for one in page.fields}
    if faults:
        kept = filling.save_within(platform(), me(request), found, "typed", {key: raw})
        # What an answer on this very page has only now called for was never asked, so it is no error yet.
        wrong = tuple(fault for fault in faults if fault.field in keys)
        return _form(request, kept, kept.section(key), faults=wrong, more=len(wrong) < len(faults))
    return _after(_save_page(me(request), found, key, values), key)


def _save_page(standing: Standing, found: Filling, key: str, values: dict[str, Fact]) -> Filling:
    """Keeps a page that is right; values of its fields that are no longer asked for go."""
    whole = next(one for one in found.item.form.sections if one.key == key)
    kept = filling.save_within(
        platform(), standing, found, "data", {one.key: values.get(one.key) for one in whole.fields}
    )
    kept = filling.save_within(platform(), standing, kept, "typed", {key: None})
    return filling.save_within(platform(), standing, kept, "seen", {key: True})


def _after(found: Filling, key: str) -> HttpResponse:
    """To the next page that is still open, else to the papers, else to the check."""
    keys = [one.key for one in found.sections]
    following = found.sections[keys.index(key) + 1 :] if key in keys else found.sections
    for page in following:
        if not found.is_done(page):
            return onward("apply-section", found, page.key)
    if any(not found.is_done(page) for page in found.sections):
        return onward("apply", found)
    return onward("apply-papers" if any(not line.settled for line in found.lines) else "apply-check", found)


def _form(
    request: HttpRequest,
    found: Filling,
    page: Section,
    *,
    faults: tuple[Fault, ...] = (),
    more: bool = False,
) -> HttpResponse:
    values = found.values(page)
    wrong = {fault.field: form_fields.message(fault) for fault in faults}
    prefilled = {one.key for one in found.prefilled(page)} if request.method != "POST" else set()
    keys = [one.key for one in found.sections]
    place = keys.index(page.key)
    context = {
        "filling": found,
        "item": found.item,
        "section": page,
        "controls": [
            form_fields.control(one, values.get(one.key), error=wrong.get(one.key, ""), prefilled=one.key in prefilled)
            for one in page.fields
        ],
        "prefilled": len(prefilled),
        "errors": form_fields.errors(faults),
        "more": more and not faults,
        "number": place + 1,
        "sections": found.sections,
        "back": found.page("apply-section", keys[place - 1]) if place else found.page("apply"),
    }
    status = 422 if faults else 200
    return render(request, "apply/section.html", context, status=status, errors=bool(faults), search=False)


def _autosave(request: HttpRequest, found: Filling, page: Section, raw: dict[str, object]) -> HttpResponse:
    filling.save_within(platform(), me(request), found, "typed", {page.key: raw})
    at = platform().now().astimezone(CHINA)
    return HttpResponse(f"已暂存 {at:%H:%M}", content_type="text/plain; charset=utf-8")


# --- check, promise, hand in ---


@require_GET
@filled_by_me
def check(request: HttpRequest, found: Filling) -> HttpResponse:
    """核对: everything that will be handed in, each line with its way back."""
    return _check(request, found)


def _check(request: HttpRequest, found: Filling, *, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "filling": found,
        "item": found.item,
        "gaps": found.gaps,
        "answers": _answer_rows(found),
        "sections": [(page, _rows(found, page)) for page in found.sections] if found.situation.complete else [],
        "lines": found.lines,
        "refusal": refusal,
        "refusal_field": _where(found, refusal) if refusal else "",
        "promise": promise_lines(found.item) if found.item.by_promise else [],
        "key": found.content.get("key", ""),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "apply/check.html", context, status=status, errors=refusal is not None, search=False)


def _answer_rows(found: Filling) -> list[dict[str, str]]:
    rows = []
    for question in visible_questions(found.item, found.answers):
        chosen = next((one.label for one in question.options if one.value == found.answers.get(question.key)), "")
        rows.append({"key": question.text, "value": chosen, "change": f"{found.page('apply-guide')}?q={question.key}"})
    return rows


def _rows(found: Filling, page: Section) -> list[dict[str, str]]:
    change = found.page("apply-section", page.key)
    return [
        {
            "key": one.label,
            "value": form_fields.summary(one, found.data.get(one.key)),
            "change": f"{change}#{form_fields.PREFIX}{one.key}",
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
    try:
        sent = submit(platform(), found.application(), actor=me(request), key=str(found.content["key"]))
    except Refused as refusal:
        return _check(request, found, refusal=refusal)
    _keep_receipt(request, found, sent)
    return onward("apply-done", found)


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


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def discard(request: HttpRequest, found: Filling) -> HttpResponse:
    """放弃填写: asked once more on a page of its own, since what was typed is gone afterwards."""
    if request.method == "POST":
        drafts.discard(platform().database, me(request).eyes, found.draft.id, found.draft.region)
        return HttpResponseRedirect(reverse("me"), status=303)
    return render(request, "apply/discard.html", {"filling": found, "item": found.item}, search=False)
