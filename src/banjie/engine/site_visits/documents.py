"""现场核查记录: what its template prints."""

from dataclasses import dataclass

from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.site_visits.acts import FINDING_NAMES
from banjie.engine.site_visits.state import USUAL, Custom, SiteVisit, doubts

SERIES = "核"
"""The 字 of its numbers."""


@dataclass(frozen=True, slots=True)
class Line:
    """One review point: what was found, in words."""

    point: str
    finding: str
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph: its name and hash, when and where it was taken, and what of it does not go with the visit."""

    name: str
    sha256: str
    taken: str
    place: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Record:
    """现场核查记录."""

    visited_at: str
    address: str
    visitors: tuple[str, ...]
    matter: str
    lines: tuple[Line, ...]
    note: str
    photos: tuple[Picture, ...]
    result: str
    opinions: tuple[str, ...]
    person: str
    signed: str


def record_of(visit: SiteVisit, custom: Custom = USUAL) -> Record:
    """The record of a visit that all have signed."""
    known = {point.key: point.text for point in visit.points}
    starts = visit.starts.astimezone(CHINA) if visit.starts else None
    noted = visit.applicant
    pictures = []
    for photo in visit.photos:
        at = photo.taken_at.astimezone(CHINA) if photo.taken_at else None
        pictures.append(
            Picture(
                name=photo.name,
                sha256=photo.sha256,
                taken=f"{chinese_date(at.date())} {at:%H:%M}" if at else "没有记载",
                place=photo.place.words if photo.place else "没有记载",
                doubt="；".join(doubts(visit, photo, custom)),
            )
        )
    return Record(
        visited_at=f"{chinese_date(starts.date())} {starts:%H:%M}" if starts else "",
        address=visit.address,
        visitors=tuple(one.name for one in visit.visitors),
        matter=visit.matter,
        lines=tuple(Line(known[one.key], FINDING_NAMES[one.finding], one.words) for one in visit.found),
        note=visit.note,
        photos=tuple(pictures),
        result="通过" if visit.passed else "不通过",
        opinions=tuple(f"{one.name}：{one.opinion}" for one in visit.signatures),
        person=noted.person if noted else "",
        signed="已签字确认" if noted and noted.signed else f"没有签字：{noted.reason}" if noted else "",
    )
