"""通知: who is told what, over which channels, and when (domain §17.6).

The inbox (站内信) always holds every notice at once. What leaves the building follows the wishes of each person who
acts for the applicant: by which channels, to which confirmed addresses. A legal notice goes by every channel she has
and cannot be muted; any other goes by the first one and keeps to the quiet hours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from banjie.engine.calendar import CHINA
from banjie.engine.ids import Malformed


class Channel(StrEnum):
    """通知渠道."""

    INBOX = "inbox"
    MAIL = "mail"
    SMS = "sms"


CHANNEL_NAMES: Final = {Channel.INBOX: "站内信", Channel.MAIL: "电子邮件", Channel.SMS: "短信"}


@dataclass(frozen=True, slots=True)
class Template:
    """通知模板, one edition of it. `{names}` in its texts are filled in; `brief` is what a text message says.

    `legal` marks what the law wants told: it cannot be muted.
    """

    key: str
    edition: int
    name: str
    subject: str
    body: str
    brief: str
    legal: bool = False

    def filled(self, words: Mapping[str, object]) -> "Letter":
        """The notice in its words. Raises `Malformed` when a word the template wants is not among them."""
        try:
            subject, body, brief = (text.format_map(words) for text in (self.subject, self.body, self.brief))
        except (KeyError, ValueError, IndexError) as missing:
            raise Malformed(self.key, f"通知模板要用的“{missing}”没有给出", "请核对模板里花括号中的词") from missing
        return Letter(subject, body, brief, self.legal, self.key, self.edition)


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as it is sent, with the template and the edition it was made from."""

    subject: str
    body: str
    brief: str
    legal: bool = False
    template: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What a city sets about notices. `order` is that of the channels out of the building; hours are city time.

    `tries` is how often an address is tried before a notice counts as undeliverable; the reminders name how many
    working days before the end of a correction or a tolerance, and how many days before the end of a certificate.
    """

    order: tuple[Channel, ...] = (Channel.MAIL, Channel.SMS)
    quiet_from: time = time(22)
    quiet_until: time = time(8)
    tries: int = 6
    correction_days: int = 2
    tolerance_days: int = 2
    certificate_days: tuple[int, ...] = (60, 30)
    code_minutes: int = 10
    """How long the code that confirms an address can be used."""
    code_tries: int = 5

    def wakes(self, now: datetime) -> datetime:
        """The first moment from `now` on that is not within the quiet hours."""
        local = now.astimezone(CHINA)
        at, start, end = local.time(), self.quiet_from, self.quiet_until
        if start == end:
            return now
        quiet = start <= at < end if start < end else at >= start or at < end
        if not quiet:
            return now
        day = local.date() + timedelta(days=1) if at >= end else local.date()
        return datetime.combine(day, end, CHINA)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person who acts for the applicant has set: confirmed addresses by channel; whether she muted this case."""

    account: str
    addresses: Mapping[Channel, str] = field(default_factory=dict)
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sending: to whom, how, where to, and not before when."""

    account: str
    channel: Channel
    address: str
    not_before: datetime


def plan(letter: Letter, wishes: Sequence[Wish], policy: Policy, now: datetime) -> tuple[Delivery, ...]:
    """Every sending out of the building that a notice calls for. The inbox is not among them: it has it already."""
    when = policy.wakes(now)
    planned: list[Delivery] = []
    for wish in wishes:
        if wish.muted and not letter.legal:
            continue
        ways = [channel for channel in policy.order if wish.addresses.get(channel)]
        planned.extend(
            Delivery(wish.account, way, wish.addresses[way], when) for way in (ways if letter.legal else ways[:1])
        )
    return tuple(planned)


# --- addresses ---

_MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")


def parse_address(channel: Channel, text: str) -> str:
    """An address of a channel in its one form. Raises `Malformed`."""
    tidy = re.sub(r"[\s-]", "", text) if channel is Channel.SMS else text.strip()
    tidy = tidy.translate(_HALF_WIDTH)
    if channel is Channel.MAIL:
        if _MAIL.fullmatch(tidy):
            return tidy.lower()
        raise Malformed("address", "不像一个邮箱地址", "请照“名字@邮箱域名”的样子填写，例如 lin@example.cn")
    tidy = tidy.removeprefix("+86")
    if _MOBILE.fullmatch(tidy):
        return tidy
    raise Malformed("address", "不像一个手机号码", "请填写 11 位手机号码")


_HALF_WIDTH: Final = {0xFF01 + index: 0x21 + index for index in range(94)}


def masked_address(address: str) -> str:
    """An address as others than its owner may see it."""
    if "@" in address:
        name, _, domain = address.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{address[:3]}****{address[-4:]}"
