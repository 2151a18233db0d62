"""What the pages of 督查 share: who looks and at which regions, and an act that is either done or explained."""

import uuid
from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages as banners
from django.http import HttpRequest

from banjie.engine.calendar import CHINA
from banjie.engine.subject import Refused
from banjie.engine.watching import Level
from banjie.records.people import Standing
from banjie.web.identity import visitor

LEVEL_TAGS = {
    Level.NONE: "green",
    Level.BLUE: "blue",
    Level.YELLOW: "yellow",
    Level.RED: "red",
    Level.STATUTORY: "red",
}
"""The colour of tag() for each card; the words beside it say it too."""


def standing_of(request: HttpRequest) -> Standing:
    """Who looks; the door before the view has made sure that somebody does."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return standing


def regions_of(standing: Standing) -> list[str]:
    """The regions whoever looks watches over, as her eyes have them."""
    return [region.strip('"') for region in standing.eyes.regions.strip("{}").split(",") if region]


def tried(request: HttpRequest, act: Callable[[], object], done: str) -> Refused | None:
    """Carries out an act: a banner says that it is done, or the refusal is handed back for the form."""
    try:
        act()
    except Refused as refused:
        return refused
    banners.success(request, done)
    return None


def errors_of(refusal: Refused | None) -> list[dict[str, str]]:
    """The refusal as an error summary shows it."""
    if refusal is None:
        return []
    return [{"field": refusal.field or "", "message": f"{refusal.reason}。{refusal.remedy}"}]


def given(request: HttpRequest, name: str, most: int = 2000) -> str:
    """What was typed into a field, cut to a length no honest answer needs."""
    return request.POST.get(name, "").replace("\x00", "")[:most]


def subject_of(text: str) -> str:
    """An identifier from a hidden field. Raises `Refused` for anything else."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Refused("没有找到要办的这一条", rule="电子监察", remedy="请刷新后再试") from None


def moment_of(text: str, field: str) -> datetime | None:
    """A moment of the city from a date-and-time field, None when it is empty. Raises `Refused` for what is none."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()[:16]).replace(tzinfo=CHINA)
    except ValueError:
        raise Refused(
            "时间没有看懂", rule="系统故障登记", remedy="请照 2026-11-24 09:30 的样子填写", field=field
        ) from None


def day_of(text: str) -> date | None:
    """A day from an address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
