"""The law of the pre-application service: free, voluntary, and without any legal clock (审前服务, domain §8.2).

What it says in an applicant's favour binds the organ later; so a conclusion needs an opinion on every review point.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from banjie.engine import permissions
from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.catalogue import Item
from banjie.engine.endorsements import RULE as SAME_MEASURE
from banjie.engine.endorsements import basis_of, ground_of, name_of, points_of
from banjie.engine.permissions import Actor
from banjie.engine.precases import acts, events
from banjie.engine.precases.acts import NAMES, Command, Verdict
from banjie.engine.precases.events import Event, Opinion
from banjie.engine.precases.state import (
    OPINION,
    REPLY,
    STATUS_NAMES,
    Precase,
    PrecaseStatus,
    Slow,
    missing,
    standing,
    unjudged,
)
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused, in_words
from banjie.engine.working_hours import OfficeHours

RULE = "审前服务办法"
LONGEST = 2000
"""Characters a question or an answer may have."""

_words = partial(in_words, rule=RULE, most=LONGEST, shorter="请写简短些，其余的可以作为文件上传")

# In which statuses each act is possible. What is not named is refused.
TABLE = """
Consult       none
AddQuestion   consulting reviewing mending ready
LinkDraft     consulting reviewing mending ready
Present       consulting reviewing mending ready
EndService    consulting reviewing mending ready
TakeUp        consulting reviewing mending ready
HandOver      consulting reviewing mending ready
Reply         consulting reviewing mending ready
GiveOpinions  reviewing mending
BookVisit     reviewing mending
CancelVisit   consulting reviewing mending ready
RecordVisit   reviewing mending
Conclude      reviewing mending
Convert       consulting reviewing mending ready
MarkSlow      consulting reviewing mending ready
"""

STATUSES: dict[str, frozenset[PrecaseStatus]] = {
    name: frozenset(PrecaseStatus(status) for status in statuses)
    for name, *statuses in (line.split() for line in TABLE.strip().splitlines())
}


def decide(
    precase: Precase, command: Command, *, actor: Actor, now: datetime, item: Item, calendar: Calendar
) -> tuple[Event, ...]:
    """What follows when `actor` does `command` at `now`, `item` being the edition it is held against.

    Raises `Refused` with the rule that forbids it.
    """
    name = type(command).__name__
    begins = isinstance(command, acts.Consult)
    permissions.require(
        actor,
        name,
        holder=command.holder.id if isinstance(command, acts.Consult) else precase.holder.id,
        organ=item.organ if begins else precase.organ,
        what=NAMES[type(command)],
    )
    if precase.status not in STATUSES[name]:
        raise Refused(
            f"审前服务目前是“{STATUS_NAMES[precase.status]}”，不能“{NAMES[type(command)]}”",
            rule="审前服务状态表",
            remedy="已经结束的，请重新提问；已经转为办件的，请在办件里办理",
        )
    return (_ACTS[type(command)](precase, command, _Scene(actor, now.astimezone(CHINA), item, calendar)),)


def possible(precase: Precase, actor: Actor) -> tuple[type[Command], ...]:
    """The acts this actor may try now."""
    found = []
    for command in NAMES:
        if precase.status not in STATUSES[command.__name__]:
            continue
        try:
            permissions.require(actor, command.__name__, holder=precase.holder.id, organ=precase.organ)
        except Refused:
            continue
        found.append(command)
    return tuple(found)


class _Scene:
    """Who acts, when (in city time), under which edition and calendar."""

    __slots__ = ("actor", "calendar", "item", "now")

    def __init__(self, actor: Actor, now: datetime, item: Item, calendar: Calendar) -> None:
        self.actor, self.now, self.item, self.calendar = actor, now, item, calendar

    @property
    def today(self) -> date:
        return self.now.date()

    def reply_due(self, earlier: datetime | None) -> datetime:
        """A question that waits already does not wait longer because another one was added."""
        hours = OfficeHours.parse(self.item.advice.office_hours)
        due = hours.add(self.calendar, self.now, self.item.advice.reply_hours)
        return min(due, earlier) if earlier else due

    def opinion_due(self, earlier: datetime | None) -> datetime:
        hours = OfficeHours.parse(self.item.advice.office_hours)
        due = hours.end_of(self.calendar, self.now, self.item.advice.opinion_days)
        return min(due, earlier) if earlier else due


def _consult(precase: Precase, act: acts.Consult, scene: _Scene) -> Event:
    resolve(scene.item, act.answers)
    return events.Consulted(
        on=scene.today,
        number=act.number,
        item=act.item,
        edition=act.edition,
        region=act.region,
        organ=act.organ,
        holder=act.holder,
        asker=act.asker,
        text=_words(act.text, "text", "想问的事"),
        reply_due=scene.reply_due(None),
        draft=act.draft,
        answers=act.answers,
        papers=act.papers,
    )


def _add_question(precase: Precase, act: acts.AddQuestion, scene: _Scene) -> Event:
    return events.QuestionAdded(
        scene.today, _words(act.text, "text", "想问的事"), scene.reply_due(precase.reply_due), act.papers
    )


def _link_draft(precase: Precase, act: acts.LinkDraft, scene: _Scene) -> Event:
    if not act.draft:
        raise Refused("没有指明草稿", rule=RULE, remedy="请从草稿页面进入", field="draft")
    resolve(scene.item, act.answers)
    return events.DraftLinked(scene.today, act.draft, act.answers)


def _present(precase: Precase, act: acts.Present, scene: _Scene) -> Event:
    if not act.data and not any(paper.sha256 for paper in act.papers):
        raise Refused(
            "还没有可以预审的内容", rule=RULE, remedy="请先填写申请表或者上传材料，填多少都可以", field="papers"
        )
    known = {material.key for material in resolve(scene.item, act.answers, act.data).materials}
    for paper in act.papers:
        if paper.material not in known:
            raise Refused(
                f"材料“{paper.name}”不在该事项的申请材料清单中",
                rule="行政许可法第三十一条",
                remedy="请删去这份材料；想另外给工作人员看的，请在追问时上传",
                field=f"papers.{paper.material}",
            )
    return events.Presented(
        on=scene.today,
        edition=scene.item.edition,
        opinion_due=scene.opinion_due(precase.opinion_due),
        answers=act.answers,
        data=act.data,
        papers=act.papers,
        later=act.later,
        draft=act.draft,
    )


def _end(precase: Precase, act: acts.EndService, scene: _Scene) -> Event:
    return events.ServiceEnded(scene.today, act.reason.strip()[:200])


def _take_up(precase: Precase, act: acts.TakeUp, scene: _Scene) -> Event:
    if precase.assigned == scene.actor.account:
        raise Refused("您已经接单", rule=RULE, remedy="请直接答复")
    if precase.assigned:
        raise Refused(
            f"{precase.assigned_name}已经接单", rule=RULE, remedy="需要由您办理的，请先转交给您；您也可以直接答复"
        )
    return events.TakenUp(scene.today, scene.actor.account, scene.actor.name)


def _hand_over(precase: Precase, act: acts.HandOver, scene: _Scene) -> Event:
    reason = _words(act.reason, "reason", "转交的原因")
    if not act.to or act.to == precase.assigned:
        raise Refused("没有选转交给谁，或者本来就由他办理", rule=RULE, remedy="请选择本单位的另一名同事", field="to")
    return events.HandedOver(scene.today, scene.actor.account, act.to, act.to_name, reason)


def _reply(precase: Precase, act: acts.Reply, scene: _Scene) -> Event:
    text = _words(act.text, "text", "答复内容")
    actor, item = scene.actor, scene.item
    return events.Replied(scene.today, actor.account, actor.name, item.organ_name, item.consult_phone, text)


def _give_opinions(precase: Precase, act: acts.GiveOpinions, scene: _Scene) -> Event:
    if not act.opinions:
        raise Refused("没有给出任何意见", rule=RULE, remedy="请至少对一条审查要点给出意见", field="opinions")
    opinions = tuple(_opinion(precase, one, index, scene) for index, one in enumerate(act.opinions))
    if len({(one.target, one.point) for one in opinions}) < len(opinions):
        raise Refused("同一条审查要点给了两次意见", rule=RULE, remedy="请每条只给一个意见", field="opinions")
    return events.OpinionsGiven(scene.today, scene.actor.account, opinions, act.note.strip()[:LONGEST])


def _opinion(precase: Precase, judged: acts.Judged, index: int, scene: _Scene) -> Opinion:
    item, field = scene.item, f"opinions[{index}]"
    if judged.point not in points_of(item, judged.target):
        raise Refused(
            f"“{judged.point}”不是公布的审查要点",
            rule="行政许可法第三十条、第三十一条",
            remedy="只能就公布的审查要点给出意见；其他建议请写在答复里",
            field=f"{field}.point",
        )
    ground = ground_of(item, judged.target, precase.data, precase.papers)
    if not ground:
        raise Refused(
            f"申请人还没有提交“{name_of(item, judged.target)}”",
            rule=RULE,
            remedy="请在答复中提醒申请人提交，提交后再给出意见",
            field=f"{field}.target",
        )
    if judged.verdict is not Verdict.MET:
        _words(judged.remedy, f"{field}.remedy", f"“{name_of(item, judged.target)}”怎样修改")
        _require_not_reversed(precase, judged, scene, field)
    return Opinion(
        target=judged.target,
        point=judged.point,
        verdict=judged.verdict,
        remedy=judged.remedy.strip(),
        ground=ground,
        edition=item.edition,
        basis=basis_of(item, judged.target),
        by=scene.actor.account,
        name=scene.actor.name,
        office=item.organ_name,
        phone=item.consult_phone,
        on=scene.today,
    )


def _require_not_reversed(precase: Precase, judged: acts.Judged, scene: _Scene, field: str) -> None:
    """Once a conclusion has said that one may apply, what it rested on is not judged otherwise."""
    if not precase.confirmed:
        return
    for one in standing(precase, scene.item):
        if (one.target, one.point) == (judged.target, judged.point) and one.verdict is Verdict.MET:
            raise Refused(
                f"“{judged.point}”此前已由{one.name}认定符合，材料和要点都没有变化",
                rule=SAME_MEASURE,
                remedy="请维持原来的意见",
                field=f"{field}.verdict",
            )


def _book_visit(precase: Precase, act: acts.BookVisit, scene: _Scene) -> Event:
    if act.day < scene.today or not scene.calendar.is_working(act.day):
        raise Refused("约定的日子应为今天以后的工作日", rule=RULE, remedy="请另选一天", field="day")
    visitors, matter = _words(act.visitors, "visitors", "谁去"), _words(act.matter, "matter", "看什么")
    return events.VisitBooked(scene.today, scene.actor.account, act.day, visitors, matter)


def _cancel_visit(precase: Precase, act: acts.CancelVisit, scene: _Scene) -> Event:
    _require_booked(precase)
    return events.VisitCancelled(scene.today, scene.actor.account, _words(act.reason, "reason", "取消的原因"))


def _record_visit(precase: Precase, act: acts.RecordVisit, scene: _Scene) -> Event:
    _require_booked(precase)
    if precase.visit and precase.visit.day > scene.today:
        raise Refused(
            "还没有到约定的日子", rule=RULE, remedy="去过现场以后再记录；提前去的，请先改约", field="findings"
        )
    findings = _words(act.findings, "findings", "现场看到的情况")
    actor = scene.actor
    return events.VisitRecorded(scene.today, actor.account, actor.name, findings, act.met, act.papers)


def _require_booked(precase: Precase) -> None:
    if precase.visit is None or precase.visit.met is not None:
        raise Refused("没有约定的现场预勘", rule=RULE, remedy="需要看现场的，请先约定日期")


def _conclude(precase: Precase, act: acts.Conclude, scene: _Scene) -> Event:
    text = _words(act.text, "text", "结论")
    if act.ready:
        _require_ready(precase, scene.item)
    actor, item = scene.actor, scene.item
    return events.Concluded(
        scene.today, actor.account, actor.name, item.organ_name, item.consult_phone, act.ready, text
    )


def _require_ready(precase: Precase, item: Item) -> None:
    """A favourable conclusion binds the organ, so nothing may be left open under it."""
    wrong = next((one for one in standing(precase, item) if one.verdict is not Verdict.MET), None)
    if wrong is not None:
        raise Refused(
            f"“{name_of(item, wrong.target)}”还有要修改的：{wrong.point}",
            rule=RULE,
            remedy="请等申请人修改后重新预审，或改为“还需完善”",
            field="ready",
        )
    if lacking := missing(precase, item):
        raise Refused(
            f"还缺材料：{'、'.join(lacking)}", rule=RULE, remedy="请等申请人补齐，或改为“还需完善”", field="ready"
        )
    if open_points := unjudged(precase, item):
        target, point = open_points[0]
        raise Refused(
            f"还有 {len(open_points)} 条审查要点没有给出意见，例如“{name_of(item, target)}”：{point}",
            rule=RULE,
            remedy="请逐条给出意见后再作结论",
            field="ready",
        )
    if precase.visit is not None and not precase.visit.met:
        raise Refused("现场预勘还没有通过", rule=RULE, remedy="请先记录现场情况，或改为“还需完善”", field="ready")


def _convert(precase: Precase, act: acts.Convert, scene: _Scene) -> Event:
    return events.Converted(scene.today, act.case_number)


def _mark_slow(precase: Precase, act: acts.MarkSlow, scene: _Scene) -> Event:
    due = {REPLY: precase.reply_due, OPINION: precase.opinion_due}.get(act.what)
    if due is None or scene.now <= due or Slow(act.what, due) in precase.slow:
        raise Refused("没有超时", rule=RULE, remedy="到时由系统自动标记", field="what")
    return events.MarkedSlow(scene.today, act.what, due)


_ACTS: dict[type[Command], Callable[[Precase, Any, _Scene], Event]] = {
    acts.Consult: _consult,
    acts.AddQuestion: _add_question,
    acts.LinkDraft: _link_draft,
    acts.Present: _present,
    acts.EndService: _end,
    acts.TakeUp: _take_up,
    acts.HandOver: _hand_over,
    acts.Reply: _reply,
    acts.GiveOpinions: _give_opinions,
    acts.BookVisit: _book_visit,
    acts.CancelVisit: _cancel_visit,
    acts.RecordVisit: _record_visit,
    acts.Conclude: _conclude,
    acts.Convert: _convert,
    acts.MarkSlow: _mark_slow,
}
