"""Publishing items: one person prepares an edition, another one puts it in force (事项双人发布).

Running cases keep the edition they were filed under. What happened to an edition is journalled like everything else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.engine.ids import RegionCode
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.publish import Unpublishable, prepare
from banjie.records import catalogue
from banjie.records.catalogue import Edition, EditionRow, State
from banjie.records.database import Cursor
from banjie.records.people import Standing

TWO_PERSONS = "事项双人发布"


@dataclass(frozen=True, slots=True)
class EditionProposed:
    """An edition has been prepared; `digest` is the fingerprint of what it says, `faults` how much stood against it."""

    on: date
    by: str
    digest: str
    faults: int = 0


@dataclass(frozen=True, slots=True)
class EditionPublished:
    """The edition has been put in force, having been prepared by `prepared_by`."""

    on: date
    by: str
    prepared_by: str
    digest: str


@dataclass(frozen=True, slots=True)
class EditionWithdrawn:
    """Nobody may apply under the edition any more; of a draft: it has been thrown away."""

    on: date
    by: str
    reason: str
    was: str


def propose(platform: Platform, standing: Standing, item: Item, *, now: datetime | None = None) -> EditionRow:
    """Keeps `item` as the draft of its next edition, with everything that stands against its publication.

    The edition's number is given here. A draft that is waiting is replaced, and whoever replaced it has prepared it.
    Raises `Refused` for anyone but a manager of the item's region.
    """
    _require_manager(standing, item.region)
    at = now or platform.now()
    today = at.astimezone(CHINA).date()
    with _editions(platform, standing, item.region, item.code) as (cursor, rows):
        newest = rows[0] if rows else None
        number = 1 if newest is None else newest.edition + (newest.state is not State.DRAFT)
        draft = replace(item, edition=number)
        faults = _faults(cursor, draft, rows, today)
        account = standing.actor.account
        edition = Edition(draft, State.DRAFT, source="manager", gates=faults, prepared_by=account)
        catalogue.write(cursor, (edition,))
        row = catalogue.editions_seen(cursor, item.region, item.code)[0]
        catalogue.record(
            cursor, standing.eyes, row, EditionProposed(today, account, row.digest, faults=len(faults)), at
        )
    return row


def publish(
    platform: Platform, standing: Standing, region: str, code: str, edition: int, *, now: datetime | None = None
) -> EditionRow:
    """Puts a draft in force in place of the edition before it.

    Raises `Refused` when the same person prepared it, when something stands against it (judged anew today), or when
    it is no draft.
    """
    _require_manager(standing, region)
    at = now or platform.now()
    today = at.astimezone(CHINA).date()
    account = standing.actor.account
    with _editions(platform, standing, region, code) as (cursor, rows):
        row = _one(rows, edition, State.DRAFT)
        if row.prepared_by == account:
            raise Refused(
                "这一版是您本人编制的，不能由您发布", rule=TWO_PERSONS, remedy="请由另一名事项管理人员核对后发布"
            )
        item = catalogue.item_seen(cursor, row)
        faults = _faults(cursor, item, rows, today)
        if faults:
            fault = faults[0]
            rest = f"（共有 {len(faults)} 处不符合发布要求）" if len(faults) > 1 else ""
            raise Refused(
                f"{fault.label}：{fault.reason}{rest}", rule="发布门槛", remedy=fault.remedy, field=fault.field
            )
        if item.effective_on > today and any(one.state is State.PUBLISHED for one in rows):
            raise Refused(
                f"这一版 {item.effective_on.isoformat()} 才生效，现在发布会使现行版提前停用",
                rule="事项版本生效日期",
                remedy="请在生效日当天发布，或把生效日期改为今天",
                field="effective_on",
            )
        if not catalogue.put_in_force(cursor, row, published_by=account):
            raise Refused("这一版刚刚被改动", rule="同时办理", remedy="请刷新后重新核对再发布")
        event = EditionPublished(today, account, row.prepared_by, row.digest)
        catalogue.record(cursor, standing.eyes, row, event, at)
        published = _one(catalogue.editions_seen(cursor, region, code), edition, State.PUBLISHED)
    platform.laws.forget()
    return published


def withdraw(
    platform: Platform,
    standing: Standing,
    region: str,
    code: str,
    edition: int,
    reason: str,
    *,
    now: datetime | None = None,
) -> EditionRow:
    """Takes an edition out of force, or throws a draft away. Running cases go on under it.

    One person is enough: what is wrong must be stoppable at once. Raises `Refused` without a reason.
    """
    _require_manager(standing, region)
    if not reason.strip():
        raise Refused("没有写明停用的理由", rule="事项停用", remedy="请写明理由，它会记入这一版的历史", field="reason")
    at = now or platform.now()
    with _editions(platform, standing, region, code) as (cursor, rows):
        row = _one(rows, edition, State.DRAFT, State.PUBLISHED)
        if not catalogue.take_out_of_force(cursor, row):
            raise Refused("这一版刚刚被改动", rule="同时办理", remedy="请刷新后再试一次")
        today = at.astimezone(CHINA).date()
        event = EditionWithdrawn(today, standing.actor.account, reason.strip(), row.state.value)
        catalogue.record(cursor, standing.eyes, row, event, at)
        withdrawn = _one(catalogue.editions_seen(cursor, region, code), edition, State.WITHDRAWN)
    platform.laws.forget()
    return withdrawn


@contextmanager
def _editions(
    platform: Platform, standing: Standing, region: str, code: str
) -> Iterator[tuple[Cursor, tuple[EditionRow, ...]]]:
    """One transaction in which nobody else changes the editions of an item, with those there are, the latest first."""
    with platform.database.seen_by(standing.eyes) as cursor:
        catalogue.lock(cursor, region, code)
        yield cursor, catalogue.editions_seen(cursor, region, code)


def _faults(cursor: Cursor, item: Item, rows: tuple[EditionRow, ...], today: date) -> tuple[Fault, ...]:
    in_force = next((row for row in rows if row.state is State.PUBLISHED), None)
    prepared = prepare(item, catalogue.item_seen(cursor, in_force) if in_force else None, today)
    return prepared.faults if isinstance(prepared, Unpublishable) else ()


def _one(rows: tuple[EditionRow, ...], edition: int, *states: State) -> EditionRow:
    row = next((row for row in rows if row.edition == edition), None)
    if row is None:
        raise Refused(f"没有第 {edition} 版", rule="事项版本", remedy="请核对事项编码和版次", field="edition")
    if row.state not in states:
        raise Refused(
            f"第 {edition} 版目前是“{catalogue.STATE_NAMES[row.state]}”，不能这样操作",
            rule="事项版本",
            remedy="可以操作的状态：" + "、".join(catalogue.STATE_NAMES[state] for state in states),
            field="edition",
        )
    return row


def _require_manager(standing: Standing, region: str) -> None:
    place = RegionCode.parse(region)
    for post in standing.posts:
        if post.role is Role.MANAGER and place.is_within(RegionCode.parse(post.region)):
            return
    raise Refused(
        "您不能编制或发布这个地区的事项",
        rule="事项管理权限",
        remedy="请由该地区或其上级的事项管理人员办理",
    )
