"""Publishing items: one person prepares an edition, another one puts it in force (事项双人发布).

An edition published for a later day switches on that day by itself. Running cases keep the edition they were filed
under. What happened to an edition is journalled like everything else; `engine.editions` is the law of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from banjie.actions.platform import Platform
from banjie.engine import editions
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item
from banjie.engine.editions import TWO_PERSONS, Propose, Publish, Resume, State, Stop
from banjie.engine.forms import Fault
from banjie.engine.ids import RegionCode
from banjie.engine.inheritance import Upper, objections, own_values, require_above, require_allowed, resolve
from banjie.engine.permissions import Role
from banjie.engine.sharing_repeats import forced_materials
from banjie.engine.standards import differences, unknown_materials
from banjie.engine.subject import Refused
from banjie.packs.imports import digest
from banjie.packs.inherited import own_document
from banjie.packs.publish import Unpublishable, prepare
from banjie.records import catalogue, standards
from banjie.records.catalogue import Edition, EditionRow
from banjie.records.database import Cursor, Eyes
from banjie.records.people import Standing

__all__ = ["TWO_PERSONS", "Stale", "propose", "publish", "resume", "withdraw"]

IN_FORCE = (State.PUBLISHED, State.SUSPENDED, State.SCHEDULED)
"""What a new edition comes after: what people apply under, or will."""


class Stale(Refused):
    """Somebody else saved the draft while this person was editing it; nothing of either is lost."""

    def __init__(self, by: str) -> None:
        super().__init__(
            "您打开之后，这份草稿被别人改过",
            rule="同时编辑",
            remedy="请核对两边的不同，再决定保存哪一份；您填写的内容还在下面",
        )
        self.by = by


@dataclass(frozen=True, slots=True)
class Changing:
    """One transaction in which nobody else changes the editions of an item; `rows` are those there are, the latest
    first."""

    platform: Platform
    cursor: Cursor
    eyes: Eyes
    account: str
    rows: tuple[EditionRow, ...]
    at: datetime

    @property
    def today(self) -> date:
        """The city's day."""
        return self.at.astimezone(CHINA).date()

    @property
    def in_force(self) -> EditionRow | None:
        """The edition in force, or else the one to come."""
        return next((row for row in self.rows if row.state in IN_FORCE), None)

    def one(self, edition: int) -> EditionRow:
        """The edition of that number. Raises `Refused`."""
        row = next((row for row in self.rows if row.edition == edition), None)
        if row is None:
            raise Refused(f"没有第 {edition} 版", rule=editions.STATES, remedy="请核对事项编码和版次", field="edition")
        return row

    def act(self, row: EditionRow, command: editions.Command) -> None:
        """Decides on an edition and keeps what follows. Raises `Refused`, also when somebody was quicker."""
        history = row.history
        for event in editions.decide(history, command, by=self.account, today=self.today):
            history = editions.evolve(history, event)
            if not catalogue.keep_state(self.cursor, row, history):
                raise Refused("这一版刚刚被改动", rule="同时办理", remedy="请刷新后重新核对，再试一次")
            catalogue.record(self.cursor, self.eyes, row, event, self.at)

    def again(self, edition: int) -> EditionRow:
        """The edition as it is now."""
        rows = catalogue.editions_seen(self.cursor, self.rows[0].region, self.rows[0].code)
        return next(row for row in rows if row.edition == edition)


@contextmanager
def changing(
    platform: Platform, standing: Standing, region: str, code: str, now: datetime | None = None
) -> Iterator[Changing]:
    """One transaction in which nobody else changes the editions of an item."""
    at = now or platform.now()
    with platform.database.seen_by(standing.eyes) as cursor:
        catalogue.lock(cursor, region, code)
        rows = catalogue.editions_seen(cursor, region, code)
        yield Changing(platform, cursor, standing.eyes, standing.actor.account, rows, at)


# --- preparing ---


def propose(
    platform: Platform,
    standing: Standing,
    item: Item,
    *,
    upper: Upper | None = None,
    opened: tuple[int, int] | None = None,
    now: datetime | None = None,
) -> EditionRow:
    """Keeps `item` as the draft of its next edition, with everything that stands against its publication.

    The edition's number is given here. A draft that is waiting is replaced, and whoever replaced it has prepared it.
    `opened` is the edition and the revision that the editor had before her: if the newest is another one by now,
    `Stale` is raised and nothing is kept. `upper` is the edition it inherits from; left out, it stays what it was.
    Raises `Refused` for anyone but a manager of the item's region, and for an override of what is the upper level's.
    """
    require_manager(standing, item.region)
    with changing(platform, standing, item.region, item.code, now) as change:
        newest = change.rows[0] if change.rows else None
        if opened is not None and newest is not None and (newest.edition, newest.revision) != opened:
            raise Stale(newest.prepared_by)
        inherited = upper or (newest.upper if newest else None)
        return keep_draft(change, item, inherited)


def keep_draft(change: Changing, item: Item, upper: Upper | None, *, strict: bool = True) -> EditionRow:
    """Keeps a draft within a change. `strict`: overriding what is the upper level's is refused, else only noted."""
    newest = change.rows[0] if change.rows else None
    number = 1 if newest is None else newest.edition + (newest.state is not State.DRAFT)
    draft, own = replace(item, edition=number), {}
    above = _upper_item(change.cursor, upper, item) if upper else None
    if above is not None:
        own = own_values(above, draft)
        if strict:
            require_allowed(above, draft)
            draft = resolve(above, draft, own)
    faults = stands_against(change, draft, upper)
    mark = digest(draft)
    said = f"{upper.region}/{upper.code}/{upper.edition}" if upper else ""
    command = Propose(mark, draft.effective_on, len(faults), said)
    history = newest.history if newest and newest.state is State.DRAFT else editions.History()
    [event] = editions.decide(history, command, by=change.account, today=change.today)
    edition = Edition(
        draft,
        State.DRAFT,
        source="manager",
        gates=faults,
        prepared_by=change.account,
        digest=mark,
        upper=upper,
        own=own_document(own),
    )
    catalogue.write(change.cursor, (edition,))
    row = catalogue.editions_seen(change.cursor, item.region, item.code)[0]
    catalogue.record(change.cursor, change.eyes, row, event, change.at)
    return row


def _upper_item(cursor: Cursor, upper: Upper, item: Item) -> Item:
    """The upper edition in full. Raises `Refused` if there is none, or it does not lie above."""
    require_above(upper, item.region, item.code)
    rows = catalogue.editions_seen(cursor, upper.region, upper.code)
    row = next((row for row in rows if row.edition == upper.edition), None)
    if row is None:
        raise Refused(
            f"没有上级事项 {upper.region} {upper.code} 第 {upper.edition} 版",
            rule="逐级认领",
            remedy="请核对上级的区划、编码和版次",
            field="upper",
        )
    return catalogue.item_seen(cursor, row)


def stands_against(change: Changing, item: Item, upper: Upper | None) -> tuple[Fault, ...]:
    """Everything that stands against publishing an item: the gates, the edition before, the upper level, registers."""
    before = change.in_force
    prepared = prepare(item, catalogue.item_seen(change.cursor, before) if before else None, change.today)
    faults = list(prepared.faults) if isinstance(prepared, Unpublishable) else []
    if upper is not None:
        faults += objections(_upper_item(change.cursor, upper, item), item)
    if item.catalogue_code and (entry := standards.basic_entry(change.cursor, item.catalogue_code)):
        told = {fault.field for fault in faults}
        faults += [fault for fault in differences(item, entry) if fault.field not in told]
    named = standards.standard_materials_named(change.cursor, (material.standard for material in item.materials))
    faults += unknown_materials(item, named)
    faults += forced_materials(item, named)
    return tuple(faults)


# --- publishing and stopping ---


def publish(
    platform: Platform, standing: Standing, region: str, code: str, edition: int, *, now: datetime | None = None
) -> EditionRow:
    """Publishes a draft: in force from its day of effect, today in place of the edition before it.

    Raises `Refused` when the same person prepared it, when something stands against it (judged anew today), or when
    it is no draft.
    """
    require_manager(standing, region)
    with changing(platform, standing, region, code, now) as change:
        row = change.one(edition)
        faults = stands_against(change, catalogue.item_seen(change.cursor, row), row.upper)
        put_out(change, row, Publish(faults, code=code, edition=edition))
        published = change.again(edition)
    platform.laws.forget()
    return published


def put_out(change: Changing, row: EditionRow, command: Publish) -> None:
    """Publishes within a change; what it takes the place of gives way first."""
    # Decided before anything gives way, so that a refusal names this edition's own reason.
    [event] = editions.decide(row.history, command, by=change.account, today=change.today)
    if editions.evolve(row.history, event).state is State.PUBLISHED:
        give_way(change, row)
    change.act(row, command)


def give_way(change: Changing, to: EditionRow) -> None:
    """Takes out of force whatever `to` takes the place of."""
    for row in change.rows:
        if row.edition != to.edition and row.state in IN_FORCE and row.effective_on <= to.effective_on:
            change.act(row, editions.GiveWay(to.edition))


def withdraw(
    platform: Platform,
    standing: Standing,
    region: str,
    code: str,
    edition: int,
    reason: str,
    *,
    on: date | None = None,
    as_: State = State.WITHDRAWN,
    now: datetime | None = None,
) -> EditionRow:
    """Takes an edition out of force today or on a day, for good or (`as_` SUSPENDED) until it is resumed; throws a
    draft away. Running cases go on under it.

    One person is enough: what is wrong must be stoppable at once. Raises `Refused` without a reason.
    """
    require_manager(standing, region)
    with changing(platform, standing, region, code, now) as change:
        change.act(change.one(edition), Stop(as_, reason, on or change.today))
        withdrawn = change.again(edition)
    platform.laws.forget()
    return withdrawn


def resume(
    platform: Platform,
    standing: Standing,
    region: str,
    code: str,
    edition: int,
    reason: str,
    *,
    now: datetime | None = None,
) -> EditionRow:
    """Ends a suspension: people may apply under the edition again."""
    require_manager(standing, region)
    with changing(platform, standing, region, code, now) as change:
        change.act(change.one(edition), Resume(reason))
        resumed = change.again(edition)
    platform.laws.forget()
    return resumed


def require_manager(standing: Standing, region: str) -> None:
    """Raises `Refused` unless the account manages items of this region or of one above it."""
    place = RegionCode.parse(region)
    for post in standing.posts:
        if post.role is Role.MANAGER and place.is_within(RegionCode.parse(post.region)):
            return
    raise Refused(
        "您不能编制或发布这个地区的事项",
        rule="事项管理权限",
        remedy="请由该地区或其上级的事项管理人员办理",
    )
