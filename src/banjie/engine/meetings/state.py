"""What is true of a meeting: called or owed, who was asked and said what, held, minuted."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from banjie.engine.calendar import CHINA
from banjie.engine.case_files import NO_CASE, About
from banjie.engine.meetings import events
from banjie.engine.meetings.acts import Invited, MeetingKind, Reply, Said, Stand
from banjie.engine.meetings.events import Event


class MeetingStatus(StrEnum):
    """会议状态."""

    NONE = "none"
    OFFERED = "offered"
    ASKED = "asked"
    CALLED = "called"
    HELD = "held"
    MINUTED = "minuted"
    CANCELLED = "cancelled"
    WAIVED = "waived"
    LAPSED = "lapsed"


STATUS_NAMES = {
    MeetingStatus.NONE: "没有召集",
    MeetingStatus.OFFERED: "已告知，等申请人决定是否申请",
    MeetingStatus.ASKED: "申请人已申请，等机关安排",
    MeetingStatus.CALLED: "已召集",
    MeetingStatus.HELD: "已召开，等纪要",
    MeetingStatus.MINUTED: "已签发纪要",
    MeetingStatus.CANCELLED: "已取消",
    MeetingStatus.WAIVED: "申请人放弃听证",
    MeetingStatus.LAPSED: "申请人没有在期限内申请",
}

OPEN = frozenset({MeetingStatus.OFFERED, MeetingStatus.ASKED, MeetingStatus.CALLED, MeetingStatus.HELD})


@dataclass(frozen=True, slots=True)
class Answered:
    """What one of those invited has replied."""

    key: str
    reply: Reply
    person: str
    words: str
    stand: Stand
    by: str
    name: str
    at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it stands. `recused` are keys of experts who stepped out, `overrun` the marks set (acts)."""

    status: MeetingStatus = MeetingStatus.NONE
    kind: MeetingKind = MeetingKind.CONSULTATION
    about: About = NO_CASE
    reason: str = ""
    ask_until: date | None = None
    asked_on: date | None = None
    hold_by: date | None = None
    subject: str = ""
    agenda: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""
    online: str = ""
    answer_by: date | None = None
    minutes_by: date | None = None
    chair: str = ""
    chair_name: str = ""
    called_by: str = ""
    invited: tuple[Invited, ...] = ()
    recused: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answered, ...] = ()
    attended: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    conclusion: str = ""
    passed: bool = False
    dissent: str = ""
    minuted_at: datetime | None = None
    procedure: str = ""
    closing_reason: str = ""
    overrun: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The city's day on which it is held."""
        return self.starts.astimezone(CHINA).date() if self.starts else None

    @property
    def sitting(self) -> tuple[Invited, ...]:
        """Those invited who have not stepped out."""
        out = {key for key, _ in self.recused}
        return tuple(one for one in self.invited if one.key not in out)

    @property
    def unanswered(self) -> tuple[Invited, ...]:
        """Offices that have not said yet whether they come."""
        known = {one.key for one in self.answers}
        return tuple(one for one in self.sitting if one.office and one.key not in known)

    @property
    def offices(self) -> tuple[str, ...]:
        """Every office that may look at it: the one that calls, and those invited."""
        return tuple(sorted({self.about.organ, *(one.office for one in self.invited if one.office)}))

    def answer(self, key: str) -> Answered | None:
        """What one of those invited has replied, None when nothing yet."""
        return next((one for one in self.answers if one.key == key), None)

    @property
    def dues(self) -> tuple[tuple[str, date], ...]:
        """What has a last day now: (what of `OVERRUN_NAMES`, day). Those already marked are left out."""
        found: list[tuple[str, date | None]] = []
        match self.status:
            case MeetingStatus.OFFERED:
                found = [("asked", self.ask_until)]
            case MeetingStatus.ASKED:
                found = [("held", self.hold_by)]
            case MeetingStatus.CALLED:
                found = [("answer", self.answer_by if self.unanswered else None), ("held", self.hold_by or self.day)]
            case MeetingStatus.HELD:
                found = [("minutes", self.minutes_by)]
            case _:
                pass
        return tuple((what, day) for what, day in found if day is not None and what not in self.overrun)

    @property
    def wake_on(self) -> date | None:
        """The first of these days; the day after it is late."""
        return min((day for _, day in self.dues), default=None)


def evolve(meeting: Meeting, event: Event) -> Meeting:
    """What is true after `event`."""
    match event:
        case events.HearingOffered():
            return Meeting(
                status=MeetingStatus.OFFERED,
                kind=MeetingKind.HEARING,
                about=event.about,
                reason=event.reason,
                ask_until=event.ask_until,
                called_by=event.by,
            )
        case events.HearingAsked():
            asked_on = event.at.astimezone(CHINA).date()
            return replace(meeting, status=MeetingStatus.ASKED, asked_on=asked_on, hold_by=event.hold_by)
        case events.HearingWaived():
            return replace(meeting, status=MeetingStatus.WAIVED)
        case events.MeetingCalled():
            names = (
                *("kind", "about", "subject", "agenda", "starts", "ends", "place", "online", "answer_by"),
                *("minutes_by", "chair", "chair_name", "invited", "procedure"),
            )
            called = replace(meeting, **{name: getattr(event, name) for name in names})
            return replace(called, status=MeetingStatus.CALLED, called_by=event.by, answers=(), recused=(), overrun=())
        case events.MoreInvited():
            return replace(meeting, invited=(*meeting.invited, *event.invited))
        case events.ExpertRecused():
            return replace(meeting, recused=(*meeting.recused, (event.key, event.reason)))
        case events.MeetingAnswered():
            answered = Answered(
                key=event.key,
                reply=event.reply,
                person=event.person,
                words=event.words,
                stand=event.stand,
                by=event.by,
                name=event.name,
                at=event.at,
                late=event.late,
            )
            others = tuple(one for one in meeting.answers if one.key != event.key)
            return replace(meeting, answers=(*others, answered))
        case events.MeetingHeld():
            return replace(meeting, status=MeetingStatus.HELD, attended=event.attended)
        case events.MeetingMinuted():
            return replace(
                meeting,
                status=MeetingStatus.MINUTED,
                said=event.said,
                conclusion=event.conclusion,
                passed=event.passed,
                dissent=event.dissent,
                minuted_at=event.at,
            )
        case events.MeetingCancelled():
            status = MeetingStatus.ASKED if event.owed else MeetingStatus.CANCELLED
            return replace(meeting, status=status, closing_reason=event.reason)
        case events.OverrunMarked():
            lapsed = event.what == "asked" and meeting.status is MeetingStatus.OFFERED
            status = MeetingStatus.LAPSED if lapsed else meeting.status
            return replace(meeting, status=status, overrun=(*meeting.overrun, event.what))
        case _:
            assert_never(event)
