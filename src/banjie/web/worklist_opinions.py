"""常用意见: the sentences an official keeps for her opinions, alone or shared with her office."""

import uuid
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from banjie.engine.workflow import StepKind
from banjie.records import desks, opinions
from banjie.records.opinions import Sentence
from banjie.records.people import Standing
from banjie.web import desk_acts
from banjie.web.context import render
from banjie.web.identity import official, visitor
from banjie.wiring import platform

LONGEST: Final = 300
KINDS: Final = {
    "": "所有环节",
    StepKind.REVIEW.value: "材料审查",
    StepKind.SITE_VISIT.value: "现场核查",
    StepKind.EXPERT_REVIEW.value: "专家评审",
    StepKind.OPINION.value: "征求意见",
    StepKind.DECISION.value: "决定",
}


def of_step(standing: Standing, kind: StepKind | None) -> tuple[str, ...]:
    """The sentences for an opinion on a step: her own, her office's, then those that come with the platform."""
    if kind is None:
        return ()
    kept = opinions.sentences(platform().database, standing.eyes, sorted(standing.actor.offices))
    own = [one.words for one in kept if one.kind in ("", kind.value)]
    return tuple(dict.fromkeys([*own, *desk_acts.OPINIONS[kind]]))


@require_http_methods(["GET", "HEAD", "POST"])
@official
def page(request: HttpRequest) -> HttpResponse:
    """The list of sentences, a form for a new one, and a button to drop each of one's own."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        errors = _changed(request, standing)
        if not errors:
            return HttpResponseRedirect("/office/opinions", status=HTTPStatus.SEE_OTHER)
    kept = opinions.sentences(platform().database, standing.eyes, sorted(standing.actor.offices))
    offices = desks.organ_names(platform().database, {one.office for one in kept} | set(standing.actor.offices))
    context = {
        "own": [(one, KINDS.get(one.kind, "所有环节")) for one in kept if one.account == standing.actor.account],
        "shared": [
            (one, KINDS.get(one.kind, "所有环节"), offices.get(one.office, one.office))
            for one in kept
            if one.account != standing.actor.account
        ],
        "kinds": [{"value": value, "text": text} for value, text in KINDS.items()],
        "typed": request.POST,
        "errors": errors,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "officer/opinions.html", context, status=status, errors=bool(errors))


def _changed(request: HttpRequest, standing: Standing) -> list[dict[str, str]]:
    database = platform().database
    if "drop" in request.POST:
        try:
            gone = opinions.drop(database, standing.eyes, uuid.UUID(request.POST["drop"]))
        except ValueError:
            gone = False
        messages.success(request, "已删除。" if gone else "这一句已经不在了。")
        return []
    words, kind = request.POST.get("words", "").strip(), request.POST.get("kind", "")
    if not words or len(words) > LONGEST or "\x00" in words:
        return [{"field": "words", "message": f"请写一句意见，不超过 {LONGEST} 个字"}]
    sentence = Sentence(
        id=str(uuid.uuid4()),
        account=standing.actor.account,
        office=standing.posts[0].office,
        shared=request.POST.get("shared") == "1",
        kind=kind if kind in KINDS else "",
        words=words,
    )
    opinions.keep(database, standing.eyes, standing.actor.region, sentence, platform().now())
    messages.success(request, "已保存，写意见时可以直接选。")
    return []
