"""练习办件: the list of exercises with results, and the page on which one is worked."""

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from banjie.actions import sandbox as practising
from banjie.actions.sandbox import Opened
from banjie.engine import sandbox as law
from banjie.engine.cases import NAMES, Command
from banjie.engine.cases import acts as case_acts
from banjie.engine.error_classes import ERROR_MEANINGS, ERROR_NAMES
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.packs.sandbox import exercises
from banjie.packs.staff import staff_rules
from banjie.records import sandbox, staff
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import official
from banjie.web.manager import standing_of
from banjie.wiring import platform

_NO_FAULT: Final = "没有问题"


@require_safe
@official
def practice_list(request: HttpRequest) -> HttpResponse:
    """The exercises by item, what is open, how each came out, and which items one is certified for."""
    here, who = platform(), standing_of(request)
    me, today = who.actor.account, here.today()
    results = sandbox.results(here.database, who.eyes, me)
    opened = sandbox.open_of(here.database, who.eyes, me)
    best = {one.exercise: max(r.score for r in results if r.exercise == one.exercise) for one in results}
    groups = []
    for code in dict.fromkeys(one.item for one in exercises().values()):
        found = here.laws.published(here.region, code)
        if found is None:
            continue
        of_item = [one for one in exercises().values() if one.item == code]
        held = staff.certified(here.database, [me], code, today, kind=found.item.kind.value)
        groups.append(
            {
                "name": found.item.heading,
                "certified": me in held,
                "passed": len({one.exercise for one in results if one.item == code and one.passed}),
                "exercises": [(one, best.get(one.key), one.key in opened) for one in of_item],
            }
        )
    context = {
        "groups": groups,
        "passes": staff_rules().certifying.passes,
        "pass_mark": staff_rules().scoring.pass_mark,
        "results": [
            (one, exercises()[one.exercise].name if one.exercise in exercises() else one.exercise) for one in results
        ],
    }
    return render(request, "staff/practice_list.html", context)


@require_POST
@official
def begin(request: HttpRequest) -> HttpResponse:
    """Opens an exercise."""
    try:
        practice = practising.begin(platform(), request.POST.get("exercise", "")[:60], actor=standing_of(request))
    except (Refused, Malformed) as error:
        refused = error if isinstance(error, Refused) else Refused(error.reason, rule=law.RULE, remedy=error.remedy)
        return troubles.refused(request, refused)
    return HttpResponseRedirect(reverse("office-practice", args=(practice,)), status=HTTPStatus.SEE_OTHER)


@require_safe
@official
def practice(request: HttpRequest, practice: UUID) -> HttpResponse:
    """The application to look through, or what came of it."""
    return _page(request, _opened(request, practice), None)


def _opened(request: HttpRequest, practice: UUID) -> Opened:
    one = practising.opened(platform(), str(practice), actor=standing_of(request))
    if one is None:
        raise Http404(practice)
    return one


def _page(request: HttpRequest, one: Opened, error: Refused | None) -> HttpResponse:
    done = one.row.practice
    result = done.result
    faults = {fault.target: fault for fault in one.exercise.faults}
    lines = [_line(one, target, request) for target in law.targets(one.exercise, one.law.item, done)]
    if result is not None:
        for line in lines:
            line["verdict"] = _verdict(line["target"], result)
            line["fault"] = faults.get(line["target"])
            line["class"] = ERROR_NAMES[faults[line["target"]].error] if line["target"] in faults else ""
    context = {
        "one": one,
        "result": result,
        "groups": [
            (title, [line for line in lines if line["kind"] == kind])
            for kind, title in (
                ("material", "材料"),
                ("form", "申请表"),
                ("record", "同事的经办记录"),
                ("document", "拟好的文书"),
            )
        ],
        "classes": [(_NO_FAULT, "")] + [(name, error.value) for error, name in ERROR_NAMES.items()],
        "meanings": [(ERROR_NAMES[one], words) for one, words in ERROR_MEANINGS.items()],
        "acts": [(_BY_NAME[command], NAMES[command]) for command in law.open_acts(done, one.law)],
        "expected": "、".join(NAMES[case_acts.ACTS[name]] for name in one.exercise.expected),
        "did": NAMES[case_acts.ACTS[done.done[-1]]] if done.done else "",
        "action": reverse("office-practice-work", args=(one.row.id,)),
        "scoring": staff_rules().scoring,
        "error": error,
    }
    status = troubles.status_of(error) if error else HTTPStatus.OK
    return render(request, "staff/practice.html", context, status=status, errors=error is not None)


def _line(one: Opened, target: str, request: HttpRequest) -> dict[str, Any]:
    """What a target shows: its title, what it says, the review points beside it, how it is marked."""
    kind, _, key = target.partition(":")
    item, task, case = one.law.item, one.exercise, one.row.practice.case
    points: tuple[str, ...] = ()
    if kind == "material":
        material = next(entry for entry in item.materials if entry.key == key)
        title, text, points = material.name, task.contents.get(key, "内容齐全，与申请表一致。"), material.review_points
    elif kind == "form":
        field = next(entry for entry in item.form.fields if entry.key == key)
        value = str(case.data.get(key, ""))
        title, text = field.label, next((o.label for o in field.options if o.value == value), value)
    else:
        shown = next(entry for entry in (task.records if kind == "record" else task.documents) if entry.key == key)
        title, text = shown.title, shown.text
    marked = request.POST.get(f"mark:{target}") if request.method == "POST" else None
    return {
        "target": target,
        "kind": kind,
        "title": title,
        "text": text,
        "points": points,
        "marked": marked if marked is not None else one.row.practice.marks.get(target, ""),
    }


def _verdict(target: str, result: law.Result) -> tuple[str, str]:
    if target in result.found:
        return "找对了", "green"
    if target in result.misnamed:
        return "位置对，类别不对", "yellow"
    if target in result.missed:
        return "漏掉了", "red"
    return ("没有问题，标错了", "red") if target in result.false_alarms else ("没有问题", "grey")


_BY_PATH: Final[dict[str, type[Command]]] = {
    "claim": case_acts.Claim,
    "accept": case_acts.Accept,
    "ask-correction": case_acts.AskCorrection,
    "find-not-required": case_acts.FindNotRequired,
    "find-not-competent": case_acts.FindNotCompetent,
}
_BY_NAME: Final = {command: path for path, command in _BY_PATH.items()}


@require_POST
@official
def work(request: HttpRequest, practice: UUID) -> HttpResponse:
    """Keeps what is marked, and does the act whose button was pressed."""
    one, who = _opened(request, practice), standing_of(request)
    pressed = request.POST.get("do", "save")
    try:
        marks = {
            target: request.POST.get(f"mark:{target}", "")
            for target in law.targets(one.exercise, one.law.item, one.row.practice)
        }
        one = practising.mark(platform(), one, marks, actor=who)
        command = _command(pressed, one, request.POST.get("reason", "").strip()[:500].replace("\x00", ""))
        if command is not None:
            one = practising.act(platform(), one, command, actor=who)
    except Refused as error:
        return _page(request, one, error)
    if one.row.practice.result is None:
        messages.success(request, "已接件，请核对后决定怎么办。" if pressed == "claim" else "标记已保存，可以接着做。")
    return HttpResponseRedirect(reverse("office-practice", args=(one.row.id,)), status=HTTPStatus.SEE_OTHER)


def _command(pressed: str, one: Opened, reason: str) -> Command | None:
    match _BY_PATH.get(pressed):
        case case_acts.Claim:
            return case_acts.Claim()
        case case_acts.Accept:
            return case_acts.Accept()
        case case_acts.AskCorrection:
            return practising.correction(one)
        case case_acts.FindNotRequired:
            return case_acts.FindNotRequired(reason)
        case case_acts.FindNotCompetent:
            return case_acts.FindNotCompetent(reason, reason)
        case _:
            return None
