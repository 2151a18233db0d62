"""The sealed PDFs of what the city issues. What people hand in is received by `paper_receiving`.

Sealing is work for the outside, so it is deferred as a job: an act never waits for it, and one that fails is retried.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from banjie.actions import paper_library
from banjie.actions.hands import Hands
from banjie.actions.levels import require_to_collect
from banjie.actions.paper_receiving import content_of
from banjie.actions.platform import Platform
from banjie.actions.wordings import texts_for
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import documents as law_of_documents
from banjie.engine.certificates import STATUS_NAMES, Certificate, Status
from banjie.records import certificates, documents
from banjie.records.documents import DocumentRow
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing


def seal_documents_later(hands: Hands, entry: Entry) -> None:
    """An event has issued documents: their PDFs are made and sealed by a job."""
    hands.defer("seal_documents", region=entry.region, case_id=entry.subject, seq=entry.seq)


def seal_certificate_later(hands: Hands, entry: Entry) -> None:
    """A certificate has been issued or changed: its PDF is made and sealed by a job."""
    hands.defer("seal_certificate", region=entry.region, certificate_id=entry.subject)


def seal_documents(platform: Platform, region: str, case_id: str, seq: int) -> int:
    """Makes and seals the documents of one event that have no PDF yet; answers with how many."""
    waiting = [
        row
        for row in documents.of_case(platform.database, MACHINE.eyes, region, case_id)
        if row.seq == seq and not row.sha256
    ]
    for row in waiting:
        url = f"{platform.public_url}/progress"
        data = dict(row.content) | {"document_no": row.number, "verify_url": url, "demo": platform.demo}
        if row.kind == "delivery":
            data["documents"] = _numbered(
                data["documents"], documents.of_case(platform.database, MACHINE.eyes, region, case_id)
            )
        texts = texts_for(platform, region, row.organ, row.kind, row.issued_at)
        data |= {"wording": dict(texts)} if texts else {}
        sha256, trouble = _sealed(platform, row.kind, data, str(row.content.get("organ", "")))
        if trouble:
            documents.keep_trouble(platform.database, MACHINE.eyes, region, row.id, trouble)
        else:
            documents.keep_pdf(platform.database, MACHINE.eyes, region, row.id, sha256)
    return len(waiting)


def _numbered(delivered: list[dict[str, Any]], issued: Sequence[DocumentRow]) -> list[dict[str, Any]]:
    """What was delivered, with the numbers of these documents: the law that lists them does not know their numbers."""
    numbers = {row.name: row.number for row in issued}
    return [{**one, "number": one["number"] or numbers.get(one["name"], "")} for one in delivered]


def seal_certificate(platform: Platform, region: str, certificate_id: str) -> None:
    """Makes and seals the PDF of a certificate as it stands."""
    row = certificates.find(platform.database, MACHINE.eyes, region, certificate_id)
    if row is None or row.sha256:
        return
    data = certificate_content(row.certificate) | {
        "verify_url": f"{platform.public_url}/verify/{row.verify_code}",
        "demo": platform.demo,
    }
    sha256, trouble = _sealed(platform, "certificate", data, row.certificate.organ_name)
    certificates.keep_pdf(platform.database, MACHINE.eyes, region, certificate_id, sha256=sha256, trouble=trouble)
    if sha256 and row.certificate.status is Status.VALID:
        paper_library.keep_issued(platform, region, row.certificate, sha256)


def certificate_content(certificate: Certificate) -> dict[str, Any]:
    """What is printed on a certificate."""
    begins = chinese_date(certificate.valid_from) if certificate.valid_from else ""
    ends = chinese_date(certificate.valid_until) if certificate.valid_until else ""
    lines = [{"name": label, "value": value} for label, value in certificate.scope.items()]
    if certificate.status is not Status.VALID:
        lines.append({"name": "证照状态", "value": STATUS_NAMES[certificate.status]})
    return {
        "organ": certificate.organ_name,
        "name": certificate.name,
        "number": certificate.number,
        "holder": certificate.holder_name,
        "holder_code": certificate.holder_code,
        "validity": f"{begins}至{ends}" if ends else "长期有效",
        "lines": lines,
        "date": chinese_date(certificate.issued_on) if certificate.issued_on else "",
        "verify_code": certificate.verify_code,
        "applicant": certificate.holder_name,
    }


def _sealed(platform: Platform, template: str, data: Mapping[str, object], organ: str) -> tuple[str, str]:
    """The hash of the sealed PDF and "", or "" and the trouble that only a person can mend."""
    whole = dict(data)
    whole["qr_svg"] = platform.qr_svg(str(data["verify_url"]))
    try:
        pdf = platform.typeset(template, whole)
    except platform.unprintable as error:
        return "", str(error)
    reason = law_of_documents.NAMES.get(template, "证照")
    return platform.files.put(platform.seals.sign(pdf, organ=organ, reason=reason)), ""


class NotReady(Exception):
    """The PDF is still being made, or cannot be made: `trouble` says why."""

    def __init__(self, trouble: str = "") -> None:
        super().__init__(trouble or "正在制作并加盖电子印章")
        self.trouble = trouble


def words_for_applicant(trouble: str) -> str:
    """What an applicant reads in place of a trouble, which tells officials what to mend; "" for none."""
    if not trouble:
        return ""
    return "文书制作中遇到生僻字，窗口会联系您" if "生僻字" in trouble else "文书暂时无法制作，窗口会联系您"


def make_document_again(platform: Platform, standing: Standing, region: str, document_id: str) -> None:
    """Has a document tried again whose PDF could not be made, once what stood in the way is mended.

    Raises KeyError for one these eyes may not see; does nothing for one that is made.
    """
    row = documents.find(platform.database, standing.eyes, region, _uuid(document_id))
    if row is None:
        raise KeyError(document_id)
    if row.sha256:
        return
    with platform.database.call() as cursor:
        platform.jobs.defer(cursor.connection, "seal_documents", region=region, case_id=row.case_id, seq=row.seq)


def make_certificate_again(platform: Platform, standing: Standing, region: str, certificate_id: str) -> None:
    """The same for a certificate."""
    row = certificates.find(platform.database, standing.eyes, region, _uuid(certificate_id))
    if row is None:
        raise KeyError(certificate_id)
    if row.sha256:
        return
    with platform.database.call() as cursor:
        platform.jobs.defer(cursor.connection, "seal_certificate", region=region, certificate_id=row.id)


def document_pdf(platform: Platform, standing: Standing, region: str, document_id: str) -> bytes:
    """The sealed PDF of a document these eyes may see. Raises KeyError and `NotReady`."""
    row = documents.find(platform.database, standing.eyes, region, _uuid(document_id))
    if row is None:
        raise KeyError(document_id)
    if not row.sha256:
        raise NotReady(row.trouble)
    return content_of(platform, row.sha256)


def certificate_pdf(platform: Platform, standing: Standing, region: str, certificate_id: str) -> bytes:
    """The sealed PDF of a certificate these eyes may see. Raises KeyError, `NotReady`, and `Refused` for a real-name
    level too low."""
    row = certificates.find(platform.database, standing.eyes, region, _uuid(certificate_id))
    if row is None:
        raise KeyError(certificate_id)
    require_to_collect(platform, standing, row)
    if not row.sha256:
        raise NotReady(row.trouble)
    return content_of(platform, row.sha256)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise KeyError(text) from None
