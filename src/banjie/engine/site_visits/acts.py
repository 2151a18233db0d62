"""What officials may ask of a site visit. Each act is a command; its Chinese name stands in `NAMES`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from banjie.engine.case_files import About


class Finding(StrEnum):
    """核查结果 of one review point."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


FINDING_NAMES = {Finding.MET: "符合", Finding.NOT_MET: "不符合", Finding.NOT_APPLICABLE: "不涉及"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """核查人员: the account, and the name people read."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, in millionths of a degree (WGS 84): whole numbers, which a history can be hashed over."""

    latitude: int
    longitude: int

    @classmethod
    def at(cls, latitude: float, longitude: float) -> "Place":
        """The place of these degrees."""
        return cls(round(latitude * 1_000_000), round(longitude * 1_000_000))

    @property
    def words(self) -> str:
        """As maps take it: 30.12345, 112.12345."""
        return f"{self.latitude / 1_000_000:.5f}, {self.longitude / 1_000_000:.5f}"


@dataclass(frozen=True, slots=True)
class Point:
    """核查要点: what is looked at, in the item's own words. `target` is the key of its material, "" for none."""

    key: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one point."""

    key: str
    finding: Finding
    words: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph from the spot. `taken_at` and `place` are what the camera wrote; None where it wrote nothing.

    `point` is the key of the review point it shows, "" for the whole.
    """

    sha256: str
    name: str
    media_type: str
    size: int
    point: str = ""
    taken_at: datetime | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PlanSiteVisit:
    """安排现场核查. `order` is its place in the day's route; `step` the case's step it is made for, "" for none."""

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
class MoveSiteVisit:
    """改期."""

    starts: datetime
    order: int
    reason: str


@dataclass(frozen=True, slots=True)
class CancelSiteVisit:
    """取消核查."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordFindings:
    """记录核查情况: what is given here is added to, or put in the place of, what was given before."""

    found: tuple[Found, ...]
    note: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteApplicant:
    """申请人签字, or why there is none. `person` is who was there for the applicant."""

    signed: bool
    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignSiteVisit:
    """签署核查结论, each of the visitors for herself."""

    passed: bool
    opinion: str


Command = PlanSiteVisit | MoveSiteVisit | CancelSiteVisit | RecordFindings | NoteApplicant | SignSiteVisit

NAMES: dict[type[Command], str] = {
    PlanSiteVisit: "安排现场核查",
    MoveSiteVisit: "核查改期",
    CancelSiteVisit: "取消核查",
    RecordFindings: "记录核查情况",
    NoteApplicant: "登记申请人签字",
    SignSiteVisit: "签署核查结论",
}
