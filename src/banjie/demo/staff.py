"""The city's staff as one finds them: a newcomer in the middle of her practice, a leave with its deputy, a roster."""

from datetime import timedelta

from banjie.actions import rosters, sandbox
from banjie.actions.platform import Platform
from banjie.actions.staff import appoint, ask_leave
from banjie.engine.cases.acts import Claim
from banjie.engine.permissions import Role
from banjie.engine.staff import Post
from banjie.packs.sandbox import exercises
from banjie.records import halls, people
from banjie.records.people import Standing

_BUREAU = "1199010000BJ00016Q"
_NEWCOMER, _MANAGER, _HEAD = "xinyaqing", "wenshuyi", "meilanting"


def sit_and_learn(platform: Platform) -> int:
    """Lays it out; answers with how many half days the roster of the hall has."""
    today = platform.today()
    newcomer = _who(platform, _NEWCOMER, "辛雅青")
    _practise(platform, newcomer, "hygiene_hair", found=4)
    _practise(platform, newcomer, "hygiene_lodging", found=2)
    sandbox.begin(platform, "hygiene_shop", actor=newcomer)
    appoint(
        platform,
        actor=_who(platform, _MANAGER, "温书仪"),
        username=_NEWCOMER,
        post=Post(Role.REVIEWER, _BUREAU, platform.region, "社会事务科审查员", today + timedelta(days=30)),
        reason="澜审人〔演示〕12 号，轮岗",
    )
    away_from = today + timedelta(days=7)
    ask_leave(
        platform,
        actor=_who(platform, "kangyuanzhou", "康远舟"),
        from_day=away_from,
        until_day=away_from + timedelta(days=4),
        deputy="tangshuanglin",
        reason="年休假",
    )
    hall = halls.hall(platform.database, "city_hall")
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return rosters.fill(platform, hall, next_month, actor=_who(platform, _HEAD, "梅岚亭")) if hall else 0


def _practise(platform: Platform, newcomer: Standing, exercise: str, *, found: int) -> None:
    """Works an exercise and finds so many of its faults."""
    task = exercises()[exercise]
    opened = sandbox.opened(platform, sandbox.begin(platform, exercise, actor=newcomer), actor=newcomer)
    if opened is None:
        return
    marks = {fault.target: fault.error.value for fault in task.faults[:found]}
    opened = sandbox.mark(platform, opened, marks, actor=newcomer)
    opened = sandbox.act(platform, opened, Claim(), actor=newcomer)
    sandbox.act(platform, opened, sandbox.correction(opened), actor=newcomer)


def _who(platform: Platform, account: str, name: str) -> Standing:
    return people.standing(platform.database, account, platform.today(), name=name)
