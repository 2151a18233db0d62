"""案卷: the whole of a case as one sealed package, handed to the applicant or her lawyer, or kept in the archive.

Making one typesets and seals, so it is a job; who asks sees how far it is. `compose` is also what the command uses.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any, Final

from banjie.actions import dossier_zip, papers
from banjie.actions.day_seals import way_of
from banjie.actions.exports import export_case
from banjie.actions.paper_receiving import files_away
from banjie.actions.perform import NotFound
from banjie.actions.platform import Platform
from banjie.actions.ports import FilesAway
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import Case, Law
from banjie.engine.cases.documents import material_name
from banjie.engine.cases.state import STAGE_NAMES
from banjie.engine.dossiers import (
    Holding,
    Member,
    Part,
    application_of,
    calendar_to_json,
    frame_of,
    manifest,
    member,
    opinions_of,
)
from banjie.engine.form_answers import visible_fields
from banjie.engine.form_words import worded
from banjie.engine.ids import Malformed
from banjie.engine.papers import BY_MEDIA_TYPE, STANDARD
from banjie.engine.permissions import Actor
from banjie.engine.situations import resolve, visible_questions
from banjie.engine.subject import Refused, canonical
from banjie.packs.stored import item_to_document
from banjie.records import cases, documents, dossiers
from banjie.records import papers as known_papers
from banjie.records.cases import Found
from banjie.records.dossiers import ARCHIVE, DossierRow
from banjie.records.people import MACHINE, Standing

RULE: Final = "案卷查阅"
_SPOOL: Final = 8 * 1024 * 1024
"""Bytes of a package that are held in memory before it goes to a temporary file."""


def may_ask(actor: Actor, found: Found) -> bool:
    """Whether the package of a case is the actor's to have: the deciding organ's people, and the applicant's side."""
    mine = actor.scope_for(found.case.holder.id)
    return found.case.organ in actor.offices or (mine is not None and mine.is_whole)


def ask(platform: Platform, standing: Standing, region: str, number: str, holding: Holding) -> str:
    """Has the package of a case made; answers with its identifier. Raises `Refused`.

    Asking again while one is being made for the same account gives that one.
    """
    found = cases.find(platform.database, standing.eyes, region, number)
    if found is None:
        raise NotFound(number)
    if not may_ask(standing.actor, found):
        raise Refused(
            "您不能制作这个办件的案卷：案卷由办理机关的工作人员，或申请人和受全权委托的人制作",
            rule=RULE,
            remedy="请向办理机关或申请人索取",
        )
    for row in dossiers.of_case(platform.database, standing.eyes, region, found.id):
        waits = not row.sha256 and not row.trouble
        if waits and row.asked_by == standing.actor.account and row.papers == holding:
            return row.id
    with platform.database.seen_by(standing.eyes) as cursor:
        made = dossiers.ask(
            cursor,
            region=region,
            case_id=found.id,
            number=number,
            item_name=found.item_name,
            organ=found.case.organ,
            holder=found.case.holder.id,
            papers=holding,
            asked_by=standing.actor.account,
            at=platform.now(),
        )
        platform.jobs.defer(cursor.connection, "make_dossier", region=region, dossier=made)
    return made


def make_dossier(platform: Platform, region: str, dossier: str) -> bool:
    """Makes a package that was asked for; False when there is nothing to be made."""
    row = dossiers.find(platform.database, MACHINE.eyes, region, dossier)
    if row is None or row.sha256:
        return False
    try:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as file:
            members = compose(
                platform,
                file,
                region,
                row.number,
                holding=Holding(row.papers),
                made_for=row.asked_by,
                archived=row if row.purpose == ARCHIVE else None,
            )
            size = file.tell()
            sha256 = platform.files.put_stream(file)
    except platform.unprintable as error:
        dossiers.keep_trouble(platform.database, MACHINE.eyes, region, row.id, str(error))
        return False
    dossiers.keep_made(
        platform.database,
        MACHINE.eyes,
        region,
        row.id,
        sha256=sha256,
        size=size,
        members=members,
        at=platform.now(),
    )
    return True


def opened(platform: Platform, row: DossierRow) -> IO[bytes]:
    """The made package, to be read and closed. Raises `NotReady`, and `Refused` while the files are away."""
    if not row.sha256:
        raise papers.NotReady(row.trouble)
    try:
        return platform.files.open(row.sha256)
    except FilesAway:
        raise files_away() from None


@dataclass(frozen=True, slots=True)
class _Whole:
    """Everything the members are made of."""

    platform: Platform
    found: Found
    law: Law
    export: dict[str, Any]
    holding: Holding
    at: datetime

    @property
    def case(self) -> Case:
        return self.found.case


def compose(
    platform: Platform,
    target: IO[bytes],
    region: str,
    number: str,
    *,
    holding: Holding,
    made_for: str,
    archived: DossierRow | None = None,
) -> int:
    """Writes the package of a case; answers with how many files it has. Raises `NotFound`.

    Documents whose PDF is still to be made are made first. `archived` is the entry of the archive it is made for.
    """
    found = cases.find(platform.database, MACHINE.eyes, region, number)
    if found is None:
        raise NotFound(number)
    for row in documents.of_case(platform.database, MACHINE.eyes, region, found.id):
        if not row.sha256 and not row.trouble:
            papers.seal_documents(platform, region, found.id, row.seq)
    law = platform.laws.law(region, found.case.item, found.case.edition)
    export = export_case(platform, MACHINE.eyes, region, number)
    whole = _Whole(platform, found, law, export, holding, platform.now())
    pages = [_form(whole), *_documents(whole), *_papers(whole)]
    members = [_catalogue(whole, pages, archived), *pages, *_data(whole)]
    made_at = whole.at.astimezone(UTC).isoformat(timespec="seconds")
    listed = manifest(members, number=number, papers=holding, made_at=made_at, made_for=made_for)
    frame = frame_of(listed, platform.seals.sign_bytes(listed), platform.seals.trust_root_pem())
    dossier_zip.write(target, members, frame, platform.files.open)
    return len(members)


# --- pages for people ---


def _catalogue(whole: _Whole, pages: list[Member], archived: DossierRow | None) -> Member:
    case, law = whole.case, whole.law
    lines, begins = [], 1
    for one in pages:
        note = "申请人提交" if one.role is Part.PAPER else _number_of(whole, one)
        shown = str(one.pages) if one.pages else "—"
        lines.append({"name": one.title, "note": note, "pages": shown, "begins": str(begins) if one.pages else "—"})
        begins += one.pages
    purpose = "归档" if archived else "查阅、复制"
    content = {
        **_common(whole),
        "applied_on": chinese_date(case.submitted_on) if case.submitted_on else "",
        "accepted_on": chinese_date(case.accepted_on) if case.accepted_on else "",
        "decided_on": chinese_date(case.decided_on) if case.decided_on else "",
        "result": _result(case),
        "purpose": purpose,
        "lines": lines,
        "total": f"共 {len(pages)} 个文件、{begins - 1} 页，另有办理日志等数据文件",
    }
    if archived:
        until = archived.keep_until
        content |= {
            "archive_number": archived.archive_number,
            "keep": f"至{chinese_date(until)}" if until else "永久",
            "document_no": archived.archive_number,
        }
    pdf = whole.platform.typeset("catalogue", content)
    sealed = whole.platform.seals.sign(pdf, organ=law.item.organ_name, reason="案卷目录")
    return member("00-案卷目录.pdf", Part.CATALOGUE, "案卷目录", sealed, _pages(whole, sealed))


def _result(case: Case) -> str:
    if case.decided_on:
        return "准予" if case.approved else "不予许可"
    return STAGE_NAMES[case.stage] + (f"：{case.closing_reason}" if case.closing_reason else "")


def _number_of(whole: _Whole, one: Member) -> str:
    return next((row["number"] for row in whole.export["documents"] if row["sha256"] == one.sha256), "")


def _common(whole: _Whole) -> dict[str, Any]:
    url = f"{whole.platform.public_url}/progress"
    return {
        "organ": whole.law.item.organ_name,
        "applicant": whole.case.holder.name,
        "case_number": whole.found.number,
        "item": whole.law.item.heading,
        "date": chinese_date(whole.platform.today()),
        "verify_url": url,
        "qr_svg": whole.platform.qr_svg(url),
        "demo": whole.platform.demo,
    }


def _form(whole: _Whole) -> Member:
    """The application as it was handed in, printed."""
    case, item = whole.case, whole.law.item
    facts = {**resolve(item, case.answers).facts, **case.data}
    visible = {one.key for one in visible_fields(item.form, facts)}
    answers = []
    for question in visible_questions(item, case.answers):
        given = case.answers.get(question.key, "")
        answers.append([question.text, next((one.label for one in question.options if one.value == given), given)])
    content = {
        **_common(whole),
        "applicant_code": case.holder.code,
        "agent": case.agent.name if case.agent and case.agent.name != case.holder.name else "",
        "answers": answers,
        "sections": [
            {
                "title": section.title,
                "rows": [
                    [one.label, worded(one, case.data.get(one.key))] for one in section.fields if one.key in visible
                ],
            }
            for section in item.form.sections
        ],
        "materials": [[material_name(whole.law, one.material), one.name] for one in case.papers],
        "promise": case.promised,
        "printed": True,
    }
    pdf = whole.platform.typeset("application", content)
    return member("01-申请表.pdf", Part.FORM, "申请表", pdf, _pages(whole, pdf))


def _documents(whole: _Whole) -> Iterator[Member]:
    rows = documents.of_case(whole.platform.database, MACHINE.eyes, whole.found.region, whole.found.id)
    for index, row in enumerate((one for one in rows if one.sha256), start=1):
        content = whole.platform.files.get(row.sha256)
        name = f"02-文书/{index:03d}-{row.name}.pdf"
        yield member(name, Part.DOCUMENT, row.name, content, _pages(whole, content))


def _papers(whole: _Whole) -> Iterator[Member]:
    if whole.holding is Holding.HASHES:
        return
    # The same content handed in for two materials is kept once.
    given = {one.sha256: one for one in whole.case.papers if one.sha256}
    known = known_papers.known(whole.platform.database, list(given))
    for index, one in enumerate(given.values(), start=1):
        kind = BY_MEDIA_TYPE.get(one.media_type)
        suffix = kind.value if kind else "bin"
        title = material_name(whole.law, one.material)
        name = f"03-材料/{index:03d}-{_file_name(title)}.{suffix}"
        pages = known[one.sha256].pages if one.sha256 in known else 0
        yield Member(name, Part.PAPER, title, one.sha256, one.size, None, pages)


def _file_name(title: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in title)[:40]


def _pages(whole: _Whole, pdf: bytes) -> int:
    try:
        return whole.platform.papers.read(BytesIO(pdf), "文书.pdf", STANDARD).pages
    except Malformed:
        return 0


# --- data for machines ---


def _data(whole: _Whole) -> Iterator[Member]:
    def data(name: str, role: Part, title: str, value: object) -> Member:
        return member(f"data/{name}.json", role, title, canonical(value).encode())

    export = whole.export
    yield data("application", Part.APPLICATION, "申请内容", application_of(export["case"]))
    yield data("opinions", Part.OPINIONS, "办理意见", opinions_of(export["entries"]))
    yield data("journal", Part.JOURNAL, "办理日志", export)
    for index, clock in enumerate(export["clocks"], start=1):
        yield data(f"clock-{index:02d}", Part.CLOCK, clock["name"], clock["proof"])
    yield data("calendar", Part.CALENDAR, "工作日历", calendar_to_json(whole.law.calendar_of(whole.case)))
    yield data("law", Part.LAW, "办理依据（事项版本）", item_to_document(whole.law.item))
    way = way_of(whole.platform, whole.found.region, whole.found.id)
    if way is not None:
        yield data("day-seal", Part.DAY_SEAL, "日封存凭证", way)
    yield member("说明.txt", Part.NOTE, "说明", _NOTE.encode())


_NOTE: Final = """这是一个办件的完整案卷。

00-案卷目录.pdf 列出全部文件；02-文书 是机关出具的文书，逐份盖有电子印章；03-材料 是申请人提交的材料。
data 目录是制作这些文件的数据：办理日志（逐条首尾相连）、期限凭证（逐日计算）、工作日历、事项版本、日封存凭证。

离线核验：banjie verify 案卷文件.zip
改动任何一个文件，核验都不能通过，并会指出是哪一个文件。格式说明见文档 reference/dossiers.md。
"""
