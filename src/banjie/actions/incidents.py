"""系统故障: the worker measures a query and a page every minute; what stays bad is an incident until it is good."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

from psycopg import OperationalError

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.actions.staff_notices import tell_staff
from banjie.engine import incidents as law
from banjie.engine.calendar import CHINA
from banjie.engine.incidents import Incident, Reading, verdict
from banjie.engine.permissions import Role
from banjie.packs.watching import watching
from banjie.records import incidents, staff_notices
from banjie.records import watching as watched
from banjie.records.people import MACHINE, Standing

QUERY: Final = "数据库查询"
PAGE: Final = "网页打开"


def _row(incident: Incident) -> dict[str, object]:
    return {
        "name": incident.name,
        "status": incident.status.value,
        "began_at": incident.began_at,
        "ended_at": incident.ended_at,
    }


INCIDENT: Final = Kind(incidents.INCIDENTS, law.decide, law.evolve, law.KINDS, _row)


def probe(platform: Platform, at: datetime) -> int:
    """Measures everything that can be measured, if its time has come; answers with how many changed."""
    changed = 0
    for name, measure in probes(platform).items():
        latest = incidents.readings(platform.database, MACHINE.eyes, platform.region, name, 1)
        every = timedelta(seconds=watching().probe_every_s)
        if latest and latest[0].at <= at < latest[0].at + every:
            continue
        changed += heard(platform, name, Reading(at, timed(measure)), at)
    return changed


def probes(platform: Platform) -> Mapping[str, Callable[[], object]]:
    """What is measured: a query as every page asks it, and a page by its address where one is set."""
    found: dict[str, Callable[[], object]] = {QUERY: lambda: incidents.ask(platform.database)}
    if platform.open_page is not None:
        found[PAGE] = platform.open_page
    return {name: measure for name, measure in found.items() if name in watching().probes}


def timed(measure: Callable[[], object]) -> int | None:
    """How many milliseconds it takes; None when it fails."""
    begun = perf_counter()
    try:
        measure()
    except (OSError, OperationalError):
        return None
    return round((perf_counter() - begun) * 1000)


def heard(platform: Platform, name: str, reading: Reading, at: datetime) -> int:
    """Keeps a reading, and opens or ends an incident when enough of them agree. 1 when something changed."""
    rules, database, region = watching(), platform.database, platform.region
    threshold = rules.probes[name]
    incidents.keep_reading(database, region, name, reading, at - timedelta(days=rules.keep_readings_days))
    going_on = incidents.open_one(database, region, name)
    enough = max(threshold.bad, threshold.good)
    latest = incidents.readings(database, MACHINE.eyes, region, name, enough)
    since = verdict(latest, threshold, is_open=going_on is not None)
    if since is None:
        return 0
    if going_on is not None:
        command: law.Command = law.EndIncident(since, f"连续 {threshold.good} 次探测正常")
        act(platform, INCIDENT, command, actor=MACHINE, region=region, subject=going_on.id, now=at)
        return 1
    slowest = max((one.ms for one in latest if one.ms is not None), default=None)
    words = f"连续 {threshold.bad} 次探测不正常" + (f"，最慢 {slowest} 毫秒" if slowest is not None else "，没有答复")
    subject = str(uuid.uuid5(uuid.NAMESPACE_URL, f"banjie:incident:{region}:{name}:{since.isoformat()}"))
    act(
        platform,
        INCIDENT,
        law.OpenIncident(name, words, since),
        actor=MACHINE,
        region=region,
        subject=subject,
        now=at,
    )
    warn_owners(platform, subject, name, at)
    return 1


def record(
    platform: Platform,
    standing: Standing,
    *,
    name: str,
    words: str,
    began_at: datetime,
    ended_at: datetime | None,
    key: str,
) -> str:
    """登记故障 by hand; the incident's identifier, the same one for the same `key`. Raises `Refused`."""
    subject = str(uuid.uuid5(uuid.NAMESPACE_URL, f"banjie:incident:{standing.actor.account}:{key}"))
    command = law.OpenIncident(name, words, began_at, ended_at)
    act(platform, INCIDENT, command, actor=standing, region=platform.region, subject=subject)
    if ended_at is None:
        warn_owners(platform, subject, name, platform.now())
    return subject


def end(platform: Platform, standing: Standing, incident: str, ended_at: datetime, words: str) -> None:
    """登记恢复 by hand."""
    act(
        platform,
        INCIDENT,
        law.EndIncident(ended_at, words),
        actor=standing,
        region=platform.region,
        subject=incident,
    )


def void(platform: Platform, standing: Standing, incident: str, reason: str) -> None:
    """作废: it was none."""
    act(platform, INCIDENT, law.VoidIncident(reason), actor=standing, region=platform.region, subject=incident)


def warn_owners(platform: Platform, incident: str, name: str, at: datetime) -> None:
    """Tells the offices that have cases due today: the clock runs on, so they had better know."""
    today = at.astimezone(CHINA).date()
    for region, office, number in watched.due_that_day(platform.database, today):
        told = staff_notices.called(
            platform.database, region, office, [Role.WINDOW.value, Role.REVIEWER.value, Role.DECIDER.value], today
        )
        tell_staff(
            platform,
            told,
            region=region,
            key=f"incident:{incident}",
            kind="incident",
            subject=f"系统故障：{name}",
            body=f"本单位有 {number} 件办件今天到期。系统故障不停止计时，请优先办理，必要时先用纸质方式办理后补录。",
            href="/office/?view=today",
            at=at,
        )
