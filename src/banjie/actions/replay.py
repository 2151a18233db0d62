"""`fold(history) == stored`: every subject's history is played again and held against what is stored of it.

Not only the state is compared, but also everything that was derived from it on the way: the read row with its due
days, the worklist lines, and the hash of every entry. Days that depend on the day they were reckoned are reckoned
as of the act that wrote them, as `actions.perform` did.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from banjie.actions import certify, sharing_acts
from banjie.actions.bookings import BOOKING
from banjie.actions.calendars import CALENDAR
from banjie.actions.case_files import KINDS as CASE_FILES
from banjie.actions.cases_elsewhere import KIND as EXTERNAL_CASE
from banjie.actions.counter import SESSION
from banjie.actions.mandates import read_row as mandate_row
from banjie.actions.perform import read_row
from banjie.actions.platform import Platform
from banjie.actions.precases import read_row as read_precase_row
from banjie.actions.queues import TICKET
from banjie.actions.staff import MEMBER
from banjie.actions.submissions import offices
from banjie.actions.watching_due import KINDS as WATCHING
from banjie.engine import certificates, mandates, precases
from banjie.engine.calendar import CHINA
from banjie.engine.cases import KINDS, Case, Law, evolve, running
from banjie.engine.cases.tasks import same_desk, tasks
from banjie.engine.codec import decode, encode
from banjie.engine.ids import Malformed
from banjie.engine.subject import GENESIS, chain
from banjie.records import replay as stored
from banjie.records.journal import Entry
from banjie.records.laws import UnknownItem
from banjie.records.people import MACHINE
from banjie.records.replay import History, StoredCase

_ALIKE = (EXTERNAL_CASE, BOOKING, TICKET, SESSION, CALENDAR, MEMBER, *WATCHING, *CASE_FILES)
ALIKE = {**sharing_acts.EVERY, **{kind.table.kind: kind for kind in _ALIKE}}
"""The kinds of subject that are kept in one and the same way, by their names in the journal."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored is not what the history makes of it. `what` names the column or the entry."""

    kind: str
    region: str
    subject: str
    number: str
    what: str
    is_stored: str
    follows: str

    def __str__(self) -> str:
        place = self.number or self.subject
        return f"{self.region} {self.kind} {place}：{self.what} 库中为 {self.is_stored}，按历史应为 {self.follows}"


@dataclass(slots=True)
class Replayed:
    """How a replay came out."""

    subjects: int = 0
    events: int = 0
    differences: int = 0


def replay(
    platform: Platform, tell: Callable[[Difference], None], progress: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Plays every history again, tells each difference as it is found, and counts."""
    result = Replayed()
    with stored.snapshot(platform.database, MACHINE.eyes) as cursor:
        source = stored.histories(cursor)
        while batch := list(islice(source, stored.BATCH)):
            for difference in _batch(platform, cursor, batch):
                result.differences += 1
                tell(difference)
            result.subjects += len(batch)
            result.events += sum(len(history.entries) for history in batch)
            progress(result.events)
        for kind, region, subject, number in stored.without_history(cursor):
            result.subjects += 1
            result.differences += 1
            tell(Difference(kind, region, subject, number, "历史", "没有一条记录", "至少一条记录"))
    return result


def _batch(platform: Platform, cursor: Any, batch: list[History]) -> Iterator[Difference]:
    keys = {
        kind: [(history.region, history.subject) for history in batch if history.kind == kind]
        for kind in ("case", "certificate", "precase", "mandate", *ALIKE)
    }
    cases = stored.stored_cases(cursor, keys["case"])
    held = stored.stored_certificates(cursor, keys["certificate"])
    given = stored.stored_mandates(cursor, keys["mandate"])
    asked = stored.stored_precases(cursor, keys["precase"])
    shared = {kind: stored.stored_shared(cursor, one.table, keys[kind]) for kind, one in ALIKE.items()}
    for history in batch:
        key = (history.region, history.subject)
        try:
            yield from broken_links(history)
            if history.kind == "case":
                yield from case_differences(platform, history, cases.get(key))
            elif history.kind == "certificate":
                yield from certificate_differences(history, held.get(key))
            elif history.kind == "mandate":
                yield from mandate_differences(history, given.get(key))
            elif history.kind == "precase":
                yield from precase_differences(platform, history, asked.get(key))
            elif history.kind in ALIKE:
                yield from shared_differences(history, shared[history.kind].get(key))
        except (Malformed, UnknownItem, LookupError, ValueError, TypeError, AttributeError) as error:
            # A history that cannot be played again is itself the difference; the others are still looked at.
            yield _difference(history, "历史", "不能重放", f"{type(error).__name__}：{error}")


def broken_links(history: History) -> Iterator[Difference]:
    """Entries that are missing, or whose hash is not the one of what they say."""
    previous = GENESIS
    for expected, entry in enumerate(history.entries, start=1):
        if entry.seq != expected:
            yield _difference(history, f"第 {expected} 条记录", f"序号 {entry.seq}", f"序号 {expected}")
            return
        previous = chain(
            previous,
            region=entry.region,
            subject=entry.subject,
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            kind=entry.kind,
            data=entry.data,
        )
        if previous != entry.hash:
            yield _difference(history, f"第 {expected} 条记录（{entry.kind}）的校验值", entry.hash, previous)
            return


def case_differences(platform: Platform, history: History, found: StoredCase | None) -> Iterator[Difference]:
    """Where a stored case is not what its history makes of it."""
    if found is None:
        yield _difference(history, "办件", "没有", "应有一行")
        return
    case, lines = _played(platform, history)
    law = _law(platform, history, case)
    last = history.entries[-1]
    day = _day(last)
    expected: dict[str, object] = {
        **_plain(encode(read_row(case, law, day, running(case, law, day)))),
        "late": list(case.late),
        "version": len(history.entries),
        "last_hash": last.hash,
        "state": encode(case),
        "number": case.number,
        "query_code": case.query_code,
        "item": case.item,
        "item_name": law.item.heading,
        "edition": case.edition,
        "organ": case.organ,
        "offices": offices(law),
        "holder": case.holder.id,
        "holder_name": case.holder.name,
        "submitted_at": history.entries[0].at,
        "changed_at": last.at,
    }
    yield from _compare(history, found.row, expected, case.number)
    kept = [_plain(line) for line in found.tasks]
    if kept != lines:
        yield _difference(history, "待办", _told(kept), _told(lines), case.number)


def certificate_differences(history: History, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Where a stored certificate is not what its history makes of it."""
    if found is None:
        yield _difference(history, "证照", "没有", "应有一行")
        return
    certificate = certificates.Certificate()
    for entry in history.entries:
        certificate = certificates.evolve(certificate, decode(certificates.KINDS[entry.kind], entry.data))
    case_id = str(found["case_id"]) if found["case_id"] else None
    expected = certify.read_row(certificate, history.subject, history.region, case_id) | {
        "version": len(history.entries),
        "last_hash": history.entries[-1].hash,
        "state": encode(certificate),
    }
    yield from _compare(history, found, expected, certificate.number)


def precase_differences(platform: Platform, history: History, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Where a stored pre-application service is not what its history makes of it."""
    if found is None:
        yield _difference(history, "审前服务", "没有", "应有一行")
        return
    precase = precases.Precase()
    for entry in history.entries:
        precase = precases.evolve(precase, decode(precases.KINDS[entry.kind], entry.data))
    item = platform.laws.law(history.region, precase.item, precase.edition).item
    row = read_precase_row(precase, item.heading)
    moments = {name: datetime.fromisoformat(str(row[name])) for name in ("due_at", "wake_at") if row[name]}
    expected = (
        row
        | moments
        | {
            "opened_at": history.entries[0].at,
            "changed_at": history.entries[-1].at,
            "version": len(history.entries),
            "last_hash": history.entries[-1].hash,
            "state": encode(precase),
        }
    )
    yield from _compare(history, found, expected, precase.number)


def mandate_differences(history: History, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Where a stored mandate is not what its history makes of it."""
    if found is None:
        yield _difference(history, "授权", "没有", "应有一行")
        return
    mandate = mandates.Mandate()
    for entry in history.entries:
        mandate = mandates.evolve(mandate, decode(mandates.KINDS[entry.kind], entry.data))
    expected = mandate_row(mandate, history.subject, history.region) | {
        "version": len(history.entries),
        "last_hash": history.entries[-1].hash,
        "state": encode(mandate),
    }
    yield from _compare(history, found, expected, mandate.party)


def shared_differences(history: History, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Where a stored ask, booking, number or any other of `ALIKE` is not what its history makes of it."""
    if found is None:
        yield _difference(history, "记录", "没有", "应有一行")
        return
    kind = ALIKE[history.kind]
    state = kind.table.state()
    for entry in history.entries:
        state = kind.evolve(state, decode(kind.kinds[entry.kind], entry.data))
    expected = kind.row(state) | {
        "version": len(history.entries),
        "last_hash": history.entries[-1].hash,
        "state": encode(state),
    }
    yield from _compare(history, found, expected, "")


def _played(platform: Platform, history: History) -> tuple[Case, list[dict[str, Any]]]:
    """The case after all its events, and the worklist lines as the acts have written them."""
    case, lines = Case(), list[dict[str, Any]]()
    first = True
    for _, act in groupby(history.entries, lambda entry: (entry.at, entry.actor)):
        before, last = case, None
        for entry in act:
            case, last = evolve(case, decode(KINDS[entry.kind], entry.data)), entry
        assert last is not None  # noqa: S101 — a group has at least one entry.
        if first or not same_desk(before, case):
            law, day = _law(platform, history, case), _day(last)
            written = tasks(case, law, day, running(case, law, day))
            # A field at its default is left out on the way into the database and filled in there.
            lines = [_plain({"step": "", "step_name": "", "slot": 0, "handler": ""} | encode(line)) for line in written]
        first = False
    return case, lines


def _law(platform: Platform, history: History, case: Case) -> Law:
    return platform.laws.law(history.region, case.item, case.edition)


def _day(entry: Entry) -> date:
    return entry.at.astimezone(CHINA).date()


def _compare(
    history: History, row: Mapping[str, Any], expected: Mapping[str, object], number: str
) -> Iterator[Difference]:
    row = _plain(row)
    for name, follows in _plain(expected).items():
        if row[name] != follows:
            yield _difference(history, name, _told(row[name]), _told(follows), number)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Days as text and identifiers as text, so that what came from the database compares with what was encoded."""
    return {
        name: value.isoformat() if type(value) is date else str(value) if isinstance(value, uuid.UUID) else value
        for name, value in row.items()
    }


def _told(value: object) -> str:
    text = "空" if value is None else str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _difference(history: History, what: str, is_stored: str, follows: str, number: str = "") -> Difference:
    return Difference(history.kind, history.region, history.subject, number, what, is_stored, follows)
