"""Cases of departments with systems of their own, as they have told of them over the last months."""

from datetime import datetime, time, timedelta

from banjie.actions.cases_elsewhere import take
from banjie.actions.flow import follow_flow
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.external_cases import Examined, Facts, Meaning, Report, Step, examine
from banjie.records import registers
from banjie.records.people import MACHINE

CASES = 120
_DAYS = 14
"""Calendar days each case is promised in."""

_WAYS = (
    (("收件", 0.1), ("受理", 0.4), ("审查", 4), ("审核", 6), ("决定", 8), ("送达", 9)),
    (("收件", 0.1), ("受理", 0.6), ("审查", 5), ("补正", 6), ("审查", 9), ("审核", 11), ("决定", 13), ("送达", 14)),
    (("收件", 0.2), ("受理", 0.9), ("审查", 7), ("现场勘查", 10), ("审核", 14), ("决定", 17), ("送达", 18)),
    (("收件", 0.1), ("受理", 0.3), ("审查", 2), ("审核", 3), ("决定", 4), ("送达", 5)),
)
"""How the cases go, in days from their beginning: straight, with a correction, slow with a visit, quick."""

_MEANINGS = {
    "收件": Meaning.RECEIVED,
    "受理": Meaning.ACCEPTED,
    "补正": Meaning.CORRECTION,
    "审查": Meaning.REVIEW,
    "审核": Meaning.REVIEW,
    "决定": Meaning.DECIDED,
    "送达": Meaning.DELIVERED,
}
_OFFICES = {"收件": "水利服务窗口", "送达": "水利服务窗口", "现场勘查": "勘查队", "决定": "局长办公室"}


def tell_elsewhere(platform: Platform) -> int:
    """Takes in a department's cases of the last eight months, and counts all flow; answers with how many cases."""
    organs = registers.organs_of(platform.database, platform.region)
    organ = next((one.code for one in organs if "水" in one.name), "")
    now = platform.now()
    told = [_case(platform, number, organ, now) for number in range(CASES)]
    take(platform, told, actor=MACHINE, now=now)
    while follow_flow(platform, now):
        pass
    return len(told)


def _case(platform: Platform, number: int, organ: str, now: datetime) -> Examined:
    day = (now - timedelta(days=2 * (CASES - number) - number % 3)).astimezone(CHINA).date()
    began = min(datetime.combine(day, time(9, 10 + number % 40), CHINA), now)
    way = _WAYS[(number * 7) % 11 % 4]
    steps = [
        Step(
            f"{number}-{place}",
            activity,
            began + timedelta(days=after),
            _MEANINGS.get(activity),
            f"水利{number % 5 + 1}号",
            _OFFICES.get(activity, "水政水资源科"),
        )
        for place, (activity, after) in enumerate(way)
    ]
    done = [step for step in steps if step.at <= now]
    decided = next((step.at for step in done if step.meaning is Meaning.DECIDED), None)
    facts = Facts(
        started_at=began,
        organ=organ,
        organ_name="澜江市水利局",
        item="",
        item_name="取水许可",
        channel=("窗口", "网上")[number % 2],
        due_at=None if number == 40 else began + timedelta(days=_DAYS),
        # One end was typed in wrongly at its source, as happens: before the beginning.
        ended_at=began - timedelta(days=1) if number == 25 else decided,
    )
    return examine(Report("水利审批系统", f"SL{began:%Y}{number:05d}", platform.region, facts, tuple(done)), now)
