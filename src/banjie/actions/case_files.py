"""Acting on what stands beside a case (meetings, visits, checklists): once a key, documents in the same act."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from psycopg.errors import UniqueViolation

from banjie.actions.perform import KeyReused
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.engine import checklists, meetings, site_visits
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.case_files import About
from banjie.engine.cases import Law
from banjie.engine.checklists import Checklist
from banjie.engine.codec import encode
from banjie.engine.meetings import Meeting
from banjie.engine.site_visits import SiteVisit
from banjie.engine.subject import Refused, canonical
from banjie.packs.case_files import case_files
from banjie.records import case_files as records
from banjie.records import cases
from banjie.records.cases import Found
from banjie.records.database import Cursor
from banjie.records.people import Standing
from banjie.records.sharing import Loaded


def _meeting_row(meeting: Meeting) -> dict[str, object]:
    about = meeting.about
    return {
        "case_id": about.case_id,
        "number": about.number,
        "item": about.item,
        "organ": about.organ,
        "offices": list(meeting.offices),
        "holder": about.holder,
        "kind": meeting.kind.value,
        "status": meeting.status.value,
        "starts": meeting.starts,
        "chair": meeting.chair,
        "wake_on": meeting.wake_on,
    }


def _visit_row(visit: SiteVisit) -> dict[str, object]:
    about = visit.about
    return {
        "case_id": about.case_id,
        "number": about.number,
        "item": about.item,
        "organ": about.organ,
        "holder": about.holder,
        "status": visit.status.value,
        "day": visit.day,
        "place": visit.order,
        "visitors": [one.account for one in visit.visitors],
    }


def _checklist_row(checklist: Checklist) -> dict[str, object]:
    return {"case_id": checklist.about.case_id, "organ": checklist.about.organ}


def _no_calendar(*_: object, **__: object) -> tuple[Any, ...]:
    raise AssertionError("a meeting is decided with the calendar of its region: use meeting_kind")


MEETING: Final = Kind(records.MEETINGS, _no_calendar, meetings.evolve, meetings.KINDS, _meeting_row)
SITE_VISIT: Final = Kind(
    records.SITE_VISITS,
    lambda *state_and_command, **scene: site_visits.decide(
        *state_and_command, **scene, custom=case_files().site_visits
    ),
    site_visits.evolve,
    site_visits.KINDS,
    _visit_row,
)
CHECKLIST: Final = Kind(records.CHECKLISTS, checklists.decide, checklists.evolve, checklists.KINDS, _checklist_row)
KINDS: Final = (MEETING, SITE_VISIT, CHECKLIST)
"""The kinds of subject kept beside a case."""


def meeting_kind(platform: Platform, region: str) -> Kind:
    """Meetings of a region, which count by its calendar."""
    calendar = platform.laws.calendar(region)
    return replace(MEETING, decide=partial(meetings.decide, calendar=calendar, custom=case_files().meetings))


def about_of(found: Found, law: Law, *, organ: str = "", organ_name: str = "") -> About:
    """The case as what stands beside it says it; `organ` is the office in charge where that is another one."""
    case = found.case
    return About(
        case_id=found.id,
        number=found.number,
        region=found.region,
        item=case.item,
        item_name=found.item_name,
        organ=organ or case.organ,
        organ_name=organ_name if organ else law.item.organ_name,
        holder=case.holder.id,
        holder_name=case.holder.name,
    )


def subject_of(actor: Standing, what: str, key: str) -> str:
    """The identifier of what an official begins under a key: the same key begins the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{what}:{actor.actor.account}:{key}"))


def act_once(
    platform: Platform,
    kind: Kind,
    command: object,
    *,
    actor: Standing,
    region: str,
    subject: str,
    key: str,
    at: datetime,
    also: Callable[[Cursor, Loaded[Any]], None] | None = None,
) -> bool:
    """Carries out `command` once for each `key` of the actor; False when that had been done before.

    Raises `Refused` (`KeyReused` among them) with nothing written. `also` writes into the same transaction.
    """
    request = hashlib.sha256(canonical([subject, type(command).__name__, encode(command)]).encode()).hexdigest()
    account = actor.actor.account
    if _done_before(platform, account, region, key, request):
        return False

    def keep(cursor: Cursor, done: Loaded[Any]) -> None:
        answer = {"subject": subject, "version": done.version}
        records.keep_answer(cursor, region, account, key, request, answer, at)
        if also is not None:
            also(cursor, done)

    try:
        act(platform, kind, command, actor=actor, region=region, subject=subject, now=at, also=keep)
    except UniqueViolation:
        # The same form came twice at once: the other one was kept.
        if not _done_before(platform, account, region, key, request):
            raise
        return False
    return True


def _done_before(platform: Platform, account: str, region: str, key: str, request: str) -> bool:
    known = cases.earlier_answer(platform.database, account, region, key)
    if known is not None and known[0] != request:
        raise KeyReused
    return known is not None


def keep_document(  # One argument for each thing a document hangs on.
    cursor: Cursor, found: Found, law: Law, kind: str, series: str, content: object, at: datetime
) -> None:
    """Numbers a document of the case and keeps it, in the transaction of the act that issues it."""
    case, item = found.case, law.item
    common = {
        "organ": item.organ_name,
        "applicant": case.holder.name,
        "case_number": found.number,
        "item": item.heading,
        "date": chinese_date(at.astimezone(CHINA).date()),
        "phone": item.consult_phone,
    }
    document = {
        "id": str(uuid.uuid4()),
        "seq": found.version,
        "kind": kind,
        "series": series,
        "prefix": item.organ_short,
        "content": common | encode(content),
    }
    records.keep_document(cursor, found.region, found.id, item.organ, at, at.astimezone(CHINA).year, document)


def case_of(platform: Platform, actor: Standing, about: About) -> tuple[Found, Law]:
    """The case something stands beside, with its law. Raises `Refused` when these eyes see none."""
    found = cases.find(platform.database, actor.eyes, about.region, about.number)
    if found is None:
        raise Refused("没有找到办件", rule="办件查询", remedy="请确认您有权查看这个办件", field="number")
    return found, platform.laws.law(found.region, found.case.item, found.case.edition)
