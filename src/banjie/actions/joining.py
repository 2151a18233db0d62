"""Whoever comes with a verified identity: the account of that person is found, or opened; never by name or e-mail."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from banjie.actions.platform import Platform
from banjie.engine.ids import CitizenId, Malformed
from banjie.engine.real_names import LEVEL_NAMES, RAISE, Level
from banjie.engine.subject import Refused
from banjie.packs.identity import identity
from banjie.records import people
from banjie.records.models import Account
from banjie.records.people import MACHINE, Party

LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Verified:
    """What an identity service says of somebody it has verified: name, citizen number, and how surely (1 to 4)."""

    name: str
    code: str
    level: int


def join(platform: Platform, verified: Verified) -> Account:
    """The account of a verified person; opened, with what is known of her, when it is her first time.

    Raises `Refused` for a level too low, a name that is not the one on record, or an account that was closed; and
    `Malformed` for a number that is none.
    """
    lowest = identity().lowest_to_sign_in
    level = Level(min(max(verified.level, Level.PHONE), Level.IN_PERSON))
    if level < lowest:
        raise Refused(
            f"您的实名等级是“{LEVEL_NAMES[level]}”，登录本网站需要“{LEVEL_NAMES[lowest]}”",
            rule="实名等级规定",
            remedy=RAISE.get(lowest, ""),
        )
    try:
        code = str(CitizenId.parse(verified.code))
    except Malformed as wrong:
        raise Malformed("code", f"身份认证给出的公民身份号码{wrong.reason}", "请联系 12345 核对") from None
    name = verified.name.strip()[:LONGEST_NAME]
    # Two first visits at the same time must not open two accounts for one person.
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"join:{code}",))
        return _found(platform, name, code, level)


def _found(platform: Platform, name: str, code: str, level: Level) -> Account:
    known = people.person_of_code(platform.database, platform.region, code)
    if known is None:
        party = Party(f"p-{uuid.uuid4()}", "person", name, code, {"person.name": name, "person.code": code})
        people.keep_party(platform.database, platform.region, party)
        return _opened(platform, party.id, name, level)
    if known.name != name:
        raise Refused(
            "身份认证给出的姓名与本市登记的不一致",
            rule="姓名和公民身份号码须一致",
            remedy="改过名字的，请带身份证到任何一个政务服务大厅窗口更新",
        )
    if not known.account:
        return _opened(platform, known.party, name, level)
    account = Account.objects.get(key=known.account)
    if not account.is_active:
        raise Refused(
            "这个账号已经停用",
            rule="账号管理",
            remedy="请带身份证件到政务服务大厅综合窗口恢复",
        )
    if account.level < level:
        account.level = level
        account.save(update_fields=["level"])
    return account


def _opened(platform: Platform, party: str, name: str, level: Level) -> Account:
    """A new account without a password: its door is the identity service, until its owner sets up another."""
    username = f"u{secrets.randbelow(10**10):010d}"
    account = Account(username=username, key=username, display_name=name, region=platform.region, level=level)
    account.set_unusable_password()
    account.save()
    people.keep_own(platform.database, platform.region, party, account.key)
    return account
