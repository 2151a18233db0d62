"""An item in the words of its guide: how long, how much, how many papers, which way it goes."""

from banjie.engine.catalogue import Audience, Depth, Item, ItemKind
from banjie.engine.clock import Term
from banjie.engine.workflow import StepKind
from banjie.web.jinja import money

AUDIENCES = {"person": Audience.PERSON, "company": Audience.ENTERPRISE}
AUDIENCE_NAMES = {
    Audience.PERSON: "个人",
    Audience.ENTERPRISE: "企业和个体工商户",
    Audience.INSTITUTION: "事业单位",
    Audience.SOCIAL_ORGANISATION: "社会组织",
    Audience.ORGAN: "行政机关",
    Audience.OTHER: "其他组织",
}
KIND_NAMES = {
    ItemKind.LICENCE: "行政许可",
    ItemKind.PENALTY: "行政处罚",
    ItemKind.COERCION: "行政强制",
    ItemKind.LEVY: "行政征收",
    ItemKind.PAYMENT: "行政给付",
    ItemKind.INSPECTION: "行政检查",
    ItemKind.CONFIRMATION: "行政确认",
    ItemKind.REWARD: "行政奖励",
    ItemKind.RULING: "行政裁决",
    ItemKind.OTHER: "其他行政权力",
    ItemKind.PUBLIC_SERVICE: "公共服务",
}


def facts(found: Item) -> list[tuple[str, str, str]]:
    """The four things people look for: how long, how much, how many minutes, how many papers."""
    held = sum(1 for material in found.materials if material.held)
    return [
        (
            "承诺办结",
            term_words(found.promised),
            f"法定 {term_words(found.statutory)}" if found.statutory.number else "",
        ),
        ("收费", fee_words(found), ""),
        ("填写大约需要", f"{found.minutes} 分钟", ""),
        ("需上传材料", paper_words(found), f"另有 {held} 份免提交" if held else ""),
    ]


def fee_words(found: Item) -> str:
    """What it costs in all: 免费, 120 元."""
    return money(sum(fee.amount_fen for fee in found.fees))


def paper_words(found: Item) -> str:
    """How many papers are to be uploaded: 3 份, 最多 5 份 when that hangs on her situation, 不用上传."""
    uploads = [material for material in found.materials if material.required and not material.held]
    some = any(material.when for material in uploads)
    return f"{'最多 ' if some else ''}{len(uploads)} 份" if uploads else "不用上传"


def term_words(term: Term) -> str:
    """A term as people say it: 8 个工作日, 当场办结."""
    return f"{term.number} {term.unit.label}" if term.number else "当场办结"


def chips(found: Item, *, online: bool) -> list[dict[str, str]]:
    """What makes this item light, in a few words."""
    visits = f"最多跑 {found.visits} 次"
    listed = [{"text": "窗口办理"}]
    if online:
        whole = found.depth is Depth.WHOLE
        listed = [{"text": "可全程网办", "kind": "good"}] if whole else [{"text": "部分网上办理"}]
    listed.append({"text": visits})
    if found.by_promise:
        listed.append({"text": "可以告知承诺"})
    if not found.promised.number:
        listed.append({"text": "当场办结"})
    if found.mailing:
        listed.append({"text": "结果可邮寄"})
    return listed


def steps(found: Item) -> list[dict[str, str]]:
    """The way of an application, each step with its days."""
    inner = [
        {"text": step.name, "note": term_words(step.term) if step.term else ""}
        for step in found.workflow.steps
        if step.kind is not StepKind.DECISION
    ]
    last = {"text": "领取证照" if found.result else "领取结果", "note": "网上下载"}
    return [
        {"text": "网上申请", "note": f"约 {found.minutes} 分钟"},
        {"text": "受理", "note": f"{term_words(found.reply)}内答复" if found.promised.number else "当场"},
        *inner,
        {"text": "决定", "note": ""},
        last,
    ]
