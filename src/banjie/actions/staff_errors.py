"""差错登记: a return for rework that names a class of mistake is kept for her who made it, and for her head."""

from datetime import timedelta

from banjie.actions.hands import Hands
from banjie.engine.calendar import CHINA
from banjie.engine.cases.events import StepReturned
from banjie.engine.codec import decode
from banjie.engine.error_classes import ErrorClass
from banjie.packs.staff import staff_rules
from banjie.records import cases, rework, staff
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.records.rework import ErrorRow


def keep_error(hands: Hands, entry: Entry) -> None:
    """Keeps whose mistake it was, and whether she was new in her post or not certified for the item."""
    event = decode(StepReturned, entry.data)
    if not event.error or not event.responsible:
        return
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    step = law.item.workflow.step(event.to)
    account, day = event.responsible, entry.at.astimezone(CHINA).date()
    joined = staff.joined_on(platform.database, [account]).get(account)
    is_new = joined is not None and day - joined < timedelta(days=staff_rules().leave.new_for_days)
    trained = account in staff.certified(platform.database, [account], found.case.item, day, kind=law.item.kind.value)
    row = ErrorRow(
        region=entry.region,
        case_id=entry.subject,
        seq=entry.seq,
        number=found.number,
        item=found.case.item,
        item_name=found.item_name,
        office=step.office or law.item.organ,
        account=account,
        error=ErrorClass(event.error),
        step_name=step.name,
        reason=event.reason,
        found_by=event.by,
        day=day,
        is_new=is_new or not trained,
    )
    rework.keep(platform.database, row)
