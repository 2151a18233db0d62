"""The meter of asks, kept by following the journal: asks avoided, and repeated asks with a name on each."""

import uuid

from banjie.actions.hands import Hands
from banjie.actions.sharing_acts import REPEAT, act, month_of
from banjie.engine.cases import situation
from banjie.engine.cases.documents import material_name
from banjie.engine.cases.events import CorrectionAsked
from banjie.engine.codec import decode
from banjie.engine.sharing import SourceKind
from banjie.engine.sharing_repeats import RecordRepeat, RepeatAsked
from banjie.records import ask_figures, cases, sharing
from banjie.records.journal import Entry
from banjie.records.laws import UnknownItem
from banjie.records.people import MACHINE


def count_lines(hands: Hands, entry: Entry) -> None:
    """A case was handed in: how many papers were required, and how many of them nobody had to bring (免提交率)."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    required = {one.key for one in situation(found.case, law).materials if one.required}
    satisfied = {paper.material for paper in found.case.papers if paper.held} & required
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        ask_figures.count_case(
            cursor,
            ask_figures.Asked(
                region=entry.region,
                case_id=entry.subject,
                month=month_of(entry.at),
                office=law.item.organ,
                item=law.item.code,
                item_name=law.item.heading,
                number=found.number,
                required=len(required),
                satisfied=len(satisfied),
            ),
        )


def count_filled(hands: Hands, entry: Entry) -> None:
    """Values were handed in as a source had answered them. Licences and their numbers are counted as papers."""
    platform = hands.platform
    row = sharing.find_ask(platform.database, MACHINE.eyes, entry.region, entry.subject)
    source = platform.sources.get(row.ask.source) if row else None
    if row is None or source is None or source.kind is SourceKind.LIBRARY:
        return
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        if ask_figures.once(cursor, entry.region, entry.subject, entry.seq):
            numbers = {proof.number for proof in source.proves}
            filled = sum(fact not in numbers for fact in row.ask.used)
            ask_figures.count_filled(cursor, entry.region, row.ask.case_id, filled)


def record_repeats(hands: Hands, entry: Entry) -> None:
    """A correction notice asks for a paper the city holds: an event with the asking office's name, once each."""
    event = decode(CorrectionAsked, entry.data)
    insisted = [ask for ask in event.asks if ask.insist.strip()]
    if not insisted:
        return
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    for ask in insisted:
        command = RecordRepeat(
            office=law.item.organ,
            office_name=law.item.organ_name,
            by=entry.actor,
            item=law.item.code,
            item_name=law.item.heading,
            material=ask.material,
            material_name=material_name(law, ask.material),
            held="电子证照或部门数据",
            reason=ask.insist,
            case_id=entry.subject,
            number=found.number,
        )
        subject = str(uuid.uuid5(uuid.UUID(entry.subject), f"repeat:{entry.seq}:{ask.material}"))
        act(platform, REPEAT, command, actor=MACHINE, region=entry.region, subject=subject, now=entry.at)


def record_item_repeats(hands: Hands, entry: Entry) -> None:
    """An item was published that asks everybody for a paper the city holds."""
    code, edition = str(entry.data.get("code", "")), entry.data.get("edition", 0)
    if not code or not isinstance(edition, int):
        return
    try:
        law = hands.platform.laws.law(entry.region, code, edition)
    except UnknownItem:
        return
    for material in law.item.materials:
        if not material.insist.strip():
            continue
        command = RecordRepeat(
            office=law.item.organ,
            office_name=law.item.organ_name,
            by=entry.actor,
            item=code,
            item_name=law.item.heading,
            material=material.key,
            material_name=material.name,
            held="标准材料库载明的证照或数据",
            reason=material.insist,
        )
        subject = str(uuid.uuid5(uuid.UUID(entry.subject), f"repeat:{entry.seq}:{material.key}"))
        act(hands.platform, REPEAT, command, actor=MACHINE, region=entry.region, subject=subject, now=entry.at)


def count_repeat(hands: Hands, entry: Entry) -> None:
    """A repeated ask goes into its office's figures."""
    with hands.platform.database.seen_by(MACHINE.eyes) as cursor:
        if ask_figures.once(cursor, entry.region, entry.subject, entry.seq):
            ask_figures.count_repeat(cursor, entry.region, month_of(entry.at), decode(RepeatAsked, entry.data))
