"""联合审查、专家评审、听证、会商: a meeting beside a case, from the call to the signed minutes.

`acts` is what people may ask, `events` what can have happened, `state` what is true, `decide` the rules that join
them. A hearing begins earlier, with the applicant's being told of her right (行政许可法第四十七条).
"""

from banjie.engine.meetings.acts import NAMES, Command, MeetingKind
from banjie.engine.meetings.decide import STATUSES, USUAL, Custom, answerable, decide, possible
from banjie.engine.meetings.events import KINDS, Event
from banjie.engine.meetings.state import OPEN, STATUS_NAMES, Meeting, MeetingStatus, evolve

__all__ = [
    "KINDS",
    "NAMES",
    "OPEN",
    "STATUSES",
    "STATUS_NAMES",
    "USUAL",
    "Command",
    "Custom",
    "Event",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
    "answerable",
    "decide",
    "evolve",
    "possible",
]
