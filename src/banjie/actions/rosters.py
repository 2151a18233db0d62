"""值班表: a hall's month at its windows, made by fair turn and then changed by hand."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from banjie.actions.platform import Platform
from banjie.actions.staff import governed_by
from banjie.engine.permissions import Role
from banjie.engine.rosters import Clerk, Place, conflicts, fair_turn
from banjie.engine.subject import Refused
from banjie.packs.staff import staff_rules
from banjie.records import rosters, staff
from banjie.records.halls import Hall
from banjie.records.people import Standing
from banjie.records.rosters import Seat

RULE: Final = "值班安排规定"


@dataclass(frozen=True, slots=True)
class Month:
    """A hall's month: its working days, who may sit there, who does, and what stands against it."""

    hall: Hall
    first: date
    after: date
    days: tuple[date, ...]
    clerks: tuple[Clerk, ...]
    seats: dict[Place, Seat]
    conflicts: dict[Place, str]


def month(platform: Platform, hall: Hall, day: date) -> Month:
    """The month in which that day lies."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    calendar = platform.laws.calendar(hall.region)
    days = tuple(one for one in _days(first, after) if calendar.is_working(one))
    clerks = _clerks(platform, hall, days)
    seats = {seat.place: seat for seat in rosters.of_hall(platform.database, hall.region, hall.code, first, after)}
    found = conflicts({place: seat.account for place, seat in seats.items()}, clerks)
    return Month(hall, first, after, days, clerks, seats, found)


def _days(first: date, after: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=n) for n in range((after - first).days))


def _clerks(platform: Platform, hall: Hall, days: tuple[date, ...]) -> tuple[Clerk, ...]:
    """Everyone with a window post in the hall's region on one of these days, with where and when she can sit."""
    if not days:
        return ()
    posts = staff.posts_of(platform.database, [hall.region], days[0])
    accounts = dict.fromkeys(post.account for post in posts if post.role is Role.WINDOW)
    wanted = staff_rules().duty.items
    fit = {
        code: staff.certified(platform.database, list(accounts), code, days[0], kind=_kind(platform, hall.region, code))
        for window in hall.windows
        for code in wanted.get(window, ())
    }
    found = []
    for account in accounts:
        row = staff.find(platform.database, account)
        if row is None:
            continue
        has = [post for post in row.member.posts if post.role is Role.WINDOW]
        away = frozenset(
            day for day in days if row.member.leave_on(day) is not None or not any(post.holds(day) for post in has)
        )
        windows = frozenset(
            window for window in hall.windows if all(account in fit[code] for code in wanted.get(window, ()))
        )
        found.append(Clerk(account, row.name, away, windows))
    return tuple(found)


def _kind(platform: Platform, region: str, code: str) -> str:
    law = platform.laws.published(region, code)
    return law.item.kind.value if law else ""


def fill(platform: Platform, hall: Hall, day: date, *, actor: Standing) -> int:
    """Fills what is free in the month from today on, by fair turn; what was set by hand stays. Raises `Refused`."""
    _require(platform, hall, actor)
    found = month(platform, hall, day)
    today = platform.today()
    days = [one for one in found.days if one >= today]
    if not days:
        raise Refused("这个月已经没有要排的工作日", rule=RULE, remedy="请选这个月以后的月份", field="month")
    if not found.clerks:
        raise Refused("没有可以排班的窗口人员", rule=RULE, remedy="请先为窗口安排人员", field="month")
    turn = fair_turn(days, hall.windows, found.clerks, halves_in_a_row=staff_rules().duty.halves_in_a_row)
    by_hand = {place for place, seat in found.seats.items() if seat.by_hand}
    places = {place: account for place, account in turn.items() if place not in by_hand}
    rosters.keep(
        platform.database,
        hall.region,
        hall.code,
        places,
        by=actor.actor.account,
        at=platform.now(),
        by_hand=False,
    )
    return len(places)


def seat(platform: Platform, hall: Hall, place: Place, account: str, *, actor: Standing) -> str:
    """Puts somebody at a place by hand, "" for nobody; answers with what stands against it, "" for nothing."""
    _require(platform, hall, actor)
    if place.window not in hall.windows:
        raise Refused("大厅没有这个窗口", rule=RULE, remedy="请从页面上选择窗口", field="window")
    if place.day < platform.today():
        raise Refused("这一天已经过去", rule=RULE, remedy="请选今天或以后的日期", field="day")
    clerks = {one.account for one in month(platform, hall, place.day).clerks}
    if account and account not in clerks:
        raise Refused("她没有这个地区的窗口岗位", rule=RULE, remedy="请从列表中选择", field="account")
    rosters.keep(
        platform.database,
        hall.region,
        hall.code,
        {place: account},
        by=actor.actor.account,
        at=platform.now(),
        by_hand=True,
    )
    return month(platform, hall, place.day).conflicts.get(place, "")


def _require(platform: Platform, hall: Hall, actor: Standing) -> None:
    heads = any(post.role is Role.HEAD and post.region == hall.region for post in actor.posts)
    if heads or hall.region in governed_by(platform, actor):
        return
    raise Refused("您不能排这个大厅的班", rule=RULE, remedy="请由本地区的人员管理岗或单位负责人安排")
