"""文书 of meetings: 听证告知书, 听证通知书, 专家评审意见, 会议纪要, each with the fields its template prints."""

from collections.abc import Mapping
from dataclasses import dataclass

from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.meetings import events
from banjie.engine.meetings.acts import KIND_NAMES, STAND_NAMES, MeetingKind
from banjie.engine.meetings.events import Event
from banjie.engine.meetings.state import Meeting


@dataclass(frozen=True, slots=True)
class HearingRights:
    """听证告知书 (art. 47)."""

    reason: str
    ask_until: str


@dataclass(frozen=True, slots=True)
class HearingNotice:
    """听证通知书 (art. 48): when, where, who presides, what may be asked for."""

    subject: str
    held_at: str
    place: str
    chair: str
    agenda: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """One line of minutes: who, versed in what, what is found, and the words."""

    name: str
    speciality: str
    stand: str
    words: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """会议纪要, 专家评审意见."""

    kind: str
    subject: str
    held_at: str
    place: str
    chair: str
    attended: tuple[str, ...]
    recused: tuple[str, ...]
    opinions: tuple[Opinion, ...]
    conclusion: str
    passed: str
    dissent: str


Content = HearingRights | HearingNotice | Minutes

SERIES: Mapping[str, str] = {
    "hearing_rights": "许听告",
    "hearing_notice": "许听通",
    "expert_opinion": "专评",
    "meeting_minutes": "会纪",
}
"""The 字 of each kind's numbers."""


def document_of(event: Event, after: Meeting) -> tuple[str, Content] | None:
    """Kind and content of the document an event calls for; None for those that call for none."""
    match event:
        case events.HearingOffered():
            return "hearing_rights", HearingRights(event.reason, chinese_date(event.ask_until))
        case events.MeetingCalled() if event.kind is MeetingKind.HEARING:
            return "hearing_notice", HearingNotice(
                event.subject, when(after), where(after), event.chair_name, event.agenda
            )
        case events.MeetingMinuted():
            kind = "expert_opinion" if after.kind is MeetingKind.EXPERT_PANEL else "meeting_minutes"
            return kind, _minutes(after)
        case _:
            return None


def when(meeting: Meeting) -> str:
    """When it is held, in words: 2026年12月1日 9:00—11:00."""
    if meeting.starts is None or meeting.ends is None:
        return ""
    starts, ends = meeting.starts.astimezone(CHINA), meeting.ends.astimezone(CHINA)
    return f"{chinese_date(starts.date())} {starts.hour}:{starts:%M}—{ends.hour}:{ends:%M}"


def where(meeting: Meeting) -> str:
    """Where it is held, in words."""
    parts = (meeting.place, f"线上会议 {meeting.online}" if meeting.online else "")
    return "；".join(part for part in parts if part)


def _minutes(meeting: Meeting) -> Minutes:
    names = {one.key: one for one in meeting.invited}
    return Minutes(
        kind=KIND_NAMES[meeting.kind],
        subject=meeting.subject,
        held_at=when(meeting),
        place=where(meeting),
        chair=meeting.chair_name,
        attended=tuple(names[key].name for key in meeting.attended),
        recused=tuple(f"{names[key].name}（{reason}）" for key, reason in meeting.recused),
        opinions=tuple(
            Opinion(names[one.key].name, names[one.key].speciality, STAND_NAMES[one.stand], one.words)
            for one in meeting.said
        ),
        conclusion=meeting.conclusion,
        passed="通过" if meeting.passed else "不通过",
        dissent=meeting.dissent,
    )
