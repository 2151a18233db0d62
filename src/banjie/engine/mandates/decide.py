"""The law of mandates: who may do what with one, and what it must say."""

from datetime import date, datetime, timedelta
from typing import Final, NoReturn, assert_never

from banjie.engine.calendar import CHINA
from banjie.engine.mandates.state import (
    NAMES,
    SIDE_NAMES,
    STATUS_NAMES,
    Accept,
    Accepted,
    Command,
    Custom,
    Decline,
    Ended,
    Event,
    Kind,
    Mandate,
    MandateStatus,
    Offer,
    Offered,
    Register,
    Registered,
    Resign,
    Revoke,
    Side,
    Supersede,
)
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

# Each line: the act, the states in which it is possible, then after / who may. What is not named is refused.
TABLE = """
Offer      none ended                     / principal counter
Accept     offered                        / agent
Decline    offered                        / agent
Revoke     offered in_force               / principal counter
Resign     in_force                       / agent
Register   none ended offered in_force    / counter system
Supersede  in_force                       / system
"""


def _read(table: str) -> dict[str, tuple[frozenset[MandateStatus], frozenset[Side]]]:
    law = {}
    for line in table.strip().splitlines():
        states, who = line.split("/")
        name, *statuses = states.split()
        law[name] = (frozenset(map(MandateStatus, statuses)), frozenset(map(Side, who.split())))
    return law


LAW: Final = _read(TABLE)


def decide(
    mandate: Mandate, command: Command, *, actor: Actor, is_principal: bool, now: datetime, custom: Custom
) -> tuple[Event, ...]:
    """What follows when `actor` does `command`. `is_principal`: today she is the party herself or represents it.

    Raises `Refused` with the rule.
    """
    today = now.astimezone(CHINA).date()
    statuses, sides = LAW[type(command).__name__]
    _permit(mandate, command, actor, is_principal, sides)
    status = mandate.status_on(today, custom)
    if status not in statuses:
        _wrong_status(mandate, command, status, custom)
    match command:
        case Offer():
            return (_offer(command, actor, today, custom),)
        case Accept():
            return (Accepted(today, actor.account),)
        case Register():
            return (_register(command, actor, today),)
        case Decline() | Revoke() | Resign() | Supersede():
            reason = command.reason.strip()
            if not reason and not isinstance(command, Decline):
                raise Refused(
                    f"{NAMES[type(command)]}要写明原因",
                    rule="民法典第一百七十三条",
                    remedy="请写一句原因，双方都能看到",
                    field="reason",
                )
            return (Ended(today, actor.account, actor.name, type(command).__name__, reason),)
        case _:
            assert_never(command)


# --- the law in detail ---


def _permit(mandate: Mandate, command: Command, actor: Actor, is_principal: bool, sides: frozenset[Side]) -> None:
    mine = command.agent if isinstance(command, Offer | Register) else mandate.agent
    held = {
        Side.PRINCIPAL: is_principal,
        Side.AGENT: bool(mine) and actor.account == mine,
        Side.COUNTER: Role.WINDOW in actor.roles,
        Side.SYSTEM: Role.SYSTEM in actor.roles,
    }
    if any(held[side] for side in sides):
        return
    if isinstance(command, Offer) and command.party in actor.parties:
        raise Refused(
            "您自己是受托人，不能再转授权给别人",
            rule="民法典第一百六十九条（转委托）",
            remedy="请由本人或者单位的法定代表人直接授权",
        )
    who = "、".join(SIDE_NAMES[side] for side in Side if side in sides)
    raise Refused(
        f"您不能“{NAMES[type(command)]}”：此操作由{who}进行",
        rule="授权权限表",
        remedy="请由授权人本人登录办理，或带身份证件到政务服务大厅窗口办理",
    )


def _wrong_status(mandate: Mandate, command: Command, status: MandateStatus, custom: Custom) -> NoReturn:
    if status is MandateStatus.ENDED and isinstance(command, Accept):
        last = mandate.answer_by(custom)
        said = f"这份授权等到 {last} 没有人接受，已经失效" if not mandate.how else "这份授权已经结束"
        raise Refused(said, rule="民法典第一百七十三条", remedy="请授权人重新授权")
    if status is MandateStatus.ENDED:
        raise Refused("这份授权已经结束", rule="民法典第一百七十三条", remedy="需要时请重新授权")
    if status is MandateStatus.IN_FORCE and isinstance(command, Offer):
        raise Refused(
            f"您和{mandate.agent_name}之间已经有一份有效的授权",
            rule="授权状态表",
            remedy="要改变范围或期限，请先撤回原来的授权，再重新授权",
        )
    raise Refused(
        f"授权目前是“{STATUS_NAMES[status]}”，不能“{NAMES[type(command)]}”",
        rule="授权状态表",
        remedy="请刷新页面，查看授权现在的状态",
    )


def _offer(act: Offer, actor: Actor, today: date, custom: Custom) -> Event:
    if act.agent == actor.account or act.kind not in (Kind.AGENT, Kind.FAMILY, Kind.PERSON):
        raise Refused(
            "不能授权给自己",
            rule="民法典第一百六十八条（自己代理）",
            remedy="本人和法定代表人不用授权就可以办理，请填写另一个人",
            field="agent",
        )
    if act.valid_from < today:
        raise Refused(
            "授权不能从过去的日子开始",
            rule="民法典第一百六十五条（代理期限）",
            remedy=f"开始日期请填 {today} 或以后",
            field="valid_from",
        )
    if act.valid_until < act.valid_from:
        raise Refused(
            "授权的结束日期早于开始日期",
            rule="民法典第一百六十五条（代理期限）",
            remedy="请核对两个日期",
            field="valid_until",
        )
    longest = act.valid_from + timedelta(days=custom.longest_days)
    if act.valid_until > longest:
        raise Refused(
            f"授权最长 {custom.longest_days} 天",
            rule="本市授权期限规定",
            remedy=f"结束日期最晚可以填 {longest}，到期后可以再授权",
            field="valid_until",
        )
    if Role.WINDOW in actor.roles and act.party not in actor.parties and not act.evidence.strip():
        raise _no_evidence()
    return Offered(
        today,
        actor.account,
        actor.name,
        act.kind,
        act.party,
        act.party_name,
        act.agent,
        act.agent_name,
        act.valid_from,
        act.valid_until,
        act.scope,
        act.relation.strip(),
        act.evidence.strip(),
    )


def _register(act: Register, actor: Actor, today: date) -> Event:
    if not act.evidence.strip():
        raise _no_evidence()
    return Registered(
        today,
        actor.account,
        actor.name,
        act.kind,
        act.party,
        act.party_name,
        act.agent,
        act.agent_name,
        act.evidence.strip(),
        act.valid_until,
        act.scope,
    )


def _no_evidence() -> Refused:
    return Refused(
        "窗口登记代理关系要写明看过什么证件",
        rule="民法典第一百六十五条（授权委托书）",
        remedy="请写明证件名称，例如“营业执照原件、法定代表人身份证”",
        field="evidence",
    )
