"""A case in full, or any other history, as a document that can be checked elsewhere (engine.journal_check)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from banjie.actions.perform import NotFound
from banjie.actions.platform import Platform
from banjie.engine.cases import TIMER_NAMES, Case, Law, decision_timers, running
from banjie.engine.clock import Proof, Timer, TimerKind, prove
from banjie.engine.codec import encode
from banjie.engine.journal_check import FORMAT, HISTORY_FORMAT, SUBJECTS, sealed
from banjie.engine.proof import to_json
from banjie.engine.subject import Refused
from banjie.records import cases, documents, journal
from banjie.records.database import Eyes
from banjie.records.journal import Entry


def export_case(platform: Platform, eyes: Eyes, region: str, number: str) -> dict[str, Any]:
    """History, state, clocks with their proofs, and the register of documents. Raises `NotFound`."""
    found = cases.find(platform.database, eyes, region, number)
    if found is None:
        raise NotFound(number)
    law = platform.laws.law(region, found.case.item, found.case.edition)
    entries = journal.history(platform.database, eyes, region, found.id)
    return sealed(
        {
            "format": FORMAT,
            "region": region,
            "subject": found.id,
            "number": number,
            "entries": _entries(entries),
            "case": encode(found.case),
            "clocks": [
                {"name": _name(law, timer, step), "proof": to_json(_proof(found.case, law, timer, platform.today()))}
                for timer, step in _timers(found.case, law, platform.today())
            ],
            "documents": [
                {
                    "id": row.id,
                    "seq": row.seq,
                    "kind": row.kind,
                    "number": row.number,
                    "issued_at": _moment(row.issued_at),
                    "sha256": row.sha256,
                    "content": dict(row.content),
                }
                for row in documents.of_case(platform.database, eyes, region, found.id)
            ],
        }
    )


def export_history(platform: Platform, eyes: Eyes, kind: str, region: str, name: str) -> dict[str, Any]:
    """History and state of any subject of `journal_check.SUBJECTS`, by identifier or number. Raises `Refused`."""
    found = journal.subject(platform.database, eyes, kind, region, name)
    if found is None:
        what = SUBJECTS[kind].name
        raise Refused(f"没有找到{what} {name[:60]}", rule="导出历史", remedy=f"请核对{what}的编号或标识，以及区划代码")
    return sealed(
        {
            "format": HISTORY_FORMAT,
            "kind": kind,
            "region": region,
            "subject": found.id,
            "entries": _entries(found.entries),
            "state": found.state,
        }
    )


def _entries(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "seq": entry.seq,
            "at": _moment(entry.at),
            "actor": entry.actor,
            "kind": entry.kind,
            "data": entry.data,
            "hash": entry.hash,
        }
        for entry in entries
    ]


def _timers(case: Case, law: Law, today: date) -> list[tuple[Timer, str]]:
    """The clocks of the decision, running or stopped, and every other one that runs."""
    ours = (TimerKind.STATUTORY, TimerKind.PROMISED)
    found = [(timer, "") for timer in decision_timers(case, law)] if case.accepted_on else []
    found.extend((one.timer, one.step) for one in running(case, law, today) if one.timer.kind not in ours)
    return found


def _proof(case: Case, law: Law, timer: Timer, today: date) -> Proof:
    return prove(timer, case.pauses, law.calendar_of(case), today, law.rules)


def _name(law: Law, timer: Timer, step: str) -> str:
    name = TIMER_NAMES[timer.kind]
    return f"{name}：{law.item.workflow.step(step).name}" if step else name


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
