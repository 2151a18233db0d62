"""工作日历版本: one person prepares an edition of a region's calendar, another one publishes it (双人发布).

An edition is the whole of what its region itself says of its days; what it inherits stays with the region above. It
takes force at once when it is published, under the next serial number of all publications: a running case holds the
number under which it is reckoned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, assert_never, get_args

from banjie.engine.calendar import EARLIEST_YEAR, LATEST_YEAR, Calendar, DayKind, chinese_day
from banjie.engine.ids import RegionCode
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

RULE = "工作日历双人发布"


class Status(StrEnum):
    """日历版本状态."""

    NONE = "none"
    DRAFT = "draft"
    PUBLISHED = "published"
    DROPPED = "dropped"


STATUS_NAMES = {
    Status.NONE: "没有",
    Status.DRAFT: "草稿",
    Status.PUBLISHED: "已公布",
    Status.DROPPED: "已作废",
}


@dataclass(frozen=True, slots=True)
class DraftEdition:
    """起草: `document` is the edition in the form of a calendar file."""

    region: str
    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviseEdition:
    """修改草稿."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DropEdition:
    """作废草稿."""

    reason: str


@dataclass(frozen=True, slots=True)
class PublishEdition:
    """公布, as publication `serial`. `previewed` is the version of the draft whose preview has been seen."""

    serial: int
    previewed: int


Command = DraftEdition | ReviseEdition | DropEdition | PublishEdition

NAMES: dict[type[Command], str] = {
    DraftEdition: "起草工作日历",
    ReviseEdition: "修改工作日历草稿",
    DropEdition: "作废工作日历草稿",
    PublishEdition: "公布工作日历",
}


@dataclass(frozen=True, slots=True)
class EditionDrafted:
    """已起草."""

    at: datetime
    by: str
    region: str
    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditionRevised:
    """草稿已修改."""

    at: datetime
    by: str
    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditionDropped:
    """草稿已作废."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """已公布: in force from this moment on."""

    at: datetime
    by: str
    serial: int


Event = EditionDrafted | EditionRevised | EditionDropped | EditionPublished

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a region's calendar. `revision` counts the savings of the draft, from 1."""

    status: Status = Status.NONE
    region: str = ""
    name: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    drafted_at: datetime | None = None
    prepared_by: str = ""
    published_by: str = ""
    published_at: datetime | None = None
    serial: int | None = None
    reason: str = ""


def decide(edition: Edition, command: Command, *, actor: Actor, now: datetime, home: str) -> tuple[Event, ...]:
    """What follows. `home` is the region of the platform, whose officials also keep what stands above it.

    Raises `Refused`: who may not, a state in which it is not possible, and whoever would publish her own draft.
    """
    region = command.region if isinstance(command, DraftEdition) else edition.region
    require_keeper(actor, type(command), region, home)
    if isinstance(command, DraftEdition):
        if edition.status is not Status.NONE:
            raise Refused("这个版本已经有了", rule=RULE, remedy="请刷新后修改已有的草稿")
        _require_name(command.name)
        return (EditionDrafted(now, actor.account, command.region, command.name.strip(), command.document),)
    if edition.status is not Status.DRAFT:
        raise Refused(
            f"这个版本{STATUS_NAMES[edition.status]}，不能再{NAMES[type(command)]}",
            rule=RULE,
            remedy="请另起草一个版本",
        )
    match command:
        case ReviseEdition():
            _require_name(command.name)
            return (EditionRevised(now, actor.account, command.name.strip(), command.document),)
        case DropEdition():
            if not command.reason.strip():
                raise Refused("没有写明为什么作废", rule=RULE, remedy="请写一句理由", field="reason")
            return (EditionDropped(now, actor.account, command.reason.strip()),)
        case PublishEdition():
            if edition.prepared_by == actor.account:
                raise Refused(
                    "不能由起草人自己公布", rule=RULE, remedy="请另一位机关负责人或事项管理人员核对预览后公布"
                )
            if command.previewed != edition.revision:
                raise Refused(
                    "预览之后草稿又改过，或者还没有预览",
                    rule="先预览再公布",
                    remedy="请重新预览哪些期限会变，核对后再公布",
                )
            return (EditionPublished(now, actor.account, command.serial),)
        case _:
            assert_never(command)


def evolve(edition: Edition, event: Event) -> Edition:
    """What is true after `event`."""
    match event:
        case EditionDrafted():
            return Edition(
                status=Status.DRAFT,
                region=event.region,
                name=event.name,
                document=event.document,
                revision=1,
                drafted_at=event.at,
                prepared_by=event.by,
            )
        case EditionRevised():
            return replace(
                edition,
                name=event.name,
                document=event.document,
                revision=edition.revision + 1,
                prepared_by=event.by,
            )
        case EditionDropped():
            return replace(edition, status=Status.DROPPED, reason=event.reason)
        case EditionPublished():
            return replace(
                edition,
                status=Status.PUBLISHED,
                published_by=event.by,
                published_at=event.at,
                serial=event.serial,
            )
        case _:
            assert_never(event)


PREPARE = frozenset({Role.MANAGER, Role.HEAD})
"""Who keeps calendars. The second person who publishes is another one of them."""


def keeps(actor: Actor, region: str, home: str) -> bool:
    """Whether somebody keeps the calendar of a region: her own and those below; at home also those above."""
    if not actor.roles & PREPARE or not actor.region:
        return False
    own, wanted, city = RegionCode.parse(actor.region), RegionCode.parse(region), RegionCode.parse(home)
    return wanted.is_within(own) or (own == city and city.is_within(wanted))


def require_keeper(actor: Actor, command: type[Command], region: str, home: str) -> None:
    """Raises `Refused` for whoever does not keep the calendar of the region."""
    if not keeps(actor, region, home):
        raise Refused(
            f"您不能{NAMES[command]}（{region}）：由本地区的事项管理人员和机关负责人办理",
            rule="办件权限表",
            remedy="请核对您的岗位和地区，或转交有权限的人员办理",
        )


def _require_name(name: str) -> None:
    if not 1 <= len(name.strip()) <= 40:
        raise Refused("版本名称应有 1 至 40 个字", rule=RULE, remedy="例如“全国2027”或“澜江市2026-2”", field="name")


# --- what stands against an edition ---


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a day or a year of an edition, and how to mend it."""

    place: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.reason}。{self.remedy}"


def findings(own: Calendar, beneath: Calendar | None, before: Calendar, whole: Calendar, today: date) -> list[Finding]:
    """Everything that stands against an edition.

    `own` is what the edition itself says, `beneath` what its region inherits, `before` the region's calendar in force
    and `whole` the one that the edition would put in force.
    """
    return [
        *_contradictions(own, beneath),
        *_missing_years(before, whole),
        *_changed_past(before, whole, today),
    ]


def _contradictions(own: Calendar, beneath: Calendar | None) -> Iterator[Finding]:
    for day in sorted(own.make_up):
        lower = beneath.kind(day) if beneath else DayKind.WEEKEND
        if day.weekday() < 5 and lower not in (DayKind.HOLIDAY, DayKind.CLOSED):
            yield Finding(chinese_day(day), "标为调休上班，但这天本来就是工作日", "请删去这一天，或改成周末的日期")
    for day in sorted({**own.closed, **own.half}):
        kind = _without_local(own, beneath, day)
        if not kind.works:
            word = "停办" if day in own.closed else "半天办公"
            yield Finding(chinese_day(day), f"标为{word}，但这天本来就不上班", "请删去这一天，或核对日期")


def _without_local(own: Calendar, beneath: Calendar | None, day: date) -> DayKind:
    """What the day would be without the closures of the edition."""
    if day in own.make_up:
        return DayKind.MAKE_UP
    if day in own.holidays:
        return DayKind.HOLIDAY
    if beneath is not None:
        return beneath.kind(day)
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING


def _missing_years(before: Calendar, whole: Calendar) -> Iterator[Finding]:
    known = sorted(whole.published_years | before.published_years)
    for lower, upper in pairwise(known):
        for year in range(lower + 1, upper):
            yield Finding(
                f"{year}年", f"已有{lower}年和{upper}年的放假安排，中间缺了{year}年", f"请先导入{year}年的安排"
            )
    for year in sorted(before.published_years - whole.published_years):
        yield Finding(f"{year}年", f"现行版本有{year}年的放假安排，这一版没有", f"请把{year}年的安排也放进来")


def _changed_past(before: Calendar, whole: Calendar, today: date) -> Iterator[Finding]:
    """Days that have passed keep what they were; those of a year nobody had published were only presumed."""
    first = date(max(EARLIEST_YEAR, min([today.year, *before.published_years])), 1, 1)
    last = min(today, date(LATEST_YEAR, 12, 31))
    named = {
        *before.holidays,
        *before.make_up,
        *before.closed,
        *before.half,
        *whole.holidays,
        *whole.make_up,
        *whole.closed,
        *whole.half,
    }
    for day in sorted(named):
        if first <= day < last and before.is_published(day) and before.kind(day).works != whole.kind(day).works:
            yield Finding(
                chinese_day(day),
                "已经过去，不能再改变它是不是工作日",
                "过去的日子按当时的日历计算；只能改今天和以后的日子",
            )


@dataclass(frozen=True, slots=True)
class Change:
    """A day that is something else now, in words: 工作日, 元旦放假, 本地停办（…）."""

    day: date
    was: str
    now: str


def changes(before: Calendar, whole: Calendar) -> list[Change]:
    """Every day that an edition makes another one, in order. Days of a year that is new are among them."""
    named: set[date] = set()
    for calendar in (before, whole):
        for days in (calendar.holidays, calendar.make_up, calendar.closed, calendar.half):
            named.update(days)
    return [
        Change(day, before.why(day), whole.why(day))
        for day in sorted(named)
        if (before.kind(day), before.name(day)) != (whole.kind(day), whole.name(day))
    ]
