"""When this has happened, then …: a table, followed behind the journal without gaps.

Every reaction acts under an identifier made from the entry it follows, so a worker that was killed in the middle
and begins again finds its own work and does nothing twice. The follower's place moves after the reactions of a batch.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from banjie.actions.answering import ask_later
from banjie.actions.archives import wait_for_archive
from banjie.actions.ask_meter import count_filled, count_lines, count_repeat, record_item_repeats, record_repeats
from banjie.actions.bookings import tell_booking
from banjie.actions.certify import issue_for
from banjie.actions.claiming import follow_upper
from banjie.actions.contesting import tell_settled
from banjie.actions.hands import Hands
from banjie.actions.meetings import seal_meeting_document, tell_meeting
from banjie.actions.notices import notify
from banjie.actions.paper_library import collect
from banjie.actions.papers import seal_certificate_later, seal_documents_later
from banjie.actions.platform import Platform
from banjie.actions.precase_words import tell_precase
from banjie.actions.precases import convert_precase, keep_lifted
from banjie.actions.reporting import report_later
from banjie.actions.site_visits import seal_visit_record, tell_visit
from banjie.actions.staff_errors import keep_error
from banjie.actions.urging import keep_urge, keep_urge_answer
from banjie.actions.worklists import assign_by_rule, end_awaited, keep_awaited
from banjie.records import followers, journal
from banjie.records.journal import Entry
from banjie.records.people import MACHINE

Reaction = Callable[[Hands, Entry], None]

FOLLOWER = "reactions"

# Subject kind and event, then what follows, in order.
TABLE: dict[tuple[str, str], tuple[Reaction, ...]] = {
    ("case", "Submitted"): (notify, seal_documents_later, convert_precase, count_lines, assign_by_rule),
    ("case", "EndorsementLifted"): (notify, keep_lifted),
    ("case", "CorrectionAsked"): (notify, seal_documents_later, record_repeats, keep_awaited, report_later),
    ("case", "Accepted"): (notify, seal_documents_later, assign_by_rule, report_later),
    ("case", "FoundNotRequired"): (notify, seal_documents_later, report_later),
    ("case", "FoundNotCompetent"): (notify, seal_documents_later, report_later),
    ("case", "Tolerated"): (notify, seal_documents_later),
    ("case", "SpecialStarted"): (notify, seal_documents_later, assign_by_rule, keep_awaited, report_later),
    ("case", "SpecialEnded"): (notify, seal_documents_later, keep_awaited, report_later),
    ("case", "Extended"): (notify, seal_documents_later, report_later),
    ("case", "Approved"): (issue_for, notify, seal_documents_later, collect, assign_by_rule, end_awaited, report_later),
    ("case", "Denied"): (notify, seal_documents_later, collect, assign_by_rule, end_awaited, report_later),
    ("case", "Returned"): (notify, seal_documents_later, end_awaited),
    ("case", "ToleranceLapsed"): (notify, seal_documents_later, end_awaited),
    ("case", "TakenBack"): (notify, end_awaited),
    ("case", "Urged"): (keep_urge,),
    ("case", "UrgeAnswered"): (notify, keep_urge_answer),
    ("case", "Withdrawn"): (notify, seal_documents_later, wait_for_archive, end_awaited, report_later),
    ("case", "Terminated"): (notify, seal_documents_later, wait_for_archive, end_awaited, report_later),
    ("case", "Delivered"): (notify, seal_documents_later, wait_for_archive),
    ("case", "DeadlinesMoved"): (notify,),
    ("case", "Resubmitted"): (assign_by_rule, end_awaited),
    ("case", "ReviewStarted"): (assign_by_rule,),
    ("case", "StepSigned"): (assign_by_rule,),
    ("case", "StepFinished"): (assign_by_rule, keep_awaited, report_later),
    ("case", "StepReturned"): (assign_by_rule, keep_awaited, keep_error, report_later),
    ("case", "WithdrawalAsked"): (assign_by_rule,),
    ("case", "Released"): (assign_by_rule,),
    ("certificate", "Issued"): (seal_certificate_later,),
    ("certificate", "ValidityExtended"): (seal_certificate_later,),
    ("certificate", "Suspended"): (seal_certificate_later,),
    ("certificate", "Resumed"): (seal_certificate_later,),
    ("certificate", "Revoked"): (seal_certificate_later,),
    ("certificate", "Cancelled"): (seal_certificate_later,),
    ("certificate", "Lapsed"): (seal_certificate_later,),
    ("precase", "Replied"): (tell_precase,),
    ("precase", "OpinionsGiven"): (tell_precase,),
    ("precase", "VisitBooked"): (tell_precase,),
    ("precase", "VisitCancelled"): (tell_precase,),
    ("precase", "VisitRecorded"): (tell_precase,),
    ("precase", "Concluded"): (tell_precase,),
    ("precase", "Converted"): (tell_precase,),
    ("item", "EditionPublished"): (follow_upper, record_item_repeats),
    ("item", "EditionTookForce"): (follow_upper,),
    ("ask", "Asked"): (ask_later,),
    ("ask", "AnswerUsed"): (count_filled,),
    ("contest", "ContestSettled"): (tell_settled,),
    ("repeat", "RepeatAsked"): (count_repeat,),
    ("meeting", "HearingOffered"): (tell_meeting, seal_meeting_document),
    ("meeting", "HearingAsked"): (tell_meeting,),
    ("meeting", "MeetingCalled"): (tell_meeting, seal_meeting_document),
    ("meeting", "MoreInvited"): (tell_meeting,),
    ("meeting", "MeetingMinuted"): (tell_meeting, seal_meeting_document),
    ("meeting", "MeetingCancelled"): (tell_meeting,),
    ("meeting", "OverrunMarked"): (tell_meeting,),
    ("site_visit", "VisitPlanned"): (tell_visit,),
    ("site_visit", "VisitMoved"): (tell_visit,),
    ("site_visit", "VisitCalledOff"): (tell_visit,),
    ("site_visit", "VisitSigned"): (tell_visit, seal_visit_record),
    ("booking", "SlotBooked"): (tell_booking,),
    ("booking", "BookingMoved"): (tell_booking,),
    ("booking", "BookingReminded"): (tell_booking,),
}


def follow(platform: Platform, at: datetime, *, most: int = 200) -> int:
    """Deals with the next entries of the journal; answers with how many there were.

    Only one worker follows at a time; another one finds the place taken and does nothing. A reaction that fails
    leaves the place where it is, so that the entry is met again. Jobs are deferred in the transaction that moves the
    place, so each leaves exactly once.
    """
    with followers.place(platform.database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            return 0
        entries = journal.after(place.cursor, place.xid, place.position, most)
        hands = Hands(platform, at, partial(platform.jobs.defer, place.cursor.connection))
        for entry in entries:
            # All of an entry's jobs or none: an entry that is met again defers them again.
            with place.cursor.connection.transaction():
                for reaction in TABLE.get((entry.subject_kind, entry.kind), ()):
                    reaction(hands, entry)
            place.move(entry.xid, entry.position)
        return len(entries)
