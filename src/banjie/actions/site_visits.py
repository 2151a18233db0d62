"""Site visits: planned, told to the applicant, recorded on the spot, signed; signatures stand under the step too."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from banjie.actions.case_files import SITE_VISIT, act_once, case_of, keep_document, subject_of
from banjie.actions.hands import Hands
from banjie.actions.notices import send
from banjie.actions.paper_receiving import keep_upload
from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.case_files import About
from banjie.engine.cases.acts import FinishStep
from banjie.engine.cases.acts import Point as CasePoint
from banjie.engine.codec import decode
from banjie.engine.notices import Letter
from banjie.engine.papers import Kind, kind_of_head
from banjie.engine.site_visits import KINDS, SiteVisit, VisitStatus, acts
from banjie.engine.site_visits import state as events
from banjie.engine.site_visits.acts import FINDING_NAMES, Photo, Place, SignSiteVisit
from banjie.engine.site_visits.documents import SERIES, record_of
from banjie.engine.subject import Refused
from banjie.packs.case_files import case_files as customs
from banjie.records import case_files
from banjie.records.database import Cursor
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing
from banjie.records.sharing import Loaded


@dataclass(frozen=True, slots=True)
class Upload:
    """A photograph as it comes in: its name, its bytes, and the key of the point it shows."""

    name: str
    content: IO[bytes]
    point: str = ""


def plan(
    platform: Platform, command: acts.PlanSiteVisit, *, actor: Standing, key: str, now: datetime | None = None
) -> str:
    """Plans a visit, once for each `key`; answers with its identifier. Raises `Refused` with nothing written."""
    subject = subject_of(actor, "site_visit", key)
    case_of(platform, actor, command.about)
    act_on_visit(platform, command, actor=actor, region=command.about.region, visit=subject, key=key, now=now)
    return subject


def photos_of(platform: Platform, uploads: Sequence[Upload]) -> tuple[Photo, ...]:
    """Keeps photographs, with the time and the place the camera wrote read before they are taken out of the file.

    Raises `Malformed` for the first that is not taken.
    """
    kept = []
    for upload in uploads:
        upload.content.seek(0)
        head = kind_of_head(upload.content.read(4096))
        taken = platform.papers.taken(upload.content) if head is not None and Kind(head).is_picture else None
        upload.content.seek(0)
        stored = keep_upload(platform, upload.name, upload.content)
        place = None
        if taken is not None and taken.latitude is not None and taken.longitude is not None:
            place = Place.at(taken.latitude, taken.longitude)
        kept.append(
            Photo(
                sha256=stored.sha256,
                name=stored.name,
                media_type=stored.media_type,
                size=stored.size,
                point=upload.point,
                taken_at=taken.at if taken else None,
                place=place,
            )
        )
    return tuple(kept)


def act_on_visit(
    platform: Platform,
    command: acts.Command,
    *,
    actor: Standing,
    region: str,
    visit: str,
    key: str,
    now: datetime | None = None,
) -> bool:
    """Carries out `command` once for each `key`; False when that had been done. Raises `Refused` with nothing written.

    A signature is put under the case's step too, as that official's own; with the last one the record is issued.
    """
    at = now or platform.now()
    if isinstance(command, SignSiteVisit):
        _sign_step(platform, command, actor, region, visit, key, at)

    def issue(cursor: Cursor, after: Loaded[SiteVisit]) -> None:
        if isinstance(command, SignSiteVisit) and after.state.status is VisitStatus.DONE:
            found, law = case_of(platform, actor, after.state.about)
            record = record_of(after.state, customs().site_visits)
            keep_document(cursor, found, law, "site_visit", SERIES, record, at)

    return act_once(
        platform, SITE_VISIT, command, actor=actor, region=region, subject=visit, key=key, at=at, also=issue
    )


def _sign_step(
    platform: Platform, command: SignSiteVisit, actor: Standing, region: str, visit: str, key: str, at: datetime
) -> None:
    """The same signature under the step of the case, if the step still waits for it."""
    row = case_files.visit(platform.database, actor.eyes, region, visit)
    if row is None:
        raise Refused("没有找到这次核查", rule="现场核查查询", remedy="请从核查列表进入", field="visit")
    state, account = row.visit, actor.actor.account
    if account in {one.account for one in state.signatures}:
        return  # The form came again: what was done under its key answers it.
    # The law of the visit speaks first, so that nothing is signed in the case that is refused here.
    SITE_VISIT.decide(state, command, actor=actor.actor, now=at)
    found, _ = case_of(platform, actor, state.about)
    if not state.step or state.step not in found.case.active or account in found.case.signed.get(state.step, ()):
        return
    finish = FinishStep(
        step=state.step,
        opinion=command.opinion,
        outcome="pass" if command.passed else "fail",
        findings=findings_of(state),
        points=tuple(CasePoint(point.target, point.text) for point in state.not_met if point.target),
    )
    perform(platform, finish, actor=actor, region=region, number=found.number, key=f"{key}:step", now=at)


def findings_of(visit: SiteVisit) -> tuple[str, ...]:
    """What was found, a line a point, as it stands under the step."""
    known = {point.key: point.text for point in visit.points}
    return tuple(
        f"{known[one.key]}：{FINDING_NAMES[one.finding]}" + (f"（{one.words}）" if one.words else "")
        for one in visit.found
    )


# --- told ---


def tell_visit(hands: Hands, entry: Entry) -> None:
    """Tells the applicant when somebody comes, when that changes, and what was found; once."""
    row = case_files.visit(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None:
        return
    letter = words(decode(KINDS[entry.kind], entry.data), row.visit)
    if letter is None:
        return
    send(
        hands,
        letter,
        region=entry.region,
        message_id=str(uuid.uuid5(uuid.UUID(entry.subject), f"notice:{entry.seq}")),
        party=row.visit.about.holder,
        case_id=row.visit.about.case_id,
        kind=entry.kind,
        item=row.visit.about.item,
    )


def seal_visit_record(hands: Hands, entry: Entry) -> None:
    """The record of a visit that all have signed is made and sealed by a job."""
    row = case_files.visit(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None or row.visit.status is not VisitStatus.DONE:
        return
    case_id = row.visit.about.case_id
    for seq in case_files.unmade(hands.platform.database, MACHINE.eyes, entry.region, case_id):
        hands.defer("seal_documents", region=entry.region, case_id=case_id, seq=seq)


def words(event: events.Event, visit: SiteVisit) -> Letter | None:
    """What the applicant is told; None for what she need not be told."""
    name = visit.about.item_name
    match event:
        case events.VisitPlanned() | events.VisitMoved():
            at = event.starts.astimezone(CHINA)
            told = f"{chinese_date(at.date())} {at.hour}:{at:%M} 左右"
            people = "、".join(one.name for one in visit.visitors)
            moved = f"原定时间改了：{event.reason}。" if isinstance(event, events.VisitMoved) else ""
            return Letter(
                f"“{name}”现场核查{'改期' if moved else '安排'}",
                f"{moved}{people}将在 {told}到{visit.address}现场核查，请安排人在场。"
                + (f"主要看：{visit.matter}。" if visit.matter else ""),
                f"“{name}”现场核查：{told}，{visit.address}。",
            )
        case events.VisitCalledOff():
            return Letter(f"“{name}”现场核查取消", f"原因：{event.reason}。", f"“{name}”现场核查取消。")
        case events.VisitSigned() if event.whole:
            result = "通过" if visit.passed else f"{len(visit.not_met)} 处不符合要求"
            return Letter(
                f"“{name}”现场核查已完成", f"核查结果：{result}。核查记录在办件的文书里。", f"“{name}”现场核查已完成。"
            )
        case _:
            return None


def handles_visit(about: About, actor: Standing) -> bool:
    """Whether the visit is one of the official's own office."""
    return about.organ in actor.actor.offices
