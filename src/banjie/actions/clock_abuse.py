"""异常办理: every night the day before is searched, pattern by pattern; people look at what was found."""

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.actions.supervision import issue
from banjie.engine import clock_abuse as law
from banjie.engine.calendar import CHINA
from banjie.engine.clock_abuse import PATTERN_NAMES, Finding, FindingStatus, Search
from banjie.engine.subject import Refused
from banjie.engine.supervision import Alarm
from banjie.packs.watching import watching
from banjie.records import clock_abuse, desks, notices
from banjie.records.people import MACHINE, Standing

NIGHTS: Final = 7
"""How many nights a worker that was away makes up for."""

ROUND: Final = "clock-abuse"


def _row(finding: Finding) -> dict[str, object]:
    return {
        "pattern": finding.pattern.value,
        "day": finding.day,
        "organ": finding.organ,
        "official": finding.official,
        "status": finding.status.value,
    }


FINDING: Final = Kind(clock_abuse.FINDINGS, law.decide, law.evolve, law.KINDS, _row)


def search_nights(platform: Platform, at: datetime) -> int:
    """Searches the days before today that have not been searched; answers with how many findings there are."""
    today = at.astimezone(CHINA).date()
    days: list[date] = []
    # From yesterday backwards to the last day that was searched: those before it were searched, or made up for, too.
    for back in range(1, NIGHTS + 1):
        day = today - timedelta(days=back)
        if notices.round_done(platform.database, platform.region, ROUND, day):
            break
        days.append(day)
    found = 0
    for day in reversed(days):
        found += search_day(platform, day, at)
        notices.keep_round(platform.database, platform.region, ROUND, day)
    return found


def search_day(platform: Platform, day: date, at: datetime) -> int:
    """Searches one day by every pattern that is on; what was found before is not reported again."""
    return sum(_search(platform, one, day, at) for one in watching().searches if one.on)


def _search(platform: Platform, wanted: Search, day: date, at: datetime) -> int:
    found = clock_abuse.search(platform.database, wanted, day)
    names = desks.organ_names(platform.database, {one.organ for one in found})
    for one in found:
        key = f"banjie:finding:{one.region}:{wanted.pattern}:{day.isoformat()}:{one.organ}:{one.official}"
        command = law.ReportFinding(
            pattern=wanted.pattern,
            day=day,
            organ=one.organ,
            organ_name=names.get(one.organ, one.organ),
            official=one.official,
            words=wanted.words,
            cases=one.cases,
        )
        act(
            platform,
            FINDING,
            command,
            actor=MACHINE,
            region=one.region,
            subject=str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            now=at,
        )
    return len(found)


def dismiss(platform: Platform, standing: Standing, region: str, finding: str, reason: str) -> None:
    """排除, with a reason."""
    act(platform, FINDING, law.DismissFinding(reason), actor=standing, region=region, subject=finding)


def make_order(platform: Platform, standing: Standing, region: str, finding: str, content: str) -> str:
    """转督办: an order on the first of its cases, which names them all; the order's identifier."""
    found = clock_abuse.find(platform.database, standing.eyes, region, finding)
    if found is None or found.finding.status is not FindingStatus.OPEN:
        raise Refused("这条异常已经处理过，或者不在您的督查范围", rule=law.RULE, remedy="请刷新后核对")
    one = found.finding
    order = issue(
        platform,
        standing,
        region,
        one.cases[0][1],
        alarm=Alarm.ABNORMAL,
        content=f"{content.strip()}（涉及办件：{'、'.join(number for _, number in one.cases)}）"
        if content.strip()
        else "",
        rule=PATTERN_NAMES[one.pattern],
        finding=finding,
        key=finding,
    )
    act(platform, FINDING, law.OrderOnFinding(order), actor=standing, region=region, subject=finding)
    return order
