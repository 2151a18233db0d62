"""能不能办: the guiding questions without signing in. The answers stand in the address, to be kept and sent on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from banjie.actions.eligibility import Judged, judge, told
from banjie.engine.ids import Malformed
from banjie.engine.situations import visible_questions
from banjie.engine.table_cells import UNITS, FactKind
from banjie.engine.table_space import Dimension, dimensions
from banjie.web.context import render
from banjie.web.guide import published
from banjie.wiring import platform

SKIP = "skip"
"""In the address once she has said that she does not know the rest yet."""


@require_GET
def check(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """One question a page, then what the form would decide, then the personal list; each answer can be changed."""
    item = published(region, code)
    address = reverse("item-check", args=(region, code))
    known = dimensions(item)
    questions = {question.key for question in item.questions}
    given = {fact: request.GET[fact][:60] for fact in (*questions, *known) if request.GET.get(fact, "").strip()}
    wrong: dict[str, str] = {}
    while True:
        try:
            judged = judge(item, given, platform().today())
            break
        except Malformed as refused:
            # What cannot be read is asked again, with what is wrong beside it.
            wrong[refused.field] = f"{refused.reason}。{refused.remedy}"
            given = {fact: text for fact, text in given.items() if fact != refused.field}
    given = {**judged.answers, **{fact: text for fact, text in given.items() if fact not in questions}}
    asked = request.GET.get("q", "")
    shown = visible_questions(item, judged.answers)
    question = next((one for one in shown if one.key == asked), None) or judged.question
    base = {
        "item": item,
        "address": address,
        "region": region,
        "code": code,
        "answered": _answered(judged, given, address),
    }
    wrong_field = any(fact not in questions for fact in wrong)
    if question is not None:
        place = [one.key for one in shown].index(question.key)
        earlier = [(key, value) for key, value in given.items() if key != question.key]
        context = base | {
            "question": question,
            "options": [{"value": one.value, "text": one.label, "hint": one.hint} for one in question.options],
            "chosen": given.get(question.key, ""),
            "number": place + 1,
            "most": len(item.questions),
            "earlier": earlier,
            "back": f"{address}?{urlencode({**given, 'q': shown[place - 1].key})}"
            if place
            else reverse("item", args=(region, code)),
            "error": wrong.get(question.key, ""),
        }
        return render(request, "citizen/check_question.html", context, errors=question.key in wrong)
    needed = judged.undecided + tuple(known[fact] for fact in wrong if fact in known and fact not in questions)
    if (needed and SKIP not in request.GET and judged.eligible is not False) or wrong_field:
        context = base | {
            "controls": [_control(one, request.GET.get(one.fact, "")[:60], wrong.get(one.fact, "")) for one in needed],
            "earlier": list(given.items()),
            "errors": [{"field": fact, "message": words} for fact, words in wrong.items()],
        }
        return render(request, "citizen/check_facts.html", context, errors=bool(wrong))
    return _result(request, judged, given, base)


def _answered(judged: Judged, given: dict[str, str], address: str) -> list[dict[str, str]]:
    """What was answered, each with the way to change it."""
    rows = []
    known = dimensions(judged.item)
    for question in visible_questions(judged.item, judged.answers):
        if question.key in judged.answers:
            label = next(one.label for one in question.options if one.value == judged.answers[question.key])
            change = f"{address}?{urlencode({**given, 'q': question.key})}"
            rows.append({"key": question.text, "value": label, "change": change})
    for fact, value in judged.data.items():
        rest = {name: text for name, text in given.items() if name != fact}
        change = f"{address}?{urlencode(rest)}"
        rows.append({"key": known[fact].label, "value": known[fact].say(value), "change": change})
    return rows


def _control(dimension: Dimension, value: str, error: str) -> dict[str, Any]:
    options = [{"value": key, "text": label} for key, label in dimension.labels.items()]
    if dimension.kind is FactKind.YES_NO:
        options = [{"value": "是", "text": "是"}, {"value": "否", "text": "否"}]
    return {
        "name": dimension.fact,
        "label": dimension.label,
        "options": options,
        "value": value,
        "error": error,
        "unit": UNITS.get(dimension.kind, ""),
        "day": dimension.kind is FactKind.DATE,
    }


def _result(request: HttpRequest, judged: Judged, given: dict[str, str], base: dict[str, Any]) -> HttpResponse:
    answer = told(judged)
    ways = [
        {
            "text": words,
            "href": f"{base['address']}?{urlencode({**given, **way_given(judged, number)})}",
        }
        for number, words in enumerate(answer.yes_if)
    ]
    context = base | {
        "answer": answer,
        "ways": ways,
        "open_labels": "、".join(one.label for one in judged.undecided),
        "start": reverse("start", args=(base["region"], base["code"])),
        "fee": answer.fee_fen,
        "today": judged.on,
    }
    return render(request, "citizen/check_result.html", context)


def way_given(judged: Judged, number: int) -> dict[str, str]:
    """What a way changes, as it stands in the address."""
    known = dimensions(judged.item)
    changed = {}
    for one in judged.ways[number].changes:
        dimension = known[one.fact]
        words = dimension.say(one.value).removesuffix(UNITS.get(dimension.kind, "")).strip()
        changed[one.fact] = str(one.value) if dimension.labels else words
    return changed
