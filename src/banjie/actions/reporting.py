"""Reporting upward: what happened to a case becomes records, each checked, sent once, and retried or told of."""

from typing import Final

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.actions.ports import NotReported
from banjie.engine.cases.events import KINDS
from banjie.engine.codec import decode
from banjie.engine.reporting import Told, check, records
from banjie.records import cases, people, reporting
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.records.reporting import Kept

TRIES: Final = 8
"""How often a record is tried before it is laid before people; the job waits twice as long each time."""


def report_later(hands: Hands, entry: Entry) -> None:
    """Makes the records of an event, once however often it is met, and defers their sending. Unfit ones are held."""
    platform = hands.platform
    if platform.reporter is None:
        return
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    began, specials = reporting.before(platform.database, entry.region, entry.subject, entry.seq)
    names = people.names_of(platform.database, {entry.actor})
    told = Told(
        event=decode(KINDS[entry.kind], entry.data),
        seq=entry.seq,
        at=entry.at,
        by=names.get(entry.actor) or ("系统" if entry.actor == MACHINE.actor.account else entry.actor),
        case=found.case,
        item=law.item,
        subject=entry.subject,
        started=began or entry.at,
        specials=specials,
    )
    about = {"case_id": entry.subject, "organ": law.item.organ, "item_name": law.item.heading}
    for kept in reporting.put_all(platform.database, entry.region, records(told), about, hands.at):
        _send_or_hold(hands, kept)


def _send_or_hold(hands: Hands, kept: Kept) -> None:
    if not _held(hands.platform, kept):
        hands.defer("send_report", **_named(kept))


def _named(kept: Kept) -> dict[str, str]:
    record = kept.record
    return {
        "region": kept.region,
        "project_no": record.project_no,
        "kind": record.kind.value,
        "row_guid": record.row_guid,
    }


def _held(platform: Platform, kept: Kept) -> bool:
    """Holds a record back that would not be taken, with the first reason and how many more there are."""
    faults = check(kept.record)
    if not faults:
        return False
    more = f"（另有 {len(faults) - 1} 处）" if len(faults) > 1 else ""
    first = faults[0]
    trouble = (first.label, first.reason + more, first.remedy)
    reporting.settle(platform.database, kept, platform.now(), state="held", trouble=trouble)
    return True


def send_report(platform: Platform, region: str, project_no: str, kind: str, row_guid: str) -> str:
    """Sends one record; answers with the receipt, "" when there is nothing to send any more.

    What fails is raised, so that the job is tried again later; what the receiver refuses, and what failed too often, is
    kept as dead with its reason.
    """
    kept = reporting.find(platform.database, MACHINE.eyes, region, project_no, kind, row_guid)
    if kept is None or kept.state != "waiting" or platform.reporter is None:
        return ""
    if _held(platform, kept):
        return ""
    now = platform.now()
    try:
        receipt = platform.reporter.send(kept.record)
    except NotReported as failed:
        over = failed.final or kept.tries + 1 >= TRIES
        trouble = (failed.label, failed.reason, failed.remedy)
        reporting.settle(platform.database, kept, now, state="dead" if over else "waiting", trouble=trouble)
        if over:
            return ""
        raise
    reporting.settle(platform.database, kept, now, state="sent", receipt=receipt)
    return receipt


def send_again(platform: Platform, kept: Kept) -> bool:
    """Sends a stuck record again, made anew from the case where something has been mended. False when it is not stuck.

    A record that still does not fit is held again at once, with its reason.
    """
    now = platform.now()
    fresh = _made_anew(platform, kept)
    if fresh is None:
        if not reporting.revive(platform.database, kept, now):
            return False
        fresh = reporting.find(platform.database, MACHINE.eyes, *_named(kept).values())
        if fresh is None:
            return False
    if _held(platform, fresh):
        return False
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        record = fresh.record
        platform.jobs.defer(
            cursor.connection,
            "send_report",
            region=fresh.region,
            project_no=record.project_no,
            kind=record.kind.value,
            row_guid=record.row_guid,
        )
    return True


def _made_anew(platform: Platform, kept: Kept) -> Kept | None:
    """The record as the city's registers have it now, where they say something else than when it was made."""
    organ = kept.record.fields.get("org_code")
    found = cases.find_by_id(platform.database, MACHINE.eyes, kept.region, kept.case_id)
    if found is None or organ is None:
        return None
    item = platform.laws.published(kept.region, found.case.item)
    if item is None:
        return None
    newer = {
        "task_code": item.item.code,
        "catalog_code": item.item.catalogue_code,
        "org_code": item.item.organ,
        "org_name": item.item.organ_name,
    }
    said = {name: value for name, value in newer.items() if value and name in kept.record.fields}
    if found.case.holder is not None and kept.record.kind.value == "up_pro_accept":
        party = people.party(platform.database, MACHINE.eyes, found.case.holder.id)
        if party is not None and party.code:
            said["applyer_page_code"] = party.code
    record = type(kept.record)(
        kept.record.kind, kept.record.project_no, kept.record.row_guid, {**kept.record.fields, **said}
    )
    about = {"case_id": kept.case_id, "organ": kept.organ, "item_name": kept.item_name}
    return reporting.put(platform.database, kept.region, record, about, platform.now())
