"""What 督查 has done about the stories: cards and late cases came by themselves; here people act on them.

陆明鉴 records a failure of the platform, orders two of the worst cases to be dealt with, and confirms a cause; 罗小雨
answers one order, says why cases were late, and appeals a card.
"""

from datetime import datetime, time

from banjie.actions import clock_abuse, delays, incidents, supervision, watching
from banjie.actions.delays import working_days_back
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.delay_causes import Cause
from banjie.engine.supervision import Alarm
from banjie.engine.watching import Level
from banjie.records import people
from banjie.records import supervision as kept
from banjie.records import watching as cards
from banjie.records.people import MACHINE, Standing

_SUPERVISOR, _CLERK = "lumingjian", "luoxiaoyu"


def keep_watch(platform: Platform) -> int:
    """Does all of it through the real acts; answers with how many there were."""
    supervisor = people.standing(platform.database, _SUPERVISOR, platform.today())
    clerk = people.standing(platform.database, _CLERK, platform.today())
    done = _incident(platform, supervisor)
    watching.watch(platform, platform.now())
    clock_abuse.search_nights(platform, platform.now())
    return done + _causes(platform, supervisor, clerk) + _orders(platform, supervisor, clerk)


def _incident(platform: Platform, supervisor: Standing) -> int:
    calendar = platform.laws.calendar(platform.region)
    day = working_days_back(calendar, platform.today(), 3)
    incidents.record(
        platform,
        supervisor,
        name="网上申报打不开",
        words="机房光缆被挖断，网页不能打开，窗口改用纸质收件。",
        began_at=datetime.combine(day, time(9, 10), CHINA),
        ended_at=datetime.combine(day, time(10, 25), CHINA),
        key="demo",
    )
    return 1


def _causes(platform: Platform, supervisor: Standing, clerk: Standing) -> int:
    owed = kept.causes_owed(platform.database, clerk.eyes, sorted(clerk.actor.offices))
    given = owed[: len(owed) // 2]
    for place, row in enumerate(given):
        cause = row.delay.proposal or Cause.CONSULTING
        delays.give_cause(platform, clerk, row.region, row.id, cause, "")
        if place % 2 == 0:
            delays.confirm_cause(platform, supervisor, row.region, row.id, cause, "")
    return len(given)


def _orders(platform: Platform, supervisor: Standing, clerk: Standing) -> int:
    shown = cards.cards_of_offices(platform.database, MACHINE.eyes, sorted(clerk.actor.offices))
    own = [row for row in shown if row.card.clock in ("TP", "TL") and row.card.about is not None]
    red = [row for row in own if row.card.level.rank >= Level.RED.rank]
    numbers = list(dict.fromkeys(row.card.about.number for row in red if row.card.about))[:2]
    for place, number in enumerate(numbers):
        content = "已经超过承诺期限，请说明卡在哪里、哪天办结。"
        order = supervision.issue(
            platform,
            supervisor,
            platform.region,
            number,
            alarm=Alarm.OVERDUE,
            content=content,
            rule="红牌超时",
            key="demo",
        )
        if place:
            supervision.reply(platform, clerk, platform.region, order, "现场核查已约在明天上午，核查后当天报决定。")
    yellow = next((row for row in own if row.card.level is Level.YELLOW), None)
    if yellow is not None:
        watching.appeal(platform, clerk, yellow.region, yellow.id, "申请人来电要求等新租约签好再办。")
    return len(numbers) + (yellow is not None)
