"""Telling people: for each event that concerns them, a notice in their inbox at once, and out of the building as they
wish.

The identifier of a notice is made from what it follows, and that of each sending from the notice: whatever is done
again finds its own work. A sending is planned in the inbox's own words and carried by a job; see `carry`.
"""

import uuid
from collections.abc import Mapping

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.actions.ports import NotCarried
from banjie.actions.telling import TOLD_DAYS
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import Law, events
from banjie.engine.cases.deadlines import TOLD
from banjie.engine.cases.events import KINDS, Event
from banjie.engine.cases.moving import DeadlinesMoved
from banjie.engine.clock import TimerKind
from banjie.engine.codec import decode
from banjie.engine.endorsements import name_of
from banjie.engine.notices import CHANNEL_NAMES, Channel, Delivery, Letter, plan
from banjie.packs.notices import policy, templates
from banjie.records import cases, messages, notices
from banjie.records.journal import Entry
from banjie.records.notices import Sending
from banjie.records.people import MACHINE


def notify(hands: Hands, entry: Entry) -> None:
    """Sends the notice of an event on a case, once."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    letter = words(decode(KINDS[entry.kind], entry.data), law, found.number)
    if letter is None:
        return
    send(
        hands,
        letter,
        region=entry.region,
        message_id=message_of(entry.subject, str(entry.seq)),
        party=found.case.holder.id,
        item=found.case.item,
        case_id=entry.subject,
        kind=entry.kind,
    )


def message_of(subject: str, what: str) -> str:
    """The identifier of the notice about one thing that happened to a subject."""
    return str(uuid.uuid5(uuid.UUID(subject), f"notice:{what}"))


def send(
    hands: Hands,
    letter: Letter,
    *,
    region: str,
    message_id: str,
    party: str,
    case_id: str | None,
    kind: str,
    item: str = "",
) -> None:
    """Puts a notice in the party's inbox, and plans how it leaves the building. Once for each `message_id`."""
    platform = hands.platform
    messages.send(
        platform.database,
        MACHINE.eyes,
        region=region,
        message_id=message_id,
        party=party,
        case_id=case_id,
        kind=kind,
        subject=letter.subject,
        body=letter.body,
        sent_at=hands.at,
    )
    # The inbox has its own line in the record of sendings: it was delivered when it was written.
    inbox = Delivery("", Channel.INBOX, party, hands.at)
    notices.keep_sending(platform.database, _sending(hands, region, message_id, letter, inbox, "sent"))
    today = hands.at.astimezone(CHINA).date()
    wishes = notices.wishes_of(platform.database, platform.region, party, item, region, case_id, today)
    for delivery in plan(letter, wishes, policy(), hands.at):
        if delivery.channel in platform.carriers:
            send_by(hands, letter, delivery, region=region, message_id=message_id)


def send_by(hands: Hands, letter: Letter, delivery: Delivery, *, region: str, message_id: str) -> None:
    """Plans one sending out of the building, and defers the job that carries it."""
    sending = _sending(hands, region, message_id, letter, delivery, "waiting")
    notices.keep_sending(hands.platform.database, sending)
    later = {"scheduled_at": delivery.not_before} if delivery.not_before > hands.at else {}
    hands.defer("carry_message", region=region, sending=sending.id, **later)


def _sending(hands: Hands, region: str, message_id: str, letter: Letter, delivery: Delivery, state: str) -> Sending:
    return Sending(
        id=str(uuid.uuid5(uuid.UUID(message_id), f"{delivery.channel}:{delivery.account}")),
        region=region,
        message_id=message_id,
        account=delivery.account,
        channel=delivery.channel,
        address=delivery.address,
        template=letter.template,
        edition=letter.edition,
        subject=letter.subject,
        text=letter.brief if delivery.channel is Channel.SMS else letter.body,
        state=state,
        not_before=delivery.not_before,
        changed_at=hands.at,
    )


def carry(platform: Platform, region: str, sending: str) -> str:
    """Carries one sending out of the building; answers with the receipt, "" when there is nothing to carry any more.

    What fails is raised, so that the job is tried again later; after as many tries as the policy says, or at once when
    the carrier knows that it never will succeed, the sending is kept as dead, with the reason, for people to see.
    """
    row = notices.find_sending(platform.database, MACHINE.eyes, region, sending)
    if row is None or row.state != "waiting":
        return ""
    carrier = platform.carriers.get(row.channel)
    now = platform.now()
    if carrier is None:
        trouble = f"没有开通{CHANNEL_NAMES[row.channel]}"
        notices.settle_sending(platform.database, region, sending, now, state="dead", trouble=trouble)
        return ""
    try:
        receipt = carrier.carry(to=row.address, subject=row.subject, body=row.text, reference=row.id)
    except NotCarried as failed:
        over = failed.final or row.tries + 1 >= policy().tries
        notices.settle_sending(
            platform.database, region, sending, now, state="dead" if over else "waiting", trouble=failed.reason
        )
        if over:
            return ""
        raise
    notices.settle_sending(platform.database, region, sending, now, state="sent", receipt=receipt)
    return receipt


def send_again(platform: Platform, region: str, sending: str) -> bool:
    """Tries a dead letter again from the beginning. False when it is none."""
    if not notices.revive_sending(platform.database, region, sending, platform.now()):
        return False
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        platform.jobs.defer(cursor.connection, "carry_message", region=region, sending=sending)
    return True


def written(key: str, **words_: object) -> Letter:
    """The letter of a template, filled in."""
    return templates()[key].filled(words_)


# --- which template an event calls for, and with which words ---


def words(event: Event, law: Law, number: str) -> Letter | None:
    """The notice about an event of a case, None for events of the office and for what the applicant did herself."""
    chosen = _chosen(event, law)
    if chosen is None:
        return None
    key, own = chosen
    return written(key, 事项=law.item.heading, 编号=number, **own)


def _chosen(event: Event, law: Law) -> tuple[str, Mapping[str, object]] | None:
    match event:
        case events.Submitted():
            until = event.changeable_until
            change = f"{until.astimezone(CHINA):%H:%M} 以前还可以收回修改。" if until else ""
            due = chinese_date(event.answer_due)
            return "submitted", {"查询码": event.query_code, "答复日": due, "修改": change}
        case events.CorrectionAsked():
            return "correction", {"项数": len(event.asks), "截止日": chinese_date(event.due_on)}
        case events.EndorsementLifted():
            point = f"{name_of(law.item, event.target)}：{event.point}"
            return "endorsement_lifted", {"要点": point, "理由": event.reason}
        case events.Accepted():
            days = {"承诺日": chinese_date(event.promised_due), "法定日": chinese_date(event.statutory_due)}
            return ("accepted_by_silence" if event.silent else "accepted"), days
        case events.FoundNotRequired():
            return "not_required", {"理由": event.reason}
        case events.FoundNotCompetent():
            return "not_competent", {"理由": event.reason, "机关": event.redirect_organ}
        case events.Tolerated():
            return "tolerated", {"截止日": chinese_date(event.due_on)}
        case events.SpecialStarted():
            key = "special_started" if event.statutory else "special_started_counted"
            return key, {"程序": event.name, "预计日": chinese_date(event.due_on)}
        case events.SpecialEnded():
            return "special_ended", {}
        case events.Extended():
            return "extended", {
                "天数": event.days,
                "法定日": chinese_date(event.statutory_due),
                "理由": event.reason,
            }
        case events.Approved():
            return "approved", {"送达日": chinese_date(event.deliver_by)}
        case events.Denied():
            return "denied", {"理由": "；".join(event.reasons)}
        case events.Returned():
            return "returned", {"理由": event.reason}
        case events.ToleranceLapsed():
            return "tolerance_lapsed", {}
        case events.TakenBack():
            return "taken_back", {}
        case events.UrgeAnswered():
            return "urge_answered", {"机关": law.item.organ_name, "答复": event.words}
        case events.Withdrawn():
            return "withdrawn", {}
        case events.Terminated():
            return "terminated", {"理由": event.ground}
        case events.Delivered():
            return "delivered", {}
        case DeadlinesMoved():
            return _moved(event)
        case _:
            return None


def _moved(event: DeadlinesMoved) -> tuple[str, Mapping[str, object]] | None:
    """What the applicant is told of deadlines that she knows of; nothing when none is another day now.

    A day that was only presumed and turned out right is no news.
    """
    known = [one for one in event.changes if one.timer in TOLD and one.now != one.was]
    if not known:
        return None
    lines = (f"{_deadline(one.timer)}由{chinese_date(one.was)}改为{chinese_date(one.now)}" for one in known)
    return "deadline_moved", {"日历": event.edition, "变化": "；".join(lines), "期限": chinese_date(known[0].now)}


def _deadline(timer: str) -> str:
    return TOLD_DAYS.get(timer) or TimerKind(timer).label
