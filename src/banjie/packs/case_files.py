"""办件卷宗: what a city sets about hearings, panels and site visits (content/case_files.yaml)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine import meetings, site_visits
from banjie.packs.reading import Reading, Source, compose

SHIPPED: Final = files("banjie") / "content" / "case_files.yaml"


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """Everything a city sets about what stands beside a case."""

    meetings: meetings.Custom
    site_visits: site_visits.Custom


_KEYS: Final = {
    CaseFiles: {"会议": "meetings", "现场核查": "site_visits"},
    meetings.Custom: {
        "听证申请工作日": "ask_days",
        "听证举行工作日": "hold_days",
        "听证通知工作日": "notice_days",
        "纪要工作日": "minutes_days",
        "专家人数": "experts_least",
    },
    site_visits.Custom: {
        "核查人数": "visitors_least",
        "照片时间相差小时": "far_hours",
        "照片地点相差米": "far_metres",
    },
}


@cache
def case_files() -> CaseFiles:
    """What the shipped file sets; read once a process."""
    return read_case_files(SHIPPED)


def read_case_files(source: Source) -> CaseFiles:
    """What a file sets. Raises `PackError` naming line, entry and remedy."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: CaseFiles = reading.value(CaseFiles, node)
    reading.check()
    law = meetings.USUAL
    if found.meetings.ask_days < law.ask_days:
        reading.note("meetings.ask_days", f"申请听证的期限不能少于 {law.ask_days} 个工作日", "行政许可法第四十七条")
    if found.meetings.hold_days > law.hold_days:
        reading.note("meetings.hold_days", f"应当在 {law.hold_days} 个工作日内组织听证", "行政许可法第四十七条")
    if found.meetings.notice_days < law.notice_days:
        reading.note("meetings.notice_days", f"应当提前 {law.notice_days} 个工作日通知", "行政许可法第四十八条")
    if found.site_visits.visitors_least < site_visits.USUAL.visitors_least:
        reading.note("site_visits.visitors_least", "现场核查应当有两名以上工作人员", "行政许可法第三十四条")
    reading.check()
    return found
