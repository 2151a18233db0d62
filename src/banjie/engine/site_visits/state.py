"""What can have happened to a site visit, and what is true of it."""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never, get_args

from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.case_files import NO_CASE, About
from banjie.engine.site_visits.acts import Finding, Found, Photo, Place, Point, Visitor


@dataclass(frozen=True, slots=True)
class VisitPlanned:
    """已安排."""

    at: datetime
    by: str
    name: str
    about: About
    step: str
    starts: datetime
    order: int
    address: str
    matter: str
    visitors: tuple[Visitor, ...]
    points: tuple[Point, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class VisitMoved:
    """已改期."""

    at: datetime
    by: str
    starts: datetime
    order: int
    reason: str


@dataclass(frozen=True, slots=True)
class VisitCalledOff:
    """已取消."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingsRecorded:
    """已记录."""

    at: datetime
    by: str
    name: str
    found: tuple[Found, ...]
    note: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplicantNoted:
    """申请人已签字, or did not."""

    at: datetime
    by: str
    signed: bool
    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VisitSigned:
    """已签署; `whole` when all visitors have."""

    at: datetime
    by: str
    name: str
    passed: bool
    opinion: str
    whole: bool = False


Event = VisitPlanned | VisitMoved | VisitCalledOff | FindingsRecorded | ApplicantNoted | VisitSigned

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every kind of event by its name in the journal."""


class VisitStatus(StrEnum):
    """核查状态."""

    NONE = "none"
    PLANNED = "planned"
    RECORDED = "recorded"
    DONE = "done"
    CANCELLED = "cancelled"


STATUS_NAMES = {
    VisitStatus.NONE: "没有安排",
    VisitStatus.PLANNED: "已安排",
    VisitStatus.RECORDED: "记录中",
    VisitStatus.DONE: "已完成",
    VisitStatus.CANCELLED: "已取消",
}

OPEN = frozenset({VisitStatus.PLANNED, VisitStatus.RECORDED})


@dataclass(frozen=True, slots=True)
class Signature:
    """签署."""

    account: str
    name: str
    passed: bool
    opinion: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """A site visit as it stands."""

    status: VisitStatus = VisitStatus.NONE
    about: About = NO_CASE
    step: str = ""
    starts: datetime | None = None
    order: int = 0
    address: str = ""
    matter: str = ""
    visitors: tuple[Visitor, ...] = ()
    points: tuple[Point, ...] = ()
    place: Place | None = None
    found: tuple[Found, ...] = ()
    note: str = ""
    photos: tuple[Photo, ...] = ()
    applicant: ApplicantNoted | None = None
    signatures: tuple[Signature, ...] = ()
    closing_reason: str = ""

    @property
    def day(self) -> date | None:
        """The city's day of the visit."""
        return self.starts.astimezone(CHINA).date() if self.starts else None

    @property
    def spot(self) -> Place | None:
        """Where the photographs should have been taken: the place planned, else that of the first photograph."""
        return self.place or next((photo.place for photo in self.photos if photo.place), None)

    def of(self, key: str) -> Found | None:
        """What was found on a point, None when nothing yet."""
        return next((one for one in self.found if one.key == key), None)

    @property
    def unseen(self) -> tuple[Point, ...]:
        """Points on which nothing was found yet."""
        return tuple(point for point in self.points if self.of(point.key) is None)

    @property
    def not_met(self) -> tuple[Point, ...]:
        """Points that are not met."""
        known = {one.key for one in self.found if one.finding is Finding.NOT_MET}
        return tuple(point for point in self.points if point.key in known)

    @property
    def passed(self) -> bool:
        """Whether those who have signed find for the application."""
        return bool(self.signatures) and all(one.passed for one in self.signatures)


@dataclass(frozen=True, slots=True)
class Custom:
    """What a city sets: least number of visitors, hours a photograph may be from the visit, metres from its place."""

    visitors_least: int = 2
    far_hours: int = 12
    far_metres: int = 500


USUAL = Custom()
"""Where a city sets nothing."""


def doubts(visit: SiteVisit, photo: Photo, custom: Custom = USUAL) -> tuple[str, ...]:
    """What of a photograph does not go with the visit, in words; empty when all does."""
    told = []
    if photo.taken_at is None:
        told.append("照片里没有拍摄时间")
    elif visit.starts is not None and abs(photo.taken_at - visit.starts) > timedelta(hours=custom.far_hours):
        at = photo.taken_at.astimezone(CHINA)
        told.append(f"拍摄时间 {chinese_date(at.date())} {at:%H:%M}，离核查时间超过 {custom.far_hours} 小时")
    if photo.place is None:
        told.append("照片里没有拍摄地点")
    elif visit.spot is not None and (far := metres(photo.place, visit.spot)) > custom.far_metres:
        told.append(f"拍摄地点离核查地点约 {far / 1000:.1f} 公里")
    return tuple(told)


def metres(one: Place, other: Place) -> float:
    """How far two places are from each other, along the surface of the earth."""
    first, second = math.radians(one.latitude / 1_000_000), math.radians(other.latitude / 1_000_000)
    across = math.radians((other.longitude - one.longitude) / 1_000_000)
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(half)))


def evolve(visit: SiteVisit, event: Event) -> SiteVisit:
    """What is true after `event`."""
    match event:
        case VisitPlanned():
            names = ("about", "step", "starts", "order", "address", "matter", "visitors", "points", "place")
            return SiteVisit(status=VisitStatus.PLANNED, **{name: getattr(event, name) for name in names})
        case VisitMoved():
            return replace(visit, starts=event.starts, order=event.order)
        case VisitCalledOff():
            return replace(visit, status=VisitStatus.CANCELLED, closing_reason=event.reason)
        case FindingsRecorded():
            newer = {one.key for one in event.found}
            known = {photo.sha256 for photo in visit.photos}
            return replace(
                visit,
                status=VisitStatus.RECORDED,
                found=(*(one for one in visit.found if one.key not in newer), *event.found),
                note=event.note or visit.note,
                photos=(*visit.photos, *(photo for photo in event.photos if photo.sha256 not in known)),
            )
        case ApplicantNoted():
            return replace(visit, applicant=event)
        case VisitSigned():
            signature = Signature(event.by, event.name, event.passed, event.opinion, event.at)
            return replace(
                visit,
                signatures=(*visit.signatures, signature),
                status=VisitStatus.DONE if event.whole else visit.status,
            )
        case _:
            assert_never(event)
