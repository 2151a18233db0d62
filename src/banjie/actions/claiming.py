"""逐级认领: a lower region takes an upper item over in one step, and follows its new editions.

The rule of following: when an upper edition takes force, every lower edition in force that follows it is resolved on
it anew and put in force too, by the platform; two people stood behind what it takes over. Where somebody is drafting,
the draft is brought onto the new edition and left to her. Where something stands against it, or the lower level has
pinned its upper edition, nothing changes by itself: the difference waits as a draft, or as a line on the page.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.actions.publishing import Changing, changing, keep_draft, put_out, require_manager, stands_against
from banjie.engine.editions import Publish, State
from banjie.engine.inheritance import Upper, joined, lower_code
from banjie.engine.subject import Refused
from banjie.packs.inherited import own_from_document
from banjie.records import catalogue
from banjie.records.catalogue import EditionRow
from banjie.records.database import Cursor
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing
from banjie.records.registers import Organ

RULE = "逐级认领"


def claim(
    platform: Platform,
    standing: Standing,
    upper_region: str,
    upper_code: str,
    office: Organ,
    *,
    code: str = "",
    follows: bool = True,
    now: datetime | None = None,
) -> EditionRow:
    """Claims the upper item in force for an office; answers with the draft, which carries nothing of its own yet.

    `code` is the lower level's own code, made from the office and the basic code when left out. Raises `Refused` when
    the item is not in force above, is claimed already, or its code cannot be made.
    """
    require_manager(standing, office.region)
    law = platform.laws.published(upper_region, upper_code)
    if law is None:
        raise Refused("上级没有正在施行的这个事项", rule=RULE, remedy="请核对上级的区划和事项编码", field="upper")
    above = law.item
    mine = code or lower_code(above, office.code, office.region)
    if not mine:
        raise Refused(
            "上级的编码不是“机关代码＋层级＋基本编码”的形式，无法推出本级编码",
            rule=RULE,
            remedy="请填写本级的实施编码",
            field="code",
        )
    with changing(platform, standing, office.region, mine, now) as change:
        if any(row.state is not State.WITHDRAWN for row in change.rows):
            raise Refused("这个事项本地区已经认领", rule=RULE, remedy="请在事项清单里打开它继续编辑", field="code")
        who = replace(
            above,
            code=mine,
            region=office.region,
            organ=office.code,
            organ_name=office.name,
            organ_short=office.short,
            effective_on=max(change.today, above.effective_on),
            closed_on=None,
        )
        return keep_draft(change, who, Upper(above.region, above.code, above.edition, follows))


def set_following(
    platform: Platform, standing: Standing, region: str, code: str, *, follows: bool, now: datetime | None = None
) -> None:
    """跟随 or 固定: whether new upper editions are followed by themselves. Holds for the item's newest edition."""
    require_manager(standing, region)
    with changing(platform, standing, region, code, now) as change:
        if not change.rows or change.rows[0].upper is None:
            raise Refused("这个事项没有继承上级", rule=RULE, remedy="只有认领来的事项可以设置跟随或固定")
        catalogue.set_following(change.cursor, region, code, follows=follows)


def adopt(platform: Platform, standing: Standing, region: str, code: str, *, now: datetime | None = None) -> EditionRow:
    """Brings a lower item onto the upper edition in force, as a draft to be looked at and published."""
    require_manager(standing, region)
    with changing(platform, standing, region, code, now) as change:
        base = change.rows[0] if change.rows else None
        if base is None or base.upper is None:
            raise Refused("这个事项没有继承上级", rule=RULE, remedy="只有认领来的事项可以按上级更新")
        newer = _in_force(change.cursor, base.upper)
        if newer is None:
            raise Refused("上级已经停用这个事项", rule=RULE, remedy="请核对后停用本级的事项")
        if newer.edition == base.upper.edition:
            raise Refused("已经是按上级现行版编制的", rule=RULE, remedy="不需要更新")
        return _rebased(change, base, newer, change.today)


# --- following ---


def follow_upper(hands: Hands, entry: Entry) -> None:
    """When an upper edition has taken force, everything below that follows it comes along."""
    code, edition = str(entry.data.get("code", "")), int(entry.data.get("edition", 0))
    for row in catalogue.below(hands.platform.database, entry.region, code):
        if row.upper is not None and row.upper.edition < edition and row.upper.follows:
            follow_one(hands.platform, row.region, row.code, hands.at)


def follow_one(platform: Platform, region: str, code: str, at: datetime) -> EditionRow | None:
    """Brings one lower item onto the upper edition in force; None if there was nothing to follow."""
    with changing(platform, MACHINE, region, code, at) as change:
        newest, base = change.rows[0], change.in_force
        if newest.state is State.DRAFT:
            base = newest
        if base is None or base.upper is None or not base.upper.follows:
            return None
        newer = _in_force(change.cursor, base.upper)
        if newer is None or newer.edition <= base.upper.edition:
            return None
        drafted_by = newest.prepared_by if newest.state is State.DRAFT else ""
        row = _rebased(change, base, newer, max(change.today, newer.effective_on))
        if drafted_by and drafted_by != change.account:
            return row  # Somebody is at work on it: her draft has been brought up to date and is hers to finish.
        row = _put_out_if_sound(change, row)
    platform.laws.forget()
    return row


def _put_out_if_sound(change: Changing, row: EditionRow) -> EditionRow:
    faults = stands_against(change, catalogue.item_seen(change.cursor, row), row.upper)
    if faults:
        return row
    now_there = replace(change, rows=catalogue.editions_seen(change.cursor, row.region, row.code))
    put_out(now_there, row, Publish(following=True, code=row.code, edition=row.edition))
    return now_there.again(row.edition)


def _in_force(cursor: Cursor, upper: Upper) -> EditionRow | None:
    rows = catalogue.editions_seen(cursor, upper.region, upper.code)
    return next((row for row in rows if row.state is State.PUBLISHED), None)


def _rebased(change: Changing, base: EditionRow, newer: EditionRow, day: date) -> EditionRow:
    """A draft of what is the lower level's own, on the newer upper edition."""
    assert base.upper is not None  # noqa: S101 — the callers have looked.
    before = catalogue.edition_seen(change.cursor, base.upper.region, base.upper.code, base.upper.edition)
    above = catalogue.item_seen(change.cursor, newer)
    item = catalogue.item_seen(change.cursor, base)
    own = own_from_document(before or item, catalogue.own_of(change.cursor, base))
    effective_on = _day_after(change, day) if base.state is not State.DRAFT else max(day, item.effective_on)
    draft = joined(above, replace(item, effective_on=effective_on), own)
    upper = Upper(newer.region, newer.code, newer.edition, base.upper.follows)
    return keep_draft(change, draft, upper, strict=False)


def _day_after(change: Changing, day: date) -> date:
    """The first day from `day` on at which a new edition may take the place of the one in force."""
    in_force = change.in_force
    return max(day, in_force.effective_on + timedelta(days=1)) if in_force else day
