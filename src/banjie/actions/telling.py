"""What happened to a case, told in words: one line an event, as officials read it and as applicants do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from banjie.actions.masking import masked
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import Law, events, handing
from banjie.engine.cases.delivery import WAY_NAMES
from banjie.engine.cases.documents import material_name
from banjie.engine.cases.events import KINDS, Event
from banjie.engine.cases.moving import DeadlinesMoved, Moved
from banjie.engine.clock import TimerKind
from banjie.engine.codec import decode
from banjie.engine.endorsements import name_of
from banjie.engine.permissions import SYSTEM
from banjie.records.journal import Entry

OUTCOME_NAMES = {"pass": "通过", "fail": "不通过"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words. `who` is the office with the official's name, 申请人, or 系统."""

    at: datetime
    title: str
    text: str
    who: str


def events_told(
    entries: Sequence[Entry], names: Mapping[str, str], law: Law, *, clear: bool = True
) -> tuple[Told, ...]:
    """The full history of a case for those who handle it, opinions and findings included.

    `names` gives display names of accounts, and of organs by their codes; those of who applies are masked unless
    `clear`.
    """
    return tuple(
        told(entry, decode(KINDS[entry.kind], entry.data), names, law, inside=True, clear=clear) for entry in entries
    )


def told(entry: Entry, event: Event, names: Mapping[str, str], law: Law, *, inside: bool, clear: bool = True) -> Told:
    """One event in words. Opinions, findings and reasons for rework are for the office (`inside`) only."""
    title, text = _words(event, names, law, inside=inside)
    return Told(entry.at, title, text, _who(entry, event, names, law, clear))


HANDED = (handing.TakenOn, handing.Released, handing.PassedOn, handing.Assigned)
"""Who has a line of the worklist: the office's own affair."""


def accounts_in(entries: Sequence[Entry]) -> set[str]:
    """Every account a history names: whoever acted, and whoever had or was given a line."""
    handed = {entry.data.get(key, "") for entry in entries for key in ("to", "was") if entry.kind in _HANDED_NAMES}
    return {entry.actor for entry in entries} | handed


_HANDED_NAMES = frozenset(kind.__name__ for kind in HANDED)


def _handed(
    event: handing.TakenOn | handing.Released | handing.PassedOn | handing.Assigned, names: Mapping[str, str], law: Law
) -> tuple[str, str]:
    what = _step(law, event.step) if event.step else "这条待办"
    match event:
        case handing.TakenOn():
            return "认领", what
        case handing.Released():
            reason = f"：{event.reason}" if event.reason else ""
            return "退回待领", f"{what}（原承办人 {names.get(event.was, event.was)}）{reason}"
        case handing.PassedOn():
            return "转办", f"{what}转给 {names.get(event.to, event.to)}：{event.reason}"
        case handing.Assigned():
            return "指派", f"{what}由 {names.get(event.to, event.to)} 承办"
        case _:
            assert_never(event)


_BY_APPLICANT = (
    events.Submitted,
    events.Resubmitted,
    events.ToleratedSupplied,
    events.WithdrawalAsked,
    events.TakenBack,
    events.Urged,
)


def _who(entry: Entry, event: Event, names: Mapping[str, str], law: Law, clear: bool) -> str:
    if entry.actor == SYSTEM.account:
        return SYSTEM.name
    name = names.get(entry.actor, "")
    if isinstance(event, _BY_APPLICANT) or (isinstance(event, events.Returned) and event.reason.startswith("申请人")):
        return f"申请人 {name if clear else masked(name, 'name')}".rstrip()
    office = law.item.organ_name
    if isinstance(event, events.StepSigned | events.StepFinished | events.StepReturned):
        step = law.item.workflow.step(event.step)
        if step.office and step.office != law.item.organ:
            office = names.get(step.office) or f"{step.name}的承办单位"
    return f"{office} {name}".rstrip()


def _words(event: Event, names: Mapping[str, str], law: Law, *, inside: bool) -> tuple[str, str]:
    match event:
        case events.Submitted():
            return "提交申请", f"共 {len(event.papers)} 份材料，最迟 {chinese_date(event.answer_due)} 答复是否受理"
        case events.Claimed():
            return "窗口接件", "开始预审材料"
        case events.CorrectionAsked():
            asked = "；".join(f"{material_name(law, ask.material)}：{ask.requirement}" for ask in event.asks)
            return "通知补正", f"共 {len(event.asks)} 项，{chinese_date(event.due_on)} 前补正。{asked}"
        case events.EndorsementLifted():
            what = name_of(law.item, event.target)
            return "准许重新审查", f"审前服务曾认定符合的“{what}：{event.point}”可以重新审查。理由：{event.reason}"
        case events.Resubmitted():
            return "补正后提交", f"最迟 {chinese_date(event.answer_due)} 答复是否受理"
        case events.FoundNotRequired():
            return "不受理", f"依法不需要办理许可：{event.reason}"
        case events.FoundNotCompetent():
            return "不予受理", f"{event.reason}，请向{event.redirect_organ}申请"
        case events.Accepted():
            days = f"承诺 {chinese_date(event.promised_due)} 前办结，法定期限至 {chinese_date(event.statutory_due)}"
            if event.silent:
                return "视为受理", f"窗口未在期限内答复，依法自 {chinese_date(event.as_of)} 起视为受理。{days}"
            return "受理", days
        case events.Tolerated():
            return "容缺受理", f"{material_name(law, event.material)}，{chinese_date(event.due_on)} 前补齐"
        case events.ToleratedSupplied():
            return "补齐容缺材料", material_name(law, event.paper.material)
        case events.ToleranceLapsed():
            return "容缺到期，退件", f"{material_name(law, event.material)} 到期没有补齐"
        case events.ReviewStarted():
            return "开始审查", f"进入：{_steps(law, event.steps)}"
        case events.StepSigned():
            return f"签署：{_step(law, event.step)}", _opinion(event, inside=inside) + "（等待另一人签署）"
        case events.StepFinished():
            following = f"进入：{_steps(law, event.active)}" if event.active else ""
            opinion = _opinion(event, inside=inside)
            return f"办结环节：{_step(law, event.step)}", "。".join(part for part in (opinion, following) if part)
        case events.StepReturned():
            reason = f"：{event.reason}" if inside else ""
            return "退回重办", f"由“{_step(law, event.step)}”退回“{_step(law, event.to)}”{reason}"
        case events.SpecialStarted():
            counted = "所需时间不计入办理期限" if event.statutory else "法定期限照常计算"
            return f"{event.name}开始", f"预计至 {chinese_date(event.due_on)}，{counted}。{event.reason}"
        case events.SpecialEnded():
            return "特别程序结束", event.result if inside else "办理期限继续计算"
        case events.Extended():
            last = chinese_date(event.statutory_due)
            return "依法延期", f"延长 {event.days} 个工作日，法定期限至 {last}。理由：{event.reason}"
        case events.Approved():
            opinion = f"{event.opinion}。" if inside and event.opinion else ""
            return "准予", f"{opinion}最迟 {chinese_date(event.deliver_by)} 送达"
        case events.Denied():
            return "不予许可", f"理由：{'；'.join(event.reasons)}。最迟 {chinese_date(event.deliver_by)} 送达"
        case events.Delivered():
            return "送达", WAY_NAMES[event.way] + (f"：{event.evidence}" if inside else "")
        case events.Returned():
            return "退件", event.reason
        case events.TakenBack():
            return "收回修改", "内容已回到申请人的草稿，修改后重新提交"
        case events.Urged():
            return "催办", f"最迟 {chinese_date(event.answer_by)} 答复"
        case events.UrgeAnswered():
            return "答复催办", event.words
        case events.WithdrawalAsked():
            return "要求撤回", f"{event.reason}。等待机关确认"
        case events.Withdrawn():
            return "确认撤回", ""
        case events.Terminated():
            return "终止办理", event.ground
        case events.MarkedLate():
            step = f"（{_step(law, event.step)}）" if event.step else ""
            return "超期", f"{TimerKind(event.timer).label}{step}已于 {chinese_date(event.due_on)} 届满"
        case handing.TakenOn() | handing.Released() | handing.PassedOn() | handing.Assigned():
            return _handed(event, names, law)
        case DeadlinesMoved():
            return "更新期限", _moves(event, law, inside=inside)
        case _:
            assert_never(event)


TOLD_DAYS = {"tolerance": "容缺补齐期限", "urge": "催办答复期限"}


def _moves(event: DeadlinesMoved, law: Law, *, inside: bool) -> str:
    """Each deadline that is another day now; those of steps are the office's own."""
    lines = [
        f"{move_name(one, law)}由 {chinese_date(one.was)} 改为 {chinese_date(one.now)}"
        if one.now != one.was
        else f"{move_name(one, law)} {chinese_date(one.now)} {'改为暂定' if one.provisional else '不再是暂定'}"
        for one in event.changes
        if inside or not one.step
    ]
    return f"工作日历已更新为“{event.edition}”。" + ("；".join(lines) or "这个办件的期限没有变化")


def move_name(one: Moved, law: Law) -> str:
    """The deadline in words: 承诺办结期限, 环节期限（现场核查）, 容缺补齐期限（平面图）."""
    if one.timer in TOLD_DAYS:
        material = f"（{material_name(law, one.material)}）" if one.material else ""
        return TOLD_DAYS[one.timer] + material
    return TimerKind(one.timer).label + (f"（{_step(law, one.step)}）" if one.step else "")


def _opinion(event: events.StepSigned | events.StepFinished, *, inside: bool) -> str:
    if not inside:
        return ""
    outcome = OUTCOME_NAMES.get(event.outcome, event.outcome)
    findings = f"。发现：{'；'.join(event.findings)}" if event.findings else ""
    return f"{outcome}：{event.opinion}{findings}"


def _step(law: Law, key: str) -> str:
    return law.item.workflow.step(key).name


def _steps(law: Law, keys: Sequence[str]) -> str:
    return "、".join(_step(law, key) for key in keys)
