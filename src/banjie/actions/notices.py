"""Telling people: for each event that concerns them, one message in their inbox and one out of the building."""

import uuid

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import Law, events
from banjie.engine.cases.events import KINDS, Event
from banjie.engine.codec import decode
from banjie.records import cases, messages
from banjie.records.journal import Entry
from banjie.records.people import MACHINE


def notify(hands: Hands, entry: Entry) -> None:
    """Sends the message of an event, once: its identifier is made from the entry it follows."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    event = decode(KINDS[entry.kind], entry.data)
    told = words(event, law, found.number)
    if told is None:
        return
    subject, body = told
    message_id = str(uuid.uuid5(uuid.UUID(entry.subject), f"notice:{entry.seq}"))
    messages.send(
        platform.database,
        MACHINE.eyes,
        region=entry.region,
        message_id=message_id,
        party=found.case.holder.id,
        case_id=entry.subject,
        kind=entry.kind,
        subject=subject,
        body=body,
        sent_at=hands.at,
    )
    hands.defer("carry_message", region=entry.region, message_id=message_id)


def carry(platform: Platform, region: str, message_id: str) -> str:
    """Takes a message out of the building; answers with the carrier's receipt, "" when there is nothing to carry."""
    message = messages.find(platform.database, MACHINE.eyes, region, message_id)
    if message is None:
        return ""
    return platform.carrier.carry(to=message.party, subject=message.subject, body=message.body)


def words(event: Event, law: Law, number: str) -> tuple[str, str] | None:
    """Subject and body of the message about an event, None for events of the office only."""
    name = law.item.heading
    match event:
        case events.Submitted():
            return (
                f"已收到您的申请：{name}",
                f"办件编号 {number}，查询码 {event.query_code}。最迟 {chinese_date(event.answer_due)} 答复是否受理。",
            )
        case events.CorrectionAsked():
            return (
                f"请补正材料：{name}",
                (
                    f"办件 {number} 有 {len(event.asks)} 项内容需要补正，"
                    f"请于 {chinese_date(event.due_on)} 前在“我的办件”中提交。"
                ),
            )
        case events.Accepted():
            silent = "窗口未在期限内答复，依法自收到之日起视为受理。" if event.silent else ""
            return (
                f"已受理：{name}",
                (
                    f"{silent}办件 {number} 承诺于 {chinese_date(event.promised_due)} 前办结，"
                    f"法定期限至 {chinese_date(event.statutory_due)}。"
                ),
            )
        case events.FoundNotRequired():
            return (f"不需要办理许可：{name}", f"办件 {number}：{event.reason}")
        case events.FoundNotCompetent():
            return (f"不属于本机关职权：{name}", f"办件 {number}：{event.reason}请向{event.redirect_organ}申请。")
        case events.Tolerated():
            return (f"已容缺受理：{name}", f"办件 {number} 请于 {chinese_date(event.due_on)} 前补齐材料。")
        case events.SpecialStarted():
            return (
                f"{event.name}已开始：{name}",
                f"办件 {number} 依法进行{event.name}，预计至 {chinese_date(event.due_on)}，所需时间不计入办理期限。"
                if event.statutory
                else f"办件 {number} 进行{event.name}，预计至 {chinese_date(event.due_on)}，法定期限照常计算。",
            )
        case events.SpecialEnded():
            return (f"特别程序已结束：{name}", f"办件 {number} 的办理期限继续计算。")
        case events.Extended():
            return (
                f"办理期限已依法延长：{name}",
                (
                    f"办件 {number} 延长 {event.days} 个工作日，至 {chinese_date(event.statutory_due)}。"
                    f"理由：{event.reason}"
                ),
            )
        case events.Approved():
            return (
                f"准予：{name}",
                (
                    f"办件 {number} 已准予。证照和决定书可在“我的证照”查看和下载，"
                    f"最迟 {chinese_date(event.deliver_by)} 送达。"
                ),
            )
        case events.Denied():
            return (
                f"不予许可：{name}",
                f"办件 {number} 不予许可，理由：{'；'.join(event.reasons)}。您可以依法申请行政复议或者提起行政诉讼。",
            )
        case events.Returned():
            return (f"已退件：{name}", f"办件 {number}：{event.reason}")
        case events.ToleranceLapsed():
            return (f"已退件：{name}", f"办件 {number} 的容缺材料到期未补齐，补齐后可以重新申请。")
        case events.Withdrawn():
            return (f"已撤回：{name}", f"办件 {number} 已按您的要求撤回。")
        case events.Terminated():
            return (f"已终止：{name}", f"办件 {number} 已终止办理：{event.ground}")
        case events.Delivered():
            return (f"已送达：{name}", f"办件 {number} 的结果已送达，文书可在“我的办件”查看和下载。")
        case _:
            return None
