"""What happened beside a case, told in words: one line an event of a meeting, a site visit or a checklist."""

from typing import Any, assert_never

from banjie.engine import checklists, meetings, site_visits
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.checklists import VERDICT_NAMES, PointsTicked
from banjie.engine.codec import decode
from banjie.engine.meetings import events as meeting_events
from banjie.engine.meetings.acts import KIND_NAMES, OVERRUN_NAMES, REPLY_NAMES
from banjie.engine.site_visits import state as visit_events
from banjie.records.journal import Entry


def told(entry: Entry) -> tuple[str, str]:
    """Title and text of an entry. Raises KeyError for a subject of another kind."""
    kinds: dict[str, Any] = {
        "meeting": (meetings.KINDS, _meeting),
        "site_visit": (site_visits.KINDS, _visit),
        "checklist": (checklists.KINDS, _ticked),
    }
    known, words = kinds[entry.subject_kind]
    title, text = words(decode(known[entry.kind], entry.data))
    return str(title), str(text)


def _meeting(event: meetings.Event) -> tuple[str, str]:
    match event:
        case meeting_events.HearingOffered():
            return "告知听证权利", f"{chinese_date(event.ask_until)} 前可以申请。{event.reason}"
        case meeting_events.HearingAsked():
            return "申请听证", f"最迟 {chinese_date(event.hold_by)} 举行"
        case meeting_events.HearingWaived():
            return "放弃听证", ""
        case meeting_events.MeetingCalled():
            at = event.starts.astimezone(CHINA)
            who = "、".join(one.name for one in event.invited)
            return (
                f"召集{KIND_NAMES[event.kind]}",
                f"{event.subject}，{chinese_date(at.date())} {at:%H:%M}，邀请：{who}",
            )
        case meeting_events.MoreInvited():
            return "增请", "、".join(one.name for one in event.invited)
        case meeting_events.ExpertRecused():
            return "专家回避", event.reason
        case meeting_events.MeetingAnswered():
            person = f"，{event.person}" if event.person else ""
            return "回复邀请", f"{REPLY_NAMES[event.reply]}{person}{'：' + event.words if event.words else ''}"
        case meeting_events.MeetingHeld():
            return "会议召开", f"到会 {len(event.attended)} 家"
        case meeting_events.MeetingMinuted():
            return "签发纪要", f"{'通过' if event.passed else '不通过'}：{event.conclusion}"
        case meeting_events.MeetingCancelled():
            return "会议取消", event.reason
        case meeting_events.OverrunMarked():
            return "会议逾期", f"{OVERRUN_NAMES.get(event.what, event.what)}（{chinese_date(event.due_on)}）"
        case _:
            assert_never(event)


def _visit(event: site_visits.Event) -> tuple[str, str]:
    match event:
        case visit_events.VisitPlanned():
            at = event.starts.astimezone(CHINA)
            who = "、".join(one.name for one in event.visitors)
            return "安排现场核查", f"{chinese_date(at.date())} {at:%H:%M}，{event.address}，{who}"
        case visit_events.VisitMoved():
            at = event.starts.astimezone(CHINA)
            return "核查改期", f"{chinese_date(at.date())} {at:%H:%M}：{event.reason}"
        case visit_events.VisitCalledOff():
            return "取消核查", event.reason
        case visit_events.FindingsRecorded():
            photos = f"，照片 {len(event.photos)} 张" if event.photos else ""
            return "记录核查情况", f"{len(event.found)} 条{photos}"
        case visit_events.ApplicantNoted():
            return "申请人签字" if event.signed else "申请人没有签字", f"{event.person} {event.reason}".strip()
        case visit_events.VisitSigned():
            return "签署核查结论", f"{'通过' if event.passed else '不通过'}：{event.opinion}"
        case _:
            assert_never(event)


def _ticked(event: PointsTicked) -> tuple[str, str]:
    wrong = [
        f"{one.point}（{VERDICT_NAMES[one.verdict]}）"
        for one in event.marks
        if one.verdict is not checklists.Verdict.MET
    ]
    return "核对要点", f"{len(event.marks)} 条" + ("，" + "；".join(wrong) if wrong else "，都符合")
