"""Meetings beside a case: called, answered, held, minuted; the clock stopped and started with them; told to whom it
concerns; marked when something runs over its day."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from banjie.actions.case_files import act_once, case_of, keep_document, meeting_kind, subject_of
from banjie.actions.hands import Hands
from banjie.actions.notices import send
from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.actions.staff_notices import tell_staff
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import Stage
from banjie.engine.cases.acts import EndSpecial, StartSpecial
from banjie.engine.codec import decode
from banjie.engine.meetings import KINDS, Meeting, MeetingKind, MeetingStatus, acts, events
from banjie.engine.meetings.acts import KIND_NAMES, OVERRUN_NAMES, CallMeeting
from banjie.engine.meetings.documents import SERIES, document_of, when, where
from banjie.engine.notices import Letter
from banjie.engine.subject import Refused
from banjie.records import case_files, staff_notices
from banjie.records.database import Cursor
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing
from banjie.records.sharing import Loaded

logger = logging.getLogger("banjie.worker")

ROLES: Final = ("window", "reviewer", "decider", "head")
"""Posts whose holders are told that their office is asked to come."""


class NoSuchMeeting(Refused):
    """There is no such meeting, or none this actor may see."""

    def __init__(self) -> None:
        super().__init__("没有找到这个会议", rule="会议查询", remedy="请从会议列表进入", field="meeting")


def begin(
    platform: Platform,
    command: acts.OfferHearing | CallMeeting,
    *,
    actor: Standing,
    key: str,
    days: int = 0,
    meeting: str = "",
    now: datetime | None = None,
) -> str:
    """Offers a hearing or calls a meeting, once for each `key`; answers with its identifier.

    `meeting` names the hearing the applicant has asked for. Where the call names a special procedure of the item, the
    clock is stopped with it, for `days` working days. Raises `Refused` with nothing written.
    """
    at, region = now or platform.now(), command.about.region
    subject = meeting or subject_of(actor, "meeting", key)
    if isinstance(command, CallMeeting):
        found, _ = case_of(platform, actor, command.about)
        handlers = {account for signers in found.case.signed.values() for account in signers}
        command = replace(command, handlers=tuple(sorted(handlers)))
        if command.procedure and found.case.stage is not Stage.SPECIAL:
            _try(platform, command, actor, region, subject, at)
            reason = f"{KIND_NAMES[command.kind]}：{command.subject}"
            start = StartSpecial(command.procedure, days, reason)
            perform(platform, start, actor=actor, region=region, number=found.number, key=f"{key}:special", now=at)
    act_on_meeting(platform, command, actor=actor, region=region, meeting=subject, key=key, now=at)
    return subject


def act_on_meeting(
    platform: Platform,
    command: acts.Command,
    *,
    actor: Standing,
    region: str,
    meeting: str,
    key: str,
    now: datetime | None = None,
) -> bool:
    """Carries out `command` once for each `key`; False when that had been done. Raises `Refused` with nothing written.

    Where the meeting had stopped the clock, its minutes, and its being called off, let it run on.
    """
    at = now or platform.now()
    done = act_once(
        platform,
        meeting_kind(platform, region),
        command,
        actor=actor,
        region=region,
        subject=meeting,
        key=key,
        at=at,
        also=lambda cursor, after: _issue(platform, cursor, actor, after, at),
    )
    if isinstance(command, acts.MinuteMeeting | acts.CancelMeeting):
        _run_on(platform, command, actor, region, meeting, f"{key}:special", at)
    return done


def _try(platform: Platform, command: acts.Command, actor: Standing, region: str, meeting: str, at: datetime) -> None:
    """Raises the law's no before anything else is done for the act."""
    row = case_files.meeting(platform.database, actor.eyes, region, meeting)
    state = row.meeting if row else Meeting()
    if state.status is not MeetingStatus.CALLED:  # Else it has been called under this key before.
        meeting_kind(platform, region).decide(state, command, actor=actor.actor, now=at)


def _issue(platform: Platform, cursor: Cursor, actor: Standing, after: Loaded[Meeting], at: datetime) -> None:
    """Keeps the document the last event calls for."""
    meeting = after.state
    fitting: dict[MeetingStatus, type[Any]] = {
        MeetingStatus.OFFERED: events.HearingOffered,
        MeetingStatus.CALLED: events.MeetingCalled,
        MeetingStatus.MINUTED: events.MeetingMinuted,
    }
    wanted = fitting.get(meeting.status)
    row = cursor.execute(
        "SELECT kind, data FROM journal WHERE region = %s AND subject = %s AND seq = %s",
        (after.region, after.id, after.version),
    ).fetchone()
    if wanted is None or row is None or row["kind"] != wanted.__name__:
        return
    issued = document_of(decode(KINDS[row["kind"]], row["data"]), meeting)
    if issued is not None:
        found, law = case_of(platform, actor, meeting.about)
        keep_document(cursor, found, law, issued[0], SERIES[issued[0]], issued[1], at)


def _run_on(
    platform: Platform,
    command: acts.MinuteMeeting | acts.CancelMeeting,
    actor: Standing,
    region: str,
    meeting: str,
    key: str,
    at: datetime,
) -> None:
    row = case_files.meeting(platform.database, actor.eyes, region, meeting)
    if row is None or not row.meeting.procedure:
        return
    found, _ = case_of(platform, actor, row.meeting.about)
    special = found.case.special
    if special is None or special.procedure != row.meeting.procedure:
        return
    name = KIND_NAMES[row.meeting.kind]
    if isinstance(command, acts.MinuteMeeting):
        result = f"{name}{'通过' if command.passed else '不通过'}：{command.conclusion}"
    else:
        result = f"{name}取消：{command.reason}"
    end = EndSpecial(result[:1000])
    perform(platform, end, actor=actor, region=region, number=found.number, key=key, now=at)


# --- by itself ---


def wake_meeting(platform: Platform, region: str, meeting: str, at: datetime) -> int:
    """Marks what has run over its last day; says how many."""
    row = case_files.meeting(platform.database, MACHINE.eyes, region, meeting)
    if row is None:
        return 0
    marked, today = 0, at.astimezone(CHINA).date()
    for what, due in row.meeting.dues:
        if due >= today:
            continue
        key = f"overrun:{meeting}:{what}:{due.isoformat()}"
        try:
            act_on_meeting(
                platform, acts.MarkOverrun(what), actor=MACHINE, region=region, meeting=meeting, key=key, now=at
            )
        except Refused as refused:
            # Somebody answered between the look and the act.
            logger.info("%s: %s", meeting, refused)
            continue
        marked += 1
    return marked


# --- told ---


def seal_meeting_document(hands: Hands, entry: Entry) -> None:
    """The documents an act on a meeting has issued are made and sealed by a job."""
    row = case_files.meeting(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None:
        return
    found, _ = case_of(hands.platform, MACHINE, row.meeting.about)
    for seq in case_files.unmade(hands.platform.database, MACHINE.eyes, entry.region, found.id):
        hands.defer("seal_documents", region=entry.region, case_id=found.id, seq=seq)


def tell_meeting(hands: Hands, entry: Entry) -> None:
    """Tells the applicant of what is hers, and the invited offices that they are asked to come; once."""
    row = case_files.meeting(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None:
        return
    event, meeting = decode(KINDS[entry.kind], entry.data), row.meeting
    letter = words(event, meeting)
    if letter is not None and meeting.kind is MeetingKind.HEARING:
        send(
            hands,
            letter,
            region=entry.region,
            message_id=str(uuid.uuid5(uuid.UUID(entry.subject), f"notice:{entry.seq}")),
            party=meeting.about.holder,
            case_id=meeting.about.case_id,
            kind=entry.kind,
            item=meeting.about.item,
        )
    staff = _staff_words(event, meeting)
    if staff is None:
        return
    today = hands.at.astimezone(CHINA).date()
    offices = (
        [meeting.about.organ]
        if isinstance(event, events.HearingAsked | events.OverrunMarked)
        else [one.office for one in meeting.sitting if one.office]
    )
    accounts = {
        account
        for office in offices
        for account in staff_notices.called(hands.platform.database, entry.region, office, list(ROLES), today)
    }
    tell_staff(
        hands.platform,
        tuple(sorted(accounts)),
        region=entry.region,
        key=f"meeting:{entry.subject}:{entry.seq}",
        kind="meeting",
        subject=staff[0],
        body=staff[1],
        href=f"/office/meetings/{entry.region}/{entry.subject}",
        at=hands.at,
    )


def words(event: events.Event, meeting: Meeting) -> Letter | None:
    """What the applicant is told of a hearing; None for what she need not be told."""
    name = meeting.about.item_name
    match event:
        case events.HearingOffered():
            until = chinese_date(event.ask_until)
            return Letter(
                f"“{name}”：您有权申请听证",
                f"{event.reason}。需要听证的，请在 {until} 以前在办件页面点“申请听证”；不申请的，按现有材料作出决定。",
                f"您有权就“{name}”申请听证，最迟 {until}。请登录查看。",
                legal=True,
            )
        case events.MeetingCalled():
            held = f"{when(meeting)}，{where(meeting)}"
            return Letter(
                f"“{name}”听证通知",
                f"听证定于 {held}举行，由{event.chair_name}主持。您可以委托代理人参加，可以申请主持人回避。"
                f"议题：{event.subject}。",
                f"“{name}”听证：{held}。请登录查看通知书。",
                legal=True,
            )
        case events.MeetingMinuted():
            return Letter(
                f"“{name}”听证已经结束",
                f"听证笔录已经形成，机关将根据听证笔录作出决定。结论：{event.conclusion}",
                f"“{name}”听证已经结束，请登录查看。",
                legal=True,
            )
        case events.MeetingCancelled():
            return Letter(
                f"“{name}”听证取消",
                f"原因：{event.reason}。" + ("您申请的听证会另行安排。" if event.owed else ""),
                f"“{name}”听证取消，请登录查看。",
                legal=True,
            )
        case _:
            return None


def _staff_words(event: events.Event, meeting: Meeting) -> tuple[str, str] | None:
    """Subject and body of what officials are told; None for what they need not be told."""
    kind, name = KIND_NAMES[meeting.kind], meeting.about.item_name
    match event:
        case events.MeetingCalled() | events.MoreInvited():
            until = chinese_date(meeting.answer_by) if meeting.answer_by else ""
            held = f"{when(meeting)}，{where(meeting)}"
            return (
                f"请参加{kind}：{meeting.subject}",
                f"{name}（{meeting.about.number}），{held}。请在 {until} 以前回复。",
            )
        case events.HearingAsked():
            return f"申请人申请听证：{name}", f"最迟 {chinese_date(event.hold_by)} 举行，请尽快安排并提前通知。"
        case events.MeetingCancelled():
            return f"{kind}取消：{meeting.subject}", f"{name}（{meeting.about.number}）。原因：{event.reason}"
        case events.OverrunMarked():
            what = OVERRUN_NAMES.get(event.what, event.what)
            return f"{kind}逾期：{what}", f"{name}（{meeting.about.number}），期限是 {chinese_date(event.due_on)}。"
        case _:
            return None
