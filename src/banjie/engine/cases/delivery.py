"""送达: each way has its own proof, and its own day on which the document counts as delivered.

直接 and 留置: the day on the receipt. 邮寄: the day on which it was signed for. 电子: the day on which it came into the
recipient's system, if he has agreed to this way. 公告: the day on which the announcement has stood its time
(行政许可法第四十四条；民事诉讼法第八十七条至第九十五条, as the model of it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from banjie.engine.calendar import chinese_date
from banjie.engine.cases.acts import Deliver, Delivery
from banjie.engine.cases.guards import LICENCE_LAW, require_words
from banjie.engine.subject import Refused

RULE: Final = f"{LICENCE_LAW}第四十四条"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that proves a delivery: its key, what people call it, an example, and whether it is a day."""

    key: str
    name: str
    hint: str = ""
    required: bool = True
    is_day: bool = False
    is_number: bool = False


WAY_NAMES: Final[Mapping[Delivery, str]] = {
    Delivery.DIRECT: "直接送达",
    Delivery.POST: "邮寄送达",
    Delivery.ELECTRONIC: "电子送达",
    Delivery.LEAVING: "留置送达",
    Delivery.ANNOUNCEMENT: "公告送达",
}

_RECEIVED: Final = Evidence("received_by", "签收人", "写姓名；代收的写明与受送达人的关系")
_SERVED: Final = Evidence("served_on", "签收日期", "送达回证或者邮件签收单上的日期", is_day=True)
_TODAY: Final = Evidence("served_on", "签收日期", "不写就是今天", required=False, is_day=True)

EVIDENCE: Final[Mapping[Delivery, tuple[Evidence, ...]]] = {
    Delivery.DIRECT: (_RECEIVED, _TODAY, Evidence("place", "送达地点", "例如 政务服务中心出件窗口", required=False)),
    Delivery.POST: (
        Evidence("tracking", "邮件单号", "快递面单上的号码"),
        Evidence("carrier", "寄递企业", "例如 邮政特快专递", required=False),
        _RECEIVED,
        _SERVED,
    ),
    Delivery.ELECTRONIC: (
        Evidence("consent", "受送达人怎样同意电子送达", "例如 申请时勾选同意，或者签了送达地址确认书"),
        Evidence("account", "送达到哪里", "例如 平台账号、确认书写的邮箱"),
        Evidence("served_on", "到达日期", "文书到达对方系统的日期", is_day=True),
    ),
    Delivery.LEAVING: (
        Evidence("reason", "为什么留置", "例如 受送达人拒绝签收"),
        Evidence("witness", "见证人", "姓名和单位；全程录像的写明录像编号"),
        Evidence("place", "留置地点", "受送达人的住所"),
        Evidence("served_on", "留置日期", is_day=True),
    ),
    Delivery.ANNOUNCEMENT: (
        Evidence("reason", "为什么公告", "例如 其他方式都无法送达"),
        Evidence("place", "公告在哪里", "例如 本机关网站和公告栏"),
        Evidence("published_on", "公告日期", is_day=True),
        Evidence("days", "公告期（自然日）", "届满之日为送达日", is_number=True),
    ),
}
"""What has to be written down for each way."""


def delivered(act: Deliver, decided_on: date | None, today: date) -> tuple[str, date | None]:
    """The proof in a sentence, and the day of delivery (None: today). Raises `Refused` naming what is missing.

    Electronic delivery may also be proved by the receipt of the system that delivered, as `evidence` alone.
    """
    if not act.details:
        require_words(act.evidence, "evidence", RULE)
        if act.way is not Delivery.ELECTRONIC:
            asked = "、".join(one.name for one in EVIDENCE[act.way] if one.required)
            raise Refused(
                f"{WAY_NAMES[act.way]}要写明：{asked}", rule=RULE, remedy="请逐项填写送达凭据", field="details"
            )
        return act.evidence, None
    known = {one.key for one in EVIDENCE[act.way]}
    for key in act.details:
        if key not in known:
            raise Refused(
                f"{WAY_NAMES[act.way]}没有“{key[:30]}”这一项凭据", rule=RULE, remedy="请核对送达方式", field="details"
            )
    words = []
    for one in EVIDENCE[act.way]:
        value = act.details.get(one.key, "").strip()
        if not value and one.required:
            raise Refused(f"没有写明{one.name}", rule=RULE, remedy=one.hint or "请填写", field=f"details.{one.key}")
        if value:
            words.append(f"{one.name}：{chinese_date(_day(one, value)) if one.is_day else value}")
    if act.evidence.strip():
        words.append(act.evidence.strip())
    return "；".join(words), _delivered_on(act, decided_on, today)


def _delivered_on(act: Deliver, decided_on: date | None, today: date) -> date:
    for one in EVIDENCE[act.way]:
        if not one.is_day:
            continue
        if not act.details.get(one.key, "").strip():
            return today
        day = _day(one, act.details[one.key])
        if day > today:
            raise Refused(f"{one.name}还没有到", rule=RULE, remedy="请在送达以后登记", field=f"details.{one.key}")
        if decided_on is not None and day < decided_on:
            raise Refused(
                f"{one.name}早于作出决定的日期{chinese_date(decided_on)}",
                rule=RULE,
                remedy="请核对日期",
                field=f"details.{one.key}",
            )
        if act.way is not Delivery.ANNOUNCEMENT:
            return day
    published = date.fromisoformat(act.details["published_on"])
    ends = published + timedelta(days=_number(act.details["days"]))
    if ends > today:
        raise Refused(
            f"公告期到{chinese_date(ends)}才满",
            rule=f"{LICENCE_LAW}第四十四条、公告送达",
            remedy="届满之日视为送达，请在那天以后登记",
            field="details.days",
        )
    return ends


def _day(one: Evidence, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"{one.name}不是日期", rule=RULE, remedy="请写成 2026-11-24 这样", field=f"details.{one.key}"
        ) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 365 and len(text) < 5):
        raise Refused("公告期应为 1 至 365 天", rule=RULE, remedy="请填写自然日数，例如 30", field="details.days")
    return int(text)
