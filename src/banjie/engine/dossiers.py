"""案卷: everything of a case as one package of files, and the check that needs nothing but the package.

A package is a mapping from names to contents (a ZIP file outside). Four of its members hold the others together::

    MANIFEST.json   what is in it: for each member its name, role, size and SHA-256 (format banjie-dossier/1)
    SEAL.p7s        the platform's detached signature (CMS) over MANIFEST.json
    ROOT.pem        the certificate from which the signer's comes
    SEAL.json       the SHA-256 of these three, so that the standard library alone finds what was changed

The rest are pages for people (PDF) and the data they were made from. ``data/journal.json`` is what
`journal_check` verifies; the application, the opinions, the calendar and the documents are held against it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, Final

from banjie.engine import day_seals, journal_check, proof
from banjie.engine.calendar import Calendar, chinese_date
from banjie.engine.ids import Malformed
from banjie.engine.journal_check import Verdict
from banjie.engine.subject import canonical

FORMAT: Final = "banjie-dossier/1"
MANIFEST, SIGNATURE, ROOT, SEAL = "MANIFEST.json", "SEAL.p7s", "ROOT.pem", "SEAL.json"
FRAME: Final = (MANIFEST, SIGNATURE, ROOT)
MOST_MEMBERS: Final = 5_000


class Holding(StrEnum):
    """Whether a package holds the papers themselves, or names them by their hashes only."""

    CONTENT = "content"
    HASHES = "hashes"


class Part(StrEnum):
    """What a member is to the package."""

    CATALOGUE = "catalogue"
    FORM = "form"
    DOCUMENT = "document"
    PAPER = "paper"
    APPLICATION = "application"
    OPINIONS = "opinions"
    JOURNAL = "journal"
    CLOCK = "clock"
    CALENDAR = "calendar"
    LAW = "law"
    DAY_SEAL = "day_seal"
    NOTE = "note"


PART_NAMES: Final = {
    Part.CATALOGUE: "案卷目录",
    Part.FORM: "申请表",
    Part.DOCUMENT: "文书",
    Part.PAPER: "申请材料",
    Part.APPLICATION: "申请内容",
    Part.OPINIONS: "办理意见",
    Part.JOURNAL: "办理日志",
    Part.CLOCK: "期限凭证",
    Part.CALENDAR: "工作日历",
    Part.LAW: "办理依据（事项版本）",
    Part.DAY_SEAL: "日封存凭证",
    Part.NOTE: "说明",
}
SINGLE: Final = frozenset({Part.APPLICATION, Part.OPINIONS, Part.JOURNAL, Part.CALENDAR, Part.LAW, Part.CATALOGUE})
"""What every package has exactly one of."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the package. `title` is what a person calls it, `pages` 0 where it has none.

    `content` is None for a paper, which is kept elsewhere under its SHA-256 and may be large.
    """

    name: str
    role: Part
    title: str
    sha256: str
    size: int
    content: bytes | None
    pages: int = 0


def member(name: str, role: Part, title: str, content: bytes, pages: int = 0) -> Member:
    """A file whose content is at hand."""
    return Member(name, role, title, _sha256(content), len(content), content, pages)


class _Unfit(Exception):
    """What in the package cannot be so, in Chinese."""


# --- making ---


def manifest(members: Sequence[Member], *, number: str, papers: Holding, made_at: str, made_for: str) -> bytes:
    """MANIFEST.json over these members. `made_at` is UTC, ISO 8601; `made_for` whoever asked for the package."""
    document = {
        "format": FORMAT,
        "number": number,
        "papers": papers.value,
        "made_at": made_at,
        "made_for": made_for,
        "members": [
            {
                "name": one.name,
                "role": one.role.value,
                "title": one.title,
                "pages": one.pages,
                "size": one.size,
                "sha256": one.sha256,
            }
            for one in members
        ],
    }
    return canonical(document).encode()


def frame_of(listed: bytes, signature: bytes, root: bytes) -> dict[str, bytes]:
    """The four members that hold the others together, from MANIFEST.json, its signature and the root certificate."""
    frame = {MANIFEST: listed, SIGNATURE: signature, ROOT: root}
    return {**frame, SEAL: canonical({name: _sha256(content) for name, content in frame.items()}).encode()}


def application_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """What was applied for, out of a case as the codec writes it."""
    kept = ("number", "item", "edition", "region", "organ", "holder", "agent", "channel", "answers", "data", "papers")
    more = ("later", "promised", "precase", "submitted_on")
    return {name: case[name] for name in (*kept, *more) if name in case}


def opinions_of(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every opinion somebody signed, out of the entries of a journal: who, when, on which step, in which words."""
    found = []
    for entry in entries:
        data = entry["data"]
        words = data.get("opinion") or "；".join(data.get("reasons", ()))
        if not words:
            continue
        found.append(
            {
                "seq": entry["seq"],
                "at": entry["at"],
                "by": entry["actor"],
                "act": entry["kind"],
                "step": data.get("step", ""),
                "outcome": data.get("outcome", ""),
                "opinion": words,
                "findings": list(data.get("findings", ())),
            }
        )
    return found


_DAYS: Final = ("holidays", "make_up", "closed", "half")


def calendar_to_json(calendar: Calendar) -> dict[str, Any]:
    """The edition of a calendar in full."""
    return {
        "region": calendar.region,
        "edition": calendar.edition,
        "published_years": sorted(calendar.published_years),
        **{name: {day.isoformat(): why for day, why in sorted(getattr(calendar, name).items())} for name in _DAYS},
        "closes": {day.isoformat(): at.isoformat() for day, at in sorted(calendar.closes.items())},
    }


def calendar_from_json(document: Mapping[str, Any]) -> Calendar:
    """The calendar again. Raises ValueError, KeyError, TypeError or `Malformed` for what is none."""
    days = {name: {date.fromisoformat(day): str(why) for day, why in document[name].items()} for name in _DAYS}
    closes = {date.fromisoformat(day): time.fromisoformat(at) for day, at in document["closes"].items()}
    years = frozenset(int(year) for year in document["published_years"])
    return Calendar(
        region=str(document["region"]), edition=str(document["edition"]), published_years=years, closes=closes, **days
    )


# --- checking ---


def verify(files: Mapping[str, bytes]) -> Verdict:
    """Check a package from itself alone, all but the signature; never raises, whatever the files hold.

    The signature over MANIFEST.json is for whoever has a library for it (`signed_parts`).
    """
    try:
        return Verdict(True, _check(files))
    except _Unfit as unfit:
        return Verdict(False, str(unfit))
    except Malformed as malformed:
        return Verdict(False, f"案卷不能成立：{malformed}")
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError):
        return Verdict(False, "案卷不能成立：其中的数据前后矛盾，不是系统导出的内容。")


def signed_parts(files: Mapping[str, bytes]) -> tuple[bytes, bytes, bytes]:
    """What was signed, the signature (CMS, DER), and the root certificate (PEM). Raises KeyError."""
    return files[MANIFEST], files[SIGNATURE], files[ROOT]


def _check(files: Mapping[str, bytes]) -> str:
    for name in (*FRAME, SEAL):
        if name not in files:
            raise _Unfit(f"案卷缺少“{name}”，不完整。请使用系统导出的原文件。")
    frame = _json(files, SEAL)
    if not isinstance(frame, dict) or set(frame) != set(FRAME) or canonical(frame).encode() != files[SEAL]:
        raise _Unfit(f"“{SEAL}”被改动：内容不是系统写的。")
    wrong = [name for name in FRAME if frame[name] != _sha256(files[name])]
    if len(wrong) == len(FRAME):
        raise _Unfit(f"“{SEAL}”被改动：与其他文件都对不上。")
    if wrong:
        raise _Unfit(f"“{wrong[0]}”或“{SEAL}”被改动：两者对不上。")
    listed = _json(files, MANIFEST)
    rows = _members(listed)
    for row in rows:
        name = row["name"]
        if name not in files:
            raise _Unfit(f"案卷缺少“{name}”，目录清单里有它。")
        if len(files[name]) != row["size"] or _sha256(files[name]) != row["sha256"]:
            raise _Unfit(f"“{name}”被改动：内容与清单里的校验值不符。")
    extra = sorted(set(files) - {row["name"] for row in rows} - {*FRAME, SEAL})
    if extra:
        raise _Unfit(f"案卷多出“{extra[0][:80]}”，清单里没有它。")
    return _check_contents(files, listed, rows)


def _members(listed: Any) -> list[dict[str, Any]]:
    if not isinstance(listed, dict) or listed.get("format") != FORMAT:
        raise _Unfit(f"案卷的格式应为“{FORMAT}”。请使用 banjie export case 导出的文件。")
    rows = listed["members"]
    if not isinstance(rows, list) or len(rows) > MOST_MEMBERS:
        raise _Unfit(f"清单应为列表，且不超过 {MOST_MEMBERS} 个文件。")
    names = [row["name"] for row in rows]
    if len(set(names)) != len(names):
        raise _Unfit("清单里有重复的文件名。")
    roles = [Part(row["role"]) for row in rows]
    for role in sorted(SINGLE):
        if roles.count(role) != 1:
            raise _Unfit(f"案卷里应当有且只有一份“{PART_NAMES[role]}”。")
    return rows


def _check_contents(files: Mapping[str, bytes], listed: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    of_role = {role: [row for row in rows if row["role"] == role.value] for role in Part}

    def one(role: Part) -> Any:
        return _json(files, of_role[role][0]["name"])

    journal = one(Part.JOURNAL)
    checked = journal_check.verify(journal)
    if not checked.ok:
        raise _Unfit(f"办理日志：{checked.sentence}")
    case = journal["case"]
    if journal["number"] != listed["number"]:
        raise _Unfit(f"清单写的是办件 {listed['number']}，办理日志属于办件 {journal['number']}。")
    if one(Part.APPLICATION) != application_of(case):
        raise _Unfit("申请内容与办理日志不符。")
    if one(Part.OPINIONS) != opinions_of(journal["entries"]):
        raise _Unfit("办理意见与办理日志不符。")
    law = one(Part.LAW)
    if (law["code"], law["edition"]) != (case["item"], case["edition"]):
        raise _Unfit("所附办理依据不是申请时的事项版本。")
    calendar = calendar_from_json(one(Part.CALENDAR))
    for row, clock in zip(of_role[Part.CLOCK], journal["clocks"], strict=True):
        if _json(files, row["name"]) != clock["proof"]:
            raise _Unfit(f"“{row['name']}”与办理日志里的期限凭证不符。")
        verdict = proof.verify(clock["proof"], calendar)
        if not verdict.ok:
            raise _Unfit(f"“{row['name']}”不成立：{verdict.sentence}")
    held = {row["sha256"] for row in of_role[Part.DOCUMENT]}
    for document in journal["documents"]:
        if document["sha256"] and document["sha256"] not in held:
            raise _Unfit(f"案卷缺少文书“{document['number']}”。")
    papers = {paper["sha256"] for paper in case.get("papers", ()) if paper.get("sha256")}
    kept = {row["sha256"] for row in of_role[Part.PAPER]}
    if kept != (papers if listed["papers"] == Holding.CONTENT else set()):
        raise _Unfit("案卷里的申请材料与办理日志登记的不一致。")
    sealed = _check_day(files, of_role[Part.DAY_SEAL], journal)
    return (
        f"案卷无误：办件 {listed['number']}，{len(rows)} 个文件与清单一致，{len(journal['entries'])} 条记录首尾相连，"
        f"{len(journal['clocks'])} 个期限凭证按所附日历重算相符。{sealed}"
    )


def _check_day(files: Mapping[str, bytes], rows: Sequence[Mapping[str, Any]], journal: Mapping[str, Any]) -> str:
    if not rows:
        return "这个办件的记录还没有日封存。"
    found = day_seals.check_way(_json(files, rows[0]["name"]))
    if found is None:
        raise _Unfit("日封存凭证不成立：从本办件的记录算不到封存的根值。")
    seal, leaf = found
    entries = journal["entries"]
    if (leaf.region, leaf.subject) != (journal["region"], journal["subject"]) or not 1 <= leaf.seq <= len(entries):
        raise _Unfit("日封存凭证属于另一个办件。")
    if entries[leaf.seq - 1]["hash"] != leaf.hash:
        raise _Unfit(f"办理日志第 {leaf.seq} 条记录与 {seal['day']} 日封存的不同：日志在封存以后被重新制作。")
    day = chinese_date(date.fromisoformat(seal["day"]))
    rest = len(entries) - leaf.seq
    later = f"，其后 {rest} 条尚待封存" if rest else ""
    return f"第 1 至 {leaf.seq} 条记录由{day}的日封存（第 {seal['number']} 号）覆盖{later}。"


def _json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        text = files[name].decode()
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unfit(f"“{name}”被改动：不是可以读的数据。") from None
    return value


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
