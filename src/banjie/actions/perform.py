"""One command, one subject, one transaction: the only way to act on a case.

    load    one SQL call: the actor's scopes bound, state and version read under row-level security
    may?    engine.permissions, asked by decide
    what?   engine.cases.decide      — pure, the time is handed in
    keep    one SQL call: journal, read row, tasks, documents, answer — if the version is still the one decided on

A lost race loads again and decides anew: what the other one did may have changed what is allowed.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import OperationalError
from psycopg.errors import UniqueViolation

from banjie.actions.addresses import addressed
from banjie.actions.assigning import GIVEN, named, require_fit
from banjie.actions.masking import is_company_code
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Command, Event, Law, Running, Stage, decide, due, evolve, next_wake, running
from banjie.engine.cases.acts import Resubmit
from banjie.engine.cases.clocks import decision_timers
from banjie.engine.cases.documents import documents
from banjie.engine.cases.tasks import Task, same_desk, tasks
from banjie.engine.clock import TimerKind, reckon
from banjie.engine.codec import encode
from banjie.engine.real_names import require_level
from banjie.engine.scopes import DEED_OF
from banjie.engine.subject import Refused, canonical
from banjie.packs.identity import identity
from banjie.records import cases
from banjie.records.cases import Loaded
from banjie.records.cases import Standing as ReadRow
from banjie.records.hotline import Arguments
from banjie.records.journal import chained
from banjie.records.people import Standing

TRIES = 8
"""How often a lost race is run again before the person is asked to do so."""


class NotFound(Refused):
    """There is no such case, or none this actor may see: both look the same from outside."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有找到办件 {number}",
            rule="办件查询",
            remedy="请核对办件编号，并确认您有权查看这个办件",
            field="number",
        )


class KeyReused(Refused):
    """The same idempotency key came with another request."""

    def __init__(self) -> None:
        super().__init__(
            "同一个幂等键已经用于另一个请求",
            rule="幂等键",
            remedy="请为新的请求使用新的键；重试时请原样重发",
            field="Idempotency-Key",
        )


class TooBusy(Refused):
    """Others kept changing the case."""

    def __init__(self) -> None:
        super().__init__("办件正在被其他人同时办理", rule="同时办理", remedy="请刷新后再试一次")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act. `again`: the same request had been carried out before, this is its answer."""

    number: str
    region: str
    stage: Stage
    version: int
    events: tuple[str, ...]
    again: bool = False


@dataclass(slots=True)
class _Errand:
    """An act on its way: what is asked, and in the end what came of it or what was raised."""

    platform: Platform
    command: Command
    actor: Standing
    region: str
    number: str
    key: str
    at: datetime
    request: str
    done: Done | None = None
    trouble: Exception | None = None

    @property
    def wanted(self) -> Arguments:
        return cases.wanted(self.actor.eyes, self.region, self.number, self.key)


def perform(
    platform: Platform,
    command: Command,
    *,
    actor: Standing,
    region: str,
    number: str,
    key: str,
    now: datetime | None = None,
) -> Done:
    """Carries out `command` on the case of that number, once for each `key` of the actor.

    Acts that come at the same time are carried to the database together (`records.together`); each is decided by
    itself. Raises `Refused` (and its kinds above) with nothing written.
    """
    at = now or platform.now()
    errand = _Errand(platform, command, actor, region, number, key, at, fingerprint(command, number))
    platform.database.together.run(errand, _carry)
    if errand.done is None:
        assert errand.trouble is not None  # noqa: S101 — `_carry` leaves one of the two in every errand.
        raise named(platform, errand.trouble)
    return errand.done


def _carry(errands: Sequence[_Errand], next_may_go: Callable[[], None]) -> None:
    """Carries errands out, all that can be in one transaction and the rest one by one. Never raises."""
    if len(errands) > 1:
        try:
            _carry_together(errands, next_may_go)
        except psycopg.Error:
            # One of them has spoilt it for all, or the line was lost and what was kept is unknown. By itself, each
            # finds its own answer if there is one.
            for errand in errands:
                errand.trouble = None
    for errand in errands:
        if errand.done is None and errand.trouble is None:
            try:
                errand.done = _alone(errand)
            except Exception as trouble:  # noqa: BLE001 — raised again in the thread whose errand it is.
                errand.trouble = trouble


def _carry_together(errands: Sequence[_Errand], next_may_go: Callable[[], None]) -> None:
    """One load and one save for all. Those whose case moved on meanwhile are left as they are."""
    database = errands[0].platform.database
    decided: list[tuple[_Errand, Step, Loaded]] = []
    for errand, loaded in zip(errands, cases.load(database, [one.wanted for one in errands]), strict=True):
        try:
            step = _decided(errand, loaded)
        except Exception as trouble:  # noqa: BLE001 — as above.
            errand.trouble = trouble
            continue
        if isinstance(step, Done):
            errand.done = step
        elif loaded is not None:
            decided.append((errand, step, loaded))
    if decided:
        calls = [step.to_keep(errand, loaded) for errand, step, loaded in decided]
        next_may_go()
        kept = cases.save(database, calls)
        for (errand, step, _), is_kept in zip(decided, kept, strict=True):
            if is_kept:
                errand.done = step.done(errand)


def _alone(errand: _Errand) -> Done:
    """One errand by itself, decided anew as often as the case moves on meanwhile."""
    database = errand.platform.database
    lost = False
    for _ in range(TRIES):
        try:
            loaded = cases.load(database, [errand.wanted])[0]
            step = _decided(errand, loaded)
            if isinstance(step, Done):
                return step
            if loaded is not None and cases.save(database, [step.to_keep(errand, loaded)])[0]:
                return step.done(errand)
        except UniqueViolation:
            continue  # The same key was used by another connection meanwhile: loading again finds its answer.
        except OperationalError:
            # The line was lost, and whether the act was kept is unknown. Loading again tells; a second loss is trouble.
            if lost:
                raise
            lost = True
    raise TooBusy


def _decided(errand: _Errand, loaded: Loaded | None) -> "Step | Done":
    """What an errand comes to on the case as it was loaded: a step to be kept, or the answer given before."""
    if loaded is None:
        raise NotFound(errand.number)
    if loaded.answer is not None:
        if loaded.request != errand.request:
            raise KeyReused
        return done_again(loaded.answer)
    law = errand.platform.laws.law(errand.region, loaded.case.item, loaded.case.edition)
    command = errand.command
    if isinstance(command, Resubmit) and command.data:
        command = replace(command, data=addressed(errand.platform, law.item.form, command.data))
    elif isinstance(command, GIVEN):
        require_fit(errand.platform, command, loaded.case, law, errand.at)
    return take_step(loaded, command, errand.actor, errand.at, law, errand.region)


@dataclass(slots=True)
class Step:
    """An act decided, not yet kept."""

    events: tuple[Event, ...]
    after: Case
    law: Law
    at: datetime
    today: date
    version: int
    kinds: tuple[str, ...]
    entries: Any
    last_hash: str
    row: ReadRow
    tasks: list[dict[str, Any]] | None
    documents: list[dict[str, Any]]

    def done(self, errand: _Errand) -> Done:
        """What came of it, once it has been kept."""
        return Done(errand.number, errand.region, self.after.stage, self.version, self.kinds)

    def to_keep(self, errand: _Errand, loaded: Loaded) -> Arguments:
        """What is written, in one call."""
        return cases.kept(
            errand.actor.eyes,
            errand.region,
            loaded,
            version=self.version,
            last_hash=self.last_hash,
            after=self.after,
            standing=self.row,
            at=self.at,
            year=self.today.year,
            organ=self.law.item.organ,
            entries=self.entries,
            tasks=self.tasks,
            documents=self.documents,
            key=errand.key,
            request=errand.request,
            answer=self.answer(loaded.case.number, errand.region),
        )

    def answer(self, number: str, region: str) -> dict[str, Any]:
        """What is kept under the key, and given again to the same request."""
        return {
            "number": number,
            "region": region,
            "stage": self.after.stage.value,
            "version": self.version,
            "events": list(self.kinds),
        }


def take_step(loaded: Loaded, command: Command, actor: Standing, at: datetime, law: Law, region: str) -> Step:
    """Decides, and works out everything that will be written. Nothing is written here."""
    today = at.astimezone(CHINA).date()
    if (deed := DEED_OF.get(type(command).__name__)) is not None:
        require_level(actor.actor, identity().levels, deed, law.item.kind.value)
    events = decide(loaded.case, command, actor=actor.actor, now=at, law=law)
    after = loaded.case
    papers: list[dict[str, Any]] = []
    for seq, event in enumerate(events, start=loaded.version + 1):
        before, after = after, evolve(after, event)
        papers.extend(
            {
                "id": str(uuid.uuid4()),
                "seq": seq,
                "kind": document.kind,
                "series": document.series,
                "prefix": law.item.organ_short,
                "content": document.content,
            }
            for document in documents(before, event, after, law)
        )
    entries, last_hash = chained(
        events,
        region=region,
        subject=loaded.id,
        after=loaded.version,
        last_hash=loaded.last_hash,
        at=at,
        actor=actor.actor.account,
    )
    clocks = running(after, law, today)
    still = loaded.version > 0 and same_desk(loaded.case, after)
    return Step(
        events=events,
        after=after,
        law=law,
        at=at,
        today=today,
        version=loaded.version + len(events),
        kinds=tuple(type(event).__name__ for event in events),
        entries=entries,
        last_hash=last_hash,
        row=read_row(after, law, today, clocks),
        tasks=None if still else worklist_lines(after, law, today, clocks),
        documents=papers,
    )


def read_row(case: Case, law: Law, today: date, clocks: tuple[Running, ...]) -> ReadRow:
    """What the read row of a case says beside its state. The one place it is derived, for acts and for replay."""
    days = {clock.timer.kind: clock.reckoning.due_on for clock in clocks}
    if case.accepted_on and TimerKind.STATUTORY not in days:
        for timer in decision_timers(case, law):
            days[timer.kind] = reckon(timer, case.pauses, law.calendar_of(case), today, law.rules).due_on
    nearest = due(case, clocks)
    return ReadRow(
        stage=case.stage.value,
        accepted_on=case.accepted_on,
        decided_on=case.decided_on,
        statutory_due=days.get(TimerKind.STATUTORY),
        promised_due=days.get(TimerKind.PROMISED),
        due_on=nearest.reckoning.due_on if nearest else None,
        wake_on=next_wake(case, clocks),
        late=list(case.late),
    )


def worklist_lines(case: Case, law: Law, today: date, clocks: tuple[Running, ...]) -> list[dict[str, Any]]:
    """The lines a case puts on desks, each with the words that a worklist shows of the case itself."""
    shown: dict[str, Any] = {
        "number": case.number,
        "item": case.item,
        "item_name": law.item.heading,
        "holder_name": case.holder.name,
        "holder_kind": "company" if is_company_code(case.holder.code) else "person",
    }
    lines = tasks(case, law, today, clocks)
    if len(lines) > 1:
        shown |= {"joint": len({line.office for line in lines}) > 1}
    return [_line(task) | shown for task in lines]


def _line(task: Task) -> dict[str, Any]:
    return {
        "slot": task.slot,
        "office": task.office,
        "role": task.role.value,
        "stage": task.stage.value,
        "step": task.step,
        "step_name": task.step_name,
        "due_on": task.due_on.isoformat(),
        "since": task.since.isoformat(),
        "handler": task.handler,
    }


def fingerprint(command: Command, number: str) -> str:
    """What a request asks for, in short: tells a repeated request from another one under the same key."""
    return hashlib.sha256(canonical([number, type(command).__name__, encode(command)]).encode()).hexdigest()


def done_again(answer: Mapping[str, Any]) -> Done:
    """The answer given before."""
    return Done(
        answer["number"],
        answer["region"],
        Stage(answer["stage"]),
        answer["version"],
        tuple(answer["events"]),
        again=True,
    )
