"""An exported history, checked with nothing but itself: a case with its clocks and documents, or any other subject.

The document (format ``banjie-journal/1``) is JSON::

    {"format", "region", "subject", "number",
     "entries":   [{"seq", "at", "actor", "kind", "data", "hash"}, …],   at: UTC, microseconds
     "case":      the state, as the codec writes it,
     "clocks":    [{"name", "proof": banjie-clock-proof/1}, …],
     "documents": [{"id", "seq", "kind", "number", "issued_at", "sha256", "content"}, …],
     "digest":    SHA-256 (hex) over the canonical JSON of all the rest}

What somebody changes in it afterwards is named: the entry whose hash no longer fits, the state that does not follow
from the history, the clock that was reckoned from other facts, the document that no entry has issued. Whoever makes
a whole new history with new hashes is found by comparing the last hash with the one the city keeps.

Every other subject with a history (``SUBJECTS``) is exported alike, with less to hold against it
(format ``banjie-history/1``)::

    {"format", "kind", "region", "subject", "entries", "state", "digest"}
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from banjie.engine import (
    bookings,
    calendar_editions,
    cards,
    certificates,
    checklists,
    clock_abuse,
    counter,
    delay_causes,
    external_cases,
    grades,
    incidents,
    mandates,
    meetings,
    precases,
    proof,
    queues,
    sharing_asks,
    sharing_consents,
    sharing_contests,
    sharing_repeats,
    site_visits,
    staff,
    supervision,
)
from banjie.engine.cases import KINDS, Case, evolve
from banjie.engine.clock import TimerKind
from banjie.engine.codec import decode, encode
from banjie.engine.ids import Malformed
from banjie.engine.subject import GENESIS, canonical, chain

FORMAT = "banjie-journal/1"
HISTORY_FORMAT = "banjie-history/1"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
_MOST_ENTRIES = 100_000
_KEYS = frozenset({"format", "region", "subject", "number", "entries", "case", "clocks", "documents", "digest"})
_ENTRY_KEYS = frozenset({"seq", "at", "actor", "kind", "data", "hash"})


_HISTORY_KEYS = frozenset({"format", "kind", "region", "subject", "entries", "state", "digest"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of subject with a history: what people call it, its state before the first event, and its events."""

    name: str
    blank: Callable[[], object]
    evolve: Callable[[Any, Any], object]
    kinds: Mapping[str, type[Any]]


SUBJECTS: Final[Mapping[str, Subject]] = {
    "certificate": Subject("证照", certificates.Certificate, certificates.evolve, certificates.KINDS),
    "precase": Subject("审前服务", precases.Precase, precases.evolve, precases.KINDS),
    "mandate": Subject("授权", mandates.Mandate, mandates.evolve, mandates.KINDS),
    "ask": Subject("数据查询", sharing_asks.Ask, sharing_asks.evolve, sharing_asks.KINDS),
    "consent": Subject("查询同意", sharing_consents.Consent, sharing_consents.evolve, sharing_consents.KINDS),
    "contest": Subject("数据异议", sharing_contests.Contest, sharing_contests.evolve, sharing_contests.KINDS),
    "repeat": Subject("重复索要", sharing_repeats.Repeat, sharing_repeats.evolve, sharing_repeats.KINDS),
    "booking": Subject("预约", bookings.Booking, bookings.evolve, bookings.KINDS),
    "ticket": Subject("号票", queues.Ticket, queues.evolve, queues.KINDS),
    "external": Subject("归集办件", external_cases.ExternalCase, external_cases.evolve, external_cases.KINDS),
    "counter": Subject("窗口代办", counter.Session, counter.evolve, counter.KINDS),
    "card": Subject("红黄牌", cards.Card, cards.evolve, cards.KINDS),
    "order": Subject("督办单", supervision.Order, supervision.evolve, supervision.KINDS),
    "delay": Subject("超期原因", delay_causes.Delay, delay_causes.evolve, delay_causes.KINDS),
    "incident": Subject("系统故障", incidents.Incident, incidents.evolve, incidents.KINDS),
    "finding": Subject("异常办理", clock_abuse.Finding, clock_abuse.evolve, clock_abuse.KINDS),
    "grade": Subject("效能等次", grades.Graded, grades.evolve, grades.KINDS),
    "meeting": Subject("会议", meetings.Meeting, meetings.evolve, meetings.KINDS),
    "site_visit": Subject("现场核查", site_visits.SiteVisit, site_visits.evolve, site_visits.KINDS),
    "checklist": Subject("要点核对", checklists.Checklist, checklists.evolve, checklists.KINDS),
    "member": Subject("人员任职", staff.Member, staff.evolve, staff.KINDS),
    "calendar": Subject("工作日历", calendar_editions.Edition, calendar_editions.evolve, calendar_editions.KINDS),
}
"""Every kind of subject but the case, by its name in the journal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an export holds, and one Chinese sentence that says so or names what does not fit."""

    ok: bool
    sentence: str


class _Unfit(Exception):
    """What in the export cannot be so, in Chinese."""


def sealed(document: Mapping[str, object]) -> dict[str, object]:
    """The document with its digest; what `verify` expects. An earlier digest in it is made anew."""
    rest = {key: value for key, value in document.items() if key != "digest"}
    return {**rest, "digest": _digest(rest)}


def verify(document: object) -> Verdict:
    """Check an export from itself alone; never raises, whatever the document holds."""
    try:
        history = isinstance(document, Mapping) and document.get("format") == HISTORY_FORMAT
        return Verdict(True, _check_history(document) if history else _check(document))
    except _Unfit as unfit:
        return Verdict(False, str(unfit))
    except Malformed as malformed:
        return Verdict(False, f"日志不能成立：{malformed}")
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
        # A history with sound hashes that no case can have had: its events do not fit each other.
        return Verdict(False, "日志不能成立：其中的记录前后矛盾，不是系统导出的内容。")


def _check(document: object) -> str:
    whole = _mapping(document, "文件")
    if whole.get("format") != FORMAT:
        raise _Unfit(f"文件的格式应为“{FORMAT}”或“{HISTORY_FORMAT}”，请使用 banjie export 导出的文件。")
    _complete(whole, _KEYS)
    region, subject, number = (_text(whole, key, "文件") for key in ("region", "subject", "number"))
    entries = _entries(whole["entries"], region, subject)
    case = _folded(entries, number, region)
    if encode(case) != whole["case"]:
        raise _Unfit("状态与历史不符：末尾的记录可能被删去，或状态被改动。")
    clocks = _rows(whole["clocks"], "期限凭证")
    for index, row in enumerate(clocks, start=1):
        _clock(row, index, case)
    documents = _rows(whole["documents"], "文书")
    for index, row in enumerate(documents, start=1):
        _document(row, index, entries)
    _undisturbed(whole, "文书内容、期限名称或校验值")
    counts = f"{len(entries)} 条记录首尾相连，状态与历史一致，{len(clocks)} 个期限凭证、{len(documents)} 份文书核对相符"
    return f"日志无误：办件 {number} 的 {counts}。"


def _check_history(document: object) -> str:
    whole = _mapping(document, "文件")
    _complete(whole, _HISTORY_KEYS)
    kind, region, subject = (_text(whole, key, "文件") for key in ("kind", "region", "subject"))
    about = SUBJECTS.get(kind)
    if about is None:
        raise _Unfit(f"没有“{kind[:40]}”这一种历史记录。")
    entries = _entries(whole["entries"], region, subject)
    state = about.blank()
    for entry in entries:
        if entry.kind not in about.kinds:
            raise _Unfit(f"第 {entry.seq} 条记录的种类“{entry.kind[:40]}”不是{about.name}的事件。")
        state = about.evolve(state, decode(about.kinds[entry.kind], entry.data))
    if encode(state) != whole["state"]:
        raise _Unfit("状态与历史不符：末尾的记录可能被删去，或状态被改动。")
    _undisturbed(whole, "校验值")
    return f"日志无误：{about.name} {subject} 的 {len(entries)} 条记录首尾相连，状态与历史一致。"


def _complete(whole: Mapping[str, object], keys: frozenset[str]) -> None:
    missing, extra = sorted(keys - set(whole)), sorted(set(whole) - keys)
    if missing or extra:
        raise _Unfit(
            f"文件缺少“{missing[0]}”一项。" if missing else f"文件多出“{str(extra[0])[:40]}”一项，格式中没有它。"
        )


def _undisturbed(whole: Mapping[str, object], where: str) -> None:
    if whole["digest"] != _digest({key: value for key, value in whole.items() if key != "digest"}):
        raise _Unfit(f"文件在导出后被改动：总校验值不符，历史记录本身首尾相连，改动在{where}中。")


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    at: datetime
    kind: str
    data: Mapping[str, object]


def _entries(part: object, region: str, subject: str) -> tuple[_Entry, ...]:
    rows = _rows(part, "历史记录")
    if not rows:
        raise _Unfit("文件没有任何历史记录。")
    previous, found = GENESIS, []
    for expected, row in enumerate(rows, start=1):
        said = f"第 {expected} 条记录"
        if set(row) != _ENTRY_KEYS:
            raise _Unfit(f"{said}的各项不完整，或多出了格式中没有的项。")
        if type(row["seq"]) is not int or row["seq"] != expected:
            raise _Unfit(f"{said}缺失或次序被改动：此处的序号是 {str(row['seq'])[:20]}。")
        kind, actor, given, moment = (_text(row, key, said) for key in ("kind", "actor", "hash", "at"))
        if not _MOMENT.fullmatch(moment):
            raise _Unfit(f"{said}的时间“{moment[:40]}”写法不对，应为协调世界时并精确到微秒。")
        at, data = datetime.fromisoformat(moment).astimezone(UTC), _mapping(row["data"], said)
        hashed = chain(previous, region=region, subject=subject, seq=expected, at=at, actor=actor, kind=kind, data=data)
        if hashed != given:
            raise _Unfit(f"{said}（{moment[:10]} {kind[:40]}）被改动：内容与它的校验值不符。")
        found.append(_Entry(expected, at, kind, data))
        previous = hashed
    return tuple(found)


def _folded(entries: tuple[_Entry, ...], number: str, region: str) -> Case:
    case = Case()
    for entry in entries:
        if entry.kind not in KINDS:
            raise _Unfit(f"第 {entry.seq} 条记录的种类“{entry.kind[:40]}”不是办件的事件。")
        case = evolve(case, decode(KINDS[entry.kind], entry.data))
    if case.number != number or case.region != region:
        raise _Unfit(
            f"文件写的是办件 {number[:40]}（{region[:12]}），历史记录属于办件 {case.number}（{case.region}）。"
        )
    return case


def _clock(row: Mapping[str, object], index: int, case: Case) -> None:
    said = f"第 {index} 个期限凭证"
    document = _mapping(row.get("proof"), said)
    verdict = proof.verify(document)
    if not verdict.ok:
        raise _Unfit(f"{said}不成立：{verdict.sentence}")
    if document["region"] != case.region:
        raise _Unfit(f"{said}属于另一个地区。")
    if document["timer"] not in (TimerKind.STATUTORY, TimerKind.PROMISED):
        return
    expected = (
        ("起算日", _said(case.accepted_on), document["event_on"]),
        ("停止日", _said(case.decided_on), document["stopped_on"]),
        ("暂停", sorted((str(one.start), str(one.end)) for one in case.pauses), _pauses(document)),
        ("延长", [case.extension.number] if case.extension else [], _numbers(document)),
    )
    for what, follows, written in expected:
        if follows != written:
            raise _Unfit(f"{said}的{what}与历史记录不符。")


def _pauses(document: Mapping[str, object]) -> list[tuple[str, str]]:
    return sorted((str(row["start"]), str(row["end"])) for row in _rows(document["pauses"], "暂停"))


def _numbers(document: Mapping[str, object]) -> list[object]:
    return [row["number"] for row in _rows(document["extensions"], "延长")]


def _document(row: Mapping[str, object], index: int, entries: tuple[_Entry, ...]) -> None:
    said = f"第 {index} 份文书（{str(row.get('number'))[:40]}）"
    seq = row.get("seq")
    if type(seq) is not int or not 1 <= seq <= len(entries):
        raise _Unfit(f"{said}没有对应的历史记录。")
    issued = entries[seq - 1].at.isoformat(timespec="microseconds")
    if row.get("issued_at") != issued:
        raise _Unfit(f"{said}的制作时间与第 {seq} 条记录不符。")


def _digest(rest: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(rest).encode("utf-8", "surrogatepass")).hexdigest()


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _mapping(value: object, said: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _Unfit(f"{said}应为一组键值。")
    return value


def _rows(value: object, said: str) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        raise _Unfit(f"{said}应为列表，且不超过 {_MOST_ENTRIES} 项。")
    return [_mapping(row, said) for row in value]


def _text(part: Mapping[str, object], key: str, said: str) -> str:
    value = part[key]
    if not isinstance(value, str):
        raise _Unfit(f"{said}的“{key}”应为文字。")
    return value
