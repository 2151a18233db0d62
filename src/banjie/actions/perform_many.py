"""Many commands at once: the same law and the same record as `perform`, loaded and kept in two calls for all."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from psycopg import OperationalError
from psycopg.errors import UniqueViolation

from banjie.actions.assigning import GIVEN, named, require_fit
from banjie.actions.perform import Done, KeyReused, NotFound, done_again, fingerprint, perform, take_step
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Command
from banjie.engine.cases.state import FILED, HANDLED, same_filing
from banjie.engine.codec import encode, encode_some
from banjie.engine.subject import Refused
from banjie.records import cases
from banjie.records.people import Standing

BATCH = 250
"""How many cases go in one transaction: enough to share its cost, few enough to hold no lock for long."""

ABREAST = 2
"""How many batches of one bulk are under way at a time."""


@dataclass(frozen=True, slots=True)
class Act:
    """A command for the case of a number."""

    number: str
    command: Command


def perform_many(
    platform: Platform, acts: Sequence[Act], *, actor: Standing, region: str, key: str, now: datetime | None = None
) -> dict[str, Done | Refused]:
    """Carries out one act on each case and answers for each, by number: done, or refused with its rule.

    Each act has a key of its own, made of `key` and the number, so that a bulk sent twice acts once. A refusal of
    one case does not hold up the others.
    """
    at = now or platform.now()
    if len({act.number for act in acts}) < len(acts):
        raise ValueError("one act on each case at a time")
    batches = [acts[begin : begin + BATCH] for begin in range(0, len(acts), BATCH)]

    def carry(batch: Sequence[Act]) -> dict[str, Done | Refused]:
        try:
            return _batch(platform, batch, actor, region, key, at)
        except (UniqueViolation, OperationalError):
            # The same bulk came over another connection meanwhile, or the line was lost and whether it was kept is
            # unknown. Loading again tells: what was kept is answered, the rest is done now.
            return _batch(platform, batch, actor, region, key, at)

    if len(batches) == 1:
        return carry(batches[0])
    # While the database keeps one batch, the next one is decided.
    with ThreadPoolExecutor(ABREAST, thread_name_prefix="bulk") as pool:
        return {number: answer for answers in pool.map(carry, batches) for number, answer in answers.items()}


def _batch(
    platform: Platform, acts: Sequence[Act], actor: Standing, region: str, key: str, at: datetime
) -> dict[str, Done | Refused]:
    keys = {act.number: f"{key}:{act.number}" for act in acts}
    loaded = cases.load_many(platform.database, actor.eyes, region, keys)
    answers: dict[str, Done | Refused] = {}
    rows: list[Mapping[str, object]] = []
    decided: dict[str, Done] = {}
    for act in acts:
        found = loaded.get(act.number)
        if found is None:
            answers[act.number] = NotFound(act.number)
            continue
        request = fingerprint(act.command, act.number)
        if found.answer is not None:
            answers[act.number] = done_again(found.answer) if found.request == request else KeyReused()
            continue
        law = platform.laws.law(region, found.case.item, found.case.edition)
        try:
            if isinstance(act.command, GIVEN):
                require_fit(platform, act.command, found.case, law, at)
            step = take_step(found, act.command, actor, at, law, region)
        except Refused as refused:
            answers[act.number] = named(platform, refused)
            continue
        decided[found.id] = Done(act.number, region, step.after.stage, step.version, step.kinds)
        rows.append(
            {
                "id": found.id,
                "expected": found.version,
                "version": step.version,
                "hash": step.last_hash,
                "application": None if same_filing(found.case, step.after) else encode_some(step.after, FILED),
                "state": encode_some(step.after, HANDLED),
                "entries": step.entries,
                "tasks": step.tasks,
                "documents": step.documents or None,
                "organ": law.item.organ,
                "key": keys[act.number],
                "request": request,
                "answer": step.answer(act.number, region),
            }
            | encode(step.row)
            | {"late": step.row.late}
        )
    if rows:
        kept = cases.save_many(platform.database, actor.eyes, region, rows, at=at, year=at.astimezone(CHINA).year)
        answers |= {done.number: done for case_id, done in decided.items() if case_id in kept}
    for act in acts:
        if act.number not in answers:
            # The case has moved on meanwhile, perhaps by this very bulk on another connection: by itself, it is loaded
            # and decided anew until it is kept, and finds its own answer if there is one.
            answers[act.number] = _alone(platform, act, actor, region, keys[act.number], at)
    return answers


def _alone(platform: Platform, act: Act, actor: Standing, region: str, key: str, at: datetime) -> Done | Refused:
    try:
        return perform(platform, act.command, actor=actor, region=region, number=act.number, key=key, now=at)
    except Refused as refused:
        return refused
