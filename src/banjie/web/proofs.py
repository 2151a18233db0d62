"""Why this day: the proof of a due date in plain sentences, day by day, and as JSON that anybody can recompute."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from banjie.actions.proving import proof_of
from banjie.engine.calendar import CHINA
from banjie.engine.cases import KINDS, Case, Law, decision_timers, evolve, running
from banjie.engine.cases.moving import DeadlinesMoved
from banjie.engine.clock import Proof, Timer
from banjie.engine.codec import decode
from banjie.engine.proof import explain, to_json
from banjie.records import calendars, cases, journal
from banjie.records.cases import Found
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.web import time_words
from banjie.web.context import render
from banjie.web.identity import signed_in, visitor
from banjie.wiring import platform

_VERDICTS: Final = {"counted": "计入", "paused": "暂停，不计入", "rolled": "顺延"}
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock of a case that can be proved. `key` names it in the address: TL, or TS:step."""

    key: str
    name: str
    timer: Timer


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the count. `number` is its place among the days that count, 0 for one that does not."""

    on: date
    weekday: str
    number: int
    verdict: str
    why: str


@require_safe
@signed_in
def clock(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """The page of a case's clocks; the one asked for, or the nearest."""
    found, law = _case(request, region, number)
    today = platform().today()
    choice = shown_clocks(found.case, law, today)
    chosen = _chosen(request, choice)
    proof = proof_of(platform(), chosen.timer, found.case, law, today) if chosen else None
    return render(
        request,
        "officer/clock.html",
        {
            "found": found,
            "choice": choice,
            "chosen": chosen,
            "proof": proof,
            "lines": explain(proof) if proof else [],
            "days": _days(proof) if proof else [],
            "edition": law.calendar_of(found.case).edition,
            "earlier": _earlier(found, chosen) if chosen else (),
            "back": visitor(request).home if visitor(request).is_official else f"/me/cases/{region}/{number}",
            "case_address": f"/office/cases/{region}/{number}"
            if visitor(request).home == "/office/"
            else f"/me/cases/{region}/{number}"
            if found.case.holder.id in _parties(request)
            else "",
        },
    )


@require_safe
@signed_in
def clock_json(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """The same proof as a file for `banjie verify` or anybody's own arithmetic."""
    found, law = _case(request, region, number)
    today = platform().today()
    chosen = _chosen(request, shown_clocks(found.case, law, today))
    if chosen is None:
        raise Http404(number)
    case = found.case
    if (wanted := request.GET.get("calendar", "")) and (before := _before(found, wanted)) is not None:
        case, today = before
        chosen = _chosen(request, shown_clocks(case, law, today)) or chosen
    document = to_json(proof_of(platform(), chosen.timer, case, law, today))
    response = HttpResponse(json.dumps(document, ensure_ascii=False, indent=2), content_type="application/json")
    name = f"{number}-{chosen.key.replace(':', '-')}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def shown_clocks(case: Case, law: Law, today: date) -> tuple[Shown, ...]:
    """The running clocks, the nearest first, and the decision's own once it is made."""
    found = [
        Shown(
            f"{one.timer.kind.value}:{one.step}" if one.step else one.timer.kind.value,
            time_words.name_of(one, law),
            one.timer,
        )
        for one in running(case, law, today)
    ]
    known = {one.key for one in found}
    if case.accepted_on and case.decided_on:
        found += [
            Shown(timer.kind.value, timer.kind.label, timer)
            for timer in decision_timers(case, law)
            if timer.kind.value not in known
        ]
    return tuple(found)


def _case(request: HttpRequest, region: str, number: str) -> tuple[Found, Law]:
    standing = visitor(request).standing
    found = cases.find(platform().database, standing.eyes, region, number) if standing else None
    if found is None:
        raise Http404(number)
    return found, platform().laws.law(found.region, found.case.item, found.case.edition)


def _parties(request: HttpRequest) -> frozenset[str]:
    standing = visitor(request).standing
    return standing.actor.parties if standing else frozenset()


def _chosen(request: HttpRequest, choice: tuple[Shown, ...]) -> Shown | None:
    timer, step = request.GET.get("timer", ""), request.GET.get("step", "")
    key = f"{timer}:{step}" if step and ":" not in timer else timer
    if not key:
        return choice[0] if choice else None
    return next((one for one in choice if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that this clock gave before a publication of the calendar: the proof of it can still be had."""

    was: date
    now: date
    edition: str
    published_on: date | None
    moved_on: date
    firm: bool
    href: str


def _earlier(found: Found, chosen: Shown) -> tuple[Earlier, ...]:
    """How this clock's day has moved with publications of the calendar, the first move first."""
    timer, _, step = chosen.key.partition(":")
    answers: list[Earlier] = []
    for entry in _history(found):
        if entry.kind != "DeadlinesMoved":
            continue
        event = decode(DeadlinesMoved, entry.data)
        for one in event.changes:
            if (one.timer, one.step) == (timer, step):
                row = calendars.published_as(platform().database, event.calendar)
                at = row.edition.published_at if row else None
                answers.append(
                    Earlier(
                        was=one.was,
                        now=one.now,
                        edition=event.edition,
                        published_on=at.astimezone(CHINA).date() if at else None,
                        moved_on=event.on,
                        firm=one.was == one.now,
                        href=f"?timer={chosen.key}&calendar={entry.seq}",
                    )
                )
    return tuple(answers)


def _before(found: Found, seq: str) -> tuple[Case, date] | None:
    """The case as it stood before its `seq`-th event, a move of its deadlines, and the day of that move."""
    case = Case()
    for entry in _history(found):
        if str(entry.seq) == seq:
            on = entry.at.astimezone(CHINA).date()
            return (case, on) if entry.kind == "DeadlinesMoved" else None
        case = evolve(case, decode(KINDS[entry.kind], entry.data))
    return None


def _history(found: Found) -> tuple[Entry, ...]:
    """What happened to a case that whoever looks has been shown already."""
    return journal.history(platform().database, MACHINE.eyes, found.region, found.id)


def _days(proof: Proof) -> list[Day]:
    rows, counted = [], 0
    for iso, verdict, why in to_json(proof)["days"]:  # type: ignore[attr-defined]  # the document's days are triples
        on = date.fromisoformat(iso)
        counted += verdict == "counted"
        number = counted if verdict == "counted" else 0
        rows.append(Day(on, _WEEKDAYS[on.weekday()], number, _VERDICTS.get(verdict, "不计入"), why))
    return rows
