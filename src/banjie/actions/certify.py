"""Acts on certificates: the issue or renewal of one when a case is approved, and the end of its validity."""

import uuid
from datetime import date, datetime

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.actions.renewals import certificate_to_renew, extension_of, silent_renewal
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Law, situation
from banjie.engine.certificates import Certificate, Command, Issue, Lapse, decide, end_of_validity, evolve
from banjie.engine.codec import encode
from banjie.engine.form_answers import shown
from banjie.engine.ids import QueryCode
from banjie.engine.subject import Refused
from banjie.records import cases, certificates
from banjie.records.journal import Entry, chained
from banjie.records.people import MACHINE, Standing

TRIES = 8


def act_on_certificate(  # One argument for each thing an act needs.
    platform: Platform,
    command: Command,
    *,
    actor: Standing,
    region: str,
    certificate_id: str,
    case_id: str | None = None,
    now: datetime | None = None,
) -> Certificate:
    """Carries out `command` on a certificate. Raises `Refused` with nothing written.

    A certificate's states only move forward or are named by the act, so a repeated act is refused by the table
    rather than carried out twice; an issue under the same identifier is answered with what was issued.
    """
    at = now or platform.now()
    for _ in range(TRIES):
        loaded = certificates.load(platform.database, actor.eyes, region, certificate_id)
        if isinstance(command, Issue) and loaded.version:
            return loaded.certificate
        events = decide(loaded.certificate, command, actor=actor.actor, now=at)
        after = loaded.certificate
        for event in events:
            after = evolve(after, event)
        entries, last_hash = chained(
            events,
            region=region,
            subject=certificate_id,
            after=loaded.version,
            last_hash=loaded.last_hash,
            at=at,
            actor=actor.actor.account,
        )
        kept = certificates.save(
            platform.database,
            actor.eyes,
            expected=loaded.version,
            row=read_row(after, certificate_id, region, case_id)
            | {"version": loaded.version + len(events), "last_hash": last_hash},
            state=encode(after),
            at=at,
            entries=entries,
        )
        if kept:
            return after
    raise Refused("证照正在被其他人同时办理", rule="同时办理", remedy="请刷新后再试一次")


def read_row(certificate: Certificate, certificate_id: str, region: str, case_id: str | None) -> dict[str, object]:
    """What the read row of a certificate says beside its state."""
    return {
        "region": region,
        "id": certificate_id,
        "number": certificate.number,
        "kind": certificate.kind,
        "name": certificate.name,
        "holder": certificate.holder,
        "holder_name": certificate.holder_name,
        "organ": certificate.organ,
        "case_id": case_id,
        "status": certificate.status.value,
        "valid_from": certificate.valid_from.isoformat() if certificate.valid_from else None,
        "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
        "verify_code": certificate.verify_code,
    }


def certificate_id_of(case_id: str) -> str:
    """The identifier of the certificate a case leads to: the same each time, so it is issued once."""
    return str(uuid.uuid5(uuid.UUID(case_id), "certificate"))


def issue_for(hands: Hands, entry: Entry) -> None:
    """A case has been approved: its certificate is issued, if its item gives one; a renewal lengthens the old one."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    if law.item.result is None:
        return
    renewed = certificate_to_renew(platform, found, law)
    if renewed is not None:
        extension = extension_of(platform, renewed, found, law)
        if extension is not None:
            act_on_certificate(
                platform,
                extension,
                actor=MACHINE,
                region=entry.region,
                certificate_id=renewed.id,
                now=hands.at,
            )
        return
    day = entry.at.astimezone(CHINA).date()
    act_on_certificate(
        platform,
        issue_of(found.case, law, day, found.number, entry.hash),
        actor=MACHINE,
        region=entry.region,
        certificate_id=certificate_id_of(entry.subject),
        case_id=entry.subject,
        now=hands.at,
    )


def issue_of(case: Case, law: Law, day: date, case_number: str, seed: str) -> Issue:
    """The certificate that an approved case calls for.

    Its number follows the case's; its verification code is drawn from the hash of the approval, which nobody
    outside can know, so that a repeated reaction makes the same one.
    """
    result = law.item.result
    assert result is not None  # noqa: S101 — asked for only where the item gives a certificate.
    fields = {field.key: field for section in law.item.form.sections for field in section.fields}
    scope = {
        fields[key].label: shown(fields[key], case.data[key])
        for key in result.scope_fields
        if key in fields and key in case.data
    }
    serial = case_number.rsplit("-", 1)[-1]
    return Issue(
        number=f"{result.number_prefix}{case.region}{day:%Y}{serial}",
        kind=result.kind,
        name=result.name,
        holder=case.holder.id,
        holder_name=case.holder.name,
        holder_code=case.holder.code,
        organ=law.item.organ,
        organ_name=law.item.organ_name,
        valid_from=day,
        valid_until=end_of_validity(day, situation(case, law).valid_months or 0),
        verify_code=str(QueryCode.from_bytes(bytes.fromhex(seed)))
        + str(QueryCode.from_bytes(bytes.fromhex(seed)[16:])),
        scope=scope,
    )


def end_validity(platform: Platform, region: str, certificate_id: str, at: datetime) -> None:
    """A certificate's validity is over: it lapses, or is renewed by silence (art. 50)."""
    row = certificates.find(platform.database, MACHINE.eyes, region, certificate_id)
    if row is None:
        return
    command = silent_renewal(platform, row, at.astimezone(CHINA).date()) or Lapse()
    act_on_certificate(platform, command, actor=MACHINE, region=region, certificate_id=certificate_id, now=at)
