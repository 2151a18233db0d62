"""锁: who else has a case open, and what becomes of words that came too late."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from banjie.records import cases, open_cases
from banjie.records.cases import Found
from banjie.records.open_cases import Looker
from banjie.records.people import Standing
from banjie.web.context import render
from banjie.web.identity import official, visitor
from banjie.wiring import platform

ALIVE: Final = timedelta(seconds=100)
"""How long a screen counts as open after it last spoke; it speaks every half minute."""

_WORDS: Final = {
    "opinion": "意见",
    "template": "选用的意见",
    "reason": "理由",
    "reasons": "不予许可的理由",
    "result": "特别程序的结果",
    "ground": "终止的原因和依据",
    "evidence": "送达凭据",
    "words": "答复",
    "redirect_organ": "应当向哪个机关申请",
}
_ASKED: Final = {"problem": "补正：有什么问题", "requirement": "补正：怎么改"}


def note(standing: Standing, found: Found) -> tuple[Looker, ...]:
    """Writes down that this official has the case open; answers with who else has."""
    now, database = platform().now(), platform().database
    open_cases.renew(database, standing.eyes, found.region, found.id, now, now - ALIVE)
    return open_cases.others(database, standing.eyes, found.region, found.id, now - ALIVE)


@require_safe
@official
def still(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """The case is still on her screen; who else has it open, as a fragment."""
    standing = visitor(request).standing
    found = cases.find(platform().database, standing.eyes, region, number) if standing else None
    if standing is None or found is None:
        raise Http404(number)
    return render(request, "officer/open_by.html", {"found": found, "others": note(standing, found)})


def unsent(typed: QueryDict) -> list[tuple[str, str]]:
    """What was written into a form that can no longer be sent, in words, so that nothing of it is lost."""
    found = [(label, typed.get(name, "").strip()) for name, label in _WORDS.items()]
    ticked = set(typed.getlist("ask"))
    for name in typed:
        kind, _, asked = name.partition(":")
        if kind in _ASKED and asked in ticked:
            found.append((_ASKED[kind], typed.get(name, "").strip()))
    return [(label, text) for label, text in found if text]
