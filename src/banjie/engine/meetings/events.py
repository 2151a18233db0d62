"""What can have happened to a meeting. Each says when, by whom, and what became true."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from banjie.engine.case_files import About
from banjie.engine.meetings.acts import Invited, MeetingKind, Reply, Said, Stand


@dataclass(frozen=True, slots=True)
class HearingOffered:
    """已告知听证权利, to be asked for until `ask_until`."""

    at: datetime
    by: str
    name: str
    about: About
    reason: str
    ask_until: date


@dataclass(frozen=True, slots=True)
class HearingAsked:
    """申请人已申请听证, to be held by `hold_by`."""

    at: datetime
    by: str
    reason: str
    hold_by: date


@dataclass(frozen=True, slots=True)
class HearingWaived:
    """申请人已放弃听证."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MeetingCalled:
    """已召集; `minutes_by` is the last day for the minutes."""

    at: datetime
    by: str
    name: str
    kind: MeetingKind
    about: About
    subject: str
    agenda: str
    starts: datetime
    ends: datetime
    place: str
    online: str
    answer_by: date
    minutes_by: date
    chair: str
    chair_name: str
    invited: tuple[Invited, ...]
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class MoreInvited:
    """已增请."""

    at: datetime
    by: str
    invited: tuple[Invited, ...]


@dataclass(frozen=True, slots=True)
class ExpertRecused:
    """专家已回避."""

    at: datetime
    by: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeetingAnswered:
    """已回复; `late` when the day asked for was over."""

    at: datetime
    by: str
    name: str
    key: str
    reply: Reply
    person: str
    words: str
    stand: Stand
    late: bool = False


@dataclass(frozen=True, slots=True)
class MeetingHeld:
    """已召开."""

    at: datetime
    by: str
    attended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingMinuted:
    """纪要已由主持人签发."""

    at: datetime
    by: str
    name: str
    said: tuple[Said, ...]
    conclusion: str
    passed: bool
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class MeetingCancelled:
    """已取消. A hearing that was asked for is owed still (`owed`)."""

    at: datetime
    by: str
    reason: str
    owed: bool = False


@dataclass(frozen=True, slots=True)
class OverrunMarked:
    """已逾期."""

    at: datetime
    what: str
    due_on: date


Event = (
    HearingOffered
    | HearingAsked
    | HearingWaived
    | MeetingCalled
    | MoreInvited
    | ExpertRecused
    | MeetingAnswered
    | MeetingHeld
    | MeetingMinuted
    | MeetingCancelled
    | OverrunMarked
)

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""
