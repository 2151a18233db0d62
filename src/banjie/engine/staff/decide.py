"""The law of staff: one person proposes a right and another grants it; taking a right away needs one.

Users are written by whoever manages them and approved by somebody else, so that nobody makes herself an official.
"""

from datetime import date, datetime, timedelta
from typing import Final, assert_never

from banjie.engine.calendar import CHINA
from banjie.engine.permissions import ROLE_NAMES, Actor, Role
from banjie.engine.staff.state import (
    NAMES,
    RULE,
    Appointed,
    AskLeave,
    Certification,
    CertificationEnded,
    Certified,
    Command,
    Custom,
    Decline,
    Declined,
    EndCertification,
    EndLeave,
    EndPost,
    Enrolled,
    Event,
    Grant,
    Leave,
    LeaveEnded,
    LeaveTaken,
    Member,
    Post,
    PostEnded,
    ProposeCertification,
    ProposePost,
    Register,
    Side,
    Wish,
    Wished,
)
from banjie.engine.subject import Refused

# Each line: the act, then who may. governs: manages staff there; heads: heads her office; self: she herself.
TABLE = """
Register              system
ProposePost           governs
EndPost               governs  heads
AskLeave              self
EndLeave              self     heads
ProposeCertification  governs  heads  system
EndCertification      governs  heads
Grant                 governs  heads
Decline               governs  heads  self
"""

LAW: Final = {name: frozenset(who) for name, *who in (line.split() for line in TABLE.strip().splitlines())}

_WHO: Final = {"governs": "本地区的人员管理岗", "heads": "本单位负责人", "self": "本人", "system": "系统"}
_DAY: Final = timedelta(days=1)
_LEAVE_RULE: Final = "请假代班规定"
_GATE_RULE: Final = "持证上岗规定"


def decide(
    member: Member, command: Command, *, actor: Actor, side: Side, now: datetime, custom: Custom
) -> tuple[Event, ...]:
    """What follows when `actor`, who stands to the official as `side` says, does `command`. Raises `Refused`."""
    today = now.astimezone(CHINA).date()
    _permit(member, command, actor, side)
    match command:
        case Register():
            return _register(member, command, actor, today)
        case ProposePost():
            return _propose_post(member, command, actor, today)
        case EndPost():
            return (_end_post(member, command, actor, today),)
        case AskLeave():
            return (_ask_leave(member, command, actor, side, today, custom),)
        case EndLeave():
            return (_end_leave(member, command, actor, today),)
        case ProposeCertification():
            return (_propose_certification(member, command, actor, today),)
        case EndCertification():
            return (_end_certification(member, command, actor, today),)
        case Grant():
            return _grant(member, command, actor, side, today)
        case Decline():
            return (_decline(member, command, actor, side, today),)
        case _:
            assert_never(command)


def _permit(member: Member, command: Command, actor: Actor, side: Side) -> None:
    who = LAW[type(command).__name__]
    held = {
        "governs": side.governs,
        "heads": side.heads,
        "self": bool(member.account) and actor.account == member.account,
        "system": Role.SYSTEM in actor.roles,
    }
    if any(held[one] for one in who):
        return
    raise Refused(
        f"您不能“{NAMES[type(command)]}”：此操作由{'、'.join(_WHO[one] for one in _WHO if one in who)}进行",
        rule=RULE,
        remedy="请联系本地区的人员管理岗或本单位负责人办理",
    )


def _register(member: Member, act: Register, actor: Actor, today: date) -> tuple[Event, ...]:
    """What is known already is not said again."""
    events: list[Event] = []
    if not member.account:
        events.append(Enrolled(today, actor.account, act.account, act.name, act.region))
    known = {(post.role, post.office) for post in member.posts}
    events += [Appointed(today, actor.account, post) for post in act.posts if (post.role, post.office) not in known]
    held = {one.item for one in member.certifications}
    events += [Certified(today, actor.account, one) for one in act.certifications if one.item not in held]
    return tuple(events)


def _propose_post(member: Member, act: ProposePost, actor: Actor, today: date) -> tuple[Event, ...]:
    _require_words(act.reason, "reason", RULE, "请写明依据，例如任职文件的文号")
    if act.account == actor.account:
        raise Refused("不能给自己安排岗位", rule=RULE, remedy="请由另一名人员管理岗提请", field="account")
    if act.post.from_day < today:
        raise Refused("任职不能从过去的日子开始", rule=RULE, remedy=f"请填 {today} 或以后的日期", field="from_day")
    if any(
        (post.role, post.office) == (act.post.role, act.post.office)
        and (post.until_day is None or post.until_day >= act.post.from_day)
        for post in member.posts
    ):
        raise Refused(
            f"她在这个单位已经是{ROLE_NAMES[act.post.role]}", rule=RULE, remedy="请选另一个岗位", field="role"
        )
    replaces = None
    if act.leaving_role is not None:
        replaces = _post(member, act.leaving_role, act.leaving_office, act.post.from_day - _DAY)
    events: list[Event] = []
    if not member.account:
        events.append(Enrolled(today, actor.account, act.account, act.name, act.post.region))
    key = str(member.asked + 1)
    wish = Wish(key, actor.account, actor.name, today, act.reason.strip(), post=act.post, replaces=replaces)
    return (*events, Wished(today, actor.account, wish))


def _end_post(member: Member, act: EndPost, actor: Actor, today: date) -> Event:
    _require_words(act.reason, "reason", RULE, "请写明原因，例如调离、退休")
    _post(member, act.role, act.office, act.on)
    if act.on < today - _DAY:
        raise Refused(
            "离岗日期已经过去", rule=RULE, remedy=f"请填 {today - _DAY}（今天起不在岗）或以后的日期", field="on"
        )
    return PostEnded(today, actor.account, act.role, act.office, act.on, act.reason.strip())


def _post(member: Member, role: Role, office: str, day: date) -> Post:
    """A post she has that is not over on that day."""
    for post in member.posts:
        if (post.role, post.office) == (role, office) and not post.ended(day):
            return post
    raise Refused("她没有这个岗位，或者已经离岗", rule=RULE, remedy="请刷新页面，核对她现在的岗位", field="role")


def _ask_leave(member: Member, act: AskLeave, actor: Actor, side: Side, today: date, custom: Custom) -> Event:
    if act.from_day < today:
        raise Refused("请假不能从过去的日子开始", rule=_LEAVE_RULE, remedy=f"请填 {today} 或以后", field="from_day")
    if act.until_day < act.from_day:
        raise Refused("最后一天早于第一天", rule=_LEAVE_RULE, remedy="请核对两个日期", field="until_day")
    if (act.until_day - act.from_day).days >= custom.longest_leave_days:
        raise Refused(
            f"一次请假最长 {custom.longest_leave_days} 天",
            rule=_LEAVE_RULE,
            remedy="时间更长的，请人员管理岗办理离岗",
            field="until_day",
        )
    for leave in member.leaves:
        if leave.from_day <= act.until_day and act.from_day <= leave.until_day:
            raise Refused(
                f"{leave.from_day} 至 {leave.until_day} 您已经请了假",
                rule=_LEAVE_RULE,
                remedy="请先销假，或改选日期",
                field="from_day",
            )
    _require_deputy(member, act, side)
    leave = Leave(str(member.asked + 1), act.from_day, act.until_day, act.deputy, act.deputy_name, act.reason.strip())
    if custom.leave_by_head:
        wish = Wish(leave.key, actor.account, actor.name, today, leave.reason, leave=leave)
        return Wished(today, actor.account, wish)
    return LeaveTaken(today, actor.account, leave)


def _require_deputy(member: Member, act: AskLeave, side: Side) -> None:
    if act.deputy == member.account:
        raise Refused("代班人不能是您自己", rule=_LEAVE_RULE, remedy="请选一名同事", field="deputy")
    deputy = side.deputy
    mine = member.posts_on(act.from_day)
    if deputy is None or not fits_for(deputy, mine, act.from_day, act.until_day):
        raise Refused(
            f"{act.deputy_name or act.deputy}不能代班：要和您同单位、同岗位，整段时间都在岗",
            rule=_LEAVE_RULE,
            remedy="请另选一名同单位同岗位的同事",
            field="deputy",
        )
    away = next((one for one in deputy.leaves if one.from_day <= act.until_day and act.from_day <= one.until_day), None)
    if away is not None:
        raise Refused(
            f"{deputy.name} {away.from_day} 至 {away.until_day} 也不在岗",
            rule=_LEAVE_RULE,
            remedy="请另选代班人，或改选日期",
            field="deputy",
        )


def fits_for(deputy: Member, posts: tuple[Post, ...], from_day: date, until_day: date) -> bool:
    """Whether she has every one of these posts as well, the whole time: a deputy gains no right she has not."""
    own = {(post.role, post.office) for post in deputy.posts if post.holds(from_day) and post.holds(until_day)}
    return bool(posts) and all((post.role, post.office) in own for post in posts)


def _end_leave(member: Member, act: EndLeave, actor: Actor, today: date) -> Event:
    leave = next((one for one in member.leaves if one.key == act.key), None)
    if leave is None or leave.until_day < today:
        raise Refused("没有这次请假，或者已经结束", rule=_LEAVE_RULE, remedy="请刷新页面", field="key")
    if act.on < today or act.on > leave.until_day:
        raise Refused(
            "销假日期不在请假期间",
            rule=_LEAVE_RULE,
            remedy=f"请填 {max(today, leave.from_day)} 至 {leave.until_day} 之间回来上班的那一天",
            field="on",
        )
    return LeaveEnded(today, actor.account, leave.key, act.on, act.reason.strip())


def _propose_certification(member: Member, act: ProposeCertification, actor: Actor, today: date) -> Event:
    _require_words(act.source, "source", _GATE_RULE, "请写明考核名称或证书编号")
    if not member.account:
        raise Refused("没有这名工作人员", rule=_GATE_RULE, remedy="请先办理任职", field="account")
    if actor.account == member.account:
        raise Refused("不能给自己授予上岗资格", rule=_GATE_RULE, remedy="请由另一人提请", field="account")
    if act.valid_until is not None and act.valid_until < act.valid_from:
        raise Refused("到期日早于起始日", rule=_GATE_RULE, remedy="请核对两个日期", field="valid_until")
    if any(one.item == act.item and one.holds(act.valid_from) for one in member.certifications):
        raise Refused(f"她已有“{act.name}”的上岗资格", rule=_GATE_RULE, remedy="请另选事项", field="item")
    if any(wish.certification is not None and wish.certification.item == act.item for wish in member.wishes):
        raise Refused(f"“{act.name}”的上岗资格已经在等待批准", rule=_GATE_RULE, remedy="请等待批准", field="item")
    given = Certification(act.item, act.name, act.valid_from, act.valid_until, act.source.strip())
    wish = Wish(str(member.asked + 1), actor.account, actor.name, today, given.source, certification=given)
    return Wished(today, actor.account, wish)


def _end_certification(member: Member, act: EndCertification, actor: Actor, today: date) -> Event:
    _require_words(act.reason, "reason", _GATE_RULE, "请写明原因")
    if act.on < today:
        raise Refused("不能从过去收回", rule=_GATE_RULE, remedy=f"请填 {today} 或以后", field="on")
    if not any(one.item == act.item and one.holds(act.on) for one in member.certifications):
        raise Refused("她没有这个上岗资格", rule=_GATE_RULE, remedy="请刷新页面后核对", field="item")
    return CertificationEnded(today, actor.account, act.item, act.on - _DAY, act.reason.strip())


def _wish(member: Member, key: str) -> Wish:
    wish = member.wish(key)
    if wish is None:
        raise Refused("没有这项申请，或者已经有人处理", rule=RULE, remedy="请刷新页面", field="key")
    return wish


def _grant(member: Member, act: Grant, actor: Actor, side: Side, today: date) -> tuple[Event, ...]:
    wish = _wish(member, act.key)
    if actor.account in (wish.by, member.account):
        raise Refused("提请的人不能自己批准", rule=f"{RULE}（两人原则）", remedy="请由另一人批准", field="key")
    if wish.leave is not None:
        if not side.heads:
            raise Refused("请假由本单位负责人批准", rule=_LEAVE_RULE, remedy="请由本单位负责人登录批准")
        if wish.leave.until_day < today:
            raise Refused("请假的日子已经过去", rule=_LEAVE_RULE, remedy="请选择不批准", field="key")
        return (LeaveTaken(today, actor.account, wish.leave, wish.key),)
    if wish.certification is not None:
        return (Certified(today, actor.account, wish.certification, wish.key),)
    assert wish.post is not None  # noqa: S101 — a wish is for one of the three.
    events: list[Event] = [Appointed(today, actor.account, wish.post, wish.key)]
    if wish.replaces is not None:
        last = wish.post.from_day - _DAY
        old = wish.replaces
        events.append(PostEnded(today, actor.account, old.role, old.office, last, f"转任{wish.post.name}"))
    return tuple(events)


def _decline(member: Member, act: Decline, actor: Actor, side: Side, today: date) -> Event:
    wish = _wish(member, act.key)
    if actor.account != wish.by:
        _require_words(act.reason, "reason", RULE, "请写一句原因，提请的人能看到")
        if not (side.governs or side.heads):
            raise Refused("这项申请由别人处理", rule=RULE, remedy="请联系提请的人")
    return Declined(today, actor.account, wish.key, act.reason.strip())


def _require_words(text: str, field: str, rule: str, remedy: str) -> None:
    if not text.strip():
        raise Refused("必须写明原因或依据", rule=rule, remedy=remedy, field=field)
