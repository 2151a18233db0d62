"""Keeping a region's calendar: drafting an edition, what stands against it, previewing it, publication by another.

What a publication does to running cases is done in rounds behind it (`actions.calendar_rounds`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.actions.queues import as_platform
from banjie.actions.sharing_acts import Kind, act, act_within
from banjie.engine import calendar_editions as law
from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.calendar_editions import (
    DraftEdition,
    DropEdition,
    Edition,
    Finding,
    PublishEdition,
    ReviseEdition,
    Status,
    findings,
)
from banjie.engine.codec import decode, encode
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.packs.calendar_uploads import blank, read_upload, with_day
from banjie.packs.calendars import NATION, Layer, laid_over, read_layer
from banjie.records import calendars, registers
from banjie.records.calendars import EditionRow, Round
from banjie.records.people import Standing

JOB: Final = "calendar_round"


def _row(edition: Edition) -> dict[str, object]:
    return {
        "name": edition.name,
        "status": edition.status.value,
        "serial": edition.serial,
        "prepared_by": edition.prepared_by,
        "changed_at": edition.published_at or edition.drafted_at,
    }


def _nobody(*_: object, **__: object) -> tuple[Any, ...]:
    raise TypeError("an edition is decided upon with the region of its platform: see `kind_of`")


CALENDAR: Final = Kind(calendars.EDITIONS, _nobody, law.evolve, law.KINDS, _row)


def kind_of(platform: Platform) -> Kind:
    """Editions of calendars, with the law as it is on this platform."""
    return replace(CALENDAR, decide=partial(law.decide, home=platform.region))


# --- drafting ---


def own_document(platform: Platform, region: str) -> Mapping[str, Any]:
    """What the region itself says in force: its last publication, what ships, or nothing yet."""
    serial = platform.laws.calendars.in_force(region).serial
    layer = platform.laws.calendars.layers(region, serial)[0]
    if layer.region == region:
        return layer.document
    name = next((one.name for one in registers.regions(platform.database) if one.code == region), region)
    return blank(region, name, f"{name}{platform.today().year}-1")


def draft(
    platform: Platform, standing: Standing, region: str, name: str = "", now: datetime | None = None
) -> EditionRow:
    """A new draft that goes on from what is in force. Raises `Refused` while another one is waiting."""
    law.require_keeper(standing.actor, DraftEdition, region, platform.region)
    if calendars.draft_of(platform.database, region) is not None:
        raise Refused("这个地区已经有一份草稿", rule=law.RULE, remedy="请打开那份草稿修改，或先作废它")
    base = own_document(platform, region)
    named = name.strip() or _next_name(platform, region, str(base["edition"]))
    command = DraftEdition(region, named, _clean({**base, "edition": named}))
    done = act(
        platform,
        kind_of(platform),
        command,
        actor=standing,
        region=region,
        subject=str(uuid.uuid4()),
        now=now,
    )
    return EditionRow(done.id, region, done.version, now or platform.now(), done.state)


def _next_name(platform: Platform, region: str, before: str) -> str:
    """A name that no edition of the region has: 澜江市2026-2 after 澜江市2026-1."""
    taken = {one.edition.name for one in calendars.editions_of(platform.database, [region])} | {before}
    stem, _, number = before.rpartition("-")
    if not stem or not number.isdigit():
        stem, number = before, "1"
    counted = int(number)
    while f"{stem}-{counted}" in taken or counted == int(number):
        counted += 1
    return f"{stem}-{counted}"


def revise(
    platform: Platform,
    standing: Standing,
    row: EditionRow,
    document: Mapping[str, Any],
    *,
    name: str = "",
    now: datetime | None = None,
) -> EditionRow:
    """Keeps a draft. Raises `Refused`, and `Malformed` for a document that cannot be read."""
    named = name.strip() or row.edition.name
    whole = _clean({**document, "edition": named})
    read_layer(whole, row.region, named)
    done = act(
        platform,
        kind_of(platform),
        ReviseEdition(named, whole),
        actor=standing,
        region=row.region,
        subject=row.id,
        now=now,
    )
    return EditionRow(row.id, row.region, done.version, now or platform.now(), done.state)


def upload(
    platform: Platform, standing: Standing, row: EditionRow, content: bytes, *, now: datetime | None = None
) -> EditionRow:
    """A year's arrangement, or a whole calendar file, into a draft. Raises `Malformed` with the line of the file."""
    document = read_upload(content, row.region, row.edition.document)
    years = [int(one["year"]) for one in document.get("years", ())]
    known = {int(one["year"]) for one in row.edition.document.get("years", ())}
    fresh = [year for year in years if year not in known]
    # A new year gives the edition its usual name, 全国2027, as long as nobody has named it otherwise.
    renamed = f"全国{max(fresh)}" if fresh and row.region == NATION and row.edition.name.startswith("全国") else ""
    return revise(platform, standing, row, document, name=renamed, now=now)


def set_day(
    platform: Platform,
    standing: Standing,
    row: EditionRow,
    day: str,
    kind: str,
    said: Mapping[str, Any] | None,
    *,
    now: datetime | None = None,
) -> EditionRow:
    """What the region itself says of one day; None takes it back. Raises `Refused` and `Malformed`."""
    return revise(platform, standing, row, with_day(row.edition.document, kind, said, day), now=now)


def drop(platform: Platform, standing: Standing, row: EditionRow, reason: str, *, now: datetime | None = None) -> None:
    """Throws a draft away, with a reason."""
    act(
        platform,
        kind_of(platform),
        DropEdition(reason),
        actor=standing,
        region=row.region,
        subject=row.id,
        now=now,
    )


_ROW_KEYS: Final = ("name", "date", "isOffDay", "closes", "counts")


def _clean(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with nothing in it but what a calendar has, and no character that cannot be kept."""

    def rows(found: Any) -> list[dict[str, Any]]:
        return [{key: one[key] for key in _ROW_KEYS if key in one} for one in found if isinstance(one, Mapping)]

    kept: dict[str, Any] = {}
    for key, value in document.items():
        if key == "years":
            kept[key] = [
                {
                    "year": one["year"],
                    **({"source": str(one["source"])} if one.get("source") else {}),
                    "days": rows(one.get("days", ())),
                }
                for one in value
            ]
        elif key in ("festivals", "works", "closed", "half_days"):
            kept[key] = rows(value)
        elif isinstance(value, str):
            kept[key] = value
    return dict(encode(decode(ReviseEdition, {"name": "校", "document": kept}))["document"])


# --- what stands against it ---


@dataclass(frozen=True, slots=True)
class Drafted:
    """An edition read: what its region would say, over what, and what is in force."""

    layer: Layer
    beneath: Calendar | None
    before: Calendar
    whole: Calendar


def read(platform: Platform, row: EditionRow) -> Drafted:
    """An edition with what lies around it. Raises `Malformed`."""
    layer = read_layer(row.edition.document, row.region, row.edition.name)
    known = platform.laws.calendars
    in_force = known.in_force(row.region)
    serial = in_force.serial if row.edition.serial is None else row.edition.serial - 1
    stacked = known.layers(row.region, serial, instead=layer)
    beneath = laid_over(stacked[1:], row.region) if len(stacked) > 1 else None
    return Drafted(layer, beneath, known.under(row.region, serial), laid_over(stacked, row.region))


def faults(platform: Platform, row: EditionRow, now: datetime | None = None) -> list[Finding]:
    """Everything that stands against publishing a draft, in words."""
    try:
        found = read(platform, row)
    except Malformed as wrong:
        return [Finding(wrong.field, wrong.reason, wrong.remedy)]
    today = (now or platform.now()).astimezone(CHINA).date()
    return findings(found.layer.calendar, found.beneath, found.before, found.whole, today)


# --- previewing and publishing ---


def preview(platform: Platform, standing: Standing, row: EditionRow, now: datetime | None = None) -> Round:
    """Begins a count of what the draft would move, in the background; what it counts is read from the round."""
    at = now or platform.now()
    if row.edition.status is not Status.DRAFT:
        raise Refused("只有草稿可以预览", rule=law.RULE, remedy="请打开草稿再试")
    law.require_keeper(standing.actor, ReviseEdition, row.region, platform.region)
    _require_sound(platform, row, at)
    one = _round(row, "preview", standing, at)
    with calendars.by_the_machine(platform.database) as cursor:
        calendars.begin_round(cursor, one)
        platform.jobs.defer(cursor.connection, JOB, region=one.region, round_id=one.id)
    return one


def publish(platform: Platform, standing: Standing, row: EditionRow, now: datetime | None = None) -> EditionRow:
    """Puts a draft in force, by somebody else than who prepared it, after a preview; running cases follow in a round.

    Raises `Refused` with nothing done.
    """
    at = now or platform.now()
    if row.edition.status is Status.DRAFT:
        _require_sound(platform, row, at)
    seen = calendars.latest_round(platform.database, row.region, row.id, "preview")
    previewed = seen.revision if seen is not None and seen.state == "done" else 0
    clerk = as_platform(standing)
    with platform.database.seen_by(clerk.eyes) as cursor:
        done = act_within(
            cursor,
            kind_of(platform),
            PublishEdition(calendars.next_publication(cursor), previewed),
            actor=clerk,
            region=row.region,
            subject=row.id,
            at=at,
        )
        if done is None:
            raise Refused("草稿刚刚被别人改动", rule="同时办理", remedy="请刷新后重新核对，再试一次")
        kept = EditionRow(row.id, row.region, done.version, at, done.state)
        one = _round(kept, "move", standing, at)
        calendars.begin_round(cursor, one)
        platform.jobs.defer(cursor.connection, JOB, region=one.region, round_id=one.id)
    platform.laws.forget()
    return kept


def _require_sound(platform: Platform, row: EditionRow, at: datetime) -> None:
    found = faults(platform, row, at)
    if found:
        raise Refused(
            f"还有 {len(found)} 处要改，第一处：{found[0].place}，{found[0].reason}",
            rule="工作日历检查",
            remedy=found[0].remedy,
        )


def _round(row: EditionRow, kind: str, standing: Standing, at: datetime) -> Round:
    return Round(
        region=row.region,
        # An edition may be counted over and over, but it is published once.
        id=str(uuid.uuid5(uuid.UUID(row.id), kind) if kind == "move" else uuid.uuid4()),
        calendar=row.id,
        revision=row.edition.revision,
        kind=kind,
        state="waiting",
        again=False,
        place_region="",
        place=None,
        seen=0,
        expected=0,
        told={},
        account=standing.actor.account,
        begun_at=at,
        changed_at=at,
    )
