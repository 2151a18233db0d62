"""情形引导: the guiding questions of an application, one a page, and what to do when it cannot be made."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from banjie.actions.eligibility import way_words
from banjie.engine.catalogue import Question
from banjie.engine.counterfactuals import ways_to_apply
from banjie.engine.ids import Malformed
from banjie.engine.rules import as_facts
from banjie.engine.situations import Decision, resolve, visible_questions
from banjie.engine.table_space import dimensions
from banjie.web import filling
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.context import render
from banjie.web.draft_filled import Filling
from banjie.wiring import platform


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
        "most": len(found.item.questions),
        "earlier": _answered_rows(found, question),
        "back": f"{found.page('apply-guide')}?q={shown[place - 1].key}" if place else found.page("apply"),
        "error": error,
    }
    return render(request, "apply/guide.html", context, status=422 if error else 200, errors=bool(error), search=False)


def _answered_rows(found: Filling, but: Question) -> list[dict[str, str]]:
    """The answers given so far, each with the way to change it."""
    return [
        {
            "key": one.text,
            "value": next(option.label for option in one.options if option.value == found.answers[one.key]),
            "change": f"{found.page('apply-guide')}?q={one.key}",
        }
        for one in visible_questions(found.item, found.answers)
        if one.key in found.answers and one.key != but.key
    ]


def _ineligible(request: HttpRequest, found: Filling) -> HttpResponse:
    """现在不能办: why, by which clause, by which changes one could apply, and where each of them is made."""
    no = found.situation.outcome.ruled_out
    last = visible_questions(found.item, found.answers)[-1]
    if no is None:
        rows = [(last.text, next((one.label for one in last.options if one.value == found.answers.get(last.key)), ""))]
        back = f"{found.page('apply-guide')}?q={last.key}"
    else:
        rows = [(one.label, one.words) for one in _decisive(found, no)]
        back = _page_of(found, no.table.inputs[-1].fact)
    ways = ways_to_apply(found.item, found.answers, found.data, on=found.today)
    context = {
        "filling": found,
        "item": found.item,
        "reason": found.situation.ineligible,
        "by_table": no is not None,
        "rows": rows,
        "ways": [{"text": way_words(way, "就可以办"), "href": _page_of(found, way.changes[0].fact)} for way in ways],
        "back": back,
    }
    return render(request, "apply/ineligible.html", context, search=False)


@dataclass(frozen=True, slots=True)
class _Said:
    """A fact the row that says no looked at, in words."""

    label: str
    words: str


def _decisive(found: Filling, no: Decision) -> list[_Said]:
    known = dimensions(found.item)
    facts = {**as_facts(found.data), **found.answers}
    return [
        _Said(known[column.fact].label, known[column.fact].say(facts.get(column.fact)))
        for column in no.table.inputs
        if column.fact in known and column.fact in facts
    ]


def _page_of(found: Filling, fact: str) -> str:
    """The page on which a fact is answered: its question, or the section of the form."""
    for section in found.item.form.sections:
        if any(one.key == fact for one in section.fields):
            return found.page("apply-section", section.key)
    return f"{found.page('apply-guide')}?q={fact}"
