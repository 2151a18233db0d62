"""日封存: the worker puts each day's last hashes under the platform's seal, and anybody can have them checked."""

from dataclasses import dataclass
from datetime import date, datetime

from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.day_seals import DaySeal, way_to_json
from banjie.records import day_seals
from banjie.records.day_seals import SealRow
from banjie.records.people import MACHINE


def seal_day(platform: Platform, at: datetime) -> int:
    """Seals everything up to now, once a day, which is soon after midnight; answers with how many seals were made."""
    today = at.astimezone(CHINA).date()
    before = day_seals.last(platform.database, MACHINE.eyes, platform.region)
    if before is not None and before.seal.day >= today:
        return 0
    return 0 if seal_now(platform, today, at) is None else 1


def seal_now(platform: Platform, day: date, at: datetime) -> DaySeal | None:
    """Seals what has happened and is not sealed yet, on the day `day`; None when there is nothing."""
    database, eyes = platform.database, MACHINE.eyes
    span = day_seals.open_span(database, eyes, platform.region)
    if span is None:
        return None
    before = day_seals.last(database, eyes, platform.region)
    grown = day_seals.grow(database, eyes, span)
    seal = DaySeal(
        city=platform.region,
        number=before.seal.number + 1 if before else 1,
        day=day,
        entries=grown.entries,
        subjects=grown.subjects,
        root=grown.root,
        previous=before.seal.hash if before else "",
    )
    row = SealRow(seal, span, seal.hash, platform.seals.sign_bytes(seal.said.encode()), at)
    return seal if day_seals.keep(database, eyes, row) else None


@dataclass(frozen=True, slots=True)
class DayChecked:
    """A seal held against the journal: `trouble` says what does not fit, "" when all does."""

    row: SealRow
    trouble: str


def check_days(platform: Platform) -> tuple[DayChecked, ...]:
    """Every seal recomputed from the journal and from the seal before it. The signatures are checked by the caller."""
    found, previous, number = [], "", 0
    for row in day_seals.every(platform.database, MACHINE.eyes, platform.region):
        seal = row.seal
        grown = day_seals.grow(platform.database, MACHINE.eyes, row.span)
        trouble = ""
        if seal.number != number + 1 or seal.previous != previous:
            trouble = "与前一次封存接不上：中间有封存被删去或改动"
        elif row.hash != seal.hash:
            trouble = "封存记录被改动：内容与校验值不符"
        elif (grown.root, grown.subjects, grown.entries) != (seal.root, seal.subjects, seal.entries):
            trouble = f"{chinese_date(seal.day)}封存以后，日志被改动：根值不符"
        previous, number = seal.hash, seal.number
        found.append(DayChecked(row, trouble))
    return tuple(found)


def way_of(platform: Platform, region: str, subject: str) -> dict[str, object] | None:
    """The latest seal over a subject with the way to it, as JSON with the signature in hex; None while unsealed."""
    row = day_seals.covering(platform.database, MACHINE.eyes, platform.region, region, subject)
    if row is None:
        return None
    grown = day_seals.grow(platform.database, MACHINE.eyes, row.span, (region, subject))
    if grown.leaf is None:
        return None
    return {**way_to_json(row.seal, grown.leaf, grown.way), "signature": row.signature.hex()}
