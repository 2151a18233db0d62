"""文书: which document an event makes the organ issue, in which series, and what it must say (domain §3.3, §17.2).

A document is numbered and kept in the transaction of the act that calls for it, so no acceptance and no refusal
exists without its paper (行政许可法第三十二条末款). The words around these contents are templates of the packs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from banjie.engine.calendar import chinese_date
from banjie.engine.cases import events
from banjie.engine.cases.clocks import Law, decision_timers, promise_of
from banjie.engine.cases.delivery import WAY_NAMES
from banjie.engine.cases.events import Event
from banjie.engine.cases.state import Case
from banjie.engine.clock import Term, reckon

Content = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be issued: `kind` names its template, `series` the 字 of its number."""

    kind: str
    series: str
    content: Content


PRINTED_NAMES = {"application": "申请表", "catalogue": "案卷目录", "power_of_attorney": "授权委托书"}
"""What is printed without an event that issues it."""

NAMES = {
    "receipt": "收件凭证",
    "promise": "告知承诺书",
    "correction": "补正通知书",
    "acceptance": "受理通知书",
    "non_acceptance": "不予受理通知书",
    "tolerance": "容缺受理通知书",
    "special_procedure": "特别程序告知书",
    "extension": "延期告知书",
    "approval": "准予行政许可决定书",
    "denial": "不予行政许可决定书",
    "withdrawal": "撤回确认书",
    "termination": "终止通知书",
    "delivery": "送达回证",
    "hearing_rights": "听证告知书",
    "hearing_notice": "听证通知书",
    "expert_opinion": "专家评审意见",
    "meeting_minutes": "会议纪要",
    "site_visit": "现场核查记录",
}


ISSUING = (
    events.Submitted,
    events.CorrectionAsked,
    events.FoundNotRequired,
    events.FoundNotCompetent,
    events.Accepted,
    events.Tolerated,
    events.SpecialStarted,
    events.Extended,
    events.Approved,
    events.Denied,
    events.Withdrawn,
    events.Returned,
    events.ToleranceLapsed,
    events.Terminated,
    events.Delivered,
)
"""The events for which the law wants a document. The others are the office's own affair."""


def documents(before: Case, event: Event, after: Case, law: Law) -> tuple[Document, ...]:
    """The documents that `event` calls for. `before` and `after` are the case around it."""
    if not isinstance(event, ISSUING):
        return ()
    common = _common(after, law, event.on)
    match event:
        case events.Submitted():
            receipt = Document("receipt", "收", common | _receipt(event, law))
            return (receipt, Document("promise", "诺", common | _promise(after, law))) if event.promised else (receipt,)
        case events.CorrectionAsked():
            faults = [
                {
                    "material": material_name(law, ask.material),
                    "problem": ask.problem,
                    "remedy": ask.requirement,
                    "ground": ask.basis,
                }
                for ask in event.asks
            ]
            content = {"due_on": chinese_date(event.due_on), "faults": faults, "again": bool(before.corrections)}
            return (Document("correction", "许补", common | content),)
        case events.FoundNotRequired():
            content = {"ground": "not_required", "reason": event.reason} | _remedies(law)
            return (Document("non_acceptance", "许不受", common | content),)
        case events.FoundNotCompetent():
            content = {
                "ground": "not_competent",
                "reason": event.reason,
                "competent_organ": event.redirect_organ,
            } | _remedies(law)
            return (Document("non_acceptance", "许不受", common | content),)
        case events.Accepted():
            content = {
                "accepted_on": chinese_date(event.as_of),
                "statutory_term": term_words(law.item.statutory),
                "promised_term": term_words(promise_of(after, law)),
                "due_on": chinese_date(event.promised_due),
                "by_silence": event.silent,
                "materials": [paper.name for paper in after.papers],
            }
            return (Document("acceptance", "许受", common | content),)
        case events.Tolerated():
            missing = {
                "material": material_name(law, event.material),
                "form": "电子",
                "due_on": chinese_date(event.due_on),
            }
            content = {
                "missing": [missing],
                "consequence": "逾期未补齐的，本机关将退回申请；补齐前不作出准予决定",
            }
            return (Document("tolerance", "容", common | content),)
        case events.SpecialStarted():
            content = {
                "procedure": event.name,
                "duration": f"{event.days} 个工作日",
                "starts_on": chinese_date(event.on),
                "ends_on": chinese_date(event.due_on),
                "reason": event.reason,
            }
            return (Document("special_procedure", "许特", common | content),)
        case events.Extended():
            content = {
                "extended_by": f"{event.days} 个工作日",
                "reason": event.reason,
                "former_due_on": _former_due(before, law, event.on),
                "due_on": chinese_date(event.statutory_due),
                "approved_on": chinese_date(event.on),
            }
            return (Document("extension", "许延", common | content),)
        case events.Approved():
            return (Document("approval", "许准", common | _approval(event, law)),)
        case events.Denied():
            content = {
                "facts": f"{after.holder.name}申请{law.item.heading}，经审查不符合法定条件",
                "reasons": list(event.reasons),
                "grounds": _grounds(law),
            } | _remedies(law)
            return (Document("denial", "许不准", common | content),)
        case events.Withdrawn():
            content = {"withdrawn_on": chinese_date(event.on), "reason": before.withdrawal_reason}
            return (Document("withdrawal", "许撤", common | content),)
        case events.Returned() | events.ToleranceLapsed():
            reason = event.reason if isinstance(event, events.Returned) else after.closing_reason
            content = {"reason": reason, "grounds": _grounds(law), "ended_on": chinese_date(event.on)}
            return (Document("termination", "许退", common | content | _remedies(law)),)
        case events.Terminated():
            content = {"reason": event.ground, "grounds": _grounds(law), "ended_on": chinese_date(event.on)}
            return (Document("termination", "许终", common | content | _remedies(law)),)
        case events.Delivered():
            return (Document("delivery", "送", common | _delivery(event, after)),)
        case _:
            assert_never(event)


def material_name(law: Law, key: str) -> str:
    """The words for a material's key, or for a field's as `form:key`."""
    for material in law.item.materials:
        if material.key == key:
            return material.name
    for section in law.item.form.sections:
        for field in section.fields:
            if key == f"form:{field.key}":
                return f"申请表：{field.label}"
    return key


def term_words(term: Term) -> str:
    """A term as people say it: 即时办结, 5 个工作日."""
    return f"{term.number} {term.unit.label}" if term.number else "即时办结"


def _common(case: Case, law: Law, on: date) -> dict[str, object]:
    company = case.holder.code[:1] in {"9", "1", "5"} and len(case.holder.code) == 18 and case.agent is not None
    common: dict[str, object] = {
        "organ": law.item.organ_name,
        "applicant": case.holder.name,
        "case_number": case.number,
        "item": law.item.heading,
        "date": chinese_date(on),
        "phone": law.item.consult_phone,
    }
    if company:
        common["applicant_kind"] = "company"
    if case.submitted_on:
        common["applied_on"] = chinese_date(case.submitted_on)
    if case.accepted_on:
        common["accepted_on"] = chinese_date(case.accepted_on)
    return common


def _receipt(event: events.Submitted, law: Law) -> dict[str, object]:
    return {
        "received_on": chinese_date(event.on),
        "query_code": event.query_code,
        "answer_by": chinese_date(event.answer_due),
        "materials": [{"name": paper.name, "form": "电子", "copies": "1"} for paper in event.papers],
        "later": [
            {"name": material.name, "term": f"受理后 {material.tolerable_days} 个工作日内"}
            for material in law.item.materials
            if material.key in event.later
        ],
        "promised_by": (event.agent or event.holder).name if event.later else "",
    }


def _promise(case: Case, law: Law) -> dict[str, object]:
    return {
        "basis": _grounds(law),
        "conditions": list(law.item.conditions),
        "liability": ["承诺不实的，行政机关责令改正或者撤销许可，记入信用记录，并依法承担责任"],
        "signed_by": case.agent.name if case.agent else case.holder.name,
        "signed_on": chinese_date(case.submitted_on) if case.submitted_on else "",
    }


def _approval(event: events.Approved, law: Law) -> dict[str, object]:
    content: dict[str, object] = {"content": f"准予{law.item.heading}。{event.opinion}", "grounds": _grounds(law)}
    if law.item.result:
        content["certificate_name"] = law.item.result.name
        content["supervisor"] = law.item.result.supervisor
    return content | _remedies(law)


def _delivery(event: events.Delivered, case: Case) -> dict[str, object]:
    name = "准予行政许可决定书" if case.approved else "不予行政许可决定书"
    return {
        "documents": [{"name": name, "number": "", "copies": "1"}],
        "recipient": case.holder.name,
        "way": WAY_NAMES[event.way],
        "delivered_on": chinese_date(event.delivered_on or event.on),
        "place": event.details.get("place", event.details.get("account", "")),
        "received_by": event.details.get("received_by", ""),
        "evidence": event.evidence,
    }


def _former_due(case: Case, law: Law, on: date) -> str:
    statutory, _ = decision_timers(case, law)
    return chinese_date(reckon(statutory, case.pauses, law.calendar_of(case), on, law.rules).due_on)


def _grounds(law: Law) -> list[str]:
    return [f"《{basis.law}》{basis.clause}" for basis in law.item.basis]


def _remedies(law: Law) -> dict[str, object]:
    return {"review_organ": law.item.review_organ, "court": law.item.court}
