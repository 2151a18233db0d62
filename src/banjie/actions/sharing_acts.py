"""Acting on asks, consents, contests and repeated asks: load, decide, keep — in one transaction, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.engine import sharing_asks, sharing_consents, sharing_contests, sharing_repeats
from banjie.engine.calendar import CHINA
from banjie.engine.codec import encode
from banjie.engine.sharing_asks import Ask
from banjie.engine.sharing_consents import Consent
from banjie.engine.sharing_contests import Contest
from banjie.engine.sharing_repeats import Repeat
from banjie.engine.subject import Refused
from banjie.records import sharing
from banjie.records.database import Cursor
from banjie.records.journal import chained
from banjie.records.people import Standing
from banjie.records.sharing import Loaded, Table

TRIES = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subject: where it is kept, its law, what its read row says beside the state."""

    table: Table[Any]
    decide: Callable[..., tuple[Any, ...]]
    evolve: Callable[[Any, Any], Any]
    kinds: Mapping[str, type[Any]]
    row: Callable[[Any], dict[str, object]]


def _ask_row(ask: Ask) -> dict[str, object]:
    return {
        "source": ask.source,
        "party": ask.party,
        "account": ask.by,
        "draft": ask.draft,
        "case_id": ask.case_id or None,
        "item": ask.item,
        "status": ask.status.value,
        "asked_at": ask.asked_at,
        "due_at": ask.due_at,
    }


def _consent_row(consent: Consent) -> dict[str, object]:
    return {
        "source": consent.source,
        "party": consent.party,
        "account": consent.by,
        "draft": consent.draft,
        "status": consent.status.value,
        "given_at": consent.given_at,
    }


def _contest_row(contest: Contest) -> dict[str, object]:
    return {
        "source": contest.source,
        "organ": contest.organ,
        "party": contest.party,
        "account": contest.by,
        "draft": contest.draft,
        "case_id": contest.case_id or None,
        "status": contest.status.value,
        "raised_at": contest.raised_at,
        "due_on": contest.due_on,
    }


def _repeat_row(repeat: Repeat) -> dict[str, object]:
    said = repeat.said
    assert said is not None  # noqa: S101 — its first event says it.
    return {
        "office": said.office,
        "item": said.item,
        "month": month_of(said.at),
        "case_id": said.case_id or None,
        "at": said.at,
    }


def month_of(at: datetime) -> date:
    """The first day of the city's month: how figures are kept."""
    return at.astimezone(CHINA).date().replace(day=1)


ASK: Final = Kind(sharing.ASKS, sharing_asks.decide, sharing_asks.evolve, sharing_asks.KINDS, _ask_row)
CONSENT: Final = Kind(
    sharing.CONSENTS, sharing_consents.decide, sharing_consents.evolve, sharing_consents.KINDS, _consent_row
)
CONTEST: Final = Kind(
    sharing.CONTESTS, sharing_contests.decide, sharing_contests.evolve, sharing_contests.KINDS, _contest_row
)
REPEAT: Final = Kind(
    sharing.REPEATS, sharing_repeats.decide, sharing_repeats.evolve, sharing_repeats.KINDS, _repeat_row
)
EVERY: Final = {kind.table.kind: kind for kind in (ASK, CONSENT, CONTEST, REPEAT)}
"""Every kind by its name in the journal."""


def act(
    platform: Platform,
    kind: Kind,
    command: object,
    *,
    actor: Standing,
    region: str,
    subject: str,
    now: datetime | None = None,
    also: Callable[[Cursor, Loaded[Any]], None] | None = None,
) -> Loaded[Any]:
    """Carries out `command`; answers with the subject as it is then. Raises `Refused` with nothing written.

    An act that has been done before changes nothing. `also` writes what belongs to the act into the same transaction
    and is handed the subject as it is afterwards.
    """
    at = now or platform.now()
    for _ in range(TRIES):
        with platform.database.seen_by(actor.eyes) as cursor:
            done = act_within(cursor, kind, command, actor=actor, region=region, subject=subject, at=at, also=also)
            if done is not None:
                return done
    raise Refused("正在被其他人同时办理", rule="同时办理", remedy="请刷新后再试一次")


def act_within(
    cursor: Cursor,
    kind: Kind,
    command: object,
    *,
    actor: Standing,
    region: str,
    subject: str,
    at: datetime,
    also: Callable[[Cursor, Loaded[Any]], None] | None = None,
) -> Loaded[Any] | None:
    """One try of `act` in the caller's transaction, bound to the actor; None when somebody else was faster."""
    loaded = sharing.load(cursor, kind.table, region, subject)
    events = kind.decide(loaded.state, command, actor=actor.actor, now=at)
    if not events:
        return loaded
    after = loaded.state
    for event in events:
        after = kind.evolve(after, event)
    entries, last_hash = chained(
        events,
        region=region,
        subject=subject,
        after=loaded.version,
        last_hash=loaded.last_hash,
        at=at,
        actor=actor.actor.account,
    )
    version = loaded.version + len(events)
    kept = sharing.keep(
        cursor,
        kind.table,
        loaded,
        kind.row(after) | {"version": version, "last_hash": last_hash},
        state=encode(after),
        at=at,
        actor=actor.actor.account,
        entries=entries,
    )
    if not kept:
        return None
    done = Loaded(subject, region, version, last_hash, after)
    if also is not None:
        also(cursor, done)
    return done
