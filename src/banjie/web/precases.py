"""审前服务 for whoever asks: a question, a thread like a conversation, what to do next, and one press to a case."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, cast

from django.contrib import messages as banners
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.actions.paper_receiving import keep_uploads
from banjie.actions.precase_words import Turn, line_of, moment_words, thread
from banjie.actions.precases import Question, act_on_precase, consult, unanswered
from banjie.actions.submissions import Submission
from banjie.engine.catalogue import Item
from banjie.engine.filing import Paper
from banjie.engine.precases import (
    KIND_NAMES,
    OPINION,
    STATUS_NAMES,
    Command,
    Precase,
    PrecaseStatus,
    Verdict,
    missing,
    possible,
    standing,
)
from banjie.engine.precases.acts import AddQuestion, CancelVisit, EndService, LinkDraft, Present
from banjie.engine.subject import Malformed, Refused
from banjie.records import drafts, journal, people, precases
from banjie.records.drafts import Draft
from banjie.records.people import PartyName, Standing
from banjie.records.precases import FoundPrecase
from banjie.web import filling, troubles
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import signed_in, visitor
from banjie.web.my import key_of, tabs
from banjie.web.paper_answers import paper_answer
from banjie.web.precase_drafts import new_draft, own_draft
from banjie.wiring import platform

ATTACHED = "attachment"
"""The material of a paper that belongs to a question and not to the application."""
FILES = "files"

COLOURS = {
    PrecaseStatus.CONSULTING: "blue",
    PrecaseStatus.REVIEWING: "blue",
    PrecaseStatus.MENDING: "red",
    PrecaseStatus.READY: "green",
    PrecaseStatus.CONVERTED: "grey",
    PrecaseStatus.ENDED: "grey",
}


# --- asking ---


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """先问问，请人预审: begins a service about an item, with or without an application begun."""
    law = platform().laws.published(region, code)
    if law is None:
        raise Http404("没有公布这个事项")
    item, who = law.item, me(request)
    draft = _draft_named(who, request.GET.get("draft", ""), item)
    parties = [party for party in who.parties if filling.may_apply(item, party)]
    if request.method != "POST":
        return _ask_page(request, item, parties, draft)
    try:
        papers = attached(request)
        question = Question(
            region=region,
            item=code,
            holder=draft.holder if draft else request.POST.get("holder", ""),
            text=request.POST.get("text", "").strip(),
            draft=draft.id if draft else "",
            answers=dict(draft.content.get("answers", {})) if draft else {},
            papers=papers,
        )
        done = consult(platform(), question, actor=who, key=key_of(request))
    except (Refused, Malformed) as error:
        return _ask_page(request, item, parties, draft, error=error)
    if draft:
        drafts.save(platform().database, who.eyes, draft.id, draft.region, {"precase": done.number})
    banners.success(request, "已经提交。工作人员会在办公时间内答复，答复后会给您发消息。")
    return HttpResponseRedirect(reverse("my-precase", args=(region, done.number)), status=303)


def _draft_named(who: Standing, text: str, item: Item) -> Draft | None:
    """The account's draft of that identifier for this item, None for any other."""
    try:
        found = drafts.find(platform().database, who.eyes, uuid.UUID(text)) if text else None
    except ValueError:
        return None
    return found if found and (found.region, found.item) == (item.region, item.code) else None


def attached(request: HttpRequest, material: str = ATTACHED) -> tuple[Paper, ...]:
    """The files that came with a form, kept. Raises `Malformed` for the first that is not taken."""
    uploads = [
        (one.name or "未命名", cast("IO[bytes]", one))
        for one in request.FILES.getlist(FILES)
        if isinstance(one, UploadedFile)
    ]
    kept = []
    for stored in keep_uploads(platform(), uploads):
        if isinstance(stored, Malformed):
            raise stored
        kept.append(Paper(material, stored.name, stored.sha256, stored.media_type, stored.size))
    return tuple(kept)


def _ask_page(
    request: HttpRequest,
    item: Item,
    parties: list[PartyName],
    draft: Draft | None,
    *,
    error: Refused | Malformed | None = None,
) -> HttpResponse:
    chosen = visitor(request).party
    context = {
        "item": item,
        "parties": parties,
        "draft": draft,
        "holder": request.POST.get("holder", "") or (chosen.id if chosen in parties and chosen else ""),
        "text": request.POST.get("text", ""),
        "closed": unanswered(platform(), item),
        "errors": errors_of(error),
        "rule": error.rule if error else "",
        "key": key_of(request),
    }
    return render(
        request, "precases/ask.html", context, status=status_of(error), errors=error is not None, search=False
    )


def errors_of(error: Refused | Malformed | None) -> list[dict[str, str]]:
    """What is wrong, as the error summary takes it."""
    if error is None:
        return []
    words = error.reason + (f"。{error.remedy}" if error.remedy else "")
    return [{"field": FILES if error.field == "file" else error.field or "", "message": words}]


def status_of(error: Refused | Malformed | None) -> int:
    """The status of a page that shows what went wrong."""
    if error is None:
        return HTTPStatus.OK
    return troubles.status_of(error) if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY


# --- my services ---


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """我的审前服务: every thread of my parties, the latest touched first."""
    who = me(request)
    found = precases.of_parties(platform().database, who.eyes, sorted(who.actor.parties))
    lines = [
        {
            "found": one,
            "status": (STATUS_NAMES[one.precase.status], COLOURS[one.precase.status]),
            "kind": KIND_NAMES[one.precase.kind],
            "next": next_words(one.precase),
        }
        for one in found
    ]
    return render(request, "precases/list.html", {"lines": lines, "tabs": tabs("my-precases")}, nav="me")


def next_words(precase: Precase) -> str:
    """What happens next, in one sentence."""
    owed = {one.what: one.due for one in precase.dues}
    match precase.status:
        case PrecaseStatus.CONSULTING if precase.reply_due:
            return f"等工作人员答复，最迟 {moment_words(precase.reply_due)}"
        case PrecaseStatus.CONSULTING:
            return "已经答复。可以继续问，也可以开始填写，填好请人预审"
        case PrecaseStatus.REVIEWING if OPINION in owed:
            return f"等预审意见，最迟 {moment_words(owed[OPINION])}"
        case PrecaseStatus.MENDING:
            return "请按意见修改，改好后再请预审"
        case PrecaseStatus.READY:
            return "可以申报：点“转为正式申请”，核对后提交"
        case PrecaseStatus.CONVERTED:
            return f"已转为办件 {precase.case_number}"
        case _:
            return "服务已经结束"


# --- one thread ---


def mine(request: HttpRequest, region: str, number: str) -> FoundPrecase:
    """A service of one of my parties. Raises Http404 for others' exactly as for missing ones."""
    who = me(request)
    found = precases.find(platform().database, who.eyes, region, number)
    if found is None or found.precase.holder.id not in who.actor.parties:
        raise Http404("没有找到这个审前服务单")
    return found


@require_GET
@signed_in
def service(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """One service: what to do now, what was said, by whom and when, and everything one can do."""
    return _page(request, mine(request, region, number))


def _page(request: HttpRequest, found: FoundPrecase, *, error: Refused | Malformed | None = None) -> HttpResponse:
    who, precase = me(request), found.precase
    item = platform().laws.law(found.region, precase.item, precase.edition).item
    offered = {command.__name__ for command in possible(precase, who.actor)}
    draft = own_draft(who, precase)
    judged = standing(precase, item)
    context = {
        "found": found,
        "precase": precase,
        "item": item,
        "status": (STATUS_NAMES[precase.status], COLOURS[precase.status]),
        "kind": KIND_NAMES[precase.kind],
        "next": next_words(precase),
        "turns": turns_of(who, found, item, inside=False),
        "faults": [line_of(one, item) for one in judged if one.verdict is not Verdict.MET],
        "met": sum(1 for one in judged if one.verdict is Verdict.MET),
        "missing": missing(precase, item) if precase.presented else (),
        "offered": offered,
        "draft": draft,
        "text": request.POST.get("text", ""),
        "reason": request.POST.get("reason", ""),
        "errors": errors_of(error),
        "rule": error.rule if error else "",
        "key": key_of(request),
    }
    return render(
        request, "precases/service.html", context, status=status_of(error), errors=error is not None, nav="me"
    )


def turns_of(who: Standing, found: FoundPrecase, item: Item, *, inside: bool) -> tuple[Turn, ...]:
    """The conversation as these eyes may read it."""
    entries = journal.history(platform().database, who.eyes, found.region, found.id)
    names = people.names_of(platform().database, {entry.actor for entry in entries})
    return thread(entries, names, item, inside=inside)


@require_GET
@signed_in
def paper(request: HttpRequest, region: str, number: str, sha256: str) -> HttpResponse:
    """A paper of the thread."""
    return file_of(mine(request, region, number), sha256)


def file_of(found: FoundPrecase, sha256: str) -> HttpResponse:
    """A paper of a thread; never a stranger's file by its name."""
    known = next((one for one in found.precase.files if one.sha256 == sha256), None)
    if known is None:
        raise Http404("没有这份材料")
    return paper_answer(platform(), sha256, known.media_type, known.name)


# --- doing ---


@require_POST
@signed_in
def act(request: HttpRequest, region: str, number: str, act: str) -> HttpResponse:
    """Does what a form of the thread asks for; an error comes back with everything typed."""
    found = mine(request, region, number)
    try:
        if act == "begin":
            return _begin(request, found)
        if act == "apply":
            return _apply(request, found)
        command, words = _READERS[act](request, found)
        _do(request, found, command)
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _page(request, found, error=error)
    banners.success(request, words)
    return HttpResponseRedirect(reverse("my-precase", args=(region, number)), status=303)


def _do(request: HttpRequest, found: FoundPrecase, command: Command) -> None:
    act_on_precase(
        platform(), command, actor=me(request), region=found.region, number=found.number, key=key_of(request)
    )


def _question(request: HttpRequest, found: FoundPrecase) -> tuple[Command, str]:
    return AddQuestion(request.POST.get("text", "").strip(), attached(request)), "已经发给工作人员。"


def _shown(request: HttpRequest, found: FoundPrecase) -> tuple[Command, str]:
    """What the draft holds now, gaps and all."""
    draft = own_draft(me(request), found.precase)
    filled = filling.find(platform(), me(request), uuid.UUID(draft.id)) if draft else None
    if filled is None or isinstance(filled, Submission):
        raise Refused(
            "没有可以预审的草稿", rule="审前服务办法", remedy="请先开始填写；草稿在别的账号里的，请用那个账号"
        )
    whole = filled.application()
    command = Present(
        answers=whole.answers, data=whole.data, papers=whole.papers, later=whole.later, draft=filled.draft.id
    )
    return command, "已经交给工作人员预审。给出意见以前还可以继续改，改了请再交一次。"


def _ended(request: HttpRequest, found: FoundPrecase) -> tuple[Command, str]:
    return EndService(request.POST.get("reason", "").strip()), "服务已经结束。需要时可以重新提问。"


def _no_visit(request: HttpRequest, found: FoundPrecase) -> tuple[Command, str]:
    return CancelVisit(request.POST.get("reason", "").strip()), "已经告诉工作人员，现场预勘取消。"


_READERS: dict[str, Callable[[HttpRequest, FoundPrecase], tuple[Command, str]]] = {
    "add-question": _question,
    "present": _shown,
    "end-service": _ended,
    "cancel-visit": _no_visit,
}


def _begin(request: HttpRequest, found: FoundPrecase) -> HttpResponse:
    """Begins the application of this service, or goes on with it."""
    who = me(request)
    draft = own_draft(who, found.precase)
    if draft is None:
        draft_id = new_draft(who, found)
        _do(request, found, LinkDraft(draft_id, dict(found.precase.answers)))
        return HttpResponseRedirect(reverse("apply", args=(draft_id,)), status=303)
    return HttpResponseRedirect(reverse("apply", args=(draft.id,)), status=303)


def _apply(request: HttpRequest, found: FoundPrecase) -> HttpResponse:
    """转为正式申请: everything is carried over, and what is left is to check and hand in."""
    who = me(request)
    draft = own_draft(who, found.precase)
    draft_id = draft.id if draft else new_draft(who, found)
    drafts.save(platform().database, who.eyes, draft_id, found.region, {"precase": found.number})
    return HttpResponseRedirect(reverse("apply-check", args=(draft_id,)), status=303)
