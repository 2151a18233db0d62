"""效能等次: the numbers of a quarter, the grade they come to, and freezing it."""

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.engine import grades as law
from banjie.engine.calendar import CHINA
from banjie.engine.grades import Graded, Numbers, Whose, quarter_of
from banjie.packs.watching import watching
from banjie.records import grades, notices
from banjie.records.grades import Subject
from banjie.records.people import MACHINE, Standing

ROUND: Final = "official-grades"


def _row(graded: Graded) -> dict[str, object]:
    said = graded.said
    assert said is not None  # noqa: S101 — its first event says it.
    return {"whose": said.whose.value, "of": said.of, "quarter": said.quarter}


GRADE: Final = Kind(grades.GRADES, law.decide, law.evolve, law.KINDS, _row)


def counted(platform: Platform, standing: Standing, whose: Whose, one: Subject, quarter: date) -> Numbers:
    """What the grade of an organ or an official rests on, as it stands now."""
    first, after = quarter_of(quarter)
    return grades.numbers(platform.database, standing.eyes, whose, one.region, one.of, first, after, watching().excused)


def freeze(platform: Platform, standing: Standing, whose: Whose, one: Subject, quarter: date, at: datetime) -> None:
    """评定: freezes the grade with its numbers, once. Raises `Refused` while the quarter runs."""
    first, after = quarter_of(quarter)
    command = law.FreezeGrade(
        whose=whose,
        of=one.of,
        name=one.name,
        quarter=first,
        until=after,
        numbers=counted(platform, standing, whose, one, quarter),
        formula=watching().formula,
    )
    key = f"banjie:grade:{one.region}:{whose}:{one.of}:{first.isoformat()}"
    act(
        platform,
        GRADE,
        command,
        actor=standing,
        region=one.region,
        subject=str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        now=at,
    )


def grade_officials(platform: Platform, at: datetime) -> int:
    """Grades every official for the quarter that has ended, once, for her own eyes; answers with how many."""
    today = at.astimezone(CHINA).date()
    first, _ = quarter_of(quarter_of(today)[0] - timedelta(days=1))
    if notices.round_done(platform.database, platform.region, ROUND, first):
        return 0
    graded = 0
    for one in grades.officials(platform.database):
        if counted(platform, MACHINE, Whose.OFFICIAL, one, first) != Numbers():
            freeze(platform, MACHINE, Whose.OFFICIAL, one, first, at)
            graded += 1
    notices.keep_round(platform.database, platform.region, ROUND, first)
    return graded
