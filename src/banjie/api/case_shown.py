"""A case and its clocks as the interface shows them. Personal data is masked for whoever does not handle the case."""

from datetime import date
from typing import Final

from banjie.actions.form_masking import masked_data, personal_values
from banjie.actions.handling import AT_DESK, handles, open_acts
from banjie.actions.masking import held_number, is_company_code, paper_name, party_code, party_name
from banjie.actions.platform import Platform
from banjie.actions.proving import proof_of
from banjie.api.answers import (
    ActOffered,
    AskShown,
    CaseShown,
    CertificateShown,
    ClockShown,
    CorrectionShown,
    DocumentShown,
    PaperShown,
    PartyShown,
    StepShown,
    TermShown,
    ToleranceShown,
)
from banjie.api.hot import ACTS
from banjie.engine.cases import (
    NAMES,
    STAGE_NAMES,
    TIMER_NAMES,
    UNDER_REVIEW,
    Case,
    Law,
    Party,
    Running,
    decision_timers,
    path_of,
    possible,
    running,
)
from banjie.engine.cases.documents import material_name
from banjie.engine.certificates import STATUS_NAMES, Status
from banjie.engine.clock import reckon
from banjie.engine.proof import explain, to_json
from banjie.records import certificates, documents
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.people import Standing

BASE: Final = "/api/v1"


def case_shown(platform: Platform, actor: Standing, found: Found, law: Law) -> CaseShown:
    """The case as this actor may see it."""
    case, eyes, at = found.case, actor.eyes, platform.database
    clear = handles(case, actor.actor, law)
    return CaseShown(
        number=found.number,
        region=found.region,
        item=case.item,
        item_name=found.item_name,
        edition=case.edition,
        organ=case.organ,
        organ_name=law.item.organ_name,
        stage=case.stage,
        stage_name=STAGE_NAMES[case.stage],
        version=found.version,
        holder=_party(case.holder, clear),
        agent=_party(case.agent, clear) if case.agent else None,
        query_code=case.query_code if case.holder.id in actor.actor.parties else "",
        submitted_at=found.submitted_at,
        changed_at=found.changed_at,
        due_on=found.due_on,
        accepted_on=case.accepted_on,
        decided_on=case.decided_on,
        delivered_on=case.delivered_on,
        late=case.late,
        answers=case.answers,
        data=case.data if clear else masked_data(law.item.form, case.data, personal_values(case.holder, case.agent)),
        papers=tuple(
            PaperShown(
                paper.material,
                material_name(law, paper.material),
                paper_name(paper.name, material_name(law, paper.material), clear=clear),
                paper.sha256 if clear else "",
                paper.media_type,
                paper.size,
                held_number(paper.held, clear=clear),
            )
            for paper in case.papers
        ),
        promised=case.promised,
        corrections=tuple(
            CorrectionShown(
                notice.on,
                notice.due_on,
                notice.answered_on,
                tuple(
                    AskShown(ask.material, material_name(law, ask.material), ask.problem, ask.requirement, ask.basis)
                    for ask in notice.asks
                ),
            )
            for notice in case.corrections
        ),
        tolerances=tuple(
            ToleranceShown(waived.material, material_name(law, waived.material), waived.due_on, waived.supplied_on)
            for waived in case.tolerances
        ),
        steps=tuple(StepShown(key, law.item.workflow.step(key).name, case.entered[key]) for key in case.active),
        reasons=case.reasons,
        closing_reason=case.closing_reason,
        acts=_acts(actor, found, law),
        documents=tuple(
            DocumentShown(row.id, row.kind, row.name, row.number, row.issued_at)
            for row in documents.of_case(at, eyes, found.region, found.id)
        ),
        certificates=tuple(_certificate(row) for row in certificates.of_case(at, eyes, found.region, found.id)),
    )


def _acts(actor: Standing, found: Found, law: Law) -> tuple[ActOffered, ...]:
    at_desk = open_acts(found.case, actor.actor, law)
    offered = (
        command
        for command in possible(found.case, actor.actor, law)
        if command in ACTS.values() and (command not in AT_DESK or command in at_desk)
    )
    return tuple(
        ActOffered(path, NAMES[command], f"{BASE}/cases/{found.number}/acts/{path}")
        for command in offered
        for path in (path_of(command),)
    )


def _certificate(row: CertificateRow) -> CertificateShown:
    status = Status(row.status)
    return CertificateShown(
        row.id,
        row.number,
        row.name,
        status,
        STATUS_NAMES[status],
        row.valid_from,
        row.valid_until,
        row.verify_code,
        f"{BASE}/certificates/{row.id}.pdf?region={row.region}",
    )


# --- masks ---


def _party(party: Party, clear: bool) -> PartyShown:
    known = party.id if clear or is_company_code(party.code) else ""
    return PartyShown(known, party_name(party.name, party.code, clear=clear), party_code(party.code, clear=clear))


# --- clocks ---


def clocks_shown(platform: Platform, case: Case, law: Law, today: date) -> tuple[ClockShown, ...]:
    """Every clock that runs, the nearest due day first, then those that the decision has stopped."""
    clocks = running(case, law, today)
    if case.decided_on and case.accepted_on and case.stage not in UNDER_REVIEW:
        clocks += tuple(
            Running(timer, reckon(timer, case.pauses, law.calendar_of(case), today, law.rules))
            for timer in decision_timers(case, law)
        )
    return tuple(_clock(platform, clock, case, law, today) for clock in clocks)


def _clock(platform: Platform, clock: Running, case: Case, law: Law, today: date) -> ClockShown:
    timer, says = clock.timer, clock.reckoning
    proof = proof_of(platform, timer, case, law, today)
    return ClockShown(
        timer=timer.kind,
        name=TIMER_NAMES[timer.kind],
        step=clock.step,
        step_name=law.item.workflow.step(clock.step).name if clock.step else "",
        term=TermShown(timer.term.number, timer.term.unit, timer.term.label, timer.term.basis),
        event_on=timer.event_on,
        due_on=says.due_on,
        elapsed=says.elapsed,
        left=says.left,
        paused=says.paused,
        late=says.late,
        provisional=says.provisional,
        explained=tuple(explain(proof)),
        proof=to_json(proof),
    )
