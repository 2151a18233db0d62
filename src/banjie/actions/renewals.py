"""延续 (行政许可法第五十条): what a granted renewal does to the certificate, and what the organ's silence does.

A renewal names its certificate by the paper that stands in for it: the application hands in no copy of the licence
but its number (免提交), under the material whose kind is the licence itself. An application renews its certificate
once: whatever extension was made since it was handed in is its own.
"""

from datetime import date, datetime, timedelta

from banjie.actions.platform import Platform
from banjie.engine.cases import UNDER_REVIEW, Case, Law, Stage, situation
from banjie.engine.certificates import ExtendValidity, Renew, Status, end_of_validity
from banjie.records import cases, certificates, journal
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE

ORGAN_TO_ANSWER = UNDER_REVIEW | {Stage.SUBMITTED, Stage.PRECHECK}
"""Where the organ's answer is owed. While a correction is awaited the applicant is the one who is silent."""


def renewed_number(case: Case, law: Law) -> str:
    """The number of the certificate that a case asks to have renewed, "" when it asks for something else."""
    if law.item.result is None or case.answers.get("apply_type") != "renewal":
        return ""
    kinds = {material.key: material.held for material in law.item.materials}
    own = (paper.held for paper in case.papers if kinds.get(paper.material) == law.item.result.kind)
    return next((number for number in own if number), "")


def certificate_to_renew(platform: Platform, found: Found, law: Law) -> CertificateRow | None:
    """The valid certificate that a renewal is about, None when a new one has to be issued.

    A certificate that has ended meanwhile cannot be lengthened, so the one who was granted it gets a new one.
    """
    number = renewed_number(found.case, law)
    if not number or law.item.result is None:
        return None
    row = certificates.by_number(
        platform.database, MACHINE.eyes, found.region, law.item.organ, number, holder=found.case.holder.id
    )
    valid = row is not None and row.kind == law.item.result.kind and row.status == Status.VALID.value
    return row if valid else None


def extension_of(platform: Platform, row: CertificateRow, found: Found, law: Law) -> ExtendValidity | None:
    """How a granted renewal lengthens its certificate, None when that has been done for this application."""
    until = _next_end(row, found.case, law)
    if until is None or _renewed_since(platform, row, found.submitted_at):
        return None
    return ExtendValidity(until, f"办件 {found.number} 准予延续")


def silent_renewal(platform: Platform, row: CertificateRow, today: date) -> Renew | None:
    """What silence brings about for a certificate whose validity is over: a renewal asked in time, not answered."""
    if row.status != Status.VALID.value or row.valid_until is None or today <= row.valid_until:
        return None
    for found in cases.of_holder_in(platform.database, MACHINE.eyes, row.region, row.holder, ORGAN_TO_ANSWER):
        law = platform.laws.law(row.region, found.case.item, found.case.edition)
        asked_on = found.case.submitted_on
        if asked_on is None or asked_on > row.valid_until or found.case.withdrawal_reason:
            continue
        named = certificate_to_renew(platform, found, law)
        until = _next_end(row, found.case, law)
        if named is None or named.id != row.id or until is None:
            continue
        if not _renewed_since(platform, row, found.submitted_at):
            return Renew(until, asked_on)
    return None


def _next_end(row: CertificateRow, case: Case, law: Law) -> date | None:
    if row.valid_until is None or law.item.result is None:
        return None
    return end_of_validity(row.valid_until + timedelta(days=1), situation(case, law).valid_months or 0)


def _renewed_since(platform: Platform, row: CertificateRow, moment: datetime) -> bool:
    history = journal.history(platform.database, MACHINE.eyes, row.region, row.id)
    return any(entry.kind == "ValidityExtended" and entry.at >= moment for entry in history)
