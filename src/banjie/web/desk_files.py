"""The rest of a case's file: ticks on review points, what has changed, what each office says, everything in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from banjie.actions import handling
from banjie.actions.case_file_words import told as told_beside
from banjie.actions.checklists import counted, grounds, tick
from banjie.actions.masking import paper_name
from banjie.actions.telling import OUTCOME_NAMES, accounts_in, events_told
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import KINDS, Case, Law, evolve
from banjie.engine.cases import events as case_events
from banjie.engine.cases.state import STAGE_NAMES, Stage
from banjie.engine.checklists import VERDICT_NAMES, Checklist, Mark, Verdict
from banjie.engine.codec import decode
from banjie.engine.differences import CHANGE_NAMES, Change, Filing, field_changes, paper_changes
from banjie.engine.endorsements import basis_of
from banjie.engine.subject import Malformed, Refused
from banjie.records import case_files, cases, desks, documents, journal, people
from banjie.records.cases import Found
from banjie.records.journal import Entry
from banjie.records.people import Standing
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key, key_of
from banjie.web.desk_case import address_of, law_of
from banjie.web.desk_meetings import found_case, lines_of_case, may_call, standing_of
from banjie.web.desk_visits import lines_of_case as visits_of_case
from banjie.web.desk_visits import may_plan
from banjie.web.form_groups import in_words
from banjie.web.identity import official
from banjie.web.precases import errors_of, status_of
from banjie.wiring import platform

TICK_KINDS: Final = {Verdict.MET: "green", Verdict.NOT_MET: "red", Verdict.UNCLEAR: "yellow"}
_CHANGE_KINDS: Final = {Change.CHANGED: "yellow", Change.ADDED: "blue", Change.REMOVED: "red"}


# --- what the case page shows of it ---


def beside(standing: Standing, found: Found, law: Law) -> dict[str, Any]:
    """Ticks by "material|point", how far the checking is, the offices' opinions, meetings and visits."""
    checklist = case_files.checklist(platform().database, standing.eyes, found.region, found.id)
    lying = grounds(found, law)
    ticks = {
        f"{target}|{point}": (VERDICT_NAMES[one.mark.verdict], TICK_KINDS[one.mark.verdict], _by(one.name, one.at))
        for (target, point), ground in lying.items()
        if (one := checklist.of(target, point, ground)) is not None
    }
    address = address_of(found.region, found.number)
    return {
        "ticks": ticks,
        "ticked": counted(checklist, found, law),
        "opinions": opinions(standing, found, law),
        "meetings": lines_of_case(standing, found),
        "visits": visits_of_case(standing, found),
        "may_call": may_call(found, standing) and found.case.is_open,
        "may_plan": may_plan(found, standing),
        "checklist_href": f"{address}/checklist",
        "differences_href": f"{address}/differences",
        "timeline_href": f"{address}/timeline",
        "call_href": reverse("office-meeting-call", args=(found.region, found.number)),
        "plan_href": reverse("office-visit-new", args=(found.region, found.number)),
    }


def _by(name: str, at: datetime) -> str:
    here = at.astimezone(CHINA)
    return f"{name} {here.month}月{here.day}日 {here:%H:%M}"


def opinions(standing: Standing, found: Found, law: Law) -> list[dict[str, Any]]:
    """意见汇总: what each step's office says, as soon as it has said it, and who has still to speak."""
    steps = [step for step in law.item.workflow.steps if step.office and step.office != law.item.organ]
    if not steps:
        return []
    entries = journal.history(platform().database, standing.eyes, found.region, found.id)
    names = people.names_of(platform().database, {entry.actor for entry in entries})
    organs = desks.organ_names(platform().database, {step.office for step in steps})
    said: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry.kind == "StepReturned":
            said.pop(str(entry.data["to"]), None)
        elif entry.kind in ("StepSigned", "StepFinished"):
            event = decode(KINDS[entry.kind], entry.data)
            assert isinstance(event, case_events.StepSigned | case_events.StepFinished)  # noqa: S101 — the names say so.
            line = {
                "outcome": OUTCOME_NAMES.get(event.outcome, event.outcome),
                "kind": "red" if event.outcome == "fail" else "green",
                "words": event.opinion,
                "by": _by(names.get(entry.actor, entry.actor), entry.at),
            }
            said.setdefault(event.step, []).append(line)
    return [
        {
            "step": step.name,
            "office": organs.get(step.office, step.office),
            "said": said.get(step.key, []),
            "state": ("正在办理，还没有给出意见", "yellow") if step.key in found.case.active else ("没有进入", "grey"),
        }
        for step in steps
        if step.key in said or step.key in found.case.active
    ]


def correction_from(standing: Standing, found: Found, law: Law) -> QueryDict:
    """The form of a correction notice, with every point that is ticked as not met."""
    checklist = case_files.checklist(platform().database, standing.eyes, found.region, found.id)
    typed = QueryDict(mutable=True)
    wrong: dict[str, list[Mark]] = {}
    for (target, point), ground in grounds(found, law).items():
        one = checklist.of(target, point, ground)
        if one is not None and one.mark.verdict is Verdict.NOT_MET:
            wrong.setdefault(target, []).append(one.mark)
    for target, marks in wrong.items():
        typed.appendlist("ask", target)
        typed[f"problem:{target}"] = "；".join(f"{one.point}：{one.note}" for one in marks)[:500]
        typed[f"requirement:{target}"] = "请按下列要求重新提交：" + "；".join(one.point for one in marks)[:400]
        typed[f"basis:{target}"] = basis_of(law.item, target)
        typed[f"point:{target}"] = marks[0].point
    return typed


# --- ticking ---


@require_http_methods(["GET", "HEAD", "POST"])
@official
def checklist(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """核对要点: every review point with what was found; kept as often as one saves."""
    found = found_case(request, region, number)
    standing, law = standing_of(request), law_of(found)
    if not handling.handles(found.case, standing.actor, law):
        raise Http404(number)
    if request.method != "POST":
        return _checklist_page(request, found, QueryDict())
    try:
        marks = _marks(request.POST, found, law)
        tick(platform(), found, law, marks, actor=standing, key=key_of(request.POST))
    except (Refused, Malformed) as error:
        return _checklist_page(request, found, request.POST, error=error)
    kept = case_files.checklist(platform().database, standing.eyes, region, found.id)
    banners.success(request, f"已保存：{counted(kept, found, law).words}。")
    return HttpResponseRedirect(reverse("case-checklist", args=(region, number)), status=HTTPStatus.SEE_OTHER)


def _marks(posted: QueryDict, found: Found, law: Law) -> tuple[Mark, ...]:
    marks = []
    for target, point in grounds(found, law):
        field = f"{target}|{point}"
        chosen = posted.get(f"verdict:{field}", "")
        if chosen in set(Verdict):
            marks.append(Mark(target, point, Verdict(chosen), posted.get(f"note:{field}", "").strip()[:300]))
        elif posted.get("rest"):
            marks.append(Mark(target, point, Verdict.MET))
    return tuple(marks)


def _checklist_page(
    request: HttpRequest, found: Found, typed: QueryDict, *, error: Refused | Malformed | None = None
) -> HttpResponse:
    standing, law = standing_of(request), law_of(found)
    known = case_files.checklist(platform().database, standing.eyes, found.region, found.id)
    names = {material.key: material.name for material in law.item.materials}
    blocks: dict[str, list[dict[str, Any]]] = {}
    for (target, point), ground in grounds(found, law).items():
        blocks.setdefault(names.get(target, target), []).append(_point(known, typed, target, point, ground))
    told = counted(known, found, law)
    context = {
        "found": found,
        "address": address_of(found.region, found.number),
        "blocks": blocks,
        "count": told,
        "verdicts": [{"value": one.value, "text": text} for one, text in VERDICT_NAMES.items()],
        "left": told.points - told.ticked,
        "errors": errors_of(error),
        "key": key_of(typed) if typed else fresh_key(),
    }
    return render(request, "officer/checklist.html", context, status=status_of(error), errors=error is not None)


def _point(known: Checklist, typed: QueryDict, target: str, point: str, ground: str) -> dict[str, Any]:
    field = f"{target}|{point}"
    one, before = known.of(target, point, ground), known.former(target, point, ground)
    return {
        "field": field,
        "text": point,
        "verdict": typed.get(f"verdict:{field}", one.mark.verdict.value if one else ""),
        "note": typed.get(f"note:{field}", one.mark.note if one else ""),
        "by": _by(one.name, one.at) if one else "",
        "former": f"材料更换前：{VERDICT_NAMES[before.mark.verdict]} {before.mark.note}".strip() if before else "",
    }


# --- differences ---


@dataclass(frozen=True, slots=True)
class _Compared:
    title: str
    fields: list[dict[str, Any]]
    papers: list[dict[str, Any]]


@require_safe
@official
def differences(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """差异: against what was handed in last time, and against this applicant's earlier cases of the same item."""
    found = found_case(request, region, number)
    standing, law = standing_of(request), law_of(found)
    clear = handling.handles(found.case, standing.actor, law)
    now_ = Filing(found.case.data, found.case.papers)
    compared = []
    for title, before in _former_filings(standing, found):
        compared.append(_compare(title, before, now_, law, clear=clear))
    earlier = case_files.earlier_cases(
        platform().database,
        standing.eyes,
        region,
        holder=found.case.holder.id,
        item=found.case.item,
        before=found.submitted_at,
    )
    chosen = request.GET.get("with", earlier[0][0] if earlier else "")
    other = (
        cases.find(platform().database, standing.eyes, region, chosen)
        if chosen in {one[0] for one in earlier}
        else None
    )
    if other is not None and handling.handles(found.case, standing.actor, law):
        title = f"与 {chinese_date(other.submitted_at.astimezone(CHINA).date())} 的办件 {other.number} 比"
        compared.append(_compare(title, Filing(other.case.data, other.case.papers), now_, law, clear=clear))
    context = {
        "found": found,
        "address": address_of(region, number),
        "compared": compared,
        "earlier": [
            {
                "number": one,
                "text": f"{one}（{chinese_date(at.astimezone(CHINA).date())}，{STAGE_NAMES[Stage(stage)]}）",
                "href": f"{reverse('case-differences', args=(region, number))}?with={one}",
                "current": one == chosen,
            }
            for one, at, stage in earlier
        ],
        "clear": clear,
    }
    return render(request, "officer/differences.html", context)


def _former_filings(standing: Standing, found: Found) -> list[tuple[str, Filing]]:
    """What lay there before each answer to a correction notice, the latest first."""
    case, before = Case(), list[tuple[str, Filing]]()
    for entry in journal.history(platform().database, standing.eyes, found.region, found.id):
        if entry.kind in ("Resubmitted", "ToleratedSupplied"):
            day = chinese_date(entry.at.astimezone(CHINA).date())
            before.append((f"与 {day} 补正以前比", Filing(case.data, case.papers)))
        case = evolve(case, decode(KINDS[entry.kind], entry.data))
    return before[::-1]


def _compare(title: str, before: Filing, after: Filing, law: Law, *, clear: bool) -> _Compared:
    known = {field.key: field for field in law.item.form.fields}
    materials = {material.key: material.name for material in law.item.materials}
    fields = [
        {
            "name": known[one.key].label,
            "change": CHANGE_NAMES[one.change],
            "kind": _CHANGE_KINDS[one.change],
            "before": in_words(known[one.key], one.before, clear=clear),
            "after": in_words(known[one.key], one.after, clear=clear),
        }
        for one in field_changes(before, after, list(known))
    ]
    papers = [
        {
            "name": materials[one.material],
            "change": CHANGE_NAMES[one.change],
            "kind": _CHANGE_KINDS[one.change],
            "before": [paper_name(paper.name, materials[one.material], clear=clear) for paper in one.before],
            "after": [paper_name(paper.name, materials[one.material], clear=clear) for paper in one.after],
        }
        for one in paper_changes(before, after, list(materials))
    ]
    return _Compared(title, fields, papers)


# --- everything in order ---

TIMELINE_KINDS: Final = {
    "case": "办理",
    "meeting": "会议",
    "site_visit": "现场核查",
    "checklist": "核对要点",
    "document": "文书",
    "look": "查看",
}


@require_safe
@official
def timeline(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """全部记录: acts, meetings, visits, ticks, documents and looks in one list; by kind if one asks."""
    found = found_case(request, region, number)
    standing, law = standing_of(request), law_of(found)
    clear = handling.handles(found.case, standing.actor, law)
    lines = _lines(standing, found, law, clear=clear)
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in TIMELINE_KINDS else ""
    address = reverse("case-timeline", args=(region, number))
    counts = {kind: sum(line["of"] == kind for line in lines) for kind in TIMELINE_KINDS}
    context = {
        "found": found,
        "address": address_of(region, number),
        "lines": [line for line in lines if not chosen or line["of"] == chosen],
        "kinds": [
            {"text": "全部", "href": address, "current": not chosen, "count": len(lines)},
            *(
                {"text": text, "href": f"{address}?kind={kind}", "current": kind == chosen, "count": counts[kind]}
                for kind, text in TIMELINE_KINDS.items()
            ),
        ],
    }
    return render(request, "officer/timeline.html", context)


def _lines(standing: Standing, found: Found, law: Law, *, clear: bool) -> list[dict[str, Any]]:
    database = platform().database
    entries = journal.history(database, standing.eyes, found.region, found.id)
    names = people.names_of(database, accounts_in(entries))
    names |= desks.organ_names(database, {step.office for step in law.item.workflow.steps if step.office})
    lines = [
        _line("case", one.at, one.title, one.text, one.who) for one in events_told(entries, names, law, clear=clear)
    ]
    subjects = [
        *(row.id for row in case_files.meetings_of_case(database, standing.eyes, found.region, found.id)),
        *(row.id for row in case_files.visits_of_case(database, standing.eyes, found.region, found.id)),
        case_files.checklist_of(found.id),
    ]
    lines += _beside(case_files.entries_of(database, standing.eyes, found.region, subjects))
    for row in documents.of_case(database, standing.eyes, found.region, found.id):
        lines.append(_line("document", row.issued_at, f"出具{row.name}", row.number, law.item.organ_name))
    for look in case_files.looks_of_case(database, standing.eyes, found.region, found.id):
        lines.append(_line("look", look.at, f"查看{_LOOKED[look.kind]}", look.purpose, look.name))
    return sorted(lines, key=lambda line: line["time"])


_LOOKED: Final = {"case": "办件", "paper": "材料", "document": "文书", "service": "审前服务"}


def _beside(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    names = people.names_of(platform().database, {entry.actor for entry in entries})
    return [_told(entry, names) for entry in entries]


def _told(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    title, text = told_beside(entry)
    return _line(
        entry.subject_kind, entry.at, title, text, "系统" if entry.actor == "system" else names.get(entry.actor, "")
    )


def _line(of: str, at: datetime, title: str, text: str, who: str) -> dict[str, Any]:
    return {"of": of, "kind": TIMELINE_KINDS[of], "time": at, "title": title, "detail": text, "who": who}
