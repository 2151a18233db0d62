"""The law of meetings: hearings by articles 46 to 48, experts without an interest, answers and minutes in time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from banjie.engine import permissions
from banjie.engine.calendar import CHINA, Calendar, chinese_date
from banjie.engine.meetings import acts, events
from banjie.engine.meetings.acts import KIND_NAMES, NAMES, Command, Invited, MeetingKind, Reply
from banjie.engine.meetings.events import Event
from banjie.engine.meetings.state import STATUS_NAMES, Meeting, MeetingStatus
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused, in_words

RULE = "会议规则"
ART_46, ART_47, ART_48 = "行政许可法第四十六条", "行政许可法第四十七条", "行政许可法第四十八条"
LONGEST = 4000
"""Characters an agenda, an opinion or a conclusion may have."""

_words = partial(in_words, rule=RULE, most=LONGEST)


@dataclass(frozen=True, slots=True)
class Custom:
    """Working days in which a hearing may be asked for, is held, and is announced before (arts. 47, 48), and in which
    minutes are signed; how many experts make a panel."""

    ask_days: int = 5
    hold_days: int = 20
    notice_days: int = 7
    minutes_days: int = 3
    experts_least: int = 3


USUAL = Custom()
"""Where a city sets nothing."""

# In which statuses each act is possible. What is not named is refused.
TABLE = """
OfferHearing   none
AskHearing     offered
WaiveHearing   offered asked
CallMeeting    none asked
InviteMore     called
RecuseExpert   called
AnswerMeeting  called
HoldMeeting    called
MinuteMeeting  held
CancelMeeting  offered called
MarkOverrun    offered asked called held
"""

STATUSES: dict[str, frozenset[MeetingStatus]] = {
    name: frozenset(map(MeetingStatus, statuses))
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


@dataclass(frozen=True, slots=True)
class _Scene:
    actor: Actor
    now: datetime
    calendar: Calendar
    custom: Custom

    @property
    def today(self) -> date:
        return self.now.astimezone(CHINA).date()


def decide(
    meeting: Meeting,
    command: Command,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    custom: Custom = USUAL,
) -> tuple[Event, ...]:
    """What follows when `actor` does `command` at `now`. Raises `Refused` with the rule that forbids it."""
    require_right(meeting, command, actor)
    name = type(command).__name__
    if meeting.status not in STATUSES[name]:
        raise Refused(
            f"会议目前是“{STATUS_NAMES[meeting.status]}”，不能“{NAMES[type(command)]}”",
            rule="会议状态表",
            remedy="请刷新页面，按现在的状态办理",
        )
    return (_ACTS[type(command)](meeting, command, _Scene(actor, now, calendar, custom)),)


def require_right(meeting: Meeting, command: Command, actor: Actor) -> None:
    """Raises `Refused` when this actor may not do it at all."""
    about = command.about if isinstance(command, acts.OfferHearing | acts.CallMeeting) else meeting.about
    office = ""
    if isinstance(command, acts.AnswerMeeting):
        one = _line(meeting, command.key)
        # An expert has no account here: the office that calls the meeting writes down what he answers.
        office = one.office or about.organ
    permissions.require(
        actor,
        type(command).__name__,
        holder=about.holder,
        item=about.item,
        organ=about.organ,
        step_office=office,
        what=NAMES[type(command)],
    )


def possible(meeting: Meeting, actor: Actor) -> tuple[type[Command], ...]:
    """The acts this actor may try now; answers are possible for the lines of `answerable`."""
    found: list[type[Command]] = []
    for command in NAMES:
        if meeting.status not in STATUSES[command.__name__]:
            continue
        if command is acts.AnswerMeeting:
            if answerable(meeting, actor):
                found.append(command)
            continue
        try:
            permissions.require(
                actor,
                command.__name__,
                holder=meeting.about.holder,
                item=meeting.about.item,
                organ=meeting.about.organ,
            )
        except Refused:
            continue
        found.append(command)
    return tuple(found)


def answerable(meeting: Meeting, actor: Actor) -> tuple[Invited, ...]:
    """Those for whom this actor may answer."""
    if meeting.status is not MeetingStatus.CALLED:
        return ()
    return tuple(one for one in meeting.sitting if (one.office or meeting.about.organ) in actor.offices)


# --- hearings: articles 46 to 48 ---


def _offer(meeting: Meeting, act: acts.OfferHearing, scene: _Scene) -> Event:
    reason = _words(act.reason, "reason", "为什么告知听证权利")
    until = scene.calendar.add_working(scene.today, scene.custom.ask_days)
    return events.HearingOffered(scene.now, scene.actor.account, scene.actor.name, act.about, reason, until)


def _ask(meeting: Meeting, act: acts.AskHearing, scene: _Scene) -> Event:
    if meeting.ask_until is not None and scene.today > meeting.ask_until:
        raise Refused(
            f"申请听证的最后一天是 {chinese_date(meeting.ask_until)}，已经过了",
            rule=ART_47,
            remedy="您仍然可以向办理机关提出书面意见",
        )
    hold_by = scene.calendar.add_working(scene.today, scene.custom.hold_days)
    return events.HearingAsked(scene.now, scene.actor.account, act.reason.strip()[:500], hold_by)


def _waive(meeting: Meeting, act: acts.WaiveHearing, scene: _Scene) -> Event:
    return events.HearingWaived(scene.now, scene.actor.account)


def _require_hearing(meeting: Meeting, act: acts.CallMeeting, day: date, scene: _Scene) -> None:
    earliest = scene.calendar.add_working(scene.today, scene.custom.notice_days)
    if day < earliest:
        raise Refused(
            f"听证应当提前 {scene.custom.notice_days} 个工作日通知，最早是 {chinese_date(earliest)}",
            rule=f"{ART_48}第一款第（一）项",
            remedy=f"请把听证日期定在 {chinese_date(earliest)} 或以后",
            field="day",
        )
    if meeting.hold_by is not None and day > meeting.hold_by:
        raise Refused(
            f"申请人提出申请后 {scene.custom.hold_days} 个工作日内应当组织听证，最迟 {chinese_date(meeting.hold_by)}",
            rule=ART_47,
            remedy=f"请把听证日期定在 {chinese_date(meeting.hold_by)} 以前",
            field="day",
        )
    if act.chair in act.handlers:
        raise Refused(
            f"{act.chair_name}办理过这个办件，不能主持听证",
            rule=f"{ART_48}第一款第（三）项",
            remedy="请指定没有审查过这个申请的工作人员主持",
            field="chair",
        )


# --- calling ---


def _call(meeting: Meeting, act: acts.CallMeeting, scene: _Scene) -> Event:
    if meeting.status is MeetingStatus.ASKED and act.kind is not MeetingKind.HEARING:
        raise Refused("申请人申请的是听证", rule=ART_47, remedy="请召集听证", field="kind")
    subject = _words(act.subject, "subject", "议题")
    agenda = _words(act.agenda, "agenda", "议程")
    day = act.starts.astimezone(CHINA).date()
    if act.starts <= scene.now:
        raise Refused("开会的时间已经过去", rule=RULE, remedy="请选以后的时间", field="day")
    if act.ends <= act.starts:
        raise Refused("结束时间应当在开始以后", rule=RULE, remedy="请核对起止时间", field="ends")
    if not act.place.strip() and not act.online.strip():
        raise Refused("没有写在哪里开", rule=RULE, remedy="请写会议地点，或者写线上会议号", field="place")
    if not scene.today <= act.answer_by <= day:
        raise Refused("回复的期限应当在今天到开会当天之间", rule=RULE, remedy="请改回复期限", field="answer_by")
    if not act.chair:
        raise Refused("没有指定主持人", rule=RULE, remedy="请从本单位工作人员里选一位", field="chair")
    if act.kind is MeetingKind.HEARING:
        _require_hearing(meeting, act, day, scene)
    _require_guests((), act.invited, act.kind, scene.custom, act.kind is MeetingKind.EXPERT_PANEL)
    if act.kind is not MeetingKind.HEARING and not act.invited:
        raise Refused("没有邀请任何单位或者专家", rule=RULE, remedy="请至少邀请一家", field="invited")
    return events.MeetingCalled(
        at=scene.now,
        by=scene.actor.account,
        name=scene.actor.name,
        kind=act.kind,
        about=act.about,
        subject=subject,
        agenda=agenda,
        starts=act.starts,
        ends=act.ends,
        place=act.place.strip(),
        online=act.online.strip(),
        answer_by=act.answer_by,
        minutes_by=scene.calendar.add_working(day, scene.custom.minutes_days),
        chair=act.chair,
        chair_name=act.chair_name,
        invited=act.invited,
        procedure=act.procedure,
    )


def _require_guests(
    known: Sequence[Invited], newer: Sequence[Invited], kind: MeetingKind, custom: Custom, whole: bool
) -> None:
    """Names said once, no expert with an interest, and enough experts where they are the meeting (`whole`)."""
    keys = [one.key for one in (*known, *newer)]
    if len(set(keys)) != len(keys):
        raise Refused("同一单位或者专家邀请了两次", rule=RULE, remedy="请去掉重复的", field="invited")
    for one in newer:
        if not one.name.strip():
            raise Refused("受邀人没有姓名", rule=RULE, remedy="请写全名称", field="invited")
        if one.is_expert and not one.speciality.strip():
            raise Refused(f"没有写专家{one.name}的专业", rule=RULE, remedy="请写明专业", field="invited")
        if one.interest.strip():
            raise Refused(
                f"专家{one.name}与本项目有利害关系（{one.interest.strip()}），应当回避",
                rule="专家评审回避规则",
                remedy="请换一位没有利害关系的专家",
                field="invited",
            )
    experts = sum(one.is_expert for one in (*known, *newer))
    if whole and experts < custom.experts_least:
        raise Refused(
            f"{KIND_NAMES[kind]}至少要 {custom.experts_least} 名专家，现在有 {experts} 名",
            rule="专家评审人数规则",
            remedy=f"请再请 {custom.experts_least - experts} 名",
            field="invited",
        )


def _invite(meeting: Meeting, act: acts.InviteMore, scene: _Scene) -> Event:
    if not act.invited:
        raise Refused("没有写增请谁", rule=RULE, remedy="请写明单位或者专家", field="invited")
    _require_guests(meeting.invited, act.invited, meeting.kind, scene.custom, whole=False)
    return events.MoreInvited(scene.now, scene.actor.account, act.invited)


def _recuse(meeting: Meeting, act: acts.RecuseExpert, scene: _Scene) -> Event:
    one = _line(meeting, act.key)
    if not one.is_expert:
        raise Refused("只有专家需要回避登记", rule=RULE, remedy="受邀单位可以换人参加", field="key")
    return events.ExpertRecused(scene.now, scene.actor.account, act.key, _words(act.reason, "reason", "回避的原因"))


def _answer(meeting: Meeting, act: acts.AnswerMeeting, scene: _Scene) -> Event:
    one = _line(meeting, act.key)
    person, words = act.person.strip(), act.words.strip()
    if act.reply is Reply.SEND and not person:
        raise Refused("没有写派谁参加", rule=RULE, remedy="请写姓名", field="person")
    if act.reply in (Reply.WRITTEN, Reply.DECLINE):
        words = _words(words, "words", "书面意见" if act.reply is Reply.WRITTEN else "不参加的原因")
    late = meeting.answer_by is not None and scene.today > meeting.answer_by
    actor = scene.actor
    return events.MeetingAnswered(
        at=scene.now,
        by=actor.account,
        name=actor.name,
        key=one.key,
        reply=act.reply,
        person=person,
        words=words,
        stand=act.stand,
        late=late,
    )


def _line(meeting: Meeting, key: str) -> Invited:
    for one in meeting.sitting:
        if one.key == key:
            return one
    raise Refused("受邀名单里没有这一家", rule=RULE, remedy="请刷新页面后再试", field="key")


# --- holding it ---


def _hold(meeting: Meeting, act: acts.HoldMeeting, scene: _Scene) -> Event:
    if meeting.starts is not None and scene.now < meeting.starts:
        raise Refused("还没有到开会的时间", rule=RULE, remedy="请在会议开始以后记录到会情况")
    attended = tuple(one for one in meeting.sitting if one.key in act.attended)
    if not attended and meeting.kind is not MeetingKind.HEARING:
        raise Refused("没有勾选到会的单位或者专家", rule=RULE, remedy="没有开成的请取消并写明原因", field="attended")
    experts = sum(one.is_expert for one in attended)
    if meeting.kind is MeetingKind.EXPERT_PANEL and experts < scene.custom.experts_least:
        raise Refused(
            f"到会专家 {experts} 名，不足 {scene.custom.experts_least} 名，评审不能进行",
            rule="专家评审人数规则",
            remedy="请增请专家，或者取消后另行召集",
            field="attended",
        )
    return events.MeetingHeld(scene.now, scene.actor.account, tuple(one.key for one in attended))


def _minute(meeting: Meeting, act: acts.MinuteMeeting, scene: _Scene) -> Event:
    if scene.actor.account != meeting.chair:
        raise Refused(f"纪要由主持人{meeting.chair_name}签发", rule=RULE, remedy="请主持人登录后签发")
    spoken = {one.key for one in act.said if one.words.strip()}
    written = {one.key for one in meeting.answers if one.reply is Reply.WRITTEN}
    silent = [one.name for one in meeting.sitting if one.key in {*meeting.attended, *written} - spoken]
    if silent:
        raise Refused(
            f"没有写{'、'.join(silent)}的意见",
            rule=RULE,
            remedy="到会的和书面回复的，每家意见都要写进纪要",
            field="said",
        )
    if any(one.key not in {*meeting.attended, *written} for one in act.said):
        raise Refused("没有到会的不能有发言", rule=RULE, remedy="请去掉没有到会的单位或者专家", field="said")
    against = [one.key for one in act.said if one.stand is acts.Stand.DISAGREE]
    dissent = act.dissent.strip()
    if against and act.passed and not dissent:
        raise Refused("有不同意见，纪要没有写明", rule=RULE, remedy="请写明不同意见和没有采纳的理由", field="dissent")
    conclusion = _words(act.conclusion, "conclusion", "结论")
    actor = scene.actor
    return events.MeetingMinuted(scene.now, actor.account, actor.name, act.said, conclusion, act.passed, dissent)


def _cancel(meeting: Meeting, act: acts.CancelMeeting, scene: _Scene) -> Event:
    reason = _words(act.reason, "reason", "取消的原因")
    owed = meeting.status is MeetingStatus.CALLED and meeting.asked_on is not None
    return events.MeetingCancelled(scene.now, scene.actor.account, reason, owed)


def _overrun(meeting: Meeting, act: acts.MarkOverrun, scene: _Scene) -> Event:
    due = next((day for what, day in meeting.dues if what == act.what), None)
    if due is None or due >= scene.today:
        raise Refused("还没有到期", rule=RULE, remedy="到期以后再看")
    return events.OverrunMarked(scene.now, act.what, due)


_ACTS: dict[type[Command], Callable[[Meeting, Any, _Scene], Event]] = {
    acts.OfferHearing: _offer,
    acts.AskHearing: _ask,
    acts.WaiveHearing: _waive,
    acts.CallMeeting: _call,
    acts.InviteMore: _invite,
    acts.RecuseExpert: _recuse,
    acts.AnswerMeeting: _answer,
    acts.HoldMeeting: _hold,
    acts.MinuteMeeting: _minute,
    acts.CancelMeeting: _cancel,
    acts.MarkOverrun: _overrun,
}
