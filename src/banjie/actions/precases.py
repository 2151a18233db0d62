"""Acts on pre-application services: one command, one subject, one transaction; and what follows from them."""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from psycopg.errors import UniqueViolation

from banjie.actions.hands import Hands
from banjie.actions.perform import KeyReused, NotFound, TooBusy
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.cases import events as case_events
from banjie.engine.catalogue import Item
from banjie.engine.codec import decode, encode
from banjie.engine.endorsements import Endorsement, name_of
from banjie.engine.filing import Paper, Party
from banjie.engine.ids import CaseNumber, RegionCode
from banjie.engine.precases import Command, Precase, PrecaseStatus, decide, endorsements, evolve
from banjie.engine.precases.acts import Consult, Convert, HandOver, MarkSlow, Present
from banjie.engine.subject import GENESIS, Refused, canonical
from banjie.records import cases, desks, people, precases
from banjie.records.journal import Entry, chained
from banjie.records.people import MACHINE, Standing
from banjie.records.precases import Lifted, LoadedPrecase

logger = logging.getLogger("banjie.worker")

PREFIX = "SQ"
"""Before the number of a service, so that nobody takes it for a case's."""
TRIES = 8


class NoSuchPrecase(NotFound):
    """There is no such service, or none this actor may see: both look the same from outside."""

    def __init__(self, number: str) -> None:
        Refused.__init__(
            self,
            f"没有找到审前服务单 {number}",
            rule="审前服务查询",
            remedy="请核对单号，并确认您是申请人、代理人或者承办机关的工作人员",
            field="number",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What begins a service: about which item, for whom, and what is asked."""

    region: str
    item: str
    holder: str
    text: str
    draft: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecaseDone:
    """What came of an act. `again`: the same request had been carried out before, this is its answer."""

    number: str
    region: str
    status: PrecaseStatus
    version: int
    events: tuple[str, ...]
    again: bool = False


def consult(
    platform: Platform, question: Question, *, actor: Standing, key: str, now: datetime | None = None
) -> PrecaseDone:
    """Begins a service, once for each `key` of the actor. Raises `Refused` with nothing written."""
    request = hashlib.sha256(canonical(encode(question)).encode()).hexdigest()
    account = actor.actor.account
    known = cases.earlier_answer(platform.database, account, question.region, key)
    if known is not None:
        return _again(known[0], request, known[1])
    law = platform.laws.published(question.region, question.item)
    if law is None:
        raise Refused(
            "这个事项目前没有公布",
            rule="行政许可法第三十条",
            remedy="请在首页搜索其他事项，或拨打 12345 咨询",
            field="item",
        )
    if closed := unanswered(platform, law.item):
        raise Refused(closed, rule="审前服务办法", remedy="请拨打办事指南上的咨询电话，或 12345", field="item")
    at = now or platform.now()
    day = at.astimezone(CHINA).date()
    serial = precases.next_serial(platform.database)
    number = f"{PREFIX}{CaseNumber.make(RegionCode.parse(question.region), day, serial)}"
    command = Consult(
        number=number,
        item=law.item.code,
        edition=law.item.edition,
        region=question.region,
        organ=law.item.organ,
        holder=_holder(actor, question.holder),
        asker=Party(account, actor.actor.name),
        text=question.text,
        draft=question.draft,
        answers=question.answers,
        papers=question.papers,
    )
    blank = LoadedPrecase(str(uuid.uuid4()), 0, GENESIS, at, Precase())
    try:
        return _take(platform, blank, command, law.item, actor, question.region, key, request, at)
    except UniqueViolation:
        known = cases.earlier_answer(platform.database, account, question.region, key)
        if known is None:
            raise
        return _again(known[0], request, known[1])


def unanswered(platform: Platform, item: Item) -> str:
    """Why nobody would answer a question about this item here, "" when somebody does."""
    if desks.has_window(platform.database, item.organ, platform.today()):
        return ""
    return f"{item.organ_name}还没有在本平台提供审前服务"


def act_on_precase(
    platform: Platform,
    command: Command,
    *,
    actor: Standing,
    region: str,
    number: str,
    key: str,
    now: datetime | None = None,
) -> PrecaseDone:
    """Carries out `command` on the service of that number, once for each `key` of the actor.

    Raises `Refused` (`NoSuchPrecase`, `KeyReused`, `TooBusy` among them) with nothing written.
    """
    at = now or platform.now()
    request = hashlib.sha256(canonical([type(command).__name__, number, encode(command)]).encode()).hexdigest()
    for _ in range(TRIES):
        loaded = precases.load(platform.database, actor.eyes, region, number, key)
        if loaded is None:
            raise NoSuchPrecase(number)
        if loaded.answer is not None:
            return _again(loaded.request or "", request, loaded.answer)
        item = _item_for(platform, loaded.precase, command)
        checked = _named(platform, command, loaded.precase.organ) if isinstance(command, HandOver) else command
        try:
            return _take(platform, loaded, checked, item, actor, region, key, request, at)
        except UniqueViolation:
            continue  # The same key was used by another connection meanwhile: loading again finds its answer.
        except _MovedOn:
            continue
    raise TooBusy


class _MovedOn(Exception):
    """Somebody acted between the look and the act."""


def _item_for(platform: Platform, precase: Precase, command: Command) -> Item:
    """What is shown anew is held against the edition in force; everything else against the one it was shown under."""
    if isinstance(command, Present):
        law = platform.laws.published(precase.region, precase.item)
        if law is None:
            raise Refused(
                "这个事项已经停止受理",
                rule="事项版本",
                remedy="请在首页搜索相近的事项，或拨打 12345 咨询",
                field="item",
            )
        return law.item
    return platform.laws.law(precase.region, precase.item, precase.edition).item


def _named(platform: Platform, command: HandOver, organ: str) -> HandOver:
    """The hand-over with the colleague's name from the register; to nobody when she does not serve in the organ."""
    found = next((one for one in precases.colleagues(platform.database, organ) if one.account == command.to), None)
    return replace(command, to=found.account if found else "", to_name=found.name if found else "")


def _take(
    platform: Platform,
    loaded: LoadedPrecase,
    command: Command,
    item: Item,
    actor: Standing,
    region: str,
    key: str,
    request: str,
    at: datetime,
) -> PrecaseDone:
    calendar = platform.laws.calendar(region)
    events = decide(loaded.precase, command, actor=actor.actor, now=at, item=item, calendar=calendar)
    after = loaded.precase
    for event in events:
        after = evolve(after, event)
    entries, last_hash = chained(
        events,
        region=region,
        subject=loaded.id,
        after=loaded.version,
        last_hash=loaded.last_hash,
        at=at,
        actor=actor.actor.account,
    )
    version = loaded.version + len(events)
    kinds = tuple(type(event).__name__ for event in events)
    done = PrecaseDone(after.number, region, after.status, version, kinds)
    kept = precases.save(
        platform.database,
        actor.eyes,
        expected=loaded.version,
        row=read_row(after, item.heading)
        | {
            "id": loaded.id,
            "opened_at": (loaded.opened_at or at).isoformat(),
            "changed_at": at.isoformat(),
            "version": version,
            "last_hash": last_hash,
        },
        state=encode(after),
        at=at,
        entries=entries,
        key=key,
        request=request,
        answer=encode(done),
    )
    if not kept:
        raise _MovedOn
    return done


def read_row(precase: Precase, item_name: str) -> dict[str, object]:
    """What the read row of a service says beside its state. The one place it is derived, for acts and for replay."""
    dues = precase.dues
    return {
        "region": precase.region,
        "number": precase.number,
        "item": precase.item,
        "item_name": item_name,
        "edition": precase.edition,
        "organ": precase.organ,
        "holder": precase.holder.id,
        "holder_name": precase.holder.name,
        "status": precase.status.value,
        "kind": precase.kind.value,
        "assigned": precase.assigned,
        "case_number": precase.case_number,
        "due_at": dues[0].due.isoformat() if dues else None,
        "wake_at": precase.wake_at.isoformat() if precase.wake_at else None,
    }


def _holder(actor: Standing, wanted: str) -> Party:
    for party in actor.parties:
        if party.id == wanted:
            return Party(party.id, party.name, party.code)
    raise Refused(
        "您没有被授权代理这个申请人",
        rule="行政许可法第二十九条（委托代理）",
        remedy="请选择您本人，或请申请人先授权给您",
        field="holder",
    )


def _again(kept_request: str, request: str, answer: Mapping[str, object]) -> PrecaseDone:
    if kept_request != request:
        raise KeyReused
    return replace(decode(PrecaseDone, answer), again=True)


# --- what a case has of it, and it of the case ---


def endorsements_for(
    platform: Platform, actor: Standing, number: str, *, region: str, item: str, holder: str
) -> tuple[Endorsement, ...]:
    """What was found in order in the service an application comes from. Raises `Refused` when it is another's."""
    if not number:
        return ()
    found = precases.find(platform.database, actor.eyes, region, number)
    if found is None or (found.precase.item, found.precase.holder.id) != (item, holder):
        raise Refused(
            f"审前服务单 {number} 不是这个申请人就这个事项提出的",
            rule="审前服务查询",
            remedy="请从审前服务的页面转为办件，或者不带单号直接提交",
            field="precase",
        )
    return endorsements(found.precase)


def convert_precase(hands: Hands, entry: Entry) -> None:
    """An application has been handed in from a service: it is over, and knows the case."""
    number = str(entry.data.get("precase", ""))
    if not number:
        return
    case_number = str(entry.data["number"])
    try:
        act_on_precase(
            hands.platform,
            Convert(case_number),
            actor=MACHINE,
            region=entry.region,
            number=number,
            key=f"convert:{case_number}",
            now=hands.at,
        )
    except Refused as refused:
        # A second application from the same service, or one the applicant has ended: the first one stands.
        logger.info("%s: %s", number, refused)


def keep_lifted(hands: Hands, entry: Entry) -> None:
    """The head has let something be judged again: written down where those who watch over the region look."""
    platform = hands.platform
    event = decode(case_events.EndorsementLifted, entry.data)
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    case = found.case
    law = platform.laws.law(entry.region, case.item, case.edition)
    former = next((one for one in case.endorsements if (one.target, one.point) == (event.target, event.point)), None)
    names = people.names_of(platform.database, {entry.actor})
    lifted = Lifted(
        region=entry.region,
        number=found.number,
        item_name=found.item_name,
        organ=case.organ,
        target=name_of(law.item, event.target),
        point=event.point,
        found_by=former.name if former else "",
        lifted_by=names.get(entry.actor, entry.actor),
        reason=event.reason,
        lifted_at=entry.at,
    )
    precases.keep_lifted(platform.database, MACHINE.eyes, entry.subject, entry.seq, lifted)


# --- when an answer is late ---


def wake_precase(platform: Platform, region: str, number: str, at: datetime) -> int:
    """Marks the answers that are late; says how many."""
    marked = 0
    found = precases.find(platform.database, MACHINE.eyes, region, number)
    if found is None:
        return 0
    for owed in found.precase.dues:
        if owed.due >= at or owed in found.precase.slow:
            continue
        key = f"slow:{number}:{owed.what}:{owed.due.isoformat()}"
        try:
            command = MarkSlow(owed.what)
            act_on_precase(platform, command, actor=MACHINE, region=region, number=number, key=key, now=at)
        except Refused as refused:
            # Somebody answered between the look and the act.
            logger.info("%s: %s", number, refused)
            continue
        marked += 1
    return marked
