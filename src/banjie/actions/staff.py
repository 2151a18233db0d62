"""Acts on officials: who sits where, who is away, who may decide what — and the rows their histories make."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.actions.queues import as_platform
from banjie.actions.sharing_acts import Kind, act
from banjie.engine import staff as law
from banjie.engine.catalogue import ItemKind
from banjie.engine.permissions import Role
from banjie.engine.staff import (
    AskLeave,
    Certification,
    Command,
    Member,
    Post,
    ProposeCertification,
    ProposePost,
    Register,
    Side,
    fits_for,
)
from banjie.engine.subject import Refused
from banjie.packs.staff import staff_rules
from banjie.packs.words import CODES
from banjie.records import staff
from banjie.records.database import Cursor
from banjie.records.people import MACHINE, Standing
from banjie.records.sharing import Loaded
from banjie.records.staff import MEMBERS, Colleague, MemberRow

ITEM_KIND_NAMES: Final = {kind: name for name, kind in CODES[ItemKind].items()}
"""The kinds of items in words: one may be certified for all items of a kind."""


def _row(member: Member) -> dict[str, object]:
    return {
        "account": member.account,
        "name": member.name,
        "waiting": len(member.wishes),
        "joined_on": member.joined_on,
    }


MEMBER: Final = Kind(MEMBERS, law.decide, law.evolve, law.KINDS, _row)


def subject_of(account: str) -> str:
    """The identifier of an official's history."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"member:{account}"))


def act_on_member(
    platform: Platform,
    command: Command,
    *,
    actor: Standing,
    account: str,
    region: str,
    side: Side | None = None,
    now: datetime | None = None,
) -> Member:
    """Carries out `command` about the official of that account; `region` is where her history is kept.

    Raises `Refused` with nothing written. The law decides who may, so it is done with the platform's eyes and kept in
    the name of whoever acts.
    """
    given = partial(law.decide, side=side or side_of(platform, actor, account), custom=staff_rules().leave)
    done = act(
        platform,
        replace(MEMBER, decide=given),
        command,
        actor=as_platform(actor),
        region=region,
        subject=subject_of(account),
        now=now,
        also=_write,
    )
    found: Member = done.state
    return found


def _write(cursor: Cursor, done: Loaded[Any]) -> None:
    staff.write_sum(cursor, done.region, done.state)


def side_of(platform: Platform, actor: Standing, account: str, *, region: str = "") -> Side:
    """How whoever acts stands to the official: governs the regions of her posts, or heads an office she serves in."""
    found = staff.find(platform.database, account)
    today = platform.today()
    governed = governed_by(platform, actor)
    offices = {post.office for post in found.member.posts if not post.ended(today)} if found else set()
    heads = {post.office for post in actor.posts if post.role is Role.HEAD}
    home = region or (found.region if found else "")
    return Side(governs=home in governed, heads=bool(offices & heads) and account != actor.actor.account)


def governed_by(platform: Platform, actor: Standing) -> tuple[str, ...]:
    """The regions whose staff the actor manages: those of her manager's posts, and all below them."""
    own = [post.region for post in actor.posts if post.role is Role.MANAGER]
    return staff.regions_within(platform.database, own)


def appoint(
    platform: Platform,
    *,
    actor: Standing,
    username: str,
    post: Post,
    reason: str,
    leaving: tuple[Role, str] | None = None,
) -> Member:
    """Proposes a post for an account; with `leaving`, a move out of another. Raises `Refused`."""
    account = staff.account_named(platform.database, username.strip())
    if account is None:
        raise Refused(
            f"没有“{username.strip()[:40]}”这个账号",
            rule=law.RULE,
            remedy="请核对账号；还没有账号的，请先开通",
            field="account",
        )
    row = staff.find(platform.database, account["key"])
    region = row.region if row else post.region
    side = side_of(platform, actor, account["key"], region=region)
    if post.region not in governed_by(platform, actor):
        side = replace(side, governs=False)
    command = ProposePost(
        account["key"],
        account["display_name"],
        post,
        reason,
        leaving[0] if leaving else None,
        leaving[1] if leaving else "",
    )
    return act_on_member(platform, command, actor=actor, account=account["key"], region=region, side=side)


def ask_leave(
    platform: Platform, *, actor: Standing, from_day: date, until_day: date, deputy: str, reason: str
) -> Member:
    """One's own leave, with who stands in. Raises `Refused`."""
    me = actor.actor.account
    row = _own(platform, me)
    other = staff.find(platform.database, deputy) if deputy else None
    command = AskLeave(from_day, until_day, deputy, other.name if other else "", reason)
    side = Side(deputy=other.member if other else None)
    return act_on_member(platform, command, actor=actor, account=me, region=row.region, side=side)


def _own(platform: Platform, account: str) -> MemberRow:
    row = staff.find(platform.database, account)
    if row is None:
        raise Refused("您不在工作人员名册里", rule=law.RULE, remedy="请联系本地区的人员管理岗")
    return row


def may_stand_in(platform: Platform, account: str, day: date) -> tuple[Colleague, ...]:
    """Who could stand in for this official from that day: same offices, same roles, not on leave that day."""
    row = staff.find(platform.database, account)
    if row is None:
        return ()
    posts = row.member.posts_on(day)
    found: dict[str, Colleague] = {}
    for post in posts:
        for one in staff.colleagues(platform.database, post.office, post.role, day):
            found[one.account] = one
    fit = []
    for one in found.values():
        other = staff.find(platform.database, one.account) if one.account != account else None
        if other is not None and fits_for(other.member, posts, day, day):
            fit.append(one)
    return tuple(fit)


def register(  # One argument for each thing the register says.
    platform: Platform,
    *,
    account: str,
    name: str,
    region: str,
    posts: tuple[Post, ...],
    certified: bool,
    now: datetime,
) -> Member:
    """Writes down who is here when a city is founded; `certified` for every kind of items. Idempotent."""
    day = min((post.from_day for post in posts), default=platform.today())
    held = (
        tuple(
            Certification(f"kind:{kind.value}", label, day, None, "上线前已在岗办理")
            for kind, label in ITEM_KIND_NAMES.items()
        )
        if certified
        else ()
    )
    command = Register(account, name, region, posts, held)
    return act_on_member(platform, command, actor=MACHINE, account=account, region=region, side=Side(), now=now)


def propose_certification(
    platform: Platform, *, actor: Standing, account: str, item: str, name: str, source: str, days: int = 0
) -> Member:
    """Proposes that an official be certified for an item; `days` 0: as long as the city says. Raises `Refused`."""
    row = _own(platform, account)
    today = platform.today()
    until = today + timedelta(days=(days or staff_rules().certifying.valid_days) - 1)
    command = ProposeCertification(item, name, today, until, source)
    return act_on_member(platform, command, actor=actor, account=account, region=row.region)
