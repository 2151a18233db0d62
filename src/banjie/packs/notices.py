"""通知模板和通知办法: what people are told in which words, and what a city sets about channels (content/notices)."""

from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.ids import Malformed
from banjie.engine.notices import Channel, Policy, Template
from banjie.packs.reading import Reading, Source, compose

FOLDER: Final = files("banjie") / "content" / "notices"


@dataclass(frozen=True, slots=True)
class _Policy:
    order: tuple[str, ...]
    quiet_from: str
    quiet_until: str
    tries: int
    correction_days: int
    tolerance_days: int
    certificate_days: tuple[int, ...]
    code_minutes: int
    code_tries: int


_KEYS: Final[dict[type, dict[str, str]]] = {
    Template: {
        "编码": "key",
        "版次": "edition",
        "名称": "name",
        "标题": "subject",
        "正文": "body",
        "短信": "brief",
        "法定": "legal",
    },
    _Policy: {
        "渠道次序": "order",
        "静默开始": "quiet_from",
        "静默结束": "quiet_until",
        "最多发送次数": "tries",
        "补正到期前工作日": "correction_days",
        "容缺到期前工作日": "tolerance_days",
        "证照到期前天数": "certificate_days",
        "验证码分钟": "code_minutes",
        "验证码可试次数": "code_tries",
    },
}


@cache
def templates() -> dict[str, Template]:
    """The templates that ship, by key; read once a process."""
    return read_templates(FOLDER / "applicant.yaml")


@cache
def policy() -> Policy:
    """What the shipped file sets; read once a process."""
    return read_policy(FOLDER / "policy.yaml")


def read_templates(source: Source) -> dict[str, Template]:
    """The templates of a file, by key. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: tuple[Template, ...] = reading.value(tuple[Template, ...], node)
    reading.check()
    by_key: dict[str, Template] = {}
    for index, one in enumerate(found):
        if one.key in by_key:
            reading.note(f"[{index}].key", f"“{one.key}”写了两次", "每个模板只写一次")
        if one.edition < 1:
            reading.note(f"[{index}].edition", "版次应为正整数", "第一版写 1，改一次加一")
        by_key[one.key] = one
    reading.check()
    return by_key


def read_policy(source: Source) -> Policy:
    """What a file sets about notices. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: _Policy = reading.value(_Policy, node)
    reading.check()
    hours = []
    for path, text in (("quiet_from", found.quiet_from), ("quiet_until", found.quiet_until)):
        try:
            hours.append(_hour(text))
        except Malformed as malformed:
            reading.note(path, malformed.reason, malformed.remedy)
    outward = {channel.value: channel for channel in (Channel.MAIL, Channel.SMS)}
    if unknown := [one for one in found.order if one not in outward]:
        reading.note("order", f"“{unknown[0][:20]}”不能排次序", "只写 mail（电子邮件）和 sms（短信）；站内信总是发的")
    reading.check()
    return Policy(
        order=tuple(outward[one] for one in found.order),
        quiet_from=hours[0],
        quiet_until=hours[1],
        tries=found.tries,
        correction_days=found.correction_days,
        tolerance_days=found.tolerance_days,
        certificate_days=found.certificate_days,
        code_minutes=found.code_minutes,
        code_tries=found.code_tries,
    )


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Malformed("静默时段", f"“{text[:20]}”不是时刻", "请照 22:00 的样子填写") from None
