"""The law of site visits: two officials (行政许可法第三十四条、第五十五条), every point looked at, all signatures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from banjie.engine import permissions
from banjie.engine.calendar import CHINA
from banjie.engine.permissions import Actor
from banjie.engine.site_visits import acts
from banjie.engine.site_visits.acts import NAMES, Command, Finding
from banjie.engine.site_visits.state import (
    STATUS_NAMES,
    USUAL,
    ApplicantNoted,
    Custom,
    Event,
    FindingsRecorded,
    SiteVisit,
    VisitCalledOff,
    VisitMoved,
    VisitPlanned,
    VisitSigned,
    VisitStatus,
)
from banjie.engine.subject import Refused, in_words

RULE = "现场核查规则"
TWO = "行政许可法第三十四条第三款"
LONGEST = 2000
"""Characters a finding or an opinion may have."""

_words = partial(in_words, rule=RULE, most=LONGEST)

# In which statuses each act is possible. What is not named is refused.
TABLE = """
PlanSiteVisit    none
MoveSiteVisit    planned
CancelSiteVisit  planned recorded
RecordFindings   planned recorded
NoteApplicant    recorded
SignSiteVisit    recorded
"""

STATUSES: dict[str, frozenset[VisitStatus]] = {
    name: frozenset(map(VisitStatus, statuses))
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


@dataclass(frozen=True, slots=True)
class _Scene:
    actor: Actor
    now: datetime
    custom: Custom


def decide(
    visit: SiteVisit, command: Command, *, actor: Actor, now: datetime, custom: Custom = USUAL
) -> tuple[Event, ...]:
    """What follows when `actor` does `command` at `now`. Raises `Refused` with the rule that forbids it."""
    about = command.about if isinstance(command, acts.PlanSiteVisit) else visit.about
    permissions.require(
        actor, type(command).__name__, holder=about.holder, organ=about.organ, what=NAMES[type(command)]
    )
    if visit.status not in STATUSES[type(command).__name__]:
        raise Refused(
            f"现场核查目前是“{STATUS_NAMES[visit.status]}”，不能“{NAMES[type(command)]}”",
            rule="现场核查状态表",
            remedy="请刷新页面，按现在的状态办理",
        )
    if isinstance(command, acts.RecordFindings | acts.NoteApplicant | acts.SignSiteVisit):
        _require_visitor(visit, actor)
    if visit.signatures and not isinstance(command, acts.SignSiteVisit):
        raise Refused("已经有人签署，核查情况不能再改", rule=RULE, remedy="有新情况的，请另外安排一次核查")
    return (_ACTS[type(command)](visit, command, _Scene(actor, now, custom)),)


def possible(visit: SiteVisit, actor: Actor) -> tuple[type[Command], ...]:
    """The acts this actor may try now."""
    mine = actor.account in {one.account for one in visit.visitors}
    signed = actor.account in {one.account for one in visit.signatures}
    found = []
    for command in NAMES:
        on_site = command in (acts.RecordFindings, acts.NoteApplicant, acts.SignSiteVisit)
        if visit.status not in STATUSES[command.__name__] or (on_site and not mine):
            continue
        if (visit.signatures and command is not acts.SignSiteVisit) or (command is acts.SignSiteVisit and signed):
            continue
        try:
            permissions.require(actor, command.__name__, organ=visit.about.organ)
        except Refused:
            continue
        found.append(command)
    return tuple(found)


def _require_visitor(visit: SiteVisit, actor: Actor) -> None:
    if actor.account not in {one.account for one in visit.visitors}:
        names = "、".join(one.name for one in visit.visitors)
        raise Refused(f"现场核查由{names}进行", rule=TWO, remedy="请核查人员本人登录后记录和签署")


def _plan(visit: SiteVisit, act: acts.PlanSiteVisit, scene: _Scene) -> Event:
    accounts = {one.account for one in act.visitors if one.account}
    if len(accounts) < scene.custom.visitors_least:
        raise Refused(
            f"现场核查应当由 {scene.custom.visitors_least} 名以上工作人员进行",
            rule=TWO,
            remedy="请选两名不同的工作人员",
            field="visitors",
        )
    if len(accounts) != len(act.visitors):
        raise Refused("同一名工作人员选了两次", rule=TWO, remedy="请选不同的工作人员", field="visitors")
    _require_to_come(act.starts, scene)
    if not act.points:
        raise Refused("没有核查要点", rule=RULE, remedy="请至少写一条要看什么", field="points")
    return VisitPlanned(
        at=scene.now,
        by=scene.actor.account,
        name=scene.actor.name,
        about=act.about,
        step=act.step,
        starts=act.starts,
        order=act.order,
        address=_words(act.address, "address", "核查地址"),
        matter=act.matter.strip()[:LONGEST],
        visitors=act.visitors,
        points=act.points,
        place=act.place,
    )


def _require_to_come(starts: datetime, scene: _Scene) -> None:
    if starts.astimezone(CHINA).date() < scene.now.astimezone(CHINA).date():
        raise Refused("核查的日期已经过去", rule=RULE, remedy="请选今天或以后的日期", field="day")


def _move(visit: SiteVisit, act: acts.MoveSiteVisit, scene: _Scene) -> Event:
    _require_to_come(act.starts, scene)
    reason = _words(act.reason, "reason", "改期的原因")
    return VisitMoved(scene.now, scene.actor.account, act.starts, act.order, reason)


def _cancel(visit: SiteVisit, act: acts.CancelSiteVisit, scene: _Scene) -> Event:
    return VisitCalledOff(scene.now, scene.actor.account, _words(act.reason, "reason", "取消的原因"))


def _record(visit: SiteVisit, act: acts.RecordFindings, scene: _Scene) -> Event:
    if visit.day is not None and scene.now.astimezone(CHINA).date() < visit.day:
        raise Refused("还没有到核查的日期", rule=RULE, remedy="提前去的，请先改期")
    if not act.found and not act.photos and not act.note.strip():
        raise Refused("没有填写任何核查情况", rule=RULE, remedy="请逐条选择结果，或上传照片", field="found")
    known = {point.key: point for point in visit.points}
    for one in act.found:
        if one.key not in known:
            raise Refused("这一条不在核查要点里", rule=RULE, remedy="请刷新页面", field=f"finding:{one.key}")
        if one.finding is Finding.NOT_MET and not one.words.strip():
            raise Refused(
                f"“{known[one.key].text}”不符合，没有写明情况",
                rule=RULE,
                remedy="请写明看到了什么、差在哪里",
                field=f"words:{one.key}",
            )
    return FindingsRecorded(
        scene.now, scene.actor.account, scene.actor.name, act.found, act.note.strip()[:LONGEST], act.photos
    )


def _note_applicant(visit: SiteVisit, act: acts.NoteApplicant, scene: _Scene) -> Event:
    person = _words(act.person, "person", "在场的申请人或者代理人")
    reason = act.reason.strip()
    if not act.signed and not reason:
        raise Refused("没有写明为什么没有签字", rule=RULE, remedy="请写明拒签或者不在场的情况", field="reason")
    return ApplicantNoted(scene.now, scene.actor.account, act.signed, person, reason[:LONGEST])


def _sign(visit: SiteVisit, act: acts.SignSiteVisit, scene: _Scene) -> Event:
    signed = {one.account for one in visit.signatures}
    if scene.actor.account in signed:
        raise Refused("您已经签署过了", rule=TWO, remedy="请等另一名核查人员签署")
    if visit.unseen:
        left = "、".join(f"“{point.text}”" for point in visit.unseen[:3])
        raise Refused(f"还有 {len(visit.unseen)} 条没有记录：{left}", rule=RULE, remedy="请逐条记录后再签署")
    if visit.applicant is None:
        raise Refused("还没有登记申请人签字", rule=RULE, remedy="请申请人在记录上签字；拒签的，写明情况")
    if act.passed and visit.not_met:
        raise Refused(
            f"有 {len(visit.not_met)} 条不符合，结论不能是“通过”",
            rule=RULE,
            remedy="已经当场改正的，请先把这一条改为“符合”并写明改正情况",
            field="outcome",
        )
    if visit.signatures and visit.signatures[0].passed != act.passed:
        raise Refused("两名核查人员的结论不一致", rule=TWO, remedy="请先商量一致；不能一致的，取消后重新核查")
    opinion = _words(act.opinion, "opinion", "核查意见")
    whole = signed | {scene.actor.account} >= {one.account for one in visit.visitors}
    return VisitSigned(scene.now, scene.actor.account, scene.actor.name, act.passed, opinion, whole)


_ACTS: dict[type[Command], Callable[[SiteVisit, Any, _Scene], Event]] = {
    acts.PlanSiteVisit: _plan,
    acts.MoveSiteVisit: _move,
    acts.CancelSiteVisit: _cancel,
    acts.RecordFindings: _record,
    acts.NoteApplicant: _note_applicant,
    acts.SignSiteVisit: _sign,
}
