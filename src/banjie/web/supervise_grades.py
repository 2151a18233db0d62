"""效能等次: each organ's quarter with the numbers it rests on; frozen here, printed for the notice board."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions import grades
from banjie.engine import grades as law
from banjie.engine.grades import GRADE_NAMES, Formula, Grade, GradeFrozen, Numbers, Whose, quarter_name, quarter_of
from banjie.engine.permissions import Role
from banjie.packs.watching import watching
from banjie.records import grades as kept
from banjie.web import troubles
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.web.supervise_frame import day_of, errors_of, regions_of, standing_of, tried
from banjie.wiring import platform

TAGS = {Grade.EXCELLENT: "green", Grade.GOOD: "blue", Grade.PASSED: "yellow", Grade.FAILED: "red"}


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.SUPERVISOR)
def organs(request: HttpRequest) -> HttpResponse:
    """The organs of a quarter: frozen grades as they are, the others as they would come out today."""
    standing, refusal = standing_of(request), None
    today = platform().today()
    asked = day_of(request.GET.get("quarter", "")) or today
    first, after = quarter_of(min(asked, today))
    regions = regions_of(standing)
    found = kept.organs_with_cases(platform().database, standing.eyes, regions, first, after)
    if request.method == "POST":

        def freeze() -> None:
            for one in found:
                grades.freeze(platform(), standing, Whose.ORGAN, one, first, platform().now())

        refusal = tried(request, freeze, f"{quarter_name(first)}的等次已评定。")
        if refusal is None:
            return HttpResponseRedirect(f"{reverse('supervise-grades')}?quarter={first.isoformat()}", status=303)
    frozen = {one.of: one for one in kept.frozen(platform().database, standing.eyes, first, Whose.ORGAN)}
    rows = [
        grade_of(frozen[one.of])
        if one.of in frozen
        else _grade(one.name, grades.counted(platform(), standing, Whose.ORGAN, one, first), watching().formula)
        for one in found
    ]
    context = {
        "rows": sorted(rows, key=lambda row: (-row["tenths"], row["name"])),
        "quarter": quarter_name(first),
        "first": first,
        "is_over": today >= after,
        "is_frozen": bool(found) and all(one.of in frozen for one in found),
        "quarters": _quarters(today),
        "formula": watching().formula,
        "errors": errors_of(refusal),
    }
    status = troubles.status_of(refusal) if refusal else 200
    return render(request, "supervisor/grades.html", context, status=status, errors=refusal is not None)


def grade_of(said: GradeFrozen) -> dict[str, Any]:
    """A frozen grade, by the formula it was frozen with."""
    return _grade(said.name, said.numbers, said.formula) | {"frozen_at": said.at, "quarter": quarter_name(said.quarter)}


def _grade(name: str, numbers: Numbers, formula: Formula) -> dict[str, Any]:
    tenths = law.marks(numbers, formula)
    grade = law.grade_of(tenths, formula)
    return {
        "name": name,
        "tenths": tenths,
        "marks": f"{tenths / 10:g}",
        "grade": GRADE_NAMES[grade],
        "kind": TAGS[grade],
        "lines": [(line.name, line.count, f"{line.off / 10:g}") for line in law.lines(numbers, formula)],
        "frozen_at": None,
    }


def _quarters(today: date) -> list[tuple[str, str]]:
    """This quarter and the four before it."""
    found, day = [], today
    for _ in range(5):
        first, _ = quarter_of(day)
        found.append((quarter_name(first), first.isoformat()))
        day = first - timedelta(days=1)
    return found
