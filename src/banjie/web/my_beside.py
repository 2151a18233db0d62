"""What comes to the applicant besides papers, as her case's page shows it: hearings, and site visits on a day."""

from typing import Any

from django.urls import reverse

from banjie.engine.calendar import CHINA, chinese_day
from banjie.engine.meetings import MeetingKind, MeetingStatus
from banjie.engine.meetings.documents import when, where
from banjie.engine.site_visits import VisitStatus
from banjie.records import case_files
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.wiring import platform


def beside(standing: Standing, found: Found) -> dict[str, Any]:
    """The hearings and the site visits of a case, as the applicant's page shows them."""
    database = platform().database
    hearings = [
        {
            "meeting": row.meeting,
            "when": when(row.meeting),
            "where": where(row.meeting),
            "ask": reverse("my-hearing", args=(found.region, found.number, row.id, "ask")),
            "waive": reverse("my-hearing", args=(found.region, found.number, row.id, "waive")),
        }
        for row in case_files.meetings_of_case(database, standing.eyes, found.region, found.id)
        if row.meeting.kind is MeetingKind.HEARING and row.meeting.status is not MeetingStatus.NONE
    ]
    visits = []
    for stop in case_files.visits_of_case(database, standing.eyes, found.region, found.id):
        visit = stop.visit
        if visit.starts is None or visit.status is VisitStatus.CANCELLED:
            continue
        at = visit.starts.astimezone(CHINA)
        visits.append(
            {
                "visit": visit,
                "when": f"{chinese_day(at.date())} {at.hour}:{at:%M} 左右",
                "visitors": "、".join(one.name for one in visit.visitors),
                "done": visit.status is VisitStatus.DONE,
            }
        )
    return {"hearings": hearings, "site_visits": visits}
