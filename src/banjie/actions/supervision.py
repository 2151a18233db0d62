"""督办: orders on a case are issued, answered, accepted or sent back; unanswered ones climb the ladder."""

import uuid
from datetime import date, datetime
from typing import Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act, act_within
from banjie.actions.staff_notices import callees, tell_staff
from banjie.engine import supervision as law
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import running
from banjie.engine.cases.tasks import tasks
from banjie.engine.permissions import require
from banjie.engine.subject import Refused
from banjie.engine.supervision import Alarm, Order
from banjie.engine.watching import CALLEE_NAMES, About, Callee, next_rung
from banjie.packs.watching import watching
from banjie.records import cases, desks, supervision
from banjie.records.cases import Found
from banjie.records.people import MACHINE, Standing


def _row(order: Order) -> dict[str, object]:
    about = order.about
    assert about is not None  # noqa: S101 — its first event says it.
    return {
        "serial": order.serial,
        "case_id": about.case_id or None,
        "number": about.number,
        "organ": about.organ,
        "office": about.office,
        "account": about.account,
        "status": order.status.value,
        "issued_at": order.issued_at,
        "reply_by": order.reply_by,
        "rungs": order.rungs,
        "was_late": order.was_late,
    }


ORDER: Final = Kind(supervision.ORDERS, law.decide, law.evolve, law.KINDS, _row)


def about_case(platform: Platform, found: Found, today: date) -> About:
    """A case as an order on it says it: without its people, with the office and the official who have it now."""
    item_law = platform.laws.law(found.region, found.case.item, found.case.edition)
    lines = tasks(found.case, item_law, today, running(found.case, item_law, today))
    office = lines[0].office if lines else found.case.organ
    return About(
        case_id=found.id,
        number=found.number,
        item=found.case.item,
        item_name=found.item_name,
        organ=found.case.organ,
        organ_name=item_law.item.organ_name,
        office=office,
        office_name=desks.organ_names(platform.database, {office}).get(office, office),
        account=(lines[0].handler if lines else "") or found.case.claimed_by,
    )


def issue(
    platform: Platform,
    standing: Standing,
    region: str,
    number: str,
    *,
    alarm: Alarm,
    content: str,
    rule: str = "",
    reply_by: date | None = None,
    finding: str = "",
    key: str,
) -> str:
    """发出督办 on a case; the order's identifier, the same one for the same `key`. Raises `Refused`.

    Its number is taken in the transaction of the act, so that the numbers of a year have no gap.
    """
    require(standing.actor, law.IssueOrder.__name__, what=law.NAMES[law.IssueOrder])
    found = cases.find(platform.database, standing.eyes, region, number)
    if found is None:
        raise Refused("没有找到这件办件，或者不在您的督查范围", rule=law.RULE, remedy="请核对办件编号", field="number")
    at = platform.now()
    today = at.astimezone(CHINA).date()
    order = str(uuid.uuid5(uuid.UUID(found.id), f"order:{standing.actor.account}:{key}"))
    if supervision.find_order(platform.database, standing.eyes, region, order) is not None:
        return order
    item = platform.laws.law(region, found.case.item, found.case.edition).item
    about = about_case(platform, found, today)
    due = reply_by or platform.laws.calendar(region).add_working(today, watching().reply_days)
    with platform.database.seen_by(standing.eyes) as cursor:
        serial = f"督〔{today.year}〕第{supervision.next_serial(cursor, region, today.year):04d}号"
        command = law.IssueOrder(serial, about, item.kind.value, alarm, rule, content, due, finding)
        act_within(cursor, ORDER, command, actor=standing, region=region, subject=order, at=at)
    tell_staff(
        platform,
        callees(platform, region, about, Callee.HANDLER, today),
        region=region,
        key=f"order:{order}",
        kind="order",
        subject=f"督办单 {serial}：{about.item_name}",
        body=f"办件 {about.number}。{content.strip()} 请在 {chinese_date(due)} 前答复。",
        href=f"/office/watch/orders/{region}/{order}",
        at=at,
    )
    return order


def reply(platform: Platform, standing: Standing, region: str, order: str, words: str) -> None:
    """答复督办, by the office it was sent to; whoever issued it is told."""
    done = act(platform, ORDER, law.ReplyOrder(words), actor=standing, region=region, subject=order)
    _tell_issuer(platform, region, order, done.state, done.version)


def _tell_issuer(platform: Platform, region: str, order: str, one: Order, version: int) -> None:
    assert one.about is not None  # noqa: S101 — its first event says it.
    tell_staff(
        platform,
        (one.issued_by,),
        region=region,
        key=f"order:{order}:{version}",
        kind="reply",
        subject=f"督办单 {one.serial} 已答复",
        body=f"{one.about.office_name or one.about.organ_name}：{one.reply}",
        href=f"/supervise/orders/{region}/{order}",
        at=platform.now(),
    )


def accept(platform: Platform, standing: Standing, region: str, order: str, result: str) -> None:
    """认可答复; the order is closed."""
    act(platform, ORDER, law.AcceptReply(result), actor=standing, region=region, subject=order)


def send_back(platform: Platform, standing: Standing, region: str, order: str, reason: str) -> None:
    """退回答复; a new answer is owed within the usual time."""
    at = platform.now()
    today = at.astimezone(CHINA).date()
    due = platform.laws.calendar(region).add_working(today, watching().reply_days)
    done = act(platform, ORDER, law.ReturnReply(reason, due), actor=standing, region=region, subject=order)
    about = done.state.about
    assert about is not None  # noqa: S101 — its first event says it.
    tell_staff(
        platform,
        callees(platform, region, about, Callee.HANDLER, today),
        region=region,
        key=f"order:{order}:{done.version}",
        kind="order",
        subject=f"督办单 {done.state.serial} 的答复被退回",
        body=f"{reason.strip()} 请在 {chinese_date(due)} 前重新答复。",
        href=f"/office/watch/orders/{region}/{order}",
        at=at,
    )


def escalate(platform: Platform, at: datetime) -> int:
    """Calls the next rung for every order that is owed an answer and late; answers with how many were called."""
    today, ladder, called = at.astimezone(CHINA).date(), watching().order_ladder, 0
    for row in supervision.overdue(platform.database, today):
        calendar, order = platform.laws.calendar(row.region), row.order
        while order.reply_by is not None and order.about is not None:
            # The first rung's day is the first working day after the answer was due.
            following = next_rung(ladder, order.rungs, calendar.add_working(order.reply_by, 1), calendar)
            if following is None or following[1] > today:
                break
            callee = following[0].callee
            told = callees(platform, row.region, order.about, callee, today)
            try:
                done = act(
                    platform,
                    ORDER,
                    law.Escalate(callee, told),
                    actor=MACHINE,
                    region=row.region,
                    subject=row.id,
                    now=at,
                )
            except Refused:
                break  # It was answered between the look and the act.
            order = done.state
            called += 1
            _tell_rung(platform, row.region, row.id, order, callee, told, at)
    return called


def _tell_rung(
    platform: Platform, region: str, order: str, one: Order, callee: Callee, told: tuple[str, ...], at: datetime
) -> None:
    assert one.about is not None  # noqa: S101 — its first event says it.
    assert one.reply_by is not None  # noqa: S101 — the same.
    tell_staff(
        platform,
        told,
        region=region,
        key=f"escalate:{order}:{one.reply_by.isoformat()}:{one.rungs}",
        kind="call",
        subject=f"督办单 {one.serial} 逾期未答复（提醒{CALLEE_NAMES[callee]}）",
        body=f"{one.about.office_name or one.about.organ_name}应在 {chinese_date(one.reply_by)} 前答复：{one.content}",
        href=f"/supervise/orders/{region}/{order}"
        if callee in (Callee.SUPERVISOR, Callee.LEADER)
        else f"/office/watch/orders/{region}/{order}",
        at=at,
    )
