"""办件归集: taking in what departments' own systems tell of their cases, a batch in one transaction.

The same law as for one: each telling is examined, decided and chained by itself; only loading and keeping are shared.
A batch sent twice finds everything known and changes nothing, so a file broken off half-way is simply sent again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, month_of
from banjie.engine import external_cases as law
from banjie.engine.codec import encode
from banjie.engine.external_cases import Examined, ExternalCase
from banjie.engine.subject import Refused
from banjie.records import external_cases as kept
from banjie.records.external_cases import EXTERNAL, SumKey
from banjie.records.journal import chained
from banjie.records.people import Standing

BATCH: Final = 500
"""Cases kept in one transaction: enough to share its cost, few enough to hold no lock for long."""

_NAMESPACE: Final = uuid.UUID("5d9d7c2e-7f0b-5c7e-9f0a-3a1d6f2c9b44")


def _no_single_act(case: ExternalCase, command: object, **_: object) -> tuple[law.Event, ...]:
    raise Refused("办件归集只能成批报送", rule=law.RULE, remedy="请使用 banjie cases import 或接口")


KIND: Final = Kind(EXTERNAL, _no_single_act, law.evolve, law.KINDS, law.row)
"""How a stored case is held against its history."""


class Became(StrEnum):
    """What a telling came to."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """One telling and what it came to; `refused` says why it was not kept, `events` how many entries it made."""

    told: Examined
    became: Became
    refused: Refused | None = None
    events: int = 0


def identifier(region: str, source: str, number: str) -> str:
    """The identifier of a case of elsewhere: always the same for one number of one source."""
    return str(uuid.uuid5(_NAMESPACE, f"{region}/{source}/{number}"))


def take(platform: Platform, told: Sequence[Examined], *, actor: Standing, now: datetime | None = None) -> list[Taken]:
    """Keeps what was told of cases of one source in one region; answers for each, in order. On trouble, none.

    Raises ValueError when the tellings are of different sources or regions, or two are of one case.
    """
    if not told:
        return []
    first = told[0].report
    ids = {one.report.number: identifier(first.region, first.source, one.report.number) for one in told}
    if len(ids) < len(told) or {(one.report.region, one.report.source) for one in told} != {
        (first.region, first.source)
    }:
        raise ValueError("one source, one region, and each case once")
    at = now or platform.now()
    # The law has looked at who tells; the journal keeps her name, and the platform writes.
    eyes = replace(actor.eyes, reach="system")
    answers: list[Taken] = []
    rows: list[dict[str, Any]] = []
    changes: dict[SumKey, list[int]] = {}
    with platform.database.seen_by(eyes) as cursor:
        kept.hold(cursor, first.region, first.source)
        known = kept.load(cursor, first.region, first.source, ids)
        for one in told:
            number = one.report.number
            loaded = known.get(number)
            before = loaded.state if loaded else _BLANK
            try:
                events = law.decide(before, one, actor=actor.actor)
            except Refused as refused:
                answers.append(Taken(one, Became.REFUSED, refused))
                continue
            if not events:
                answers.append(Taken(one, Became.UNCHANGED))
                continue
            after = before
            for event in events:
                after = law.evolve(after, event)
            version, last = (loaded.version, loaded.last_hash) if loaded else (0, "")
            entries, last = chained(
                events,
                region=first.region,
                subject=ids[number],
                after=version,
                last_hash=last,
                at=at,
                actor=actor.actor.account,
            )
            rows.append(_row(after, ids[number], version + len(events), last, entries))
            _count(changes, before, -1)
            _count(changes, after, 1)
            answers.append(Taken(one, Became.CHANGED if loaded else Became.NEW, None, len(events)))
        if rows:
            kept.save(cursor, first.region, actor.actor.account, at, rows)
            if moved := {key: numbers for key, numbers in changes.items() if any(numbers)}:
                kept.add_sums(cursor, moved)
    return answers


_BLANK = ExternalCase()


def _row(case: ExternalCase, case_id: str, version: int, last_hash: str, entries: list[list[object]]) -> dict[str, Any]:
    # A new case's only entry says all that its state is: it is not written out a second time.
    said = entries[0][2] if version == 1 else None
    state = said if isinstance(said, dict) else encode(case)
    return {
        **law.row(case),
        "id": case_id,
        "version": version,
        "last_hash": last_hash,
        "state": state,
        "entries": entries,
    }


def _count(changes: dict[SumKey, list[int]], case: ExternalCase, by: int) -> None:
    """Adds a case to the sums of its months, or takes it out of them."""
    facts = case.facts
    if facts is None:
        return

    def month(at: datetime) -> list[int]:
        key: SumKey = (
            case.region, facts.organ, case.source, facts.item, facts.item_name, facts.channel, month_of(at),
        )  # fmt: skip
        return changes.setdefault(key, [0] * len(kept.SUMS))

    began = month(facts.started_at)
    began[0] += by
    began[4] += by if case.oddities else 0
    if facts.ended_at is None:
        return
    ended, seconds = month(facts.ended_at), law.duration_s(facts)
    ended[1] += by
    ended[2] += by if facts.due_at is not None else 0
    ended[3] += by if law.is_late(facts) else 0
    if seconds is not None:
        ended[5] += by
        ended[6] += by * seconds
