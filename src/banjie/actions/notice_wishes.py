"""Where a person wants to be told: an address counts once she has typed the code that was sent there."""

import hashlib
import hmac
import secrets
import uuid
from datetime import timedelta

from banjie.actions.notices import written
from banjie.actions.platform import Platform
from banjie.actions.ports import NotCarried
from banjie.engine.notices import CHANNEL_NAMES, Channel, parse_address
from banjie.engine.subject import Refused
from banjie.packs.notices import policy
from banjie.records import notices
from banjie.records.people import Standing

RULE = "通知地址确认"


def ask_code(platform: Platform, standing: Standing, channel: Channel, text: str) -> str:
    """Sends a code to an address and keeps it as one to be confirmed; answers with the address in its one form.

    The code is sent while she waits, and is never written down: only its hash is. Raises `Malformed` for what is no
    address, `Refused` when nothing can be sent there.
    """
    carrier = platform.carriers.get(channel)
    if carrier is None:
        raise Refused(f"还没有开通{CHANNEL_NAMES[channel]}", rule=RULE, remedy="请选其他方式；站内信总是有的")
    address = parse_address(channel, text)
    code = f"{secrets.randbelow(1_000_000):06d}"
    minutes = policy().code_minutes
    letter = written("address_code", 验证码=code, 分钟=minutes)
    try:
        carrier.carry(
            to=address,
            subject=letter.subject,
            body=letter.brief if channel is Channel.SMS else letter.body,
            reference=str(uuid.uuid4()),
        )
    except NotCarried as failed:
        raise Refused(
            f"验证码没有发出去：{failed.reason}", rule=RULE, remedy="请核对地址，或过一会儿再试", field="address"
        ) from failed
    notices.keep_address(
        platform.database,
        standing.eyes,
        platform.region,
        channel,
        address,
        code_hash=_hash(address, code),
        code_until=platform.now() + timedelta(minutes=minutes),
    )
    return address


def confirm(platform: Platform, standing: Standing, channel: Channel, code: str) -> None:
    """Confirms an address by its code. Raises `Refused` for a wrong one, a late one, and after too many of them."""
    database, eyes = platform.database, standing.eyes
    found = next((one for one in notices.addresses_of(database, eyes, platform.region) if one.channel is channel), None)
    if found is None or not found.code_hash or found.code_until is None:
        raise Refused("没有等待确认的地址", rule=RULE, remedy="请先填写地址，再获取验证码", field="code")
    if platform.now() > found.code_until:
        raise Refused("验证码已经过期", rule=RULE, remedy="请重新获取验证码", field="code")
    # Counted before it is compared, so that many tries at once are many tries.
    if notices.count_try(database, eyes, platform.region, channel) > policy().code_tries:
        raise Refused("验证码输错的次数太多", rule=RULE, remedy="请重新获取验证码", field="code")
    if not hmac.compare_digest(found.code_hash, _hash(found.address, code.strip())):
        raise Refused("验证码不对", rule=RULE, remedy=f"请核对发到 {found.address} 的 6 位数字", field="code")
    notices.confirm_address(database, eyes, platform.region, channel, platform.now())


def _hash(address: str, code: str) -> str:
    return hashlib.sha256(f"{address}\n{code}".encode()).hexdigest()
